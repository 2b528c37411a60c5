"""`chengxin-hub serve`: what it loads, how it starts and ends, and what it says where it cannot run."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import httpx2
import pytest
from sqlalchemy import create_engine

from hub.command import served
from tests.commands.examined import free_port
from tests.commands.running import PROGRAM, ROOT, run
from tests.commands.test_doctor_command import settled
from tests.unit.appending import REVISIONS
from tests.unit.test_store_backends import upgrade

# What is loaded when somebody first needs it: the console, printing, pages, names, notices, the simulator, PostgreSQL.
_LATER = {
    "hub.acts.simulating",
    "hub.acts.simulator_told",
    "hub.code.printing",
    "hub.code.symbol",
    "hub.console.asking",
    "hub.console.opening",
    "hub.identity.name_index",
    "hub.identity.resolving",
    "hub.notices.book",
    "hub.notices.smtp",
    "hub.pages.opening",
    "sqlalchemy.dialects.postgresql",
}
# Tells which modules there are when the hub says that it listens.
_TELLING = """
import sys
def tell(text, write=sys.stdout.write):
    return write(text.strip() + " " + " ".join(sorted(name for name in sys.modules if sys.modules[name])) + "\\n")
sys.stdout.write = tell
from hub.command import main
main()
"""


def _announced(lines: IO[Any]) -> Any:
    """The line that says where the hub is; its log may have begun before. Empty if it ended without."""
    return next((line for line in lines if line[:7] in {"GraphQL", b"GraphQL"}), "")


def _served(folder: Path, *program: str) -> tuple[int, str]:
    """Port of the hub of the folder, and the line that says where it is; it has ended."""
    port = free_port()
    words = (*program, "serve", "--port", str(port))
    known = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, cwd=folder, env=known, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = _announced(process.stdout)
        asked = httpx2.post(f"http://127.0.0.1:{port}/graphql", json={"query": "{ __typename }"})
        assert asked.json()["data"] == {"__typename": "Query"}
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    return port, said


def test_a_new_store_is_made_and_served_by_one_command(tmp_path):
    """The first start makes the schema and goes on, under the same process number; Ctrl-C ends it well."""
    settled(tmp_path)
    port, said = _served(tmp_path, *PROGRAM)
    assert said == f"GraphQL: http://127.0.0.1:{port}/graphql\n"
    with closing(sqlite3.connect(tmp_path / "hub.db")) as store:
        assert store.execute("SELECT count(*) FROM entries").fetchone() == (2,)


@pytest.mark.parametrize("start", ["the first", "another"])
def test_nothing_is_loaded_that_does_not_serve(tmp_path, start):
    """What changes schemas, reads command lines, renders pages or speaks to kinds of source that are not there."""
    settled(tmp_path)
    if start == "another":
        _served(tmp_path, *PROGRAM)
    _, said = _served(tmp_path, sys.executable, "-c", _TELLING)
    loaded = set(said.split())
    assert {"hub", "sqlalchemy.dialects.sqlite", "uvicorn"} <= loaded
    assert not loaded & {"aiohttp", "alembic", "authlib", "jinja2", "lxml", "openpyxl", "rich", "typer", "zeep"}
    assert not loaded & _LATER


@pytest.mark.parametrize("name", sorted(_LATER))
def test_what_is_loaded_later_is_there(name):
    """A module that was given another name would else be looked for in vain, and never be found loaded."""
    assert find_spec(name) is not None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--port", "8001"], (Path("hub.toml"), "127.0.0.1", 8001)),
        (["--config", "x.toml", "--host", "::1"], (Path("x.toml"), "::1", 8000)),
        ([], (Path("hub.toml"), "127.0.0.1", 8000)),
        (["--port"], None),
        (["--port", "65536"], None),
        (["--port", "80_00"], None),
        (["--port", "1", "--port", "2"], None),
        (["--config=x.toml"], None),
        (["--config", "--help"], None),
        (["--help"], None),
    ],
)
def test_what_is_read_without_typer(words, said):
    """A command that is written plainly; every other is for typer to read, or to explain."""
    assert served(["serve", *words]) == said
    assert served(["check", *words]) is None


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--prot", "1"], 2, "No such option"),
        (["--port", "70000"], 2, "65535"),
        (["--config", "none.toml"], 2, "none.toml"),
        (["--config=none.toml"], 2, "none.toml"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, words, code, said):
    """A mistake in the command or its configuration is named."""
    ended = run(tmp_path, "serve", *words)
    assert (ended.returncode, said in ended.stderr, "Traceback" in ended.stderr) == (code, True, False)


def test_a_store_that_is_none(tmp_path):
    """A file that is no database, and a folder that is none, are named."""
    settled(tmp_path)
    (tmp_path / "hub.db").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    ended = run(tmp_path, "serve")
    assert (ended.returncode, "file is not a database" in ended.stderr, "Traceback" in ended.stderr) == (1, True, False)


def test_a_store_that_keeps_nothing(tmp_path):
    """A store in memory is refused; one that is old again after it was brought on is told of, not brought on for ever."""
    settled(tmp_path)
    (tmp_path / "hub.db").unlink(missing_ok=True)
    with create_engine(f"sqlite:///{tmp_path / 'hub.db'}").begin() as connection:
        upgrade(connection, REVISIONS[0])
    ended = run(tmp_path, "serve", CHENGXIN_HUB_STARTED_ANEW="1")
    assert (ended.returncode, "does not keep" in ended.stderr) == (1, True)
    text = (tmp_path / "hub.toml").read_text(encoding="utf-8")
    (tmp_path / "hub.toml").write_text(text.replace("[hub]", '[hub]\nstore = "sqlite://"'), encoding="utf-8")
    ended = run(tmp_path, "serve")
    assert (ended.returncode, "names no database" in ended.stderr) == (2, True)


def test_a_store_of_a_newer_hub_and_a_port_that_is_taken(tmp_path):
    """What stands in the way is said in a sentence, by every command that needs the store."""
    settled(tmp_path)
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        refused = run(tmp_path, "serve", "--port", str(taken.getsockname()[1]))
    assert (refused.returncode, "choose another with --port" in refused.stderr) == (1, True)
    with closing(sqlite3.connect(tmp_path / "hub.db")) as store, store:
        store.execute("UPDATE alembic_version SET version_num = 'r9999'")
    for command in ("serve", "check"):
        ended = run(tmp_path, command)
        assert (ended.returncode, "r9999" in ended.stderr, "Traceback" in ended.stderr) == (1, True, False)


@pytest.mark.parametrize(("host", "said"), [("c.zhaodong.example", False), ("codes.zhaodong.example", True)])
def test_a_long_address_of_codes_is_told_at_start(tmp_path, host, said):
    """Before the first print it may be changed: the limit, and where a shorter one is written; a short one says nothing."""
    settled(tmp_path)
    path = tmp_path / "hub.toml"
    department = re.search(r'\[\[department\]\]\ncode = "(\w+)"', path.read_text(encoding="utf-8"))
    assert department is not None
    code = f'\n[code]\ndepartment = "{department[1]}"\nbase_url = "https://{host}"\n'
    path.write_text(path.read_text(encoding="utf-8") + code, encoding="utf-8")
    told = tmp_path / "told"
    with told.open("w", encoding="utf-8") as out:
        words = (*PROGRAM, "serve", "--port", str(free_port()))
        with subprocess.Popen(
            words, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=out
        ) as process:
            assert process.stdout is not None
            assert _announced(process.stdout)
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
    text = told.read_text(encoding="utf-8")
    assert ("[code] base_url" in text) is said
    assert ("18" in text) is said
