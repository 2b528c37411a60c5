"""All wrappers around one adapter, in the one order that makes sense.

From outside: a source that rests is not asked (`breaker`); a question is repeated (`retry`), and each time waits its
turn (`limit`), is seen (`health`), is cut off (`deadline`), and what nobody foresaw is a failure like others (`shield`).
So a source that rests fails at once although its turns are taken, waiting in line is no slowness of it, and a question
with all its attempts is one piece of evidence.
"""

from collections.abc import Callable
from random import SystemRandom

from adapters.base import Adapter
from adapters.options import SourceOptions
from adapters.wrap.breaker import Breaker
from adapters.wrap.circuit import Tolerance
from adapters.wrap.deadline import Deadline
from adapters.wrap.health import Health, Watch
from adapters.wrap.limit import Limit, Room
from adapters.wrap.retry import Retry
from adapters.wrap.shield import Shield

_chance = SystemRandom().random


def wrap(adapter: Adapter, options: SourceOptions, health: Health, chance: Callable[[], float] = _chance) -> Adapter:
    """The adapter with everything around it; `health` is the book of its source, `chance` gives 0 to 1."""
    tolerance = Tolerance(
        options.breaker_failures, options.breaker_percent, options.breaker_seconds, options.breaker_longest_seconds
    )
    room = Room(options.concurrency, options.waiting)
    watched = Watch(Deadline(Shield(adapter, options.name), options.timeout_ms / 1000), health)
    retried = Retry(Limit(watched, room, health.turn_away), options.attempts, chance)
    return Breaker(retried, tolerance, chance, health.rest)
