"""`chengxin-hub bootstrap`, and what commands may do once there are officers."""

import re
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from auth.roles import Role
from auth.server import second_factor
from auth.server.passwords import hash_password
from hub.app import wire
from hub.cli import cli
from hub.settings import load_settings
from tests import postgres
from tests.callers.stand import configure
from tests.clients.browser import totp
from tests.commands.office import CLERK, opened
from tests.forks import FORKS

FIRST = (
    *("--department", "hub", "--admin", "bai", "--admin-label", "白雪松"),
    *("--security", "dai", "--security-label", "戴秋实", "--audit", "long", "--audit-label", "龙玉成"),
)
PASSWORD = "correct horse battery"
NEW_CLIENT = """
[[client]]
id = "canteen"
label = "食堂系统"
department = "market"
role = "CLERK"
purposes = ["SERVICE"]
"""


@pytest.fixture
def office(tmp_path):
    """A hub without officers."""
    with opened(tmp_path / "hub") as found:
        yield found


def enrolled(office, name, tmp_path, monkeypatch):
    """Have somebody set up their password and authenticator, and be at the keyboard: their options."""
    key = second_factor.fresh_key()

    def work(ledger):
        person = ledger.people.named(name).id
        ledger.people.change_password(person, hash_password(PASSWORD))
        ledger.people.enrol(person, key, 0)

    office.hub.attendant.perform(work)
    file = tmp_path / "password"
    file.write_text(PASSWORD, encoding="utf-8")
    monkeypatch.setenv("HUB_PASSWORD_FILE", str(file))
    monkeypatch.setenv("HUB_PURPOSE", "SERVICE")
    return lambda: ("--as", name, "--code", _next_code(key))


_USED: list[tuple[str, str]] = []


def _next_code(key):
    """A code that was not used: of the step before, of this one, or the next."""
    shown = second_factor.shown(key)
    for step in (-30, 0, 30):
        code = totp(shown, time.time() + step)
        if (shown, code) not in _USED:
            _USED.append((shown, code))
            return code
    raise AssertionError("three codes are enough for a test")


def test_bootstrap_makes_three_officers_and_closes(office):
    """Three lines with a password each, which is nowhere kept; a second time is refused, whatever is given."""
    told = office.done("bootstrap", *FIRST)
    lines = [line.split() for line in told.stdout.splitlines()]
    assert [line[:2] for line in lines] == [["bai", "ADMIN"], ["dai", "SEC"], ["long", "AUDIT"]]
    for name, role, password in lines:
        account = office.account(name)
        assert (account.role, account.must_change, account.second_factor) == (Role(role), True, None)
        assert password.encode() not in office.store()
    assert "永久关闭" in office.refused("bootstrap", *FIRST, code=1)
    assert "永久关闭" in office.refused("bootstrap", "--close", code=1)
    assert office.acts().count(("BOOTSTRAPPED", "GRANTED")) == 1
    assert office.rows("SELECT count(*) FROM people") == [(3,)]


@pytest.mark.parametrize(
    "changed",
    [{"dai": "bai"}, {"戴秋实": "白 雪松"}, {"龙玉成": ""}, {"hub": "nowhere"}],
)
def test_three_officers_are_three_people(office, changed):
    """Neither account names nor names may be the same; nothing is made otherwise."""
    given = [changed.get(word, word) for word in FIRST]
    assert office.type("bootstrap", *given).exit_code in {1, 2}
    assert office.rows("SELECT count(*) FROM people") == [(0,)]
    assert office.rows("SELECT count(*) FROM bootstraps") == [(0,)]


def test_it_is_refused_where_anybody_holds_an_office(office):
    """Or ever did: also once the account was ended. All three being held, it can be closed."""
    office.done("people", "add", "old", "--label", "旧人", "--department", "hub", "--role", "SEC")
    office.done("people", "end", "old")
    assert "--close" in office.refused("bootstrap", *FIRST, code=1)
    assert "people add" in office.refused("bootstrap", "--close", code=1)
    for name, role in (("a1", "ADMIN"), ("s1", "SEC"), ("u1", "AUDIT")):
        office.done("people", "add", name, "--label", name, "--department", "hub", "--role", role)
    office.done("bootstrap", "--close")
    assert "永久关闭" in office.refused("bootstrap", *FIRST, code=1)


