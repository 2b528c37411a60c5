"""Tables of the three officers: that they were made, who is to get an office, who acts for whom, break-glass and its reviews.

Nothing is deleted. Instants are seconds since 1970, days ISO dates in Asia/Shanghai. What people wrote is sealed.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from hub.store.tables import metadata

_Instant = BigInteger().with_variant(Integer, "sqlite")

bootstraps = Table(
    "bootstraps",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="1: there is one at most, and for good"),
    Column("made_at", _Instant, nullable=False),
)

appointments = Table(
    "appointments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person", String(32), nullable=False, index=True),
    Column("office", String(24), nullable=False, comment="ADMIN, AUDIT, SEC"),
    Column("first", String(32), nullable=False, comment="the system administrator who proposed it"),
    Column("first_for", String(32), comment="for whom they acted as a deputy"),
    Column("second", String(32), comment="the audit administrator who confirmed it, never the same"),
    Column("made_at", _Instant, nullable=False),
    Column("expires_at", _Instant, nullable=False),
)

deputies = Table(
    "deputies",
    metadata,
    Column("id", String(32), primary_key=True, comment="D-0001"),
    Column("principal", String(32), nullable=False, index=True),
    Column("deputy", String(32), nullable=False, index=True),
    Column("starts_at", _Instant, nullable=False),
    Column("ends_at", _Instant, nullable=False),
    Column("reason", LargeBinary, nullable=False, comment="sealed"),
    Column("made_by", String(32), nullable=False),
    Column("made_at", _Instant, nullable=False),
    Column("confirmed_by", String(32), comment="an officer of another office, where the principal holds one"),
    Column("confirmed_at", _Instant, comment="null: it waits, and nobody acts by it"),
    Column("ended_at", _Instant),
    Column("ended_by", String(32)),
    Column("told_at", _Instant, comment="when both were told that its period is over"),
    Index("deputies_by_period", "ended_at", "ends_at"),
)

emergencies = Table(
    "emergencies",
    metadata,
    Column("id", String(32), primary_key=True, comment="E-0001"),
    Column("person", String(32), nullable=False, index=True),
    Column("department", String(32), nullable=False),
    Column("role", String(24), nullable=False),
    Column("grant", String(64), nullable=False, comment="id of the grant that it is"),
    Column("fields", Text, nullable=False, comment="JSON: coordinates and scopes that were asked for"),
    Column("purpose", String(40), nullable=False),
    Column("case", LargeBinary, comment="number of the case, sealed"),
    Column("reason", LargeBinary, nullable=False, comment="sealed: people write names"),
    Column("began_at", _Instant, nullable=False),
    Column("until", _Instant, nullable=False),
    Column("ended_at", _Instant, comment="when it was ended before its time"),
    Column("ended_by", String(32)),
    Column("due_on", String(10), nullable=False, comment="last working day for its review"),
    Column("reviewed_at", _Instant),
    Column("reviewed_by", String(32)),
    Column("justified", Boolean),
    Column("finding", LargeBinary, comment="of the review, sealed"),
    Column("reminded_at", _Instant),
    Column("escalated_at", _Instant),
    Index("emergencies_by_review", "reviewed_at", "due_on"),
)
