"""A street that is taken up in one go: each row has its outcome, whatever is killed or silent meanwhile."""

import csv
import io
import zipfile

import pytest
from sqlalchemy import text

from hub.code.batches import BadFile, Batches, Outcome, read_rows
from hub.store.database import StoreError
from tests.acts.hall import BAKERY, CARRIER, CITIZEN, GRAIN, SCHOOL
from tests.code.floor import onboard

HEAD = "统一社会信用代码,已签承诺,亮码位置\n"
STREET = HEAD + f"{GRAIN},是,门头;收银台\n{BAKERY},是,\n{SCHOOL},,\n91231282MA9X0A0190,是,\nY1231282MG9X0J090L,是,\n"
ROWS = '{ codeBatch(id: "%s") { done total finishedAt rows { line uscc outcome token reason { code remedy } } } }'


async def brought(floor, csv_text=STREET):
    """A street that was brought by a clerk."""
    return (await floor.hall.act(floor.hall.clerk, onboard(csv_text)))["onboardStreet"]


async def rows_of(floor, batch):
    """Its rows as the clerk sees them."""
    return (await floor.hall.act(floor.hall.clerk, ROWS % batch, None))["codeBatch"]


async def test_every_row_has_its_outcome(floor):
    """Issued, rejected with a reason and a remedy; the plates come as one ZIP, with what was rejected."""
    done = await brought(floor)
    assert (done["started"], done["batch"]["total"], done["batch"]["done"]) == (True, 5, 2)
    assert await floor.house.keeper.work_on() == 3
    found = await rows_of(floor, done["batch"]["id"])
    outcomes = {
        row["uscc"]: (row["outcome"], (row["reason"] or {}).get("code")) for row in found["rows"] if row["uscc"]
    }
    assert outcomes[GRAIN] == ("ISSUED", None)
    assert outcomes[BAKERY] == ("ISSUED", None)
    assert outcomes[SCHOOL] == ("REJECTED", "COMMITMENT_MISSING")
    assert outcomes["Y1231282MG9X0J090L"] == ("REJECTED", "ENTITY_UNKNOWN")
    assert found["rows"][3]["reason"]["code"] == "NOT_A_CODE"
    assert all(row["reason"]["remedy"] for row in found["rows"] if row["outcome"] == "REJECTED")
    assert found["finishedAt"] is not None
    assert floor.found(found["rows"][0]["token"]).places == ("门头", "收银台")
    response = await floor.get(f"/codes/batches/{done['batch']['id']}.zip", floor.hall.clerk)
    assert response.status_code == 200, response.text
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        names = archive.namelist()
        assert [name for name in names if name.endswith(".svg")] == [
            f"plates/{row['uscc']}-{row['token']}.svg" for row in found["rows"][:2]
        ]
        assert archive.read("plates.pdf").startswith(b"%PDF")
        rejected = list(csv.reader(io.StringIO(archive.read("rejected.csv").decode("utf-8-sig"))))
    assert [row[0] for row in rejected[1:]] == ["4", "5", "6"]
    assert all(row[2] and row[3] for row in rejected)
    assert len(floor.hall.acts("CODE_PRINTED")) == 2


async def test_brought_again_it_goes_on(small):
    """The same rows of the same person are the same street; codes that are there are known, and nothing is done twice."""
    first = await brought(small)
    again = await brought(small)
    assert (again["started"], again["batch"]["id"]) == (False, first["batch"]["id"])
    await small.house.keeper.work_on()
    other = await brought(small, HEAD + f"{GRAIN},是,\n")
    await small.house.keeper.work_on()
    assert (await rows_of(small, other["batch"]["id"]))["rows"][0]["outcome"] == "KNOWN"
    assert small.hall.rows("SELECT count(*) FROM honesty_codes") == [(2,)]


async def test_a_silent_register_makes_it_wait(small):
    """Nothing is rejected for it; once the register answers, it goes on."""
    done = await brought(small)
    small.hall.world.down = {"register": "away"}
    assert await small.house.keeper.work_on() == 0
    small.hall.world.down = {}
    assert await small.house.keeper.work_on() == 3
    assert (await rows_of(small, done["batch"]["id"]))["done"] == 5


