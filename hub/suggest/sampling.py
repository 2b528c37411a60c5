"""Reads some rows of an unknown table: from a database, a file of any kind that is taken from folders, or an API's answer.

Labels are the comments of a database. Nothing is kept.
"""

import asyncio
import csv
import io
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from adapters.base import SourceError
from adapters.paths import ABSENT, find, read_path
from adapters.sql_backends import BACKENDS
from adapters.sql_look import looking
from hub.suggest.contents import MOST_CELLS
from hub.suggest.fields import BadInput
from hub.suggest.labels import is_known_label
from hub.suggest.matching import Column, suggest
from hub.suggest.names import is_known_name

_MOST_BYTES = 64 * 2**20
_SECONDS = 30.0
_DEPTH = 4
_MOST_COLUMNS = 2000
_SEARCHED, _LINES = 20, 3
"""Rows among which a heading begins, and its lines at most."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Some rows of a table: columns in their order, labels of some, cells by column; `rows` is their path in an answer."""

    kind: str
    columns: tuple[str, ...]
    labels: Mapping[str, str]
    cells: Mapping[str, Sequence[object]]
    rows: str = "$"
    asked: str = ""

    def has_native_dates(self, column: str) -> bool:
        """True where the source gives dates as dates, not as texts."""
        found = [cell for cell in self.cells.get(column, ()) if cell is not None]
        return bool(found) and all(isinstance(cell, date) for cell in found)


def is_address(text: str) -> bool:
    """True for the address of a database that is known."""
    try:
        return "://" in text and make_url(text).get_backend_name() in BACKENDS
    except ArgumentError:
        return False


def resolved(text: str) -> str:
    """An address, or what `env:NAME` and `file:PATH` lead to; BadInput where they lead nowhere."""
    way, _, name = text.partition(":")
    if way == "env":
        if name not in os.environ:
            raise BadInput(f"环境变量 {name} 没有设置", f"environment variable {name} is not set")
        return os.environ[name]
    if way == "file" and Path(name).is_file():
        return Path(name).read_text(encoding="utf-8").strip()
    return text


def refuse_unknown(source: str) -> None:
    """Return unless this is an address of something that is not known; BadInput does not repeat it, for it may hold a password."""
    if "://" in source:
        known = ", ".join(sorted(BACKENDS))
        raise BadInput(f"只认识这些数据库:{known}", f"there are only databases of these kinds: {known}")


def read_table(address: str, table: str | None) -> Sample:
    """Some rows of a table; BadInput where it cannot be read, or names the tables there are where none was said."""
    try:
        return asyncio.run(asyncio.wait_for(look_at_table(address, table), _SECONDS))
    except TimeoutError:
        raise BadInput("数据库未及时应答", "the database did not answer in time") from None
    except (SourceError, ValueError, LookupError) as fault:
        raise BadInput("数据库无法读取", f"the database cannot be read: {fault}") from None


async def look_at_table(
    address: str,
    table: str | None,
    most: int = MOST_CELLS,
    wanted: Callable[[Sequence[str]], Collection[str]] = lambda _: (),
) -> Sample:
    """At most so many rows of a table; SourceError, BadInput. wanted: which of its columns are read all the same, though
    they concern persons.
    """
    async with looking(address) as database:
        if table is None:
            there = await database.tables()
            if len(there) != 1:
                names = ", ".join(name for name in there[:40] if name.isprintable()) or "–"
                raise BadInput(f"请用 --table 指明表,现有:{names}", "say which table with --table")
            (table,) = there
        columns = (await database.columns(table))[:_MOST_COLUMNS]
        if not columns:
            raise BadInput(f"没有表 {table}", "there is no such table")
        labels = await database.labels(table)
        # What says that it concerns persons needs no look, and gets none.
        told = [Column(column, labels.get(column, "")) for column in columns]
        named = await asyncio.to_thread(suggest, told)
        kept = wanted(columns)
        read = [one.column.name for one in named if one.column.name in kept or not one.concerns_person]
        rows = await database.sample(table, read, most)
    cells = {column: [row[place] for row in rows] for place, column in enumerate(read)}
    return Sample("sql", tuple(columns), labels, cells, asked=table)


def read_file(file: Path, rows: str | None) -> Sample:
    """Some rows of a file; BadInput where there are none or they cannot be read."""
    if not file.is_file():
        raise BadInput(f"{file}: 没有这个文件", "there is no such file, nor is this the address of a database")
    if file.stat().st_size > _MOST_BYTES:
        raise BadInput(f"{file}: 超过 64 MB,请截取一部分", "is larger than 64 MB: give a part of it")
    if file.suffix.casefold() == ".json":
        return _from_json(file, rows)
    try:
        return _from_sheet(file)
    except ModuleNotFoundError as missing:
        raise BadInput(
            "读取表格文件需要安装 chengxin-hub[tabular]",
            f"{missing.name} is missing: pip install 'chengxin-hub[tabular]'",
        ) from None


def _from_json(file: Path, rows: str | None) -> Sample:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{file}: 不是 UTF-8 的 JSON", "is not JSON in UTF-8") from None
    return read_answer(str(file), text, rows)


