"""What is asked of a JSON service: a request out, a JSON value or a SourceError back.

Types, statuses and a service's own word on success are judged here and nowhere else. No text made here holds a
key, a value, a credential or an address. Knows no record.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson
from yarl import URL

from adapters.base import SourceBadData, SourceDown, SourceTimeout, UnsupportedSearch
from adapters.http_exchange import WAITS, Answer, Call, Exchange, Line, Message, status_fault, waited
from adapters.paths import ABSENT, find, read_path
from adapters.rest_answer import read_json
from adapters.rest_auth import Form, build_auth
from adapters.rest_options import ClientAuth, RestOptions


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: an escaped path below the source's address, parameters, and a JSON body where there is one.

    `may_lack`: 404 and 204 are answers (there is nothing), not mistakes.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    may_lack: bool = False


class Client:
    """Connections to one source, opened when first needed; belongs to one event loop."""

    def __init__(self, options: RestOptions) -> None:
        self._options = options
        self._base = str(URL(options.base_url.get_secret_value())).rstrip("/")
        self._success = (read_path(options.success.path), options.success.equals) if options.success else None
        line = Line("application/json", options.max_bytes, options.connections, options.ca_file)
        self._exchange = Exchange(line)
        self._auth = build_auth(options.auth, self._ask_token)

    async def send(self, request: Request, call: Call) -> Any:
        """JSON value of the answer, ABSENT where there may be nothing. The caller's timeout ends it; SourceError."""
        credentials = await self._auth.headers()
        answer = await self._ask(request, call, credentials)
        if answer.status == 401 and self._auth.refused(credentials):
            answer = await self._ask(request, call, await self._auth.headers())
        for _ in range(WAITS):
            if answer.status != 429 or not await waited(answer.retry_after, call.deadline):
                break
            answer = await self._ask(request, call, await self._auth.headers())
        if request.may_lack and answer.status in (204, 404):
            return ABSENT
        return self._value(answer)

    async def probe(self, call: Call) -> None:
        """Return if the source answers: at its health path with success, else at its address with anything."""
        health = self._options.health
        answer = await self._ask(Request("GET", health or "/"), call, await self._auth.headers())
        fault = status_fault(answer.status)
        if fault is not None and (health is not None or isinstance(fault, SourceDown)):
            raise fault

    async def aclose(self) -> None:
        """Close all connections; requests under way fail."""
        await self._auth.aclose()
        await self._exchange.aclose()

    def _value(self, answer: Answer) -> Any:
        fault = status_fault(answer.status)
        if fault is not None:
            raise fault
        if answer.content_type not in self._options.content_types and not answer.content_type.endswith("+json"):
            raise SourceBadData("the answer is of another content type")
        value = read_json(answer.body, answer.charset)
        if self._success is not None:
            check_success(find(value, self._success[0]), self._success[1])
        return value

    async def _ask(self, request: Request, call: Call, credentials: Mapping[str, str]) -> Answer:
        try:
            url = URL(self._base + request.path, encoded=True).with_query(request.query or None)
            headers = {**credentials, "Hub-Purpose": quote(call.purpose, safe="")}
            body = None if request.body is None else orjson.dumps(request.body)
        except (TypeError, UnicodeEncodeError):
            raise UnsupportedSearch("a value cannot be sent as text") from None
        if body is not None:
            headers["Content-Type"] = "application/json"
        return await self._exchange.ask(Message(request.method, url, headers, body))

    async def _ask_token(self, options: ClientAuth, form: Form, headers: Mapping[str, str]) -> Any:
        url = URL(options.token_url.get_secret_value())
        try:
            async with asyncio.timeout(self._options.timeout_ms / 1000):
                answer = await self._exchange.ask(Message("POST", url, headers, form))
        except TimeoutError:
            raise SourceTimeout("the authorisation server did not answer in time") from None
        if answer.status in (400, 401, 403):
            raise SourceDown(f"the authorisation server refused the client (HTTP {answer.status})")
        fault = status_fault(answer.status)
        if fault is not None:
            raise fault
        return read_json(answer.body, answer.charset)


def check_success(found: Any, meanings: tuple[str, ...]) -> None:
    """Return if what stands where an answer says that it succeeded means yes; else the SourceError it is."""
    if found is ABSENT or found is None:
        raise SourceBadData("the answer does not say whether it succeeded")
    if (str(found).lower() if isinstance(found, bool) else str(found)) not in meanings:
        raise SourceDown("the source reports a failure of its own")
