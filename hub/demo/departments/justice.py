"""肇东市司法局: the platform on which enforcement is watched – certificates, published caps, other departments' visits.

A relational database with English column names; the parts of a list are parted by a bar, days are ISO.
"""

from typing import Any

from hub.demo.database import Table
from hub.demo.departments import fields
from hub.demo.departments.codes import Codes
from hub.demo.departments.stored import table_of
from hub.demo.departments.written import Hand, Kept, Marks
from hub.demo.records import CityRecords
from schema.enums import CertificateStatus

DATABASE = "justice.db"
_HAND = Hand(truth=("N", "Y"), separator="|")
_STANDING: Codes = {str(number): status for number, status in enumerate(CertificateStatus, 1)}
_CERTIFICATES = Kept(
    record="Certificate",
    rows="certificates",
    reads=fields.CERTIFICATE,
    names={
        "number": "certificate_no",
        "holderName": "officer_name",
        "department": "enforcing_body",
        "fieldOfLaw": "law_field",
        "status": "standing",
        "validFrom": "issued_on",
        "validTo": "expires_on",
    },
    marks=Marks("row_no", "ZJ", "", "changed_at", "objected"),
    hand=_HAND,
    codes={"status": _STANDING},
    own_key=True,
)
_CAPS = Kept(
    record="InspectionCap",
    rows="caps",
    reads=fields.CAP,
    names={
        "industryCode": "industry_class",
        "department": "enforcing_body",
        "field": "inspected_field",
        "year": "calendar_year",
        "yearCap": "most_visits",
        "legalBasis": "basis_text",
        "publishedOn": "published_on",
    },
    marks=Marks("row_no", "SX", "", "changed_at", "objected"),
    hand=_HAND,
    own_key=True,
)
_VISITS = Kept(
    record="Inspection",
    rows="other_inspections",
    reads=fields.INSPECTION,
    names={
        "startedAt": "began_at",
        "department": "enforcing_body",
        "field": "inspected_field",
        "basis": "basis_text",
        "officers": "officer_names",
        "noticeNo": "notice_no",
        "items": "checked_items",
        "coverage": "coverage",
        "result": "outcome",
        "startedByScan": "by_scan",
        "countThisYear": "visit_no",
        "yearCap": "most_visits",
    },
    marks=Marks("row_no", "XC", "party_code", "changed_at", "objected"),
    hand=_HAND,
)
_TABLES = {"officer_certificate": _CERTIFICATES, "visit_cap": _CAPS, "visit_log": _VISITS}


def justice_tables(city: CityRecords) -> list[Table]:
    """The tables with all rows."""
    return [table_of(name, kept, city) for name, kept in _TABLES.items()]


def justice_source() -> dict[str, Any]:
    """The platform as the configuration writes it."""
    return {
        "name": "justice",
        "kind": "sql",
        "department": "justice",
        "label": "行政执法监督平台",
        "timeout_ms": 5000,
        "url": f"sqlite:///{DATABASE}",
        "basis": "《政务数据共享条例》第十六条;共享目录编号 231282-SFXZ-001",
        "record": [kept.mapping(table=name) for name, kept in _TABLES.items()],
    }
