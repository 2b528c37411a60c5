"""Vouching, delegating, ending: how accounts come to act for entities, and how that ends.

A counter clerk says which name stands on the card that was shown; the register says whose name is right. The answer is
yes or no: neither name is kept, and no number of a card is ever taken.
"""

import re
from datetime import date, datetime, time, timedelta

import strawberry

from auth.roles import Role
from hub.acts.doing import Doing, Facts, Password, UnknownError, bad_input, line_of
from hub.callers.mandates import Mandate as Held
from hub.callers.mandates import is_match
from hub.callers.people import Account
from hub.callers.register import normal_name, representative_digest
from hub.clock import SHANGHAI, rfc3339_of
from hub.errors import HubError
from hub.notices.wording_mandates import Ending
from schema.enums import MandateKind, MandateOrigin
from schema.mandate import Mandate
from schema.mutation import DelegateOutcome, EndOutcome, VouchOutcome

MOST_DELEGATES = 50
"""Delegates of one entity."""
_MAX_NAME = 100
_USERNAME = re.compile(r"(?![0-9a-f]{24}\Z)[a-z0-9][a-z0-9._-]{3,63}")
"""None that looks like the id of a person: people without an account name are named by theirs."""


class Counter:
    """A counter clerk's side: vouching for representatives. `secrets` are what the answer shows once."""

    def __init__(self, doing: Doing, facts: Facts) -> None:
        self._doing = doing
        self._facts = facts
        self.secrets: list[str] = []

    def vouch(self, uscc: str, username: str, representative: str) -> VouchOutcome:
        """Let an account represent an entity, if the name is that of its registered representative."""
        doing = self._doing
        clerk, name = doing.person(), line_of(representative, _MAX_NAME, "representative")
        username = line_of(username, _MAX_NAME, "username")
        if not _USERNAME.fullmatch(username):
            raise bad_input(
                "username 须为 4–64 个小写字母、数字、点、下划线或连字符",
                "username takes 4 to 64 lower-case letters, digits, dots, underscores and hyphens",
            )
        what = f"vouch {clerk} {uscc}"
        doing.tries.check(what)
        account = self._account(username, name)
        if uscc not in self._facts.entities:
            raise UnknownError(entity=uscc)
        if not is_match(self._facts.entities[uscc], name):
            doing.miss(what)
            position = doing.record("VOUCHED", "NOT_MATCHED", doing.entity(uscc), {})
            return VouchOutcome(matched=False, mandate=None, one_time_password=None, position=position)  # type: ignore[arg-type]
        password = self._password(username) if account is None or account.must_change else None
        return self._let(uscc, self._opened(account, username, name, password), password)

    def _account(self, username: str, name: str) -> Account | None:
        """The account of this name; HubError if it is not one of a merchant, or of somebody called otherwise."""
        account = self._doing.people.of_username(username)
        if account is None:
            return None
        if account.role is not Role.MERCHANT or normal_name(account.label) != normal_name(name):
            raise HubError("ACCOUNT_UNSUITABLE")
        return account

    def _password(self, username: str) -> Password:
        found = self._facts.passwords.get(username)
        if found is None:
            raise UnknownError(account=username)
        return found

    def _opened(self, account: Account | None, username: str, name: str, password: Password | None) -> Account:
        """The account, made where there is none; with a password for the first sign-in until there was one."""
        people, stored = self._doing.people, password.stored if password is not None else None
        if account is None:
            home = self._doing.rules.merchants
            return people.add(Account("", username, name, home, Role.MERCHANT, password=stored, must_change=True))
        if stored is not None:
            people.change_password(account.id, stored, must_change=True)
        return account

    def _let(self, uscc: str, account: Account, password: Password | None) -> VouchOutcome:
        doing = self._doing
        kind, origin = MandateKind.REPRESENTATIVE, MandateOrigin.COUNTER
        digest = representative_digest(doing.vault, uscc, account.label)
        held = doing.mandates.represent(Held(account.id, uscc, kind, origin, doing.person(), digest), "VOUCHED")
        told = {"mandate": held.id, "holder": doing.vault.short("person", account.id)}
        position = doing.record("VOUCHED", "MATCHED", doing.entity(uscc), told)
        if password is not None:
            self.secrets.append(password.clear)
        return VouchOutcome(
            matched=True,
            mandate=shown(held, account.username),
            one_time_password=password.clear if password is not None else None,
            position=position,  # type: ignore[arg-type]
        )


