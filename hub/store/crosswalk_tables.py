"""Tables of who is who: keys of departments and the entities they stand for, what became of entities, and pairs to look at.

`crosswalk` and `redirects` say how it is now; the others are history and never shortened. Keys, names and codes are
sealed and found by keyed digests. Instants are seconds since 1970, days ISO dates in Asia/Shanghai.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from hub.store.tables import metadata

_Instant = BigInteger().with_variant(Integer, "sqlite")
_Number = BigInteger().with_variant(Integer, "sqlite")

crosswalk = Table(
    "crosswalk",
    metadata,
    Column("department", String(32), primary_key=True, comment="whose key it is"),
    Column("key", String(32), primary_key=True, comment="keyed digest of the local key"),
    Column("local_key", LargeBinary, nullable=False, comment="the local key, sealed"),
    Column("entity", String(32), nullable=False, comment="keyed digest of the anchor it was found to be"),
    Column("anchor", LargeBinary, nullable=False, comment="that anchor (field:value), sealed"),
    Column("method", String(16), nullable=False, comment="CODE, MATCHED, REVIEWED, SPLIT"),
    Column("confidence", Integer, nullable=False, comment="in thousandths"),
    Column("evidence", LargeBinary, nullable=False, comment="why, sealed"),
    Column("decided_by", String(32), nullable=False, comment="id of a person"),
    Column("confirmed_by", String(32), comment="the second person, where it took two"),
    Column("decided_at", _Instant, nullable=False),
    Column("origin", String(32), nullable=False, comment="number of a review or succession, empty without one"),
    Index("crosswalk_by_entity", "entity"),
)

crosswalk_steps = Table(
    "crosswalk_steps",
    metadata,
    Column("department", String(32), primary_key=True),
    Column("key", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="1 is the first decision"),
    Column("local_key", LargeBinary, nullable=False),
    Column("entity", String(32), nullable=False, comment="as in crosswalk from then on; empty: no longer there"),
    Column("anchor", LargeBinary, nullable=False),
    Column("method", String(16), nullable=False),
    Column("confidence", Integer, nullable=False),
    Column("evidence", LargeBinary, nullable=False),
    Column("decided_by", String(32), nullable=False),
    Column("confirmed_by", String(32)),
    Column("decided_at", _Instant, nullable=False),
    Column("origin", String(32), nullable=False),
    Column("stepped_at", _Instant, nullable=False, comment="when it became so; later than decided_at after an undo"),
    Index("crosswalk_steps_by_entity", "entity"),
)

redirects = Table(
    "redirects",
    metadata,
    Column("entity", String(32), primary_key=True, comment="keyed digest of the anchor that is no more"),
    Column("anchor", LargeBinary, nullable=False, comment="that anchor, sealed"),
    Column("successor", String(32), nullable=False, comment="keyed digest of the anchor it became"),
    Column("successor_anchor", LargeBinary, nullable=False, comment="that anchor, sealed"),
    Column("succession", String(32), nullable=False, comment="number of the succession it comes from"),
    Index("redirects_by_successor", "successor"),
)

successions = Table(
    "successions",
    metadata,
    Column("number", String(32), primary_key=True, comment="S-2026-00017"),
    Column("kind", String(16), nullable=False, comment="MERGED, SPLIT, RECODED, RENAMED, MOVED"),
    Column("state", String(16), nullable=False, comment="PROPOSED, CONFIRMED, REFUSED, UNDOING, UNDONE"),
    Column("body", LargeBinary, nullable=False, comment="JSON, sealed: entities, names, keys that move, reason"),
    Column("effective_on", String(10), nullable=False),
    Column("proposed_by", String(32), nullable=False),
    Column("proposed_for", String(200), nullable=False, comment="everybody they stood for, themselves included"),
    Column("proposed_at", _Instant, nullable=False),
    Column("decided_by", String(32), comment="who confirmed or refused it, never the same"),
    Column("decided_at", _Instant),
    Column("position", _Number, comment="in the record, of its confirmation: the order of effects"),
    Column("undo_by", String(32), comment="who wants it undone"),
    Column("undo_for", String(200)),
    Column("undo_reason", LargeBinary, comment="sealed"),
    Column("undo_at", _Instant),
    Column("undone_by", String(32), comment="who agreed, never the same"),
    Column("undone_at", _Instant),
    Column("pulse", _Number, nullable=False, comment="value of the pulse at its last effect; 0: none yet"),
    Index("successions_by_state", "state", "proposed_at"),
    Index("successions_by_pulse", "pulse"),
)

succession_entities = Table(
    "succession_entities",
    metadata,
    Column("succession", String(32), primary_key=True),
    Column("entity", String(32), primary_key=True, comment="keyed digest of an anchor"),
    Column("side", String(8), primary_key=True, comment="BEFORE, AFTER"),
    Index("succession_entities_by_entity", "entity"),
)

identity_reviews = Table(
    "identity_reviews",
    metadata,
    Column("number", String(32), primary_key=True, comment="V-2026-00017"),
    Column("pair", String(32), nullable=False, comment="keyed digest of both sides: a pair is looked at once"),
    Column("outcome", String(16), nullable=False, comment="POSSIBLE, CONFLICT"),
    Column("state", String(16), nullable=False, comment="OPEN, PROPOSED, JOINED, DISTINCT"),
    Column("department", String(32), nullable=False, comment="whose record the left side is"),
    Column("body", LargeBinary, nullable=False, comment="JSON, sealed: both sides, reasons, notes"),
    Column("probability", Integer, nullable=False, comment="in thousandths"),
    Column("made_by", String(32), nullable=False),
    Column("made_at", _Instant, nullable=False),
    Column("proposed_by", String(32), comment="who says that both sides are one"),
    Column("proposed_for", String(200)),
    Column("proposed_at", _Instant),
    Column("decided_by", String(32)),
    Column("decided_at", _Instant),
    Column("succession", String(32), comment="number of the one that came of it"),
    Index("identity_reviews_by_pair", "pair"),
    Index("identity_reviews_by_succession", "succession"),
    Index("identity_reviews_by_state", "state", "made_at"),
)
