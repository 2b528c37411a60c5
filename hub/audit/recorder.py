"""Makes the entry of a question from what is known when it ends, and has it appended before the answer leaves."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from auth.access import Access
from hub.audit.entry import Digester, Entry, EntryForm, fresh_salt, salted
from hub.audit.log import Log
from hub.clock import Clock
from hub.notes import Note
from hub.replies import Trace

_KEPT = 2_048


class Asked(NamedTuple):
    """What was asked, by whom, under which request id."""

    access: Access
    operation: str
    request_id: str
    fields: tuple[str, ...] = ()


class Outcome(NamedTuple):
    """How it ended: ANSWERED, REFUSED, REJECTED, EXPLAINED, FAILED or CANCELLED, and the JSON of what left."""

    outcome: str
    data: bytes = b""
    notes: Sequence[Note] = ()
    entities: tuple[str, ...] = ()
    issued: Mapping[str, tuple[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Recorder:
    """Records questions in the log; what entries of one access and operation have in common is written once."""

    log: Log
    digester: Digester
    clock: Clock
    _forms: OrderedDict[tuple[Hashable, ...], tuple[Asked, EntryForm]] = field(default_factory=OrderedDict, repr=False)

    async def record(self, asked: Asked, outcome: Outcome, traces: Sequence[Trace] = ()) -> int:
        """Position of the entry once it is durable; RecordUnavailable if it can't be made so."""
        at = self.clock.moment().text
        row = (at, asked.request_id, self._entry(asked, at, outcome, traces))
        return await self.log.append(row, outcome.issued)

    def _entry(self, asked: Asked, at: str, outcome: Outcome, traces: Sequence[Trace]) -> bytes:
        salt = fresh_salt()
        answer = salted(salt, [outcome.data]) if outcome.data else ""
        return self._form(asked).canonical(
            (answer, at, self.digester.of("case", asked.access.case or ""), outcome.outcome, asked.request_id, salt),
            self.digester.all("entity", outcome.entities),
            [(t.source, t.record, t.keys, t.rows, round(t.milliseconds * 1000), t.outcome) for t in traces],
            [(n.key.coordinate, n.key.state.value, n.key.code, n.count) for n in outcome.notes],
        )

    def _form(self, asked: Asked) -> EntryForm:
        # What is kept holds client and fields, so that no others get their identities while it is known.
        access = asked.access
        key = (
            id(access.caller.client),
            access.caller.person,
            access.purpose,
            access.policy.fingerprint,
            asked.operation,
            id(asked.fields),
        )
        known = self._forms.get(key)
        if known is not None:
            self._forms.move_to_end(key)
            return known[1]
        made = EntryForm(self._template(asked))
        self._forms[key] = asked, made
        if len(self._forms) > _KEPT:
            self._forms.popitem(last=False)
        return made

    def _template(self, asked: Asked) -> Entry:
        """What is the same for every question of this caller for this purpose with this operation."""
        access, client = asked.access, asked.access.caller.client
        return Entry(
            at="",
            request_id="",
            outcome="",
            client=client.id,
            department=client.department,
            role=client.role.value,
            person=self.digester.of("person", access.caller.person or ""),
            purpose=access.purpose,
            case="",
            policy=access.policy.fingerprint,
            operation=self.digester.of("operation", asked.operation),
            fields=asked.fields,
            entities=(),
            states=(),
            sources=(),
            answer="",
            salt="",
        )
