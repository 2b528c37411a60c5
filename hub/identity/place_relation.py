"""How two addresses stand to each other: the same, compatible, different, or not to be compared. Pure."""

import re
from enum import Enum

from rapidfuzz.distance import Indel

from hub.identity.places import AddressParts

_SIGNS = re.compile(r"\d+|[A-Z]+")
_BELOW = ("house", "block", "building", "unit", "floor", "room")


class PlaceRelation(Enum):
    """What two addresses say of each other."""

    SAME = "SAME_ADDRESS"
    COMPATIBLE = "COMPATIBLE_ADDRESS"
    UNKNOWN = "ADDRESS_NOT_COMPARABLE"
    MISSING = "ADDRESS_MISSING"
    NUMBER_DIFFERS = "ADDRESS_NUMBER_DIFFERS"
    DIFFERENT = "ADDRESS_DIFFERS"

    @property
    def contradicts(self) -> bool:
        """True if both cannot be one place."""
        return self in (PlaceRelation.NUMBER_DIFFERS, PlaceRelation.DIFFERENT)


def relate_addresses(left: AddressParts, right: AddressParts) -> PlaceRelation:
    """What two addresses say of each other; symmetric."""
    if left.is_empty or right.is_empty:
        return PlaceRelation.MISSING
    if left.region.contradicts(right.region):
        return PlaceRelation.DIFFERENT
    if left.rest and left.rest == right.rest:
        return PlaceRelation.SAME
    mine, theirs = left.parts(), right.parts()
    both = {name: (mine[name], theirs[name]) for name in mine.keys() & theirs.keys()}
    if "road" in both and not _same_road(*both["road"]):
        return PlaceRelation.DIFFERENT
    if "village" in both and not _within(*both["village"]) and "road" not in both:
        return PlaceRelation.DIFFERENT
    if any(name in both and both[name][0] != both[name][1] for name in _BELOW):
        return PlaceRelation.NUMBER_DIFFERS
    if "town" in both and both["town"][0] != both["town"][1] and "road" not in both:
        return PlaceRelation.DIFFERENT
    found = _agreement(left, right, both)
    if found is PlaceRelation.SAME and not _one_has_all(left, right):
        return PlaceRelation.COMPATIBLE
    return found


def _one_has_all(left: AddressParts, right: AddressParts) -> bool:
    """True if one side has all numbers and letters of the other one, so that it only says more."""
    mine, theirs = set(_SIGNS.findall(left.rest)), set(_SIGNS.findall(right.rest))
    return mine <= theirs or theirs <= mine


def _agreement(left: AddressParts, right: AddressParts, both: dict[str, tuple[str, str]]) -> PlaceRelation:
    """How far what both say goes, once nothing contradicts."""
    named = len(left.named) >= 2 and len(right.named) >= 2 and _within(left.named, right.named)
    if (
        len(left.named) >= 3
        and len(right.named) >= 3
        and not named
        and not _alike(left.named, right.named)
        and not both.keys() & set(_BELOW)
    ):
        return PlaceRelation.UNKNOWN
    placed = "road" in both or "village" in both or named
    if placed and ("house" in both or (("building" in both or "room" in both) and (named or "road" in both))):
        return PlaceRelation.SAME
    if placed and _within(left.rest, right.rest) and min(len(left.rest), len(right.rest)) >= 6:
        return (
            PlaceRelation.SAME if set(left.numbers) == set(right.numbers) and left.numbers else PlaceRelation.COMPATIBLE
        )
    return PlaceRelation.COMPATIBLE if placed else PlaceRelation.UNKNOWN


def _same_road(left: str, right: str) -> bool:
    """True if one is the other's end – 上地10街 and 10街 – and both have the same numbers and directions."""
    return left == right or (
        min(len(left), len(right)) >= 2 and (left.endswith(right) or right.endswith(left)) and _boundary(left, right)
    )


def _boundary(left: str, right: str) -> bool:
    """False where the longer has a digit or a direction before the common end: 10街 is not the end of 110街."""
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    before = longer[-len(shorter) - 1]
    return not before.isdigit() and len(shorter) >= 3


def _within(left: str, right: str) -> bool:
    return left in right or right in left


def _alike(left: str, right: str) -> bool:
    return Indel.normalized_similarity(left, right) >= 0.7
