"""A column of a table as statements see it: what it stores, how it is selected, compared as text, and told missing.

Values are always bound. What a field means is decided elsewhere; differences between databases are a Flavour.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, CITEXT, DOMAIN
from sqlalchemy.types import NullType, TypeEngine

BLANKS = "".join(chr(point) for point in range(0x3001) if chr(point).isspace())
"""What Python strips from a text."""
CODE_BLANKS = BLANKS + (
    "-\u200b\u2010\u2011\u2012\u2013\u2014\u2015\u207b\u208b\u2212\ufe31\ufe32\ufe58\ufe63\ufeff\uff0d"
)
"""What is left out of a code when it is normalised."""


class Store(Enum):
    """What a column stores, as far as comparing needs to know."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp without zone"
    INSTANT = "timestamp with zone"
    NATIVE = "numbers, lists and bytes, which every driver reads"
    OTHER = "other"


_TEMPORAL = frozenset({Store.DATE, Store.TIMESTAMP, Store.INSTANT})
_NEVER_BLANK = _TEMPORAL | {Store.INTEGER, Store.BOOLEAN}


@dataclass(frozen=True, slots=True)
class Flavour:
    """What a database has: columns that hold only what they declare, array parameters, a collation by code point.

    `exact` is the collation to compare with where a column may have one that takes different texts for equal.
    """

    typed: bool
    arrays: bool
    by_code_point: str
    exact: str | None

    def store(self, kind: TypeEngine[Any]) -> Store:
        """What a column of this type stores."""
        if isinstance(kind, DOMAIN):
            return self.store(kind.data_type)
        if isinstance(kind, sa.String) and not isinstance(kind, (sa.Enum, CITEXT)):
            return Store.TEXT
        if isinstance(kind, sa.Integer):
            return Store.INTEGER
        return self._typed_store(kind) if self.typed else Store.OTHER

    def _typed_store(self, kind: TypeEngine[Any]) -> Store:
        if isinstance(kind, sa.DateTime):
            return Store.INSTANT if kind.timezone else Store.TIMESTAMP
        if isinstance(kind, sa.Date):
            return Store.DATE
        if isinstance(kind, (sa.Numeric, sa.ARRAY, sa.LargeBinary)):
            return Store.NATIVE
        return Store.BOOLEAN if isinstance(kind, sa.Boolean) else Store.OTHER


POSTGRESQL = Flavour(typed=True, arrays=True, by_code_point="C", exact=None)
SQLITE = Flavour(typed=False, arrays=False, by_code_point="BINARY", exact="BINARY")


def bind(value: Any) -> sa.BindParameter[Any]:
    """A bound value without a cast: the column it is compared with decides its type, so that indexes serve."""
    return sa.bindparam(None, value, NullType())


def storable(text: str) -> bool:
    """True if a database can hold the text: no NUL, no lone surrogate."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


@dataclass(frozen=True, slots=True)
class Stored:
    """One column of a table."""

    element: sa.ColumnElement[Any]
    store: Store
    flavour: Flavour

    @property
    def text(self) -> sa.ColumnElement[Any]:
        """The column as text."""
        return self.element if self.store is Store.TEXT else sa.cast(self.element, sa.Text)

    @property
    def exact(self) -> sa.ColumnElement[Any]:
        """The column as text that equals nothing but itself."""
        return self.text.collate(self.flavour.exact) if self.flavour.exact else self.text

    @property
    def trimmed(self) -> sa.ColumnElement[Any]:
        """The column as text without blanks around it."""
        return sa.func.trim(self.text, bind(BLANKS))

    @property
    def temporal(self) -> bool:
        """True if the column holds days or moments."""
        return self.store in _TEMPORAL

    @property
    def selected(self) -> sa.ColumnElement[Any]:
        """What is read: times and odd types as text, so that a value Python lacks spoils its cell only."""
        return self.text if self.temporal or (self.flavour.typed and self.store is Store.OTHER) else self.element

    @property
    def never_blank(self) -> bool:
        """True if the column cannot hold a text of blanks."""
        return self.flavour.typed and self.store in _NEVER_BLANK

    def among(self, texts: Sequence[str], found: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """True where `found`, this column as text, is one of the texts."""
        element, values, kind = self._comparable(texts, found)
        if not values:
            return sa.false()
        return (
            element == sa.bindparam(None, values[0], kind) if len(values) == 1 else self._any_of(element, values, kind)
        )

    def keyed(self, keys: Sequence[str]) -> sa.ColumnElement[bool]:
        """True where the column, as it is stored, is one of the keys; the same statement for any number of them."""
        return self._any_of(*self._comparable(keys, self.exact))

    def _comparable(
        self, texts: Sequence[str], found: sa.ColumnElement[Any]
    ) -> tuple[sa.ColumnElement[Any], list[Any], TypeEngine[Any]]:
        known: list[Any] = [text for text in texts if storable(text)]
        if self.store is Store.INTEGER:
            numbers = [int(text) for text in known if is_whole(text)]
            if self.flavour.typed or len(numbers) == len(known):
                return self.element, numbers, sa.BigInteger()
        return found, known, NullType()

    def _any_of(self, found: sa.ColumnElement[Any], values: list[Any], kind: TypeEngine[Any]) -> sa.ColumnElement[bool]:
        if self.flavour.arrays:
            array = kind if isinstance(kind, NullType) else ARRAY(kind)
            return found == sa.any_(sa.bindparam(None, values, array))
        listed = sa.func.json_each(bind(json.dumps(values))).table_valued("value")
        return found.in_(sa.select(listed.c.value))


def is_whole(text: str) -> bool:
    """True if the text is what a 64-bit number is written as."""
    return len(text) < 19 and text.isascii() and text.removeprefix("-").isdigit() and str(int(text)) == text
