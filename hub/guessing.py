"""What a name that nothing has was probably meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, names: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The name that is most like it, None if none is like it; `cutoff` from 0 (all are) to 1 (only the same)."""
    return next(iter(get_close_matches(name, sorted(names), n=1, cutoff=cutoff)), None)


def guess(found: str | None) -> tuple[str, str]:
    """How a sentence goes on that says there is no such name, in Chinese and English; empty where nothing is like it."""
    return (f"，是否应为 {found}？", f": did you mean {found}?") if found is not None else ("", "")
