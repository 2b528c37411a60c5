"""肇东市信用办: the public credit platform, a GraphQL service of a foreign style – snake case, relay connections.

Everything hangs on the subject; entries of lists can also be asked for by themselves. Values of enumerations are the
platform's own names.
"""

from typing import Any

from hub.demo.departments import fields
from hub.demo.departments.codes import Codes
from hub.demo.departments.written import Kept, Marks, Row
from hub.demo.records import CityRecords
from schema.enums import CommitmentKind, Fulfilment, Labelled, ListKind, Publicity, RatingScheme

ENDPOINT = "/api/graphql"
SCHEMA = "schemas/credit.graphql"
API_KEY_HEADER = "X-Platform-Key"
SECRET = "secrets/credit-key"  # noqa: S105 - where the key lies, not the key
_MARKS = {
    table: Marks("id", prefix, "credit_code", "updated_at", "under_objection")
    for table, prefix in (("overview", "GK"), ("ratings", "PJ"), ("honours", "RY"), ("commitments", "CN"))
}


def _own_names(kind: type[Labelled], prefix: str) -> Codes:
    return {f"{prefix}_{value.name}": value for value in kind}


_OVERVIEW = Kept(
    record="CreditStatus",
    rows="statuses",
    reads=fields.STATUS,
    names={
        "subjectName": "display_name",
        "headline": "summary",
        "labels": "tags",
        "penaltiesInPublication": "counts.published_penalties",
        "commitmentsFulfilled": "counts.fulfilled_commitments",
        "assessedOn": "assessed_on",
    },
    marks=_MARKS["overview"],
    fresh_days=15,
)
_RATINGS = Kept(
    record="CreditRating",
    rows="credit_ratings",
    reads=fields.RATING,
    names={
        "scheme": "scheme",
        "grade": "grade.code",
        "label": "grade.title",
        "issuer": "issuer_name",
        "assessedOn": "assessed_on",
        "validTo": "valid_until",
    },
    marks=_MARKS["ratings"],
    codes={"scheme": _own_names(RatingScheme, "SCHEME")},
    fresh_days=15,
)
_LISTINGS = Kept(
    record="ListEntry",
    rows="listings",
    reads=fields.LISTING,
    names={
        "list": "list_type",
        "name": "list_title",
        "reason": "reason",
        "decisionNo": "decision_number",
        "authority": "authority_name",
        "listedOn": "period.entered_on",
        "removedOn": "period.left_on",
        "removalReason": "removal_reason",
    },
    marks=Marks("id", "MD", "subject.credit_code", "updated_at", "under_objection"),
    codes={"list": _own_names(ListKind, "LIST")},
    fresh_days=15,
)
_HONOURS = Kept(
    record="Honour",
    rows="honours",
    reads=fields.HONOUR,
    names={
        "name": "title",
        "issuer": "granted_by",
        "grantedOn": "granted_on",
        "validTo": "valid_until",
    },
    marks=_MARKS["honours"],
    fresh_days=15,
)
_COMMITMENTS = Kept(
    record="Commitment",
    rows="commitments",
    reads=fields.COMMITMENT,
    names={
        "number": "commitment_no",
        "kind": "commitment_type",
        "subject": "subject_matter",
        "content": "pledge.content",
        "liability": "pledge.liability",
        "madeOn": "made_on",
        "validTo": "valid_until",
        "fulfilment": "fulfilment",
        "publicity": "publicity",
        "acceptedBy": "accepted_by",
    },
    marks=_MARKS["commitments"],
    codes={
        "kind": _own_names(CommitmentKind, "TYPE"),
        "fulfilment": _own_names(Fulfilment, "STATE"),
        "publicity": _own_names(Publicity, "SHOWN"),
    },
    fresh_days=15,
)
TABLES = {
    "overview": _OVERVIEW,
    "ratings": _RATINGS,
    "list_entries": _LISTINGS,
    "honours": _HONOURS,
    "commitments": _COMMITMENTS,
}


def credit_rows(city: CityRecords) -> dict[str, list[Row]]:
    """The platform's tables, each in the order of its identifiers; what lies inside has a dotted name."""
    return {name: kept.written(city) for name, kept in TABLES.items()}


def credit_source(address: str) -> dict[str, Any]:
    """The platform as the configuration writes it."""
    return {
        "name": "credit",
        "kind": "graphql",
        "department": "credit",
        "label": "公共信用信息平台",
        "timeout_ms": 5000,
        "basis": "《黑龙江省社会信用条例》;共享目录编号 231282-XYB-002",
        "base_url": address,
        "path": ENDPOINT,
        "schema_file": SCHEMA,
        "auth": {"way": "key", "header": API_KEY_HEADER, "key": f"file:{SECRET}"},
        "codes": {"PLATFORM_BUSY": "down", "QUERY_TIMED_OUT": "timeout"},
        "record": [
            _OVERVIEW.mapping(keys={"uscc": "^.credit_code"}, batch=_subjects("edges.node.overview")),
            _of_subject("ratings", _RATINGS),
            _LISTINGS.mapping(batch=_listed() | {"keys": "filter.credit_code.in", "size": 100}, search=_search()),
            _of_subject("honours", _HONOURS),
            _of_subject("commitments", _COMMITMENTS),
        ],
    }


_PAGE = {"size": 100, "next": "page_info.end_cursor", "more": "page_info.has_next_page"}


def _subjects(rows: str) -> dict[str, Any]:
    return {
        "field": "subjects",
        "rows": rows,
        "arguments": {"filter": "SubjectFilter!", "first": "Int", "after": "String"},
        "keys": "filter.credit_code.in",
        "size": 100,
        "page": _PAGE,
    }


def _of_subject(name: str, kept: Kept) -> dict[str, Any]:
    """A record whose rows lie in a connection of the subject, of which the first two hundred are asked for."""
    cut = [f"edges.node.{name}.page_info.has_next_page"]
    return kept.mapping(
        keys={"uscc": "^^^.credit_code"},
        batch=_subjects(f"edges.node.{name}.edges.node") | {"cut": cut},
        fields={name: {"arguments": {"first": "Int"}, "constants": {"first": 200}}},
        searchable=False,
    )


def _listed() -> dict[str, Any]:
    return {
        "field": "list_entries",
        "rows": "edges.node",
        "arguments": {"filter": "ListEntryFilter", "first": "Int", "after": "String"},
        "page": _PAGE,
    }


def _search() -> dict[str, Any]:
    asked = {"list:IN": "filter.list_type.in", "removedOn:IS_NULL": "filter.in_force"}
    return _listed() | {"parameters": asked, "enumerations": ["list"]}
