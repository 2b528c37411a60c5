"""The table of what witnesses signed: a line below a checkpoint. It is believed as far as its signature goes."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table

from hub.store.tables import metadata

tree_cosignatures = Table(
    "tree_cosignatures",
    metadata,
    Column(
        "size",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
        comment="entries that the checkpoint covers",
    ),
    Column("witness", String(200), primary_key=True, comment="name and number of its key"),
    Column("line", LargeBinary, nullable=False, comment="C2SP tlog-cosignature, as it stands below the note"),
)
