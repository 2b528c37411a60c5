"""The twin city: every non-public value another one, with the same masked form; all else stays as it is.

A value's replacement depends on the seed and on the value alone, so that equal values stay equal. Nothing that is
missing appears, nothing that is there disappears.
"""

from dataclasses import replace
from random import Random
from typing import TypeVar

from hub.demo.calendar_days import days_after
from hub.demo.code_register import write_withdrawal
from hub.demo.draw import another, digits, stream
from hub.demo.penalties import grades
from hub.demo.people import draw_given, redraw_phone
from hub.demo.places import redraw_rest
from hub.demo.records import (
    CityRecords,
    DemoCase,
    DemoCode,
    DemoCommitment,
    DemoEntity,
    DemoIncentive,
    DemoInspection,
    DemoLicence,
    DemoListing,
    DemoPenalty,
    DemoRating,
    DemoTrade,
)
from hub.demo.values import Address, Contract, Person
from hub.demo.violations import facts_writer
from hub.demo.wording import (
    content_writer,
    reason_writer,
    write_liability,
    write_outcome,
    write_premises,
    write_promise,
)
from schema.enums import Publicity

T = TypeVar("T")


def make_twin(seed: str, city: CityRecords) -> CityRecords:
    """The same city to a caller who holds only public fields."""
    return replace(
        city,
        entities=tuple(_entity(seed, row) for row in city.entities),
        market_licences=tuple(_licence(seed, row) for row in city.market_licences),
        approval_licences=tuple(_licence(seed, row) for row in city.approval_licences),
        health_licences=tuple(_licence(seed, row) for row in city.health_licences),
        device_licences=tuple(_licence(seed, row) for row in city.device_licences),
        penalties=tuple(_penalty(seed, row) for row in city.penalties),
        market_ratings=tuple(map(_rating, city.market_ratings)),
        credit_ratings=tuple(map(_rating, city.credit_ratings)),
        tax_ratings=tuple(map(_rating, city.tax_ratings)),
        listings=tuple(_listing(seed, row) for row in city.listings),
        court_listings=tuple(_listing(seed, row) for row in city.court_listings),
        commitments=tuple(_commitment(seed, row) for row in city.commitments),
        incentives=tuple(_incentive(seed, row) for row in city.incentives),
        market_inspections=tuple(_inspection(seed, row) for row in city.market_inspections),
        other_inspections=tuple(_inspection(seed, row) for row in city.other_inspections),
        certificates=tuple(replace(row, holder=_person(seed, row.holder)) for row in city.certificates),
        codes=tuple(_code(seed, row) for row in city.codes),
        cases=tuple(_case(seed, row) for row in city.cases),
        trades=tuple(_trade(seed, row) for row in city.trades),
    )


def _draw(seed: str, value: str) -> Random:
    return stream(seed, "twin", value)


def _entity(seed: str, row: DemoEntity) -> DemoEntity:
    return replace(
        row,
        representative=_person(seed, row.representative) if row.representative else None,
        address=_address(seed, row.address),
        phone=_phone(seed, row.phone) if row.phone else None,
    )


def _person(seed: str, person: Person) -> Person:
    return Person(person.surname, another(person.given, _draw(seed, person.name), draw_given))


def _address(seed: str, address: Address) -> Address:
    rest = another(address.rest, _draw(seed, address.text), lambda rng: redraw_rest(address, rng))
    return Address(address.street, rest)


def _phone(seed: str, phone: str) -> str:
    return another(phone, _draw(seed, phone), lambda rng: redraw_phone(phone, rng))


def _licence(seed: str, row: DemoLicence) -> DemoLicence:
    premises = another(row.premises, _draw(seed, row.premises), write_premises)
    return replace(row, premises=premises)


def _penalty(seed: str, row: DemoPenalty) -> DemoPenalty:
    return replace(
        row,
        facts=another(row.facts, _draw(seed, row.facts), facts_writer(row.violation)),
        content=another(row.content, _draw(seed, row.content), content_writer(fined=row.fine is not None)),
    )


def _rating(row: DemoRating) -> DemoRating:
    table = grades(row.scheme)
    grade = _next(tuple(table), row.grade)
    return replace(row, grade=grade, label=table[grade])


def _listing(seed: str, row: DemoListing) -> DemoListing:
    return replace(row, reason=another(row.reason, _draw(seed, row.reason), reason_writer(row.listed)))


def _commitment(seed: str, row: DemoCommitment) -> DemoCommitment:
    public = row.publicity is Publicity.PUBLIC
    return replace(
        row,
        content=another(row.content, _draw(seed, row.content), write_promise),
        liability=another(row.liability, _draw(seed, row.liability), write_liability),
        # Whether a public commitment was kept is public.
        fulfilment=row.fulfilment if public else _next(tuple(type(row.fulfilment)), row.fulfilment),
    )


def _incentive(seed: str, row: DemoIncentive) -> DemoIncentive:
    outcome, minutes = row.outcome, row.minutes_saved
    return replace(
        row,
        outcome=another(outcome, _draw(seed, outcome), write_outcome) if outcome else None,
        minutes_saved=None if minutes is None else minutes + 7,
    )


def _inspection(seed: str, row: DemoInspection) -> DemoInspection:
    notice = row.notice_no
    return replace(
        row,
        officers=tuple(_person(seed, officer) for officer in row.officers),
        notice_no=another(notice, _draw(seed, notice), lambda rng: f"{notice[:-6]}{digits(rng, 2)}{notice[-4:]}"),
    )


def _code(seed: str, row: DemoCode) -> DemoCode:
    reason = row.status_reason
    return replace(row, status_reason=another(reason, _draw(seed, reason), write_withdrawal) if reason else None)


def _case(seed: str, row: DemoCase) -> DemoCase:
    case_no = row.case_no
    made = another(case_no, _draw(seed, case_no), lambda rng: case_no[:-4] + digits(rng, 4))
    return replace(row, case_no=made, due=days_after(row.due, 3))


def _trade(seed: str, row: DemoTrade) -> DemoTrade:
    if row.contract is None:
        return row
    number, start, end = row.contract.number, row.contract.start, row.contract.end
    made = another(number, _draw(seed, number), lambda rng: f"{number[:-5]}{digits(rng, 2)}{number[-3:]}")
    return replace(row, contract=Contract(made, days_after(start, 11), days_after(end, 11)))


def _next(values: tuple[T, ...], value: T) -> T:
    return values[(values.index(value) + 1) % len(values)]
