"""The self-check: every field × role × purpose × department, by rules of its own, against what is approved and what runs.

Three things must agree: the grants that were approved, those that lie in the store, and the policies that this worker
answers by. Where they do not, and no period, freeze or emergency explains it, that is a fault. Pure: reads nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from auth.access import FieldView, Policy
from auth.admission import Remembered
from auth.classes import Sensitivity
from auth.grants import Grant
from auth.roles import Role
from hub.exchange.matrix import Asker
from hub.exchange.reference import HIDDEN, Inquiry, Verdict, judged, verdict_of
from hub.settings_grants import written

MOST = 200
"""Faults that a report names; it counts all."""


class FaultKind(StrEnum):
    """What does not agree with what."""

    GRANT_ALTERED = "GRANT_ALTERED"
    GRANT_ADDED = "GRANT_ADDED"
    GRANT_LOST = "GRANT_LOST"
    GRANT_UNREADABLE = "GRANT_UNREADABLE"
    MEMORY_STALE = "MEMORY_STALE"
    POLICY_WRONG = "POLICY_WRONG"
    PRIVACY = "PRIVACY"
    TABLE_BROKEN = "TABLE_BROKEN"
    TABLE_DIFFERS = "TABLE_DIFFERS"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: a grant, or department, role and purpose; the field; what would be right, and what was found."""

    kind: FaultKind
    subject: str
    field: str = ""
    right: str = ""
    found: str = ""


@dataclass(slots=True)
class Report:
    """What was compared and what differed: `explained` counts cells that are otherwise than when they were approved."""

    day: date
    askers: int = 0
    cells: int = 0
    explained: int = 0
    count: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Count a fault, and keep the first ones."""
        self.count += 1
        if len(self.faults) < MOST:
            self.faults.append(fault)


@dataclass(frozen=True, slots=True)
class Approval:
    """The approved grants and the day on which they were; `broken` if the table cannot be opened."""

    grants: Mapping[str, Grant]
    day: date
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """What this worker answers by: the grants it honours, the policies it keeps, and how it makes the others."""

    grants: Sequence[Grant]
    remembered: Sequence[Remembered]
    policy: Callable[[Asker, date], Policy]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that is compared. `unreadable` are ids of stored grants that this version cannot read, `frozen`
    of grants that are frozen, `cold` are frozen fields and scopes, `waiting` purposes for which nothing may be
    asked until consents exist.
    """

    fields: Mapping[str, FieldView]
    askers: Sequence[Asker]
    day: date
    approval: Approval
    stored: Mapping[str, Grant]
    unreadable: Sequence[str]
    frozen: frozenset[str]
    cold: frozenset[str]
    waiting: frozenset[str]
    memory: Memory

    def right(self, grants: Sequence[Grant], inquiry: Inquiry) -> dict[str, Verdict]:
        """What is right for every field under these grants."""
        if inquiry.purpose in self.waiting:
            return dict.fromkeys(self.fields, Verdict(code=HIDDEN))
        return judged(grants, self.fields, inquiry)


def self_check(evidence: Evidence) -> Report:
    """The report. Takes a thread for a while: some milliseconds for each department, role and purpose."""
    report = Report(evidence.day)
    for fault in (*_of_grants(evidence), *_of_memory(evidence), *_of_remembered(evidence)):
        report.add(fault)
    bench = _Bench(evidence)
    for asker in evidence.askers:
        right = bench.stored(asker)
        report.askers += 1
        report.cells += len(right)
        policy = evidence.memory.policy(asker, evidence.day)
        for fault in (*_of_policy(policy, right, _called(asker)), *_of_privacy(evidence, asker, right)):
            report.add(fault)
        if not evidence.approval.broken:
            _compare_table(report, bench, asker, right)
    return report


