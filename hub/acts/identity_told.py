"""Who is told of successions and reviews: numbers only, and never which entity."""

from hub.acts.doing import Doing
from hub.events import Event
from hub.identity.reviews import Review
from hub.identity.successions import Succession
from hub.notices.telling import Concerned, News, tell
from hub.plan.model import ENTITY


def tell_of_succession(doing: Doing, event: Event, one: Succession) -> None:
    """Tell the register's stewards, and whoever proposed it or wants it undone."""
    persons = {one.proposed.person, *((one.undo.person,) if one.undo is not None else ())}
    concerned = Concerned(persons=tuple(sorted(persons)), owners=_registrars(doing))
    _tell(doing, News(event, {"succession": one.number}, concerned))


def tell_of_review(doing: Doing, one: Review) -> None:
    """Tell those who may decide it that it waits."""
    owners = tuple(dict.fromkeys((*_registrars(doing), one.pair.department)))
    _tell(doing, News(Event.REVIEW_WAITING, {"review": one.number}, Concerned(owners=owners)))


def _registrars(doing: Doing) -> tuple[str, ...]:
    return tuple(sorted(doing.rules.keepers({ENTITY})))


def _tell(doing: Doing, news: News) -> None:
    tell(doing.connection, doing.vault, news, doing.occasion.now)
