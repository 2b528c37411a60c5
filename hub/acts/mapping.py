"""Mappings as acts: a steward tries one on rows of their own department's source, and each look is on record."""

from collections.abc import Sequence
from dataclasses import dataclass

from auth.roles import Role
from hub.acts.asking import actor_of
from hub.acts.doing import Doing, Facts, UnknownError
from hub.errors import HubError
from hub.mapping.trials import Mapped, Mappings, TrialWish, Tried
from hub.mapping.trying import Trial
from schema.mapping import (
    MappingFault,
    MappingSuggestion,
    MappingTrial,
    SourceColumn,
    SourceMapping,
    TriedCell,
    TriedPlace,
    TriedRow,
)


@dataclass(frozen=True, slots=True)
class Mapping:
    """The `MappingDeeds` of the schema."""

    doing: Doing
    facts: Facts

    def attempt(self, source: str, record: str, draft: str | None, answer: str | None) -> MappingTrial:
        """What comes of a draft on some rows; nothing that runs is changed, and the rows are kept nowhere."""
        actor, mapped = actor_of(self.doing), _mappings(self.doing).find(source, record)
        if mapped is None or mapped.source.department != actor.department:
            raise HubError("MAPPING_NOT_FOUND")
        wish = TrialWish(source, record, draft, answer)
        if wish not in self.facts.trials:
            raise UnknownError(trial=wish)
        tried = self.facts.trials[wish]
        told = {"source": source, "record": record, "rows": str(tried.rows)}
        told["mapping"] = self.doing.vault.short("mapping", tried.text)
        position = self.doing.record("MAPPING_TRIED", outcome_of(tried), "", told)
        return _shown(tried, position)


@dataclass(frozen=True, slots=True)
class MappingLook:
    """The `MappingDesk` of the schema."""

    doing: Doing

    def mappings(self, source: str | None) -> Sequence[SourceMapping]:
        """Mappings that run: a steward sees those of their department."""
        client = self.doing.access.caller.client
        return [
            _mapping(one)
            for one in _mappings(self.doing).all
            if source in {None, one.source.name}
            and (client.role is not Role.STEWARD or one.source.department == client.department)
        ]


def outcome_of(tried: Tried) -> str:
    """How a trial ended, as the record has it."""
    if tried.faults:
        return "FAULTY"
    return "UNSAMPLED" if tried.unsampled is not None else "GRANTED"


def _mappings(doing: Doing) -> Mappings:
    if doing.rules.mappings is None:
        raise RuntimeError("these rules know no mappings")
    return doing.rules.mappings()


def _mapping(one: Mapped) -> SourceMapping:
    return SourceMapping(
        source=one.source.name,
        label=one.source.label or one.source.name,
        department=one.source.department,
        kind=one.source.kind,
        record=one.record.record,
        record_label=one.rule.declared.zh,
        sampled=one.sampled,
        mapping=one.text,
    )


def _shown(tried: Tried, position: int) -> MappingTrial:
    trial = tried.trial or Trial((), {}, {}, ())
    zh, en = tried.unsampled or (None, None)
    return MappingTrial(
        faults=[_fault(text) for text in tried.faults],
        unsampled=zh,
        unsampled_en=en,
        rows=[
            TriedRow(cells=[TriedCell(**{name: getattr(cell, name) for name in _CELL}) for cell in row])
            for row in trial.rows
        ],
        count=tried.rows,
        places=[
            TriedPlace(place=place, filled=filled, unreadable=trial.unreadable[place])
            for place, filled in trial.filled.items()
        ],
        columns=[
            SourceColumn(name=name, label=label or None, veiled=name in tried.veiled)
            for name, label in tried.columns.items()
        ],
        missing=list(trial.missing),
        withheld=list(trial.withheld),
        suggestions=[
            MappingSuggestion(
                place=one.place,
                column=one.column,
                how=one.how,
                confidence=one.confidence,
                reasons=list(one.reasons),
            )
            for one in tried.suggestions
        ],
        mapping=tried.text,
        difference=tried.difference,
        position=position,  # type: ignore[arg-type]
    )


_CELL = ("place", "column", "before", "after", "readable", "masked")


def _fault(text: str) -> MappingFault:
    place, _, sentence = text.partition(": ")
    return MappingFault(place=place, text=sentence)
