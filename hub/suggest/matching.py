"""Which field of the schema each column of a list is: label, name and contents together, in the light of the whole list.

The same words mean the licence's decision here and the penalty's there; what stands around them decides. Columns that are
no field of the schema come out as such. Knows no source and writes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.suggest.labels import Scores, is_chinese, read_label
from hub.suggest.lexicon import Concept, lexicon
from hub.suggest.names import read_name
from hub.suggest.neighbours import Said, around_each, cues_of

_LABEL, _NAME, _NAME_ALONE, _CONTENT = 0.96, 0.72, 0.96, 0.6
_FITS = 0.5
_SHOWN = 0.12
_MOST = 5
_USUAL: Mapping[str, float] = {
    "Entity": 1.0, "Licence": 0.98, "Penalty": 0.98, "Commitment": 0.93, "ListEntry": 0.93, "CreditRating": 0.9,
    "Honour": 0.9, "Inspection": 0.9, "": 0.96, "Provenance": 0.93,
}  # fmt: skip
_RARE = 0.85
_EVERYWHERE = frozenset(("Entity", "Provenance", ""))
_OF_REGISTER = frozenset(
    ("Entity.status", "Entity.establishedOn", "Entity.registrationAuthority", "Entity.businessScope")
)
"""Fields of the entity that few lists have besides the register itself."""
_WITHOUT_CONTEXT, _WITHOUT_REGISTER = 0.6, 0.85
_AGAINST = 0.45
_BESIDE = 4
_AS_LIKELY = 0.8


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list: its name, what people call it, and what its contents speak for (concept → 0 to 1) and against."""

    name: str
    label: str = ""
    contents: Scores = field(default_factory=dict)
    against: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """A concept that a column can be: confidence 0 to 1, the score it comes from, and what speaks for it."""

    concept: Concept
    score: float
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is suggested for one column: `best` is null where nothing is known of it; others follow, best first."""

    column: Column
    best: Match | None
    others: tuple[Match, ...]

    @property
    def canonical(self) -> str:
        """Coordinate of the field, empty where nothing fits."""
        fits = self.best is not None and self.best.confidence >= _FITS
        return self.best.concept.canonical if fits and self.best is not None else ""

    @property
    def confidence(self) -> float:
        """How sure it is that the column is a field of the schema, and this one, 0 to 1."""
        if self.best is not None and self.canonical:
            return self.best.confidence
        return min(_FITS / 2, max((match.confidence for match in self.others), default=0.0))

    @property
    def alternatives(self) -> tuple[str, ...]:
        """Coordinates of other fields it could be, best first."""
        every = (self.best, *self.others) if self.best is not None else self.others
        near = self.best.concept.near if self.best is not None else ()
        names = (*near, *(match.concept.canonical for match in every))
        return tuple(name for name in dict.fromkeys(names) if name and name != self.canonical)[:_MOST]

    @property
    def clearly(self) -> float:
        """How far the best is ahead of the next."""
        if self.best is None:
            return 0.0
        return self.best.score - (self.others[0].score if self.others else 0.0)

    @property
    def concerns_person(self) -> bool:
        """True where it is most like something that is said of a natural person."""
        return self.best is not None and self.best.concept.concerns_person


def _nothing() -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class _Evidence:
    label: Scores
    name: Scores
    total: Scores
    cues: frozenset[str]


def suggest(columns: Sequence[Column], read: Callable[[], None] = _nothing) -> list[Suggestion]:
    """A suggestion for every column, in their order; `read` is told of each column that has been read."""
    evidence: list[_Evidence] = []
    for column in columns:
        evidence.append(_evidence(column))
        read()
    around = around_each([column.name for column in columns], [Said(each.total, each.cues) for each in evidence])
    found = [_suggestion(column, each, near) for column, each, near in zip(columns, evidence, around, strict=True)]
    for place in range(len(found)):
        found[place] = _apart(found, place)
    return found


def _apart(found: Sequence[Suggestion], place: int) -> Suggestion:
    """A column that claims the field of a neighbour is the next best thing, if that is as likely and nobody's yet."""
    one = found[place]
    near = [
        found[other]
        for other in range(max(0, place - _BESIDE), place + _BESIDE + 1)
        if other != place and other < len(found)
    ]
    rivals = [other for other in near if other.canonical and other.canonical == one.canonical]
    if one.best is None or not one.others or not rivals:
        return one
    second = one.others[0]
    certain = max(rival.clearly for rival in rivals)
    free = second.concept.canonical not in {other.canonical for other in near} and second.concept.canonical
    if free and certain > one.clearly and second.score >= _AS_LIKELY * one.best.score:
        return Suggestion(one.column, second, (one.best, *one.others[1:]))
    return one


def _evidence(column: Column) -> _Evidence:
    cues = cues_of(column.name, column.label)
    spoken = lexicon().cue_words
    label = read_label(column.label or column.name)
    name = {} if is_chinese(column.name) else read_name(column.name, spoken)
    if column.label and not is_chinese(column.label):
        label = read_name(column.label, spoken)
    heavy = _NAME if label else _NAME_ALONE
    total = {
        concept: 1
        - (1 - _LABEL * label.get(concept, 0.0))
        * (1 - heavy * name.get(concept, 0.0))
        * (1 - _CONTENT * column.contents.get(concept, 0.0))
        for concept in {*label, *name, *column.contents}
    }
    return _Evidence(label, name, total, cues)


def _suggestion(column: Column, each: _Evidence, near: Mapping[str, float]) -> Suggestion:
    ranked: list[tuple[float, Concept]] = []
    for concept in lexicon().concepts:
        score = each.total.get(concept.name, 0.0)
        if score > 0:
            doubt = _AGAINST if concept.name in column.against else 1.0
            ranked.append((score * doubt * _fitting(concept, each, near), concept))
    ranked.sort(key=lambda entry: -entry[0])
    matches = [_match(score, concept, each, ranked, column) for score, concept in ranked[:12] if score > _SHOWN]
    return Suggestion(column, matches[0] if matches else None, tuple(matches[1:]))


def _fitting(concept: Concept, each: _Evidence, near: Mapping[str, float]) -> float:
    record = concept.record
    usual, here = _USUAL.get(record, _RARE), min(1.0, near.get(record, 0.0))
    if concept.name in _OF_REGISTER:
        return usual * (_WITHOUT_REGISTER + (1 - _WITHOUT_REGISTER) * here)
    if record in _EVERYWHERE:
        return usual
    # A record that is rare elsewhere is not where its list is.
    usual += (1 - usual) * here**2
    own = 0.8 if each.cues and record not in each.cues and record in lexicon().cues_zh else 1.0
    return usual * own * (_WITHOUT_CONTEXT + (1 - _WITHOUT_CONTEXT) * here)


def _match(
    score: float, concept: Concept, each: _Evidence, ranked: Sequence[tuple[float, Concept]], column: Column
) -> Match:
    rival = max((other for other, one in ranked if one.name != concept.name), default=0.0)
    margin = min(1.0, max(0.0, score - rival) / 0.25)
    reasons: list[str] = []
    if each.label.get(concept.name, 0.0) >= 0.3:
        reasons.append(f"名目 / label {each.label[concept.name]:.2f}")
    if each.name.get(concept.name, 0.0) >= 0.3:
        reasons.append(f"列名 / name {each.name[concept.name]:.2f}")
    if column.contents.get(concept.name, 0.0) >= 0.3:
        reasons.append(f"内容 / contents {column.contents[concept.name]:.2f}")
    return Match(concept, score, round(score * (0.75 + 0.25 * margin), 2), tuple(reasons))
