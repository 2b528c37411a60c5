"""The `[[provider]]` tables of `hub.toml`: who else may say who somebody is, and what is accepted of them.

What one table says of itself is checked here; whether its departments and purposes exist, where all tables are read.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator

from adapters.options import LocalPath, Secret
from auth.outside import MAX_VALUES, Rule, Trust
from auth.outside_signed import TrustedKey, read_keys, read_object
from auth.roles import Role
from hub.addresses import address_fault

_NOBODY = frozenset({Role.MERCHANT, Role.PUBLIC})
_REAL_NAME_ONLY = ("department", "verified_claim")
_MAX_FILE = 65_536
Fault: TypeAlias = tuple[tuple[str | int, ...], str]
"""The key in its table at which a mistake is told, and one sentence."""


class MappingTable(BaseModel):
    """`[[provider.mapping]]`: whoever has a value in a claim acts in a department and role; the first that fits counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    claim: str = Field(min_length=1, max_length=200)
    value: str = Field(min_length=1, max_length=200)
    department: str
    role: Role
    purposes: tuple[str, ...] = Field(min_length=1)
    bindings: dict[str, tuple[str, ...] | str] = Field(default_factory=dict)

    @field_validator("role", mode="after")
    @classmethod
    def _is_of_staff(cls, role: Role) -> Role:
        if role in _NOBODY:
            raise ValueError('merchants sign in with their real name (kind = "real_name"), the public not at all')
        return role

    @field_validator("bindings", mode="after")
    @classmethod
    def _can_be_bound(cls, bindings: dict[str, tuple[str, ...] | str]) -> dict[str, tuple[str, ...] | str]:
        for name, wanted in bindings.items():
            if isinstance(wanted, str) and not (wanted.startswith("$") and len(wanted) > 1):
                raise ValueError(f"{name}: a single text names a claim and starts with $")
            if not isinstance(wanted, str) and not 0 < len(wanted) <= MAX_VALUES:
                raise ValueError(f"{name}: takes 1 to {MAX_VALUES} values")
        return bindings

    def rule(self) -> Rule:
        """As it is applied."""
        return Rule(self.claim, self.value, self.department, self.role, self.purposes, self.bindings)


class ProviderTable(BaseModel):
    """`[[provider]]`: another OpenID provider: for the sign-in of people, for access tokens of its own, or for both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")
    label: str = Field(min_length=1)
    label_en: str = ""
    kind: Literal["staff", "real_name"] = "staff"
    issuer: str
    client_id: str | None = Field(default=None, min_length=1, max_length=200)
    client_secret: Secret | None = None
    authentication: Literal["basic", "post"] = "basic"
    scopes: tuple[str, ...] = ("openid", "profile")
    sign_in: bool = True
    accept_tokens: bool = False
    audience: str | None = Field(default=None, min_length=1)
    algorithms: tuple[Literal["RS256", "PS256", "ES256", "Ed25519"], ...] = Field(default=("RS256",), min_length=1)
    token_types: tuple[Literal["at+jwt", "JWT"], ...] = Field(default=("at+jwt",), min_length=1)
    keys: LocalPath | None = None
    jwks_uri: str | None = None
    ca_file: LocalPath | None = None
    userinfo: bool = False
    username_claim: str = "preferred_username"
    name_claim: str | None = None
    certificate_claim: str | None = None
    verified_claim: str | None = None
    department: str | None = None
    mapping: tuple[MappingTable, ...] = ()

    @field_validator("issuer", "jwks_uri", mode="after")
    @classmethod
    def _can_be_asked(cls, address: str | None) -> str | None:
        fault = address_fault(address) if address is not None else None
        if fault is not None:
            raise ValueError(fault)
        return address

    @field_validator("issuer", mode="after")
    @classmethod
    def _is_an_issuer(cls, issuer: str) -> str:
        if "?" in issuer:
            raise ValueError("must hold no query: it is compared character by character with what tokens say")
        return issuer

    @field_validator("keys", "ca_file", mode="after")
    @classmethod
    def _is_there(cls, path: Path | None) -> Path | None:
        if path is not None and not path.is_file():
            raise ValueError(f"file {path.name} does not exist")
        return path

    def read_keys_file(self) -> tuple[TrustedKey, ...]:
        """The keys that are given in a file, none if that cannot be read; OSError if it is not there."""
        if self.keys is None:
            return ()
        with self.keys.open("rb") as file:
            return read_keys(read_object(file.read(_MAX_FILE)), self.algorithms)

    def trust(self) -> Trust:
        """What is accepted of its access tokens."""
        return Trust(
            name=self.name,
            label=self.label,
            issuer=self.issuer,
            audience=self.audience or "",
            token_types=tuple(kind.lower() for kind in self.token_types),
            rules=tuple(one.rule() for one in self.mapping),
        )


def provider_faults(table: ProviderTable) -> Iterator[Fault]:
    """What does not fit together in one table."""
    if not table.sign_in and not table.accept_tokens:
        yield ("sign_in",), "neither sign_in nor accept_tokens is true: it is for nothing"
    yield from _sign_in_faults(table) if table.sign_in else ()
    yield from _token_faults(table) if table.accept_tokens else ()
    if table.keys is not None and not table.read_keys_file():
        allowed = ", ".join(table.algorithms)
        yield ("keys",), f"file {table.keys.name} holds no key that can be used with {allowed}"
    if table.client_secret is None and table.authentication != "basic":
        yield ("authentication",), "is for a client with a client_secret"
    yield from _real_name_faults(table) if table.kind == "real_name" else _staff_faults(table)


def _sign_in_faults(table: ProviderTable) -> Iterator[Fault]:
    if table.client_id is None:
        yield ("client_id",), "is missing: people sign in through it"
    if "openid" not in table.scopes:
        yield ("scopes",), "must hold openid: without it there is no ID token"


def _token_faults(table: ProviderTable) -> Iterator[Fault]:
    if table.audience is None:
        yield ("audience",), "is missing: accept_tokens takes only tokens that are for this hub"
    elif table.audience == table.client_id:
        yield ("audience",), "is the client_id: then its ID tokens could be taken for access tokens"
    if table.kind == "real_name":
        yield (
            ("accept_tokens",),
            'merchants sign in at the hub, where their mandates are looked up: kind is "real_name"',
        )


def _real_name_faults(table: ProviderTable) -> Iterator[Fault]:
    for key in ("name_claim", "verified_claim", "department"):
        if getattr(table, key) is None:
            yield (key,), 'is missing: kind is "real_name"'
    if table.mapping:
        yield ("mapping", 0), 'is not for kind = "real_name": people become merchants of the department'
    if table.certificate_claim is not None:
        yield ("certificate_claim",), 'is not for kind = "real_name": merchants have no enforcement certificate'


def _staff_faults(table: ProviderTable) -> Iterator[Fault]:
    for key in _REAL_NAME_ONLY:
        if getattr(table, key) is not None:
            yield (key,), 'is for kind = "real_name" alone; here each mapping says who somebody is'
    if not table.mapping:
        yield ("mapping",), "is missing: without one nobody could act"
    officers = [number for number, one in enumerate(table.mapping) if one.role is Role.OFFICER]
    if officers and table.sign_in and table.certificate_claim is None:
        yield (
            ("mapping", officers[0], "role"),
            "officers need certificate_claim: without a valid enforcement certificate they would see what the public sees",
        )
