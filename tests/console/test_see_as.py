"""Seeing as somebody else: states for every entity, the real answer for the one that is there for trying."""

import json

import pytest

from hub.console.see_as import form_of


async def test_seeing_as_somebody_asks_no_source_and_is_on_record(cabin):
    """The states are those of the other one; the record has who looked, and not the question."""
    cabin.bureau.hall.world.calls.clear()
    question = '{ entity(uscc: "91231282MA9X0A019P") { name contactPhone } }'
    told = {"department": "hall", "role": "CLERK", "purpose": "SERVICE", "question": question}
    found = await cabin.seat("sec").post("/console/see-as", **told)
    assert found.status_code == 200, found.text
    assert "明文" in found.text
    assert 'data-state="DENIED"' in found.text
    assert cabin.bureau.hall.world.calls == []
    (entry,) = cabin.bureau.hall.acts("SEEN_AS")
    assert (entry["told"]["department"], entry["outcome"]) == ("hall", "GRANTED")
    assert "contactPhone" not in str(entry)


SEEN = {"department": "hall", "role": "CLERK", "purpose": "SERVICE"}


async def test_the_real_answer_is_of_the_entity_for_trying_only(cabin):
    """To the letter what the other one is answered; on record it is asked by security, and kept nowhere else."""
    hall, security = cabin.bureau.hall, cabin.seat("sec")
    question = '{ entity(uscc: "91231282MA9X0A019P") { name contactPhone licences { kind } } }'
    theirs = (await hall.ask(cabin.bureau.someone("clerk"), question, None)).json()["data"]
    hall.world.calls.clear()
    before = len(hall.entries())
    page = await security.post("/console/see-as", **SEEN, question=question, act="answer")
    assert page.status_code == 200, page.text
    assert theirs["entity"]["name"] in page.text
    assert hall.world.calls
    asked = [one for one in hall.entries()[before:] if one.get("outcome") == "ANSWERED"]
    assert [(one["department"], one["role"]) for one in asked][-1] == ("operations", "SEC")
    (entry,) = hall.acts("SEEN_AS")
    assert len(entry["told"]["answer"]) == 64
    assert theirs["entity"]["name"] not in str(entry)


@pytest.mark.parametrize(
    "question",
    [
        '{ entity(uscc: "92231282MA9X0B02XT") { name } }',
        '{ a: entity(uscc: "91231282MA9X0A019P") { name } b: entity(uscc: "92231282MA9X0B02XT") { name } }',
        "{ entities(first: 1) { edges { node { name } } } }",
        '{ entity(uscc: "91231282MA9X0A019P") { name } me { role } }',
    ],
)
async def test_of_any_other_entity_security_learns_no_value(cabin, question):
    """States as ever, why there is no answer, and no source is asked."""
    cabin.bureau.hall.world.calls.clear()
    page = await cabin.seat("sec").post("/console/see-as", **SEEN, question=question, act="answer")
    assert page.status_code == 200, page.text
    assert "实际答复只对试用主体显示" in page.text
    assert cabin.bureau.hall.world.calls == []


async def test_an_answer_that_was_seen_is_not_given_twice(cabin):
    """The act that is sent again with its key has no values any more."""
    text = (
        'mutation { seeAs(department: "hall", role: "CLERK", purpose: "SERVICE", answer: true, '
        'question: "{ entity(uscc: \\"91231282MA9X0A019P\\") { name } }") { answer } }'
    )
    someone = cabin.bureau.someone("sec")
    first = await cabin.bureau.hall.act(someone, text, "k" * 16)
    second = await cabin.bureau.hall.act(someone, text, "k" * 16)
    assert json.loads(first["seeAs"]["answer"])["data"] == {"entity": {"name": "肇东市金穗食品有限公司"}}
    assert second["seeAs"]["answer"] is None


async def test_seeing_as_tells_what_would_refuse_the_question(cabin):
    """A field that the other one does not know is answered to them like a misspelling: that is an outcome, on record too."""
    told = {"department": "hall", "role": "PUBLIC", "purpose": "PUBLIC_QUERY", "question": "{ requests { number } }"}
    found = await cabin.seat("sec").post("/console/see-as", **told)
    assert found.status_code == 200
    assert [entry["outcome"] for entry in cabin.bureau.hall.acts("SEEN_AS")] != ["GRANTED"]


@pytest.mark.parametrize("name", ["admin", "auditor", "steward-registrar", "clerk"])
async def test_nobody_else_sees_as_somebody(cabin, name):
    """For all but security it does not exist."""
    text = 'mutation { seeAs(department: "hall", role: "CLERK", purpose: "SERVICE", question: "{ me { role } }") { position } }'
    assert await cabin.bureau.hall.refused(cabin.bureau.someone(name), text) == "GRAPHQL_VALIDATION_FAILED"


def test_the_form_of_an_answer_names_each_branch_once():
    """Branches in their order, fields below them."""
    fields = [
        {"path": path, "state": "CLEAR"} for path in ("entity.name", "entity.licences.scope", "entity.licences.kind")
    ]
    lines = [(line["depth"], line["name"]) for line in form_of(fields)]
    assert lines == [(0, "entity"), (1, "name"), (1, "licences"), (2, "scope"), (2, "kind")]
