"""The `Cases` of the gateway: a case is an open task, or known to its case source, or nobody knows it.

What was found is remembered for some minutes, so that a known case costs nothing; a change of tasks ends that at once.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from adapters.base import SourceError
from auth.access import Access
from auth.purposes import Purpose
from hub.audit.log import RecordUnavailable
from hub.callers.attendant import Attendant
from hub.cases.case_sources import CaseSources
from hub.cases.checks import Asked, Checks, leave
from hub.cases.tasks import Tasks, Work
from hub.store.database import StoreError
from schema.enums import CaseState

log = structlog.get_logger()
_KEPT = 4_096
_KNOWN, _UNCHECKED = 300, 30
"""Seconds for which is remembered what was found, and that nothing could be."""


class _Found(NamedTuple):
    state: CaseState
    until: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Matcher:
    """Matches cases, and remembers."""

    attendant: Attendant
    sources: CaseSources
    _known: OrderedDict[tuple[str, str, str, str], _Found] = field(default_factory=OrderedDict, repr=False)

    async def check(self, access: Access, request_id: str) -> CaseState:
        """How the case stands that a caller names."""
        asked = self._asked(access)
        place = (asked.day, asked.department, asked.purpose, asked.digest)
        found = self._known.get(place)
        if found is None or not self._stands(found, self.attendant.clock.moment().second):
            found = await self._found(access, asked)
            await self._note(access, asked, found.state, request_id)
            self._keep(place, found)
        return found.state

    async def stands(self, access: Access) -> CaseState:
        """The same for whoever only looks: nothing is noted, and nothing remembered."""
        return (await self._found(access, self._asked(access))).state

    def _asked(self, access: Access) -> Asked:
        attendant = self.attendant
        digest = attendant.vault.short("case", access.case or "")
        day = attendant.clock.moment().day.isoformat()
        return Asked(day, access.caller.client.department, access.purpose, digest)

    def _stands(self, found: _Found, now: int) -> bool:
        """True if what was found holds still: whatever a task decides ends with the next change of the store."""
        sure = found.state is CaseState.SOURCE or found.epoch == self.attendant.admission.epoch
        return sure and found.until - _KNOWN <= now < found.until

    def _keep(self, place: tuple[str, str, str, str], found: _Found) -> None:
        self._known[place] = found
        self._known.move_to_end(place)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)

    async def _found(self, access: Access, asked: Asked) -> _Found:
        attendant, epoch = self.attendant, self.attendant.admission.epoch
        now = attendant.clock.moment().second
        task = await self._task(asked, access.case or "", now)
        if task is not None:
            state, until = CaseState.TASK, min(now + _KNOWN, task.until)
        else:
            purpose = attendant.admission.purposes[asked.purpose]
            state = await self._ask(purpose, asked.department, access.case or "")
            until = now + (_UNCHECKED if state is CaseState.UNCHECKED else _KNOWN)
        return _Found(state, until, epoch)

    async def _task(self, asked: Asked, case: str, now: int) -> Work | None:
        vault = self.attendant.vault
        digest = vault.lasting("case", case)

        def work(connection: Connection) -> Work | None:
            return Tasks(connection, vault, now).current(asked.department, asked.purpose, digest)

        try:
            return await self.attendant.database.read(work)
        except (SQLAlchemyError, OSError) as fault:
            raise RecordUnavailable(type(fault).__name__) from fault

    async def _ask(self, purpose: Purpose, department: str, case: str) -> CaseState:
        silent = False
        for place in self.sources.of(purpose, department):
            try:
                if await self.sources.knows(place, case):
                    return CaseState.SOURCE
            except SourceError as fault:
                log.warning("a case source does not answer", source=place.source, fault=type(fault).__name__)
                silent = True
        return CaseState.UNCHECKED if silent else CaseState.UNVERIFIED

    async def _note(self, access: Access, asked: Asked, state: CaseState, request_id: str) -> None:
        """Have it noted and on record, once a day; another worker may have done so."""
        attendant = self.attendant
        occasion = attendant.occasion(request_id)
        try:
            if await attendant.database.read(lambda connection: Checks(connection).noted(asked, state)):
                return
            await attendant.write(
                lambda connection: leave(connection, attendant.vault, occasion, (access, asked, state))
            )
        except (SQLAlchemyError, StoreError, OSError) as fault:
            raise RecordUnavailable(type(fault).__name__) from fault
