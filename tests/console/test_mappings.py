"""Mappings: what a steward sees of their own source, what a trial shows, and what it never shows."""

import re
import sqlite3
from contextlib import closing

import pytest
from pydantic import SecretStr

from adapters.mapping import RecordOptions
from hub.console.mapping_form import Form, Said, read_fields, read_text, take, write_text
from hub.console.mappings import said_of
from hub.mapping.drafts import read_draft, written
from hub.mapping.sampling import MOST_ANSWER, ROWS
from hub.mapping.trials import Mappings, TrialWish
from hub.mapping.trying import BadMapping
from hub.settings import load_settings
from schema.catalogue import fold_catalogue
from tests.acts.hall import CITIZEN

STEWARD = "steward-registrar"
CATALOGUE = fold_catalogue()
GIVES = """{ faults { place text } unsampled unsampledEn count missing withheld mapping difference
  rows { cells { place column before after readable masked } } places { place filled unreadable }
  columns { name label veiled } suggestions { place column how confidence reasons } }"""


async def mappings(cabin, name):
    """What runs, as somebody is told."""
    hall = cabin.bureau.hall
    text = "{ sourceMappings { source label department kind record recordLabel sampled mapping } }"
    return (await hall.act(cabin.bureau.someone(name), text, None))["sourceMappings"]


async def tried(cabin, source, record, name=STEWARD, **more):
    """What comes of a trial."""
    text = f"""mutation Try($source: String!, $record: String!, $mapping: String, $answer: String) {{
      tryMapping(source: $source, record: $record, mapping: $mapping, answer: $answer) {GIVES} }}"""
    variables = {"source": source, "record": record, **more}
    return (await cabin.bureau.hall.act(cabin.bureau.someone(name), text, variables=variables))["tryMapping"]


async def register(cabin):
    """The mapping of the register's entities."""
    return next(one for one in await mappings(cabin, STEWARD) if one["record"] == "Entity")


def cells(trial, place):
    """What stands at a place, before and after."""
    return [(cell["before"], cell["after"]) for row in trial["rows"] for cell in row["cells"] if cell["place"] == place]


async def test_a_steward_sees_and_tries_the_mappings_of_their_department_only(cabin):
    """Audit and system administration see all, and try none; to others there are none."""
    hall = cabin.bureau.hall
    assert {one["source"] for one in await mappings(cabin, STEWARD)} == {"register"}
    assert {one["department"] for one in await mappings(cabin, "steward-market")} == {"market"}
    assert len(await mappings(cabin, "admin")) > len(await mappings(cabin, "steward-market"))
    trying = 'mutation { tryMapping(source: "register", record: "Entity") { position } }'
    assert await hall.refused(cabin.bureau.someone("steward-market"), trying) == "MAPPING_NOT_FOUND"
    unknown = 'mutation { tryMapping(source: "register", record: "Licence") { position } }'
    assert await hall.refused(cabin.bureau.someone(STEWARD), unknown) == "MAPPING_NOT_FOUND"
    for name in ("admin", "auditor", "clerk", "sec"):
        assert await hall.refused(cabin.bureau.someone(name), trying) == "GRAPHQL_VALIDATION_FAILED"
    assert hall.acts("MAPPING_TRIED") == []


async def test_a_trial_shows_cells_before_and_after_masked_and_on_record(cabin):
    """What concerns persons is cut on both sides, for their own steward too; no value is in the record or the store."""
    hall = cabin.bureau.hall
    trial = await tried(cabin, "register", "Entity")
    assert (trial["faults"], trial["unsampled"], trial["difference"]) == ([], None, "")
    assert 0 < trial["count"] <= ROWS
    sums = [(before, after) for before, after in cells(trial, "registeredCapital") if before and after]
    assert sums
    assert all(after == f"{float(before) * 10_000:.0f} CNY" for before, after in sums)
    assert all("*" in before and "*" in after for before, after in cells(trial, "legalRepresentative") if before)
    with closing(sqlite3.connect(hall.world.folder / "register.db")) as connection:
        (table,) = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchone()
        persons = [name for row in connection.execute(f"SELECT FRXM, LXDH FROM {table}") for name in row if name]  # noqa: S608
    assert persons
    assert not [one for one in persons if one in str(trial)]
    (entry,) = hall.acts("MAPPING_TRIED")
    assert (entry["outcome"], entry["told"]["source"], entry["told"]["record"]) == ("GRANTED", "register", "Entity")
    assert entry["told"]["rows"] == str(trial["count"])
    kept = str(hall.rows("SELECT result FROM acts_done")) + str(entry)
    names = [after for _, after in cells(trial, "name") if after]
    assert names
    assert not [name for name in names if name in kept]
    assert hall.rows("SELECT digest FROM acts_done") == []


