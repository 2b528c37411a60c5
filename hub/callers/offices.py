"""The three offices – system, security and audit administrator – and what keeps them apart, as the store has it.

Knows nobody's rights; who may give or take an office is decided by whoever asks here, in the same transaction.
"""

from sqlalchemy import Connection, insert, select

from auth.roles import ADMINISTRATORS, Role
from auth.standing import Stopped
from hub.callers.people import Account, People
from hub.callers.register import normal_name
from hub.callers.stopping import list_frozen
from hub.store.caller_tables import people
from hub.store.officer_tables import bootstraps, deputies

OFFICES = ADMINISTRATORS
"""Roles of which no person has two."""


def is_closed(connection: Connection) -> bool:
    """True once the first three officers were made: from then on offices are given by two of them, not by command."""
    return connection.execute(select(bootstraps.c.id)).first() is not None


def close(connection: Connection, now: int) -> None:
    """Take notice, for good, that the first three officers are there."""
    connection.execute(insert(bootstraps).values(id=1, made_at=now))


def is_any_made(connection: Connection) -> bool:
    """True if anybody holds an office, or ever did."""
    found = select(people.c.id).where(people.c.role.in_([role.value for role in OFFICES])).limit(1)
    return is_closed(connection) or connection.execute(found).first() is not None


def holders(connection: Connection, office: Role) -> set[str]:
    """Ids of whoever holds the office and is not frozen."""
    frozen = {(one.kind, one.name) for one in list_frozen(connection)}
    query = select(people.c.id, people.c.department).where(people.c.role == office.value, people.c.ended_at.is_(None))
    return {
        row.id
        for row in connection.execute(query)
        if (Stopped.PERSON, row.id) not in frozen and (Stopped.DEPARTMENT, row.department) not in frozen
    }


def is_last(connection: Connection, account: Account) -> bool:
    """True if nobody would hold the account's office without it."""
    return account.role in OFFICES and not holders(connection, account.role) - {account.id}


def other_office(people_of: People, account: Account, office: Role) -> Role | None:
    """An office that bars somebody from this one: their own, or that of another account in the same name."""
    if account.role in OFFICES and account.role is not office:
        return account.role
    name = normal_name(account.label)
    others = (one for one in people_of.all() if one.id != account.id and one.role in OFFICES)
    return next((one.role for one in others if normal_name(one.label) == name), None)


def deputised_offices(connection: Connection, person: str, now: int) -> set[Role]:
    """Offices whose holders this person is, or will be, a deputy of; one that waits to be confirmed included."""
    query = (
        select(people.c.role)
        .join_from(deputies, people, people.c.id == deputies.c.principal)
        .where(deputies.c.deputy == person, deputies.c.ended_at.is_(None), deputies.c.ends_at > now)
    )
    return {Role(row.role) for row in connection.execute(query)} & OFFICES
