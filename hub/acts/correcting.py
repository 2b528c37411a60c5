"""Corrections as acts: who says that a value is wrong, who answers for it, and what is shown of one to whom."""

from collections.abc import Sequence
from dataclasses import dataclass

import strawberry
from sqlalchemy import ColumnElement, or_, select

from auth.classes import Sensitivity
from auth.roles import Role, station
from hub.acts.asking import actor_of
from hub.acts.doing import Doing, bad_input, line_of
from hub.acts.identities_shown import Identities, known_number
from hub.clock import day_of, rfc3339_of
from hub.errors import HubError
from hub.exchange.calendar_days import load_days
from hub.exchange.correction_told import tell_of_answer, tell_of_opened
from hub.exchange.corrections import Correction as Stored
from hub.exchange.corrections import Corrections, Doubt, Value
from hub.exchange.exchange import Actor
from hub.identity.anchors import Anchor
from hub.plan.model import SUBJECT
from hub.store.correction_tables import corrections
from schema.catalogue import FieldRule
from schema.correcting import Correction, CorrectionInput, CorrectionOutcome, SourceValue
from schema.identity_enums import CorrectionState, CorrectionView

MAX_TEXT = 500
MOST_OPEN = 50
"""Corrections of one person that wait at a time: owners have to look into each."""
_MAX_PAGE = 100
_ANSWERS = frozenset({CorrectionState.CORRECTED, CorrectionState.CONFIRMED, CorrectionState.REFERRED})


