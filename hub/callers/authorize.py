"""The authorisation endpoint: a request is found good before anybody is asked to sign in for it (OAuth 2.1 §4.1).

What cannot be sent back to a client that is known is shown as a page: no address is followed that is not registered.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from authlib.oauth2.rfc6749 import OAuth2Error
from sqlalchemy import delete, select
from starlette.requests import Request
from starlette.responses import Response

from auth.server.form import FormRequest
from auth.server.registration import Registration
from hub.callers.browsers import browser_digest, fresh_cookie
from hub.callers.forms import read_form, read_query
from hub.callers.ledger import StoreLedger
from hub.callers.pushing import PREFIX, take_pushed
from hub.callers.reception import Reception, Turned, see
from hub.callers.tickets import SECONDS, Pending, Wanted, fresh_ticket, keep
from hub.store.caller_tables import browser_sessions
from hub.web import sign_in as pages

Pairs = Sequence[tuple[str, str]]
_PROMPTS = frozenset({"none", "login", "consent"})
_KEPT = frozenset(
    {
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "dpop_jkt",
        "nonce",
        "purposes",
        "redirect_uri",
        "resource",
        "response_type",
        "scope",
        "state",
    }
)
"""Parameters that are looked at once more when the person has agreed."""


class Authorize:
    """Takes authorisation requests in."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    async def answer(self, request: Request, request_id: str) -> Response:
        """Begin a sign-in for a request, or send it back with what is wrong."""
        said = read_query(request) if request.method == "GET" else await read_form(request)
        client = dict(said).get("client_id", "")
        if client in self._reception.attendant.house.registrations:
            request.state.client = client
        pairs = await self._unfolded(said, request_id)
        form = FormRequest("GET", pairs)
        try:
            redirect_uri = await self._check(form)
        except OAuth2Error as fault:
            return await self._refused(fault, form)
        asked = form.form
        prompts = set((asked.get("prompt") or "").split())
        if not prompts <= _PROMPTS or ("none" in prompts and len(prompts) > 1):
            return self.bounce(redirect_uri, form, "invalid_request", "'prompt' is not one that is known here.")
        session = await self._session(request, asked.get("max_age"), afresh="login" in prompts)
        if "none" in prompts:
            error = "login_required" if session is None else "consent_required"
            return self.bounce(redirect_uri, form, error, "Its person has to be asked.")
        return await self._begin(request, form, session, request_id)

    async def _unfolded(self, said: Pairs, request_id: str) -> Pairs:
        """The parameters; those of a pushed request, where that is named."""
        named = dict(said)
        name, client = named.get("request_uri"), named.get("client_id", "")
        if name is None:
            found = self._reception.attendant.house.registrations.get(client)
            if found is not None and found.pushed:
                raise Turned(pages.Refusal.REQUEST_INVALID, 400)
            return said
        if not name.startswith(PREFIX):
            raise Turned(pages.Refusal.REQUEST_INVALID, 400)
        now = self._reception.now
        pushed = await self._reception.attendant.act(
            request_id, lambda ledger: take_pushed(ledger.connection, name, client, now)
        )
        if pushed is None:
            raise Turned(pages.Refusal.CLIENT_FROZEN if await self._frozen(client) else pages.Refusal.EXPIRED, 400)
        return pushed

    async def _check(self, form: FormRequest) -> str:
        """The redirect URI of a good request; OAuth2Error, which knows it where it is one of the client's."""
        attendant = self._reception.attendant

        def work(ledger: StoreLedger) -> str:
            server = attendant.server(ledger)
            redirect_uri: str = server.get_consent_grant(form).redirect_uri
            try:
                server.agreed(form)
            except OAuth2Error as fault:
                fault.redirect_uri = redirect_uri
                raise
            return redirect_uri

        return await attendant.look(work)

    async def _refused(self, fault: OAuth2Error, form: FormRequest) -> Response:
        if fault.redirect_uri:
            return self.bounce(fault.redirect_uri, form, fault.error, fault.get_error_description())
        client = form.form.get("client_id", "")
        known = self._reception.attendant.house.registrations.get(client)
        if known is None:
            raise Turned(pages.Refusal.CLIENT_UNKNOWN, 400)
        if await self._frozen(client):
            raise Turned(pages.Refusal.CLIENT_FROZEN, 400)
        raise Turned(_placed(known, form), 400)

    async def _frozen(self, client: str) -> bool:
        """True if a client or its department is frozen. That is no secret: its id is in every link."""
        known = self._reception.attendant.house.registrations.get(client)
        if known is None:
            return False
        return await self._reception.attendant.look(lambda ledger: ledger.frozen(client, known.client.department))

    def bounce(self, redirect_uri: str, form: FormRequest, error: str, sentence: str) -> Response:
        """Send a browser back to the client with an error."""
        told = {"error": error, "error_description": sentence, "state": form.form.get("state")}
        return see(self.with_answer(redirect_uri, {name: value for name, value in told.items() if value}))

    def with_answer(self, redirect_uri: str, told: dict[str, str]) -> str:
        """The redirect URI with an answer in its query, and who gives it (RFC 9207)."""
        mark = "&" if "?" in redirect_uri else "?"
        return f"{redirect_uri}{mark}{urlencode({**told, 'iss': self._reception.attendant.house.issuer})}"

    async def _session(
        self, request: Request, age: str | None, *, afresh: bool
    ) -> tuple[str, tuple[str, ...], int] | None:
        """Who is signed in in this browser, by what and since when; None if they are to sign in anew."""
        cookie, now = self._reception.cookies.session(request), self._reception.now
        if cookie is None or afresh:
            return None
        found = await self._reception.attendant.look(lambda ledger: session_of(ledger, cookie, now))
        if found is None or (age is not None and (not age.isdecimal() or now - found[2] > int(age[:9]))):
            return None
        return found

    async def _begin(
        self, request: Request, form: FormRequest, session: tuple[str, tuple[str, ...], int] | None, request_id: str
    ) -> Response:
        reception = self._reception
        said = form.payload.datalist.items()
        pairs = tuple((name, value) for name, values in said if name in _KEPT for value in values)
        return await begin(reception, request, request_id, (form.form["client_id"], Wanted.CODE, pairs, session))


