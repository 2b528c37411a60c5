"""Regular expressions that an operator writes: compiled by RE2, whose time grows with the length of the text alone."""

from typing import Any

import re2

MOST_PATTERN = 300
"""Characters of a pattern."""


class BadPattern(ValueError):
    """A pattern that can't be used; the text says why."""


def compile_pattern(pattern: str) -> Any:
    """The compiled expression; BadPattern unless it is one of RE2, of at most `MOST_PATTERN` characters."""
    if len(pattern) > MOST_PATTERN:
        raise BadPattern(f"is longer than {MOST_PATTERN} characters")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 2**20
    try:
        return re2.compile(pattern, options)
    except re2.error as fault:
        reason = fault.args[0] if fault.args else fault
        said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
        raise BadPattern(f"is no regular expression of RE2: {said}") from None
