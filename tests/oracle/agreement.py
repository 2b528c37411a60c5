"""Asks hub and oracle the same, and says where they differ: seed, caller, question, variables, difference."""

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.askers import ASKERS, Asker
from tests.oracle.marks import Marks, difference
from tests.oracle.question import Question
from tests.oracle.questions import Writer
from tests.oracle.reference import Oracle
from tests.oracle.stage import FAILURES, NOW, REQUEST_ID, Stage
from tests.oracle.stored import SOURCES
from tests.oracle.values import Values

TOO_LARGE = "QUERY_TOO_COMPLEX"
_EVERY_ID = Question("{ entities(first: 100) { edges { node { id uscc regNo15 name } } } }")


@dataclass
class Contest:
    """A hub and an oracle over one city."""

    stage: Stage
    oracle: Oracle
    tally: dict[str, int] = field(default_factory=dict)

    async def differ(self, asker: Asker, question: Question) -> str | None:
        """Where the two answers differ, None if they agree; the oracle knows no question that is too large."""
        with self.stage.silenced(question.silent):
            got = await self.stage.ask(asker, question)
        if got == TOO_LARGE:
            self.tally[TOO_LARGE] = self.tally.get(TOO_LARGE, 0) + 1
            return None
        expected = self.oracle.answer(asker, question)
        self._count(expected)
        return difference(expected, got, self.oracle.marks)

    def draw(self, seed: int, *, silencing: bool = False) -> tuple[list[Asker], Question]:
        """The question of a seed, written for the first of the callers who ask it."""
        rng = random.Random(seed)
        askers = rng.sample(ASKERS, 3)
        standing = self.oracle.standing(askers[0])
        schema, catalogue = self.oracle.schema(standing.visible), self.oracle.catalogue
        whole = self.oracle.schema(frozenset(catalogue.fields))
        values = Values(rng, self.oracle.city, list(self.oracle.marks.ids))
        question = Writer(rng, schema, standing, whole, values).write()
        if not silencing:
            return askers, question
        names = rng.sample(SOURCES, rng.choice((1, 1, 1, 2)))
        silent = {name: rng.choice(list(FAILURES)) for name in names}
        return askers, Question(question.text, question.variables, question.on_denied, silent)

    def _count(self, expected: object) -> None:
        kind = expected if isinstance(expected, str) else "answered"
        self.tally[kind] = self.tally.get(kind, 0) + 1
        fields: Iterable[Any] = expected["extensions"]["fields"] if isinstance(expected, dict) else ()
        for state in {f"{one['state']} {one.get('code', '')}".strip() for one in fields}:
            self.tally[state] = self.tally.get(state, 0) + 1


async def set_contest(stage: Stage) -> Contest:
    """A contest in which every entity's id was given out once."""
    oracle = Oracle(stage.hub.settings, stage.hub.gateway.wording.catalogue, stage.city, NOW, REQUEST_ID, Marks())
    contest = Contest(stage, oracle)
    found = await contest.differ(next(one for one in ASKERS if one.name == "everything"), _EVERY_ID)
    assert found is None, found
    return contest


def report(seed: int, asker: Asker, question: Question, found: str) -> str:
    """A disagreement for people."""
    variables = json.dumps(question.variables, ensure_ascii=False)
    return (
        f"seed {seed}, caller {asker.name!r}, on denied {question.on_denied}, silent {dict(question.silent)}\n"
        f"{question.text}\nvariables {variables}\n{found}"
    )
