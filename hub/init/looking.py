"""Looks at sources while they are being described: tables, headings, names in an answer, operations, schemas.

Gives names only; no cell is kept or shown. What cannot be seen is said in one sentence and then asked for instead.
"""

import asyncio
import csv
import io
import json
from collections.abc import Callable, Coroutine, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import graphql

from adapters.base import SourceBadData, SourceError
from adapters.graphql_options import GraphqlOptions
from adapters.http_client import Call, Client, Request
from adapters.http_options import HttpOptions
from adapters.paths import find, read_path
from adapters.sql_look import looking
from hub.init.asking import Asker

Seen = TypeVar("Seen")
_SECONDS = 10.0
_DEPTH = 4
_MOST_BYTES = 2**28


def look(asker: Asker, work: Callable[[], Seen], nothing: Seen) -> Seen:
    """What the work sees; where it sees nothing, a sentence why."""
    try:
        return work()
    except (SourceError, ValueError, OSError, LookupError, TimeoutError) as fault:
        sentence = str(fault) or "it did not answer in time"
        asker.tell(f"  ! 看不到这个数据源,请按说明填写 / cannot be looked at: {sentence}")
        return nothing


def ask(work: Coroutine[Any, Any, Seen]) -> Seen:
    """The answer to a question that is put at once; TimeoutError after some seconds."""
    return asyncio.run(asyncio.wait_for(work, _SECONDS))


async def tables(address: str) -> dict[str, list[str]]:
    """Tables of a database with their columns."""
    async with looking(address) as database:
        return {table: await database.columns(table) for table in await database.tables()}


def heading(file: Path) -> list[str]:
    """Columns of a CSV or JSON file of kind `memory`."""
    text = file.read_text(encoding="utf-8-sig")
    if file.suffix == ".json":
        rows = json.loads(text)
        return list(dict.fromkeys(name for row in rows for name in row))
    return next(csv.reader(io.StringIO(text)), [])


def dropped_heading(folder: Path, pattern: str) -> list[str]:
    """Columns of the newest file of a folder that matches: the fullest of its first rows."""
    from adapters.tabular_csv import CsvTable  # noqa: PLC0415 - the libraries of this kind are an extra
    from adapters.tabular_fault import FileFault  # noqa: PLC0415 - the same
    from adapters.tabular_file import Table, open_dropped  # noqa: PLC0415 - the same
    from adapters.tabular_header import SEARCHED  # noqa: PLC0415 - the same
    from adapters.tabular_sheet import CFB_MAGIC, ZIP_MAGIC, SheetTable  # noqa: PLC0415 - the same

    files = sorted(folder.glob(pattern), key=lambda file: file.stat().st_mtime)
    if not files:
        raise LookupError(f"no file in {folder} is called {pattern}")
    try:
        with open_dropped(files[-1], _MOST_BYTES) as file:
            start = next(file.chunks(), b"")
            sheet = start.startswith((ZIP_MAGIC, CFB_MAGIC))
            table: Table = SheetTable(file, _MOST_BYTES, None) if sheet else CsvTable(file)
            heads = [row for rows in table.candidates() for row in rows.head(SEARCHED)]
    except FileFault as fault:
        raise LookupError(str(fault)) from None
    fullest = max(heads, key=lambda row: sum(map(bool, row)), default=[])
    return [cell.strip() for cell in fullest if cell.strip()]


async def names_in_answer(options: HttpOptions, request: Request, rows: str) -> list[str]:
    """Paths of the values in the first row of an answer of JSON."""
    client = Client(options)
    try:
        answer = await client.ask(request, Call(asyncio.get_running_loop().time() + _SECONDS, "init"))
        found = find(client.value(answer), read_path(rows))
    finally:
        await client.aclose()
    first = next(iter(found), None) if isinstance(found, list) else found
    if not isinstance(first, dict):
        raise SourceBadData(f"there is no row at {rows} of the answer")
    return _paths(first)


async def introspected(options: GraphqlOptions) -> graphql.GraphQLSchema:
    """The schema that a service of GraphQL tells of itself."""
    client = Client(options)
    try:
        request = Request("POST", options.path, body={"query": graphql.get_introspection_query()})
        said = client.value(await client.ask(request, Call(asyncio.get_running_loop().time() + _SECONDS, "init")))
    finally:
        await client.aclose()
    if not isinstance(said, dict) or not isinstance(said.get("data"), dict):
        raise SourceBadData("the service does not tell its schema (introspection is off)")
    try:
        return graphql.build_client_schema(said["data"])
    except TypeError:
        raise SourceBadData("the service tells a schema that cannot be read") from None


def _paths(row: dict[str, Any], above: str = "", depth: int = 1) -> list[str]:
    found: list[str] = []
    for name, value in islice(row.items(), 500):
        if isinstance(value, dict) and depth < _DEPTH:
            found += _paths(value, f"{above}{name}.", depth + 1)
        else:
            found.append(f"{above}{name}")
    return found


def shown(names: Sequence[str], most: int = 40) -> str:
    """Names on one line, cut where there are many."""
    more = f" …({len(names)})" if len(names) > most else ""
    return ", ".join(names[:most]) + more
