"""Small real questions to a source: a code that nobody has, and a few rows of which only counts are kept.

So what `check` cannot see – a web page in place of an answer, cells nobody can read – shows before callers meet it.
"""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from adapters.base import AS_OF, LOCAL, Ability, Adapter, Lookup, Search, SourceError, Unreadable, UnsupportedSearch
from adapters.options import SourceOptions
from hub.findings.causes import cause
from hub.findings.findings import Finding
from schema.uscc import check_digit

ROWS = 50
_PURPOSE = "doctor"
_NOBODY = f"91000000MA0000000{check_digit('91000000MA0000000')}"
"""A well-formed code that is issued to nobody: there is no division 000000."""
# A decoder's replacement mark, that mark read as GBK, and UTF-8 read as Latin-1 or GBK.
_GARBLED = re.compile("\ufffd|锟斤拷|[ÃÂ][\u0080-\u00bf]|[äåæçè][\u0080-\u00ff]{2}|鐨勬|鈥")


async def examine_records(options: SourceOptions, adapter: Adapter) -> list[Finding]:
    """Ask of each record a code that nobody has, then for a few rows; one finding a record that fails."""
    found: list[Finding] = []
    for record, ability in adapter.abilities.items():
        try:
            await _ask_nobody(options, adapter, record, ability)
            rows = await _some(options, adapter, record, ability)
        except SourceError as error:
            found.append(cause(options, error, record))
        else:
            found += _weigh(options, record, sorted(ability.columns), rows)
    return found


async def _ask_nobody(options: SourceOptions, adapter: Adapter, record: str, ability: Ability) -> None:
    keys = sorted(ability.keys - {LOCAL}, key=lambda key: (key != "uscc", key))
    if keys:
        value = _NOBODY if keys[0] == "uscc" else "0"
        await adapter.fetch(
            Lookup(record, (*sorted(ability.columns), AS_OF), keys[0], (value,), _deadline(options), _PURPOSE)
        )


async def _some(options: SourceOptions, adapter: Adapter, record: str, ability: Ability) -> Sequence[tuple[Any, ...]]:
    ask = Search(record, (*sorted(ability.columns), AS_OF), ROWS, _deadline(options), _PURPOSE)
    try:
        return (await adapter.search(ask)).rows
    except UnsupportedSearch:
        return ()


def _deadline(options: SourceOptions) -> float:
    return asyncio.get_running_loop().time() + options.timeout_ms / 1000


def _weigh(
    options: SourceOptions, record: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> list[Finding]:
    found: list[Finding] = []
    for place, column in enumerate(columns):
        cells = [row[place] for row in rows]
        counts = {
            "UNREADABLE": sum(cell is Unreadable.VALUE for cell in cells),
            "ENCODING": sum(isinstance(cell, str) and _GARBLED.search(cell) is not None for cell in cells),
        }
        names = {"record": record, "column": column, "of": len(cells)}
        found += [Finding(options.name, code, {**names, "count": count}) for code, count in counts.items() if count]
    return found
