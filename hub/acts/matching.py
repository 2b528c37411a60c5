"""Which entity is meant: the `MatchDesk` of the schema over the name index, as far as the caller may learn of entities.

An entity outside the caller's rows is not found, neither as a match nor as a rival of one. Its address is compared only
for a caller who holds addresses in clear.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from auth.access import Clause
from hub.acts.doing import Doing, bad_input
from hub.acts.identities_shown import MAX_KEY
from hub.clock import day_of
from hub.errors import HubError
from hub.identity.crosswalk import Crosswalk
from hub.identity.name_index import IndexMissing, NameIndex, open_index
from hub.identity.outcome import Candidate, Found, Known, Reason, Resolution
from hub.identity.redirects import StoredRedirects
from hub.identity.resolving import resolve, resolve_linked
from hub.identity.words import reason
from hub.plan.rows import RowGuard
from hub.prefilled import Denied, Prefilling
from schema.matching import MOST_CANDIDATES, CandidateInput, EntityMatch, MatchedEntity, MatchReason
from schema.matching_enums import MatchLink, MatchOutcome

_OUTCOME, _ADDRESS = "EntityMatch.outcome", "Entity.address"
_HOW = (
    "请本部门申请范围 entity.match（requestAccess），并以明文持有 Entity.uscc 和 Entity.name；有限额的授权不能用于识别 / "
    "have your department ask for the scope entity.match (requestAccess), and hold Entity.uscc and Entity.name in clear; "
    "a grant with a quota gives no resolve"
)
_LONGEST = {
    "key": 64,
    "local_key": MAX_KEY,
    "name": 200,
    "address": 300,
    "uscc": 64,
    "reg_no15": 64,
    "org_code": 64,
    "division_code": 12,
}
_NUMBERS = frozenset({"uscc", "regNo15"})
_COLUMNS = {
    "uscc": "uscc",
    "regNo15": "reg_no15",
    "orgCode": "org_code",
    "name": "name",
    "divisionCode": "division_code",
    "kind": "kind",
    "status": "status",
    "industryCode": "industry_code",
}


class Matching:
    """What one caller is told; `disclosed` collects the codes of the entities they were told of."""

    def __init__(self, doing: Doing, disclosed: list[str]) -> None:
        self._doing = doing
        self._disclosed = disclosed
        self._guard = RowGuard(doing.access.bindings)
        self._left = MOST_CANDIDATES

    def resolve(self, candidates: Sequence[CandidateInput]) -> Sequence[EntityMatch]:
        """The candidates resolved, in their order."""
        clauses = self._held(_OUTCOME)
        if not clauses:
            raise self._refusal()
        self._left -= len(candidates)
        if not candidates or self._left < 0:
            raise bad_input(
                f"一次查询的 candidates 合计须为 1 到 {MOST_CANDIDATES} 个",
                f"candidates takes 1 to {MOST_CANDIDATES} of them in one question",
            )
        asked = [_candidate(one) for one in candidates]
        addresses = self._held(_ADDRESS)
        index = self._index(clauses, addresses)
        return [self._told(self._resolved(one, index, compared=bool(addresses)), index, addresses) for one in asked]

    def _resolved(self, candidate: Candidate, index: NameIndex, *, compared: bool) -> Resolution:
        if compared or not candidate.address:
            return self._by_key(candidate, index)
        found = self._by_key(replace(candidate, address=""), index)
        return replace(found, reasons=(*found.reasons, reason("ADDRESS_NOT_USED")))

    def _by_key(self, candidate: Candidate, index: NameIndex) -> Resolution:
        """The candidate resolved, also by the key that the caller's department has for it."""
        number = self._number_of(candidate.local_key) if candidate.local_key else None
        if number is not None:
            return resolve_linked(candidate, number, index)
        found = resolve(candidate, index)
        return replace(found, reasons=(*found.reasons, reason("LOCAL_KEY_UNKNOWN"))) if candidate.local_key else found

    def _number_of(self, key: str) -> dict[str, str] | None:
        """The number of the entity for which a key of the caller's own department stands today, by its field; None if for none."""
        doing, department = self._doing, self._doing.access.caller.client.department
        link = Crosswalk(doing.connection, doing.vault).of(department, key) if department else None
        if link is None:
            return None
        anchor = StoredRedirects(doing.connection, doing.vault).current(link.anchor)
        return {_COLUMNS[anchor.field]: anchor.value} if anchor.field in _NUMBERS else None

    def _index(self, clauses: tuple[Clause, ...], addresses: tuple[Clause, ...]) -> NameIndex:
        doing = self._doing

        def seen(entity: Known) -> Known | None:
            if not self._passes(clauses, entity):
                return None
            return entity if self._passes(addresses, entity) else replace(entity, address="")

        try:
            return open_index(doing.connection, doing.vault, doing.rules.keep_names, doing.occasion.now, seen)
        except IndexMissing:
            raise HubError("NAME_INDEX_MISSING") from None

    def _passes(self, clauses: tuple[Clause, ...], entity: Known) -> bool:
        def read(field: str) -> object:
            # What the index has no copy of is unknown, and lets nobody through.
            return getattr(entity, _COLUMNS[field], None) or None if field in _COLUMNS else None

        return bool(clauses) and self._guard.passes(clauses, read)

    def _held(self, coordinate: str) -> tuple[Clause, ...]:
        """How the caller holds it in clear; not at all by what has a quota, for nothing is counted here."""
        policy = self._doing.access.policy
        if coordinate in policy.metered:
            return ()
        return tuple(clause for clause in policy.held.get(coordinate, ()) if not clause.masked)

    def _refusal(self) -> HubError:
        rule = self._doing.rules.known.catalogue.rule(_OUTCOME)
        refused = self._doing.access.policy.requestable.get(_OUTCOME)
        owner, owner_en = "主体登记数据的数源部门", "the department that delivers the register"
        names = {"label": rule.zh, "label_en": rule.en, "owner": owner, "owner_en": owner_en}
        code = refused.value if refused is not None else "FIELD_DENIED"
        return HubError(code, None, **names, help=self._help(code))

    def _help(self, code: str) -> dict[str, Any]:
        """What to do next, as on every denial: how it is asked for, and the request that would end it."""
        doing = self._doing
        denied = Denied(doing.access, doing.roster().grants, day_of(doing.occasion.now))
        request = Prefilling(doing.rules.known).request(denied, _OUTCOME, code)
        return {"howToRequest": _HOW, **({"request": request} if request else {})}

    def _told(self, found: Resolution, index: NameIndex, addresses: tuple[Clause, ...]) -> EntityMatch:
        entity = found.entity
        self._disclosed.extend(one.uscc or one.local for one in (entity, *(o.entity for o in found.others)) if one)
        return EntityMatch(
            key=found.candidate.key or None,
            outcome=MatchOutcome[found.outcome.name],
            address_compared=bool(addresses) and bool(found.candidate.address),
            probability=found.probability,
            reasons=_reasons(found.reasons),
            uscc=(entity.uscc or None) if entity else None,
            name=(entity.name or None) if entity else None,
            link=MatchLink[found.link.name] if found.link else None,
            others=[_other(one) for one in found.others],
            as_of=index.generation.as_of or None,  # type: ignore[arg-type]
        )


def _candidate(given: CandidateInput) -> Candidate:
    values: dict[str, str] = {}
    for name, most in _LONGEST.items():
        text = getattr(given, name) or ""
        if len(text) > most:
            raise bad_input(f"{name} 至多 {most} 字", f"{name} takes {most} characters at most")
        values[name] = text.strip() if name != "key" else text
    if not any(values[name] for name in ("name", "uscc", "reg_no15", "org_code", "local_key")):
        raise bad_input("每个待识别主体须有名称或编号", "every candidate needs a name or a number")
    return Candidate(**values)


def _other(found: Found) -> MatchedEntity:
    told = found.comparison
    return MatchedEntity(
        uscc=found.entity.uscc or None,
        name=found.entity.name or None,
        outcome=MatchOutcome[told.outcome.name],
        probability=told.probability,
        link=MatchLink[told.link.name] if told.link else None,
        reasons=_reasons(told.reasons),
    )


def _reasons(reasons: Sequence[Reason]) -> list[MatchReason]:
    return [MatchReason(code=one.code, text=one.zh, text_en=one.en, weight=round(one.weight, 2)) for one in reasons]
