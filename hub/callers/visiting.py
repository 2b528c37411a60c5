"""Whoever is signed in in a browser becomes a caller of the console's client: by a token that never leaves the process.

The session of the sign-in is all that a browser holds. For each page it is looked up anew, whoever it belongs to is held to
what a client's sign-in is held to, and a token is signed that lives for as long as a page may take. What it may see and do
is then decided by the gateway, as for any other token.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from starlette.requests import Request

from auth.caller import Standing
from auth.server.ledger import Agreed
from auth.tokens import Terms
from hub.callers.attendant import Attendant
from hub.callers.authorize import session_of
from hub.callers.browsers import Cookies
from hub.callers.ledger import StoreLedger

_LIFE = timedelta(minutes=2)
_PAGE = re.compile(r"/console(?:/(?!\.+(?:[/?]|$))[\w.~-]+)*(?:\?[\w.~%&=*:,+/|-]*)?", re.ASCII)
_LONGEST_PAGE = 1_000
_FORM = "console"


class NotAdmittedError(Exception):
    """Somebody is signed in who may not come in here; `label` is their name, `client_known` is false if nobody may."""

    def __init__(self, label: str, *, client_known: bool = True) -> None:
        super().__init__("not admitted")
        self.label = label
        self.client_known = client_known


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody in front of the console, and the token by which the gateway knows them; `mark` is that of their forms."""

    person: str
    username: str
    label: str
    standing: Standing
    mark: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Visiting:
    """Knows visitors by the sessions of their browsers; `client` is the client whose people they are."""

    attendant: Attendant
    cookies: Cookies
    client: str

    async def visitor(self, request: Request) -> Visitor | None:
        """Who is there; None if they have to sign in, NotAdmittedError if they may not come in."""
        cookie = self.cookies.session(request)
        if cookie is None:
            return None
        return await self.attendant.look(lambda ledger: self._found(ledger, cookie))

    def is_own_form(self, request: Request, fields: dict[str, str]) -> bool:
        """True if a posted form is one of the console's, sent by the browser it was made for."""
        cookie = self.cookies.session(request)
        return cookie is not None and self.cookies.is_own_form(request, fields, _FORM, cookie)

    def _found(self, ledger: StoreLedger, cookie: str) -> Visitor | None:
        now = self.attendant.clock.moment().second
        session = session_of(ledger, cookie, now)
        account = ledger.people.of_id(session[0]) if session else None
        if session is None or account is None:
            return None
        if account.must_change or (account.needs_second_factor and "otp" not in session[1]):
            return None
        server, registration = self.attendant.server(ledger), self.attendant.house.registrations.get(self.client)
        if registration is None or not registration.sign_in:
            raise NotAdmittedError(account.label, client_known=False)
        person = ledger.people.acting(account)
        if not server.admits(registration, person):
            raise NotAdmittedError(account.label)
        terms = Terms(
            person=person.id,
            standing=person.standing,
            purposes=server.purposes(registration, person, Agreed(scope="", purposes=())),
            pulse=ledger.pulse(),
            at=session[2],
        )
        issued = datetime.fromtimestamp(now, UTC)
        token = self.attendant.house.tokens.issue(registration.client_id, issued, _LIFE, terms)
        mark = self.cookies.mark(_FORM, cookie)
        return Visitor(person.id, account.username or "", account.label, person.standing, mark, token)


def own_page(address: str) -> str:
    """An address if it is one of the console's pages, else nothing: nobody is led elsewhere by a link to the sign-in."""
    return address if len(address) <= _LONGEST_PAGE and _PAGE.fullmatch(address) else ""
