"""Who is who, as acts: keys are linked by their departments; entities are joined and parted by two people, and undone so.

What an effect is stands in hub/identity; here are the caller, what is read of their words, the record and the notices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hub.acts.asking import actor_of
from hub.acts.doing import Doing, Facts, UnknownError, bad_input, line_of
from hub.acts.identities_shown import MAX_KEY, Identities, is_registrar, known_number, sees_keys_of
from hub.acts.identity_told import tell_of_review, tell_of_succession
from hub.acts.reaching import reach_of
from hub.errors import HubError
from hub.events import Event
from hub.exchange.exchange import Actor
from hub.identity.anchors import Anchor, digest_of
from hub.identity.comparing import compare
from hub.identity.crosswalk import Link, Method
from hub.identity.reviews import Pair, Review
from hub.identity.successions import Became, Hand, Move, Succession
from schema.identity_enums import ReviewState, SuccessionKind, SuccessionState
from schema.identity_types import (
    EntityInput,
    KeyMoveInput,
    LinkOutcome,
    PairInput,
    ReviewOutcome,
    SideInput,
    SuccessionInput,
    SuccessionOutcome,
)

MAX_TEXT = 500
_MOST_ENTITIES, _MOST_MOVES, _MOST_REASONS = 10, 200, 20
_SIDE = {
    "name": "name",
    "uscc": "uscc",
    "reg_no15": "regNo15",
    "org_code": "orgCode",
    "address": "address",
    "division_code": "divisionCode",
    "licence_no": "licenceNo",
    "status": "status",
}
_OF_ONE = (SuccessionKind.RENAMED, SuccessionKind.MOVED)


@dataclass(frozen=True, slots=True)
class Identifying:
    """The `IdentityDeeds` of the schema."""

    doing: Doing
    facts: Facts

    def link(self, key: str, entity: EntityInput, evidence: str, confidence: float) -> LinkOutcome:
        """Let a key of one's own department stand for an entity; one that stands for another goes to a review."""
        found, actor = Identities(self.doing), actor_of(self.doing)
        anchor, name = found.anchor(entity), line_of(key, MAX_KEY, "key")
        self._check_current(found, (anchor,))
        self._check_registered(anchor)
        why, sure = line_of(evidence, MAX_TEXT, "evidence"), _thousandths(confidence, "confidence")
        known = found.crosswalk.of(actor.department, name)
        if known is not None and found.redirects.current(known.anchor) != anchor:
            raise HubError("KEY_LINKED")
        if known is None:
            now, method = self.doing.occasion.now, Method.CODE if sure == 1000 else Method.MATCHED
            known = Link(actor.department, name, anchor, method, sure, why, actor.person, now)
            found.crosswalk.put(known)
            outcome = "GRANTED"
        else:
            outcome = "ALREADY"
        told = {"key": self.doing.vault.short("local key", f"{actor.department}\n{name}")}
        position = self.doing.record("KEY_LINKED", outcome, self._subject(anchor), told)
        shown = found.link(known, actor)
        return LinkOutcome(changed=outcome == "GRANTED", link=shown, position=position)  # type: ignore[arg-type]

    def propose(self, succession: SuccessionInput) -> SuccessionOutcome:
        """Say what became of entities; nothing takes effect."""
        found, actor = self._registrar()
        became = self._read(found, succession)
        self._check_effect(found, became)
        number = found.successions.propose(became, _hand(actor))
        return self._done(found, "SUCCESSION_PROPOSED", "WAITING", number, Event.SUCCESSION_PROPOSED)

    def confirm(self, number: str) -> SuccessionOutcome:
        """Confirm what another person proposed."""
        found, actor = self._registrar()
        one = self._known(found, number, SuccessionState.PROPOSED)
        if one.proposed.counts_as & actor.counts_as:
            raise HubError("SECOND_PERSON_REQUIRED")
        self._check_effect(found, one.became)
        return self._take_effect(found, one, actor)

    def refuse(self, number: str) -> SuccessionOutcome:
        """Refuse what was proposed, or that it be undone; whoever proposed or asked takes it back so."""
        found, actor = self._registrar()
        one = self._known(found, number, SuccessionState.PROPOSED, SuccessionState.UNDOING)
        if one.state is SuccessionState.UNDOING:
            found.successions.keep(one)
            return self._done(found, "SUCCESSION_UNDO_WITHDRAWN", "KEPT", number, Event.SUCCESSION_CONFIRMED)
        found.successions.refuse(one, actor.person)
        return self._done(found, "SUCCESSION_REFUSED", "REFUSED", one.number, Event.SUCCESSION_REFUSED)

    def undo(self, number: str, reason: str) -> SuccessionOutcome:
        """Ask that a succession be undone, or agree with whoever asked."""
        found, actor = self._registrar()
        one = self._known(found, number, SuccessionState.CONFIRMED, SuccessionState.UNDOING)
        why = line_of(reason, MAX_TEXT, "reason")
        later = found.successions.built_on(one)
        if later is not None:
            raise HubError("SUCCESSION_BUILT_ON", later=later)
        if one.state is SuccessionState.CONFIRMED:
            found.successions.ask_to_undo(one, _hand(actor), why)
            return self._done(found, "SUCCESSION_UNDO_ASKED", "WAITING", one.number, Event.SUCCESSION_UNDO_ASKED)
        if one.undo is not None and one.undo.counts_as & actor.counts_as:
            raise HubError("SECOND_PERSON_REQUIRED")
        reach = reach_of(self.doing, one.became)
        found.successions.undo(one, actor.person)
        found.reviews.reopen(one.number)
        told = {"number": one.number, "kind": one.became.kind.name, **reach.told()}
        position = self.doing.record("SUCCESSION_UNDONE", "GRANTED", one.number, told)
        tell_of_succession(self.doing, Event.SUCCESSION_UNDONE, self._again(found, one.number))
        return self._outcome(found, one.number, position)

    def queue(self, pair: PairInput) -> ReviewOutcome:
        """Queue a pair, unless it was queued before."""
        found, actor = Identities(self.doing), actor_of(self.doing)
        whose = line_of(pair.department, 32, "department") if pair.department else actor.department
        if not sees_keys_of(actor, whose):
            raise HubError("REGISTRAR_REQUIRED")
        if len(pair.reasons) > _MOST_REASONS:
            raise bad_input(f"reasons 至多 {_MOST_REASONS} 条", f"reasons takes {_MOST_REASONS} at most")
        entity, own = found.anchor(pair.entity), found.anchor(pair.own) if pair.own is not None else None
        self._check_current(found, (entity, *((own,) if own is not None else ())))
        left, right = _side(pair.left, "left"), _side(pair.right, "right")
        if own == entity:
            raise bad_input("own 与 entity 相同", "own is the entity itself")
        read = Pair(
            cause=pair.cause,
            department=whose,
            key=line_of(pair.key, MAX_KEY, "key"),
            entity=entity,
            left=left,
            right=right,
            probability=_thousandths(pair.probability, "probability"),
            reasons=[*((line_of(text, MAX_TEXT, "reasons"), "") for text in pair.reasons), *_reasons(left, right)],
            own=own,
        )
        known = found.reviews.of_pair(read)
        review = known or found.reviews.add(read, actor.person)
        outcome = "ALREADY" if known is not None else "GRANTED"
        return self._reviewed(found, actor, "REVIEW_QUEUED", outcome, review)

    def decide(self, number: str, note: str, *, same: bool) -> ReviewOutcome:
        """Say whether both sides are one; that they are, another person has to say as well."""
        found, actor = Identities(self.doing), actor_of(self.doing)
        one, registrar = self._waiting(found, actor, number), is_registrar(self.doing, actor)
        why = line_of(note, MAX_TEXT, "note")
        if same and one.pair.own is not None and not registrar:
            raise HubError("REGISTRAR_REQUIRED")
        if not same:
            decided = found.reviews.decide(one, ReviewState.DISTINCT, actor.person, why)
            return self._reviewed(found, actor, "REVIEW_DECIDED", "DISTINCT", decided)
        if one.proposed is None:
            proposed = found.reviews.propose(one, _hand(actor), why)
            return self._reviewed(found, actor, "REVIEW_DECIDED", "WAITING", proposed)
        if one.proposed.counts_as & actor.counts_as:
            raise HubError("SECOND_PERSON_REQUIRED")
        if not registrar:
            raise HubError("REGISTRAR_REQUIRED")
        return self._joined(found, actor, one, why)

    def defer(self, number: str, note: str) -> ReviewOutcome:
        """Say that one looked and could not tell: it waits on as it was, with a note for the next person."""
        found, actor = Identities(self.doing), actor_of(self.doing)
        one = self._waiting(found, actor, number)
        doubted = found.reviews.doubt(one, actor.person, line_of(note, MAX_TEXT, "note"))
        return self._reviewed(found, actor, "REVIEW_DECIDED", "UNSURE", doubted)

    def _waiting(self, found: Identities, actor: Actor, number: str) -> Review:
        """A review that waits for this caller among others."""
        one = found.reviews.of(known_number(number))
        if one is None or not (is_registrar(self.doing, actor) or one.pair.department == actor.department):
            raise HubError("REVIEW_NOT_FOUND")
        if one.state not in (ReviewState.OPEN, ReviewState.PROPOSED):
            raise _wrong("REVIEW_STATE", one.state)
        return one

    def _joined(self, found: Identities, actor: Actor, one: Review, why: str) -> ReviewOutcome:
        """Both people agree: a merge that both of them made, which can be undone like any other."""
        pair, proposed = one.pair, one.proposed
        if proposed is None:
            raise _wrong("REVIEW_STATE", one.state)
        became = Became(
            kind=SuccessionKind.MERGED,
            before=(pair.own,) if pair.own is not None else (),
            after=(pair.entity,),
            effective_on=date.fromisoformat(self.doing.occasion.at[:10]),
            reason=f"{one.number}: {why}",
            moves=(Move(pair.department, pair.key, pair.entity, f"{one.number}: {why}", pair.probability),),
        )
        self._check_effect(found, became)
        made = found.successions.propose(became, proposed)
        stored = found.successions.of(made)
        if stored is None:
            raise LookupError(made)
        self._take_effect(found, stored, actor)
        decided = found.reviews.decide(one, ReviewState.JOINED, actor.person, why, made)
        return self._reviewed(found, actor, "REVIEW_DECIDED", "JOINED", decided)

    def _take_effect(self, found: Identities, one: Succession, actor: Actor) -> SuccessionOutcome:
        reach = reach_of(self.doing, one.became)
        found.successions.take_effect(one, actor.person)
        told = {"number": one.number, "kind": one.became.kind.name, "proposed": self._digest(one.proposed.person)}
        position = self.doing.record("SUCCESSION_CONFIRMED", "GRANTED", one.number, told | reach.told())
        found.successions.confirm(one, actor.person, position)
        tell_of_succession(self.doing, Event.SUCCESSION_CONFIRMED, self._again(found, one.number))
        return self._outcome(found, one.number, position)

    def _done(self, found: Identities, act: str, outcome: str, number: str, event: Event) -> SuccessionOutcome:
        one = self._again(found, number)
        told = {"number": number, "kind": one.became.kind.name}
        position = self.doing.record(act, outcome, number, told)
        tell_of_succession(self.doing, event, one)
        return self._outcome(found, number, position)

    def _outcome(self, found: Identities, number: str, position: int) -> SuccessionOutcome:
        shown = found.succession(self._again(found, number), actor_of(self.doing))
        return SuccessionOutcome(succession=shown, position=position)  # type: ignore[arg-type]

    def _reviewed(self, found: Identities, actor: Actor, act: str, outcome: str, one: Review) -> ReviewOutcome:
        told = {"number": one.number, "cause": one.pair.cause.name}
        position = self.doing.record(act, outcome, one.number, told)
        if outcome in ("GRANTED", "WAITING"):
            tell_of_review(self.doing, one)
        queued = act == "REVIEW_QUEUED" and outcome == "GRANTED"
        return ReviewOutcome(queued=queued, review=found.review(one, actor), position=position)  # type: ignore[arg-type]

    def _registrar(self) -> tuple[Identities, Actor]:
        actor = actor_of(self.doing)
        if not is_registrar(self.doing, actor):
            raise HubError("REGISTRAR_REQUIRED")
        return Identities(self.doing), actor

    def _known(self, found: Identities, number: str, *states: SuccessionState) -> Succession:
        one = found.successions.of(known_number(number))
        if one is None:
            raise HubError("SUCCESSION_NOT_FOUND")
        if one.state not in states:
            raise _wrong("SUCCESSION_STATE", one.state)
        return one

    def _again(self, found: Identities, number: str) -> Succession:
        one = found.successions.of(number)
        if one is None:
            raise LookupError(number)
        return one

    def _read(self, found: Identities, given: SuccessionInput) -> Became:
        """What is said, as it is kept; HubError where it is not what its kind takes."""
        if max(len(given.before), len(given.after)) > _MOST_ENTITIES or len(given.moves) > _MOST_MOVES:
            most = f"{_MOST_ENTITIES}、{_MOST_MOVES}", f"{_MOST_ENTITIES} and {_MOST_MOVES}"
            raise bad_input(f"主体与 moves 分别至多 {most[0]} 个", f"entities and moves take {most[1]} at most")
        before = tuple(map(found.anchor, given.before))
        after = tuple(map(found.anchor, given.after)) or (before if given.kind in _OF_ONE else ())
        fault = _shape_fault(given, before, after)
        if fault is not None:
            raise bad_input(*fault)
        return Became(
            kind=given.kind,
            before=before,
            after=after,
            effective_on=date.fromisoformat(given.effective_on),
            reason=line_of(given.reason, MAX_TEXT, "reason"),
            was=line_of(given.was, MAX_TEXT, "was") if given.was else "",
            became=line_of(given.became, MAX_TEXT, "became") if given.became else "",
            moves=tuple(self._move(found, move, after) for move in given.moves),
        )

    def _move(self, found: Identities, given: KeyMoveInput, after: Sequence[Anchor]) -> Move:
        department, key = line_of(given.department, 32, "department"), line_of(given.key, MAX_KEY, "key")
        to = found.anchor(given.to)
        if to not in after or found.crosswalk.of(department, key) is None:
            raise bad_input(
                "moves 须为已对应的编号，改为 after 之一", "moves takes keys that are linked, to one of after"
            )
        return Move(department, key, to)

    def _check_effect(self, found: Identities, became: Became) -> None:
        """Nothing that has become another entity takes part, and what goes on stands in the register."""
        self._check_current(found, (*became.before, *became.after))
        for anchor in became.after:
            self._check_registered(anchor)

    def _check_current(self, found: Identities, anchors: Sequence[Anchor]) -> None:
        if any(found.redirects.next_of(anchor) is not None for anchor in anchors):
            raise HubError("ENTITY_SUCCEEDED")

    def _check_registered(self, anchor: Anchor) -> None:
        """HubError if the register does not know a code."""
        if anchor.field != "uscc":
            return
        if anchor.value not in self.facts.known:
            raise UnknownError(code=anchor.value)
        if not self.facts.known[anchor.value]:
            raise HubError("ENTITY_NOT_FOUND")

    def _subject(self, anchor: Anchor) -> str:
        if anchor.field == "uscc":
            return self.doing.entity(anchor.value)
        return digest_of(self.doing.vault, anchor)

    def _digest(self, person: str) -> str:
        return self.doing.vault.short("person", person)