async def test_what_concerns_persons_is_not_read_as_something_else(cabin):
    """Neither its text, nor whether it is a code, nor how many are: a draft is no way around a mask."""
    runs = (await register(cabin))["mapping"]
    draft = runs.replace('businessScope = "JYFW"', 'businessScope = "LXDH"')
    draft = draft.replace('status = "ZT"', 'status = { column = "FRXM", codes = { "欧阳*" = "ACTIVE" } }')
    trial = await tried(cabin, "register", "Entity", mapping=draft)
    assert trial["withheld"] == ["businessScope", "status"]
    assert {place["place"] for place in trial["places"]}.isdisjoint(trial["withheld"])
    assert cells(trial, "status") == cells(trial, "businessScope") == []
    assert {one["name"] for one in trial["columns"] if one["veiled"]} >= {"FRXM", "LXDH", "ZS"}
    assert 'businessScope = "LXDH"' in trial["difference"]


async def test_a_draft_asks_nothing_of_persons_by_what_it_takes_for_missing(cabin):
    """Which row is of a name or number that somebody thinks of; what stands for nothing anywhere may be said."""
    runs = (await register(cabin))["mapping"]
    (line,) = [line for line in runs.splitlines() if line.startswith("legalRepresentative = ")]
    for said, withheld in (('["欧阳锦程"]', ["legalRepresentative"]), ('["无", "--", "NULL"]', [])):
        draft = runs.replace(line, f'legalRepresentative = {{ column = "FRXM", absent = {said} }}')
        trial = await tried(cabin, "register", "Entity", mapping=draft)
        assert (trial["faults"], trial["withheld"]) == ([], withheld)
        assert bool(cells(trial, "legalRepresentative")) is not bool(withheld)
    whole = runs.replace('record = "Entity"\n', 'record = "Entity"\nabsent = ["欧阳锦程"]\n', 1)
    trial = await tried(cabin, "register", "Entity", mapping=whole)
    assert "legalRepresentative" in trial["withheld"]
    assert cells(trial, "legalRepresentative") == []


async def test_a_column_of_persons_is_one_for_every_record_of_its_table(cabin):
    """What one mapping says of a column holds for the draft of another record that lies there, be its name a number."""
    folder = cabin.bureau.hall.world.folder
    with closing(sqlite3.connect(folder / "shared.db")) as connection, connection:
        connection.execute("CREATE TABLE shared (F1 TEXT, F17 TEXT)")
        connection.executemany("INSERT INTO shared VALUES (?, ?)", [(f"n{n}", f"老粮库后身{n}门") for n in range(9)])
    settings = load_settings(folder / "hub.toml")
    (source,) = [one for one in settings.sources if one.name == "register"]
    lies = {"table": "shared", "local": "F1"}
    entity, penalty = (
        type(source.record[0]).model_validate({"record": record, "columns": columns, **lies})
        for record, columns in (("Entity", {"address": "F17"}), ("Penalty", {"decisionNo": "F1"}))
    )
    address = SecretStr(f"sqlite:///{folder / 'shared.db'}")
    both = source.model_copy(update={"record": (entity, penalty), "url": address})
    draft = '[[source.record]]\nrecord = "Penalty"\nlocal = "F1"\n[source.record.columns]\nfacts = "F17"\n'
    found = await Mappings([both], CATALOGUE).attempt(TrialWish("register", "Penalty", draft))
    assert found.unsampled is None
    assert found.veiled == {"F17"}
    assert found.trial is not None
    assert found.trial.withheld == ["facts"]
    assert "老粮库" not in str(found.trial)


