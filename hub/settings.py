"""`hub.toml`: read once, checked as a whole, every mistake told with its line.

The result is frozen data; nothing here opens a source or a store. Secrets enter by reference only.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from adapters.options import SourceOptions
from adapters.registry import kinds, options_of
from auth.caller import Client
from auth.grants import ANY_DEPARTMENT, Grant
from auth.purposes import Purpose
from auth.server.registration import Registration
from hub.events import Event
from hub.guessing import guess, nearest
from hub.limits import Limits
from hub.settings_code import CodeTable, code_faults, own_codes
from hub.settings_grants import GrantTable
from hub.settings_identity import CorrectionsTable, PrecedenceTable
from hub.settings_mistakes import BadSettings, Mistake, keys_at
from hub.settings_notices import ChannelsTable, NoticeTable, Rule, fold_rules, notice_faults
from hub.settings_providers import ProviderTable, provider_faults
from hub.settings_record import AnomaliesTable, ObjectionsTable, RetentionTable
from hub.settings_tables import (
    AuditTable,
    ClientTable,
    ConsoleTable,
    DepartmentTable,
    EmergencyTable,
    HubTable,
    LimitsTable,
    MandatesTable,
    NameIndexTable,
    NoticesTable,
    PurposeTable,
    SelfCheckTable,
    SignInTable,
    overridden,
)
from hub.toml_lines import Lines, Place, find_lines

Model = TypeVar("Model", bound=BaseModel)

_PLAINLY = {"extra_forbidden": "is no key here", "missing": "is missing"}
"""Mistakes that pydantic words for programmers."""


Item = TypeVar("Item")
Numbered = list[tuple[int, Item]]
"""What could be read of a repeated table, each with its number in the file."""


@dataclass(frozen=True, slots=True)
class _Tables:
    purposes: Numbered[PurposeTable]
    departments: Numbered[DepartmentTable]
    sources: Numbered[SourceOptions]
    clients: Numbered[ClientTable]
    providers: Numbered[ProviderTable]
    grants: Numbered[GrantTable]
    notices: Numbered[NoticeTable]
    precedence: Numbered[PrecedenceTable]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the configuration says; `folder` is where relative paths start."""

    folder: Path
    hub: HubTable
    limits: Limits
    sign_in: SignInTable
    console: ConsoleTable
    notices: NoticesTable
    channels: ChannelsTable
    rules: Mapping[Event, Rule]
    mandates: MandatesTable
    emergency: EmergencyTable
    self_check: SelfCheckTable
    name_index: NameIndexTable
    audit: AuditTable
    corrections: CorrectionsTable
    code: CodeTable | None
    retention: RetentionTable
    objections: ObjectionsTable
    anomalies: AnomaliesTable
    departments: Mapping[str, DepartmentTable]
    purposes: tuple[Purpose, ...]
    sources: tuple[SourceOptions, ...]
    client_tables: Mapping[str, ClientTable]
    registrations: Mapping[str, Registration]
    clients: Mapping[str, Client]
    providers: tuple[ProviderTable, ...]
    grants: tuple[Grant, ...]
    precedence: tuple[PrecedenceTable, ...]
    lines: Lines


_PLAIN: dict[str, type[BaseModel]] = {
    "hub": HubTable,
    "limits": LimitsTable,
    "sign_in": SignInTable,
    "console": ConsoleTable,
    "notices": NoticesTable,
    "channels": ChannelsTable,
    "mandates": MandatesTable,
    "emergency": EmergencyTable,
    "self_check": SelfCheckTable,
    "name_index": NameIndexTable,
    "audit": AuditTable,
    "corrections": CorrectionsTable,
    "retention": RetentionTable,
    "objections": ObjectionsTable,
    "anomalies": AnomaliesTable,
}
"""Tables that stand there once."""
_TOP = {*_PLAIN, "code", "department", "purpose", "source", "client", "provider", "grant", "notice", "precedence"}
_REQUIRED = frozenset({"hub", "purpose", "source"})
_IDENTIFIED = {
    "department": "code",
    "purpose": "code",
    "client": "id",
    "grant": "id",
    "source": "name",
    "provider": "name",
    "notice": "event",
    "precedence": "field",
}


