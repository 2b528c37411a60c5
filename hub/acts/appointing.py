"""Giving one of the three offices: the system administrator proposes somebody, the audit administrator confirms it.

Nobody is proposed or confirmed by themselves, nobody gets a second office, and no office loses its last holder.
"""

import secrets
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from auth.roles import Role
from auth.standing import Stopped
from hub.acts.doing import Doing, bad_input
from hub.acts.officers_told import tell_of_office, tell_of_proposal
from hub.acts.staffing import named
from hub.callers.offices import deputised_offices, is_last, other_office
from hub.callers.people import Account
from hub.callers.stopping import is_frozen, was_stopped
from hub.clock import rfc3339_of
from hub.errors import HubError
from hub.store.officer_tables import appointments
from schema.enums import Office
from schema.staff import AppointOutcome

SECONDS = 72 * 3600
"""Seconds in which a proposal must be confirmed."""


def appoint(doing: Doing, username: str, office: Office) -> AppointOutcome:
    """Propose somebody for an office, or confirm whom another one proposed."""
    account, role = named(doing, username), Role(office.name)
    if account.id in doing.persons():
        raise HubError("OWN_ACCOUNT")
    _check(doing, account, role)
    subject, told = doing.vault.short("person", account.id), {"office": role.value}
    if doing.access.caller.client.role is Role.ADMIN:
        until = _propose(doing, account, role)
        tell_of_proposal(doing, account.id, role, until)
        position = doing.record("OFFICE_PROPOSED", "WAITING", subject, told)
        return AppointOutcome(appointed=False, waiting=True, expires_at=rfc3339_of(until), position=position)  # type: ignore[arg-type]
    proposed = _proposed(doing, account, role)
    table = appointments
    found = update(table).where(table.c.id == proposed.id)
    doing.connection.execute(found.values(second=doing.person()))
    doing.people.change(replace(account, role=role, purposes=(), bindings={}), "OFFICE_GIVEN")
    tell_of_office(doing, account.id, role)
    told["first"] = doing.vault.short("person", proposed.first)
    position = doing.record("OFFICE_GIVEN", "GRANTED", subject, told)
    return AppointOutcome(appointed=True, waiting=False, expires_at=None, position=position)  # type: ignore[arg-type]


def _check(doing: Doing, account: Account, role: Role) -> None:
    """HubError if this person may not have this office, whoever says so."""
    if account.username is None or account.role is Role.MERCHANT:
        raise HubError("ACCOUNT_UNFIT")
    if account.must_change:
        raise bad_input(
            "此人须先登录一次并设置自己的密码", "they must sign in once first, and set a password of their own"
        )
    if account.role is role:
        raise bad_input("此人已在该岗位", "they hold this office already")
    if is_last(doing.connection, account):
        raise HubError("OFFICE_LAST")
    # One who holds another office gives it up by this; another account in their name would keep it.
    without = replace(account, role=role)
    if other_office(doing.people, without, role) is not None:
        raise HubError("OFFICE_HELD")
    if deputised_offices(doing.connection, account.id, doing.occasion.now) - {role}:
        raise HubError("OFFICE_HELD")


def _propose(doing: Doing, account: Account, role: Role) -> int:
    table, now = appointments, doing.occasion.now
    doing.connection.execute(delete(table).where(table.c.person == account.id, table.c.second.is_(None)))
    row = {
        "id": secrets.token_hex(12),
        "person": account.id,
        "office": role.value,
        "first": doing.person(),
        "first_for": doing.access.caller.principal,
        "second": None,
        "made_at": now,
        "expires_at": now + SECONDS,
    }
    doing.connection.execute(insert(table).values(row))
    return now + SECONDS


def _proposed(doing: Doing, account: Account, role: Role) -> Row[Any]:
    """The proposal that waits for this confirmation; HubError if there is none that another one stands behind."""
    table, now = appointments, doing.occasion.now
    waits = (table.c.person == account.id, table.c.second.is_(None), table.c.expires_at > now)
    found = doing.connection.execute(select(table).where(*waits, table.c.office == role.value)).first()
    if found is None or {found.first, found.first_for} & doing.persons() or not _still_speaks(doing, found):
        raise HubError("NOTHING_TO_CONFIRM")
    return found


def _still_speaks(doing: Doing, found: Row[Any]) -> bool:
    """True if whoever proposed holds their office still, and nothing of theirs was ended since: it may not have been they."""
    spoke = doing.people.of_id(found.first_for or found.first)
    acted = doing.people.of_id(found.first)
    if spoke is None or acted is None or spoke.role is not Role.ADMIN:
        return False
    if is_frozen(doing.connection, [(Stopped.DEPARTMENT, acted.department), (Stopped.DEPARTMENT, spoke.department)]):
        return False
    return not any(was_stopped(doing.connection, Stopped.PERSON, one.id, found.made_at) for one in (acted, spoke))
