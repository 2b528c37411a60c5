"""Tables of who is told what: notices, and one row for each recipient and channel by which somebody tried to tell them.

What a notice says is sealed; no address of anybody stands here. Instants are seconds since 1970.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from hub.store.tables import metadata

_Instant = BigInteger().with_variant(Integer, "sqlite")
_Number = BigInteger().with_variant(Integer, "sqlite")

notices = Table(
    "notices",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("event", String(40), nullable=False),
    Column("body", LargeBinary, nullable=False, comment="JSON, sealed: whom it concerns, and its parameters"),
    Column("made_at", _Instant, nullable=False),
    Column("spread_at", _Instant, comment="when its recipients were found; null: that is still to be done"),
    Column("set_aside_at", _Instant, comment="when it was given up: it cannot be opened with this hub's keys"),
    Index("notices_unspread", "spread_at", "number"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("notice", _Number, primary_key=True, autoincrement=False),
    Column(
        "place", Integer, primary_key=True, autoincrement=False, comment="among the deliveries of its notice, from 1"
    ),
    Column("kind", String(16), nullable=False, comment="of recipient: CLIENT, DEPARTMENT, ENTITY, NOBODY, PERSON"),
    Column("name", String(64), nullable=False, comment="its id or code"),
    Column("channel", String(16), nullable=False),
    Column("opened_at", _Instant, nullable=False),
    Column("deadline", _Instant, nullable=False, comment="after which the next channel is tried"),
    Column("state", String(16), nullable=False, comment="WAITING, SENT, READ, FAILED, GIVEN_UP"),
    Column("tries", Integer, nullable=False),
    Column("next_at", _Instant, nullable=False, comment="not to be tried before"),
    Column("held_until", _Instant, comment="while somebody delivers it"),
    Column("settled_at", _Instant, comment="when it was sent, failed or read"),
    Column("watched_until", _Instant, comment="when it is looked at whether the next channel is tried; null: never"),
    Column("fault", String(40), comment="code of the last failure"),
    Index("deliveries_by_channel", "state", "channel", "next_at"),
    Index("deliveries_watched", "watched_until"),
    Index("deliveries_by_recipient", "kind", "name", "channel", "state", "notice"),
)
