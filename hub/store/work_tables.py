"""Tables of what auditors have the hub do with the record: works that take their time, what came of them, and what was looked at.

No value, no name; what people write is sealed. Instants are seconds since 1970, positions those of the record.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from hub.store.tables import metadata

_Instant = BigInteger().with_variant(Integer, "sqlite")
_Number = BigInteger().with_variant(Integer, "sqlite")

record_works = Table(
    "record_works",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("kind", String(8), nullable=False, comment="VERIFY or PACK"),
    Column("year", Integer, comment="of a pack"),
    Column("state", String(8), nullable=False, comment="WAITING, RUNNING, STOPPED, DONE, FAILED"),
    Column("made_by", String(32), nullable=False),
    Column("made_at", _Instant, nullable=False),
    Column("worker", String(32), comment="process that does it, or did last"),
    Column("began_at", _Instant, comment="of the stretch that runs, or ran last"),
    Column("beat_at", _Instant, comment="last sign of life"),
    Column("ended_at", _Instant),
    Column("start", _Number, nullable=False, comment="entry with which the stretch began"),
    Column("done", _Number, nullable=False, comment="entries that were looked at"),
    Column("total", _Number, nullable=False, comment="of how many; 0 while nobody counted"),
    Column("found", LargeBinary, nullable=False, comment="JSON: what was found so far"),
    Index("record_works_by_state", "state", "made_at"),
)

record_packs = Table(
    "record_packs",
    metadata,
    Column("work", String(16), primary_key=True),
    Column("size", Integer, nullable=False, comment="bytes"),
    Column("sha256", String(64), nullable=False),
    Column("archive", LargeBinary, nullable=False, comment="ZIP of the yearly pack: counts and metadata"),
)

anomaly_findings = Table(
    "anomaly_findings",
    metadata,
    Column("key", LargeBinary(32), primary_key=True, comment="keyed digest of kind, day and asker"),
    Column("kind", String(16), nullable=False),
    Column("day", String(10), nullable=False),
    Column("finding", LargeBinary, nullable=False, comment="sealed"),
    Column("made_by", String(32), nullable=False),
    Column("made_at", _Instant, nullable=False),
    Index("anomaly_findings_by_day", "day"),
)
