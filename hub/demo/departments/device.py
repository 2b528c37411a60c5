"""绥化市市场监督管理局(药械监管): device licences as a service of the upper city, one holder a request, a bearer key.

Names are English in snake case; what has no value is left out of an answer.
"""

from typing import Any

from hub.demo.departments import fields
from hub.demo.departments.written import Kept, Marks, Row
from hub.demo.records import CityRecords
from schema.enums import LicenceKind

HOLDER = "/api/v2/holders/{key}/permits"
PERMITS = "/api/v2/permits"
SECRET = "secrets/device-key"  # noqa: S105 - where the key lies, not the key
_PERMITS = Kept(
    record="Licence",
    rows="device_licences",
    reads=fields.LICENCE,
    names={
        "kind": "permit_kind",
        "itemCode": "item_code",
        "certificateName": "permit_name",
        "certificateNo": "permit_no",
        "decisionNo": "decision_no",
        "decisionTitle": "decision_title",
        "category": "category",
        "scope": "business_scope",
        "decidedOn": "issued_on",
        "validFrom": "valid_from",
        "validTo": "valid_to",
        "longTerm": "permanent",
        "status": "state",
        "renewalPending": "renewing",
        "authority": "issued_by",
        "premises": "premises",
    },
    marks=Marks("permit_id", "YX", "holder_code", "updated_at", "under_objection"),
)


def device_rows(city: CityRecords) -> list[Row]:
    """Licences in the order of their identifiers; what is only filed lies in a sheet of the same office."""
    return _PERMITS.written(_of_kind(city, licensed=True))


def filed_devices(city: CityRecords) -> CityRecords:
    """The city with nothing but filings among its device licences."""
    return _of_kind(city, licensed=False)


def _of_kind(city: CityRecords, *, licensed: bool) -> CityRecords:
    kept = (row for row in city.device_licences if (row.certificate.kind is LicenceKind.LICENCE) is licensed)
    return CityRecords(device_licences=tuple(kept))


def device_source(address: str) -> dict[str, Any]:
    """The service as the configuration writes it."""
    return {
        "name": "device",
        "kind": "rest",
        "department": "device",
        "label": "绥化市药械经营许可系统",
        "timeout_ms": 5000,
        "basis": "《政务数据共享条例》第十六条;共享目录编号 231200-YXJG-001",
        "base_url": address,
        "auth": {"way": "key", "header": "Authorization", "prefix": "Bearer ", "key": f"file:{SECRET}"},
        "omits_nulls": True,
        "record": [
            _PERMITS.mapping(
                rows="permits",
                single={"path": HOLDER, "parallel": 8},
                search={
                    "path": PERMITS,
                    "parameters": {
                        "uscc:IN": "holder_code",
                        "kind:IN": "permit_kind",
                        "status:IN": "state",
                        "validTo:LT": "valid_to_before",
                    },
                    "page": {
                        "parameter": "cursor",
                        "size_parameter": "limit",
                        "size": 100,
                        "next": "next_cursor",
                    },
                },
            )
        ],
    }
