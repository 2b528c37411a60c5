"""Who is told of grants that end, and of those that have to be confirmed: one place puts these notices.

A notice names the grant and a day, and what to do; nothing of what the grant gives.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from auth.grants import ANY_DEPARTMENT
from hub.clock import day_of
from hub.events import Event
from hub.exchange.expiring import GrantWarning, WarningKind
from hub.notices.telling import Concerned, News, tell
from hub.notices.wording import Params
from hub.owners import Owners
from hub.store.outbox import Sealing

EVENTS = {
    WarningKind.EXPIRING_30: Event.GRANT_EXPIRING,
    WarningKind.EXPIRING_7: Event.GRANT_EXPIRING,
    WarningKind.RECERTIFY_30: Event.GRANT_RECERTIFY,
    WarningKind.RECERTIFY_7: Event.GRANT_RECERTIFY,
    WarningKind.ENDED: Event.GRANT_ENDED,
}


@dataclass(frozen=True, slots=True)
class GrantTelling:
    """Puts notices of grants, in one transaction; `now` in seconds since 1970."""

    connection: Connection
    sealing: Sealing
    owners: Owners
    now: int

    def warn(self, warning: GrantWarning) -> None:
        """Tell whoever holds the grant, and the stewards of its owners; of a confirmation only these, who owe it."""
        event, grant = EVENTS[warning.kind], warning.grant
        held = event is not Event.GRANT_RECERTIFY and grant.department != ANY_DEPARTMENT
        concerned = [Concerned(owner=owner) for owner in sorted(self.owners.touched(grant))]
        if held:
            concerned.insert(0, Concerned(department=grant.department))
        for one in concerned or [Concerned()]:
            tell(self.connection, self.sealing, News(event, self._params(event, warning), one), self.now)

    def _params(self, event: Event, warning: GrantWarning) -> Params:
        day = "due" if event is Event.GRANT_RECERTIFY else "until"
        left = {} if event is Event.GRANT_ENDED else {"days": (warning.day - day_of(self.now)).days}
        return {"grant": warning.grant.id, day: warning.day.isoformat(), **left}
