"""A draft of a mapping, tried: rows before and after, what it changes, and what is suggested instead.

Knows which source is whose, and no caller: whoever asks has been let in, and leaves an entry in the record.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import anyio.to_thread
from anyio import CapacityLimiter

from adapters.column_options import ColumnOptions
from adapters.mapping import RecordOptions
from adapters.options import SourceOptions
from adapters.registry import options_of
from auth.classes import Sensitivity
from hub.mapping.drafts import difference, read_draft, written
from hub.mapping.sampling import NoSample, can_be_sampled, pasted, sample_of
from hub.mapping.trying import BadMapping, Trial, try_mapping
from hub.suggest.matching import Suggestion
from hub.suggest.proposing import Proposal, Wish, propose_record
from hub.suggest.sampling import Sample
from hub.toml_text import inline
from schema.catalogue import Catalogue, FieldRule, RecordRule

_AT_ONCE = 2
_SHOWN = 10
_USUAL = ColumnOptions()
_NOTHING = frozenset({"无", "空", "不详", "未知", "暂无", "null", "none", "nil", "n/a", "na", "0"})


@dataclass(frozen=True, slots=True)
class TrialWish:
    """What is to be tried: a record of a source; the draft, None for what runs; an answer that was pasted."""

    source: str
    record: str
    draft: str | None = field(default=None, repr=False)
    answer: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Suggested:
    """A place of the mapping, the column that is suggested for it, how it would be read, how sure, and what speaks for it."""

    place: str
    column: str
    how: str
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a trial. faults: of the draft, which is then not tried · unsampled: why there are no rows, in two languages.

    columns: of the source, with their labels · veiled: those of which nothing is shown, for they concern persons.
    """

    text: str
    difference: str
    faults: Sequence[str] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    veiled: frozenset[str] = frozenset()
    rows: int = 0
    trial: Trial | None = field(default=None, repr=False)
    suggestions: Sequence[Suggested] = ()
    unsampled: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """One record of one source, as its mapping runs."""

    source: SourceOptions
    record: RecordOptions
    rule: RecordRule

    @property
    def text(self) -> str:
        """Its mapping."""
        return written(self.record)

    @property
    def sampled(self) -> bool:
        """True where its rows can be read for a trial."""
        return can_be_sampled(self.record)


class Mappings:
    """The mappings that run, and trials of others in their place."""

    def __init__(self, sources: Sequence[SourceOptions], catalogue: Catalogue) -> None:
        self.all = tuple(
            Mapped(source, record, catalogue.records[record.record]) for source in sources for record in source.record
        )
        self._catalogue = catalogue
        self._turns = CapacityLimiter(_AT_ONCE)

    def find(self, source: str, record: str) -> Mapped | None:
        """The mapping of a record at a source."""
        names = source, record
        return next((one for one in self.all if (one.source.name, one.record.record) == names), None)

    async def attempt(self, wish: TrialWish) -> Tried:
        """What comes of a trial; LookupError if there is no such mapping."""
        mapped = self.find(wish.source, wish.record)
        if mapped is None:
            raise LookupError(wish.source)
        running = mapped.text
        try:
            draft = mapped.record if wish.draft is None else read_draft(wish.draft, mapped.record, mapped.rule)
        except BadMapping as fault:
            return Tried(wish.draft or "", difference(running, wish.draft or ""), fault.faults)
        text = written(draft)
        bare = Tried(text, difference(running, text))
        try:
            if wish.answer:
                sample = pasted(wish.answer, mapped.record)
            else:
                sample = await sample_of(mapped.source, mapped.record, self._turns, self._catalogue)
        except NoSample as none:
            return Tried(bare.text, bare.difference, unsampled=(none.zh, none.en))
        work = partial(_tried, mapped, draft, sample, (self._catalogue, self._beside(mapped)))
        return await anyio.to_thread.run_sync(work, limiter=self._turns)

    def _beside(self, mapped: Mapped) -> list[Mapped]:
        """Mappings of other records that read the same table or files, or ask a service for the same rows."""
        place = _place(mapped.record)
        return [
            one
            for one in self.all
            if one is not mapped and one.source is mapped.source and any(place) and _place(one.record) == place
        ]


def _place(record: RecordOptions) -> tuple[object, ...]:
    """Where the rows of a record lie, or by what a service is asked for them."""
    search = getattr(record, "search", None)
    asked = tuple(getattr(search, name, None) for name in ("path", "field", "operation"))
    return (*(getattr(record, name, None) for name in ("table", "file", "files")), *asked)