@dataclass(frozen=True, slots=True)
class Correcting:
    """The `CorrectionDeeds` of the schema."""

    doing: Doing

    def raise_(self, given: CorrectionInput) -> CorrectionOutcome:
        """Say that a field of an entity is not what it should be; its owner has to answer within working days."""
        doing, store, actor = self.doing, corrections_of(self.doing), actor_of(self.doing)
        identities = Identities(doing)
        said = identities.anchor(given.entity)
        anchor = identities.redirects.current(said)
        if actor.role is Role.MERCHANT and anchor not in (own := entities_of(doing, actor)):
            # Whoever acts for what was merged into somebody else's keeps their own side, and no more.
            if said not in own:
                raise HubError("ENTITY_NOT_FOUND")
            anchor = said
        rule = self._rule(given.field)
        doubt = Doubt(
            anchor,
            rule.coordinate,
            self._owner(rule, given.owner),
            stated=line_of(given.stated, MAX_TEXT, "stated"),
            evidence=line_of(given.evidence, MAX_TEXT, "evidence"),
        )
        mine = [one for one in store.about(doubt) if one.raised_by == actor.person]
        waiting = next((one for one in mine if one.state is CorrectionState.OPEN), None)
        if waiting is not None:
            raise HubError("CORRECTION_OPEN", number=waiting.number)
        if store.open_of(actor.person) >= MOST_OPEN:
            raise bad_input(f"您在办的校核已达 {MOST_OPEN} 项", f"{MOST_OPEN} corrections of yours wait already")
        due = load_days(doing.connection).add_working_days(day_of(doing.occasion.now), doing.rules.correction_days)
        made = store.open(doubt, due, actor.person, actor.department, actor.counts_as)
        told = {"number": made.number, "field": doubt.field, "owner": doubt.owner}
        position = doing.record("CORRECTION_OPENED", "GRANTED", made.number, told)
        tell_of_opened(doing.connection, doing.vault, made, doing.occasion.now)
        return self._outcome(made.number, position)

    def answer(self, number: str, outcome: CorrectionState, note: str) -> CorrectionOutcome:
        """Answer for the department that owns the field: corrected, right as it is, or somebody else's."""
        store, actor = corrections_of(self.doing), actor_of(self.doing)
        one = store.of(known_number(number))
        if one is None or one.doubt.owner != actor.department:
            raise HubError("CORRECTION_NOT_FOUND")
        if outcome not in _ANSWERS:
            raise bad_input(
                "outcome 须为 CORRECTED、CONFIRMED 或 REFERRED", "outcome takes CORRECTED, CONFIRMED or REFERRED"
            )
        _check_open(one)
        if one.is_of(actor.counts_as):
            raise HubError("SECOND_PERSON_REQUIRED")
        store.end(one, outcome, actor.person, line_of(note, MAX_TEXT, "note"))
        told = {"number": one.number, "owner": one.doubt.owner}
        position = self.doing.record("CORRECTION_ANSWERED", outcome.name, one.number, told)
        tell_of_answer(self.doing.connection, self.doing.vault, one, outcome, self.doing.occasion.now)
        return self._outcome(one.number, position)

    def withdraw(self, number: str) -> CorrectionOutcome:
        """Take back a correction of one's own that waits."""
        store, actor = corrections_of(self.doing), actor_of(self.doing)
        one = store.of(known_number(number))
        if one is None or not one.is_of(actor.counts_as):
            raise HubError("CORRECTION_NOT_FOUND")
        _check_open(one)
        store.end(one, CorrectionState.WITHDRAWN, actor.person)
        position = self.doing.record("CORRECTION_WITHDRAWN", "GRANTED", one.number, {"number": one.number})
        return self._outcome(one.number, position)

    def _rule(self, field: str) -> FieldRule:
        """The field that is meant; one above the station of whoever asks is answered like one that is not there."""
        rule = self.doing.rules.known.catalogue.fields.get(line_of(field, MAX_TEXT, "field"))
        if rule is None or rule.sensitivity > station(self.doing.access.caller.client.role):
            raise bad_input("没有这个字段", "there is no such field")
        return rule

    def _owner(self, rule: FieldRule, owner: str | None) -> str:
        owners = self.doing.rules.known.of(rule)
        if not owners:
            raise bad_input("尚无部门提供该字段", "no department delivers this field")
        if owner is None and len(owners) == 1:
            return owners[0]
        if owner not in owners:
            listed = "、".join(owners)
            raise bad_input(f"owner 须为 {listed} 之一", f"owner takes one of {', '.join(owners)}")
        return owner

    def _outcome(self, number: str, position: int) -> CorrectionOutcome:
        one = corrections_of(self.doing).of(number)
        if one is None:
            raise LookupError(number)
        found = shown(self.doing, one, actor_of(self.doing))
        return CorrectionOutcome(correction=found, position=position)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class CorrectionLook:
    """The `CorrectionDesk` of the schema."""

    doing: Doing

    def corrections(
        self, state: CorrectionState | None, view: CorrectionView, first: int, after: str | None
    ) -> Sequence[Correction]:
        """Corrections that the caller may see: the newest first, those to be answered by their last day."""
        if not 1 <= first <= _MAX_PAGE:
            raise bad_input(f"first 须为 1–{_MAX_PAGE}", f"first takes 1 to {_MAX_PAGE}")
        store, actor, table = corrections_of(self.doing), actor_of(self.doing), corrections.c
        query = select(corrections).where(visible(self.doing, actor))
        if state is not None:
            query = query.where(table.state == state.name)
        if view is CorrectionView.RAISED:
            query = query.where(table.raised_by.in_(actor.counts_as))
        last = store.of(known_number(after)) if after is not None else None
        if after is not None and last is None:
            raise HubError("CORRECTION_NOT_FOUND")
        if view is CorrectionView.TO_ANSWER:
            query = query.where(table.owner == actor.department, table.state == CorrectionState.OPEN.name)
            if last is not None:
                due = last.due_on.isoformat()
                query = query.where((table.due_on > due) | ((table.due_on == due) & (table.number > last.number)))
            query = query.order_by(table.due_on, table.number)
        else:
            if last is not None:
                same = (table.raised_at == last.raised_at) & (table.number < last.number)
                query = query.where((table.raised_at < last.raised_at) | same)
            query = query.order_by(table.raised_at.desc(), table.number.desc())
        return [shown(self.doing, one, actor) for one in store.read(query.limit(first))]

    def correction(self, number: str) -> Correction | None:
        """The correction of this number, if the caller may see it."""
        actor = actor_of(self.doing)
        query = select(corrections).where(visible(self.doing, actor), corrections.c.number == known_number(number))
        return next((shown(self.doing, one, actor) for one in corrections_of(self.doing).read(query)), None)


