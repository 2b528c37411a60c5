"""Pairs that a person has to look at: a department's record and an entity that may be the same, or contradict each other.

Whoever says that both are one needs another person who agrees; that they are not, one may say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, insert, select, update

from hub.clock import day_of
from hub.identity.anchors import Anchor, Keeping, read_anchor
from hub.identity.successions import Hand, next_number
from hub.store.crosswalk_tables import identity_reviews
from schema.identity_enums import ReviewCause, ReviewState

MOST_DOUBTS = 20


@dataclass(frozen=True, slots=True)
class Pair:
    """What is to be looked at: a record by its department and key, and an entity, as both were written.

    `probability` in thousandths · `reasons`: in Chinese and English · `own`: the entity that the record stood for
    by its own code, if it has one.
    """

    cause: ReviewCause
    department: str
    key: str = field(repr=False)
    entity: Anchor
    left: Mapping[str, str] = field(repr=False)
    right: Mapping[str, str] = field(repr=False)
    probability: int = 0
    reasons: Sequence[tuple[str, str]] = field(default=(), repr=False)
    own: Anchor | None = None


@dataclass(frozen=True, slots=True)
class Doubted:
    """Somebody who looked and could not tell: their id, when, in seconds, and what they say is lacking."""

    by: str
    at: int
    note: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Review:
    """One review as the store has it."""

    number: str
    state: ReviewState
    pair: Pair
    made_by: str
    made_at: int
    proposed: Hand | None
    proposed_at: int | None
    decided_by: str | None
    decided_at: int | None
    note: str
    succession: str | None
    doubts: tuple[Doubted, ...] = ()


class Reviews:
    """Those of one transaction; `now` in seconds since 1970."""

    def __init__(self, connection: Connection, keeping: Keeping, now: int) -> None:
        self._connection = connection
        self._keeping = keeping
        self._now = now

    def of(self, number: str) -> Review | None:
        """The review of this number."""
        found = self.read(select(identity_reviews).where(identity_reviews.c.number == number))
        return found[0] if found else None

    def of_pair(self, pair: Pair) -> Review | None:
        """The review of this pair, whatever became of it."""
        found = self.read(select(identity_reviews).where(identity_reviews.c.pair == self._digest(pair)))
        return found[-1] if found else None

    def read(self, query: Select[Any]) -> list[Review]:
        """Reviews that a query of their table gives, in its order."""
        return [self._review(row) for row in self._connection.execute(query)]

    def add(self, pair: Pair, by: str) -> Review:
        """Queue a pair."""
        number = next_number(self._connection, identity_reviews.c.number, "V", day_of(self._now).year)
        row = {
            "number": number,
            "pair": self._digest(pair),
            "outcome": pair.cause.name,
            "state": ReviewState.OPEN.name,
            "department": pair.department,
            "body": self._sealed(number, pair, "", ()),
            "probability": pair.probability,
            "made_by": by,
            "made_at": self._now,
        }
        self._connection.execute(insert(identity_reviews).values(row))
        return self._again(number)

    def propose(self, one: Review, hand: Hand, note: str) -> Review:
        """Keep that somebody says that both are one."""
        self._set(
            one.number,
            state=ReviewState.PROPOSED.name,
            body=self._sealed(one.number, one.pair, note, one.doubts),
            proposed_by=hand.person,
            proposed_for=" ".join(sorted(hand.counts_as)),
            proposed_at=self._now,
        )
        return self._again(one.number)

    def decide(self, one: Review, state: ReviewState, by: str, note: str, succession: str | None = None) -> Review:
        """Keep what came of it."""
        body = self._sealed(one.number, one.pair, note, one.doubts)
        self._set(one.number, state=state.name, body=body, decided_by=by, decided_at=self._now, succession=succession)
        return self._again(one.number)

    def doubt(self, one: Review, by: str, note: str) -> Review:
        """Keep that somebody looked and could not tell; of many only the last are kept here, all are on record."""
        doubts = (*one.doubts, Doubted(by, self._now, note))[-MOST_DOUBTS:]
        self._set(one.number, body=self._sealed(one.number, one.pair, one.note, doubts))
        return self._again(one.number)

    def reopen(self, succession: str) -> None:
        """Have a pair looked at again whose joining was undone."""
        nobody = ("proposed_by", "proposed_for", "proposed_at", "decided_by", "decided_at", "succession")
        blank = dict.fromkeys(nobody)
        for one in self.read(select(identity_reviews).where(identity_reviews.c.succession == succession)):
            self._set(one.number, state=ReviewState.OPEN.name, **blank)

    def _again(self, number: str) -> Review:
        found = self.of(number)
        if found is None:
            raise LookupError(number)
        return found

    def _set(self, number: str, **values: object) -> None:
        table = identity_reviews
        self._connection.execute(update(table).where(table.c.number == number).values(**values))

    def _digest(self, pair: Pair) -> str:
        return self._keeping.lasting("pair", f"{pair.department}\n{pair.key}\n{pair.entity.text}")

    def _sealed(self, number: str, pair: Pair, note: str, doubts: Sequence[Doubted]) -> bytes:
        body = {
            "key": pair.key,
            "entity": pair.entity.text,
            "left": dict(pair.left),
            "right": dict(pair.right),
            "reasons": [list(reason) for reason in pair.reasons],
            "own": pair.own.text if pair.own is not None else None,
            "note": note,
            "doubts": [[doubt.by, doubt.at, doubt.note] for doubt in doubts],
        }
        return self._keeping.seal(f"identity_reviews.body.{number}", orjson.dumps(body).decode())

    def _review(self, row: Row[Any]) -> Review:
        body: Any = orjson.loads(self._keeping.open(f"identity_reviews.body.{row.number}", row.body))
        pair = Pair(
            cause=ReviewCause[row.outcome],
            department=row.department,
            key=body["key"],
            entity=read_anchor(body["entity"]),
            left=body["left"],
            right=body["right"],
            probability=row.probability,
            reasons=tuple((zh, en) for zh, en in body["reasons"]),
            own=read_anchor(body["own"]) if body["own"] is not None else None,
        )
        return Review(
            number=row.number,
            state=ReviewState[row.state],
            pair=pair,
            made_by=row.made_by,
            made_at=row.made_at,
            proposed=Hand(row.proposed_by, frozenset(row.proposed_for.split())) if row.proposed_by else None,
            proposed_at=row.proposed_at,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            note=body["note"],
            succession=row.succession,
            # Reviews of before there were doubts have none.
            doubts=tuple(Doubted(*doubt) for doubt in body.get("doubts", ())),
        )
