"""Who is told of objections, and what: their number and days, never what somebody wrote."""

from sqlalchemy import Connection

from hub.disclosure.objections import Objection
from hub.events import Event
from hub.notices.telling import Concerned, News, tell
from hub.store.outbox import Sealing
from schema.disclosing_enums import ObjectionState


def tell_filed(connection: Connection, sealing: Sealing, one: Objection, now: int) -> None:
    """Tell the department that looked, and audit."""
    _tell(connection, sealing, Event.OBJECTION_FILED, one, now)


def tell_due(connection: Connection, sealing: Sealing, one: Objection, now: int, *, overdue: bool) -> None:
    """Tell the same that it is due, or overdue."""
    _tell(connection, sealing, Event.OBJECTION_OVERDUE if overdue else Event.OBJECTION_DUE_SOON, one, now)


def tell_decided(connection: Connection, sealing: Sealing, one: Objection, now: int) -> None:
    """Tell whoever filed it; the department that looked reads it with the objection."""
    params = {"objection": one.number, "outcome": ObjectionState(one.state).name}
    news = News(Event.OBJECTION_DECIDED, params, Concerned(persons=(one.filed_by,), owner=one.department))
    tell(connection, sealing, news, now)


def _tell(connection: Connection, sealing: Sealing, event: Event, one: Objection, now: int) -> None:
    params = {"objection": one.number, "due": one.due_on.isoformat()}
    tell(connection, sealing, News(event, params, Concerned(owner=one.department)), now)
