"""What stands around a column: which record its list is about, told by all columns, the nearest most.

A list may hold the columns of several tables one after another. Knows no field.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.suggest.labels import Scores
from hub.suggest.lexicon import lexicon
from hub.suggest.names import tokens_of

_NEAR, _REACH = 0.8, 12
"""What a neighbour counts less than the one before it, and up to which."""
_TOGETHER, _APART = 0.5, 0.3
_CUE, _OWN = 1.6, 2.0
_OF_ENTITY = 0.35


@dataclass(frozen=True, slots=True)
class Said:
    """What one column says by itself: the concepts it is like, and records its words tell of."""

    scores: Scores
    cues: frozenset[str]


def cues_of(name: str, label: str) -> frozenset[str]:
    """Records that the name or the label tells of by itself."""
    known = lexicon()
    tokens = tokens_of(name)
    joined = "".join(tokens)
    by_name = {
        record
        for record, words in known.cues_names.items()
        if not words.isdisjoint(tokens[:2]) or any(len(word) > 2 and joined.startswith(word) for word in words)
    }
    text = label or name
    by_label = {record for record, words in known.cues_zh.items() if any(word in text for word in words)}
    return frozenset(by_label or by_name)


def _votes(each: Said) -> Mapping[str, float]:
    """What one column says of the record its list holds: the more, the less else it could be."""
    records = lexicon().records
    by_record: dict[str, float] = defaultdict(float)
    for name, score in each.scores.items():
        record = records[name]
        by_record[record] = max(by_record[record], score)
    ranked = sorted(by_record.items(), key=lambda entry: -entry[1])
    votes: dict[str, float] = defaultdict(float)
    if ranked and ranked[0][0] not in ("", "Provenance"):
        second = ranked[1][1] if len(ranked) > 1 else 0.0
        votes[ranked[0][0]] += max(0.0, ranked[0][1] - second) ** 0.5 * ranked[0][1]
    for record in each.cues:
        votes[record] += _CUE / len(each.cues)
    return votes


def around_each(names: Sequence[str], said: Sequence[Said]) -> list[Mapping[str, float]]:
    """For every column how much its list speaks for each record, the most likely one 1."""
    votes = [_votes(each) for each in said]
    groups = _groups(names)
    found: list[Mapping[str, float]] = []
    for place in range(len(names)):
        sums: dict[str, float] = defaultdict(float)
        for other in range(max(0, place - _REACH), min(len(names), place + _REACH + 1)):
            weight = _weight(abs(other - place), groups[place], groups[other])
            for record, vote in votes[other].items():
                sums[record] += weight * vote
        # Every list has columns of its entity; one that has little else is not about the little.
        most = max((sum_ * (_OF_ENTITY if record == "Entity" else 1.0) for record, sum_ in sums.items()), default=0.0)
        found.append({record: sum_ / most for record, sum_ in sums.items()} if most > 0 else {})
    return found


def _weight(distance: int, group: str, other: str) -> float:
    """What a neighbour counts: more within the group of columns that begin alike, less across groups."""
    if distance == 0:
        return _OWN
    together = group != "" and group == other
    across = group != "" and other != "" and not together
    return float(_NEAR ** (distance * (_TOGETHER if together else 1.0)) * (_APART if across else 1.0))


def _groups(names: Sequence[str]) -> list[str]:
    """The first part of a name, where several columns begin with it."""
    firsts = [tokens[0] if len(tokens) > 1 else "" for tokens in map(tokens_of, names)]
    counts = Counter(firsts)
    return [first if counts[first] > 2 else "" for first in firsts]
