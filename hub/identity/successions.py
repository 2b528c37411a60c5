"""Successions: what became of entities, said by one person and confirmed by another, and undone in the same way.

An effect is redirects and keys that move; undone, both are what they were, byte by byte, and only the history is longer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, func, insert, select, update

from hub.clock import day_of
from hub.identity.anchors import Anchor, Keeping, digest_of, read_anchor
from hub.identity.crosswalk import Crosswalk, Link, Method
from hub.identity.redirects import StoredRedirects
from hub.store.crosswalk_tables import succession_entities, successions
from hub.store.pulse import beat
from schema.identity_enums import SuccessionKind, SuccessionState

_REDIRECTING = frozenset({SuccessionKind.MERGED, SuccessionKind.RECODED, SuccessionKind.SPLIT})


@dataclass(frozen=True, slots=True)
class Move:
    """A key of a department that stands for another entity from then on; by what it was found, where that is new."""

    department: str
    key: str = field(repr=False)
    to: Anchor
    evidence: str = field(default="", repr=False)
    confidence: int = 1000


@dataclass(frozen=True, slots=True)
class Became:
    """What is said: entities before and after; for a split the first of these goes on under the old id.

    `was`, `became`: names of one that was renamed, places of one that moved · `moves`: keys that stand for another one.
    """

    kind: SuccessionKind
    before: tuple[Anchor, ...]
    after: tuple[Anchor, ...]
    effective_on: date
    reason: str = field(repr=False)
    was: str = field(default="", repr=False)
    became: str = field(default="", repr=False)
    moves: tuple[Move, ...] = ()

    @property
    def redirected(self) -> tuple[tuple[Anchor, Anchor], ...]:
        """Entities that are no more, each with what it became."""
        if self.kind not in _REDIRECTING:
            return ()
        return tuple((old, self.after[0]) for old in self.before if old not in self.after)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who does something, and everybody they stand for, themselves included."""

    person: str
    counts_as: frozenset[str]


@dataclass(frozen=True, slots=True)
class Succession:
    """One succession as the store has it."""

    number: str
    state: SuccessionState
    became: Became
    proposed: Hand
    proposed_at: int
    decided_by: str | None
    decided_at: int | None
    position: int | None
    undo: Hand | None
    undo_reason: str | None
    undone_by: str | None
    undone_at: int | None


