"""How cases stood, day by day: noted once for each department, purpose, case, day and outcome, with an entry."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from auth.access import Access
from hub.audit.act import Act, append_act
from hub.callers.ledger import Occasion
from hub.callers.vault import Vault
from hub.store.limit_tables import case_checks
from schema.enums import CaseState


@dataclass(frozen=True, slots=True)
class Asked:
    """A case as it is noted: whose, for what, by its digest, on which day."""

    day: str
    department: str
    purpose: str
    digest: str


@dataclass(frozen=True, slots=True)
class Checks:
    """The notes, in one transaction."""

    connection: Connection

    def noted(self, asked: Asked, state: CaseState) -> bool:
        """True if it was noted before today."""
        table = case_checks
        same = [table.c[name] == value for name, value in _row(asked, state).items()]
        return self.connection.execute(select(table.c.day).where(*same)).first() is not None

    def note(self, asked: Asked, state: CaseState) -> None:
        """Note it."""
        self.connection.execute(insert(case_checks).values(_row(asked, state)))

    def unknown(self, since: str) -> dict[tuple[str, str, str], dict[str, str]]:
        """Cases nobody knew on a day since then: by department, purpose and digest their states by days.

        One of which no source said anything, and that was known later on that day, is not among them.
        """
        table = case_checks
        noted: dict[tuple[str, str, str], dict[str, set[str]]] = {}
        for row in self.connection.execute(select(table).where(table.c.day >= since).order_by(table.c.day)):
            days = noted.setdefault((row.department, row.purpose, row.case_digest), {})
            days.setdefault(row.day, set()).add(row.state)
        found = {case: {day: state for day in days if (state := _doubtful(days[day]))} for case, days in noted.items()}
        return {case: days for case, days in found.items() if days}


def leave(connection: Connection, vault: Vault, occasion: Occasion, checked: tuple[Access, Asked, CaseState]) -> None:
    """Note how a case stood, and leave an entry, in the transaction of whoever calls."""
    access, asked, state = checked
    checks = Checks(connection)
    if checks.noted(asked, state):
        return
    checks.note(asked, state)
    client = access.caller.client
    made = Act(
        at=occasion.at,
        request_id=occasion.request_id,
        act="CASE_CHECKED",
        outcome=state.name,
        client=client.id,
        person=vault.short("person", access.caller.person or ""),
        told={
            "case": asked.digest,
            "department": asked.department,
            "purpose": asked.purpose,
            "role": client.role.value,
        },
    )
    append_act(connection, made)


def _doubtful(states: set[str]) -> str:
    """What is left to doubt after a day, empty if nothing is."""
    if CaseState.UNVERIFIED.name in states:
        return CaseState.UNVERIFIED.name
    return CaseState.UNCHECKED.name if states == {CaseState.UNCHECKED.name} else ""


def _row(asked: Asked, state: CaseState) -> dict[str, str]:
    return {
        "day": asked.day,
        "department": asked.department,
        "purpose": asked.purpose,
        "case_digest": asked.digest,
        "state": state.name,
    }
