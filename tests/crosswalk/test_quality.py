"""The quality board: what rules find in rows, runs that go on where they were stopped, and who sees which row."""

import json
from datetime import date

import pytest

from adapters.base import SourceDown, Unreadable
from hub.callers.register import Register
from hub.exchange.calendar import WorkingDays
from hub.exchange.quality_book import QualityBook
from hub.exchange.quality_rules import NATURAL_KEYS, REQUIRED, UNLESS, Judge
from hub.exchange.quality_running import QualityRunner, TakenError
from hub.plan.model import ENTITY, SUBJECT
from hub.sources import open_sources
from hub.store.quality_tables import quality_seen
from schema.catalogue import fold_catalogue
from tests.acts.hall import CITIZEN, GRAIN
from tests.crosswalk.registry import MARKET, ONE, Registry
from tests.exchange.bureau import open_bureau

CATALOGUE = fold_catalogue()
TODAY = date(2026, 11, 23)
FINDINGS = "number record rule field key digest problem problemEn fix fixEn"
MARKS = "number source department rows endedAt unread unmapped marks { record rule field checked failed failedBefore }"
BAD = f"""
[[source]]
name = "desk"
kind = "memory"
department = "market"
label = "审批台账"

[[source.record]]
record = "Penalty"
local = "id"
as_of = "at"
keys = {{ uscc = "code" }}
rows = [
    {{ id = "p1", code = "{GRAIN}", number = "肇市监罚〔2026〕1号", day = "2026-11-02", until = "2027-11-02", at = "2026-11-05T08:00:00+08:00" }},
    {{ id = "p2", code = "{GRAIN}", number = "肇市监罚〔2026〕1号", day = "2026-11-02", until = "2026-10-01", at = "2026-11-20T08:00:00+08:00" }},
    {{ id = "p3", code = "91231282MA9X1A0X4H", number = "肇市监罚〔2026〕3号", day = "2027-01-02", at = "2026-11-05T08:00:00+08:00" }},
    {{ id = "p4", code = "{GRAIN}", day = "不详", at = "2026-11-05T08:00:00+08:00" }},
    {{ id = "{CITIZEN}", code = "{GRAIN}", number = "肇市监罚〔2026〕5号", at = "2026-11-05T08:00:00+08:00" }},
]
columns = {{ decisionNo = "number", decidedOn = "day", publicUntil = "until" }}
"""
PENALTY = CATALOGUE.records["Penalty"]


def judged(record, row, **more):
    """Rules and fields that fail of a row that a source delivers with these columns."""
    judge = Judge(CATALOGUE.records[record], frozenset(row), TODAY, WorkingDays({}))
    return {(fault.rule.name, fault.field) for fault in judge.judge({**row, **more}).faults}


