"""Administrative penalties of market supervision and its own ratings of food businesses.

Amounts are in units of 10,000 yuan; a penalty is published for three months or three years by its weight.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

from hub.demo.calendar_days import days_after, days_before, draw_stamp, working_days_after, years_after
from hub.demo.draw import chance, stream
from hub.demo.licences import MARKET
from hub.demo.records import DemoEntity, DemoPenalty, DemoRating
from hub.demo.violations import FOOD_VIOLATIONS, TRADE_VIOLATIONS, facts_writer
from hub.demo.wording import content_writer
from schema.enums import PenaltyKind, RatingScheme

_FOOD = ("make", "sale", "catering", "canteen", "prepack")
LIGHT_DAYS = 90
HEAVY_YEARS = 3
_WAN = Decimal(10000)


_GRADES = {
    RatingScheme.FOOD_RISK: {"A": "低风险", "B": "中等风险", "C": "较高风险", "D": "高风险"},
    RatingScheme.CATERING_GRADE: {"A": "优秀(大笑脸)", "B": "良好(微笑脸)", "C": "一般(平脸)"},
    RatingScheme.RISK_CLASS: {"A": "信用风险低", "B": "信用风险一般", "C": "信用风险较高", "D": "信用风险高"},
    RatingScheme.PUBLIC_CREDIT: {"优": "优秀", "良": "良好", "中": "中等", "差": "较差"},
    RatingScheme.TAX_CREDIT: {
        "A": "纳税信用A级",
        "B": "纳税信用B级",
        "M": "纳税信用M级",
        "C": "纳税信用C级",
        "D": "纳税信用D级",
    },
}


def grades(scheme: RatingScheme) -> dict[str, str]:
    """Grades of a scheme with their labels, best first."""
    return _GRADES[scheme]


def draw_penalties(seed: str, today: date, entities: Sequence[DemoEntity]) -> list[DemoPenalty]:
    """Penalties of about one entity in twelve, numbered from 101."""
    drawn: list[DemoPenalty] = []
    for entity in entities:
        rng = stream(seed, "penalty", str(entity.number))
        share = 0.2 if entity.permit in _FOOD else 0.05
        while entity.uscc is not None and chance(rng, share):
            drawn.append(_draw(entity, 101 + len(drawn), today, rng))
            share = 0.25
    return drawn


def _draw(entity: DemoEntity, number: int, today: date, rng: Random) -> DemoPenalty:
    violation = rng.choice(FOOD_VIOLATIONS if entity.permit in _FOOD else TRADE_VIOLATIONS)
    decided = max(entity.established, days_before(today, 3, 1500, rng))
    light = chance(rng, 0.35)
    fine = None if light and chance(rng, 0.5) else Decimal(rng.choice((500, 1000, 2000, 5000, 10000, 30000))) / _WAN
    confiscated = Decimal(rng.randrange(20, 9000)) / _WAN if not light and chance(rng, 0.3) else None
    drawn = DemoPenalty(
        number=number,
        uscc=entity.uscc or "",
        decision_no=f"肇市监处罚〔{decided.year}〕{number}号",
        violation=violation.text,
        facts=facts_writer(violation.text)(rng),
        basis=violation.basis,
        kinds=penalty_kinds(fine, confiscated),
        content=content_writer(fined=fine is not None)(rng),
        fine=fine,
        confiscated=confiscated,
        decided=decided,
        public_until=days_after(decided, LIGHT_DAYS) if light else years_after(decided, HEAVY_YEARS),
        withdrawn=chance(rng, 0.03),
        repaired=chance(rng, 0.2),
        authority=MARKET,
        stamp=draw_stamp(today, rng),
    )
    return _annul(drawn, today, rng) if drawn.withdrawn else drawn


def _annul(penalty: DemoPenalty, today: date, rng: Random) -> DemoPenalty:
    """Annulled some day since, and no longer shown at most three working days later; one of last week stands."""
    since = (today - penalty.decided).days
    if since < 10:
        return replace(penalty, withdrawn=False)
    annulled = days_after(penalty.decided, rng.randint(1, since - 7))
    return replace(penalty, annulled=annulled, withdrawn_on=working_days_after(annulled, rng.randint(1, 3)))


def penalty_kinds(fine: Decimal | None, confiscated: Decimal | None) -> tuple[PenaltyKind, ...]:
    """Kinds of a penalty by its amounts: a warning where there is none."""
    kinds = [PenaltyKind.FINE] if fine is not None else []
    if confiscated is not None:
        kinds.append(PenaltyKind.CONFISCATION)
    return tuple(kinds) or (PenaltyKind.WARNING,)


def draw_market_ratings(seed: str, today: date, entities: Sequence[DemoEntity]) -> list[DemoRating]:
    """Food risk grades, catering grades and risk classes by market supervision, numbered from 101."""
    drawn: list[DemoRating] = []
    for entity in entities:
        rng = stream(seed, "market rating", str(entity.number))
        for scheme in _schemes(entity, rng):
            drawn.append(draw_rating(entity, scheme, (101 + len(drawn), today), rng))
    return drawn


def _schemes(entity: DemoEntity, rng: Random) -> list[RatingScheme]:
    if entity.uscc is None:
        return []
    schemes = [RatingScheme.FOOD_RISK] if entity.permit in _FOOD and chance(rng, 0.9) else []
    if entity.permit in ("catering", "canteen"):
        schemes.append(RatingScheme.CATERING_GRADE)
    if chance(rng, 0.15):
        schemes.append(RatingScheme.RISK_CLASS)
    return schemes


def draw_rating(
    entity: DemoEntity, scheme: RatingScheme, numbered: tuple[int, date], rng: Random, issuer: str = MARKET
) -> DemoRating:
    """A rating of the entity in a scheme, for one year; the better grades are more frequent."""
    number, today = numbered
    table = grades(scheme)
    grade = tuple(table)[min(int(rng.random() ** 1.6 * len(table)), len(table) - 1)]
    assessed = max(entity.established, days_before(today, 10, 400, rng))
    return DemoRating(
        number=number,
        uscc=entity.uscc or "",
        scheme=scheme,
        grade=grade,
        label=table[grade],
        issuer=issuer,
        assessed=assessed,
        valid_to=years_after(assessed, 1),
        stamp=draw_stamp(today, rng),
    )
