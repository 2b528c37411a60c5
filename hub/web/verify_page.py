"""The page on which anybody verifies a receipt: one file, that asks nothing of anybody and works from disk.

Style, script and words stand in it, and its policy lets nothing else run and nothing leave; so a saved copy does the same.
"""

import base64
import hashlib
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from hub.audit.receipt import FORMAT
from hub.audit.receipt_words import CHECKED, FAULTS, KEY_NOT_COMPARED
from hub.web import words_receipt as words

_HERE: Final = Path(__file__).parent


@lru_cache(maxsize=4)
def verify_page(keys: tuple[str, ...]) -> str:
    """The page, with the public keys of a log."""
    style, script, said = _parts()
    template = _templates().get_template("verify.html")
    return template.render(
        csp=policy(),
        keys="\n".join(keys),
        said=Markup(said),  # noqa: S704 - ours, with every `<` written otherwise
        script=Markup(script),  # noqa: S704 - ours
        style=Markup(style),  # noqa: S704 - ours
        words=words.PAGE,
    )


@cache
def policy() -> str:
    """The policy of the page: its own style and script by their hashes, and nothing else."""
    style, script, _ = _parts()
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"
    )


@cache
def _parts() -> tuple[str, str, str]:
    """Style, script and words, as they stand in the page."""
    static = _HERE / "static"
    style = "\n".join((static / name).read_text(encoding="utf-8") for name in ("hub.css", "verify.css"))
    faults = {**FAULTS, "OTHER_PAPER": words.OTHER_PAPER}
    said = {**CHECKED, **words.SAID, "KEY_NOT_COMPARED": KEY_NOT_COMPARED}
    every = {"facts": words.FACTS, "faults": faults, "format": FORMAT, "outcomes": words.OUTCOMES, "said": said}
    told = orjson.dumps(every).decode()
    return style, (static / "verify.js").read_text(encoding="utf-8"), told.replace("<", "\\u003c")


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(_HERE / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
