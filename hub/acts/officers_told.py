"""Who is told of freezes, deputies and emergencies: in the transaction of what it is about."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from auth.roles import Role
from auth.standing import Stopped
from hub.acts.doing import Doing
from hub.callers.deputies import Appointed
from hub.callers.vault import Vault
from hub.clock import SHANGHAI, rfc3339_of
from hub.events import Event
from hub.exchange.emergencies import Emergency
from hub.notices.telling import Concerned, News, tell
from hub.notices.wording import Params
from hub.owners import Owners

REMIND_BEFORE = timedelta(days=2)
"""How long before its last day a review is reminded of."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells people in one transaction; `now` in seconds since 1970."""

    connection: Connection
    vault: Vault
    now: int

    def tell(self, event: Event, params: Params, concerns: Concerned) -> None:
        """Put one notice."""
        tell(self.connection, self.vault, News(event, params, concerns), self.now)

    def stopped(self, event: Event, stop: tuple[Stopped, str], owners: Iterable[str]) -> None:
        """Tell of what was frozen or thawed; `owners` are the departments that own a field."""
        kind, target = stop
        params = {"kind": kind.value, "name": target, "when": rfc3339_of(self.now)}
        concerned = {
            Stopped.CLIENT: Concerned(client=target),
            Stopped.DEPARTMENT: Concerned(department=target),
            Stopped.FIELD: Concerned(owners=tuple(sorted(owners))),
            Stopped.PERSON: Concerned(persons=(target,)),
        }
        self.tell(event, params, concerned.get(kind, Concerned()))

    def deputy_over(self, one: Appointed, at: int) -> None:
        """Tell both that somebody acts for the other no more."""
        self.tell(Event.DEPUTY_ENDED, {"deputy": one.id, "when": rfc3339_of(at)}, _both(one))

    def review_due(self, one: Emergency) -> None:
        """Remind the audit administrators."""
        params = {"use": one.id, "due": one.due_on.isoformat()}
        self.tell(Event.EMERGENCY_REVIEW_DUE, params, Concerned())

    def review_overdue(self, one: Emergency) -> None:
        """Tell the security administrators as well."""
        params = {"use": one.id, "due": one.due_on.isoformat()}
        self.tell(Event.EMERGENCY_REVIEW_OVERDUE, params, Concerned())


def telling(doing: Doing) -> Telling:
    """Telling in the transaction of an act."""
    return Telling(doing.connection, doing.vault, doing.occasion.now)


def tell_of_stop(doing: Doing, event: Event, kind: Stopped, target: str) -> None:
    """Tell whoever has to know that something was frozen or thawed."""
    telling(doing).stopped(event, (kind, target), owners_of_field(doing.rules.known, kind, target))


def owners_of_field(owners: Owners, kind: Stopped, target: str) -> frozenset[str]:
    """Departments that own a field or the fields of a scope; none for anything else."""
    if kind is not Stopped.FIELD:
        return frozenset()
    found = [rule for rule in owners.catalogue.fields.values() if target in (rule.coordinate, rule.scope)]
    return frozenset(department for rule in found for department in owners.of(rule))


def tell_of_proposal(doing: Doing, person: str, office: Role, until: int) -> None:
    """Tell the audit administrators that an office waits for them."""
    params = {"person": person, "office": office.value, "until": rfc3339_of(until)}
    telling(doing).tell(Event.OFFICE_PROPOSED, params, Concerned())


def tell_of_office(doing: Doing, person: str, office: Role) -> None:
    """Tell whoever got an office, and all officers."""
    params = {"person": person, "office": office.value, "when": rfc3339_of(doing.occasion.now)}
    telling(doing).tell(Event.OFFICE_GIVEN, params, Concerned(persons=(person,)))


def tell_of_deputy(doing: Doing, one: Appointed) -> None:
    """Tell both that somebody acts for the other."""
    first, last = (_day(at) for at in (one.starts, one.ends - 1))
    params = {"deputy": one.id, "from_day": first.isoformat(), "until": last.isoformat()}
    telling(doing).tell(Event.DEPUTY_APPOINTED, params, _both(one))


def tell_of_deputy_ended(doing: Doing, one: Appointed) -> None:
    """Tell both that it was ended."""
    telling(doing).deputy_over(one, doing.occasion.now)


def tell_of_emergency(doing: Doing, one: Emergency, records: Collection[str]) -> None:
    """Tell the stewards of what is opened, and security and audit administrators, at once."""
    params = {"department": one.department, "use": one.id, "until": rfc3339_of(one.until)}
    concerned = Concerned(owners=tuple(sorted(doing.rules.keepers(records))))
    telling(doing).tell(Event.EMERGENCY_USED, params, concerned)


def tell_of_review(doing: Doing, one: Emergency) -> None:
    """Tell whoever opened it that it was reviewed."""
    telling(doing).tell(Event.EMERGENCY_REVIEWED, {"use": one.id}, Concerned(persons=(one.person,)))


def _both(one: Appointed) -> Concerned:
    return Concerned(persons=(one.principal, one.deputy))


def _day(at: int) -> date:
    return datetime.fromtimestamp(at, SHANGHAI).date()
