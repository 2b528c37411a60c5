"""`/c/{token}`: the page of a code. One read of the store says whether it holds; only then the gateway is asked.

A code that does not hold and one that nobody was given cost the same: that one read. Nothing of who looks is kept.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

import anyio.to_thread
import structlog
from anyio import CapacityLimiter
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from adapters.base import SourceError
from auth.roles import Role
from hub.acts.code_house import CodeHouse
from hub.audit.log import RecordUnavailable
from hub.clock import Clock
from hub.code.address import Scanned
from hub.code.lookup import CodeState, find_code, lookup, lookup_entity
from hub.code.parsers import Foreign, read_foreign
from hub.code.reports import WARNED_FOR, is_copied
from hub.code.signed import Proof, is_true
from hub.code.tokens import read_token
from hub.errors import HubError
from hub.http_question import new_request_id
from hub.pages.edge import Edge
from hub.pages.question import Asking
from hub.pages.throttling import Allowance
from hub.store.database import Database
from hub.web.code_page import LookUpPage, ShopPage, StoppedPage
from hub.web.code_view import view_shop
from hub.web.words_code import spoken_day
from hub.web.words_stopped import OTHER_ISSUER, Stopped
from schema.enums import CodeIssuer, CodeStatus

log = structlog.get_logger()
_STOPPED: Mapping[CodeStatus, Stopped] = {
    CodeStatus.CANCELLED: Stopped.CANCELLED,
    # Nobody was given it yet.
    CodeStatus.PENDING: Stopped.UNKNOWN,
    CodeStatus.REVOKED: Stopped.REVOKED,
    CodeStatus.SUSPENDED: Stopped.SUSPENDED,
}
MISSES, A_MINUTE = 30, 60.0
"""Codes that one network may try in vain before it waits."""
CHECKS = 2
"""Signatures that are checked at a time."""


@dataclass(frozen=True, slots=True)
class Shops:
    """Serves the pages of codes."""

    edge: Edge
    asking: Asking
    database: Database
    house: CodeHouse
    clock: Clock
    missed: Allowance = field(default_factory=lambda: Allowance(MISSES, A_MINUTE, time.monotonic))
    checks: CapacityLimiter = field(default_factory=partial(CapacityLimiter, CHECKS))

    async def page(self, request: Request) -> Response:
        """The page of the code in the path, with its proof or its batch."""
        address = self.house.rules.address
        scanned = address.read(f"{address.origin}{request.scope['path']}")
        return await self._scanned(request, scanned) if scanned is not None else self._unknown(request)

    async def look_up(self, request: Request) -> Response:
        """Where a code is typed, or sent by the camera: the page it leads to. So does one of another issuer whose entity has
        a code here, or that its issuer knows.
        """
        text = self.edge.query(request).get("code", "").strip()
        if not text:
            return self.edge.shown(request, LookUpPage("/c", large=self.edge.is_large(request)))
        found = self.house.rules.read(text)
        if found is None:
            return self._unknown(request)
        if isinstance(found, Scanned):
            proof = f"/S/{found.proof.text}" if found.proof else ""
            return _led_to(f"/c/{found.token}{proof}{f'/B/{found.batch}' if found.batch else ''}")
        try:
            state = await self.database.read(partial(find_code, found=found))
        except (SQLAlchemyError, OSError) as fault:
            return self._silent(request, fault)
        return _led_to(f"/c/{state.token}") if state is not None else await self._foreign(request, found)

    async def _scanned(self, request: Request, scanned: Scanned) -> Response:
        try:
            state = await self.database.read(partial(lookup, token=scanned.token))
        except (SQLAlchemyError, OSError) as fault:
            return self._silent(request, fault)
        if scanned.proof is not None and not await self._is_proven(scanned.token, scanned.proof, state):
            # However many were tried before: whoever stands before a forgery is warned of it.
            return self._stopped(request, Stopped.FORGED, scanned.token)
        is_ours = read_token(scanned.token) is not None
        if state is None or state.status is CodeStatus.PENDING:
            foreign = None if is_ours else read_foreign(self.house.rules.parsers, scanned.token)
            return await self._foreign(request, foreign) if foreign else self._unknown(request, scanned.token)
        if self.edge.is_visit(request):
            self.house.counter.count_scan(state.code, self._place(request, state), Role.PUBLIC, self.clock.today())
        if not is_ours and (state.replaced_on is not None or state.status is CodeStatus.CANCELLED):
            return await self._returned(request, state)
        if state.replaced_on is not None:
            since = spoken_day(state.replaced_on)
            return self._stopped(request, Stopped.REPLACED, scanned.token, (state.name, since))
        if state.status is not CodeStatus.VALID:
            told = (state.name, spoken_day(state.since))
            return self._stopped(request, _STOPPED[state.status], scanned.token, told)
        return await self._shop(request, scanned, state)

    async def _foreign(self, request: Request, found: Foreign) -> Response:
        """One of another issuer that nobody took up here: as its register says, where that is asked.

        A network that tried too many in vain asks no register. What it does not know and what it has stopped cost the same.
        """
        if not self.missed.has(self.edge.network(request)):
            return self._stopped(request, Stopped.BUSY)
        try:
            state = await self.house.registers.find(found)
        except SourceError as fault:
            return self._silent(request, fault)
        return await self._as_told(request, found, state)

    async def _as_told(self, request: Request, found: Foreign, state: CodeState | None) -> Response:
        """The page of a code as its register tells of it; None if it does not know it."""
        if state is None:
            return self._elsewhere(request, found)
        if state.status is not CodeStatus.VALID:
            since = "" if state.since == date.min else spoken_day(state.since)
            return self._stopped(request, _STOPPED[state.status], state.token, ("", since))
        body = await self._asked(state)
        data: Mapping[str, Any] = body.get("data") or {"entity": {}}
        if data.get("entity") is None:
            # An entity of elsewhere has no page here.
            return self._elsewhere(request, found)
        name = data["entity"].get("name")
        if not name:
            return self._stopped(request, Stopped.UNAVAILABLE)
        return await self._shop(request, Scanned(state.token), replace(state, name=name), body)

    async def _asked(self, state: CodeState) -> Mapping[str, Any]:
        """Body of the answer to the page's question; empty where there is none."""
        request_id = new_request_id()
        try:
            return await self.asking.ask(state.entity, request_id)
        except (HubError, RecordUnavailable) as fault:
            log.warning(
                "a page had no answer", request_id=request_id, fault=getattr(fault, "code", "RECORD_UNAVAILABLE")
            )
            return {}

    async def _shop(
        self, request: Request, scanned: Scanned, state: CodeState, body: Mapping[str, Any] | None = None
    ) -> Response:
        since = (self.clock.today() - WARNED_FOR).isoformat()
        try:
            copied = await self.database.read(partial(is_copied, token=state.token, since=since))
        except (SQLAlchemyError, OSError) as fault:
            return self._silent(request, fault)
        page = ShopPage(
            view_shop(body if body is not None else await self._asked(state), state, self.clock.now()),
            state.token,
            f"/c/{state.token}",
            large=self.edge.is_large(request),
            signed_on=spoken_day(scanned.proof.issued) if scanned.proof else "",
            batch=scanned.batch or "",
            copied=copied,
            provincial=state.issuer is CodeIssuer.PROVINCIAL,
        )
        return self.edge.shown(request, page)

    def _place(self, request: Request, state: CodeState) -> str:
        """The place that an address names by its number (`?at=2`), as a tag of NFC may; empty where it names none."""
        at = self.edge.query(request).get("at", "")
        number = int(at) if at.isascii() and at.isdecimal() and len(at) <= 2 else 0
        return state.places[number - 1] if 1 <= number <= len(state.places) else ""

    async def _is_proven(self, token: str, proof: Proof, state: CodeState | None) -> bool:
        """True if a key of this hub signed it, on a day that has been, for the entity whose code it is."""
        if proof.issued > self.clock.today() or (state is not None and state.entity != proof.entity):
            return False
        # One of SM2 takes as long as hundreds of others: it holds up nobody who asks for something else.
        check = partial(is_true, self.house.keys, token, proof)
        return await anyio.to_thread.run_sync(check, limiter=self.checks)

    def _silent(self, request: Request, fault: Exception) -> Response:
        log.warning("a code could not be looked up", fault=type(fault).__name__)
        return self._stopped(request, Stopped.UNAVAILABLE)

    def _elsewhere(self, request: Request, foreign: Foreign) -> Response:
        """Somebody else's code that nobody took up here, and of which its issuer says nothing."""
        if not self.missed.take(self.edge.network(request)):
            return self._stopped(request, Stopped.BUSY)
        path, label = request.scope["path"], self._label(foreign)
        return self.edge.shown(
            request, StoppedPage(Stopped.FOREIGN, path, large=self.edge.is_large(request), label=label)
        )

    async def _returned(self, request: Request, state: CodeState) -> Response:
        """A plate of another issuer that was taken up here once: it stays its issuer's. While that says that it holds, it has
        the page of its shop; else the shop may have another one here.
        """
        found = read_foreign(self.house.rules.parsers, state.token)
        try:
            known = await self.house.registers.find(found) if found is not None else None
        except SourceError as fault:
            return self._silent(request, fault)
        if found is not None and known is not None and known.holds:
            if known.entity != state.entity:
                # Its issuer gave it to somebody else since: nothing that is known here of the first one is theirs.
                return await self._as_told(request, found, known)
            return await self._shop(request, Scanned(state.token), replace(known, name=state.name))
        try:
            now = await self.database.read(partial(lookup_entity, entity=state.entity))
        except (SQLAlchemyError, OSError) as fault:
            return self._silent(request, fault)
        page = StoppedPage(
            Stopped.RETURNED,
            request.scope["path"],
            state.token,
            state.name,
            spoken_day(state.replaced_on or state.since),
            self.edge.is_large(request),
            self._label(found) or OTHER_ISSUER,
            f"/c/{now.token}" if now is not None and now.holds else "",
        )
        return self.edge.shown(request, page)

    def _label(self, foreign: Foreign | None) -> str:
        """What a kind of code is called, empty where no parser knows it."""
        tables = self.house.rules.table.parser
        return next((table.label for table in tables if foreign is not None and table.name == foreign.parser), "")

    def _unknown(self, request: Request, token: str = "") -> Response:
        """What nobody was given; codes that are there are found from everywhere, however many misses there were."""
        left = self.missed.take(self.edge.network(request))
        return self._stopped(request, Stopped.UNKNOWN if left else Stopped.BUSY, token)

    def _stopped(
        self, request: Request, stopped: Stopped, token: str = "", told: tuple[str, str] = ("", "")
    ) -> Response:
        name, since = told
        page = StoppedPage(stopped, request.scope["path"], token, name, since, self.edge.is_large(request))
        return self.edge.shown(request, page)


def _led_to(path: str) -> Response:
    return RedirectResponse(path, 303, {"cache-control": "no-store"})
