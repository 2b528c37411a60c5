"""Warns of secrets and keys of clients that end: once for each, through the outbox, while there is time to change them."""

from sqlalchemy import Connection, select, update

from hub.callers.client_secrets import WARN_DAYS
from hub.callers.vault import Vault
from hub.clock import rfc3339_of
from hub.events import Event
from hub.notices.telling import Concerned, News, tell
from hub.store.caller_tables import client_credentials

_DAY = 24 * 3600


def warn_of_ending(connection: Connection, vault: Vault, now: int) -> int:
    """Tell of every client whose last secret or key ends soon and was not told of; how many there were."""
    found = unwarned(connection, now)
    for client, (credential, until) in found.items():
        params = {"client": client, "until": rfc3339_of(until)}
        tell(connection, vault, News(Event.SECRET_EXPIRING, params, Concerned(client=client)), now)
        table = client_credentials
        connection.execute(update(table).where(table.c.id == credential).values(warned_at=now))
    return len(found)


def unwarned(connection: Connection, now: int) -> dict[str, tuple[str, int]]:
    """Clients of which that is to be told, each with the id of its last secret or key and the end of that."""
    table = client_credentials
    holds = (table.c.withdrawn_at.is_(None), table.c.expires_at > now)
    rows = connection.execute(select(table).where(*holds).order_by(table.c.expires_at))
    last = {row.client: row for row in rows}
    soon = now + WARN_DAYS * _DAY
    return {
        name: (row.id, row.expires_at) for name, row in last.items() if row.warned_at is None and row.expires_at < soon
    }