class Successions:
    """Those of one transaction; `now` in seconds since 1970."""

    def __init__(self, connection: Connection, keeping: Keeping, now: int) -> None:
        self._connection = connection
        self._keeping = keeping
        self._now = now

    @property
    def redirects(self) -> StoredRedirects:
        """The redirects of this transaction."""
        return StoredRedirects(self._connection, self._keeping)

    @property
    def crosswalk(self) -> Crosswalk:
        """The keys of this transaction."""
        return Crosswalk(self._connection, self._keeping)

    def of(self, number: str) -> Succession | None:
        """The succession of this number."""
        found = self.read(select(successions).where(successions.c.number == number))
        return found[0] if found else None

    def read(self, query: Select[Any]) -> list[Succession]:
        """Successions that a query of their table gives, in its order."""
        return [self._succession(row) for row in self._connection.execute(query)]

    def about(self, digests: Iterable[str]) -> Select[Any]:
        """The query of successions that any of these entities has to do with."""
        table = succession_entities
        numbers = select(table.c.succession).where(table.c.entity.in_(list(digests)))
        return select(successions).where(successions.c.number.in_(numbers))

    def propose(self, became: Became, hand: Hand) -> str:
        """Keep what somebody says became of entities; its number."""
        year = day_of(self._now).year
        number = next_number(self._connection, successions.c.number, "S", year)
        row = {
            "number": number,
            "kind": became.kind.name,
            "state": SuccessionState.PROPOSED.name,
            "body": self._keeping.seal(f"successions.body.{number}", _written(became)),
            "effective_on": became.effective_on.isoformat(),
            "proposed_by": hand.person,
            "proposed_for": " ".join(sorted(hand.counts_as)),
            "proposed_at": self._now,
            "pulse": 0,
        }
        self._connection.execute(insert(successions).values(row))
        for side, anchors in (("BEFORE", became.before), ("AFTER", became.after)):
            for digest in {digest_of(self._keeping, anchor) for anchor in anchors}:
                values = {"succession": number, "entity": digest, "side": side}
                self._connection.execute(insert(succession_entities).values(values))
        return number

    def take_effect(self, one: Succession, person: str) -> None:
        """Put redirects, and move keys, before `confirm` says where in the record that stands."""
        for old, new in one.became.redirected:
            self.redirects.put(old, new, one.number)
        for move in one.became.moves:
            self.crosswalk.put(self._moved(one, move, person))

    def confirm(self, one: Succession, person: str, position: int) -> None:
        """Keep that it took effect, so that every worker knows within a second."""
        self._set(
            one.number,
            state=SuccessionState.CONFIRMED.name,
            decided_by=person,
            decided_at=self._now,
            position=position,
            pulse=beat(self._connection),
        )

    def refuse(self, one: Succession, person: str) -> None:
        """Let nothing become of it."""
        self._set(one.number, state=SuccessionState.REFUSED.name, decided_by=person, decided_at=self._now)

    def ask_to_undo(self, one: Succession, hand: Hand, reason: str) -> None:
        """Keep that somebody wants it undone."""
        self._set(
            one.number,
            state=SuccessionState.UNDOING.name,
            undo_by=hand.person,
            undo_for=" ".join(sorted(hand.counts_as)),
            undo_reason=self._keeping.seal(f"successions.undo.{one.number}", reason),
            undo_at=self._now,
        )

    def keep(self, one: Succession) -> None:
        """Let it stay in force, after all: nobody wants it undone any more."""
        self._set(
            one.number,
            state=SuccessionState.CONFIRMED.name,
            **dict.fromkeys(("undo_by", "undo_for", "undo_reason", "undo_at")),
        )

    def undo(self, one: Succession, person: str) -> None:
        """Undo all it did: redirects go, keys stand for what they stood for."""
        self.redirects.take_back(one.number)
        for move in one.became.moves:
            if self.crosswalk.is_as_put(move.department, move.key, one.number):
                self.crosswalk.step_back(move.department, move.key, self._now)
        self._set(
            one.number,
            state=SuccessionState.UNDONE.name,
            undone_by=person,
            undone_at=self._now,
            pulse=beat(self._connection),
        )

    def built_on(self, one: Succession) -> str | None:
        """Number of a later succession in force that has to do with the same entities, or keys that were decided anew."""
        digests = {digest_of(self._keeping, anchor) for anchor in (*one.became.before, *one.became.after)}
        in_force = (SuccessionState.CONFIRMED.name, SuccessionState.UNDOING.name)
        query = self.about(digests).where(successions.c.state.in_(in_force), successions.c.position > one.position)
        kinds = successions.c.kind.in_([kind.name for kind in _REDIRECTING])
        later = self._connection.execute(query.where(kinds).order_by(successions.c.position)).first()
        if later is not None:
            return str(later.number)
        moved = (move for move in one.became.moves if self.crosswalk.of(move.department, move.key) is not None)
        anew = (move for move in moved if not self.crosswalk.is_as_put(move.department, move.key, one.number))
        return next((move.department for move in anew), None)

    def _moved(self, one: Succession, move: Move, person: str) -> Link:
        known = self.crosswalk.of(move.department, move.key)
        split = one.became.kind is SuccessionKind.SPLIT
        return Link(
            department=move.department,
            key=move.key,
            anchor=move.to,
            method=Method.SPLIT if split else Method.REVIEWED,
            confidence=known.confidence if split and known is not None else move.confidence,
            evidence=move.evidence or one.became.reason,
            decided_by=one.proposed.person,
            decided_at=self._now,
            confirmed_by=person,
            origin=one.number,
        )

    def _set(self, number: str, **values: object) -> None:
        self._connection.execute(update(successions).where(successions.c.number == number).values(**values))

    def _succession(self, row: Row[Any]) -> Succession:
        undo = Hand(row.undo_by, frozenset(row.undo_for.split())) if row.undo_by is not None else None
        sealed = row.undo_reason
        return Succession(
            number=row.number,
            state=SuccessionState[row.state],
            became=_read(self._keeping.open(f"successions.body.{row.number}", row.body)),
            proposed=Hand(row.proposed_by, frozenset(row.proposed_for.split())),
            proposed_at=row.proposed_at,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            position=row.position,
            undo=undo,
            undo_reason=self._keeping.open(f"successions.undo.{row.number}", sealed) if sealed is not None else None,
            undone_by=row.undone_by,
            undone_at=row.undone_at,
        )


def next_number(connection: Connection, column: Any, letter: str, year: int) -> str:
    """The next number of a year: letter, year, and what counts on from the last one."""
    mine = select(column).where(column.like(f"{letter}-{year}-%"))
    last = connection.execute(mine.order_by(func.length(column).desc(), column.desc()).limit(1)).scalar()
    return f"{letter}-{year}-{int(last.rpartition('-')[2]) + 1 if last else 1:05d}"


def _written(became: Became) -> str:
    body = {
        "kind": became.kind.name,
        "before": [anchor.text for anchor in became.before],
        "after": [anchor.text for anchor in became.after],
        "on": became.effective_on.isoformat(),
        "reason": became.reason,
        "was": became.was,
        "became": became.became,
        "moves": [[one.department, one.key, one.to.text, one.evidence, one.confidence] for one in became.moves],
    }
    return orjson.dumps(body).decode()


def _read(text: str) -> Became:
    body: Any = orjson.loads(text)
    moves: Sequence[tuple[str, str, str, str, int]] = body["moves"]
    return Became(
        kind=SuccessionKind[body["kind"]],
        before=tuple(map(read_anchor, body["before"])),
        after=tuple(map(read_anchor, body["after"])),
        effective_on=date.fromisoformat(body["on"]),
        reason=body["reason"],
        was=body["was"],
        became=body["became"],
        moves=tuple(Move(whose, key, read_anchor(to), why, sure) for whose, key, to, why, sure in moves),
    )
