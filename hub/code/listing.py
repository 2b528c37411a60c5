"""Codes as an office looks for them: by what somebody types, by state, issuer and counter, sorted, a page at a time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from hub.code.codes import Code, read_code
from hub.code.displays import Displays, Period, count_days
from hub.code.tokens import read_token
from hub.store.code_tables import code_scans, code_tokens, honesty_codes
from schema.coding_enums import CodeSort
from schema.enums import CodeIssuer, CodeStatus

RECENT = timedelta(days=29)
"""Before today: scans of thirty days are told."""
_columns = honesty_codes.c
_SORTED: Mapping[CodeSort, Any] = {
    CodeSort.NAME: _columns.name,
    CodeSort.STATUS_SINCE: _columns.status_since,
    CodeSort.ISSUED_ON: _columns.issued_on,
    CodeSort.DISPLAYED_SINCE: _columns.displayed_since,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which codes, and in which order. text: part of a name, the beginning of a token or of an entity's code, or a whole
    token, also one that was replaced · entities: of these alone · counter: the department that took the application.
    """

    text: str = ""
    status: CodeStatus | None = None
    issuer: CodeIssuer | None = None
    counter: str | None = None
    entities: frozenset[str] | None = None
    sort: CodeSort = CodeSort.STATUS_SINCE
    descending: bool = True
    first: int = 25
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """A code in a list: on how many days it was displayed since it was issued, and its scans of thirty days."""

    code: Code
    days: int
    scans: int


def list_codes(connection: Connection, wanted: Wanted, displays: Displays, today: date) -> tuple[int, list[Seen]]:
    """How many there are, and a page of them."""
    conditions = list(_conditions(wanted))
    count = select(func.count()).select_from(honesty_codes).where(*conditions)
    total = int(connection.execute(count).scalar_one())
    since = (today - RECENT).isoformat()
    query = select(honesty_codes)
    if wanted.sort is CodeSort.SCANS:
        recent = _counted(since).subquery()
        query = query.outerjoin(recent, recent.c.code == _columns.id)
        key: ColumnElement[Any] = func.coalesce(recent.c.scans, 0)
    else:
        key = _SORTED[wanted.sort]
    # What has no such day comes last, whichever way it goes: databases differ in where they put it.
    order = (key.is_(None), key.desc() if wanted.descending else key, _columns.id)
    page = query.where(*conditions).order_by(*order).offset(wanted.skip).limit(wanted.first)
    codes = [read_code(row) for row in connection.execute(page)]
    ids = [code.id for code in codes]
    periods, scans = displays.of_codes(ids), scans_since(connection, ids, since)
    return total, [Seen(code, _days(periods, code, today), scans.get(code.id, 0)) for code in codes]


def scans_since(connection: Connection, codes: Collection[str], since: str) -> dict[str, int]:
    """Scans of each of these codes since a day; none for those that were not scanned."""
    query = _counted(since).where(code_scans.c.code.in_(codes))
    return {row.code: int(row.scans) for row in connection.execute(query)}


def _counted(since: str) -> Any:
    counted = func.sum(code_scans.c.scans).label("scans")
    return select(code_scans.c.code, counted).where(code_scans.c.day >= since).group_by(code_scans.c.code)


def _conditions(wanted: Wanted) -> Collection[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        found.append(_columns.status == wanted.status.name)
    if wanted.issuer is not None:
        found.append(_columns.issuer == wanted.issuer.name)
    if wanted.counter is not None:
        found.append(_columns.applied_in == wanted.counter)
    if wanted.entities is not None:
        found.append(_columns.entity.in_(sorted(wanted.entities)))
    if wanted.text:
        found.append(_said(wanted.text))
    return found


def _said(text: str) -> ColumnElement[bool]:
    token = read_token(text) or text.upper()
    holding = select(code_tokens.c.code).where(code_tokens.c.token == token)
    written = "".join(text.upper().split()).replace("-", "")
    begins = (column.startswith(written, autoescape=True) for column in (_columns.entity, _columns.token))
    return or_(_columns.id.in_(holding), _columns.name.contains(text, autoescape=True), *begins)


def _days(periods: Mapping[str, list[Period]], code: Code, today: date) -> int:
    return count_days(periods.get(code.id, ()), code.begins, today)
