"""Builds the city in a folder and runs it: databases, web services, dropped files, secrets, configuration.

What is there already is kept if it was made from the same seed, day and variant; every byte lies in the folder.
"""

import asyncio
import os
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from hub.demo import hook
from hub.demo.accounts import fold_people
from hub.demo.clients import CLIENTS, PUBLIC
from hub.demo.configuration import (
    REAL_NAME,
    REAL_NAME_CLIENT,
    REAL_NAME_SECRET,
    Configured,
    write_configuration,
)
from hub.demo.credentials import Credential, fold_credentials
from hub.demo.database import write_database
from hub.demo.departments.dropped import EXCHANGE, key_of, store_of
from hub.demo.generation import generate_city
from hub.demo.grants import city_grants
from hub.demo.offices import OFFICES, Dropping, Held, Office, Served, Stored
from hub.demo.outages import Outage
from hub.demo.personas import Persona, personas
from hub.demo.records import CityRecords
from hub.demo.services.realname import RealNameClient, RealNameProvider, demo_people
from hub.demo.sheets import drop
from hub.demo.sources import DatabaseSource, DemoSource, DroppedSource, HeldSource, HttpSource
from hub.demo.twin import make_twin
from schema.catalogue import fold_catalogue

FORMAT = 3
"""Version of what is written; a folder of another version is written again."""

_WRITTEN = "city.json"
PASSWORD = "demo"  # noqa: S105 - of every invented person at the platform of real names


@dataclass(frozen=True, slots=True)
class Variant:
    """Which city it is; same variant, same data."""

    seed: str
    today: date
    twin: bool

    @property
    def facts(self) -> dict[str, Any]:
        """What is left behind in the folder when it has been written."""
        return {"format": FORMAT, "seed": self.seed, "today": self.today.isoformat(), "twin": self.twin}


@dataclass(frozen=True, slots=True)
class City:
    """A running city: its sources by name, its configuration file, its people and what each of them may see."""

    folder: Path
    configuration: Path
    sources: Mapping[str, DemoSource]
    identity: HttpSource
    personas: Mapping[str, Persona]
    credentials: tuple[Credential, ...]

    async def suffer(self, outage: Outage) -> None:
        """Hold the outage's source down; starting it again, or ending the city, is what ends the outage."""
        await self.sources[outage.source].stop()

    async def aclose(self) -> None:
        """End the web services and bring back every file that was moved away."""
        await self.identity.stop()
        for source in self.sources.values():
            if isinstance(source, HttpSource):
                await source.stop()
            else:
                await source.start()


@dataclass(frozen=True, slots=True)
class Front:
    """The hub in front of the city: where it is reached, and what time it is there, in seconds since 1970."""

    base_url: str = "http://127.0.0.1:8000"
    seconds: Callable[[], float] = time.time


_FRONT = Front()


async def build_city(folder: Path, *, twin: bool, today: date, seed: str, front: Front = _FRONT) -> City:
    """Write what is missing or stale, start the web services, write the configuration; OSError if a file cannot be."""
    sources = {name: _breakable(folder, office) for name, office in OFFICES.items()}
    for source in sources.values():
        if not isinstance(source, HttpSource):
            await source.start()
    await asyncio.to_thread(write_city, folder, Variant(seed, today, twin))
    catalogue = fold_catalogue()
    grants = city_grants(today, catalogue)
    _keep_secret(folder / hook.SECRET, secrets.token_urlsafe(32))
    identity = _identity(folder, front)
    await identity.start()
    try:
        listening = await _listening(sources)
    except BaseException:
        await identity.stop()
        raise
    configured = Configured(front.base_url, seed, listening, CLIENTS, grants, identity.address)
    return City(
        folder=folder,
        configuration=write_configuration(folder, configured),
        sources=sources,
        identity=identity,
        personas=personas(),
        credentials=(
            *fold_credentials((PUBLIC, *CLIENTS), grants, catalogue, today),
            *fold_people(CLIENTS, grants, catalogue, today),
        ),
    )


