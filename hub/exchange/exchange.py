"""One caller in one transaction of the exchange: what requests are dealt with, by whom, and what is left of it on record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from auth.roles import Role
from hub.clock import SHANGHAI
from hub.errors import HubError
from hub.exchange.calendar import WorkingDays
from hub.exchange.calendar_days import load_days
from hub.exchange.requests import Request, Requests, Step
from hub.owners import Owners
from hub.roster.grants import Grants
from hub.roster.roster import Roster, load_roster
from hub.store.outbox import Sealing
from schema.enums import RequestStepKind

Record = Callable[[str, str, str, Mapping[str, str]], int]
"""Leaves an entry of an act (name, outcome, subject, what is told of it) and says where."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who deals with requests: a person, everybody they stand for (themselves included), and as whom they act now."""

    person: str
    counts_as: frozenset[str]
    department: str
    role: Role
    client: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """What requests are dealt with, in one transaction; `now` in seconds since 1970."""

    connection: Connection
    sealing: Sealing
    now: int
    owners: Owners
    record: Record

    @property
    def requests(self) -> Requests:
        """The requests of this transaction."""
        return Requests(self.connection, self.sealing, self.now)

    @property
    def grants(self) -> Grants:
        """The grants of this transaction."""
        return Grants(self.connection, self.now)

    @property
    def today(self) -> date:
        """This business day."""
        return datetime.fromtimestamp(self.now, SHANGHAI).date()

    def days(self) -> WorkingDays:
        """The working days."""
        return load_days(self.connection)

    def roster(self) -> Roster:
        """Who may see what, as this transaction has it."""
        return load_roster(self.connection, self.now)

    def request(self, number: str) -> Request:
        """The request as it is now; HubError if there is none."""
        found = self.requests.of(number) if number.isascii() and number.isprintable() else None
        if found is None:
            raise HubError("REQUEST_NOT_FOUND")
        return found

    def note(
        self, actor: Actor, number: str, kind: RequestStepKind, told: Mapping[str, str], note: str | None = None
    ) -> int:
        """Leave an entry and a step of what an actor did; the position of the entry."""
        act = "REQUEST_ANSWERED" if kind is RequestStepKind.APPROVED else f"REQUEST_{kind.name}"
        outcome = "REFUSED" if kind is RequestStepKind.REFUSED else "GRANTED"
        position = self.record(act, outcome, number, told)
        made = Step(kind, self.now, actor.person, actor.counts_as, position, told.get("owner", ""), note)
        self.requests.add_step(number, made)
        return position
