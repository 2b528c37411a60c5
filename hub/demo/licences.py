"""Licences, filings and registrations that the entities' trades call for, under their authorities' numbers.

Filing is not licensing: what the law only wants filed or leaves free is never shown as a missing licence.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from hub.demo.calendar_days import days_before, draw_stamp, years_after
from hub.demo.codes import (
    food_filing_number,
    food_licence_number,
    medical_register_number,
    production_licence_number,
)
from hub.demo.draw import chance, stream
from hub.demo.records import DemoEntity, DemoLicence
from hub.demo.values import Certificate, Term
from hub.demo.wording import write_premises
from schema.enums import EntityKind, LicenceCategory, LicenceKind, LicenceStatus, RegistrationStatus

MARKET = "肇东市市场监督管理局"
HEALTH = "肇东市卫生健康局"
APPROVAL = "肇东市行政审批办公室"
DEVICES = "绥化市市场监督管理局(药械监管)"
"""The drug and device office of the upper city."""
_REFORM = date(2025, 7, 1)
"""Since then the approval office licenses catering; what was licensed before stays where it was."""
_GONE = (RegistrationStatus.DEREGISTERED, RegistrationStatus.REVOKED, RegistrationStatus.ANNULLED)


@dataclass(frozen=True, slots=True)
class Issue:
    """One issuing of a certificate: the holder's code, a sequence, the day of the decision."""

    code: str
    sequence: int
    day: date


Numbering = Callable[[Issue], str | None]
"""Makes a certificate's number."""


@dataclass(frozen=True, slots=True)
class Permit:
    """What a trade needs; `years` is None where it holds without end."""

    kind: LicenceKind
    title: str
    item_code: str
    scope: str
    years: int | None
    number: Numbering
    authority: str = MARKET

    @property
    def category(self) -> LicenceCategory:
        """Ordinary for licences, registration for filings and registrations."""
        return LicenceCategory.ORDINARY if self.kind is LicenceKind.LICENCE else LicenceCategory.REGISTRATION


def _food(business: int) -> Numbering:
    return lambda issue: food_licence_number(business, issue.sequence)


def _device(word: str) -> Numbering:
    return lambda issue: f"黑绥食药监械经营{word}{issue.day.year}{issue.sequence:04d}号"


def _made(issue: Issue) -> str:
    return production_licence_number(101, issue.sequence)


def _prepacked(issue: Issue) -> str:
    return food_filing_number(issue.sequence)


def _medical(issue: Issue) -> str:
    return medical_register_number(issue.code[8:17], issue.sequence)


def _hygiene(issue: Issue) -> str:
    return f"肇卫公证字〔{issue.day.year}〕第{issue.sequence:04d}号"


def _labour(word: str) -> Numbering:
    return lambda issue: f"{word}231282{issue.day.year}{issue.sequence:04d}"


def _transport(issue: Issue) -> str:
    return f"黑交运管许可绥字231282{issue.sequence:06d}号"


_LICENCE, _FILING = LicenceKind.LICENCE, LicenceKind.FILING
PERMITS: dict[str, Permit] = {
    "make": Permit(_LICENCE, "食品生产许可证", "231282131001", "食品生产", 5, _made),
    "sale": Permit(_LICENCE, "食品经营许可证", "231282131002", "食品销售", 5, _food(1)),
    "catering": Permit(_LICENCE, "食品经营许可证", "231282131002", "热食类食品制售", 5, _food(2)),
    "canteen": Permit(_LICENCE, "食品经营许可证", "231282131002", "单位食堂:热食类食品制售", 5, _food(3)),
    "prepack": Permit(_FILING, "仅销售预包装食品备案", "231282131003", "预包装食品销售", None, _prepacked),
    "device2": Permit(
        _FILING, "第二类医疗器械经营备案凭证", "231200172005", "第二类医疗器械零售", None, _device("备"), DEVICES
    ),
    "device3": Permit(_LICENCE, "医疗器械经营许可证", "231200172004", "第三类医疗器械零售", 5, _device("许"), DEVICES),
    "optical": Permit(LicenceKind.NOT_REQUIRED, "依法无需许可", "231282131099", "眼镜架零售", None, lambda issue: None),
    "register": Permit(
        LicenceKind.REGISTRATION, "营业执照", "231282131000", "变更登记(经营范围)", None, lambda issue: issue.code
    ),
    "hygiene": Permit(_LICENCE, "公共场所卫生许可证", "231282011001", "公共场所经营", 4, _hygiene, APPROVAL),
    "dispatch": Permit(_LICENCE, "劳务派遣经营许可证", "231282014001", "劳务派遣", 3, _labour("LW"), APPROVAL),
    "staffing": Permit(_LICENCE, "人力资源服务许可证", "231282014002", "职业中介", 5, _labour("RL"), APPROVAL),
    "training": Permit(_LICENCE, "民办学校办学许可证", "231282005001", "职业技能培训", 3, _labour("BX"), APPROVAL),
    "transport": Permit(_LICENCE, "道路运输经营许可证", "231282018001", "道路普通货物运输", 4, _transport, APPROVAL),
    "clinic": Permit(_FILING, "诊所备案凭证", "231282023002", "诊所执业", None, _medical, HEALTH),
    "hospital": Permit(_LICENCE, "医疗机构执业许可证", "231282023001", "诊疗服务", 5, _medical, HEALTH),
}


