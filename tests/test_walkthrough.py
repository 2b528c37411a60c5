"""`docs/walkthrough.md` as a reader follows it: every command in one shell, in order, and what the page says it prints."""

import json
import os
import re
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs_pages import ROOT, Page

PAGE = Page(ROOT / "docs/walkthrough.md")
BLOCKS = re.findall(r"^```(sh|text|json)\n(.*?)^```", PAGE.text, re.MULTILINE | re.DOTALL)
_END = "-- the block has ended --"
_SECONDS = 120


class Shell:
    """One bash in an empty folder, given a block at a time."""

    def __init__(self, folder: Path) -> None:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        environment.pop("TERM", None)
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            ("bash",), cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT
        )

    def run(self, block: str) -> str:
        """What a block prints."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{block}\necho\necho '{_END}'\n".encode())
        self._process.stdin.flush()
        return self._printed()

    def end(self) -> None:
        """End the shell, and the hub if a block has left it running."""
        self._process.communicate(b'[ -z "$HUB" ] || kill "$HUB" 2>/dev/null; wait\n', timeout=60)

    def _printed(self) -> str:
        assert self._process.stdout is not None
        came, until = b"", time.monotonic() + _SECONDS
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._process.stdout, selectors.EVENT_READ)
            while not came.endswith(f"{_END}\n".encode()):
                assert time.monotonic() < until, f"no end after {came.decode('utf-8', 'replace')}"
                if waiting.select(1):
                    more = os.read(self._process.stdout.fileno(), 65536)
                    assert more, f"the shell ended after {came.decode('utf-8', 'replace')}"
                    came += more
        return came.decode().removesuffix(f"{_END}\n").strip("\n")


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A shell in an empty folder."""
    opened = Shell(tmp_path)
    yield opened
    opened.end()


def test_the_page_is_what_happens(shell, tmp_path):
    """Every command of the page prints what stands below it, from an empty folder to the answer of a new department."""
    port = _free_port()
    printed, compared = "", 0
    for language, block in BLOCKS:
        if language == "sh":
            printed = shell.run(block.replace("8000", port)).replace(port, "8000")
        elif language == "json":
            assert _is_like(json.loads(printed), json.loads(block)), printed
            compared += 1
        else:
            assert re.fullmatch(_pattern(block), printed), f"{printed}\n--- is not\n{block}"
            compared += 1
    assert compared == len(BLOCKS) - len([block for block in BLOCKS if block[0] == "sh"]) > 5
    assert "Traceback" not in (tmp_path / "serve.log").read_text()


def test_the_page_changes_no_code():
    """Nothing of the page is written into anything but the configuration, its secrets, and the department's own data."""
    written = set(re.findall(r"> *([\w/.-]+)", "".join(block for language, block in BLOCKS if language == "sh")))
    allowed = {"answers.toml", "approval_system.db", "drop/xk_1.csv", "entities.csv", "export.csv", "hub.toml"}
    assert written - {"serve.log", "/dev/null"} <= allowed | {"secrets/approval-store-key"}
    assert "hub.toml" in written


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def _pattern(block: str) -> str:
    return r"[^\n]*?".join(map(re.escape, block.strip("\n").split("…")))


def _is_like(printed: Any, shown: Any) -> bool:
    """True if a value is what the page shows; `…` shows any text, and 4711 any number."""
    if isinstance(shown, dict):
        return (
            isinstance(printed, dict)
            and printed.keys() == shown.keys()
            and all(_is_like(printed[name], value) for name, value in shown.items())
        )
    if isinstance(shown, list):
        return isinstance(printed, list) and len(printed) == len(shown) and all(map(_is_like, printed, shown))
    return (
        printed == shown or (shown == "…" and isinstance(printed, str)) or (shown == 4711 and isinstance(printed, int))
    )
