"""Garbage collection by the clock instead of by the number of objects: a question makes thousands, and no cycles.

Collecting whenever so many were made means walking the rows of all questions in flight, again and again, for nothing.
What does form cycles – a question that is read for the first time, or refused – has a ceiling at which it is collected
at once. What was built at start is never walked: that would stop all questions for 80 ms and more.
"""

import asyncio
import contextlib
import gc
from collections.abc import Iterator

_YOUNG_SECONDS = 1.0
_ALL_EVERY = 600
"""After so many collections of what is young, everything is collected, but for what was built at start."""
_CEILING = 100_000
"""Objects in which nothing is known to be garbage, some 10 MB; questions in flight hold fewer."""
_NEVER = 1_000_000


@contextlib.contextmanager
def tidied() -> Iterator[None]:
    """What there is now stays; from now on garbage is collected by a task of the running event loop."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(_CEILING, 10, _NEVER)
    task = asyncio.get_running_loop().create_task(_tidy())
    try:
        yield
    finally:
        task.cancel()
        gc.set_threshold(*before)
        gc.unfreeze()


async def _tidy() -> None:
    while True:
        for _ in range(_ALL_EVERY):
            await asyncio.sleep(_YOUNG_SECONDS)
            gc.collect(1)
        gc.collect()
