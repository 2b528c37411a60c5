"""`chengxin-hub grants`: looked at by the operator and by people, confirmed, drafted, exported and imported."""

import csv
import io
import json
import time
from datetime import timedelta

import openpyxl
import pytest

from auth.roles import Role
from auth.server import second_factor
from hub.callers.people import Account
from tests.commands.office import CITIZEN, opened

PASSWORD = "correct horse battery"
KEY = second_factor.fresh_key()
PEOPLE = {"wang": ("market", Role.CLERK), "steward": ("register", Role.STEWARD)}


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A hub with a clerk and a steward, who have one password."""
    with opened(tmp_path / "hub") as found:
        (tmp_path / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
        monkeypatch.setenv("HUB_PASSWORD_FILE", str(tmp_path / "password"))

        def add(ledger):
            for name, (department, role) in PEOPLE.items():
                factor = KEY if role is Role.STEWARD else None
                ledger.people.add(Account("", name, f"测试{name}", department, role, second_factor=factor), PASSWORD)

        found.hub.attendant.perform(add)
        yield found


def acting(name, *words, later=0):
    """Words of a command with which somebody acts; a code works once, so that the next one is of a later moment."""
    code = ("--code", second_factor.code_at(KEY, time.time() + later)) if name == "steward" else ()
    return ("grants", *words, "--as", name, "--purpose", "SERVICE", *code)


def test_the_operator_looks_at_all_grants(office):
    """As lines, as JSON, as CSV; by their parts; one of them with everything it says."""
    lines = office.done("grants", "list").stdout.splitlines()
    names = {line.split()[0] for line in lines}
    assert "G-BOUND" in names
    told = json.loads(office.done("grants", "list", "--json").stdout)
    assert {one["id"] for one in told} == names
    rows = list(csv.DictReader(io.StringIO(office.done("grants", "list", "--csv").stdout)))
    assert {row["id"] for row in rows} == names
    assert next(row for row in rows if row["id"] == "G-BOUND")["rows"] == "divisionCode in $division"
    few = office.done("grants", "list", "--department", "market", "--role", "CLERK", "--state", "in_force").stdout
    assert {line.split()[0] for line in few.splitlines()} < names
    shown = office.done("grants", "show", "G-BOUND").stdout
    assert shown.startswith("市场监督管理局的大厅窗口，为政务服务，可查主体身份，")
    assert "Market Regulation, in the role of counter clerk" in shown
    assert "数源部门 / owners: register" in shown


def test_versions_are_listed(office):
    """As lines, as JSON and as CSV."""
    assert office.done("grants", "history", "G-BOUND").stdout.split()[0] == "1"
    assert json.loads(office.done("grants", "history", "G-BOUND", "--json").stdout)[0]["recordedBy"] == "configuration"
    rows = list(csv.DictReader(io.StringIO(office.done("grants", "history", "G-BOUND", "--csv").stdout)))
    assert [row["number"] for row in rows] == ["1"]


def test_people_see_what_they_may(office):
    """The same commands as somebody."""
    every = {line.split()[0] for line in office.done("grants", "list").stdout.splitlines()}
    mine = {line.split()[0] for line in office.done(*acting("wang", "list")).stdout.splitlines()}
    assert "G-BOUND" in mine
    assert mine < every
    foreign = min(every - mine)
    office.refused(*acting("wang", "show", foreign))


def test_a_steward_confirms(office):
    """For a year, or until a day."""
    until = (office.hub.gateway.clock.today() + timedelta(days=60)).isoformat()
    said = office.done(*acting("steward", "recertify", "G-BOUND", "--until", until)).stdout
    assert said == f"G-BOUND: 确认至 / confirmed until {until}\n"
    assert ("GRANTS_RECERTIFIED", "GRANTED") in office.acts()
    assert f"register → {until}" in office.done("grants", "show", "G-BOUND").stdout
    assert "GRANT_NOT_FOUND" in office.refused(
        *acting("steward", "recertify", "G-NONE", later=second_factor.STEP), code=1
    )


@pytest.mark.parametrize("name", ["grants.xlsx", "grants.csv"])
def test_what_is_exported_edited_and_imported(office, name):
    """Untouched it changes nothing; edited it is previewed row by row, and becomes one draft."""
    path = office.folder / name
    office.done(*acting("wang", "export", str(path)))
    assert "无变化 / As it is in force" in office.done(*acting("wang", "import", str(path))).stdout
    assert office.rows("SELECT count(*) FROM access_requests") == [(0,)]
    last = (office.hub.gateway.clock.today() + timedelta(days=30)).isoformat()
    edit(path, "G-BOUND", "截止日", last)
    seen = office.done(*acting("wang", "import", str(path), "--preview")).stdout
    assert "提前结束" in seen
    assert f"截止日 / ends: 2099-12-31 → {last}" in seen
    assert office.rows("SELECT count(*) FROM access_requests") == [(0,)]
    done = office.done(*acting("wang", "import", str(path)))
    ((number, state),) = office.rows("SELECT number, state FROM access_requests")
    assert state == "DRAFT"
    assert number in done.stdout
    assert "起草" in done.stderr


def test_an_import_with_mistakes_says_which_and_fails(office):
    """File line, column and what may be meant; nothing is drafted."""
    path = office.folder / "grants.csv"
    office.done(*acting("wang", "export", str(path)))
    edit(path, "G-BOUND", "授权范围", "entity.identiti")
    result = office.type(*acting("wang", "import", str(path)))
    assert result.exit_code == 1
    assert "✗ 授权范围 / scopes" in result.stdout
    assert "entity.identity" in result.stdout
    assert office.rows("SELECT count(*) FROM access_requests") == [(0,)]


def test_a_template_needs_a_purpose_of_its_scenario(office):
    """This hub has none: what to do is said, and nothing is drafted."""
    words = (
        "template",
        "government_service",
        "--department",
        "market",
        "--from",
        "2027-01-01",
        "--until",
        "2027-12-31",
    )
    assert "本网关没有场景“政务服务”的用途" in office.refused(*acting("wang", *words), code=1)
    assert office.rows("SELECT count(*) FROM access_requests") == [(0,)]


@pytest.mark.parametrize(
    "words",
    [
        ("show", "G-NOTHING"),
        ("show", CITIZEN),
        ("list", "--state", "nothing"),
        ("list", "--field", "Entity.nothing"),
        ("list", "--as-of", "yesterday"),
        ("export", "grants.pdf"),
        ("import", "nowhere.xlsx", "--as", "wang"),
        (
            "template",
            "PARTY",
            "--department",
            "market",
            "--from",
            "2027-01-01",
            "--until",
            "2027-12-31",
            "--as",
            "wang",
        ),
        ("template", "CAMPUS", "--department", "market", "--from", "soon", "--until", "2027-12-31", "--as", "wang"),
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_what_is_typed_wrong_is_refused(office, words):
    """With two sentences, and no citizen number."""
    assert CITIZEN not in office.refused("grants", *words)


def edit(path, grant, head, text):
    """Change a cell of an exported file."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        lines = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    else:
        lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    place = lines[0].index(head)
    for line in lines[1:]:
        if line[0] == grant:
            line[place] = text
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for line in lines:
            book.worksheets[0].append(line)
        book.save(path)
    else:
        written = io.StringIO(newline="")
        csv.writer(written).writerows(lines)
        path.write_text(written.getvalue(), encoding="utf-8")
