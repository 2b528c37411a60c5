"""Runs over a source: reads its records in bounded batches through its adapter, judges each row, keeps what it found.

What a batch found is kept with the place at which it ended, so that a run that is stopped or killed goes on from there.
Asks a source one batch at a time, within its own time limit, and only for columns that a rule looks at.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Connection

from adapters.base import KEY, LOCAL, MAX_KEYS, Ability, Lookup, Rows, Search, UnsupportedSearch
from hub.audit.act import Act, append_act
from hub.clock import Clock, day_of
from hub.exchange.calendar import WorkingDays
from hub.exchange.calendar_days import load_days
from hub.exchange.quality_book import ROWS, UNMAPPED, UNREAD, Batch, Mark, QualityBook, Run
from hub.exchange.quality_rules import Fault, Judge
from hub.fetch import Source
from hub.identity.anchors import Keeping
from hub.plan.model import ENTITY, SUBJECT
from hub.store.database import Database
from schema.catalogue import Catalogue
from schema.identity_enums import QualityRule

Result = TypeVar("Result")
MOST_BATCH = 2_000
_PURPOSE = "HUB_QUALITY"
_DUPLICATE = (
    "与本次已读的另一条记录的自然键相同",
    "another row of this run has the same natural key",
    "核对后合并或删除重复报送的记录",
    "see which one is right, and remove the other",
)
_ORPHAN = (
    "登记数据中没有此统一社会信用代码",
    "the register has no such code",
    "核对代码；如主体已换码，登记其承继（proposeSuccession）",
    "correct the code; if the entity was re-coded, propose its succession (proposeSuccession)",
)


class TakenError(Exception):
    """Somebody else goes on with this run."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: which record, how many rows of it, how many things were found in them; and the run's number."""

    record: str
    rows: int
    found: int
    run: str


