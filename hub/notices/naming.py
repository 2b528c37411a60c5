"""What people read in place of codes: labels of departments and of fields. What has none stands by its code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol


class Text(NamedTuple):
    """The same in Chinese and in English."""

    zh: str
    en: str


class Office(Protocol):
    """A department as it is called."""

    @property
    def label(self) -> str: ...
    @property
    def label_en(self) -> str: ...


class Rule(Protocol):
    """A field as it is called."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Naming:
    """Labels of fields by their coordinates, and of departments by their codes, as they are now."""

    fields: Mapping[str, Rule] = field(default_factory=dict)
    departments: Callable[[], Mapping[str, Office]] = dict

    def department(self, code: str) -> Text:
        """What a department is called."""
        office = self.departments().get(code)
        return Text(code, code) if office is None else Text(office.label, office.label_en or code)

    def coordinate(self, coordinate: str) -> Text:
        """What a field is called."""
        rule = self.fields.get(coordinate)
        return Text(coordinate, coordinate) if rule is None else Text(rule.zh, rule.en)
