"""Makes the entry of a question from what is known when it ends, and has it appended before the answer leaves."""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from anyio.to_thread import run_sync

from auth.access import Access
from hub.audit.entry import Digester, Entry, EntryForm, Gaps, fresh_salt, salted
from hub.audit.log import Log, RecordUnavailable, Row
from hub.audit.spill import Spill
from hub.audit.standing import Standing
from hub.audit.tiles import logged
from hub.audit.tree import leaf_hash
from hub.clock import Clock
from hub.notes import Note
from hub.replies import Trace
from hub.store.database import StoreError

_KEPT = 2_048
WHOLE = "Query"
"""Where a state stands that is said of the question as a whole."""


class Digests(Protocol):
    """What makes the digests of an instant (RFC 3339)."""

    def during(self, at: str) -> Digester: ...


class Asked(NamedTuple):
    """What was asked, by whom, under which request id; `question` is text, name and variables in canonical JSON."""

    access: Access
    operation: str
    request_id: str
    fields: tuple[str, ...] = ()
    question: bytes = b""


class Outcome(NamedTuple):
    """How it ended: ANSWERED, REFUSED, REJECTED, EXPLAINED, FAILED or CANCELLED, and canonical JSON of what left.

    `as_of`: source, record, oldest and newest data time of what was given.
    """

    outcome: str
    data: bytes = b""
    notes: Sequence[Note] = ()
    entities: tuple[str, ...] = ()
    issued: Mapping[str, tuple[str, str]] | None = None
    as_of: Sequence[tuple[str, str, str, str]] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where an entry stands in the record, and its hash there (SHA-256, hexadecimal): what its asker keeps.

    No index while the entry is kept aside until the store is there again.
    """

    index: int | None
    hash: str

    def told(self) -> dict[str, Any]:
        """As it stands in `extensions.receipt`."""
        return {"hash": self.hash, "pending": True} if self.index is None else {"index": self.index, "hash": self.hash}

    def follows(self) -> bytes:
        """The same, written after other extensions."""
        if self.index is None:
            return b',"receipt":{"hash":"%b","pending":true}' % self.hash.encode()
        return b',"receipt":{"index":%d,"hash":"%b"}' % (self.index, self.hash.encode())


@dataclass(frozen=True, slots=True)
class Recorder:
    """Records questions in the log; what entries of one access and operation have in common is written once."""

    log: Log
    digests: Digests
    clock: Clock
    standing: Standing = field(default_factory=Standing)
    spill: Spill | None = None
    _forms: OrderedDict[tuple[Hashable, ...], tuple[Asked, EntryForm]] = field(default_factory=OrderedDict, repr=False)

    async def record(self, asked: Asked, outcome: Outcome, traces: Sequence[Trace] = ()) -> Recorded:
        """Where the entry stands once it is durable; RecordUnavailable if it can't be made so."""
        at = self.clock.moment().text
        body = self._entry(asked, at, outcome, traces)
        row = (at, asked.request_id, body)
        # Before the store has it: whoever is answered holds what the entry was when it was made.
        named = leaf_hash(logged(body)).hex()
        if self.spill is not None and self.standing.rests(asyncio.get_running_loop().time()):
            with suppress(OSError):
                await run_sync(self.spill.keep, row, outcome.issued)
                return Recorded(None, named)
        try:
            position = await self.log.append(row, outcome.issued)
        except RecordUnavailable as fault:
            await self._keep_aside(fault, row, outcome)
            return Recorded(None, named)
        self.standing.regain()
        return Recorded(position, named)

    async def _keep_aside(self, fault: RecordUnavailable, row: Row, outcome: Outcome) -> None:
        """Keep an entry that the store did not take, if it is the store that fails and there is time left; else raise."""
        now, cause = asyncio.get_running_loop().time(), fault.__cause__
        self.standing.unwritten = True
        if not isinstance(cause, StoreError) or not cause.lasting:
            # It is this entry that was refused; the next one may well be taken.
            raise fault
        self.standing.lose(now)
        if self.spill is None or not self.standing.bears(now):
            raise fault
        try:
            await run_sync(self.spill.keep, row, outcome.issued)
        except OSError:
            raise fault from None

    def check(self) -> None:
        """Return if data may leave at this moment, HubError if not. Asks nobody."""
        self.standing.check(asyncio.get_running_loop().time())

    async def ready(self) -> bool:
        """True if the next question can be answered and recorded, false if its entry would be kept aside.

        HubError or RecordUnavailable if neither.
        """
        self.check()
        try:
            await self.log.check(write=self.standing.unwritten)
        except RecordUnavailable:
            now = asyncio.get_running_loop().time()
            self.standing.lose(now)
            if self.spill is None or not self.standing.bears(now):
                raise
            return False
        self.standing.regain()
        if self.spill is not None and self.spill.waits():
            with suppress(StoreError, OSError):
                await run_sync(self.spill.adopt)
        return True

    def _entry(self, asked: Asked, at: str, outcome: Outcome, traces: Sequence[Trace]) -> bytes:
        salt = fresh_salt()
        digester = self.digests.during(at)
        gaps = Gaps(
            answer=salted(salt, [outcome.data]) if outcome.data else "",
            at=at,
            case=digester.of("case", asked.access.case or ""),
            outcome=outcome.outcome,
            question=salted(salt, [asked.question]) if asked.question else "",
            request_id=asked.request_id,
            salt=salt,
            entities=digester.all("entity", outcome.entities),
            sources=[(t.source, t.record, t.keys, t.rows, round(t.milliseconds * 1000), t.outcome) for t in traces],
            states=[
                *self._marks(asked.access, digester),
                *((n.key.coordinate, n.key.state.value, n.key.code, n.count) for n in outcome.notes),
            ],
            as_of=outcome.as_of,
        )
        return self._form(asked, digester).canonical(gaps)

    def _marks(self, access: Access, digester: Digester) -> list[tuple[str, str, str, int]]:
        """What is said of the question as a whole: for whom its asker acted, and by which grants for them alone."""
        principal = access.caller.principal
        acted = [(WHOLE, "ACTING_FOR", digester.of("person", principal), 1)] if principal else []
        return acted + [(WHOLE, "EMERGENCY", grant, 1) for grant in access.personal]

    def _form(self, asked: Asked, digester: Digester) -> EntryForm:
        # What is kept holds client and fields, so that no others get their identities while it is known.
        access = asked.access
        key = (
            id(access.caller.client),
            access.caller.person,
            access.purpose,
            access.policy.fingerprint,
            asked.operation,
            id(asked.fields),
            digester,
        )
        known = self._forms.get(key)
        if known is not None:
            self._forms.move_to_end(key)
            return known[1]
        made = EntryForm(self._template(asked, digester))
        self._forms[key] = asked, made
        if len(self._forms) > _KEPT:
            self._forms.popitem(last=False)
        return made

    def _template(self, asked: Asked, digester: Digester) -> Entry:
        """What is the same for every question of this caller for this purpose with this operation."""
        access, client = asked.access, asked.access.caller.client
        return Entry(
            at="",
            request_id="",
            outcome="",
            client=client.id,
            department=client.department,
            role=client.role.value,
            person=digester.of("person", access.caller.person or ""),
            purpose=access.purpose,
            case="",
            policy=access.policy.fingerprint,
            operation=digester.of("operation", asked.operation),
            fields=asked.fields,
            entities=(),
            states=(),
            sources=(),
            answer="",
            salt="",
        )
