"""The public pages of codes as HTML: complete without a script, with their style inside, so that one answer is a page.

The policy allows the one style by its hash and no script. Knows what is shown and not whence it comes.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeAlias, get_args

from hub.web import words_code, words_report, words_scan, words_stopped
from hub.web.assets import asset_url
from hub.web.code_parts import Shop
from hub.web.words_report import Kind, Outcome, Problem
from hub.web.words_stopped import Stopped

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True, slots=True)
class ShopPage:
    """A code that holds. signed: the plate's signature was checked; batch: what stands on packaging; copied: it
    was found at another shop; provincial: the province issued it.
    """

    template: ClassVar[str] = "shop.html"
    shop: Shop
    token: str
    here: str
    large: bool = False
    signed_on: str = ""
    batch: str = ""
    copied: bool = False
    provincial: bool = False
    status: ClassVar[int] = 200


@dataclass(frozen=True, slots=True)
class StoppedPage:
    """A code that does not hold, or none at all; for whom it was issued, since when it is so, where that is known.

    label: what a code of another issuer is called · shop: address of the page of the same shop, where there is another one.
    """

    template: ClassVar[str] = "stopped.html"
    stopped: Stopped
    here: str
    token: str = ""
    name: str = ""
    since: str = ""
    large: bool = False
    label: str = ""
    shop: str = ""

    @property
    def status(self) -> int:
        return self.stopped.value.status


@dataclass(frozen=True, slots=True)
class LookUpPage:
    """Where a token is typed by hand."""

    template: ClassVar[str] = "look_up.html"
    here: str
    large: bool = False
    status: ClassVar[int] = 200


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The form of a report; `nonce` makes that it counts once, however often it is sent."""

    template: ClassVar[str] = "report.html"
    here: str
    nonce: str
    token: str = ""
    kind: Kind | None = None
    place: str = ""
    said: str = ""
    problem: Problem | None = None
    large: bool = False

    @property
    def status(self) -> int:
        return 200 if self.problem is None else self.problem.value.status


@dataclass(frozen=True, slots=True)
class ReportedPage:
    """What became of a report, under its number."""

    template: ClassVar[str] = "reported.html"
    here: str
    number: str
    received: str
    outcome: Outcome
    settled: str = ""
    note: str = ""
    fresh: bool = False
    large: bool = False
    status: ClassVar[int] = 200


@dataclass(frozen=True, slots=True)
class ScanPage:
    """Where the camera reads a code; what is loaded once is enough to tell forgeries without a network."""

    template: ClassVar[str] = "scan.html"
    here: str
    origin: str
    large: bool = False
    status: ClassVar[int] = 200


_SHARED = ("layout.html", "parts.html")
"""Templates that the others are made with, and which are compiled when one of them is rendered."""
Page: TypeAlias = ShopPage | StoppedPage | LookUpPage | ReportPage | ReportedPage | ScanPage


def render(page: Page) -> str:
    """The whole page as HTML."""
    return _environment().get_template(page.template).render(page=page, style=style())


def make_ready() -> None:
    """Load the stylesheet and compile the templates of all pages, before somebody asks for one."""
    _style_hash()
    for page in get_args(Page):
        _environment().get_template(page.template)
    for template in _SHARED:
        _environment().get_template(template)


def page_headers(page: Page) -> dict[str, str]:
    """Headers of a page: its policy; that nobody keeps it, follows it or lists it."""
    policy = ["default-src 'none'", f"style-src {_style_hash()}", "img-src 'self'", "base-uri 'none'"]
    policy += ["form-action 'self'", "frame-ancestors 'none'"]
    camera = "()"
    if isinstance(page, ScanPage):
        policy += ["script-src 'self'", "connect-src 'self'", "worker-src 'self'", "media-src 'self' blob:"]
        camera = "(self)"
    return {
        "cache-control": "no-store",
        "content-security-policy": "; ".join(policy),
        "permissions-policy": f"camera={camera}, geolocation=(), microphone=()",
        "referrer-policy": "same-origin" if isinstance(page, ReportPage) else "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "x-robots-tag": "noindex, nofollow, noarchive",
    }


@cache
def style() -> str:
    """The stylesheet as it stands in a page, without its comments and needless blanks."""
    text = (files("hub.web") / "static" / "hub.css").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([{};,]) ?", r"\1", text).strip()


def _style_hash() -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()}'"


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - for whoever opens a page
    from markupsafe import Markup  # noqa: PLC0415 - the same

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates" / "code"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "asset_url": asset_url,
        "words": words_code,
        "stops": words_stopped,
        "reports": words_report,
        "scans": words_scan,
        "kinds": list(Kind),
    }
    environment.filters["own"] = Markup
    return environment
