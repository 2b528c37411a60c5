"""What the name of a column says: published codes, full pinyin, initials of pinyin, English words and their short forms.

Knows no labels and no list.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from unicodedata import normalize

from hub.suggest.english import segment, words_like
from hub.suggest.labels import Scores
from hub.suggest.lexicon import lexicon, pinyin

_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_LEADING = frozenset(
    ("t", "f", "c", "s", "d", "n", "v", "p", "col", "field", "fd", "tb", "tbl", "str", "dt", "vc", "i", "the")
)
_TRAILING = frozenset(("cn", "zh", "ch", "value", "field", "str", "text", "col"))
_CODE, _PINYIN, _ENGLISH = 1.0, 0.97, 0.93
_INITIALS = {1: 0.0, 2: 0.55, 3: 0.7, 4: 0.82, 5: 0.88}
_LONG_INITIALS = 0.92
_LONGEST = 80
_KNOWN = 0.8
_LEFT, _WHOLE_KNOWN = 0.65, 0.85
_DROPPED_CUE, _DROPPED_OTHER = 0.98, 0.86


@dataclass(frozen=True, slots=True)
class _Names:
    """Names of the lexicon → concepts with how much the name says; full pinyin by its pairs of letters."""

    exact: Mapping[str, Mapping[str, float]]
    pairs: Mapping[str, tuple[str, ...]]
    sizes: Mapping[str, int]
    full: Mapping[str, frozenset[str]]
    initials: Mapping[str, frozenset[str]]


def is_known_name(name: str) -> bool:
    """True if the name stands in the lexicon as it is, or as its words are spelt."""
    return max(_names().exact.get("".join(tokens_of(name)), {}).values(), default=0.0) >= _KNOWN


def tokens_of(name: str) -> tuple[str, ...]:
    """The parts of a name, in lower case: by separators, then by the change of case."""
    last = normalize("NFKC", name[:_LONGEST]).strip().rpartition(".")[2]
    found: list[str] = []
    for part in re.split(r"[^A-Za-z0-9]+", last):
        found.extend(_CAMEL.findall(part))
    return tuple(token.casefold() for token in found)


def read_name(name: str, cues: frozenset[str]) -> Scores:
    """What the name says; `cues` are the parts that tell of a record and may be left out."""
    found: dict[str, float] = defaultdict(float)
    whole = tokens_of(name)
    # Where the whole name is known, what is left without its beginning is another word.
    known = is_known_name(name)
    for tokens, part in _shortened(whole, cues):
        weight = part * (_WHOLE_KNOWN if known and tokens != whole else 1.0)
        for concept, score in _said(tokens):
            found[concept] = max(found[concept], weight * score)
        # One word that is left of several says little: every table has a date, a name and a number.
        spoken = weight * (_LEFT if len(tokens) == 1 < len(whole) and whole[0] not in _LEADING else 1.0)
        for concept, score in _in_english(tokens):
            found[concept] = max(found[concept], spoken * score)
    return found


def _shortened(tokens: tuple[str, ...], cues: frozenset[str]) -> Iterator[tuple[tuple[str, ...], float]]:
    """The name, and what is left of it without what stands before and after."""
    while len(tokens) > 1 and (tokens[-1] in _TRAILING or tokens[-1].isdigit()):
        yield tokens, 1.0
        tokens = tokens[:-1]
    weight = 1.0
    yield tokens, weight
    while len(tokens) > 1:
        weight *= _DROPPED_CUE if tokens[0] in cues or tokens[0] in _LEADING else _DROPPED_OTHER
        tokens = tokens[1:]
        yield tokens, weight
    if len(tokens) == 1:
        for cue in cues:
            if len(tokens[0]) - len(cue) > 1 and tokens[0].startswith(cue):
                yield (tokens[0][len(cue) :],), weight * 0.9


def _said(tokens: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    names = _names()
    joined = "".join(tokens)
    yield from names.exact.get(joined, {}).items()
    if len(joined) >= 8:
        yield from _pinyin_like(joined)
    if 4 <= len(joined) <= 14:
        yield from _initials_like(joined)


def _in_english(tokens: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    yield from words_like(tokens)
    if len(tokens) == 1 and len(tokens[0]) >= 5:
        words = segment(tokens[0])
        if words:
            yield from words_like(words)


def _pinyin_like(joined: str) -> Iterator[tuple[str, float]]:
    names = _names()
    mine = _pairs(joined)
    shared: dict[str, int] = defaultdict(int)
    for pair in mine:
        for text in names.pairs.get(pair, ()):
            shared[text] += 1
    least = 0.7 * len(mine) / 2
    for text, count in shared.items():
        if count < least:
            continue
        likeness = 2 * count / (len(mine) + names.sizes[text])
        if likeness > 0.72:
            for concept in names.full[text]:
                yield concept, 0.9 * likeness


def _initials_like(joined: str) -> Iterator[tuple[str, float]]:
    """Initials that end or begin the name, or differ from it by one letter."""
    known = _names().initials
    for start in range(1, len(joined) - 2):
        part = joined[start:]
        for concept in known.get(part, ()):
            yield concept, (0.35 + 0.4 * len(part) / len(joined)) if len(part) > 2 else 0.0
    for end in range(4, len(joined)):
        for concept in known.get(joined[:end], ()):
            yield concept, 0.25 + 0.35 * end / len(joined)
    if len(joined) >= 5:
        for place in range(len(joined)):
            for concept in known.get(joined[:place] + joined[place + 1 :], ()):
                yield concept, 0.3 + 0.04 * len(joined)


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))


@cache
def _names() -> _Names:
    exact: dict[str, dict[str, float]] = defaultdict(dict)
    full: dict[str, set[str]] = defaultdict(set)
    initials: dict[str, set[str]] = defaultdict(set)

    def put(text: str, concept: str, score: float) -> None:
        exact[text][concept] = max(score, exact[text].get(concept, 0.0))

    for concept in lexicon().concepts:
        for label in concept.zh if concept.spelt else ():
            for spelt, first in pinyin(label):
                put(spelt, concept.name, _PINYIN)
                put(first, concept.name, _INITIALS.get(len(first), _LONG_INITIALS))
                full[spelt].add(concept.name)
                initials[first].add(concept.name)
        for words in concept.en:
            if " " in words:
                put(words.replace(" ", ""), concept.name, _ENGLISH)
        for code in concept.codes:
            plain = "".join(tokens_of(code))
            put(plain, concept.name, _CODE)
            initials[plain].add(concept.name)
    pairs: dict[str, list[str]] = defaultdict(list)
    for text in full:
        for pair in _pairs(text):
            pairs[pair].append(text)
    return _Names(
        exact,
        {pair: tuple(texts) for pair, texts in pairs.items()},
        {text: len(_pairs(text)) for text in full},
        {text: frozenset(names) for text, names in full.items()},
        {text: frozenset(names) for text, names in initials.items()},
    )
