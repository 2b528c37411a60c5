"""Addresses of receipts: the page where anybody verifies one, and each of them as a file and on paper for whoever may.

An auditor's reading is on record before anything leaves, as it is for entries.
"""

from collections.abc import Awaitable, Callable
from functools import partial

import orjson
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from auth.server.ledger import Event
from hub.asgi import masked, refusal
from hub.audit.disclosing import Asker, Pending, Receipts, Shown, asker_of
from hub.audit.log import RecordUnavailable
from hub.audit.receipt import Receipt
from hub.audit.sequencer import HURRIED
from hub.callers.attendant import Attendant
from hub.callers.possession import Possession
from hub.clock import rfc3339_of
from hub.errors import HubError
from hub.http_question import JSON, new_request_id
from hub.store.database import StoreError

_PRIVATE = {"x-content-type-options": "nosniff", "cache-control": "no-store"}
_PAGE = {
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}
_HASH, _REQUEST = "hub-receipt-hash", "hub-receipt-request"


class ReceiptPages:
    """Serves receipts; `address` is where the hub is reached."""

    def __init__(self, attendant: Attendant, receipts: Receipts, possession: Possession, address: str) -> None:
        self._attendant = attendant
        self._receipts = receipts
        self._possession = possession
        self._address = address
        self._press = CapacityLimiter(1)

    def routes(self) -> list[BaseRoute]:
        """Its addresses."""
        return [
            Route("/verify", partial(_masked, self._verify), methods=["GET"]),
            Route("/audit/receipts/{index:int}.{form}", partial(_masked, self._receipt), methods=["GET"]),
        ]

    async def _verify(self, request: Request, _request_id: str) -> Response:
        from hub.web.verify_page import policy, verify_page  # noqa: PLC0415 - for whoever verifies

        keys = self._receipts.log.keys.published()
        headers = {**_PAGE, "content-security-policy": f"{policy()}; frame-ancestors 'none'"}
        if "save" in request.query_params:
            headers["content-disposition"] = 'attachment; filename="verify-receipt.html"'
        return HTMLResponse(await run_sync(verify_page, keys), headers=headers)

    async def _receipt(self, request: Request, request_id: str) -> Response:
        form, index = request.path_params["form"], request.path_params["index"]
        if form not in ("json", "pdf"):
            raise HubError("NOT_FOUND")
        try:
            found = await self._found(request, index, request_id)
        except HubError as fault:
            if fault.code != "RECEIPT_NOT_FOUND":
                raise
            # An address at which nothing is, whatever a question would say of it.
            nothing = refusal(fault, request_id, JSON)
            nothing.status_code = 404
            return nothing
        if isinstance(found, Pending):
            body = {"index": found.index, "state": "PENDING", "hash": found.hash, "readyBy": rfc3339_of(found.due)}
            # One is made soon, where it is this worker's turn; `readyBy` says by when at the latest.
            later = max(1, min(HURRIED, found.due - int(self._attendant.clock.seconds())))
            return Response(orjson.dumps(body), 202, {**_PRIVATE, "retry-after": str(later)}, JSON)
        headers = {**_PRIVATE, "content-disposition": f'attachment; filename="receipt-{index}.{form}"'}
        if form == "json":
            return Response(orjson.dumps(found.document()), headers=headers, media_type=JSON)
        from hub.web.receipt_pdf import receipt_pdf  # noqa: PLC0415 - for whoever wants paper

        made = await run_sync(receipt_pdf, found, self._address, limiter=self._press)
        return Response(made, headers=headers, media_type="application/pdf")

    async def _found(self, request: Request, index: int, request_id: str) -> Receipt | Pending:
        caller, shown = await self._possession.caller(request), _shown(request)
        if caller is None:
            if shown is None:
                # Its sentence says how the public gets its own.
                raise HubError("RECEIPT_NOT_FOUND")
            return await self._read(index, Asker("", frozenset(), audits=False, shown=shown))
        persons = frozenset(self._attendant.vault.every("person", caller.person or ""))
        asker = asker_of(caller, persons, shown)
        if asker.audits:
            read = Event("RECEIPT_READ", caller.client.id, "GRANTED", caller.person or "", "", {"index": str(index)})
            try:
                await self._attendant.act(request_id, lambda ledger: ledger.record(read))
            except StoreError as fault:
                raise RecordUnavailable(str(fault)) from fault
        return await self._read(index, asker)

    async def _read(self, index: int, asker: Asker) -> Receipt | Pending:
        return await self._attendant.database.read(lambda connection: self._receipts.find(connection, index, asker))


def _shown(request: Request) -> Shown | None:
    """What is shown of an answer: both parts, or nothing."""
    request_id, told = request.headers.get(_REQUEST), request.headers.get(_HASH)
    return Shown(request_id, told) if request_id is not None and told is not None else None


async def _masked(serve: Callable[[Request, str], Awaitable[Response]], request: Request) -> Response:
    request_id = new_request_id()
    return await masked(serve(request, request_id), request_id, JSON)