async def _listening(sources: Mapping[str, DemoSource]) -> tuple[Mapping[str, Any], ...]:
    """Every source as the configuration writes it, its web service listening; none listens if one cannot."""
    services = {name: source for name, source in sources.items() if isinstance(source, HttpSource)}
    try:
        for service in services.values():
            await service.start()
    except BaseException:
        for service in services.values():
            await service.stop()
        raise
    addresses = {name: service.address for name, service in services.items()}
    return tuple(
        office.source(addresses[name]) if isinstance(office, Served) else office.source()
        for name, office in OFFICES.items()
    )


def _identity(folder: Path, front: Front) -> HttpSource:
    """The platform at which people prove their real name."""
    _keep_secret(folder / REAL_NAME_SECRET, secrets.token_urlsafe(24))

    def build() -> web.Application:
        secret = (folder / REAL_NAME_SECRET).read_text(encoding="ascii")
        callback = f"{front.base_url}/oauth/external/{REAL_NAME}/callback"
        client = RealNameClient(REAL_NAME_CLIENT, secret, callback)
        return RealNameProvider(demo_people(), PASSWORD, client, lambda: found.address, front.seconds).build()

    found = HttpSource(build)
    return found


def _breakable(folder: Path, office: Office) -> DemoSource:
    match office:
        case Stored():
            return DatabaseSource(folder / office.file)
        case Served():
            return HttpSource(partial(_application, folder, office), office.content_type)
        case Dropping():
            said = office.source()
            return DroppedSource(folder / said["folder"], tuple(record["files"] for record in said["record"]))
        case Held():
            return HeldSource(tuple(folder / record["file"] for record in office.source()["record"]))


def _application(folder: Path, office: Served) -> web.Application:
    rows = orjson.loads((folder / _rows_of(office)).read_bytes())
    return office.build(rows, (folder / office.secret).read_text(encoding="ascii"))


def write_city(folder: Path, variant: Variant) -> None:
    """Write the departments' data, unless the folder holds this variant complete already, and secrets that lack."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, office in OFFICES.items():
        if isinstance(office, Served):
            _keep_secret(folder / office.secret, secrets.token_urlsafe(24))
        elif isinstance(office, Dropping) and _keep_secret(folder / key_of(name), secrets.token_hex(32)):
            # A store without its key is lost; its files are taken again.
            (folder / store_of(name)).unlink(missing_ok=True)
    written = folder / _WRITTEN
    if written.exists() and _is_whole(folder, variant, written.read_bytes()):
        return
    written.unlink(missing_ok=True)
    city = generate_city(variant.seed, variant.today)
    if variant.twin:
        city = make_twin(variant.seed, city)
    shutil.rmtree(folder / EXCHANGE, ignore_errors=True)
    files = [path for office in OFFICES.values() for path in _write(folder, office, city, variant.today)]
    names = sorted(path.relative_to(folder).as_posix() for path in files)
    _replace(written, orjson.dumps({"variant": variant.facts, "files": names}, option=orjson.OPT_INDENT_2))


def _is_whole(folder: Path, variant: Variant, written: bytes) -> bool:
    match orjson.loads(written):
        case {"variant": facts, "files": list(names)}:
            return bool(facts == variant.facts) and all((folder / name).exists() for name in names)
    return False


def _write(folder: Path, office: Office, city: CityRecords, today: date) -> list[Path]:
    """Write what an office holds; the files."""
    match office:
        case Stored():
            write_database(folder / office.file, office.tables(city))
            return [folder / office.file]
        case Served():
            files = {_rows_of(office): orjson.dumps(office.rows(city))}
            if office.described is not None:
                found, name = office.described
                files[name] = found.read_bytes()
            return [_replace(folder / name, content) for name, content in files.items()]
        case Dropping():
            where, drops = folder / office.source()["folder"], office.files(city, today)
            drop(where, drops)
            return [where / one.name for one in drops]
        case Held():
            return [_replace(folder / name, content) for name, content in office.files(city).items()]


def _rows_of(office: Served) -> str:
    return f"services/{office.source('')['name']}.json"


def _replace(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.draft")
    draft.write_bytes(content)
    os.replace(draft, path)
    return path


def _keep_secret(path: Path, made: str) -> bool:
    """True if there was none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        return False
    path.touch(mode=0o600)
    path.write_text(made, encoding="ascii")
    return True
