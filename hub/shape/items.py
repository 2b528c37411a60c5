"""Code for what stands in a record: leaves with their masks and notes, provenance, values that are computed.

Each writer leaves the value in a variable and returns its name. Knows rows by the places of their columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.base import AS_OF, DISPUTED
from hub.clock import rfc3339
from hub.errors import State
from hub.plan.masks import mask_of
from hub.plan.model import Group, Leaf, Owned, Part, ProvenanceNode
from hub.shape.writer import Spot, Writer, literal, path_of
from schema.base import MaskKind

_MONEY = ("amount", "currency", "original")


@dataclass(frozen=True, slots=True)
class Under:
    """The entity the code stands under: variables of its row and reply; `sure` where its row is always there.

    Without `row` there is no entity, and clauses with row filters let nothing through.
    """

    row: str = ""
    reply: str = ""
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record's row comes from: its variable (empty where there is none), places, offer, and its reply.

    `width`: its columns, where that is known · `taken`: they stand in variables of their own · `compared`: at the end of
    its row stands what other sources say differently.
    """

    row: str
    places: Mapping[str, int]
    owned: Owned | None
    reply: str
    width: int = 0
    taken: bool = False
    compared: bool = False

    @property
    def source(self) -> str:
        """Name of the source, empty where none owns the record."""
        return self.owned.source if self.owned else ""

    def read(self, name: str) -> str:
        """Expression of a column."""
        place = self.places.get(name)
        if place is None or not self.row:
            return "None"
        return f"{self.row}_{place}" if self.taken else f"{self.row}[{place}]"

    @property
    def cells(self) -> str:
        """Variables of all columns, as a target of the row."""
        return f"({''.join(f'{self.row}_{place}, ' for place in range(self.width))})"

    def without_row(self) -> "Origin":
        """The same record where its source has no row."""
        return Origin("", self.places, self.owned, self.reply)


def is_plain(leaf: Leaf, origin: Origin) -> bool:
    """True if a leaf shows what stands in its column, to everyone, as it stands there."""
    rule, first = leaf.rule, leaf.clauses[0]
    shown = not (first.rows or first.masked or rule.compute or rule.many or leaf.parts or origin.compared)
    return shown and bool(origin.row) and origin.owned is not None and rule.name in origin.owned.columns


def write_plain(writer: Writer, leaves: Sequence[Leaf], origin: Origin, spot: Spot) -> dict[str, str]:
    """Plain leaves of a record by response key: looked at one by one only where one of them is missing or unreadable.

    What is neither is true, but for zero, false and the like, which the closer look leaves as they are.
    """
    values = {leaf.key: writer.fresh("v") for leaf in leaves}
    for leaf in leaves:
        writer.line(f"{values[leaf.key]} = {origin.read(leaf.rule.name)}")
    with writer.block(f"if not ({' and '.join(values.values())}):"):
        for leaf in leaves:
            _write_gaps(writer, leaf, origin, writer.at(spot, leaf.key, leaf.rule.coordinate), values[leaf.key])
    return values


def write_leaf(writer: Writer, leaf: Leaf, origin: Origin, spot: Spot, under: Under) -> str:
    """A leaf, masked or withheld as its clauses say."""
    value = writer.fresh("v")
    first = leaf.clauses[0]
    if not first.rows:
        masked = "True" if first.masked else ""
        _write_value(writer, leaf, origin, spot, (value, masked))
        return value
    passing = writer.passing(leaf.clauses)
    with writer.block(f"if {passing} is None:"):
        writer.line(f"{value} = None")
        write_blocked(writer, spot, under)
    with writer.block("else:"):
        _write_value(writer, leaf, origin, spot, (value, passing if _may_mask(leaf.clauses) else ""))
    return value


