"""What the record says of a question: who, which fields of which entities – the same entity always the same."""

from dataclasses import replace

import pytest

from tests.golden.folder import Step
from tests.golden.world import World, open_world

REPAIR = '{ entity(identifier: {kind: REG_NO_15, value: "230199600067890"}) { name %s } }'
BAKERY = '{ entity(identifier: {kind: REG_NO_15, value: "231282600012345"}) { id } }'


@pytest.fixture
async def world(tmp_path):
    """A fresh golden world."""
    async with open_world(tmp_path) as opened:
        yield opened


async def recorded(
    world: World, text: str, client: str | None = None, purpose: str | None = None, mode: str = "partial"
):
    """The entry of a question."""
    await world.ask(Step(client, purpose, "案2026-0417" if client else None, text=text), mode)
    return world.entries()[-1]


async def test_entry_says_who_asked_for_what(world):
    """Client, department, role, purpose, a digest of the case, fields, entities and what each source was asked."""
    text = 'query { entity(uscc: "91231282MA9X0A019P") { name contactPhone penalties { decisionNo } } }'
    entry = await recorded(world, text, "officer", "INSPECTION")
    assert [entry[name] for name in ("client", "department", "role", "purpose", "outcome")] == [
        "officer",
        "market",
        "OFFICER",
        "INSPECTION",
        "ANSWERED",
    ]
    assert entry["fields"] == ["Entity.contactPhone", "Entity.name", "Penalty.decisionNo"]
    assert len(entry["entities"]) == 1
    assert len(entry["case"]) == 32
    assert sorted(source[:4] for source in entry["sources"]) == [
        ["market", "Penalty", 1, 2],
        ["register", "Entity", 1, 1],
    ]


async def test_positions_and_outcomes(world):
    """Every outcome has its entry, in order; a question refused as a whole before it is planned has none."""
    text = 'query { entity(uscc: "91231282MA9X0A019P") { name contactPhone } }'
    for mode in ("partial", "quiet", "explain", "reject"):
        await recorded(world, text, "clerk", "SERVICE", mode)
    await world.ask(Step(text="query { nonsense }"))
    assert [entry["outcome"] for entry in world.entries()] == ["ANSWERED", "ANSWERED", "EXPLAINED", "REJECTED"]
    assert [bool(entry["answer"]) for entry in world.entries()] == [True, True, False, False]


async def test_same_entity_has_the_same_digest(world):
    """By code, in a page and in a batch an entity is the same one in the record."""
    asked = [
        'query { entity(uscc: "91231282MA9X0A019P") { name } }',
        'query { entities(filter: {name: "金穗"}) { edges { node { id } } } }',
        'query { entitiesByUscc(usccs: ["91231282MA9X0A019P", "91231282MA9X0K111M"]) { status } }',
    ]
    digests = [(await recorded(world, text))["entities"] for text in asked]
    assert digests[0] == digests[1] == digests[2]


async def test_two_cases_are_told_apart(world):
    """Equal case numbers have equal digests, others have others; the public has none."""
    text = 'query { entity(uscc: "91231282MA9X0A019P") { name } }'
    steps = [Step("officer", "INSPECTION", case, text=text) for case in ("案1", "案2", "案1")]
    for step in [*steps, replace(steps[0], client=None, purpose=None, case=None)]:
        await world.ask(step)
    one, other, again, public = [entry["case"] for entry in world.entries()]
    assert (one == again, one == other, public) == (True, False, "")


async def test_entity_without_a_code_has_the_same_digest(world):
    """Also an entity that has no code is the same one in the record, whatever was asked of it."""
    assert (await recorded(world, REPAIR % ""))["entities"] == (await recorded(world, REPAIR % "id"))["entities"]


@pytest.mark.parametrize(
    ("client", "purpose", "text"),
    [
        ("judge", "AWARDS", '{ entity(uscc: "91231282MA9X0A019P") { penalties(inPublication: true) { decisionNo } } }'),
        ("admin", "OPERATIONS", "{ entities(orderBy: [{address: ASC}]) { edges { node { name } } } }"),
    ],
)
async def test_refused_fields_are_not_recorded_as_answered(world, client, purpose, text):
    """A field below a refused branch or root was not answered."""
    assert (await recorded(world, text, client, purpose))["fields"] == []


async def test_total_is_recorded(world):
    """A number that was given is on record, like any field."""
    entry = await recorded(world, "{ entities { totalCount } }")
    assert entry["fields"] == ["EntityConnection.totalCount"]


async def test_id_is_the_same_while_the_register_is_down(world):
    """An id is assigned once: an outage gives no second one to an entity that has a code."""
    known = (await world.ask(Step(text=BAKERY))).json()["data"]["entity"]["id"]
    down = (await world.ask(Step(text=BAKERY, down={"register": "refused"}))).json()["data"]["entity"]
    assert down is None or down["id"] == known


async def test_object_of_which_everything_is_skipped(world):
    """An object of which nothing is left to answer is empty, as GraphQL says, and not null."""
    answer = await world.ask(Step(text='{ entity(uscc: "91231282MA9X0A019P") { name @skip(if: true) } }'))
    assert answer.json()["data"] == {"entity": {}}


async def test_gap_names_the_department_of_its_own_source(world):
    """What the health bureau does not collect is not said to be market supervision's."""
    text = '{ entity(uscc: "91231282MA9X0A019P") { licences { longTerm } } }'
    (state,) = (await world.ask(Step(text=text))).json()["extensions"]["fields"]
    assert (state["source"], state["owner"]) == ("卫健系统", "卫生健康局")


async def test_explanation_announces_every_source_that_is_asked(world):
    """What an administrator is told would be asked is what is asked."""
    step = Step(
        "admin", "OPERATIONS", text="{ entities(filter: {licence: {kind: FILING}}) { edges { node { name } } } }"
    )
    await world.ask(step)
    asked = {(call["source"], call["record"]) for call in world.calls}
    told = (await world.ask(step, "explain")).json()["extensions"]["explain"]["calls"]
    assert {(call["source"], call["record"]) for call in told} == asked


async def test_explanation_tells_the_cost(world):
    """Everybody is told what a question would cost."""
    step = Step(text="{ entities { edges { node { name } } } }")
    assert "cost" in (await world.ask(step, "explain")).json()["extensions"]["explain"]
