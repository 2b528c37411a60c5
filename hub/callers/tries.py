"""How often somebody may have names compared: so many in an hour, counted in the store for all workers together."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from hub.callers.vault import Vault
from hub.errors import HubError
from hub.store.caller_tables import attempts

MOST = 5
WINDOW = 3600


@dataclass(frozen=True, slots=True)
class Tries:
    """The tries of one transaction; `now` in seconds since 1970."""

    connection: Connection
    vault: Vault
    now: int

    def check(self, what: str) -> None:
        """HubError if no try is left in this hour."""
        query = select(attempts).where(attempts.c.digest == self._digest(what))
        row = self.connection.execute(query).first()
        if row is not None and row.wait_until > self.now and row.failures >= MOST:
            raise HubError("TOO_MANY_TRIES", minutes=-(-(row.wait_until - self.now) // 60))

    def count(self, what: str) -> None:
        """Count a try; the hour begins with the first one."""
        digest = self._digest(what)
        row = self.connection.execute(select(attempts).where(attempts.c.digest == digest)).first()
        if row is None:
            values = {"failures": 1, "last_at": self.now, "wait_until": self.now + WINDOW}
            self.connection.execute(insert(attempts).values(digest=digest, **values))
            return
        over = row.wait_until <= self.now
        values = {
            "failures": 1 if over else row.failures + 1,
            "last_at": self.now,
            "wait_until": self.now + WINDOW if over else row.wait_until,
        }
        self.connection.execute(update(attempts).where(attempts.c.digest == digest).values(values))

    def _digest(self, what: str) -> bytes:
        return self.vault.digest("attempt", what)