async def test_what_fails_midway_is_done_anew(small):
    """A store that refuses one row keeps nothing of its fifty; later all of them are done, once."""
    done, database = await brought(small), small.hall.world.hub.database
    refuse = f"CREATE TRIGGER no BEFORE INSERT ON honesty_codes WHEN NEW.entity = '{BAKERY}' BEGIN SELECT RAISE(ABORT, 'no'); END"
    database.acting(lambda connection: connection.execute(text(refuse)))
    with pytest.raises(StoreError):
        await small.house.keeper.work_on()
    assert small.hall.rows("SELECT count(*) FROM honesty_codes") == [(0,)]
    assert small.hall.acts("CODE_APPLIED") == []
    database.acting(lambda connection: connection.execute(text("DROP TRIGGER no")))
    assert await small.house.keeper.work_on() == 3
    assert (await rows_of(small, done["batch"]["id"]))["done"] == 5
    assert len(small.hall.acts("CODE_APPLIED")) == 3


async def test_two_workers_do_nothing_twice(floor):
    """Both look at once; each row is settled by one of them."""
    done = await brought(floor)
    (batch,) = await floor.house.keeper.attendant.database.read(lambda c: Batches(c, 0).unfinished())
    assert sum([await floor.house.keeper.work_batch(batch) or 0, await floor.house.keeper.work_batch(batch) or 0]) == 3
    assert batch.id == done["batch"]["id"]
    assert len([one for one in floor.hall.acts("CODE_APPLIED") if one["outcome"] == "GRANTED"]) == 2


async def test_streets_are_of_their_department(small):
    """Another one sees neither rows nor plates, nor does the public."""
    done = (await small.hall.act(small.office, onboard(STREET)))["onboardStreet"]
    assert await small.hall.refused(small.hall.clerk, ROWS % done["batch"]["id"], None) == "CODE_BATCH_NOT_FOUND"
    path = f"/codes/batches/{done['batch']['id']}.zip"
    assert (await small.get(path, small.hall.clerk)).status_code == 404
    assert (await small.get(path)).status_code == 401
    assert await small.hall.refused(small.stranger, onboard(STREET)) == "CODE_OFFICE_ONLY"


async def test_a_citizens_number_is_not_kept(small):
    """A file that holds one is refused as a whole, like every argument, and nothing of it is stored."""
    assert await small.hall.refused(small.hall.clerk, onboard(HEAD + f"{CITIZEN},是,\n")) == "LOOKS_LIKE_CITIZEN_ID"
    (row,) = read_rows(HEAD + f"{CITIZEN},是,\n")
    assert (row.entity, row.outcome) == (None, Outcome.REJECTED)


def test_cells_that_were_copied_from_a_sheet_are_rows():
    """With tabs between them; a comma is a part of a cell then, and a file by commas may hold tabs."""
    (row,) = read_rows(f"统一社会信用代码\t已签承诺\t亮码位置\r\n{GRAIN}\t是\t门头,收银台\r\n")
    assert (row.line, row.entity, row.places, row.outcome) == (2, GRAIN, ("门头", "收银台"), None)
    (row,) = read_rows(HEAD + f"{GRAIN}\t,是,\n")
    assert row.entity == GRAIN


@pytest.mark.parametrize(
    "text",
    ["", "a,b\n1,2\n", HEAD, 'uscc,committed\n"9,是\n', HEAD + f"{GRAIN},是,\n" * 2001, "uscc,uscc,committed\n1,2,3\n"],
)
def test_files_that_are_not_taken(text):
    """Nothing in it, no such columns, no rows, no CSV, too many rows, a column twice."""
    with pytest.raises(BadFile):
        read_rows(text)


def test_cells_are_read_as_people_write_them():
    """Width, case and separators; blank lines are passed over; a row that is too short is no fault of the file."""
    rows = read_rows("\ufeffUSCC,Committed,Places\n９1231282ma9x0a019p,YES,门头、收银台，餐桌\n\n" + f"{CARRIER}\n")
    assert (rows[0].entity, rows[0].places, rows[0].outcome) == (GRAIN, ("门头", "收银台", "餐桌"), None)
    assert (rows[1].line, rows[1].outcome) == (4, Outcome.REJECTED)
