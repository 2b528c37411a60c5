"""The hub's own tables: what they hold and for how long is said beside each.

Personal values are never stored in clear: keys of entities are sealed, entries hold digests only.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()

issued_ids = Table(
    "issued_ids",
    metadata,
    Column("id", String(32), primary_key=True, comment="opaque id of an entity, assigned once, never reissued"),
    Column("anchor", LargeBinary, nullable=False, comment="identifier it stands for (field:value), sealed"),
    Column("issued_at", String(32), nullable=False, comment="RFC 3339"),
)

entries = Table(
    "entries",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("recorded_at", String(32), nullable=False, comment="RFC 3339"),
    Column("request_id", String(32), nullable=False),
    Column("body", LargeBinary, nullable=False, comment="versioned canonical entry, no values"),
    Index("entries_by_request", "request_id"),
)
