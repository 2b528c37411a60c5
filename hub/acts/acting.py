"""Does what a mutation asks for: all its root fields in one transaction, with idempotency key, entries and notices.

What must be asked outside first – the register – is asked while no transaction is open: whatever an act lacks ends its
transaction, and it begins anew when that is known. A key that was used answers what it answered then.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import anyio.to_thread
import orjson
import structlog
from anyio import CapacityLimiter
from graphql import GraphQLSchema, execute_sync
from graphql.language import DocumentNode, FragmentDefinitionNode
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from adapters.base import SourceError
from auth.access import Access
from auth.admission import Credentials, Refused
from auth.server.passwords import fresh_password, hash_password
from auth.standing import Stopped
from hub.acts.citizens import refuse_citizen_ids
from hub.acts.doing import Doing, Facts, Password, Rules, UnknownError
from hub.acts.memory import Done, Memory, Named, name_request
from hub.answer import Look, OnDenied, Seen
from hub.audit.act import Act, append_act
from hub.audit.log import RecordUnavailable
from hub.callers.attendant import Attendant
from hub.callers.deputies import is_deputy
from hub.callers.ledger import Occasion
from hub.callers.register import Register
from hub.callers.stopping import gather_stops, is_frozen
from hub.callers.tries import Tries
from hub.code.shops import Shops
from hub.errors import ERRORS, HubError, cause_of
from hub.gateway import Answer, Request
from hub.operation import Operation
from hub.plan.planner import Planner
from hub.store.database import StoreError
from schema.enums import CaseState
from schema.query import StoreDesk

if TYPE_CHECKING:
    from hub.mapping.trials import TrialWish

Result = TypeVar("Result")
log = structlog.get_logger()
_HASHING = 2
"""Passwords that are made at a time: each takes 32 MB and a tenth of a second."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be done: by whom, under which key, when; and what was found out for it so far.

    asked: entities the register was asked for · looked: what was tried on rows of a source · missed: tries that count, of
    a transaction that is to begin anew.
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
    looked: "list[TrialWish]" = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Acting:
    """The `Acts` of a gateway."""

    attendant: Attendant
    planner: Planner
    register: Register
    rules: Rules
    shops: Shops | None = None
    looking: Callable[[Look, Access, str], Awaitable[Seen]] | None = None
    standing: Callable[[Access], Awaitable[CaseState]] | None = None
    turns: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_HASHING))

    async def act(self, request: Request, access: Access, operation: Operation) -> Answer:
        """The answer to a mutation, once what it did is durable; HubError where nothing was done."""
        wish = self._wish(request, access, operation)
        try:
            done = await self._settle(wish)
        except BaseException as ended:
            if wish.asked or wish.looked:
                await asyncio.shield(self._note(wish, _ending(ended)))
            raise
        if done.replayed and wish.asked:
            await self._note(wish, "REPLAYED")
        if not done.replayed:
            # Here at once; the other workers feel it by the pulse, and so would this one.
            with suppress(SQLAlchemyError, OSError):
                await self.attendant.refresh()
        return Answer(_body(done, request.request_id))

    async def look(self, access: Access, work: Callable[[StoreDesk], Result]) -> Result:
        """Result of a function that asks the store, in a thread and one transaction that reads."""
        from hub.acts.looking import StoreLook  # noqa: PLC0415 - for whoever asks of the hub's own

        attendant = self.attendant
        occasion = attendant.occasion("")
        looks: list[StoreLook] = []

        def doing(connection: Connection) -> Doing:
            return Doing(connection, attendant.vault, occasion, access, self.rules)

        def looking(connection: Connection) -> Result:
            looks.append(StoreLook(doing(connection)))
            return work(looks[-1])

        def recording(connection: Connection) -> None:
            for one in looks[-1].read:
                doing(connection).record(one.act, "GRANTED", one.subject, one.told)

        try:
            found = await attendant.database.read(looking)
            if looks[-1].read:
                await attendant.write(recording)
        except (SQLAlchemyError, StoreError, OSError) as fault:
            raise RecordUnavailable(type(fault).__name__) from fault
        return found

    async def turn_away(self, request: Request) -> None:
        """Record that somebody named a person for whom they do not act, five times an hour; from then on HubError."""
        attendant, occasion = self.attendant, self.attendant.occasion(request.request_id)
        caller = attendant.admission.identify(request.credentials, attendant.clock.moment().instant)
        vault, what = attendant.vault, f"acting for {caller.person or caller.client.id}"
        if not caller.client.id:
            return
        # Looked up before it is counted: whoever goes on trying must not fill the record.
        await attendant.database.read(lambda connection: Tries(connection, vault, occasion.now).check(what))
        act = Act(
            at=occasion.at,
            request_id=occasion.request_id,
            act="DEPUTY_REFUSED",
            outcome="NOT_DEPUTY",
            client=caller.client.id,
            person=vault.short("person", caller.person or ""),
            subject=vault.short("person", request.credentials.acting_for or ""),
        )

        def work(connection: Connection) -> None:
            append_act(connection, act)
            Tries(connection, vault, occasion.now).count(what)

        try:
            await attendant.write(work)
        except StoreError as fault:
            raise RecordUnavailable(str(fault)) from fault

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
            except UnknownError as found:
                unknown = found
            except StoreError as fault:
                log.warning("an act could not be kept", request_id=wish.occasion.request_id, fault=str(fault))
                raise HubError("ACT_UNCONFIRMED") from None
            else:
                if isinstance(done, HubError):
                    raise done
                return done
            await self._find_out(unknown, wish)
            self._admit_again(wish)

    async def _find_out(self, unknown: UnknownError, wish: _Wish) -> None:
        """Everything that an act lacks."""
        if unknown.entity is not None:
            await self._look_up(unknown.entity, wish)
        if unknown.code is not None:
            await self._look_for(unknown.code, wish)
        if unknown.shop is not None:
            await self._look_at(unknown.shop, wish)
        if unknown.account is not None:
            await self._make_password(unknown.account, wish)
        if unknown.trial is not None:
            await self._attempt(unknown.trial, wish)
        if unknown.look is not None:
            await self._see(unknown.look, wish)
        if unknown.case is not None:
            await self._check_case(*unknown.case, wish)

    def _admit_again(self, wish: _Wish) -> None:
        """HubError if whoever asks was stopped while the hub found out for them."""
        try:
            self.attendant.admission.admit(wish.credentials, self.attendant.clock.moment().instant)
        except Refused as refused:
            raise HubError(refused.code, None, **refused.names) from None

    def _perform(self, connection: Connection, wish: _Wish) -> Done | HubError:
        """Everything that is done, or the result of what was done by this key before; a refusal after tries that count."""
        wish.missed.clear()
        vault = self.attendant.vault
        self._check_standing(connection, wish)
        memory = Memory(connection, vault, wish.occasion.now)
        known = memory.find(wish.named)
        if known is not None:
            return known
        doing = Doing(connection, vault, wish.occasion, wish.access, self.rules)
        from hub.acts.deeds import StoreDeeds  # noqa: PLC0415 - for whoever does something

        deeds = StoreDeeds(doing, wish.facts)
        undoing = connection.begin_nested()
        result = execute_sync(wish.schema, wish.document, context_value=deeds, variable_values=wish.variables)
        for fault in result.errors or ():
            cause = cause_of(fault)
            if not isinstance(cause, HubError) or not doing.missed:
                wish.missed[:] = doing.missed
                raise cause
            # All is undone but the tries: else whoever adds something that fails guesses without end.
            undoing.rollback()
            for what in doing.missed:
                doing.tries.count(what)
            return cause
        undoing.commit()
        last = doing.recorded[-1] if doing.recorded else None
        if not deeds.done:
            # Nothing was done, so that nothing needs to be known again.
            return Done(orjson.dumps(result.data), recorded=last)
        return memory.keep(wish.named, orjson.dumps(result.data), deeds.secrets, last)

    def _check_standing(self, connection: Connection, wish: _Wish) -> None:
        """HubError if whoever asks may not any more, as the store has it in this transaction.

        Between admission and here others may have frozen them, ended their account, their office or what they act by.
        """
        caller, now = wish.access.caller, wish.occasion.now
        asking = [(Stopped.CLIENT, caller.client.id), (Stopped.DEPARTMENT, caller.client.department)]
        asking += [(Stopped.PERSON, person) for person in caller.persons]
        token = wish.credentials.token
        found = self.attendant.house.verifier.read(token) if token is not None else None
        stopped = found is not None and gather_stops(connection, now).concern(found.mark)
        if stopped or is_frozen(connection, asking):
            raise HubError("UNAUTHENTICATED")
        if caller.principal is not None and not is_deputy(connection, caller, now):
            raise HubError("NOT_DEPUTY")

    async def _look_up(self, entity: str, wish: _Wish) -> None:
        wish.asked.append(entity)
        found = await _answered(self.register.ask([entity]))
        wish.facts.entities[entity] = found.get(entity)

    async def _look_for(self, code: str, wish: _Wish) -> None:
        wish.asked.append(code)
        wish.facts.known[code] = await _answered(self.register.knows(code))

    async def _look_at(self, shop: str, wish: _Wish) -> None:
        wish.asked.append(shop)
        if self.shops is None:
            raise RuntimeError("this hub was wired without shops")
        try:
            found = await self.shops.ask([shop])
        except SourceError as fault:
            log.warning("the register does not answer", fault=type(fault).__name__)
            raise HubError("REGISTER_UNAVAILABLE") from None
        wish.facts.shops[shop] = found.get(shop)

    async def _see(self, look: Look, wish: _Wish) -> None:
        """Put a question as somebody else; that it was asked is on record at once, whatever becomes of the act."""
        if self.looking is None:
            raise RuntimeError("nobody said how the gateway answers")
        wish.facts.seen[look.name] = await self.looking(look, wish.access, wish.occasion.request_id)

    async def _check_case(self, name: str, access: Access, wish: _Wish) -> None:
        """How a case stands that somebody else would name; it is noted nowhere."""
        if self.standing is None:
            raise RuntimeError("nobody said who knows cases")
        wish.facts.cases[name] = await self.standing(access)

    async def _make_password(self, account: str, wish: _Wish) -> None:
        clear = fresh_password()
        stored = await anyio.to_thread.run_sync(hash_password, clear, limiter=self.turns)
        wish.facts.passwords[account] = Password(clear, stored)

    async def _attempt(self, trial: "TrialWish", wish: _Wish) -> None:
        if self.rules.mappings is None:
            raise RuntimeError("this hub was wired without mappings")
        wish.looked.append(trial)
        wish.facts.trials[trial] = await self.rules.mappings().attempt(trial)

    async def _note(self, wish: _Wish, outcome: str) -> None:
        """Have it recorded that a source was asked, though nothing came of it; tries that were none count."""
        vault, caller = self.attendant.vault, wish.access.caller
        act = Act(
            at=wish.occasion.at,
            request_id=wish.occasion.request_id,
            act="REGISTER_ASKED" if wish.asked else "MAPPING_TRIED",
            outcome=outcome,
            client=caller.client.id,
            person=vault.short("person", caller.person or ""),
            subject=vault.short("entity", wish.asked[-1]) if wish.asked else "",
            told={"purpose": wish.access.purpose, **_asked(wish)},
        )

        def work(connection: Connection) -> None:
            append_act(connection, act)
            for what in wish.missed:
                Tries(connection, vault, wish.occasion.now).count(what)

        try:
            await self.attendant.write(work)
        except StoreError as fault:
            raise RecordUnavailable(str(fault)) from fault


