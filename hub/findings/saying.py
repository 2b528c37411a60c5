"""What a finding says, and how bad it is."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is; only BAD makes the command fail."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"

    @property
    def sign(self) -> str:
        """What stands before it on a page."""
        return {"good": "✓ 好", "note": "! 注意", "bad": "✗ 有误"}[self.value]


@dataclass(frozen=True, slots=True)
class Saying:
    """A finding's sentences, with named places, and what to do; a good one needs nothing done."""

    severity: Severity
    zh: str
    en: str
    todo_zh: str = ""
    todo_en: str = ""


def good(zh: str, en: str) -> Saying:
    return Saying(Severity.GOOD, zh, en)


def note(zh: str, en: str, todo_zh: str, todo_en: str) -> Saying:
    return Saying(Severity.NOTE, zh, en, todo_zh, todo_en)


def bad(zh: str, en: str, todo_zh: str, todo_en: str) -> Saying:
    return Saying(Severity.BAD, zh, en, todo_zh, todo_en)
