"""The hall with stewards and officers of the hub in it: people who ask for grants, and those who confirm them."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from auth.roles import Role
from hub.callers.ledger import StoreLedger
from hub.roster.grants import Grants
from tests.acts.hall import Hall, Someone, open_hall

_PEOPLE = {
    "registrar": ("STEWARD", "registrar"),
    "registrar-2": ("STEWARD", "registrar"),
    "civil": ("STEWARD", "civil"),
    "market": ("STEWARD", "market"),
    "health": ("STEWARD", "health"),
    "credit": ("STEWARD", "credit"),
    "justice": ("STEWARD", "justice"),
    "inspector": ("OFFICER", "market"),
    "window": ("CLERK", "hall"),
    "auditor": ("AUDIT", "operations"),
    "system": ("ADMIN", "operations"),
    "sec": ("SEC", "operations"),
}
"""Who is at the desk: account name, role and department."""
_CLIENTS = "\n".join(
    f'[[client]]\nid = "c-{name}"\nlabel = "{name}"\ndepartment = "{department}"\nrole = "{role}"\npurposes = ["OPERATIONS"]\n'
    for name, (role, department) in _PEOPLE.items()
)
GRANT = "id department role state daysLeft certifiedUntil lastDay frozen request owners version"


@asynccontextmanager
async def open_desk(folder: Path, edit: Callable[[str], str] = str) -> AsyncIterator[Hall]:
    """The hall with all these people, in a hub whose store leads: of a demo the file does."""

    def edited(written: str) -> str:
        assert "deterministic = true" in written
        return edit(written.replace("deterministic = true", "deterministic = false") + _CLIENTS)

    async with open_hall(folder, edited) as hall:
        for name, (role, department) in _PEOPLE.items():
            hall.add(f"p-{name}", Role(role), department, f"人员-{name}")
        await hall.world.hub.warner.look()
        await hall.world.hub.attendant.refresh()
        yield hall


def change(hall: Hall, name: str, **parts: Any) -> None:
    """Have a grant be otherwise."""

    def work(ledger: StoreLedger) -> None:
        grants = Grants(ledger.connection, ledger.now)
        grant = grants.of(name)
        assert grant is not None
        grants.put(replace(grant, **parts), "somebody")

    hall.store(work)


def person(hall: Hall, name: str) -> Someone:
    """Somebody at the desk."""
    return Someone(f"c-{name}", hall.accounts[f"p-{name}"].id)


async def grants(hall: Hall, name: str, arguments: str = "first: 200", fields: str = GRANT) -> list[dict[str, Any]]:
    """Grants as somebody sees them."""
    given = f"({arguments})" if arguments else ""
    query = f"{{ grants{given} {{ totalCount pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {fields} }} }} }} }}"
    found = await hall.act(person(hall, name), query, None)
    return [edge["node"] for edge in found["grants"]["edges"]]


async def ids(hall: Hall, name: str, arguments: str = "first: 200") -> set[str]:
    """Ids of the grants somebody sees."""
    return {one["id"] for one in await grants(hall, name, arguments, "id")}


async def confirm(hall: Hall, name: str, names: Iterable[str], until: str | None = None) -> list[dict[str, Any]]:
    """What becomes of confirming grants."""
    query = "mutation ($ids: [String!]!, $until: Date) { recertifyGrants(ids: $ids, until: $until) { grants {"
    query += " id certifiedUntil waitingFor } position } }"
    variables = {"ids": list(names), "until": until}
    done = await hall.act(person(hall, name), query, variables=variables)
    found: list[dict[str, Any]] = done["recertifyGrants"]["grants"]
    return found


async def take(hall: Hall, name: str, rows: list[dict[str, Any]], *, preview: bool = True) -> dict[str, Any]:
    """What becomes of rows of a sheet."""
    query = """mutation ($rows: [GrantRow!]!, $preview: Boolean!) { importGrants(rows: $rows, preview: $preview) {
      request absent position rows { row id becomes inWords inWordsEn differences { column before after }
      mistakes { column message messageEn suggestion } } } }"""
    done = await hall.act(person(hall, name), query, variables={"rows": rows, "preview": preview})
    found: dict[str, Any] = done["importGrants"]
    return found


def on(hall: Hall, day: str) -> None:
    """Let it be noon of a day."""
    hall.world.now = datetime.fromisoformat(f"{day}T12:00:00+08:00")


def later(hall: Hall, **time: int) -> None:
    """Let time pass."""
    hall.world.now += timedelta(**time)
