"""Who is told of requests, and what: nothing of what is asked for, only its number and days."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from hub.events import Event
from hub.notices.telling import Concerned, News, tell
from hub.store.outbox import Sealing


@dataclass(frozen=True, slots=True)
class Telling:
    """Puts notices into the outbox, in one transaction; `now` in seconds since 1970."""

    connection: Connection
    sealing: Sealing
    now: int

    def owner(self, event: Event, owner: str, request: str, due: date | None = None) -> None:
        """Tell the stewards of a department, and whom else the event names."""
        self._tell(event, request, Concerned(owner=owner), due=due)

    def person(self, event: Event, person: str, request: str, **more: date | str) -> None:
        """Tell somebody; `more` is what the event's sentence says besides."""
        self._tell(event, request, Concerned(persons=(person,)), **more)

    def officers(self, event: Event, request: str) -> None:
        """Tell the officers whom the event names."""
        self._tell(event, request, Concerned())

    def _tell(self, event: Event, request: str, concerned: Concerned, **more: date | str | None) -> None:
        said = {name: value.isoformat() if isinstance(value, date) else value for name, value in more.items() if value}
        tell(self.connection, self.sealing, News(event, {"request": request, **said}, concerned), self.now)
