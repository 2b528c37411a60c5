"""`chengxin-hub requests | calendar`: people deal with requests as themselves, an operator with the calendar."""

import json
import re
from datetime import timedelta

import pytest

from auth.roles import Role
from auth.server import second_factor
from hub.callers.people import Account
from tests.commands.office import CITIZEN, opened

PASSWORD = "correct horse battery"
GRANT = {"role": "CLERK", "purposes": ["SERVICE"], "fields": ["Division.name"], "legalBasis": "行政许可法"}
PEOPLE = {"wang": ("market", Role.CLERK), "steward": ("register", Role.STEWARD), "security": ("hub", Role.SEC)}
CALENDAR = "day,working,name\n2027-01-01,放假,元旦\n2027-01-03,上班,元旦\n"


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A hub with somebody who asks, a steward and a security administrator, with one password and an authenticator each."""
    with opened(tmp_path / "hub") as found:
        (tmp_path / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
        monkeypatch.setenv("HUB_PASSWORD_FILE", str(tmp_path / "password"))

        def add(ledger):
            for name, (department, role) in PEOPLE.items():
                made = Account("", name, f"测试{name}", department, role, second_factor=second_factor.fresh_key())
                ledger.people.add(made, PASSWORD)

        found.hub.attendant.perform(add)
        (found.folder / "grants.json").write_text(json.dumps({"grants": [GRANT]}), encoding="utf-8")
        yield found


def acting(office, name, *words):
    """Words of a command with which somebody acts; a code where they need one."""
    account = office.account(name)
    key = account.second_factor
    # As if half a minute had gone by since their last code, which works once.
    office.hub.attendant.perform(lambda ledger: ledger.people.take_step(account.id, 0))
    code = second_factor.code_at(key, office.hub.gateway.clock.seconds())
    return ("requests", *words, "--as", name, "--purpose", "SERVICE", "--code", code)


def asked(office, *words):
    """Number of a request that is made."""
    result = office.done(
        *acting(office, "wang", "ask", str(office.folder / "grants.json"), "--reason", "核对区划", *words)
    )
    return re.findall(r"R-\d{4}-\d{5}", result.stdout)[0]


def steps(office):
    """What was done with requests, by the record."""
    found = [json.loads(body).get("act", "") for (body,) in office.rows("SELECT body FROM entries ORDER BY position")]
    return [act for act in found if act.startswith("REQUEST_")]


def test_a_request_by_commands(office):
    """Asked, extended by nobody, answered, released and printed, each by its person."""
    number = asked(office)
    assert "SUBMITTED" in office.done(*acting(office, "wang", "list")).stdout
    shown = office.done(*acting(office, "steward", "show", number)).stdout
    assert "查看行政区划·" in shown
    assert "核对区划" in shown
    office.refused(*acting(office, "steward", "extend", number, "--reason", "人手不足"), code=1)
    assert "APPROVED" in office.done(*acting(office, "steward", "answer", number, "register", "--yes")).stdout
    released = office.done(*acting(office, "security", "release", number)).stdout
    assert "RELEASED" in released
    assert "G-" in released
    form = office.folder / "form.html"
    office.done(*acting(office, "wang", "print", number, "--to", str(form)))
    text = form.read_text(encoding="utf-8")
    assert "数据共享审批表" in text
    assert number in text
    assert not re.search(r"https?://|src=|@import|url\(", text)
    assert steps(office) == ["REQUEST_SUBMITTED", "REQUEST_ANSWERED", "REQUEST_RELEASED"]


def test_a_grant_is_renewed_and_ended_by_commands(office):
    """Both are requests like any other; an end needs nobody but security."""
    number = asked(office)
    office.done(*acting(office, "steward", "answer", number, "register", "--yes"))
    released = office.done(*acting(office, "security", "release", number)).stdout
    grant = re.findall(r"G-\d{3,}", released)[-1]
    ends = office.hub.gateway.clock.today() + timedelta(days=700)
    renewal = office.done(*acting(office, "wang", "renew", grant, "--until", str(ends), "--reason", "仍需核对")).stdout
    assert "SUBMITTED" in renewal
    office.done(*acting(office, "wang", "withdraw", re.findall(r"R-\d{4}-\d{5}", renewal)[0]))
    today = str(office.hub.gateway.clock.today())
    end = office.done(*acting(office, "wang", "end-grant", grant, "--last-day", today, "--reason", "不再需要")).stdout
    assert "APPROVED" in end
    assert (
        "RELEASED" in office.done(*acting(office, "security", "release", re.findall(r"R-\d{4}-\d{5}", end)[0])).stdout
    )
    office.refused(*acting(office, "wang", "renew", grant, "--until", "soon", "--reason", "仍需核对"))


def test_drafts_refusals_and_withdrawals_by_commands(office):
    """A draft is submitted; a no needs its basis; security refuses; whoever asked withdraws."""
    number = asked(office, "--draft")
    assert "DRAFT" in office.done(*acting(office, "wang", "show", number)).stdout
    office.done(*acting(office, "wang", "submit", number))
    assert "BASIS_REQUIRED" in office.refused(*acting(office, "steward", "answer", number, "register", "--no"), code=1)
    said = office.done(
        *acting(office, "steward", "answer", number, "register", "--no", "--basis", "个人信息保护法")
    ).stdout
    assert "REFUSED" in said
    other = asked(office)
    assert "REFUSED" in office.done(*acting(office, "security", "refuse", other, "--basis", "最小必要原则")).stdout
    third = asked(office)
    assert "WITHDRAWN" in office.done(*acting(office, "wang", "withdraw", third)).stdout
    assert third in office.done(*acting(office, "wang", "list", "--mine", "--state", "withdrawn")).stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "R-2020-00001"), 1),
        (("show", CITIZEN), 2),
        (("answer", "R-2026-00001", "register"), 2),
        (("release", "R-2026-00001"), 1),
        (("ask", "nowhere.json", "--reason", "演练"), 2),
        (("list", "--state", "nothing"), 1),
    ],
)
def test_what_commands_refuse(office, words, code):
    """With what it says over GraphQL, or what is wrong with what was typed."""
    assert CITIZEN not in office.refused(*acting(office, "wang", *words), code=code)


def test_whoever_cannot_prove_who_they_are_does_nothing(office, monkeypatch, tmp_path):
    """A wrong password, a wrong code."""
    number = asked(office)
    wrong = ("requests", "release", number, "--as", "security", "--purpose", "SERVICE", "--code", "000000")
    office.refused(*wrong, code=1)
    (tmp_path / "password").write_text("wrong\n", encoding="utf-8")
    office.refused(*acting(office, "steward", "answer", number, "register", "--yes"), code=1)
    assert steps(office) == ["REQUEST_SUBMITTED"]


def test_the_calendar_by_commands(office, tmp_path):
    """The next year is imported and shown; a request that waits moves with it; what is wrong says where."""
    assert "2026-02-14  Sat  上班 work  春节" in office.done("calendar", "show", "2026").stdout
    file = tmp_path / "2027.csv"
    file.write_text(CALENDAR, encoding="utf-8")
    assert "2027: 2 天" in office.done("calendar", "import", str(file)).stdout
    shown = office.done("calendar", "show", "2027").stdout.splitlines()
    assert shown == ["2027-01-01  Fri  放假 off   元旦", "2027-01-03  Sun  上班 work  元旦"]
    assert ("CALENDAR_IMPORTED", "GRANTED") in office.acts()
    file.write_text(CALENDAR + "2027-02-30,放假,无\n", encoding="utf-8")
    assert "line 4" in office.refused("calendar", "import", str(file))
    file.write_bytes(CALENDAR.encode("gb18030"))
    office.refused("calendar", "import", str(file))
    office.refused("calendar", "import", str(tmp_path / "nowhere.csv"))
