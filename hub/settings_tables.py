"""The tables of `hub.toml`, each as it may be written; what they say of each other is checked where all are read."""

from datetime import date
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr, field_validator, model_validator

from adapters.options import Url
from auth.caller import Client
from auth.roles import Role
from auth.scopes import Scope
from auth.server.registration import Authentication, Registration, redirect_fault
from hub.limits import Limits
from hub.store.backends import read_address
from schema.enums import Scenario


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HubTable(_Table):
    """`[hub]`: names, addresses of state; `deterministic` and `seed` belong to the demo."""

    label: str
    controller: str
    base_url: str = "http://127.0.0.1:8000"
    store: Url = SecretStr("sqlite:///hub.db")
    keys: str = "keys"
    token_audience: str = "chengxin-hub"  # noqa: S105 - an audience, not a secret
    deterministic: bool = False
    seed: str | None = None

    @field_validator("base_url", mode="after")
    @classmethod
    def _is_an_issuer(cls, address: str) -> str:
        parts = urlsplit(address)
        here = parts.hostname in {"127.0.0.1", "::1", "localhost"}
        if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and here)):
            raise ValueError("is the address at which the hub is reached: https, or http on this machine")
        if parts.query or parts.fragment or parts.username or parts.path:
            raise ValueError("is an address without path, user and query: https://hub.example.gov.cn")
        return address

    @field_validator("store", mode="after")
    @classmethod
    def _holds_a_store(cls, store: SecretStr) -> SecretStr:
        read_address(store.get_secret_value())
        return store


_LIMITS = Limits()


class LimitsTable(_Table):
    """`[limits]`: upper bounds of one question."""

    body_bytes: int = Field(default=_LIMITS.body_bytes, ge=1024, le=4_194_304)
    tokens: int = Field(default=_LIMITS.tokens, ge=100, le=10_000)
    depth: int = Field(default=_LIMITS.depth, ge=5, le=30)
    selections: int = Field(default=_LIMITS.selections, ge=50, le=5_000)
    aliases: int = Field(default=_LIMITS.aliases, ge=1, le=500)
    rows: int = Field(default=_LIMITS.rows, ge=100, le=1_000_000)


class DepartmentTable(_Table):
    """`[[department]]`: who answers for records, and how access is asked for."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")
    label: str
    label_en: str = ""
    contact: str = ""
    how_to_request: str = ""


class PurposeTable(_Table):
    """`[[purpose]]`: what a question may be for."""

    code: str = Field(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")
    label: str
    label_en: str
    scenario: Literal[tuple(Scenario.__members__)] | None = None  # type: ignore[valid-type]
    requires_case: bool = False
    public: bool = False


class ClientTable(_Table):
    """`[[client]]`: a system of a department that asks in one role; bindings give row filters their values."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    label: str
    department: str
    role: Role
    purposes: tuple[str, ...] = Field(min_length=1)
    bindings: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    authentication: Authentication = Authentication.SECRET
    machine: bool | None = None
    sign_in: bool = False
    portal: bool = False
    redirect_uris: tuple[str, ...] = Field(default=(), max_length=20)
    device: bool = False
    dpop: bool = False
    pushed: bool = False

    @field_validator("redirect_uris", mode="after")
    @classmethod
    def _may_be_redirected_to(cls, uris: tuple[str, ...]) -> tuple[str, ...]:
        for uri in uris:
            fault = redirect_fault(uri)
            if fault is not None:
                raise ValueError(f"{uri} {fault}")
        return uris

    @model_validator(mode="after")
    def _asks_in_some_way(self) -> Self:
        if self.redirect_uris and not self.sign_in:
            raise ValueError("redirect_uris are for sign_in = true")
        if self.sign_in and not self.redirect_uris and not self.device:
            raise ValueError("sign_in = true needs redirect_uris, or device = true")
        if self.portal and not (self.sign_in or self.device):
            raise ValueError("portal = true needs sign_in = true: a system has no department of its own choice")
        if self.machine and self.authentication is Authentication.NONE:
            raise ValueError('machine = true needs a client that proves itself: authentication is "none"')
        return self

    def registration(self) -> Registration:
        """What the authorisation server knows of it."""
        client = Client(self.id, self.label, self.department, self.role, self.purposes, self.bindings, self.portal)
        people = self.sign_in or self.device
        return Registration(
            client=client,
            redirect_uris=self.redirect_uris,
            authentication=self.authentication,
            sign_in=self.sign_in,
            machine=not people if self.machine is None else self.machine,
            device=self.device,
            dpop=self.dpop,
            pushed=self.pushed,
        )


class SignInTable(_Table):
    """`[sign_in]`: for how long people stay signed in, and which proxies say where they come from."""

    hours: int = Field(default=10, ge=1, le=24)
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()


class NoticesTable(_Table):
    """`[notices]`: where what is to be told outside is left for whoever carries it on."""

    folder: str = "outbox"


class MandatesTable(_Table):
    """`[mandates]`: accounts that act for entities – in which department, and how often the register is asked of them."""

    department: str | None = None
    look_minutes: int = Field(default=60, ge=1, le=1440)


class RowsTable(_Table):
    """Condition on a field of the entity: `prefix` or `in`, a list of values or `"$binding"`."""

    prefix: tuple[str, ...] | str | None = None
    in_: tuple[str, ...] | str | None = Field(default=None, alias="in")


class GrantTable(_Table):
    """`[[grant]]`: who may see what, for which purpose, of which rows, how clear, from when to when."""

    id: str
    department: str
    role: Role
    purposes: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()
    fields: tuple[str, ...] = ()
    rows: dict[str, RowsTable] = Field(default_factory=dict)
    masked: tuple[str, ...] = ()
    mask_personal: bool = False
    effect: Literal["allow", "deny"] = "allow"
    starts: date
    ends: date
    legal_basis: str = Field(min_length=2)
    approved_by: str = Field(min_length=1)