@dataclass(frozen=True, slots=True)
class QualityRunner:
    """Runs over sources. `registers` are asked whether an entity exists; `told` hears of each batch."""

    database: Database
    keeping: Keeping
    clock: Clock
    catalogue: Catalogue
    registers: Sequence[Source]
    told: Callable[[Progress], None] = lambda _: None

    async def run(self, source: Source, department: str, batch: int, *, fresh: bool = False) -> Run:
        """Run over a source, from where the last run was stopped unless it is to be a fresh one; SourceError if it fails."""
        names = sorted(name for name in source.adapter.abilities if name in self.catalogue.records)
        run = await self._write(lambda book: self._begun(book, source.name, department, names, fresh=fresh))
        days = await self.database.read(load_days)
        today = self.clock.today()
        for name in names[names.index(run.record) if run.record in names else 0 :]:
            if run.record != name:
                at = run
                run = await self._write(lambda book, name=name, at=at: self._on(book, at, name))  # type: ignore[misc]
            run = await self._read(run, source, name, (days, today, batch))
        await self._ended(run)
        return run

    def _begun(self, book: QualityBook, source: str, department: str, names: Sequence[str], *, fresh: bool) -> Run:
        known = book.running(source)
        if known is not None and (fresh or known.record not in names):
            book.give_up(known)
            known = None
        return known or book.begin(source, department, names[0] if names else "")

    def _on(self, book: QualityBook, run: Run, record: str) -> Run:
        if not book.is_at(run):
            raise TakenError(run.number)
        return book.move(run, record, None)

    async def _read(self, run: Run, source: Source, name: str, under: tuple[WorkingDays, date, int]) -> Run:
        days, today, size = under
        ability = source.adapter.abilities[name]
        columns = frozenset({*ability.columns, *({SUBJECT} if _reads_subject(ability) else ())})
        judge = Judge(self.catalogue.records[name], columns, today, days)
        told = Progress(name, 0, 0, run.number)
        while True:
            try:
                rows = await self._page(source, name, judge, size, run.cursor)
            except UnsupportedSearch:
                return await self._write(lambda book, at=run: self._unread(book, at, name))  # type: ignore[misc]
            run, told = await self._batch(run, judge, rows, told)
            self.told(told)
            if len(rows.rows) < size:
                return run

    async def _batch(self, run: Run, judge: Judge, rows: Rows, before: Progress) -> tuple[Run, Progress]:
        judged = await self._judged(judge, rows)
        run, faults = await self._write(lambda book: self._kept(book, run, judge, judged))
        return run, Progress(before.record, before.rows + len(rows.rows), before.found + faults, run.number)

    async def _page(self, source: Source, name: str, judge: Judge, size: int, cursor: str | None) -> Rows:
        deadline = asyncio.get_running_loop().time() + source.timeout
        after = (cursor,) if cursor is not None else None
        columns = (*judge.wanted, LOCAL)
        return await source.adapter.search(Search(name, columns, size, deadline, _PURPOSE, after=after))

    async def _judged(self, judge: Judge, rows: Rows) -> "_Judged":
        """What is wrong with each row by itself, and which entities the register does not know."""
        verdicts: list[tuple[str, Mapping[str, Any]]] = []
        for row in rows.rows:
            read = dict(zip(rows.columns, row, strict=True))
            verdicts.append((str(read[LOCAL]), read))
        orphans = await self._orphans(judge, [read for _, read in verdicts])
        return _Judged(verdicts, orphans)

    async def _orphans(self, judge: Judge, rows: Sequence[Mapping[str, Any]]) -> frozenset[str] | None:
        """Codes that no register knows; None where there is nobody to ask, or nothing to ask for."""
        if judge.record.name == ENTITY or SUBJECT not in judge.wanted or not self.registers:
            return None
        codes = sorted({row[SUBJECT] for row in rows if isinstance(row[SUBJECT], str) and row[SUBJECT]})
        known: set[str] = set()
        for register in self.registers:
            for start in range(0, len(codes), MAX_KEYS):
                deadline = asyncio.get_running_loop().time() + register.timeout
                part = tuple(str(code) for code in codes[start : start + MAX_KEYS])
                ask = Lookup(ENTITY, (KEY,), SUBJECT, part, deadline, _PURPOSE)
                known.update(row[0] for row in (await register.adapter.fetch(ask)).rows)
        return frozenset(codes) - known

    def _kept(self, book: QualityBook, run: Run, judge: Judge, judged: "_Judged") -> tuple[Run, int]:
        if not book.is_at(run):
            raise TakenError(run.number)
        name = judge.record.name
        if run.cursor is None:
            for missing in judge.unmapped:
                book.mark(run.number, Mark(name, UNMAPPED, missing, 0, 0))
            book.mark(run.number, Mark(name, ROWS, "", 0, 0))
        tally = _Tally()
        seen = self._natural(book, run, judge, judged, tally)
        for key, row in judged.rows:
            verdict = judge.judge(row)
            tally.checked.update((rule.name, place) for rule, place in verdict.checked)
            tally.faults += [(key, fault) for fault in verdict.faults]
            code = row.get(SUBJECT)
            if judged.orphans is not None and isinstance(code, str) and code:
                orphan = Fault(QualityRule.ORPHAN, SUBJECT, *_ORPHAN) if code in judged.orphans else None
                tally.note(QualityRule.ORPHAN, SUBJECT, key, orphan)
        self._late(book, run, judge, judged, tally)
        tally.checked[ROWS, ""] = len(judged.rows)
        after = judged.rows[-1][0] if judged.rows else run.cursor or ""
        return book.keep(run, Batch(name, tally.marks(), tally.faults, seen, after)), len(tally.faults)

    def _late(self, book: QualityBook, run: Run, judge: Judge, judged: "_Judged", tally: "_Tally") -> None:
        """Rows that are new since the run before, though they ought to have been there by then; the first run only remembers."""
        if not judge.is_timed:
            return
        name, before = judge.record.name, book.before(run)
        digests = {key: book.digest("row", f"{name}\n{key}") for key, _ in judged.rows}
        fresh = book.new_rows(run, name, digests.values())
        if before is None:
            return
        for key, row in judged.rows:
            if digests[key] in fresh:
                tally.note(QualityRule.TIMELY, "", key, judge.late(row, day_of(before.started_at)))

    def _natural(self, book: QualityBook, run: Run, judge: Judge, judged: "_Judged", tally: "_Tally") -> list[str]:
        """Digests of natural keys that are new in this run; rows whose key is not are duplicates."""
        keys = [(key, judge.natural_key(row)) for key, row in judged.rows]
        digests = {text: book.digest("natural", text) for _, text in keys if text is not None}
        known = set(book.seen_before(run.number, judge.record.name, digests.values()))
        fresh: list[str] = []
        for key, text in keys:
            if text is None:
                continue
            again = digests[text] in known
            tally.note(QualityRule.DUPLICATE, "", key, Fault(QualityRule.DUPLICATE, "", *_DUPLICATE) if again else None)
            if not again:
                known.add(digests[text])
                fresh.append(digests[text])
        return fresh

    def _unread(self, book: QualityBook, run: Run, name: str) -> Run:
        book.mark(run.number, Mark(name, UNREAD, "", 0, 0))
        return run

    async def _ended(self, run: Run) -> None:
        moment = self.clock.moment()

        def work(connection: Connection) -> None:
            book = QualityBook(connection, self.keeping, moment.second)
            marks = book.marks([run.number])[run.number]
            rows = sum(mark.checked for mark in marks if mark.rule == ROWS)
            told = {"source": run.source, "rows": str(rows), "found": str(sum(mark.failed for mark in marks))}
            book.end(run)
            append_act(connection, Act(moment.text, "command", "QUALITY_RUN", "GRANTED", subject=run.number, told=told))

        await self.database.act(work)

    async def _write(self, work: Callable[[QualityBook], Result]) -> Result:
        now = self.clock.moment().second
        return await self.database.act(lambda connection: work(QualityBook(connection, self.keeping, now)))


@dataclass(frozen=True, slots=True)
class _Judged:
    """Rows of a batch by their keys, and codes in them that no register knows; None where nobody was asked."""

    rows: Sequence[tuple[str, Mapping[str, Any]]]
    orphans: Collection[str] | None


@dataclass(slots=True)
class _Tally:
    """What a batch comes to: how often each rule looked, by rule and field, and what it found in which row."""

    checked: "Counter[tuple[str, str]]" = field(default_factory=Counter)
    faults: list[tuple[str, Fault]] = field(default_factory=list)

    def note(self, rule: QualityRule, name: str, key: str, fault: Fault | None) -> None:
        """One more look of a rule at a row."""
        self.checked[rule.name, name] += 1
        if fault is not None:
            self.faults.append((key, fault))

    def marks(self) -> dict[tuple[str, str], tuple[int, int]]:
        """How many rows were checked and failed, by rule and field."""
        failed = Counter((fault.rule.name, fault.field) for _, fault in self.faults)
        return {place: (count, failed.get(place, 0)) for place, count in self.checked.items()}


def _reads_subject(ability: Ability) -> bool:
    """True if whose record a row is can be read while it is searched."""
    return SUBJECT in ability.columns or SUBJECT in ability.keys
