"""What a source of kind `soap` says of itself: WSDL, address, credentials, and per record how its rows are asked for.

A place in a request or answer is a path: names of elements joined by dots, below the operation's own element. Knows
no WSDL: whether a path leads anywhere is found out when the source is opened.
"""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from adapters.base import MAX_KEYS
from adapters.http_options import AddressPath, Credential, HttpOptions, Table, User, one_or_many
from adapters.mapping import RecordOptions
from adapters.options import LocalPath
from adapters.rest_options import SuccessOptions
from adapters.search_options import SearchOptions

Constants = dict[str, str | int | bool]


class UsernameToken(Table):
    """WS-Security UsernameToken in every envelope: the password as text or, by `digest`, hashed with nonce and time."""

    user: User
    password: Credential
    digest: bool = False


class _Asked(Table):
    key: str = "uscc"
    operation: str
    place: str
    constants: Constants = Field(default_factory=dict)
    rows: str | None = None


class SoapBatch(_Asked):
    """Many keys in one request: the element at `place` is repeated or, with a separator, holds them as one text."""

    separator: str | None = Field(default=None, min_length=1)
    size: int = Field(default=100, ge=1, le=MAX_KEYS)
    parallel: int = Field(default=4, ge=1, le=32)


class SoapSingle(_Asked):
    """One key a request. `echoes_key`: rows repeat the key, which is checked."""

    parallel: int = Field(default=8, ge=1, le=32)
    echoes_key: bool = True


Way = SoapBatch | SoapSingle


class SoapPages(Table):
    """How an answer of several pages is read: side by side where `total` is told, else until a page is empty.

    parameter: gets the page number, or row offset if it counts rows · start: of the first page, 1 or for rows 0 unless
    given · most: pages of one request · parallel: pages at a time, where the total is known.
    """

    parameter: str
    counts: Literal["pages", "rows"] = "pages"
    start: int | None = Field(default=None, ge=0)
    size_parameter: str | None = None
    size: int = Field(default=200, ge=1, le=10_000)
    total: str | None = None
    most: int = Field(default=50, ge=1, le=1000)
    parallel: int = Field(default=4, ge=1, le=32)

    def number(self, passed: int, rows: int) -> int:
        """What `parameter` gets after so many pages, which held so many rows."""
        start = self.start if self.start is not None else int(self.counts == "pages")
        return start + (passed if self.counts == "pages" else rows)


class SoapSearch(SearchOptions):
    """A search by an operation; parameters are places in its request, lists are repeated or joined by a separator."""

    operation: str
    constants: Constants = Field(default_factory=dict)
    rows: str | None = None
    separator: str | None = Field(default=None, min_length=1)
    page: SoapPages | None = None

    @property
    def total_path(self) -> str | None:
        """Path of the number of all rows, where the source tells it."""
        return self.total or (self.page.total if self.page else None)

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if self.page is not None and self.first is not None:
            raise ValueError("give either first or page")
        return self


class SoapRecord(RecordOptions):
    """How one record is asked for; columns are paths below the element of a row.

    service, port: of the WSDL, its first unless given · path: below the source's address · rows: path of the elements
    of the rows, `$` is the answer's own element · fields_parameter: gets the source columns wanted, repeated or joined
    by `fields_separator` · constants: what every request says.
    """

    batch: Annotated[tuple[SoapBatch, ...], BeforeValidator(one_or_many)] = ()
    single: Annotated[tuple[SoapSingle, ...], BeforeValidator(one_or_many)] = ()
    search: SoapSearch | None = None
    service: str | None = None
    port: str | None = None
    path: AddressPath | None = None
    rows: str = "$"
    page: SoapPages | None = None
    fields_parameter: str | None = None
    fields_separator: str | None = Field(default=None, min_length=1)
    constants: Constants = Field(default_factory=dict)

    @property
    def ways(self) -> tuple[Way, ...]:
        """Every way to look up by a key."""
        return (*self.batch, *self.single)

    @model_validator(mode="after")
    def _asked_somehow(self) -> Self:
        keys = [way.key for way in self.ways]
        if not keys and self.search is None:
            raise ValueError("give batch, single or search")
        if len(keys) != len(set(keys)):
            raise ValueError("a key is asked for in one way only")
        return self


class SoapOptions(HttpOptions):
    """A source that answers SOAP 1.1 or 1.2 as a WSDL beside the configuration says.

    The endpoint is `base_url`; the address in the WSDL is never used · success: the source reports failures in its
    answers · check_key: is looked up by `check`.
    """

    kind: Literal["soap"]
    wsdl: LocalPath
    username_token: UsernameToken | None = None
    content_types: tuple[str, ...] = ("text/xml", "application/soap+xml")
    success: SuccessOptions | None = None
    check_key: str | None = None
    record: tuple[SoapRecord, ...]
