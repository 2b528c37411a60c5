"""`chengxin-hub demo` as a stranger uses it: start, ask, explain, move the clock, Ctrl-C."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from auth.server import second_factor
from tests.commands.running import run

COMMAND = (sys.executable, "-c", "from hub.command import main; main()")
QUESTION = Path("hub/demo/questions/one_entity.graphql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Running:
    """A demo in a process of its own."""

    process: subprocess.Popen[bytes]
    base_url: str
    folder: Path

    def credentials(self) -> dict[str, dict[str, Any]]:
        """Entries of credentials.json by role; the first of each role."""
        entries = orjson.loads((self.folder / "credentials.json").read_bytes())
        found: dict[str, dict[str, Any]] = {}
        for entry in entries:
            found.setdefault(entry["role"], entry)
        return found

    def ask(self, question: str, role: str | None = None, **headers: str) -> dict[str, Any]:
        """Body of an answer over HTTP."""
        if role is not None:
            entry = self.credentials()[role]
            headers |= {"authorization": f"Bearer {entry['token']}", "hub-purpose": entry["purposes"][0]}
        answer = httpx2.post(f"{self.base_url}/graphql", json={"query": question}, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A running demo, ended with Ctrl-C."""
    folder = tmp_path_factory.mktemp("demo")
    port = _free_port()
    command = (*COMMAND, "demo", "--port", str(port), "--var", str(folder))
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    running = Running(process, f"http://127.0.0.1:{port}", folder)
    try:
        _wait_until_ready(running)
        yield running
    finally:
        process.kill()
        process.wait()


def _wait_until_ready(running: Running) -> None:
    for _ in range(600):
        with contextlib.suppress(httpx2.TransportError):
            if httpx2.get(f"{running.base_url}/readyz").status_code == 200:
                return
        assert running.process.poll() is None, "the demo ended by itself"
        time.sleep(0.1)
    raise AssertionError("the demo did not become ready")


def test_the_readme_question_joins_every_department(demo: Running) -> None:
    """One entity comes back joined from all three departments, without a token."""
    body = demo.ask(QUESTION)
    assert "errors" not in body
    entity = body["data"]["entity"]
    departments = {one["provenance"]["department"] for one in entity["licences"]}
    assert entity["name"]
    assert len(departments) == 2
    assert entity["creditStatus"]["headline"]
    assert entity["penalties"]
    assert entity["commitments"]


def test_another_department_gets_less_with_reasons(demo: Running) -> None:
    """The health officer asks the same and is told of each field that is denied, by whom and how to ask for it."""
    body = demo.ask(QUESTION, "SCHOOL")
    denied = [error["extensions"] for error in body["errors"]]
    assert denied
    assert all(one["state"] == "DENIED" and one["help"]["owner"] and one["help"]["howToRequest"] for one in denied)
    assert body["data"]["entity"]["name"]
    paths = {error["path"][1] for error in body["errors"]}
    assert all(body["data"]["entity"][name] is None for name in paths if name in ("commitments", "incentives"))


def test_explain_shows_that_denied_columns_are_never_asked_for(demo: Running) -> None:
    """No call of the plan carries a column that the caller is denied."""
    question = '{ entity(uscc: "91231282MA9X0A019P") { name contactPhone incentives { measureName minutesSaved } } }'
    ended = run(demo.folder, "explain", question, "--config", "hub.toml", "--client", "awards-screening")
    assert ended.returncode == 0, ended.stderr
    calls, _, fields = ended.stdout.partition("字段 / fields")
    assert "contactPhone" not in calls
    assert "minutesSaved" not in calls
    assert "name" in calls
    assert "DENIED entity.contactPhone" in fields


def test_a_token_is_never_signed_for_a_purpose_the_client_lacks(demo: Running) -> None:
    """The refusal names the purposes there are, and nothing is printed that could be taken for a token."""
    words = ("token", "--config", "hub.toml", "--client", "market-supervision-desk", "--purpose", "AWARDS")
    ended = run(demo.folder, *words)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "has no purpose AWARDS; INSPECTION, CREDIT_SUPERVISION" in ended.stderr


