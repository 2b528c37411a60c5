"""The hub as it is measured: a `hub.toml` over the yardstick's data, the callers of the mix, the command to serve it.

Nothing is switched off: grants, masks, provenance, the record with its fsync. Knows neither load nor opponents.
"""

import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from auth.roles import Role
from auth.scopes import Scope
from auth.tokens import LONGEST
from bench.data import REGISTER, TABLES, Table
from hub.callers.vault import Vault
from hub.clock import Clock
from hub.opening import open_house, open_ring, open_roster, open_store
from hub.settings import load_settings
from hub.store.keys import open_keys
from hub.toml_text import write_toml

CONNECTIONS = 4
"""Sessions of each source: sixteen in all, as every opponent has."""
MASKED = ("Entity.legalRepresentative", "Entity.contactPhone")
_CLEAR = (Role.OFFICER, Role.CLERK, Role.APPROVER)
_SHADED = (Role.JUDGE, Role.CREDIT_OFFICE, Role.STEWARD)
_DEPARTMENTS = ("market", "health", "service", "approval")
_OWNERS = {"register": "market", "licences": "approval", "credit": "health", "incentives": "service"}
_ASKED = (
    Scope.CREDIT_RATING,
    Scope.ENTITY_ADDRESS,
    Scope.ENTITY_CONTACT,
    Scope.ENTITY_IDENTITY,
    Scope.ENTITY_PERSON,
    Scope.INCENTIVE_RECORD,
    Scope.LICENCE_BASIC,
)
# What is granted beside what is asked differs, so that every role and purpose is a policy of its own.
_BESIDE = {
    Role.OFFICER: Scope.PENALTY_DETAIL,
    Role.CLERK: Scope.COMMITMENT_SUMMARY,
    Role.APPROVER: Scope.APPROVAL_CASE,
    Role.JUDGE: Scope.CREDIT_HONOUR,
    Role.CREDIT_OFFICE: Scope.CREDIT_LIST,
    Role.STEWARD: Scope.ENTITY_REGISTER,
}
_PURPOSES = {
    "PUBLIC_QUERY": ("公众查询", Scope.REFERENCE_TABLE),
    "APPROVAL": ("行政审批核验", Scope.LICENCE_DECISION),
    "CREDIT_SUPERVISION": ("信用监管", Scope.CREDIT_SUMMARY),
}
_RECORDS = {"register": "Entity", "licences": "Licence", "credit": "CreditRating", "incentives": "Incentive"}
_FIELDS = {
    "register": """uscc name legalRepresentative=legal_representative address industryCode=industry status kind
        divisionCode=division establishedOn=established registeredCapital=capital contactPhone=phone""",
    "licences": """kind certificateName=certificate_name certificateNo=certificate_no scope validFrom=valid_from
        validTo=valid_to status authority""",
    "credit": "scheme grade label issuer assessedOn=assessed_on validTo=valid_to",
    "incentives": "measureName=measure_name scenario department grantedOn=granted_on validTo=valid_to status",
}
"""Fields of each source's record, with their columns where those are called otherwise."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One way to ask: a client's token, a purpose, and whether two fields come masked."""

    client: str
    token: str
    purpose: str
    masked: bool

    @property
    def headers(self) -> dict[str, str]:
        """Headers of a question."""
        return {"authorization": f"Bearer {self.token}", "hub-purpose": self.purpose}


def label_of(table: Table) -> str:
    """Label of a source, as provenance names it."""
    return f"基准数据 {table.source}"


def write_hub(folder: Path, data: str | Path) -> Path:
    """A configuration in an emptied folder; the data is the DSN of a database or the folder of SQLite files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if isinstance(data, str):
        # By reference, because a DSN may hold a password.
        (folder / "database").write_text(data, encoding="utf-8")
    path = folder / "hub.toml"
    path.write_text(write_toml(_document(data)), encoding="utf-8")
    return path


def callers(config: Path) -> list[Caller]:
    """Every client for every purpose, neighbours of different clients; tokens are signed here, as fresh as can be."""
    settings = load_settings(config)
    database = open_store(settings)
    keys = open_keys(settings.folder / settings.hub.keys)
    roster = open_roster(database, settings, Clock(), Vault(keys.sealing, keys.digest))
    issuer = open_house(settings, open_ring(database, keys, Clock()), roster).tokens
    database.close()
    now = datetime.now(UTC)
    tokens = {name: issuer.issue(name, now, LONGEST) for name in settings.clients}
    return [
        Caller(name, tokens[name], purpose, client.role in _SHADED)
        for purpose in _PURPOSES
        for name, client in settings.clients.items()
    ]


def serve_command(config: Path, port: int) -> list[str]:
    """The command that serves the hub."""
    program = Path(sys.executable).with_name("chengxin-hub")
    return [str(program), "serve", "--config", str(config), "--port", str(port)]


def _document(data: str | Path) -> dict[str, Any]:
    return {
        "hub": {"label": "基准测试网关", "controller": "基准测试"},
        "department": [{"code": code, "label": f"{code} 部门"} for code in _DEPARTMENTS],
        "purpose": [
            {"code": code, "label": zh, "label_en": code, "public": code == "PUBLIC_QUERY"}
            for code, (zh, _) in _PURPOSES.items()
        ],
        "source": [_source(table, data) for table in TABLES],
        "client": list(_clients()),
        "grant": list(_grants()),
    }


def _source(table: Table, data: str | Path) -> dict[str, Any]:
    url = "file:database" if isinstance(data, str) else f"sqlite:///{(data / table.source).absolute()}.db"
    return {
        "name": table.source,
        "kind": "sql",
        "department": _OWNERS[table.source],
        "label": label_of(table),
        "url": url,
        "connections": CONNECTIONS,
        "record": [_record(table, native=isinstance(data, str))],
    }


def _record(table: Table, *, native: bool) -> dict[str, Any]:
    kinds = dict(table.columns)
    pairs = (field.partition("=") for field in _FIELDS[table.source].split())
    columns = {name: _column(column or name, kinds, native=native) for name, _, column in pairs}
    made: dict[str, Any] = {
        "record": _RECORDS[table.source],
        "table": f"{table.source}.{table.name}" if native else table.name,
        "local": table.key,
        "as_of": "updated_at",
        "columns": columns,
    }
    if table is REGISTER:
        return {**made, "tidy": ["divisionCode", "uscc"]}
    return {**made, "keys": {"uscc": "uscc"}}


def _column(column: str, kinds: Mapping[str, str], *, native: bool) -> dict[str, str] | str:
    return {"column": column, "type": "date"} if native and kinds[column] == "date" else column


def _clients() -> Iterator[dict[str, Any]]:
    for role in (*_CLEAR, *_SHADED):
        for department in _DEPARTMENTS:
            name = f"{department}-{role.lower().replace('_', '-')}"
            yield {
                "id": name,
                "label": name,
                "department": department,
                "role": role.value,
                "purposes": list(_PURPOSES),
            }


def _grants() -> Iterator[dict[str, Any]]:
    for role in (*_CLEAR, *_SHADED):
        for purpose, (_, beside) in _PURPOSES.items():
            yield {
                "id": f"G-{role}-{purpose}",
                "department": "*",
                "role": role.value,
                "purposes": [purpose],
                "scopes": sorted({*_ASKED, beside, _BESIDE[role]}),
                **({"masked": list(MASKED)} if role in _SHADED else {}),
                "starts": date(2020, 1, 1),
                "ends": date(2099, 12, 31),
                "legal_basis": "基准测试",
                "approved_by": "基准测试",
            }
