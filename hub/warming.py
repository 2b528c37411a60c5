"""Makes the pages of codes ready after the start, so that the first who scans one waits for nothing that is made but once.

Their modules, templates and routes, and the plan of the question that a page asks. No source is asked, and a start waits
for none of it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from anyio.to_thread import run_sync

from hub.callers.later import Later
from hub.gateway import Gateway

log = structlog.get_logger()
AFTER = 1.0
"""Seconds after the start: whoever waited for it goes first."""


@asynccontextmanager
async def warming(gateway: Gateway, pages: Later | None, after: float = AFTER) -> AsyncIterator[None]:
    """Within the block the pages are made ready, once; what can't be is made when somebody first comes, as ever."""
    if pages is None:
        yield
        return
    task = asyncio.create_task(_warm(gateway, pages, after))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def make_ready(gateway: Gateway, pages: Later) -> None:
    """Load, compile and plan what the page of a code needs; in between others are served."""
    await run_sync(_load)
    pages.make()
    await asyncio.sleep(0)
    from hub.pages.question import Asking  # noqa: PLC0415 - loaded by now

    Asking(gateway).make_ready()


async def _warm(gateway: Gateway, pages: Later, after: float) -> None:
    await asyncio.sleep(after)
    try:
        await make_ready(gateway, pages)
    except Exception as fault:  # noqa: BLE001 - whatever is wrong, the page says it to whoever comes
        log.warning("the pages of codes were not made ready", fault=getattr(fault, "code", type(fault).__name__))


def _load() -> None:
    """Modules and templates: the longest part, in a thread."""
    import hub.code_pages  # noqa: PLC0415 - that is the purpose
    import hub.pages.opening  # noqa: F401, PLC0415 - the same
    from hub.web.code_page import make_ready as make_templates_ready  # noqa: PLC0415 - the same

    make_templates_ready()
