"""The `SimulatingDesk` of the schema over one transaction that reads. A steward is shown the records of their department."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from auth.admission import PUBLIC_DEPARTMENT
from auth.grants import ANY_DEPARTMENT
from auth.roles import Role
from hub.acts.doing import Doing, bad_input
from hub.clock import rfc3339_of
from hub.exchange import matrix as matrices
from hub.exchange.as_of import departments_at
from hub.exchange.changes import Change, apply_changes
from hub.exchange.checks import Kept, list_checks
from hub.exchange.differences import Difference, Draft, affected, differences, draft_of
from hub.exchange.last_use import Wanted, last_use
from hub.exchange.matrix import Asker, Cell
from hub.exchange.reading import (
    Found,
    NoRequestError,
    acting,
    changes_of,
    days_before,
    in_force_on,
    now_in_force,
    people_of,
)
from hub.exchange.recorded import Question, end_of_record, first_since, read_questions
from hub.exchange.replaying import Group, Outcome, Replayer, Tally
from hub.exchange.simulator_words import difference_en, difference_zh, report_text
from hub.exchange.unused import asked_since, unused
from hub.exchange.words import Words
from hub.owners import Owners
from schema.catalogue import FieldRule
from schema.simulating import (
    GrantDifference,
    LastUse,
    RecordedUse,
    Replay,
    ReplayedClient,
    ReplayedField,
    SelfCheck,
    SelfCheckFault,
    ShiftedField,
    SimulatedField,
    Simulation,
    UnusedGrant,
    UnusedGrants,
)
from schema.simulating_enums import CheckFault, FieldShift, SimulatedState

MOST_ENTRIES = 5_000
"""Entries that one question reads."""
_MOST_DAYS, _MOST_CHECKS = 730, 100


class Simulating:
    """What one caller asks of the simulator."""

    def __init__(self, doing: Doing) -> None:
        self._doing = doing
        self._connection = doing.connection
        self._owners = _owners(doing)
        self._fields: Mapping[str, FieldRule] = self._owners.catalogue.fields
        self._today = date.fromisoformat(rfc3339_of(doing.occasion.now)[:10])

    def simulate(self, asked: tuple[str, str, str], as_of: str | None, request: str | None) -> Simulation:
        """The matrix of a department, role and purpose."""
        if as_of is not None and request is not None:
            raise bad_input("asOf 与 request 不能同时使用", "asOf and request exclude each other")
        day = None if as_of is None else date.fromisoformat(as_of)
        if day is not None and day >= self._today:
            raise bad_input("asOf 须早于今天", "asOf is a day before today")
        asker = self._asker(asked, day)
        found = self._in_force() if day is None else in_force_on(self._connection, self._fields.values(), day)
        situation = found.situation
        if request is not None:
            changes = self._changes(request)
            situation = replace(situation, grants=tuple(apply_changes(situation.grants, changes)))
        cells = matrices.matrix(situation, asker)
        return Simulation(
            department=asker.department,
            role=asker.role.value,
            purpose=asker.purpose,
            day=situation.day.isoformat(),  # type: ignore[arg-type]
            request=request,  # type: ignore[arg-type]
            vocabulary=situation.vocabulary.number,
            awaits_consent=self._owners.purposes[asker.purpose].requires_consent,
            unreadable=list(found.unreadable),  # type: ignore[arg-type]
            fields=[self._simulated(cell) for cell in cells.values() if self._is_shown(cell.field)],
        )

    def grant_diff(self, request: str) -> Sequence[GrantDifference]:
        """What a request would change, and for whom."""
        draft = draft_of(self._in_force().situation, self._changes(request))
        clients = self._doing.roster().callers.values()
        askers = affected(draft, acting(self._connection, clients), list(self._owners.purposes))
        found = [one for asker in askers for one in differences(draft, asker)]
        return [self._difference(one) for one in found if any(self._is_shown(name) for name in one.shifts)]

    def replay(self, request: str, days: int, after: int | None) -> Replay:
        """The recorded questions of the last days against a request, as many as one question may read."""
        draft = self._draft(request)
        since = self._since(days)
        first = first_since(self._connection, since)
        if after is not None and after < 0:
            raise bad_input("after 不是位置", "after is not a position")
        begin, end = max(first, after or 0), end_of_record(self._connection)
        upto = max(begin, min(end, begin + MOST_ENTRIES))
        tally = Tally()
        Replayer(draft).count(read_questions(self._connection, begin, upto), tally, since)
        return replay_of(tally, begin, upto, ended=upto >= end)

    def unused_grants(self, days: int) -> UnusedGrants:
        """Granted, and not asked for."""
        since = self._since(days)
        asked, upto, complete = asked_since(self._connection, since, MOST_ENTRIES)
        found = unused(self._in_force().situation, asked)
        return UnusedGrants(
            since=since[:10],  # type: ignore[arg-type]
            counted_to=upto,  # type: ignore[arg-type]
            complete=complete,
            grants=[
                UnusedGrant(
                    grant=one.grant.id,  # type: ignore[arg-type]
                    department=one.grant.department,
                    role=one.grant.role.value,
                    purposes=sorted(one.grant.purposes),
                    given=one.given,
                    fields=list(one.fields),
                )
                for one in found
            ],
        )

    def last_use(self, asked: tuple[str, str, str], field: str) -> LastUse:
        """Who asked for a field last."""
        asker = self._asker(asked, None)
        if field not in self._fields or not self._is_shown(field):
            raise bad_input("没有此字段，或不归您的部门", "there is no such field, or it is not of your department")
        wanted = Wanted(asker.department, asker.role.value, asker.purpose, field)
        found, complete = last_use(self._connection, wanted, MOST_ENTRIES)
        return LastUse(use=_use(found, field) if found else None, complete=complete)

    def self_checks(self, first: int) -> Sequence[SelfCheck]:
        """Reports of the self-check."""
        if not 1 <= first <= _MOST_CHECKS:
            raise bad_input(f"first 须为 1 到 {_MOST_CHECKS}", f"first is from 1 to {_MOST_CHECKS}")
        return [_check(kept) for kept in list_checks(self._connection, first)]

    def _in_force(self) -> Found:
        return now_in_force(self._connection, self._fields.values(), self._today, self._doing.occasion.now)

    def _draft(self, request: str) -> Draft:
        return draft_of(self._in_force().situation, self._changes(request))

    def _changes(self, request: str) -> list[Change]:
        try:
            return changes_of(self._connection, request)
        except NoRequestError:
            raise bad_input("没有此编号的申请", "there is no request of this number") from None

    def _asker(self, asked: tuple[str, str, str], day: date | None) -> Asker:
        department, role, purpose = asked
        if role not in set(Role):
            raise bad_input("没有此角色", "there is no such role")
        if purpose not in self._owners.purposes:
            raise bad_input("没有此用途", "there is no such purpose")
        known = self._doing.roster().departments if day is None else departments_at(self._connection, day)
        if department not in known and department not in {PUBLIC_DEPARTMENT, ANY_DEPARTMENT}:
            raise bad_input("没有此部门", "there is no such department")
        public = Role(role) is Role.PUBLIC
        return Asker(PUBLIC_DEPARTMENT if public else department, Role(role), purpose)

    def _since(self, days: int) -> str:
        """The beginning of the first of so many days, RFC 3339."""
        if not 1 <= days <= _MOST_DAYS:
            raise bad_input(f"days 须为 1 到 {_MOST_DAYS}", f"days is from 1 to {_MOST_DAYS}")
        return days_before(self._today, days)

    def _is_shown(self, field: str) -> bool:
        """True unless the caller is a steward of other records."""
        client = self._doing.access.caller.client
        if client.role is not Role.STEWARD:
            return True
        rule = self._fields.get(field)
        return rule is not None and client.department in self._owners.of(rule)

    def _simulated(self, cell: Cell) -> SimulatedField:
        rule = self._fields.get(cell.field)
        return SimulatedField(
            field=cell.field,
            label=rule.zh if rule else None,
            label_en=rule.en if rule else None,
            state=SimulatedState[cell.state.name],
            grants=list(cell.grants),  # type: ignore[arg-type]
            denied_by=list(cell.denied_by),  # type: ignore[arg-type]
            lacking=list(cell.lacking),
            rows=list(cell.rows),
            last_day=cell.last_day.isoformat() if cell.last_day else None,  # type: ignore[arg-type]
            expiring=cell.expiring,
        )

    def _difference(self, one: Difference) -> GrantDifference:
        asker = one.asker
        shown = replace(one, shifts={name: found for name, found in one.shifts.items() if self._is_shown(name)})
        people = people_of(self._connection, asker.department, asker.role, asker.purpose)
        clients = _clients(self._doing, asker)
        words = Words(self._owners, self._doing.roster().departments)
        return GrantDifference(
            department=asker.department,
            role=asker.role.value,
            purpose=asker.purpose,
            since=one.since.isoformat(),  # type: ignore[arg-type]
            until=one.until.isoformat() if one.until else None,  # type: ignore[arg-type]
            fields=[self._shifted(name, [FieldShift[s.name] for s in found]) for name, found in shown.shifts.items()],
            people=people,
            clients=clients,
            text=difference_zh(shown, words, people, clients),
            text_en=difference_en(shown, words, people, clients),
        )

    def _shifted(self, name: str, shifts: list[FieldShift]) -> ShiftedField:
        rule = self._fields.get(name)
        return ShiftedField(
            field=name, label=rule.zh if rule else None, label_en=rule.en if rule else None, shifts=shifts
        )


def _owners(doing: Doing) -> Owners:
    if doing.rules.owners is None:
        raise RuntimeError("who owns what is not known here")
    return doing.rules.owners


def _clients(doing: Doing, asker: Asker) -> int:
    """Clients of a department and role that may use the purpose."""
    found = [one for one in doing.roster().callers.values() if one.role is asker.role and asker.purpose in one.purposes]
    return sum(asker.department in (ANY_DEPARTMENT, one.department) for one in found)


def replay_of(tally: Tally, since: int, until: int, *, ended: bool) -> Replay:
    """What was counted of the entries from one position up to another, by client and purpose too."""
    return Replay(
        since=since,  # type: ignore[arg-type]
        until=until,  # type: ignore[arg-type]
        stopped_at=None if ended else until,  # type: ignore[arg-type]
        questions=sum(tally.total(outcome) for outcome in Outcome),
        less=tally.total(Outcome.LESS),
        perhaps=tally.total(Outcome.PERHAPS),
        more=tally.total(Outcome.MORE),
        same=tally.total(Outcome.SAME),
        clients=[_replayed(group, tally) for group in sorted(tally.outcomes)],
    )


def _replayed(group: Group, tally: Tally) -> ReplayedClient:
    client, department, role, purpose = group
    counted, moved = tally.outcomes[group], tally.fields.get(group, Counter())
    return ReplayedClient(
        client=client or None,
        department=department,
        role=role,
        purpose=purpose,
        less=counted[Outcome.LESS],
        perhaps=counted[Outcome.PERHAPS],
        more=counted[Outcome.MORE],
        same=counted[Outcome.SAME],
        fields=[
            ReplayedField(field=name, shift=FieldShift[shift.name], questions=count)
            for (name, shift), count in sorted(moved.items())
        ],
    )


def _use(found: Question, field: str) -> RecordedUse:
    return RecordedUse(
        at=found.at,  # type: ignore[arg-type]
        department=found.department,
        client=found.client or None,
        held=field in found.held,
        position=found.position,  # type: ignore[arg-type]
    )


def _check(kept: Kept) -> SelfCheck:
    return SelfCheck(
        number=kept.number,
        night=kept.day or None,  # type: ignore[arg-type]
        made_at=rfc3339_of(kept.made_at),  # type: ignore[arg-type]
        askers=kept.askers,
        cells=kept.cells,
        explained=kept.explained,
        faults=kept.count,
        found=[
            SelfCheckFault(
                kind=CheckFault[one.kind.name],
                subject=one.subject,
                field=one.field or None,
                right=one.right,
                found=one.found,
            )
            for one in kept.faults
        ],
        text=report_text(kept),
    )
