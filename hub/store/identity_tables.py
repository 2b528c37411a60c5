"""Tables of the name index: a declared copy of what identifies entities, sealed, and keyed digests to find it by.

Each filling makes a generation of its own, which answers once it is whole; the one before is dropped then. Instants are
seconds since 1970. No name, number or address stands here in clear.
"""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, SmallInteger, String, Table

from hub.store.tables import metadata

COPIED = (
    *("uscc", "regNo15", "orgCode", "name", "formerNames", "address", "divisionCode", "kind", "status", "industryCode"),
)
"""Fields of the entity that may be copied; no personal and no sensitive one is among them."""
_Instant = BigInteger().with_variant(Integer, "sqlite")
_Key = BigInteger().with_variant(Integer, "sqlite")

name_generations = Table(
    "name_generations",
    metadata,
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("state", String(8), nullable=False, comment="FILLING, SORTING, SERVING, DROPPING"),
    Column("source", String(64), nullable=False, comment="name of the source the copy is of"),
    Column("rules", String(64), nullable=False, comment="of normalisation and keys; with others it begins anew"),
    Column("fields", String(255), nullable=False, comment="fields of the entity that are copied"),
    Column("basis", String(1000), nullable=False, comment="on which the copy is held"),
    Column("begun_at", _Instant, nullable=False, comment="the copy's age counts from here"),
    Column("served_at", _Instant, nullable=True, comment="since when it answers"),
    Column("as_of", String(32), nullable=False, comment="newest data time of its rows, empty where none is declared"),
    Column("entries", Integer, nullable=False, comment="entities in it"),
    Column("after", LargeBinary, nullable=True, comment="sealed: row after which filling goes on"),
    Column("sorted_to", Integer, nullable=False, comment="buckets of keys that are in"),
)

name_entries = Table(
    "name_entries",
    metadata,
    Column("generation", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False, comment="sealed JSON: the copied fields of one entity"),
    sqlite_with_rowid=False,
)

name_keys = Table(
    "name_keys",
    metadata,
    Column("generation", SmallInteger, primary_key=True, autoincrement=False),
    Column("key", _Key, primary_key=True, autoincrement=False, comment="first 8 bytes of a keyed digest"),
    Column("entry", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
