"""What the simulator has told: that the self-check found faults, to the security and the audit administrators."""

from sqlalchemy import Connection

from hub.clock import rfc3339_of
from hub.events import Event
from hub.notices.telling import News, tell
from hub.store.outbox import Sealing


def tell_of_faults(connection: Connection, sealing: Sealing, faults: int, now: int) -> None:
    """Have it told how many faults a report names; nothing of what they are."""
    tell(connection, sealing, News(Event.SELF_CHECK_FAILED, {"day": rfc3339_of(now)[:10], "count": faults}), now)
