"""The clocks of requests: warns owners while there is time, escalates what is overdue, and says it again every week.

What was told stands in the store, so that of several workers one tells it, and whoever is killed has told it or not.
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from auth.classes import Sharing
from hub.audit.act import Act, append_act
from hub.clock import SHANGHAI, Clock
from hub.events import Event
from hub.exchange.calendar import WorkingDays
from hub.exchange.calendar_days import load_days, warn_of_end
from hub.exchange.requests import Part, Request, Requests
from hub.exchange.told import Telling
from hub.owners import WORKING_DAYS
from hub.rounds import Round, rounds
from hub.store.database import Database
from hub.store.outbox import Sealing
from schema.enums import PartState

EVERY = 300.0
"""Seconds between two looks."""
BY_CLOCK = "clock"
"""Stands for the id of a request in entries of what nobody asked for."""
_CALENDAR_EVERY = 24 * 3600.0
"""Seconds between two looks at the end of the calendar."""
_TROUBLE = "the clocks of requests could not be looked at"
_WEEK = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class RequestKeeper:
    """Looks after the clocks of a store's requests."""

    database: Database
    sealing: Sealing
    clock: Clock

    async def look(self) -> int:
        """Tell what is due now; how much was told."""
        if not await self.database.read(self._due):
            return 0
        return await self.database.act(self._tell)

    def keeping(self) -> AbstractAsyncContextManager[None]:
        """Look while the hub serves."""
        return rounds(Round(self.look, EVERY, _TROUBLE), Round(self._look_ahead, _CALENDAR_EVERY, _TROUBLE))

    async def _look_ahead(self) -> None:
        warn_of_end(await self.database.read(load_days), self.clock.today())

    def _due(self, connection: Connection) -> list[tuple[Request, Part, Event]]:
        """What is to be told: warnings once, what is overdue once a week."""
        now, days = self.clock.moment().second, load_days(connection)
        waiting = Requests(connection, self.sealing, now).waiting()
        found = ((one, part, due_event(part, now, days)) for one in waiting for part in one.parts)
        return [(one, part, event) for one, part, event in found if event is not None]

    def _tell(self, connection: Connection) -> int:
        moment, found = self.clock.moment(), self._due(connection)
        requests = Requests(connection, self.sealing, moment.second)
        telling = Telling(connection, self.sealing, moment.second)
        for request, part, event in found:
            number, owner, due = request.number, part.owner, part.due_on
            telling.owner(event, owner, number, due)
            overdue = event is Event.REQUEST_OVERDUE
            requests.set_part(number, owner, **{"escalated_at" if overdue else "warned_at": moment.second})
            told = {"number": number, "owner": owner, "due": due.isoformat() if due else ""}
            append_act(connection, Act(moment.text, BY_CLOCK, event.value, "TOLD", subject=number, told=told))
        return len(found)


def due_event(part: Part, now: int, days: WorkingDays) -> Event | None:
    """What is to be told of a part now, None if nothing is."""
    if part.state is not PartState.WAITING or part.due_on is None:
        return None
    today = datetime.fromtimestamp(now, SHANGHAI).date()
    if today > part.due_on:
        told = part.escalated_at
        return Event.REQUEST_OVERDUE if told is None or told <= now - _WEEK else None
    return Event.REQUEST_DUE_SOON if part.warned_at is None and today >= warns_on(part, days) else None


def warns_on(part: Part, days: WorkingDays) -> date:
    """The day from which on an owner is told that a part is due: the working day before, or the last day itself of two."""
    due = part.due_on or date.max
    return due if part.sharing is Sharing.UNCONDITIONAL else days.add_working_days(due, -1)


def recount(requests: Requests, days: WorkingDays) -> Mapping[str, date]:
    """Count the days of everything that waits anew, after the calendar was changed; the new last days by number and owner."""
    moved: dict[str, date] = {}
    for request in requests.waiting():
        for part in request.parts:
            if part.state is not PartState.WAITING or request.submitted_at is None:
                continue
            begun = datetime.fromtimestamp(request.submitted_at, SHANGHAI).date()
            due = days.add_working_days(begun, WORKING_DAYS[part.sharing] * (2 if part.extended else 1))
            if due != part.due_on:
                requests.set_part(request.number, part.owner, due_on=due.isoformat(), warned_at=None)
                moved[f"{request.number} {part.owner}"] = due
    return moved
