"""The HTTP edge: routes, size caps, and every error in one shape. Knows HTTP, not what a question means.

Status follows the media type (GraphQL-over-HTTP): with `application/graphql-response+json` a refused question is 4xx
or 5xx, with `application/json` a well-formed one is 200; who is not admitted is 401 or 403 in both.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol

import orjson
import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.frames import frames_of
from auth.admission import Credentials
from hub.audit.log import RecordUnavailable
from hub.entrance import Entrances
from hub.errors import ERRORS, HubError, error_json
from hub.gateway import Gateway
from hub.health import status
from hub.http_question import (
    GRAPHQL_JSON,
    JSON,
    check_headers,
    check_media,
    credentials_of,
    media_type,
    new_request_id,
    plain_headers,
    presented,
    read_body,
    read_entrance,
    read_query,
    read_request,
    wants_page,
)
from hub.limits import Limits, check_variables
from hub.store.database import StoreError
from schema.enums import ENUMS

log = structlog.get_logger()
_ALWAYS = frozenset({401, 403, 404, 405, 406, 413, 415, 503})
"""Statuses that stand whatever the media type: the question was not well-formed, not admitted, or not recordable."""
_BEFORE = frozenset({"BAD_REQUEST", "PURPOSE_REQUIRED", "CASE_REQUIRED"})
"""Codes found before the text is read as GraphQL: 400 in both media types."""
_HEADERS = {
    "UNAUTHENTICATED": {
        "www-authenticate": 'Bearer error="invalid_token", DPoP error="invalid_token", algs="Ed25519 ES256 PS256"'
    },
    "MUTATION_OVER_GET": {"allow": "POST"},
}
"""Headers that belong to a code."""


_EVERY = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
"""Headers of every answer."""
_SENT = {
    kind: [
        *((name.encode(), value.encode()) for name, value in _EVERY.items()),
        (b"content-type", f"{kind}; charset=utf-8".encode()),
    ]
    for kind in (JSON, GRAPHQL_JSON)
}


class Prover(Protocol):
    """Checks that whoever presents a token holds the key it is bound to."""

    async def prove(self, headers: Mapping[str, str], method: str, path: str) -> str:
        """Thumbprint of the key that was proven for this request; HubError if it was not."""


class Edge:
    """The endpoints of a gateway."""

    def __init__(self, gateway: Gateway, limits: Limits, page: Callable[[], Response], prover: Prover) -> None:
        self._gateway = gateway
        self._prover = prover
        self._limits = limits
        self._page = page
        self._entrances = Entrances()

    def routes(self) -> list[BaseRoute]:
        """Routes of everything this edge serves."""
        return [
            # POST is taken in front of the routes; it stands here so that 405 names it.
            Route("/graphql", self._graphql, methods=["GET", "POST"]),
            Route("/graphql/schema", self._schema, methods=["GET"]),
            Route("/graphql/enums", _enums, methods=["GET"]),
            Route("/healthz", _healthz, methods=["GET"]),
            Route("/readyz", self._readyz, methods=["GET"]),
            Route("/status", self._status, methods=["GET"]),
        ]

    async def post(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a posted question: the way nearly every one comes, without a layer in between."""
        raw: list[tuple[bytes, bytes]] = scope["headers"]
        request_id = new_request_id()
        name = self._entrances.name(raw)
        entrance = self._entrances.find(name)
        if entrance is None:
            status, headers, body = _written(await self._first(name, raw, receive, request_id))
        else:
            try:
                parameters = read_body(await self._capped(receive))
                request = read_request(parameters, request_id, entrance, queries_only=False)
                check_variables(request.variables, self._limits)
                answer = await self._gateway.answer(request)
            except Exception as fault:  # noqa: BLE001 - the edge is where the unforeseen is masked, and logged
                status, headers, body = _written(_told(fault, request_id, entrance.kind))
            else:
                body = answer.json
                status = _status(answer.refused, entrance.kind) if answer.refused else 200
                headers = [*_SENT[entrance.kind], (b"content-length", b"%d" % len(body))]
                if answer.retry_after is not None:
                    headers.append((b"retry-after", b"%d" % answer.retry_after))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _first(self, name: bytes, raw: list[tuple[bytes, bytes]], receive: Receive, request_id: str) -> Response:
        """Answer to a question whose head was not seen before, or was not good."""
        headers = plain_headers(raw)
        kind = media_type(headers.get("accept", ""))
        if kind is None:
            return refusal(HubError("NOT_ACCEPTABLE"), request_id, JSON)
        return await masked(self._posted(name, raw, receive, (request_id, kind)), request_id, kind)

    async def _posted(
        self, name: bytes, raw: list[tuple[bytes, bytes]], receive: Receive, named: tuple[str, str]
    ) -> Response:
        check_headers(raw)
        body, headers = await self._capped(receive), plain_headers(raw)
        check_media(headers)
        response = await self._answer(read_body(body), headers, named, queries_only=False)
        # Now that it was answered; what the body said of purpose and case went before a header that may be none. A token
        # bound to a key comes with a proof of its own each time; a head that is for one request alone is not seen again.
        if not _is_bound(headers) and "idempotency-key" not in headers:
            with suppress(HubError):
                self._entrances.keep(name, read_entrance(named[1], headers))
        return response

    async def _graphql(self, request: Request) -> Response:
        headers = plain_headers(request.headers.raw)
        accept = headers.get("accept", "")
        if wants_page(accept) and "query" not in request.query_params:
            return self._page()
        kind, request_id = media_type(accept), new_request_id()
        if kind is None:
            return refusal(HubError("NOT_ACCEPTABLE"), request_id, JSON)
        return await masked(self._got(request, headers, (request_id, kind)), request_id, kind)

    async def _got(self, request: Request, headers: Mapping[str, str], named: tuple[str, str]) -> Response:
        check_headers(request.headers.raw)
        parameters = read_query(request.scope["query_string"], self._limits)
        return await self._answer(parameters, headers, named, queries_only=True)

    async def _answer(
        self, parameters: dict[str, Any], headers: Mapping[str, str], named: tuple[str, str], *, queries_only: bool
    ) -> Response:
        request_id, kind = named
        asked = read_request(parameters, request_id, headers, queries_only=queries_only)
        if _is_bound(headers):
            key = await self._prover.prove(headers, "GET" if queries_only else "POST", "/graphql")
            asked = asked._replace(credentials=replace(asked.credentials, key=key))
        check_variables(asked.variables, self._limits)
        answer = await self._gateway.answer(asked)
        later = _later(answer.retry_after)
        return _sent(answer.json, _status(answer.refused, kind) if answer.refused else 200, kind, later)

    async def _capped(self, receive: Receive) -> bytes:
        limit = self._limits.body_bytes
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            part = message.get("body", b"")
            size += len(part)
            if size > limit:
                raise HubError("PAYLOAD_TOO_LARGE", limit=limit)
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts) if len(parts) > 1 else part

    async def _schema(self, request: Request) -> Response:
        return await masked(self._sdl(request), new_request_id(), JSON)

    async def _sdl(self, request: Request) -> Response:
        check_headers(request.headers.raw)
        headers = plain_headers(request.headers.raw)
        credentials = credentials_of(headers)
        if _is_bound(headers):
            key = await self._prover.prove(headers, "GET", "/graphql/schema")
            credentials = replace(credentials, key=key)
        access = self._gateway.admit(credentials)
        sdl = self._gateway.schemas.held_by(access).sdl
        return PlainTextResponse(sdl + "\n", headers={"cache-control": "private, no-store"})

    async def _readyz(self, _request: Request) -> Response:
        return await masked(self._ready(), new_request_id(), JSON)

    async def _ready(self) -> Response:
        recorded = await self._gateway.recorder.ready()
        # While entries are kept aside this worker goes on answering, and whoever watches it is to know.
        return _json({"status": "ready"} if recorded else {"status": "ready", "record": "KEPT_ASIDE"}, 200, JSON)

    async def _status(self, _request: Request) -> Response:
        return await masked(self._sources(), new_request_id(), JSON)

    async def _sources(self) -> Response:
        public = self._gateway.admit(Credentials())
        return _json(status(self._gateway.desk(public).sources()), 200, JSON)


