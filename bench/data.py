"""The yardstick's data: a register, licences, credit ratings and incentives, drawn from nothing but the row number.

The same entity has the same rows in every size, apart from its division. Codes are valid, texts are Chinese and
invented. Knows no database; every cell is a text, as it is loaded.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from hub.demo.codes import body_of, credit_code

SIZES = {"200": 200, "10k": 10_000, "200k": 200_000, "1m": 1_000_000}
"""Sizes by their names; the smallest is for tests of the bench itself."""
DIVISIONS = 400
_FULL_DIVISION = 250
"""Entities a division has at least, so that a page of it is always full; a small register covers fewer divisions."""
_CHUNK = 1_000
_PER_BLOCK = 900_000

Cells = tuple[str, ...]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of one source: its columns with their types in PostgreSQL, its key and its index."""

    source: str
    name: str
    columns: tuple[tuple[str, str], ...]
    key: str
    index: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in their order."""
        return tuple(name for name, _ in self.columns)


def _columns(text: str) -> tuple[tuple[str, str], ...]:
    """Columns written as `name` or `name:type`; a text unless it says otherwise."""
    pairs = (column.partition(":") for column in text.split())
    return tuple((name, kind or "text") for name, _, kind in pairs)


REGISTER = Table(
    "register",
    "entity",
    _columns(
        "uscc name legal_representative address industry division status established:date capital:numeric kind "
        "employees:integer phone updated_at:timestamptz"
    ),
    "uscc",
    ("division", "uscc"),
)
LICENCES = Table(
    "licences",
    "licence",
    _columns(
        "id:bigint uscc kind certificate_name certificate_no scope valid_from:date valid_to:date status authority "
        "updated_at:timestamptz"
    ),
    "id",
    ("uscc", "id"),
)
CREDIT = Table(
    "credit",
    "rating",
    _columns("uscc scheme grade label issuer assessed_on:date valid_to:date updated_at:timestamptz"),
    "uscc",
)
INCENTIVES = Table(
    "incentives",
    "incentive",
    _columns(
        "id:bigint uscc measure_name scenario department granted_on:date valid_to:date status updated_at:timestamptz"
    ),
    "id",
    ("uscc", "id"),
)
TABLES = (REGISTER, LICENCES, CREDIT, INCENTIVES)

_SURNAMES = ("欧阳", "司马", "诸葛", "上官", *"王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
_GIVEN = tuple("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂文辉玲鑫岚穗禾澄朗瑾")
_SECOND = (*_GIVEN, *[""] * 12)
_COINED = tuple(a + b for a in "穗稔岚黍垄畴漪禾麦晴霜柳雁岁谷青" for b in "宁润畅沅煦丰语泽桉彤棠嘉和颂衡朴")
_TRADES = (
    ("商贸公司", "5212", "ENTERPRISE"),
    ("餐饮公司", "6210", "ENTERPRISE"),
    ("种植合作社", "0111", "COOPERATIVE"),
    ("便利店", "5219", "INDIVIDUAL"),
    ("口腔诊所", "8425", "INDIVIDUAL"),
    ("大药房", "5251", "INDIVIDUAL"),
    ("建材公司", "5165", "ENTERPRISE"),
    ("家政服务部", "8010", "INDIVIDUAL"),
)
_REGISTRARS = {"ENTERPRISE": "91", "INDIVIDUAL": "92", "COOPERATIVE": "93"}
_STREETS = ("云穗路", "麦岚街", "青黍路", "稔光大街", "禾语路", "雁栖街", "松漪路", "垄上街", "霜林街", "柳汀路")
_PLACES = ("肇东市", "安达市", "海伦市", "望奎县", "兰西县", "青冈县", "庆安县", "明水县", "绥棱县", "北林区")
_PERMITS = (
    ("食品经营许可", "LICENCE", "JY", "预包装食品销售、散装食品销售、热食类食品制售", "市场监管局"),
    ("营业执照", "REGISTRATION", "YZ", "依照登记的经营范围开展经营活动", "市场监管局"),
    ("卫生许可", "LICENCE", "WS", "宾馆、理发店、美容店、游泳场馆", "卫生健康局"),
    ("诊所备案", "FILING", "ZS", "口腔科、预防保健科、中医科", "卫生健康局"),
    ("器械备案", "FILING", "QX", "第二类医疗器械零售,不含体外诊断试剂", "药品监管局"),
    ("预包装备案", "FILING", "YB", "仅销售预包装食品", "市场监管局"),
)
_GRADES = (("A", "优秀"), ("B", "良好"), ("C", "一般"), ("D", "较差"))
_MEASURES = (
    ("绿色通道、优先办理", "GOVERNMENT_SERVICE", "政务服务中心"),
    ("容缺受理、减材料", "APPROVAL", "行政审批办公室"),
    ("融资增信参考", "FINANCE", "金融服务站"),
    ("降低抽查比例和频次", "CREDIT_SUPERVISION", "市场监督管理局"),
    ("宣传推介", "CATERING", "商务局"),
)
_STATUSES = ("ACTIVE",) * 17 + ("REVOKED", "SUSPENDED", "DEREGISTERED")
_VALIDITY = ("VALID",) * 8 + ("EXPIRED", "CANCELLED")
_STANDING = ("ACTIVE", "ACTIVE", "EXPIRED", "WITHDRAWN")
_FIRST, _LAST = date(2001, 1, 1), date(2035, 12, 31)
_DAYS = tuple((_FIRST + timedelta(n)).isoformat() for n in range((_LAST - _FIRST).days + 1))
_TODAY = (date(2026, 11, 1) - _FIRST).days


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of some entities, by source."""

    register: list[Cells]
    licences: list[Cells]
    credit: list[Cells]
    incentives: list[Cells]

    def of(self, table: Table) -> list[Cells]:
        """Rows of one table."""
        rows: list[Cells] = getattr(self, table.source)
        return rows


