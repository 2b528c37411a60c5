"""What the departments say of the city's entities: licences at two of them, penalties, credit, tables."""

import random
from collections.abc import Callable, Iterator, Sequence
from enum import Enum

from schema.enums import (
    CampusPart,
    CertificateStatus,
    CodeStatus,
    CommitmentKind,
    Fulfilment,
    IncentiveMeasure,
    IncentiveStatus,
    LicenceCategory,
    LicenceKind,
    LicenceStatus,
    ListKind,
    PenaltyKind,
    Publicity,
    RatingScheme,
    Scenario,
)
from tests.oracle.rows import BROKEN, Row, Table, sum_of

STRANGER = "91110000600037341L"
"""A good code that the register does not know."""
CROWDED = 1
"""Number of the entity with more penalties than a list shows."""
Draw = Callable[[random.Random], object]


def departmental_tables(rng: random.Random, entities: Sequence[Row], *, certificates: bool) -> Iterator[Table]:
    """Tables of all departments but the register."""
    codes = [row.cells["uscc"] for row in entities if isinstance(row.cells["uscc"], str)]
    for source, record, declared, most, fresh_days in _PLAN:
        rows = tuple(_rows(rng, codes, declared, most))
        if record == "Penalty":
            rows += tuple(_crowd(rng, codes[CROWDED], declared))
        yield Table(source, record, tuple(declared), rows, fresh_days)
    yield Table("tables", "Campus", tuple(_CAMPUS), tuple(_trades(rng, codes)), 365)
    yield Table("market", "InspectionCap", tuple(_CAP), tuple(_row(rng, n, None, _CAP) for n in range(30)))
    if certificates:
        yield Table("tables", "Certificate", tuple(_CERTIFICATE), tuple(_certificates(rng)), 10)
        items = tuple(_row(rng, number, None, _ITEM) for number in range(4))
        yield Table("tables", "ApprovalItem", tuple(_ITEM), items)
    yield Table("tables", "Division", ("code", "name", "level"), tuple(_divisions()), None, dated=False)


def _rows(rng: random.Random, codes: Sequence[str], declared: dict[str, Draw], most: int) -> Iterator[Row]:
    """Up to `most` rows for each code but every sixth, and some that hang on nothing known; one for each if most is 1."""
    number = 0
    for place, code in enumerate((*codes, STRANGER, None)):
        for _ in range(0 if place % 6 == 4 else rng.randint(1, most)):
            number += 1
            yield _row(rng, number, code, declared)


def _row(rng: random.Random, number: int, code: str | None, declared: dict[str, Draw]) -> Row:
    cells = {name: draw(rng) for name, draw in declared.items()}
    as_of = rng.choice((None, "2026-03-10T08:00:00+08:00", "2025-06-01T00:00:00+08:00"))
    return Row(f"x{number:04d}", cells, code, as_of, rng.choice((None, True, False)))


def _crowd(rng: random.Random, code: str, declared: dict[str, Draw]) -> Iterator[Row]:
    for number in range(205):
        yield _row(rng, 5000 + number, code, declared)


def _certificates(rng: random.Random) -> Iterator[Row]:
    for number in range(1, 6):
        row = _row(rng, number, None, _CERTIFICATE)
        yield Row(row.local, {**row.cells, "number": f"ZF{number:04d}"}, None, row.as_of, row.disputed)


def _trades(rng: random.Random, codes: Sequence[str]) -> Iterator[Row]:
    """Two to four rows on each of many campuses, and more on one than a list shows."""
    for number in range(260):
        cells = _row(rng, number, None, _CAMPUS).cells
        code = rng.choice((*codes, STRANGER, None, BROKEN))
        campus = "XY03" if number >= 50 else cells["campusCode"]
        yield Row(f"c{number:03d}", {**cells, "uscc": code, "campusCode": campus}, code, None, rng.choice((None, True)))


def _divisions() -> Iterator[Row]:
    for code, name in (("320501", "市辖区"), ("320502", "姑苏区"), ("320581", "常熟市"), ("330106", None)):
        yield Row(code, {"code": code, "name": name, "level": "county"})


def _of(*values: object) -> Draw:
    return lambda rng: rng.choice(values)


def _member(enum: type[Enum], *, broken: int = 1) -> Draw:
    names = [member.name for member in enum]
    return lambda rng: rng.choice([*names, *names, None, *[BROKEN] * broken])


def _day(first: int, last: int) -> Draw:
    def draw(rng: random.Random) -> object:
        if rng.random() < 0.12:
            return rng.choice((None, BROKEN))
        return f"{rng.randint(first, last)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"

    return draw


def _text(stem: str) -> Draw:
    return lambda rng: None if rng.random() < 0.1 else f"{stem}{rng.randint(1, 40)}"


def _kinds(rng: random.Random) -> object:
    return rng.choice((None, BROKEN, (PenaltyKind.FINE.name,), (PenaltyKind.WARNING.name, PenaltyKind.FINE.name)))


_MONEY = _of(sum_of("500", "500"), sum_of("1,200.00", "1200"), sum_of("0.5", "0.5"), None, BROKEN)

