"""The rules of docs/access.md once more, one field at a time and straight from the raw grants, to check the others by.

Written on purpose without the code that answers questions: it must not share a mistake with it. Slow and plain.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from auth.access import FieldView, Policy
from auth.classes import Sensitivity, Sharing
from auth.grants import Effect, Grant
from auth.roles import Role, station

Way = tuple[frozenset[str], bool]
"""One way in which a field is held: the conditions on its rows as text, and whether it is masked."""
HIDDEN, FROZEN = "HIDDEN", "FIELD_FROZEN"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Who asks for what on which day; `scopes` and `person` as a token may have them; `cold` is frozen for everybody."""

    department: str
    role: Role
    purpose: str
    day: date
    scopes: frozenset[str] | None = None
    person: str | None = None
    cold: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is right for one field: the ways in which it is held, or the code why not."""

    ways: frozenset[Way] = frozenset()
    code: str = ""

    def __str__(self) -> str:
        shown = sorted((" & ".join(sorted(rows)) or "*") + (" masked" if masked else "") for rows, masked in self.ways)
        return "; ".join(shown) or self.code

    @property
    def in_clear(self) -> bool:
        """True if some rows are held in clear."""
        return any(not masked for _, masked in self.ways)


class Reference:
    """Judges fields by raw grants, for one inquiry."""

    def __init__(self, grants: Iterable[Grant], fields: Mapping[str, FieldView], inquiry: Inquiry) -> None:
        self._fields = fields
        self._asked = inquiry
        self._mine = [grant for grant in grants if self._speaks_of(grant)]

    def judge(self, name: str) -> Verdict:
        """What is right for a field."""
        field = self._fields[name]
        ways = frozenset() if field.sharing == Sharing.WITHHELD else self._own(field)
        for need in field.needs:
            clear = [rows for rows, masked in self._own(self._fields[need]) if not masked]
            ways = _least({(rows | others, masked) for rows, masked in ways for others in clear})
        if not ways:
            return Verdict(code=self._why_not(field))
        read = [field, *(self._fields[need] for need in field.needs)]
        if any(one.coordinate in self._asked.cold or one.scope in self._asked.cold for one in read):
            return Verdict(code=FROZEN)
        return Verdict(ways)

    def _own(self, field: FieldView) -> frozenset[Way]:
        """Ways in which it is held for itself, whatever it is computed from."""
        asked = self._asked
        if asked.scopes is not None and field.scope not in asked.scopes:
            return frozenset()
        ways: set[Way] = set()
        for grant in self._mine:
            if not _names(grant, field) or not self._is_now(grant):
                continue
            for_this = asked.purpose in grant.purposes
            if grant.effect == Effect.DENY:
                if for_this or len(grant.purposes) == 0:
                    return frozenset()
            elif for_this:
                ways.add((frozenset(str(condition) for condition in grant.rows), _hides(grant, field)))
        return _least(ways)

    def _why_not(self, field: FieldView) -> str:
        if field.sharing == Sharing.WITHHELD or field.sensitivity > station(self._asked.role):
            return HIDDEN
        allowing = [grant for grant in self._mine if grant.effect == Effect.ALLOW and _names(grant, field)]
        for grant in allowing:
            if self._asked.purpose in grant.purposes and self._asked.day > _last(grant):
                return "GRANT_EXPIRED"
        for grant in allowing:
            if self._asked.purpose not in grant.purposes and self._is_now(grant):
                return "PURPOSE_NOT_ALLOWED"
        return "FIELD_DENIED"

    def _speaks_of(self, grant: Grant) -> bool:
        if grant.role != self._asked.role:
            return False
        if grant.department not in {"*", self._asked.department}:
            return False
        return grant.person is None or grant.person == self._asked.person

    def _is_now(self, grant: Grant) -> bool:
        return grant.starts <= self._asked.day <= _last(grant)


def verdict_of(policy: Policy, name: str) -> Verdict:
    """What a policy says of a field, in the words of a verdict."""
    clauses = policy.held.get(name, ())
    if clauses:
        return Verdict(frozenset((frozenset(str(one) for one in c.rows), c.masked) for c in clauses))
    refusal = policy.requestable.get(name)
    return Verdict(code=HIDDEN if refusal is None else refusal.value)


def judged(grants: Sequence[Grant], fields: Mapping[str, FieldView], inquiry: Inquiry) -> dict[str, Verdict]:
    """What is right for every field."""
    reference = Reference(grants, fields, inquiry)
    return {name: reference.judge(name) for name in fields}


def _names(grant: Grant, field: FieldView) -> bool:
    return field.coordinate in grant.fields or field.scope in grant.scopes


def _hides(grant: Grant, field: FieldView) -> bool:
    if field.coordinate in grant.masked:
        return True
    return grant.mask_personal and field.sensitivity in {Sensitivity.PERSONAL, Sensitivity.SENSITIVE}


def _last(grant: Grant) -> date:
    certified = grant.certified_until
    return certified if certified is not None and certified < grant.ends else grant.ends


def _least(ways: Iterable[Way]) -> frozenset[Way]:
    """Without the ways that another one contains: it sets no condition more, and is no less clear."""
    listed = list(ways)
    return frozenset(
        way for way in listed if not any(o != way and o[0] <= way[0] and (way[1] or not o[1]) for o in listed)
    )
