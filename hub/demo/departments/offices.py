"""Offices that each keep an SQLite file whose columns are the schema's own names: nothing has to be translated.

A row hangs on the code of its entity, kept beside the fields where it is none of them.
"""

from dataclasses import dataclass
from typing import Any

from hub.demo.database import Cell, Table
from hub.demo.departments import office_columns as columns
from hub.demo.departments.office_columns import Columns, cell
from hub.demo.records import CityRecords

_DECREE = "《政务数据共享条例》第十六条;共享目录编号 "
_ENTITY = "entity_code"
_INTEGERS = frozenset({"statutoryDays", "promisedDays", "countThisYear", "yearCap", "year"})


@dataclass(frozen=True, slots=True)
class Kept:
    """A record at an office: its table of the city, its columns, and the field it is asked by (none: by entity)."""

    record: str
    rows: str
    columns: Columns
    key: str = ""
    fresh_days: int = 90

    def table(self, city: CityRecords) -> Table:
        """The table with all rows."""
        typed = [f"{name}:INTEGER" if name in _INTEGERS else name for name in self.columns]
        heads = ["row_id", *([] if self.key else [_ENTITY]), *typed, "disputed", "updated"]
        rows = [self._row(row) for row in getattr(city, self.rows)]
        return Table(self.rows, " ".join(heads), (self.key or _ENTITY,), rows)

    def _row(self, row: Any) -> tuple[Cell, ...]:
        key = () if self.key else (row.uscc,)
        values = [cell(read(row)) for read in self.columns.values()]
        return row.number, *key, *values, cell(row.stamp.disputed), cell(row.stamp.updated)

    def mapping(self) -> dict[str, Any]:
        """The record as the configuration writes it."""
        return {
            "record": self.record,
            "table": self.rows,
            "local": "row_id",
            "as_of": "updated",
            "disputed": "disputed",
            "fresh_days": self.fresh_days,
            **({} if self.key else {"keys": {"uscc": _ENTITY}}),
            "columns": {name: name for name in self.columns},
        }


@dataclass(frozen=True, slots=True)
class Office:
    """An office as a source: its name, the department, what its system is called, its number, what it keeps."""

    name: str
    department: str
    label: str
    catalogue_no: str
    kept: tuple[Kept, ...]

    @property
    def database(self) -> str:
        """Name of its file."""
        return f"{self.name}.db"

    def tables(self, city: CityRecords) -> list[Table]:
        """Its tables with all rows."""
        return [kept.table(city) for kept in self.kept]

    def source(self) -> dict[str, Any]:
        """The office as the configuration writes it."""
        return {
            "name": self.name,
            "kind": "sql",
            "department": self.department,
            "label": self.label,
            "timeout_ms": 5000,
            "url": f"sqlite:///{self.database}",
            "basis": _DECREE + self.catalogue_no,
            "record": [kept.mapping() for kept in self.kept],
        }


OFFICES = (
    Office(
        "approval",
        "approval",
        "行政审批业务库",
        "231282-XZSP-005",
        (
            Kept("Licence", "approval_licences", columns.LICENCE),
            Kept("ApprovalItem", "items", columns.ITEM, "code"),
            Kept("ApprovalCase", "cases", columns.CASE),
        ),
    ),
    Office(
        "device",
        "device",
        "绥化市药械监管许可备案库",
        "231200-YXJG-001",
        (Kept("Licence", "device_licences", columns.LICENCE),),
    ),
    Office(
        "food",
        "market",
        "市场监管检查记录库",
        "231282-SCJG-002",
        (Kept("Inspection", "market_inspections", columns.INSPECTION),),
    ),
    Office(
        "clinics", "health", "医疗机构电子化注册库", "231282-WSJK-004", (Kept("Clinic", "clinics", columns.CLINIC),)
    ),
    Office(
        "justice",
        "justice",
        "行政执法监督平台",
        "231282-SFXZ-001",
        (
            Kept("Certificate", "certificates", columns.CERTIFICATE, "number"),
            Kept("InspectionCap", "caps", columns.CAP, "industryCode"),
            Kept("Inspection", "other_inspections", columns.INSPECTION),
        ),
    ),
    Office(
        "education",
        "education",
        "校园食品安全监管库",
        "231282-JYJ-001",
        (Kept("Campus", "trades", columns.TRADE, "campusCode", 365),),
    ),
    Office("province", "province", "省级赋码平台", "230000-YSHJ-001", (Kept("HonestyCode", "codes", columns.CODE),)),
    Office(
        "regulator",
        "regulator",
        "金融许可证信息库",
        "231200-JRJG-001",
        (Kept("FinancialInstitution", "institutions", columns.INSTITUTION, "", 365),),
    ),
    Office("tax", "tax", "纳税信用评价库", "231282-SWJ-001", (Kept("CreditRating", "tax_ratings", columns.RATING),)),
    Office(
        "court", "court", "失信被执行人名单库", "231282-FY-001", (Kept("ListEntry", "court_listings", columns.LISTING),)
    ),
)
"""All of them, in the order in which their rows follow those of the other departments."""