@pytest.mark.parametrize(
    ("record", "row", "expected"),
    [
        ("Entity", {"uscc": GRAIN, "name": "甲"}, set()),
        ("Entity", {"uscc": GRAIN, "name": None}, {("COMPLETE", "name")}),
        ("Entity", {"uscc": Unreadable.VALUE}, {("CHECK_DIGIT", "uscc")}),
        ("Entity", {"regNo15": "310115600985535"}, {("CHECK_DIGIT", "regNo15")}),
        ("Entity", {"regNo15": "310115600985533"}, set()),
        ("Entity", {"orgCode": "12345678-0"}, {("CHECK_DIGIT", "orgCode")}),
        ("Entity", {"establishedOn": "2027-01-01"}, {("DATE", "establishedOn")}),
        ("Entity", {"establishedOn": "1799-01-01"}, {("DATE", "establishedOn")}),
        ("Entity", {"establishedOn": Unreadable.VALUE}, {("DATE", "establishedOn")}),
        ("Entity", {"kind": Unreadable.VALUE}, {("CODE", "kind")}),
        ("Entity", {"divisionCode": "2312"}, {("CODE", "divisionCode")}),
        ("Entity", {"divisionCode": "231282"}, set()),
        ("Licence", {"validFrom": "2026-02-01", "validTo": "2026-01-01"}, {("DATE", "validTo")}),
        ("Licence", {"validTo": None, "longTerm": True}, set()),
        ("Licence", {"validTo": None, "longTerm": None}, {("COMPLETE", "validTo")}),
        ("Licence", {"certificateNo": "JY33202810257113"}, set()),
        ("Licence", {"certificateNo": "JY33202810257114"}, {("CHECK_DIGIT", "certificateNo")}),
        ("Penalty", {"annulledOn": "2026-11-02", "withdrawnOn": "2026-11-05"}, set()),
        ("Penalty", {"annulledOn": "2026-11-02", "withdrawnOn": "2026-11-06"}, {("TIMELY", "withdrawnOn")}),
        ("Penalty", {"annulledOn": "2026-11-02", "withdrawnOn": None}, {("TIMELY", "withdrawnOn")}),
        ("Penalty", {"kinds": ("FINE", Unreadable.VALUE)}, {("CODE", "kinds"), ("CODE", "kinds")}),
    ],
)
def test_what_is_wrong_with_a_row(record, row, expected):
    """Each rule finds its own, and nothing where all is right."""
    assert judged(record, row) == expected


def test_rules_name_fields_that_exist():
    """Required fields, exceptions and natural keys are those of the schema."""
    for table in (REQUIRED, NATURAL_KEYS):
        for record, names in table.items():
            assert set(names) <= {*CATALOGUE.records[record].fields, SUBJECT}, record
    assert {*UNLESS} <= {f"{record}.{name}" for record, names in REQUIRED.items() for name in names}


def test_a_sensitive_text_is_not_read_unless_it_is_required():
    """Of a penalty facts are required; what nobody asks for is not read."""
    judge = Judge(PENALTY, frozenset(PENALTY.fields), TODAY, WorkingDays({}))
    assert set(judge.wanted) <= {*PENALTY.fields}
    entity = CATALOGUE.records[ENTITY]
    assert not {"contactPhone", "businessScope"} & set(
        Judge(entity, frozenset(entity.fields), TODAY, WorkingDays({})).wanted
    )


@pytest.fixture
async def board(stored, tmp_path):
    """People, and a source of bad rows, on each kind of store."""
    async with open_bureau(tmp_path, lambda written: stored(written) + BAD) as bureau:
        yield Registry(bureau)


@pytest.fixture
async def desk(tmp_path):
    """The same on SQLite."""
    async with open_bureau(tmp_path, lambda written: written + BAD) as bureau:
        yield Registry(bureau)


def runner(registry, told=lambda _: None):
    """What runs over the sources."""
    hub = registry.bureau.hall.world.hub
    registers = Register(hub.sources.values()).asked
    return QualityRunner(hub.database, hub.attendant.vault, hub.gateway.clock, CATALOGUE, registers, told)


async def run(registry, batch=2, told=lambda _: None, *, source=None, **more):
    """A run over the source of bad rows."""
    source = source or registry.bureau.hall.world.hub.sources["desk"]
    return await runner(registry, told).run(source, "market", batch, **more)


