"""Tables of the tree over the record: its hashes in tiles, and the checkpoints that were signed.

Both are made from the entries, after these are durable. Whoever may write to the store may write here, too: what is
here is believed as far as a signature covers it.
"""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table

from hub.store.tables import metadata

_Number = BigInteger().with_variant(Integer, "sqlite")

tree_tiles = Table(
    "tree_tiles",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False, comment="0: hashes of entries"),
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False, comment="up to 256 of 32 bytes, of the newest checkpoint"),
)

tree_checkpoints = Table(
    "tree_checkpoints",
    metadata,
    Column("size", _Number, primary_key=True, autoincrement=False, comment="entries it covers"),
    Column("made_at", _Number, nullable=False, comment="seconds since 1970"),
    Column("note", LargeBinary, nullable=False, comment="C2SP tlog-checkpoint, signed"),
)
