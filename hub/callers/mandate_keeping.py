"""Keeps mandates true while nobody asks: ends those whose period is over, and those whose representative has changed.

The register is asked in batches. A register that does not answer, or says nothing comparable, ends nothing.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy import Connection

from adapters.base import SourceError
from hub.audit.act import Act, append_act
from hub.callers.attendant import Attendant
from hub.callers.ledger import Occasion
from hub.callers.mandates import Mandate, Mandates
from hub.callers.register import BATCH, Register, Registered, representative_digest
from hub.http_question import new_request_id
from hub.notices.wording_mandates import Ending
from hub.rounds import Round, rounds

log = structlog.get_logger()
PERIODS_EVERY = 20.0
"""Seconds between two looks for periods that are over."""
_FIRST = 60.0
"""Seconds until the first look into the register: a hub that is started often must look, too."""


@dataclass(frozen=True, slots=True)
class MandateKeeper:
    """Looks after the mandates of a store; `every` is the number of seconds between two looks into the register."""

    attendant: Attendant
    register: Register
    every: float

    async def look(self) -> int:
        """Compare every representative with the register now; how many mandates ended."""
        entities = await self.attendant.database.read(lambda c: self._mandates(c, self._occasion()).represented())
        over = 0
        for start in range(0, len(entities), BATCH):
            over += await self._compare(entities[start : start + BATCH])
        return over

    async def end_periods(self) -> int:
        """End mandates whose period is over; how many."""
        occasion = self._occasion()
        if not await self.attendant.database.read(lambda connection: self._mandates(connection, occasion).over()):
            return 0
        return await self.attendant.database.act(lambda connection: self._end_periods(connection, occasion))

    def keeping(self) -> AbstractAsyncContextManager[None]:
        """Look while the hub serves."""
        ends, compares = "mandates whose period is over could not be ended", "representatives could not be compared"
        return rounds(
            Round(self.end_periods, PERIODS_EVERY, ends, PERIODS_EVERY),
            Round(self.look, self.every, compares, min(_FIRST, self.every)),
        )

    async def _compare(self, codes: Sequence[str]) -> int:
        occasion = self._occasion()
        database = self.attendant.database
        heirs = await database.read(lambda connection: self._heirs(connection, occasion, codes))
        try:
            said = await self.register.ask(sorted(set(heirs.values())))
            found = {code: said[heir] for code, heir in heirs.items() if heir in said}
        except SourceError as fault:
            log.warning("the register does not answer", fault=type(fault).__name__)
            found = {}
        await database.act(lambda connection: _record_look(connection, occasion, len(codes), len(found)))
        over = 0
        for code in await database.read(lambda connection: self._contradicted(connection, occasion, found)):
            # One entity after the other, for nothing else is written meanwhile.
            end = partial(self._end_contradicted, occasion=occasion, code=code, registered=found[code])
            over += await database.act(end)
        return over

    def _heirs(self, connection: Connection, occasion: Occasion, codes: Sequence[str]) -> dict[str, str]:
        """Under which code the register has each entity today: a new code is no end of what had the old one."""
        following = self._mandates(connection, occasion).following
        return {code: following.heir(code) for code in codes}

    def _contradicted(self, connection: Connection, occasion: Occasion, found: Mapping[str, Registered]) -> list[str]:
        """Entities of which the register says otherwise."""
        held = self._mandates(connection, occasion)
        return [code for code, registered in found.items() if self._gone(held, occasion, code, registered)]

    def _end_contradicted(
        self, connection: Connection, *, occasion: Occasion, code: str, registered: Registered
    ) -> int:
        """End what the register contradicts, unless somebody else did meanwhile; how many mandates."""
        held = self._mandates(connection, occasion)
        gone = self._gone(held, occasion, code, registered)
        if registered.ended:
            over = [one for mandate in gone for one in held.end(mandate, Ending.ENTITY_ENDED)]
        else:
            over = held.replace_representatives(gone)
        self._record_ends(connection, occasion, over)
        return len(over)

    def _gone(self, held: Mandates, occasion: Occasion, code: str, registered: Registered) -> list[Mandate]:
        """Representatives of an entity whom the register does not name; of those there were when it was asked."""
        there = [one for one in held.representatives(code) if one.starts <= occasion.now]
        if registered.ended:
            return there
        if not registered.representative:
            return []
        right = representative_digest(self.attendant.vault, code, registered.representative)
        return [one for one in there if one.representative not in {None, right}]

    def _end_periods(self, connection: Connection, occasion: Occasion) -> int:
        held = self._mandates(connection, occasion)
        over = [one for mandate in held.over() for one in held.end(mandate, Ending.PERIOD_OVER)]
        self._record_ends(connection, occasion, over)
        return len(over)

    def _record_ends(self, connection: Connection, occasion: Occasion, over: Sequence[Mandate]) -> None:
        vault = self.attendant.vault
        for mandate in over:
            act = Act(
                at=occasion.at,
                request_id=occasion.request_id,
                act="MANDATE_ENDED",
                outcome="ENDED",
                person=vault.short("person", mandate.person),
                subject=vault.short("entity", mandate.entity),
                told={"kind": mandate.kind.name, "mandate": mandate.id},
            )
            append_act(connection, act)

    def _mandates(self, connection: Connection, occasion: Occasion) -> Mandates:
        return Mandates(connection, self.attendant.vault, occasion.now)

    def _occasion(self) -> Occasion:
        return self.attendant.occasion(new_request_id())


def _record_look(connection: Connection, occasion: Occasion, asked: int, answered: int) -> None:
    outcome = "COMPARED" if answered else "UNANSWERED"
    told = {"asked": str(asked), "answered": str(answered)}
    append_act(connection, Act(occasion.at, occasion.request_id, "REPRESENTATIVES_COMPARED", outcome, told=told))
