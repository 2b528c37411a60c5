"""Disclosures as acts and questions: who looked at one's entity, objections to it, recalls of facts.

A merchant is told of an entity that they may act for now; all others do not exist for them. What is read and decided
stands in hub/disclosure; here are the caller, the record and the form of an answer.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from auth.roles import Role
from hub.acts.disclosing_shown import objection_shown, recall_shown
from hub.acts.doing import Doing, bad_input, line_of
from hub.clock import SHANGHAI
from hub.disclosure.filling import reached
from hub.disclosure.looked import MOST_COUNTED, Told, askers, labels, sentence, to_minute
from hub.disclosure.objections import MOST_OPEN, Objections, Said
from hub.disclosure.objections import Objection as Kept
from hub.disclosure.objections_told import tell_decided, tell_filed
from hub.disclosure.recalls import MOST_A_DAY, Fact, made_since, read_recalls, recall
from hub.disclosure.retention import FORGOTTEN
from hub.disclosure.searching import Found, digests_as_bytes
from hub.errors import HubError
from hub.settings_tables import DepartmentTable
from hub.store.disclosure_tables import objections as objections_table
from hub.store.disclosure_tables import recalls as recalls_table
from hub.store.tables import entries
from schema.disclosing import LaterByLaw, Lookup, LookupConnection, Objection, ObjectionOutcome, Recall, RecallOutcome
from schema.disclosing_enums import ObjectionState, RecallKind
from schema.paging import PageInfo

MAX_TEXT, MAX_PAGE = 500, 100
_LONGEST = timedelta(days=3 * 366)
_DIGITS = 18


class DisclosingLook:
    """What one caller is told of disclosures."""

    def __init__(self, doing: Doing) -> None:
        self._doing = doing

    def lookups(self, uscc: str, first: int, after: str | None) -> LookupConnection:
        """Who looked at an entity that the caller may act for."""
        check_page(first)
        doing, entity = self._doing, acted_for(self._doing, str(uscc))
        told = told_of(doing, entity)
        before = read_cursor(after)
        found = told.lines(first + 1, before)
        shown, counts = found[:first], told.counts()
        about = _objections(doing).about(entity, [one.position for one in shown])
        offices = doing.roster().departments
        return LookupConnection(
            nodes=[self._line(one, about.get(one.position), offices) for one in shown],
            page_info=page_info([one.position for one in shown], before, more=len(found) > first),
            later=[
                LaterByLaw(
                    count=min(one.count, MOST_COUNTED),
                    basis=one.basis,
                    sentence=f"另有 {one.count} 条记录依法延后显示（依据：{one.basis}）。",
                    sentence_en=f"{one.count} more are shown later by law ({one.basis}).",
                )
                for one in counts.later
            ],
            public_scans=counts.public,
            own=counts.own,
            up_to=self._up_to(),  # type: ignore[arg-type]
        )

    def objections(self, state: ObjectionState | None, first: int) -> Sequence[Objection]:
        """Objections that the caller may see, the newest first."""
        check_page(first)
        doing, kept = self._doing, _objections(self._doing)
        role, table = doing.access.caller.client.role, objections_table.c
        wanted = [] if state is None else [table.state == state.name]
        if role is Role.MERCHANT:
            wanted.append(kept.is_of(*_entities(doing)))
        elif role is not Role.AUDIT:
            wanted.append(table.department == doing.access.caller.client.department)
        offices = doing.roster().departments
        return [objection_shown(doing, one, offices) for one in kept.select(*wanted, most=first)]

    def recalls(self, first: int) -> Sequence[Recall]:
        """Recalls of the caller's department, or all of them for audit."""
        check_page(first)
        doing, client = self._doing, self._doing.access.caller.client
        mine = () if client.role is Role.AUDIT else (recalls_table.c.department == client.department,)
        found = read_recalls(doing.connection, doing.vault, first, *mine)
        return [recall_shown(doing, one) for one in found]

    def _line(self, one: Found, objection: Kept | None, offices: Mapping[str, DepartmentTable]) -> Lookup:
        doing, known = self._doing, self._doing.rules.known
        department = labels(offices.get(one.department), one.department)
        found = known.purposes.get(one.purpose)
        purpose = (found.zh, found.en) if found is not None else (one.purpose, one.purpose)
        zh, en = sentence(one, department, purpose, known.catalogue)
        rules = known.catalogue.fields
        return Lookup(
            line=one.position,  # type: ignore[arg-type]
            at=to_minute(one.at),  # type: ignore[arg-type]
            department=department[0],
            purpose=purpose[0],
            fields=[rules[name].zh if name in rules else name for name in one.fields],
            sentence=zh,
            sentence_en=en,
            objection=objection_shown(doing, objection, offices) if objection is not None else None,
        )

    def _up_to(self) -> str | None:
        last = reached(self._doing.connection) - 1
        at = select(entries.c.recorded_at).where(entries.c.position == last)
        return self._doing.connection.execute(at).scalar()


