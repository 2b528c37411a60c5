"""绥化市行政处罚信息平台: penalties over SOAP, in the field names of the national set of 2018 and a few of its own.

Money is in units of 10,000 yuan with six decimals, days are written 2024/06/06, kinds are joined by 、.
"""

from decimal import Decimal
from typing import Any

from hub.demo.departments.codes import Codes, code_of
from hub.demo.departments.keeping import PENALTY, keep
from hub.demo.departments.written import Row
from hub.demo.records import CityRecords, DemoPenalty
from schema.enums import PenaltyKind

PATH = "/services/PenaltyPlatform"
WSDL = "schemas/penalty.wsdl"
USER = "hub"
SECRET = "secrets/penalty-password"  # noqa: S105 - where the password lies, not the password
OPERATION = "queryPenalty"
PARTY = "CF_XDR_SHXYM"
_KINDS: Codes = {
    "警告": PenaltyKind.WARNING,
    "通报批评": PenaltyKind.PUBLIC_CRITICISM,
    "罚款": PenaltyKind.FINE,
    "没收违法所得、没收非法财物": PenaltyKind.CONFISCATION,
    "吊销许可证件": PenaltyKind.LICENCE_SANCTION,
    "责令停产停业": PenaltyKind.BUSINESS_RESTRICTION,
    "行政拘留": PenaltyKind.DETENTION,
    "其他": PenaltyKind.OTHER,
}
_AUTHORITY_CODE = "11231282MB1A0P016C"


def penalty_rows(city: CityRecords) -> list[Row]:
    """The platform's rows in the order of their numbers; what has no value is null."""
    return [_row(row) for row in sorted(city.penalties, key=lambda row: row.number)]


def _row(row: DemoPenalty) -> Row:
    return {
        "CF_BH": f"CF{row.number:06d}",
        "CF_WSH": row.decision_no,
        PARTY: row.uscc,
        "CF_WFXW": row.violation,
        "CF_SY": row.facts,
        "CF_YJ": row.basis,
        "CF_CFLB": "、".join(code_of(_KINDS, kind) for kind in row.kinds),
        "CF_NR": row.content,
        "CF_NR_FK": _wan(row.fine),
        "CF_NR_WFFF": _wan(row.confiscated),
        "CF_JDRQ": f"{row.decided:%Y/%m/%d}",
        "CF_GSJZQ": f"{row.public_until:%Y/%m/%d}",
        "CF_CFJG": row.authority,
        "CF_CFJGDM": _AUTHORITY_CODE,
        "CF_CHBZ": "1" if row.withdrawn else "0",
        "CF_CXRQ": f"{row.annulled:%Y/%m/%d}" if row.annulled else None,
        "CF_CHRQ": f"{row.withdrawn_on:%Y/%m/%d}" if row.withdrawn_on else None,
        "CF_XFBZ": "1" if row.repaired else "0",
        "YYBZ": "1" if row.stamp.disputed else "0",
        "GXSJ": row.stamp.updated.isoformat(timespec="seconds"),
    }


def _wan(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.6f}"


def penalty_source(address: str) -> dict[str, Any]:
    """The platform as the configuration writes it."""
    return {
        "name": "penalty",
        "kind": "soap",
        "department": "penalty",
        "label": "行政处罚信息平台",
        "timeout_ms": 5000,
        "basis": "《政务数据共享条例》第十六条;共享目录编号 231200-XZCF-001",
        "wsdl": WSDL,
        "base_url": address,
        "username_token": {"user": USER, "password": f"file:{SECRET}"},
        "success": {"path": "return.resultCode", "equals": ["0000"]},
        "record": [
            {
                "record": "Penalty",
                "dialect": "penalty_v2",
                "local": "CF_BH",
                "as_of": "GXSJ",
                "disputed": "YYBZ",
                "fresh_days": 30,
                "path": PATH,
                "rows": "return.resultList.item",
                "batch": {"operation": OPERATION, "place": "condition.xdrdm", "size": 100},
                "page": {"parameter": "pageNo", "size_parameter": "pageSize", "size": 100, "total": "return.total"},
                "columns": {
                    "withdrawn": "CF_CHBZ",
                    "annulledOn": {"column": "CF_CXRQ", "loose": True},
                    "withdrawnOn": {"column": "CF_CHRQ", "loose": True},
                    "repaired": "CF_XFBZ",
                },
                "keep": keep(PENALTY),
            }
        ],
    }