def write_blocked(writer: Writer, spot: Spot, under: Under) -> None:
    """Note why no clause lets the entity through: it lies outside, or where it lies is not to be had."""
    if under.row and not under.sure:
        with writer.block(f"if {under.row} is None:"):
            writer.gap(spot, under.reply)
        with writer.block("else:"):
            writer.note(spot, State.WITHHELD, "OUT_OF_JURISDICTION")
    else:
        writer.note(spot, State.WITHHELD, "OUT_OF_JURISDICTION")


def write_provenance(writer: Writer, node: ProvenanceNode, origin: Origin) -> str:
    """Where the record came from."""
    owned = origin.owned
    known = {
        "source": writer.constant(owned.source_label) if owned else "None",
        "department": writer.constant(owned.department) if owned else "None",
        "basis": writer.constant(owned.basis) if owned else "None",
        "fetchedAt": f"{origin.reply}_at" if owned else "None",
        "freshness": write_freshness(writer, origin) if _asks(node.parts, "freshness") else "",
        "asOf": _write_kind(writer, origin.read(AS_OF), str) if _asks(node.parts, "asOf") else "",
        "disputed": _write_kind(writer, origin.read(DISPUTED), bool) if _asks(node.parts, "disputed") else "",
        "__typename": "'Provenance'",
    }
    return literal([(writer.text(part.key), known[part.name]) for part in node.parts])


def write_freshness(writer: Writer, origin: Origin) -> str:
    """Expression that is FRESH, STALE or UNKNOWN."""
    stale = _old_condition(writer, origin)
    as_of = origin.read(AS_OF)
    by_age = f"'UNKNOWN' if {as_of}.__class__ is not str else 'STALE' if {stale} else 'FRESH'" if stale else "'UNKNOWN'"
    return f"('STALE' if {origin.reply}.kept else {by_age})" if _keeps(origin) else f"({by_age})"


def write_age(writer: Writer, origin: Origin, spot: Spot) -> None:
    """Note that a row is old: its source is silent and it is the last known one, or it is past its update cycle."""
    stale, word = _old_condition(writer, origin), "if"
    if _keeps(origin):
        with writer.block(f"if {origin.reply}.kept:"):
            writer.note(spot, State.STALE, "SOURCE_DOWN", origin.source)
        word = "elif"
    if stale:
        with writer.block(f"{word} {stale}:"):
            writer.note(spot, State.STALE, source=origin.source)


def _keeps(origin: Origin) -> bool:
    return origin.owned is not None and origin.owned.keeps and bool(origin.row)


def _old_condition(writer: Writer, origin: Origin) -> str:
    """Condition under which a row is older than its update cycle; empty where it has none or tells no time."""
    as_of = origin.read(AS_OF)
    if origin.owned is None or origin.owned.fresh_days is None or as_of == "None":
        return ""
    cut = writer.constant(Cut(origin.owned.fresh_days))
    return f"{as_of}.__class__ is str and {cut}.passed_by({as_of}, cuts, now)"


class Cut:
    """The instant before which data is older than so many days; instants in canonical form compare as texts."""

    __slots__ = ("_days",)

    def __init__(self, days: int) -> None:
        self._days = days

    def passed_by(self, as_of: str, cuts: dict[int, str], now: datetime) -> bool:
        """True if the data time is that old; `cuts` keeps the instant in one answer."""
        if as_of[19:] != "+08:00":
            return (now - datetime.fromisoformat(as_of)).days >= self._days
        cut = cuts.get(self._days)
        if cut is None:
            cut = cuts[self._days] = rfc3339(now - timedelta(days=self._days))
        return as_of <= cut


def _asks(parts: Sequence[Part], name: str) -> bool:
    return any(part.name == name for part in parts)


def _write_kind(writer: Writer, read: str, kind: type) -> str:
    """A column of a row, null where it holds something else."""
    if read == "None":
        return read
    value = writer.fresh("v")
    writer.line(f"{value} = {read}")
    with writer.block(f"if {value}.__class__ is not {kind.__name__}:"):
        writer.line(f"{value} = None")
    return value


def _may_mask(clauses: Group) -> bool:
    return any(clause.masked for clause in clauses)


