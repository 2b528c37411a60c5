"""Heads that are known again: only of questions that were answered, never long ones, each told from any other."""

import json

import pytest
from starlette.responses import Response

from auth.admission import Credentials
from hub.answer import OnDenied
from hub.asgi import Edge
from hub.callers.possession import Possession
from hub.entrance import Entrance, Entrances
from tests.golden.world import open_world

JSON = (b"content-type", b"application/json")
GOOD = '{ entity(uscc: "91231282MA9X0A019P") { name } }'


async def post(edge, headers, text, **more):
    """Status and body of a posted question."""
    body = json.dumps({"query": text, **more}).encode()
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    await edge.post({"type": "http", "headers": headers}, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


@pytest.fixture
async def edge(tmp_path):
    """The edge of a golden world."""
    async with open_world(tmp_path) as world:
        yield Edge(world.hub.gateway, world.hub.settings.limits, Response, Possession(world.hub.attendant))


async def test_the_head_of_an_answered_question_is_known(edge):
    """The second time it is found, and the answer is the same."""
    name = edge._entrances.name([JSON])
    first = await post(edge, [JSON], GOOD)
    assert edge._entrances.find(name) is not None
    again = await post(edge, [JSON], GOOD)
    assert (first[0], first[1]["data"]) == (again[0], again[1]["data"])


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ([JSON], "{ nothing }"),
        ([JSON, (b"hub-case", b"x" * 60_000)], GOOD),
        ([JSON, (b"authorization", b"Bearer x.y.z")], GOOD),
        ([JSON, (b"hub-purpose", b"%ff")], GOOD),
    ],
    ids=["refused", "long case", "bad token", "not a purpose"],
)
async def test_the_head_of_a_refused_question_is_not(edge, headers, text):
    """Whatever the status of the refusal, nothing of it is remembered."""
    await post(edge, headers, text)
    assert edge._entrances.find(edge._entrances.name(headers)) is None


async def test_a_header_that_is_none_beside_a_body_that_says_it(edge):
    """What the body says goes before; the head is not remembered, for alone it would be refused."""
    headers = [JSON, (b"hub-purpose", b"%ff")]
    said = {"extensions": {"hub": {"purpose": "PUBLIC_QUERY"}}}
    for _ in range(2):
        status, body = await post(edge, headers, GOOD, **said)
        assert (status, body["data"]["entity"]["name"]) == (200, "肇东市金穗食品有限公司")
    assert edge._entrances.find(edge._entrances.name(headers)) is None
    assert (await post(edge, headers, GOOD))[0] == 400


def test_a_long_head_is_not_remembered():
    """Nobody fills the memory with heads, admitted or not."""
    entrances = Entrances()
    for size, kept in ((8_000, True), (8_193, False)):
        name = entrances.name([(b"hub-case", b"x" * size)])
        entrances.keep(name, Entrance("application/json", OnDenied.PARTIAL, Credentials(None, None, "x" * size)))
        assert (entrances.find(name) is not None) == kept


def test_only_what_is_read_tells_heads_apart():
    """Other headers make no difference; those that are read do, and so does their order."""
    entrances = Entrances()
    one, other = (b"hub-purpose", b"A"), (b"hub-case", b"B")
    assert entrances.name([one, other, (b"user-agent", b"x")]) == entrances.name([one, (b"x-y", b"z"), other])
    assert (
        len({entrances.name(heads) for heads in ([one, other], [other, one], [one], [], [(b"hub-purpose", b"B")])}) == 5
    )
    assert entrances.name([one]) != Entrances().name([one])