async def test_a_run_finds_what_is_wrong_and_names_the_row(board):
    """Every rule, each finding with the row's key for its own steward, what is wrong and what to do."""
    made = await run(board)
    (seen,) = await board.read(MARKET, f'qualityRuns(source: "desk") {{ {MARKS} }}')
    assert (seen["number"], seen["rows"], seen["department"]) == (made.number, 5, "market")
    assert "Penalty.violationType" in seen["unmapped"]
    found = await board.read(MARKET, f'qualityFindings(run: "{made.number}") {{ {FINDINGS} }}')
    placed = {(one["rule"], one["field"], one["key"]) for one in found}
    assert placed == {
        ("DUPLICATE", None, "p2"),
        ("DATE", "publicUntil", "p2"),
        ("ORPHAN", "uscc", "p3"),
        ("CHECK_DIGIT", "uscc", "p3"),
        ("DATE", "decidedOn", "p3"),
        ("DATE", "decidedOn", "p4"),
        ("COMPLETE", "decisionNo", "p4"),
        ("COMPLETE", "decidedOn", None),
    }
    assert all(one["problem"] and one["problemEn"] and one["fix"] and one["fixEn"] for one in found)
    assert CITIZEN not in json.dumps(found)
    others = await board.read("sec", f'qualityFindings(run: "{made.number}") {{ {FINDINGS} }}')
    assert [one["key"] for one in others] == [None] * len(found)
    assert [one["digest"] for one in others] == [one["digest"] for one in found]
    stored = str(board.bureau.hall.rows("SELECT * FROM quality_findings"))
    assert CITIZEN not in stored


@pytest.mark.parametrize(
    ("decided", "late"), [("2026-11-02", True), ("2026-11-11", True), ("2026-11-12", False), (None, False)]
)
def test_a_decision_is_late_that_was_due_and_was_not_there(decided, late):
    """Seven working days after it; on the day of the run before it ought to have been there."""
    judge = Judge(PENALTY, frozenset({"decidedOn"}), TODAY, WorkingDays({}))
    assert judge.is_timed
    assert (judge.late({"decidedOn": decided}, TODAY) is not None) == late


async def test_what_is_reported_late_is_found_by_the_next_run(tmp_path):
    """The first run takes in what is there; what was due before it and comes after it is late, what was not due is not."""
    database = tmp_path / "desk.csv"

    def write(*days):
        lines = [f"{number},{GRAIN},{number},{day}" for number, day in enumerate(days)]
        database.write_text("\n".join(["id,code,number,day", *lines, ""]), encoding="utf-8")

    start = BAD.index("rows = [")
    bad = BAD[:start] + f'file = "{database}"\n' + BAD[BAD.index("]\n", start) + 2 :]
    bad = bad.replace('as_of = "at"\n', "").replace(', publicUntil = "until"', "")
    write("2026-10-08")
    async with open_bureau(tmp_path / "hub", lambda written: written + bad) as bureau:
        registry = Registry(bureau)
        await run(registry)
        write("2026-10-08", "2026-10-09", "2026-11-23")
        bureau.at("2026-11-24T09:00:00")
        hub = bureau.hall.world.hub
        made = await run(registry, source=open_sources(hub.settings, CATALOGUE).by_name["desk"])
        found = await registry.read(MARKET, f'qualityFindings(run: "{made.number}", rule: TIMELY) {{ {FINDINGS} }}')
        assert [one["key"] for one in found] == ["1"]
        marks = (await registry.read(MARKET, f"qualityRuns(first: 1) {{ {MARKS} }}"))[0]["marks"]
        assert [(one["checked"], one["failed"]) for one in marks if one["rule"] == "TIMELY"] == [(2, 1)]


async def test_stewards_see_their_own_sources_only(desk):
    """Of another department neither runs nor rows."""
    made = await run(desk)
    assert await desk.read(ONE, f"qualityRuns {{ {MARKS} }}") == []
    code = await desk.bureau.hall.refused(
        desk.bureau.someone(ONE), f'{{ qualityFindings(run: "{made.number}") {{ number }} }}', None
    )
    assert code == "QUALITY_RUN_NOT_FOUND"


async def test_a_second_run_shows_what_changed(desk):
    """Each mark with the number of the run before; a number of its own for each run."""
    first = await run(desk)
    desk.bureau.at("2026-12-01T09:00:00")
    second = await run(desk)
    assert second.number != first.number
    newest, oldest = await desk.read(MARKET, f"qualityRuns {{ {MARKS} }}")
    duplicates = [
        [(mark["failed"], mark["failedBefore"]) for mark in one["marks"] if mark["rule"] == "DUPLICATE"]
        for one in (newest, oldest)
    ]
    assert duplicates == [[(1, 1)], [(1, None)]]