_LICENCE: dict[str, Draw] = {
    "kind": _member(LicenceKind),
    "itemCode": _text("SX"),
    "certificateName": _of("食品经营许可证", "营业执照", None),
    "certificateNo": _text("JY"),
    "decisionNo": _text("文"),
    "category": _member(LicenceCategory),
    "scope": _of("热食类食品制售", None),
    "decidedOn": _day(2020, 2025),
    "validFrom": _day(2020, 2025),
    "validTo": _day(2025, 2027),
    "longTerm": _of(True, False, None, False),
    "status": _member(LicenceStatus),
    "authority": _of("市局", "区局"),
    "premises": _of("一层东侧", None, "厨房"),
}
_HEALTH_LICENCE = {name: _LICENCE[name] for name in ("kind", "certificateName", "certificateNo", "validTo", "premises")}
_PENALTY: dict[str, Draw] = {
    "decisionNo": _text("罚"),
    "violationType": _of("无证经营", None),
    "facts": _text("事实"),
    "legalBasis": _text("法条"),
    "kinds": _kinds,
    "content": _text("内容"),
    "fine": _MONEY,
    "confiscated": _MONEY,
    "decidedOn": _day(2023, 2025),
    "publicUntil": _day(2025, 2027),
    "withdrawn": _of(True, False, None),
    "authority": _of("市局", None),
}
_CREDIT: dict[str, Draw] = {
    "headline": _text("概况"),
    "labels": _of(("守信",), ("守信", "示范"), None),
    "commitmentsFulfilled": _of(0, 1, 12, None, BROKEN),
    "assessedOn": _day(2025, 2026),
}
_RATING: dict[str, Draw] = {
    "scheme": _member(RatingScheme),
    "grade": _of("A", "B", None),
    "label": _of("优", "良"),
    "issuer": _of("信用办", None),
    "assessedOn": _day(2025, 2026),
    "validTo": _day(2026, 2027),
}
_LIST: dict[str, Draw] = {
    "list": _member(ListKind, broken=2),
    "name": _text("名单"),
    "reason": _text("事由"),
    "decisionNo": _text("决"),
    "listedOn": _day(2022, 2025),
    "removedOn": _of(None, "2025-12-01", BROKEN, None),
    "removalReason": _of(None, "期满"),
}
_COMMITMENT: dict[str, Draw] = {
    "number": _text("CN"),
    "kind": _member(CommitmentKind),
    "subject": _text("事由"),
    "content": _text("承诺"),
    "madeOn": _day(2024, 2026),
    "validTo": _day(2026, 2028),
    "fulfilment": _member(Fulfilment),
    "publicity": _member(Publicity),
    "acceptedBy": _of("大厅", None),
}
_INCENTIVE: dict[str, Draw] = {
    "measure": _member(IncentiveMeasure),
    "measureName": _text("措施"),
    "scenario": _member(Scenario),
    "department": _of("信用办", "市局"),
    "grantedOn": _day(2025, 2026),
    "validTo": _day(2026, 2027),
    "status": _member(IncentiveStatus),
    "outcome": _text("成效"),
    "minutesSaved": _of(0, 30, -2, None, BROKEN),
}
_CERTIFICATE: dict[str, Draw] = {
    "number": _text("ZF"),
    "holderName": _of("欧阳修", "张三", None),
    "department": _of("市局", None),
    "status": _member(CertificateStatus),
    "validTo": _day(2026, 2027),
}
_INSPECTION: dict[str, Draw] = {
    "startedAt": _of(
        "2025-12-31T23:59:59+08:00", "2026-01-01T00:00:00+08:00", "2026-02-03T09:00:00+08:00", None, BROKEN
    ),
    "department": _of("市局", None),
    "officers": _of(("张三",), ("欧阳修", "李四"), None, BROKEN),
    "noticeNo": _text("检查通知2026-000"),
    "items": _of(("票据",), ("票据", "卫生"), None),
    "result": _of("未发现问题", None),
    "countThisYear": _of(1, 2, None, BROKEN),
}
_CODE: dict[str, Draw] = {
    "token": _text("TK"),
    "status": _member(CodeStatus),
    "statusReason": _text("原因"),
    "places": _of(("门头",), ("门头", "收银台"), None),
    "issuedOn": _day(2024, 2026),
}
_CAP: dict[str, Draw] = {
    "industryCode": _of("6210", "6220", "8411", "F51", None, BROKEN),
    "department": _of("市局", "区局"),
    "year": _of(2025, 2026, None, BROKEN),
    "yearCap": _of(1, 2, 4),
}
_CAMPUS: dict[str, Draw] = {
    "campusCode": _of("XY01", "XY02", None),
    "campusName": _text("校区"),
    "uscc": _of(None),
    "part": _member(CampusPart),
    "contractTo": _day(2026, 2028),
    "premises": _of("一层", None),
}
_ITEM: dict[str, Draw] = {
    "code": _of("XY01", "XY02", "XY03"),
    "name": _text("事项"),
    "statutoryDays": _of(20, None, BROKEN),
    "materials": _of(("申请书",), ("申请书", "证明"), None),
    "creditEvidence": _of(True, False, None),
}
_PLAN: tuple[tuple[str, str, dict[str, Draw], int, int | None], ...] = (
    ("market", "Licence", _LICENCE, 3, 90),
    ("market", "Penalty", _PENALTY, 3, None),
    ("health", "Licence", _HEALTH_LICENCE, 2, None),
    ("credit", "CreditStatus", _CREDIT, 1, 60),
    ("credit", "CreditRating", _RATING, 2, None),
    ("credit", "ListEntry", _LIST, 2, None),
    ("credit", "Commitment", _COMMITMENT, 2, 365),
    ("credit", "Incentive", _INCENTIVE, 2, None),
    ("market", "Inspection", _INSPECTION, 3, None),
    ("health", "Inspection", {n: d for n, d in _INSPECTION.items() if n != "startedAt"}, 2, None),
    ("credit", "HonestyCode", _CODE, 1, None),
)
