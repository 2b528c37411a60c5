"""The lexicon: what a field of the schema is called in lists of departments, and what such lists hold besides.

The words are data, in `lexicon/*.toml`; full pinyin and initials are made from the Chinese ones with `readings.toml`.
Knows no list and no source.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any
from unicodedata import normalize

_FOLDER = files(__package__) / "lexicon"
_NOT_WORDS = ("english.toml", "readings.toml")
_PART = re.compile(r"\[([^\]]*)\]|\{([^}]*)\}|([^\[\]{}]+)")
PERSON = "person"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Concept:
    """What a column can be: a field of the schema, or something it has no field for.

    name: `Licence.decisionNo`, or `person.idNumber` and `other.remark` for what goes nowhere · spelt: whether names are
    also made of its Chinese words, in pinyin and initials · near: fields that say the same and that no column is mapped
    to, because the hub knows them by itself.
    """

    name: str
    zh: tuple[str, ...]
    en: tuple[str, ...]
    codes: tuple[str, ...]
    spelt: bool = True
    near: tuple[str, ...] = ()

    @property
    def record(self) -> str:
        """The record it is a field of; empty for what goes nowhere."""
        record = self.name.partition(".")[0]
        return "" if record in (PERSON, OTHER) else record

    @property
    def canonical(self) -> str:
        """Its coordinate in the schema; empty for what goes nowhere."""
        return self.name if self.record else ""

    @property
    def concerns_person(self) -> bool:
        """True for what is said of a natural person and has no field."""
        return self.name.startswith(f"{PERSON}.")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All concepts, by record what in a name or label tells of it, and the record of each concept by its name."""

    concepts: tuple[Concept, ...]
    cues_zh: Mapping[str, tuple[str, ...]]
    cues_names: Mapping[str, frozenset[str]]
    cue_words: frozenset[str]
    records: Mapping[str, str]


@cache
def lexicon() -> Lexicon:
    """The lexicon, read once."""
    concepts: list[Concept] = []
    cues_zh: dict[str, tuple[str, ...]] = {}
    cues_names: dict[str, frozenset[str]] = {}
    for file in sorted(_FOLDER.iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".toml") or file.name in _NOT_WORDS:
            continue
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        record, cues = said.pop("record"), said.pop("cues", {})
        if cues:
            cues_zh[record] = tuple(cues["zh"])
            cues_names[record] = frozenset(name.casefold() for name in cues["names"])
        concepts.extend(_concepts(record, said))
    records = {concept.name: concept.record for concept in concepts}
    return Lexicon(tuple(concepts), cues_zh, cues_names, frozenset().union(*cues_names.values()), records)


def _concepts(record: str, said: Mapping[str, Any]) -> Iterator[Concept]:
    for name, words in said.items():
        zh = dict.fromkeys(plain_label(text) for pattern in words.get("zh", ()) for text in expand(pattern))
        full = f"{record}.{name}" if record else name
        en, codes, near = (tuple(words.get(key, ())) for key in ("en", "codes", "near"))
        yield Concept(full, tuple(zh), en, codes, words.get("spelt", True), near)


def expand(pattern: str) -> Iterator[str]:
    """Every text of a pattern: `[a|b]` is a, b or nothing, `{a|b}` is a or b."""
    parts: list[list[str]] = []
    for optional, several, plain in _PART.findall(pattern):
        if plain:
            parts.append([plain])
        else:
            parts.append([*(optional or several).split("|"), *([""] if optional else [])])
    for chosen in product(*parts):
        yield "".join(chosen)


def plain_label(text: str) -> str:
    """A Chinese label without width, blanks and marks, which nobody writes twice the same."""
    return re.sub(r"[\W_]+", "", normalize("NFKC", text)).casefold()


@cache
def readings() -> Mapping[str, tuple[str, ...]]:
    """Character → its readings in these words, without tones; the file has them the other way round."""
    said = tomllib.loads((_FOLDER / "readings.toml").read_text(encoding="utf-8"))
    found: dict[str, tuple[str, ...]] = {}
    for syllable, characters in said.items():
        for character in characters:
            found[character] = (*found.get(character, ()), syllable)
    return found


@cache
def abbreviations() -> Mapping[str, str]:
    """English word as it is shortened in names → the word that stands for it here."""
    said = tomllib.loads((_FOLDER / "english.toml").read_text(encoding="utf-8"))
    return {short: word for word, shorts in said.items() for short in shorts.split()}


def pinyin(text: str) -> Iterator[tuple[str, str]]:
    """A text in full pinyin and in initials, in every reading its characters have; letters and digits stay.

    KeyError for a character that `readings.toml` does not have.
    """
    known = readings()
    each = [(character,) if character.isascii() else known[character] for character in text]
    for syllables in product(*each):
        yield "".join(syllables), "".join(syllable[0] for syllable in syllables)
