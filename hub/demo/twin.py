"""The twin city: every non-public value another one, with the same masked form; all else stays as it is.

A value's replacement depends on the seed and on the value alone, so that equal values stay equal. Nothing that is
missing appears, nothing that is there disappears.
"""

from dataclasses import replace
from random import Random
from typing import TypeVar

from hub.demo.draw import another, stream
from hub.demo.penalties import grades
from hub.demo.people import draw_given, redraw_phone
from hub.demo.places import redraw_rest
from hub.demo.records import (
    CityRecords,
    DemoCommitment,
    DemoEntity,
    DemoIncentive,
    DemoLicence,
    DemoListing,
    DemoPenalty,
    DemoRating,
)
from hub.demo.values import Address, Person
from hub.demo.violations import facts_writer
from hub.demo.wording import (
    content_writer,
    reason_writer,
    write_liability,
    write_outcome,
    write_premises,
    write_promise,
)

T = TypeVar("T")


def make_twin(seed: str, city: CityRecords) -> CityRecords:
    """The same city to a caller who holds only public fields."""
    return replace(
        city,
        entities=tuple(_entity(seed, row) for row in city.entities),
        market_licences=tuple(_licence(seed, row) for row in city.market_licences),
        health_licences=tuple(_licence(seed, row) for row in city.health_licences),
        penalties=tuple(_penalty(seed, row) for row in city.penalties),
        market_ratings=tuple(map(_rating, city.market_ratings)),
        credit_ratings=tuple(map(_rating, city.credit_ratings)),
        listings=tuple(_listing(seed, row) for row in city.listings),
        commitments=tuple(_commitment(seed, row) for row in city.commitments),
        incentives=tuple(_incentive(seed, row) for row in city.incentives),
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
    return replace(row, renewal=not row.renewal, premises=premises)


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
    return replace(
        row,
        content=another(row.content, _draw(seed, row.content), write_promise),
        liability=another(row.liability, _draw(seed, row.liability), write_liability),
        fulfilment=_next(tuple(type(row.fulfilment)), row.fulfilment),
    )


def _incentive(seed: str, row: DemoIncentive) -> DemoIncentive:
    outcome, minutes = row.outcome, row.minutes_saved
    return replace(
        row,
        outcome=another(outcome, _draw(seed, outcome), write_outcome) if outcome else None,
        minutes_saved=None if minutes is None else minutes + 7,
    )


def _next(values: tuple[T, ...], value: T) -> T:
    return values[(values.index(value) + 1) % len(values)]
