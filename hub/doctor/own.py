"""The hub itself: its store, keys, secrets, disk, address, port and grants. Makes nothing, changes nothing."""

import shutil
import tomllib
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from hub.audit.opening import spill_file
from hub.audit.spill import count_waiting
from hub.clock import Clock
from hub.doctor.callers import examine_callers
from hub.doctor.codes import examine_codes
from hub.doctor.grants import examine_grants
from hub.doctor.officers import examine_officers
from hub.doctor.store import examine_store, nearest, place_of
from hub.findings.findings import HUB, Finding
from hub.serve import listening
from hub.settings import Settings
from hub.store.keys import open_keys

_MIB = 2**20
_LOW, _FULL = 2048, 256
_KEY_FILES = ("root.key", "token.pem")


def examine_hub(settings: Settings, config: Path, clock: Clock, at: tuple[str, int]) -> list[Finding]:
    """Everything found out about the hub; `at` is the host and port it will listen on. Blocking."""
    return [
        *examine_store(settings),
        *_keys(settings.folder / settings.hub.keys),
        *_secrets(settings.folder, config),
        *_grace(settings),
        _disk(nearest(place_of(settings))),
        Finding(HUB, "ADDRESS_GOOD" if settings.hub.base_url.startswith("https://") else "ADDRESS_PLAIN"),
        _port(*at),
        *_grants(settings, clock),
        *examine_callers(settings, clock),
        *examine_grants(settings, clock),
        *examine_officers(settings, clock),
        *examine_codes(settings, clock),
    ]


def _keys(folder: Path) -> Iterator[Finding]:
    files = [folder / name for name in _KEY_FILES]
    there = [file for file in files if file.exists()]
    if not there:
        yield Finding(HUB, "KEYS_NEW")
        return
    opened = [file for file in (folder, *there) if file.stat().st_mode & 0o077 and file != folder]
    yield from (Finding(HUB, "KEY_OPEN", {"file": str(file)}) for file in opened)
    try:
        if len(there) < len(files):
            raise FileNotFoundError
        open_keys(folder)
    except (OSError, ValueError):
        yield Finding(HUB, "KEYS_BROKEN")
        return
    if not opened:
        yield Finding(HUB, "KEYS_GOOD")


def _grace(settings: Settings) -> Iterator[Finding]:
    """Whether answers may leave while the store is away, and whether entries wait for it."""
    file = spill_file(settings)
    seconds, waiting = settings.audit.grace_seconds, count_waiting(file)
    if seconds or waiting:
        yield Finding(HUB, "STORE_GRACE", {"seconds": seconds, "file": str(file), "waiting": waiting})


def _secrets(folder: Path, config: Path) -> Iterator[Finding]:
    """Files of secrets that others may read."""
    written = tomllib.loads(config.read_text(encoding="utf-8"))
    for file in sorted({folder / text.removeprefix("file:") for text in _texts(written) if text.startswith("file:")}):
        if file.is_file() and file.stat().st_mode & 0o077:
            yield Finding(HUB, "KEY_OPEN", {"file": str(file)})


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _disk(place: Path) -> Finding:
    free = shutil.disk_usage(place).free // _MIB
    code = "DISK_FULL" if free < _FULL else "DISK_LOW" if free < _LOW else "DISK_GOOD"
    return Finding(HUB, code, {"free": free})


def _port(host: str, port: int) -> Finding:
    try:
        listening(host, port).close()
    except OSError:
        return Finding(HUB, "PORT_HUB" if _is_hub(host, port) else "PORT_TAKEN", {"port": port})
    return Finding(HUB, "PORT_FREE", {"port": port})


def _is_hub(host: str, port: int) -> bool:
    with closing(HTTPConnection(host, port, timeout=2)) as connection:
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            return answer.status in (200, 503) and b"ready" in answer.read(4096).lower()
        except (OSError, HTTPException):
            return False


def _grants(settings: Settings, clock: Clock) -> Iterator[Finding]:
    today = clock.today()
    if not any(grant.starts <= today <= grant.ends for grant in settings.grants):
        yield Finding(HUB, "GRANTS_OVER")
