"""Licensees who are in no register: a natural person, and one whose citizen number stands in the column of codes.

Nobody is meant: no division has the code 519999, and no one is born on a 30th of February. Neither may ever be found
through an entity, and the number may never be shown or recorded.
"""

from datetime import date

from hub.demo.calendar_days import calm_stamp, days_after
from hub.demo.licences import PERMITS, Issue, certificate
from hub.demo.records import DemoLicence
from hub.demo.values import Person, Term
from schema.enums import LicenceStatus

CITIZEN_NUMBER = "519999190002300293"
"""A valid citizen number whose last digit is that of a credit code too."""
STRANGERS = {"natural_person": Person("司徒", "穗琴"), "citizen_number": Person("上官", "稔平")}
"""The two licensees by key, as other personas have one."""


def stranger_licences(first: int, today: date) -> list[DemoLicence]:
    """Their transport licences, numbered from `first`."""
    return [
        _licence(first, None, STRANGERS["natural_person"], today),
        _licence(first + 1, CITIZEN_NUMBER, STRANGERS["citizen_number"], today),
    ]


def _licence(number: int, code: str | None, person: Person, today: date) -> DemoLicence:
    permit, decided = PERMITS["transport"], days_after(today, -400)
    return DemoLicence(
        number=number,
        uscc=code,
        certificate=certificate(permit, Issue("", number, decided)),
        scope=permit.scope,
        decided=decided,
        term=Term(decided, days_after(today, 1060)),
        status=LicenceStatus.VALID,
        renewal=False,
        authority=permit.authority,
        premises="肇东市西园区街道雁栖街12号院内",
        stamp=calm_stamp(today),
        person=person,
    )
