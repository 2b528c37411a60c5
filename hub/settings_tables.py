"""The tables of `hub.toml`, each as it may be written; what they say of each other is checked where all are read."""

import os
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr, field_validator, model_validator

from adapters.options import Secret, SourceOptions, Url
from auth.caller import Client
from auth.purposes import CaseSource, Purpose
from auth.roles import Role
from auth.server.registration import Authentication, Registration, redirect_fault
from hub.addresses import address_fault, is_email, is_phone
from hub.limits import Limits
from hub.store.backends import read_address
from hub.store.identity_tables import COPIED
from schema.enums import Scenario
from schema.uscc import find_fault, normalise_uscc


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
EMERGENCY_ROLES = frozenset({Role.CREDIT_OFFICE, Role.OFFICER, Role.STEWARD})
"""Roles that may ever break glass: officials whose work can't wait. No partner, no business, nobody unknown."""


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
    email: str = ""
    phone: str = ""
    webhook: str = ""
    how_to_request: str = ""

    @field_validator("email", mode="after")
    @classmethod
    def _is_mail(cls, email: str) -> str:
        if email and not is_email(email):
            raise ValueError("is not a mail address")
        return email

    @field_validator("phone", mode="after")
    @classmethod
    def _is_number(cls, phone: str) -> str:
        if phone and not is_phone(phone):
            raise ValueError("is not a telephone number: digits, blanks and hyphens, perhaps a + before them")
        return phone

    @field_validator("webhook", mode="after")
    @classmethod
    def _may_be_asked(cls, webhook: str) -> str:
        fault = address_fault(webhook) if webhook else None
        if fault is not None:
            raise ValueError(fault)
        return webhook


class CaseSourceTable(_Table):
    """`[[purpose.case_source]]`: where its case numbers can be looked up."""

    source: str
    record: str
    key: str
    departments: tuple[str, ...] = ()


class PurposeTable(_Table):
    """`[[purpose]]`: what a question may be for."""

    code: str = Field(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")
    label: str
    label_en: str
    scenario: Literal[tuple(Scenario.__members__)] | None = None  # type: ignore[valid-type]
    requires_case: bool = False
    case: Literal["required", "verified"] | None = None
    requires_consent: bool = False
    public: bool = False
    case_source: tuple[CaseSourceTable, ...] = Field(default=(), max_length=20)
    delay_days: int = Field(default=0, ge=0, le=1827)
    delay_basis: str = Field(default="", max_length=200)

    @model_validator(mode="after")
    def _says_why_it_tells_later(self) -> Self:
        if bool(self.delay_days) != bool(self.delay_basis):
            raise ValueError("delay_days and delay_basis go together: the law by which entities are told later")
        return self

    @model_validator(mode="after")
    def _is_open_to_the_public(self) -> Self:
        if self.public and (self.requires_case or self.case or self.requires_consent or self.case_source):
            raise ValueError("the public's purpose takes no case and no consent")
        return self

    def purpose(self) -> Purpose:
        """The purpose it stands for."""
        sources = (CaseSource(one.source, one.record, one.key, one.departments) for one in self.case_source)
        return Purpose(
            code=self.code,
            zh=self.label,
            en=self.label_en,
            scenario=self.scenario,
            requires_case=self.requires_case or self.case is not None,
            public=self.public,
            requires_consent=self.requires_consent,
            verifies_case=self.case == "verified",
            case_sources=tuple(sources),
            delay_days=self.delay_days,
            delay_basis=self.delay_basis,
        )


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


class ConsoleTable(_Table):
    """`[console]`: the client whose pages the console is, the purpose for which it asks, and the entity for trying."""

    client: str | None = None
    purpose: str | None = None
    sample: str | None = None

    @field_validator("sample", mode="after")
    @classmethod
    def _is_code(cls, code: str | None) -> str | None:
        if code is None:
            return None
        found = normalise_uscc(code)
        if find_fault(found) is not None:
            raise ValueError("is a unified social credit code")
        return found


class NoticesTable(_Table):
    """`[notices]`: where what is to be told outside is left for whoever carries it on."""

    folder: str = "outbox"


def _safe_address(address: str) -> str:
    parts = urlsplit(address)
    here = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and here)):
        raise ValueError("is an https address, or http on this machine")
    if parts.username or parts.fragment:
        raise ValueError("is an address without user and fragment")
    return address


