"""The page from which a code is printed: a preview of every form, and where to get it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from hub.code.forms import WORDING, WORDING_EN, Form
from hub.code.keys import Algorithm
from hub.code.tokens import grouped
from hub.errors import ERRORS, HubError
from hub.web import words_kit as words
from hub.web.assets import asset_url

if TYPE_CHECKING:
    from jinja2 import Environment

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@dataclass(frozen=True, slots=True)
class KitForm:
    """One form on the page; its files lie at `address` with an ending."""

    name: str
    form: Form
    address: str


def kit_page(name: str, token: str, forms: Sequence[KitForm], algorithm: Algorithm) -> str:
    """The page as HTML: of a code that holds, for the entity of this name; `algorithm` signs what is printed now."""
    told = {"name": name, "token": token, "spoken": grouped(token), "forms": forms, "checked": words.CHECKED[algorithm]}
    return _environment().get_template("kit.html").render(**told, wording=(WORDING, WORDING_EN))


def refused_page(fault: HubError, request_id: str) -> str:
    """The page that says why there is nothing to print, and what to do; with a number to quote."""
    said = ERRORS[fault.code]
    told = said.zh.format_map(fault.names), said.en.format_map(fault.names)
    return _environment().get_template("refused.html").render(told=told, request_id=request_id)


def kit_headers() -> dict[str, str]:
    """Headers the page is sent with."""
    return {
        "cache-control": "no-store",
        "content-security-policy": _POLICY,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - for whoever opens the page

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates" / "kit"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"asset_url": asset_url, "words": words}
    return environment
