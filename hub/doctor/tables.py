"""The tables of a database beside their mapping: missing ones and missing columns with near names, and data times."""

from collections.abc import Mapping
from difflib import get_close_matches

from adapters.base import AS_OF, SourceBadData
from adapters.records import HeldRecord
from adapters.sql import SqlOptions, SqlRecord
from adapters.sql_look import Look, looking
from adapters.wrap.health import Health
from hub.findings.findings import Finding

_NEAR = 3


async def examine_tables(options: SqlOptions, held: Mapping[str, HeldRecord], health: Health) -> list[Finding]:
    """Findings about tables and columns; raises SourceError where the database cannot be asked."""
    found: list[Finding] = []
    async with looking(options.url.get_secret_value(), options.timeout_ms) as look:
        for record in options.record:
            faults = await _faults(options.name, look, record)
            if not faults:
                await _note_newest(look, record, held[record.record], health)
            found += faults
    return found


async def _faults(source: str, look: Look, record: SqlRecord) -> list[Finding]:
    names = {"record": record.record, "table": record.table}
    try:
        columns = await look.columns(record.table)
    except SourceBadData:
        columns = []
    if not columns:
        return [Finding(source, "TABLE_MISSING", {**names, "near": _near(record.table, await look.tables())})]
    missing = sorted(record.source_columns - record.spelt(columns).keys())
    near = [{**names, "column": column, "near": _near(column, columns)} for column in missing]
    return [Finding(source, "COLUMN_MISSING", each) for each in near]


async def _note_newest(look: Look, record: SqlRecord, held: HeldRecord, health: Health) -> None:
    if record.as_of is not None and record.as_of.column is not None:
        names = record.spelt(await look.columns(record.table))
        raw = await look.newest(record.table, names[record.as_of.column])
        health.delivered(record.record, [held.map.reader(AS_OF).read(raw)])


def _near(name: str, there: list[str]) -> str:
    """Names that look like it, else the first ones there are."""
    folded = {each.casefold(): each for each in there}
    close = [folded[found] for found in get_close_matches(name.casefold(), folded, _NEAR, 0.5)]
    return ", ".join(close or there[:_NEAR]) or "–"
