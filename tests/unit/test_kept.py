"""Copies of last known values: what is taken, what stands in, what is too old, and what is deleted."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, ClassVar, cast

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import func, insert, select, update

from adapters.base import (
    AS_OF,
    DISPUTED,
    KEY,
    LOCAL,
    Lookup,
    Rows,
    SourceBadData,
    SourceDown,
    SourceTimeout,
    Unreadable,
)
from adapters.wrap.snapshot import Snapshot
from hub import kept
from hub.callers.vault import Vault
from hub.clock import Clock
from hub.corrected import MOST
from hub.identity.anchors import Anchor, digest_of
from hub.kept import Copies, Declared, Intake
from hub.store.correction_tables import corrections
from hub.store.database import Database, StoreError
from hub.store.disclosure_tables import recalls
from hub.store.kept_tables import kept_rows
from schema.penalty import in_publication, published
from schema.predicate import FALSE, TRUE, AllOf, Op, Test, both, implies

COLUMNS = (KEY, "name", "fine", "phone", AS_OF, DISPUTED, LOCAL)
CODE, OTHER = "91231282MA9X0A019P", "91231282MA9X0A027K"
AT = "2026-11-22T20:30:00+08:00"
ROW = (CODE, "甲", ("1", "CNY", "1"), "5550000", AT, False, "L1")
ROWS = Rows(COLUMNS, [ROW, (CODE, Unreadable.VALUE, None, "5550001", None, None, "L2")])
DECLARED = Declared("desk", "Penalty", frozenset({"name", "fine"}), 3600, "法")
TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
PLAIN: Any = SimpleNamespace(
    plan=SimpleNamespace(calls=(), visibility=(), branches=(), roots=()), gates={}, branch_gates={}
)


class Desk:
    """Copies of one source over a store in memory of this test; `later` moves the clock."""

    def __init__(self, url, folder, declared=DECLARED):
        self.time = NOON
        self.database = Database(url, folder)
        self.database.migrate()
        intake = Intake({(declared.source, declared.record): declared}, Clock(lambda: self.time))
        self.copies = Copies(intake, self.database, Vault(AESSIV(bytes(range(64))), b"k" * 32))

    def later(self, **time):
        self.time += timedelta(**time)

    def offer(self, rows=ROWS, keys=(CODE,)):
        self.copies.intake.offer("desk", ask(keys=keys), rows)

    def recalled(self, number, code, field, at):
        """A recall that lies in the store."""
        vault = self.copies.sealer
        row = {"number": number, "entity": vault.seal(f"recalls.entity.{number}", code), "field": field, "since": "x"}
        told = {"kind": "WITHDRAWN", "reason": b"", "department": "d", "made_by": "p", "made_at": int(at.timestamp())}
        self.database.acting(lambda c: c.execute(insert(recalls).values(**row, **told)))

    async def stand_in(self, keys=(CODE,), columns=COLUMNS, where=TRUE, failure=None, key="uscc"):
        """What stands in for a silent source: rows and when they were kept, or the failure."""
        stem = SimpleNamespace(key=key, columns=columns, where=where)
        waiter = SimpleNamespace(keys=keys, stem=stem, answer=failure or SourceDown("gone"))
        call = SimpleNamespace(source="desk", record="Penalty")
        await self.copies.stand_in(PLAIN, cast("Any", [(call, waiter)]))
        return waiter.answer

    def count(self):
        return self.database.reading(lambda c: c.execute(select(func.count()).select_from(kept_rows)).scalar_one())


def ask(columns=COLUMNS, keys=(CODE,), key="uscc", where=TRUE):
    return Lookup("Penalty", columns, key, keys, 0.0, "p", where)


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request, tmp_path):
    """A desk over each kind of store."""
    url = "sqlite:///hub.db" if request.param == "sqlite" else request.getfixturevalue("postgres_store")
    made = Desk(url, tmp_path)
    yield made
    made.database.close()


async def test_rows_come_back_raw_without_what_is_not_declared(desk):
    """Kept cells are as they were; what is not declared and the source's own number are not there; the age is told."""
    desk.offer()
    assert await desk.copies.keep() == 1
    desk.later(minutes=10)
    found = await desk.stand_in()
    assert found.kept == "2026-11-23T12:00:00+08:00"
    lost = Unreadable.VALUE
    first = (CODE, "甲", ("1", "CNY", "1"), lost, AT, False, None)
    assert found.by_key == {CODE: [first, (CODE, lost, None, lost, None, None, None)]}


