"""Looks after codes while nobody asks: streets row by row, applications that wait for a list, what the register says.

Of several workers each may look; what is written is looked at anew in its transaction, so that nothing is done twice. A
process that is killed goes on where it was: every row keeps its outcome.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import date

import structlog
from sqlalchemy import Connection

from adapters.base import SourceError
from hub.acts.code_told import EVENTS, moment_of, tell_of
from hub.audit.act import Act, append_act
from hub.callers.attendant import Attendant
from hub.callers.ledger import Occasion
from hub.code.batches import Batch, Batches, BatchRow, Outcome
from hub.code.codes import Application, Code, Codes
from hub.code.displays import Shown
from hub.code.lifecycle import COMMITMENT, REASONS, Step, Why
from hub.code.shops import BATCH, Shop, Shops, judge, refusal_of
from hub.code.story import Happened, Stories
from hub.events import Event
from hub.http_question import new_request_id
from hub.rounds import Round, rounds
from hub.settings_code import CodeTable
from schema.coding_enums import CodeStepKind, CodeStepOutcome
from schema.enums import CodeIssuer, CodeStatus, RegistrationStatus

log = structlog.get_logger()
EVERY = 2.0
"""Seconds between two looks for rows and applications that wait."""
_FIRST = 60.0
"""Seconds until the first look into the register."""
ROWS = 50
"""Rows of a batch that are one transaction."""
_STOPPED = frozenset({CodeStatus.SUSPENDED, CodeStatus.REVOKED})
_ENDING = frozenset({RegistrationStatus.ANNULLED, RegistrationStatus.DEREGISTERED})
_BY_REGISTER = frozenset(REASONS[why].zh for why in (Why.MOVED_OUT, Why.REVOKED, Why.TRADING_SUSPENDED))
"""Reasons for which the hub itself suspended a code, and resumes it once the register says otherwise."""


@dataclass(frozen=True, slots=True)
class CodeKeeper:
    """Looks after the codes of a store."""

    attendant: Attendant
    shops: Shops
    table: CodeTable

    async def work_on(self) -> int:
        """Look at rows that wait, until none does or the register is silent; how many were settled."""
        settled = 0
        for batch in await self.attendant.database.read(lambda connection: Batches(connection, 0).unfinished()):
            while (step := await self.work_batch(batch)) is not None:
                settled += step
        return settled

    async def work_batch(self, batch: Batch) -> int | None:
        """Settle the next rows of a batch; how many, None if none is left or the register is silent."""
        rows = await self.attendant.database.read(lambda connection: Batches(connection, 0).waiting(batch.id, ROWS))
        occasion = self._occasion()
        if not rows:
            await self.attendant.write(lambda connection: Batches(connection, occasion.now).finish(batch.id))
            return None
        try:
            shops = await self.shops.ask([row.entity for row in rows if row.entity is not None])
        except SourceError as fault:
            log.warning("a street waits: the register does not answer", fault=type(fault).__name__)
            return None
        return await self.attendant.write(lambda connection: self._settle(connection, occasion, batch, shops))

    async def decide_pending(self) -> int:
        """Decide applications whose lists answer now; how many."""
        database, decided = self.attendant.database, 0
        moment = moment_of(self._occasion())
        pending = await database.read(lambda c: Codes(c, moment).in_state(CodeStatus.PENDING, BATCH))
        if not pending:
            return 0
        try:
            shops = await self.shops.ask([code.entity for code in pending])
        except SourceError:
            return 0
        for code in pending:
            shop = shops.get(code.entity)
            if shop is None or shop.lists is not None:
                decided += await self._decide(code, shop)
        return decided

    async def look(self) -> int:
        """Compare every code with the register; how many changed."""
        changed = 0
        for status in (CodeStatus.VALID, CodeStatus.SUSPENDED):
            after = ""
            while codes := await self._page(status, after):
                changed += await self._compare(codes)
                after = codes[-1].id
        return changed

    def keeping(self) -> AbstractAsyncContextManager[None]:
        """Look while the hub serves."""
        return rounds(
            Round(self._work, EVERY, "codes could not be looked after", EVERY),
            Round(self.look, self.table.look_minutes * 60, "codes could not be compared with the register", _FIRST),
        )

    async def _work(self) -> None:
        await self.work_on()
        await self.decide_pending()

    def _settle(self, connection: Connection, occasion: Occasion, batch: Batch, shops: Mapping[str, Shop]) -> int:
        batches = Batches(connection, occasion.now)
        # Another worker may have been here meanwhile; rows that were not asked for wait for the next look.
        rows = [row for row in batches.waiting(batch.id, ROWS) if row.entity is not None]
        for row in rows:
            batches.settle(batch.id, self._settled(connection, occasion, batch, (row, shops.get(row.entity or ""))))
        return len(rows)

    def _settled(
        self, connection: Connection, occasion: Occasion, batch: Batch, found: tuple[BatchRow, Shop | None]
    ) -> BatchRow:
        row, shop = found
        entity, codes = row.entity or "", Codes(connection, moment_of(occasion))
        before = codes.of_entity(entity)
        if before is not None and before.status is not CodeStatus.CANCELLED:
            stopped = before.status in _STOPPED
            return (
                _became(row, Outcome.REJECTED, before, Why.STOPPED) if stopped else _became(row, Outcome.KNOWN, before)
            )
        why = judge(entity, shop, self.table)
        told = {"batch": batch.id, "line": str(row.line)}
        if why is not None or shop is None:
            why = why or Why.ENTITY_UNKNOWN
            self._record(
                connection, occasion, ("CODE_APPLIED", "REFUSED", entity), {**told, "why": why.value}, batch.by
            )
            if why is not Why.LOOKS_LIKE_CITIZEN_ID:
                _keep(connection, occasion, entity, _of_batch(batch, CodeStepOutcome.REFUSED, why=why))
            return _became(row, Outcome.REJECTED, None, why)
        pending = shop.lists is None
        given = Application(entity, shop.name, batch.by, "BATCH", COMMITMENT, counter=batch.department)
        code = codes.apply(given, pending=pending)
        became = CodeStepOutcome.WAITING if pending else CodeStepOutcome.GRANTED
        _keep(connection, occasion, entity, _of_batch(batch, became, token=code.token))
        if row.places and not pending:
            code = codes.display(code, Shown(row.places, date.fromisoformat(occasion.at[:10]), batch.by))
            shown = Happened(CodeStepKind.DISPLAY, said="\n".join(row.places), token=code.token)
            _keep(connection, occasion, entity, replace(shown, person=batch.by, department=batch.department))
        outcome = "WAITING" if pending else "GRANTED"
        told |= {"code": code.id, "status": code.status.name, "way": "BATCH", "commitment": COMMITMENT}
        self._record(connection, occasion, ("CODE_APPLIED", outcome, entity), told, batch.by)
        if not pending:
            tell_of(connection, self.attendant.vault, Event.CODE_ISSUED, entity, occasion)
        return _became(row, Outcome.PENDING if pending else Outcome.ISSUED, code)

    async def _decide(self, code: Code, shop: Shop | None) -> int:
        occasion = self._occasion()
        adopted = code.token if code.issuer is CodeIssuer.PROVINCIAL else None
        why = judge(code.entity, shop, self.table, adopted)

        def work(connection: Connection) -> int:
            codes = Codes(connection, moment_of(occasion))
            now = codes.of_id(code.id)
            if now is None or now.status is not CodeStatus.PENDING:
                return 0
            step = Step.APPROVE if why is None else Step.CANCEL
            self._take(connection, occasion, now, (step, why))
            outcome = Outcome.ISSUED if why is None else Outcome.REJECTED
            Batches(connection, occasion.now).settle_pending(code.id, outcome, why)
            return 1

        return await self.attendant.write(work)

    async def _page(self, status: CodeStatus, after: str) -> list[Code]:
        moment = moment_of(self._occasion())
        return await self.attendant.database.read(lambda c: Codes(c, moment).in_state(status, BATCH, after))

    async def _compare(self, codes: Sequence[Code]) -> int:
        try:
            found = await self.shops.registered([code.entity for code in codes])
        except SourceError as fault:
            log.warning("the register does not answer", fault=type(fault).__name__)
            return 0
        changed = 0
        for code in codes:
            if code.entity in found and _differs(code, *found[code.entity]):
                changed += await self._follow(code, *found[code.entity])
        return changed

    async def _follow(self, code: Code, name: str, status: RegistrationStatus | None) -> int:
        """Have a code follow what the register says; another name keeps it."""
        occasion = self._occasion()

        def work(connection: Connection) -> int:
            codes = Codes(connection, moment_of(occasion))
            now = codes.of_id(code.id)
            if now is None or now.status is not code.status or not _differs(now, name, status):
                return 0
            if now.name != name:
                now = codes.rename(now, name)
                told = {"code": now.id, "status": now.status.name}
                self._record(connection, occasion, ("CODE_RENAMED", "GRANTED", now.entity), told)
                _keep(connection, occasion, now.entity, Happened(CodeStepKind.RENAME, said=name, token=now.token))
            step = _step_of(now, status)
            if step is not None:
                self._take(connection, occasion, now, step)
            return 1

        return await self.attendant.write(work)

    def _take(self, connection: Connection, occasion: Occasion, code: Code, taken: tuple[Step, Why | None]) -> None:
        step, why = taken
        reason = REASONS[why].zh if why is not None else None
        after = Codes(connection, moment_of(occasion)).take(code, step, reason)
        told = {"code": after.id, "status": after.status.name}
        self._record(connection, occasion, (f"CODE_{step}", "GRANTED", after.entity), told)
        _keep(connection, occasion, after.entity, Happened(CodeStepKind[step], why=why, token=after.token))
        tell_of(connection, self.attendant.vault, EVENTS[step], after.entity, occasion)

    def _record(
        self,
        connection: Connection,
        occasion: Occasion,
        what: tuple[str, str, str],
        told: Mapping[str, str],
        by: str = "",
    ) -> None:
        vault, (act, outcome, entity) = self.attendant.vault, what
        person, subject = vault.short("person", by), vault.short("entity", entity)
        append_act(
            connection, Act(occasion.at, occasion.request_id, act, outcome, person=person, subject=subject, told=told)
        )

    def _occasion(self) -> Occasion:
        return self.attendant.occasion(new_request_id())


def _keep(connection: Connection, occasion: Occasion, entity: str, step: Happened) -> None:
    Stories(connection, occasion.now).add(entity, step)


def _of_batch(batch: Batch, became: CodeStepOutcome, why: Why | None = None, token: str | None = None) -> Happened:
    """The application of a row, by whoever brought the street."""
    return Happened(CodeStepKind.APPLIED, became, why, token=token, person=batch.by, department=batch.department)


def _became(row: BatchRow, outcome: Outcome, code: Code | None, why: Why | None = None) -> BatchRow:
    return BatchRow(row.line, row.entity, row.places, outcome, why, code.id if code is not None else None)


def _differs(code: Code, name: str, status: RegistrationStatus | None) -> bool:
    return code.name != name or _step_of(code, status) is not None


def _step_of(code: Code, status: RegistrationStatus | None) -> tuple[Step, Why | None] | None:
    """What follows from a state of the register; a register that does not tell it changes nothing."""
    why = refusal_of(status)
    if status in _ENDING:
        return Step.CANCEL, Why.DEREGISTERED
    if status is not None and why is not None and code.status is CodeStatus.VALID:
        return Step.SUSPEND, why
    if why is None and code.status is CodeStatus.SUSPENDED and code.status_reason in _BY_REGISTER:
        return Step.RESUME, None
    return None
