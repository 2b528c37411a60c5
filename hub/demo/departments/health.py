"""肇东市卫生健康局: a web service with pinyin fields that answers in batches and to a few searches.

Holds licences and the registrations of medical institutions. Values of enumerations are Chinese labels; truth is
written as JSON does.
"""

from typing import Any

from hub.demo.departments import fields
from hub.demo.departments.keeping import LICENCE, keep
from hub.demo.departments.written import Kept, Marks, Row
from hub.demo.records import CityRecords

LICENCES, CLINICS = "xkba", "yljg"
SEARCH = f"/v1/{LICENCES}/search"
PING = "/v1/ping"
API_KEY_HEADER = "X-Api-Key"
SECRET = "secrets/health-api-key"  # noqa: S105 - where the key lies, not the key
_LICENCES = Kept(
    record="Licence",
    rows="health_licences",
    reads=fields.LICENCE,
    names={
        "kind": "sxlx",
        "itemCode": "sxbm",
        "certificateName": "zsmc",
        "certificateNo": "xkzh",
        "decisionNo": "jdwh",
        "decisionTitle": "jdmc",
        "category": "xklb",
        "scope": "zlkm",
        "decidedOn": "fzrq",
        "validFrom": "yxqq",
        "validTo": "yxqz",
        "longTerm": "cqyx",
        "status": "zt",
        "renewalPending": "yxsl",
        "authority": "fzjg",
        "premises": "zydz",
    },
    marks=Marks("jlbh", "WJ", "tyshxydm", "gxsj", "yybz"),
    fresh_days=45,
)
_CLINICS = Kept(
    record="Clinic",
    rows="clinics",
    reads=fields.CLINIC,
    names={
        "registrationNo": "djh",
        "name": "jgmc",
        "level": "jgdj",
        "subjects": "zlkm",
        "premises": "zydz",
        "verifiedOn": "jyrq",
        "verificationDue": "xcjyrq",
        "authority": "djjg",
    },
    marks=Marks("jlbh", "YL", "tyshxydm", "gxsj", "yybz"),
)


def batch_path(table: str) -> str:
    """Where rows of a table are asked for by code."""
    return f"/v1/{table}/batch"


def health_rows(city: CityRecords) -> dict[str, list[Row]]:
    """The service's tables, each in the order of its identifiers."""
    return {LICENCES: _LICENCES.written(city), CLINICS: _CLINICS.written(city)}


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
        "record": [
            _LICENCES.mapping(**_asked(LICENCES), search=_search(), keep=keep(LICENCE)),
            _CLINICS.mapping(**_asked(CLINICS), searchable=False),
        ],
    }


def _asked(table: str) -> dict[str, Any]:
    return {
        "rows": "data.list",
        "fields_parameter": "fields",
        "batch": {"path": batch_path(table), "body_keys": "tyshxydm", "size": 200},
    }


def _search() -> dict[str, Any]:
    return {
        "path": SEARCH,
        "parameters": {"uscc:IN": "tyshxydm", "kind:IN": "sxlx", "status:IN": "zt", "validTo:LT": "yxqz_zq"},
        "join": "comma",
        "first": "ts",
        "most": 1000,
        "after": {"$local": "zh"},
    }
