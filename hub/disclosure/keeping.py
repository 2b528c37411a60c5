"""Looks after the record while the hub serves: objections that are due, months whose keys are over, what was conspicuous.

What was told or purged stands in the store, so that of several workers one does it, and whoever is killed has done it or
not. Every look also takes notice of keys that others destroyed.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, delete, insert, select

from hub.audit.act import Act, append_act
from hub.audit.chains import Chains, first_day_of
from hub.callers.attendant import Attendant
from hub.clock import Moment
from hub.disclosure.anomalies import find_anomalies
from hub.disclosure.crowds import Crowds, counted
from hub.disclosure.filling import reached
from hub.disclosure.objections import Objection, Objections
from hub.disclosure.objections_told import tell_due
from hub.disclosure.retention import Due, due, purge
from hub.events import Event
from hub.exchange.calendar_days import load_days
from hub.exchange.recorded import first_since
from hub.notices.telling import News, tell
from hub.rounds import Round, rounds
from hub.settings_record import AnomaliesTable, RetentionTable
from hub.store.simulator_tables import scans

EVERY = 300.0
"""Seconds between two looks."""
BY_CLOCK = "clock"
"""Stands for the id of a request in entries of what nobody asked for."""
_WATCH = "anomalies"


@dataclass(frozen=True, slots=True)
class RecordKeeper:
    """Looks after the record of a store."""

    attendant: Attendant
    chains: Chains
    retention: RetentionTable
    anomalies: AnomaliesTable
    crowds: Crowds

    async def look(self) -> int:
        """Do what is due now; how much that was."""
        attendant, moment = self.attendant, self.attendant.clock.moment()
        await self.crowds.look(moment.day)
        if not await attendant.database.read(lambda connection: self._is_due(connection, moment)):
            return 0
        done = await attendant.write(lambda connection: self._do(connection, moment))
        await attendant.database.read(self.chains.reload)
        return done

    def keeping(self) -> AbstractAsyncContextManager[None]:
        """Look while the hub serves."""
        return rounds(Round(self.look, EVERY, "what is due for the record could not be done"))

    def _is_due(self, connection: Connection, moment: Moment) -> bool:
        self.chains.reload(connection)
        return bool(
            self._objections(connection, moment)
            or self._purged(connection, moment)
            or self._unwatched(connection, moment)
        )

    def _do(self, connection: Connection, moment: Moment) -> int:
        told = self._tell_objections(connection, moment)
        purged = self._purged(connection, moment)
        for one in purged:
            purge(connection, self.chains, one)
            append_act(connection, purged_act(one, moment, BY_CLOCK, ""))
        return told + len(purged) + self._watch(connection, moment)

    def _objections(self, connection: Connection, moment: Moment) -> list[tuple[Objection, bool]]:
        """Objections of which somebody is to be told, each with whether it is overdue."""
        soon = load_days(connection).add_working_days(moment.day, 1)
        waiting = Objections(connection, self.attendant.vault, moment.second).waiting(soon)
        found = ((one, one.due_on < moment.day) for one in waiting)
        return [
            (one, overdue) for one, overdue in found if (one.escalated_at is None if overdue else one.warned_at is None)
        ]

    def _tell_objections(self, connection: Connection, moment: Moment) -> int:
        vault, found = self.attendant.vault, self._objections(connection, moment)
        kept = Objections(connection, vault, moment.second)
        for one, overdue in found:
            tell_due(connection, vault, one, moment.second, overdue=overdue)
            kept.note(one.number, "escalated_at" if overdue else "warned_at")
            act = "OBJECTION_OVERDUE" if overdue else "OBJECTION_DUE_SOON"
            told = {"number": one.number, "of": one.department, "due": one.due_on.isoformat()}
            append_act(connection, Act(moment.text, BY_CLOCK, act, "TOLD", subject=one.number, told=told))
        return len(found)

    def _purged(self, connection: Connection, moment: Moment) -> list[Due]:
        if not self.retention.nightly:
            return []
        return [one for one in due(connection, self.chains, self.retention, moment.day) if one.months]

    def _unwatched(self, connection: Connection, moment: Moment) -> date | None:
        """Yesterday, where nobody looked at it yet and all of it is in the index and counted; None if nothing is to be looked at."""
        yesterday = moment.day - timedelta(days=1)
        watched = connection.execute(select(scans.c.next).where(scans.c.name == _WATCH)).scalar()
        if watched is not None and watched >= yesterday.toordinal():
            return None
        is_whole = first_since(connection, moment.day.isoformat()) <= reached(connection)
        return yesterday if is_whole and counted(connection, yesterday) else None

    def _watch(self, connection: Connection, moment: Moment) -> int:
        day = self._unwatched(connection, moment)
        if day is None:
            return 0
        count = len(find_anomalies(connection, self.anomalies, day, day))
        connection.execute(delete(scans).where(scans.c.name == _WATCH))
        connection.execute(insert(scans).values(name=_WATCH, next=day.toordinal()))
        if count:
            news = News(Event.ANOMALIES_FOUND, {"day": day.isoformat(), "count": count})
            tell(connection, self.attendant.vault, news, moment.second)
            told = {"day": day.isoformat(), "count": str(count)}
            append_act(connection, Act(moment.text, BY_CLOCK, "ANOMALIES_FOUND", "TOLD", told=told))
        return 1


def purged_act(one: Due, moment: Moment, request_id: str, person: str) -> Act:
    """What stands in the record of a purge."""
    told = {"chain": one.chain.name, "before": first_day_of(one.until), "entries": str(one.entries)}
    return Act(moment.text, request_id, "KEYS_DESTROYED", "GRANTED", person=person, told=told)
