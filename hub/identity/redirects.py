"""Which entity became which: what the store says, followed on every way to an entity.

A worker has the redirects in memory, as it has stops and grants, and reads them again when the pulse says that one of
them changed; so an old code costs a question one look into a dictionary.
"""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from hub.identity.anchors import Anchor, Keeping, digest_of, read_anchor
from hub.store.crosswalk_tables import redirects, successions
from schema.identity_enums import SuccessionKind

_MOST_STEPS = 64
"""Successions one after the other that are followed; each is confirmed by two people, and a circle is refused."""


class Redirects:
    """The redirects as one worker last read them."""

    def __init__(self) -> None:
        self._next: dict[tuple[str, str], Anchor] = {}
        self._as_of = -1

    def __bool__(self) -> bool:
        return bool(self._next)

    def follow(self, field: str, value: str) -> Anchor | None:
        """What an entity became in the end; None if it is still itself."""
        found = self._next.get((field, value))
        if found is None:
            return None
        for _ in range(_MOST_STEPS):
            later = self._next.get(found)
            if later is None:
                return found
            found = later
        return found

    def renew(self, connection: Connection, keeping: Keeping) -> None:
        """Read them again, if one was made or undone since."""
        newest = int(connection.execute(select(func.coalesce(func.max(successions.c.pulse), 0))).scalar_one())
        if newest == self._as_of:
            return
        self._next = dict(StoredRedirects(connection, keeping).all())
        self._as_of = newest


class StoredRedirects:
    """The redirects of the store, in one transaction."""

    def __init__(self, connection: Connection, keeping: Keeping) -> None:
        self._connection = connection
        self._keeping = keeping

    def all(self) -> Iterator[tuple[Anchor, Anchor]]:
        """Every anchor that is no more, with what it became."""
        for row in self._connection.execute(select(redirects)):
            yield (
                self._open(row.entity, row.anchor, "anchor"),
                self._open(row.entity, row.successor_anchor, "successor"),
            )

    def next_of(self, anchor: Anchor) -> Anchor | None:
        """What an entity became, one step on."""
        digest = digest_of(self._keeping, anchor)
        row = self._connection.execute(select(redirects).where(redirects.c.entity == digest)).one_or_none()
        return None if row is None else self._open(row.entity, row.successor_anchor, "successor")

    def __bool__(self) -> bool:
        return self._connection.execute(select(redirects.c.entity).limit(1)).first() is not None

    def step_of(self, anchor: Anchor) -> tuple[Anchor, SuccessionKind] | None:
        """What an entity became, one step on, and how."""
        query = _STEPS.where(redirects.c.entity == digest_of(self._keeping, anchor))
        row = self._connection.execute(query).one_or_none()
        return None if row is None else (self._open(row.entity, row.successor_anchor, "successor"), _kind(row))

    def before(self, anchor: Anchor) -> list[tuple[Anchor, SuccessionKind]]:
        """What became an entity, one step back, and how; in the order of their successions."""
        query = _STEPS.where(redirects.c.successor == digest_of(self._keeping, anchor))
        rows = self._connection.execute(query.order_by(redirects.c.succession, redirects.c.entity))
        return [(self._open(row.entity, row.anchor, "anchor"), _kind(row)) for row in rows]

    def current(self, anchor: Anchor) -> Anchor:
        """What an entity is today: itself, or what it became in the end."""
        for _ in range(_MOST_STEPS):
            later = self.next_of(anchor)
            if later is None:
                return anchor
            anchor = later
        return anchor

    def digests_of(self, anchor: Anchor) -> frozenset[str]:
        """Digests of an entity and of all that became it."""
        found = {digest_of(self._keeping, anchor)}
        newest: Collection[str] = found
        for _ in range(_MOST_STEPS):
            query = select(redirects.c.entity).where(redirects.c.successor.in_(newest))
            newest = {row.entity for row in self._connection.execute(query)} - found
            if not newest:
                break
            found |= newest
        return frozenset(found)

    def put(self, old: Anchor, new: Anchor, succession: str) -> None:
        """Let whoever asks for the one be answered with the other."""
        digest = digest_of(self._keeping, old)
        row = {
            "entity": digest,
            "anchor": self._keeping.seal(_place(digest, "anchor"), old.text),
            "successor": digest_of(self._keeping, new),
            "successor_anchor": self._keeping.seal(_place(digest, "successor"), new.text),
            "succession": succession,
        }
        self._connection.execute(insert(redirects).values(row))

    def take_back(self, succession: str) -> None:
        """Undo what a succession put."""
        self._connection.execute(delete(redirects).where(redirects.c.succession == succession))

    def _open(self, digest: str, sealed: bytes, column: str) -> Anchor:
        return read_anchor(self._keeping.open(_place(digest, column), sealed))


_STEPS = select(redirects, successions.c.kind).join(successions, successions.c.number == redirects.c.succession)


def _kind(row: Row[Any]) -> SuccessionKind:
    return SuccessionKind[row.kind]


def _place(digest: str, column: str) -> str:
    return f"redirects.{column}.{digest}"
