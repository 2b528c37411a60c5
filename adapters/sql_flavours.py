"""How lists are bound and parts found, and the flavour of SQLite; other families have their own files."""

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import NullType, TypeEngine

from adapters.sql_column import Condition, Flavour, Found, bind


def _any_of_bound_json(found: Found, name: str, _kind: TypeEngine[Any]) -> tuple[Condition, Callable[[list[Any]], Any]]:
    listed = sa.func.json_each(sa.bindparam(name, None, NullType())).table_valued("value")
    return found.in_(sa.select(listed.c.value)), json.dumps


def any_of_padded(found: Found, values: list[Any], kind: TypeEngine[Any]) -> Condition:
    """One of bound values whose number is a power of two, so that statements stay few."""
    if not values:
        return sa.false()
    return found.in_([sa.bindparam(None, value, kind) for value in padded(values)])


def padded(values: list[Any]) -> list[Any]:
    """The values, at least one, the last one repeated until their number is a power of two."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))


def _any_of_json(found: Found, values: list[Any], _kind: TypeEngine[Any]) -> Condition:
    listed = sa.func.json_each(bind(json.dumps(values))).table_valued("value")
    return found.in_(sa.select(listed.c.value))


def contains_lowered(lowered: Callable[[Found], Found]) -> Callable[[Found, str], Condition]:
    """`Flavour.contains` by a function that lowers ASCII letters and no others."""

    def contains(text: Found, part: str) -> Condition:
        pattern = part.replace("/", "//").replace("%", "/%").replace("_", "/_")
        return lowered(text).like(bind(f"%{pattern}%"), escape="/")

    return contains


def _binary(text: Found) -> Found:
    return text.collate("BINARY")


# A column may have a collation that takes different texts for equal.
SQLITE = Flavour(
    typed=False,
    any_of=_any_of_json,
    any_of_bound=_any_of_bound_json,
    contains=contains_lowered(lambda text: sa.func.lower(_binary(text))),
    exact=_binary,
    by_code_point=_binary,
)
