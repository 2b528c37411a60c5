"""Looks after the periods of grants: warns while there is time, and says once that one has ended.

A grant that was never confirmed is so for a year from when the store decides: nothing that holds today ends unannounced.

What was told stands in the store in the same transaction, so that of several workers one tells it.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from auth.grants import Grant
from hub.acts.grants_told import GrantTelling
from hub.audit.act import Act, append_act
from hub.clock import Clock, Moment, years_after
from hub.exchange.approved import follow as approve_changes
from hub.exchange.certifying import uncertified
from hub.exchange.expiring import GrantWarning, due_warnings, note_warnings
from hub.http_question import new_request_id
from hub.owners import Owners
from hub.roster.grants import Grants
from hub.rounds import Round, rounds
from hub.store.access_tables import BY_FILE
from hub.store.database import Database
from hub.store.outbox import Sealing

EVERY = 600.0
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class GrantKeeper:
    """Looks after the grants of a store; `leads` says whether that decides, and not the file."""

    database: Database
    sealing: Sealing
    owners: Owners
    clock: Clock
    leads: Callable[[Connection], bool]

    async def look(self) -> int:
        """Begin the year of what was never confirmed, and tell what is due now; how many warnings were given."""
        moment = self.clock.moment()
        if await self.database.read(lambda connection: bool(self._beginning(connection, moment))):
            await self.database.act(lambda connection: self._begin(connection, moment))
        if not await self.database.read(lambda connection: bool(_due(connection, moment))):
            return 0
        return await self.database.act(lambda connection: self._tell(connection, moment))

    def keeping(self) -> AbstractAsyncContextManager[None]:
        """Look while the hub serves."""
        return rounds(Round(self.look, EVERY, "grants that end could not be told"))

    def _beginning(self, connection: Connection, moment: Moment) -> list[Grant]:
        """Grants whose first year begins: none while the file leads, which says itself for how long they hold."""
        if not self.leads(connection):
            return []
        return uncertified(Grants(connection, moment.second).current(), moment.day)

    def _begin(self, connection: Connection, moment: Moment) -> None:
        grants, until = Grants(connection, moment.second), years_after(moment.day, 1)
        found = self._beginning(connection, moment)
        requests = grants.requests()
        for one in found:
            grants.put(replace(one, certified_until=until), BY_FILE, requests.get(one.id, ""))
        if found:
            approve_changes(connection, self.sealing, moment.second)
            told = {"grants": str(len(found)), "until": until.isoformat()}
            append_act(connection, Act(moment.text, new_request_id(), "GRANTS_TO_CONFIRM", "GRANTED", told=told))

    def _tell(self, connection: Connection, moment: Moment) -> int:
        due = _due(connection, moment)
        telling = GrantTelling(connection, self.sealing, self.owners, moment.second)
        request = new_request_id()
        for one in due:
            telling.warn(one)
            told = {"grant": one.grant.id, "warning": one.kind.value, "day": one.day.isoformat()}
            append_act(connection, Act(moment.text, request, "GRANT_WARNED", "GRANTED", told=told))
        note_warnings(connection, due, moment.second, moment.day)
        return len(due)


def _due(connection: Connection, moment: Moment) -> list[GrantWarning]:
    return due_warnings(connection, Grants(connection, moment.second).current(), moment.day)
