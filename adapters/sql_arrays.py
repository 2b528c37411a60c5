"""The flavour of PostgreSQL and its kin: many values are one array, texts are sorted by code point where that is asked.

Loaded with a source on one of them, for SQLAlchemy's part for them comes with it.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import NullType, TypeEngine

from adapters.sql_column import Condition, Flavour, Found
from adapters.sql_flavours import contains_lowered


def _any_of_array(found: Found, values: list[Any], kind: TypeEngine[Any]) -> Condition:
    """One of an array, which is one bound value however many it holds."""
    array = kind if isinstance(kind, NullType) else ARRAY(kind)
    return found == sa.any_(sa.bindparam(None, values, array))


def _any_of_bound_array(found: Found, name: str, kind: TypeEngine[Any]) -> tuple[Condition, Callable[[list[Any]], Any]]:
    """One of an array that is given later."""
    array = kind if isinstance(kind, NullType) else ARRAY(kind)
    return found == sa.any_(sa.bindparam(name, None, array)), list


def _c(text: Found) -> Found:
    return text.collate("C")


POSTGRESQL = Flavour(
    typed=True,
    any_of=_any_of_array,
    any_of_bound=_any_of_bound_array,
    plain=True,
    contains=contains_lowered(lambda text: sa.func.lower(_c(text))),
    by_code_point=_c,
)
