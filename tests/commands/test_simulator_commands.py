"""`grants as-of | replay | unused` and `selfcheck`, as whoever runs the hub types them."""

import csv
import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import insert

from auth.roles import Role
from hub import cli_simulator
from hub.callers.people import Account
from hub.exchange import replaying
from hub.exchange.changes import Change, ChangeKind
from hub.roster.grants import Grants
from hub.store.access_tables import access_requests
from hub.store.tables import entries
from tests.commands.office import opened

BOUND = "G-BOUND"


@pytest.fixture
def office(tmp_path):
    """A hub whose clerks are bound to a division, and whose store leads, since somebody holds an office."""
    with opened(tmp_path) as found:
        officer = Account("", "guard", "安全", "market", Role.SEC)
        found.hub.attendant.perform(lambda ledger: ledger.people.add(officer))
        yield found


def ending(office) -> list[Change]:
    """What ends every grant of the department's clerks with yesterday."""
    yesterday = office.hub.gateway.clock.today() - timedelta(days=1)
    found = office.hub.attendant.perform(lambda ledger: Grants(ledger.connection, ledger.now).current())
    return [Change(ChangeKind.END, one, yesterday) for one in found if one.concerns("market", Role.CLERK)]


def request(office, number="R-2026-00001"):
    """A request that ends the clerks' grants, in the store."""
    row = {
        "number": number,
        "state": "SUBMITTED",
        "department": "market",
        "asked_by": "p",
        "client": "c",
        "paper": False,
        "reason": b"-",
        "changes": json.dumps([change.body() for change in ending(office)]),
        "made_at": 0,
        "basis": "",
    }
    office.hub.attendant.perform(lambda ledger: ledger.connection.execute(insert(access_requests).values(row)))
    return number


def questions(office, many):
    """So many entries of questions of a clerk's client, as the record has them."""
    at = office.hub.gateway.clock.moment().text
    body = {
        "v": 1,
        "at": at,
        "client": "counter",
        "department": "market",
        "role": "CLERK",
        "purpose": "SERVICE",
        "fields": ["Entity.name"],
        "states": [],
    }

    def work(ledger):
        first = len(office.rows("SELECT position FROM entries"))
        rows = [
            {"position": first + n, "recorded_at": at, "request_id": f"r{n}", "body": json.dumps(body).encode()}
            for n in range(many)
        ]
        ledger.connection.execute(insert(entries), rows)

    office.hub.attendant.perform(work)


def test_the_grants_of_a_day(office, tmp_path):
    """As text, as CSV, as a page; of a department; those of the public are for every department."""
    today = office.hub.gateway.clock.today().isoformat()
    text = office.done("grants", "as-of", today).stdout
    assert f"授权编号 / Grant: {BOUND}" in text
    heading, *rows = csv.reader(io.StringIO(office.done("grants", "as-of", today, "--csv").stdout))
    assert BOUND in {row[0] for row in rows}
    assert len(heading) == len(rows[0])
    page = tmp_path / "grants.html"
    assert "grants" in office.done("grants", "as-of", today, "--html", str(page), "--department", "market").stdout
    assert BOUND in page.read_text(encoding="utf-8")
    assert "没有" not in office.done("grants", "as-of", "2020-01-01").stdout


def test_days_and_departments_that_are_none(office):
    """Each is refused with what to type instead."""
    assert "2026-03-01" in office.refused("grants", "as-of", "yesterday")
    assert "to come" in office.refused("grants", "as-of", "2999-01-01")
    today = office.hub.gateway.clock.today().isoformat()
    assert "market" in office.refused("grants", "as-of", today, "--department", "markt")
    missing = str(office.folder / "no" / "where.html")
    assert "written" in office.refused("grants", "as-of", today, "--html", missing, code=1)


def test_a_replay_by_command(office):
    """The questions that would answer less, by client and field."""
    number = request(office)
    questions(office, 5)
    shown = office.done("grants", "replay", number, "--days", "3").stdout
    assert "5 次查询" in shown
    assert "少答 / less: 5" in shown
    assert "Entity.name  不再可查 / Lost: 5" in shown


