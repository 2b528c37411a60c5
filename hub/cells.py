"""Cells of CSV files that people open in a spreadsheet: text of others is never taken for a formula there."""

from typing import Any

# Spreadsheets in Chinese and Japanese take the full-width signs for the same; a blank before a sign hides nothing.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")


def inert(value: Any) -> str:
    """The value as text, with an apostrophe in front where a spreadsheet would take it for a formula; None is empty."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text
