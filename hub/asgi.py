"""The HTTP edge: routes, size caps, and every error in one shape. Knows HTTP, not what a question means.

Status follows the media type (GraphQL-over-HTTP): with `application/graphql-response+json` a refused question is 4xx
or 5xx, with `application/json` a well-formed one is 200; who is not admitted is 401 or 403 in both.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson
import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from hub.audit.log import RecordUnavailable
from hub.errors import ERRORS, HubError, error_json
from hub.gateway import Gateway
from hub.http_question import (
    GRAPHQL_JSON,
    JSON,
    credentials_of,
    media_type,
    new_request_id,
    read_body,
    read_query,
    read_request,
    wants_page,
)
from hub.limits import Limits
from schema.enums import ENUMS

log = structlog.get_logger()
_ALWAYS = frozenset({401, 403, 405, 406, 413, 415, 503})
"""Statuses that stand whatever the media type: the question was not well-formed, not admitted, or not recordable."""
_BEFORE = frozenset({"BAD_REQUEST", "PURPOSE_REQUIRED", "CASE_REQUIRED"})
"""Codes found before the text is read as GraphQL: 400 in both media types."""

Endpoint = Callable[[Request], Awaitable[Response]]


class Edge:
    """The endpoints of a gateway."""

    def __init__(self, gateway: Gateway, limits: Limits, page: Callable[[], Response]) -> None:
        self._gateway = gateway
        self._limits = limits
        self._page = page

    def routes(self) -> list[BaseRoute]:
        """Routes of everything this edge serves."""
        return [
            Route("/graphql", self._graphql, methods=["GET", "POST"]),
            Route("/graphql/schema", self._guarded(self._schema), methods=["GET"]),
            Route("/graphql/enums", self._enums, methods=["GET"]),
            Route("/healthz", self._healthz, methods=["GET"]),
            Route("/readyz", self._readyz, methods=["GET"]),
        ]

    async def _graphql(self, request: Request) -> Response:
        accept = request.headers.get("accept", "")
        if request.method == "GET" and wants_page(accept) and "query" not in request.query_params:
            return self._page()
        kind = media_type(accept)
        if kind is None:
            return refusal(HubError("NOT_ACCEPTABLE"), new_request_id(), JSON)
        request_id = new_request_id()
        try:
            parameters = await self._parameters(request)
            asked = read_request(parameters, request.headers, queries_only=request.method == "GET")
            request_id = asked.request_id
            answer = await self._gateway.answer(asked)
        except HubError as fault:
            return refusal(fault, request_id, kind)
        except RecordUnavailable:
            log.error("record unavailable", request_id=request_id)
            return refusal(HubError("RECORD_UNAVAILABLE"), request_id, kind)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as fault:  # noqa: BLE001 - the edge is where the unforeseen is masked, and logged
            log.error("internal error", request_id=request_id, fault=type(fault).__name__, frames=_frames(fault))
            return refusal(HubError("INTERNAL"), request_id, kind)
        status = _status(answer.refused, kind) if answer.refused else 200
        return _json(answer.body, status, kind)

    async def _parameters(self, request: Request) -> dict[str, Any]:
        if request.method == "GET":
            return read_query(request.url.query, self._limits)
        return read_body(await self._capped(request), request.headers, self._limits)

    async def _capped(self, request: Request) -> bytes:
        limit = self._limits.body_bytes
        parts: list[bytes] = []
        size = 0
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise HubError("PAYLOAD_TOO_LARGE", limit=limit)
            parts.append(part)
        return b"".join(parts)

    async def _schema(self, request: Request) -> Response:
        access = self._gateway.admit(credentials_of(request.headers))
        sdl = self._gateway.schemas.of(frozenset(access.policy.held)).sdl
        return PlainTextResponse(sdl + "\n", headers={"cache-control": "private, no-store"})

    async def _enums(self, request: Request) -> Response:
        return _json(enums(), 200, JSON)

    async def _healthz(self, request: Request) -> Response:
        return _json({"status": "ok"}, 200, JSON)

    async def _readyz(self, request: Request) -> Response:
        try:
            await self._gateway.recorder.log.check()
        except RecordUnavailable:
            return refusal(HubError("RECORD_UNAVAILABLE"), new_request_id(), JSON)
        return _json({"status": "ready"}, 200, JSON)

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            try:
                return await endpoint(request)
            except HubError as fault:
                return refusal(fault, new_request_id(), JSON)

        return guarded


def build_edge(edge: Edge, more: Sequence[BaseRoute], lifespan: Any) -> Starlette:
    """The ASGI application: the edge's routes and more, with unknown addresses in the one error shape."""
    return Starlette(
        routes=[*edge.routes(), *more],
        lifespan=lifespan,
        exception_handlers={HTTPException: _http_exception, Exception: _unforeseen},
    )


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


def refusal(fault: HubError, request_id: str, kind: str) -> Response:
    """A question refused as a whole, in the one error shape."""
    body = {
        "errors": [error_json(fault.code, request_id, fault.path, **fault.names)],
        "extensions": {"requestId": request_id},
    }
    headers = {"www-authenticate": "Bearer"} if fault.status == 401 else {}
    return _json(body, _status(fault.code, kind), kind, headers)


def _status(code: str, kind: str) -> int:
    status = ERRORS[code].status
    if status < 400:
        return 400 if kind == GRAPHQL_JSON else 200
    if kind == GRAPHQL_JSON or status in _ALWAYS or code in _BEFORE or status >= 500:
        return status
    return 200


def _json(body: Any, status: int, kind: str, headers: dict[str, str] | None = None) -> Response:
    sent = {"cache-control": "no-store", "x-content-type-options": "nosniff", **(headers or {})}
    return Response(orjson.dumps(body), status, sent, media_type=f"{kind}; charset=utf-8")


async def _http_exception(request: Request, fault: Exception) -> Response:
    status = fault.status_code if isinstance(fault, HTTPException) else 404
    code = "METHOD_NOT_ALLOWED" if status == 405 else "NOT_FOUND"
    return refusal(HubError(code), new_request_id(), JSON)


async def _unforeseen(request: Request, fault: Exception) -> Response:
    return refusal(HubError("INTERNAL"), new_request_id(), JSON)


def _frames(fault: BaseException) -> list[str]:
    """Where it happened, without the message: that may hold a value."""
    frames: list[str] = []
    trace = fault.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}")
        trace = trace.tb_next
    return frames[-8:]
