"""Writes the demo's configuration file: the real format, with the city's departments, sources, clients and grants.

Knows the format, not what is read from it; every value comes from the modules that own it.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auth.caller import Client
from auth.grants import Binding, Condition, Effect, Grant
from auth.purposes import CaseSource, Purpose
from hub.demo import hook
from hub.demo.clients import DEPARTMENTS, DEVICES_TOO, MERCHANTS, PURPOSES, SENT_BACK_TO, SIGN_IN, WORKBENCH
from hub.demo.personas import README_USCC
from hub.demo.services.realname import ALGORITHM, NAME_CLAIM, VERIFIED_CLAIM
from hub.settings_tables import DepartmentTable
from hub.toml_text import write_toml

FILE = "hub.toml"
REAL_NAME, REAL_NAME_CLIENT, REAL_NAME_SECRET = "realname", "chengxin-hub", "secrets/realname"
"""The platform at which people prove their real name: as what it is configured, and the hub's own credentials there."""


@dataclass(frozen=True, slots=True)
class Configured:
    """What the file says beyond what never changes: the hub's address, the seed, its sources, clients and grants.

    real_name: address of the platform at which people prove their real name.
    """

    base_url: str
    seed: str
    sources: tuple[Mapping[str, Any], ...]
    clients: tuple[Client, ...]
    grants: tuple[Grant, ...]
    real_name: str


def write_configuration(folder: Path, configured: Configured) -> Path:
    """Write the file into the folder in one step and return its path."""
    path = folder / FILE
    draft = path.with_suffix(".draft")
    draft.write_text(write_toml(_document(configured)), encoding="utf-8", newline="\n")
    os.replace(draft, path)
    return path


def _document(configured: Configured) -> dict[str, Any]:
    return {
        "hub": {
            "label": "肇东市“码上诚信”查询网关",
            "controller": "肇东市营商环境局(市信用办)",
            "base_url": configured.base_url,
            "store": "sqlite:///hub.db",
            "keys": "keys",
            "deterministic": True,
            "seed": configured.seed,
        },
        "console": {"client": WORKBENCH, "purpose": "ADMINISTRATION", "sample": README_USCC},
        "channels": {
            "webhook": {"secrets": {hook.DEPARTMENT: f"file:{hook.SECRET}"}},
            "letter": {"sender": "肇东市营商环境局"},
            "call_list": {"folder": "calls"},
        },
        "name_index": {"basis": "演示:数据均为虚构", "keep_days": 90},
        "code": {
            "department": "credit",
            "issuer": "both",
            "parser": [
                {
                    "name": "province",
                    "label": "省级码上诚信码",
                    "pattern": r"(?:https://[a-z0-9.-]+/c/)?(?P<token>HL23[0-9A-Z]{16})",
                }
            ],
        },
        "department": [_department(department, configured.base_url) for department in DEPARTMENTS],
        "purpose": [_purpose(purpose) for purpose in PURPOSES],
        "provider": [
            {
                "name": REAL_NAME,
                "label": "实名认证平台（演示）",
                "label_en": "Real names (demo)",
                "kind": "real_name",
                "issuer": configured.real_name,
                "client_id": REAL_NAME_CLIENT,
                "client_secret": f"file:{REAL_NAME_SECRET}",
                "algorithms": [ALGORITHM],
                "name_claim": NAME_CLAIM,
                "verified_claim": VERIFIED_CLAIM,
                "department": MERCHANTS,
            }
        ],
        "source": list(configured.sources),
        "client": [_client(client) for client in configured.clients],
        "grant": [_grant(grant) for grant in configured.grants],
    }


def _department(department: DepartmentTable, base_url: str) -> dict[str, Any]:
    reached = {"webhook": base_url + hook.ADDRESS} if department.code == hook.DEPARTMENT else {}
    return {**department.model_dump(), **reached}


def _purpose(purpose: Purpose) -> dict[str, Any]:
    return {
        "code": purpose.code,
        "label": purpose.zh,
        "label_en": purpose.en,
        **({"scenario": purpose.scenario} if purpose.scenario else {}),
        "requires_case": purpose.requires_case,
        "public": purpose.public,
        **({"requires_consent": True} if purpose.requires_consent else {}),
        **({"delay_days": purpose.delay_days, "delay_basis": purpose.delay_basis} if purpose.delay_days else {}),
        **({"case_source": [_case_source(one) for one in purpose.case_sources]} if purpose.case_sources else {}),
    }


def _case_source(place: CaseSource) -> dict[str, Any]:
    named = {"source": place.source, "record": place.record, "key": place.key}
    return {**named, **_list("departments", place.departments)}


def _client(client: Client) -> dict[str, Any]:
    bindings = {name: list(values) for name, values in client.bindings.items()}
    return {
        "id": client.id,
        "label": client.label,
        "department": client.department,
        "role": client.role.value,
        "purposes": list(client.purposes),
        **({"bindings": bindings} if bindings else {}),
        **({"sign_in": True, "machine": True, "redirect_uris": [SENT_BACK_TO]} if client.id in SIGN_IN else {}),
        **({"device": True} if client.id in DEVICES_TOO else {}),
        **({"portal": True} if client.portal else {}),
    }


def _grant(grant: Grant) -> dict[str, Any]:
    return {
        "id": grant.id,
        "department": grant.department,
        "role": grant.role.value,
        "purposes": sorted(grant.purposes),
        **_list("scopes", grant.scopes),
        **_list("fields", grant.fields),
        **({"rows": _rows(grant.rows)} if grant.rows else {}),
        **_list("masked", grant.masked),
        **({"mask_personal": True} if grant.mask_personal else {}),
        **({"effect": grant.effect.value} if grant.effect is Effect.DENY else {}),
        **({"records_a_day": grant.records_a_day} if grant.records_a_day else {}),
        **({"entities_a_day": grant.entities_a_day} if grant.entities_a_day else {}),
        "starts": grant.starts,
        "ends": grant.ends,
        "legal_basis": grant.legal_basis,
        "approved_by": grant.approved_by,
    }


def _list(name: str, values: Iterable[str]) -> dict[str, list[str]]:
    found = sorted(map(str, values))
    return {name: found} if found else {}


def _rows(conditions: Iterable[Condition]) -> dict[str, Any]:
    return {c.field: {c.op.value.lower(): _operand(c)} for c in sorted(conditions, key=str)}


def _operand(condition: Condition) -> str | list[str]:
    operand = condition.operand
    return str(operand) if isinstance(operand, Binding) else list(operand)