def test_a_replay_that_was_stopped_goes_on(office, monkeypatch):
    """Ctrl-C between two slices loses nothing; the next run reads only what was left; --anew reads all."""
    monkeypatch.setattr(replaying, "SLICE", 4)
    number = request(office)
    questions(office, 17)
    kept, read = replaying.advance, list[int]()

    def advance(connection, job, replayer):
        if len(read) == 2:
            raise KeyboardInterrupt
        read.append(job.next)
        return kept(connection, job, replayer)

    monkeypatch.setattr(cli_simulator, "advance", advance)
    stopped = office.type("grants", "replay", number)
    assert stopped.exit_code == 1
    assert "再次运行即从此处继续" in stopped.stderr
    ((reached,),) = office.rows("SELECT next FROM replays")
    assert reached == read[0] + 8

    def advance_on(connection, job, replayer):
        read.append(job.next)
        return kept(connection, job, replayer)

    monkeypatch.setattr(cli_simulator, "advance", advance_on)
    again = office.done("grants", "replay", number).stdout
    assert "17 次查询" in again
    assert "少答 / less: 17" in again
    assert read[2] == reached
    before = len(read)
    office.done("grants", "replay", number, "--anew")
    assert read[before] == read[0]


def test_a_request_that_is_none(office):
    """Refused, and nothing is kept."""
    office.refused("grants", "replay", "R-0")
    assert office.rows("SELECT * FROM replays") == []


def test_unused_fields_by_command(office):
    """What nobody asked for is listed by grant; what was asked is not."""
    before = office.done("grants", "unused").stdout
    assert "Entity.name" in before[before.index(BOUND) :].splitlines()[1]
    questions(office, 3)
    after = office.done("grants", "unused", "--days", "2").stdout
    assert "Entity.name" not in after[after.index(BOUND) :].splitlines()[1].split(": ")[1].split(", ")
    assert office.rows("SELECT field FROM asked_fields") == [("Entity.name",)]


def test_a_check_by_command(office):
    """It says that all agrees, or what does not, and then fails; accepted, it agrees again, and who did so is on record."""
    assert "相符 / agrees" in office.done("selfcheck").stdout
    office.hub.attendant.perform(
        lambda ledger: ledger.connection.exec_driver_sql(
            "UPDATE grants SET body = replace(body, '2099-12-31', '2098-12-31') WHERE id = 'G-BOUND'"
        )
    )
    found = office.type("selfcheck")
    assert found.exit_code == 1
    assert "授权内容与批准时不同 / A grant is not as it was approved: G-BOUND" in found.stdout
    assert "相符 / agrees" in office.done("selfcheck", "--accept").stdout
    acts = [act for act in office.acts() if act[0] in {"SELF_CHECKED", "POLICY_TABLE_ACCEPTED"}]
    assert acts == [
        ("SELF_CHECKED", "GRANTED"),
        ("SELF_CHECKED", "FAULTS"),
        ("POLICY_TABLE_ACCEPTED", "GRANTED"),
        ("SELF_CHECKED", "GRANTED"),
    ]


def test_the_doctor_tells_of_the_last_check(office):
    """Nothing before the first one; good, then bad."""
    words = ("doctor", "--json", "--seconds", "1", "--port", "0")

    def codes():
        return {one["code"] for one in json.loads(office.type(*words).stdout)}

    assert not [code for code in codes() if code.startswith("SELF_CHECK")]
    office.done("selfcheck")
    assert "SELF_CHECK_GOOD" in codes()
    office.hub.attendant.perform(lambda ledger: ledger.connection.exec_driver_sql("DELETE FROM grants"))
    office.type("selfcheck")
    assert "SELF_CHECK_FAULTS" in codes()
    office.hub.attendant.perform(
        lambda ledger: ledger.connection.exec_driver_sql("UPDATE self_checks SET faults = 0, made_at = 0")
    )
    assert "SELF_CHECK_OLD" in codes()
