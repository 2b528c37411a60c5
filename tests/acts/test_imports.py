"""What became of dropped files, as callers read it: whose they see, what of a row, and that it stays when its file is gone."""

import json

import pytest

from tests.acts.dropped import LINES, PERSON, lay_key, take, with_files
from tests.acts.hall import CITIZEN
from tests.exchange.bureau import open_bureau

RUNS = "{ number source record file state endedAt rows rejected doubtful withdrawn readAs fault faultEn }"
ROWS = "{ number row column rejected reason advice cells { column text } }"
OWN, OTHER = "steward-market", "steward-registrar"


@pytest.fixture
async def desk(tmp_path):
    """The bureau with a department that drops files; one was taken, one was refused."""
    lay_key(tmp_path / "keys-of-files")

    def edit(written):
        return with_files(written).replace('"file:drops.key"', f'"file:{tmp_path}/keys-of-files/drops.key"')

    async with open_bureau(tmp_path / "hub", edit) as bureau:
        await take(bureau.hall, "jc_1.csv", *LINES)
        await take(bureau.hall, "jc_2.csv")
        yield bureau


async def read(desk, name, question):
    """What somebody is answered."""
    data = await desk.hall.act(desk.someone(name), f"{{ found: {question} }}", None)
    return data["found"]


async def refused(desk, name, question):
    """The code with which somebody is refused."""
    return await desk.hall.refused(desk.someone(name), f"{{ {question} }}", None)


async def test_every_file_with_its_counts(desk):
    """The newest first; one that was refused says why in both languages."""
    refusal, taken = await read(desk, OWN, f'importRuns(source: "drops") {RUNS}')
    assert (refusal["state"], refusal["rows"], refusal["file"]) == ("REFUSED", 0, "jc_2.csv")
    assert refusal["fault"]
    assert refusal["faultEn"]
    assert (taken["state"], taken["rows"], taken["rejected"], taken["doubtful"]) == ("TAKEN", 2, 3, 1)
    assert (taken["record"], taken["file"], taken["endedAt"] is not None) == ("Inspection", "jc_1.csv", True)
    older = await read(desk, OWN, f'importRuns(source: "drops", before: "{refusal["number"]}") {RUNS}')
    assert [one["number"] for one in older] == [taken["number"]]
    assert await read(desk, OWN, f'importRun(source: "drops", number: "{taken["number"]}") {RUNS}') == taken


async def test_its_own_department_sees_rows_as_the_report_shows_them(desk):
    """Row, column, what is wrong and what to do; a person's name is shortened, a citizen's number hidden."""
    _, taken = await read(desk, OWN, f'importRuns(source: "drops") {RUNS}')
    asked = f'importRows(source: "drops", run: "{taken["number"]}"'
    rows = await read(desk, OWN, f"{asked}) {ROWS}")
    assert [(one["row"], one["column"], one["rejected"]) for one in rows] == [
        (3, "统一社会信用代码", True),
        (4, "年度次数", False),
        (5, "文书号", True),
        (6, "统一社会信用代码", True),
    ]
    assert all(one["reason"] and one["advice"] for one in rows)
    shown = {cell["column"]: cell["text"] for cell in rows[0]["cells"]}
    assert (shown["文书号"], shown["检查人员"]) == ("J2", "慕**")
    assert PERSON not in json.dumps(rows, ensure_ascii=False)
    assert CITIZEN not in json.dumps(rows)
    assert [one["row"] for one in await read(desk, OWN, f"{asked}, rejected: false) {ROWS}")] == [4]
    assert [one["row"] for one in await read(desk, OWN, f'{asked}, column: "文书号") {ROWS}')] == [5]
    page = await read(desk, OWN, f"{asked}, first: 2, after: {rows[0]['number']}) {ROWS}")
    assert page == rows[1:3]