def _shape_fault(given: SuccessionInput, before: Sequence[Anchor], after: Sequence[Anchor]) -> tuple[str, str] | None:
    """What is wrong with the entities of a kind."""
    if not before:
        return "before 须至少有一个", "before takes one at least"
    if len(set(before)) < len(before) or len(set(after)) < len(after):
        return "主体不得重复", "an entity stands twice"
    if given.moves and given.kind is not SuccessionKind.SPLIT:
        return "moves 仅用于拆分", "moves is for a split"
    match given.kind:
        case SuccessionKind.SPLIT:
            fits = len(before) == 1 and len(after) >= 2
        case SuccessionKind.MERGED | SuccessionKind.RECODED:
            # Several before one that was re-coded are the numbers by which it was asked for.
            fits = len(after) == 1 and not set(before) & set(after)
        case _:
            fits = len(before) == 1 and tuple(before) == tuple(after) and bool(given.was) and bool(given.became)
    if fits:
        return None
    return (
        "主体数与方式不符：合并、换码为多到一，拆分为一到多；更名、迁移须填 was 与 became",
        "not the entities of its kind: merged and re-coded n:1, split 1:n; renamed and moved take was and became",
    )


def _side(given: SideInput, name: str) -> dict[str, str]:
    found = {field: getattr(given, argument) for argument, field in _SIDE.items()}
    read = {field: line_of(text, MAX_TEXT, name) for field, text in found.items() if text}
    if not read:
        raise bad_input(f"{name} 须至少有一项", f"{name} takes one value at least")
    return read


def _reasons(left: Mapping[str, str], right: Mapping[str, str]) -> list[tuple[str, str]]:
    """What matching says of the two, where both have a name."""
    if not left.get("name") or not right.get("name"):
        return []
    sides = [(side["name"], side.get("address", "")) for side in (left, right)]
    return [(one.zh, one.en) for one in compare(sides[0], sides[1]).reasons]


def _thousandths(share: float, name: str) -> int:
    if not 0 <= share <= 1:
        raise bad_input(f"{name} 须在 0 与 1 之间", f"{name} lies between 0 and 1")
    return round(share * 1000)


def _hand(actor: Actor) -> Hand:
    return Hand(actor.person, actor.counts_as)


def _wrong(code: str, state: SuccessionState | ReviewState) -> HubError:
    """The refusal of what can't be done with something as it is."""
    return HubError(code, state=state.zh, state_en=state.en)
