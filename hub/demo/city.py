"""Builds the city in a folder and runs it: databases, web service, secret, configuration.

What is there already is kept if it was made from the same seed, day and variant; every byte lies in the folder.
"""

import asyncio
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from hub.demo.clients import CLIENTS, PUBLIC
from hub.demo.configuration import Configured, write_configuration
from hub.demo.credentials import Credential, fold_credentials
from hub.demo.database import write_database
from hub.demo.departments import credit_office, health, market, reference
from hub.demo.departments.offices import OFFICES
from hub.demo.generation import generate_city
from hub.demo.grants import city_grants
from hub.demo.outages import Outage
from hub.demo.personas import Persona, personas
from hub.demo.service import build_service
from hub.demo.sources import DemoSource, FileSource, HttpSource
from hub.demo.twin import make_twin
from schema.catalogue import fold_catalogue

FORMAT = 2
"""Version of what is written; a folder of another version is written again."""

_STAMP = "city.json"


@dataclass(frozen=True, slots=True)
class Variant:
    """Which city it is; same variant, same data."""

    seed: str
    today: date
    twin: bool

    @property
    def stamp(self) -> bytes:
        """What is left behind in the folder when it has been written."""
        facts = {"format": FORMAT, "seed": self.seed, "today": self.today.isoformat(), "twin": self.twin}
        return orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class City:
    """A running city: its sources by name, its configuration file, its people and what each of them may see."""

    folder: Path
    configuration: Path
    sources: Mapping[str, DemoSource]
    personas: Mapping[str, Persona]
    credentials: tuple[Credential, ...]

    async def suffer(self, outage: Outage) -> None:
        """Hold the outage's source down; starting it again, or ending the city, is what ends the outage."""
        await self.sources[outage.source].stop()

    async def aclose(self) -> None:
        """End the web service and bring back every file that was moved away."""
        for source in self.sources.values():
            if isinstance(source, HttpSource):
                await source.stop()
            else:
                await source.start()


async def build_city(
    folder: Path, *, twin: bool, today: date, seed: str, base_url: str = "http://127.0.0.1:8000"
) -> City:
    """Write what is missing or stale, start the web service, write the configuration; OSError if a file cannot be."""
    files = {"market": market.DATABASE, "credit": credit_office.DATABASE, **{o.name: o.database for o in OFFICES}}
    databases = {name: FileSource(folder / file) for name, file in files.items()}
    for database in databases.values():
        await database.start()
    answers = await asyncio.to_thread(_prepare, folder, Variant(seed, today, twin))
    service = HttpSource(partial(build_service, answers.rows, answers.key))
    await service.start()
    catalogue = fold_catalogue()
    grants = city_grants(today, catalogue)
    sources = (
        market.market_source(),
        health.health_source(service.address),
        credit_office.credit_source(),
        reference.tables_source(),
        *(office.source() for office in OFFICES),
    )
    return City(
        folder=folder,
        configuration=write_configuration(folder, Configured(base_url, seed, sources, CLIENTS, grants)),
        sources={**databases, "health": service},
        personas=personas(),
        credentials=fold_credentials((PUBLIC, *CLIENTS), grants, catalogue, today),
    )


@dataclass(frozen=True, slots=True)
class _Answers:
    rows: list[dict[str, Any]]
    key: str


def _prepare(folder: Path, variant: Variant) -> _Answers:
    folder.mkdir(parents=True, exist_ok=True)
    write_records(folder, variant)
    return _Answers(orjson.loads((folder / health.ROWS).read_bytes()), _secret(folder))


def write_records(folder: Path, variant: Variant) -> None:
    """Write the departments' data unless the folder holds this variant complete already."""
    stamp = folder / _STAMP
    offices = (office.database for office in OFFICES)
    names = (market.DATABASE, credit_office.DATABASE, health.ROWS, *reference.FILES, *offices)
    files = [folder / name for name in names]
    if stamp.exists() and stamp.read_bytes() == variant.stamp and all(map(Path.exists, files)):
        return
    stamp.unlink(missing_ok=True)
    city = generate_city(variant.seed, variant.today)
    if variant.twin:
        city = make_twin(variant.seed, city)
    write_database(folder / market.DATABASE, market.market_tables(city))
    write_database(folder / credit_office.DATABASE, credit_office.credit_tables(city))
    for office in OFFICES:
        write_database(folder / office.database, office.tables(city))
    _replace(folder / health.ROWS, orjson.dumps(health.health_rows(city)))
    reference.copy_tables(folder)
    _replace(stamp, variant.stamp)


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".draft")
    draft.write_bytes(content)
    os.replace(draft, path)


def _secret(folder: Path) -> str:
    path = folder / health.SECRET
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24), encoding="ascii")
    return path.read_text(encoding="ascii")
