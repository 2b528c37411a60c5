"""One synthetic city's worth of rows for every kind of source, with all the cells that departments really send.

All names and codes are invented; codes have valid check digits. Rows hold what a typed database would: an adapter's
test loads them as they are, or as texts (`as_texts`) where its source knows nothing else.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from schema.uscc import check_digit

RawRow = dict[str, Any]

AWKWARD_NAMES: Sequence[str | None] = (
    "",
    None,
    "   ",
    " 前后有空格 ",
    "\u3000全角空格开头",
    "ＡＢＣ（示例）商贸有限公司",
    "ABC 餐饮店",
    "abc 餐饮店",
    "O'Brien 餐饮店",
    '双"引号"商行',
    "100%果汁店",
    "100_果汁店",
    "a_b 科技",
    "a/b\\c 商行",
    "😀 表情超市",
    "𠮷野食府",
    "Café Ünïcode 咖啡馆",
    "CAFÉ ÜNÏCODE 咖啡馆",
    "İstanbul 烤肉店",
    "NULL",
    "$1 :name ? %s 便利店",
    "'; DROP TABLE entity; --",
    "') OR 1=1 --",
    "中间\t有制表\n和换行",
    "长" * 200,
)
_STATUSES = ("1", "2", "3", "4", "ACTIVE", "9", "", None, " 1 ")
_KINDS = ("企业", "个体", "", "COOPERATIVE", None, "不明")
_FOUNDED = (
    *("20200115", "20240229", "19991231", "20240230", "19000229", "不详", "", None, "2024-01-05", "2024/03/01"),
    *(" 20210101 ", "2024-01-05T08:30:00", "20240105x", "00000101", "20201301", "10000101", "2023-0615"),
)
_CAPITAL = ("100", "1,000.5", "", None, "不详", "0", ",", "12.3456", "1e400", "NaN")
_DIVISIONS = ("330102", "330106", "331002", "339900", "33", "", None, "ABC123", "3399", " 330106", "33%", "99")
_FORMER = ("旧名甲;旧名乙", "旧名丙", ";", "", None)
_UPDATED = ("2024-05-01T08:00:00", "2024-05-01 08:00:00+00:00", None, "昨天", "")
_NOTES = ("餐饮服务", "食品销售;餐饮服务", None, "")


def _code(number: int) -> str:
    first = f"913301{number % 100:02d}MA9X{number:05d}"
    return first + check_digit(first)


CODES = tuple(_code(number) for number in range(1, 61))


def _nth(values: Sequence[Any], number: int) -> Any:
    return values[number % len(values)]


def _entity(number: int) -> RawRow:
    names = [*AWKWARD_NAMES, *(f"青禾示例第{n}商行" for n in range(20))]
    return {
        "id": f"E{number:04d}",
        "tyshxydm": CODES[number - 1],
        "zch": f"{_nth(('3301026', '3399026'), number // 3)}{number:08d}" if number % 4 else None,
        "mc": _nth(names, number),
        "cym": _nth(_FORMER, number),
        "lx": _nth(_KINDS, number),
        "zt": _nth(_STATUSES, number),
        "fddbr": _nth(("张示例", "李样本", None), number),
        "zczb": _nth(_CAPITAL, number),
        "clrq": _nth(_FOUNDED, number),
        "xzqh": _nth(_DIVISIONS, number),
        "jyfw": _nth(_NOTES, number),
        "gxsj": _nth(_UPDATED, number),
        "yyz": _nth(("是", "否", None, ""), number),
    }


def _entities() -> list[RawRow]:
    rows = [_entity(number) for number in range(1, 61)]
    # Departments register twice, and write dashes or nothing where there is no code.
    rows[58]["tyshxydm"] = rows[57]["tyshxydm"]
    for number, code in ((10, None), (20, ""), (30, "-")):
        rows[number]["tyshxydm"] = code
    return rows


def _licence(number: int) -> RawRow:
    day = date(2020, 1, 31) + timedelta(days=37 * number)
    return {
        "xkid": f"L{number:05d}",
        "tyshxydm": None if number % 29 == 0 else CODES[number * number % 53],
        "lb": _nth(("XK", "BA", None, "??"), number),
        "zsmc": _nth(("食品经营许可证", "卫生许可证", "Café 证", None), number),
        "zsbh": f"JY{number:014d}" if number % 7 else None,
        "jdrq": None if number % 11 == 0 else day,
        "yxqz": None if number % 5 == 0 else datetime.fromisoformat(day.isoformat()) + timedelta(hours=number % 24),
        "cqyx": _nth((True, False, None), number),
        "zt": _nth((1, 2, None, 7), number),
        "ysl": _nth(("是", "否", "", None, " Y "), number),
    }


def _penalty(number: int) -> RawRow:
    return {
        "cfid": f"P{number:05d}",
        "tyshxydm": CODES[number % 17],
        "wh": f"示例罚〔2024〕{number}号",
        "zl": _nth(('["FINE"]', '["WARNING", null, "FINE"]', "[]", '["?"]', "{", None, ""), number),
        "fk": _nth((Decimal("5000.00"), Decimal("0.00"), None, Decimal("1234567.89")), number),
        "jdrq": _nth(("2024-02-29", "2023-02-29", "", None, "20240301", "2024-03-01 10:00:00"), number),
        "gszz": _nth(("2027-02-28", "2024-01-01", None, "2026-02-29", ""), number),
        "cx": _nth(("1", "0", "", None), number),
    }


def _incentive(number: int) -> RawRow:
    return {
        "jlid": f"J{number:04d}",
        "tyshxydm": CODES[number % 13],
        "cs": _nth(("G1", "G12", "G99", None), number),
        "rq": _nth(("20240131", "20231231", "20240230", "", None, "20240229"), number),
        "fzs": _nth((0, 15, -3, None, 2**31 - 1, 2**31, 90), number),
    }


ROWS: Mapping[str, Sequence[RawRow]] = {
    "Entity": _entities(),
    "Licence": [_licence(number) for number in range(1, 121)],
    "Penalty": [_penalty(number) for number in range(1, 41)],
    "Incentive": [_incentive(number) for number in range(1, 31)],
}
"""Raw rows by record, in the order of their identifiers."""

MAPPINGS: Sequence[Mapping[str, Any]] = (
    {
        "record": "Entity",
        "local": "id",
        "as_of": "gxsj",
        "disputed": "yyz",
        "columns": {
            "uscc": "tyshxydm",
            "regNo15": "zch",
            "name": "mc",
            "formerNames": {"column": "cym", "separator": ";"},
            "kind": {"column": "lx", "codes": {"企业": "ENTERPRISE", "个体": "INDIVIDUAL", "": "OTHER"}},
            "status": {"column": "zt", "codes": {"1": "ACTIVE", "2": "SUSPENDED", "3": "REVOKED", "4": "DEREGISTERED"}},
            "legalRepresentative": "fddbr",
            "registeredCapital": {"column": "zczb", "unit": "wan"},
            "establishedOn": {"column": "clrq", "type": "compact"},
            "divisionCode": "xzqh",
            "businessScope": "jyfw",
            "registrationAuthority": {"constant": "示例市市场监督管理局"},
        },
    },
    {
        "record": "Licence",
        "local": "xkid",
        "keys": {"uscc": "tyshxydm"},
        "columns": {
            "kind": {"column": "lb", "codes": {"XK": "LICENCE", "BA": "FILING"}},
            "certificateName": "zsmc",
            "certificateNo": "zsbh",
            "decidedOn": {"column": "jdrq", "type": "date"},
            "validTo": {"column": "yxqz", "type": "timestamp"},
            "longTerm": {"column": "cqyx", "type": "native"},
            "status": {"column": "zt", "codes": {"1": "VALID", "2": "REVOKED"}},
            "renewalPending": "ysl",
            "authority": {"constant": "示例市行政审批局"},
        },
    },
    {
        "record": "Penalty",
        "local": "cfid",
        "keys": {"uscc": "tyshxydm"},
        "searchable": False,
        "columns": {
            "decisionNo": "wh",
            "kinds": "zl",
            "fine": "fk",
            "decidedOn": "jdrq",
            "publicUntil": "gszz",
            "withdrawn": "cx",
        },
    },
    {
        "record": "Incentive",
        "local": "jlid",
        "keys": {"uscc": "tyshxydm"},
        "columns": {
            "measure": "cs",
            "grantedOn": {"column": "rq", "type": "compact"},
            "minutesSaved": {"column": "fzs", "type": "native"},
        },
    },
)
"""How the rows are read, for every kind of source; each adds where its rows are."""

KEYS: Mapping[str, Sequence[str]] = {
    "Entity": ("uscc", "regNo15"),
    "Licence": ("uscc", "certificateNo"),
    "Penalty": ("uscc", "decisionNo"),
    "Incentive": ("uscc",),
}
"""Keys whose cells are written as they are asked for; a source need not find others."""

TIDY: Mapping[str, Sequence[str]] = {
    "Entity": ("regNo15", "legalRepresentative", "businessScope"),
    "Licence": ("certificateName", "certificateNo"),
    "Penalty": ("decisionNo", "publicUntil"),
    "Incentive": ("grantedOn",),
}
"""Fields whose cells have no blanks around them and, if they are dates, only the form declared or none."""


def as_texts(row: RawRow) -> RawRow:
    """The row as a source holds it that knows texts and whole numbers only."""
    return {column: _as_text(value) for column, value in row.items()}


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value) if isinstance(value, (date, Decimal)) else value
