"""How each kind of source writes the city's cells, and what stands in one that nobody can read.

Every kind shows the same canonical thing; what a kind cannot hold (a database that knows texts only has no cell that
is none) the city of a staging does not have there either.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from auth.classes import Sensitivity
from schema.catalogue import FieldRule, Kind
from tests.oracle.rows import BROKEN, Row, Sum, Table

STATUS_CODES = {"1": "ACTIVE", "2": "REVOKED", "9": "DEREGISTERED"}
OBJECT = {"no": "text"}
A_PERSON = "11010519491231002X"
"""The number of a person (that of the standard's own example) in the place of a code."""
_WRONG: Mapping[Any, Any] = {
    Kind.DATE: "31.12.20",
    Kind.DATETIME: "gestern",
    Kind.ENUM: "???",
    Kind.INT: "x1",
    Kind.MONEY: "abc",
}


@dataclass(frozen=True, slots=True)
class Writing:
    """What a kind makes of cells.

    wrong: what stands in a cell of each kind of field (LISTS for lists, or of one field) that nobody can read; a kind
    that is not there has no such cells · joined: lists are one text, real: they are lists, else JSON · native: fields of these kinds
    are stored as what they are.
    """

    wrong: Mapping[Any, Any]
    joined: bool = False
    real: bool = False
    native: frozenset[Kind] = field(default_factory=frozenset)

    def holds(self, rule: FieldRule) -> bool:
        """True if a cell of this field may be unreadable here."""
        return (LISTS if rule.many else rule.kind) in self.wrong

    def column(self, name: str, rule: FieldRule) -> str:
        """The column of a field, as `hub.toml` describes it."""
        parts = [f'column = "f_{name}"']
        if rule.coordinate == "Entity.status":
            parts.append("codes = { " + ", ".join(f'"{k}" = "{v}"' for k, v in STATUS_CODES.items()) + " }")
        if rule.many and self.joined:
            parts.append('separator = "|"')
        if rule.kind in self.native and not rule.many:
            parts.append('type = "date"' if rule.kind is Kind.DATE else 'type = "native"')
        return f"{{ {', '.join(parts)} }}"

    def cell(self, rule: FieldRule, value: Any) -> Any:
        """What is stored for a canonical value."""
        if value is BROKEN:
            return self.wrong.get(rule.coordinate) or self.wrong[LISTS if rule.many else rule.kind]
        if isinstance(value, Sum):
            return value.original
        if isinstance(value, tuple):
            return self._listed(value)
        if rule.coordinate == "Entity.status":
            return {name: code for code, name in STATUS_CODES.items()}.get(value, value)
        if value is None or (rule.kind in self.native and rule.kind is not Kind.DATE):
            return value
        if rule.kind in self.native:
            return date.fromisoformat(value)
        return str(int(value)) if isinstance(value, bool) else value

    def rows(self, table: Table, rules: Mapping[str, FieldRule]) -> Iterator[dict[str, Any]]:
        """Rows of a table, column by column, the row's own identifier first."""
        for row in table.rows:
            key = self.wrong[Kind.CODE] if row.key is BROKEN else row.key
            said = {
                "dated": "gestern" if row.as_of is BROKEN else row.as_of,
                "disputed": None if row.disputed is None else str(int(row.disputed)),
            }
            cells = {f"f_{name}": self.cell(rules[name], row.cells[name]) for name in table.fields}
            yield {"row": row.local, "code_of_entity": key, **said, **cells}

    def _listed(self, values: tuple[Any, ...]) -> Any:
        if self.real:
            return [*values]
        return "|".join(values) if self.joined else json.dumps(values, ensure_ascii=False)


LISTS = "lists"
_SERVICE: Mapping[Any, Any] = {**_WRONG, Kind.TEXT: OBJECT, Kind.CODE: OBJECT, LISTS: OBJECT}
_ORDERED: Mapping[Any, Any] = {**_SERVICE, "Entity.establishedOn": OBJECT}
_TYPED: Mapping[Any, Any] = {Kind.CODE: A_PERSON, LISTS: "{", **_WRONG, Kind.INT: 3_000_000_000}
WRITINGS: Mapping[str, Writing] = {
    "memory": Writing(_SERVICE, joined=True),
    "sqlite": Writing(
        {**_WRONG, Kind.TEXT: b"\xff", Kind.CODE: b"\xff", LISTS: b"\xff"}, joined=True, native=frozenset({Kind.INT})
    ),
    "postgres": Writing({**_TYPED, Kind.DATE: date.max}, native=frozenset({Kind.INT, Kind.DATE, Kind.BOOLEAN})),
    "mariadb": Writing(_TYPED, native=frozenset({Kind.INT})),
    "tabular": Writing({**_WRONG, Kind.TEXT: "#REF!", Kind.CODE: A_PERSON, LISTS: "#N/A"}, joined=True),
    "rest": Writing(_ORDERED, real=True, native=frozenset({Kind.BOOLEAN})),
    "soap": Writing(_ORDERED, real=True),
    "graphql": Writing(_ORDERED, real=True, native=frozenset({Kind.BOOLEAN})),
}
"""By kind of source. PostgreSQL holds days no calendar has; a service sends objects where a text belongs, and always
where it orders by a field, for it could not put a text that means nothing last."""


def as_kept(kind: str, table: Table, rules: Mapping[str, FieldRule]) -> Table:
    """The table as far as a kind can hold it."""
    writing = WRITINGS[kind]
    unheld = {name for name in table.fields if not writing.holds(rules[name])}
    fields = table.fields
    if kind == "tabular":
        fields = tuple(name for name in fields if rules[name].sensitivity < Sensitivity.SENSITIVE)
    rows = tuple(_without(row, unheld) for row in table.rows)
    return replace(table, fields=fields, rows=rows)


def _without(row: Row, unheld: set[str]) -> Row:
    gone = {name: None for name in unheld if row.cells[name] is BROKEN}
    return replace(row, cells={**row.cells, **gone}) if gone else row
