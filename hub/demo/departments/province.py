"""黑龙江省营商环境建设监督局: the provincial register of codes, a service behind OAuth client credentials.

Objects lie inside one another, names are camel case, a question is a POST with pages by row offset.
"""

from typing import Any

from hub.demo.departments import fields
from hub.demo.departments.codes import Codes
from hub.demo.departments.written import Kept, Marks, Row
from hub.demo.records import CityRecords
from schema.enums import CodeIssuer, CodeStatus

TOKEN = "/oauth2/token"  # noqa: S105 - where tokens are asked for, not one
QUERY = "/registry/codes/query"
CLIENT, SCOPE = "chengxin-hub-zhaodong", "codes.read"
SECRET = "secrets/province-client"  # noqa: S105 - where the secret lies, not the secret
_STATES: Codes = {status.name.lower(): status for status in CodeStatus}
_ISSUERS: Codes = {issuer.name.lower(): issuer for issuer in CodeIssuer}
_CODES = Kept(
    record="HonestyCode",
    rows="codes",
    reads=fields.CODE,
    names={
        "token": "code.content",
        "status": "state.value",
        "statusSince": "state.since",
        "statusReason": "state.reason",
        "issuedTo": "holder.name",
        "issuedOn": "code.issuedOn",
        "displayedSince": "display.since",
        "printedOn": "display.printedOn",
        "places": "display.places",
        "issuer": "code.issuer",
    },
    marks=Marks("id", "HL23-", "holder.creditCode", "meta.updatedAt", "meta.disputed"),
    codes={"status": _STATES, "issuer": _ISSUERS},
)


def province_rows(city: CityRecords) -> list[Row]:
    """The register in the order of its identifiers; what lies inside has a dotted name."""
    return _CODES.written(city)


def province_source(address: str) -> dict[str, Any]:
    """The register as the configuration writes it; the authorisation server stands at the same address."""
    return {
        "name": "province",
        "kind": "rest",
        "department": "province",
        "label": "省级赋码平台",
        "timeout_ms": 5000,
        "basis": "《政务数据共享条例》第十六条;共享目录编号 230000-YSHJ-001",
        "base_url": address,
        "auth": {
            "way": "client_credentials",
            "token_url": f"{address}{TOKEN}",
            "client_id": CLIENT,
            "client_secret": f"file:{SECRET}",
            "scope": SCOPE,
        },
        "record": [
            _CODES.mapping(
                rows="items",
                keys={"uscc": _CODES.marks.uscc, "token": _CODES.names["token"]},
                batch=[
                    {"path": QUERY, "body_keys": "filter.creditCodes", "size": 100},
                    {"key": "token", "path": QUERY, "body_keys": "filter.contents", "size": 100},
                ],
                page={
                    "parameter": "page.offset",
                    "counts": "rows",
                    "size_parameter": "page.limit",
                    "size": 100,
                    "total": "total",
                },
            )
        ],
    }
