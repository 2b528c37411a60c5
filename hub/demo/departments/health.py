"""肇东市卫生健康局: a web service with pinyin fields that answers in batches and to a few searches.

Values of enumerations are written as Chinese labels; truth is written as JSON does.
"""

from typing import Any

from hub.demo.departments.codes import labels_of
from hub.demo.records import CityRecords, DemoLicence
from schema.enums import LicenceCategory, LicenceKind, LicenceStatus

ROWS = "health.json"
BATCH = "/v1/xkba/batch"
SEARCH = "/v1/xkba/search"
PING = "/v1/ping"
API_KEY_HEADER = "X-Api-Key"
SECRET = "secrets/health-api-key"  # noqa: S105 - where the key lies, not the key


def health_rows(city: CityRecords) -> list[dict[str, Any]]:
    """The service's rows in the order of their identifiers."""
    return sorted(map(_row, city.health_licences), key=lambda row: str(row["jlbh"]))


def _row(row: DemoLicence) -> dict[str, Any]:
    held = row.certificate
    return {
        "jlbh": f"WJ{row.number:06d}",
        "tyshxydm": row.uscc,
        "sxlx": held.kind.zh,
        "sxbm": held.item_code,
        "zsmc": held.name,
        "xkzh": held.number,
        "jdwh": held.decision_no,
        "jdmc": held.decision_title,
        "xklb": held.category.zh,
        "zlkm": row.scope,
        "fzrq": row.decided.isoformat(),
        "yxqq": row.term.start.isoformat() if row.term.start else None,
        "yxqz": row.term.end.isoformat() if row.term.end else None,
        "cqyx": row.term.endless,
        "zt": row.status.zh,
        "yxsl": row.renewal,
        "fzjg": row.authority,
        "zydz": row.premises,
        "yybz": row.stamp.disputed,
        "gxsj": row.stamp.updated.isoformat(),
    }


def health_source(address: str) -> dict[str, Any]:
    """The department's source as the configuration writes it; the address holds no path."""
    return {
        "name": "health",
        "kind": "rest",
        "department": "health",
        "label": "卫生健康许可服务",
        "timeout_ms": 5000,
        "basis": "《政务数据共享条例》第十六条;共享目录编号 231282-WSJK-003",
        "base_url": address,
        "health": PING,
        "auth": {"way": "key", "header": API_KEY_HEADER, "key": f"file:{SECRET}"},
        "success": {"path": "code", "equals": ["200"]},
        "record": [_licence_map()],
    }


def _licence_map() -> dict[str, Any]:
    return {
        "record": "Licence",
        "local": "jlbh",
        "rows": "data.list",
        "fields_parameter": "fields",
        "as_of": "gxsj",
        "disputed": {"column": "yybz", "type": "native"},
        "fresh_days": 45,
        "keys": {"uscc": "tyshxydm"},
        "batch": {"path": BATCH, "body_keys": "tyshxydm", "size": 200},
        "search": {
            "path": SEARCH,
            "parameters": {"uscc:IN": "tyshxydm", "kind:IN": "sxlx", "status:IN": "zt", "validTo:LT": "yxqz_zq"},
            "join": "comma",
            "first": "ts",
            "most": 1000,
            "after": {"$local": "zh"},
        },
        "columns": _columns(),
    }


def _columns() -> dict[str, Any]:
    return {
        "kind": {"column": "sxlx", "codes": labels_of(LicenceKind)},
        "itemCode": "sxbm",
        "certificateName": "zsmc",
        "certificateNo": "xkzh",
        "decisionNo": "jdwh",
        "decisionTitle": "jdmc",
        "category": {"column": "xklb", "codes": labels_of(LicenceCategory)},
        "scope": "zlkm",
        "decidedOn": "fzrq",
        "validFrom": "yxqq",
        "validTo": "yxqz",
        "longTerm": {"column": "cqyx", "type": "native"},
        "status": {"column": "zt", "codes": labels_of(LicenceStatus)},
        "renewalPending": {"column": "yxsl", "type": "native"},
        "authority": "fzjg",
        "premises": "zydz",
    }
