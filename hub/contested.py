"""Entities that several sources know: what the others say of the same fields is compared with the register's row.

    reply of the register ─▶ the same columns of the same codes at the others ─▶ rows with what differs at their end

Compares what is written, as hub/identity/differing.py makes it alike. Rows themselves stay the register's, so that what a
row filter lets through never depends on another source. Knows no caller; what of it is shown is decided while shaping.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.base import AS_OF, KEY, MAX_KEYS, SourceError, Unreadable
from hub.coalesce import Party, Waiter
from hub.course import Looked, answer_of
from hub.identity.differing import normal
from hub.plan.bind import Bound
from hub.plan.model import ENTITY, SUBJECT, Rivalry, Rule
from hub.plan.shown import shown_fields
from hub.replies import Reply, Trace
from schema.predicate import TRUE

_MONEY = 3
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says of a field, and of when that is (RFC 3339), where it tells."""

    source: str
    value: Any
    as_of: str | None


@dataclass(frozen=True, slots=True)
class Contested:
    """A field of an entity of which sources say different things: what each says, in the order of the rule; the first
    that says anything leads.
    """

    entity: str
    field: str
    said: tuple[Said, ...]
    rule: Rule

    @property
    def leading(self) -> Said:
        """Whose value is shown."""
        return next(one for one in self.said if one.value is not None)


@dataclass(frozen=True, slots=True)
class Comparing:
    """Compares the replies of one question; `notice` is told of everything that differs."""

    sources: Mapping[str, Looked]
    rivalry: Rivalry
    register: str
    notice: Callable[[Contested], None] | None = None

    async def compare(
        self, bound: Bound, replies: Mapping[int, Reply], purpose: str, traces: list[Trace]
    ) -> tuple[dict[int, Reply], tuple[str, ...]]:
        """The replies with what differs at the end of each entity's row, and names of sources that did not answer."""
        made, silent = dict(replies), set[str]()
        shown = shown_fields(bound.plan)
        for call in bound.plan.calls:
            reply = replies.get(call.number)
            if call.record != ENTITY or reply is None or reply.failure is not None:
                continue
            codes = _codes(reply)
            columns = [name for name in reply.places if name in shown]
            found = await self._ask(codes, columns, purpose, traces, silent) if codes and columns else {}
            made[call.number] = self._joined(reply, columns, found)
        return made, tuple(sorted(silent))

    async def _ask(
        self, codes: Sequence[str], columns: Sequence[str], purpose: str, traces: list[Trace], silent: set[str]
    ) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """What the others say: by source and code, values by column."""
        party, began = Party(), asyncio.get_running_loop().time()
        entered: list[tuple[str, tuple[str, ...], Waiter]] = []
        for offer in self.rivalry.others:
            wanted = tuple(name for name in columns if name in offer.columns)
            if wanted:
                source = self.sources[offer.source]
                asked = (KEY, *wanted, AS_OF)
                stem = source.lookups.stem(ENTITY, asked, SUBJECT, purpose, TRUE)
                for start in range(0, len(codes), MAX_KEYS):
                    part = tuple(codes[start : start + MAX_KEYS])
                    entered.append(
                        (offer.source, asked, source.lookups.enter(stem, part, began + source.timeout, party))
                    )
        try:
            await party.wait()
        finally:
            party.leave()
            traces.extend(_traced(name, waiter, began) for name, _, waiter in entered)
        found: dict[str, dict[str, Mapping[str, Any]]] = {}
        for name, asked, waiter in entered:
            answer = answer_of(waiter)
            if isinstance(answer, SourceError):
                silent.add(name)
                continue
            for code, rows in answer.by_key.items():
                if rows:
                    found.setdefault(name, {})[code] = dict(zip(asked, rows[0], strict=True))
        return found

    def _joined(
        self,
        reply: Reply,
        columns: Sequence[str],
        found: Mapping[str, Mapping[str, Mapping[str, Any]]],
    ) -> Reply:
        def joined(row: Row) -> Row:
            return (*row, self._contested(reply.places, row, columns, found) or None)

        by_key = {
            name: {value: [joined(row) for row in rows] for value, rows in values.items()}
            for name, values in reply.by_key.items()
        }
        return reply._replace(by_key=by_key, page=[joined(row) for row in reply.page])

    def _contested(
        self,
        places: Mapping[str, int],
        row: Row,
        columns: Sequence[str],
        found: Mapping[str, Mapping[str, Mapping[str, Any]]],
    ) -> dict[str, Contested]:
        code = row[places[SUBJECT]] if SUBJECT in places else None
        if code.__class__ is not str:
            return {}
        made: dict[str, Contested] = {}
        as_of = row[places[AS_OF]] if AS_OF in places else None
        for name in columns:
            own = Said(self.register, _readable(row[places[name]]), as_of if as_of.__class__ is str else None)
            others = [
                Said(source, _readable(rows[code][name]), _as_of(rows[code]))
                for source, rows in found.items()
                if code in rows and name in rows[code]
            ]
            contested = self._differing(code, name, own, others)
            if contested is not None:
                made[name] = contested
                if self.notice is not None:
                    self.notice(contested)
        return made

    def _differing(self, code: str, name: str, own: Said, others: Sequence[Said]) -> Contested | None:
        """What is contested; nothing where all say the same, or the register alone says something."""
        rule = self.rivalry.rule(name)
        said = tuple(sorted((own, *others), key=lambda one: rule.order.index(one.source)))
        values = {comparable(name, one.value) for one in said if one.value is not None}
        if not values or (len(values) == 1 and own.value is not None):
            return None
        made = Contested(code, name, said, rule)
        return made if len(values) > 1 or made.leading is not own else None


def comparable(field: str, value: Any) -> object:
    """A value as it is compared: how a text is written and what money was written as make no difference."""
    if isinstance(value, str):
        return normal(field, value)
    if isinstance(value, tuple | list):
        parts = tuple(value)
        return parts[:2] if len(parts) == _MONEY else frozenset(comparable(field, part) for part in parts)
    return value


def _codes(reply: Reply) -> Sequence[str]:
    place = reply.places.get(SUBJECT)
    if place is None:
        return ()
    rows = [row for values in reply.by_key.values() for rows in values.values() for row in rows]
    return sorted({str(row[place]) for row in (*rows, *reply.page) if isinstance(row[place], str)})


def _readable(value: Any) -> Any:
    return None if value is Unreadable.VALUE else value


def _as_of(values: Mapping[str, Any]) -> str | None:
    found = values.get(AS_OF)
    return found if isinstance(found, str) else None


def _traced(source: str, waiter: Waiter, began: float) -> Trace:
    found = waiter.answer
    outcome = "OK" if found is not None and not isinstance(found, Exception) else getattr(found, "code", "CANCELLED")
    rows = sum(map(len, found.by_key.values())) if found is not None and not isinstance(found, Exception) else 0
    ended = waiter.ended or asyncio.get_running_loop().time()
    return Trace(source, ENTITY, len(waiter.keys), rows, round((ended - began) * 1000, 3), outcome)
