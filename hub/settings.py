"""`hub.toml`: read once, checked as a whole, every mistake told with its line.

The result is frozen data; nothing here opens a source or a store. Secrets enter by reference only.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from adapters.options import SourceOptions
from adapters.registry import kinds, options_of
from auth.caller import Client
from auth.grants import ALL_ROWS, ANY_DEPARTMENT, Binding, Condition, Effect, Grant, RowOp
from auth.purposes import Purpose
from auth.server.registration import Registration
from hub.limits import Limits
from hub.settings_providers import ProviderTable, provider_faults
from hub.settings_tables import (
    ClientTable,
    DepartmentTable,
    GrantTable,
    HubTable,
    LimitsTable,
    MandatesTable,
    NoticesTable,
    PurposeTable,
    RowsTable,
    SignInTable,
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


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the configuration says; `folder` is where relative paths start."""

    folder: Path
    hub: HubTable
    limits: Limits
    sign_in: SignInTable
    notices: NoticesTable
    mandates: MandatesTable
    departments: Mapping[str, DepartmentTable]
    purposes: tuple[Purpose, ...]
    sources: tuple[SourceOptions, ...]
    registrations: Mapping[str, Registration]
    clients: Mapping[str, Client]
    providers: tuple[ProviderTable, ...]
    grants: tuple[Grant, ...]
    lines: Lines


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: where it stands (line 0 if unknown), the key, and one sentence."""

    line: int
    key: str
    sentence: str

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.key}: {self.sentence}"


_PLAIN: dict[str, type[BaseModel]] = {
    "hub": HubTable,
    "limits": LimitsTable,
    "sign_in": SignInTable,
    "notices": NoticesTable,
    "mandates": MandatesTable,
}
"""Tables that stand there once."""
_TOP = frozenset({*_PLAIN, "department", "purpose", "source", "client", "provider", "grant"})
_REQUIRED = frozenset({"hub", "purpose", "source"})
_IDENTIFIED = {
    "department": "code",
    "purpose": "code",
    "client": "id",
    "grant": "id",
    "source": "name",
    "provider": "name",
}


class BadSettings(Exception):
    """The configuration is not usable; the text names every mistake, one a line."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(map(str, sorted(mistakes, key=lambda m: (m.line, m.key)))))
        self.mistakes = mistakes

    def report(self, file: Path) -> str:
        """Every mistake, under the file it stands in."""
        return f"{file}: {len(self.mistakes)} 处错误 / mistakes\n{self}"


