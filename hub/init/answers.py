"""Answers given beforehand, by place: `source.1.kind` is the kind of the first source. Asks nobody.

They come from a TOML file of the same shape and from `--set PLACE=VALUE`. What is never used is a mistake.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


class WrongAnswer(Exception):
    """An answer that is missing or cannot be meant; the sentence says what to give."""


class Answers:
    """Given answers; repeated tables are numbered from 1."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given: dict[str, Any] = _numbered(given)
        self._used: set[str] = set()

    def put(self, place: str, value: Any) -> None:
        """One more answer, which takes the place of what was given there."""
        *tables, last = place.split(".")
        inner = self._given
        for name in tables:
            inner = inner.setdefault(name, {})
            if not isinstance(inner, dict):
                raise WrongAnswer(f"{place}: {name} 已是一个值 / is a value already")
        inner[last] = _numbered(value)

    def take(self, place: str) -> Any:
        """The answer at a place, null where none was given."""
        self._used.add(place)
        found: Any = self._given
        for name in place.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        return found

    def has(self, place: str) -> bool:
        """True if anything was given at a place or below it."""
        used = set(self._used)
        found = self.take(place) is not None
        self._used = used
        return found

    def refuse_unused(self) -> None:
        """Return if every answer was asked for; WrongAnswer names those that were not."""
        unused = [place for place in _places(self._given) if not self._is_used(place)]
        if unused:
            raise WrongAnswer(f"没有用到的答案 / answers that nobody asked for: {', '.join(unused)}")

    def _is_used(self, place: str) -> bool:
        parts = place.split(".")
        return any(".".join(parts[:length]) in self._used for length in range(1, len(parts) + 1))


def read_answers(file: Path | None, said: list[str]) -> Answers:
    """Answers of a file and of `PLACE=VALUE` texts, which go before it; WrongAnswer where they cannot be read."""
    answers = Answers(_read(file) if file else {})
    for text in said:
        place, equals, value = text.partition("=")
        if not equals or not place.strip():
            raise WrongAnswer(f"--set {text}: 须为 位置=值 / must be PLACE=VALUE, as in source.1.kind=sql")
        answers.put(place.strip(), _value(value.strip()))
    return answers


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as fault:
        raise WrongAnswer(f"{file}: 无法读取 / cannot be read ({fault.strerror})") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise WrongAnswer(f"{file}: 不是 TOML / is not TOML ({fault})") from None


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _numbered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _numbered(each) for name, each in value.items()}
    if isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        return {str(number): _numbered(each) for number, each in enumerate(value, 1)}
    return value


def _places(given: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for name, value in given.items():
        place = f"{above}{name}"
        if isinstance(value, dict):
            yield from _places(value, f"{place}.")
        else:
            yield place
