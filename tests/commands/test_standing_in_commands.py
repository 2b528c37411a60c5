"""`chengxin-hub deputies | emergencies`: people appoint deputies and break glass as themselves."""

import re
from datetime import timedelta

import pytest

from auth.roles import Role
from auth.server import second_factor
from hub.callers.people import Account
from tests.commands.office import opened

PASSWORD = "correct horse battery"
PEOPLE = {
    "steward": ("register", Role.STEWARD),
    "helper": ("register", Role.CLERK),
    "admin": ("hub", Role.ADMIN),
    "security": ("hub", Role.SEC),
    "audit": ("hub", Role.AUDIT),
    "next": ("hub", Role.SEC),
}


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A hub with a steward, officers and colleagues, with one password and an authenticator each."""
    with opened(tmp_path / "hub") as found:
        (tmp_path / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
        monkeypatch.setenv("HUB_PASSWORD_FILE", str(tmp_path / "password"))
        monkeypatch.setenv("HUB_PURPOSE", "SERVICE")

        def add(ledger):
            for name, (department, role) in PEOPLE.items():
                made = Account("", name, f"测试{name}", department, role, second_factor=second_factor.fresh_key())
                ledger.people.add(made, PASSWORD)

        found.hub.attendant.perform(add)
        yield found


def acting(office, name, *words):
    """Words of a command with which somebody acts."""
    account = office.account(name)
    # As if half a minute had gone by since their last code, which works once.
    office.hub.attendant.perform(lambda ledger: ledger.people.take_step(account.id, 0))
    code = second_factor.code_at(account.second_factor, office.hub.gateway.clock.seconds())
    return (*words, "--as", name, "--purpose", "SERVICE", "--code", code)


def today(office, after=0):
    """A day from today on."""
    return str(office.hub.gateway.clock.today() + timedelta(days=after))


def test_a_deputy_by_commands(office):
    """Appointed for oneself, listed by both, ended; a day that is none is refused."""
    period = ("--from", today(office), "--until", today(office, 5), "--reason", "休假")
    done = office.done(*acting(office, "steward", "deputies", "appoint", "helper", *period))
    (deputation,) = done.stdout.split()
    for name in ("steward", "helper", "admin"):
        shown = office.done(*acting(office, name, "deputies", "list")).stdout
        assert re.search(rf"{deputation}  steward ← helper", shown)
    office.done(*acting(office, "steward", "deputies", "end", deputation))
    assert "已结束" in office.done(*acting(office, "helper", "deputies", "list")).stdout
    wrong = ("--from", "soon", "--until", today(office), "--reason", "休假")
    assert "--from" in office.refused(*acting(office, "steward", "deputies", "appoint", "helper", *wrong))


def test_the_deputy_of_an_officer_is_confirmed_by_another(office):
    """An administrator proposes, an auditor confirms; until then it says so."""
    period = ("--from", today(office), "--until", today(office, 5), "--reason", "休假")
    done = office.done(*acting(office, "admin", "deputies", "appoint", "helper", "--for", "steward", *period))
    assert done.stdout.strip()
    waiting = office.done(*acting(office, "security", "deputies", "appoint", "next", *period))
    assert "确认" in waiting.stderr
    assert "待确认" in office.done(*acting(office, "audit", "deputies", "list")).stdout
    office.done(*acting(office, "audit", "deputies", "confirm", waiting.stdout.strip()))
    assert "待确认" not in office.done(*acting(office, "audit", "deputies", "list")).stdout


def test_an_emergency_by_commands(office):
    """Opened by whoever needs it, seen by security, ended, reviewed by audit; a verdict has to be given."""
    given = ("Entity.contactPhone", "--under", "SERVICE", "--reason", "火灾现场须立即联系负责人")
    done = office.done(*acting(office, "steward", "emergencies", "open", *given))
    emergency = done.stdout.strip()
    assert "待复核" in office.done(*acting(office, "security", "emergencies", "list")).stdout
    office.done(*acting(office, "steward", "emergencies", "end", emergency))
    assert "--justified" in office.refused(
        *acting(office, "audit", "emergencies", "review", emergency, "--finding", "属实")
    )
    verdict = ("--finding", "情况属实", "--justified")
    office.done(*acting(office, "audit", "emergencies", "review", emergency, *verdict))
    assert "正当" in office.done(*acting(office, "steward", "emergencies", "list")).stdout
