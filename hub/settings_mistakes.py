"""Mistakes of `hub.toml`: where each stands, what is wrong in Chinese and English, and which keys a table may have."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from hub.settings_words import chinese


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: where it stands (line 0 if unknown), the key, and one English sentence."""

    line: int
    key: str
    sentence: str

    def __str__(self) -> str:
        return self.told("")

    def told(self, file: str) -> str:
        """`FILE:LINE: key: Chinese / English`, as editors jump to it."""
        place = ":".join([*filter(None, [file]), *([str(self.line)] if self.line else [])])
        return f"{f'{place}: ' if place else ''}{self.key}: {chinese(self.sentence)} / {self.sentence}"


class BadSettings(Exception):
    """The configuration is not usable; the text names every mistake, one a line."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = sorted(mistakes, key=lambda one: (one.line, one.key))
        super().__init__("\n".join(map(str, self.mistakes)))

    def report(self, file: Path) -> str:
        """Every mistake, each with the file and the line it stands in."""
        told = "\n".join(one.told(str(file)) for one in self.mistakes)
        return f"{file}: {len(self.mistakes)} 处错误 / mistakes\n{told}"


def keys_at(model: type[BaseModel], place: Sequence[str | int]) -> frozenset[str]:
    """Keys that a table may have; `place` leads to it through keys, numbers of repeated tables, and tags of unions."""
    models = [model]
    for part in place:
        inner = [one for each in models for one in _models_of(_annotation(each, part))]
        models = inner or models
    return frozenset(field.alias or name for one in models for name, field in one.model_fields.items())


def _annotation(model: type[BaseModel], part: str | int) -> Any:
    fields = model.model_fields.items()
    return next((field.annotation for name, field in fields if part in (name, field.alias)), None)


def _models_of(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in get_args(annotation):
        yield from _models_of(one)
