"""Two businesses by name and address: are they one? Outcome, calibrated probability, reasons.

MATCH needs one name and nothing that tells both apart, and beyond that a distinctive name or the same address. Whatever
may be one entity and is not certain is POSSIBLE. Pure; the same rules answer online, in batches and for measured pairs.
"""

import math
import re

from hub.identity.name_relation import NameRelation, NamesCompared, relate_names
from hub.identity.names import NameParts, form_kind, read_name
from hub.identity.outcome import Comparison, Outcome, Reason
from hub.identity.place_relation import PlaceRelation, relate_addresses
from hub.identity.places import AddressParts, read_address
from hub.identity.words import reason

RULES = "1"
"""Version of the rules: what was judged by others is judged again."""
SLOPE, OFFSET = 1.0, 0.0
"""Of the calibration: log-odds of the truth by the sum of the weights."""
POSSIBLE_FROM = 0.04
"""Probability from which a person looks."""
_PUBLIC_BODY = re.compile(
    "(?:人民政府|委员会|法院|检察院|公安局|管理局|协会|学会|商会|联合会|大学|学院|中学|小学|人民医院|中医医院|中心医院|卫生院)$"
)
_ALIKE = 0.25
_DISTINCT = 6
"""Characters of a core that is distinctive without a region."""


def compare(left: tuple[str, str], right: tuple[str, str]) -> Comparison:
    """Two sides, each a name and an address as they were written; either may be empty."""
    mine, theirs = read_name(left[0]), read_name(right[0])
    names = relate_names(mine, theirs)
    here, there = read_address(left[1]), read_address(right[1])
    places = relate_addresses(here, there)
    reasons = _reasons(mine, theirs, names, places)
    probability = calibrated(sum(one.weight for one in reasons))
    if names.is_one_name and _is_certain((mine, theirs), (here, there), names, places):
        outcome = Outcome.MATCH
    else:
        outcome = _uncertain(names, probability)
    ordered = tuple(sorted(reasons, key=lambda one: -abs(one.weight)))
    return Comparison(outcome, _within_outcome(outcome, probability), ordered, names.link)


def calibrated(weight: float) -> float:
    """The probability that belongs to a sum of weights."""
    return 1 / (1 + math.exp(-(SLOPE * weight + OFFSET)))


def _uncertain(names: NamesCompared, probability: float) -> Outcome:
    if names.relation is NameRelation.NONE:
        return Outcome.NEW
    if names.link is not None:
        return Outcome.POSSIBLE
    return Outcome.POSSIBLE if probability >= POSSIBLE_FROM else Outcome.NEW


def _is_certain(
    sides: tuple[NameParts, NameParts],
    places: tuple[AddressParts, AddressParts],
    names: NamesCompared,
    relation: PlaceRelation,
) -> bool:
    """True if one name is enough, or together with its address is."""
    if "BRAND" in names.soft or any(side.damaged for side in sides):
        return False
    distinctive = all(map(is_distinctive, sides))
    if relation is PlaceRelation.SAME:
        located = [_is_located(name, place) for name, place in zip(sides, places, strict=True)]
        # The same house of the same street, but perhaps of another city: not for a name that any city may have.
        if distinctive:
            return all(located) or names.relation is NameRelation.SAME
        same_city = all(located) or not any(located)
        return same_city and set(places[0].numbers) == set(places[1].numbers)
    if relation is PlaceRelation.COMPATIBLE and names.soft == ("REGION_WRITTEN_OTHERWISE",):
        return distinctive
    agrees = relation in (PlaceRelation.COMPATIBLE, PlaceRelation.MISSING)
    return agrees and distinctive and names.relation is NameRelation.SAME


def is_distinctive(parts: NameParts) -> bool:
    """True for a registered name that its authority gives once: a legal form, and a region, or what only large ones have.

    Public bodies have no legal form, and a region has one of each name.
    """
    located = bool(parts.region.places or parts.bracketed.places)
    if not parts.is_full:
        return located and _PUBLIC_BODY.search(parts.core) is not None
    return located or parts.group or form_kind(parts.form) == "STOCK" or len(parts.core) >= _DISTINCT


def _is_located(name: NameParts, place: AddressParts) -> bool:
    return bool(name.region.places or name.bracketed.places or place.region.places)


def _reasons(left: NameParts, right: NameParts, names: NamesCompared, places: PlaceRelation) -> list[Reason]:
    weight = None
    if names.relation is NameRelation.SIMILAR:
        weight = -6.5 + 5.0 * names.likeness
    found = [reason(names.relation.value, weight)]
    if names.relation is NameRelation.DIFFERENT:
        # At one address there are many; a name that is a little alike makes a person look.
        alike = places is PlaceRelation.SAME and names.likeness >= _ALIKE
        return [*found, reason(places.value, 3.0 if alike else 0.0 if places is PlaceRelation.SAME else None)]
    shown = [code for code in (*names.differs, *names.soft) if code != names.relation.value]
    found += map(reason, shown)
    if names.relation is NameRelation.SAME and not (is_distinctive(left) and is_distinctive(right)):
        found.append(reason("NAME_NOT_DISTINCTIVE"))
    if left.damaged or right.damaged:
        found.append(reason("NAME_DAMAGED"))
    return [*found, reason(places.value)]


def _within_outcome(outcome: Outcome, probability: float) -> float:
    """Rounded to four digits, never 0 or 1: nothing is certain."""
    if outcome is Outcome.MATCH:
        probability = max(probability, 0.97)
    return round(min(max(probability, 0.0001), 0.9999), 4)
