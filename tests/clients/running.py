"""Runs what is written in JavaScript here: a driver for one job, the provider for as long as it is wanted.

Knows no flow: a job and its answer are JSON objects, described in job.mjs and provider.mjs.
"""

import json
import select
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Literal, TypeAlias

from tests.clients.installed import FOLDER, node

Driver = Literal["openid_client", "oauth4webapi"]
DRIVERS: tuple[Driver, ...] = ("openid_client", "oauth4webapi")
Doing: TypeAlias = Callable[[Mapping[str, Any]], dict[str, Any]]
"""A job goes in, its answer comes out, or DriverError is raised."""
_SECONDS = 60


class DriverError(Exception):
    """A flow that failed; `told` is what the driver says of it: error, message, status, challenges …"""

    def __init__(self, told: Mapping[str, Any]) -> None:
        super().__init__(told.get("message", told))
        self.told = dict(told)

    @property
    def error(self) -> str:
        """The code of OAuth (`invalid_grant`), else the library's own."""
        return str(self.told.get("error"))


def run(driver: Driver, job: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of a driver. Raises DriverError, and TimeoutExpired after a minute."""
    command = [node(), f"{driver}.mjs"]
    done = subprocess.run(
        command, cwd=FOLDER, input=json.dumps(job), capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise DriverError({"error": "crash", "message": done.stderr[-2000:]}) from None
    if done.returncode:
        raise DriverError(told)
    return told


@contextmanager
def started(driver: Driver) -> Iterator[Doing]:
    """A driver that is started once and does one job after the other, each answered as `run` answers it."""
    command = [node(), f"{driver}.mjs", "--lines"]
    with subprocess.Popen(command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def do(job: Mapping[str, Any]) -> dict[str, Any]:
            _pipe(process.stdin).write(json.dumps(job) + "\n")
            _pipe(process.stdin).flush()
            told, failed = _line(process)
            if failed:
                raise DriverError(told)
            answer: dict[str, Any] = told
            return answer

        try:
            yield do
        finally:
            process.terminate()


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody the provider knows; `claims` are given as they are, `sub` is the username unless among them."""

    username: str
    password: str
    claims: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that listens."""

    issuer: str
    process: subprocess.Popen[str]

    def rotate(self) -> str:
        """Replaces the signing key, the old one gone; returns the new `kid`."""
        self.process.send_signal(signal.SIGHUP)
        return str(_line(self.process)["kid"])


@contextmanager
def provider(accounts: list[Account], clients: list[Mapping[str, Any]], **more: Any) -> Iterator[Provider]:
    """A provider on a free port, or `port`. `clients` are metadata as in dynamic registration: client_id,
    client_secret, redirect_uris …; `alg` signs (RS256), `nonces=True` asks for DPoP nonces.
    """
    told = [{"username": one.username, "password": one.password, "claims": dict(one.claims)} for one in accounts]
    job = {"accounts": told, "clients": [dict(client) for client in clients], **more}
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [node(), "provider.mjs"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
        with process:
            try:
                _pipe(process.stdin).write(json.dumps(job))
                _pipe(process.stdin).close()
                yield Provider(_started(process, log), process)
            finally:
                process.terminate()


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream
    return stream


def _started(process: subprocess.Popen[str], log: IO[str]) -> str:
    try:
        return str(_line(process)["issuer"])
    except ValueError:
        log.seek(0)
        raise RuntimeError(f"the provider did not start:\n{log.read()[-2000:]}") from None


def _line(process: subprocess.Popen[str]) -> Any:
    """The next line of the process. Raises ValueError where none comes."""
    out = _pipe(process.stdout)
    ready, _, _ = select.select([out], [], [], 20)
    return json.loads(out.readline() if ready else "")
