"""Walks over all pages of a list: order, ties, missing and unreadable values, and cursors that lead nowhere."""

import random
from dataclasses import dataclass
from typing import Any

from tests.oracle.agreement import Contest
from tests.oracle.askers import ASKERS, Asker
from tests.oracle.question import Question

_MOST_PAGES = 100
_ORDERS = ("uscc", "name", "establishedOn", "divisionCode", "address")
_FILTERS: tuple[dict[str, Any] | None, ...] = (
    None,
    None,
    {"divisionWithin": "3205"},
    {"establishedFrom": "2012-01-01"},
    {"licence": {"kind": "LICENCE"}},
    {"onList": "COURT_DEBTOR", "name": "示例"},
    {"kind": "ENTERPRISE"},
)


@dataclass(frozen=True, slots=True)
class Walk:
    """One list of one caller: its filter, order and page size."""

    asker: Asker
    filter: dict[str, Any] | None
    order: list[dict[str, str]]
    first: int

    def page(self, after: str | None) -> Question:
        """The page after a cursor."""
        text = (
            "query Walk($filter: EntityFilter, $order: [EntityOrder!], $first: Int, $after: String) {"
            " entities(filter: $filter, orderBy: $order, first: $first, after: $after) {"
            " pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id __typename } } } }"
        )
        return Question(text, {"filter": self.filter, "order": self.order, "first": self.first, "after": after})

    async def differ(self, contest: Contest) -> tuple[Question, str] | None:
        """The first page on which hub and oracle differ."""
        question = self.page(None)
        for _ in range(_MOST_PAGES):
            found = await contest.differ(self.asker, question)
            if found is not None:
                return question, found
            after = await self.next_cursor(contest, question)
            if after is None:
                return None
            question = self.page(after)
        return question, "the walk does not end"

    async def next_cursor(self, contest: Contest, question: Question) -> str | None:
        """Cursor of the next page, None if there is none."""
        body: Any = await contest.stage.ask(self.asker, question)
        connection = body["data"]["entities"] if isinstance(body, dict) else None
        if connection is None or not connection["pageInfo"]["hasNextPage"]:
            return None
        cursor: str = connection["pageInfo"]["endCursor"]
        return cursor


def draw_walk(seed: int) -> Walk:
    """The walk of a seed."""
    rng = random.Random(seed)
    names = rng.sample(_ORDERS, rng.choice((0, 1, 1, 2, 3)))
    order = [{name: rng.choice(("ASC", "DESC"))} for name in names]
    return Walk(rng.choice(ASKERS), rng.choice(_FILTERS), order, rng.choice((2, 3, 7, 20)))
