"""Values for arguments: mostly such as the city knows, sometimes strange ones, all of the right type."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type, is_list_type

from schema.uscc import check_digit
from tests.oracle.departments import CROWDED, STRANGER
from tests.oracle.rows import City

ONE_OF = "EntityOrder"
"""The input of which exactly one field is given."""
_YEARS = (2025, 2026, 2025, 2026, 0, -3, 123456)
_DATES = ("2015-06-01", "2026-03-10", "2026-06-30", "2020-01-01")


class Values:
    """Draws values for the input types of the schema."""

    def __init__(self, rng: random.Random, city: City, ids: Sequence[str]) -> None:
        self._rng = rng
        self._rows = list(city.entities())
        self._ids = ids
        self.wanted: Callable[[str, str], bool] = lambda kind, name: True

    def of(self, kind: Any, name: str) -> Any:
        """A JSON value of an input type for the argument or input field of that name."""
        inner = get_named_type(kind)
        one = getattr(kind, "of_type", kind) if str(kind).endswith("!") else kind
        if is_list_type(one):
            if self._rng.random() < 0.01:
                return [self.one(inner, name)] * 201
            return [self.one(inner, name) for _ in range(self._rng.choice((1, 2, 3, 6) * 8 + (0,)))]
        return self.one(inner, name)

    def one(self, inner: Any, name: str) -> Any:
        """One value of a named type."""
        rng = self._rng
        if isinstance(inner, GraphQLEnumType):
            return rng.choice(list(inner.values))
        if isinstance(inner, GraphQLInputObjectType):
            return self._input(inner)
        match inner.name:
            case "USCC":
                return self.code()
            case "Date":
                return rng.choice(_DATES)
            case "Boolean":
                return rng.random() < 0.5
            case "Int":
                return (
                    rng.choice((1, 2, 3, 7, 25, 60, 1, 2, 3, 7, 25, 60, 60, 200))
                    if name == "first"
                    else rng.choice(_YEARS)
                )
            case "ID":
                return rng.choice(self._ids) if rng.random() < 0.93 else rng.choice(("0" * 24, "0" * 24, " ", "0" * 65))
        return self._text(name)

    def code(self) -> str:
        """A credit code: of an entity, as somebody types it, with a wrong digit, or of nobody."""
        known = [row.cells["uscc"] for row in self._rows if isinstance(row.cells["uscc"], str)]
        few = known[:12] if self._rng.random() < 0.6 else known
        code: str = known[CROWDED] if self._rng.random() < 0.12 else self._rng.choice(few)
        typed = f" {code[:6].lower()}-{code[6:]} "
        if self._rng.random() < 0.015:
            return self._rng.choice(("12345", "11010519491231002X", "I" * 18))
        wrong = code[:17] + ("0" if check_digit(code[:17]) != "0" else "1")
        return self._rng.choice((code, code, code, code, typed, wrong, STRANGER))

    def _input(self, inner: GraphQLInputObjectType) -> dict[str, Any]:
        if inner.name == "IdentifierInput":
            return self._identifier()
        most = 1 if inner.name == ONE_OF else self._rng.choice((0, *(1,) * 9, 2, 2, 2, 3))
        usual = [name for name in inner.fields if self.wanted(inner.name, name)] or list(inner.fields)
        names = self._rng.sample(usual, min(most, len(usual)))
        made = {name: self.of(inner.fields[name].type, name) for name in names}
        if names and inner.name != ONE_OF and self._rng.random() < 0.08:
            made[names[0]] = None
        return made

    def _identifier(self) -> dict[str, Any]:
        kind, field = self._rng.choice(
            (("USCC", "uscc"), ("REG_NO_15", "regNo15"), ("REG_NO_15", "regNo15"), ("ORG_CODE", "orgCode"))
        )
        known = [row.cells[field] for row in self._rows if isinstance(row.cells[field], str)]
        value = self._rng.choice((*known, f" {known[0]} ", STRANGER, "", "0" * 65))
        return {"kind": kind, "value": value}

    def _text(self, name: str) -> str:
        if self._rng.random() < 0.01:
            return self._rng.choice(("", "  ", "长" * 64, "长" * 65))
        return str(self._rng.choice(self._texts(name)))

    def _texts(self, name: str) -> Sequence[str]:
        row = self._rng.choice(self._rows)
        match name:
            case "name":
                return "示例", "abc", "经营部0", "豈", "%", "_", "'"
            case "divisionCode" | "divisionWithin":
                return "3205", "320502", "33", "330106", "32_5", "9"
            case "industryCode":
                return "62", "F5", "6210", "84"
            case "legalRepresentative":
                return str(row.cells[name]), "王小0"
            case "address":
                return "路", "苏州市", "Unit"
            case "number":
                return "ZF0001", " ZF0003", "ZF9"
            case "code":
                return "XY01", " XY02", "XY03", "XY9"
            case "record":
                return "Entity", "Licence", "Nothing"
        return ("x",)
