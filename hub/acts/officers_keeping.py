"""Looks after the clocks of officers while the hub serves: deputies whose time is over, reviews that are due or overdue."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from hub.acts.officers_told import REMIND_BEFORE, Telling
from hub.audit.act import Act, append_act
from hub.callers.attendant import Attendant
from hub.callers.deputies import Deputed
from hub.exchange.emergencies import Emergencies
from hub.rounds import Round, rounds

EVERY = 30.0
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class OfficersKeeper:
    """Tells of what is over and what is due, each once, whichever worker comes first."""

    attendant: Attendant

    def keeping(self) -> AbstractAsyncContextManager[None]:
        """Keep looking while the hub serves."""
        return rounds(Round(self.look, EVERY, "what is due for officers could not be told"))

    async def look(self) -> int:
        """Tell of everything that is due now; how much that was."""
        moment = self.attendant.clock.moment()
        due = await self.attendant.database.read(lambda connection: self._due(connection, moment.second, moment.day))
        if not due:
            return 0
        return await self.attendant.write(lambda c: self._tell(c, moment.second, moment.day))

    def _due(self, connection: Connection, now: int, today: date) -> bool:
        vault = self.attendant.vault
        waiting = Emergencies(connection, vault, now).unreviewed(today + REMIND_BEFORE)
        untold = [one for one, reminded, told in waiting if not reminded or (one.due_on < today and not told)]
        return bool(untold or Deputed(connection, vault, now).over())

    def _tell(self, connection: Connection, now: int, today: date) -> int:
        vault, told = self.attendant.vault, 0
        telling, deputed = Telling(connection, vault, now), Deputed(connection, vault, now)
        for one in deputed.over():
            telling.deputy_over(one, one.ends)
            deputed.note_told(one)
            self._record(connection, "DEPUTY_ENDED", "PERIOD_OVER", one.id)
            told += 1
        kept = Emergencies(connection, vault, now)
        for emergency, reminded, escalated in kept.unreviewed(today + REMIND_BEFORE):
            if not reminded:
                telling.review_due(emergency)
                kept.note(emergency, "reminded_at")
                told += 1
            if emergency.due_on < today and not escalated:
                telling.review_overdue(emergency)
                kept.note(emergency, "escalated_at")
                self._record(connection, "EMERGENCY_OVERDUE", "ESCALATED", emergency.id)
                told += 1
        return told

    def _record(self, connection: Connection, act: str, outcome: str, name: str) -> None:
        occasion = self.attendant.occasion("clock")
        append_act(connection, Act(occasion.at, occasion.request_id, act, outcome, told={"id": name}))
