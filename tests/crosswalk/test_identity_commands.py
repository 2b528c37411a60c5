"""`chengxin-hub identities | corrections | quality`: by command as by mutation, each as its person."""

import csv
import json
import re

import pytest

from auth.roles import Role
from auth.server import second_factor
from hub.app import wire
from hub.callers.people import Account
from hub.settings import load_settings
from tests.callers.stand import configure
from tests.commands.office import BOUND, CITIZEN, Office

PASSWORD = "correct horse battery"
PEOPLE = {"one": ("register", Role.STEWARD), "two": ("register", Role.STEWARD), "wang": ("market", Role.CLERK)}
GRAIN, BAKERY = "91231282MA9X0A019P", "92231282MA9X0B02XT"


REGISTER = f"""uscc,name,kind,division,organisation
{GRAIN},肇东市金穗食品有限公司,ENTERPRISE,231282,
{BAKERY},,INDIVIDUAL,231282,
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A hub with two stewards of the register and a clerk; its register holds two synthetic entities."""
    folder = tmp_path_factory.mktemp("office")
    path = configure(folder / "hub", "http://127.0.0.1:8000", more=BOUND)
    (path.parent / "entities.csv").write_text(REGISTER, encoding="utf-8")
    (folder / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
    hub = wire(load_settings(path))

    def add(ledger):
        for name, (department, role) in PEOPLE.items():
            made = Account("", name, f"测试{name}", department, role, second_factor=second_factor.fresh_key())
            ledger.people.add(made, PASSWORD)

    hub.attendant.perform(add)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUB_PASSWORD_FILE", str(folder / "password"))
        yield Office(path.parent, hub)
    hub.database.close()


def acting(office, name, *words):
    """Words of a command with which somebody acts."""
    account = office.account(name)
    office.hub.attendant.perform(lambda ledger: ledger.people.take_step(account.id, 0))
    code = second_factor.code_at(account.second_factor, office.hub.gateway.clock.seconds())
    return (*words, "--as", name, "--purpose", "SERVICE", "--code", code)


def number(text, letter):
    """The number that an answer begins with."""
    (found,) = re.findall(rf"^{letter}-\d{{4}}-\d{{5}}", text, re.MULTILINE)[:1]
    return found


def test_keys_and_successions(office):
    """Linked, proposed, confirmed by somebody else, undone by both."""
    linked = office.done(*acting(office, "one", "identities", "link", "DA-1", GRAIN, "--evidence", "档案"))
    assert f"DA-1 → uscc:{GRAIN}" in linked.stdout
    assert "DA-1" in office.done(*acting(office, "one", "identities", "key", "DA-1")).stdout
    words = ("identities", "propose", "MERGED", "--before", BAKERY, "--after", GRAIN, "--reason", "重复登记")
    made = number(office.done(*acting(office, "one", *words)).stdout, "S")
    office.refused(*acting(office, "one", "identities", "confirm", made), code=1)
    assert "CONFIRMED" in office.done(*acting(office, "two", "identities", "confirm", made)).stdout
    assert made in office.done(*acting(office, "one", "identities", "show", BAKERY)).stdout
    for name, state in (("one", "UNDOING"), ("two", "UNDONE")):
        said = office.done(*acting(office, name, "identities", "undo", made, "--reason", "认定有误")).stdout
        assert state in said
    assert made in office.done(*acting(office, "one", "identities", "successions")).stdout
    moved = ("identities", "propose", "SPLIT", "--before", BAKERY, "--after", GRAIN, "--reason", "x", "--move", "wrong")
    office.refused(*acting(office, "one", *moved))


def test_what_a_batch_was_certain_of_is_linked(office, tmp_path):
    """Certain rows with a key; again it changes nothing, a key of somebody else is told of, and a mistake says where to go on."""
    sheet = tmp_path / "list.result.csv"
    head = "row,key,outcome,probability,uscc,registered_name,link,reasons"
    rows = [
        f"1,DB-1,MATCH,0.9990,{GRAIN},x,,名称相同",
        "2,DB-2,NEW,0.1000,,,,",
        f"3,DB-3,POSSIBLE,0.6000,{GRAIN},x,,",
        f"4,DB-1,MATCH,0.9990,{BAKERY},x,,名称相同",
    ]
    sheet.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    words = ("identities", "link-sheet", str(sheet))
    first = office.done(*acting(office, "one", *words))
    assert "linked 1, known before or somebody else's 1, not certain or without a key 2" in first.stdout
    assert "row 4" in first.stderr
    assert "linked 0" in office.done(*acting(office, "one", *words)).stdout
    assert "MATCHED  0.999" in office.done(*acting(office, "one", "identities", "key", "DB-1")).stdout
    sheet.write_text("\n".join([head, f"1,DB-4,MATCH,much,{GRAIN},x,,"]), encoding="utf-8")
    office.refused(*acting(office, "one", *words))
    sheet.write_text("\n".join([head, rows[0], "2,DB-5,MATCH,0.9990,91231282MA9X0A01XX,x,,"]), encoding="utf-8")
    assert "--from 2" in office.refused(*acting(office, "one", *words), code=1)


def test_reviews(office, tmp_path):
    """Queued from a file, listed with differences, decided."""
    pair = {
        "cause": "POSSIBLE",
        "key": "DA-2",
        "entity": {"uscc": GRAIN},
        "left": {"name": "金穗食品"},
        "right": {"name": "肇东市金穗食品有限公司"},
    }
    file = tmp_path / "pairs.json"
    file.write_text(json.dumps([pair]), encoding="utf-8")
    made = number(office.done(*acting(office, "one", "identities", "queue", str(file))).stdout, "V")
    assert "≠ name" in office.done(*acting(office, "two", "identities", "reviews")).stdout
    decide = ("identities", "decide", made, "--note", "不是同一家")
    office.refused(*acting(office, "one", *decide))
    assert "DISTINCT" in office.done(*acting(office, "one", *decide, "--distinct")).stdout
    sheet = tmp_path / "list.review.csv"
    head = "row,key,outcome,probability,uscc,registered_name,link,reasons,asked_name,asked_address,others,decision"
    sheet.write_text(
        f"{head}\n1,DA-3,POSSIBLE,0.6,{GRAIN},肇东市金穗食品有限公司,,,金穗,,,\n2,,NEW,0.1,,,,,甲,,,\n",
        encoding="utf-8",
    )
    assert number(office.done(*acting(office, "one", "identities", "queue", str(sheet))).stdout, "V") != made
    refused = tmp_path / "wrong.json"
    refused.write_text("{", encoding="utf-8")
    office.refused(*acting(office, "one", "identities", "queue", str(refused)))


def test_corrections(office):
    """Raised by one, answered by another, listed."""
    words = ("corrections", "raise", GRAIN, "Entity.name", "--stated", "金穗集团", "--evidence", "执照")
    made = number(office.done(*acting(office, "wang", *words)).stdout, "J")
    office.refused(
        *acting(office, "wang", "corrections", "raise", CITIZEN, "Entity.name", "--stated", "x", "--evidence", "x")
    )
    said = office.done(*acting(office, "one", "corrections", "answer", made, "confirmed", "--note", "登记无误")).stdout
    assert "CONFIRMED" in said
    assert "登记无误" in office.done(*acting(office, "wang", "corrections", "list")).stdout
    office.refused(*acting(office, "wang", "corrections", "withdraw", made), code=1)


def test_quality(office, tmp_path):
    """Run over all sources, shown to a steward, its rows written to a file that a spreadsheet reads as text."""
    ran = office.done("quality", "run", "register", "--batch", "2000").stdout
    assert number(ran, "Q")
    office.refused("quality", "run", "nowhere")
    shown = office.done(*acting(office, "one", "quality", "show")).stdout
    made = number(shown, "Q")
    to = tmp_path / "findings.csv"
    office.done(*acting(office, "one", "quality", "findings", made, "--to", str(to)))
    with to.open(encoding="utf-8-sig", newline="") as file:
        names, *rows = csv.reader(file)
    found = [dict(zip(names, row, strict=True)) for row in rows]
    assert [(one["rule"], one["field"], one["key"]) for one in found] == [("COMPLETE", "name", BAKERY)]
