"""肇东市市场监督管理局: a relational database with abbreviated column names and numeric codes.

Dates of the register are ISO texts, those of decisions compact; amounts are in units of 10,000 yuan, six decimals.
"""

from decimal import Decimal
from typing import Any

from hub.demo.database import Cell, Table
from hub.demo.departments.codes import Codes, code_of, names_of
from hub.demo.records import CityRecords, DemoEntity, DemoLicence, DemoPenalty, DemoRating
from hub.demo.values import Stamp
from schema.enums import (
    EntityKind,
    LicenceCategory,
    LicenceKind,
    LicenceStatus,
    PenaltyKind,
    RatingScheme,
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
_SANCTIONS: Codes = {f"0{number}": kind for number, kind in enumerate(PenaltyKind, 1)}
_SCHEMES: Codes = {
    "SPFX": RatingScheme.FOOD_RISK,
    "CYLH": RatingScheme.CATERING_GRADE,
    "XYFX": RatingScheme.RISK_CLASS,
}

_ENTITY = (
    "ztid uniscid regno orgcode entname oldentname enttype regstate lerep regcap estdate dom domdistrict "
    "industryco opscope regorg tel yybz gxsj"
)
_INDEXED = ("uniscid", "regno", "orgcode", "entname", "domdistrict", "industryco", "estdate")
_LICENCE = "xkid uniscid sxlx sxbm zsmc zsbh xkws wsh xklb xknr jdrq yxqz yxqzi cqyx zt yxsl xkjg jycs yybz gxsj"
_PENALTY = (
    "cfid cf_xdr_shxym cf_wsh cf_wfxw cf_sy cf_yj cf_cflb cf_nr cf_nr_fk cf_nr_wfff cf_jdrq cf_gsjzq "
    "cf_chbz cf_cxrq cf_chrq cf_xfbz cf_cfjg yybz gxsj"
)
_RATING = "pjid uniscid pjtx pjdj djmc pjjg pjrq yxqz yybz gxsj"


def market_tables(city: CityRecords) -> list[Table]:
    """The department's tables with all rows."""
    return [
        Table("scjg_ztxx", _ENTITY, _INDEXED, [_entity(row) for row in city.entities]),
        Table("scjg_xkba", _LICENCE, ("uniscid",), [_licence(row) for row in city.market_licences]),
        Table("scjg_xzcf", _PENALTY, ("cf_xdr_shxym",), [_penalty(row) for row in city.penalties]),
        Table("scjg_pjxx", _RATING, ("uniscid",), [_rating(row) for row in city.market_ratings]),
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


def _penalty(row: DemoPenalty) -> tuple[Cell, ...]:
    return (
        f"SJ{row.number:06d}",
        row.uscc,
        row.decision_no,
        row.violation,
        row.facts,
        row.basis,
        ";".join(code_of(_SANCTIONS, kind) for kind in row.kinds),
        row.content,
        _wan(row.fine),
        _wan(row.confiscated),
        f"{row.decided:%Y%m%d}",
        f"{row.public_until:%Y%m%d}",
        _flag(row.withdrawn),
        f"{row.annulled:%Y%m%d}" if row.annulled else None,
        f"{row.withdrawn_on:%Y%m%d}" if row.withdrawn_on else None,
        _flag(row.repaired),
        row.authority,
        *_stamp(row.stamp),
    )


def _rating(row: DemoRating) -> tuple[Cell, ...]:
    return (
        f"SJ{row.number:06d}",
        row.uscc,
        code_of(_SCHEMES, row.scheme),
        row.grade,
        row.label,
        row.issuer,
        row.assessed.isoformat(),
        row.valid_to.isoformat() if row.valid_to else None,
        *_stamp(row.stamp),
    )


def _flag(value: bool) -> str:
    return "1" if value else "0"


def _wan(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.6f}"


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
        "record": [_entity_map(), _licence_map(), _penalty_map(), _rating_map()],
    }


def _compact(column: str) -> dict[str, str]:
    return {"column": column, "type": "compact"}


def _wan_column(column: str) -> dict[str, str]:
    return {"column": column, "unit": "wan"}


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
        "registeredCapital": _wan_column("regcap"),
        "establishedOn": "estdate",
        "address": "dom",
        "divisionCode": "domdistrict",
        "industryCode": "industryco",
        "businessScope": "opscope",
        "registrationAuthority": "regorg",
        "contactPhone": "tel",
    }
    tidy = ["regNo15", "orgCode", "name", "establishedOn", "divisionCode", "industryCode"]
    return {**_record("Entity", "scjg_ztxx", "ztid", columns), "tidy": tidy}


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
        "validTo": _compact("yxqzi"),
        "longTerm": "cqyx",
        "status": {"column": "zt", "codes": names_of(_CONDITIONS)},
        "renewalPending": "yxsl",
        "authority": "xkjg",
        "premises": "jycs",
    }
    return {**_record("Licence", "scjg_xkba", "xkid", columns), "keys": {"uscc": "uniscid"}}


def _penalty_map() -> dict[str, Any]:
    columns = {
        "decisionNo": "cf_wsh",
        "violationType": "cf_wfxw",
        "facts": "cf_sy",
        "legalBasis": "cf_yj",
        "kinds": {"column": "cf_cflb", "codes": names_of(_SANCTIONS), "separator": ";"},
        "content": "cf_nr",
        "fine": _wan_column("cf_nr_fk"),
        "confiscated": _wan_column("cf_nr_wfff"),
        "decidedOn": _compact("cf_jdrq"),
        "publicUntil": _compact("cf_gsjzq"),
        "withdrawn": "cf_chbz",
        "annulledOn": _compact("cf_cxrq"),
        "withdrawnOn": _compact("cf_chrq"),
        "repaired": "cf_xfbz",
        "authority": "cf_cfjg",
    }
    return {**_record("Penalty", "scjg_xzcf", "cfid", columns), "keys": {"uscc": "cf_xdr_shxym"}}


def _rating_map() -> dict[str, Any]:
    columns = {
        "scheme": {"column": "pjtx", "codes": names_of(_SCHEMES)},
        "grade": "pjdj",
        "label": "djmc",
        "issuer": "pjjg",
        "assessedOn": "pjrq",
        "validTo": "yxqz",
    }
    return {**_record("CreditRating", "scjg_pjxx", "pjid", columns), "keys": {"uscc": "uniscid"}}
