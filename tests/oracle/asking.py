"""The request a denial carries, worked out from the raw grants and the configuration, without the hub's own way to it."""

from collections.abc import Sequence
from typing import Any

from auth.classes import Sharing
from auth.grants import Effect, Grant
from auth.roles import Role
from hub.settings import Settings
from schema.catalogue import Catalogue, FieldRule
from tests.oracle.standing import Standing

_CODES = ("FIELD_DENIED", "GRANT_EXPIRED", "PURPOSE_NOT_ALLOWED")


def prefilled(
    settings: Settings, catalogue: Catalogue, standing: Standing, coordinate: str, code: str
) -> dict[str, Any] | None:
    """What the caller's department would have to ask for, None where that leads nowhere."""
    person, rule = standing.person, catalogue.fields.get(coordinate)
    if code not in _CODES or rule is None or person.role in (Role.PUBLIC, Role.MERCHANT):
        return None
    if person.scopes is not None and rule.scope not in person.scopes:
        return None
    mine = [grant for grant in settings.grants if grant.concerns(person.department, person.role)]
    ended = _renewable(mine, standing, rule) if code == "GRANT_EXPIRED" else []
    asked = [rule]
    if not ended:
        asked += [catalogue.rule(need) for need in rule.needs if not standing.clear(need)]
    for one in asked:
        if not _owners(settings, one) or _is_denied(mine, standing, one):
            return None
    sharing = "CONDITIONAL" if any(one.sharing is Sharing.CONDITIONAL for one in asked) else "UNCONDITIONAL"
    owners: list[str] = []
    for one in asked:
        owners += [owner for owner in _owners(settings, one) if owner not in owners]
    about = {"sharing": sharing, "workingDays": {"CONDITIONAL": 10}.get(sharing, 1), "owners": owners}
    if ended:
        last = max(ended, key=lambda grant: (grant.ends, grant.id)).id
        return {"mutation": "renewGrant", "variables": {"id": last}, **about, "renews": last}
    grant = {"role": person.role.value, "purposes": [person.purpose], "fields": [one.coordinate for one in asked]}
    return {"mutation": "requestAccess", "variables": {"grants": [grant]}, **about, "renews": None}


def _owners(settings: Settings, rule: FieldRule) -> list[str]:
    record = "Entity" if rule.record == "EntityConnection" else rule.record
    found = [source.department for source in settings.sources if record in {one.record for one in source.record}]
    return list(dict.fromkeys(found))


def _is_denied(mine: Sequence[Grant], standing: Standing, rule: FieldRule) -> bool:
    person = standing.person
    against = [grant for grant in mine if grant.effect is Effect.DENY and grant.covers(rule.coordinate, rule.scope)]
    now = [grant for grant in against if grant.starts <= person.day <= grant.ends]
    return any(not grant.purposes or person.purpose in grant.purposes for grant in now)


def _renewable(mine: Sequence[Grant], standing: Standing, rule: FieldRule) -> list[Grant]:
    person = standing.person
    given = [grant for grant in mine if grant.effect is Effect.ALLOW and grant.covers(rule.coordinate, rule.scope)]
    own = [grant for grant in given if grant.department == person.department and person.purpose in grant.purposes]
    return [grant for grant in own if grant.ends < person.day]
