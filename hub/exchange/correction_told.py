"""Who is told of corrections: their owners that they wait, and whoever raised one, and the entity, what came of it."""

from sqlalchemy import Connection

from hub.events import Event
from hub.exchange.corrections import Correction
from hub.notices.telling import Concerned, News, tell
from hub.plan.model import SUBJECT
from hub.store.outbox import Sealing
from schema.identity_enums import CorrectionState


def tell_of_opened(connection: Connection, sealing: Sealing, one: Correction, now: int) -> None:
    """Tell the owner's stewards that one came in."""
    params = {"correction": one.number, "field": one.doubt.field, "due": one.due_on.isoformat()}
    tell(connection, sealing, News(Event.CORRECTION_OPENED, params, Concerned(owner=one.doubt.owner)), now)


def tell_of_waiting(connection: Connection, sealing: Sealing, event: Event, one: Correction, now: int) -> None:
    """Tell them that it is due soon, or overdue."""
    params = {"correction": one.number, "due": one.due_on.isoformat()}
    tell(connection, sealing, News(event, params, Concerned(owner=one.doubt.owner)), now)


def tell_of_answer(connection: Connection, sealing: Sealing, one: Correction, state: CorrectionState, now: int) -> None:
    """Tell whoever raised it, and the entity it is about, what came of it."""
    doubt = one.doubt
    params = {"correction": one.number, "field": doubt.field, "owner": doubt.owner, "outcome": state.name}
    persons = (one.raised_by,) if one.raised_by is not None else ()
    entity = doubt.entity.value if doubt.entity.field == SUBJECT else None
    news = News(Event.CORRECTION_ANSWERED, params, Concerned(persons=persons, entity=entity))
    tell(connection, sealing, news, now)