async def test_an_auditor_reads_what_is_wrong_and_no_row(desk):
    """Nor does the record tell of one: it has who read which report."""
    _, taken = await read(desk, "auditor", f'importRuns(source: "drops") {RUNS}')
    rows = await read(desk, "auditor", f'importRows(source: "drops", run: "{taken["number"]}") {ROWS}')
    assert [one["cells"] for one in rows] == [[]] * 4
    (entry,) = desk.hall.acts("IMPORT_READ")
    assert (entry["subject"], entry["outcome"]) == (f"drops/{taken['number']}", "GRANTED")
    assert (entry["told"]["rows"], entry["told"]["shown"]) == ("4", "FAULTS")
    assert "9.12313E+17" not in json.dumps(desk.hall.entries())


@pytest.mark.parametrize("name", ["admin", "sec"])
async def test_other_officers_see_counts_only(desk, name):
    """For them the rows do not exist."""
    assert len(await read(desk, name, f'importRuns(source: "drops") {RUNS}')) == 2
    question = f'importRows(source: "drops", run: "1") {ROWS}'
    assert await refused(desk, name, question) == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize(
    ("name", "question"),
    [
        (OTHER, f'importRuns(source: "drops") {RUNS}'),
        (OTHER, f'importRun(source: "drops", number: "1") {RUNS}'),
        (OTHER, f'importRows(source: "drops", run: "1") {ROWS}'),
        (OWN, f'importRuns(source: "market") {RUNS}'),
        (OWN, f'importRuns(source: "nowhere") {RUNS}'),
        (OWN, f'importRows(source: "drops", run: "99") {ROWS}'),
        (OWN, f'importRows(source: "drops", run: "九") {ROWS}'),
    ],
)
async def test_what_is_not_theirs_is_answered_like_what_is_not_there(desk, name, question):
    """Sources of other departments, sources without files, numbers of no file."""
    assert await refused(desk, name, question) == "IMPORT_NOT_FOUND"


@pytest.mark.parametrize("name", ["clerk", "dev"])
async def test_for_others_the_questions_do_not_exist(desk, name):
    """As little as any that is not offered to them."""
    assert await refused(desk, name, f'importRuns(source: "drops") {RUNS}') == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize("first", [0, 101])
async def test_bounds_are_said(desk, first):
    """A list has a length."""
    assert await refused(desk, OWN, f'importRuns(source: "drops", first: {first}) {RUNS}') == "BAD_USER_INPUT"


async def test_a_store_that_cannot_be_read_is_said(desk):
    """With a code that says to try again, and no cause."""
    (desk.hall.world.folder / "drops.db").write_bytes(b"\xff" * 8192)
    for rest in desk.hall.world.folder.glob("drops.db-*"):
        rest.unlink()
    desk.hall.world.hub.sources["drops"].reports.close()
    assert await refused(desk, OWN, f'importRuns(source: "drops") {RUNS}') == "IMPORTS_UNAVAILABLE"


async def test_a_source_before_its_first_file_has_none(tmp_path):
    """And makes no store by being asked."""
    lay_key(tmp_path / "keys-of-files")

    def edit(written):
        return with_files(written).replace('"file:drops.key"', f'"file:{tmp_path}/keys-of-files/drops.key"')

    async with open_bureau(tmp_path / "hub", edit) as bureau:
        assert await read(bureau, OWN, f'importRuns(source: "drops") {RUNS}') == []
        assert not (bureau.hall.world.folder / "drops.db").exists()


async def test_owners_see_how_their_source_runs_in_words(desk):
    """A failure with what it means and what to do; another department's steward sees the state only."""
    asked = (
        "sources { name departmentCode takesFiles operations { lastFailureCode lastFailureMeans toDo toDoEn limitMs } }"
    )
    for name, sees in ((OWN, True), (OTHER, False), ("admin", True)):
        found = {one["name"]: one for one in await read(desk, name, asked)}
        assert (found["drops"]["takesFiles"], found["market"]["takesFiles"]) == (True, False)
        assert found["drops"]["departmentCode"] == "market"
        assert (found["drops"]["operations"] is not None) == sees