async def test_what_cannot_be_answered_is_left(desk):
    """Another key, a code never asked, nothing declared asked, a test that reads what is not kept, a source that answered."""
    desk.offer()
    await desk.copies.keep()
    phone = Test("phone", Op.EQ, "5550000")
    assert isinstance(await desk.stand_in(keys=(CODE, OTHER)), SourceDown)
    assert isinstance(await desk.stand_in(columns=(KEY, "phone", AS_OF)), SourceDown)
    assert isinstance(await desk.stand_in(where=phone), SourceDown)
    assert isinstance(await desk.stand_in(key="regNo15"), SourceDown)
    assert isinstance(await desk.stand_in(failure=SourceBadData("odd")), SourceBadData)
    by_name = await desk.stand_in(where=Test("name", Op.EQ, "甲"), failure=SourceTimeout("slow"))
    assert len(by_name.by_key[CODE]) == 1


async def test_age_is_bounded_and_cannot_be_written(desk):
    """Older than declared is never given, is deleted, and a younger time in the table makes nothing younger."""
    desk.offer()
    await desk.copies.keep()
    desk.later(seconds=3600)
    assert (await desk.stand_in()).by_key
    assert await desk.copies.tidy() == 0
    desk.later(seconds=1)
    await desk.database.act(lambda c: c.execute(update(kept_rows).values(kept_at=kept_rows.c.kept_at + 9999)))
    assert isinstance(await desk.stand_in(), SourceDown)
    await desk.database.act(lambda c: c.execute(update(kept_rows).values(kept_at=kept_rows.c.kept_at - 9999)))
    assert await desk.copies.tidy() == 1
    assert desk.count() == 0


async def test_rows_of_another_place_do_not_open(desk):
    """A body that was put under another entity's key stands in for nobody."""
    desk.offer()
    await desk.copies.keep()
    desk.offer(Rows(COLUMNS, [(OTHER, *ROW[1:])]), keys=(OTHER,))
    await desk.copies.keep()
    body = desk.database.reading(lambda c: c.execute(select(kept_rows.c.body)).scalars().first())
    await desk.database.act(lambda c: c.execute(update(kept_rows).values(body=body)))
    found = [await desk.stand_in(keys=(code,)) for code in (CODE, OTHER)]
    assert sum(isinstance(one, SourceDown) for one in found) == 1


async def test_what_is_no_more_is_forgotten(desk):
    """Where the source has no rows any more, or such as cannot be kept, the last ones are not given as if it had them."""
    odd = (CODE, 1 << 70, *ROW[2:])
    for gone in (Rows(COLUMNS, []), Rows(COLUMNS, [ROW] * 1_000), Rows(COLUMNS, [odd])):
        desk.later(seconds=1)
        desk.offer()
        await desk.copies.keep()
        desk.later(seconds=1)
        desk.offer(gone)
        await desk.copies.keep()
        assert desk.count() == 0


async def test_leaving_the_declaration_out_deletes(desk):
    """Another basis, age or field is another declaration: what was kept under the old one is not found, and deleted."""
    desk.offer()
    await desk.copies.keep()
    changed = replace(DECLARED, basis="另一依据")
    desk.copies.intake.declared = {("desk", "Penalty"): changed}
    assert isinstance(await desk.stand_in(), SourceDown)
    desk.copies.intake.declared = {}
    async with desk.copies.keeping():
        for _ in range(500):
            if not desk.count():
                break
            await asyncio.sleep(0.01)
    assert desk.count() == 0


