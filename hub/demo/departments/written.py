"""What a department keeps of a record, under its own column names and in its own hand: days, truth, lists, words.

One description gives both the rows as the department writes them and the mapping by which the hub reads them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from hub.demo.departments.codes import Codes, code_of, labels_of, names_of
from hub.demo.records import CityRecords
from hub.demo.values import Person
from schema.catalogue import Catalogue, FieldRule, Kind, fold_catalogue
from schema.enums import Labelled

Columns = Mapping[str, Callable[[Any], object]]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hand:
    """How a department writes: `days` as strftime has it, what stands for no and yes, what joins the parts of a list.

    Without a separator lists are lists and numbers are numbers, as in JSON; texts everywhere else.
    """

    days: str = "%Y-%m-%d"
    truth: tuple[Any, Any] = ("0", "1")
    separator: str = ""

    def write(self, value: object) -> Any:
        """A value as it is stored; an empty list is nothing."""
        match value:
            case bool():
                return self.truth[value]
            case None | int() | str():
                return value
            case datetime():
                return value.isoformat(timespec="seconds")
            case date():
                return value.strftime(self.days)
            case Labelled():
                return value.zh
            case Person():
                return value.name
            case tuple():
                written = [self.write(one) for one in value]
                return (self.separator.join(written) if self.separator else written) or None
        raise TypeError(f"{type(value).__name__} has no place in a record")

    def reading(self, column: str, rule: FieldRule) -> str | Row:
        """How the hub reads a column that was written so."""
        said: Row = {"column": column}
        if rule.many and self.separator:
            said["separator"] = self.separator
        if rule.kind is Kind.DATE and self.days == "%Y%m%d":
            said["type"] = "compact"
        if rule.kind is Kind.BOOLEAN and self.truth == (False, True):
            said["type"] = "native"
        if rule.enum is not None:
            said["codes"] = labels_of(rule.enum)
        return said if len(said) > 1 else column


JSON = Hand(truth=(False, True))
"""As a web service writes."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Columns beside the fields: the row's identifier and its prefix, the entity's code, data time, objection."""

    local: str
    prefix: str
    uscc: str
    as_of: str
    disputed: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A record at a department: the rows of the city it holds, what each field is called there, its code tables.

    `reads` says where a field's value stands in a row of the city · `constants`: what goes without saying there ·
    `own_key`: its rows hang on a field of their own instead of on an entity's code.
    """

    record: str
    rows: str
    reads: Columns
    names: Mapping[str, str]
    marks: Marks
    hand: Hand = JSON
    codes: Mapping[str, Codes] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    own_key: bool = False
    fresh_days: int = 90

    def written(self, city: CityRecords) -> list[Row]:
        """All rows in the order of their identifiers."""
        return [self._row(row) for row in sorted(getattr(city, self.rows), key=lambda row: row.number)]

    def _row(self, row: Any) -> Row:
        marks, values = self.marks, {name: read(row) for name, read in self.reads.items() if name in self.names}
        return {
            marks.local: f"{marks.prefix}{row.number:06d}",
            **({} if self.own_key else {marks.uscc: row.uscc}),
            **{self.names[name]: self._cell(name, value) for name, value in values.items()},
            marks.disputed: self.hand.write(row.stamp.disputed),
            marks.as_of: self.hand.write(row.stamp.updated),
        }

    def _cell(self, name: str, value: Any) -> Any:
        return code_of(self.codes[name], value) if name in self.codes and value is not None else self.hand.write(value)

    def mapping(self, **place: Any) -> Row:
        """The record as the configuration writes it; `place` says where it lies and how it is asked for."""
        rules, marks = _catalogue().records[self.record].fields, self.marks
        columns = {name: self.hand.reading(column, rules[name]) for name, column in self.names.items()}
        columns |= {name: {"column": self.names[name], "codes": names_of(codes)} for name, codes in self.codes.items()}
        columns |= {name: {"constant": value} for name, value in self.constants.items()}
        native = self.hand.truth == (False, True)
        return {
            "record": self.record,
            "local": marks.local,
            "as_of": marks.as_of,
            "disputed": {"column": marks.disputed, "type": "native"} if native else marks.disputed,
            "fresh_days": self.fresh_days,
            **({} if self.own_key else {"keys": {"uscc": marks.uscc}}),
            **place,
            "columns": columns,
        }


@cache
def _catalogue() -> Catalogue:
    return fold_catalogue()
