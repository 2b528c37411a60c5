"""Opens corrections of what sources say differently, and looks after the clocks of all that are open.

Questions only leave a note in memory of what differs; a keeper opens the corrections a few seconds later, once for what
is not open and was not answered for these very values. A note that is lost is left again by the next question.
"""

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from hub.audit.act import Act, append_act
from hub.clock import Clock, Moment, day_of
from hub.contested import Contested
from hub.events import Event
from hub.exchange.calendar import WorkingDays
from hub.exchange.calendar_days import load_days
from hub.exchange.correction_told import tell_of_opened, tell_of_waiting
from hub.exchange.corrections import Correction, Corrections, Doubt, Value
from hub.identity.anchors import Anchor, Keeping
from hub.plan.model import ENTITY, SUBJECT
from hub.rounds import Round, rounds
from hub.store.database import Database, StoreError
from schema.identity_enums import CorrectionState

BY_CLOCK = "clock"
"""Stands for the id of a request in entries of what nobody asked for."""
_EVERY, _CLOCK_EVERY = 5.0, 300.0
_TROUBLE = "corrections could not be looked after"
_MOST, _REMEMBERED = 1_000, 20_000
_WEEK = 7 * 24 * 3600


class Noticed:
    """What questions noticed since it was last taken, each once a day and not more than so many."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], Contested] = {}
        self._known: OrderedDict[tuple[str, str, object], date] = OrderedDict()

    def notice(self, found: Contested) -> None:
        """Take notice of what sources say differently; what does not fit any more, the next question tells again."""
        if len(self._waiting) < _MOST:
            self._waiting[found.entity, found.field] = found

    def take(self, today: date) -> list[Contested]:
        """What is to be looked at; what was, with these very values, is not again on the same day."""
        taken, self._waiting = list(self._waiting.values()), {}
        found = []
        for one in taken:
            key = one.entity, one.field, tuple((said.source, str(said.value)) for said in one.said)
            if self._known.get(key) != today:
                self._known[key] = today
                found.append(one)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return found

    def give_back(self, found: list[Contested]) -> None:
        """Have it looked at again: it could not be kept."""
        for one in found:
            self._known.pop((one.entity, one.field, tuple((said.source, str(said.value)) for said in one.said)), None)
            self.notice(one)


@dataclass(frozen=True, slots=True)
class CorrectionKeeper:
    """Looks after the corrections of a store; `departments` by source, `days`: working days that an owner has."""

    database: Database
    keeping: Keeping
    clock: Clock
    departments: Mapping[str, str]
    days: int
    opens: bool = True
    noticed: Noticed = field(default_factory=Noticed)

    async def open_noticed(self) -> int:
        """Open corrections of what was noticed; how many."""
        found = self.noticed.take(self.clock.today()) if self.opens else []
        if not found:
            return 0
        try:
            return await self.database.act(lambda connection: self._open(connection, found))
        except (StoreError, SQLAlchemyError, OSError):
            self.noticed.give_back(found)
            raise

    async def look(self) -> int:
        """Tell what is due now; how much was told."""
        if not await self.database.read(self._due):
            return 0
        return await self.database.act(self._tell)

    def correcting(self) -> AbstractAsyncContextManager[None]:
        """Look while the hub serves."""
        return rounds(Round(self.open_noticed, _EVERY, _TROUBLE), Round(self.look, _CLOCK_EVERY, _TROUBLE))

    def _open(self, connection: Connection, found: list[Contested]) -> int:
        moment = self.clock.moment()
        store, days = Corrections(connection, self.keeping, moment.second), load_days(connection)
        due = days.add_working_days(moment.day, self.days)
        opened = 0
        for one in found:
            for doubt in self._doubts(one):
                if not _is_known(store.about(doubt), doubt):
                    self._opened(connection, store.open(doubt, due), moment)
                    opened += 1
        return opened

    def _opened(self, connection: Connection, made: Correction, moment: Moment) -> None:
        told = {"number": made.number, "field": made.doubt.field, "owner": made.doubt.owner}
        append_act(
            connection, Act(moment.text, BY_CLOCK, "CORRECTION_OPENED", "CONFLICT", subject=made.number, told=told)
        )
        tell_of_opened(connection, self.keeping, made, moment.second)

    def _doubts(self, found: Contested) -> list[Doubt]:
        """One for each department whose source says something: it verifies its own value."""
        values = tuple(
            Value(said.source, self.departments.get(said.source, ""), _text(said.value), said.as_of)
            for said in found.said
        )
        owners = dict.fromkeys(one.department for one in values if one.value is not None and one.department)
        entity, name = Anchor(SUBJECT, found.entity), f"{ENTITY}.{found.field}"
        return [Doubt(entity, name, owner, values) for owner in owners]

    def _due(self, connection: Connection) -> list[tuple[Correction, Event]]:
        now, days = self.clock.moment().second, load_days(connection)
        waiting = Corrections(connection, self.keeping, now).waiting()
        found = ((one, due_event(one, now, days)) for one in waiting)
        return [(one, event) for one, event in found if event is not None]

    def _tell(self, connection: Connection) -> int:
        moment, found = self.clock.moment(), self._due(connection)
        store = Corrections(connection, self.keeping, moment.second)
        for one, event in found:
            tell_of_waiting(connection, self.keeping, event, one, moment.second)
            overdue = event is Event.CORRECTION_OVERDUE
            store.set(one.number, **{"escalated_at" if overdue else "warned_at": moment.second})
            told = {"number": one.number, "owner": one.doubt.owner, "due": one.due_on.isoformat()}
            append_act(connection, Act(moment.text, BY_CLOCK, event.value, "TOLD", subject=one.number, told=told))
        return len(found)


def due_event(one: Correction, now: int, days: WorkingDays) -> Event | None:
    """What is to be told of one that waits: on the working day before its last, and once a week when that is over."""
    today = day_of(now)
    if today > one.due_on:
        overdue = one.escalated_at is None or one.escalated_at <= now - _WEEK
        return Event.CORRECTION_OVERDUE if overdue else None
    warns = today >= days.add_working_days(one.due_on, -1)
    return Event.CORRECTION_DUE_SOON if warns and one.warned_at is None else None


def _is_known(before: Any, doubt: Doubt) -> bool:
    """True if one is open, or the owner answered for these very values."""
    if any(one.state is CorrectionState.OPEN for one in before):
        return True
    said = [(one.source, one.value) for one in doubt.values]
    return any([(one.source, one.value) for one in known.doubt.values] == said for known in before)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, tuple | list):
        return " ".join(str(part) for part in value if part is not None)
    return str(value)
