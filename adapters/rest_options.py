"""What a source of kind `rest` says of itself: address, credentials, and per record how its rows are asked for.

Refuses what could not be asked safely (credentials over plain HTTP, a search without its keyset) when it is read.
Knows no transport; what an option means when it runs is said where it runs.
"""

import re
from ipaddress import ip_address
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from adapters.base import MAX_KEYS
from adapters.mapping import RecordOptions
from adapters.options import LocalPath, Secret, SourceOptions, Url
from adapters.search_options import SearchOptions

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def _checked_path(path: str) -> str:
    if not path.startswith("/") or re.search(r"[?#\\\s]|//|/\.{1,2}(/|$)", path):
        raise ValueError("a path starts with / and holds no query, fragment, space or dot segment")
    return path


def _checked_address(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an address starts with http:// or https:// and names a host")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError("an address holds no query, fragment or user; credentials belong to auth")
    return url


def _checked_header(name: str) -> str:
    if not _TOKEN.fullmatch(name):
        raise ValueError("is not the name of a header")
    return name


def _checked_secret(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not text or not text.isascii() or not text.isprintable():
        raise ValueError("a secret is one line of printable ASCII")
    return secret


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


Path = Annotated[str, AfterValidator(_checked_path)]
Address = Annotated[Url, AfterValidator(_checked_address)]
Header = Annotated[str, AfterValidator(_checked_header)]
Credential = Annotated[Secret, AfterValidator(_checked_secret)]
Method = Literal["GET", "POST"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NoAuth(_Part):
    """The source asks for no credentials."""

    way: Literal["none"] = "none"


class KeyAuth(_Part):
    """A key in a header; `prefix` stands before it, as `Bearer ` would."""

    way: Literal["key"]
    header: Header
    key: Credential
    prefix: str = Field(default="", pattern=r"^[A-Za-z-]* ?$")


class ClientAuth(_Part):
    """OAuth 2 client credentials; the client signs in with HTTP Basic or, `in_body`, in the form."""

    way: Literal["client_credentials"]
    token_url: Address
    client_id: str
    client_secret: Credential
    scope: str = ""
    in_body: bool = False


class BatchOptions(_Part):
    """Many keys in one request, as a JSON list in the body or as a query parameter (repeated, or joined by comma)."""

    key: str = "uscc"
    method: Method = "POST"
    path: Path
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


class SingleOptions(_Part):
    """One key a request, in the path; HTTP 404 means no rows. `echoes_key`: rows repeat the key, which is checked."""

    key: str = "uscc"
    path: Path
    parallel: int = Field(default=8, ge=1, le=32)
    echoes_key: bool = True

    @model_validator(mode="after")
    def _one_hole(self) -> Self:
        if not re.fullmatch(r"[^{}]*\{key\}[^{}]*", self.path):
            raise ValueError("the path holds {key} once")
        return self


Way = BatchOptions | SingleOptions


class PageOptions(_Part):
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

    path: Path
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

    batch: Annotated[tuple[BatchOptions, ...], BeforeValidator(_one_or_many)] = ()
    single: Annotated[tuple[SingleOptions, ...], BeforeValidator(_one_or_many)] = ()
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


class SuccessOptions(_Part):
    """Where an answer says that it succeeded, whatever its HTTP status; `equals` lists the texts that mean yes."""

    path: str
    equals: tuple[str, ...] = Field(min_length=1)


class RestOptions(SourceOptions):
    """A source that answers JSON over HTTP.

    plain_http: accept http:// beyond this machine · success: the source reports failures inside HTTP 200 ·
    omits_nulls: an absent field means no value (else it is unreadable) · health: path of `check`.
    """

    kind: Literal["rest"]
    base_url: Address
    plain_http: bool = False
    ca_file: LocalPath | None = None
    auth: Annotated[NoAuth | KeyAuth | ClientAuth, Field(discriminator="way")] = NoAuth()
    health: Path | None = None
    content_types: tuple[str, ...] = ("application/json",)
    max_bytes: int = Field(default=8 * 2**20, ge=1024, le=2**30)
    connections: int = Field(default=16, ge=1, le=256)
    omits_nulls: bool = False
    success: SuccessOptions | None = None
    record: tuple[RestRecord, ...]

    @model_validator(mode="after")
    def _private(self) -> Self:
        addresses = [self.base_url, *([self.auth.token_url] if isinstance(self.auth, ClientAuth) else [])]
        if not self.plain_http and not all(map(is_private, addresses)):
            raise ValueError("http:// shows keys and answers to the network: use https:// or say plain_http = true")
        return self


def is_private(url: SecretStr) -> bool:
    """True for an address that shows nothing to the network: https, or this machine."""
    parts = urlsplit(url.get_secret_value())
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
