"""The pulse: a number in the store that grows with every change all workers must take notice of.

A worker looks at it several times a second; so a change is felt everywhere at once, without any other connection
between workers than the store they share.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy import Connection, select, update

from hub.store.caller_tables import pulse
from hub.store.database import Database

log = structlog.get_logger()
EVERY = 0.2
"""Seconds between two looks."""

_VALUE = select(pulse.c.value)


def beat(connection: Connection) -> int:
    """Count one change, in the transaction that makes it; the number it gets."""
    connection.execute(update(pulse).values(value=pulse.c.value + 1))
    return count(connection)


def count(connection: Connection) -> int:
    """How many changes there were."""
    return int(connection.execute(_VALUE).scalar_one())


async def follow(database: Database, changed: Callable[[], Awaitable[None]], known: int) -> None:
    """Call `changed` whenever the pulse is another than the `known` one, until cancelled.

    A store that cannot be read is asked again; meanwhile nothing can be recorded either, so that no answer leaves.
    """
    reachable = True
    while True:
        try:
            found = await database.read(count)
            if found != known:
                await changed()
                known = found
            reachable = True
        except Exception as fault:  # noqa: BLE001 - whoever stops looking honours for ever what was stopped meanwhile
            if reachable:
                log.warning("the pulse of the store cannot be read", fault=type(fault).__name__)
            reachable = False
        await asyncio.sleep(EVERY)
