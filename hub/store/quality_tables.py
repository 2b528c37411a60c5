"""Tables of the quality board: runs over a source, what each rule checked and found, and the rows it found it in.

Keys of rows and what is proposed are sealed. Instants are seconds since 1970.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from hub.store.tables import metadata

_Instant = BigInteger().with_variant(Integer, "sqlite")
_Number = BigInteger().with_variant(Integer, "sqlite")

quality_runs = Table(
    "quality_runs",
    metadata,
    Column("number", String(32), primary_key=True, comment="Q-2026-00017"),
    Column("source", String(64), nullable=False),
    Column("department", String(32), nullable=False, comment="that answers for the source"),
    Column("state", String(16), nullable=False, comment="RUNNING, DONE"),
    Column("started_at", _Instant, nullable=False),
    Column("touched_at", _Instant, nullable=False, comment="when the last batch was kept"),
    Column("ended_at", _Instant),
    Column("record", String(64), nullable=False, comment="record that is being read; empty at the end"),
    Column("cursor", LargeBinary, comment="JSON, sealed: the last row that was read of it"),
    Index("quality_runs_by_source", "source", "started_at"),
)

quality_marks = Table(
    "quality_marks",
    metadata,
    Column("run", String(32), primary_key=True),
    Column("record", String(64), primary_key=True),
    Column(
        "rule", String(24), primary_key=True, comment="COMPLETE, TIMELY, CHECK_DIGIT, DUPLICATE, ORPHAN, DATE, CODE"
    ),
    Column("field", String(64), primary_key=True, comment="name of the field, empty for the row as a whole"),
    Column("checked", _Number, nullable=False, comment="rows"),
    Column("failed", _Number, nullable=False, comment="rows"),
)

quality_findings = Table(
    "quality_findings",
    metadata,
    Column("run", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("record", String(64), nullable=False),
    Column("rule", String(24), nullable=False),
    Column("field", String(64), nullable=False),
    Column("key", String(32), nullable=False, comment="keyed digest of the row's key"),
    Column("row_key", LargeBinary, nullable=False, comment="the row's key, sealed"),
    Column("found", LargeBinary, nullable=False, comment="JSON, sealed: what is wrong, and what is proposed"),
)

quality_seen = Table(
    "quality_seen",
    metadata,
    Column("run", String(32), primary_key=True, comment="rows of a run are thrown away when it ends"),
    Column("record", String(64), primary_key=True),
    Column("key", String(32), primary_key=True, comment="keyed digest of what may stand only once"),
)

quality_rows = Table(
    "quality_rows",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("record", String(64), primary_key=True),
    Column("key", String(32), primary_key=True, comment="keyed digest of the key of a row that was ever read"),
    Column("first_run", String(32), nullable=False, comment="the run that read it first"),
    Index("quality_rows_by_run", "first_run"),
)

quality_works = Table(
    "quality_works",
    metadata,
    Column("number", String(16), primary_key=True, comment="W-2026-00017"),
    Column("source", String(64), nullable=False),
    Column("department", String(32), nullable=False, comment="that answers for the source"),
    Column("state", String(8), nullable=False, comment="WAITING, RUNNING, STOPPED, DONE, FAILED"),
    Column("made_by", String(32), nullable=False),
    Column("made_at", _Instant, nullable=False),
    Column("worker", String(32), comment="process that does it, or did last"),
    Column("beat_at", _Instant, comment="last sign of life"),
    Column("ended_at", _Instant),
    Column("run", String(32), nullable=False, comment="number of the run it came to, empty before"),
    Column("fault", String(64), nullable=False, comment="why it failed, empty otherwise"),
    Index("quality_works_by_state", "state", "made_at"),
)
