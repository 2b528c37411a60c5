"""The query desk: GraphiQL with the hub's own bar for token, purpose, case and example questions.

Renders one page for everybody; what a caller may see is decided by the answers of /graphql, never here.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hub.web.assets import asset_url

if TYPE_CHECKING:
    from jinja2 import Template

ENDPOINT: Final = "/graphql"

# GraphiQL's dialogs and menus insert one fixed style element (their scroll lock); its hash spares 'unsafe-inline'.
_SCROLL_LOCK: Final = "'sha256-Y/huXlwoYkVyQlxwSVcCi1RCDGDCSVBzDt0hYP9qlTc='"

CSP: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "font-src data:",
        f"style-src 'self' {_SCROLL_LOCK}",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)


@dataclass(frozen=True, slots=True)
class Example:
    """A question that can be loaded with one click; `role` is the heading it stands under, `variables` is JSON text."""

    role: str
    title_zh: str
    title_en: str
    purpose: str
    query: str
    variables: str = ""


@dataclass(frozen=True, slots=True)
class PurposeChoice:
    """A purpose a caller may choose; `code` is what is sent."""

    code: str
    label_zh: str
    label_en: str


def graphiql_page(examples: Sequence[Example], purposes: Sequence[PurposeChoice]) -> str:
    """The whole page as HTML; examples stand under their roles in the order of each role's first example."""
    return _template().render(
        groups=_by_role(examples),
        purposes=purposes,
        content={"endpoint": ENDPOINT, "examples": [asdict(example) for example in examples]},
    )


def _by_role(examples: Sequence[Example]) -> list[tuple[str, list[tuple[int, Example]]]]:
    order = {role: place for place, role in enumerate(dict.fromkeys(example.role for example in examples))}
    numbered = sorted(enumerate(examples), key=lambda pair: order[pair[1].role])
    return [(role, list(pairs)) for role, pairs in groupby(numbered, key=lambda pair: pair[1].role)]


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - for whoever opens the page

    loader = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["asset_url"] = asset_url
    return environment.get_template("graphiql.html")
