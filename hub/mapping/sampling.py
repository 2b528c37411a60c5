"""Some rows of a configured source as they stand there, for whoever changes its mapping. Keeps nothing.

Few rows, few at a time, and by a deadline; columns with numbers of persons are never read.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import anyio.to_thread
from anyio import CapacityLimiter

from adapters.base import LOCAL, Search, SourceBadData, SourceError, UnsupportedSearch
from adapters.heard import listening
from adapters.mapping import RecordOptions
from adapters.options import SourceOptions
from adapters.registry import open_source
from hub.suggest.fields import BadInput
from hub.suggest.sampling import Sample, cells_of, look_at_table, read_answer, read_file
from schema.catalogue import Catalogue

ROWS = 50
"""Rows that are read; a trial counts over them."""
MOST_ANSWER = 60_000
"""Characters of an answer that somebody pastes."""
_SECONDS = 8.0
_PURPOSE = "HUB_MAPPING"


class NoSample(Exception):
    """There are no rows to try a mapping on; why, in Chinese and English, without a word of the source's own."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


_SILENT = ("数据源没有及时应答，请稍后再试。", "The source did not answer in time: try again in a moment.")
_FAILED = (
    "数据源无法读取：请核对它是否可用，表或文件是否还在。",
    "The source cannot be read: see whether it answers, and whether table or file are still there.",
)
_ASKED_ONLY = (
    "此记录未配置无条件查询（search），不能取样：请粘贴一份应答的 JSON。",
    "No search without keys is configured for this record: paste an answer of it, as JSON.",
)
_NO_ROWS = ("数据源应答了，但没有记录。", "The source answered, and has no rows.")
_NO_FILE = ("文件夹里还没有这种文件。", "There is no such file in the folder yet.")


def can_be_sampled(record: RecordOptions) -> bool:
    """True where rows can be read, also from a service that lists them without keys; else an answer has to be pasted."""
    return any(hasattr(record, name) for name in ("table", "file", "files")) or _lists(record)


async def sample_of(
    source: SourceOptions, record: RecordOptions, turns: CapacityLimiter, catalogue: Catalogue
) -> Sample:
    """At most ROWS rows of a record as it runs; NoSample where there are none."""
    try:
        async with asyncio.timeout(_SECONDS), turns:
            if _lists(record):
                return _cut(await _heard(source, record, catalogue), record)
            return _cut(await _read(source, record), record)
    except TimeoutError:
        raise NoSample(*_SILENT) from None
    except (SourceError, BadInput, OSError, ValueError, LookupError):
        raise NoSample(*_FAILED) from None


def pasted(answer: str, record: RecordOptions) -> Sample:
    """Rows of an answer that somebody pasted; NoSample where it holds none."""
    if len(answer) > MOST_ANSWER:
        raise NoSample(f"样本至多 {MOST_ANSWER} 字。", f"A sample has {MOST_ANSWER} characters at most.")
    rows: Any = getattr(record, "rows", None)
    for place in (rows, None) if isinstance(rows, str) else (None,):
        try:
            return _cut(read_answer("sample", answer, place), record)
        except BadInput:
            continue
    raise NoSample("粘贴的内容不是含有行的 JSON。", "What was pasted is no JSON that holds rows.")


def _lists(record: RecordOptions) -> bool:
    return record.searchable and getattr(record, "search", None) is not None


async def _heard(source: SourceOptions, record: RecordOptions, catalogue: Catalogue) -> Sample:
    """Rows of a service as they came, asked by its own adapter as it is configured, over a connection of their own."""
    adapter = await anyio.to_thread.run_sync(open_source, source, catalogue)
    try:
        columns = (LOCAL, *sorted(adapter.abilities[record.record].columns))
        deadline = asyncio.get_running_loop().time() + min(_SECONDS, source.timeout_ms / 1000)
        with listening() as rows:
            try:
                await adapter.search(Search(record.record, columns, ROWS, deadline, _PURPOSE))
            except UnsupportedSearch:
                raise NoSample(*_ASKED_ONLY) from None
            except SourceBadData:
                # Rows that the mapping that runs cannot read are what somebody may want to look at.
                if not rows:
                    raise
    finally:
        await adapter.aclose()
    found, cells = cells_of(rows[:ROWS])
    if not found:
        raise NoSample(*_NO_ROWS)
    return Sample(source.kind, found, {}, cells)


async def _read(source: SourceOptions, record: RecordOptions) -> Sample:
    kept: Any = record
    place: Any = source
    if source.kind == "sql":
        return await look_at_table(
            place.url.get_secret_value(), kept.table, ROWS, lambda columns: record.spelt(columns).values()
        )
    if source.kind == "memory" and kept.file is not None:
        return await _aside(partial(read_file, kept.file, None))
    if source.kind == "memory":
        columns = tuple(dict.fromkeys(name for row in kept.rows for name in row))
        return Sample("memory", columns, {}, {name: [row.get(name) for row in kept.rows] for name in columns})
    if source.kind == "tabular":
        return await _aside(partial(_newest, source, kept.files))
    raise NoSample(*_ASKED_ONLY)


def _newest(source: Any, pattern: str) -> Sample:
    files: list[Path] = [one for one in source.folder.glob(pattern) if one.is_file() and not one.is_symlink()]
    if not files:
        raise NoSample(*_NO_FILE)
    return read_file(max(files, key=lambda one: one.stat().st_mtime), None)


async def _aside(work: Callable[[], Sample]) -> Sample:
    return await anyio.to_thread.run_sync(work, abandon_on_cancel=True)


def _cut(sample: Sample, record: RecordOptions) -> Sample:
    """The first rows, without what is never read."""
    never = record.never_among(sample.columns)
    columns = tuple(name for name in sample.columns if name not in never)
    cells = {name: list(cells)[:ROWS] for name, cells in sample.cells.items() if name not in never}
    return Sample(sample.kind, columns, sample.labels, cells, sample.rows, sample.asked)
