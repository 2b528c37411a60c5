"""`[code]` of `hub.toml`: who issues codes, under which address, and which codes of others are taken."""

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from adapters.options import LocalPath
from hub.patterns import BadPattern, compile_pattern
from hub.toml_lines import Place
from schema.enums import CodeIssuer, CodeStatus, ListKind

OWN_CODES = "hub_codes"
"""Name of the source that is the hub's own register of codes."""
MOST_HOST = 38
"""Characters of the address's host and port: more would need a larger symbol than the small forms have room for."""
SMALL_HOST = 18
"""The same for the smallest symbols: with so many, a token fits in version 3 at level Q."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Issuing(StrEnum):
    """Who issues the codes of a city."""

    LOCAL = "local"
    PROVINCIAL = "provincial"
    BOTH = "both"


class Group(StrEnum):
    """What the pattern of a foreign code finds: the token of another issuer, or an identifier of the entity."""

    TOKEN = "token"  # noqa: S105 - the name of a group
    USCC = "uscc"
    REG_NO = "reg_no"


class ParserTable(_Table):
    """`[[code.parser]]`: how another issuer writes its codes."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    label: str = Field(max_length=40)
    pattern: str

    @field_validator("pattern", mode="after")
    @classmethod
    def _is_a_pattern(cls, pattern: str) -> str:
        try:
            names = compile_pattern(pattern).groupindex.keys()
        except BadPattern as fault:
            raise ValueError(str(fault)) from None
        if len(names) != 1 or not names <= set(Group):
            raise ValueError(f"has one named group, of {', '.join(Group)}: (?P<token>…)")
        return pattern

    @property
    def group(self) -> Group:
        """What it finds."""
        return Group(next(iter(compile_pattern(self.pattern).groupindex)))


class CodeTable(_Table):
    """`[code]`: who issues codes, under which address they are printed, and which codes of others are taken."""

    department: str
    issuer: Issuing = Issuing.LOCAL
    base_url: str | None = None
    look_minutes: int = Field(default=60, ge=1, le=1440)
    blocking_lists: tuple[Literal[tuple(ListKind.__members__)], ...] = ("SERIOUS_DISCREDIT",)  # type: ignore[valid-type]
    domain_expires: date | None = None
    fonts: LocalPath | None = None
    parser: tuple[ParserTable, ...] = Field(default=(), max_length=20)

    @field_validator("base_url", mode="after")
    @classmethod
    def _is_short(cls, address: str | None) -> str | None:
        fault = None if address is None else origin_fault(address)
        if fault is not None:
            raise ValueError(fault)
        return address

    def origin(self, hub: str) -> str:
        """The address under which codes are printed: its own, else the hub's."""
        return self.base_url or hub


def origin_fault(address: str) -> str | None:
    """What is wrong with an address as the origin of codes, None if nothing is."""
    parts = urlsplit(address)
    here = parts.hostname in {"127.0.0.1", "localhost"}
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and here)):
        return "is an https address, or http on this machine"
    if parts.query or parts.fragment or parts.username or parts.path:
        return "is an address without path, user and query: https://c.example.gov.cn"
    if len(parts.netloc) > MOST_HOST:
        return f"has a host of {MOST_HOST} characters at most, so that a small symbol holds it"
    if not parts.netloc.isascii():
        return "is written in ASCII"
    return None


def is_long(origin: str) -> bool:
    """True if symbols of this address are larger than version 3."""
    return len(urlsplit(origin).netloc) > SMALL_HOST


def code_faults(code: CodeTable, hub: object, sources: Sequence[object]) -> Iterator[tuple[Place, str]]:
    """What is wrong with `[code]` beside the rest: `hub` is the hub's own address, `sources` the names that are taken."""
    fault = origin_fault(hub) if code.base_url is None and isinstance(hub, str) else None
    if fault is not None:
        yield ("hub", "base_url"), f"{fault}; or give code.base_url one"
    for number, name in enumerate(sources):
        if name == OWN_CODES:
            yield ("source", number, "name"), f"{OWN_CODES} is the hub's own register of codes"
    names = [parser.name for parser in code.parser]
    for number, named in enumerate(names):
        if named in names[:number]:
            yield ("code", "parser", number), f"{named} stands there twice"


def own_codes(department: str, store: SecretStr) -> dict[str, Any]:
    """The hub's own register of codes, as the configuration would write it."""
    columns = {
        "token": "token",
        "status": {"column": "status", "codes": {name: name for name in CodeStatus.__members__}},
        "statusSince": "status_since",
        "statusReason": "status_reason",
        "issuedTo": "issued_to",
        "issuedOn": "issued_on",
        "displayedSince": "displayed_since",
        "printedOn": "printed_on",
        "places": {"column": "places", "separator": "\n"},
        "issuer": {"column": "issuer", "codes": {name: name for name in CodeIssuer.__members__}},
    }
    record = {"record": "HonestyCode", "table": "honesty_codes", "local": "id", "as_of": "changed_at"}
    keyed = {**record, "keys": {"uscc": "entity"}, "columns": columns}
    told = {"name": OWN_CODES, "kind": "sql", "department": department, "label": "码上诚信码库", "connections": 2}
    return {**told, "url": store, "record": [keyed]}