async def test_a_draft_that_is_wrong_reads_no_row_and_says_where(cabin):
    """Each fault with its place; the source is not looked at, and that it was tried is on record."""
    runs = (await register(cabin))["mapping"]
    draft = runs.replace('name = "MC"', 'name = { column = "MC", type = "excel" }').replace(
        'uscc = "TY', 'nothing = "TY'
    )
    trial = await tried(cabin, "register", "Entity", mapping=draft)
    assert {one["place"] for one in trial["faults"]} == {"columns.name", "columns.nothing"}
    assert (trial["count"], trial["rows"], trial["columns"]) == (0, [], [])
    assert [entry["outcome"] for entry in cabin.bureau.hall.acts("MAPPING_TRIED")] == ["FAULTY"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "mapping"),
        ("x = [", "mapping"),
        ("a = " + "[" * 5_000, "mapping"),
        ('[[source]]\nname = "register"\nurl = "sqlite:////etc/passwd"', "mapping"),
        ('[[source.record]]\nrecord = "Licence"\nlocal = "XH"', "record"),
        ('[[source.record]]\nrecord = "Entity"\nlocal = "XH"\ntable = "secrets"\n[source.record.columns]\n', "table"),
        ('[[source.record]]\nrecord = "Entity"\n[source.record.columns]\nname = "MC"', "local"),
        ('[[source.record]]\nrecord = "Entity"\nlocal = "XH"\ncolumns = 3', "columns"),
        ("[[source.record]]\n[[source.record]]", "mapping"),
        ("#" * 50_000, "mapping"),
    ],
)
async def test_what_is_no_mapping_of_this_record_is_refused(cabin, text, place):
    """No other table, no other source, nothing that cannot be read; always an answer that names the place."""
    trial = await tried(cabin, "register", "Entity", mapping=text)
    assert trial["faults"][0]["place"].split(".")[0] == place
    assert trial["rows"] == []


async def test_suggestions_are_for_what_is_not_so_already(cabin):
    """A field that was left out or reads another column is suggested with how it is read."""
    runs = (await register(cabin))["mapping"]
    trial = await tried(cabin, "register", "Entity", mapping=runs.replace('name = "MC"\n', ""))
    found = {one["place"]: one for one in trial["suggestions"]}
    assert (found["name"]["column"], found["name"]["how"]) == ("MC", '"MC"')
    assert found["name"]["confidence"] > 0.5


async def test_an_answer_can_be_pasted_and_holds_no_number_of_a_person(cabin):
    """It is tried like rows of the source; one with a citizen's number is refused as a whole, one that is no JSON is told."""
    row = '[{"XH": "9", "MC": "肇东市试读商店", "FRXM": "欧阳试读", "TYSHXYDM": "91231282MA9X0A019P", "ZCZB": "x"}]'
    trial = await tried(cabin, "register", "Entity", answer=row)
    assert cells(trial, "name") == [("肇东市试读商店", "肇东市试读商店")]
    assert "欧阳试读" not in str(trial)
    assert next(one for one in trial["places"] if one["place"] == "registeredCapital")["unreadable"] == 1
    assert "ZT" in trial["missing"]
    for answer in ("no json", "[" * 9_000, "[1, 2]", "x" * (MOST_ANSWER + 1)):
        told = await tried(cabin, "register", "Entity", answer=answer)
        assert told["unsampled"]
        assert told["rows"] == []
    text = (
        'mutation T($answer: String) { tryMapping(source: "register", record: "Entity", answer: $answer) { position } }'
    )
    with_number = {"answer": f'[{{"XH": "{CITIZEN}"}}]'}
    someone = cabin.bureau.someone(STEWARD)
    assert await cabin.bureau.hall.refused(someone, text, variables=with_number) == "LOOKS_LIKE_CITIZEN_ID"


async def test_a_source_that_cannot_be_read_leaves_the_draft(cabin):
    """What was changed is compared all the same, and nothing of the failure is repeated."""
    folder = cabin.bureau.hall.world.folder
    with closing(sqlite3.connect(folder / "register.db")) as connection, connection:
        (table,) = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchone()
        connection.execute(f"ALTER TABLE {table} RENAME TO gone_elsewhere")
    runs = (await register(cabin))["mapping"]
    trial = await tried(cabin, "register", "Entity", mapping=runs.replace('name = "MC"', 'name = "QYMC"'))
    assert "无法读取" in trial["unsampled"]
    assert table not in trial["unsampled"]
    assert '+name = "QYMC"' in trial["difference"]
    assert [entry["outcome"] for entry in cabin.bureau.hall.acts("MAPPING_TRIED")] == ["UNSAMPLED"]


def test_columns_that_are_never_read_do_not_become_fewer():
    """A draft that would open one is told so; one that closes another is taken."""
    rule = CATALOGUE.records["Entity"]
    running = read_draft(BARE.replace("LOCAL", 'local = "a"\nnever = ["ID_NO"]'), _bare(), rule)
    with pytest.raises(BadMapping) as refused:
        read_draft(BARE.replace("LOCAL", 'local = "a"'), running, rule)
    assert refused.value.faults == ("never: ID_NO holds numbers of persons and is never read",)
    more = BARE.replace("LOCAL", 'local = "a"\nnever = ["id_no", "ZJHM"]')
    assert read_draft(more, running, rule).never == ("id_no", "ZJHM")


