"""What a person agrees to: an application, or a device, that asks in their name. With this a sign-in is complete."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.rfc6749 import OAuth2Error
from starlette.requests import Request
from starlette.responses import Response

from auth.roles import ROLE_LABELS, Role
from auth.scopes import SCOPE_LABELS, Scope
from auth.server.endpoints import plain_user_code
from auth.server.form import FormRequest, Issue
from auth.server.ledger import Agreed, Event, Person, SignIn, digest_of
from auth.server.registration import Registration
from auth.server.server import OAuthServer
from hub.callers.authorize import Authorize, end_session, person_of
from hub.callers.ledger import StoreLedger
from hub.callers.people import Account
from hub.callers.reception import Reception, Stage, Turned, Words, see, turned_away
from hub.callers.tickets import Pending, close, update_pending
from hub.web import sign_in as pages

_SCOPES = frozenset(scope.value for scope in Scope)
_ALL: Words = ("该应用已获授权的全部数据", "All data the application is granted")


class Consent:
    """Answers these pages."""

    def __init__(self, reception: Reception, authorize: Authorize) -> None:
        self._reception = reception
        self._authorize = authorize

    async def consent(self, request: Request, request_id: str) -> Response:
        """What an application asks for; the decision goes back to it."""
        pending, account = await self._standing(request, Stage.CONSENT)
        if account is None:
            return await self._on(pending)
        registration = self._known(pending)
        redirect_uri = dict(pending.pairs).get("redirect_uri", "")
        if request.method == "GET":
            asked = await self._asked(pending, account, self._agreed(FormRequest("GET", pending.pairs)))
            if isinstance(asked, pages.Refusal):
                return self._not_admitted(request, request_id, pending, asked)
            page = pages.ConsentPage(
                csrf=self._reception.csrf(request, pending),
                ticket=pending.ticket,
                asked=replace(asked, returns_to=_place(redirect_uri)),
            )
            return self._reception.page(page, leads_to=[redirect_uri])
        decision = (await self._reception.form(request, pending)).get("decision")
        if decision == "another":
            return await self._afresh(request, request_id, pending)
        form = FormRequest("GET", pending.pairs)
        if decision != "allow":
            await self._refuse(request_id, pending)
            return self._authorize.bounce(redirect_uri, form, "access_denied", "The person did not agree.")
        return see(await self._allow(request_id, (pending, account, registration), form))

    async def device(self, request: Request, request_id: str) -> Response:
        """What a device asks for; it learns of the decision when it asks again."""
        pending, account = await self._standing(request, Stage.DEVICE)
        if account is None:
            return await self._on(pending)
        registration, code = self._known(pending), plain_user_code(dict(pending.pairs).get("user_code", ""))
        found = await self._reception.attendant.look(lambda ledger: ledger.device_of(digest_of(code)))
        client = (registration.client.label, "")
        if found is None or found.expires <= self._reception.now or found.sign_in is not None or found.refused:
            return self._reception.page(pages.DeviceEndingPage(pages.DeviceEnding.EXPIRED, client), status=400)
        if request.method == "GET":
            asked = await self._asked(pending, account, found.agreed)
            if isinstance(asked, pages.Refusal):
                return self._not_admitted(request, request_id, pending, asked)
            page = pages.DeviceConfirmPage(
                csrf=self._reception.csrf(request, pending),
                ticket=pending.ticket,
                user_code=f"{code[:4]}-{code[4:]}",
                asked=asked,
            )
            return self._reception.page(page)
        decision = (await self._reception.form(request, pending)).get("decision")
        if decision == "another":
            return await self._afresh(request, request_id, pending)
        allowed = decision == "allow"
        ending = await self._decide(request_id, (pending, account, registration), code, allowed=allowed)
        return self._reception.page(pages.DeviceEndingPage(ending, client))

    async def _standing(self, request: Request, stage: Stage) -> tuple[Pending, Account | None]:
        """The sign-in, and its person if this is where they are; Turned in a browser they are not signed in in."""
        pending = await self._reception.pending(request)
        account = await self._reception.account(pending)
        if account is None or self._reception.stage(pending, account) is not stage:
            return pending, None
        # Somebody else who had put their own cookie into this browser holds the ticket, too, but not the session.
        cookie, now = self._reception.cookies.session(request) or "", self._reception.now
        if await self._reception.attendant.look(lambda ledger: person_of(ledger, cookie, now)) != account.id:
            raise Turned(pages.Refusal.EXPIRED, 400)
        return pending, account

    async def _afresh(self, request: Request, request_id: str, pending: Pending) -> Response:
        """The same request anew for somebody else: the person is forgotten, in this sign-in and in this browser."""
        cookie = self._reception.cookies.session(request) or ""
        unproven = replace(pending, person=None, factors=(), at=None, enrolment=None, outside={})

        def work(ledger: StoreLedger) -> None:
            update_pending(ledger, unproven)
            end_session(ledger, cookie)
            ledger.record(Event("SIGNED_OUT", pending.client, "GRANTED", pending.person or ""))

        await self._reception.attendant.act(request_id, work)
        response = self._reception.lead(Stage.SIGN_IN, unproven)
        self._reception.cookies.end_session(response)
        return response

    def _not_admitted(self, request: Request, request_id: str, pending: Pending, refusal: pages.Refusal) -> Response:
        turned_away(request, request_id, refusal.name)
        csrf = self._reception.csrf(request, pending)
        page = pages.NotAdmittedPage(csrf=csrf, ticket=pending.ticket, refusal=refusal)
        return self._reception.page(page, status=403, request_id=request_id)

    async def _on(self, pending: Pending) -> Response:
        account = await self._reception.account(pending)
        return self._reception.lead(self._reception.stage(pending, account), pending)

    def _known(self, pending: Pending) -> Registration:
        found = self._reception.registration(pending)
        if found is None:
            raise Turned(pages.Refusal.CLIENT_UNKNOWN, 400)
        return found

    def _agreed(self, form: FormRequest) -> Agreed:
        """What a request asks for, as it was found good when it came."""
        scope, purposes = form.form.get("scope", ""), form.form.get("purposes", "")
        return Agreed(scope=scope, purposes=tuple(purposes.split()))

    async def _asked(self, pending: Pending, account: Account, agreed: Agreed) -> pages.Asked | pages.Refusal:
        """The same in words, or why this person may not act through this client."""
        registration, attendant = self._known(pending), self._reception.attendant

        def work(ledger: StoreLedger) -> tuple[Person, Sequence[str]] | pages.Refusal:
            server = attendant.server(ledger)
            person = ledger.people.acting(account)
            if not server.admits(registration, person):
                return _why(ledger, registration, account)
            public = [p.code for p in attendant.admission.purposes.values() if p.public]
            narrowed = server.purposes(registration, person, agreed)
            usual = public if person.standing.role is Role.PUBLIC else registration.client.purposes
            return person, narrowed or usual

        found = await attendant.look(work)
        if isinstance(found, pages.Refusal):
            return found
        person, purposes = found
        known = attendant.admission.purposes
        scopes = [SCOPE_LABELS[Scope(name)] for name in agreed.scope.split() if name in _SCOPES]
        return pages.Asked(
            client=(registration.client.label, ""),
            department=self._reception.department(registration.client.department),
            person=account.label,
            role=ROLE_LABELS[person.standing.role],
            purposes=[(known[p].zh, known[p].en) for p in purposes if p in known],
            scopes=scopes or [_ALL],
            until=self._until(),
            uncertified=account.role is Role.OFFICER and person.standing.role is Role.PUBLIC,
        )

    def _until(self) -> datetime:
        return self._reception.attendant.clock.moment().instant + timedelta(hours=self._reception.hours)

    async def _allow(self, request_id: str, what: tuple[Pending, Account, Registration], form: FormRequest) -> str:
        """Where the browser goes with the code."""
        pending, account, registration = what
        attendant = self._reception.attendant

        def work(ledger: StoreLedger) -> str:
            if not close(ledger, pending):
                raise Turned(pages.Refusal.EXPIRED, 400)
            server = attendant.server(ledger)
            grant = server.get_consent_grant(form)
            agreed, person, sign_in = self._begun(ledger, server, (pending, account, registration), form)
            form.issue = Issue(agreed, person, sign_in)
            told = server.create_authorization_response(form, grant_user=person, grant=grant)
            found: str | None = dict(told.headers).get("Location")
            if found is None:
                raise Turned(pages.Refusal.REQUEST_INVALID, 400)
            return found

        try:
            location = await attendant.act(request_id, work)
        except OAuth2Error as fault:
            # The client is registered: one that is not known to the server is frozen.
            frozen = fault.error == "invalid_client"
            raise Turned(pages.Refusal.CLIENT_FROZEN if frozen else pages.Refusal.REQUEST_INVALID, 400) from fault
        mark = "&" if "?" in location else "?"
        return f"{location}{mark}{urlencode({'iss': attendant.house.issuer})}"

    def _begun(
        self, ledger: StoreLedger, server: OAuthServer, what: tuple[Pending, Account, Registration], form: FormRequest
    ) -> tuple[Agreed, Person, SignIn]:
        """A sign-in that begins now, in this transaction."""
        pending, account, registration = what
        known = ledger.people.of_id(account.id)
        person = ledger.people.acting(known) if known is not None else None
        if known is None or person is None:
            raise Turned(pages.Refusal.PERSON_NOT_ALLOWED, 403)
        if not server.admits(registration, person):
            raise Turned(_why(ledger, registration, known), 403)
        now = self._reception.now
        expires = now + self._reception.hours * 3600
        sign_in = SignIn(
            secrets.token_hex(12), registration.client_id, person.id, pending.factors, pending.at or now, expires
        )
        ledger.begin(sign_in)
        ledger.record(Event("SIGN_IN_BEGAN", registration.client_id, "GRANTED", person.id, sign_in.id))
        return server.agreed(form), person, sign_in

    async def _decide(
        self, request_id: str, what: tuple[Pending, Account, Registration], code: str, *, allowed: bool
    ) -> pages.DeviceEnding:
        """Have the device learn of the decision."""
        attendant = self._reception.attendant

        def work(ledger: StoreLedger) -> pages.DeviceEnding:
            found = ledger.device_of(digest_of(code))
            if found is None or found.expires <= self._reception.now or found.sign_in is not None or found.refused:
                return pages.DeviceEnding.EXPIRED
            if not close(ledger, what[0]):
                return pages.DeviceEnding.EXPIRED
            if not allowed:
                ledger.touch_device(replace(found, refused=True))
                ledger.record(Event("CONSENT_REFUSED", found.client, "REFUSED", what[1].id))
                return pages.DeviceEnding.REFUSED
            _, _, sign_in = self._begun(ledger, attendant.server(ledger), what, FormRequest("GET", ()))
            ledger.touch_device(replace(found, sign_in=sign_in))
            return pages.DeviceEnding.DONE

        return await attendant.act(request_id, work)

    async def _refuse(self, request_id: str, pending: Pending) -> None:
        def work(ledger: StoreLedger) -> None:
            if not close(ledger, pending):
                raise Turned(pages.Refusal.EXPIRED, 400)
            ledger.record(Event("CONSENT_REFUSED", pending.client, "REFUSED", pending.person or ""))

        await self._reception.attendant.act(request_id, work)


def _why(ledger: StoreLedger, registration: Registration, account: Account) -> pages.Refusal:
    """Why somebody is not admitted to a client."""
    client = registration.client
    if ledger.frozen(client.id, client.department):
        return pages.Refusal.CLIENT_FROZEN
    if ledger.frozen("", account.department, account.id):
        return pages.Refusal.PERSON_FROZEN
    return pages.Refusal.PERSON_NOT_ALLOWED


def _place(uri: str) -> str:
    """What people recognise of a redirect URI."""
    parts = urlsplit(uri)
    return parts.netloc or parts.scheme