def corrections_of(doing: Doing) -> Corrections:
    """The corrections of this transaction."""
    return Corrections(doing.connection, doing.vault, doing.occasion.now)


def entities_of(doing: Doing, actor: Actor) -> frozenset[Anchor]:
    """Entities for which somebody acts."""
    return frozenset(Anchor(SUBJECT, code) for code in doing.mandates.acted_for(actor.person))


def visible(doing: Doing, actor: Actor) -> ColumnElement[bool]:
    """Which corrections somebody sees: their own, their department's to answer, their entities'; some offices, all."""
    table, mine = corrections.c, corrections.c.raised_by.in_(actor.counts_as)
    if actor.role in (Role.CREDIT_OFFICE, Role.AUDIT):
        return table.number.is_not(None)
    if actor.role is Role.STEWARD:
        return or_(mine, table.owner == actor.department)
    if actor.role is Role.MERCHANT:
        store = corrections_of(doing)
        return or_(mine, table.entity.in_([store.digest(anchor) for anchor in entities_of(doing, actor)]))
    return mine


def shown(doing: Doing, one: Stored, actor: Actor) -> Correction:
    """A correction as somebody sees it: audit sees that it was, not what it says."""
    days, doubt, instant = load_days(doing.connection), one.doubt, one.answered_at
    rule = doing.rules.known.catalogue.fields.get(doubt.field)
    waits, reads = one.state is CorrectionState.OPEN, actor.role is not Role.AUDIT
    sees = _Sees(actor, one, rule)
    left = days.working_days_between(day_of(doing.occasion.now), one.due_on) if waits else None
    return Correction(
        number=strawberry.ID(one.number),
        state=one.state,
        entity=Identities(doing).mark(doubt.entity),
        field=doubt.field,
        label=rule.zh if rule is not None else doubt.field,
        owner=doubt.owner,
        values=[_value(value, sees) for value in doubt.values],
        stated=(doubt.stated or None) if reads else None,
        evidence=(doubt.evidence or None) if reads and not sees.is_merchants else None,
        raised_by=strawberry.ID(one.raised_by) if one.raised_by else None,
        raised_at=rfc3339_of(one.raised_at),  # type: ignore[arg-type]
        due_on=one.due_on.isoformat(),  # type: ignore[arg-type]
        working_days_left=left,
        answered_by=strawberry.ID(one.answered_by) if one.answered_by else None,
        answered_at=rfc3339_of(instant) if instant is not None else None,  # type: ignore[arg-type]
        answer=one.answer if reads else None,
    )


@dataclass(frozen=True, slots=True)
class _Sees:
    """What somebody may read of what sources say: what is public, and what is their own department's."""

    actor: Actor
    one: Stored
    rule: FieldRule | None

    @property
    def is_merchants(self) -> bool:
        """True if a merchant sees what somebody else raised about their entity."""
        return self.actor.role is Role.MERCHANT and self.one.raised_by not in self.actor.counts_as

    def value_of(self, department: str) -> bool:
        """True for a value of this department."""
        public = self.rule is not None and self.rule.sensitivity is Sensitivity.PUBLIC
        own = self.actor.role is Role.STEWARD and department == self.actor.department
        return own or (public and self.actor.role is not Role.AUDIT)


def _value(value: Value, sees: _Sees) -> SourceValue:
    told = value.value if sees.value_of(value.department) else None
    return SourceValue(source=value.source, department=value.department, value=told, as_of=value.as_of)  # type: ignore[arg-type]


def _check_open(one: Stored) -> None:
    if one.state is not CorrectionState.OPEN:
        raise HubError("CORRECTION_STATE", state=one.state.zh, state_en=one.state.en)
