"""Codes of others that are taken for a token: the province's, an enterprise's own, an electronic licence.

What one looks like is configuration: a regular expression with one named group, matched by RE2, so that no pattern and
no text holds the hub up. Asks nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub.patterns import compile_pattern
from hub.settings_code import Group, ParserTable

MOST = 512
"""Characters of a code that is read."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """What was found in a code: which parser knew it, what it is, and its value."""

    parser: str
    group: Group
    value: str


@dataclass(frozen=True, slots=True)
class CodeParser:
    """One way in which another issuer writes codes."""

    name: str
    pattern: Any
    group: Group

    def read(self, text: str) -> Foreign | None:
        """What the whole text says, None if it is no such code."""
        found = self.pattern.fullmatch(text)
        value = found.group(self.group.value) if found is not None else None
        return Foreign(self.name, self.group, value) if value else None


def build_parsers(tables: Sequence[ParserTable]) -> tuple[CodeParser, ...]:
    """The parsers of the settings, in their order."""
    return tuple(CodeParser(table.name, compile_pattern(table.pattern), table.group) for table in tables)


def read_foreign(parsers: Sequence[CodeParser], text: str) -> Foreign | None:
    """What the first parser that knows the code finds in it."""
    text = text.strip()
    if not text or len(text) > MOST or not text.isprintable():
        return None
    return next((found for parser in parsers if (found := parser.read(text)) is not None), None)