def draw_licences(seed: str, today: date, entities: Sequence[DemoEntity]) -> list[DemoLicence]:
    """Licences of all entities that have a code, in the order of the entities; numbered from 101."""
    drawn: list[DemoLicence] = []
    for entity in entities:
        rng = stream(seed, "licence", str(entity.number))
        for name in _needed(entity, rng):
            drawn.append(_draw(entity, PERMITS[name], (101 + len(drawn), today), rng))
    return drawn


def _needed(entity: DemoEntity, rng: Random) -> list[str]:
    if entity.uscc is None:
        return []
    needed = [entity.permit] if entity.permit else []
    if entity.permit == "dispatch":
        needed.append("staffing")
    if entity.kind is EntityKind.ENTERPRISE and chance(rng, 0.25):
        needed.append("register")
    return needed


def _draw(entity: DemoEntity, permit: Permit, numbered: tuple[int, date], rng: Random) -> DemoLicence:
    number, today = numbered
    decided = max(entity.established, days_before(today, 5, 2100 if permit.years else 4000, rng))
    end = years_after(decided, permit.years) if permit.years else None
    status = _status(entity, end, today)
    soon = end is not None and 0 <= (end - today).days <= 60
    return DemoLicence(
        number=number,
        uscc=entity.uscc or "",
        certificate=certificate(permit, Issue(entity.uscc or "", number, decided)),
        scope=permit.scope,
        decided=decided,
        term=Term(None if chance(rng, 0.01) else decided, end, end is None),
        status=status,
        renewal=soon and chance(rng, 0.6),
        authority=APPROVAL if permit is PERMITS["catering"] and decided >= _REFORM else permit.authority,
        premises=write_premises(rng),
        stamp=draw_stamp(today, rng),
    )


def split_by_authority(licences: Iterable[DemoLicence]) -> dict[str, tuple[DemoLicence, ...]]:
    """Licences by the authority that keeps them, each in their order; every authority of the city is there."""
    rows = list(licences)
    keepers = (MARKET, APPROVAL, HEALTH, DEVICES)
    return {keeper: tuple(row for row in rows if row.authority == keeper) for keeper in keepers}


def certificate(permit: Permit, issue: Issue, number: str | None = None) -> Certificate:
    """Certificate of a permit as issued; its number is made unless given."""
    word = {LicenceKind.LICENCE: "许准", LicenceKind.FILING: "备", LicenceKind.REGISTRATION: "登字"}.get(permit.kind)
    return Certificate(
        kind=permit.kind,
        name=permit.title,
        number=number or permit.number(issue),
        item_code=permit.item_code,
        decision_no=f"肇{word}〔{issue.day.year}〕{issue.sequence}号" if word else None,
        decision_title=f"准予{permit.title}决定书" if permit.kind is LicenceKind.LICENCE else f"{permit.title}通知书",
        category=permit.category,
    )


def _status(entity: DemoEntity, end: date | None, today: date) -> LicenceStatus:
    if entity.status in _GONE:
        return LicenceStatus.CANCELLED
    if end is not None and end < today:
        return LicenceStatus.EXPIRED
    return LicenceStatus.VALID
