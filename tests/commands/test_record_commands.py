"""`chengxin-hub record | disclosures`: auditors search and pack, merchants read and object, keys past their time are destroyed."""

import asyncio
import csv
import hashlib
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from auth.roles import Role
from auth.server import second_factor
from hub.audit.chains import period_of
from hub.audit.checkpoint import read_text
from hub.audit.note import read_note
from hub.audit.tree import leaf_hash, verify_inclusion
from hub.callers.ledger import StoreLedger
from hub.callers.people import Account
from hub.store.disclosure_tables import digest_chains
from tests.commands.office import opened
from tests.disclosure.crowd import crowd

PASSWORD = "correct horse battery"
PEOPLE = {"steward": ("register", Role.STEWARD), "audit": ("hub", Role.AUDIT)}
CODE = "91231282MA9X0A019P"


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A hub with a steward, an auditor, and some thirty questions on record."""
    with opened(tmp_path / "hub") as found:
        (tmp_path / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
        monkeypatch.setenv("HUB_PASSWORD_FILE", str(tmp_path / "password"))

        def add(ledger: StoreLedger) -> None:
            for name, (department, role) in PEOPLE.items():
                made = Account("", name, f"测试{name}", department, role, second_factor=second_factor.fresh_key())
                ledger.people.add(made, PASSWORD)
            crowd(ledger.connection, [(found.hub.gateway.clock.today(), 30)], people=3)

        found.hub.attendant.perform(add)
        yield found


def acting(office, name, *words):
    """Words of a command with which somebody acts."""
    account = office.account(name)
    office.hub.attendant.perform(lambda ledger: ledger.people.take_step(account.id, 0))
    code = second_factor.code_at(account.second_factor, office.hub.gateway.clock.seconds())
    return (*words, "--as", name, "--purpose", "SERVICE", "--code", code)


def acts(office):
    """Acts on record, and how they went."""
    found = [json.loads(row[0]) for row in office.rows("SELECT body FROM entries ORDER BY position")]
    return [(one["act"], one["outcome"]) for one in found if one.get("kind") == "act"]


def period(office):
    """This day, as options."""
    today = str(office.hub.gateway.clock.today())
    return ("--from", today, "--until", today)


def test_an_auditor_searches_by_command(office):
    """The index is filled, entries are listed with their cursor, and that is on record."""
    assert "已编入 31 条" in office.done("record", "index").stdout
    found = office.done(
        *acting(office, "audit", "record", "search", *period(office), "--client", "crowd", "--first", "5")
    )
    lines = found.stdout.splitlines()
    # Signing in left an entry that is not in the index yet.
    assert "索引到 31 为止" in lines.pop(5)
    assert len(lines) == 6
    assert all("market/crowd CLERK SERVICE" in line for line in lines[:5])
    assert lines[-1].endswith(lines[4].split()[0])
    assert ("LOG_SEARCHED", "GRANTED") in acts(office)
    assert "--only" in office.refused(*acting(office, "audit", "record", "search", *period(office), "--only", "x"))
    assert office.done(*acting(office, "audit", "record", "receivers", CODE, *period(office))).stdout == ""
    office.done(*acting(office, "audit", "record", "anomalies", *period(office)))
    office.done("record", "index", "--anew")
    assert ("INDEX_BEGUN_ANEW", "GRANTED") in acts(office)


def test_a_year_is_packed(office, tmp_path):
    """Every file is in the manifest with its hash; the counts are right; nothing is written twice, and it is on record."""
    year = str(office.hub.gateway.clock.today().year)
    folder = tmp_path / "pack"
    office.done("record", "pack", "--year", year, "--out", str(folder))
    manifest = json.loads((folder / "manifest.json").read_bytes())
    files = {one["name"]: one["sha256"] for one in manifest["files"]}
    assert files == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "manifest.json"
    }
    with (folder / "counts.csv").open(encoding="utf-8-sig") as file:
        (row,) = [one for one in csv.DictReader(file) if one["department"] == "market"]
    assert (row["questions"], row["answered"], row["entities"]) == ("30", "30", "30")
    assert json.loads((folder / "verify.json").read_bytes())["differences"] == []
    page = (folder / "summary.html").read_text(encoding="utf-8")
    assert f"{year} 年度审计材料" in page
    assert "各部门各用途查询情况" in page
    assert ("AUDIT_PACKED", "GRANTED") in acts(office)
    assert str(folder) in office.refused("record", "pack", "--year", year, "--out", str(folder))
    assert "--share" in office.refused("record", "pack", "--year", year, "--out", str(tmp_path / "x"), "--share", "0")


def test_an_altered_record_shows_in_the_pack(office, tmp_path):
    """The command ends with 1, and the pack says which entry."""
    asyncio.run(office.hub.sequencer.advance())
    office.rows("UPDATE entries SET recorded_at = '2020-01-01T00:00:00+08:00' WHERE position = 3")
    folder = tmp_path / "pack"
    year = str(office.hub.gateway.clock.today().year)
    result = office.type("record", "pack", "--year", year, "--out", str(folder))
    assert result.exit_code == 1
    assert json.loads((folder / "verify.json").read_bytes())["differences"][0]["first"] == 3


def test_entries_are_handed_on_with_their_proof(office, tmp_path):
    """Whoever has the file checks each entry against the checkpoint's root; what is not signed yet is refused."""
    file = tmp_path / "proof.json"
    assert "位置 3 " in office.refused("record", "proof", "3", "31", "--out", str(file), code=1)
    asyncio.run(office.hub.sequencer.advance())
    office.done("record", "proof", "3", "7", "3", "--out", str(file))
    told = json.loads(file.read_bytes())
    checkpoint = read_text(read_note(told["checkpoint"].encode()).text)
    assert [one["position"] for one in told["entries"]] == [3, 7]
    for one in told["entries"]:
        leaf, path = leaf_hash(one["entry"].encode()), [bytes.fromhex(step) for step in one["proof"]]
        verify_inclusion(leaf, one["position"], checkpoint.size, path, checkpoint.root)
        assert json.loads(one["entry"])["client"] == "crowd"
    assert str(file) in office.refused("record", "proof", "3", "--out", str(file))
    office.rows("UPDATE entries SET body = CAST(replace(body, 'crowd', 'other') AS BLOB) WHERE position = 3")
    result = office.type("record", "proof", "3", "--out", str(tmp_path / "another"))
    assert (result.exit_code, "未导出" in result.stderr) == (1, True)
    assert not (tmp_path / "another").exists()


