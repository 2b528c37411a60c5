"""Everything the hub does for callers goes through here: transactions of the store, and keeping this worker up to date.

Knows HTTP only by the id of a request. What is written is durable when a method returns.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from anyio import CapacityLimiter
from sqlalchemy import Connection

from auth.admission import Admission
from auth.server.house import House
from auth.signer import KeyRing
from hub.callers.deputies import load_deputyships
from hub.callers.ledger import Occasion, StoreLedger
from hub.callers.purging import purge
from hub.callers.signing import load_keys
from hub.callers.stopping import gather_stops
from hub.callers.vault import Vault
from hub.callers.warning import unwarned, warn_of_ending
from hub.clock import Clock
from hub.exchange.approved import follow as approve_changes
from hub.identity.redirects import Redirects
from hub.roster.roster import Roster, load_roster
from hub.roster.versions import changed
from hub.rounds import Round, beside, rounds
from hub.store.database import Database, StoreError
from hub.store.keys import KeyStore
from hub.store.pulse import count, follow

if TYPE_CHECKING:
    from auth.server.server import OAuthServer

Result = TypeVar("Result")
AT_ONCE, IN_LINE = 4, 500
"""Transactions of callers that are handed to the writer at a time, and callers that may wait for their turn."""
_TEND_EVERY = 600.0


@dataclass(slots=True)
class Attendant:
    """What callers are served with; `roster` is what was in force when it was last looked for."""

    database: Database
    keys: KeyStore
    ring: KeyRing
    vault: Vault
    house: House
    admission: Admission
    clock: Clock
    roster: Roster
    redirects: Redirects = field(default_factory=Redirects, repr=False)
    line: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(AT_ONCE), repr=False)

    def occasion(self, request_id: str) -> Occasion:
        """This moment, in a request."""
        moment = self.clock.moment()
        return Occasion(moment.second, moment.text, request_id)

    async def act(self, request_id: str, work: Callable[[StoreLedger], Result]) -> Result:
        """Result of a function that writes; StoreError if it could not, and nothing is kept."""
        occasion = self.occasion(request_id)
        return await self.write(lambda connection: work(self._ledger(connection, occasion)))

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """The same with a connection.

        Callers stand in a line of their own: the record, which has the same writer, waits for `AT_ONCE` of them at most.
        """
        if self.line.statistics().tasks_waiting >= IN_LINE:
            raise StoreError("busy", lasting=False)
        async with self.line:
            return await self.database.act(lambda connection: self._approving(connection, work))

    def perform(self, work: Callable[[StoreLedger], Result]) -> Result:
        """The same in this thread: for commands, which have no loop and whose request is the command."""
        occasion = self.occasion("command")

        def performed(connection: Connection) -> Result:
            return self._approving(connection, lambda one: work(self._ledger(one, occasion)))

        return self.database.acting(performed)

    async def look(self, work: Callable[[StoreLedger], Result]) -> Result:
        """Result of a function that only reads."""
        occasion = self.occasion("")
        return await self.database.read(lambda connection: work(self._ledger(connection, occasion)))

    async def serve(self, request_id: str, work: Callable[["OAuthServer"], Result]) -> Result:
        """Result of a function that asks the authorisation server."""
        return await self.act(request_id, lambda ledger: work(self.server(ledger)))

    def server(self, ledger: StoreLedger) -> "OAuthServer":
        """The authorisation server over a ledger."""
        from auth.server.server import OAuthServer  # noqa: PLC0415 - Authlib, for whoever asks for tokens

        return OAuthServer(self.house, ledger, self.clock.moment().second)

    async def refresh(self) -> None:
        """Take notice of every stop, key, client and grant there is now."""
        now = self.clock.moment().second

        def work(connection: Connection) -> int:
            return self.renew(connection, now)

        await self.database.read(work)

    def renew(self, connection: Connection, now: int) -> int:
        """The same with a connection that is there; the pulse it was as of."""
        known = count(connection)
        self.ring.replace(load_keys(connection, self.keys.folder))
        if changed(connection) != self.roster.changed:
            self.roster = load_roster(connection, now)
            self.house.replace(self.roster.registrations)
        self.redirects.renew(connection, self.vault)
        deputies = load_deputyships(connection, now)
        self.admission.renew(gather_stops(connection, now), self.roster.grants, deputies)
        return known

    @asynccontextmanager
    async def attending(self) -> AsyncIterator[None]:
        """Keep this worker up to date while it serves."""
        known = await self.database.read(lambda connection: self.renew(connection, self.clock.moment().second))
        warning = Round(self._warn, _TEND_EVERY, "what ends could not be told")
        purging = Round(self._purge, _TEND_EVERY, "what has ended could not be thrown away", _TEND_EVERY)
        async with beside(follow(self.database, self.refresh, known)), rounds(warning, purging):
            yield

    async def _purge(self) -> None:
        await purge(self.database, self.clock.moment().second)

    async def _warn(self) -> None:
        now = self.clock.moment().second
        if await self.database.read(lambda connection: bool(unwarned(connection, now))):
            await self.database.act(lambda connection: warn_of_ending(connection, self.vault, now))

    def _approving(self, connection: Connection, work: Callable[[Connection], Result]) -> Result:
        """Result of a function that writes; grants that it recorded are in the approved table from then on."""
        before = changed(connection)
        result = work(connection)
        if changed(connection) != before:
            approve_changes(connection, self.vault, self.clock.moment().second)
        return result

    def _ledger(self, connection: Connection, occasion: Occasion) -> StoreLedger:
        return StoreLedger(connection, self.vault, occasion)
