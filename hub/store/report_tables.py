"""Reports of codes: what somebody saw, where; and what became of it. Nobody's name stands here but the officer's id."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from hub.store.tables import metadata

_Instant = BigInteger().with_variant(Integer, "sqlite")

code_reports = Table(
    "code_reports",
    metadata,
    Column("number", String(12), primary_key=True, comment="under which the outcome is read"),
    Column(
        "nonce", LargeBinary(32), nullable=False, unique=True, comment="digest of the form it came on: it counts once"
    ),
    Column("code", String(32), comment="id of the code it is about; none where there is none of ours"),
    Column("token", String(64), comment="what the code said, if it reads as a token"),
    Column("kind", String(16), nullable=False, comment="FORGED, ELSEWHERE, COVERED, STOPPED, OTHER"),
    Column("place", LargeBinary, nullable=False, comment="where it was seen, sealed"),
    Column("said", LargeBinary, comment="what else was said, sealed"),
    Column("received_on", String(10), nullable=False),
    Column("received_at", _Instant, nullable=False),
    Column("outcome", String(16), nullable=False, comment="OPEN, CONFIRMED, NOT_CONFIRMED, NOT_FOUND, PASSED_ON"),
    Column("note", String(200), comment="what whoever reads the outcome is told"),
    Column("settled_on", String(10)),
    Column("settled_by", String(32), comment="the officer, by id"),
    Index("code_reports_by_outcome", "outcome", "received_at"),
    Index("code_reports_by_token", "token", "received_on"),
)