def test_a_purge_takes_two_steps(office):
    """Nothing is past its time; then a preview with a code, a wrong code that does nothing, the right one, and a hold before."""
    assert "没有" in office.done("record", "purge").stdout
    month = period_of(str(office.hub.gateway.clock.today())) - 40

    def age(ledger: StoreLedger) -> None:
        # As if the chains had begun forty months ago.
        ledger.connection.execute(update(digest_chains).values(period=month))

    office.hub.attendant.perform(age)
    day = str(office.hub.gateway.clock.today() - timedelta(days=1200))
    held = office.done(*acting(office, "audit", "record", "hold", day, "--reason", "诉讼保全")).stdout.split()[0]
    preview = office.done("record", "purge").stdout
    assert "保全" in preview
    office.done(*acting(office, "audit", "record", "lift", held, "--reason", "已结案"))
    assert "lifted" in office.done(*acting(office, "audit", "record", "holds")).stdout
    preview = office.done("record", "purge").stdout
    (code,) = re.findall(r"--confirm ([0-9a-f]+)", preview)
    before = office.rows("SELECT secret FROM digest_chains ORDER BY name")
    result = office.type("record", "purge", "--confirm", "nonsense")
    assert result.exit_code == 2
    assert office.rows("SELECT secret FROM digest_chains ORDER BY name") == before
    office.done("record", "purge", "--confirm", code)
    assert not set(office.rows("SELECT secret FROM digest_chains")) & set(before)
    assert acts(office).count(("KEYS_DESTROYED", "GRANTED")) == 2
    assert office.type("record", "purge", "--confirm", code).stdout.startswith("日志")


def test_objections_and_recalls_by_command(office):
    """A steward recalls a fact; what is typed wrong is refused; an auditor lists and decides."""
    today = str(office.hub.gateway.clock.today())
    office.done("record", "index")
    words = ("disclosures", "recall", CODE, "Entity.name", "--since", today, "--reason", "更正")
    done = office.done(*acting(office, "steward", *words))
    assert done.stdout.startswith("H-")
    assert "--kind" in office.refused(*acting(office, "steward", *words, "--kind", "LOST"))
    assert office.done(*acting(office, "audit", "disclosures", "objections")).stdout == ""
    wrong = acting(office, "audit", "disclosures", "decide", "Y-2026-00001", "--finding", "无", "--justified")
    assert "OBJECTION_NOT_FOUND" in office.refused(*wrong, code=1)