def test_credentials_say_what_each_may_see(demo: Running) -> None:
    """Every client's held and denied fields are in the file, for at least six roles, and the file is private."""
    path = demo.folder / "credentials.json"
    entries = orjson.loads(path.read_bytes())
    assert len({entry["role"] for entry in entries}) >= 6
    # Administrators see nothing by their office, a bank nothing before consents can be given, and stewards who sign in
    # answer requests: the workbench has no purpose for which they see data.
    nothing = {"ADMIN", "AUDIT", "SEC", "BANK"}
    empty = [entry for entry in entries if entry["role"] in nothing or entry.get("username", "").startswith("steward-")]
    assert [entry for entry in entries if not entry["may_see"]] == empty
    assert all(entry["may_not_see"] for entry in entries)
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("role", ["OFFICER", "CLERK", "APPROVER", "JUDGE", "BANK", "SCHOOL", "CREDIT_OFFICE"])
def test_what_credentials_promise_is_what_the_catalogue_says(demo: Running, role: str) -> None:
    """`catalogue` lists as held exactly the fields that credentials.json lists as seen."""
    body = demo.ask("{ catalogue { field standing } }", role, **{"hub-case": "A-1"})
    held = {item["field"] for item in body["data"]["catalogue"] if item["standing"] == "HELD"}
    assert held == set(demo.credentials()[role]["may_see"])


def test_the_schema_shows_what_is_held(demo: Running) -> None:
    """The SDL of the public has no contact phone; the officer's has."""
    entry = demo.credentials()["OFFICER"]
    officer = {"authorization": f"Bearer {entry['token']}", "hub-purpose": entry["purposes"][0], "hub-case": "A-1"}
    url = f"{demo.base_url}/graphql/schema"
    assert "contactPhone" not in httpx2.get(url).text
    assert "contactPhone" in httpx2.get(url, headers=officer).text


def test_the_clock_can_be_moved(demo: Running) -> None:
    """`demo clock +3d` moves the hub's days, and tokens still hold."""
    question = '{ entity(uscc: "91231282MA9X0A019P") { licences { validTo daysToExpiry } } }'

    def days() -> int:
        licences = demo.ask(question, "CLERK")["data"]["entity"]["licences"]
        return next(one["daysToExpiry"] for one in licences if one["daysToExpiry"] is not None)

    before = days()
    for move, later in (("+3d", 3), ("-72h", 0), ("0", 0)):
        ended = run(demo.folder, "demo", "clock", move, "--var", str(demo.folder))
        assert ended.returncode == 0, ended.stderr
        assert days() == before - later


def test_a_port_that_is_taken_is_said_plainly(demo: Running, tmp_path: Path) -> None:
    """A second demo on the same port ends with a sentence and no stack trace."""
    port = demo.base_url.rpartition(":")[2]
    command = (*COMMAND, "demo", "--port", port, "--var", str(tmp_path))
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "Unclosed" not in ended.stdout + ended.stderr
    assert port in ended.stdout + ended.stderr
    assert "choose another with --port" in ended.stderr


def test_a_second_demo_keeps_out_of_the_folder_of_the_first(demo: Running) -> None:
    """It says so, and the first one's configuration and credentials stay as they are."""
    files = [demo.folder / "hub.toml", demo.folder / "credentials.json"]
    before = [file.read_bytes() for file in files]
    ended = run(demo.folder, "demo", "--port", str(_free_port()), "--var", str(demo.folder))
    assert ended.returncode == 1
    assert "a demo city runs in this folder already" in ended.stderr
    assert [file.read_bytes() for file in files] == before


def test_the_one_time_code_of_a_person_is_shown(demo: Running) -> None:
    """The code that the hub would take now; who has no authenticator, and a folder without a demo, are told of plainly."""

    def shown(name: str, folder: Path) -> subprocess.CompletedProcess[str]:
        return run(demo.folder, "demo", "code", name, "--var", str(folder))

    entries = orjson.loads((demo.folder / "credentials.json").read_bytes())
    person = next(entry for entry in entries if "totp_secret" in entry)
    key = second_factor.key_of(person["totp_secret"])
    asked = time.time()
    code = shown(person["username"], demo.folder)
    assert code.returncode == 0
    assert code.stdout.strip() in {second_factor.code_at(key, moment) for moment in (asked, time.time())}
    nobody, nowhere = shown("nobody", demo.folder), shown(person["username"], demo.folder / "elsewhere")
    assert (nobody.returncode, nowhere.returncode) == (2, 2)
    assert "people.md" in nobody.stderr
    assert "there is no demo city here" in nowhere.stderr


def test_interrupting_ends_everything(demo: Running) -> None:
    """Ctrl-C ends the hub and every department with it, and leaves no process behind."""
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(timeout=30) == 0
    with pytest.raises(httpx2.TransportError):
        httpx2.get(f"{demo.base_url}/healthz")
    assert not _children(demo.process.pid)


def _children(pid: int) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, IndexError):
            if entry.name.isdigit() and (entry / "stat").read_text().rsplit(")", 1)[1].split()[1] == str(pid):
                found.append(entry.name)
    return [name for name in found if os.path.exists(f"/proc/{name}")]
