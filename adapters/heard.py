"""Rows as a service wrote them, before anything is read from them: for whoever tries a mapping, and for nobody else.

What is heard is of the task that listens and of those it starts; it is kept no longer than the one who listens keeps it.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_LISTENING: ContextVar[list[Mapping[str, Any]] | None] = ContextVar("_LISTENING", default=None)


@contextmanager
def listening() -> Iterator[list[Mapping[str, Any]]]:
    """Within the block, rows that a service answers to this task stand in the list as they came."""
    rows: list[Mapping[str, Any]] = []
    token = _LISTENING.set(rows)
    try:
        yield rows
    finally:
        _LISTENING.reset(token)


def hear(rows: Iterable[Mapping[str, Any]]) -> None:
    """Let whoever listens have these rows."""
    heard = _LISTENING.get()
    if heard is not None:
        heard.extend(rows)
