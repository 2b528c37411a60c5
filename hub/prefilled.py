"""The request that a denial carries: a mutation with its variables, ready to be sent once the legal basis and a reason stand in it.

Tells a caller of nothing but their own: the field they asked for, their role and purpose, and a grant of their department.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from auth.access import Access, Refusal
from auth.grants import ANY_DEPARTMENT, Effect, Grant
from auth.roles import Role
from hub.owners import WORKING_DAYS, Owners
from schema.catalogue import FieldRule

NEVER = frozenset({Role.PUBLIC, Role.MERCHANT})
"""Roles of callers whose department asks for nothing."""
_REQUESTABLE = frozenset({Refusal.FIELD_DENIED, Refusal.GRANT_EXPIRED, Refusal.PURPOSE_NOT_ALLOWED})
"""Denials that a grant would end; a used-up quota, a freeze and a missing consent end otherwise."""


@dataclass(frozen=True, slots=True)
class Denied:
    """Whose denials these are: their access, the grants that are honoured, and the day."""

    access: Access
    grants: Sequence[Grant]
    day: date


@dataclass(frozen=True, slots=True)
class Prefilling:
    """Writes prefilled requests."""

    owners: Owners

    def request(self, denied: Denied, coordinate: str, code: str) -> dict[str, Any] | None:
        """The request for a field that was denied; None where nobody could ask for it by the hub."""
        caller = denied.access.caller
        rule = self.owners.catalogue.fields.get(coordinate)
        if code not in _REQUESTABLE or caller.client.role in NEVER or rule is None:
            return None
        if caller.scopes is not None and rule.scope not in caller.scopes:
            # The token was narrowed: its department may hold the field.
            return None
        ended = self._ended(denied, rule) if code == Refusal.GRANT_EXPIRED else None
        rules = [rule] if ended is not None else [rule, *self._needed(denied, rule)]
        if any(not self.owners.of(one) or self._forbidden(denied, one) for one in rules):
            return None
        sharing = max((one.sharing for one in rules), key=WORKING_DAYS.__getitem__)
        owners = dict.fromkeys(owner for one in rules for owner in self.owners.of(one))
        about = {"sharing": sharing.value, "workingDays": WORKING_DAYS[sharing], "owners": list(owners)}
        if ended is not None:
            return {"mutation": "renewGrant", "variables": {"id": ended.id}, **about, "renews": ended.id}
        asked = {"role": caller.client.role.value, "purposes": [denied.access.purpose]}
        grant = {**asked, "fields": [one.coordinate for one in rules]}
        return {"mutation": "requestAccess", "variables": {"grants": [grant]}, **about, "renews": None}

    def _needed(self, denied: Denied, rule: FieldRule) -> list[FieldRule]:
        """What a field is computed from and is not held in clear: the one is of no use without the other."""
        held = denied.access.policy.held
        missing = [name for name in rule.needs if all(clause.masked for clause in held.get(name, ()))]
        return [self.owners.catalogue.fields[name] for name in missing]

    def _forbidden(self, denied: Denied, rule: FieldRule) -> bool:
        """True if a denial takes the field away: it beats whatever would be granted."""
        purpose = denied.access.purpose
        mine = (one for one in self._naming(denied, rule) if one.effect is Effect.DENY and one.active(denied.day))
        return any(not one.purposes or purpose in one.purposes for one in mine)

    def _ended(self, denied: Denied, rule: FieldRule) -> Grant | None:
        """The grant of one's own department that gave the field and ended last, if it can be renewed."""
        client, purpose = denied.access.caller.client, denied.access.purpose
        own = (one for one in self._naming(denied, rule) if one.department == client.department != ANY_DEPARTMENT)
        given = (one for one in own if one.effect is Effect.ALLOW and one.person is None and purpose in one.purposes)
        over = [one for one in given if one.ends < denied.day]
        return max(over, key=lambda one: (one.ends, one.id), default=None)

    def _naming(self, denied: Denied, rule: FieldRule) -> Iterable[Grant]:
        client = denied.access.caller.client
        mine = (one for one in denied.grants if one.concerns(client.department, client.role))
        return (one for one in mine if one.covers(rule.coordinate, rule.scope))
