"""Seeded drawing: every part of the city has a stream of its own, so that a change in one leaves the others alone.

Knows nothing of what is drawn. Never used for keys or tokens.
"""

from collections.abc import Callable
from random import Random


def stream(seed: str, *labels: str) -> Random:
    """Source of draws that depends on the seed and the labels alone."""
    return Random("/".join((seed, *labels)))


def another(current: str, rng: Random, write: Callable[[Random], str]) -> str:
    """A text of the same kind that is not the current one."""
    while True:
        drawn = write(rng)
        if drawn != current:
            return drawn


def digits(rng: Random, count: int) -> str:
    """So many decimal digits."""
    return f"{rng.randrange(10**count):0{count}d}"


def chance(rng: Random, share: float) -> bool:
    """True in this share of cases."""
    return rng.random() < share
