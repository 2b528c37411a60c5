"""Puts one question at a time: a given answer counts, then what a person types, then the default.

Secrets are typed without echo or given by reference. Knows no question.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import typer
from rich.markup import escape
from rich.table import Table

from hub.init.answers import Answers, WrongAnswer
from hub.terminal import err, out

Value = TypeVar("Value")
Check = Callable[[str], str]
REFERENCES = ("env:", "file:")


def _any(text: str) -> str:
    return text


class Asker:
    """Questions to whoever sits there; without a person, what has neither answer nor default is a WrongAnswer."""

    def __init__(self, answers: Answers, folder: Path, *, person: bool) -> None:
        self._answers = answers
        self._folder = folder
        self._person = person

    def text(self, place: str, question: str, default: str | None = None, check: Check = _any) -> str:
        """A text that passes the check, which raises ValueError with a sentence."""
        given = self._answers.take(place)
        if given is not None:
            return self._checked(place, str(given), check)
        while self._person:
            try:
                # With an empty default an empty line is an answer.
                return check(typer.prompt(question, default=default, show_default=bool(default)).strip())
            except ValueError as fault:
                err.print(f"  {fault}", markup=False)
        if default is None:
            raise WrongAnswer(f"缺少答案 / an answer is missing: --set {place}=… ({question})")
        return self._checked(place, default, check)

    def choice(self, place: str, question: str, offers: Mapping[str, str], default: str | None = None) -> str:
        """One of the offers, which are shown with what each is for."""
        if self._person and not self._answers.has(place):
            self.show(offers)
        return self.text(place, question, default, _among(offers))

    def names(self, place: str, question: str, default: str = "") -> list[str]:
        """Several names, separated by commas."""
        given = self._answers.take(place)
        if isinstance(given, list):
            return [str(name) for name in given]
        text = self.text(place, question, default)
        return [name.strip() for name in text.replace(",", ",").split(",") if name.strip()]

    def yes(self, place: str, question: str, *, default: bool) -> bool:
        """Yes or no."""
        text = self.text(place, f"{question} (y/n)", "y" if default else "n", _yes_or_no)
        return text == "y"

    def more(self, table: str, number: int, question: str) -> bool:
        """Whether there is a table of this number: given ones are all there are; the first one is always there."""
        if self._answers.has(table):
            return self._answers.has(f"{table}.{number}")
        return number == 1 or (self._person and typer.confirm(question, default=False))

    def table(self, place: str) -> dict[str, Any]:
        """A table that was given as a whole, empty where none was."""
        given = self._answers.take(place)
        if given is not None and not isinstance(given, dict):
            raise WrongAnswer(f"{place}: 须为表 / must be a table")
        return dict(given or {})

    def changes(self, place: str, question: str) -> dict[str, Any]:
        """Entries `name=value` until an empty line; an empty value is false. Given ones are all there are."""
        found = {name: False if value == "" else value for name, value in self.table(place).items()}
        while self._person and not self._answers.has(place):
            text = typer.prompt(question, default="", show_default=False).strip()
            if not text:
                break
            name, _, value = text.partition("=")
            found[name.strip()] = value.strip() or False
        return found

    def secret(self, place: str, question: str) -> tuple[str, str] | None:
        """Where a secret stands and what it is: the reference given, empty where it was typed; null where there is none."""
        given = self._answers.take(place)
        if given is not None:
            return str(given), self.resolve(place, str(given))
        typed = typer.prompt(question, default="", show_default=False, hide_input=True) if self._person else ""
        return ("", typed) if typed else None

    def resolve(self, place: str, reference: str) -> str:
        """What a reference leads to; WrongAnswer where it is none or leads nowhere."""
        way, _, name = reference.partition(":")
        if way == "env" and name in os.environ:
            return os.environ[name]
        if way == "file" and (self._folder / name).is_file():
            return (self._folder / name).read_text(encoding="utf-8").strip()
        raise WrongAnswer(
            f"{place}: 密钥只能以 env:名称 或 file:路径 给出,且须存在 / give env:NAME or file:PATH that exists, never the secret"
        )

    def show(self, offers: Mapping[str, str]) -> None:
        """Offers, one a line, with what each is for."""
        if self._person:
            shown = Table.grid(padding=(0, 2))
            for name, meaning in offers.items():
                shown.add_row(f"  {escape(name)}", escape(meaning))
            out.print(shown)

    def tell(self, sentence: str) -> None:
        """Say something that needs no answer."""
        out.print(sentence, markup=False)

    def _checked(self, place: str, text: str, check: Check) -> str:
        try:
            return check(text)
        except ValueError as fault:
            raise WrongAnswer(f"{place}: {fault}") from None


def _among(offers: Mapping[str, str]) -> Check:
    def check(text: str) -> str:
        if text not in offers:
            raise ValueError(f"须为其中之一 / must be one of: {', '.join(offers)}")
        return text

    return check


def _yes_or_no(text: str) -> str:
    said = {"y": "y", "yes": "y", "是": "y", "true": "y", "n": "n", "no": "n", "否": "n", "false": "n"}
    if text.casefold() not in said:
        raise ValueError("请答 y 或 n / answer y or n")
    return said[text.casefold()]
