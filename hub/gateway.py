"""The rooms on one screen: who, read, plan, fetch, shape, record.

Nothing leaves that was not recorded, and a question that has touched a source is recorded even when its asker has
gone. What each room does is in its own module.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol, TypeVar

import orjson
from graphql import execute_sync
from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    OperationType,
)

from auth.access import Access, Refusal
from auth.admission import Admission, Credentials, Refused
from auth.roles import ADMINISTRATORS
from hub.answer import UNKNOWN_CASE, Look, OnDenied, Seen, Wording
from hub.audit.canonical import question_of, written
from hub.audit.recorder import Asked, Outcome, Recorded, Recorder
from hub.clock import Clock
from hub.desk import AccessDesk
from hub.errors import HubError, State, cause_of
from hub.fetch import Fetcher
from hub.health import SourceBook
from hub.identity.redirects import Redirects
from hub.metering import NOTHING_PAID, Asking, Metering, Paid
from hub.notes import NoteKey, Notes
from hub.operation import Operation
from hub.plan.bind import Bound, Position, Question, asks_only
from hub.plan.cursor import CursorSeal
from hub.plan.explain import explain_calls, explain_fields, held_fields
from hub.plan.planner import Planner, Prepared
from hub.plan.redirected import keeping_own_side, redirect_warnings, redirected
from hub.prefilled import Denied
from hub.replies import DataTimes, Replies, Trace, data_times
from hub.shape.compiler import Shapers
from hub.shape.ledger import Shaped, Tools, Written, write
from hub.store.ids import IssuedIds
from schema.enums import CaseState
from schema.query import StoreDesk
from schema.shaped import STORED, ShapedSchemas

Result = TypeVar("Result")


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
    """The body of a response as it is sent; `refused` is the code of a question that was refused as a whole.

    retry_after: seconds after which more of it may be answered, where a quota was in its way.
    """

    json: bytes
    refused: str | None = None
    retry_after: int | None = None

    @property
    def body(self) -> dict[str, Any]:
        """The body, read again."""
        found: dict[str, Any] = orjson.loads(self.json)
        return found


class Acts(Protocol):
    """Does what a mutation asks for: all of it or nothing, once, and on record."""

    async def act(self, request: Request, access: Access, operation: Operation) -> Answer:
        """The answer to a mutation, once what it did is durable; HubError where nothing was done."""

    async def look(self, access: Access, work: Callable[[StoreDesk], Result]) -> Result:
        """Result of a function that asks the store, in a thread and one transaction that reads."""

    async def turn_away(self, request: Request) -> None:
        """Take notice of somebody who says that they act for a person for whom they do not; HubError if too often."""


class Cases(Protocol):
    """Says whether somebody knows the case that a caller names."""

    async def check(self, access: Access, request_id: str) -> CaseState:
        """How the case stands; its first check of a day is on record. RecordUnavailable where the store does not answer."""

    async def stands(self, access: Access) -> CaseState:
        """The same for whoever only looks how somebody else would be answered: it is nobody's case, and is not noted."""


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
    metering: Metering
    cases: Cases
    redirects: Redirects

    async def answer(self, request: Request) -> Answer:
        """The answer to one question; HubError where there is none, RecordUnavailable where it may not leave."""
        self.recorder.check()
        log = self.recorder.log
        log.come()
        try:
            return await self._answer(request)
        finally:
            log.gone()

    async def _answer(self, request: Request) -> Answer:
        access = await self._admitted(request)
        operation = self._read(request, access)
        if operation.definition.operation is OperationType.MUTATION:
            return await self.acts.act(request, access, operation)
        case = await self._case(access, operation, request)
        asking, paid = self._plan(operation, access, request), NOTHING_PAID
        asked = _asked(asking, operation, request)
        if request.on_denied is OnDenied.EXPLAIN:
            return await self._explain(asking.bound, asked, self.planner.cost(operation, request.variables))
        if request.on_denied is OnDenied.REJECT and asking.bound.denied:
            return await self._reject(asking.bound, asked)
        if access.policy.metered:
            asking, paid = await self._pay(asking, operation, request)
            asked = _asked(asking, operation, request)
            if request.on_denied is OnDenied.REJECT and asking.bound.denied:
                await self.metering.give_back(paid)
                return await self._reject(asking.bound, asked)
        traces: list[Trace] = []
        try:
            shaped, as_of = await self._fetch(asking, paid, traces)
            own, entities = asking.prepared.plan.own, shaped.entities
            if own is not None:
                said, disclosed = await self._own(own, operation, request, (asking.access, case))
                shaped.data.update({name: _own_part(value) for name, value in said.items()})
                entities = tuple(dict.fromkeys((*entities, *disclosed)))
            data, exact = write(shaped.data)
            beside = orjson.dumps(self._beside(shaped, request, (asking.access, paid)))
        except BaseException as ended:
            # Whatever ended it: a source may have been asked, and that must be on record.
            recorded = await asyncio.shield(self.recorder.record(asked, Outcome(_ending(ended)), traces))
            # Whatever it is, the edge tells with it where it is on record.
            vars(ended)["receipt"] = recorded.told()
            if not traces:
                await self.metering.give_back(paid)
            raise
        outcome = Outcome("ANSWERED", exact, shaped.notes, entities, shaped.issued, as_of)
        # Let go while it is at hand: the disk is waited for, and thousands of values would be fetched again to be freed.
        del shaped
        recorded = await self.recorder.record(asked, outcome, traces)
        body = _with_receipt(beside, recorded, b'{"data":' + data + b",")
        return Answer(body, None, self.metering.retry_after() if paid.spent else None)

    async def _admitted(self, request: Request) -> Access:
        """Room 0, where whoever says that they act for somebody for whom they do not is counted."""
        try:
            return self.admit(request.credentials)
        except HubError as fault:
            if fault.code == "NOT_DEPUTY":
                await self.acts.turn_away(request)
            raise

    async def look(self, look: Look, by: Access, request_id: str) -> Seen:
        """Ask the sources as somebody else, of the one entity that is there for trying; HubError where it is refused.

        On record it is a question of whoever looks. No quota is touched.
        """
        request = Request(look.text, None, {}, Credentials(None), OnDenied.QUIET, request_id, queries_only=True)
        operation = self._read(request, look.access)
        asking = self._plan(operation, look.access, request)
        if not asks_only(asking.bound, look.sample):
            return Seen()
        asked = _asked(asking, operation, request)._replace(access=replace(by, policy=look.access.policy))
        traces: list[Trace] = []
        try:
            shaped, as_of = await self._fetch(asking, NOTHING_PAID, traces)
            data, exact = write(shaped.data)
            beside = orjson.dumps(self._beside(shaped, request, (look.access, NOTHING_PAID)))
        except BaseException as ended:
            await asyncio.shield(self.recorder.record(asked, Outcome(_ending(ended)), traces))
            raise
        outcome = Outcome("ANSWERED", exact, shaped.notes, shaped.entities, shaped.issued, as_of)
        recorded = await self.recorder.record(asked, outcome, traces)
        return Seen(_with_receipt(beside, recorded, b'{"data":' + data + b","), recorded)

    def plan(self, request: Request) -> tuple[Bound, Mapping[str, int]]:
        """Rooms 0 to 2 only: what would be asked, and the rows it is estimated to cost each source."""
        access = self.admit(request.credentials)
        operation = self._read(request, access)
        return self._plan(operation, access, request).bound, self.planner.cost(operation, request.variables)

    def make_ready(self, request: Request) -> None:
        """Plan a question that will be asked, and compile what shapes its answer; no source is asked, nothing recorded."""
        self.shapers.of(self.plan(request)[0].plan)

    def admit(self, credentials: Credentials) -> Access:
        """Room 0: who asks, for what."""
        try:
            return self.admission.admit(credentials, self.clock.moment().instant)
        except Refused as refused:
            raise HubError(refused.code, None, **refused.names) from None

    def desk(self, access: Access, store: StoreDesk | None = None, case: CaseState | None = None) -> AccessDesk:
        """What the hub says of itself to whoever has this access."""
        health = SourceBook(self.fetcher.sources, self.wording.topology, self.clock)
        wording = self.wording
        return AccessDesk(access, self.admission.purposes, wording.catalogue, wording.topology, health, store, case)

    def _read(self, request: Request, access: Access) -> Operation:
        operation = self.planner.read(request.text, request.operation_name)
        if request.queries_only and operation.definition.operation.value != "query":
            raise HubError("MUTATION_OVER_GET")
        purpose = self.admission.purposes[access.purpose]
        if purpose.requires_consent and self.planner.asks_records(operation):
            raise HubError("CONSENT_REQUIRED", purpose=purpose.zh, purpose_en=purpose.en)
        return operation

    async def _case(self, access: Access, operation: Operation, request: Request) -> CaseState | None:
        """How the case stands that a question names; None where it names none, or asks what everybody may.

        HubError where its purpose demands one that somebody knows, nobody does, and records are asked for.
        """
        purpose = self.admission.purposes[access.purpose]
        if access.case is None or purpose.public:
            return None
        state = await self.cases.check(access, request.request_id)
        if purpose.verifies_case and state in UNKNOWN_CASE and self.planner.asks_records(operation):
            raise HubError(UNKNOWN_CASE[state], purpose=purpose.zh, purpose_en=purpose.en)
        return state

    def _plan(self, operation: Operation, access: Access, request: Request) -> Asking:
        """Room 2: the plan of an operation, bound."""
        prepared = self.planner.prepare(operation, access, request.variables)
        bound = prepared.binder.bind(Question(prepared.variables, access, self.clock.today(), self.seal))
        if self.redirects:
            bound = redirected(bound, keeping_own_side(self.redirects.follow, access.bindings.values))
        self.fetcher.check(bound)
        return Asking(access, prepared, bound)

    async def _pay(self, asking: Asking, operation: Operation, request: Request) -> tuple[Asking, Paid]:
        """Reserve what a question costs; without the grants that have no room for it, it is planned anew."""

        def again(access: Access) -> Asking:
            return self._plan(operation, access, request)

        return await self.metering.reserve(asking, request.request_id, again)

    async def _fetch(self, asking: Asking, paid: Paid, traces: list[Trace]) -> tuple[Shaped, DataTimes]:
        """Rooms 3 and 4, and how old what was given is."""
        replies = await self.fetcher.fetch(asking.bound, asking.access.purpose, traces)
        if paid.reservation is not None:
            await self.metering.settle(paid, asking.bound, replies)
        shaped = self._shape(asking.bound, replies)
        if replies.uncompared:
            told = [self.wording.not_compared(name) for name in replies.uncompared]
            shaped = shaped._replace(warnings=[*shaped.warnings, *told])
        return shaped, data_times(asking.bound.plan.calls, replies.calls)

    def _shape(self, bound: Bound, replies: Replies) -> Shaped:
        tools = Tools(self.wording.topology, self._identify, self.seal.seal, self.clock.moment())
        shaped = self.shapers.of(bound.plan).shape(bound, replies, tools)
        if bound.redirected:
            return shaped._replace(warnings=[*shaped.warnings, *redirect_warnings(bound, shaped.data)])
        return shaped

    def _identify(self, anchor: Position) -> tuple[str, Position]:
        """The id of an entity and what it stands for: one that became another has that one's, its own is given out no more."""
        current = Position(*(self.redirects.follow(*anchor) or anchor))
        return self.ids.identify(*current), current

    async def _own(
        self,
        own: OperationDefinitionNode,
        operation: Operation,
        request: Request,
        who: tuple[Access, CaseState | None],
    ) -> tuple[dict[str, Any], Sequence[str]]:
        """Roots the hub answers itself, executed by graphql-core on what the caller holds; and entities they told of."""
        access, case = who
        fragments: list[FragmentDefinitionNode] = list(operation.fragments.values())
        document = DocumentNode(definitions=(own, *fragments))
        asked = {node.name.value for node in own.selection_set.selections if isinstance(node, FieldNode)}
        schema = self.schemas.held_by(access).graphql

        def execute(store: StoreDesk | None) -> tuple[dict[str, Any], Sequence[str]]:
            desk = self.desk(access, store, case)
            result = execute_sync(schema, document, context_value=desk, variable_values=request.variables)
            for fault in result.errors or ():
                raise cause_of(fault)
            return result.data or {}, store.disclosed if store is not None else ()

        return await self.acts.look(access, execute) if asked & STORED else execute(None)

    def _denied(self, access: Access) -> Denied:
        return Denied(access, self.admission.grants, self.clock.today())

    def _beside(self, shaped: Shaped, request: Request, under: tuple[Access, Paid]) -> dict[str, Any]:
        """What the body says of the data."""
        notes = shaped.notes
        extensions: dict[str, Any] = {"requestId": request.request_id, "fields": self.wording.states(notes)}
        if shaped.warnings:
            extensions["warnings"] = [self.wording.warning(warning) for warning in shaped.warnings]
        access, paid = under
        errors = (
            self.wording.errors(notes, request.request_id, request.on_denied, self._denied(access)) if notes else ()
        )
        if paid.spent:
            seconds = self.metering.retry_after()
            extensions.setdefault("warnings", []).append(self.wording.over_quota(paid.spent, seconds))
            self.wording.retry_later(errors, seconds)
        return {"errors": errors, "extensions": extensions} if errors else {"extensions": extensions}

    async def _reject(self, bound: Bound, asked: Asked) -> Answer:
        notes = Notes()
        for placed in bound.denied:
            key = NoteKey(placed.pattern, placed.coordinate, State.DENIED, placed.refusal.value)
            notes.add(key, placed.pattern)
        listed = notes.sorted()
        recorded = await self.recorder.record(asked, Outcome("REJECTED", notes=listed))
        errors = self.wording.errors(listed, asked.request_id, OnDenied.REJECT, self._denied(asked.access))
        over = any(placed.refusal is Refusal.QUOTA_EXCEEDED for placed in bound.denied)
        seconds = self.metering.retry_after() if over else None
        if seconds is not None:
            self.wording.retry_later(errors, seconds)
        extensions = {"requestId": asked.request_id, "fields": self.wording.states(listed)}
        body = orjson.dumps({"errors": errors, "extensions": extensions})
        return Answer(_with_receipt(body, recorded), "REJECTED", seconds)

    async def _explain(self, bound: Bound, asked: Asked, rows: Mapping[str, int]) -> Answer:
        cost = {"rows": max(rows.values(), default=0), "limit": self.planner.limits.rows}
        explained: dict[str, Any] = {"fields": explain_fields(bound), "cost": cost}
        if asked.access.caller.client.role in ADMINISTRATORS:
            explained["calls"] = explain_calls(bound, self.wording.topology)
        recorded = await self.recorder.record(asked, Outcome("EXPLAINED"))
        extensions = {"requestId": asked.request_id, "explain": explained}
        return Answer(_with_receipt(orjson.dumps({"data": None, "extensions": extensions}), recorded))


def _asked(asking: Asking, operation: Operation, request: Request) -> Asked:
    fields = _held(asking.prepared, asking.bound)
    question = question_of(request.text, request.operation_name, request.variables)
    return Asked(asking.access, operation.digest, request.request_id, fields, question)


def _own_part(value: Any) -> Written:
    """What the hub says of itself, which may hold fractions."""
    return Written(orjson.Fragment(orjson.dumps(value)), orjson.Fragment(written(value)))


def _with_receipt(body: bytes, recorded: Recorded, before: bytes = b"{") -> bytes:
    """A body, of which the extensions come last and are not empty, with where its entry stands in the record."""
    return b"".join((before, body[1:-2], recorded.follows(), b"}}"))


def _ending(ended: BaseException) -> str:
    if isinstance(ended, asyncio.CancelledError):
        return "CANCELLED"
    return "REFUSED" if isinstance(ended, HubError) else "FAILED"


def _held(prepared: Prepared, bound: Bound) -> tuple[str, ...]:
    """Coordinates of the asked fields that are held: a plan's own, unless an argument refused some of them."""
    if bound.refused_roots or bound.refused_branches:
        return held_fields(bound)
    return prepared.binder.held(lambda: held_fields(bound))
