"""What the hub does with codes by itself: lists that were silent, what the register says, scans, the shared pulse."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import event, text

from auth.roles import Role
from hub.code.lookup import lookup
from hub.code.scans import MOST_WAITING, ScanCounter, scans_of
from hub.code.tokens import make_token
from hub.store.database import StoreError
from hub.store.pulse import count
from schema.enums import CodeStatus
from tests.acts.hall import GRAIN, OWNER
from tests.code.floor import apply, open_floor, step

SCANS = f'{{ codeScans(uscc: "{GRAIN}", from: "2026-11-20", until: "2026-11-30") {{ day audience place scans }} }}'
LISTS = """
[[source]]
name = "lists"
kind = "memory"
department = "credit"

[[source.record]]
record = "ListEntry"
local = "id"
keys = { uscc = "uscc" }
rows = [
  { id = "L1", uscc = "91231282MA9X0A019P", list = "严重失信", listed = "2026-01-01", removed = "REMOVED" },
]
columns = { list = { column = "list", codes = { "严重失信" = "SERIOUS_DISCREDIT" } }, listedOn = "listed", removedOn = "removed" }
"""


def listed(written, removed=""):
    """The golden world with a list of its own, on which one entity stands, or stood."""
    cell = f', removed = "{removed}"' if removed else ""
    return written + LISTS.replace(', removed = "REMOVED"', cell)


async def test_whoever_is_on_a_list_is_told_why(tmp_path):
    """And how to get off it; once it is removed there, the code is given."""
    async with open_floor(tmp_path / "on", edit=listed) as floor:
        done = (await floor.hall.act(floor.hall.clerk, apply(representative=OWNER)))["applyCode"]
        assert (done["granted"], done["reason"]["code"]) == (False, "LISTED")
        assert "信用修复" in done["reason"]["remedy"]
    async with open_floor(tmp_path / "off", edit=lambda written: listed(written, "2026-06-01")) as floor:
        assert (await floor.issued())["status"] == "VALID"


@pytest.mark.parametrize(("removed", "status"), [("2026-06-01", CodeStatus.VALID), ("", CodeStatus.CANCELLED)])
async def test_a_silent_list_leaves_it_pending(tmp_path, removed, status):
    """Nobody is refused for it; once the list answers, the hub decides by itself, and says so."""
    async with open_floor(tmp_path, edit=lambda written: listed(written, removed)) as floor:
        floor.hall.world.down = {"lists": "away"}
        done = (await floor.hall.act(floor.hall.clerk, apply(representative=OWNER)))["applyCode"]
        assert (done["granted"], done["pending"], done["code"]["status"]) == (True, True, "PENDING")
        token = done["code"]["token"]
        assert (await floor.get(f"/c/{token}.svg")).status_code == 409
        assert await floor.house.keeper.decide_pending() == 0
        floor.hall.world.down = {}
        assert await floor.house.keeper.decide_pending() == 1
        assert await floor.house.keeper.decide_pending() == 0
        found = floor.found(token)
        assert found is not None
        assert found.status is status


async def test_a_register_that_is_down_is_told_as_such(small):
    """Nothing is issued, nothing refused for good: the same request may be sent again."""
    small.hall.world.down = {"register": "away"}
    assert await small.hall.refused(small.hall.clerk, apply(representative=OWNER), "k") == "REGISTER_UNAVAILABLE"
    small.hall.world.down = {}
    assert (await small.hall.act(small.hall.clerk, apply(representative=OWNER), "k"))["applyCode"]["granted"]


async def test_another_name_keeps_the_code(floor):
    """It stands on what is printed from then on; the token is the same."""
    token = (await floor.issued())["token"]
    floor.hall.register(GRAIN, MC="肇东市金穗新食品有限公司")
    assert await floor.house.keeper.look() == 1
    assert await floor.house.keeper.look() == 0
    state = floor.found(token)
    assert (state.name, state.holds) == ("肇东市金穗新食品有限公司", True)
    assert floor.hall.rows("SELECT issued_to FROM honesty_codes") == [("肇东市金穗食品有限公司",)]
    assert len(floor.hall.acts("CODE_RENAMED")) == 1


@pytest.mark.parametrize(
    ("registered", "status", "back"),
    [
        ("DEREGISTERED", CodeStatus.CANCELLED, CodeStatus.CANCELLED),
        ("REVOKED", CodeStatus.SUSPENDED, CodeStatus.VALID),
        ("SUSPENDED", CodeStatus.SUSPENDED, CodeStatus.VALID),
        ("", CodeStatus.VALID, CodeStatus.VALID),
    ],
)
async def test_a_code_follows_the_register(small, registered, status, back):
    """Cancelled with its entity; suspended with its business, and resumed with it; one that says nothing changes nothing."""
    token = (await small.issued())["token"]
    small.hall.register(GRAIN, ZT=registered or None)
    await small.house.keeper.look()
    assert small.found(token).status is status
    small.hall.register(GRAIN, ZT="ACTIVE")
    await small.house.keeper.look()
    assert small.found(token).status is back


async def test_what_the_office_suspended_stays_so(small):
    """The register says that the entity is active: that is not why it was stopped."""
    token = (await small.issued())["token"]
    await small.hall.act(small.office, step("suspendCode"))
    await small.house.keeper.look()
    assert small.found(token).status is CodeStatus.SUSPENDED


async def test_every_change_makes_the_pulse_beat(floor):
    """So that every worker and page takes notice of it at once."""
    database = floor.hall.world.hub.database
    seen = [database.reading(count)]
    await floor.issued()
    seen.append(database.reading(count))
    for name in ("suspendCode", "resumeCode", "revokeCode", "reissueCode", "cancelCode"):
        await floor.hall.act(floor.office, step(name))
        seen.append(database.reading(count))
    assert seen == sorted(set(seen))


async def test_scans_are_counted_without_who(floor):
    """By day, audience and place; several workers add to one count; what is asked is the sum."""
    await floor.issued()
    code = floor.found(floor.hall.rows("SELECT token FROM honesty_codes")[0][0]).code
    other = ScanCounter(floor.hall.world.hub.database)
    for counter in (floor.house.counter, other):
        for _ in range(3):
            counter.count_scan(code, "门头", Role.PUBLIC, date(2026, 11, 23))
        counter.count_scan(code, "", Role.OFFICER, date(2026, 11, 24))
        assert await counter.flush() == 4
        assert await counter.flush() == 0
    found = (await floor.hall.act(floor.office, SCANS, None))["codeScans"]
    assert [(one["day"], one["audience"], one["place"], one["scans"]) for one in found] == [
        ("2026-11-23", "PUBLIC", "门头", 6),
        ("2026-11-24", "OFFICER", "", 2),
    ]


async def test_scans_are_told_by_how_many_days_and_places(small):
    """Of the counters there are: a day and a place count once, whoever scanned; one without a place is at none."""
    totals = f'{{ codeScanTotals(uscc: "{GRAIN}", from: "2026-11-20", until: "2026-11-30") {{ scans days places unplaced }} }}'
    nothing = {"scans": 0, "days": 0, "places": 0, "unplaced": 0}
    assert (await small.hall.act(small.office, totals, None))["codeScanTotals"] == nothing
    code = (await small.issued())["id"]
    assert (await small.hall.act(small.office, totals, None))["codeScanTotals"] == nothing
    for day, place, role in (
        (19, "门头", Role.PUBLIC),
        (20, "门头", Role.PUBLIC),
        (20, "门头", Role.OFFICER),
        (20, "餐桌", Role.PUBLIC),
        (23, "", Role.PUBLIC),
        (30, "餐桌", Role.PUBLIC),
    ):
        small.house.counter.count_scan(code, place, role, date(2026, 11, day))
    await small.house.counter.flush()
    found = (await small.hall.act(small.office, totals, None))["codeScanTotals"]
    assert found == {"scans": 5, "days": 3, "places": 2, "unplaced": 1}
    back = totals.replace("2026-11-30", "2026-11-01")
    assert await small.hall.refused(small.office, back, None) == "BAD_USER_INPUT"
    last = totals.replace("2026-11-20", "9999-06-01").replace("2026-11-30", "9999-12-31")
    assert (await small.hall.act(small.office, last, None))["codeScanTotals"] == nothing


async def test_scans_wait_for_a_store_that_cannot_be_written(small):
    """None is lost while the process lives; what is beyond all bounds is dropped, and said."""
    code, database = (await small.issued())["id"], small.hall.world.hub.database
    counter = ScanCounter(database)
    counter.count_scan(code, "", Role.PUBLIC, date(2026, 11, 23))
    database.acting(
        lambda c: c.execute(text("CREATE TRIGGER no BEFORE INSERT ON code_scans BEGIN SELECT RAISE(ABORT, 'no'); END"))
    )
    with pytest.raises(StoreError):
        await counter.flush()
    database.acting(lambda c: c.execute(text("DROP TRIGGER no")))
    async with counter.counting():
        await asyncio.sleep(0)
    assert [
        one.scans for one in database.reading(lambda c: scans_of(c, code, date(2026, 11, 1), date(2026, 12, 1)))
    ] == [1]
    for number in range(MOST_WAITING + 1):
        counter.count_scan(str(number), "", Role.PUBLIC, date(2026, 11, 23))
    assert counter.dropped == 1


async def test_a_token_is_one_indexed_read(floor):
    """The same statement for a code that holds, one that was revoked and one that nobody was given; no table is gone through."""
    held = (await floor.issued())["token"]
    await floor.hall.act(floor.office, step("revokeCode"))
    again = (await floor.hall.act(floor.office, step("reissueCode")))["reissueCode"]["code"]["token"]
    database, seen = floor.hall.world.hub.database, []
    with database._engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", lambda *told: seen.append(told[2]))
        found = [lookup(connection, token) for token in (again, held, make_token())]
    assert [one is not None and one.holds for one in found] == [True, False, False]
    assert found[2] is None
    seen = [statement for statement in seen if statement != "BEGIN"]
    assert len(seen) == 3
    assert len(set(seen)) == 1
    if database._engine.dialect.name == "sqlite":
        plan = database.reading(lambda c: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {seen[0]}", (held,)).fetchall())
        assert all(str(row[-1]).startswith("SEARCH") for row in plan)
