"""How every part of the hub tells somebody of something: in the transaction of what it is about.

Whom an event concerns is named by ids and codes; who that is, and how they are reached, is found when it is delivered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from hub.events import Event
from hub.notices.wording import Params, check
from hub.store.outbox import Sealing, put

_NAMES = ("entity", "client", "department", "owner")
_LISTS = ("persons", "owners")


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom an event concerns, as far as it names them.

    persons: ids of people of the hub · entity: code of an entity, told by way of its registered contact · client: told by
    way of its department · department: told itself · owner: code of the department whose stewards are told · owners:
    the same, where there are several.
    """

    persons: tuple[str, ...] = ()
    entity: str | None = None
    client: str | None = None
    department: str | None = None
    owner: str | None = None
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """An event that happened: what it says, and whom it concerns. `params` are those of its sentence in wording.py."""

    event: Event
    params: Params
    concerns: Concerned = Concerned()


def tell(connection: Connection, sealing: Sealing, news: News, now: int) -> int:
    """Have somebody told, in this transaction, in which nobody else writes; the number of the notice.

    ValueError if the parameters are not those of the event, or hold what is no id, number, coordinate or day.
    """
    check(news.event, news.params)
    body = {"concerns": _body(news.concerns), "params": dict(news.params)}
    return put(connection, sealing, news.event.value, body, now)


def read_concerned(body: Mapping[str, Any]) -> Concerned:
    """Whom a notice concerns. What an earlier hub left, and did not send, says it by `to`."""
    said = body.get("concerns")
    if said is None:
        to = body.get("to", {})
        persons = (to["person"],) if "person" in to else ()
        return Concerned(persons, to.get("entity"), to.get("client"), to.get("department"))
    persons, owners = (tuple(said.get(name, ())) for name in _LISTS)
    return Concerned(persons, owners=owners, **{name: said.get(name) for name in _NAMES})


def _body(concerned: Concerned) -> dict[str, Any]:
    found = {name: getattr(concerned, name) for name in _NAMES if getattr(concerned, name) is not None}
    lists = {name: list(dict.fromkeys(getattr(concerned, name))) for name in _LISTS}
    return found | {name: listed for name, listed in lists.items() if listed}
