"""The hall with officers in it: two of each office, enforcement officers, stewards – all signed in through one portal."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from auth.caller import Standing
from auth.roles import Role
from tests.acts.hall import Hall, Someone, open_hall

PORTAL = """
[[client]]
id = "portal"
label = "工作台"
department = "operations"
role = "DEV"
purposes = ["OPERATIONS", "INSPECTION", "SERVICE", "PUBLIC_QUERY"]
sign_in = true
portal = true
redirect_uris = ["https://portal.example/back"]
"""
FACTOR = bytes(range(20))
PEOPLE: dict[str, tuple[Role, str, str, dict[str, Any]]] = {
    "admin": (Role.ADMIN, "operations", "系统甲", {}),
    "admin-2": (Role.ADMIN, "operations", "系统乙", {}),
    "security": (Role.SEC, "operations", "安全甲", {}),
    "security-2": (Role.SEC, "operations", "安全乙", {}),
    "audit": (Role.AUDIT, "operations", "审计甲", {}),
    "audit-2": (Role.AUDIT, "operations", "审计乙", {}),
    "dev": (Role.DEV, "operations", "开发甲", {}),
    "dev-2": (Role.DEV, "operations", "开发乙", {}),
    "officer": (Role.OFFICER, "market", "执法甲", {"bindings": {"division": ("231282",)}}),
    "officer-2": (Role.OFFICER, "market", "执法乙", {"bindings": {"division": ("230199",)}}),
    "steward": (Role.STEWARD, "market", "数源甲", {}),
    "steward-2": (Role.STEWARD, "market", "数源乙", {}),
    "credit-steward": (Role.STEWARD, "credit", "数源丙", {}),
    "banker": (Role.BANK, "bank", "信贷甲", {}),
}


def signed_in(hall: Hall, name: str) -> Someone:
    """Somebody who signed in through the portal, as they are now."""
    account = hall.look(lambda ledger: ledger.people.named(hall.accounts[name].id))
    assert account is not None
    return Someone("portal", account.id, Standing(account.department, account.role, account.bindings))


def as_deputy(hall: Hall, principal: str) -> dict[str, Any]:
    """What a request says of whom one acts for."""
    return {"headers": {"hub-acting-for": hall.accounts[principal].id, "hub-purpose": "OPERATIONS"}}


FOR = {"headers": {"hub-purpose": "OPERATIONS"}}
INSPECTING = {"headers": {"hub-purpose": "INSPECTION", "hub-case": "17"}}


async def done(hall: Hall, name: str, query: str, **more: Any) -> Any:
    """The one field of what somebody did."""
    (found,) = (await hall.act(signed_in(hall, name), query, **{**FOR, **more})).values()
    return found


async def turned_away(hall: Hall, name: str, query: str, **more: Any) -> str:
    """The code with which somebody is refused."""
    return await hall.refused(signed_in(hall, name), query, **{**FOR, **more})


async def told(hall: Hall, headers: dict[str, str], query: str = "{ me { role } }") -> httpx2.Response:
    """The answer to a question with headers that were made before."""
    return await hall.world.client.post("/graphql", json={"query": query}, headers={**FOR["headers"], **headers})


@asynccontextmanager
async def open_offices(folder: Path, edit: Callable[[str], str] = str) -> AsyncIterator[Hall]:
    """The hall with its officers, in an empty folder."""
    async with open_hall(folder, lambda written: edit(written + PORTAL)) as hall:
        for name, (role, department, label, more) in PEOPLE.items():
            factor = None if role is Role.DEV else FACTOR
            hall.add(name, role, department, label, second_factor=factor, **more)
        yield hall