async def test_a_flood_is_dropped_and_counted(desk, monkeypatch):
    """Nobody waits and nothing grows: beyond the bound it is dropped; the same within minutes is kept once; nor a person's."""
    monkeypatch.setattr(kept, "MOST_WAITING", 2)
    for code in (CODE, OTHER, "92231282MA9X0A0354"):
        desk.offer(Rows(COLUMNS, [(code, *ROW[1:])]), keys=(code,))
    assert desk.copies.intake.dropped == 1
    assert await desk.copies.keep() == 2
    desk.offer(Rows(COLUMNS, [ROW]))
    assert await desk.copies.keep() == 0
    desk.offer(keys=("11010519491231002X",), rows=Rows(COLUMNS, [("11010519491231002X", *ROW[1:])]))
    assert await desk.copies.keep() == 0


async def test_a_broken_copy_leaves_the_source_silent(desk):
    """A copy that was altered, or is gone with its table, is no answer and no fault of the question."""
    desk.offer()
    await desk.copies.keep()
    await desk.database.act(lambda c: c.execute(update(kept_rows).values(body=b"x")))
    assert isinstance(await desk.stand_in(), SourceDown)
    desk.database.read = lambda work: _refused()
    assert isinstance(await desk.stand_in(), SourceDown)


async def _refused():
    raise StoreError("gone", lasting=True)


@pytest.mark.parametrize(
    ("asked", "rows", "taken"),
    [
        (ask(), ROWS, True),
        (ask(where=Test("name", Op.EQ, "甲")), ROWS, False),
        (ask(where=published(TODAY)), ROWS, True),
        (ask(where=published(TODAY - timedelta(days=1))), ROWS, False),
        (ask(key="regNo15"), ROWS, False),
        (ask(columns=(KEY, "name", AS_OF, DISPUTED)), ROWS, False),
        (ask(), replace(ROWS, truncated=True), False),
    ],
    ids=["whole", "part of the rows", "in publication", "yesterday", "another key", "part of the columns", "cut"],
)
async def test_only_whole_answers_are_shown(asked, rows, taken):
    """Of an answer that may lack rows or columns nothing is kept: a copy is whole, as of today, or not there."""
    seen = []

    class Source:
        abilities: ClassVar = {}

        async def fetch(self, ask):
            return rows

    def offer(ask, rows):
        seen.append(rows)

    source = Snapshot(cast("Any", Source()), {"Penalty": DECLARED.fields}, offer, lambda record: published(TODAY))
    assert await source.fetch(asked) is rows
    assert bool(seen) is taken


PUBLISHED = replace(
    DECLARED, fields=frozenset({"name", "fine", "publicUntil", "withdrawn"}), published=published, seconds=72 * 3600
)
DATED = (KEY, "name", "fine", "publicUntil", "withdrawn", AS_OF, DISPUTED, LOCAL)


def fined(name, until, withdrawn=None, code=CODE):
    """A penalty as its source tells it."""
    return (code, name, None, until, withdrawn, AT, False, name)


SEVERAL = Rows(
    DATED,
    [
        fined("today", "2026-11-23"),
        fined("later", "2026-11-25", withdrawn=False),
        fined("ended", "2026-11-22"),
        fined("gone", "2026-12-31", withdrawn=True),
        fined("never", None),
        fined("unreadable", Unreadable.VALUE),
    ],
)


@pytest.fixture
def dated(desk):
    """A desk whose record is published for a time."""
    desk.copies.intake.declared = {("desk", "Penalty"): PUBLISHED}
    return desk


async def shown(desk, day=TODAY, code=CODE, **asked):
    """Names of what stands in for those in publication, or the failure."""
    where = asked.pop("where", None) or published(day)
    found = await desk.stand_in(keys=(code,), columns=DATED, where=where, **asked)
    return [row[1] for row in found.by_key[code]] if hasattr(found, "by_key") else type(found)


