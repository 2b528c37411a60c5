"""A column of a table as statements see it: what it stores, how it is selected, compared as text, and told missing.

Values are always bound. What a field means is decided elsewhere; differences between databases are a Flavour.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.types import NullType, TypeEngine

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import DOMAIN

Condition = sa.ColumnElement[bool]
Found = sa.ColumnElement[Any]

BLANKS = "".join(chr(point) for point in range(0x3001) if chr(point).isspace())
"""What Python strips from a text."""
CODE_BLANKS = BLANKS + (
    "-\u200b\u2010\u2011\u2012\u2013\u2014\u2015\u207b\u208b\u2212\ufe31\ufe32\ufe58\ufe63\ufeff\uff0d"
)
"""What is left out of a code when it is normalised."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class Store(Enum):
    """What a column stores, as far as comparing needs to know."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp without zone"
    INSTANT = "timestamp with zone"
    NATIVE = "numbers and lists, which every driver reads"
    OPAQUE = "bytes and texts of any length, which are read but never compared"
    OTHER = "other"


_TEMPORAL = frozenset({Store.DATE, Store.TIMESTAMP, Store.INSTANT})
_NEVER_BLANK = _TEMPORAL | {Store.INTEGER, Store.BOOLEAN}


def bind(value: Any) -> sa.BindParameter[Any]:
    """A bound value without a cast: the column it is compared with decides its type, so that indexes serve."""
    return sa.bindparam(None, value, NullType())


def _as_it_is(found: Found) -> Found:
    return found


def _column(element: Found, _kind: TypeEngine[Any]) -> Found:
    return element


def _text(stored: "Stored") -> Found:
    return stored.element if stored.store is Store.TEXT else sa.cast(stored.element, sa.Text)


def _trimmed(text: Found, blanks: str) -> Found:
    return sa.func.trim(text, bind(blanks))


def _blank(text: Found) -> Condition:
    return text == bind("")


def _matches(text: Found, pattern: str) -> Condition:
    return text.regexp_match(bind(pattern))


def _fails(condition: Condition) -> Condition:
    return sa.func.coalesce(condition, sa.false()) == sa.false()


def _selected(stored: "Stored") -> Found:
    as_text = stored.temporal or (stored.flavour.typed and stored.store is Store.OTHER)
    return stored.text if as_text else stored.element


def _day(stored: "Stored") -> Found:
    return stored.element if stored.store is Store.DATE else sa.cast(stored.element, sa.Date)


def _real_day(_day: Found) -> Sequence[Condition]:
    return ()


def _bound(_stored: "Stored", text: str) -> Found:
    return bind(text)


def _near(_stored: "Stored", _texts: Sequence[str]) -> Sequence[Condition]:
    return ()


def _begins(stored: "Stored", prefix: str) -> Sequence[Condition]:
    # Among digits every collation agrees, so that an index on the column serves the range, which holds every match.
    if not (prefix.isascii() and prefix.isdigit()):
        return ()
    shortened = prefix.rstrip("9")
    end = [stored.exact < bind(shortened[:-1] + str(int(shortened[-1]) + 1))] if shortened else []
    return stored.exact >= bind(prefix), *end


@dataclass(frozen=True, slots=True)
class Flavour:
    """What a database has, and how it says what others say differently; the defaults are PostgreSQL's."""

    typed: bool
    """Columns hold only what they declare."""
    any_of: Callable[[Found, list[Any], TypeEngine[Any]], Condition]
    """One of a list of values, in few statements however many there are."""
    contains: Callable[[Found, str], Condition]
    """A text contains a part, which is given in lower case, whatever the case of its ASCII letters."""
    any_of_bound: Callable[[Found, str, TypeEngine[Any]], tuple[Condition, Callable[[list[Any]], Any]]] | None = None
    """One of whatever list the named parameter gets, and how the list is written for it; None where there is no way."""
    plain: bool = False
    """A text is read as it is compared; days are read as ISO texts, and one of ten characters is in the calendar."""
    zoned: bool = True
    """Moments are bound with their offset; else as wall-clock time in the session's zone."""
    nul: bool = False
    """Texts may hold NUL."""
    element: Callable[[Found, TypeEngine[Any]], Found] = _column
    """A column of a type, as it takes part in expressions."""
    selected: Callable[["Stored"], Found] = _selected
    """A column as it is read."""
    text: Callable[["Stored"], Found] = _text
    """A column as text."""
    exact: Callable[[Found], Found] = _as_it_is
    """A text that equals nothing but itself."""
    by_code_point: Callable[[Found], Found] = _as_it_is
    """A text that is ordered by code point."""
    trimmed: Callable[[Found, str], Found] = _trimmed
    """A text without these characters around it."""
    blank: Callable[[Found], Condition] = _blank
    """A text has no characters."""
    matches: Callable[[Found, str], Condition] = _matches
    """A text matches a pattern, which is written as Python and PostgreSQL both read it."""
    day: Callable[["Stored"], Found] = _day
    """A column of days or moments, as days."""
    real_day: Callable[[Found], Sequence[Condition]] = _real_day
    """What a column of days must satisfy to be readable, beside lying in the calendar."""
    fails: Callable[[Condition], Condition] = _fails
    """A condition is false or unknown."""
    bound: Callable[["Stored", str], Found] = _bound
    """A text to compare a column's indexed form with."""
    near: Callable[["Stored", Sequence[str]], Sequence[Condition]] = _near
    """Conditions for an index on a column of texts, which hold wherever the column equals one of the texts."""
    begins: Callable[["Stored", str], Sequence[Condition]] = _begins
    """Conditions for an index on a column of texts, which hold wherever the column begins like this."""

    def store(self, kind: TypeEngine[Any]) -> Store:
        """What a column of this type stores."""
        # PostgreSQL's own types are known by name: SQLAlchemy's part for it is loaded where there is one.
        if kind.__visit_name__ == "DOMAIN":
            return self.store(cast("DOMAIN", kind).data_type)
        if self.typed and isinstance(kind, (sa.LargeBinary, sa.CLOB)):
            return Store.OPAQUE
        if isinstance(kind, sa.String) and not isinstance(kind, sa.Enum) and kind.__visit_name__ != "CITEXT":
            return Store.TEXT
        if isinstance(kind, sa.Integer):
            return Store.INTEGER
        return self._typed_store(kind) if self.typed else Store.OTHER

    def _typed_store(self, kind: TypeEngine[Any]) -> Store:
        if isinstance(kind, sa.DateTime):
            return Store.INSTANT if kind.timezone else Store.TIMESTAMP
        if isinstance(kind, sa.Date):
            return Store.DATE
        if isinstance(kind, (sa.Numeric, sa.ARRAY)):
            return Store.NATIVE
        return Store.BOOLEAN if isinstance(kind, sa.Boolean) else Store.OTHER

    def storable(self, text: str) -> bool:
        """True if the database can hold the text: no lone surrogate, and NUL only where it may be."""
        return (self.nul or "\0" not in text) and (text.isascii() or _SURROGATE.search(text) is None)


