"""What the credit office keeps: ratings, lists, honours, commitments, incentives, and the status made from them.

The sentence and the labels of a status say nothing that is not public in itself: no grade, no reason.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from hub.demo.calendar_days import days_after, days_before, draw_stamp, years_after
from hub.demo.codes import commitment_number
from hub.demo.draw import chance, stream
from hub.demo.penalties import draw_rating
from hub.demo.personas import personas
from hub.demo.records import (
    CityRecords,
    DemoCommitment,
    DemoEntity,
    DemoHonour,
    DemoIncentive,
    DemoListing,
    DemoRating,
    DemoStatus,
)
from hub.demo.wording import reason_writer, write_liability, write_outcome, write_promise
from schema.enums import (
    CommitmentKind,
    Fulfilment,
    IncentiveMeasure,
    IncentiveStatus,
    ListKind,
    Publicity,
    RatingScheme,
    RegistrationStatus,
    Scenario,
)

CREDIT = "肇东市营商环境局(市信用办)"
TAX = "国家税务总局肇东市税务局"
COURT = "肇东市人民法院"
SERVICE = "肇东市政务服务中心"
_ISSUERS = {RatingScheme.PUBLIC_CREDIT: CREDIT, RatingScheme.TAX_CREDIT: TAX}
_SUBJECTS = {
    CommitmentKind.VOLUNTARY: "申领“码上诚信”主动承诺",
    CommitmentKind.APPROVAL_SUBSTITUTE: "告知承诺制办理许可",
    CommitmentKind.TOLERANCE: "容缺受理材料补正",
    CommitmentKind.REPAIR: "信用修复",
    CommitmentKind.INDUSTRY: "行业自律",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """An incentive measure as the plan applies it: scenario, granting body, basis."""

    code: IncentiveMeasure
    scenario: Scenario
    department: str
    basis: str = "肇信办发〔2024〕2号"


MEASURES = (
    Measure(IncentiveMeasure.G1, Scenario.GOVERNMENT_SERVICE, SERVICE),
    Measure(IncentiveMeasure.G2, Scenario.APPROVAL, SERVICE),
    Measure(IncentiveMeasure.G4, Scenario.GOVERNMENT_SERVICE, SERVICE),
    Measure(IncentiveMeasure.G6, Scenario.AWARDS, CREDIT),
    Measure(IncentiveMeasure.G7, Scenario.FINANCE, CREDIT),
    Measure(IncentiveMeasure.G8, Scenario.CREDIT_SUPERVISION, "肇东市市场监督管理局"),
    Measure(IncentiveMeasure.G9, Scenario.CREDIT_SUPERVISION, "肇东市市场监督管理局"),
)
_OUT_OF_DATE = personas()["name_conflict"].name
"""Who changed its name, which the platform has not heard of."""
_LISTS = (
    (ListKind.ABNORMAL_OPERATION, "经营异常名录", "肇东市市场监督管理局"),
    (ListKind.ABNORMAL_OPERATION, "经营异常名录", "肇东市市场监督管理局"),
    (ListKind.COURT_DEBTOR, "失信被执行人名单", COURT),
    (ListKind.SERIOUS_DISCREDIT, "市场监督管理严重违法失信名单", "肇东市市场监督管理局"),
    (ListKind.TAX_VIOLATION, "重大税收违法失信主体名单", TAX),
    (ListKind.WAGE_ARREARS, "拖欠农民工工资失信联合惩戒名单", "肇东市人力资源和社会保障局"),
)
_HONOURS = ("诚信经营示范户", "守合同重信用单位", "放心消费示范店", "纳税信用A级纳税人")


def draw_ratings(seed: str, today: date, entities: Sequence[DemoEntity]) -> list[DemoRating]:
    """Public credit evaluations and tax credit of most entities, numbered from 101."""
    drawn: list[DemoRating] = []
    for entity in entities:
        rng = stream(seed, "credit rating", str(entity.number))
        for scheme, share in ((RatingScheme.PUBLIC_CREDIT, 0.8), (RatingScheme.TAX_CREDIT, 0.4)):
            if entity.uscc is not None and chance(rng, share):
                drawn.append(draw_rating(entity, scheme, (101 + len(drawn), today), rng, _ISSUERS[scheme]))
    return drawn


def draw_listings(seed: str, today: date, entities: Sequence[DemoEntity]) -> list[DemoListing]:
    """Entries of statutory lists for about one entity in thirty, half of them removed again; numbered from 101."""
    chosen = [(e, stream(seed, "list", str(e.number))) for e in entities if e.uscc is not None]
    listed = [(entity, rng) for entity, rng in chosen if chance(rng, 0.035)]
    return [_listing(entity, 101 + place, today, rng) for place, (entity, rng) in enumerate(listed)]


def _listing(entity: DemoEntity, number: int, today: date, rng: Random) -> DemoListing:
    kind, name, authority = rng.choice(_LISTS)
    listed = max(entity.established, days_before(today, 60, 1400, rng))
    removed = max(listed, days_before(today, 1, 59, rng)) if chance(rng, 0.5) else None
    return DemoListing(
        number=number,
        uscc=entity.uscc or "",
        listed=kind,
        name=name,
        reason=reason_writer(kind)(rng),
        decision_no=f"肇列〔{listed.year}〕{number}号",
        authority=authority,
        listed_on=listed,
        removed_on=removed,
        removal_reason="已履行义务,准予移出" if removed else None,
        stamp=draw_stamp(today, rng),
    )


def _trading(entity: DemoEntity) -> bool:
    return entity.uscc is not None and entity.status is RegistrationStatus.ACTIVE


def draw_honours(seed: str, today: date, entities: Sequence[DemoEntity]) -> list[DemoHonour]:
    """Honours of about one entity in sixteen, for three years; numbered from 101."""
    chosen = [(e, stream(seed, "honour", str(e.number))) for e in entities if _trading(e)]
    honoured = [(entity, rng) for entity, rng in chosen if chance(rng, 0.06)]
    return [_honour(entity, 101 + place, today, rng) for place, (entity, rng) in enumerate(honoured)]


def _honour(entity: DemoEntity, number: int, today: date, rng: Random) -> DemoHonour:
    granted, name = max(entity.established, days_before(today, 30, 1000, rng)), rng.choice(_HONOURS)
    issuer = TAX if name.startswith("纳税") else CREDIT
    return DemoHonour(number, entity.uscc or "", name, issuer, granted, years_after(granted, 3), draw_stamp(today, rng))


def draw_commitments(seed: str, today: date, entities: Sequence[DemoEntity]) -> list[DemoCommitment]:
    """Commitments of about one entity in three, numbered from 101."""
    drawn: list[DemoCommitment] = []
    for entity in entities:
        rng = stream(seed, "commitment", str(entity.number))
        share = 0.35 if entity.uscc is not None else 0.0
        while chance(rng, share):
            drawn.append(_commitment(entity, 101 + len(drawn), today, rng))
            share = 0.3
    return drawn


def _commitment(entity: DemoEntity, number: int, today: date, rng: Random) -> DemoCommitment:
    kind = rng.choice((CommitmentKind.VOLUNTARY, *_SUBJECTS))
    made = max(entity.established, days_before(today, 5, 900, rng))
    return DemoCommitment(
        number=number,
        uscc=entity.uscc or "",
        code=commitment_number(made, number),
        kind=kind,
        subject=_SUBJECTS[kind],
        content=write_promise(rng),
        liability=write_liability(rng),
        made=made,
        valid_to=years_after(made, 2) if chance(rng, 0.7) else None,
        fulfilment=rng.choices(tuple(Fulfilment), (55, 8, 3, 34))[0],
        publicity=Publicity.PUBLIC if chance(rng, 0.9) else Publicity.RESTRICTED,
        accepted_by=CREDIT if kind in (CommitmentKind.VOLUNTARY, CommitmentKind.REPAIR) else SERVICE,
        stamp=draw_stamp(today, rng),
    )


def draw_incentives(seed: str, today: date, entities: Sequence[DemoEntity]) -> list[DemoIncentive]:
    """Incentives of about one entity in eight, numbered from 101."""
    drawn: list[DemoIncentive] = []
    for entity in entities:
        rng = stream(seed, "incentive", str(entity.number))
        share = 0.12 if _trading(entity) else 0.0
        while chance(rng, share):
            drawn.append(_incentive(entity, 101 + len(drawn), today, rng))
            share = 0.4
    return drawn


def _incentive(entity: DemoEntity, number: int, today: date, rng: Random) -> DemoIncentive:
    measure, granted = rng.choice(MEASURES), max(entity.established, days_before(today, 5, 600, rng))
    ends = days_after(granted, 365)
    counted = chance(rng, 0.8)
    return DemoIncentive(
        number=number,
        uscc=entity.uscc or "",
        measure=measure.code,
        scenario=measure.scenario,
        department=measure.department,
        granted=granted,
        valid_to=ends,
        status=IncentiveStatus.EXPIRED if ends < today else IncentiveStatus.ACTIVE,
        outcome=write_outcome(rng) if counted else None,
        minutes_saved=rng.randrange(10, 300) if counted else None,
        basis=measure.basis,
        stamp=draw_stamp(today, rng),
    )


def sum_up(seed: str, today: date, city: CityRecords) -> list[DemoStatus]:
    """Status of nearly every entity that has a code, from all other records; numbered like its entity."""
    shown = [p.uscc for p in city.penalties if not p.withdrawn and p.public_until >= today]
    tally = _Tally(
        Counter(shown),
        Counter(c.uscc for c in city.commitments if c.fulfilment is Fulfilment.FULL),
        Counter(entry.uscc for entry in (*city.listings, *city.court_listings) if entry.removed_on is None),
        Counter(honour.uscc for honour in city.honours),
    )
    drawn = [(entity, stream(seed, "status", str(entity.number))) for entity in city.entities if entity.uscc]
    return [_status(entity, tally, today, rng) for entity, rng in drawn if entity.number <= 100 or chance(rng, 0.97)]


@dataclass(frozen=True, slots=True)
class _Tally:
    """Counts by code: penalties in publication, commitments fulfilled, lists still on, honours."""

    penalties: Counter[str]
    fulfilled: Counter[str]
    listed: Counter[str]
    honours: Counter[str]


def _status(entity: DemoEntity, tally: _Tally, today: date, rng: Random) -> DemoStatus:
    code = entity.uscc or ""
    parts = [f"登记状态：{entity.status.zh}", f"公示期内行政处罚{tally.penalties[code]}条"]
    if tally.listed[code]:
        parts.append(f"列入名单{tally.listed[code]}项")
    if tally.honours[code]:
        parts.append(f"守信信息{tally.honours[code]}条")
    labels = [entity.status.zh]
    if tally.honours[code] and not tally.listed[code]:
        labels.append("守信激励对象")
    return DemoStatus(
        number=entity.number,
        uscc=code,
        subject_name=entity.former_names[0] if entity.name == _OUT_OF_DATE else entity.name,
        headline="；".join(parts) + "。",
        labels=tuple(labels),
        penalties=tally.penalties[code],
        fulfilled=tally.fulfilled[code],
        assessed=today,
        stamp=draw_stamp(today, rng),
    )
