"""Which entity a candidate means: exact numbers first, then names and addresses of those that share a key with it.

Knows no store: whatever finds entities by keys will do. The rules are those that judge pairs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rapidfuzz.distance import Indel

from hub.identity.blocking import exact_keys, keys_to_follow
from hub.identity.comparing import calibrated, compare, is_distinctive
from hub.identity.identifiers import Kind, read_identifier
from hub.identity.names import read_name
from hub.identity.outcome import Candidate, Comparison, Found, Known, Outcome, Reason, Resolution
from hub.identity.words import reason

_OTHERS = 9
_COMPARED = 10
_RIVAL = 0.3
_REGION_ONLY = {"SAME_NAME_WRITTEN_OTHERWISE", "REGION_WRITTEN_OTHERWISE", "ADDRESS_MISSING"}
_CLOSE = 0.05
"""Two probabilities that are this near are equally good."""


class Names(Protocol):
    """Finds entities."""

    def find(self, keys: Sequence[str]) -> list[Known]:
        """Entities that have any of these keys, the likeliest first."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A candidate with its numbers in canonical form, and what was odd about them."""

    candidate: Candidate
    remarks: tuple[Reason, ...]


def resolve(candidate: Candidate, names: Names) -> Resolution:
    """What becomes of a candidate."""
    read = _read(candidate)
    asked = read.candidate
    exact = [one for one in names.find(exact_keys(asked)) if _shared(asked, one)]
    if exact:
        return _by_number(read, exact)
    if any(one.code == "CODE_CHECK_DIGIT" for one in read.remarks):
        # A mistyped code that nobody has speaks neither for nor against anybody.
        asked = replace(asked, uscc="", reg_no15="", org_code="")
        read = _Read(asked, read.remarks)
    found = [Found(one, _compared(asked, one)) for one in _likeliest(asked, names.find(keys_to_follow(asked)))]
    return _by_name(read, sorted(found, key=_rank))


def resolve_linked(candidate: Candidate, number: Mapping[str, str], names: Names) -> Resolution:
    """What becomes of a candidate whose key was found to stand for the entity of a number, given by its field.

    The key decides over the name as a number does, but not over a number that is another entity's.
    """
    found = resolve(candidate, names)
    plain = replace(candidate, uscc="", reg_no15="", org_code="")
    asked = replace(plain, **number)
    linked = resolve(asked, names)
    theirs, mine = linked.entity, found.entity
    if theirs is None or not _shared(_read(asked).candidate, theirs):
        # Somebody of that name is not the one of that number.
        # It is not there, or the asker may not learn of it: answered alike.
        return replace(found, reasons=(*found.reasons, reason("LOCAL_KEY_UNKNOWN")))
    if mine is None or mine.local == theirs.local or not _shared(_read(candidate).candidate, mine):
        return replace(linked, candidate=candidate, reasons=(reason("LOCAL_KEY"), *linked.reasons))
    said = (reason("LOCAL_KEY_OF_SOMEBODY_ELSE"), *found.reasons)
    others = (Found(theirs, _compared(plain, theirs)), *found.others)[:_OTHERS]
    return replace(found, outcome=Outcome.CONFLICT, probability=0.5, reasons=said, others=others)


def _likeliest(asked: Candidate, found: Sequence[Known]) -> Sequence[Known]:
    """Those that look most like a candidate, letter by letter: a comparison in full costs a hundred times as much."""
    if len(found) <= _COMPARED:
        return found

    def likeness(entity: Known) -> float:
        names = max(Indel.normalized_similarity(asked.name, name) for name in (entity.name, *entity.former_names))
        places = Indel.normalized_similarity(asked.address, entity.address) if asked.address else 0.0
        return names + places / 2

    return sorted(found, key=likeness, reverse=True)[:_COMPARED]


def prepared(candidate: Candidate) -> Candidate:
    """The candidate with its numbers in canonical form; those that must not be used are empty."""
    return _read(candidate).candidate


def _read(candidate: Candidate) -> _Read:
    remarks: list[Reason] = []
    values: dict[str, str] = {}
    for name, kind in (("uscc", Kind.USCC), ("reg_no15", Kind.REG_NO_15), ("org_code", Kind.ORG_CODE)):
        text = getattr(candidate, name)
        if not text.strip():
            continue
        number = read_identifier(kind, text)
        # The register may hold a code whose check digit is wrong, so it is looked up all the same.
        values[name] = number.code if number.usable or number.fault == "CHECK_DIGIT" else ""
        if number.fault == "CITIZEN_ID":
            remarks.append(reason("CODE_IS_PERSONAL"))
        elif number.fault == "CHECK_DIGIT":
            remarks.append(_meant(number.suggestion))
        elif number.fault is not None:
            remarks.append(reason("CODE_FORMAT"))
    return _Read(replace(candidate, **values), tuple(remarks))


def _meant(suggestion: str | None) -> Reason:
    said = reason("CODE_CHECK_DIGIT")
    if suggestion is None:
        return said
    return replace(said, zh=f"{said.zh}；是否应为 {suggestion}？", en=f"{said.en}; did you mean {suggestion}?")


