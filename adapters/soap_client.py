"""One SOAP conversation with a source: a request out, the rows of its answer or a SourceError back.

Envelopes are written and answers read in a few threads of the source's own, which never wait for the network: a call
whose deadline passes closes its connection at once, and at most the reading of one capped answer is finished for
nobody. No text made here holds a key, a value, a credential or an address. Knows no record.
"""

import asyncio
import base64
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from yarl import URL
from zeep.wsse.username import UsernameToken

from adapters.base import SourceBadData, SourceDown
from adapters.http_exchange import WAITS, Answer, Call, Exchange, Line, Message, status_fault, waited
from adapters.rest_options import KeyAuth
from adapters.soap_answer import Found, find_fault, read_xml
from adapters.soap_form import Request
from adapters.soap_options import BasicAuth, SoapOptions, UsernameAuth

Result = TypeVar("Result")
_THREADS = 4
_TELLING = frozenset({400, 500})
"""Statuses with which a SOAP fault comes."""


class Client:
    """Connections to one source, opened when first needed; belongs to one event loop."""

    def __init__(self, options: SoapOptions) -> None:
        self._options = options
        accept = ", ".join(options.content_types)
        self._exchange = Exchange(Line(accept, options.max_bytes, options.connections, options.ca_file, _TELLING))
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix=f"soap-{options.name}")

    async def ask(self, request: Request, call: Call) -> Found:
        """Rows of the answer. The caller's timeout ends it; SourceError."""
        answer = await self._send(request, call)
        for _ in range(WAITS):
            if answer.status != 429 or not await waited(answer.retry_after, call.deadline):
                break
            # Written again: a token that was seen once is not taken twice.
            answer = await self._send(request, call)
        return await self._in_thread(self._read, answer, request)

    async def probe(self) -> None:
        """Return if anything answers at the address; a service of SOAP may well answer a GET with a fault."""
        url = URL(self._options.base_url.get_secret_value())
        answer = await self._exchange.ask(Message("GET", url, self._credentials()))
        fault = status_fault(answer.status)
        if isinstance(fault, SourceDown) and answer.status not in _TELLING:
            raise fault

    async def aclose(self) -> None:
        """Close all connections and wait for the threads; requests under way fail."""
        await self._exchange.aclose()
        await asyncio.get_running_loop().run_in_executor(None, partial(self._threads.shutdown, cancel_futures=True))

    async def _send(self, request: Request, call: Call) -> Answer:
        operation = request.form.operation
        text, headers = await self._in_thread(operation.envelope, request.body(), self._sign)
        headers |= {**self._credentials(), "Hub-Purpose": quote(call.purpose, safe="")}
        return await self._exchange.ask(Message("POST", URL(operation.address), headers, text))

    def _read(self, answer: Answer, request: Request) -> Found:
        fault = status_fault(answer.status)
        if fault is not None:
            raise (self._told(answer) if answer.status in _TELLING else None) or fault
        if not self._is_xml(answer):
            raise SourceBadData("the answer is of another content type")
        return request.form.layout.read(answer.body, answer.charset, request.sources)

    def _told(self, answer: Answer) -> Exception | None:
        try:
            return find_fault(read_xml(answer.body, answer.charset)) if self._is_xml(answer) else None
        except SourceBadData:
            return None

    def _is_xml(self, answer: Answer) -> bool:
        return answer.content_type in self._options.content_types

    def _credentials(self) -> Mapping[str, str]:
        auth = self._options.auth
        if isinstance(auth, KeyAuth):
            return {auth.header: auth.prefix + auth.key.get_secret_value()}
        if isinstance(auth, BasicAuth):
            pair = f"{auth.user}:{auth.password.get_secret_value()}"
            return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
        return {}

    def _sign(self, envelope: Any, headers: dict[str, str]) -> None:
        auth = self._options.auth
        if isinstance(auth, UsernameAuth):
            secret = auth.password.get_secret_value()
            UsernameToken(auth.user, secret, use_digest=auth.digest, zulu_timestamp=True).apply(envelope, headers)

    async def _in_thread(self, work: Callable[..., Result], *arguments: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *arguments))
