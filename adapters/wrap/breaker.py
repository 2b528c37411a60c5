"""Stops asking a source that keeps failing, and lets one question through now and then to see whether it is back.

Failures and time-outs are the source's, but of searches, which may ask for much, the time-outs stop searches alone; an
answer in the wrong form is one record's. Searches the source cannot do, answers that are too large and cancelled
questions say nothing: nobody's question makes a source rest for others. When to open is the circuit's judgement.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from adapters.base import (
    Adapter,
    AnswerTooLarge,
    Lookup,
    Rows,
    Search,
    SourceBadData,
    SourceDown,
    SourceError,
    SourceTimeout,
)
from adapters.wrap.asking import Answered, Asked, Way
from adapters.wrap.circuit import Circuit, Pass, Tolerance
from adapters.wrap.limit import NoTurn

_PATIENCE = 0.5
"""Seconds for which a question waits for the probe that is under way, instead of failing beside it."""


class Resting(SourceDown):
    """The source was not asked, because it kept failing."""

    retryable = False


class Breaker:
    """Fails at once while open; `resting` is told which records are not asked, whenever that changes."""

    def __init__(
        self,
        inner: Adapter,
        tolerance: Tolerance,
        chance: Callable[[], float],
        resting: Callable[[frozenset[str]], None],
    ) -> None:
        self.abilities = inner.abilities
        self._inner = inner
        self._whole = Circuit(tolerance, chance)
        self._searches = Circuit(tolerance, chance)
        self._records = {record: Circuit(tolerance, chance) for record in inner.abilities}
        self._probes: dict[Pass, tuple[Circuit, asyncio.Future[None]]] = {}
        self._resting = resting
        self._told: frozenset[str] = frozenset()

    async def fetch(self, ask: Lookup) -> Rows:
        """Rows by key."""
        return await self._guarded(ask, self._inner.fetch)

    async def search(self, ask: Search) -> Rows:
        """A window of rows."""
        return await self._guarded(ask, self._inner.search)

    async def count(self, ask: Search) -> int:
        """A number of rows."""
        return await self._guarded(ask, self._inner.count)

    async def check(self) -> None:
        """Whether the source answers, asked even while open; if it does, it is asked again."""
        await self._inner.check()
        self._whole.trust(_now())
        self._searches.trust(_now())
        self._tell()

    async def aclose(self) -> None:
        """Release connections."""
        await self._inner.aclose()

    async def _guarded(self, ask: Asked, way: Way[Asked, Answered]) -> Answered:
        record = self._records.get(ask.record)
        if record is None:
            return await way(ask)
        circuits = self._concerned(ask, record)
        now = _now()
        if not _may_pass(circuits, now):
            await self._wait(circuits, ask.deadline)
            now = _now()
        passes = {circuit: self._enter(circuit, now) for circuit in circuits}
        try:
            answered = await way(ask)
        except SourceError as failure:
            self._blame(ask, failure, passes)
            raise
        else:
            now = _now()
            for circuit, granted in passes.items():
                circuit.succeed(granted, now)
            return answered
        finally:
            if self._probes:
                for circuit, granted in passes.items():
                    self._leave(circuit, granted)
            self._tell()

    async def _wait(self, circuits: Sequence[Circuit], deadline: float) -> None:
        """Until the probe under way has opened the way; Resting if it does not, or there is none."""
        patience = min(deadline, _now() + _PATIENCE)
        probes = self._under_way(circuits)
        while probes and patience > _now():
            await asyncio.wait(probes, timeout=patience - _now(), return_when=asyncio.FIRST_COMPLETED)
            if _may_pass(circuits, _now()):
                return
            probes = self._under_way(circuits)
        raise Resting("was not asked: it kept failing, and is asked again in a moment")

    def _concerned(self, ask: Lookup | Search, record: Circuit) -> Sequence[Circuit]:
        """The circuits a question passes through."""
        return (self._whole, record, self._searches) if isinstance(ask, Search) else (self._whole, record)

    def _slow(self, ask: Lookup | Search) -> Circuit:
        """What a time-out of this question counts against: a search may be slow for what it asks."""
        return self._searches if isinstance(ask, Search) else self._whole

    def _blame(self, ask: Lookup | Search, failure: SourceError, passes: Mapping[Circuit, Pass]) -> None:
        """Count a failure against what it speaks of."""
        if isinstance(failure, SourceTimeout) and not isinstance(failure, NoTurn):
            self._slow(ask).fail(passes[self._slow(ask)], _now())
        elif isinstance(failure, SourceDown):
            self._whole.fail(passes[self._whole], _now())
        elif isinstance(failure, SourceBadData):
            self._whole.succeed(passes[self._whole], _now())
            if not isinstance(failure, AnswerTooLarge):
                record = self._records[ask.record]
                record.fail(passes[record], _now(), _keys(ask))

    def _under_way(self, circuits: Sequence[Circuit]) -> list[asyncio.Future[None]]:
        return [over for circuit, over in self._probes.values() if circuit in circuits]

    def _enter(self, circuit: Circuit, now: float) -> Pass:
        granted = circuit.enter(now)
        if circuit.is_probe(granted):
            self._probes[granted] = circuit, asyncio.get_running_loop().create_future()
        return granted

    def _leave(self, circuit: Circuit, granted: Pass) -> None:
        circuit.release(granted)
        if granted in self._probes:
            self._probes.pop(granted)[1].set_result(None)

    def _tell(self) -> None:
        whole = self._whole.is_open
        if not (self._told or whole or any(circuit.is_open for circuit in self._records.values())):
            return
        resting = frozenset(name for name, circuit in self._records.items() if whole or circuit.is_open)
        if resting != self._told:
            self._told = resting
            self._resting(resting)


def _may_pass(circuits: Sequence[Circuit], now: float) -> bool:
    # Each is asked, whatever the others say: it notes that it was wanted.
    answers = [circuit.may_pass(now) for circuit in circuits]
    return all(answers)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _keys(ask: Lookup | Search) -> frozenset[int]:
    """What a question is about, so that the same one is known again; digests, not values."""
    if isinstance(ask, Lookup):
        return frozenset(hash((ask.key, key)) for key in ask.keys)
    return frozenset({hash((ask.where, ask.order, ask.after))})
