"""What a `graphql` source answers to an operation, whatever the HTTP status it comes with. Knows no record."""

from typing import Any

from adapters.base import SourceBadData
from adapters.graphql_answer import Reply, is_unauthenticated, read_reply, refusal
from adapters.graphql_document import Operation
from adapters.graphql_options import GraphqlOptions
from adapters.http_answer import read_json
from adapters.http_client import Answer, Call, Client, Request, fault_of


class GraphqlClient:
    """One source, asked by operations."""

    def __init__(self, options: GraphqlOptions) -> None:
        self._client = Client(options)
        self._path = options.path
        self._codes = options.codes
        self._health = options.health

    async def send(self, operation: Operation, call: Call) -> Reply:
        """The reply, whole or in part. The caller's timeout ends it; SourceError."""
        variables = {"variables": operation.variables} if operation.variables else {}
        return await self._send({"query": operation.text, "operationName": operation.name, **variables}, call)

    async def probe(self, call: Call) -> None:
        """Return if the source answers its health query without an error."""
        reply = await self._send({"query": self._health}, call)
        if reply.fault is not None:
            raise reply.fault

    async def aclose(self) -> None:
        """Close all connections; requests under way fail."""
        await self._client.aclose()

    async def _send(self, body: dict[str, Any], call: Call) -> Reply:
        request = Request("POST", self._path, body=body, explained=True)
        answer = await self._client.ask(request, call)
        said = self._read(answer)
        if is_unauthenticated(said) and self._client.renews(answer):
            answer = await self._client.ask(request, call)
            said = self._read(answer)
        fault = fault_of(answer.status)
        if fault is not None:
            raise refusal(said, self._codes) or fault
        return read_reply(said, self._codes)

    def _read(self, answer: Answer) -> Any:
        if fault_of(answer.status) is None:
            return self._client.value(answer)
        try:
            return read_json(answer.body, answer.charset) if self._client.is_json(answer) else None
        except SourceBadData:
            return None
