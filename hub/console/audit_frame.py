"""What the pages of audit have in common: the views there are for a visitor, periods, and addresses that hide what they look for."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from starlette.responses import Response

from hub.console.frame import Desk
from hub.disclosure.act_words import ACTS
from hub.web import words_audit as words

_SEALED = "console.audit.sought"
_LONGEST = 2_048


@dataclass(frozen=True, slots=True)
class View:
    """One view of the section: its name in addresses, its label, and the root that must exist for who sees it."""

    key: str
    label: tuple[str, str]
    root: str

    @property
    def address(self) -> str:
        """Where it is."""
        return f"/console/audit/{self.key}" if self.key else "/console/audit"


VIEWS = (
    View("", words.SEARCH, "recordEntries"),
    View("anomalies", words.ANOMALIES, "anomalies"),
    View("receivers", words.RECEIVERS, "receivers"),
    View("works", words.WORKS, "recordWorks"),
    View("objections", words.OBJECTIONS, "objections"),
    View("recalls", words.RECALLS, "recalls"),
    View("holds", words.HOLDS, "recordHolds"),
    View("receipts", words.RECEIPTS, "receipt"),
)
"""In the order of the tabs; the first that exists for a visitor is where the section begins."""


def views(desk: Desk) -> list[View]:
    """The views that exist for a visitor."""
    return [one for one in VIEWS if desk.asker.may(one.root)]


def shown(desk: Desk, template: str, view: str, status: int = 200, **told: Any) -> Response:
    """A page of the section, with its tabs."""
    purposes = desk.frame.gateway.admission.purposes

    def purpose_of(code: str) -> str:
        return purposes[code].zh if code in purposes else code

    def act_of(name: str) -> str:
        return ACTS.get(name, (name, name))[0]

    frame = {"views": views(desk), "view": view, "given": desk.fields, "purpose_of": purpose_of, "act_of": act_of}
    return desk.shown(template, status, **frame, **told)


def period(desk: Desk, days: int) -> tuple[str, str]:
    """First and last day of an address; the last so many days where it says nothing that is one."""
    today = date.fromisoformat(desk.today)
    first, last = _day(desk.query.get("first")), _day(desk.query.get("last"))
    last = last or today
    return (first or last - timedelta(days=days - 1)).isoformat(), last.isoformat()


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def seal(desk: Desk, sought: Mapping[str, str]) -> str:
    """What must not be read in an address, sealed for one; empty for nothing. The same gives the same."""
    if not sought:
        return ""
    text = orjson.dumps(dict(sought), option=orjson.OPT_SORT_KEYS).decode()
    sealed = desk.frame.visiting.attendant.vault.seal(_SEALED, text)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal(desk: Desk, text: str) -> dict[str, str]:
    """What was sealed for an address; nothing where that was not made here."""
    if not text or len(text) > _LONGEST:
        return {}
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        found: dict[str, str] = orjson.loads(desk.frame.visiting.attendant.vault.open(_SEALED, sealed))
    except (binascii.Error, ValueError, InvalidTag):
        return {}
    return found


def fields_known(desk: Desk) -> list[tuple[str, str]]:
    """Coordinates and labels of all fields, for whoever looks by one."""
    catalogue = desk.frame.gateway.wording.catalogue
    return sorted((name, rule.zh) for name, rule in catalogue.fields.items())
