"""The pages of the console as HTML, and the headers they are sent with. Knows no request, no store and no gateway.

Sentences stand in words_console.py; styles and scripts are files of the hub's own, so that the policy allows nothing else.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auth.roles import ROLE_LABELS, Role
from hub.web import words_audit
from hub.web import words_console as words
from hub.web import words_console_again as again_words
from hub.web import words_console_codes as code_words
from hub.web import words_console_corrections as correction_words
from hub.web import words_console_grants as grant_words
from hub.web import words_console_identities as identity_words
from hub.web import words_console_mapping as mapping_words
from hub.web import words_console_matrix as matrix_words
from hub.web import words_console_sources as source_words
from hub.web.assets import asset_url
from schema.enums import ENUMS
from schema.seeing import SeenState

if TYPE_CHECKING:
    from jinja2 import Environment

_POLICY = (
    "default-src 'none'; style-src {style}; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def render(template: str, told: Mapping[str, Any]) -> str:
    """A page, or a part of one."""
    return _environment().get_template(template).render(**told)


def page_headers(style: str = "'self'") -> dict[str, str]:
    """Headers of a page: nobody keeps it, frames it, or is told of it."""
    return {
        "cache-control": "no-store",
        "content-security-policy": _POLICY.format(style=style),
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        # A form is told from another site's by its origin, which no-referrer would hide.
        "referrer-policy": "same-origin",
        "vary": "hx-request",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }


def printed_headers(html: str) -> dict[str, str]:
    """Headers of a page with a style of its own inside, which the policy allows by its hash."""
    found = _STYLE.search(html)
    digest = hashlib.sha256((found[1] if found else "").encode()).digest()
    return page_headers(f"'sha256-{base64.b64encode(digest).decode()}'")


class Said(str):
    """A day or a moment in Chinese; in a sentence, `{…:en}` is the same in English."""

    __slots__ = ("en",)
    en: str

    def __new__(cls, zh: str, en: str) -> "Said":
        """In both languages."""
        said = super().__new__(cls, zh)
        said.en = en
        return said

    def __format__(self, form: str) -> str:
        return self.en if form == "en" else super().__format__(form)


_NEVER = Said("—", "—")


def said_day(text: str | None) -> Said:
    """A day of an ISO date or moment; ValueError for anything else."""
    found = date.fromisoformat(text[:10]) if text else None
    return Said(f"{found.year}年{found.month}月{found.day}日", f"{found.day} {found:%B %Y}") if found else _NEVER


def _month(text: str) -> str:
    year, month = text.split("-")
    return f"{year}年{int(month)}月"


def _moment(text: str | None) -> Said:
    if not text:
        return _NEVER
    day, clock = said_day(text), f"{datetime.fromisoformat(text):%H:%M}"
    return Said(f"{day} {clock}", f"{day.en}, {clock}")


def _enum(name: str, of: str) -> tuple[str, str]:
    """Labels of a value of an enumeration of the schema."""
    value = ENUMS[of][0][name]
    return value.zh, value.en


def _seen(name: str) -> tuple[str, str]:
    value = SeenState[name]
    return value.zh, value.en


def _role(name: str) -> tuple[str, str]:
    return ROLE_LABELS[Role(name)] if name in set(Role) else (name, name)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - for whoever opens a page

    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates" / "console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "asset_url": asset_url,
        "words": words,
        "cells": matrix_words,
        "who": identity_words,
        "maps": mapping_words,
        "mends": correction_words,
        "source_words": source_words,
        "code_words": code_words,
        "audit": words_audit,
        "held": grant_words,
        "said": again_words,
        "roles": ROLE_LABELS,
    }
    made.filters |= {
        "day": said_day,
        "month": _month,
        "moment": _moment,
        "enum": _enum,
        "role": _role,
        "seen": _seen,
    }
    return made