Session = tuple[str, tuple[str, ...], int]
Beginning = tuple[str, Wanted, Pairs, Session | None]
"""Client, what follows on the sign-in, parameters of the request, and who is signed in already."""


async def begin(reception: Reception, request: Request, request_id: str, beginning: Beginning) -> Response:
    """Begin a sign-in in this browser."""
    client, wanted, pairs, session = beginning
    flow = reception.cookies.flow(request) or fresh_cookie()
    pending = Pending(
        ticket=fresh_ticket(),
        client=client,
        wanted=wanted,
        pairs=tuple(pairs),
        browser=browser_digest(flow),
        expires=reception.now + SECONDS,
        person=session[0] if session else None,
        factors=session[1] if session else (),
        at=session[2] if session else None,
    )
    await reception.attendant.act(request_id, lambda ledger: keep(ledger, pending))
    account = await reception.account(pending)
    response = reception.lead(reception.stage(pending, account), pending)
    reception.cookies.set_flow(response, flow)
    return response


def person_of(ledger: StoreLedger, cookie: str, now: int) -> str | None:
    """Who is signed in in the browser with this cookie, whether they may act or not."""
    table = browser_sessions
    query = select(table.c.person).where(table.c.digest == session_digest(cookie), table.c.expires_at > now)
    found: str | None = ledger.connection.execute(query).scalar()
    return found


def session_of(ledger: StoreLedger, cookie: str, now: int) -> Session | None:
    """Who is signed in in the browser with this cookie, by what factors, since when."""
    table = browser_sessions
    query = select(table).where(table.c.digest == session_digest(cookie), table.c.expires_at > now)
    row = ledger.connection.execute(query).first()
    if row is None or ledger.people.of_id(row.person) is None or ledger.frozen("", "", row.person):
        return None
    return row.person, tuple(row.factors.split()), row.made_at


def end_session(ledger: StoreLedger, cookie: str) -> None:
    """Have nobody be signed in in the browser with this cookie."""
    table = browser_sessions
    ledger.connection.execute(delete(table).where(table.c.digest == session_digest(cookie)))


def session_digest(cookie: str) -> bytes:
    """What is stored of a session's cookie."""
    return bytes.fromhex(browser_digest(cookie))


def _placed(known: Registration, form: FormRequest) -> pages.Refusal:
    """What is wrong with a request of a client that is known."""
    if "authorization_code" not in known.grant_types:
        return pages.Refusal.CLIENT_NO_SIGN_IN
    uri = form.form.get("redirect_uri")
    if uri is None or not known.check_redirect_uri(uri):
        return pages.Refusal.REDIRECT_UNREGISTERED
    return pages.Refusal.REQUEST_INVALID
