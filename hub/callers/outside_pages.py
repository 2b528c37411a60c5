"""Signing in through another provider: there and back, and who that is here.

Somebody comes back to the sign-in they left, in the browser they left it with, once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import orjson
import structlog
from sqlalchemy import delete, insert, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.server.ledger import Event, digest_of
from hub.callers.browsers import browser_digest
from hub.callers.forms import read_query
from hub.callers.ledger import StoreLedger
from hub.callers.outside import Begun, Outside
from hub.callers.outside_person import OutsideCode, OutsideFault, OutsidePerson
from hub.callers.people import Account
from hub.callers.reception import Reception, Stage, Turned, Words, see
from hub.callers.sign_in import SignIn
from hub.callers.tickets import Pending, find, update_pending
from hub.store.caller_tables import outside_identities, pending_requests
from hub.web import sign_in as pages

log = structlog.get_logger()
_STRONG = frozenset({"mfa", "otp", "hwk", "swk"})
"""What a provider says of itself that stands for a second factor (RFC 8176)."""
_ENDINGS = {
    OutsideCode.NOT_MAPPED: pages.ExternalEnding.NOT_MAPPED,
    OutsideCode.NOT_VERIFIED: pages.ExternalEnding.NOT_VERIFIED,
    OutsideCode.PROVIDER_DOWN: pages.ExternalEnding.UNAVAILABLE,
}


@dataclass(frozen=True, slots=True)
class OutsidePages:
    """Answers these addresses."""

    reception: Reception
    sign_in: SignIn
    outside: Outside

    def routes(self) -> list[BaseRoute]:
        """Routes of them."""
        return [
            self.reception.route("/oauth/external/{provider}", self.leave, "GET"),
            self.reception.route("/oauth/external/{provider}/callback", self.come_back, "GET"),
        ]

    async def leave(self, request: Request, request_id: str) -> Response:
        """Send somebody to the provider."""
        pending, name = await self.reception.pending(request), request.path_params["provider"]
        if pending.person is not None:
            return self.reception.lead(self.reception.stage(pending, await self.reception.account(pending)), pending)
        self._label(name)
        try:
            begun = await self.outside.begin(name, self._callback(name))
        except OutsideFault as fault:
            return self._ended(request_id, name, fault, pending)
        kept = replace(pending, outside=begun.written())

        def work(ledger: StoreLedger) -> None:
            update_pending(ledger, kept)
            _keep_state(ledger, begun.state, kept)

        await self.reception.attendant.act(request_id, work)
        return see(begun.address)

    async def come_back(self, request: Request, request_id: str) -> Response:
        """Take in what the provider says of somebody."""
        name, said = request.path_params["provider"], dict(read_query(request))
        self._label(name)
        pending = await self._pending(request, request_id, said.get("state", ""))
        if pending.outside.get("provider") != name:
            raise Turned(pages.Refusal.EXPIRED, 400)
        try:
            found = await self.outside.complete(name, said, Begun.read(pending.outside))
        except OutsideFault as fault:
            return self._ended(request_id, name, fault, pending)

        def work(ledger: StoreLedger) -> Account | None:
            account = take_in(ledger, found)
            if account is not None:
                ledger.record(Event("VOUCHED_FOR", pending.client, "GRANTED", account.id, told={"by": name}))
            return account

        account = await self.reception.attendant.act(request_id, work)
        if account is None:
            raise Turned(pages.Refusal.PERSON_NOT_ALLOWED, 403)
        factors = "fed otp" if _STRONG & set(found.factors) else "fed"
        return await self.sign_in.proved(request, request_id, replace(pending, outside={}), (account, factors))

    async def _pending(self, request: Request, request_id: str, state: str) -> Pending:
        """The sign-in that was left with this state, if this is its browser."""
        now, flow = self.reception.now, self.reception.cookies.flow(request)
        found = await self.reception.attendant.act(request_id, lambda ledger: _take_state(ledger, state, now))
        if found is None or flow is None or found.browser != browser_digest(flow) or found.person is not None:
            raise Turned(pages.Refusal.EXPIRED, 400)
        request.state.client = found.client
        return found

    def _ended(self, request_id: str, name: str, fault: OutsideFault, pending: Pending) -> Response:
        told = {"request_id": request_id, "code": fault.code.value, "client": pending.client, "detail": fault.detail}
        log.info("nobody was signed in", provider=name, **told)
        ending = _ENDINGS.get(fault.code, pages.ExternalEnding.CANCELLED)
        page = pages.ExternalEndingPage(ending, self._label(name), f"{Stage.SIGN_IN.value}?ticket={pending.ticket}")
        status = 503 if fault.code is OutsideCode.PROVIDER_DOWN else 403
        return self.reception.page(page, status=status, request_id=request_id)

    def _label(self, name: str) -> Words:
        labels: Mapping[str, Words] = dict(self.reception.externals)
        if name not in labels:
            raise Turned(pages.Refusal.REQUEST_INVALID, 404)
        return labels[name]

    def _callback(self, name: str) -> str:
        return self.reception.attendant.house.at(f"/oauth/external/{name}/callback")


def take_in(ledger: StoreLedger, found: OutsidePerson) -> Account | None:
    """The account of somebody a provider vouches for, made where there is none; None for one that was ended.

    As whom they may act is what the provider says now; a change ends the tokens from before.
    """
    table, digest = outside_identities, ledger.vault.digest(f"outside {found.provider}", found.subject)
    where = (table.c.provider == found.provider) & (table.c.subject == digest)
    person = ledger.connection.execute(select(table.c.person).where(where)).scalar()
    said = Account(
        id=person or "",
        username=None,
        label=found.name,
        department=found.standing.department,
        role=found.standing.role,
        purposes=found.purposes,
        bindings=found.standing.bindings,
        certificate_no=found.certificate_no,
    )
    if person is not None:
        return ledger.people.vouch(said)
    made = ledger.people.add(said)
    row = {"provider": found.provider, "subject": digest, "person": made.id, "seen_at": ledger.now}
    ledger.connection.execute(insert(table).values(row))
    return made


def _keep_state(ledger: StoreLedger, state: str, pending: Pending) -> None:
    """Store which sign-in somebody comes back to."""
    row = {
        "digest": digest_of(f"outside {state}"),
        "client": pending.client,
        "parameters": orjson.dumps(pending.ticket).decode(),
        "state": "{}",
        "expires_at": pending.expires,
    }
    ledger.connection.execute(insert(pending_requests).values(row))


def _take_state(ledger: StoreLedger, state: str, now: int) -> Pending | None:
    """The sign-in that was left with this state; the state leads there once."""
    table, digest = pending_requests, digest_of(f"outside {state}")
    row = ledger.connection.execute(select(table).where(table.c.digest == digest)).first()
    if row is None:
        return None
    ledger.connection.execute(delete(table).where(table.c.digest == digest))
    return find(ledger, orjson.loads(row.parameters), now)
