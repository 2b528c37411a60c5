"""肇东市信用办: the public credit platform's database, with English column names and Chinese labels as values.

Lists are JSON texts, truth is 0 or 1, instants carry their offset.
"""

import json
from typing import Any

from hub.demo.database import Cell, Table
from hub.demo.departments.codes import labels_of
from hub.demo.records import CityRecords, DemoCommitment, DemoHonour, DemoIncentive, DemoListing, DemoRating, DemoStatus
from hub.demo.values import Stamp
from schema.enums import (
    CommitmentKind,
    Fulfilment,
    IncentiveStatus,
    ListKind,
    Publicity,
    RatingScheme,
    Scenario,
)

DATABASE = "credit.db"
_STATUS = (
    "row_id social_credit_code subject_name summary_text tag_list published_penalties:INTEGER "
    "fulfilled_commitments:INTEGER assessed_date under_objection:INTEGER updated_at"
)
_RATING = (
    "row_id social_credit_code scheme_name grade_code grade_name issuer_name assessed_date expiry_date "
    "under_objection:INTEGER updated_at"
)
_LISTING = (
    "row_id social_credit_code list_type list_name listing_reason decision_number authority_name "
    "listed_date removed_date removal_reason under_objection:INTEGER updated_at"
)
_HONOUR = (
    "row_id social_credit_code honour_name issuer_name granted_date expiry_date under_objection:INTEGER updated_at"
)
_COMMITMENT = (
    "row_id social_credit_code commitment_code commitment_type subject content liability made_date "
    "expiry_date fulfilment publicity accepting_unit under_objection:INTEGER updated_at"
)
_INCENTIVE = (
    "row_id social_credit_code measure_code measure_name scenario granting_unit granted_date expiry_date "
    "state outcome minutes_saved:INTEGER basis_text under_objection:INTEGER updated_at"
)
_KEY = ("social_credit_code",)


def credit_tables(city: CityRecords) -> list[Table]:
    """The platform's tables with all rows."""
    return [
        Table("credit_status", _STATUS, _KEY, [_status(row) for row in city.statuses]),
        Table("credit_rating", _RATING, _KEY, [_rating(row) for row in city.credit_ratings]),
        Table("credit_list", _LISTING, _KEY, [_listing(row) for row in city.listings]),
        Table("credit_honour", _HONOUR, _KEY, [_honour(row) for row in city.honours]),
        Table("credit_commitment", _COMMITMENT, _KEY, [_commitment(row) for row in city.commitments]),
        Table("credit_incentive", _INCENTIVE, _KEY, [_incentive(row) for row in city.incentives]),
    ]


def _status(row: DemoStatus) -> tuple[Cell, ...]:
    return (
        _row_id(row.number),
        row.uscc,
        row.subject_name,
        row.headline,
        json.dumps(row.labels, ensure_ascii=False),
        row.penalties,
        row.fulfilled,
        row.assessed.isoformat(),
        *_stamp(row.stamp),
    )


def _rating(row: DemoRating) -> tuple[Cell, ...]:
    return (
        _row_id(row.number),
        row.uscc,
        row.scheme.zh,
        row.grade,
        row.label,
        row.issuer,
        row.assessed.isoformat(),
        row.valid_to.isoformat() if row.valid_to else None,
        *_stamp(row.stamp),
    )


def _listing(row: DemoListing) -> tuple[Cell, ...]:
    return (
        _row_id(row.number),
        row.uscc,
        row.listed.zh,
        row.name,
        row.reason,
        row.decision_no,
        row.authority,
        row.listed_on.isoformat(),
        row.removed_on.isoformat() if row.removed_on else None,
        row.removal_reason,
        *_stamp(row.stamp),
    )


def _honour(row: DemoHonour) -> tuple[Cell, ...]:
    ends = row.valid_to.isoformat() if row.valid_to else None
    return _row_id(row.number), row.uscc, row.name, row.issuer, row.granted.isoformat(), ends, *_stamp(row.stamp)


def _commitment(row: DemoCommitment) -> tuple[Cell, ...]:
    return (
        _row_id(row.number),
        row.uscc,
        row.code,
        row.kind.zh,
        row.subject,
        row.content,
        row.liability,
        row.made.isoformat(),
        row.valid_to.isoformat() if row.valid_to else None,
        row.fulfilment.zh,
        row.publicity.zh,
        row.accepted_by,
        *_stamp(row.stamp),
    )


