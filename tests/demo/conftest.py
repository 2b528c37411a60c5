"""The city and its twin, built once; and their records as each source keeps them."""

import csv
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from io import StringIO
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from adapters.options import SourceOptions
from hub.demo.city import City, build_city
from hub.settings import load_settings
from hub.settings_code import OWN_CODES
from schema.catalogue import Catalogue, fold_catalogue
from schema.uscc import find_fault

TODAY = date(2026, 11, 23)
SEED = "zhaodong"


@dataclass(frozen=True)
class Kept:
    """A record as a source keeps it: where, the columns of its fields, and the rows by their own identifier."""

    source: str
    record: str
    columns: dict[str, str]
    rows: dict[str, dict[str, Any]]
    separators: dict[str, tuple[str, ...]]

    def values(self, column: str, cell: Any) -> list[Any]:
        """The values of a cell that holds a list, as the source writes one."""
        if isinstance(cell, list):
            return cell
        (separator, *_) = self.separators[column] or ("",)
        return list(cell.split(separator)) if separator else list(json.loads(cell))


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
    """Every record of the departments, in the terms of their sources; the reference tables, and what is the hub's own, left out."""
    sources = load_settings(city.configuration).sources
    return [
        kept for source in sources if source.name not in {"tables", OWN_CODES} for kept in _kept(city.folder, source)
    ]


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


def _kept(folder: Path, source: SourceOptions) -> Iterator[Kept]:
    for number, record in enumerate(source.record):
        read = {name: (column.column, column.separators) for name, column in record.columns.items()}
        keys = {key: column.lstrip("^.") for key, column in record.keys.items()}
        columns = keys | {name: column for name, (column, _) in read.items() if column is not None}
        rows: dict[str, dict[str, Any]] = {}
        for row in _RAW[source.kind](folder, source, number):
            rows.setdefault("/".join(str(row[column]) for column in record.local_columns), row)
        separators = {column: parted for column, parted in read.values() if column is not None}
        yield Kept(source.name, record.record, columns, rows, separators)


def _table(folder: Path, source: Any, number: int) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(folder / f"{source.name}.db")) as connection:
        connection.row_factory = sqlite3.Row
        query = f"SELECT * FROM {source.record[number].table}"  # noqa: S608 - our own name
        return [dict(row) for row in connection.execute(query)]


def _served(folder: Path, source: Any, number: int) -> list[dict[str, Any]]:
    """Rows of a web service; its tables stand in the order of the records."""
    kept = json.loads((folder / "services" / f"{source.name}.json").read_text(encoding="utf-8"))
    return kept if isinstance(kept, list) else list(kept.values())[number]


def _held(folder: Path, source: Any, number: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(source.record[number].file.read_text(encoding="utf-8"))
    return rows


def _dropped(folder: Path, source: Any, number: int) -> list[dict[str, Any]]:
    """Rows of dropped files that are not wrong on purpose: those that hang on a code have one."""
    record = source.record[number]
    rows = [row for path in source.folder.glob(record.files) for row in sheet_rows(path)]
    key = record.keys.get("uscc")
    return [row for row in rows if key is None or (row[key] is not None and _is_code(row[key]))]


def _is_code(text: str) -> bool:
    fault = find_fault(text)
    return fault is None or fault.code == "USCC_CHECK_DIGIT"


_RAW: dict[str, Callable[[Path, Any, int], list[dict[str, Any]]]] = {
    "sql": _table,
    "rest": _served,
    "graphql": _served,
    "soap": _served,
    "memory": _held,
    "tabular": _dropped,
}


def sheet_rows(path: Path) -> list[dict[str, Any]]:
    """Rows of a dropped file by heading, titles left out, a heading of two lines joined; empty cells are null."""
    lines = _csv_lines(path) if path.suffix == ".csv" else CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    cells = [[None if cell == "" else cell for cell in line] for line in _lines(lines)]
    while sum(cell is not None for cell in cells[0]) == 1:
        del cells[0]
    heading = cells.pop(0)
    if None in heading:
        filled: Iterator[Any] = accumulate(heading, lambda left, name: name or left)
        heading = [f"{upper}{below or ''}" for upper, below in zip(filled, cells.pop(0), strict=True)]
    return [dict(zip(map(str, heading), line, strict=True)) for line in cells]


def _lines(sheet: Any) -> list[list[Any]]:
    return sheet if isinstance(sheet, list) else sheet.to_python()


def _csv_lines(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    text = content.decode("utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "gb18030")
    return list(csv.reader(StringIO(text, newline="")))
