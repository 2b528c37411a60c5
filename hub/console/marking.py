"""Two writings of one thing, cut where they differ, so that a page can mark the characters. Decides nothing."""

from difflib import SequenceMatcher

Part = tuple[str, bool]
"""A piece of a text, and whether the other side has something else there."""
_SHORTEST = 2
"""Characters that both have between two differences, from which on they are left unmarked: single ones only confuse."""


def marked(left: str, right: str) -> tuple[list[Part], list[Part]]:
    """Both texts in pieces; put together again, each is what it was."""
    codes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    mine: list[Part] = []
    theirs: list[Part] = []
    for place, (tag, start, end, first, last) in enumerate(codes):
        between = 0 < place < len(codes) - 1 and end - start < _SHORTEST
        differs = tag != "equal" or between
        _add(mine, left[start:end], differs)
        _add(theirs, right[first:last], differs)
    return mine, theirs


def _add(parts: list[Part], text: str, differs: bool) -> None:
    if not text:
        return
    if parts and parts[-1][1] == differs:
        parts[-1] = (parts[-1][0] + text, differs)
    else:
        parts.append((text, differs))
