"""What commands share that do one thing, or list many, as somebody who signs in: the wish, and what is shown of it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hub.cli_operating import typed
from hub.cli_signed import signed_in
from hub.terminal import err, out

PAGE = 100
MAX_NUMBER = 32


class Who(NamedTuple):
    """Who acts, as they were named on the command line."""

    config: Path
    username: str
    code: str | None
    purpose: str | None


class Wish(NamedTuple):
    """A mutation: what it declares, its field with arguments, and the values of what it declares."""

    given: str
    field: str
    variables: Mapping[str, Any]


def numbered(field: str, number: str) -> Wish:
    """The wish of a mutation that takes nothing but a number."""
    return Wish("$number: ID!", f"{field}(number: $number)", {"number": number_typed(number)})


def number_typed(text: str) -> str:
    """A number as it was typed; ends the command for what can be none."""
    return typed(text, MAX_NUMBER, "NUMBER")


def act(who: Who, wish: Wish, shown: str) -> dict[str, Any]:
    """What a mutation gives of what is `shown`, and the `position` of its entry; the command ends where it is refused."""
    with signed_in(*who) as signed:
        asked = f"mutation ({wish.given}) {{ {wish.field} {{ position {shown} }} }}"
        (done,) = signed.ask(asked, wish.variables).values()
    found: dict[str, Any] = done
    return found


def tell(text: str, done: Mapping[str, Any]) -> None:
    """Print what became of it, and beside the output where that stands in the record."""
    out.print(text, markup=False)
    err.print(f"审计记录位置 / position in the record: {done['position']}", markup=False)


def print_pages(who: Who, wish: Wish, shown: str, text: Callable[[Mapping[str, Any]], str]) -> None:
    """Print everything that a numbered list holds, page by page: `wish` without `first` and `after`, which stand here."""
    asked = f"query ($first: Int!, $after: ID, {wish.given}) {{ {wish.field} {{ {shown} }} }}"
    with signed_in(*who) as signed:
        after: str | None = None
        while True:
            (page,) = signed.ask(asked, {"first": PAGE, "after": after, **wish.variables}).values()
            for one in page:
                out.print(text(one), markup=False)
            if len(page) < PAGE:
                return
            after = page[-1]["number"]
