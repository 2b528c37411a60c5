"""肇东市人民法院: its list of debtors as a service of pages, one GET for look-ups and searches alike, HTTP Basic.

Columns are pinyin initials of their own; truth is 0 or 1.
"""

from typing import Any

from hub.demo.departments import fields
from hub.demo.departments.codes import Codes
from hub.demo.departments.written import Hand, Kept, Marks, Row
from hub.demo.records import CityRecords
from schema.enums import ListKind

LIST = "/openapi/sxmd"
USER = "hub"
SECRET = "secrets/court-password"  # noqa: S105 - where the password lies, not the password
_KINDS: Codes = {"SX": ListKind.COURT_DEBTOR}
_LISTED = Kept(
    record="ListEntry",
    rows="court_listings",
    reads=fields.LISTING,
    names={
        "list": "mdlx",
        "name": "mdmc",
        "reason": "sxqx",
        "decisionNo": "zxah",
        "authority": "zxfy",
        "listedOn": "fbrq",
        "removedOn": "sxrq",
        "removalReason": "sxyy",
    },
    marks=Marks("xh", "FY", "bzxrdm", "gxsj", "sfyy"),
    hand=Hand(truth=("0", "1")),
    codes={"list": _KINDS},
    fresh_days=15,
)


def court_rows(city: CityRecords) -> list[Row]:
    """The list in the order of its numbers."""
    return _LISTED.written(city)


def court_source(address: str) -> dict[str, Any]:
    """The court's service as the configuration writes it."""
    pages = {"parameter": "pageNo", "size_parameter": "pageSize", "size": 50, "total": "page.total"}
    search = {"path": LIST, "parameters": {"list:IN": "mdlx", "removedOn:IS_NULL": "zxz"}, "page": pages}
    return {
        "name": "court",
        "kind": "rest",
        "department": "court",
        "label": "失信被执行人名单",
        "timeout_ms": 5000,
        "basis": "《最高人民法院关于公布失信被执行人名单信息的若干规定》;共享目录编号 231282-FY-001",
        "base_url": address,
        "auth": {"way": "basic", "user": USER, "password": f"file:{SECRET}"},
        "success": {"path": "status", "equals": ["success"]},
        "record": [
            _LISTED.mapping(
                rows="page.records",
                page=pages,
                batch={"method": "GET", "path": LIST, "query_keys": "bzxrdm", "join": "comma", "size": 50},
                search=search,
            )
        ],
    }