class Disclosing:
    """What one caller does about disclosures, in one transaction; `count` counts acts."""

    def __init__(self, doing: Doing, count: Callable[[], None]) -> None:
        self._doing = doing
        self._count = count

    def object(self, uscc: str, line: int, reason: str) -> ObjectionOutcome:
        """Object to a look-up that the caller is told of."""
        self._count()
        doing, entity = self._doing, acted_for(self._doing, str(uscc))
        me, why, kept = doing.person(), line_of(reason, MAX_TEXT, "reason"), _objections(doing)
        question = told_of(doing, entity).line(line) if 0 <= line < 2**62 else None
        if question is None:
            raise HubError("LOOKUP_NOT_FOUND")
        known = kept.about(entity, [line]).get(line)
        if known is not None:
            raise HubError("OBJECTION_ALREADY", number=known.number)
        if kept.open_of(entity) >= MOST_OPEN:
            raise bad_input(
                f"尚有 {MOST_OPEN} 个异议未认定，请待其认定后再提",
                f"{MOST_OPEN} objections are open: wait until they are decided",
            )
        said = Said(me, doing.access.caller.principal, why)
        filed = kept.file(entity, (line, question.department), said, doing.rules.record.objection_days)
        tell_filed(doing.connection, doing.vault, filed, doing.occasion.now)
        told = {"number": filed.number, "of": question.department, "line": str(line)}
        return self._outcome(filed.number, "OBJECTION_FILED", "GRANTED", told)

    def explain(self, number: str, text: str) -> ObjectionOutcome:
        """Say, for one's department, why it looked; whoever looked does not speak for it."""
        self._count()
        doing, said, found = self._doing, line_of(text, MAX_TEXT, "text"), self._found(number)
        if found.department != doing.access.caller.client.department:
            raise HubError("OBJECTION_NOT_FOUND")
        self._check_open(found.state)
        if self._looked(found):
            raise HubError("OWN_LOOKUP")
        _objections(doing).explain(number, Said(doing.person(), doing.access.caller.principal, said))
        return self._outcome(number, "OBJECTION_EXPLAINED", "GRANTED", {"number": number})

    def decide(self, number: str, finding: str, *, justified: bool) -> ObjectionOutcome:
        """Decide an objection; whoever filed it is told, and so is the entity. Nobody decides of what they had a part in."""
        self._count()
        doing, said, found = self._doing, line_of(finding, MAX_TEXT, "finding"), self._found(number)
        self._check_open(found.state)
        if self._looked(found) or doing.persons() & found.parties:
            raise HubError("SECOND_PERSON_REQUIRED")
        decided = _objections(doing).decide(number, doing.person(), said, justified=justified)
        tell_decided(doing.connection, doing.vault, decided, doing.occasion.now)
        outcome = "JUSTIFIED" if justified else "UNJUSTIFIED"
        return self._outcome(number, "OBJECTION_DECIDED", outcome, {"number": number, "of": found.department})

    def recall(self, uscc: str, named: tuple[str, RecallKind], reason: str, since: str) -> RecallOutcome:
        """Recall a fact that the caller's department owns."""
        self._count()
        doing, (field, kind) = self._doing, named
        me, why, department = doing.person(), line_of(reason, MAX_TEXT, "reason"), doing.access.caller.client.department
        known = doing.rules.known
        rule = known.catalogue.fields.get(field)
        if rule is None or department not in known.of(rule):
            raise bad_input("field 不是本部门负责的字段", "field is none that your department owns")
        first, today = date.fromisoformat(since), date.fromisoformat(doing.occasion.at[:10])
        if not today - _LONGEST <= first <= today:
            raise bad_input("since 须在今日以前三年内", "since lies within three years before today")
        midnight = int(datetime.combine(today, time(), SHANGHAI).timestamp())
        if made_since(doing.connection, department, midnight) >= MOST_A_DAY:
            raise bad_input(
                f"本部门今日已召回 {MOST_A_DAY} 次，请明日再办；成批更正请通过数源的更正接口",
                f"your department made {MOST_A_DAY} recalls today: go on tomorrow, or correct many at the source",
            )
        fact = Fact(str(uscc), field, kind, why, first)
        made = recall(doing.connection, doing.vault, fact, (department, me), doing.occasion.now)
        told = {"number": made.number, "field": field, "kind": kind.name}
        position = doing.record("FACT_RECALLED", "GRANTED", doing.entity(str(uscc)), told)
        return RecallOutcome(recall=recall_shown(doing, made), position=position)  # type: ignore[arg-type]

    def _found(self, number: str) -> Kept:
        doing = self._doing
        found = _objections(doing).of(number) if number.isascii() and number.isprintable() else None
        if found is None:
            raise HubError("OBJECTION_NOT_FOUND")
        return found

    def _looked(self, found: Kept) -> bool:
        """True if whoever acts asked the question that the objection is about, or stands for somebody who did."""
        doing = self._doing
        if found.position == FORGOTTEN:
            return False
        persons = {digest for person in doing.persons() for digest in doing.vault.every("person", person)}
        return bool(persons & askers(doing.connection, found.position))

    def _check_open(self, state: ObjectionState) -> None:
        if state not in (ObjectionState.OPEN, ObjectionState.EXPLAINED):
            raise HubError("OBJECTION_DECIDED")

    def _outcome(self, number: str, act: str, outcome: str, told: dict[str, str]) -> ObjectionOutcome:
        doing = self._doing
        position = doing.record(act, outcome, number, told)
        found = _objections(doing).of(number)
        if found is None:
            raise RuntimeError("an objection that was stored is not there")
        return ObjectionOutcome(objection=objection_shown(doing, found, doing.roster().departments), position=position)  # type: ignore[arg-type]


