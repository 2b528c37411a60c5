"""Tables of corrections: what somebody says is wrong at a source, who answers for it by when, and what came of it.

Values and reasons are sealed. Instants are seconds since 1970, days ISO dates in Asia/Shanghai.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from hub.store.tables import metadata

_Instant = BigInteger().with_variant(Integer, "sqlite")

corrections = Table(
    "corrections",
    metadata,
    Column("number", String(32), primary_key=True, comment="J-2026-00017"),
    Column("state", String(16), nullable=False, comment="OPEN, CORRECTED, CONFIRMED, REFERRED, WITHDRAWN"),
    Column("entity", String(32), nullable=False, comment="keyed digest of the entity's anchor"),
    Column("anchor", LargeBinary, nullable=False, comment="that anchor, sealed"),
    Column("field", String(100), nullable=False, comment="coordinate of what is said to be wrong"),
    Column("owner", String(32), nullable=False, comment="department that answers for it"),
    Column("body", LargeBinary, nullable=False, comment="JSON, sealed: values of sources, what was stated, evidence"),
    Column("raised_by", String(32), comment="id of a person; null: the hub saw that sources differ"),
    Column("department", String(32), nullable=False, comment="of whoever raised it, empty for the hub"),
    Column("raised_at", _Instant, nullable=False),
    Column("due_on", String(10), nullable=False, comment="last working day for an answer"),
    Column("answered_by", String(32)),
    Column("answered_at", _Instant),
    Column("answer", LargeBinary, comment="what the owner says, sealed"),
    Column("warned_at", _Instant, comment="when the steward was told that it is due soon"),
    Column("escalated_at", _Instant, comment="when it was told that it is overdue"),
    Index("corrections_by_entity", "entity", "field"),
    Index("corrections_by_state", "state", "due_on"),
    Index("corrections_by_owner", "owner", "state"),
)