class WebhookTable(_Table):
    """`[[audit.webhook]]`: an address that is told of every checkpoint, and what it knows the hub by."""

    url: str
    secret: Secret

    @field_validator("url", mode="after")
    @classmethod
    def _is_safe(cls, address: str) -> str:
        return _safe_address(address)

    @field_validator("secret", mode="after")
    @classmethod
    def _is_long(cls, secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value()) < 24:
            raise ValueError("has 24 characters or more, at random")
        return secret


class WitnessTable(_Table):
    """`[[audit.witness]]`: somebody who is asked to cosign every checkpoint (C2SP tlog-witness), and their public key."""

    url: str
    key: str

    @field_validator("url", mode="after")
    @classmethod
    def _is_safe(cls, address: str) -> str:
        return _safe_address(address).rstrip("/")

    @field_validator("key", mode="after")
    @classmethod
    def _is_key(cls, text: str) -> str:
        name, _, rest = text.partition("+")
        if not name or rest.count("+") < 1 or len(text) > 256:
            raise ValueError("is the line that the witness announced: name, number and key")
        return text


class AuditTable(_Table):
    """`[audit]`: what the record is called outside, how often its checkpoints are made, and where they are handed to."""

    origin: str | None = Field(default=None, pattern=r"^[^\s+]{1,120}$")
    every_seconds: int = Field(default=60, ge=1, le=60)
    every_entries: int = Field(default=1000, ge=1, le=1000)
    grace_seconds: int = Field(default=0, ge=0, le=86_400)
    file: str | None = None
    spill: str | None = None
    webhook: tuple[WebhookTable, ...] = Field(default=(), max_length=4)
    witness: tuple[WitnessTable, ...] = Field(default=(), max_length=4)


class EmergencyTable(_Table):
    """`[emergency]`: break-glass – for how long, for which roles, and within how many working days it is reviewed."""

    minutes: int = Field(default=60, ge=5, le=60)
    roles: tuple[Role, ...] = (Role.OFFICER, Role.STEWARD, Role.CREDIT_OFFICE)
    review_days: int = Field(default=5, ge=1, le=5)

    @field_validator("roles", mode="after")
    @classmethod
    def _may_break_glass(cls, roles: tuple[Role, ...]) -> tuple[Role, ...]:
        for role in roles:
            if role not in EMERGENCY_ROLES:
                raise ValueError(f"{role.value} can't break glass: {', '.join(sorted(EMERGENCY_ROLES))} can")
        return roles


class MandatesTable(_Table):
    """`[mandates]`: accounts that act for entities – in which department, and how often the register is asked of them."""

    department: str | None = None
    look_minutes: int = Field(default=60, ge=1, le=1440)


class NameIndexTable(_Table):
    """`[name_index]`: the copy of what identifies entities by which names are resolved. Without a basis there is none."""

    basis: str = Field(default="", max_length=1000)
    keep_days: int = Field(default=7, ge=1, le=90)
    fields: tuple[Literal[COPIED], ...] = COPIED  # type: ignore[valid-type]


class SelfCheckTable(_Table):
    """`[self_check]`: when, each night, what everybody may see is checked against what was approved."""

    hour: int = Field(default=3, ge=0, le=23)


def overridden(model: type[SourceOptions], table: dict[str, Any]) -> dict[str, Any]:
    """The table with its address taken from HUB_SOURCE_<NAME>_URL, where that is set."""
    variable = f"HUB_SOURCE_{str(table.get('name', '')).upper()}_URL"
    address = next((name for name in ("url", "base_url") if name in model.model_fields), None)
    return {**table, address: f"env:{variable}"} if address and variable in os.environ else table
