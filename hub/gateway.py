"""The rooms on one screen: who, read, plan, fetch, shape, record.

Nothing leaves that was not recorded, and a question that has touched a source is recorded even when its asker has
gone. What each room does is in its own module.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import orjson
from graphql import execute_sync
from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    OperationType,
)

from auth.access import Access
from auth.admission import Admission, Credentials, Refused
from auth.roles import ADMINISTRATORS
from hub.answer import OnDenied, Wording
from hub.audit.recorder import Asked, Outcome, Recorder
from hub.clock import Clock
from hub.desk import AccessDesk
from hub.errors import HubError, State
from hub.fetch import Fetcher
from hub.health import SourceBook
from hub.notes import NoteKey, Notes
from hub.operation import Operation
from hub.plan.bind import Bound, Position, Question
from hub.plan.cursor import CursorSeal
from hub.plan.explain import explain_calls, explain_fields, held_fields
from hub.plan.planner import Planner, Prepared
from hub.replies import Replies, Trace
from hub.shape.compiler import Shapers
from hub.shape.ledger import Shaped, Tools
from hub.store.ids import IssuedIds
from schema.mandate import Mandate
from schema.shaped import ShapedSchemas


class Request(NamedTuple):
    """A question as it arrived: text, operation name, raw variables, credentials, what a denial does.

    `idempotency_key`: of what must not be done twice.
    """

    text: str
    operation_name: str | None
    variables: dict[str, Any]
    credentials: Credentials
    on_denied: OnDenied
    request_id: str
    queries_only: bool = False
    idempotency_key: str | None = None


class Answer(NamedTuple):
    """The body of a response as it is sent; `refused` is the code of a question that was refused as a whole."""

    json: bytes
    refused: str | None = None

    @property
    def body(self) -> dict[str, Any]:
        """The body, read again."""
        found: dict[str, Any] = orjson.loads(self.json)
        return found


class Acts(Protocol):
    """Does what a mutation asks for: all of it or nothing, once, and on record."""

    async def act(self, request: Request, access: Access, operation: Operation) -> Answer:
        """The answer to a mutation, once what it did is durable; HubError where nothing was done."""

    async def mandates(self, access: Access) -> Sequence[Mandate]:
        """Mandates that whoever has this access holds or gave."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """Answers questions with everything it was wired with."""

    admission: Admission
    planner: Planner
    schemas: ShapedSchemas
    fetcher: Fetcher
    shapers: Shapers
    recorder: Recorder
    wording: Wording
    ids: IssuedIds
    seal: CursorSeal
    clock: Clock
    acts: Acts

    async def answer(self, request: Request) -> Answer:
        """The answer to one question; HubError where there is none, RecordUnavailable where it may not leave."""
        log = self.recorder.log
        log.come()
        try:
            return await self._answer(request)
        finally:
            log.gone()

    async def _answer(self, request: Request) -> Answer:
        access = self.admit(request.credentials)
        operation = self._read(request)
        if operation.definition.operation is OperationType.MUTATION:
            return await self.acts.act(request, access, operation)
        prepared = self.planner.prepare(operation, access, request.variables)
        bound = self._bind(prepared, access)
        asked = Asked(access, operation.digest, request.request_id, _held(prepared, bound))
        if request.on_denied is OnDenied.EXPLAIN:
            return await self._explain(bound, asked, self.planner.cost(operation, request.variables))
        if request.on_denied is OnDenied.REJECT and bound.denied:
            return await self._reject(bound, asked)
        traces: list[Trace] = []
        try:
            shaped = self._shape(bound, await self.fetcher.fetch(bound, access.purpose, traces))
            if prepared.plan.own is not None:
                shaped.data.update(await self._own(prepared.plan.own, operation, request, access))
            data = orjson.dumps(shaped.data)
            sent = b'{"data":' + data + b"," + orjson.dumps(self._beside(shaped, request))[1:]
        except BaseException as ended:
            # Whatever ended it: a source may have been asked, and that must be on record.
            await asyncio.shield(self.recorder.record(asked, Outcome(_ending(ended)), traces))
            raise
        outcome = Outcome("ANSWERED", data, shaped.notes, shaped.entities, shaped.issued)
        # Let go while it is at hand: the disk is waited for, and thousands of values would be fetched again to be freed.
        del shaped
        await self.recorder.record(asked, outcome, traces)
        return Answer(sent)

    def plan(self, request: Request) -> tuple[Bound, Mapping[str, int]]:
        """Rooms 0 to 2 only: what would be asked, and the rows it is estimated to cost each source."""
        access, operation = self.admit(request.credentials), self._read(request)
        bound = self._bind(self.planner.prepare(operation, access, request.variables), access)
        return bound, self.planner.cost(operation, request.variables)

    def admit(self, credentials: Credentials) -> Access:
        """Room 0: who asks, for what."""
        try:
            return self.admission.admit(credentials, self.clock.moment().instant)
        except Refused as refused:
            raise HubError(refused.code, None, **refused.names) from None

    def desk(self, access: Access, held: Sequence[Mandate] = ()) -> AccessDesk:
        """What the hub says of itself to whoever has this access; `held` are their mandates, where it is asked for them."""
        health = SourceBook(self.fetcher.sources, self.wording.topology, self.clock)
        wording = self.wording
        return AccessDesk(access, self.admission.purposes, wording.catalogue, wording.topology, health, held)

    def _read(self, request: Request) -> Operation:
        operation = self.planner.read(request.text, request.operation_name)
        if request.queries_only and operation.definition.operation.value != "query":
            raise HubError("MUTATION_OVER_GET")
        return operation

    def _bind(self, prepared: Prepared, access: Access) -> Bound:
        bound = prepared.binder.bind(Question(prepared.variables, access, self.clock.today(), self.seal))
        self.fetcher.check(bound)
        return bound

    def _shape(self, bound: Bound, replies: Replies) -> Shaped:
        def identify(anchor: Position) -> str:
            return self.ids.identify(anchor.field, anchor.value)

        tools = Tools(self.wording.topology, identify, self.seal.seal, self.clock.moment())
        return self.shapers.of(bound.plan).shape(bound, replies, tools)

    async def _own(
        self, own: OperationDefinitionNode, operation: Operation, request: Request, access: Access
    ) -> dict[str, Any]:
        """Roots the hub answers itself: graphql-core executes them on what the caller holds."""
        fragments: list[FragmentDefinitionNode] = list(operation.fragments.values())
        document = DocumentNode(definitions=(own, *fragments))
        asked = {node.name.value for node in own.selection_set.selections if isinstance(node, FieldNode)}
        desk = self.desk(access, await self.acts.mandates(access) if "mandates" in asked else ())
        schema = self.schemas.held_by(access).graphql
        result = execute_sync(schema, document, context_value=desk, variable_values=request.variables)
        for fault in result.errors or ():
            raise fault
        return result.data or {}

    def _beside(self, shaped: Shaped, request: Request) -> dict[str, Any]:
        """What the body says of the data."""
        notes = shaped.notes
        extensions: dict[str, Any] = {"requestId": request.request_id, "fields": self.wording.states(notes)}
        if shaped.warnings:
            extensions["warnings"] = [self.wording.warning(warning) for warning in shaped.warnings]
        errors = self.wording.errors(notes, request.request_id, request.on_denied) if notes else ()
        return {"errors": errors, "extensions": extensions} if errors else {"extensions": extensions}

    async def _reject(self, bound: Bound, asked: Asked) -> Answer:
        notes = Notes()
        for placed in bound.denied:
            key = NoteKey(placed.pattern, placed.coordinate, State.DENIED, placed.refusal.value)
            notes.add(key, placed.pattern)
        listed = notes.sorted()
        await self.recorder.record(asked, Outcome("REJECTED", notes=listed))
        errors = self.wording.errors(listed, asked.request_id, OnDenied.REJECT)
        extensions = {"requestId": asked.request_id, "fields": self.wording.states(listed)}
        return Answer(orjson.dumps({"errors": errors, "extensions": extensions}), "REJECTED")

    async def _explain(self, bound: Bound, asked: Asked, rows: Mapping[str, int]) -> Answer:
        cost = {"rows": max(rows.values(), default=0), "limit": self.planner.limits.rows}
        explained: dict[str, Any] = {"fields": explain_fields(bound), "cost": cost}
        if asked.access.caller.client.role in ADMINISTRATORS:
            explained["calls"] = explain_calls(bound, self.wording.topology)
        await self.recorder.record(asked, Outcome("EXPLAINED"))
        extensions = {"requestId": asked.request_id, "explain": explained}
        return Answer(orjson.dumps({"data": None, "extensions": extensions}))


def _ending(ended: BaseException) -> str:
    if isinstance(ended, asyncio.CancelledError):
        return "CANCELLED"
    return "REFUSED" if isinstance(ended, HubError) else "FAILED"


def _held(prepared: Prepared, bound: Bound) -> tuple[str, ...]:
    """Coordinates of the asked fields that are held: a plan's own, unless an argument refused some of them."""
    if bound.refused_roots or bound.refused_branches:
        return held_fields(bound)
    return prepared.binder.held(lambda: held_fields(bound))
