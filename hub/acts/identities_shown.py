"""Identities as callers read them: links, successions and reviews; and which entity an argument means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, Select, or_, select

from auth.roles import Role
from hub.acts.asking import actor_of
from hub.acts.doing import Doing, bad_input, line_of
from hub.clock import rfc3339_of
from hub.errors import HubError
from hub.exchange.exchange import Actor
from hub.identity.anchors import Anchor, read_anchor
from hub.identity.crosswalk import Crosswalk, Link, Step
from hub.identity.differing import Difference, compare
from hub.identity.redirects import StoredRedirects
from hub.identity.reviews import Doubted, Review, Reviews
from hub.identity.successions import Succession as Stored
from hub.identity.successions import Successions
from hub.plan.bind import MAX_ID_CHARS
from hub.plan.model import ENTITY
from hub.store.crosswalk_tables import identity_reviews, successions
from hub.store.tables import issued_ids
from schema.identity import ReviewsWanted
from schema.identity_enums import LinkMethod, ReviewOrder, ReviewState, SuccessionState
from schema.identity_types import (
    EntityInput,
    IdentityMark,
    IdentityReview,
    KeyLink,
    KeyStep,
    ReviewDoubt,
    SideDifference,
    Succession,
)

MOST_LINKS, MAX_KEY = 200, 128
_MAX_PAGE = 100


@dataclass(frozen=True, slots=True)
class Identities:
    """Identities in one transaction, as one caller deals with them."""

    doing: Doing

    @property
    def successions(self) -> Successions:
        """Successions of this transaction."""
        return Successions(self.doing.connection, self.doing.vault, self.doing.occasion.now)

    @property
    def reviews(self) -> Reviews:
        """Reviews of this transaction."""
        return Reviews(self.doing.connection, self.doing.vault, self.doing.occasion.now)

    @property
    def crosswalk(self) -> Crosswalk:
        """Keys of this transaction."""
        return Crosswalk(self.doing.connection, self.doing.vault)

    @property
    def redirects(self) -> StoredRedirects:
        """Redirects of this transaction."""
        return StoredRedirects(self.doing.connection, self.doing.vault)

    def anchor(self, given: EntityInput) -> Anchor:
        """The entity that an argument means, as it was named; HubError if no such id was given out."""
        if isinstance(given.uscc, str):
            return Anchor("uscc", str(given.uscc))
        if isinstance(given.reg_no15, str):
            return Anchor("regNo15", line_of(given.reg_no15, MAX_ID_CHARS, "regNo15"))
        made = line_of(str(given.id), MAX_ID_CHARS, "id")
        query = select(issued_ids.c.anchor).where(issued_ids.c.id == made)
        sealed = self.doing.connection.execute(query).scalar_one_or_none()
        if sealed is None:
            raise HubError("ENTITY_NOT_FOUND")
        return read_anchor(self.doing.vault.open(made, sealed))

    def mark(self, anchor: Anchor) -> IdentityMark:
        """What an entity is known by; its id only if it was given out."""
        made = self.doing.rules.identify(*anchor) if self.doing.rules.identify is not None else ""
        query = select(issued_ids.c.id).where(issued_ids.c.id == made)
        known = self.doing.connection.execute(query).scalar_one_or_none()
        return IdentityMark(kind=anchor.field, value=anchor.value, id=strawberry.ID(known) if known else None)

    def link(self, link: Link, actor: Actor) -> KeyLink:
        """A link as somebody sees it: keys of others are for the credit office only."""
        sees = sees_keys_of(actor, link.department)
        steps = self.crosswalk.steps(link.department, link.key)
        return KeyLink(
            department=link.department,
            key=link.key if sees else None,
            entity=self.mark(self.redirects.current(link.anchor)),
            found_as=self.mark(link.anchor),
            method=LinkMethod[link.method.value],
            confidence=link.confidence / 1000,
            evidence=link.evidence if sees else None,
            decided_by=strawberry.ID(link.decided_by),
            confirmed_by=_id(link.confirmed_by),
            decided_at=rfc3339_of(link.decided_at),  # type: ignore[arg-type]
            origin=link.origin or None,
            history=[self._step(step) for step in steps],
        )

    def succession(self, one: Stored, actor: Actor) -> Succession:
        """A succession as somebody sees it: names, places and reasons are for those who deal with it."""
        became, reads = one.became, is_registrar(self.doing, actor)
        return Succession(
            number=strawberry.ID(one.number),
            kind=became.kind,
            state=one.state,
            before=[self.mark(anchor) for anchor in became.before],
            after=[self.mark(anchor) for anchor in became.after],
            was=(became.was or None) if reads else None,
            became=(became.became or None) if reads else None,
            moved_keys=len(became.moves),
            effective_on=became.effective_on.isoformat(),  # type: ignore[arg-type]
            reason=became.reason if reads else None,
            proposed_by=strawberry.ID(one.proposed.person),
            proposed_at=rfc3339_of(one.proposed_at),  # type: ignore[arg-type]
            decided_by=_id(one.decided_by),
            decided_at=_instant(one.decided_at),  # type: ignore[arg-type]
            undo_by=_id(one.undo.person if one.undo is not None else None),
            undo_reason=one.undo_reason if reads else None,
            undone_by=_id(one.undone_by),
            undone_at=_instant(one.undone_at),  # type: ignore[arg-type]
        )

    def review(self, one: Review, actor: Actor) -> IdentityReview:
        """A review as somebody sees it: audit sees in what the sides differ, and neither of them."""
        pair, reads = one.pair, actor.role is not Role.AUDIT
        differences = compare(pair.left, pair.right)
        return IdentityReview(
            number=strawberry.ID(one.number),
            cause=pair.cause,
            state=one.state,
            department=pair.department,
            key=pair.key if sees_keys_of(actor, pair.department) else None,
            entity=self.mark(pair.entity),
            own=self.mark(pair.own) if pair.own is not None else None,
            probability=pair.probability / 1000,
            reasons=[zh for zh, _ in pair.reasons] if reads else [],
            differences=[_difference(one, reads=reads) for one in differences],
            made_at=rfc3339_of(one.made_at),  # type: ignore[arg-type]
            proposed_by=_id(one.proposed.person if one.proposed is not None else None),
            decided_by=_id(one.decided_by),
            decided_at=_instant(one.decided_at),  # type: ignore[arg-type]
            note=(one.note or None) if reads else None,
            doubts=[_doubt(doubt, reads=reads) for doubt in one.doubts],
            succession=_id(one.succession),
        )

    def _step(self, step: Step) -> KeyStep:
        link = step.link
        return KeyStep(
            at=rfc3339_of(step.at),  # type: ignore[arg-type]
            entity=self.mark(link.anchor) if link is not None else None,
            method=LinkMethod[link.method.value] if link is not None else None,
            decided_by=_id(link.decided_by if link is not None else None),
            origin=(link.origin or None) if link is not None else None,
        )


@dataclass(frozen=True, slots=True)
class IdentityLook:
    """The `IdentityDesk` of the schema."""

    doing: Doing

    def links(self, entity: EntityInput | None, department: str | None, key: str | None) -> Sequence[KeyLink]:
        """Keys that stand for an entity or for what became it, or what one key stands for."""
        found, actor = Identities(self.doing), actor_of(self.doing)
        if (entity is None) == (key is None) or (department is not None and key is None):
            raise bad_input(
                "请给出 entity，或 key（及 department）", "takes either an entity, or a key (and its department)"
            )
        if entity is not None:
            current = found.redirects.current(found.anchor(entity))
            digests = found.redirects.digests_of(current)
            return [found.link(link, actor) for link in found.crosswalk.of_entities(digests, MOST_LINKS)]
        whose = line_of(department, 32, "department") if department is not None else actor.department
        if not sees_keys_of(actor, whose):
            return []
        link = found.crosswalk.of(whose, line_of(key or "", MAX_KEY, "key"))
        return [found.link(link, actor)] if link is not None else []

    def successions(
        self, entity: EntityInput | None, state: SuccessionState | None, first: int, after: str | None
    ) -> Sequence[Succession]:
        """Successions, the newest first; of an entity, those of all that became it too."""
        found, table = Identities(self.doing), successions.c
        actor = actor_of(self.doing)
        query = select(successions)
        if entity is not None:
            current = found.redirects.current(found.anchor(entity))
            query = found.successions.about(found.redirects.digests_of(current))
        if state is not None:
            query = query.where(table.state == state.name)
        if after is not None:
            last = found.successions.of(known_number(after))
            if last is None:
                raise HubError("SUCCESSION_NOT_FOUND")
            query = query.where(_earlier(table.proposed_at, table.number, last.proposed_at, last.number))
        query = query.order_by(table.proposed_at.desc(), table.number.desc())
        return [found.succession(one, actor) for one in found.successions.read(query.limit(_page(first)))]

    def one_succession(self, number: str) -> Succession | None:
        """The succession of this number."""
        found = Identities(self.doing)
        one = found.successions.of(known_number(number))
        return found.succession(one, actor_of(self.doing)) if one is not None else None

    def reviews(self, wanted: ReviewsWanted, first: int, after: str | None) -> Sequence[IdentityReview]:
        """Reviews that the caller may see, in the order that is wanted."""
        found, actor, table = Identities(self.doing), actor_of(self.doing), identity_reviews.c
        query = self._visible(actor)
        if wanted.state is not None:
            query = query.where(table.state == wanted.state.name)
        if wanted.waiting:
            query = query.where(table.state.in_([ReviewState.OPEN.name, ReviewState.PROPOSED.name]))
        if wanted.cause is not None:
            query = query.where(table.outcome == wanted.cause.name)
        by, number = table.made_at, table.number
        if wanted.order is ReviewOrder.LIKELIEST:
            by = table.probability
        if after is not None:
            last = found.reviews.of(known_number(after))
            if last is None:
                raise HubError("REVIEW_NOT_FOUND")
            at = last.pair.probability if wanted.order is ReviewOrder.LIKELIEST else last.made_at
            further = _later if wanted.order is ReviewOrder.OLDEST else _earlier
            query = query.where(further(by, number, at, last.number))
        if wanted.order is ReviewOrder.OLDEST:
            query = query.order_by(by, number)
        else:
            query = query.order_by(by.desc(), number.desc())
        return [found.review(one, actor) for one in found.reviews.read(query.limit(_page(first)))]

    def one_review(self, number: str) -> IdentityReview | None:
        """The review of this number, if the caller may see it."""
        found, actor = Identities(self.doing), actor_of(self.doing)
        query = self._visible(actor).where(identity_reviews.c.number == known_number(number))
        return next((found.review(one, actor) for one in found.reviews.read(query)), None)

    def _visible(self, actor: Actor) -> Select[Any]:
        """Reviews that somebody may see: registrars and audit all, others those of their department."""
        query: Select[Any] = select(identity_reviews)
        if is_registrar(self.doing, actor) or actor.role is Role.AUDIT:
            return query
        return query.where(identity_reviews.c.department == actor.department)


def is_registrar(doing: Doing, actor: Actor) -> bool:
    """True for those who may join and part entities: stewards of the register, and the credit office."""
    if actor.role is Role.CREDIT_OFFICE:
        return True
    return actor.role is Role.STEWARD and actor.department in doing.rules.keepers({ENTITY})


def sees_keys_of(actor: Actor, department: str) -> bool:
    """True if somebody may read the keys of a department."""
    return actor.role is Role.CREDIT_OFFICE or (actor.role is Role.STEWARD and actor.department == department)


def known_number(number: str) -> str:
    """A number as it may stand in the store; what can't be one is nobody's."""
    return number if number.isascii() and number.isprintable() and len(number) <= 32 else ""


def _difference(one: Difference, *, reads: bool) -> SideDifference:
    return SideDifference(
        field=one.field,
        left=one.left if reads else None,
        right=one.right if reads else None,
        state=one.state,
        reason=one.zh if reads else None,
        reason_en=one.en if reads else None,
    )


def _earlier(at: Any, number: Any, last_at: int, last: str) -> ColumnElement[bool]:
    return or_(at < last_at, (at == last_at) & (number < last))


def _later(at: Any, number: Any, last_at: int, last: str) -> ColumnElement[bool]:
    return or_(at > last_at, (at == last_at) & (number > last))


def _doubt(one: Doubted, *, reads: bool) -> ReviewDoubt:
    return ReviewDoubt(by=strawberry.ID(one.by), at=rfc3339_of(one.at), note=one.note if reads else None)  # type: ignore[arg-type]


def _page(first: int) -> int:
    if not 1 <= first <= _MAX_PAGE:
        raise bad_input(f"first 须为 1–{_MAX_PAGE}", f"first takes 1 to {_MAX_PAGE}")
    return first


def _instant(second: int | None) -> str | None:
    return rfc3339_of(second) if second is not None else None


def _id(name: str | None) -> strawberry.ID | None:
    return strawberry.ID(name) if name else None
