"""English words in names: short forms, words run together, and how alike two groups of words are."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from hub.suggest.lexicon import abbreviations, lexicon

_EXACT, _ALIKE, _LEAST = 0.93, 0.88, 0.5
_NOISE = frozenset(("of", "the", "a", "is", "to_", "and", "for", "by_"))


def english_key(tokens: tuple[str, ...]) -> frozenset[str]:
    """The words a name means, each in the form the lexicon uses."""
    short = abbreviations()
    singular = (_singular(token) for token in tokens if token not in _NOISE)
    return frozenset(short.get(token, token) for token in singular)


def _singular(token: str) -> str:
    """One of several: `penalties` is `penalty`; short words and those that end so by themselves stay."""
    if token in abbreviations() or len(token) < 5 or token.endswith(("ss", "us", "is")):
        return token
    return f"{token[:-3]}y" if token.endswith("ies") else token.removesuffix("s")


def words_like(tokens: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    """Concepts whose English is like these words."""
    key = english_key(tokens)
    exact, by_word, worth = _keys()
    for concept in exact.get(key, ()):
        yield concept, _EXACT
    mine = sum(worth.get(word, 5.0) for word in key)
    shared: dict[frozenset[str], float] = defaultdict(float)
    for word in key:
        for other in by_word.get(word, ()):
            shared[other] += worth[word]
    for other, common in shared.items():
        likeness = 2 * common / (mine + sum(worth[word] for word in other))
        if likeness > _LEAST and other != key:
            for concept in exact[other]:
                yield concept, _ALIKE * likeness


@cache
def segment(joined: str) -> tuple[str, ...]:
    """Words of a name without separators; empty where it is not made of known words only."""
    known = _vocabulary()
    best: list[tuple[int, tuple[str, ...]] | None] = [(0, ())]
    for end in range(1, len(joined) + 1):
        ways = [
            (found[0] + (len(joined[start:end]) ** 2), (*found[1], joined[start:end]))
            for start, found in enumerate(best)
            if found is not None and joined[start:end] in known
        ]
        best.append(max(ways, default=None))
    found = best[-1]
    return found[1] if found is not None and len(found[1]) > 1 else ()


@cache
def _vocabulary() -> frozenset[str]:
    words = {word for concept in lexicon().concepts for text in concept.en for word in text.split()}
    short = abbreviations()
    return frozenset(word for word in (*words, *short, *short.values()) if len(word) > 2 or word in ("no", "op", "id"))


@cache
def _keys() -> tuple[
    Mapping[frozenset[str], frozenset[str]], Mapping[str, tuple[frozenset[str], ...]], Mapping[str, float]
]:
    exact: dict[frozenset[str], set[str]] = defaultdict(set)
    for concept in lexicon().concepts:
        for text in concept.en:
            exact[english_key(tuple(text.split()))].add(concept.name)
    by_word: dict[str, list[frozenset[str]]] = defaultdict(list)
    concepts: dict[str, set[str]] = defaultdict(set)
    for key, names in exact.items():
        for word in key:
            by_word[word].append(key)
            concepts[word] |= names
    every = len(lexicon().concepts)
    worth = {word: math.log(1 + every / len(names)) for word, names in concepts.items()}
    return (
        {key: frozenset(names) for key, names in exact.items()},
        {word: tuple(keys) for word, keys in by_word.items()},
        worth,
    )