def acted_for(doing: Doing, uscc: str) -> str:
    """An entity that the caller may act for now; HubError for any other, whether there is one or not."""
    if uscc not in _entities(doing):
        raise HubError("NOT_ACTED_FOR")
    return uscc


def _entities(doing: Doing) -> Sequence[str]:
    """Entities of the caller: by mandates of the person, as they are at this moment; of a system, those it is registered for."""
    caller = doing.access.caller
    if caller.person is None:
        return caller.client.bindings.get("entities", ())
    return doing.mandates.acted_for(caller.person)


def told_of(doing: Doing, entity: str) -> Told:
    """What an entity is told now."""
    digests = digests_as_bytes(doing.vault.every("entity", entity))
    return Told(doing.connection, doing.rules.known.purposes, digests, doing.occasion.now)


def check_page(first: int, most: int = MAX_PAGE) -> None:
    """HubError if a page cannot be as long."""
    if not 1 <= first <= most:
        raise bad_input(f"first 须在 1 到 {most} 之间", f"first must lie between 1 and {most}")


def read_cursor(after: str | None) -> int | None:
    """The position in a cursor; HubError if it is none."""
    if after is None:
        return None
    if not (after.isascii() and after.isdecimal() and len(after) <= _DIGITS):
        raise HubError("BAD_CURSOR")
    return int(after)


def page_info(shown: Sequence[int], before: int | None, *, more: bool) -> PageInfo:
    """Where a page lies; its cursors are positions, by which no page changes while the record grows."""
    return PageInfo(
        has_next_page=more,
        has_previous_page=before is not None,
        start_cursor=str(shown[0]) if shown else None,
        end_cursor=str(shown[-1]) if shown else None,
    )


def _objections(doing: Doing) -> Objections:
    return Objections(doing.connection, doing.vault, doing.occasion.now)
