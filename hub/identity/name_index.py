"""The name index as it is asked: the entities that share a key with a candidate, opened from a sealed copy in the store.

Only a whole generation within its maximum age answers. What is stored is not narrowed to anybody: whoever asks must be
checked on what is read (`seen`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any, Protocol

import orjson
from sqlalchemy import CompoundSelect, Connection, bindparam, select, union_all

from hub.identity.blocking import RULES
from hub.identity.outcome import Known
from hub.store.identity_tables import name_entries, name_generations, name_keys

_PER_KEY = 48
"""Entities that are followed of one key: a key of more tells too little."""
_MOST = 24
"""Entities that are opened and compared for one candidate."""
_PAGE = 500
DAY = 86_400
Seen = Callable[[Known], Known | None]


class Sealer(Protocol):
    """Seals what lies in the store, with a key outside of it."""

    def seal(self, place: str, text: str) -> bytes: ...
    def open(self, place: str, sealed: bytes) -> str: ...
    def digest(self, kind: str, value: str) -> bytes: ...


class IndexMissing(Exception):
    """There is no copy that may be asked: none was made, it is too old, or it was made by other rules."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Generation:
    """A copy that may be asked."""

    number: int
    fields: frozenset[str]
    begun_at: int
    as_of: str
    entries: int


@dataclass(frozen=True, slots=True)
class NameIndex:
    """The copy as one transaction reads it. `seen`: what the asker may learn of an entity, None for nothing."""

    connection: Connection
    sealer: Sealer
    generation: Generation
    seen: Seen = field(default=lambda entity: entity)

    def find(self, keys: Sequence[str]) -> list[Known]:
        """Entities that share keys, those with most and rarest of them first; at most two dozen."""
        if not keys:
            return []
        digests = {key_number(self.sealer, key): key for key in keys}
        weights: Counter[int] = Counter()
        for entries in self._followed(list(digests)).values():
            for entry in entries:
                # A key that few share says more, whatever was cut of those that many do.
                weights[entry] += 1 + 8 * _PER_KEY // (len(entries) * len(entries) + 8)
        return self._opened([entry for entry, _ in weights.most_common(_MOST)])

    def every(self) -> Iterator[Known]:
        """All entities, as far as they are seen."""
        for start in range(0, self.generation.entries, _PAGE):
            yield from self._opened(range(start, min(start + _PAGE, self.generation.entries)))

    def _followed(self, digests: Sequence[int]) -> Mapping[int, list[int]]:
        """Entries by key, as far as each is followed: one statement for all keys."""
        given = {"held": self.generation.number, **{f"key{n}": digest for n, digest in enumerate(digests)}}
        found: dict[int, list[int]] = {}
        for key, entry in self.connection.execute(_following(len(digests)), given):
            found.setdefault(key, []).append(entry)
        return found

    def _opened(self, numbers: Sequence[int]) -> list[Known]:
        if not numbers:
            return []
        held = self.generation.number
        found = self.connection.execute(_OPENING, {"held": held, "numbers": list(numbers)})
        bodies = {row.number: row.body for row in found}
        known = [opened(self.sealer, held, number, bodies[number]) for number in numbers if number in bodies]
        return [one for one in map(self.seen, known) if one is not None]


@lru_cache(64)
def _following(count: int) -> CompoundSelect[Any]:
    """The statement that follows so many keys. Building one costs more than asking it."""
    asked = [
        select(name_keys.c.key, name_keys.c.entry)
        .where(name_keys.c.generation == bindparam("held"), name_keys.c.key == bindparam(f"key{n}"))
        .order_by(name_keys.c.entry)
        .limit(_PER_KEY)
        .subquery()
        for n in range(count)
    ]
    return union_all(*(select(one.c.key, one.c.entry) for one in asked))


_OPENING = select(name_entries.c.number, name_entries.c.body).where(
    name_entries.c.generation == bindparam("held"), name_entries.c.number.in_(bindparam("numbers", expanding=True))
)


def open_index(connection: Connection, sealer: Sealer, keep_days: int, now: int, seen: Seen | None = None) -> NameIndex:
    """The index that answers; IndexMissing with `NONE`, `OTHER_RULES` or `TOO_OLD`."""
    table = name_generations.c
    row = connection.execute(
        select(name_generations).where(table.state == "SERVING").order_by(table.number.desc()).limit(1)
    ).one_or_none()
    if row is None:
        raise IndexMissing("NONE")
    if row.rules != RULES:
        raise IndexMissing("OTHER_RULES")
    if row.begun_at + keep_days * DAY <= now:
        raise IndexMissing("TOO_OLD")
    generation = Generation(row.number, frozenset(row.fields.split()), row.begun_at, row.as_of, row.entries)
    if seen is None:
        return NameIndex(connection, sealer, generation)
    return NameIndex(connection, sealer, generation, seen)


def key_number(sealer: Sealer, key: str) -> int:
    """The digest of a key as a signed number of eight bytes."""
    return int.from_bytes(sealer.digest("name key", key)[:8], "big", signed=True)


def sealed(sealer: Sealer, generation: int, number: int, entity: Known) -> bytes:
    """An entity as it lies in the store."""
    body = {name: value for name, value in asdict(entity).items() if value}
    return sealer.seal(_place(generation, number), orjson.dumps(body).decode())


def opened(sealer: Sealer, generation: int, number: int, body: bytes) -> Known:
    """The entity that was sealed there."""
    held: dict[str, Any] = orjson.loads(sealer.open(_place(generation, number), body))
    held["former_names"] = tuple(held.get("former_names", ()))
    return Known(**held)


def _place(generation: int, number: int) -> str:
    return f"name_entries.body/{generation}/{number}"