async def test_only_what_is_published_today_is_kept_and_given(dated):
    """What ended, was withdrawn, or has no day is not in the copy; of what is, a day later what ended meanwhile is not given."""
    dated.offer(SEVERAL)
    await dated.copies.keep()
    assert await shown(dated) == ["today", "later"]
    dated.later(days=1)
    assert await shown(dated, TODAY + timedelta(days=1)) == ["later"]
    assert await shown(dated, TODAY) is SourceDown
    dated.later(days=2)
    assert await shown(dated, TODAY + timedelta(days=3)) is SourceDown


async def test_a_copy_of_what_is_published_answers_nothing_wider(dated):
    """All penalties, or those out of publication: of them a copy knows too little; one that is narrower, it does."""
    dated.offer(SEVERAL)
    await dated.copies.keep()
    assert await shown(dated, where=TRUE) is SourceDown
    assert await shown(dated, where=in_publication(wanted=False, day=TODAY)) is SourceDown
    assert await shown(dated, where=both(published(TODAY), Test("name", Op.EQ, "later"))) == ["later"]
    assert await shown(dated, where=both(published(TODAY), Test("name", Op.EQ, "none"))) is SourceDown


@pytest.mark.parametrize(
    ("code", "field", "seconds", "holds"),
    [
        (CODE, "Penalty.decisionNo", 0, False),
        (CODE, "Penalty.withdrawn", 60, False),
        (CODE, "Penalty.fine", -1, True),
        (OTHER, "Penalty.fine", 60, True),
        (CODE, "Licence.validTo", 60, True),
    ],
    ids=["the same second", "since", "before", "another entity", "another record"],
)
async def test_what_the_hub_knows_to_be_withdrawn_is_not_given(dated, code, field, seconds, holds):
    """A recall by the department since the copy was made ends the copy; an older one is in it, others' say nothing."""
    dated.offer(SEVERAL)
    await dated.copies.keep()
    dated.recalled("H-1", code, field, NOON + timedelta(seconds=seconds))
    dated.later(minutes=5)
    assert await shown(dated) == (["today", "later"] if holds else SourceDown)


async def test_what_was_answered_as_corrected_is_not_given(dated):
    """A correction that the department answered with yes; one that is open or confirmed leaves the copy as it is."""
    dated.offer(SEVERAL)
    await dated.copies.keep()
    dated.later(minutes=5)
    told = {"anchor": b"", "owner": "d", "body": b"", "department": "", "raised_at": 0, "due_on": "2026-12-01"}
    entity = digest_of(dated.copies.sealer, Anchor("uscc", CODE))
    row = {"number": "J-1", "entity": entity, "field": "Penalty.fine", "answered_at": int(NOON.timestamp()) + 9, **told}
    dated.database.acting(lambda c: c.execute(insert(corrections).values(**row, state="CONFIRMED")))
    assert await shown(dated) == ["today", "later"]
    dated.database.acting(lambda c: c.execute(update(corrections).values(state="CORRECTED")))
    assert await shown(dated) is SourceDown


async def test_where_too_much_was_recalled_no_copy_is_given(dated):
    """What can't be looked through in time, or not be read any more, is taken for a recall of just this."""
    dated.offer(SEVERAL)
    await dated.copies.keep()
    dated.recalled("H-9", OTHER, "Penalty.fine", NOON)
    dated.database.acting(lambda c: c.execute(update(recalls).values(entity=b"x")))
    assert await shown(dated) is SourceDown
    dated.database.acting(lambda c: c.execute(recalls.delete()))
    for number in range(MOST + 1):
        dated.recalled(f"H-{number}", OTHER, "Penalty.fine", NOON)
    assert await shown(dated) is SourceDown


def test_one_condition_implies_another():
    """By its parts, whatever their order; no condition follows from everything, and everything from none."""
    first, second = Test("a", Op.EQ, 1), Test("b", Op.EQ, 2)
    assert implies(both(second, first), first)
    assert implies(first, TRUE)
    assert implies(AllOf((first, second)), AllOf((second, first)))
    assert not implies(first, both(first, second))
    assert not implies(TRUE, first)
    assert not implies(first, FALSE)
