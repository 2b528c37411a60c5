"""What all pages of a sign-in have in common: whose ticket and form it is, where its person goes next, how it is shown."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlencode

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from adapters.frames import frames_of
from auth.server.registration import Registration
from auth.signer import NoSigningKeyError
from hub.callers.attendant import Attendant
from hub.callers.browsers import Cookies, browser_digest
from hub.callers.certifying import Certifier
from hub.callers.forms import BadForm, read_form, read_query
from hub.callers.people import Account
from hub.callers.throttle import Network, network_of
from hub.callers.tickets import Pending, Wanted, find
from hub.http_question import new_request_id
from hub.store.database import StoreError
from hub.web import sign_in as pages

log = structlog.get_logger()
Words = tuple[str, str]
Answering = Callable[[Request, str], Awaitable[Response]]


class Stage(StrEnum):
    """Where somebody is on the way through a sign-in; the address of its page."""

    SIGN_IN = "/oauth/sign-in"
    SECOND_FACTOR = "/oauth/second-factor"
    ENROLMENT = "/oauth/enrolment"
    PASSWORD = "/oauth/password"  # noqa: S105 - an address
    CONSENT = "/oauth/consent"
    DEVICE = "/oauth/device/confirm"
    CONSOLE = "/oauth/console"


class Turned(Exception):
    """Somebody cannot go on here; what they are told, the status, and the page on which to begin again."""

    def __init__(self, refusal: pages.Refusal, status: int, again: str = "") -> None:
        super().__init__(refusal.name)
        self.refusal = refusal
        self.status = status
        self.again = again


@dataclass(frozen=True, slots=True)
class Reception:
    """Parts of every page; `departments` are labels, `externals` what else one can sign in through."""

    attendant: Attendant
    cookies: Cookies
    certifier: Certifier
    hours: int
    proxies: tuple[Network, ...] = ()
    departments: Mapping[str, Words] = field(default_factory=dict)
    externals: tuple[tuple[str, Words], ...] = ()

    @property
    def now(self) -> int:
        """This moment in seconds since 1970."""
        return self.attendant.clock.moment().second

    def route(self, path: str, answering: Answering, *methods: str) -> Route:
        """A route whose refusals are pages."""
        return Route(path, shown(answering), methods=list(methods))

    def page(
        self, page: pages.Page, *, status: int = 200, leads_to: Sequence[str] = (), request_id: str = ""
    ) -> Response:
        """A page as it is sent; with the number that is in the log, if there is something to look for."""
        headers, content = pages.page_headers(leads_to), pages.render(page, request_id=request_id)
        return Response(content, status, headers, media_type="text/html; charset=utf-8")

    def network(self, request: Request) -> str:
        """The network a request comes from."""
        address = request.client.host if request.client else None
        return network_of(address, request.headers.getlist("x-forwarded-for"), self.proxies)

    async def pending(self, request: Request) -> Pending:
        """The sign-in whose ticket stands in the address, if this is its browser; Turned if not."""
        ticket, flow = dict(read_query(request)).get("ticket", ""), self.cookies.flow(request)
        now = self.now
        found = await self.attendant.look(lambda ledger: find(ledger, ticket, now)) if ticket and flow else None
        if found is None or flow is None or found.browser != browser_digest(flow):
            raise Turned(pages.Refusal.EXPIRED, 400, _BEGINNINGS.get(request.url.path, ""))
        request.state.client = found.client
        return found

    async def form(self, request: Request, pending: Pending) -> dict[str, str]:
        """Fields of a posted form; Turned if it is not one of ours for this sign-in and browser."""
        fields = dict(await read_form(request))
        flow = self.cookies.flow(request) or ""
        if not self.cookies.is_own_form(request, fields, pending.ticket, flow):
            raise Turned(pages.Refusal.FORM_REJECTED, 403)
        return fields

    def csrf(self, request: Request, pending: Pending) -> str:
        """The mark of a form of this sign-in."""
        return self.cookies.mark(pending.ticket, self.cookies.flow(request) or "")

    async def account(self, pending: Pending) -> Account | None:
        """Who has proved to be somebody so far."""
        if pending.person is None:
            return None
        person = pending.person
        return await self.attendant.look(lambda ledger: ledger.people.of_id(person))

    def registration(self, pending: Pending) -> Registration | None:
        """The client that is signed in through."""
        return self.attendant.house.registrations.get(pending.client)

    def stage(self, pending: Pending, account: Account | None) -> Stage:
        """Where a sign-in stands."""
        if account is None:
            return Stage.SIGN_IN
        if account.needs_second_factor and "otp" not in pending.factors:
            return Stage.ENROLMENT if account.second_factor is None else Stage.SECOND_FACTOR
        if account.must_change or pending.wanted is Wanted.PASSWORD:
            return Stage.PASSWORD
        return {Wanted.DEVICE: Stage.DEVICE, Wanted.CONSOLE: Stage.CONSOLE}.get(pending.wanted, Stage.CONSENT)

    def lead(self, stage: Stage, pending: Pending) -> Response:
        """Send somebody to where they stand."""
        return see(f"{stage.value}?{urlencode({'ticket': pending.ticket})}")

    def department(self, code: str) -> Words:
        """Label of a department."""
        return self.departments.get(code, (code, code))


_BEGINNINGS = {
    Stage.PASSWORD.value: "/oauth/password",
    Stage.DEVICE.value: "/oauth/device",
    Stage.CONSOLE.value: "/oauth/console",
}
"""Where it begins what no application asked for, by the page on which it ends."""


def see(address: str) -> Response:
    """Send a browser elsewhere by GET."""
    headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
    return RedirectResponse(address, 303, headers)


def shown(answering: Answering) -> Callable[[Request], Awaitable[Response]]:
    """The page; whatever goes wrong as a page that says what to do next, the unforeseen without its words."""

    async def answer(request: Request) -> Response:
        request_id = new_request_id()
        try:
            return await answering(request, request_id)
        except Turned as turned:
            turned_away(request, request_id, turned.refusal.name)
            return _refusal(turned.refusal, turned.status, request_id, turned.again)
        except BadForm as fault:
            turned_away(request, request_id, pages.Refusal.REQUEST_INVALID.name)
            return _refusal(pages.Refusal.REQUEST_INVALID, fault.status, request_id)
        except ClientDisconnect:
            return Response(status_code=400)
        except (StoreError, NoSigningKeyError) as fault:
            log.warning("nobody can sign in", request_id=request_id, fault=type(fault).__name__)
            return _refusal(pages.Refusal.INTERNAL, 503, request_id)
        except Exception as fault:  # noqa: BLE001 - the edge is where the unforeseen is masked, and logged
            _note(request_id, fault)
            return _refusal(pages.Refusal.INTERNAL, 500, request_id)

    return answer


def turned_away(request: Request, request_id: str, code: str) -> None:
    """Log why somebody could not go on, for whoever is told the number on the page; the client, where it is registered."""
    log.info("nobody was signed in", request_id=request_id, code=code, client=getattr(request.state, "client", ""))


def _note(request_id: str, fault: Exception) -> None:
    """Log where it happened, without the fault's words: they may hold a value."""
    log.error("internal error", request_id=request_id, fault=type(fault).__name__, frames=frames_of(fault))


def _refusal(refusal: pages.Refusal, status: int, request_id: str, again: str = "") -> Response:
    content = pages.render(pages.RefusalPage(refusal, again), request_id=request_id)
    return Response(content, status, pages.page_headers(), media_type="text/html; charset=utf-8")