def _tried(mapped: Mapped, draft: RecordOptions, sample: Sample, known: tuple[Catalogue, Sequence[Mapped]]) -> Tried:
    catalogue, beside = known
    joins = options_of(mapped.source.kind).joins_local
    proposal = propose_record(sample, catalogue, Wish(mapped.record.record, joins_local=joins))
    veils = _veils(mapped, proposal.suggestions, catalogue, beside)
    veils |= _asking(mapped.record, draft, sample.columns, veils)
    text = written(draft)
    return Tried(
        text,
        difference(mapped.text, text),
        columns={name: sample.labels.get(name, "") for name in sample.columns},
        veiled=frozenset(veils) & frozenset(sample.columns),
        rows=max((len(cells) for cells in sample.cells.values()), default=0),
        trial=try_mapping(draft, mapped.rule, sample, _SHOWN, veils),
        suggestions=list(_suggested(draft, proposal)),
    )


def _veils(
    mapped: Mapped, suggestions: Sequence[Suggestion], catalogue: Catalogue, beside: Sequence[Mapped]
) -> dict[str, str]:
    """Columns that concern persons, each with the place where that place's mask is enough, empty for nowhere.

    What runs was looked at by those who answer for it: its columns are what it says they are. Others are what they are for
    the records `beside` it, and what they seem.
    """
    names = [one.column.name for one in suggestions]
    veils = {name: "" for one in beside for name in _guarded(one, names)}
    spelt = mapped.record.spelt(names)
    for name in spelt.values():
        veils.pop(name, None)
    for place, column in mapped.record.columns.items():
        if column.column is not None and _is_guarded(mapped.rule.fields.get(place)):
            veils[spelt.get(column.column, column.column)] = place
    for one in suggestions:
        name, likely = one.column.name, catalogue.fields.get(one.canonical)
        if name in spelt.values() or not (one.concerns_person or _is_guarded(likely)):
            continue
        veils[name] = likely.name if likely is not None and likely.record == mapped.rule.name else ""
    return veils


def _guarded(mapped: Mapped, names: Sequence[str]) -> list[str]:
    """Of these columns, those from which a mapping reads what concerns persons."""
    spelt = mapped.record.spelt(names)
    read = (
        column.column for place, column in mapped.record.columns.items() if _is_guarded(mapped.rule.fields.get(place))
    )
    return [spelt[name] for name in read if name in spelt]


def _asking(
    running: RecordOptions, draft: RecordOptions, names: Sequence[str], veils: Mapping[str, str]
) -> dict[str, str]:
    """Columns of persons for which no mask is enough in this draft: what it reads of them tells who is meant by a text of it."""
    spelt, found = draft.spelt(names), {}
    for place, column in draft.columns.items():
        name = spelt.get(column.column or "", "")
        known = _texts(running.columns.get(place, _USUAL)) | _texts(_USUAL)
        if veils.get(name) == place and any(map(_is_telling, _texts(column) - known)):
            found[name] = ""
    return found


def _texts(column: ColumnOptions) -> frozenset[str]:
    """Texts that are read as something else than themselves."""
    return frozenset((*column.absent, *column.endless, *column.truthy, *column.falsy, *column.codes))


def _is_telling(text: str) -> bool:
    """False for a text that stands for a missing value anywhere."""
    return text.strip().casefold() not in _NOTHING and any(map(str.isalnum, text))


def _is_guarded(rule: FieldRule | None) -> bool:
    return rule is not None and (rule.mask is not None or rule.sensitivity >= Sensitivity.PERSONAL)


def _suggested(draft: RecordOptions, proposal: Proposal) -> Iterator[Suggested]:
    """What is suggested and not so in the draft, the surest first."""
    found = {one.column.name: one for one in proposal.suggestions}
    places = {name: column.column for name, column in draft.columns.items()} | {
        f"keys.{name}": column for name, column in draft.keys.items()
    }
    said = dict(proposal.options["columns"]) | {
        f"keys.{name}": column for name, column in proposal.options.get("keys", {}).items()
    }
    rows = []
    for place, how in said.items():
        column = how["column"] if isinstance(how, Mapping) else how
        if places.get(place) == column or column not in found:
            continue
        one = found[column]
        reasons = one.best.reasons if one.best is not None else ()
        rows.append(Suggested(place, column, inline(how), one.confidence, reasons))
    yield from sorted(rows, key=lambda one: -one.confidence)
