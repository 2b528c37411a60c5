"""Runs the ASGI application under uvicorn until it is told to stop. Access logs stay off: they would carry queries.

What never becomes a request – unreadable, endless or slow – is refused here, in the one error shape.
"""

import asyncio
import re
import socket
from collections.abc import Callable
from http import HTTPStatus

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from hub.asgi import refusal
from hub.errors import HubError
from hub.http_question import JSON, bad_request, new_request_id
from hub.tidying import tidied

MAX_HEAD_BYTES = 65_536
MAX_REQUEST_BYTES = 16_777_216
"""Above what any body limit allows: a client that is told 413 may finish sending, within reason."""
ARRIVAL_SECONDS = 20.0
_OFFER = re.compile(rb"\r\nupgrade:(?![ \t]*websocket)", re.IGNORECASE)


class EdgeProtocol(HttpToolsProtocol):
    """uvicorn's HTTP with bounds it lacks: bytes of a head, bytes of a request, time in which a request arrives."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the first request its time."""
        super().connection_made(transport)
        self._arrived = 0
        self._headed = False
        self._deadline: asyncio.TimerHandle | None = None
        self._await_arrival()

    def data_received(self, data: bytes) -> None:
        """Refuse a request that does not end."""
        self._arriving = True
        super().data_received(data if self._headed else _without_offer(data))
        if not self._arriving or self.transport.is_closing():
            return
        self._await_arrival()
        self._arrived += len(data)
        limit = MAX_REQUEST_BYTES if self._headed else MAX_HEAD_BYTES
        if self._arrived > limit:
            self._refuse(HubError("PAYLOAD_TOO_LARGE", limit=limit))

    def on_headers_complete(self) -> None:
        """Note that the head is over, once its request is under way."""
        super().on_headers_complete()
        self._headed = True

    def on_message_complete(self) -> None:
        """Forget a request that has arrived."""
        super().on_message_complete()
        self._arriving = self._headed = False
        self._arrived = 0
        self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def send_400_response(self, _msg: str) -> None:
        """Refuse what is not HTTP."""
        self._refuse(bad_request("不是有效的 HTTP 请求", "it is not valid HTTP"))

    def _await_arrival(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(ARRIVAL_SECONDS, self._expire)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _expire(self) -> None:
        self._refuse(bad_request("请求迟迟未到齐", "the request did not arrive in time"))

    def _refuse(self, fault: HubError) -> None:
        """Close the connection, and say why unless an answer is under way or was given already."""
        cycle: RequestResponseCycle | None = self.cycle
        free = cycle is None or (not cycle.response_started if self._headed else cycle.response_complete)
        if free and not self.transport.is_closing():
            self.transport.write(_written(fault))
        self.transport.close()


def server(app: ASGIApp, host: str, port: int) -> uvicorn.Server:
    """A uvicorn server for the application, with the limits an edge needs."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=EdgeProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        # uvicorn would believe whatever a caller on this machine says of where it comes from.
        proxy_headers=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
    )
    return uvicorn.Server(config)


async def serve_until_stopped(running: uvicorn.Server, announce: Callable[[], None]) -> None:
    """Serve, and announce once it listens; OSError where the port cannot be had."""
    # Bound here, because uvicorn answers a port that is taken with a stack trace.
    with listening(running.config.host, running.config.port) as bound:
        task = asyncio.create_task(running.serve(sockets=[bound]))
        while not running.started and not task.done():  # noqa: ASYNC110 - uvicorn tells of its start in no other way
            await asyncio.sleep(0.02)
        with tidied():
            if running.started:
                announce()
            await task


def listening(host: str, port: int) -> socket.socket:
    """A listening socket; OSError naming the address where it can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        made = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as fault:
        raise OSError(f"{host}:{port}: {fault.strerror};可用 --port 另选端口 / choose another with --port") from None
    # Inherited by every connection. asyncio sets it on sockets of its own only; without it an answer waits 40 ms.
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def _without_offer(data: bytes) -> bytes:
    """A head without the offer of another protocol, which Java's client makes with every question.

    The parser would take the body for that protocol's first words.
    """
    if b"pgrade:" not in data:
        return data
    head, end, body = data.partition(b"\r\n\r\n")
    return _OFFER.sub(b"\r\noffered:", head) + end + body


def _written(fault: HubError) -> bytes:
    """A refusal as it goes over the wire."""
    response = refusal(fault, new_request_id(), JSON, {"connection": "close"})
    status = HTTPStatus(response.status_code)
    head = [b"HTTP/1.1 %d %s" % (status, status.phrase.encode())]
    head += [b"%s: %s" % (name, value) for name, value in response.raw_headers]
    return b"\r\n".join([*head, b"", bytes(response.body)])
