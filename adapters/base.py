"""The contract of a source: what an adapter is asked, what it answers, what it promises and what not.

Promised: only the asked columns are read; values are bound, never spliced; every predicate is honoured, pushed
down where the source can and applied to the rows read where it can't; rows come in canonical values; nothing is
written. Not promised: order between keys, a snapshot across calls, that rows still exist a moment later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, runtime_checkable

from schema.predicate import TRUE, Op, Predicate

KEY = "$key"
"""Column: value of the key the row was looked up by."""
LOCAL = "$local"
"""Column: the source's own row identifier, unique and never null within a record."""
AS_OF = "$asOf"
"""Column: the source's own data time as RFC 3339 text, null where it declares none."""
DISPUTED = "$disputed"
"""Column: true while the row is under objection at its source, null where the source does not say."""


class Unreadable(Enum):
    """Stands in a row where the source's value could not be read as what the schema declares; false, like no value."""

    VALUE = "unreadable"

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Lookup:
    """Rows of one record by key: at most MAX_KEYS distinct non-null keys; `deadline` is event-loop seconds."""

    record: str
    columns: tuple[str, ...]
    key: str
    keys: tuple[str, ...]
    deadline: float
    purpose: str
    where: Predicate = TRUE


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One key of an order: missing values last, text by code point; ties are broken by LOCAL, ascending."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """A window of one record: the first rows after a position, in an order.

    `after` holds the values of the order's columns and, last, of LOCAL in the row before the window.
    """

    record: str
    columns: tuple[str, ...]
    first: int
    deadline: float
    purpose: str
    where: Predicate = TRUE
    order: tuple[OrderKey, ...] = ()
    after: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in the order of the asked columns; for one key in the source's own order.

    `truncated` says that the source had more rows than the adapter's limit, so that keys may be incomplete.
    """

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Ability:
    """What a source can do with a record: columns it owns, key columns, comparisons and orders for searching.

    LOCAL is a key wherever rows can be asked for by it, so that a record without any number can be found again.
    """

    columns: frozenset[str]
    keys: frozenset[str]
    filters: frozenset[tuple[str, Op]]
    orders: frozenset[str]
    counts: bool


class Adapter(Protocol):
    """One source. Methods raise only SourceError; after `aclose` none may be called."""

    @property
    def abilities(self) -> Mapping[str, Ability]:
        """Abilities by record name; known from configuration alone, without asking the source."""

    async def fetch(self, ask: Lookup) -> Rows:
        """Rows whose key is among the asked ones; keys without rows are simply absent."""

    async def search(self, ask: Search) -> Rows:
        """At most `first` rows; raises UnsupportedSearch beyond the record's ability, never scans."""

    async def count(self, ask: Search) -> int:
        """Number of rows that satisfy the predicate, whatever the window."""

    async def check(self) -> None:
        """Return if the source answers; raise SourceError with a plain sentence if not."""

    async def aclose(self) -> None:
        """Release connections."""


@runtime_checkable
class Starting(Protocol):
    """What an adapter has besides, if it works while nobody asks: it is started when the hub begins to serve."""

    async def start(self) -> None:
        """Begin, without waiting for the source; once is enough, and `aclose` ends it."""


# SourceError
# ├── SourceDown         not reachable, refused, or answered with a failure of its own; may heal
# ├── SourceTimeout      did not answer within the deadline; may heal
# ├── SourceBadData      answered, but not in the agreed form; a person must look
# └── UnsupportedSearch  cannot be asked this at all; the question must change


class SourceError(Exception):
    """A source could not answer; the text is for operators and never reaches a caller."""

    code = "SOURCE_DOWN"
    retryable = True


class SourceDown(SourceError):
    """The source is unreachable, refused us, or failed."""


class SourceTimeout(SourceError):
    """The source did not answer before the deadline."""

    code = "SOURCE_TIMEOUT"


class SourceBadData(SourceError):
    """The source's answer is not in the agreed form."""

    code = "SOURCE_BAD_DATA"
    retryable = False


class AnswerTooLarge(SourceBadData):
    """The answer is larger than is read of one: a matter of how much was asked for, not of the source's form."""


class UnsupportedSearch(SourceError):
    """The source cannot filter, order or count like this."""

    code = "FILTER_UNSUPPORTED"
    retryable = False


MAX_KEYS = 500
"""Most keys of one look-up; longer lists are split by the caller."""
