"""Questions on which the hub once differed from the oracle, as small as they got: each must agree now."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.oracle.agreement import Contest, report
from tests.oracle.askers import ASKERS
from tests.oracle.marks import Anchor, Mark
from tests.oracle.question import Question
from tests.oracle.world import WRONG_DIGIT, uscc

_CODED, _NUMBERED, _UNNUMBERED = ("uscc", uscc(1)), ("regNo15", "320500000000053"), ("local", "r9")
_DOWN = {"register": "SOURCE_DOWN"}


@dataclass(frozen=True, slots=True)
class Found:
    """A question of one caller; in its text `$0`, `$1` … stand for the ids of entities."""

    mistake: str
    asker: str
    text: str
    silent: Mapping[str, str] = field(default_factory=dict)
    ids: tuple[Anchor, ...] = ()
    variables: Mapping[str, object] = field(default_factory=dict)

    def question(self, contest: Contest) -> Question:
        """The question with the hub's own ids."""
        text = self.text
        for number, anchor in enumerate(self.ids):
            text = text.replace(f"${number}", contest.oracle.marks.texts[Mark("id", anchor)])
        return Question(text, self.variables, silent=self.silent)


FOUND = (
    Found(
        "row filter meets unreadable cell",
        "own division",
        "{ entities(first: 100) { edges { node { licences { kind } } } } }",
    ),
    Found(
        "object read as a code",
        "everything",
        "{ entities(first: 100) { edges { node { uscc penalties { kinds } } } } }",
    ),
    Found(
        "variable of a type the caller's schema lacks",
        "nothing",
        'query ($f: EntityFilter = {name: "x"}) { entities(filter: $f) { __typename } purposes { code } }',
    ),
    Found(
        "id made from the row",
        "everything",
        '{ nodes(ids: ["$0", "$1"]) { ... on Entity { name } } }',
        ids=(_UNNUMBERED, _CODED),
    ),
    Found(
        "doubtful code whose register is silent",
        "everything",
        f'{{ entity(uscc: "{uscc(WRONG_DIGIT)}") {{ name licences {{ kind }} creditStatus {{ ratings {{ grade }} }} }} }}',
        silent=_DOWN,
    ),
    Found(
        "doubtful codes in a filter",
        "everything",
        f'{{ entities(filter: {{uscc: ["{uscc(WRONG_DIGIT)}", "{uscc(1)}"]}}) {{ edges {{ node {{ uscc name }} }} }} }}',
    ),
    Found("code told for an id", "merchant", '{ node(id: "$0") { __typename } }', ids=(("uscc", uscc(WRONG_DIGIT)),)),
    Found("warning for an id", "everything", '{ node(id: "$0") { __typename } }', ids=(("uscc", uscc(WRONG_DIGIT)),)),
    Found(
        "wrong source blamed for a filter",
        "everything",
        "{ entities(filter: {licence: {kind: FILING}}) { totalCount } }",
        {"health": "SOURCE_TIMEOUT"},
    ),
    Found(
        "wrong source blamed for a composite",
        "everything",
        '{ entity(identifier: {kind: REG_NO_15, value: "320500000000012"}) { creditStatus { headline } } }',
        _DOWN,
    ),
    Found(
        "second id for one entity",
        "everything",
        '{ entity(identifier: {kind: REG_NO_15, value: "320500000000012"}) { name id } }',
        _DOWN,
    ),
    Found("id forgotten while its source is silent", "everything", '{ node(id: "$0") { id } }', _DOWN, (_UNNUMBERED,)),
    Found(
        "empty list of an entity that has rows",
        "everything",
        '{ nodes(ids: ["$0", "$1"]) { ... on Entity { licences { kind } } } }',
        _DOWN,
        (_CODED, _NUMBERED),
    ),
    Found(
        "fetched without being asked",
        "everything",
        "{ entities(first: 100) { edges { node { creditStatus { provenance { fetchedAt } } } } } }",
    ),
    Found(
        "stale without being asked",
        "everything",
        "{ entities(first: 100) { edges { node { creditStatus { lists { name } } } } } }",
    ),
    Found(
        "size excused by a denial",
        "nothing",
        "{ entities(filter: {licence: {kind: FILING}}, first: 200) { __typename } }",
    ),
    Found("call for a denied number", "expired", "{ entities { totalCount } }", _DOWN),
    Found("object with nothing in it", "everything", "{ entities { pageInfo { hasNextPage @skip(if: true) } } }"),
    Found(
        "null decides",
        "everything",
        "query ($b: Boolean = true) { entities { totalCount @include(if: $b) } }",
        variables={"b": None},
    ),
    Found(
        "asked for what no row can be",
        "everything",
        f'{{ entity(uscc: "{uscc(1)}") {{ inspections(year: 123456) {{ department }} }} }}',
        {"market": "SOURCE_DOWN"},
    ),
    Found(
        "list longer than it may be", "everything", f'{{ entity(uscc: "{uscc(1)}") {{ penalties {{ decisionNo }} }} }}'
    ),
)


@pytest.mark.parametrize("found", FOUND, ids=lambda found: found.mistake.replace(" ", "-"))
async def test_agree_on_what_once_differed(contest: Contest, found):
    """Hub and oracle agree on the question."""
    asker = next(one for one in ASKERS if one.name == found.asker)
    question = found.question(contest)
    difference = await contest.differ(asker, question)
    assert difference is None, report(0, asker, question, difference)


OF_KINDS = (
    Found(
        "filter that the register cannot follow",
        "public",
        "{ entities(filter: {licence: {kind: FILING}}) { __typename } }",
    ),
    Found(
        "filter that is followed for nobody",
        "no division",
        "{ entities(filter: {licence: {kind: FILING}}) { edges { node { name } } } }",
    ),
    Found(
        "person among codes",
        "everything",
        "{ entities(orderBy: [{uscc: DESC}], first: 100) { edges { node { id } } } }",
    ),
    Found("person before codes", "everything", "{ entities(orderBy: [{uscc: ASC}]) { edges { node { name } } } }"),
    Found(
        "window that is not filled",
        "everything",
        '{ entities(filter: {establishedFrom: "2015-06-01"}, first: 7) { edges { node { id } } pageInfo { hasNextPage } } }',
    ),
)


@pytest.mark.parametrize("found", OF_KINDS, ids=lambda found: found.mistake.replace(" ", "-"))
async def test_agree_on_what_differed_for_some_kinds(contest_of_kinds: Contest, found):
    """Hub and oracle agree on the question, whatever kind each source is of."""
    asker = next(one for one in ASKERS if one.name == found.asker)
    difference = await contest_of_kinds.differ(asker, found.question(contest_of_kinds))
    assert difference is None, report(0, asker, found.question(contest_of_kinds), difference)


async def test_agree_on_a_denied_key_that_no_source_has(contest_with_databases: Contest):
    """A look-up that is denied is told as denied, whether or not the source could do it."""
    question = Question('{ entity(identifier: {kind: ORG_CODE, value: "MA000008X"}) { name } }')
    for asker in ASKERS:
        difference = await contest_with_databases.differ(asker, question)
        assert difference is None, report(0, asker, question, difference)
