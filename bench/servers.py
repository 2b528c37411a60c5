"""The servers that are compared: how each is installed, started on its core, and asked.

A server is told its port; it is ready when it answers W4 for the first time. Knows no load.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.hub_side import callers, serve_command, write_hub
from bench.load import NotReady
from bench.questions import QUESTIONS, Question
from bench.wire import HOST, Template, exchange, graphql, route

_MERCURIUS = Path(__file__).with_name("peers") / "mercurius"
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server: the command for a port, what its environment has beside ours, how a question is put to it.

    `sourced` puts a question that asks for provenance too, where the server knows of it; `clear` asks as callers
    without masks only; `dated` says that it tells provenance unasked.
    """

    name: str
    command: Callable[[int], list[str]]
    plain: Callable[[Question], Template]
    sourced: Callable[[Question], Template] | None = None
    clear: Callable[[Question, str], Template] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers, and the milliseconds from the start of its process to its first answer."""

    server: Server
    pid: int
    port: int
    ready_ms: float


def hub(name: str, folder: Path, data: str | Path, command: Callable[[Path, int], list[str]] = serve_command) -> Server:
    """The hub over the data: the DSN of a database or a folder of SQLite files. Its state starts empty."""
    config = write_hub(folder, data)
    # Signed anew for every turn: a token lives for ten minutes.
    return Server(
        name,
        lambda port: command(config, port),
        plain=lambda question: graphql(question, question.plain, callers(config)),
        sourced=lambda question: graphql(question, question.sourced, callers(config)),
        clear=lambda question, text: graphql(question, text, [one for one in callers(config) if not one.masked]),
    )


def handwritten(dsn: str) -> Server:
    """The limit."""
    return Server("handwritten", lambda _: _module("handwritten"), plain=route, environment={"DATABASE": dsn})


def least(dsn: str) -> Server:
    """The endpoint with what the hub owes besides, and nothing else of it."""
    return Server("least", lambda _: _module("least"), plain=route, environment={"DATABASE": dsn}, dated=True)


def strawberry(dsn: str) -> Server:
    """Strawberry with DataLoaders."""
    environment = {"DATABASE": dsn}
    return Server("strawberry", lambda _: _module("strawberry_loaders"), plain=_by_nobody, environment=environment)


def mercurius(dsn: str) -> Server:
    """Mercurius with JIT, installed where it is not yet; NotReady without Node."""
    _install_mercurius()
    command = ["node", str(_MERCURIUS / "server.mjs")]
    environment = {"DATABASE": dsn, "NODE_ENV": "production"}
    return Server("mercurius", lambda _: command, plain=_by_nobody, environment=environment)


@asynccontextmanager
async def running(server: Server, core: int | None) -> AsyncIterator[Running]:
    """Start a server on one core, or on any, wait for its first answer, and stop it in the end."""
    port = _free_port()
    pinned = [] if core is None else ["taskset", "-c", str(core)]
    began = time.perf_counter()
    process = subprocess.Popen(
        [*pinned, *server.command(port)],
        env={**os.environ, **server.environment, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        await _answering(process, server, port)
        yield Running(server, process.pid, port, (time.perf_counter() - began) * 1000)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def _answering(process: subprocess.Popen[bytes], server: Server, port: int) -> None:
    question = server.plain(QUESTIONS["w4"]).filled(())
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            answer = await exchange(port, question)
        except OSError:
            await asyncio.sleep(0.002)
            continue
        assert answer["data"], answer
        return
    raise NotReady(f"{server.name} did not start; what it printed stands above")


def _by_nobody(question: Question) -> Template:
    return graphql(question, question.plain)


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", f"bench.peers.{name}"]


def _install_mercurius() -> None:
    lock, installed = _MERCURIUS / "package-lock.json", _MERCURIUS / "node_modules/.package-lock.json"
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NotReady("Mercurius needs Node 20 and npm; Debian, Ubuntu: apt-get install nodejs npm. Or name --servers")
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=_MERCURIUS, check=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
