"""肇东市市场监督管理局: a relational database with abbreviated column names and numeric codes.

Dates of the register are ISO texts, those of decisions compact; registered capital is in units of 10,000 yuan.
"""

from typing import Any

from hub.demo.database import Cell, Table
from hub.demo.departments.codes import Codes, code_of, names_of
from hub.demo.departments.keeping import ENTITY, LICENCE, keep
from hub.demo.records import CityRecords, DemoEntity, DemoLicence
from hub.demo.values import Stamp
from schema.enums import (
    EntityKind,
    LicenceCategory,
    LicenceKind,
    LicenceStatus,
    RegistrationStatus,
)

DATABASE = "market.db"
_KINDS: Codes = {
    "1100": EntityKind.ENTERPRISE,
    "2100": EntityKind.ENTERPRISE,
    "9500": EntityKind.INDIVIDUAL,
    "9200": EntityKind.COOPERATIVE,
    "A100": EntityKind.INSTITUTION,
    "A200": EntityKind.SOCIAL_ORGANISATION,
    "A300": EntityKind.GOVERNMENT,
    "A400": EntityKind.COLLECTIVE,
    "A900": EntityKind.OTHER,
}
_BRANCH = "2100"
_STATES: Codes = {
    "1": RegistrationStatus.ACTIVE,
    "2": RegistrationStatus.REVOKED,
    "3": RegistrationStatus.DEREGISTERED,
    "4": RegistrationStatus.MOVED_OUT,
    "5": RegistrationStatus.SUSPENDED,
    "6": RegistrationStatus.ANNULLED,
}
_PERMITS: Codes = {
    "1": LicenceKind.LICENCE,
    "2": LicenceKind.FILING,
    "3": LicenceKind.REGISTRATION,
    "9": LicenceKind.NOT_REQUIRED,
}
_CATEGORIES: Codes = {f"{number:02d}": category for number, category in enumerate(LicenceCategory, 1)}
_CONDITIONS: Codes = {str(number): status for number, status in enumerate(LicenceStatus, 1)}

_ENTITY = (
    "ztid uniscid regno orgcode entname oldentname enttype regstate lerep regcap estdate dom domdistrict "
    "industryco opscope regorg tel yybz gxsj"
)
_INDEXED = ("uniscid", "regno", "orgcode", "entname", "domdistrict", "industryco", "estdate")
_LICENCE = "xkid uniscid sxlx sxbm zsmc zsbh xkws wsh xklb xknr jdrq yxqz yxqzi cqyx zt yxsl xkjg jycs yybz gxsj"


def market_tables(city: CityRecords) -> list[Table]:
    """The department's tables with all rows."""
    return [
        Table("scjg_ztxx", _ENTITY, _INDEXED, [_entity(row) for row in city.entities]),
        Table("scjg_xkba", _LICENCE, ("uniscid",), [_licence(row) for row in city.market_licences]),
    ]


def _entity(row: DemoEntity) -> tuple[Cell, ...]:
    branch = row.kind is EntityKind.ENTERPRISE and row.name.endswith(("分公司", "支行"))
    return (
        f"SJ{row.number:06d}",
        row.uscc,
        row.reg_no15,
        row.org_code,
        row.name,
        ";".join(row.former_names) or None,
        _BRANCH if branch else code_of(_KINDS, row.kind),
        code_of(_STATES, row.status),
        row.representative.name if row.representative else None,
        row.capital,
        row.established.isoformat(),
        row.address.text,
        row.division,
        row.industry,
        row.scope,
        row.registrar,
        row.phone,
        *_stamp(row.stamp),
    )


def _licence(row: DemoLicence) -> tuple[Cell, ...]:
    held = row.certificate
    return (
        f"SJ{row.number:06d}",
        row.uscc,
        code_of(_PERMITS, held.kind),
        held.item_code,
        held.name,
        held.number,
        held.decision_title,
        held.decision_no,
        code_of(_CATEGORIES, held.category),
        row.scope,
        f"{row.decided:%Y%m%d}",
        f"{row.term.start:%Y%m%d}" if row.term.start else None,
        f"{row.term.end:%Y%m%d}" if row.term.end else None,
        _flag(row.term.endless),
        code_of(_CONDITIONS, row.status),
        _flag(row.renewal),
        row.authority,
        row.premises,
        *_stamp(row.stamp),
    )


def _flag(value: bool) -> str:
    return "1" if value else "0"


def _stamp(stamp: Stamp) -> tuple[Cell, ...]:
    return _flag(stamp.disputed), f"{stamp.updated:%Y-%m-%d %H:%M:%S}"


def market_source() -> dict[str, Any]:
    """The department's source as the configuration writes it, its records included."""
    return {
        "name": "market",
        "kind": "sql",
        "department": "market",
        "label": "市场监管业务库",
        "timeout_ms": 5000,
        "url": f"sqlite:///{DATABASE}",
        "basis": "《政务数据共享条例》第十六条;共享目录编号 231282-SCJG-001",
        "record": [_entity_map(), _licence_map()],
    }


def _compact(column: str) -> dict[str, Any]:
    return {"column": column, "type": "compact"}


def _record(record: str, table: str, local: str, columns: dict[str, Any]) -> dict[str, Any]:
    return {
        "record": record,
        "table": table,
        "local": local,
        "as_of": "gxsj",
        "disputed": "yybz",
        "fresh_days": 30,
        "columns": columns,
    }


def _entity_map() -> dict[str, Any]:
    columns = {
        "uscc": "uniscid",
        "regNo15": "regno",
        "orgCode": "orgcode",
        "name": "entname",
        "formerNames": {"column": "oldentname", "separator": ";"},
        "kind": {"column": "enttype", "codes": names_of(_KINDS)},
        "status": {"column": "regstate", "codes": names_of(_STATES)},
        "legalRepresentative": "lerep",
        "registeredCapital": {"column": "regcap", "unit": "wan"},
        "establishedOn": "estdate",
        "address": "dom",
        "divisionCode": "domdistrict",
        "industryCode": "industryco",
        "businessScope": "opscope",
        "registrationAuthority": "regorg",
        "contactPhone": "tel",
    }
    tidy = ["regNo15", "orgCode", "name", "establishedOn", "divisionCode", "industryCode"]
    return {**_record("Entity", "scjg_ztxx", "ztid", columns), "tidy": tidy, "keep": keep(ENTITY)}


def _licence_map() -> dict[str, Any]:
    columns = {
        "kind": {"column": "sxlx", "codes": names_of(_PERMITS)},
        "itemCode": "sxbm",
        "certificateName": "zsmc",
        "certificateNo": "zsbh",
        "decisionNo": "wsh",
        "decisionTitle": "xkws",
        "category": {"column": "xklb", "codes": names_of(_CATEGORIES)},
        "scope": "xknr",
        "decidedOn": _compact("jdrq"),
        "validFrom": _compact("yxqz"),
        "validTo": {**_compact("yxqzi"), "endless": ["20991231"]},
        "longTerm": "cqyx",
        "status": {"column": "zt", "codes": names_of(_CONDITIONS)},
        "renewalPending": "yxsl",
        "authority": "xkjg",
        "premises": "jycs",
    }
    return {**_record("Licence", "scjg_xkba", "xkid", columns), "keys": {"uscc": "uniscid"}, "keep": keep(LICENCE)}
