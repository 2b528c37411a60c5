"""One self-check of this worker: what it compares, how its report is kept, recorded and told."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import anyio.to_thread
import structlog
from sqlalchemy import Connection

from auth.access import FieldView, Policy
from auth.server.ledger import Event
from hub.acts.simulator_told import tell_of_faults
from hub.callers.attendant import Attendant
from hub.callers.ledger import StoreLedger
from hub.exchange.checks import Kept, Subject, gather_evidence, keep_report, was_checked
from hub.exchange.matrix import Asker
from hub.exchange.self_check import Evidence, Memory, Report, self_check
from hub.exchange.unused import keep_scan, next_scan
from hub.store.pulse import count

log = structlog.get_logger()
_TRIES = 5
_PAUSE = 0.05


class UnsettledError(Exception):
    """Grants changed again and again while they were looked at."""


@dataclass(frozen=True, slots=True)
class Examiner:
    """Compares what this worker answers by with what is stored and approved."""

    attendant: Attendant
    fields: Mapping[str, FieldView]

    async def examine(self, by: str) -> Kept:
        """A report at once, kept; `by` who commanded it. UnsettledError if grants keep changing."""
        report = await self._report()
        return await self.attendant.act("self-check", lambda ledger: self._keep(ledger, report, "", by))

    async def examine_for(self, night: str) -> Kept | None:
        """The report for a night, kept; None if one was kept already and there is nothing to add."""
        report = await self._report()

        def work(ledger: StoreLedger) -> Kept | None:
            known = not report.count and was_checked(ledger.connection, night)
            return None if known else self._keep(ledger, report, night, "")

        return await self.attendant.act("self-check", work)

    async def read_on(self) -> None:
        """Gather which fields were asked since the last night; slice by slice, so that nobody waits for it."""
        database = self.attendant.database
        while (scan := await database.read(next_scan)) is not None:
            await database.act(partial(keep_scan, scan=scan))
            await asyncio.sleep(_PAUSE)

    async def _report(self) -> Report:
        report = await anyio.to_thread.run_sync(self_check, await self._evidence())
        if report.count:
            kinds = sorted({fault.kind.value for fault in report.faults})
            log.error("the self-check found faults", faults=report.count, kinds=kinds)
        return report

    async def _evidence(self) -> Evidence:
        """What the store and this worker have at one and the same moment."""
        attendant = self.attendant
        for _ in range(_TRIES):
            before = await attendant.database.read(count)
            await attendant.refresh()
            subject = Subject(self.fields, attendant.admission.purposes, attendant.roster, self._memory())
            found, after = await attendant.database.read(partial(self._gather, subject))
            if before == after:
                return found
        raise UnsettledError

    def _memory(self) -> Memory:
        admission = self.attendant.admission

        def policy(asker: Asker, day: date) -> Policy:
            return admission.policy(asker.caller, asker.purpose, day)

        return Memory(admission.grants, admission.remembered(), policy)

    def _gather(self, subject: Subject, connection: Connection) -> tuple[Evidence, int]:
        moment = self.attendant.clock.moment()
        found = gather_evidence(connection, self.attendant.vault, subject, moment.day, moment.second)
        return found, count(connection)

    def _keep(self, ledger: StoreLedger, report: Report, due: str, by: str) -> Kept:
        kept = keep_report(ledger.connection, report, due, ledger.now)
        told = {"number": str(kept.number), "cells": str(kept.cells), "faults": str(kept.count)}
        ledger.record(Event("SELF_CHECKED", "", "FAULTS" if kept.count else "GRANTED", by, told=told))
        if kept.count:
            tell_of_faults(ledger.connection, ledger.vault, kept.count, ledger.now)
        return kept
