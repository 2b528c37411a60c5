"""The city and its twin, built once; and their records as each source keeps them."""

import json
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub.demo.city import City, build_city
from schema.catalogue import Catalogue, fold_catalogue

TODAY = date(2026, 11, 23)
SEED = "zhaodong"


@dataclass(frozen=True)
class Kept:
    """A record as a source keeps it: where, the columns of its fields, and the rows by their own identifier."""

    source: str
    record: str
    columns: dict[str, str]
    rows: dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Every field there is."""
    return fold_catalogue()


@pytest.fixture(scope="session")
async def city(tmp_path_factory, anyio_backend):
    """The city."""
    built = await build_city(tmp_path_factory.mktemp("city"), twin=False, today=TODAY, seed=SEED)
    yield built
    await built.aclose()


@pytest.fixture(scope="session")
async def twin(tmp_path_factory, anyio_backend):
    """Its twin."""
    built = await build_city(tmp_path_factory.mktemp("twin"), twin=True, today=TODAY, seed=SEED)
    yield built
    await built.aclose()


def dump(path: Path) -> list[str]:
    """A database as the statements that would write it again."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def kept_records(city: City) -> list[Kept]:
    """Every record of the departments, in the terms of their sources; the reference tables left out."""
    sources = tomllib.loads(city.configuration.read_text(encoding="utf-8"))["source"]
    return [kept for source in sources if source["kind"] != "memory" for kept in _kept(city.folder, source)]


def rows_of(city: City, record: str, uscc: str) -> list[dict[str, Any]]:
    """Rows of one record about one entity, from all sources, by field."""
    found = []
    for kept in kept_records(city):
        key = kept.columns.get("uscc", "")
        if kept.record == record:
            named = {column: field for field, column in kept.columns.items()}
            rows = [row for row in kept.rows.values() if row[key] == uscc]
            found += [{named.get(column, column): value for column, value in row.items()} for row in rows]
    return found


def _kept(folder: Path, source: dict[str, Any]) -> Iterator[Kept]:
    for record in source["record"]:
        columns = {name: spec if isinstance(spec, str) else spec["column"] for name, spec in record["columns"].items()}
        rows = _table(folder, source, record) if source["kind"] == "sql" else _service_rows(folder)
        keyed = {row[record["local"]]: row for row in rows}
        yield Kept(source["name"], record["record"], {**record.get("keys", {}), **columns}, keyed)


def _table(folder: Path, source: dict[str, Any], record: dict[str, Any]) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(folder / source["url"].removeprefix("sqlite:///"))) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {record['table']}")]  # noqa: S608 - our own name


def _service_rows(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((folder / "health.json").read_text(encoding="utf-8"))
    return rows
