"""What the newer offices know of the personas: codes, canteens, clinics, cases, and visits up to a published cap.

Days are relative to the day the city is drawn for; the keys are those of the table of personas.
"""

from dataclasses import dataclass, replace
from datetime import date
from random import Random

from hub.demo.approvals import CATERING_ITEM, close_case, draw_items, open_case
from hub.demo.calendar_days import at_work, calm_stamp, days_after
from hub.demo.campuses import campus_of, canteen_under_contract
from hub.demo.clinics import register
from hub.demo.code_register import token_of, write_withdrawal
from hub.demo.inspections import Party, inspected_fields, visit
from hub.demo.institutions import institution
from hub.demo.officers import officers_of
from hub.demo.personas import code_of, persona_entity
from hub.demo.records import (
    CityRecords,
    DemoCase,
    DemoCertificate,
    DemoClinic,
    DemoCode,
    DemoInspection,
    DemoTrade,
)
from schema.enums import CaseStatus, CodeIssuer, CodeStatus


@dataclass(frozen=True, slots=True)
class _Coded:
    """A code of a persona: its status, days since issued, printed, and in this status."""

    key: str
    status: CodeStatus
    issued_ago: int
    printed_ago: int
    status_ago: int
    places: tuple[str, ...] = ("门头",)


_CODED = (
    _Coded("elder_home", CodeStatus.VALID, 300, 290, 300, ("门头", "食堂公示栏")),
    _Coded("owner_in_name", CodeStatus.VALID, 210, 200, 210, ("门头", "餐桌")),
    _Coded("chain_head", CodeStatus.VALID, 260, 250, 260, ("门头", "收银台")),
    _Coded("name_conflict", CodeStatus.VALID, 90, 85, 90),
    _Coded("code_revoked", CodeStatus.REVOKED, 240, 60, 12, ("产品包装",)),
    _Coded("code_suspended", CodeStatus.SUSPENDED, 150, 140, 5),
)
_VERIFIED = (("elder_home", 100), ("town_hospital", 345), ("village_clinic", 60), ("court_debtor_hospital", 380))
"""Institutions, and days since they were verified."""
_VISITED = (
    ("owner_in_name", 0, 40),
    ("owner_in_name", 0, 9),
    ("owner_in_name", 5, 25),
    ("elder_home", 0, 30),
    ("private_school", 0, 21),
    ("expiring_tomorrow", 6, 50),
)
"""Entities, the place of the inspected field in its table, and days since the visit."""


def persona_offices(seed: str, today: date) -> CityRecords:
    """Rows about the personas; each table numbers its own from 1, institutions like their entities."""
    bank = institution(seed, today, persona_entity("small_loan", today))
    return CityRecords(
        codes=tuple(_code(seed, number, coded, today) for number, coded in enumerate(_CODED, 1)),
        institutions=(bank,) if bank else (),
        clinics=tuple(_clinics(today)),
        cases=tuple(_cases(today)),
        trades=tuple(_trades(today)),
    )


def persona_visits(today: date, certificates: list[DemoCertificate]) -> list[DemoInspection]:
    """Visits to the personas; one of them was visited as often this year as its industry may be."""
    made: list[DemoInspection] = []
    for number, (key, place, ago) in enumerate(_VISITED, 1):
        field, rng = inspected_fields()[place], Random(number)
        started = at_work(days_after(today, -ago), rng)
        party = Party(officers_of(certificates, field.department), rng, today)
        made.append(replace(visit(number, code_of(key), field, started, party), stamp=calm_stamp(today)))
    return made


def _code(seed: str, number: int, coded: _Coded, today: date) -> DemoCode:
    valid = coded.status is CodeStatus.VALID
    entity = persona_entity(coded.key, today)
    return DemoCode(
        number=number,
        uscc=code_of(coded.key),
        token=token_of(seed, number),
        status=coded.status,
        status_since=days_after(today, -coded.status_ago),
        status_reason=None if valid else write_withdrawal(Random(number)),
        issued_to=entity.name,
        issued=days_after(today, -coded.issued_ago),
        displayed=days_after(today, -coded.printed_ago),
        printed=days_after(today, -coded.printed_ago),
        places=coded.places,
        issuer=CodeIssuer.PROVINCIAL,
        stamp=calm_stamp(today),
    )


def _clinics(today: date) -> list[DemoClinic]:
    return [
        register(number, persona_entity(key, today), days_after(today, -ago), today, Random(number))
        for number, (key, ago) in enumerate(_VERIFIED, 1)
    ]


def _cases(today: date) -> list[DemoCase]:
    items = {item.code: item for item in draw_items(today)}
    stamp, food = calm_stamp(today), items[CATERING_ITEM]
    granted = open_case(1, code_of("elder_home"), food, days_after(today, -503), stamp)
    return [
        close_case(granted, CaseStatus.GRANTED, days_after(today, -500)),
        open_case(2, code_of("renewal_pending"), items["231282131012"], days_after(today, -8), stamp),
        open_case(3, code_of("expiring_tomorrow"), items["231200172004"], days_after(today, -4), stamp),
    ]


def _trades(today: date) -> list[DemoTrade]:
    school = persona_entity("private_school", today)
    parties = (school, persona_entity("canteen_contractor", today))
    return canteen_under_contract(parties, campus_of(1, school.name), today, calm_stamp(today))
