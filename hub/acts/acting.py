"""Does what a mutation asks for: all its root fields in one transaction, with idempotency key, entries and notices.

What must be asked outside first – the register – is asked while no transaction is open: whatever an act lacks ends its
transaction, and it begins anew when that is known. A key that was used answers what it answered then.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import anyio.to_thread
import orjson
import structlog
from anyio import CapacityLimiter
from graphql import GraphQLError, GraphQLSchema, execute_sync
from graphql.language import DocumentNode, FragmentDefinitionNode
from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from adapters.base import SourceError
from auth.access import Access
from auth.admission import Credentials, Refused
from auth.server.passwords import fresh_password, hash_password
from auth.standing import Stopped
from hub.acts.citizens import refuse_citizen_ids
from hub.acts.deeds import StoreDeeds
from hub.acts.doing import Doing, Facts, Password, Rules, UnknownError
from hub.acts.mandating import shown
from hub.acts.memory import Done, Memory, Named, name_request
from hub.answer import OnDenied
from hub.audit.act import Act, append_act
from hub.audit.log import RecordUnavailable
from hub.callers.attendant import Attendant
from hub.callers.ledger import Occasion
from hub.callers.mandates import Mandates
from hub.callers.register import Register
from hub.callers.stopping import is_frozen
from hub.callers.tries import Tries
from hub.errors import ERRORS, HubError
from hub.gateway import Answer, Request
from hub.operation import Operation
from hub.plan.planner import Planner
from hub.store.caller_tables import people
from hub.store.database import StoreError
from schema.mandate import Mandate

log = structlog.get_logger()
_HASHING = 2
"""Passwords that are made at a time: each takes 32 MB and a tenth of a second."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be done: by whom, under which key, when; and what was found out for it so far.

    asked: entities the register was asked for · missed: tries that count, of a transaction that is to begin anew.
    """

    schema: GraphQLSchema
    document: DocumentNode
    variables: dict[str, Any]
    access: Access
    named: Named
    occasion: Occasion
    credentials: Credentials
    facts: Facts = field(default_factory=Facts)
    asked: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Acting:
    """The `Acts` of a gateway."""

    attendant: Attendant
    planner: Planner
    register: Register
    rules: Rules
    turns: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_HASHING))

    async def act(self, request: Request, access: Access, operation: Operation) -> Answer:
        """The answer to a mutation, once what it did is durable; HubError where nothing was done."""
        wish = self._wish(request, access, operation)
        try:
            done = await self._settle(wish)
        except BaseException as ended:
            if wish.asked:
                await asyncio.shield(self._note(wish, _ending(ended)))
            raise
        if done.replayed and wish.asked:
            await self._note(wish, "REPLAYED")
        if not done.replayed:
            # Here at once; the other workers feel it by the pulse, and so would this one.
            with suppress(SQLAlchemyError, OSError):
                await self.attendant.refresh()
        return Answer(_body(done, request.request_id))

    async def mandates(self, access: Access) -> Sequence[Mandate]:
        """Mandates that whoever has this access holds or gave."""
        person, now = access.caller.person, self.attendant.clock.moment().second
        if person is None:
            return []

        def work(connection: Connection) -> list[Mandate]:
            found = Mandates(connection, self.attendant.vault, now).shown_to(person)
            held = select(people.c.id, people.c.username).where(people.c.id.in_({one.person for one in found}))
            names = {row.id: row.username for row in connection.execute(held)}
            return [shown(one, names.get(one.person)) for one in found]

        try:
            return await self.attendant.database.read(work)
        except (SQLAlchemyError, OSError) as fault:
            raise RecordUnavailable(type(fault).__name__) from fault

    def _wish(self, request: Request, access: Access, operation: Operation) -> _Wish:
        schema = self.planner.check(operation, access, request.variables)
        if request.on_denied is OnDenied.EXPLAIN:
            raise HubError("BAD_REQUEST", detail="explain 只用于查询", detail_en="explain is for questions only")
        refuse_citizen_ids(operation.document, request.variables)
        fragments: list[FragmentDefinitionNode] = list(operation.fragments.values())
        return _Wish(
            schema=schema,
            document=DocumentNode(definitions=(operation.definition, *fragments)),
            variables=request.variables,
            access=access,
            named=name_request(request, access, self.attendant.vault),
            occasion=self.attendant.occasion(request.request_id),
            credentials=request.credentials,
        )

    async def _settle(self, wish: _Wish) -> Done:
        while True:
            try:
                done = await self.attendant.write(lambda connection: self._perform(connection, wish))
            except UnknownError as unknown:
                entity, account = unknown.entity, unknown.account
            except StoreError as fault:
                log.warning("an act could not be kept", request_id=wish.occasion.request_id, fault=str(fault))
                raise HubError("ACT_UNCONFIRMED") from None
            else:
                if isinstance(done, HubError):
                    raise done
                return done
            if entity is not None:
                await self._look_up(entity, wish)
            if account is not None:
                await self._make_password(account, wish)
            self._admit_again(wish)

    def _admit_again(self, wish: _Wish) -> None:
        """HubError if whoever asks was stopped while the hub found out for them."""
        try:
            self.attendant.admission.admit(wish.credentials, self.attendant.clock.moment().instant)
        except Refused as refused:
            raise HubError(refused.code, None, **refused.names) from None

    def _perform(self, connection: Connection, wish: _Wish) -> Done | HubError:
        """Everything that is done, or the result of what was done by this key before; a refusal after tries that count."""
        wish.missed.clear()
        vault, caller = self.attendant.vault, wish.access.caller
        asking = (Stopped.CLIENT, caller.client.id), (Stopped.DEPARTMENT, caller.client.department)
        if is_frozen(connection, [*asking, (Stopped.PERSON, caller.person or "")]):
            raise HubError("UNAUTHENTICATED")
        memory = Memory(connection, vault, wish.occasion.now)
        known = memory.find(wish.named)
        if known is not None:
            return known
        doing = Doing(connection, vault, wish.occasion, wish.access, self.rules)
        deeds = StoreDeeds(doing, wish.facts)
        undoing = connection.begin_nested()
        result = execute_sync(wish.schema, wish.document, context_value=deeds, variable_values=wish.variables)
        for fault in result.errors or ():
            cause = _cause(fault)
            if not isinstance(cause, HubError) or not doing.missed:
                wish.missed[:] = doing.missed
                raise cause
            # All is undone but the tries: else whoever adds something that fails guesses without end.
            undoing.rollback()
            for what in doing.missed:
                doing.tries.count(what)
            return cause
        undoing.commit()
        if not deeds.done:
            # Nothing was done, so that nothing needs to be known again.
            return Done(orjson.dumps(result.data))
        return memory.keep(wish.named, orjson.dumps(result.data), deeds.secrets)

    async def _look_up(self, entity: str, wish: _Wish) -> None:
        wish.asked.append(entity)
        try:
            found = await self.register.ask([entity])
        except SourceError as fault:
            log.warning("the register does not answer", fault=type(fault).__name__)
            raise HubError("REGISTER_UNAVAILABLE") from None
        wish.facts.entities[entity] = found.get(entity)

    async def _make_password(self, account: str, wish: _Wish) -> None:
        clear = fresh_password()
        stored = await anyio.to_thread.run_sync(hash_password, clear, limiter=self.turns)
        wish.facts.passwords[account] = Password(clear, stored)

    async def _note(self, wish: _Wish, outcome: str) -> None:
        """Have it recorded that the register was asked, though nothing came of it; tries that were none count."""
        vault, caller = self.attendant.vault, wish.access.caller
        act = Act(
            at=wish.occasion.at,
            request_id=wish.occasion.request_id,
            act="REGISTER_ASKED",
            outcome=outcome,
            client=caller.client.id,
            person=vault.short("person", caller.person or ""),
            subject=vault.short("entity", wish.asked[-1]),
            told={"purpose": wish.access.purpose, "asked": str(len(wish.asked))},
        )

        def work(connection: Connection) -> None:
            append_act(connection, act)
            for what in wish.missed:
                Tries(connection, vault, wish.occasion.now).count(what)

        try:
            await self.attendant.write(work)
        except StoreError as fault:
            raise RecordUnavailable(str(fault)) from fault


def _cause(fault: GraphQLError) -> BaseException:
    """What was raised inside graphql-core; a refusal with the place of the root field it belongs to."""
    cause = fault.original_error
    if isinstance(cause, HubError):
        return HubError(cause.code, tuple(fault.path or ()), **cause.names)
    return cause or fault


def _ending(ended: BaseException) -> str:
    if isinstance(ended, asyncio.CancelledError):
        return "CANCELLED"
    return "REFUSED" if isinstance(ended, HubError) else "FAILED"


def _body(done: Done, request_id: str) -> bytes:
    extensions: dict[str, Any] = {"requestId": request_id, "fields": []}
    if done.replayed:
        extensions["replayed"] = True
    if done.replayed and done.withheld:
        text = ERRORS["SHOWN_BEFORE"]
        extensions["warnings"] = [{"code": "SHOWN_BEFORE", "message": text.zh, "messageEn": text.en}]
    return b'{"data":' + done.data + b',"extensions":' + orjson.dumps(extensions) + b"}"
