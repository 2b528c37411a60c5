"""Tables over the record: where to find entries, what merchants object to, what was recalled, how long digests mean anything.

All of the index can be made again from the entries. Entities, people and cases stand here as the keyed digests of the
record; what people write is sealed. Positions are those of the record, instants seconds since 1970.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from hub.store.tables import metadata

_Instant = BigInteger().with_variant(Integer, "sqlite")
_Number = BigInteger().with_variant(Integer, "sqlite")

record_index = Table(
    "record_index",
    metadata,
    Column("position", _Number, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False, comment="RFC 3339 in Asia/Shanghai"),
    Column("act", String(40), nullable=False, comment="name of the act, empty for a question"),
    Column("outcome", String(24), nullable=False),
    Column("client", String(64), nullable=False),
    Column("department", String(32), nullable=False),
    Column("role", String(24), nullable=False),
    Column("purpose", String(40), nullable=False),
    Column("person", String(32), nullable=False, comment="digest of the entry; empty once its key is destroyed"),
    Column("case_digest", String(32), nullable=False, comment="the same"),
    Column("field_set", Integer, nullable=False, comment="fields that were asked and held; 0 for none"),
    Column("entities", Integer, nullable=False, comment="how many were in the answer"),
    Column("denied", Integer, nullable=False, comment="values denied or withheld"),
    Column("emergency", Boolean, nullable=False, comment="glass was broken"),
    Index("record_index_by_department", "department", "position"),
    Index("record_index_by_person", "person", "position"),
)

record_entities = Table(
    "record_entities",
    metadata,
    Column("entity", LargeBinary(16), primary_key=True, comment="digest of the entry"),
    Column("kind", Integer, primary_key=True, autoincrement=False, comment="0 an office, 1 the public, 2 a merchant"),
    Column("position", _Number, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

record_field_sets = Table(
    "record_field_sets",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False, comment="SHA-256 of the fields"),
    Column("fields", Text, nullable=False, comment="JSON: coordinates"),
    Index("record_field_sets_by_digest", "digest", unique=True),
)

record_crowds = Table(
    "record_crowds",
    metadata,
    Column("day", String(10), primary_key=True, comment="the last one that was counted"),
    Column("kind", String(16), primary_key=True, comment="DEPARTMENTS or PERSONS"),
    Column("entity", LargeBinary(16), primary_key=True, comment="digest of the entry"),
    Column("since", String(10), nullable=False, comment="the first day that was counted"),
    Column("count", Integer, nullable=False, comment="how many looked"),
    Column("bound", Integer, nullable=False, comment="of how many it was conspicuous"),
)

digest_chains = Table(
    "digest_chains",
    metadata,
    Column("name", String(16), primary_key=True, comment="log or disclosure"),
    Column(
        "period", Integer, nullable=False, comment="first month whose key is left: year times twelve, and its months"
    ),
    Column("secret", LargeBinary, nullable=False, comment="of that month; those that follow come of it. Sealed"),
    Column("since", _Number, nullable=False, comment="position before which digests are of the key before chains"),
)

record_holds = Table(
    "record_holds",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("first_day", String(10), nullable=False, comment="from this day on nothing of the record is purged"),
    Column("reason", LargeBinary, nullable=False, comment="sealed"),
    Column("made_by", String(32), nullable=False),
    Column("made_at", _Instant, nullable=False),
    Column("lifted_by", String(32)),
    Column("lifted_at", _Instant),
    Column("lifted_reason", LargeBinary, comment="sealed"),
)

objections = Table(
    "objections",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("position", _Number, nullable=False, comment="entry of what is objected to; -1 once its key is destroyed"),
    Column("entity", LargeBinary, nullable=False, comment="code of the entity, sealed"),
    Column("entity_digest", LargeBinary(32), nullable=False, comment="for looking it up, in this table only"),
    Column("department", String(32), nullable=False, comment="which looked"),
    Column("filed_by", String(32), nullable=False),
    Column("filed_for", String(32), comment="for whom a deputy filed it"),
    Column("filed_at", _Instant, nullable=False),
    Column("reason", LargeBinary, nullable=False, comment="sealed"),
    Column("due_on", String(10), nullable=False),
    Column("state", String(16), nullable=False, comment="OPEN, EXPLAINED, JUSTIFIED, UNJUSTIFIED"),
    Column("explained_by", String(32)),
    Column("explained_for", String(32), comment="for whom a deputy explained it"),
    Column("explained_at", _Instant),
    Column("explanation", LargeBinary, comment="of the department to audit, sealed"),
    Column("decided_by", String(32)),
    Column("decided_at", _Instant),
    Column("finding", LargeBinary, comment="of audit to the merchant, sealed"),
    Column("warned_at", _Instant),
    Column("escalated_at", _Instant),
    Index("objections_by_entity", "entity_digest", "position"),
    Index("objections_by_department", "department", "state"),
)

recalls = Table(
    "recalls",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("entity", LargeBinary, nullable=False, comment="code of the entity, sealed"),
    Column("field", String(128), nullable=False),
    Column("kind", String(16), nullable=False, comment="CORRECTED or WITHDRAWN"),
    Column("reason", LargeBinary, nullable=False, comment="sealed"),
    Column("since", String(10), nullable=False, comment="first day of the disclosures that are told of"),
    Column("department", String(32), nullable=False, comment="which owns the field"),
    Column("made_by", String(32), nullable=False, comment="person, or the part of the hub that corrected it"),
    Column("made_at", _Instant, nullable=False),
)

recall_positions = Table(
    "recall_positions",
    metadata,
    Column("recall", String(16), primary_key=True),
    Column("position", _Number, primary_key=True, autoincrement=False, comment="entry by which the value was received"),
    Column("client", String(64), nullable=False, comment="who received it"),
    Column("department", String(32), nullable=False),
    Index("recall_positions_by_position", "position"),
)
