"""People, for the system administrator: added, changed, ended, given new passwords. No office is given or taken alone."""

from dataclasses import replace

import strawberry

from hub.acts.accounts import changed, differences, read_role, read_username
from hub.acts.doing import Doing, Facts, UnknownError, bad_input, line_of
from hub.callers.mandates import Mandates
from hub.callers.offices import OFFICES, is_last, other_office
from hub.callers.people import Account, PersonExistsError
from hub.errors import HubError
from hub.notices.wording_mandates import Ending
from schema.staff import AccountOutcome, PersonInput

_MAX_NAME = 128


class Staffing:
    """What one administrator does to accounts. `secrets` are what the answer shows once."""

    def __init__(self, doing: Doing, facts: Facts) -> None:
        self._doing = doing
        self._facts = facts
        self.secrets: list[str] = []

    def add_person(self, username: str, given: PersonInput) -> AccountOutcome:
        """Add somebody, who signs in with a password that this answer shows once."""
        doing, name = self._doing, read_username(username)
        doing.person()
        if given.label is None or given.department is None or given.role is None:
            raise bad_input("须给出 label、department 和 role", "label, department and role are needed")
        made = changed(doing, Account("", name, "", "", read_role(given.role), must_change=True), given)
        if doing.people.named(name) is not None:
            raise HubError("ACCOUNT_TAKEN")
        if name not in self._facts.passwords:
            raise UnknownError(account=name)
        password = self._facts.passwords[name]
        try:
            added = doing.people.add(replace(made, password=password.stored))
        except PersonExistsError:
            raise HubError("ACCOUNT_TAKEN") from None
        self.secrets.append(password.clear)
        position = self._record("PERSON_ADDED", added.role.value, added.id)
        return _outcome(added.id, position, different=True, password=password.clear)

    def change_person(self, username: str, given: PersonInput) -> AccountOutcome:
        """Change somebody else's account; the tokens from before end."""
        doing, before = self._doing, self._somebody(username)
        after = changed(doing, before, given)
        if after.role is not before.role and is_last(doing.connection, before):
            raise HubError("OFFICE_LAST")
        if before.role in OFFICES and after.label != before.label and other_office(doing.people, after, after.role):
            raise HubError("OFFICE_HELD")
        what = differences(before, after)
        doing.people.change(after, "PERSON_CHANGED")
        doing.people.reach(after.id, after.email, after.phone)
        position = self._record("PERSON_CHANGED", "GRANTED" if what else "ALREADY", before.id, changed=what)
        return _outcome(before.id, position, different=bool(what))

    def end_person(self, username: str) -> AccountOutcome:
        """End somebody else's account, with every sign-in."""
        doing, account = self._doing, named(self._doing, username)
        refuse_own(doing, account)
        if is_last(doing.connection, account):
            raise HubError("OFFICE_LAST")
        held = Mandates(doing.connection, doing.vault, doing.occasion.now)
        for mandate in held.held_by(account.id):
            held.end(mandate, Ending.HOLDER_ENDED)
        doing.people.end(account.id)
        position = self._record("PERSON_ENDED", "GRANTED", account.id)
        return _outcome(account.id, position, different=True)

    def reset_password(self, username: str) -> AccountOutcome:
        """Give somebody else a password for one sign-in; all their sign-ins end."""
        doing, account = self._doing, self._somebody(username)
        if account.role in OFFICES and account.second_factor is None:
            # Whoever has the password would enrol an authenticator of their own, and hold the office.
            raise HubError("OFFICE_NEEDS_TWO")
        name = account.username or ""
        if name not in self._facts.passwords:
            raise UnknownError(account=name)
        password = self._facts.passwords[name]
        doing.people.change_password(account.id, password.stored, must_change=True)
        self.secrets.append(password.clear)
        position = self._record("PASSWORD_RESET", "GRANTED", account.id)
        return _outcome(account.id, position, different=True, password=password.clear)

    def _somebody(self, username: str) -> Account:
        """Somebody else, whose account is the hub's own."""
        account = named(self._doing, username)
        refuse_own(self._doing, account)
        if account.username is None:
            raise bad_input("此人由外部身份源担保，请在那里更改", "another provider vouches for them: change it there")
        return account

    def _record(self, act: str, outcome: str, person: str, **told: str) -> int:
        return self._doing.record(act, outcome, self._doing.vault.short("person", person), told)


def named(doing: Doing, username: str) -> Account:
    """The account of this name or id; HubError if there is none."""
    doing.person()
    account = doing.people.named(line_of(username, _MAX_NAME, "username"))
    if account is None:
        raise bad_input("没有这个账号", "there is no such account")
    return account


def refuse_own(doing: Doing, account: Account) -> None:
    """HubError for the caller's own account."""
    if account.id in doing.persons():
        raise HubError("OWN_ACCOUNT")


def _outcome(person: str, position: int, *, different: bool, password: str | None = None) -> AccountOutcome:
    return AccountOutcome(
        id=strawberry.ID(person),
        changed=different,
        one_time_password=password,
        position=position,  # type: ignore[arg-type]
    )
