"""The types a wrapper is written in: a question, its answer, and the way that leads from one to the other."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from adapters.base import Lookup, Rows, Search

Asked = TypeVar("Asked", Lookup, Search)
Answered = TypeVar("Answered", Rows, int)
Way = Callable[[Asked], Awaitable[Answered]]
"""One of the three methods of an adapter that ask its source something."""
