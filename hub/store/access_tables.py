"""Tables of who may see what: departments, clients and grants, each with all its versions; nothing is ever deleted.

A version holds from when it was recorded until another one took its place. Instants are seconds since 1970, days ISO
dates in Asia/Shanghai. No personal value stands here: people are named by their ids.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from hub.store.tables import metadata

_Instant = BigInteger().with_variant(Integer, "sqlite")
_Number = BigInteger().with_variant(Integer, "sqlite")
BY_FILE = "configuration"
"""Who recorded what the configuration said when the store was empty."""

roster_state = Table(
    "roster_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("changed", _Number, nullable=False, comment="value of the pulse at the last change; 0: never filled"),
)


def _versioned(name: str, key: int, *more: "Column[str]") -> Table:
    """A table of which nothing is deleted: `body` is canonical JSON of the whole, what stands beside it finds it."""
    return Table(
        name,
        metadata,
        Column("id", String(key), primary_key=True),
        Column("version", Integer, primary_key=True, autoincrement=False),
        *more,
        Column("body", Text, nullable=False),
        Column("recorded_at", _Instant, nullable=False),
        Column("recorded_by", String(64), nullable=False, comment="id of a person, or the configuration"),
        Column("replaced_at", _Instant, comment="when another version took its place, or none; null while it holds"),
        Column("replaced_by", String(64), comment="who saw to that"),
        Index(f"{name}_current", "replaced_at"),
    )


departments = _versioned("departments", 32)
clients = _versioned("clients", 64, Column("department", String(32), nullable=False))
grants = _versioned(
    "grants",
    64,
    Column("department", String(32), nullable=False),
    Column("role", String(24), nullable=False),
    Column("starts", String(10), nullable=False),
    Column("ends", String(10), nullable=False),
    Column("request", String(32), nullable=False, comment="number of the request it came from, empty without one"),
)

vocabularies = Table(
    "vocabularies",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("body", Text, nullable=False, comment="JSON: roles with their stations, scopes with their fields"),
    Column("recorded_at", _Instant, nullable=False),
)

access_requests = Table(
    "access_requests",
    metadata,
    Column("number", String(32), primary_key=True, comment="R-2026-00017"),
    Column("state", String(16), nullable=False, comment="DRAFT, SUBMITTED, APPROVED, RELEASED, REFUSED, WITHDRAWN"),
    Column("department", String(32), nullable=False, comment="of whoever asks"),
    Column("asked_by", String(32), nullable=False, index=True, comment="id of a person"),
    Column("client", String(64), nullable=False, comment="through which it was asked"),
    Column("paper", Boolean, nullable=False, comment="it came on paper, and a steward entered it"),
    Column("reason", LargeBinary, nullable=False, comment="why, sealed: people write names"),
    Column("changes", Text, nullable=False, comment="JSON, a list of what exchange/changes.py writes"),
    Column("made_at", _Instant, nullable=False),
    Column("submitted_at", _Instant),
    Column("released_by", String(32)),
    Column("ended_at", _Instant, comment="when it was released, refused or withdrawn"),
    Column("basis", Text, nullable=False, comment="of a refusal, empty without one"),
    Index("access_requests_by_state", "state", "submitted_at"),
)

request_parts = Table(
    "request_parts",
    metadata,
    Column("request", String(32), primary_key=True),
    Column("owner", String(32), primary_key=True, comment="department that answers for the records"),
    Column("sharing", String(16), nullable=False, comment="the strictest attribute of what is asked of it"),
    Column("state", String(16), nullable=False, comment="WAITING, APPROVED, REFUSED"),
    Column("due_on", String(10), nullable=False, comment="last working day for an answer"),
    Column("extended", Boolean, nullable=False),
    Column("answered_by", String(32)),
    Column("answered_at", _Instant),
    Column("basis", Text, nullable=False),
    Column("warned_at", _Instant, comment="when the steward was told that it is due soon"),
    Column("escalated_at", _Instant, comment="when it was told that it is overdue"),
    Index("request_parts_due", "state", "due_on"),
)

working_days = Table(
    "working_days",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("working", Boolean, nullable=False, comment="a weekday off, or a day at the weekend that is worked"),
    Column("name", String(64), nullable=False, comment="of the holiday"),
)
