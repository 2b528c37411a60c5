"""What acts on codes leave: entries in the record, and notices to the entity and everybody who acts for it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from hub.acts.doing import Doing
from hub.callers.ledger import Occasion
from hub.callers.mandates import Mandates
from hub.callers.vault import Vault
from hub.clock import SHANGHAI, Moment
from hub.code.codes import Code
from hub.code.lifecycle import Step
from hub.code.story import Happened, Stories
from hub.events import Event
from hub.notices.telling import Concerned, News, tell

EVENTS: dict[Step, Event] = {
    Step.APPROVE: Event.CODE_ISSUED,
    Step.CANCEL: Event.CODE_CANCELLED,
    Step.REISSUE: Event.CODE_REISSUED,
    Step.RESUME: Event.CODE_RESUMED,
    Step.REVOKE: Event.CODE_REVOKED,
    Step.SUSPEND: Event.CODE_SUSPENDED,
}
"""Steps of which somebody is told; where one displays it, they said themselves."""


def moment_of(occasion: Occasion) -> Moment:
    """The moment of an occasion."""
    instant = datetime.fromtimestamp(occasion.now, SHANGHAI)
    return Moment(occasion.now, instant, occasion.at, date.fromisoformat(occasion.at[:10]))


def record_step(doing: Doing, act: str, outcome: str, code: Code, told: Mapping[str, str] | None = None) -> int:
    """Leave an entry about a code; its position. No place, no reason and no name is in it."""
    body = {"code": code.id, "status": code.status.name, **(told or {})}
    return doing.record(act, outcome, doing.entity(code.entity), body)


def keep_step(doing: Doing, entity: str, step: Happened) -> None:
    """Keep a step of the life of a code, with who took it."""
    client = doing.access.caller.client
    told = replace(step, person=doing.person(), department=client.department, role=client.role.value)
    Stories(doing.connection, doing.occasion.now).add(entity, told)


def tell_step(doing: Doing, step: Step, code: Code) -> None:
    """Have those concerned told of a step."""
    if step in EVENTS:
        tell_of(doing.connection, doing.vault, EVENTS[step], code.entity, doing.occasion)


def tell_of(connection: Connection, vault: Vault, event: Event, entity: str, occasion: Occasion) -> None:
    """Have an entity told, and everybody who acts for it now."""
    acting = Mandates(connection, vault, occasion.now).acting_for(entity)
    persons = tuple(person for person, codes in acting.items() if entity in codes)
    concerned = Concerned(persons=persons, entity=entity)
    tell(connection, vault, News(event, {"entity": entity, "when": occasion.at}, concerned), occasion.now)
