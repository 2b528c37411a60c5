"""What was done with requests for access, step by step: by whom, when, and where it stands in the record."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table, Text

from hub.store.tables import metadata

_Instant = BigInteger().with_variant(Integer, "sqlite")

request_steps = Table(
    "request_steps",
    metadata,
    Column("request", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", _Instant, nullable=False),
    Column("step", String(16), nullable=False),
    Column("person", String(32), nullable=False, comment="id of whoever did it"),
    Column("counts_as", Text, nullable=False, comment="ids of the people whom they stand for, separated by blanks"),
    Column("owner", String(32), nullable=False, comment="department that it was done for, empty without one"),
    Column("note", LargeBinary, comment="why, sealed: people write names"),
    Column("position", _Instant, nullable=False, comment="of its entry in the record"),
)
