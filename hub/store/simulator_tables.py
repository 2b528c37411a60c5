"""Tables of looking back and ahead: approved grants, self-checks, replays of questions, which fields were asked last.

Instants are seconds since 1970, positions those of the record. No value of an answer and no name of a person stands here.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from hub.store.tables import metadata

_Instant = BigInteger().with_variant(Integer, "sqlite")
_Number = BigInteger().with_variant(Integer, "sqlite")

policy_tables = Table(
    "policy_tables",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("cause", String(16), nullable=False, comment="ADOPTED, CHANGED, ACCEPTED"),
    Column("grants", LargeBinary, nullable=False, comment="the grants it follows from: packed JSON, sealed"),
    Column("made_at", _Instant, nullable=False),
)

self_checks = Table(
    "self_checks",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("day", String(10), nullable=False, comment="the night it was due for, empty for one by command"),
    Column("made_at", _Instant, nullable=False),
    Column("cells", Integer, nullable=False, comment="fields that were compared, for all callers and purposes"),
    Column("faults", Integer, nullable=False),
    Column("report", Text, nullable=False, comment="JSON: what was compared, what differed and why"),
    Index("self_checks_by_day", "day"),
)

replays = Table(
    "replays",
    metadata,
    Column("request", String(32), primary_key=True, comment="number of the request whose changes are tried"),
    Column("digest", String(64), nullable=False, comment="of changes and grants; with others it begins anew"),
    Column("first", _Number, nullable=False, comment="position from which on"),
    Column("next", _Number, nullable=False, comment="position at which it goes on"),
    Column("last", _Number, nullable=False, comment="position before which it ends"),
    Column("days", Integer, nullable=False),
    Column("tally", Text, nullable=False, comment="JSON: counts by client and field"),
    Column("changed_at", _Instant, nullable=False),
)

asked_fields = Table(
    "asked_fields",
    metadata,
    Column("department", String(32), primary_key=True),
    Column("role", String(24), primary_key=True),
    Column("purpose", String(40), primary_key=True),
    Column("field", String(128), primary_key=True),
    Column("last_at", String(32), nullable=False, comment="when a question last asked it, RFC 3339"),
)

scans = Table(
    "scans",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("next", _Number, nullable=False, comment="first position of the record that was not read yet"),
)
