"""Makes the entry of a question from what is known when it ends, and has it appended before the answer leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auth.access import Access
from hub.audit.entry import Digester, Entry, fresh_salt, salted
from hub.audit.log import Log
from hub.clock import Clock, rfc3339
from hub.notes import Note
from hub.replies import Trace


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, by whom, under which request id."""

    access: Access
    operation: str
    request_id: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended: ANSWERED, REFUSED, REJECTED, EXPLAINED, FAILED or CANCELLED, and the JSON of what left."""

    outcome: str
    data: bytes = b""
    notes: Sequence[Note] = ()
    entities: tuple[str, ...] = ()
    issued: Mapping[str, tuple[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Recorder:
    """Records questions in the log."""

    log: Log
    digester: Digester
    clock: Clock

    async def record(self, asked: Asked, outcome: Outcome, traces: Sequence[Trace] = ()) -> int:
        """Position of the entry once it is durable; RecordUnavailable if it can't be made so."""
        return await self.log.append(self._entry(asked, outcome, traces), outcome.issued or {})

    def _entry(self, asked: Asked, outcome: Outcome, traces: Sequence[Trace]) -> Entry:
        access, salt = asked.access, fresh_salt()
        client = access.caller.client
        return Entry(
            at=rfc3339(self.clock.now()),
            request_id=asked.request_id,
            outcome=outcome.outcome,
            client=client.id,
            department=client.department,
            role=client.role.value,
            person=self.digester.of("person", access.caller.person or ""),
            purpose=access.purpose,
            case=self.digester.of("case", access.case or ""),
            policy=access.policy.fingerprint,
            operation=self.digester.of("operation", asked.operation),
            fields=asked.fields,
            entities=self.digester.all("entity", outcome.entities),
            states=tuple((n.key.coordinate, n.key.state.value, n.key.code, n.count) for n in outcome.notes),
            sources=tuple(
                (t.source, t.record, t.keys, t.rows, round(t.milliseconds * 1000), t.outcome) for t in traces
            ),
            answer=salted(salt, [outcome.data]) if outcome.data else "",
            salt=salt,
        )