BARE = '[[source.record]]\nrecord = "Entity"\nLOCAL\n[source.record.columns]\nname = "MC"\n'


def _bare():
    return RecordOptions.model_validate({"record": "Entity", "local": "a", "columns": {"name": "MC"}})


async def test_mappings_are_written_so_that_they_read_the_same(cabin):
    """Each of the configuration, by the text and by the form."""
    settings = load_settings(cabin.bureau.hall.world.folder / "hub.toml")
    for source in settings.sources:
        for record in source.record:
            text = written(record)
            rule = CATALOGUE.records[record.record]
            assert written(read_draft(text, record, rule)) == text
            assert written(read_draft(write_text(read_text(text)), record, rule)) == text


async def test_a_field_is_changed_tried_and_taken_in_the_form(cabin):
    """A suggestion is one press; the file holds what was tried; what is wrong is told at its field, and nothing is lost."""
    page, seat = "/console/sources/register/mapping?record=Entity", cabin.seat(STEWARD)
    opened = (await seat.get(page)).text
    assert cabin.bureau.hall.acts("MAPPING_TRIED") == []
    filled = dict(re.findall(r'name="([chk]\.[\w.]+)" value="([^"]+)"', opened))
    told = {name: value.replace("&#34;", '"') for name, value in filled.items()}
    shown = (await seat.post(page, act="try", **told | {"c.name": "NOWHERE"})).text
    assert "数据源没有这一列" in shown
    taking = re.search(r'value="(take:name = [^>]*)">', shown)
    assert taking is not None
    taken = (await seat.post(page, act=taking[1].replace("&#34;", '"'), **told | {"c.name": "NOWHERE"})).text
    assert 'name="c.name" value="MC"' in taken
    assert "与现行映射相同" in taken
    refused = await seat.post(page, act="try", **told | {"h.name": "type = "})
    assert refused.status_code == 400
    assert 'name="h.name" value="type ="' in refused.text
    wrong = (await seat.post(page, act="try", **told | {"h.name": 'type = "excel"'})).text
    assert '<p class="field-problem">读法 excel 不适用于此字段的类型</p>' in wrong
    typed = (await seat.post(page, act="try", **told | {"h.name": 'type = "excell"'})).text
    assert '<p class="field-problem">取值不对' in typed
    file = await seat.post(page, act="download", text="[[source.record]]\r\nrecord")
    assert file.headers["content-disposition"] == 'attachment; filename="register-Entity.toml"'
    assert file.text == "[[source.record]]\nrecord"
    assert (await seat.post(page, act="save", **told)).status_code == 400


async def test_others_look_at_a_mapping_without_a_form(cabin):
    """An administrator reads it; another department is told that there is none."""
    page = "/console/sources/register/mapping"
    shown = (await cabin.seat("admin").get(page)).text
    assert "TYSHXYDM" in shown
    assert 'name="c.name"' not in shown
    assert (await cabin.seat("steward-market").get(page)).status_code == 404
    assert (await cabin.seat(STEWARD).get("/console/sources/register/mapping?record=Licence")).status_code == 404
    assert (
        "/console/sources/register/mapping?record=Entity" in (await cabin.seat(STEWARD).get("/console/mappings")).text
    )
    link = 'href="/console/sources/register/mapping"'
    assert link in (await cabin.seat(STEWARD).get("/console/sources/register")).text
    assert link not in (await cabin.seat("steward-market").get("/console/sources/register")).text
    assert 'href="/console/mappings"' not in (await cabin.seat("clerk").get("/console")).text


def test_a_dialects_fields_are_left_out_by_a_word():
    """What a form empties does not come back from the dialect."""
    running = Form(
        {"name": Said("NAME"), "uscc": Said("CODE")},
        "",
        {"record": "Entity", "dialect": "x"},
        frozenset({"name", "uscc"}),
    )
    left = read_fields({"c.name": "NAME"}, running)
    assert "uscc = false" in write_text(left)


def test_a_suggestion_takes_the_place_of_what_was_said():
    """With its codes a line each."""
    form = take(Form({"status": Said("old")}), "status", '{ column = "ZT", codes = { 1 = "ACTIVE" }, loose = true }')
    assert form.places["status"] == Said("ZT", "loose = true", "1 = ACTIVE")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("Entity has no such field", "此记录没有这个字段"),
        ("codes lead to NO, which Entity.status does not have", "代码表指向不存在的取值：NO"),
        ("something that nobody foresaw", "something that nobody foresaw"),
    ],
)
def test_faults_are_said_in_chinese(fault, said):
    """One that is new is said as it is."""
    assert said_of(fault) == said
