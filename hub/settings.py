"""`hub.toml`: read once, checked as a whole, every mistake told with its line.

The result is frozen data; nothing here opens a source or a store. Secrets enter by reference only.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.options import SourceOptions
from adapters.registry import kinds, options_of
from auth.caller import Client
from auth.grants import ALL_ROWS, Binding, Condition, Effect, Grant, RowOp
from auth.purposes import Purpose
from auth.roles import Role
from auth.scopes import Scope
from hub.limits import Limits

Model = TypeVar("Model", bound=BaseModel)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HubTable(_Table):
    """`[hub]`: names, addresses of state; `deterministic` and `seed` belong to the demo."""

    label: str
    controller: str
    base_url: str = "http://127.0.0.1:8000"
    store: str = "sqlite:///hub.db"
    keys: str = "keys"
    token_audience: str = "chengxin-hub"  # noqa: S105 - an audience, not a secret
    deterministic: bool = False
    seed: str | None = None


class LimitsTable(_Table):
    """`[limits]`: upper bounds of one question."""

    body_bytes: int = Field(default=131_072, ge=1024, le=4_194_304)
    tokens: int = Field(default=2_000, ge=100, le=10_000)
    depth: int = Field(default=18, ge=5, le=30)
    selections: int = Field(default=800, ge=50, le=5_000)
    aliases: int = Field(default=60, ge=1, le=500)
    rows: int = Field(default=50_000, ge=100, le=1_000_000)


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
    scenario: str | None = None
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


class _File(_Table):
    hub: HubTable
    limits: LimitsTable = LimitsTable()
    department: tuple[DepartmentTable, ...] = ()
    purpose: tuple[PurposeTable, ...]
    source: tuple[dict[str, Any], ...]
    client: tuple[ClientTable, ...] = ()
    grant: tuple[GrantTable, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the configuration says; `folder` is where relative paths start."""

    folder: Path
    hub: HubTable
    limits: Limits
    departments: Mapping[str, DepartmentTable]
    purposes: tuple[Purpose, ...]
    sources: tuple[SourceOptions, ...]
    clients: Mapping[str, Client]
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: where it stands (line 0 if unknown), the key, and one sentence."""

    line: int
    key: str
    sentence: str

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.key}: {self.sentence}"


class BadSettings(Exception):
    """The configuration is not usable; the text names every mistake, one a line."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(map(str, sorted(mistakes, key=lambda m: (m.line, m.key)))))
        self.mistakes = mistakes


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
        self._lines = dict(_key_lines(text))
        self._raw = raw
        self._mistakes: list[Mistake] = []

    def read(self) -> Settings:
        file = self._parse(_File, self._raw, ())
        sources = self._sources(self._raw.get("source", ()))
        if file is None:
            raise BadSettings(self._mistakes)
        self._check_references(file, sources)
        self._check_grants(file)
        if self._mistakes:
            raise BadSettings(self._mistakes)
        limits = Limits(**{**file.limits.model_dump(), "nesting": 64})
        return Settings(
            folder=self._folder,
            hub=file.hub,
            limits=limits,
            departments={d.code: d for d in file.department},
            purposes=tuple(
                Purpose(p.code, p.label, p.label_en, p.scenario, p.requires_case, p.public) for p in file.purpose
            ),
            sources=sources,
            clients={c.id: Client(c.id, c.label, c.department, c.role, c.purposes, c.bindings) for c in file.client},
            grants=tuple(_grant(g) for g in file.grant),
        )

    def _parse(self, model: type[Model], raw: Any, place: tuple[str | int, ...]) -> Model | None:
        try:
            return model.model_validate(raw, context={"base": self._folder})
        except ValidationError as fault:
            for error in fault.errors(include_input=False, include_url=False):
                where = tuple(part for part in (*place, *error["loc"]) if not str(part).startswith("function-"))
                self._mistake(where, error["msg"].removeprefix("Value error, "))
            return None

    def _sources(self, raw: Any) -> tuple[SourceOptions, ...]:
        found = []
        for number, table in enumerate(raw if isinstance(raw, list) else ()):
            kind = table.get("kind") if isinstance(table, dict) else None
            if kind not in kinds():
                self._mistake(("source", number, "kind"), f"must be one of {', '.join(sorted(kinds()))}")
                continue
            options = self._parse(options_of(kind), table, ("source", number))
            if options is not None:
                found.append(options)
        return tuple(found)

    def _check_references(self, file: _File, sources: tuple[SourceOptions, ...]) -> None:
        departments = {d.code for d in file.department}
        purposes = {p.code for p in file.purpose}
        if sum(p.public for p in file.purpose) != 1:
            self._mistake(("purpose",), "exactly one purpose is the public's (public = true)")
        for kind, items in (("department", file.department), ("purpose", file.purpose)):
            self._check_unique(kind, [item.code for item in items])
        self._check_unique("client", [c.id for c in file.client])
        self._check_unique("grant", [g.id for g in file.grant])
        self._check_unique("source", [s.name for s in sources])
        for number, source in enumerate(sources):
            if source.department not in departments:
                self._mistake(("source", number, "department"), f"{source.department} is not a department here")
        for number, client in enumerate(file.client):
            if client.department not in departments:
                self._mistake(("client", number, "department"), f"{client.department} is not a department here")
            self._check_purposes("client", number, client.purposes, purposes)
        for number, grant in enumerate(file.grant):
            self._check_purposes("grant", number, grant.purposes, purposes)
            if grant.department != "*" and grant.department not in departments:
                self._mistake(("grant", number, "department"), f"{grant.department} is not a department here")

    def _check_purposes(self, table: str, number: int, used: tuple[str, ...], known: set[str]) -> None:
        for code in used:
            if code not in known:
                self._mistake((table, number, "purposes"), f"{code} is not a purpose here")

    def _check_unique(self, table: str, names: list[str]) -> None:
        for number, name in enumerate(names):
            if name in names[:number]:
                self._mistake((table, number), f"{name} stands there twice")

    def _check_grants(self, file: _File) -> None:
        for number, grant in enumerate(file.grant):
            for sentence in _grant_faults(grant):
                self._mistake(("grant", number), f"{grant.id}: {sentence}")

    def _mistake(self, place: tuple[str | int, ...], sentence: str) -> None:
        self._mistakes.append(Mistake(self._line(place), _dotted(place), sentence))

    def _line(self, place: tuple[str | int, ...]) -> int:
        for length in range(len(place), 0, -1):
            if place[:length] in self._lines:
                return self._lines[place[:length]]
        return 0


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


def _dotted(place: tuple[str | int, ...]) -> str:
    return ".".join(f"{part + 1}" if isinstance(part, int) else part for part in place)


_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-.\"']+)\s*=")


def _key_lines(text: str) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """Line of every table header and top-level key, by its place as pydantic names it."""
    counts: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            table = _table_place(header[2], header[1] == "[[", counts)
            yield table, number
            continue
        key = _KEY.match(line)
        if key:
            yield (*table, *(part.strip("\"'") for part in key[1].split("."))), number


def _table_place(name: str, repeated: bool, counts: dict[tuple[str | int, ...], int]) -> tuple[str | int, ...]:
    place: tuple[str | int, ...] = ()
    parts = [part.strip().strip("\"'") for part in name.split(".")]
    for depth, part in enumerate(parts):
        place = (*place, part)
        last = depth == len(parts) - 1
        if last and repeated:
            counts[place] = counts.get(place, -1) + 1
            for known in [k for k in counts if len(k) > len(place) and k[: len(place)] == place]:
                if known[len(place)] == counts[place]:
                    del counts[known]
        if place in counts:
            place = (*place, counts[place])
    return place
