"""The whole city from a seed and a day: personas first, then what is drawn, then the status that sums it up.

Pure: same seed and day, same records. Writing them into databases is not its business.
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date

from hub.demo.approvals import draw_cases, draw_items
from hub.demo.campuses import draw_trades
from hub.demo.clinics import draw_clinics
from hub.demo.code_register import draw_codes
from hub.demo.credit import (
    COURT,
    TAX,
    draw_commitments,
    draw_honours,
    draw_incentives,
    draw_listings,
    draw_ratings,
    sum_up,
)
from hub.demo.entities import draw_entities
from hub.demo.inspections import by_market, count_up, draw_caps, draw_inspections
from hub.demo.institutions import draw_institutions
from hub.demo.licences import APPROVAL, DEVICES, HEALTH, MARKET, draw_licences, split_by_authority
from hub.demo.officers import draw_certificates
from hub.demo.penalties import draw_market_ratings, draw_penalties
from hub.demo.persona_offices import persona_offices, persona_visits
from hub.demo.persona_records import persona_records
from hub.demo.personas import ROOM, persona_entities, personas
from hub.demo.records import CityRecords, DemoEntity

ENTITIES = 2000
"""Entities in the city, personas included."""


def generate_city(seed: str, today: date) -> CityRecords:
    """All records of the city on that day."""
    known = persona_entities(today)
    taken = {persona.name for persona in personas().values()}
    drawn = draw_entities(seed, today, ROOM + 1, ENTITIES - len(known), taken)
    lively = replace(_departments(seed, today, drawn), entities=(*known, *drawn))
    certificates = draw_certificates(seed, today)
    visits = count_up([*persona_visits(today, certificates), *draw_inspections(seed, today, drawn, certificates)])
    shared = CityRecords(
        market_inspections=by_market(visits, own=True),
        other_inspections=by_market(visits, own=False),
        caps=tuple(draw_caps(today)),
        certificates=tuple(certificates),
        items=tuple(draw_items(today)),
    )
    city = _joined(persona_records(today), persona_offices(seed, today), lively, shared)
    return replace(city, statuses=tuple(sum_up(seed, today, city)))


def _departments(seed: str, today: date, drawn: Sequence[DemoEntity]) -> CityRecords:
    """What each department knows of the drawn entities."""
    licences = draw_licences(seed, today, drawn)
    kept = split_by_authority(licences)
    ratings, listings = draw_ratings(seed, today, drawn), draw_listings(seed, today, drawn)
    return CityRecords(
        market_licences=kept[MARKET],
        approval_licences=kept[APPROVAL],
        health_licences=kept[HEALTH],
        device_licences=kept[DEVICES],
        penalties=tuple(draw_penalties(seed, today, drawn)),
        market_ratings=tuple(draw_market_ratings(seed, today, drawn)),
        credit_ratings=tuple(row for row in ratings if row.issuer != TAX),
        tax_ratings=tuple(row for row in ratings if row.issuer == TAX),
        listings=tuple(row for row in listings if row.authority != COURT),
        court_listings=tuple(row for row in listings if row.authority == COURT),
        honours=tuple(draw_honours(seed, today, drawn)),
        commitments=tuple(draw_commitments(seed, today, drawn)),
        incentives=tuple(draw_incentives(seed, today, drawn)),
        codes=tuple(draw_codes(seed, today, drawn)),
        institutions=tuple(draw_institutions(seed, today, drawn)),
        clinics=tuple(draw_clinics(seed, today, drawn)),
        cases=tuple(draw_cases(seed, today, licences)),
        trades=tuple(draw_trades(seed, today, drawn, licences)),
    )


def _joined(*parts: CityRecords) -> CityRecords:
    names = [field.name for field in fields(CityRecords)]
    return CityRecords(**{name: tuple(row for part in parts for row in getattr(part, name)) for name in names})
