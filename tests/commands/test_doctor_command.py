"""`chengxin-hub doctor` as people and machines read it, and what it says of the hub itself."""

import json
import socket
from pathlib import Path

from hub.findings.findings import SAYINGS
from hub.findings.saying import Severity
from tests.commands.examined import TABLE, free_port, sqlite_file
from tests.commands.running import run

# ---------------------------------------------------------------- the command


HUB = """
[hub]
label = "试"
controller = "试"
base_url = "{base}"
[[department]]
code = "market"
label = "市场监管局"
[[purpose]]
code = "PUBLIC_QUERY"
label = "公众查询"
label_en = "Public enquiry"
public = true
[[source]]
name = "market"
kind = "sql"
department = "market"
url = "file:secrets/market"
[[source.record]]
record = "Entity"
table = "ent_info"
local = "id"
columns = {{ uscc = "uscc", name = "ent_name" }}
[[grant]]
id = "G-1"
department = "*"
role = "PUBLIC"
purposes = ["PUBLIC_QUERY"]
scopes = ["entity.identity"]
starts = 2020-01-01
ends = {ends}
legal_basis = "依据"
approved_by = "某人"
"""


def settled(folder: Path, base: str = "https://hub.example", ends: str = "2099-12-31") -> None:
    """A hub whose only source is well."""
    sqlite_file(folder, TABLE)
    (folder / "secrets").mkdir()
    (folder / "secrets/market").write_text("sqlite:///market.db")
    (folder / "secrets/market").chmod(0o600)
    (folder / "hub.toml").write_text(HUB.format(base=base, ends=ends), encoding="utf-8")


def diagnosed(folder: Path, *words: str) -> tuple[int, dict[str, str]]:
    """Exit code and code → severity of the findings, as a machine reads them."""
    ended = run(folder, "doctor", "--json", "--port", str(free_port()), *words)
    assert ended.stderr == ""
    return ended.returncode, {each["code"]: each["severity"] for each in json.loads(ended.stdout)}


def test_a_hub_that_is_well(tmp_path):
    """Where nothing is wrong, everything is good but that there are no officers yet; the exit code is 0 and nothing was made."""
    settled(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    code, found = diagnosed(tmp_path)
    assert code == 0
    assert {name for name, severity in found.items() if severity != "good"} == {"OFFICES_OPEN"}
    assert sorted(tmp_path.rglob("*")) == before


def test_a_hub_in_trouble(tmp_path):
    """Open secrets and keys, a broken key, a plain address, grants that are over and a taken port are all told."""
    settled(tmp_path, base="http://127.0.0.1:8000", ends="2020-12-31")
    (tmp_path / "secrets/market").chmod(0o644)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/root.key").write_bytes(b"short")
    (tmp_path / "hub.db").write_text("no database at all, but long enough to be looked at" * 100)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, found = diagnosed(tmp_path, "--port", str(taken.getsockname()[1]))
    assert code == 1
    bad = {name for name, severity in found.items() if severity == "bad"}
    assert bad == {"KEY_OPEN", "KEYS_BROKEN", "STORE_UNWRITABLE", "PORT_TAKEN"}
    assert {name for name, severity in found.items() if severity == "note"} == {"ADDRESS_PLAIN", "GRANTS_OVER"}


def test_findings_as_people_read_them(tmp_path):
    """Every finding has its sign, both languages, and what to do; the exit code is 1."""
    settled(tmp_path)
    (tmp_path / "market.db").unlink()
    ended = run(tmp_path, "doctor", "--port", str(free_port()))
    assert ended.returncode == 1
    assert "✗ 有误 market: 所指的文件不存在或无法打开 / the file it names does not exist" in ended.stdout
    assert "→ 核对路径" in ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("有误 1 项")


def test_a_configuration_with_mistakes_is_for_check(tmp_path):
    """Without a configuration that can be read there is nothing to examine: exit code 2 and the mistakes."""
    (tmp_path / "hub.toml").write_text("[hub]\n")
    ended = run(tmp_path, "doctor")
    assert ended.returncode == 2
    assert "hub.label" in ended.stderr


def test_every_finding_says_what_to_do():
    """Whatever is not good has something to do, in both languages, and every sentence can be filled."""
    for code, said in SAYINGS.items():
        assert bool(said.todo_zh and said.todo_en) is (said.severity is not Severity.GOOD), code
        assert said.zh != said.en
