"""The oracle's little city with every value unlike every other, so that whatever is seen tells where it came from.

Enumerations, truth and codes by which records hang together stay as they are: they cannot be unlike one another.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from typing import Any

from schema.base import MaskKind
from schema.catalogue import Catalogue, FieldRule, Kind
from tests.oracle.rows import BROKEN, City, Row, Sum, Table, sum_of
from tests.oracle.world import build_city

_JOINING = frozenset(
    {
        *("Entity.divisionCode", "Entity.industryCode", "Division.code", "InspectionCap.industryCode"),
        *("Campus.campusCode", "ApprovalItem.code", "Certificate.number"),
    }
)
"""Texts by which records are found; the same one stands in many rows, or in the question."""
_LONG_AGO = date(1700, 1, 1).toordinal()
_LARGE = 2_100_000_000
"""Ten digits: what digests, durations and instants in a record happen to hold is hardly ever taken for a value."""
_VALUE = re.compile(
    r"Q[0-9]{6}Z|1[3-9][0-9]{9}|(?<![0-9.])21[0-9]{8}(?![0-9])|1[78][0-9]{2}-[0-9]{2}-[0-9]{2}|9132[0-9A-Z]{14}"
)
"""Every form of a value that is looked for: texts, telephones, numbers and sums, days and instants, credit codes."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value stands: its field, and the row it is in."""

    coordinate: str
    row: Row


@dataclass
class Marked:
    """The city, and where each of its values that can be recognised stands; some codes stand in several places."""

    city: City
    origins: Mapping[str, tuple[Origin, ...]]

    def found(self, text: str) -> set[str]:
        """Values of the city in a text."""
        return {value for value in _VALUE.findall(text) if value in self.origins}


def marked_city(catalogue: Catalogue) -> Marked:
    """The city of the oracle, certificates connected, with its values marked."""
    marker = _Marker(catalogue)
    city = City(tuple(marker.table(table) for table in build_city(certificates=True).tables))
    origins: dict[str, tuple[Origin, ...]] = {}
    for value, origin in _standing(city):
        origins[value] = (*origins.get(value, ()), origin)
    return Marked(city, origins)


def _standing(city: City) -> Iterator[tuple[str, Origin]]:
    for table in city.tables:
        for row in table.rows:
            for name, cell in row.cells.items():
                for value in _VALUE.findall(_text(cell)):
                    yield value, Origin(f"{table.record}.{name}", row)


def _text(cell: Any) -> str:
    if isinstance(cell, Sum):
        return cell.original
    return " ".join(cell) if isinstance(cell, tuple) else str(cell)


@dataclass
class _Marker:
    catalogue: Catalogue
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def table(self, table: Table) -> Table:
        rules = self.catalogue.records[table.record].fields
        return replace(table, rows=tuple(self._row(row, rules) for row in table.rows))

    def _row(self, row: Row, rules: Mapping[str, FieldRule]) -> Row:
        return replace(row, cells={name: self._cell(rules[name], cell) for name, cell in row.cells.items()})

    def _cell(self, rule: FieldRule, cell: Any) -> Any:
        if cell is None or cell is BROKEN or rule.coordinate in _JOINING or rule.kind in _ALIKE:
            return cell
        if rule.coordinate in ("Entity.uscc", "Entity.regNo15", "Entity.orgCode"):
            return cell
        if rule.many:
            return tuple(self._text(rule) for _ in cell)
        match rule.kind:
            case Kind.TEXT:
                return self._text(rule)
            case Kind.INT:
                return _LARGE + next(self.numbers)
            case Kind.MONEY:
                amount = str(_LARGE + next(self.numbers))
                return sum_of(amount, amount)
            case Kind.DATE:
                return self._day()
        return f"{self._day()}T09:00:00+08:00"

    def _day(self) -> str:
        return date.fromordinal(_LONG_AGO + next(self.numbers)).isoformat()

    def _text(self, rule: FieldRule) -> str:
        """A text of which a mask shows no more than what stands before the mark."""
        number = next(self.numbers)
        mark = f"Q{number:06d}Z"
        match rule.mask:
            case MaskKind.PERSON_NAME:
                return f"欧阳{mark}"
            case MaskKind.PHONE:
                return f"139{number:08d}"
            case MaskKind.STREET_ADDRESS:
                return f"示例路{mark}"
        return f"示例{mark}"


_ALIKE = frozenset({Kind.ENUM, Kind.BOOLEAN, Kind.CODE})


def entities_by_code(city: City) -> Mapping[str, Row]:
    """The city's entities by credit code."""
    rows: Iterable[Row] = city.entities()
    return {row.cells["uscc"]: row for row in rows if isinstance(row.cells["uscc"], str)}
