"""What the departments know of the personas, in dates relative to the day the city is drawn for.

Each row shows one thing a real system got wrong; the keys are those of the table of personas.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from random import Random

from hub.demo.calendar_days import calm_stamp, days_after, working_days_after, years_after
from hub.demo.campuses import CANTEEN_LICENCE
from hub.demo.codes import commitment_number
from hub.demo.credit import COURT, CREDIT, MEASURES, SERVICE
from hub.demo.licences import APPROVAL, DEVICES, HEALTH, MARKET, PERMITS, Issue, certificate, split_by_authority
from hub.demo.penalties import HEAVY_YEARS, LIGHT_DAYS, grades, penalty_kinds
from hub.demo.personas import code_of
from hub.demo.records import (
    CityRecords,
    DemoCommitment,
    DemoHonour,
    DemoIncentive,
    DemoLicence,
    DemoListing,
    DemoPenalty,
    DemoRating,
)
from hub.demo.strangers import stranger_licences
from hub.demo.values import Stamp, Term
from hub.demo.violations import ADVERTISED, OUT_OF_DATE, STOCK, UNCERTIFIED, UNPRICED, Violation, facts_writer
from hub.demo.wording import (
    content_writer,
    reason_writer,
    write_liability,
    write_outcome,
    write_promise,
)
from schema.enums import (
    CommitmentKind,
    Fulfilment,
    IncentiveStatus,
    LicenceStatus,
    ListKind,
    Publicity,
    RatingScheme,
)

_STALL = "肇东市朝阳区街道麦岚街128号二楼A12档口"
_FOREVER = date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class _Held:
    """A licence of a persona: permit, its number (None: from the row number), days since decided, days to its end."""

    key: str
    permit: str
    certificate_no: str | None
    decided_ago: int
    ends_in: int | None
    premises: str
    renewal: bool = False


_HELD = (
    _Held("elder_home", "canteen", "JY32312820000074", 500, 1325, "肇东市正阳区街道云穗路66号一层食堂"),
    _Held("elder_home", "register", None, 800, None, "肇东市正阳区街道云穗路66号"),
    _Held("owner_in_name", "catering", "JY22312820001239", 900, 925, "肇东市东升区街道麦岚街7号楼商服3门"),
    _Held("chain_head", "sale", "JY12312820004564", 300, 1525, "肇东市东升区街道谷雨北路1号"),
    _Held("chain_branch", "sale", None, 290, 1535, "肇东市西园区街道谷雨北路205号"),
    _Held("private_school", "canteen", CANTEEN_LICENCE, 700, 1125, "肇东市正阳区街道晴畴街55号一层"),
    _Held("filing_only", "prepack", None, 1200, None, "肇东市西园区街道霜林街88号商服2门"),
    _Held("expiring_tomorrow", "device3", None, 1825, 1, "肇东市朝阳区街道稔光大街31号商服5门", renewal=True),
    _Held("hearing_aid", "device2", None, 1500, None, "肇东市正阳区街道谷雨北路142号"),
    _Held("nothing_required", "optical", None, 1400, None, "肇东市东升区街道霜林街26号商服1门"),
    _Held("publication_ended", "catering", None, 1000, 825, "肇东市五里明镇云垄村4组27号"),
    _Held("penalty_withdrawn", "sale", None, 640, 1185, "肇东市西园区街道松漪路77号"),
    _Held("partial_commitment", "make", None, 850, 975, "肇东市肇东镇柳汀村6组33号"),
    _Held("renewal_pending", "catering", None, 1831, -6, "肇东市昌五镇晴畴村1组6号", renewal=True),
    _Held("stall_one", "catering", None, 630, 1195, _STALL),
    _Held("stall_one", "sale", None, 600, 1225, _STALL),
    _Held("stall_two", "catering", None, 620, 1205, _STALL),
    _Held("elder_home", "hospital", None, 420, 1405, "肇东市正阳区街道云穗路66号内设医务室"),
    _Held("town_hospital", "hospital", None, 700, 1125, "肇东市西园区街道柳汀路12号"),
    _Held("village_clinic", "hospital", None, 350, 1475, "肇东市尚家镇麦岚村2组9号"),
    _Held("court_debtor_hospital", "hospital", None, 950, 875, "肇东市正阳区街道稔光大街300号"),
    _Held("canteen_contractor", "catering", None, 820, 1005, "肇东市朝阳区街道青黍路58号"),
    _Held("only_at_source", "device3", None, 600, 1225, "肇东市正阳区街道麦岚街93号商服4门"),
    _Held("code_suspended", "catering", None, 760, 1065, "肇东市朝阳区街道晴畴街14号商服2门"),
)


def persona_records(today: date) -> CityRecords:
    """Rows of all departments about the personas; each table numbers its own from 1."""
    licences = split_by_authority(_licences(today))
    listings = list(_listings(today))
    return CityRecords(
        market_licences=licences[MARKET],
        approval_licences=licences[APPROVAL],
        health_licences=licences[HEALTH],
        device_licences=licences[DEVICES],
        penalties=tuple(_penalties(today)),
        market_ratings=tuple(_ratings(today, _MARKET_GRADES, MARKET)),
        credit_ratings=tuple(_ratings(today, _CREDIT_GRADES, CREDIT)),
        listings=tuple(row for row in listings if row.authority != COURT),
        court_listings=tuple(row for row in listings if row.authority == COURT),
        honours=tuple(_honours(today)),
        commitments=tuple(_commitments(today)),
        incentives=tuple(_incentives(today)),
    )


def _licences(today: date) -> Iterator[DemoLicence]:
    for number, held in enumerate(_HELD, 1):
        end = None if held.ends_in is None else days_after(today, held.ends_in)
        yield _licence(number, held, end, today)
    typed = _Held("endless_licence", "make", None, 2300, None, "肇东市里木店镇黍香村5组60号")
    yield _licence(len(_HELD) + 1, typed, _FOREVER, today)
    yield from _fed_twice(len(_HELD) + 2, today)
    yield from stranger_licences(len(_HELD) + 5, today)


def _fed_twice(number: int, today: date) -> Iterator[DemoLicence]:
    """One act of registration that the feed sent once, once again, and once more under another name."""
    held = _Held("duplicated_feed", "register", None, 75, None, "肇东市东升区街道禾语路72号商服1门")
    act = _licence(number, held, None, today)
    yield act
    yield replace(act, number=number + 1)
    filed = replace(act.certificate, name="公司备案", decision_title="公司备案通知书")
    yield replace(act, number=number + 2, certificate=filed)


def _licence(number: int, held: _Held, end: date | None, today: date) -> DemoLicence:
    permit, code, decided = PERMITS[held.permit], code_of(held.key), days_after(today, -held.decided_ago)
    return DemoLicence(
        number=number,
        uscc=code,
        certificate=certificate(permit, Issue(code, number, decided), held.certificate_no),
        scope=permit.scope,
        decided=decided,
        term=Term(decided, end, end is None or end == _FOREVER),
        status=LicenceStatus.EXPIRED if end is not None and end < today else LicenceStatus.VALID,
        renewal=held.renewal,
        authority=permit.authority,
        premises=held.premises,
        stamp=calm_stamp(today),
    )


@dataclass(frozen=True, slots=True)
class _Fined:
    """A penalty of a persona: violation, fine in yuan (None: a warning), days since decided, days to its end."""

    key: str
    violation: Violation
    fine: int | None
    decided_ago: int
    ends_in: int
    withdrawn: bool = False
    repaired: bool = False
    annulled_ago: int = 0


_FINED = (
    _Fined("elder_home", STOCK, 2000, 200, 895),
    _Fined("elder_home", UNPRICED, None, 400, -310, repaired=True),
    _Fined("publication_ended", UNCERTIFIED, 500, LIGHT_DAYS + 1, -1),
    _Fined("penalty_withdrawn", UNPRICED, 5000, 60, HEAVY_YEARS * 365 - 60, withdrawn=True, annulled_ago=20),
    _Fined("stall_one", OUT_OF_DATE, 10000, 45, 1050),
    _Fined("disputed", ADVERTISED, 3000, 120, 975),
)


def _penalties(today: date) -> Iterator[DemoPenalty]:
    for number, fined in enumerate(_FINED, 1):
        rng = Random(number)
        decided = days_after(today, -fined.decided_ago)
        fine = None if fined.fine is None else Decimal(fined.fine) / 10000
        annulled = days_after(today, -fined.annulled_ago) if fined.withdrawn else None
        yield DemoPenalty(
            number=number,
            uscc=code_of(fined.key),
            decision_no=f"肇市监处罚〔{decided.year}〕{number}号",
            violation=fined.violation.text,
            facts=facts_writer(fined.violation.text)(rng),
            basis=fined.violation.basis,
            kinds=penalty_kinds(fine, None),
            content=content_writer(fined=fine is not None)(rng),
            fine=fine,
            confiscated=None,
            decided=decided,
            public_until=days_after(today, fined.ends_in),
            withdrawn=fined.withdrawn,
            repaired=fined.repaired,
            authority=MARKET,
            stamp=Stamp(calm_stamp(today).updated, fined.key == "disputed"),
            annulled=annulled,
            withdrawn_on=working_days_after(annulled, 2) if annulled else None,
        )


_MARKET_GRADES = (
    ("elder_home", RatingScheme.FOOD_RISK, "B"),
    ("elder_home", RatingScheme.CATERING_GRADE, "A"),
    ("owner_in_name", RatingScheme.CATERING_GRADE, "B"),
    ("private_school", RatingScheme.FOOD_RISK, "D"),
    ("stall_one", RatingScheme.CATERING_GRADE, "C"),
    ("stall_two", RatingScheme.CATERING_GRADE, "A"),
)
_CREDIT_GRADES = (
    ("elder_home", RatingScheme.PUBLIC_CREDIT, "优"),
    ("owner_in_name", RatingScheme.PUBLIC_CREDIT, "良"),
    ("court_debtor_hospital", RatingScheme.PUBLIC_CREDIT, "差"),
    ("abnormal_removed", RatingScheme.PUBLIC_CREDIT, "中"),
    ("chain_head", RatingScheme.PUBLIC_CREDIT, "优"),
)


def _ratings(today: date, graded: tuple[tuple[str, RatingScheme, str], ...], issuer: str) -> Iterator[DemoRating]:
    for number, (key, scheme, grade) in enumerate(graded, 1):
        assessed = days_after(today, -90)
        label, ends = grades(scheme)[grade], years_after(assessed, 1)
        yield DemoRating(number, code_of(key), scheme, grade, label, issuer, assessed, ends, calm_stamp(today))


@dataclass(frozen=True, slots=True)
class _Listed:
    """A list entry of a persona, with days since listed and since removed (None: still listed)."""

    key: str
    kind: ListKind
    name: str
    authority: str
    listed_ago: int
    removed_ago: int | None


_LISTED = (
    _Listed("abnormal_removed", ListKind.ABNORMAL_OPERATION, "经营异常名录", MARKET, 420, 35),
    _Listed("court_debtor_hospital", ListKind.COURT_DEBTOR, "失信被执行人名单", COURT, 150, None),
    _Listed("elder_home", ListKind.ABNORMAL_OPERATION, "经营异常名录", MARKET, 1300, 1270),
)


def _listings(today: date) -> Iterator[DemoListing]:
    for number, entry in enumerate(_LISTED, 1):
        listed = days_after(today, -entry.listed_ago)
        removed = None if entry.removed_ago is None else days_after(today, -entry.removed_ago)
        yield DemoListing(
            number=number,
            uscc=code_of(entry.key),
            listed=entry.kind,
            name=entry.name,
            reason=reason_writer(entry.kind)(Random(number)),
            decision_no=f"肇列〔{listed.year}〕{number}号",
            authority=entry.authority,
            listed_on=listed,
            removed_on=removed,
            removal_reason="已补报年度报告,准予移出" if removed else None,
            stamp=calm_stamp(today),
        )


def _honours(today: date) -> Iterator[DemoHonour]:
    for number, (key, name) in enumerate((("elder_home", "诚信经营示范户"), ("chain_head", "放心消费示范店")), 1):
        granted = days_after(today, -300)
        yield DemoHonour(number, code_of(key), name, CREDIT, granted, years_after(granted, 3), calm_stamp(today))


_PROMISED = (
    ("elder_home", CommitmentKind.VOLUNTARY, "申领“码上诚信”主动承诺", Fulfilment.FULL, CREDIT),
    ("elder_home", CommitmentKind.TOLERANCE, "容缺受理材料补正", Fulfilment.FULL, SERVICE),
    ("elder_home", CommitmentKind.APPROVAL_SUBSTITUTE, "告知承诺制办理许可", Fulfilment.NOT_ASSESSED, SERVICE),
    ("owner_in_name", CommitmentKind.VOLUNTARY, "申领“码上诚信”主动承诺", Fulfilment.FULL, CREDIT),
    ("partial_commitment", CommitmentKind.TOLERANCE, "容缺受理材料补正", Fulfilment.PARTIAL, SERVICE),
    ("village_collective", CommitmentKind.VOLUNTARY, "申领“码上诚信”主动承诺", Fulfilment.NOT_ASSESSED, CREDIT),
)


def _commitments(today: date) -> Iterator[DemoCommitment]:
    for number, (key, kind, subject, fulfilment, accepted_by) in enumerate(_PROMISED, 1):
        made, rng = days_after(today, -60 * number), Random(number)
        yield DemoCommitment(
            number=number,
            uscc=code_of(key),
            code=commitment_number(made, number),
            kind=kind,
            subject=subject,
            content=write_promise(rng),
            liability=write_liability(rng),
            made=made,
            valid_to=years_after(made, 2),
            fulfilment=fulfilment,
            publicity=Publicity.PUBLIC,
            accepted_by=accepted_by,
            stamp=calm_stamp(today),
        )


def _incentives(today: date) -> Iterator[DemoIncentive]:
    granted_to = (("elder_home", 0), ("elder_home", 5), ("owner_in_name", 6), ("chain_head", 3))
    for number, (key, place) in enumerate(granted_to, 1):
        measure, granted = MEASURES[place], days_after(today, -40 * number)
        yield DemoIncentive(
            number=number,
            uscc=code_of(key),
            measure=measure.code,
            scenario=measure.scenario,
            department=measure.department,
            granted=granted,
            valid_to=days_after(granted, 365),
            status=IncentiveStatus.ACTIVE,
            outcome=write_outcome(Random(number)),
            minutes_saved=25 * number,
            basis=measure.basis,
            stamp=calm_stamp(today),
        )