class Stop(BaseException):
    """As if the process were killed."""


@pytest.mark.parametrize("batch", [1, 3])
async def test_a_run_that_is_killed_goes_on_and_comes_to_the_same(desk, batch):
    """Stopped after any batch, and gone on with: the same marks and rows as a run in one go; rows are read once."""
    hall = desk.bureau.hall
    await run(desk, 500)
    whole = await desk.read(MARKET, f"qualityRuns {{ {MARKS} }}")
    expected = hall.rows("SELECT record, rule, field, checked, failed FROM quality_marks ORDER BY 1, 2, 3")
    keys = hall.rows("SELECT rule, field, key FROM quality_findings ORDER BY 1, 2, 3")
    assert whole[0]["endedAt"]
    hall.world.hub.database.acting(
        lambda c: QualityBook(c, hall.world.hub.attendant.vault, 0).give_up(_run_of(c, hall))
    )
    told = []

    def stop(progress):
        told.append(progress.rows)
        raise Stop

    for _ in range(-(-5 // batch) + 2):
        with pytest.raises(Stop):
            await run(desk, batch, stop)
        (one,) = await desk.read(MARKET, f"qualityRuns {{ {MARKS} }}")
        if one["rows"] == 5:
            break
    await run(desk, batch)
    found = hall.rows("SELECT record, rule, field, checked, failed FROM quality_marks ORDER BY 1, 2, 3")
    assert [tuple(row) for row in found] == [tuple(row) for row in expected]
    assert hall.rows("SELECT rule, field, key FROM quality_findings ORDER BY 1, 2, 3") == keys
    assert hall.rows(f"SELECT count(*) FROM {quality_seen.name}") == [(0,)]  # noqa: S608 - our own name


def _run_of(connection, hall):
    book = QualityBook(connection, hall.world.hub.attendant.vault, 0)
    found = book.of("Q-2026-00001")
    assert found is not None
    return found


async def test_a_source_that_is_down_leaves_a_run_to_go_on_with(desk):
    """It is the same run afterwards; a fresh one begins anew."""
    world = desk.bureau.hall.world
    world.down = {"desk": "SOURCE_DOWN"}
    with pytest.raises(SourceDown):
        await run(desk)
    world.down = {}
    (waiting,) = await desk.read(MARKET, f"qualityRuns {{ {MARKS} }}")
    assert waiting["endedAt"] is None
    assert (await run(desk)).number == waiting["number"]


async def test_two_processes_do_not_count_a_batch_twice(desk):
    """Whoever finds that somebody else went on with the run stops."""
    inner: list[bool] = []

    def other(_progress):
        if not inner:
            inner.append(True)
            hub = desk.bureau.hall.world.hub

            def work(connection):
                book = QualityBook(connection, hub.attendant.vault, 0)
                running = book.running("desk")
                assert running is not None
                book.move(running, running.record, "p4")

            hub.database.acting(work)

    with pytest.raises(TakenError):
        await run(desk, 1, other)


async def test_the_last_run_of_each_source(desk):
    """However often another one was run over meanwhile; a bound that is none is refused."""
    first = await run(desk)
    hub = desk.bureau.hall.world.hub
    other = await runner(desk).run(hub.sources["market"], "market", 500)
    desk.bureau.at("2026-12-01T09:00:00")
    last = await run(desk)
    found = await desk.read(MARKET, "qualityRuns(each: 1) { number }")
    assert {one["number"] for one in found} == {other.number, last.number}
    assert first.number in {one["number"] for one in await desk.read(MARKET, "qualityRuns(each: 2) { number }")}
    code = await desk.bureau.hall.refused(desk.bureau.someone(MARKET), "{ qualityRuns(each: 0) { number } }", None)
    assert code == "BAD_USER_INPUT"
