"""Which grants are to be warned of, and which were: each warning once, while there is time, and once when it is over."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from auth.grants import Grant
from hub.exchange.certifying import is_certified
from hub.store.grantsdesk_tables import grant_warnings

FIRST, LAST = 30, 7
"""Days before a last day on which a warning is given."""
_TOLD = 7
"""Days after which nobody is told any more that a grant has ended."""
_KEPT = timedelta(days=800)


class WarningKind(StrEnum):
    """What a warning says, and when."""

    EXPIRING_30 = "EXPIRING_30"
    EXPIRING_7 = "EXPIRING_7"
    RECERTIFY_30 = "RECERTIFY_30"
    RECERTIFY_7 = "RECERTIFY_7"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True)
class GrantWarning:
    """One warning: of which grant, and of which day."""

    grant: Grant
    kind: WarningKind
    day: date


def due_warnings(connection: Connection, grants: Iterable[Grant], today: date) -> list[GrantWarning]:
    """Warnings that are due and were not given; where two are, the one that leaves less time."""
    found = [warning for grant in grants for warning in _warnings(grant, today)]
    if not found:
        return []
    table = grant_warnings
    since = (today - timedelta(days=_TOLD)).isoformat()
    rows = connection.execute(select(table.c.grant_id, table.c.kind, table.c.day).where(table.c.day >= since))
    told = {(row.grant_id, row.kind, row.day) for row in rows}
    return [one for one in found if (one.grant.id, one.kind.value, one.day.isoformat()) not in told]


def note_warnings(connection: Connection, warnings: Iterable[GrantWarning], now: int, today: date) -> None:
    """Remember that these were given, and forget what is long past."""
    for one in warnings:
        row = {"grant_id": one.grant.id, "kind": one.kind.value, "day": one.day.isoformat(), "told_at": now}
        connection.execute(insert(grant_warnings).values(row))
    connection.execute(delete(grant_warnings).where(grant_warnings.c.day < (today - _KEPT).isoformat()))


def _warnings(grant: Grant, today: date) -> Iterator[GrantWarning]:
    """What is to be said of a grant today. One for a person between two instants ends by itself."""
    if grant.person is not None or grant.ends < grant.starts:
        return
    if grant.last_day < today <= grant.last_day + timedelta(days=_TOLD):
        yield GrantWarning(grant, WarningKind.ENDED, grant.last_day)
        return
    if grant.last_day < today:
        return
    certified = grant.certified_until
    if is_certified(grant) and certified is not None and certified < grant.ends:
        # Who confirms it has to do so; whoever holds it can do nothing.
        kinds = WarningKind.RECERTIFY_30, WarningKind.RECERTIFY_7
        yield from _soon(grant, certified, kinds, today)
    else:
        yield from _soon(grant, grant.ends, (WarningKind.EXPIRING_30, WarningKind.EXPIRING_7), today)


def _soon(grant: Grant, day: date, kinds: tuple[WarningKind, WarningKind], today: date) -> Iterator[GrantWarning]:
    left = (day - today).days
    if left <= LAST:
        yield GrantWarning(grant, kinds[1], day)
    elif left <= FIRST:
        yield GrantWarning(grant, kinds[0], day)
