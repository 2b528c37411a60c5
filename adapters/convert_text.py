"""Texts, codes, numbers and lists of departments in canonical form, and what stands for a cell that is none of them.

A reader raises what `tolerant` turns into Unreadable, and never guesses. Knows no column and no option.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from adapters.base import Unreadable
from schema.uscc import normalise_uscc

Read = Callable[[Any], Any]


def tolerant(read: Read) -> Read:
    """The same reader, for which null is null and what it cannot read is Unreadable; it never raises."""

    def read_or_mark(raw: Any) -> Any:
        if raw is None:
            return None
        if isinstance(raw, (bytes, memoryview)):
            return Unreadable.VALUE
        try:
            return read(raw)
        except (ValueError, TypeError, ArithmeticError, RecursionError):
            return Unreadable.VALUE

    return read_or_mark


def read_text(raw: Any) -> str | None:
    """Text without blanks around it, null if there is none."""
    if isinstance(raw, (dict, list)):
        raise TypeError("not a text")
    return str(raw).strip() or None


def read_code(raw: Any) -> str | None:
    """Normalised code, null if there is none."""
    return normalise_uscc(read_text(raw) or "") or None


def read_int(raw: Any) -> int | None:
    """Whole number of 32 bits."""
    if isinstance(raw, str) and not raw.strip():
        return None
    number = int(raw)
    if isinstance(raw, (float, Decimal)) and number != raw:
        raise ValueError("not a whole number")
    if not -(2**31) <= number < 2**31:
        raise ValueError("beyond 32 bits")
    return number


def list_reader(one: Read, separator: str | None) -> Read:
    """Reads a list, a text split by the separator or, without one, a JSON list; null if nothing is in it."""

    def read(raw: Any) -> tuple[Any, ...] | None:
        parts: Any = raw
        if isinstance(raw, str):
            parts = raw.split(separator) if separator else json.loads(raw) if raw.strip() else []
        if not isinstance(parts, (list, tuple)):
            raise TypeError("not a list")
        values = tuple(value for part in parts if part is not None and (value := one(part)) is not None)
        return values or None

    return read