class _Bench:
    """The three tables that are compared, worked out once where they follow from the same grants on the same day."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        approval = evidence.approval
        self._stored = _thawed(evidence.stored.values(), evidence.frozen)
        self._approved = _thawed(approval.grants.values(), evidence.frozen)
        self._then = list(approval.grants.values())
        self._is_as_approved = evidence.stored == approval.grants
        is_warm = not evidence.cold and len(self._then) == len(self._approved)
        self._is_unchanged = is_warm and approval.day == evidence.day

    def stored(self, asker: Asker) -> dict[str, Verdict]:
        """What the stored grants give today."""
        return self._judged(self._stored, asker, self._evidence.day)

    def approved(self, asker: Asker, right: dict[str, Verdict]) -> dict[str, Verdict]:
        """What the approved grants give today; `right` is what the stored ones do."""
        return right if self._is_as_approved else self._judged(self._approved, asker, self._evidence.day)

    def then(self, asker: Asker, today: dict[str, Verdict]) -> dict[str, Verdict]:
        """What they gave when they were approved; `today` is what they give now."""
        if self._is_unchanged:
            return today
        return self._judged(self._then, asker, self._evidence.approval.day, frozenset())

    def _judged(
        self, grants: Sequence[Grant], asker: Asker, day: date, cold: frozenset[str] | None = None
    ) -> dict[str, Verdict]:
        frozen = self._evidence.cold if cold is None else cold
        inquiry = Inquiry(asker.department, asker.role, asker.purpose, day, cold=frozen)
        return self._evidence.right(grants, inquiry)


def _compare_table(report: Report, bench: _Bench, asker: Asker, right: dict[str, Verdict]) -> None:
    """What the approved grants give today against what the stored ones do; what changed since is explained, and counted."""
    today = bench.approved(asker, right)
    then = bench.then(asker, today)
    for name, verdict in today.items():
        report.explained += verdict != then[name]
        if verdict != right[name]:
            report.add(Fault(FaultKind.TABLE_DIFFERS, _called(asker), name, str(verdict), str(right[name])))


def _of_grants(evidence: Evidence) -> Iterator[Fault]:
    """The store against what was approved, grant by grant."""
    yield from (Fault(FaultKind.GRANT_UNREADABLE, name) for name in evidence.unreadable)
    if evidence.approval.broken:
        yield Fault(FaultKind.TABLE_BROKEN, "policy_tables")
        return
    known, stored = evidence.approval.grants, evidence.stored
    for name in sorted(known.keys() | stored.keys()):
        if name not in stored:
            if name not in evidence.unreadable:
                yield Fault(FaultKind.GRANT_LOST, name)
        elif name not in known:
            yield Fault(FaultKind.GRANT_ADDED, name)
        elif known[name] != stored[name]:
            yield Fault(FaultKind.GRANT_ALTERED, name, found=", ".join(_altered(known[name], stored[name])))


def _of_memory(evidence: Evidence) -> Iterator[Fault]:
    """What this worker honours against the store."""
    right = {grant.id: grant for grant in _thawed(evidence.stored.values(), evidence.frozen)}
    found = {grant.id: grant for grant in evidence.memory.grants}
    for name in sorted(right.keys() | found.keys()):
        if right.get(name) != found.get(name):
            said = ["absent" if one.get(name) is None else "present" for one in (right, found)]
            yield Fault(FaultKind.MEMORY_STALE, name, right=said[0], found=said[1] if said[0] != said[1] else "altered")


def _of_remembered(evidence: Evidence) -> Iterator[Fault]:
    """The policies that questions of today are answered by, those of narrowed tokens and of emergencies included."""
    honoured, askers = _thawed(evidence.stored.values(), evidence.frozen), set(evidence.askers)
    for kept in evidence.memory.remembered:
        asker = Asker(kept.department, kept.role, kept.purpose)
        plain = kept.scopes is None and not kept.own and not kept.spent and asker in askers
        # What is plain is compared with all the others.
        if not plain and kept.day == evidence.day:
            yield from _of_kept(evidence, kept, honoured)


def _of_kept(evidence: Evidence, kept: Remembered, honoured: Sequence[Grant]) -> Iterator[Fault]:
    mine = [grant for grant in honoured if grant.person is None or grant.id in kept.own]
    left = [grant for grant in mine if grant.id not in kept.spent]
    person = next((grant.person for grant in mine if grant.person is not None), None)
    scopes = None if kept.scopes is None else frozenset(map(str, kept.scopes))
    inquiry = Inquiry(kept.department, kept.role, kept.purpose, kept.day, scopes, person, evidence.cold)
    right = evidence.right(left, inquiry)
    if kept.spent:
        # Why a field is not held is another matter where a quota is used up.
        right = {name: verdict for name, verdict in right.items() if verdict.ways or name in kept.policy.held}
    subject = _called(Asker(kept.department, kept.role, kept.purpose))
    yield from _of_policy(kept.policy, right, f"{subject} (in memory)")


def _of_policy(policy: Policy, right: Mapping[str, Verdict], subject: str) -> Iterator[Fault]:
    for name, verdict in right.items():
        found = verdict_of(policy, name)
        if found != verdict:
            yield Fault(FaultKind.POLICY_WRONG, subject, name, str(verdict), str(found))
    for name in policy.held.keys() - right.keys():
        yield Fault(FaultKind.POLICY_WRONG, subject, name, "no such field", str(verdict_of(policy, name)))


def _of_privacy(evidence: Evidence, asker: Asker, right: Mapping[str, Verdict]) -> Iterator[Fault]:
    """Nothing personal in clear for the public."""
    if asker.role is not Role.PUBLIC:
        return
    for name, verdict in right.items():
        if evidence.fields[name].sensitivity >= Sensitivity.PERSONAL and verdict.in_clear:
            yield Fault(FaultKind.PRIVACY, _called(asker), name, "masked or nothing", str(verdict))


def _thawed(grants: Iterable[Grant], frozen: frozenset[str]) -> list[Grant]:
    return [grant for grant in grants if grant.id not in frozen]


def _altered(known: Grant, stored: Grant) -> list[str]:
    """Names of what is different."""
    before, now = written(known), written(stored)
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def _called(asker: Asker) -> str:
    return f"{asker.department or '-'}/{asker.role}/{asker.purpose}"
