"""Annual recertification: every owner whose records a grant touches says that it is still needed, before it is extended.

Pure of callers but for who says so; runs in one transaction of whoever calls. A word counts for the version of the grant
it was said about, and for ninety days: a grant that was changed meanwhile is read again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import delete, insert, select, update

from auth.grants import Effect, Grant
from auth.roles import Role
from hub.clock import years_after
from hub.errors import HubError
from hub.exchange.exchange import Actor, Exchange
from hub.exchange.faults import bad
from hub.roster.grants import read_grant
from hub.roster.versions import Version
from hub.store.grantsdesk_tables import grant_certifications

MOST_IDS = 200
KEPT = 90 * 24 * 3600
"""Seconds for which a word counts while others are missing."""
NOBODY = ""
"""Owner of a grant on records that nobody delivers: a security administrator speaks for it."""


@dataclass(frozen=True, slots=True)
class Certified:
    """What became of a word on one grant: until when it is confirmed, and which owners have still to say so."""

    grant: Grant
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """An owner's newest word on a grant."""

    grant: str
    owner: str
    until: date
    by: str
    at: int
    counted: bool


def is_certified(grant: Grant) -> bool:
    """True for grants that are confirmed every year: not for denials, which must not lapse, nor for those of an emergency."""
    return grant.effect is Effect.ALLOW and grant.person is None


def recertify(exchange: Exchange, actor: Actor, names: Sequence[str], until: date | None) -> list[Certified]:
    """Say for one's own department that grants are still needed; HubError, and nothing is said, if one can't be confirmed."""
    today = exchange.today
    latest = years_after(today, 1)
    last = until or latest
    if not today <= last <= latest:
        raise bad("until", f"须在 {today} 到 {latest} 之间", f"must lie between {today} and {latest}")
    if not 1 <= len(names) <= MOST_IDS or len(set(names)) < len(names):
        raise bad("ids", f"须为 1–{MOST_IDS} 个不同的编号", f"takes 1 to {MOST_IDS} different ids")
    return [_confirm(exchange, actor, name, last) for name in names]


def uncertified(grants: Iterable[Grant], today: date) -> list[Grant]:
    """Grants that are to be confirmed every year and never were: what a configuration gave."""
    return [one for one in grants if is_certified(one) and one.certified_until is None and one.ends >= today]


def words_on(exchange: Exchange, names: Iterable[str], instant: int) -> list[Word]:
    """The newest word of each owner on these grants, as of an instant."""
    table = grant_certifications
    said = (table.c.grant_id.in_(list(names)), table.c.said_at <= instant)
    query = select(table).where(*said).order_by(table.c.grant_id, table.c.owner, table.c.version)
    newest = {(row.grant_id, row.owner): row for row in exchange.connection.execute(query)}
    return [
        Word(
            grant=row.grant_id,
            owner=row.owner,
            until=date.fromisoformat(row.until),
            by=row.said_by,
            at=row.said_at,
            counted=row.counted_at is not None and row.counted_at <= instant,
        )
        for row in newest.values()
    ]


def _confirm(exchange: Exchange, actor: Actor, name: str, last: date) -> Certified:
    versions = exchange.grants.history(name) if name.isascii() and name.isprintable() else []
    held = versions[-1] if versions and versions[-1].replaced_at is None else None
    grant = read_grant(held) if held is not None else None
    if held is None or grant is None:
        raise HubError("GRANT_NOT_FOUND")
    owners = exchange.owners.touched(grant) or frozenset({NOBODY})
    owner = _spoken_for(actor, owners)
    _check(exchange, actor, grant)
    _say(exchange, actor, held, owner, last)
    said = _said(exchange, held)
    waiting = tuple(sorted(owners - said.keys()))
    if waiting:
        return Certified(grant, waiting)
    certified = replace(grant, certified_until=min(said[one] for one in owners))
    request = exchange.grants.requests().get(name, "")
    exchange.grants.put(certified, actor.person, request)
    table = grant_certifications
    counted = update(table).where(table.c.grant_id == name, table.c.version == held.number)
    exchange.connection.execute(counted.values(counted_at=exchange.now))
    return Certified(certified, ())


def _spoken_for(actor: Actor, owners: frozenset[str]) -> str:
    """The owner for which somebody speaks; HubError, as if there were no such grant, where they speak for none."""
    if actor.role is Role.STEWARD and actor.department in owners:
        return actor.department
    if actor.role is Role.SEC and NOBODY in owners:
        return NOBODY
    raise HubError("GRANT_NOT_FOUND")


def _check(exchange: Exchange, actor: Actor, grant: Grant) -> None:
    if grant.asked_by in actor.counts_as:
        raise HubError("OWN_GRANT")
    if not is_certified(grant):
        raise bad("ids", f"{grant.id} 无须确认", f"{grant.id} needs no confirmation")
    if grant.ends < exchange.today:
        raise bad("ids", f"{grant.id} 已结束，请申请续期", f"{grant.id} has ended: ask for its renewal")


def _say(exchange: Exchange, actor: Actor, held: Version, owner: str, last: date) -> None:
    table = grant_certifications
    key = {"grant_id": held.id, "version": held.number, "owner": owner}
    exchange.connection.execute(delete(table).where(*(table.c[name] == value for name, value in key.items())))
    row = {**key, "until": last.isoformat(), "said_by": actor.person, "said_at": exchange.now, "counted_at": None}
    exchange.connection.execute(insert(table).values(row))


def _said(exchange: Exchange, held: Version) -> dict[str, date]:
    """What was said of this version lately enough, by owner."""
    table = grant_certifications
    lately = (table.c.grant_id == held.id, table.c.version == held.number, table.c.said_at > exchange.now - KEPT)
    rows = exchange.connection.execute(select(table.c.owner, table.c.until).where(*lately))
    found = {row.owner: date.fromisoformat(row.until) for row in rows}
    return {owner: until for owner, until in found.items() if until >= exchange.today}
