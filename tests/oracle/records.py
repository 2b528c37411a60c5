"""Fields of one record, by the rules: who may see it, whether its source answered, what it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hub.errors import State
from schema.catalogue import FieldRule, RelationRule
from schema.enums import Freshness
from schema.predicate import FALSE, AllOf, Predicate, Test, fields_of, holds
from schema.uscc import find_fault
from tests.oracle.denials import Scrutiny
from tests.oracle.marks import Anchor, Mark
from tests.oracle.masking import masked
from tests.oracle.reading import Asked, Pattern
from tests.oracle.rows import BROKEN, Row, Sum, Table
from tests.oracle.standing import Clause
from tests.oracle.telling import Key, Path, Tale

if TYPE_CHECKING:
    from tests.oracle.reference import Oracle


@dataclass(frozen=True, slots=True)
class Silence:
    """A source that does not answer, and the code of its failure."""

    source: str
    code: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said: position, pattern, and the field it is said of."""

    path: Path
    pattern: Pattern
    coordinate: str

    def nth(self, place: int) -> "Place":
        """One list position further down."""
        return Place((*self.path, place), self.pattern, self.coordinate)


@dataclass(frozen=True, slots=True)
class Found:
    """A record that was found, or one that is an object although its row is not to be had.

    `entity` is the business entity above it (None at the entity itself), `key` what an entity was asked by, `anchor`
    what its id is known to stand for without its row.
    """

    table: Table | None
    row: Row | None
    key: Anchor | None = None
    anchor: Anchor | None = None
    silence: Silence | None = None
    entity: "Found | None" = None
    asked: bool = True

    @property
    def above(self) -> "Found":
        """The entity it belongs to."""
        return self.entity or self


