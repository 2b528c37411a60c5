"""The hall with who asks the simulator, and what its tests share: drafts as requests, questions, changes behind its back."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from auth.grants import Grant
from hub.exchange.changes import Change
from hub.roster.grants import Grants
from hub.store.access_tables import access_requests
from tests.acts.hall import Hall, Someone, open_hall

MORE = """
[[client]]
id = "auditing"
label = "审计台"
department = "operations"
role = "AUDIT"
purposes = ["OPERATIONS"]

[[client]]
id = "stewards"
label = "数源管理台"
department = "credit"
role = "STEWARD"
purposes = ["OPERATIONS"]
"""
AUDITOR, STEWARD = Someone("auditing"), Someone("stewards")
CLERK = Someone("clerk")
DAY = date(2026, 11, 23)
SERVICE = {"headers": {"hub-purpose": "SERVICE"}}
NAMED = '{ entity(uscc: "91231282MA9X0A019P") { name } }'


@asynccontextmanager
async def open_city(folder: Path, edit: Callable[[str], str] = str) -> AsyncIterator[Hall]:
    """The hall, wired in an empty folder."""
    async with open_hall(folder, lambda written: edit(written + MORE)) as hall:
        yield hall


def grant(hall: Hall, name: str) -> Grant:
    """A grant as the store has it now."""
    found = hall.store(lambda ledger: Grants(ledger.connection, ledger.now).of(name))
    assert found is not None
    return found


def put(hall: Hall, changed: Grant) -> Grant:
    """Record a grant as the hub does, and have this worker feel it."""
    attendant = hall.world.hub.attendant
    made = attendant.perform(lambda ledger: Grants(ledger.connection, ledger.now).put(changed, "somebody"))
    attendant.database.reading(lambda connection: attendant.renew(connection, attendant.clock.moment().second))
    return made


def request(hall: Hall, number: str, *changes: Change) -> str:
    """A stored request of these changes; its number."""
    row = {
        "number": number,
        "state": "SUBMITTED",
        "department": "hall",
        "asked_by": "somebody",
        "client": "clerk",
        "paper": False,
        "reason": b"-",
        "changes": json.dumps([change.body() for change in changes]),
        "made_at": 0,
        "basis": "",
    }
    hall.store(lambda ledger: ledger.connection.execute(insert(access_requests).values(row)))
    return number


def behind(hall: Hall, statement: str, **values: Any) -> None:
    """Change the store by hand, as somebody would who has its password."""
    hall.store(lambda ledger: ledger.connection.execute(text(statement), values))


def tamper(hall: Hall, name: str, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the body of a stored grant by hand; its version stays as it was."""
    bodies = dict(hall.rows("SELECT id, body FROM grants WHERE replaced_at IS NULL"))
    body = json.loads(bodies[name])
    change(body)
    behind(
        hall, "UPDATE grants SET body = :body WHERE id = :id AND replaced_at IS NULL", id=name, body=json.dumps(body)
    )


async def ask_many(hall: Hall, asked: Sequence[tuple[Someone | None, str, str]]) -> None:
    """Put real questions: who, for which purpose, which text."""
    for who, purpose, question in asked:
        response = await hall.ask(who, question, None, headers={"hub-purpose": purpose, "hub-case": "J-1"})
        assert response.status_code == 200, response.text


def at(hall: Hall, moment: str) -> None:
    """Have it be another moment (RFC 3339)."""
    hall.world.now = datetime.fromisoformat(moment)