def delegate(doing: Doing, uscc: str, username: str, until: str) -> DelegateOutcome:
    """Let another merchant's account act for an entity that the caller represents, until the end of a day."""
    me, held = doing.person(), doing.mandates
    by = [one for one in held.held_for(me, uscc) if one.kind is MandateKind.REPRESENTATIVE]
    # Whoever is named for a side that was merged must not act for all that it was merged into.
    by = [one for one in by if uscc in held.following.itself(one.entity)]
    if not by:
        raise HubError("NOT_REPRESENTATIVE")
    # It stays below the mandate it is given by, and so ends with that one, whatever entities became meanwhile.
    uscc = by[0].entity
    ends, name = _end_of(until, doing.occasion.now), line_of(username, 64, "username")
    doing.tries.check(f"delegate {me}")
    account = doing.people.named(name)
    if account is None or account.role is not Role.MERCHANT or account.id == me:
        doing.miss(f"delegate {me}")
        position = doing.record("DELEGATED", "NOT_GRANTED", doing.entity(uscc), {})
        return DelegateOutcome(granted=False, mandate=None, position=position)  # type: ignore[arg-type]
    # Each end of a mandate ends the tokens of its holder, who was not asked: not again and again.
    doing.tries.check(f"delegate {me} {account.id}")
    doing.tries.count(f"delegate {me} {account.id}")
    others = held.delegated(uscc)
    before = [one for one in others if one.person == account.id and one.granted_by == me]
    if len(others) - len(before) >= MOST_DELEGATES:
        raise bad_input(f"至多 {MOST_DELEGATES} 个被授权人", f"at most {MOST_DELEGATES} delegates")
    kind, origin = MandateKind.DELEGATE, MandateOrigin.REPRESENTATIVE
    made = held.grant(Held(account.id, uscc, kind, origin, me, ends=ends), "DELEGATED")
    for one in before:
        held.end(one, Ending.RENEWED)
    told = {"mandate": made.id, "holder": doing.vault.short("person", account.id), "until": until}
    position = doing.record("DELEGATED", "GRANTED", doing.entity(uscc), told)
    return DelegateOutcome(granted=True, mandate=shown(made, account.username), position=position)  # type: ignore[arg-type]


def end_mandate(doing: Doing, mandate: str) -> EndOutcome:
    """End a mandate of one's own, or one that the caller gave, vouched for, or is responsible for as representative."""
    me, held = doing.person(), doing.mandates
    found = held.of_id(mandate) if mandate.isascii() and mandate.isprintable() else None
    if found is None or not _may_end(doing, found, me):
        raise HubError("MANDATE_NOT_FOUND")
    holds = found.ended is None and (found.ends is None or found.ends > doing.occasion.now)
    over = held.end(found, _why(doing, found, me)) if holds else []
    told = {"kind": found.kind.name, "mandates": " ".join(one.id for one in over)}
    position = doing.record("MANDATE_ENDED", "ENDED" if holds else "ENDED_BEFORE", doing.entity(found.entity), told)
    return EndOutcome(ended=[strawberry.ID(one.id) for one in over], position=position)  # type: ignore[arg-type]


def shown(held: Held, username: str | None) -> Mandate:
    """A mandate as callers read it."""
    return Mandate(
        id=strawberry.ID(held.id),
        uscc=held.entity,  # type: ignore[arg-type]
        kind=held.kind,
        origin=held.origin,
        person=strawberry.ID(held.person),
        username=username,
        starts_at=rfc3339_of(held.starts),  # type: ignore[arg-type]
        ends_at=_instant(held.ends),  # type: ignore[arg-type]
        ended_at=_instant(held.ended),  # type: ignore[arg-type]
    )


def _may_end(doing: Doing, found: Held, me: str) -> bool:
    if me in (found.person, found.granted_by):
        return True
    return found.kind is MandateKind.DELEGATE and doing.mandates.representing(me, found.entity) is not None


def _why(doing: Doing, found: Held, me: str) -> Ending:
    if found.person == me:
        return Ending.BY_HOLDER
    return Ending.BY_CLERK if doing.access.caller.client.role is Role.CLERK else Ending.BY_REPRESENTATIVE


def _end_of(until: str, now: int) -> int:
    """Midnight after the last day, in seconds since 1970; HubError if that is no day from today to a year from now."""
    today, last = datetime.fromtimestamp(now, SHANGHAI).date(), date.fromisoformat(until)
    latest = _a_year_after(today)
    if not today <= last <= latest:
        raise bad_input(f"until 须在 {today} 到 {latest} 之间", f"until must lie between {today} and {latest}")
    return int(datetime.combine(last + timedelta(days=1), time(), SHANGHAI).timestamp())


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _instant(second: int | None) -> str | None:
    return rfc3339_of(second) if second is not None else None