@dataclass(frozen=True)
class Stored:
    """One column of a table; `charset` is its encoding where the database has several."""

    element: Found
    store: Store
    flavour: Flavour
    charset: str | None = None

    @cached_property
    def text(self) -> Found:
        """The column as text."""
        return self.flavour.text(self)

    @property
    def indexed(self) -> Found:
        """The column as text, in the form that an index on it serves."""
        return self.element if self.store is Store.TEXT else self.text

    def bound(self, text: str) -> Found:
        """A text to compare the indexed form with."""
        return self.flavour.bound(self, text)

    @cached_property
    def exact(self) -> Found:
        """The column as text that equals nothing but itself."""
        return self.flavour.exact(self.text)

    @cached_property
    def trimmed(self) -> Found:
        """The column as text without blanks around it."""
        return self.flavour.trimmed(self.text, BLANKS)

    @property
    def temporal(self) -> bool:
        """True if the column holds days or moments."""
        return self.store in _TEMPORAL

    @cached_property
    def selected(self) -> Found:
        """What is read: times and odd types as text, so that a value Python lacks spoils its cell only."""
        return self.flavour.selected(self)

    @property
    def never_blank(self) -> bool:
        """True if the column cannot hold a text of blanks."""
        return self.flavour.typed and self.store in _NEVER_BLANK

    def among(self, texts: Sequence[str], found: Found, *, as_stored: bool) -> Condition:
        """True where `found`, this column as text, is one of the texts; `as_stored` if it is not trimmed."""
        element, values, kind = self._comparable(texts, found)
        if not values:
            return sa.false()
        one = element == sa.bindparam(None, values[0], kind) if len(values) == 1 else None
        among = self.flavour.any_of(element, values, kind) if one is None else one
        return sa.and_(*self._near(values), among) if as_stored else among

    def keyed(self, keys: Sequence[str]) -> Condition:
        """True where the column, as it is stored, is one of the keys; few statements for any number of them."""
        element, values, kind = self._comparable(keys, self.exact)
        return sa.and_(*self._near(values), self.flavour.any_of(element, values, kind))

    def keyed_by(self, name: str) -> tuple[Condition, Callable[[Sequence[str]], Any]] | None:
        """The same for whatever keys the named parameter gets, and how they are written; None where there is no way."""
        if self.flavour.any_of_bound is None or (self.store is Store.INTEGER and not self.flavour.typed):
            return None
        element, _, kind = self._comparable((), self.exact)
        condition, write = self.flavour.any_of_bound(element, name, kind)
        return condition, lambda keys: write(self._comparable(keys, self.exact)[1])

    def begins(self, prefix: str) -> Sequence[Condition]:
        """Conditions that an index serves and that hold wherever the column, as it is stored, begins like this."""
        return self.flavour.begins(self, prefix) if self.store is Store.TEXT else ()

    def _near(self, values: Sequence[Any]) -> Sequence[Condition]:
        return self.flavour.near(self, values) if values and self.store is Store.TEXT else ()

    def _comparable(self, texts: Sequence[str], found: Found) -> tuple[Found, list[Any], TypeEngine[Any]]:
        known: list[Any] = list(texts)
        if not self.flavour.storable("".join(texts)):
            known = [text for text in texts if self.flavour.storable(text)]
        if self.store is Store.INTEGER:
            numbers = [int(text) for text in known if is_whole(text)]
            if self.flavour.typed or len(numbers) == len(known):
                return self.element, numbers, sa.BigInteger()
        return found, known, NullType()


def is_whole(text: str) -> bool:
    """True if the text is what a 64-bit number is written as."""
    return len(text) < 19 and text.isascii() and text.removeprefix("-").isdigit() and str(int(text)) == text