def _write_value(writer: Writer, leaf: Leaf, origin: Origin, spot: Spot, made: tuple[str, str]) -> None:
    """The value into the variable `made` names first; the other is the condition under which it is masked."""
    value, masked = made
    rule = leaf.rule
    needed = rule.compute.needs if rule.compute else (rule.name,)
    if origin.owned is None or any(name not in origin.owned.columns for name in needed):
        writer.line(f"{value} = None")
        writer.note(spot, State.NOT_COLLECTED, source=origin.source)
        return
    reads = [origin.read(name) for name in needed]
    if rule.compute:
        names = [writer.fresh("v") for _ in reads]
        writer.line(f"{', '.join(names)}, = {', '.join(reads)},")
        apply = writer.constant(rule.compute.apply)
        unread = " or ".join(f"{name} is UNREADABLE" for name in names)
        writer.line(f"{value} = UNREADABLE if {unread} else {apply}(({', '.join(names)},), day)")
    else:
        writer.line(f"{value} = {reads[0]}")
        if origin.compared:
            _write_contested(writer, leaf, origin, spot, made)
    _write_gaps(writer, leaf, origin, spot, value)
    _write_shown(writer, leaf, spot, value, masked)


def _write_contested(writer: Writer, leaf: Leaf, origin: Origin, spot: Spot, made: tuple[str, str]) -> None:
    """The value of the source that leads where several say different things; what they say is told if it is shown in clear."""
    value, masked = made
    name, found = writer.constant(leaf.rule.name), writer.fresh("c")
    pattern, coordinate = writer.constant(spot.pattern), writer.constant(spot.coordinate)
    with writer.block(f"if {origin.row}[-1] is not None:"):
        writer.line(f"{found} = {origin.row}[-1].get({name})")
        with writer.block(f"if {found} is not None:"):
            money = bool(leaf.parts)
            told = f"{pattern}, {coordinate}, {path_of(spot)}, {found}, {masked or 'False'}, {money}"
            writer.line(f"{value} = contest({told})")


def _write_gaps(writer: Writer, leaf: Leaf, origin: Origin, spot: Spot, value: str) -> None:
    """Notes of a value that is missing or cannot be read, which then is null."""
    bad = f"{value} is UNREADABLE"
    if leaf.rule.many:
        bad = f"{bad} or UNREADABLE in {value}"
    with writer.block(f"if {value} is None:"):
        writer.note(spot, State.NO_RECORD)
    with writer.block(f"elif {bad}:"):
        writer.line(f"{value} = None")
        if not _keeps(origin):
            writer.note(spot, State.SOURCE_DOWN, "SOURCE_BAD_DATA", origin.source)
            return
        with writer.block(f"if {origin.reply}.kept:"):
            writer.note(spot, State.SOURCE_DOWN, "SOURCE_DOWN", origin.source)
        with writer.block("else:"):
            writer.note(spot, State.SOURCE_DOWN, "SOURCE_BAD_DATA", origin.source)


def _write_shown(writer: Writer, leaf: Leaf, spot: Spot, value: str, masked: str) -> None:
    """A value that is there: masked where it must be, else in the form the caller asked for."""
    if masked:
        with writer.block("else:" if masked == "True" else f"elif {masked}:"):
            hide = writer.constant(mask_of(leaf.rule.mask or MaskKind.WHOLE))
            shown = f"[{hide}(str(one)) for one in {value}]" if leaf.rule.many else f"{hide}(str({value}))"
            writer.line(f"{value} = {shown}")
            writer.note(spot, State.MASKED)
    if masked == "True":
        return
    if leaf.parts:
        with writer.block("else:"):
            known = {name: f"{value}[{place}]" for place, name in enumerate(_MONEY)} | {"__typename": "'Money'"}
            writer.line(f"{value} = {literal([(writer.text(part.key), known[part.name]) for part in leaf.parts])}")
    elif leaf.rule.many:
        with writer.block("else:"):
            writer.line(f"{value} = list({value})")
