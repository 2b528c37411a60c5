"""The record as an auditor asks it: what is looked for, in digests; and that somebody looked, which is recorded itself."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

import orjson
import strawberry

from hub.acts.disclosing import check_page, page_info, read_cursor
from hub.acts.doing import Doing, bad_input, line_of
from hub.audit.checkpoint import read_text
from hub.audit.disclosing import Asker, Pending
from hub.audit.keeping import stored
from hub.audit.note import read_note
from hub.clock import rfc3339_of
from hub.disclosure import anomalies, retention
from hub.disclosure.crowds import looked_at
from hub.disclosure.entry_words import Labels, in_words
from hub.disclosure.filling import reached
from hub.disclosure.noted import Noted, key_of, note, noted
from hub.disclosure.recalls import recalls_of
from hub.disclosure.searching import (
    MOST_DAYS,
    MOST_PAGE,
    Found,
    Received,
    Sought,
    digests_as_bytes,
    entry_at,
    received,
    search,
)
from hub.errors import HubError
from hub.exchange.recorded import end_of_record
from schema.auditing import (
    Anomaly,
    AnomalyFinding,
    AnomalyInput,
    AnomalyOutcome,
    HoldOutcome,
    Receiver,
    RecordConnection,
    RecordEntry,
    RecordFilter,
    RecordHold,
    WholeEntry,
)
from schema.receipt import ReceiptState

_MAX_NAME, _MAX_CASE, _MAX_REASON = 128, 64, 200
_MAX_FINDING, _DIGEST = 500, 32
_PLAIN = ("department", "client", "role", "purpose", "field", "outcome")
_NAMED = ("person", "person_digest", "entity_digest", "request_id", "uscc", "case", "act")
_FLAGS = ("unverified_case", "emergency", "night", "denied")


class Read(NamedTuple):
    """That somebody read the record: what for, and what they looked by."""

    act: str
    subject: str
    told: Mapping[str, str]


class AuditingLook:
    """What the record says to an auditor; each reading is put to `read`, and recorded before the answer leaves."""

    def __init__(self, doing: Doing, read: list[Read]) -> None:
        self._doing = doing
        self._read = read

    def search(self, sought: RecordFilter, first: int, after: str | None) -> RecordConnection:
        """Entries that fit, the newest first."""
        check_page(first, MOST_PAGE)
        before, connection = read_cursor(after), self._doing.connection
        found = search(connection, self._sought(sought), first + 1, before)
        shown = found[:first]
        named = [name for name in (*_PLAIN, *_NAMED, *_FLAGS) if getattr(sought, name)]
        subject = self._doing.entity(str(sought.uscc)) if sought.uscc else ""
        self._note("LOG_SEARCHED", (sought.first_day, sought.last_day), subject, by=" ".join(named))
        upto = reached(connection)
        return RecordConnection(
            nodes=[self._entry(one) for one in shown],
            page_info=page_info([one.position for one in shown], before, more=len(found) > first),
            indexed_up_to=upto,  # type: ignore[arg-type]
            complete=upto == end_of_record(connection),
        )

    def receivers(self, uscc: str, days: tuple[str, str], field: str | None) -> Sequence[Receiver]:
        """Who received what of an entity."""
        doing, (first, last) = self._doing, _days(days, MOST_DAYS)
        entities = digests_as_bytes(doing.vault.every("entity", str(uscc)))
        sought = Sought(first, last, field=_line(field, "field"), act="", entities=entities)
        self._note("RECEIVERS_LISTED", days, doing.entity(str(uscc)), by=_line(field, "field"))
        return [_receiver(one) for one in received(doing.connection, sought)]

    def entry(self, position: int) -> WholeEntry | None:
        """All that is kept at a position, with its proof; None where nothing stands. LOG_ALTERED if it is not what was signed."""
        doing = self._doing
        if not 0 <= position < end_of_record(doing.connection):
            return None
        self._read.append(Read("ENTRY_READ", "", {"index": str(position)}))
        found = doing.rules.shelf.receipts.find(doing.connection, position, Asker("", frozenset(), audits=True))
        indexed = entry_at(doing.connection, position)
        pending = isinstance(found, Pending)
        return WholeEntry(
            position=position,  # type: ignore[arg-type]
            entry=None if indexed is None else self._entry(indexed),
            body=orjson.loads(stored(doing.connection, position)),
            hash=found.hash,
            proof=ReceiptState.PENDING if pending else ReceiptState.READY,
            ready_by=rfc3339_of(found.due) if isinstance(found, Pending) else None,  # type: ignore[arg-type]
            checkpoint_size=None if isinstance(found, Pending) else read_text(read_note(found.checkpoint).text).size,  # type: ignore[arg-type]
            path_length=None if isinstance(found, Pending) else len(found.proof),
            recalls=[strawberry.ID(one) for one in recalls_of(doing.connection, position)],
        )

    def anomalies(self, first_day: str, last_day: str, *, unseen: bool) -> Sequence[Anomaly]:
        """What is conspicuous, with what was found of it; `unseen`: only what nobody looked at."""
        doing, (first, last) = self._doing, _days((first_day, last_day), anomalies.MOST_DAYS)
        self._note("ANOMALIES_LISTED", (first_day, last_day), "")
        found = anomalies.find_anomalies(doing.connection, doing.rules.record.anomalies, first, last)
        looked = noted(doing.connection, doing.vault, found)
        shown = [(one, looked.get(key_of(doing.vault, one))) for one in found]
        return [_anomaly(one, seen) for one, seen in shown if seen is None or not unseen]

    def holds(self) -> Sequence[RecordHold]:
        """All holds."""
        return [
            RecordHold(
                number=one.number,
                first_day=one.first_day,  # type: ignore[arg-type]
                reason=one.reason,
                made_by=strawberry.ID(one.made_by),
                made_at=rfc3339_of(one.made_at),  # type: ignore[arg-type]
                lifted_at=None if one.lifted_at is None else rfc3339_of(one.lifted_at),  # type: ignore[arg-type]
                lifted_by=None if one.lifted_by is None else strawberry.ID(one.lifted_by),
                lifted_reason=one.lifted_reason,
            )
            for one in retention.holds(self._doing.connection, self._doing.vault)
        ]

    def _sought(self, given: RecordFilter) -> Sought:
        doing, vault = self._doing, self._doing.vault
        first, last = _days((given.first_day, given.last_day), MOST_DAYS)
        rules = doing.rules.record.anomalies
        return Sought(
            first,
            last,
            **{name: _line(getattr(given, name), name) for name in _PLAIN},
            act=given.act if not given.act else _line(given.act, "act"),
            persons=self._persons(given),
            request=_line(given.request_id, "requestId"),
            entities=self._entities(given),
            cases=tuple(vault.every("case", line_of(given.case, _MAX_CASE, "case"))) if given.case else None,
            hours=(rules.night_from, rules.night_until) if given.night else None,
            unverified=given.unverified_case,
            emergency=given.emergency,
            denied=given.denied,
        )

    def _entry(self, one: Found) -> RecordEntry:
        zh, en = in_words(one, self._labels)
        return RecordEntry(
            position=one.position,  # type: ignore[arg-type]
            at=one.at,  # type: ignore[arg-type]
            act=one.act or None,
            outcome=one.outcome,
            client=one.client,
            department=one.department,
            role=one.role,
            purpose=one.purpose,
            person=one.person,
            case_digest=one.case,
            fields=list(one.fields),
            entities=one.entities,
            denied=one.denied,
            emergency=one.emergency,
            sentence=zh,
            sentence_en=en,
        )

    @cached_property
    def _labels(self) -> Labels:
        known = self._doing.rules.known
        offices = self._doing.roster().departments
        return Labels(
            departments={code: (one.label, one.label_en or one.label) for code, one in offices.items()},
            purposes={code: (one.zh, one.en) for code, one in known.purposes.items()},
            catalogue=known.catalogue,
        )

    def _persons(self, given: RecordFilter) -> tuple[str, ...] | None:
        """Digests of the person that is looked for; one that is given is taken as it is."""
        digest = _digest(given.person_digest, "personDigest")
        named = tuple(self._doing.vault.every("person", self._person(given.person))) if given.person else None
        if not digest:
            return named
        return (digest,) if named is None or digest in named else ()

    def _entities(self, given: RecordFilter) -> tuple[bytes, ...] | None:
        """Digests of the entity that is looked for; one that is given is taken as it is."""
        digest = _digest(given.entity_digest, "entityDigest")
        named = self._doing.vault.every("entity", str(given.uscc)) if given.uscc else None
        if not digest:
            return None if named is None else digests_as_bytes(named)
        return digests_as_bytes([digest]) if named is None or digest in named else ()

    def _person(self, name: str) -> str:
        """The id of a person by account name or id; an id of nobody here is taken as it is: they may have left."""
        line = line_of(name, _MAX_NAME, "person")
        found = self._doing.people.named(line)
        return line if found is None else found.id

    def _note(self, act: str, days: tuple[str, str], subject: str, **told: str) -> None:
        self._read.append(Read(act, subject, {"days": " ".join(map(str, days)), **told}))


class Auditing:
    """What an auditor does about the record, in one transaction; `count` counts acts."""

    def __init__(self, doing: Doing, count: Callable[[], None]) -> None:
        self._doing = doing
        self._count = count

    def hold(self, first_day: str, reason: str) -> HoldOutcome:
        """Keep everything from a day on."""
        self._count()
        doing, why = self._doing, line_of(reason, _MAX_REASON, "reason")
        first = date.fromisoformat(first_day)
        number = retention.hold(doing.connection, doing.vault, first, (doing.person(), why), doing.occasion.now)
        position = doing.record("RECORD_HELD", "GRANTED", str(number), {"from": first_day})
        return HoldOutcome(number=number, changed=True, position=position)  # type: ignore[arg-type]

    def lift(self, number: int, reason: str) -> HoldOutcome:
        """Lift a hold."""
        self._count()
        doing = self._doing
        why = line_of(reason, _MAX_REASON, "reason")
        if number not in {one.number for one in retention.holds(doing.connection, doing.vault)}:
            raise bad_input("没有这个保全", "there is no such hold")
        changed = retention.lift(doing.connection, doing.vault, number, (doing.person(), why), doing.occasion.now)
        position = doing.record("HOLD_LIFTED", "GRANTED" if changed else "ALREADY", str(number), {})
        return HoldOutcome(number=number, changed=changed, position=position)  # type: ignore[arg-type]

    def note(self, anomaly: AnomalyInput, finding: str) -> AnomalyOutcome:
        """Note what was found of an anomaly that there is; it is not listed any more among those nobody looked at."""
        self._count()
        doing, said = self._doing, line_of(finding, _MAX_FINDING, "finding")
        day = date.fromisoformat(anomaly.day)
        asker = anomalies.Asker(anomaly.person or "", anomaly.client, anomaly.department)
        there = anomalies.find_anomalies(doing.connection, doing.rules.record.anomalies, day, day)
        meant = anomaly.kind, asker, anomaly.entity or ""
        found = next((one for one in there if (one.kind, one.asker, one.entity) == meant), None)
        if found is None:
            raise bad_input("当日没有这项异常", "there is no such anomaly on that day")
        if self._behind(found):
            raise HubError("SECOND_PERSON_REQUIRED")
        note(doing.connection, doing.vault, found, (doing.person(), said), doing.occasion.now)
        told = {
            "kind": found.kind.name,
            "day": found.day,
            "of": found.asker.client,
            "department": found.asker.department,
        }
        position = doing.record("ANOMALY_NOTED", "GRANTED", found.asker.person or found.entity, told)
        seen = Noted(said, doing.person(), doing.occasion.now)
        return AnomalyOutcome(anomaly=_anomaly(found, seen), position=position)  # type: ignore[arg-type]

    def _behind(self, found: anomalies.Anomaly) -> bool:
        """True if the anomaly is about whoever acts, or they are among those who looked: nobody clears themselves."""
        doing = self._doing
        digests = [digest for one in doing.persons() for digest in doing.vault.every("person", one)]
        if not found.entity:
            return found.asker.person in digests
        days = date.fromisoformat(found.first_day), date.fromisoformat(found.day)
        return looked_at(doing.connection, bytes.fromhex(found.entity), days, digests)


def _days(days: tuple[str, str], most: int) -> tuple[date, date]:
    first, last = map(date.fromisoformat, days)
    if not 0 <= (last - first).days < most or last == date.max:
        raise bad_input(
            f"末日不得早于首日，期间至多 {most} 日",
            f"the last day is not before the first, and the period {most} days at most",
        )
    return first, last


def _line(text: str | None, name: str) -> str:
    return line_of(text, _MAX_NAME, name) if text else ""


def _digest(text: str | None, name: str) -> str:
    if text and not (len(text) == _DIGEST and set(text) <= set("0123456789abcdef")):
        raise bad_input(f"{name} 须为 32 位十六进制数字", f"{name} takes 32 hexadecimal digits")
    return text or ""


def _receiver(one: Received) -> Receiver:
    return Receiver(**{**one._asdict(), "fields": list(one.fields)})


def _anomaly(one: anomalies.Anomaly, seen: Noted | None) -> Anomaly:
    zh, en = one.sentence()
    return Anomaly(
        kind=one.kind,
        day=one.day,  # type: ignore[arg-type]
        client=one.asker.client,
        department=one.asker.department,
        person=one.asker.person or None,
        entity=one.entity or None,
        first_day=one.first_day,  # type: ignore[arg-type]
        count=one.count,
        bound=one.bound,
        sentence=zh,
        sentence_en=en,
        looked=None
        if seen is None
        else AnomalyFinding(
            finding=seen.finding,
            made_by=strawberry.ID(seen.made_by),
            made_at=rfc3339_of(seen.made_at),  # type: ignore[arg-type]
        ),
    )
