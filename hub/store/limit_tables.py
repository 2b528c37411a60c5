"""Tables of how much and for which case: quotas of a day, tasks, and which cases somebody knew.

Days are ISO dates in Asia/Shanghai, instants seconds since 1970. Entities, people and case numbers are keyed digests.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table

from hub.store.tables import metadata

_Instant = BigInteger().with_variant(Integer, "sqlite")
HOLDER = 72

quota_use = Table(
    "quota_use",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("grant_id", String(64), primary_key=True),
    Column("holder", String(HOLDER), primary_key=True, comment="department:code, person:digest or client:id"),
    Column("used", Integer, nullable=False, comment="records of a department; different entities of anybody else"),
    Column("told", Boolean, nullable=False, comment="that it is used up"),
)

quota_seen = Table(
    "quota_seen",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("grant_id", String(64), primary_key=True),
    Column("holder", String(HOLDER), primary_key=True),
    Column("entity", LargeBinary(16), primary_key=True, comment="digest for this holder and day only"),
    Column("asked", Integer, nullable=False, comment="by how many questions"),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_digest", String(32), nullable=False, comment="for looking it up, in this table only"),
    Column("case_number", LargeBinary, nullable=False, comment="sealed"),
    Column("department", String(32), nullable=False),
    Column("purpose", String(40), nullable=False),
    Column("entity", LargeBinary, comment="code of the entity it is about, sealed"),
    Column("opened_by", String(32), nullable=False),
    Column("opened_at", _Instant, nullable=False),
    Column("until", _Instant, nullable=False, comment="midnight after the last day"),
    Column("closed_at", _Instant),
    Column("closed_by", String(32)),
    Index("tasks_by_case", "department", "purpose", "case_digest"),
)

case_checks = Table(
    "case_checks",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("department", String(32), primary_key=True),
    Column("purpose", String(40), primary_key=True),
    Column("case_digest", String(32), primary_key=True),
    Column("state", String(16), primary_key=True, comment="TASK, SOURCE, UNVERIFIED, UNCHECKED"),
)
