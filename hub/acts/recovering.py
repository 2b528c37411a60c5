"""Recovering a lost authenticator: one administrator asks for it, another one agrees, neither for themselves.

Then the person's second factor is forgotten and every sign-in of theirs ends; they set up another one when they next
sign in with their password.
"""

import secrets

from sqlalchemy import delete, insert, select, update

from auth.roles import ADMINISTRATORS
from auth.standing import Stopped
from hub.acts.doing import Doing, bad_input, line_of
from hub.callers.people import Account
from hub.callers.stopping import is_frozen, was_stopped
from hub.errors import HubError
from hub.events import Event
from hub.notices.telling import Concerned, News, tell
from hub.store.caller_tables import recoveries
from schema.mutation import RecoveryOutcome

SECONDS = 3600
"""Seconds in which the second administrator must agree."""
_MAX_NAME, _MAX_REASON = 128, 200


def recover(doing: Doing, username: str, reason: str) -> RecoveryOutcome:
    """Ask for a recovery, or agree to one that another administrator asked for within the hour."""
    me, now = doing.person(), doing.occasion.now
    line_of(reason, _MAX_REASON, "reason")
    account = _account(doing, username)
    if account.id in doing.persons():
        raise HubError("OWN_ACCOUNT")
    table = recoveries
    open_ = (table.c.person == account.id, table.c.second.is_(None), table.c.expires_at > now)
    asked = doing.connection.execute(select(table).where(*open_)).first()
    subject = doing.vault.short("person", account.id)
    stands = asked is not None and _still_speaks(doing, asked.first, asked.made_at)
    if asked is None or not stands or {asked.first, asked.first_for} & doing.persons():
        if not stands:
            _ask(doing, account.id, me)
        position = doing.record("RECOVERY_ASKED", "WAITING", subject, {})
        return RecoveryOutcome(recovered=False, waiting=True, position=position)  # type: ignore[arg-type]
    doing.connection.execute(update(table).where(table.c.id == asked.id).values(second=me))
    doing.people.forget_second_factor(account.id)
    news = News(Event.SECOND_FACTOR_RECOVERED, {"when": doing.occasion.at}, Concerned(persons=(account.id,)))
    tell(doing.connection, doing.vault, news, now)
    told = {"first": doing.vault.short("person", asked.first)}
    position = doing.record("SECOND_FACTOR_RECOVERED", "GRANTED", subject, told)
    return RecoveryOutcome(recovered=True, waiting=False, position=position)  # type: ignore[arg-type]


def waiting_recoveries(doing: Doing) -> frozenset[str]:
    """Ids of those whose recovery one administrator asked for and another one has still to agree to."""
    table = recoveries.c
    query = select(table.person).where(table.second.is_(None), table.expires_at > doing.occasion.now)
    return frozenset(doing.connection.execute(query).scalars())


def _still_speaks(doing: Doing, person: str, since: int) -> bool:
    """True if whoever asked first is an administrator still, and nothing of theirs was ended since: it may not have been they."""
    account = doing.people.of_id(person)
    if account is None or account.role not in ADMINISTRATORS:
        return False
    frozen = is_frozen(doing.connection, [(Stopped.DEPARTMENT, account.department)])
    return not frozen and not was_stopped(doing.connection, Stopped.PERSON, person, since)


def _account(doing: Doing, username: str) -> Account:
    name = line_of(username, _MAX_NAME, "username")
    account = doing.people.named(name)
    if account is None or account.second_factor is None:
        raise bad_input(
            "没有这个账号，或它没有验证器", "there is no such account, or it has no authenticator to be recovered"
        )
    return account


def _ask(doing: Doing, person: str, me: str) -> None:
    table, now = recoveries, doing.occasion.now
    doing.connection.execute(delete(table).where(table.c.person == person, table.c.second.is_(None)))
    row = {
        "id": secrets.token_hex(12),
        "person": person,
        "first": me,
        "first_for": doing.access.caller.principal,
        "second": None,
        "made_at": now,
        "expires_at": now + SECONDS,
    }
    doing.connection.execute(insert(table).values(row))