def load_settings(path: Path) -> Settings:
    """Settings of a file; BadSettings names every mistake in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as fault:
        way = "name it with --config, or write a first one with `chengxin-hub init`"
        raise BadSettings([Mistake(0, str(path), f"cannot be read ({fault.strerror}): {way}")]) from None
    except UnicodeDecodeError:
        raise BadSettings([Mistake(0, str(path), "is not UTF-8")]) from None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = re.search(r"line (\d+)", str(fault))
        raise BadSettings([Mistake(int(found[1]) if found else 0, path.name, f"is not TOML: {fault}")]) from None
    return _Reader(path.parent, text, raw).read()


class _Reader:
    def __init__(self, folder: Path, text: str, raw: dict[str, Any]) -> None:
        self._folder = folder
        self._lines = find_lines(text)
        self._raw = raw
        self._mistakes: list[Mistake] = []

    def read(self) -> Settings:
        for name in sorted(set(self._raw) - _TOP):
            self._mistake((name,), f"is not known here{_guess(name, _TOP)}")
        for name in sorted(_REQUIRED - set(self._raw)):
            self._mistake((name,), "is missing")
        plain = {name: self._parse(model, self._raw.get(name, {}), (name,)) for name, model in self._plain()}
        code = self._parse(CodeTable, self._raw["code"], ("code",)) if "code" in self._raw else None
        tables = _Tables(
            self._many(PurposeTable, "purpose"),
            self._many(DepartmentTable, "department"),
            self._sources(),
            self._many(ClientTable, "client"),
            self._many(ProviderTable, "provider"),
            self._many(GrantTable, "grant"),
            self._many(NoticeTable, "notice"),
            self._many(PrecedenceTable, "precedence"),
        )
        self._check(tables)
        self._check_notices(plain.get("channels"), tables)
        self._check_code(code)
        if self._mistakes:
            raise BadSettings(self._mistakes)
        return self._settings({**plain, "code": code}, tables)

    def _plain(self) -> Iterator[tuple[str, type[BaseModel]]]:
        """The tables that stand there once; one that is required and missing has been told of."""
        return ((name, model) for name, model in _PLAIN.items() if name in self._raw or name not in _REQUIRED)

    def _settings(self, plain: Mapping[str, Any], tables: _Tables) -> Settings:
        clients = {client.id: client for client in _items(tables.clients)}
        registrations = {name: client.registration() for name, client in clients.items()}
        return Settings(
            folder=self._folder,
            hub=plain["hub"],
            limits=Limits(**plain["limits"].model_dump()),
            sign_in=plain["sign_in"],
            console=plain["console"],
            notices=plain["notices"],
            channels=plain["channels"],
            rules=fold_rules(_items(tables.notices), plain["channels"].there()),
            mandates=plain["mandates"],
            emergency=plain["emergency"],
            self_check=plain["self_check"],
            name_index=plain["name_index"],
            audit=plain["audit"],
            corrections=plain["corrections"],
            code=plain["code"],
            retention=plain["retention"],
            objections=plain["objections"],
            anomalies=plain["anomalies"],
            departments={d.code: d for d in _items(tables.departments)},
            purposes=tuple(one.purpose() for one in _items(tables.purposes)),
            sources=(*_items(tables.sources), *self._own_sources(plain["code"], plain["hub"])),
            client_tables=clients,
            registrations=registrations,
            clients={name: found.client for name, found in registrations.items()},
            providers=tuple(_items(tables.providers)),
            grants=tuple(one.grant() for one in _items(tables.grants)),
            precedence=tuple(_items(tables.precedence)),
            lines=self._lines,
        )

    def _parse(self, model: type[Model], raw: Any, place: Place) -> Model | None:
        try:
            return model.model_validate(raw, context={"base": self._folder})
        except ValidationError as fault:
            for error in fault.errors(include_input=False, include_url=False):
                where = tuple(part for part in (*place, *error["loc"]) if not str(part).startswith("function-"))
                sentence = _PLAINLY.get(error["type"]) or error["msg"].removeprefix("Value error, ")
                if error["type"] == "extra_forbidden":
                    sentence += _guess(str(where[-1]), keys_at(model, where[len(place) : -1]))
                self._mistake(where, sentence)
            return None

    def _entries(self, name: str) -> list[tuple[int, Any]]:
        raw = self._raw.get(name, [])
        if not isinstance(raw, list):
            self._mistake((name,), f"is a list of tables: [[{name}]]")
            return []
        return list(enumerate(raw))

    def _many(self, model: type[Model], name: str) -> Numbered[Model]:
        read = ((number, self._parse(model, table, (name, number))) for number, table in self._entries(name))
        return [(number, item) for number, item in read if item is not None]

    def _sources(self) -> Numbered[SourceOptions]:
        found: Numbered[SourceOptions] = []
        for number, table in self._entries("source"):
            kind = table.get("kind") if isinstance(table, dict) else None
            if kind not in kinds():
                near = _guess(kind, kinds()) if isinstance(kind, str) else ""
                self._mistake(("source", number, "kind"), f"must be one of {', '.join(sorted(kinds()))}{near}")
                continue
            model = options_of(kind)
            options = self._parse(model, overridden(model, table), ("source", number))
            if options is not None:
                found.append((number, options))
        return found

    def _check(self, tables: _Tables) -> None:
        if "purpose" in self._raw and sum(table.get("public") is True for table in self._written("purpose")) != 1:
            self._mistake(("purpose",), "exactly one purpose is the public's (public = true)")
        for name, key in _IDENTIFIED.items():
            self._check_unique(name, key)
        departments = {table.get("code") for table in self._written("department")}
        for number, source in tables.sources:
            self._check_department(("source", number), source.department, departments)
        for number, purpose in tables.purposes:
            self._check_case_sources(number, purpose, departments)
        for number, client in tables.clients:
            self._check_department(("client", number), client.department, departments)
            self._check_purposes(("client", number), client.purposes)
        for number, provider in tables.providers:
            self._check_provider(number, provider, departments)
        mandates = self._raw.get("mandates")
        merchants = mandates.get("department") if isinstance(mandates, dict) else None
        if isinstance(merchants, str):
            self._check_department(("mandates",), merchants, departments)
        self._check_issuers()
        for number, grant in tables.grants:
            self._check_department(("grant", number), grant.department, {*departments, ANY_DEPARTMENT})
            self._check_purposes(("grant", number), grant.purposes)
            for sentence in grant.faults():
                self._mistake(("grant", number), f"{grant.id}: {sentence}")

    def _check_case_sources(self, number: int, purpose: PurposeTable, departments: set[Any]) -> None:
        sources = {written.get("name") for written in self._written("source")}
        for inner, one in enumerate(purpose.case_source):
            place: Place = ("purpose", number, "case_source", inner)
            if one.source not in sources:
                self._mistake((*place, "source"), f"{one.source} is not a source here{_guess(one.source, sources)}")
            for department in one.departments:
                self._check_department(place, department, departments)

    def _check_code(self, code: CodeTable | None) -> None:
        """The own register of codes: its department, its address, and that no other source has its name."""
        if code is None:
            return
        departments = {table.get("code") for table in self._written("department")}
        self._check_department(("code",), code.department, departments)
        hub = self._raw.get("hub")
        written = hub.get("base_url", HubTable.model_fields["base_url"].default) if isinstance(hub, dict) else None
        names = [source.get("name") for source in self._written("source")]
        for place, sentence in code_faults(code, written, names):
            self._mistake(place, sentence)

    def _own_sources(self, code: CodeTable | None, hub: HubTable) -> Iterator[SourceOptions]:
        """The hub's own tables as a source like any other; last, so that where two have a code the other's counts."""
        if code is not None:
            raw = own_codes(code.department, hub.store)
            yield options_of("sql").model_validate(raw, context={"base": self._folder})

    def _check_notices(self, channels: Any, tables: _Tables) -> None:
        """Nothing where a channel or an event cannot be read: that has been told of."""
        if not isinstance(channels, ChannelsTable) or len(tables.notices) < len(self._written("notice")):
            return
        numbers = {table.event.value: number for number, table in tables.notices}
        for event, sentence in notice_faults(_items(tables.notices), channels.there()):
            number = numbers.get(event)
            self._mistake(("notice",) if number is None else ("notice", number), sentence)
        self._check_webhooks(channels, tables)

    def _check_webhooks(self, channels: ChannelsTable, tables: _Tables) -> None:
        held = channels.webhook.secrets if channels.webhook is not None else {}
        for number, department in tables.departments:
            if department.webhook and department.code not in held:
                sentence = f"needs a secret: channels.webhook.secrets.{department.code}"
                self._mistake(("department", number, "webhook"), sentence)
        for code in sorted(held.keys() - {table.get("code") for table in self._written("department")}):
            self._mistake(("channels", "webhook", "secrets", code), f"{code} is not a department here")

    def _check_provider(self, number: int, provider: ProviderTable, departments: set[Any]) -> None:
        for place, sentence in provider_faults(provider):
            self._mistake(("provider", number, *place), sentence)
        if provider.department is not None:
            self._check_department(("provider", number), provider.department, departments)
        for inner, mapping in enumerate(provider.mapping):
            where: Place = ("provider", number, "mapping", inner)
            self._check_department(where, mapping.department, departments)
            self._check_purposes(where, mapping.purposes)

    def _check_issuers(self) -> None:
        hub = self._raw.get("hub")
        own = hub.get("base_url", HubTable.model_fields["base_url"].default) if isinstance(hub, dict) else None
        issuers = [written.get("issuer") for written in self._written("provider")]
        for number, issuer in enumerate(issuers):
            if issuer is not None and issuer in [own, *issuers[:number]]:
                self._mistake(("provider", number, "issuer"), "is the hub itself, or stands there twice")

    def _written(self, name: str) -> list[dict[str, Any]]:
        """Tables as they stand in the file, readable or not: one that is wrong elsewhere is still there."""
        raw = self._raw.get(name, [])
        return [table for table in raw if isinstance(table, dict)] if isinstance(raw, list) else []

    def _check_department(self, place: Place, used: str, known: set[Any]) -> None:
        if used not in known:
            self._mistake((*place, "department"), f"{used} is not a department here{_guess(used, known)}")

    def _check_purposes(self, place: Place, used: tuple[str, ...]) -> None:
        known = {written.get("code") for written in self._written("purpose")}
        for code in used:
            if code not in known:
                self._mistake((*place, "purposes"), f"{code} is not a purpose here{_guess(code, known)}")

    def _check_unique(self, table: str, key: str) -> None:
        names = [written.get(key) for written in self._written(table)]
        for number, name in enumerate(names):
            if name is not None and name in names[:number]:
                self._mistake((table, number), f"{name} stands there twice")

    def _mistake(self, place: Place, sentence: str) -> None:
        self._mistakes.append(Mistake(self._lines.of(place), _dotted(place), sentence))


def _items(numbered: Numbered[Item]) -> list[Item]:
    return [item for _, item in numbered]


def _guess(name: str, names: Iterable[object]) -> str:
    return guess(nearest(name, (one for one in names if isinstance(one, str))))[1]


def _dotted(place: Place) -> str:
    return ".".join(f"{part + 1}" if isinstance(part, int) else part for part in place)
