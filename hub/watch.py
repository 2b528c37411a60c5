"""Watches the sources while the hub serves: troubled ones are checked now and then, and every change is logged.

So a source that is back is asked again although nobody has tried, and a state is known before the first question. A
source that answers is left alone. The log gets names and codes, one line a change and none a call; that it
answers when first asked is no news.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial

import structlog

from adapters.base import SourceError
from adapters.wrap.health import Change
from hub.fetch import Source
from schema.enums import SourceState

PERIOD = 10.0
"""Seconds between two checks of a source that does not answer."""
log = structlog.get_logger()


@asynccontextmanager
async def watched(sources: Mapping[str, Source], period: float = PERIOD) -> AsyncIterator[None]:
    """Within the block sources that do not answer, or were never asked, are checked at once and every `period`."""
    for source in sources.values():
        source.health.tell(partial(_note, source.name))
    task = asyncio.create_task(_probe(sources, period))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def _probe(sources: Mapping[str, Source], period: float) -> None:
    while True:
        silent = [source for source in sources.values() if source.health.state is not SourceState.ANSWERING]
        await asyncio.gather(*map(_check, silent))
        await asyncio.sleep(period)


async def _check(source: Source) -> None:
    # What it was found to be stands in its health already, be it by a mistake in the adapter.
    with suppress(SourceError):
        await source.adapter.check()


def _note(name: str, change: Change) -> None:
    if (change.was, change.now) == (SourceState.UNKNOWN, SourceState.ANSWERING):
        return
    tell = log.warning if change.now in (SourceState.TROUBLED, SourceState.OPEN) else log.info
    code = {} if change.code is None else {"code": change.code}
    tell("source changed", source=name, was=change.was.name, now=change.now.name, **code)
