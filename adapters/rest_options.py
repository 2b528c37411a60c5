"""What a source of kind `rest` says of itself: per record how its rows are asked for.

Refuses what could not be asked safely (a search without its keyset) when it is read. Knows no transport; what an
option means when it runs is said where it runs.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from adapters.base import MAX_KEYS
from adapters.http_options import AddressPath, HttpOptions, Table, one_or_many
from adapters.mapping import RecordOptions
from adapters.search_options import SearchOptions

Method = Literal["GET", "POST"]


class BatchOptions(Table):
    """Many keys in one request, as a JSON list in the body or as a query parameter (repeated, or joined by comma)."""

    key: str = "uscc"
    method: Method = "POST"
    path: AddressPath
    body_keys: str | None = Field(default=None, min_length=1)
    query_keys: str | None = Field(default=None, min_length=1)
    join: Literal["repeat", "comma"] = "repeat"
    size: int = Field(default=100, ge=1, le=MAX_KEYS)
    parallel: int = Field(default=4, ge=1, le=32)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.body_keys is None, self.query_keys is None) != (self.method == "GET", self.method == "POST"):
            raise ValueError("a POST takes body_keys, a GET takes query_keys, and neither takes both")
        return self

    @property
    def keys(self) -> str:
        """Where the keys stand."""
        return self.body_keys or self.query_keys or ""


class SingleOptions(Table):
    """One key a request, in the path; HTTP 404 means no rows. `echoes_key`: rows repeat the key, which is checked."""

    key: str = "uscc"
    path: AddressPath
    parallel: int = Field(default=8, ge=1, le=32)
    echoes_key: bool = True

    @model_validator(mode="after")
    def _one_hole(self) -> Self:
        if not re.fullmatch(r"[^{}]*\{key\}[^{}]*", self.path):
            raise ValueError("the path holds {key} once")
        return self


Way = BatchOptions | SingleOptions


class PageOptions(Table):
    """How an answer of several pages is read: by `total`, by `next` cursor, else until a page is empty.

    parameter: gets the page number (or row offset, if it counts rows) or the cursor · start: of the first page, 1 or
    for rows 0 unless given · most: pages of one request · parallel: pages at a time, where the total is known.
    """

    parameter: str
    counts: Literal["pages", "rows"] = "pages"
    start: int | None = Field(default=None, ge=0)
    size_parameter: str | None = None
    size: int = Field(default=200, ge=1, le=10_000)
    total: str | None = None
    next: str | None = None
    most: int = Field(default=50, ge=1, le=1000)
    parallel: int = Field(default=4, ge=1, le=32)

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if self.total is not None and self.next is not None:
            raise ValueError("give either total or next")
        return self


class RestSearch(SearchOptions):
    """A search asked for at a path; a list of values is repeated or joined by comma, an answer may come in pages."""

    path: AddressPath
    method: Method = "GET"
    join: Literal["repeat", "comma"] = "repeat"
    page: PageOptions | None = None

    @property
    def total_path(self) -> str | None:
        """Path of the number of all rows, where the source tells it."""
        return self.total or (self.page.total if self.page else None)

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if self.page is not None and self.first is not None:
            raise ValueError("give either first or page")
        return self


class RestRecord(RecordOptions):
    """How one record is asked for. Columns, `rows`, `total`, `next` are paths: names and indices joined by dots.

    rows: path of the list in the answer, `$` is the whole answer · constants: parameters of every request ·
    fields_parameter: gets the source columns wanted. In a POST, parameters are places in the body (dots nest).
    """

    batch: Annotated[tuple[BatchOptions, ...], BeforeValidator(one_or_many)] = ()
    single: Annotated[tuple[SingleOptions, ...], BeforeValidator(one_or_many)] = ()
    search: RestSearch | None = None
    rows: str = "$"
    page: PageOptions | None = None
    fields_parameter: str | None = None
    fields_join: Literal["list", "comma"] = "comma"
    constants: dict[str, str | int | bool] = Field(default_factory=dict)

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


class SuccessOptions(Table):
    """Where an answer says that it succeeded, whatever its HTTP status; `equals` lists the texts that mean yes."""

    path: str
    equals: tuple[str, ...] = Field(min_length=1)


class RestOptions(HttpOptions):
    """A source that answers JSON over HTTP.

    success: the source reports failures inside HTTP 200 · omits_nulls: an absent field means no value (else it is
    unreadable) · health: path of `check`.
    """

    kind: Literal["rest"]
    health: AddressPath | None = None
    omits_nulls: bool = False
    success: SuccessOptions | None = None
    record: tuple[RestRecord, ...]