def _by_number(read: _Read, exact: Sequence[Known]) -> Resolution:
    """A number of the candidate is one of the register's: it decides, unless the name speaks against it."""
    asked = read.candidate
    if len(exact) > 1:
        said = (reason("CODES_CONTRADICT"), *read.remarks)
        others = tuple(Found(one, _compared(asked, one)) for one in exact)
        return Resolution(asked, Outcome.CONFLICT, others[0].comparison.probability, said, exact[0], None, others[1:])
    entity = exact[0]
    shared = tuple(map(reason, _shared(asked, entity)))
    if not asked.name.strip():
        return Resolution(asked, Outcome.MATCH, calibrated(shared[0].weight), (*shared, *read.remarks), entity)
    found = _compared(asked, entity)
    told = (*shared, *found.reasons, *read.remarks)
    # Of a short name or a former one the code is proof enough; of another name it is not.
    if found.outcome is Outcome.NEW:
        return Resolution(asked, Outcome.CONFLICT, 0.5, (reason("CODE_OF_SOMEBODY_ELSE"), *told), entity)
    if found.link is not None:
        return Resolution(asked, Outcome.POSSIBLE, found.probability, told, entity, found.link)
    certain = calibrated(shared[0].weight + sum(one.weight for one in found.reasons))
    return Resolution(asked, Outcome.MATCH, max(certain, 0.97), told, entity)


def _by_name(read: _Read, found: Sequence[Found]) -> Resolution:
    asked = read.candidate
    likely = [one for one in found if one.comparison.outcome is not Outcome.NEW]
    if not likely:
        return Resolution(asked, Outcome.NEW, 0.0, (reason("NOBODY_ALIKE"), *read.remarks))
    best, others = likely[0], tuple(likely[1 : 1 + _OTHERS])
    told = _only_one(best, others)
    outcome, said = told.outcome, list(told.reasons)
    rival = others[0].comparison if others else None
    if rival is not None and outcome is Outcome.MATCH and rival.outcome is Outcome.MATCH:
        # Two that fit alike are two entities of the register: which of them is meant is for a person.
        outcome = Outcome.POSSIBLE
    if outcome is not told.outcome or (rival is not None and told.probability - rival.probability < _CLOSE):
        said.insert(0, reason("SEVERAL_ALIKE"))
    probability = told.probability
    if said[0].code == "SEVERAL_ALIKE" and rival is not None:
        probability = round(probability / (1 + rival.probability / max(probability, 0.0001)), 4)
    return Resolution(asked, outcome, probability, (*said, *read.remarks), best.entity, told.link, others)


def _only_one(best: Found, others: Sequence[Found]) -> Comparison:
    """The best comparison; a MATCH where only the region is written otherwise and the register has nobody else so called."""
    told = best.comparison
    codes = {one.code for one in told.reasons}
    rivals = [one for one in others if one.comparison.link is None and one.comparison.probability >= _RIVAL]
    if codes != _REGION_ONLY or rivals or not is_distinctive(read_name(best.entity.name)):
        return told
    said = (*told.reasons, reason("ONLY_ONE"))
    return replace(told, outcome=Outcome.MATCH, probability=max(told.probability, 0.97), reasons=said)


def _compared(asked: Candidate, entity: Known) -> Comparison:
    """The comparison with the entity's name, or with a former one that fits better; codes that differ speak against it."""
    found = compare((asked.name, asked.address), (entity.name, entity.address))
    for former in entity.former_names:
        other = compare((asked.name, asked.address), (former, entity.address))
        if other.outcome is Outcome.MATCH and found.outcome is not Outcome.MATCH:
            said = (reason("FORMER_NAME"), *(one for one in other.reasons if one.code != "SAME_NAME"))
            probability = round(min(other.probability, 0.9), 4)
            found = Comparison(Outcome.POSSIBLE, probability, said, other.link)
    if asked.uscc and entity.uscc and asked.uscc != entity.uscc:
        return _against(found)
    return found


def _against(found: Comparison) -> Comparison:
    said = (reason("CODE_DIFFERS"), *found.reasons)
    if found.outcome is Outcome.MATCH:
        return Comparison(Outcome.CONFLICT, 0.5, said, found.link)
    if found.link is not None:
        return replace(found, reasons=said)
    return Comparison(Outcome.NEW, round(found.probability / 10, 4), said)


def _shared(asked: Candidate, entity: Known) -> list[str]:
    """Codes of the reasons: numbers that both have."""
    pairs = (
        ("SAME_USCC", asked.uscc, entity.uscc),
        ("SAME_REG_NO", asked.reg_no15, entity.reg_no15),
        ("SAME_ORG_CODE", asked.org_code, entity.org_code or entity.uscc[8:17]),
    )
    return [code for code, mine, theirs in pairs if mine and mine == theirs]


def _rank(found: Found) -> tuple[int, float]:
    order = (Outcome.MATCH, Outcome.CONFLICT, Outcome.POSSIBLE, Outcome.NEW)
    return order.index(found.comparison.outcome), -found.comparison.probability