def _incentive(row: DemoIncentive) -> tuple[Cell, ...]:
    return (
        _row_id(row.number),
        row.uscc,
        row.measure.name,
        row.measure.zh,
        row.scenario.zh,
        row.department,
        row.granted.isoformat(),
        row.valid_to.isoformat() if row.valid_to else None,
        row.status.zh,
        row.outcome,
        row.minutes_saved,
        row.basis,
        *_stamp(row.stamp),
    )


def _row_id(number: int) -> str:
    return f"XY{number:06d}"


def _stamp(stamp: Stamp) -> tuple[Cell, ...]:
    return int(stamp.disputed), stamp.updated.isoformat()


def credit_source() -> dict[str, Any]:
    """The platform as the configuration writes it, its records included."""
    return {
        "name": "credit",
        "kind": "sql",
        "department": "credit",
        "label": "公共信用信息平台",
        "timeout_ms": 5000,
        "url": f"sqlite:///{DATABASE}",
        "basis": "《黑龙江省社会信用条例》;共享目录编号 231282-XYB-002",
        "record": [
            _record("CreditStatus", "credit_status", _status_columns()),
            _record("CreditRating", "credit_rating", _rating_columns()),
            _record("ListEntry", "credit_list", _listing_columns()),
            _record("Honour", "credit_honour", _honour_columns()),
            _record("Commitment", "credit_commitment", _commitment_columns()),
            _record("Incentive", "credit_incentive", _incentive_columns()),
        ],
    }


def _record(record: str, table: str, columns: dict[str, Any]) -> dict[str, Any]:
    return {
        "record": record,
        "table": table,
        "local": "row_id",
        "as_of": "updated_at",
        "disputed": "under_objection",
        "fresh_days": 15,
        "keys": {"uscc": "social_credit_code"},
        "columns": columns,
    }


def _status_columns() -> dict[str, Any]:
    return {
        "subjectName": "subject_name",
        "headline": "summary_text",
        "labels": "tag_list",
        "penaltiesInPublication": "published_penalties",
        "commitmentsFulfilled": "fulfilled_commitments",
        "assessedOn": "assessed_date",
    }


def _rating_columns() -> dict[str, Any]:
    return {
        "scheme": {"column": "scheme_name", "codes": labels_of(RatingScheme)},
        "grade": "grade_code",
        "label": "grade_name",
        "issuer": "issuer_name",
        "assessedOn": "assessed_date",
        "validTo": "expiry_date",
    }


def _listing_columns() -> dict[str, Any]:
    return {
        "list": {"column": "list_type", "codes": labels_of(ListKind)},
        "name": "list_name",
        "reason": "listing_reason",
        "decisionNo": "decision_number",
        "authority": "authority_name",
        "listedOn": "listed_date",
        "removedOn": "removed_date",
        "removalReason": "removal_reason",
    }


def _honour_columns() -> dict[str, Any]:
    return {"name": "honour_name", "issuer": "issuer_name", "grantedOn": "granted_date", "validTo": "expiry_date"}


def _commitment_columns() -> dict[str, Any]:
    return {
        "number": "commitment_code",
        "kind": {"column": "commitment_type", "codes": labels_of(CommitmentKind)},
        "subject": "subject",
        "content": "content",
        "liability": "liability",
        "madeOn": "made_date",
        "validTo": "expiry_date",
        "fulfilment": {"column": "fulfilment", "codes": labels_of(Fulfilment)},
        "publicity": {"column": "publicity", "codes": labels_of(Publicity)},
        "acceptedBy": "accepting_unit",
    }


def _incentive_columns() -> dict[str, Any]:
    return {
        "measure": "measure_code",
        "measureName": "measure_name",
        "scenario": {"column": "scenario", "codes": labels_of(Scenario)},
        "department": "granting_unit",
        "grantedOn": "granted_date",
        "validTo": "expiry_date",
        "status": {"column": "state", "codes": labels_of(IncentiveStatus)},
        "outcome": "outcome",
        "minutesSaved": "minutes_saved",
        "legalBasis": "basis_text",
    }