def load_settings(path: Path) -> Settings:
    """Settings of a file; BadSettings names every mistake in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as fault:
        raise BadSettings([Mistake(0, str(path), f"cannot be read ({fault.strerror})")]) from None
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
            self._mistake((name,), "is not known here")
        for name in sorted(_REQUIRED - set(self._raw)):
            self._mistake((name,), "is missing")
        plain = {name: self._parse(model, self._raw.get(name, {}), (name,)) for name, model in self._plain()}
        tables = _Tables(
            self._many(PurposeTable, "purpose"),
            self._many(DepartmentTable, "department"),
            self._sources(),
            self._many(ClientTable, "client"),
            self._many(ProviderTable, "provider"),
            self._many(GrantTable, "grant"),
        )
        self._check(tables)
        if self._mistakes:
            raise BadSettings(self._mistakes)
        return self._settings(plain, tables)

    def _plain(self) -> Iterator[tuple[str, type[BaseModel]]]:
        """The tables that stand there once; one that is required and missing has been told of."""
        return ((name, model) for name, model in _PLAIN.items() if name in self._raw or name not in _REQUIRED)

    def _settings(self, plain: Mapping[str, Any], tables: _Tables) -> Settings:
        purposes = _items(tables.purposes)
        registrations = {client.id: client.registration() for client in _items(tables.clients)}
        return Settings(
            folder=self._folder,
            hub=plain["hub"],
            limits=Limits(**plain["limits"].model_dump()),
            sign_in=plain["sign_in"],
            notices=plain["notices"],
            mandates=plain["mandates"],
            departments={d.code: d for d in _items(tables.departments)},
            purposes=tuple(
                Purpose(p.code, p.label, p.label_en, p.scenario, p.requires_case, p.public) for p in purposes
            ),
            sources=tuple(_items(tables.sources)),
            registrations=registrations,
            clients={name: found.client for name, found in registrations.items()},
            providers=tuple(_items(tables.providers)),
            grants=tuple(_grant(g) for g in _items(tables.grants)),
            lines=self._lines,
        )

    def _parse(self, model: type[Model], raw: Any, place: Place) -> Model | None:
        try:
            return model.model_validate(raw, context={"base": self._folder})
        except ValidationError as fault:
            for error in fault.errors(include_input=False, include_url=False):
                where = tuple(part for part in (*place, *error["loc"]) if not str(part).startswith("function-"))
                self._mistake(where, _PLAINLY.get(error["type"]) or error["msg"].removeprefix("Value error, "))
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
                self._mistake(("source", number, "kind"), f"must be one of {', '.join(sorted(kinds()))}")
                continue
            model = options_of(kind)
            options = self._parse(model, _overridden(model, table), ("source", number))
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
            for sentence in _grant_faults(grant):
                self._mistake(("grant", number), f"{grant.id}: {sentence}")

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
            self._mistake((*place, "department"), f"{used} is not a department here")

    def _check_purposes(self, place: Place, used: tuple[str, ...]) -> None:
        known = {written.get("code") for written in self._written("purpose")}
        for code in used:
            if code not in known:
                self._mistake((*place, "purposes"), f"{code} is not a purpose here")

    def _check_unique(self, table: str, key: str) -> None:
        names = [written.get(key) for written in self._written(table)]
        for number, name in enumerate(names):
            if name is not None and name in names[:number]:
                self._mistake((table, number), f"{name} stands there twice")

    def _mistake(self, place: Place, sentence: str) -> None:
        self._mistakes.append(Mistake(self._lines.of(place), _dotted(place), sentence))


def _items(numbered: Numbered[Item]) -> list[Item]:
    return [item for _, item in numbered]


def _overridden(model: type[SourceOptions], table: dict[str, Any]) -> dict[str, Any]:
    """The table with its address taken from HUB_SOURCE_<NAME>_URL, where that is set."""
    variable = f"HUB_SOURCE_{str(table.get('name', '')).upper()}_URL"
    address = next((name for name in ("url", "base_url") if name in model.model_fields), None)
    return {**table, address: f"env:{variable}"} if address and variable in os.environ else table


def _grant_faults(grant: GrantTable) -> Iterator[str]:
    if not grant.scopes and not grant.fields:
        yield "names no scope and no field"
    if grant.ends < grant.starts:
        yield "ends before it starts"
    if grant.effect == "deny" and grant.rows:
        yield "a denial is for all rows; narrow the allowances instead"
    if grant.effect == "allow" and not grant.purposes:
        yield "an allowance names its purposes"
    for name, rows in grant.rows.items():
        if (rows.prefix is None) == (rows.in_ is None):
            yield f"rows.{name} takes either prefix or in"
        if isinstance(rows.prefix or rows.in_, str) and not str(rows.prefix or rows.in_).startswith("$"):
            yield f"rows.{name}: a single text names a binding and starts with $"


def _grant(table: GrantTable) -> Grant:
    return Grant(
        id=table.id,
        department=table.department,
        role=table.role,
        purposes=frozenset(table.purposes),
        starts=table.starts,
        ends=table.ends,
        legal_basis=table.legal_basis,
        approved_by=table.approved_by,
        scopes=frozenset(table.scopes),
        fields=frozenset(table.fields),
        rows=frozenset(_condition(name, rows) for name, rows in table.rows.items()) or ALL_ROWS,
        masked=frozenset(table.masked),
        mask_personal=table.mask_personal,
        effect=Effect(table.effect),
    )


def _condition(name: str, rows: RowsTable) -> Condition:
    op, operand = (RowOp.PREFIX, rows.prefix) if rows.prefix is not None else (RowOp.IN, rows.in_ or ())
    return Condition(name, op, Binding(operand[1:]) if isinstance(operand, str) else operand)


def _dotted(place: Place) -> str:
    return ".".join(f"{part + 1}" if isinstance(part, int) else part for part in place)