@dataclass(frozen=True, slots=True)
class Records:
    """Resolves fields of records for one question."""

    oracle: "Oracle"
    scrutiny: Scrutiny
    tale: Tale
    silent: Mapping[str, Silence]
    refused: set[Pattern]

    def say(self, place: Place, state: State, code: str = "", source: str = "", suggestion: str | None = None) -> None:
        """Say a state of a position."""
        self.tale.say(Key(place.pattern, place.coordinate, state, code, source), place.path, suggestion)

    def silence(self, place: Place, silence: Silence) -> None:
        """Say that a source is silent."""
        self.say(place, State.SOURCE_DOWN, silence.code, silence.source)

    def not_found(self, typed: str | None, place: Place) -> None:
        """Say that there is no such record; of a typed code with a wrong digit, what the right one would be."""
        fault = find_fault(typed) if typed is not None else None
        suggestion = fault.suggestion if fault is not None else None
        self.say(place, State.NO_RECORD, "USCC_CHECK_DIGIT" if suggestion else "ENTITY_NOT_FOUND", "", suggestion)

    def record(self, asked: Asked, found: Found, place: Place) -> Found | None:
        """A record to be executed further, unless nothing that is asked of it is held."""
        if self.scrutiny.is_left_bare(asked):
            return None
        if self._freshness(found) is Freshness.STALE:
            assert found.table is not None
            self.say(place, State.STALE, source=found.table.source)
        return found

    def field(self, asked: Asked, found: Found, path: Path) -> Any:
        """Value of a field of a record."""
        place = Place(path, asked.pattern, f"{asked.parent}.{asked.name}")
        if self.scrutiny.is_leaf(asked):
            return self._leaf(asked, found, place)
        if self.scrutiny.is_relation(asked):
            return self._relation(asked, found, place)
        return self._provenance(found) if asked.name == "provenance" else self._id(found, place)

    # the hub's own fields

    def _id(self, found: Found, place: Place) -> Mark | None:
        anchor = found.anchor
        if found.row is not None:
            named = [(name, found.row.cell(name)) for name in ("uscc", "regNo15")]
            anchor = next(
                ((name, value) for name, value in named if isinstance(value, str)), ("local", found.row.local)
            )
        if anchor is None and found.silence is not None:
            # Without its id there is no object: it is the record that is missing.
            root = self.scrutiny.reading.by_pattern[place.pattern[:1]]
            self.silence(Place(place.path[:-1], place.pattern[:-1], f"Query.{root.name}"), found.silence)
        return Mark("id", anchor) if anchor is not None else None

    def _provenance(self, found: Found) -> dict[str, Any]:
        names = ("source", "department", "basis", "asOf", "disputed", "fetchedAt")
        made: dict[str, Any] = dict.fromkeys(names)
        made["freshness"] = self._freshness(found)
        if found.table is not None:
            settings = self.oracle.settings
            source = next(one for one in settings.sources if one.name == found.table.source)
            made["source"], made["basis"] = source.label or source.name, source.basis
            made["department"] = settings.departments[source.department].label
        if found.row is not None:
            dated = found.row.as_of
            made["asOf"], made["disputed"] = None if dated is BROKEN else dated, found.row.disputed
        if found.silence is None and found.asked:
            made["fetchedAt"] = self.oracle.now.isoformat(timespec="seconds")
        return made

    def _freshness(self, found: Found) -> Freshness:
        if found.row is None or found.table is None or found.table.fresh_days is None:
            return Freshness.UNKNOWN
        if not isinstance(found.row.as_of, str):
            return Freshness.UNKNOWN
        age = self.oracle.now - datetime.fromisoformat(found.row.as_of)
        return Freshness.STALE if age.days >= found.table.fresh_days else Freshness.FRESH

    # leaves

    def _leaf(self, asked: Asked, found: Found, place: Place) -> Any:
        clauses = self.scrutiny.clauses(asked)
        if not clauses:
            return None
        passing = [clause for clause in clauses if self._lets_through(clause, found)]
        if not passing:
            self._blocked(found, place)
            return None
        rule = self.oracle.catalogue.rule(place.coordinate)
        value = self._value(rule, found, place)
        if value is not None and all(clause.masked for clause in passing) and rule.mask is not None:
            self.say(place, State.MASKED)
            shown = [masked(rule.mask, one) for one in (value if rule.many else (value,))]
            return shown if rule.many else shown[0]
        return _shown(rule, value)

    def _lets_through(self, clause: Clause, found: Found) -> bool:
        row = found.above.row
        return not clause.rows or (row is not None and self.scrutiny.standing.passes(clause, row))

    def _blocked(self, found: Found, place: Place) -> None:
        """The entity lies outside – or where it lies is not to be had."""
        if found.above.silence is not None:
            self.silence(place, found.above.silence)
        else:
            self.say(place, State.WITHHELD, "OUT_OF_JURISDICTION")

    def _value(self, rule: FieldRule, found: Found, place: Place) -> Any:
        needs = rule.compute.needs if rule.compute else (rule.name,)
        if found.silence is not None:
            self.silence(place, found.silence)
            return None
        if found.table is None or any(need not in found.table.fields for need in needs):
            self.say(place, State.NOT_COLLECTED, source=found.table.source if found.table else "")
            return None
        values = tuple(None if found.row is None else found.row.cell(need) for need in needs)
        if BROKEN in values:
            self.say(place, State.SOURCE_DOWN, "SOURCE_BAD_DATA", found.table.source)
            return None
        value = rule.compute.apply(values, self.scrutiny.day) if rule.compute else values[0]
        if value is None:
            self.say(place, State.NO_RECORD)
        return value

    # relations

    def _relation(self, asked: Asked, found: Found, place: Place) -> Any:
        if self.scrutiny.is_starved(asked) or asked.pattern in self.refused:
            return None
        reads = [name for criterion in self.scrutiny.criteria(asked) for name in criterion.reads]
        groups = [self.scrutiny.opening(asked), *(self.scrutiny.standing.clear(name) for name in reads)]
        if not all(any(self._lets_through(clause, found) for clause in group) for group in groups):
            self._blocked(found, place)
            return None
        rule = self.oracle.catalogue.records[asked.parent].relations[asked.name]
        key, tables = self._key(rule, found.above), self.oracle.city.owners(rule.target)
        if self.oracle.catalogue.records[rule.target].declared.composite:
            wanted = tables if self._asks_own_row(asked) else ()
            return self.record(asked, self._composite(key, wanted, found.above), place)
        if not tables:
            self.say(place, State.NOT_COLLECTED)
            return None
        if key is None:
            self._unlinked(found.above, place)
            return None
        rows = self._rows(asked, (rule.declared.child_key, key), found.above, place)
        if rows is None:
            return None
        return self._many(asked, rule, rows, place) if rule.many else self._one(asked, rows, place)

    def _asks_own_row(self, asked: Asked) -> bool:
        """True if something is asked of the record itself, of which something is held, and not only of those below."""
        leaves = self.oracle.catalogue.records[asked.returns].fields.values()
        if not any(self.scrutiny.standing.held.get(leaf.coordinate) for leaf in leaves):
            return False
        own = (one for one in asked.below if not self.scrutiny.is_relation(one) and one.name != "__typename")
        return any(not self.scrutiny.is_denied(one) for one in own)

    def _key(self, rule: RelationRule, entity: Found) -> str | None:
        """The entity's own key or, where its source is silent, the one that was asked."""
        name = rule.declared.parent_key
        if entity.row is not None:
            value = entity.row.cell(name)
            return value if isinstance(value, str) else None
        return entity.key[1] if entity.key is not None and entity.key[0] == name else None

    def _unlinked(self, entity: Found, place: Place) -> None:
        if entity.silence is not None:
            self.silence(place, entity.silence)
        else:
            self.say(place, State.NOT_COLLECTED)

    def _composite(self, key: str | None, tables: tuple[Table, ...], entity: Found) -> Found:
        if not tables:
            return Found(None, None, entity=entity, asked=False)
        if key is None:
            return Found(tables[0], None, silence=entity.silence, entity=entity, asked=False)
        silence = self.silent.get(tables[0].source)
        row = next((one for one in tables[0].rows if one.cell("uscc") == key), None)
        return Found(tables[0], None if silence else row, silence=silence, entity=entity)

    def _rows(self, asked: Asked, key: Anchor, entity: Found, place: Place) -> list[Found] | None:
        """Rows of all sources that answer, in their order; None if none does."""
        criteria = self.scrutiny.criteria(asked)
        where = AllOf(tuple(criterion.predicate for criterion in criteria))
        if FALSE in where.parts:
            # What no row can be needs nobody to be asked, silent or not.
            return []
        found: list[Found] = []
        tables = self.oracle.city.owners(asked.returns)
        answered = 0
        for table in tables:
            silence = self.silent.get(table.source) or unsupported(table, where)
            if silence is not None:
                self.silence(place, silence)
                continue
            answered += 1
            rows = [row for row in table.rows if row.cell(key[0]) == key[1] and meets(where, row)]
            found += [Found(table, row, entity=entity) for row in rows]
        return found if answered else None

    def _many(self, asked: Asked, rule: RelationRule, rows: list[Found], place: Place) -> list[Found | None]:
        cap = rule.declared.cap
        first = asked.arguments.get("first") or cap
        if len(rows) > cap and first == cap:
            self.say(place, State.TRUNCATED)
        return [self.record(asked, row, place.nth(number)) for number, row in enumerate(rows[:first])]

    def _one(self, asked: Asked, rows: list[Found], place: Place) -> Found | None:
        if not rows:
            self.say(place, State.NO_RECORD)
            return None
        return self.record(asked, rows[0], place)


def unsupported(table: Table, where: Predicate) -> Silence | None:
    """The failure of a source that is asked to compare a field it does not map."""
    lacking = [name for name in fields_of(where) if name not in table.fields and name != "uscc"]
    return Silence(table.source, "FILTER_UNSUPPORTED") if lacking else None


def meets(predicate: Predicate, row: Row) -> bool:
    """True if the row satisfies the predicate; a cell that nobody can read satisfies nothing."""
    if isinstance(predicate, Test):
        return row.cell(predicate.field) is not BROKEN and holds(predicate, row.cell)
    parts = [meets(part, row) for part in predicate.parts]
    return all(parts) if isinstance(predicate, AllOf) else any(parts)


def _shown(rule: FieldRule, value: Any) -> Any:
    if isinstance(value, Sum):
        return value._asdict()
    if isinstance(value, tuple):
        return [_shown(rule, one) for one in value]
    return rule.enum[value] if rule.enum is not None and value is not None else value