def read_answer(file: str, text: str, rows: str | None) -> Sample:
    """Some rows of an answer in JSON, called by a name in what is said of it; BadInput where there are none."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        raise BadInput(f"{file}: 不是 UTF-8 的 JSON", "is not JSON in UTF-8") from None
    place = rows if rows is not None else _rows_in(answer)
    found = _at(answer, place)
    objects = [row for row in found[:MOST_CELLS] if isinstance(row, dict)]
    if not objects:
        raise BadInput(
            f"{file}: 在 {place} 处没有行,请用 --rows 指明", "there are no rows there: say where with --rows"
        )
    columns, cells = cells_of(objects)
    if not columns:
        raise BadInput(
            f"{file}: 在 {place} 处没有行,请用 --rows 指明", "there are no rows there: say where with --rows"
        )
    spoken = isinstance(answer, dict) and answer.keys() <= {"data", "errors", "extensions"}
    kind = "graphql" if spoken and place.startswith("data.") else "rest"
    return Sample("memory" if isinstance(answer, list) else kind, columns, {}, cells, rows=place)


def cells_of(objects: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], dict[str, list[object]]]:
    """Columns of objects, called by their paths in a row, and their cells."""
    flat = [dict(_leaves(row)) for row in objects]
    columns = tuple(dict.fromkeys(name for row in flat for name in row))[:_MOST_COLUMNS]
    return columns, {column: [row.get(column) for row in flat] for column in columns}


def _at(answer: Any, place: str) -> list[Any]:
    head, _, tail = place.partition("edges.node")
    if place.endswith("edges.node") and not tail:
        edges = find(answer, read_path(f"{head}edges"))
        return [edge.get("node") for edge in edges if isinstance(edge, dict)] if isinstance(edges, list) else []
    found = find(answer, read_path(place))
    if found is ABSENT or found is None:
        return []
    return found if isinstance(found, list) else [found]


def _rows_in(answer: Any) -> str:
    """Where the longest list of objects lies, at most some levels deep."""
    places = sorted(_lists(answer), key=lambda entry: (-min(entry[0], MOST_CELLS), entry[1].count(".")))
    return places[0][1] if places else "$"


def _lists(node: Any, above: str = "", depth: int = 0) -> Iterator[tuple[int, str]]:
    if isinstance(node, list) and node and isinstance(node[0], dict):
        if set(node[0]) >= {"node"} and above.endswith("edges"):
            yield len(node), f"{above}.node"
        else:
            yield len(node), above or "$"
    elif isinstance(node, dict) and depth < _DEPTH:
        for name, inner in node.items():
            yield from _lists(inner, f"{above}.{name}" if above else name, depth + 1)


def _leaves(row: Mapping[str, Any], above: str = "", depth: int = 1) -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        if isinstance(value, dict):
            # What lies deeper is no cell: as one text it would show what is veiled by its own path.
            yield from _leaves(value, f"{above}{name}.", depth + 1) if depth < _DEPTH else ()
        elif not isinstance(value, list):
            yield f"{above}{name}", value


def _from_sheet(file: Path) -> Sample:
    from adapters.tabular_csv import CsvTable  # noqa: PLC0415 - the libraries of this kind are an extra
    from adapters.tabular_fault import FileFault  # noqa: PLC0415 - the same
    from adapters.tabular_file import Table, open_dropped  # noqa: PLC0415 - the same
    from adapters.tabular_header import joined_names  # noqa: PLC0415 - the same
    from adapters.tabular_sheet import CFB_MAGIC, ZIP_MAGIC, SheetTable  # noqa: PLC0415 - the same

    try:
        with open_dropped(file.resolve(), _MOST_BYTES) as opened:
            start = next(opened.chunks(), b"")
            sheet = start.startswith((ZIP_MAGIC, CFB_MAGIC))
            table: Table = SheetTable(opened, _MOST_BYTES, None) if sheet else CsvTable(opened)
            heads = [rows.head(MOST_CELLS) for rows in table.candidates()]
    except FileFault as fault:
        raise BadInput(f"{file}: {fault.zh}", str(fault)) from None
    found = max((heading_of(head, joined_names) for head in heads), key=lambda each: each.known, default=None)
    if found is None or not any(found.names):
        raise BadInput(f"{file}: 没有表头", "has no heading")
    cells = {
        name: [row[at] if at < len(row) else "" for row in found.below]
        for at, name in enumerate(found.names[:_MOST_COLUMNS])
        if name
    }
    plain = not sheet and found.first and _is_plain(file)
    return Sample("memory" if plain else "tabular", tuple(cells), {}, cells)


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a table: its names, how many are known words, whether it is the first row, and the rows below."""

    names: Sequence[str]
    known: int
    first: bool
    below: Sequence[Sequence[str]]


def heading_of(head: Sequence[Sequence[str]], join: Callable[[Sequence[Sequence[str]]], Sequence[str]]) -> Heading:
    """The lines among the first rows whose names are known best; where none is, the fullest row."""
    found: Heading | None = None
    for lines in range(1, _LINES + 1):
        for row in range(min(_SEARCHED, len(head) - lines + 1)):
            names = join(head[row : row + lines])
            known = sum(is_known_label(name) or is_known_name(name) for name in names if name)
            if known and (found is None or known > found.known):
                found = Heading(names, known, row == 0 and lines == 1, head[row + lines :])
    if found is not None:
        return found
    row = max(range(min(_SEARCHED, len(head))), key=lambda at: (sum(map(bool, head[at])), -at), default=0)
    names = [cell.strip() for cell in head[row]] if head else []
    return Heading(names, 0, row == 0, head[row + 1 :])


def _is_plain(file: Path) -> bool:
    """True for a CSV that can be read as it stands: UTF-8, commas, the heading first."""
    try:
        first = next(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))), [])
    except (UnicodeDecodeError, csv.Error):
        return False
    return file.suffix.casefold() == ".csv" and len(first) > 1 and all(cell.strip() == cell and cell for cell in first)
