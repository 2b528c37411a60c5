"""The table of last known values: what a source said of an entity when it was last asked, for when it is silent.

Rows lie here only of what a source's configuration declares, and no longer than it says. No code and no value stands here
in clear.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from hub.store.tables import metadata

kept_rows = Table(
    "kept_rows",
    metadata,
    Column("key", String(32), primary_key=True, comment="keyed digest of the declaration and the entity's code"),
    Column("declared", String(32), nullable=False, comment="digest of the declaration it is kept under"),
    Column(
        "kept_at",
        BigInteger().with_variant(Integer, "sqlite"),
        nullable=False,
        comment="seconds since 1970; the instant that counts is sealed with the rows",
    ),
    Column("body", LargeBinary, nullable=False, comment="sealed JSON: when, columns, rows"),
    Index("kept_rows_by_age", "declared", "kept_at"),
)
