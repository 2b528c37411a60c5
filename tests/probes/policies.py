"""Clients, and what they are granted, drawn from a seed: every form a grant can take, over the whole schema."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from auth.classes import Sensitivity
from auth.roles import Role
from auth.scopes import Scope
from hub.toml_text import write_toml
from schema.catalogue import Catalogue
from tests.oracle.askers import Asker

WHOLE = Asker("everything", "amr-officer", "INSPECTION")
"""Who is shown every entity once, so that each id is known."""
PUBLIC = Asker("public", None)
_PURPOSES = ("INSPECTION", "APPROVAL")
_DEPARTMENTS = ("amr", "health", "credit", "civil", "bank")
_ROLES = (Role.CLERK, Role.JUDGE, Role.BANK, Role.MERCHANT, Role.STEWARD, Role.ADMIN)
_DIVISIONS = ("3205", "320501", "320502", "3301", "310101")
_PERIODS = (
    *((date(2026, 1, 1), date(2026, 12, 31)),) * 7,
    *((date(2026, 3, 10), date(2026, 3, 10)), (date(2025, 1, 1), date(2026, 3, 9)), (date(2026, 3, 11), date.max)),
)
"""Mostly such as hold on the day that all questions are asked; the others begin tomorrow or ended yesterday."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Who asks, and the `[[client]]` and `[[grant]]` tables that say what they may see."""

    askers: tuple[Asker, ...]
    text: str


def draw_policies(seed: int, catalogue: Catalogue, codes: Sequence[str], clients: int = 16) -> Drawn:
    """Clients of several departments and roles with their grants; `codes` are those of entities to be bound to."""
    rng = random.Random(seed)
    tables = [_client("amr-officer", "amr", Role.OFFICER, ("INSPECTION",), {}), *_clients(rng, codes, clients)]
    grants = [_whole(catalogue), *_grants(rng, catalogue, codes, tables)]
    numbered = [{"id": f"g{number:03d}", **grant} for number, grant in enumerate(grants)]
    askers = [_asker(rng, table) for table in tables[1:] for _ in range(2)]
    return Drawn((PUBLIC, *askers), write_toml({"client": tables, "grant": numbered}))


def _clients(rng: random.Random, codes: Sequence[str], number: int) -> list[dict[str, Any]]:
    return [
        _client(
            f"client-{place}",
            rng.choice(_DEPARTMENTS),
            rng.choice(_ROLES),
            tuple(rng.sample(_PURPOSES, rng.choice((1, 2)))),
            _bindings(rng, codes),
        )
        for place in range(number)
    ]


def _client(
    name: str, department: str, role: Role, purposes: Sequence[str], bindings: dict[str, list[str]]
) -> dict[str, Any]:
    made = {"id": name, "label": name, "department": department, "role": role.value, "purposes": list(purposes)}
    return {**made, **({"bindings": bindings} if bindings else {})}


def _bindings(rng: random.Random, codes: Sequence[str]) -> dict[str, list[str]]:
    """Values of one's own: some, none, or not even the name."""
    drawn = {
        "division": rng.sample(_DIVISIONS, rng.choice((0, 1, 1, 2))),
        "own": rng.sample(codes, rng.choice((0, 1, 3))),
    }
    return {name: values for name, values in drawn.items() if rng.random() < 0.8}


def _asker(rng: random.Random, client: dict[str, Any]) -> Asker:
    purpose = rng.choice(client["purposes"])
    scopes = tuple(sorted(rng.sample(list(Scope), 8))) if rng.random() < 0.2 else ()
    return Asker(f"{client['id']} {purpose} {len(scopes)} {rng.random()}", client["id"], purpose, scopes)


def _whole(catalogue: Catalogue) -> dict[str, Any]:
    scopes = sorted({rule.scope.value for rule in catalogue.fields.values()})
    return _grant("amr", Role.OFFICER, ["INSPECTION"], (date(2026, 1, 1), date.max)) | {"scopes": scopes}


def _grants(
    rng: random.Random, catalogue: Catalogue, codes: Sequence[str], clients: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    found = []
    spoken = sorted({(one["department"], Role(one["role"])) for one in clients[1:]})
    for department, role in [*spoken * 4, ("*", Role.PUBLIC), ("*", Role.PUBLIC)]:
        purposes = ["PUBLIC_QUERY"] if role is Role.PUBLIC else rng.sample(_PURPOSES, rng.choice((1, 2, 2)))
        whom = rng.choice((department, department, department, "*"))
        found.append(_drawn(rng, catalogue, codes, _grant(whom, role, purposes, rng.choice(_PERIODS))))
    return found


def _grant(department: str, role: Role, purposes: Sequence[str], period: tuple[date, date]) -> dict[str, Any]:
    starts, ends = period
    made = {"department": department, "role": role.value, "purposes": list(purposes), "starts": starts, "ends": ends}
    return {**made, "legal_basis": "依据", "approved_by": "甲"}


def _drawn(rng: random.Random, catalogue: Catalogue, codes: Sequence[str], grant: dict[str, Any]) -> dict[str, Any]:
    """A grant with what it is of: mostly an allowance of several scopes and fields, to which entities hang."""
    if rng.random() < 0.12:
        denied = {"effect": "deny", "fields": rng.sample(sorted(catalogue.fields), 6), "scopes": _scopes(rng, 1)}
        return grant | denied | ({"purposes": []} if rng.random() < 0.5 else {})
    if grant["role"] == Role.PUBLIC:
        return grant | _of_everybody(rng, catalogue)
    scopes = _scopes(rng, rng.choice((3, 8, 14)))
    fields = rng.sample(sorted(catalogue.fields), rng.choice((0, 4, 12)))
    if rng.random() < 0.85:
        scopes = sorted({*scopes, Scope.ENTITY_IDENTITY.value})
    masked = [
        name
        for name, rule in sorted(catalogue.fields.items())
        if rule.mask is not None and (name in fields or rule.scope in scopes) and rng.random() < 0.4
    ]
    rows = _rows(rng, codes) if rng.random() < 0.5 else {}
    return grant | {"scopes": scopes, "fields": fields, "masked": masked, "mask_personal": rng.random() < 0.3} | rows


def _of_everybody(rng: random.Random, catalogue: Catalogue) -> dict[str, Any]:
    """What may be open to everybody: public fields, others masked only."""
    public = [name for name, rule in sorted(catalogue.fields.items()) if rule.sensitivity is Sensitivity.PUBLIC]
    masked = rng.sample([name for name, rule in sorted(catalogue.fields.items()) if rule.mask is not None], 3)
    return {"fields": sorted({*rng.sample(public, 60), *masked}), "masked": masked}


def _scopes(rng: random.Random, number: int) -> list[str]:
    return sorted(scope.value for scope in rng.sample(list(Scope), number))


def _rows(rng: random.Random, codes: Sequence[str]) -> dict[str, Any]:
    conditions: tuple[dict[str, Any], ...] = (
        {"divisionCode": {"prefix": "$division"}},
        {"divisionCode": {"prefix": rng.sample(_DIVISIONS, 2)}},
        {"uscc": {"in": "$own"}},
        {"uscc": {"in": rng.sample(codes, 5)}},
        {"industryCode": {"prefix": ["62", "84"]}},
        {"kind": {"in": ["ENTERPRISE", "INDIVIDUAL"]}},
    )
    rows: dict[str, Any] = {}
    for condition in rng.sample(conditions, rng.choice((1, 1, 2))):
        rows |= condition
    return {"rows": rows}