def _asked(wish: _Wish) -> dict[str, str]:
    """How often the register was asked, else what was looked at."""
    if wish.asked:
        return {"asked": str(len(wish.asked))}
    return {"source": wish.looked[-1].source, "record": wish.looked[-1].record}


async def _answered(asked: Awaitable[Result]) -> Result:
    """What the register answers; HubError where it does not."""
    try:
        return await asked
    except SourceError as fault:
        log.warning("the register does not answer", fault=type(fault).__name__)
        raise HubError("REGISTER_UNAVAILABLE") from None


def _ending(ended: BaseException) -> str:
    if isinstance(ended, asyncio.CancelledError):
        return "CANCELLED"
    return "REFUSED" if isinstance(ended, HubError) else "FAILED"


def _body(done: Done, request_id: str) -> bytes:
    extensions: dict[str, Any] = {"requestId": request_id, "fields": []}
    if done.recorded is not None:
        extensions["receipt"] = done.recorded.told()
    if done.replayed:
        extensions["replayed"] = True
    if done.replayed and done.withheld:
        text = ERRORS["SHOWN_BEFORE"]
        extensions["warnings"] = [{"code": "SHOWN_BEFORE", "message": text.zh, "messageEn": text.en}]
    return b'{"data":' + done.data + b',"extensions":' + orjson.dumps(extensions) + b"}"
