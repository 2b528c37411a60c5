"""What a `soap` source answers to an envelope: the rows of its answer or a SourceError.

Envelopes are written and answers read in a few threads of the source's own, which never wait for the network: a call
whose deadline passes closes its connection at once, and at most the reading of one capped answer is finished for
nobody. Knows no record.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from zeep.wsse.username import UsernameToken as Token

from adapters.base import SourceBadData, SourceDown, SourceError
from adapters.http_client import Answer, Call, Client, fault_of
from adapters.http_client import Request as HttpRequest
from adapters.soap_answer import Found, find_fault, read_xml
from adapters.soap_form import Request
from adapters.soap_options import SoapOptions

Result = TypeVar("Result")
_THREADS = 4
_TELLING = frozenset({400, 500})
"""Statuses with which a SOAP fault comes."""


class SoapClient:
    """One source, asked by envelopes."""

    def __init__(self, options: SoapOptions) -> None:
        self._client = Client(options)
        self._types = options.content_types
        self._token = options.username_token
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix=f"soap-{options.name}")

    async def ask(self, request: Request, call: Call) -> Found:
        """Rows of the answer. The caller's timeout ends it; SourceError."""
        operation = request.form.operation
        body, headers = await self._in_thread(operation.envelope, request.body(), self._sign)
        sent = HttpRequest("POST", operation.path, content=body, headers=headers, explained=True)
        return await self._in_thread(self._read, await self._client.ask(sent, call), request)

    async def probe(self, call: Call) -> None:
        """Return if anything answers at the address; a service of SOAP may well answer a GET with a fault."""
        answer = await self._client.ask_once(HttpRequest("GET", ""), call)
        fault = fault_of(answer.status)
        if isinstance(fault, SourceDown) and answer.status not in _TELLING:
            raise fault

    async def aclose(self) -> None:
        """Close all connections and wait for the threads; requests under way fail."""
        await self._client.aclose()
        await asyncio.get_running_loop().run_in_executor(None, partial(self._threads.shutdown, cancel_futures=True))

    def _read(self, answer: Answer, request: Request) -> Found:
        fault = fault_of(answer.status)
        if fault is not None:
            raise (self._told(answer) if answer.status in _TELLING else None) or fault
        if answer.content_type not in self._types:
            raise SourceBadData("the answer is of another content type")
        return request.form.layout.read(answer.body, answer.charset, request.sources)

    def _told(self, answer: Answer) -> SourceError | None:
        try:
            return find_fault(read_xml(answer.body, answer.charset)) if answer.content_type in self._types else None
        except SourceBadData:
            return None

    def _sign(self, envelope: Any, headers: dict[str, str]) -> None:
        token = self._token
        if token is not None:
            secret = token.password.get_secret_value()
            Token(token.user, secret, use_digest=token.digest, zulu_timestamp=True).apply(envelope, headers)

    async def _in_thread(self, work: Callable[..., Result], *arguments: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *arguments))
