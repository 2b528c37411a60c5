"""What the hub says of itself: who asks, for what, and which fields they hold or can request."""

from typing import Any

from auth.roles import ROLE_LABELS, Role
from hub.settings import Settings
from schema.catalogue import Catalogue
from schema.enums import FieldStanding, SensitivityClass, SharingAttribute
from tests.oracle.askers import Asker
from tests.oracle.reading import Asked
from tests.oracle.standing import Standing


def own_answer(asked: Asked, settings: Settings, catalogue: Catalogue, standing: Standing, asker: Asker) -> Any:
    """Value of a root field that leads to no records."""
    match asked.name:
        case "me":
            return _me(settings, standing, asker)
        case "purposes":
            return _purposes(settings, standing, asker)
        case "catalogue":
            return _catalogue(asked.arguments.get("record"), catalogue, standing)
        case "sources":
            return _sources(settings, standing)
    raise AssertionError(asked.name)


def _me(settings: Settings, standing: Standing, asker: Asker) -> dict[str, Any]:
    person = standing.person
    made = {
        "role": person.role.value,
        "purpose": person.purpose,
        "case": None,
        "caseState": None,
        "person": None,
        "actingFor": None,
    }
    if asker.client is None:
        return {**made, "client": None, "label": ROLE_LABELS[Role.PUBLIC][0], "department": None}
    client = settings.clients[asker.client]
    return {**made, "client": client.id, "label": client.label, "department": client.department}


def _purposes(settings: Settings, standing: Standing, asker: Asker) -> list[dict[str, Any]]:
    allowed = [standing.person.purpose] if asker.client is None else settings.clients[asker.client].purposes
    known = {purpose.code: purpose for purpose in settings.purposes}
    return [
        {
            "code": known[c].code,
            "label": known[c].zh,
            "labelEn": known[c].en,
            "requiresCase": known[c].requires_case,
            "verifiesCase": known[c].verifies_case,
            "requiresConsent": known[c].requires_consent,
        }
        for c in allowed
    ]


def _sources(settings: Settings, standing: Standing) -> list[dict[str, Any]]:
    known = {coordinate.split(".")[0] for coordinate in standing.visible}
    person = standing.person
    operated = person.role.value in ("ADMIN", "AUDIT", "SEC")
    # A steward knows how the sources of their own department run.
    own = person.department if person.role.value == "STEWARD" else None
    return [
        {
            "name": source.name,
            "label": source.label or source.name,
            "department": settings.departments[source.department].label,
            "departmentCode": source.department,
            "takesFiles": source.kind == "tabular",
            "records": [{"record": name} for name in sorted(r.record for r in source.record) if name in known],
            "operations": {"resting": [], "limitMs": source.timeout_ms}
            if operated or source.department == own
            else None,
        }
        for source in settings.sources
        if any(record.record in known for record in source.record)
    ]


def _catalogue(record: str | None, catalogue: Catalogue, standing: Standing) -> list[dict[str, Any]]:
    shown = [rule for name, rule in catalogue.fields.items() if name in standing.visible]
    return [
        {
            "field": rule.coordinate,
            "label": rule.zh,
            "labelEn": rule.en,
            "scope": rule.scope.value,
            "sensitivity": SensitivityClass[rule.sensitivity.name],
            "sharing": SharingAttribute[rule.sharing.name],
            "standing": FieldStanding.HELD if rule.coordinate in standing.held else FieldStanding.REQUESTABLE,
        }
        for rule in shown
        if record is None or rule.record == record
    ]
