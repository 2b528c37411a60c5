"""Keys by which businesses that may be one are found: texts that both have, rare enough that few others do. Pure.

What is stored of them are keyed digests. An entity and a candidate are made keys of alike; a candidate's stand in the order
in which they are worth following.
"""

from collections.abc import Iterator, Sequence

from hub.identity.divisions import CITY, COUNTY, Region, region_of_code
from hub.identity.names import NameParts, read_name
from hub.identity.outcome import Candidate, Known
from hub.identity.places import AddressParts, read_address

RULES = "1"
"""Version of keys and of the normalisation below them: an index of another one is not asked."""
_WILD = 2
"""First characters of a name of which one may be wrong."""


def keys_of(entity: Known) -> list[str]:
    """All keys of an entity, each once."""
    found = [*_numbers(entity.uscc, entity.reg_no15, entity.org_code)]
    place = read_address(entity.address)
    around = _around(place, entity.division_code)
    for name in (entity.name, *entity.former_names):
        found += _names(read_name(name), around)
    found += _house(place, around)
    return list(dict.fromkeys(found))


def keys_to_follow(candidate: Candidate) -> list[str]:
    """Keys of a candidate, those that find the fewest others first."""
    place = read_address(candidate.address)
    around = _around(place, candidate.division_code)
    parts = read_name(candidate.name)
    names = [parts, *map(read_name, parts.formers)]
    keys = [*_numbers(candidate.uscc, candidate.reg_no15, candidate.org_code)]
    keys += [key for one in names for key in _names(one, around)]
    keys += _house(place, around)
    return sorted(dict.fromkeys(keys), key=lambda key: _ORDER.index(key[0]))


def exact_keys(candidate: Candidate) -> list[str]:
    """Keys of the numbers of a candidate."""
    return [*_numbers(candidate.uscc, candidate.reg_no15, candidate.org_code)]


_ORDER = "urolnathw"


def _numbers(uscc: str, reg_no15: str, org_code: str) -> Iterator[str]:
    if uscc:
        yield f"u{uscc}"
    if reg_no15:
        yield f"r{reg_no15}"
    organisation = org_code or (uscc[8:17] if len(uscc) == 18 else "")
    if organisation:
        yield f"o{organisation}"


def _names(parts: NameParts, around: Sequence[str]) -> Iterator[str]:
    stem = parts.stem
    if len(stem) < 2:
        return
    places = list(dict.fromkeys([*_shorts(parts.region), *_shorts(parts.bracketed), *around]))
    yield f"n{stem}"
    for place in places:
        yield f"l{place}|{stem}"
    narrow = places[:2]
    for place in narrow:
        yield f"t{place}|{stem[:2]}"
        for at in range(min(_WILD, len(stem) - 1)):
            yield f"w{place}|{stem[:at]}?{stem[at + 1 :]}"
    if len(stem) >= 3:
        yield f"h{stem[:4]}"
        yield f"h{stem[:3]}"


def _house(place: AddressParts, around: Sequence[str]) -> Iterator[str]:
    if place.road and place.house:
        yield f"a{around[0] if around else ''}|{place.road}|{place.house}|{place.room}"


def _around(place: AddressParts, division_code: str) -> list[str]:
    """Short texts of county and city that the address or the division code names, the narrower first."""
    found = [*_shorts(place.region), *(_shorts(region_of_code(division_code)) if division_code else ())]
    return list(dict.fromkeys(found))


def _shorts(region: Region) -> list[str]:
    shorts = region.shorts
    found = [shorts[level] for level in (COUNTY, CITY) if level in shorts]
    return found or ([region.last] if region.places else [])