def divisions(entities: int) -> tuple[str, ...]:
    """Codes of the divisions that a register of this size covers, each with a full page at least."""
    covered = max(1, min(DIVISIONS, entities // _FULL_DIVISION))
    return tuple(f"23{n // 20 + 1:02d}{n % 20 + 1:02d}" for n in range(covered))


def chunks(entities: int) -> Iterator[Rows]:
    """All rows, some entities at a time."""
    covered = divisions(entities)
    for start in range(0, entities, _CHUNK):
        yield _chunk(start, min(start + _CHUNK, entities), covered)


def fingerprint(entities: int) -> str:
    """Names this data: another text wherever tables or rows would be others."""
    digest = hashlib.sha256(f"{entities} {TABLES}".encode())
    for rows in (_chunk(start, start + 20, divisions(entities)) for start in (0, _CHUNK)):
        digest.update(repr(rows).encode())
    return digest.hexdigest()[:16]


def _chunk(start: int, end: int, covered: Sequence[str]) -> Rows:
    drawn = _Drawn(Random(f"yardstick {start}"))
    rows = Rows([], [], [], [])
    for number in range(start, end):
        _draw_entity(rows, number, covered[number % len(covered)], drawn)
    return rows


class _Drawn:
    """Draws of one chunk, by the cheapest call there is: a million entities take seventy million of them."""

    def __init__(self, rng: Random) -> None:
        self._random = rng.random

    def below(self, limit: int) -> int:
        return int(self._random() * limit)

    def one_of(self, choices: Sequence[Item]) -> Item:
        return choices[int(self._random() * len(choices))]

    def told(self) -> str:
        """When the source wrote the row: some minute of the last month."""
        minute = self.below(30 * 24 * 60)
        return f"{_DAYS[_TODAY - minute // 1440]}T{minute // 60 % 24:02d}:{minute % 60:02d}:00+08:00"


def _draw_entity(rows: Rows, number: int, division: str, drawn: _Drawn) -> None:
    """Append all rows of one entity."""
    ending, industry, kind = drawn.one_of(_TRADES)
    body = body_of(f"MA{number // _PER_BLOCK + 1}X", number % _PER_BLOCK)
    uscc = credit_code(_REGISTRARS[kind], division, body)
    place = _PLACES[number % len(_PLACES)]
    born = drawn.below(_TODAY - 400)
    rows.register.append(
        (
            uscc,
            f"{place}{drawn.one_of(_COINED)}{ending}",
            drawn.one_of(_SURNAMES) + drawn.one_of(_GIVEN) + drawn.one_of(_SECOND),
            f"黑龙江省绥化市{place}{drawn.one_of(_STREETS)}{drawn.below(400) + 1}号{drawn.below(30) + 1}门",
            industry,
            division,
            drawn.one_of(_STATUSES),
            _DAYS[born],
            f"{drawn.below(5_000) + 1}0000.00",
            kind,
            str(drawn.below(300) + 1),
            f"1{drawn.below(60) + 30}{drawn.below(10**8):08d}",
            drawn.told(),
        )
    )
    rows.licences.extend(_licence(number, nth, (uscc, born), drawn) for nth in range(2 + drawn.below(3)))
    rows.credit.append(_rating(uscc, place, drawn))
    rows.incentives.extend(_incentive(number, nth, (uscc, place), drawn) for nth in range(1 + drawn.below(3)))


def _licence(number: int, nth: int, holder: tuple[str, int], drawn: _Drawn) -> Cells:
    uscc, born = holder
    name, kind, letters, scope, authority = drawn.one_of(_PERMITS)
    start = born + drawn.below(_TODAY - born)
    return (
        str(number * 4 + nth + 1),
        uscc,
        kind,
        name,
        f"{letters}{uscc[2:8]}{drawn.below(10**6):06d}",
        scope,
        _DAYS[start],
        _DAYS[start + 365 * (1 + drawn.below(5))],
        drawn.one_of(_VALIDITY),
        authority,
        drawn.told(),
    )


def _rating(uscc: str, place: str, drawn: _Drawn) -> Cells:
    grade, label = drawn.one_of(_GRADES)
    day = _TODAY - drawn.below(700)
    return uscc, "PUBLIC_CREDIT", grade, label, f"{place}信用办", _DAYS[day], _DAYS[day + 365], drawn.told()


def _incentive(number: int, nth: int, receiver: tuple[str, str], drawn: _Drawn) -> Cells:
    uscc, place = receiver
    name, scenario, department = drawn.one_of(_MEASURES)
    day = _TODAY - drawn.below(900)
    ends, status = _DAYS[day + 365], drawn.one_of(_STANDING)
    identifier = str(number * 3 + nth + 1)
    return identifier, uscc, name, scenario, f"{place}{department}", _DAYS[day], ends, status, drawn.told()
