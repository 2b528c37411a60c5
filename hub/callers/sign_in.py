"""The pages on which a person proves who they are: password, second factor, its enrolment, a password of their own.

Neither words nor time tell whether a name exists. The costly part, scrypt, runs in threads of its own, a few at a time.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from sqlalchemy import insert
from starlette.requests import Request
from starlette.responses import Response

from auth.server import second_factor
from auth.server.ledger import Event
from auth.server.passwords import fault_of, hash_password, is_right
from hub.callers.authorize import end_session, session_digest
from hub.callers.browsers import fresh_cookie
from hub.callers.ledger import StoreLedger
from hub.callers.people import Account
from hub.callers.reception import Reception, Stage, Turned
from hub.callers.showing import Showing
from hub.callers.throttle import Counted, Throttle, sign_in_counters
from hub.callers.tickets import Pending, Wanted, close, find, keep, proven, update_pending
from hub.callers.vault import Vault
from hub.store.caller_tables import browser_sessions
from hub.web import sign_in as pages
from hub.web.sign_in import Alert

Result = TypeVar("Result")
AT_ONCE, IN_LINE = 2, 40
"""Passwords that are looked at together, and people who may wait for their turn."""
MAX_TRIES = 5
_FAULTS = {
    "SHORT": Alert.PASSWORD_TOO_SHORT,
    "LONG": Alert.PASSWORD_TOO_LONG,
    "KNOWN": Alert.PASSWORD_KNOWN,
    "NAME": Alert.PASSWORD_KNOWN,
}


@dataclass(frozen=True, slots=True)
class _Tried:
    """What became of a password or code: right, or how long to wait, or that this sign-in is over."""

    right: bool = False
    wait: int = 0
    over: bool = False


class SignIn:
    """Answers these pages."""

    def __init__(self, reception: Reception, vault: Vault) -> None:
        self._reception = reception
        self._vault = vault
        self._show = Showing(reception)
        self._turns = CapacityLimiter(AT_ONCE)

    async def sign_in(self, request: Request, request_id: str) -> Response:
        """Name and password."""
        pending = await self._reception.pending(request)
        if request.method == "GET":
            return await self._here(pending, Stage.SIGN_IN) or self._show.sign_in(request, pending)
        fields = await self._reception.form(request, pending)
        username, password = fields.get("username", "").strip()[:64], fields.get("password", "")
        if pending.person is not None:
            return await self._on(pending)
        account = await self._reception.attendant.look(lambda ledger: _named(ledger, username))
        tried = await self._try_password(request_id, self._counters(request, username), account, password)
        if tried.wait:
            return self._show.sign_in(request, pending, username, Alert.TOO_MANY_ATTEMPTS, tried.wait)
        if not tried.right or account is None:
            return self._show.sign_in(request, pending, username, Alert.WRONG_CREDENTIALS)
        return await self.proved(request, request_id, pending, (account, "pwd"))

    async def second_factor(self, request: Request, request_id: str) -> Response:
        """A code of the person's authenticator."""
        pending = await self._reception.pending(request)
        account = await self._reception.account(pending)
        if account is None or account.second_factor is None or "otp" in pending.factors:
            return await self._on(pending)
        if request.method == "GET":
            return self._show.code(request, pending)
        code = (await self._reception.form(request, pending)).get("code", "")
        browser = self._reception.cookies.known_to(request, account.username or "")
        counter = Counted(f"code {account.id} {browser or ''}", 4 * MAX_TRIES)
        tried = await self._try_code(request_id, (pending, account), code, counter)
        if tried.wait:
            return self._show.code(request, pending, Alert.TOO_MANY_ATTEMPTS, tried.wait)
        if tried.over:
            again = {Wanted.PASSWORD: "/oauth/password", Wanted.DEVICE: "/oauth/device"}.get(pending.wanted, "")
            raise Turned(pages.Refusal.CODES_USED_UP, 401, again)
        if not tried.right:
            return self._show.code(request, pending, Alert.WRONG_CODE)
        return await self.proved(request, request_id, pending, (account, "otp"))

    async def enrolment(self, request: Request, request_id: str) -> Response:
        """The first code of a new authenticator."""
        pending = await self._reception.pending(request)
        account = await self._reception.account(pending)
        if account is None or self._reception.stage(pending, account) is not Stage.ENROLMENT:
            return await self._on(pending)
        if pending.enrolment is None:
            sealed = self._vault.seal(f"enrolment.{account.id}", second_factor.fresh_key().hex())
            pending = replace(pending, enrolment=sealed.hex())
            await self._act(request_id, lambda ledger: update_pending(ledger, pending))
        key = bytes.fromhex(self._vault.open(f"enrolment.{account.id}", bytes.fromhex(pending.enrolment or "")))
        if request.method == "GET":
            return self._show.enrolment(request, pending, account, key)
        code = (await self._reception.form(request, pending)).get("code", "")
        step = second_factor.step_of(key, code, self._reception.now, 0)
        if step is None:
            return self._show.enrolment(request, pending, account, key, Alert.WRONG_CODE)

        def work(ledger: StoreLedger) -> bool:
            known = ledger.people.of_id(account.id)
            if known is None or known.second_factor is not None:
                return False
            ledger.people.enrol(account.id, key, step)
            ledger.record(Event("SECOND_FACTOR_ENROLLED", pending.client, "GRANTED", account.id))
            return True

        if not await self._act(request_id, work):
            return await self._on(pending)
        return await self.proved(request, request_id, replace(pending, enrolment=None), (account, "otp"))

    async def password(self, request: Request, request_id: str) -> Response:
        """A password of the person's own."""
        pending = await self._reception.pending(request)
        account = await self._reception.account(pending)
        if account is None or self._reception.stage(pending, account) is not Stage.PASSWORD:
            return await self._on(pending)
        if account.password is None:
            return self._reception.page(pages.PasswordElsewherePage())
        if request.method == "GET":
            return self._show.password(request, pending, account)
        fields = await self._reception.form(request, pending)
        counters = self._counters(request, account.username or "")
        tried = await self._try_password(request_id, counters, account, fields.get("current", ""))
        if tried.wait:
            return self._show.password(request, pending, account, Alert.TOO_MANY_ATTEMPTS, tried.wait)
        if not tried.right:
            return self._show.password(request, pending, account, Alert.WRONG_PASSWORD)
        if alert := _new_fault(fields, account):
            return self._show.password(request, pending, account, alert)
        async with self._turn():
            stored = await anyio.to_thread.run_sync(hash_password, fields["new"])

        def work(ledger: StoreLedger) -> None:
            ledger.people.change_password(account.id, stored)
            # Every sign-in of this person has ended, but the one in which they did it goes on.
            close(ledger, pending)
            keep(ledger, pending)
            ledger.record(Event("PASSWORD_CHANGED", pending.client, "GRANTED", account.id))

        await self._act(request_id, work)
        changed = replace(account, must_change=False)
        return await self._session(request, request_id, replace(pending, changed=True), changed)

    async def proved(self, request: Request, request_id: str, pending: Pending, proof: tuple[Account, str]) -> Response:
        """Go on for a person with one more factor; who has enough of them is signed in in this browser."""
        account, factor = proof
        pending = proven(pending, account.id, factor.split(), self._reception.now)
        counters = self._counters(request, account.username or "")

        def work(ledger: StoreLedger) -> None:
            if factor == "pwd":
                self._throttle(ledger).succeed(counters)
            update_pending(ledger, pending)

        await self._act(request_id, work)
        stage = self._reception.stage(pending, account)
        if stage in {Stage.SECOND_FACTOR, Stage.ENROLMENT} or account.must_change:
            return self._reception.lead(stage, pending)
        return await self._session(request, request_id, pending, account)

    async def _session(self, request: Request, request_id: str, pending: Pending, account: Account) -> Response:
        """Keep a person signed in in this browser, under a cookie that nobody has seen before."""
        await self._reception.certifier.certify(account, request_id)
        cookie, now, seconds = fresh_cookie(), self._reception.now, self._reception.hours * 3600
        before = self._reception.cookies.session(request) or ""
        row: dict[str, object] = {
            "digest": session_digest(cookie),
            "person": account.id,
            "factors": " ".join(pending.factors),
            "made_at": pending.at or now,
            "expires_at": now + seconds,
        }

        def work(ledger: StoreLedger) -> None:
            end_session(ledger, before)
            ledger.connection.execute(insert(browser_sessions).values(row))
            ledger.record(
                Event("SIGNED_IN", pending.client, "GRANTED", account.id, told={"by": " ".join(pending.factors)})
            )

        await self._act(request_id, work)
        if (stage := self._reception.stage(pending, account)) is Stage.PASSWORD and pending.changed:
            response = self._reception.page(pages.PasswordChangedPage())
        else:
            response = self._reception.lead(stage, pending)
        if account.username is not None:
            self._reception.cookies.remember(response, account.username)
        self._reception.cookies.set_session(response, cookie, seconds)
        return response

    async def _here(self, pending: Pending, stage: Stage) -> Response | None:
        """Where somebody has to go instead, if they are not here."""
        account = await self._reception.account(pending)
        found = self._reception.stage(pending, account)
        return None if found is stage else self._reception.lead(found, pending)

    async def _on(self, pending: Pending) -> Response:
        account = await self._reception.account(pending)
        return self._reception.lead(self._reception.stage(pending, account), pending)

    async def _try_code(self, request_id: str, whose: tuple[Pending, Account], code: str, counter: Counted) -> _Tried:
        """Whether a code is right, which it is once. Decided where nobody else writes: codes that come together count."""
        pending, account = whose
        now = self._reception.now

        def work(ledger: StoreLedger) -> _Tried:
            known, found = ledger.people.of_id(account.id), find(ledger, pending.ticket, now)
            if known is None or known.second_factor is None or found is None:
                return _Tried(over=True)
            throttle = self._throttle(ledger)
            if wait := throttle.wait([counter]):
                return _Tried(wait=wait)
            step = second_factor.step_of(known.second_factor, code, now, known.last_step)
            if step is not None:
                ledger.people.take_step(known.id, step)
                throttle.succeed([counter])
                return _Tried(right=True)
            throttle.fail([counter])
            ledger.record(Event("SIGN_IN_FAILED", pending.client, "WRONG_CODE", known.id))
            tried = replace(found, tries=found.tries + 1)
            over = tried.tries >= MAX_TRIES
            close(ledger, tried) if over else update_pending(ledger, tried)
            return _Tried(over=over)

        return await self._act(request_id, work)

    async def _try_password(
        self, request_id: str, counters: list[Counted], account: Account | None, password: str
    ) -> _Tried:
        """Whether a password is right. Waits are looked up in turn: else all that come together would be the first."""
        stored = account.password if account is not None else None
        async with self._turn():
            if wait := await self._reception.attendant.look(lambda ledger: self._throttle(ledger).wait(counters)):
                return _Tried(wait=wait)
            if await anyio.to_thread.run_sync(is_right, stored, password):
                return _Tried(right=True)
            await self._failed(request_id, counters, account)
            return _Tried()

    async def _failed(self, request_id: str, counters: list[Counted], account: Account | None) -> None:
        """Count a wrong password; it is recorded where it concerns somebody."""

        def work(ledger: StoreLedger) -> None:
            self._throttle(ledger).fail(counters)
            if account is not None:
                ledger.record(Event("SIGN_IN_FAILED", "", "WRONG_PASSWORD", account.id))

        await self._act(request_id, work)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """A turn at what costs much; Turned where too many wait for theirs."""
        if self._turns.statistics().tasks_waiting >= IN_LINE:
            raise Turned(pages.Refusal.BUSY, 503)
        async with self._turns:
            yield

    async def _act(self, request_id: str, work: Callable[[StoreLedger], Result]) -> Result:
        return await self._reception.attendant.act(request_id, work)

    def _throttle(self, ledger: StoreLedger) -> Throttle:
        return Throttle(ledger.connection, self._vault, self._reception.now)

    def _counters(self, request: Request, username: str) -> list[Counted]:
        browser = self._reception.cookies.known_to(request, username)
        return sign_in_counters(username, self._reception.network(request), browser)


def _named(ledger: StoreLedger, typed: str) -> Account | None:
    """Whose account name somebody typed, in capitals or not: names are given in lower case."""
    return ledger.people.of_username(typed) or ledger.people.of_username(typed.casefold())


def _new_fault(fields: Mapping[str, str], account: Account) -> Alert | None:
    """Why a password won't do as the person's new one."""
    chosen = fields.get("new", "")
    fault = fault_of(chosen, account.username or "")
    if fault is not None:
        return _FAULTS[fault]
    if chosen == fields.get("current"):
        return Alert.PASSWORD_UNCHANGED
    return None if chosen == fields.get("repeat") else Alert.PASSWORDS_DIFFER
