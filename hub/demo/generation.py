"""The whole city from a seed and a day: personas first, then what is drawn, then the status that sums it up.

Pure: same seed and day, same records. Writing them into databases is not its business.
"""

from dataclasses import fields, replace
from datetime import date

from hub.demo.credit import draw_commitments, draw_honours, draw_incentives, draw_listings, draw_ratings, sum_up
from hub.demo.entities import draw_entities
from hub.demo.licences import HEALTH, draw_licences
from hub.demo.penalties import draw_market_ratings, draw_penalties
from hub.demo.persona_records import persona_records
from hub.demo.personas import ROOM, persona_entities, personas
from hub.demo.records import CityRecords

ENTITIES = 2000
"""Entities in the city, personas included."""


def generate_city(seed: str, today: date) -> CityRecords:
    """All records of the city on that day."""
    known = persona_entities(today)
    taken = {persona.name for persona in personas().values()}
    drawn = draw_entities(seed, today, ROOM + 1, ENTITIES - len(known), taken)
    licences = draw_licences(seed, today, drawn)
    lively = CityRecords(
        entities=(*known, *drawn),
        market_licences=tuple(row for row in licences if row.authority != HEALTH),
        health_licences=tuple(row for row in licences if row.authority == HEALTH),
        penalties=tuple(draw_penalties(seed, today, drawn)),
        market_ratings=tuple(draw_market_ratings(seed, today, drawn)),
        credit_ratings=tuple(draw_ratings(seed, today, drawn)),
        listings=tuple(draw_listings(seed, today, drawn)),
        honours=tuple(draw_honours(seed, today, drawn)),
        commitments=tuple(draw_commitments(seed, today, drawn)),
        incentives=tuple(draw_incentives(seed, today, drawn)),
    )
    city = _joined(persona_records(today), lively)
    return replace(city, statuses=tuple(sum_up(seed, today, city)))


def _joined(first: CityRecords, second: CityRecords) -> CityRecords:
    return CityRecords(**{f.name: getattr(first, f.name) + getattr(second, f.name) for f in fields(CityRecords)})
