"""Where a browser comes in without an application: a device's code, a change of password, the way out."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.server.endpoints import plain_user_code
from auth.server.ledger import Event, digest_of
from hub.callers.authorize import Authorize, begin, end_session, session_of
from hub.callers.browsers import fresh_cookie
from hub.callers.consent import Consent
from hub.callers.endpoints import Endpoints, masked
from hub.callers.forms import read_form, read_query
from hub.callers.ledger import StoreLedger
from hub.callers.outside import Outside
from hub.callers.outside_pages import OutsidePages
from hub.callers.reception import Reception, Stage, Turned, see
from hub.callers.sign_in import SignIn
from hub.callers.throttle import Counted, Throttle
from hub.callers.tickets import Wanted, close
from hub.callers.visiting import own_page
from hub.web import sign_in as pages
from hub.web.sign_in import Alert

_DEVICE, _OUT = "device", "sign-out"


class Doors:
    """All pages of signing in, under their addresses."""

    def __init__(self, reception: Reception, endpoints: Endpoints, outside: Outside | None) -> None:
        self._reception = reception
        self._outside = outside
        self._endpoints = endpoints
        self._authorize = Authorize(reception)
        self.sign_in = SignIn(reception, reception.attendant.vault)
        self._consent = Consent(reception, self._authorize)

    def routes(self) -> list[BaseRoute]:
        """Routes of them all."""
        both = ("GET", "POST")
        route = self._reception.route
        return [
            route("/oauth/authorize", self._authorize.answer, *both),
            route(Stage.SIGN_IN, self.sign_in.sign_in, *both),
            route(Stage.SECOND_FACTOR, self.sign_in.second_factor, *both),
            route(Stage.ENROLMENT, self.sign_in.enrolment, *both),
            route(Stage.PASSWORD, self._password, *both),
            route(Stage.CONSENT, self._consent.consent, *both),
            route(Stage.DEVICE, self._consent.device, *both),
            route("/oauth/device", self._device, *both),
            route(Stage.CONSOLE, self._console, "GET"),
            route("/oauth/sign-out", self._sign_out, *both),
            *(OutsidePages(self._reception, self.sign_in, self._outside).routes() if self._outside else ()),
        ]

    async def _password(self, request: Request, request_id: str) -> Response:
        """Change one's password; whoever is not signed in signs in first."""
        if "ticket" in dict(read_query(request)):
            return await self.sign_in.password(request, request_id)
        session = await self._session(request)
        return await begin(self._reception, request, request_id, ("", Wanted.PASSWORD, (), session))

    async def _console(self, request: Request, request_id: str) -> Response:
        """Sign in for the console; whoever has done so goes on to the page they came for."""
        said = dict(read_query(request))
        if "ticket" not in said:
            session = await self._session(request)
            pairs = (("page", page),) if (page := own_page(said.get("page", ""))) else ()
            return await begin(self._reception, request, request_id, ("", Wanted.CONSOLE, pairs, session))
        pending = await self._reception.pending(request)
        stage = self._reception.stage(pending, await self._reception.account(pending))
        if pending.wanted is not Wanted.CONSOLE or stage is not Stage.CONSOLE:
            return self._reception.lead(stage, pending)
        # The console knows its people by the session of this browser, which the ticket does not stand for.
        await self._reception.attendant.act(request_id, lambda ledger: close(ledger, pending))
        return see(own_page(dict(pending.pairs).get("page", "")) or "/console")

    async def _device(self, request: Request, request_id: str) -> Response:
        """The page on which a person types what their device shows; devices themselves ask at the same address."""
        if request.method == "GET":
            typed = plain_user_code(dict(read_query(request)).get("user_code", ""))[:8]
            return self._device_page(request, typed and f"{typed[:4]}-{typed[4:]}")
        if self._reception.cookies.flow(request) is None or "origin" not in request.headers:
            return await masked(self._endpoints.device)(request)
        fields = dict(await read_form(request))
        flow = self._reception.cookies.flow(request) or ""
        if not self._reception.cookies.is_own_form(request, fields, _DEVICE, flow):
            raise Turned(pages.Refusal.FORM_REJECTED, 403)
        return await self._typed(request, request_id, plain_user_code(fields.get("user_code", "")))

    async def _typed(self, request: Request, request_id: str, code: str) -> Response:
        """Go on with the device of a code, for whose guessing one has to wait."""
        reception, now = self._reception, self._reception.now
        counters = [Counted(f"user code {reception.network(request)}")]

        def throttle(ledger: StoreLedger) -> Throttle:
            return Throttle(ledger.connection, reception.attendant.vault, now)

        if wait := await reception.attendant.look(lambda ledger: throttle(ledger).wait(counters)):
            return self._device_page(request, code, Alert.TOO_MANY_ATTEMPTS, -(-wait // 60))
        found = await reception.attendant.look(lambda ledger: ledger.device_of(digest_of(code)))
        if found is None or found.expires <= now or found.sign_in is not None or found.refused:
            await reception.attendant.act(request_id, lambda ledger: throttle(ledger).fail(counters))
            return self._device_page(request, code, Alert.UNKNOWN_USER_CODE)
        session = await self._session(request)
        return await begin(
            reception, request, request_id, (found.client, Wanted.DEVICE, (("user_code", code),), session)
        )

    def _device_page(self, request: Request, code: str, alert: Alert | None = None, minutes: int = 0) -> Response:
        flow = self._reception.cookies.flow(request) or fresh_cookie()
        csrf = self._reception.cookies.mark(_DEVICE, flow)
        page = pages.DeviceCodePage(csrf=csrf, user_code=code, alert=alert, minutes=minutes)
        status = 200 if alert is None else 429 if alert is Alert.TOO_MANY_ATTEMPTS else 400
        response = self._reception.page(page, status=status)
        self._reception.cookies.set_flow(response, flow)
        return response

    async def _sign_out(self, request: Request, request_id: str) -> Response:
        """End the session of this browser; what applications were given goes on until it is revoked."""
        cookie = self._reception.cookies.session(request)
        if cookie is None:
            return self._reception.page(pages.SignedOutPage())
        if request.method == "GET":
            return self._reception.page(pages.SignOutPage(csrf=self._reception.cookies.mark(_OUT, cookie)))
        fields = dict(await read_form(request))
        if not self._reception.cookies.is_own_form(request, fields, _OUT, cookie):
            raise Turned(pages.Refusal.FORM_REJECTED, 403)
        now = self._reception.now

        def work(ledger: StoreLedger) -> None:
            found = session_of(ledger, cookie, now)
            end_session(ledger, cookie)
            if found is not None:
                ledger.record(Event("SIGNED_OUT", "", "GRANTED", found[0]))

        await self._reception.attendant.act(request_id, work)
        response = self._reception.page(pages.SignedOutPage())
        self._reception.cookies.end_session(response)
        return response

    async def _session(self, request: Request) -> tuple[str, tuple[str, ...], int] | None:
        cookie, now = self._reception.cookies.session(request), self._reception.now
        if cookie is None:
            return None
        return await self._reception.attendant.look(lambda ledger: session_of(ledger, cookie, now))