def build_edge(edge: Edge, more: Sequence[BaseRoute], lifespan: Any) -> ASGIApp:
    """The ASGI application: the edge's routes and more, with unknown addresses in the one error shape."""
    app = Starlette(
        routes=[*edge.routes(), *more],
        lifespan=lifespan,
        exception_handlers={HTTPException: _http_exception, Exception: _unforeseen},
    )
    # A redirect would repeat the Host header a stranger sent; an address with a slash too many is just unknown.
    app.router.redirect_slashes = False

    async def front(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == "/graphql":
            await edge.post(scope, receive, send)
        else:
            await app(scope, receive, send)

    return front


def _is_bound(headers: Mapping[str, str]) -> bool:
    """True if a token is presented that is bound to a key."""
    found = presented(headers)
    return found is not None and found[0] == "dpop"


async def _enums(_request: Request) -> Response:
    return _json(enums(), 200, JSON)


async def _healthz(_request: Request) -> Response:
    return _json({"status": "ok"}, 200, JSON)


async def masked(answering: Awaitable[Response], request_id: str, kind: str) -> Response:
    """The answer; whatever went wrong on the way in the one error shape, the unforeseen without its words."""
    try:
        return await answering
    except Exception as fault:  # noqa: BLE001 - the edge is where the unforeseen is masked, and logged
        return _told(fault, request_id, kind)


def _told(fault: Exception, request_id: str, kind: str) -> Response:
    if isinstance(fault, HubError):
        return refusal(fault, request_id, kind)
    if isinstance(fault, RecordUnavailable):
        cause = fault.__cause__
        # The name of the database's error: its words could hold a value.
        named = str(cause) if isinstance(cause, StoreError) else type(cause).__name__
        log.error("record unavailable", request_id=request_id, fault=named)
        return refusal(HubError("RECORD_UNAVAILABLE"), request_id, kind)
    if isinstance(fault, ClientDisconnect):
        return Response(status_code=400)
    _note("internal error", request_id, fault)
    internal = HubError("INTERNAL")
    internal.receipt = vars(fault).get("receipt")
    return refusal(internal, request_id, kind)


def enums() -> dict[str, Any]:
    """Every enumeration with the labels of its values."""
    return {
        name: {
            "label": description.split(" / ", maxsplit=1)[0],
            "labelEn": description.split(" / ", maxsplit=1)[-1],
            "values": [{"name": m.name, "label": m.zh, "labelEn": m.en} for m in enum],
        }
        for name, (enum, description) in sorted(ENUMS.items())
    }


def refusal(fault: HubError, request_id: str, kind: str, headers: Mapping[str, str] | None = None) -> Response:
    """A question refused as a whole, in the one error shape."""
    extensions: dict[str, Any] = {"requestId": request_id}
    if fault.receipt is not None:
        extensions["receipt"] = fault.receipt
    body = {"errors": [error_json(fault.code, request_id, fault.path, **fault.names)], "extensions": extensions}
    named = {**_HEADERS.get(fault.code, {}), **_later(fault.names.get("retry_after"))}
    return _json(body, _status(fault.code, kind), kind, {**named, **(headers or {})})


def _later(seconds: int | None) -> dict[str, str]:
    """When it is worth asking again (RFC 9110, 10.2.3)."""
    return {} if seconds is None else {"retry-after": str(seconds)}


def _status(code: str, kind: str) -> int:
    status = ERRORS[code].status
    if status < 400:
        return 400 if kind == GRAPHQL_JSON else 200
    if kind == GRAPHQL_JSON or status in _ALWAYS or code in _BEFORE or status >= 500:
        return status
    return 200


def _json(body: Any, status: int, kind: str, headers: Mapping[str, str] | None = None) -> Response:
    return _sent(orjson.dumps(body), status, kind, headers)


def _sent(body: bytes, status: int, kind: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, {**_EVERY, **(headers or {})}, media_type=_media(kind))


def _written(response: Response) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Status, headers and body of a response."""
    return response.status_code, response.raw_headers, bytes(response.body)


def _media(kind: str) -> str:
    return f"{kind}; charset=utf-8"


async def _http_exception(_request: Request, fault: Exception) -> Response:
    status, headers = (fault.status_code, fault.headers) if isinstance(fault, HTTPException) else (404, None)
    code = "METHOD_NOT_ALLOWED" if status == 405 else "NOT_FOUND"
    return refusal(HubError(code), new_request_id(), JSON, headers)


async def _unforeseen(_request: Request, _fault: Exception) -> Response:
    return refusal(HubError("INTERNAL"), new_request_id(), JSON)


def _note(event: str, request_id: str, fault: Exception) -> None:
    """Log what happened and where, without the fault's words: they may hold a value."""
    log.error(event, request_id=request_id, fault=type(fault).__name__, frames=frames_of(fault))