def race(config, start, told):
    """One of two that come together."""
    start.wait()
    result = CliRunner().invoke(cli, ["bootstrap", *FIRST, "--config", str(config)])
    told.put((result.exit_code, result.output))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_two_that_come_together_one_is_first(tmp_path, kind, request):
    """Two processes over one store: three officers, of one of them; the other is refused by the sentence."""
    with ExitStack() as stack:
        store = "sqlite:///hub.db"
        if kind == "postgresql":
            server = request.getfixturevalue("postgres_server")
            store = stack.enter_context(postgres.fresh_database(server))
        config = configure(tmp_path / "hub", "http://127.0.0.1:8000", store)
        with closing(wire(load_settings(config)).database):
            pass
        start, told = FORKS.Event(), FORKS.Queue()
        both = [FORKS.Process(target=race, args=(config, start, told), daemon=True) for _ in range(2)]
        for one in both:
            one.start()
        start.set()
        found = sorted(told.get(timeout=120) for _ in both)
        for one in both:
            one.join()
        assert [code for code, _ in found] == [0, 1], found
        assert "closed for good" in found[1][1]
        hub = wire(load_settings(config))
        everybody = hub.attendant.perform(lambda ledger: ledger.people.all())
        hub.database.close()
        assert sorted(one.role.value for one in everybody) == ["ADMIN", "AUDIT", "SEC"]


@pytest.mark.parametrize(
    "words",
    [
        ("people", "add", "zhang", *CLERK),
        ("people", "change", "bai", "--role", "SEC"),
        ("people", "reset", "long"),
        ("people", "end", "dai"),
        ("clients", "secret", "portal"),
        ("clients", "withdraw", "x"),
    ],
)
def test_commands_are_no_way_around(office, words):
    """Once there are officers the operator changes no people and gives no secrets; nothing is done."""
    office.done("bootstrap", *FIRST)
    before = office.acts()
    assert "--as" in office.refused(*words, code=1)
    assert office.acts() == before


def test_no_token_is_signed_for_an_officer(office):
    """Nor for any person; for a system of a department it is as before."""
    office.done("bootstrap", *FIRST)
    for words in (("auditor",), ("machine", "--person", office.account("bai").id)):
        assert "三员" in office.refused("token", "--client", *words, code=1)
    assert office.done("token", "--client", "machine").stdout.count(".") == 2


def test_freezing_stays_with_the_operator(office):
    """Safety goes first; the record says that nobody had signed in."""
    office.done("bootstrap", *FIRST)
    office.done("freeze", "field", "Entity.contactPhone", "--reason", "演练")
    assert "field  Entity.contactPhone" in office.done("frozen").stdout
    office.done("thaw", "field", "Entity.contactPhone")
    assert office.acts()[-2:] == [("FROZEN", "GRANTED"), ("THAWED", "GRANTED")]
    assert "是否应为" in office.refused("freeze", "field", "Entity.contactPhon", "--reason", "x")


def test_an_administrator_does_it_by_command(office, tmp_path, monkeypatch):
    """With password and code: people, clients and departments; the record names the person."""
    office.done("bootstrap", *FIRST)
    who = enrolled(office, "bai", tmp_path, monkeypatch)
    told = office.done("people", "add", "zhang", *CLERK, *who())
    assert re.fullmatch(r"\S{8,}\n", told.stdout)
    file = tmp_path / "clients.toml"
    file.write_text(NEW_CLIENT, encoding="utf-8")
    assert "done" in office.done("clients", "put", str(file), *who()).stdout
    assert "canteen" in office.done("clients", "list").stdout
    assert office.done("clients", "secret", "canteen", *who()).stdout
    person = office.hub.attendant.vault.short("person", office.account("bai").id)
    added = [row for row in office.rows("SELECT body FROM entries") if b"SECRET_ADDED" in row[0]]
    assert person.encode() in added[-1][0]


def test_only_a_system_administrator_does_it(office, tmp_path, monkeypatch):
    """Another officer is refused by the hub's own rooms."""
    office.done("bootstrap", *FIRST)
    who = enrolled(office, "dai", tmp_path, monkeypatch)
    assert office.type("people", "add", "zhang", *CLERK, *who()).exit_code == 1
    assert office.type("clients", "secret", "portal", *who()).exit_code == 1
    assert office.rows("SELECT count(*) FROM people") == [(3,)]


def test_before_there_are_officers_it_says_so(office):
    """A note on the standard error, and the command is done."""
    assert "bootstrap" in office.done("people", "add", "zhang", *CLERK).stderr


def test_officers_need_a_way_in(tmp_path):
    """Without a portal they could not sign in anywhere, and the file would not be read any more."""
    with opened(tmp_path / "hub") as office:
        path = Path(office.folder / "hub.toml")
        path.write_text(path.read_text(encoding="utf-8").replace("portal = true\n", ""), encoding="utf-8")
        assert "portal" in office.refused("bootstrap", *FIRST, code=1)
