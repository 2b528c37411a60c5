"""What a mapping makes of some rows of a source: each cell before and after, with nothing of a person in clear.

For people who write or check a mapping; callers are never answered from here. Reads no source itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.base import AS_OF, DISPUTED, LOCAL, Unreadable
from adapters.mapping import Reader, RecordOptions, build_map
from auth.classes import Sensitivity
from hub.plan.masks import HIDDEN, mask_of
from hub.suggest.contents import reaches_person
from hub.suggest.sampling import Sample
from schema.base import MaskKind
from schema.catalogue import Kind, RecordRule
from schema.uscc import holds_citizen_id

MOST_ROWS = 50
_LONGEST = 80
_TRUTH = {True: "是 / true", False: "否 / false"}
_LABELS = {LOCAL: "local", AS_OF: "as_of", DISPUTED: "disputed"}


class BadMapping(Exception):
    """A mapping that cannot be tried; `faults` are everything that is wrong with it, as `check` would name it."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class TriedCell:
    """One value of one row: what the source gave and what became of it, as texts; null where there is nothing.

    readable: false where the cell is there and means nothing under this mapping · masked: what concerns a person is cut
    on both sides.
    """

    place: str
    column: str
    before: str | None
    after: str | None
    readable: bool
    masked: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """Some rows, tried, and how many of all rows of the sample have a value or an unreadable cell, place by place.

    missing: columns that the mapping reads and the sample does not have · withheld: places that would be read from a column
    of persons which is another place's; they are not tried, for even what cannot be read would tell of it.
    """

    rows: Sequence[Sequence[TriedCell]]
    filled: Mapping[str, int]
    unreadable: Mapping[str, int]
    missing: Sequence[str]
    withheld: Sequence[str] = ()


def try_mapping(
    options: RecordOptions, rule: RecordRule, sample: Sample, most: int = 10, veils: Mapping[str, str] | None = None
) -> Trial:
    """The mapping on the rows of a sample, of which at most `most`, up to MOST_ROWS, are shown; BadMapping names its faults.

    veils: columns that concern persons, each with the one place at which that place's own mask is enough; with them, up to
    half of the rows that are shown are such that something in them cannot be read, and they come first.
    """
    record_map, faults = build_map(options, rule)
    if record_map is None:
        raise BadMapping(faults)
    names = options.spelt(sample.columns)
    spelt = record_map.spelt(names)
    readers = {_LABELS.get(place, place): reader for place, reader in (*spelt.readers.items(), *spelt.keys.items())}
    hiding = _Hiding(rule, veils or {})
    withheld = sorted(place for place, reader in readers.items() if hiding.withholds(place, reader))
    shown = {place: reader for place, reader in readers.items() if reader.column is not None and place not in withheld}
    count = max((len(cells) for cells in sample.cells.values()), default=0)
    rows = [{column: _cell(cells, at) for column, cells in sample.cells.items()} for at in range(count)]
    filled, unreadable = dict.fromkeys(shown, 0), dict.fromkeys(shown, 0)
    troubled: list[Mapping[str, object]] = []
    whole: list[Mapping[str, object]] = []
    for row in rows:
        values = {place: reader.of(row) for place, reader in shown.items()}
        for place, value in values.items():
            unreadable[place] += value is Unreadable.VALUE
            filled[place] += value is not None and value is not Unreadable.VALUE
        (troubled if any(value is Unreadable.VALUE for value in values.values()) else whole).append(row)
    picked = [*troubled[: most // 2], *whole, *troubled[most // 2 :]] if veils is not None else rows
    tried = [
        [_tried(place, reader, row, hiding) for place, reader in shown.items()]
        for row in picked[: max(0, min(most, MOST_ROWS))]
    ]
    return Trial(tried, filled, unreadable, sorted(options.source_columns - names.keys()), withheld)


def _cell(cells: Sequence[object], at: int) -> object:
    return cells[at] if at < len(cells) else None


@dataclass(frozen=True, slots=True)
class _Hiding:
    """What is shown of which place."""

    rule: RecordRule
    veils: Mapping[str, str]

    def withholds(self, place: str, reader: Reader) -> bool:
        """True for a place that would be read from what is another place's."""
        return any(self.veils.get(column, place) != place for column in _columns(reader))

    def mask(self, place: str) -> MaskKind | None:
        """How values of a place are cut: those of a person by their kind, and wholly where they have none."""
        field = self.rule.fields.get(place)
        if field is None:
            return None
        return field.mask or (MaskKind.WHOLE if field.sensitivity >= Sensitivity.PERSONAL else None)


def _columns(reader: Reader) -> tuple[str, ...]:
    return (reader.column or "", *reader.joined)


def _tried(place: str, reader: Reader, row: Mapping[str, object], hiding: _Hiding) -> TriedCell:
    rule = hiding.rule
    money = place in rule.fields and rule.fields[place].kind is Kind.MONEY
    columns, mask = _columns(reader), hiding.mask(place)
    raw = [text for text in (_text(row.get(column)) for column in columns) if text is not None]
    value = reader.of(row)
    before = " + ".join(raw) if raw else None
    after = None if value is Unreadable.VALUE else _shown(value, money=money)
    reaching = any(text is not None and reaches_person(text) for text in (before, after))
    hidden = mask is not None or reaching
    if hidden:
        before, after = _cut(before, mask), _cut(after, mask)
    return TriedCell(place, " + ".join(columns), before, after, value is not Unreadable.VALUE, hidden)


def _cut(text: str | None, mask: MaskKind | None) -> str | None:
    if not text:
        return text
    return HIDDEN if mask is None or holds_citizen_id(text) else mask_of(mask)(text)


def _text(cell: object) -> str | None:
    return None if cell is None else _short(str(cell))


def _shown(value: Any, *, money: bool) -> str | None:
    """A canonical value as people read it: lists joined, money as amount and currency, truth in words."""
    if value is None:
        return None
    if money:
        return _short(" ".join(str(part) for part in value[:2] if part is not None))
    several = value if isinstance(value, (tuple, list)) else (value,)
    return _short(", ".join(_TRUTH.get(each, str(each)) if isinstance(each, bool) else str(each) for each in several))


def _short(text: str) -> str:
    # A cell may hold what a terminal obeys.
    text = "".join(each if each.isprintable() else "·" for each in text[: _LONGEST + 1])
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
