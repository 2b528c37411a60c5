"""A mutation is done once: with its key, its entry and its notices, or not at all."""

import asyncio

import pytest

from tests.acts.hall import GRAIN, OWNER, SECURITY, Someone, delegate, freeze, vouch
from tests.golden.folder import Step

ME = "{ me { client } }"


async def test_a_repeated_request_gives_its_first_result(hall):
    """The same key with the same request gives what it gave, says so, and does nothing."""
    first = (await hall.ask(SECURITY, freeze("CLIENT", "bank"), "k1")).json()
    again = (await hall.ask(SECURITY, freeze("CLIENT", "bank"), "k1")).json()
    assert again["data"] == first["data"] == {"freeze": {"changed": True, "position": 1}}
    assert "replayed" not in first["extensions"]
    assert again["extensions"]["replayed"] is True
    assert len(hall.entries()) == 1


async def test_a_key_stands_for_one_request(hall):
    """With another request it is refused, and nothing is done."""
    await hall.act(SECURITY, freeze("CLIENT", "bank"), "k1")
    assert await hall.refused(SECURITY, freeze("CLIENT", "school"), "k1") == "IDEMPOTENCY_KEY_REUSED"
    assert await hall.refused(SECURITY, "mutation { __typename }", "k1") == "IDEMPOTENCY_KEY_REUSED"
    assert len(hall.entries()) == 1


async def test_a_key_is_its_callers(hall):
    """Somebody else's equal key is another key."""
    hall.accounts["other"] = hall.accounts["agent"]
    await hall.act(SECURITY, freeze("CLIENT", "bank"), "k1")
    other = Someone("security", "somebody")
    body = (await hall.ask(other, freeze("CLIENT", "bank"), "k1")).json()
    assert body["data"]["freeze"] == {"changed": False, "position": 2}
    assert "replayed" not in body["extensions"]


async def test_a_key_is_needed(small):
    """A mutation without one is refused; a query takes none, and minds none."""
    assert await small.refused(SECURITY, freeze("CLIENT", "bank"), None) == "IDEMPOTENCY_KEY_REQUIRED"
    assert await small.refused(SECURITY, freeze("CLIENT", "bank"), '""') == "IDEMPOTENCY_KEY_REQUIRED"
    assert (await small.ask(SECURITY, ME, "k")).json()["data"] == {"me": {"client": "security"}}
    assert small.rows("SELECT count(*) FROM stops") == [(0,)]


async def test_where_a_key_may_stand(small):
    """In the header, plain or as a quoted text, or in the body's extensions, which go first."""
    body = {"extensions": {"hub": {"idempotencyKey": "k1"}}}
    first = await small.act(SECURITY, freeze("CLIENT", "bank"), None, **body)
    for key, more in (("k1", {}), ('"k1"', {}), ("k2", body), (None, body)):
        again = (await small.ask(SECURITY, freeze("CLIENT", "bank"), key, **more)).json()
        assert (again["data"], again["extensions"]["replayed"]) == (first, True)


@pytest.mark.parametrize(
    ("key", "more"),
    [
        ("k" * 129, {}),
        ("k\tk", {}),
        ("k\x7f", {}),
        (None, {"extensions": {"hub": {"idempotencyKey": 7}}}),
        (None, {"extensions": {"hub": {"idempotencyKey": "a\nb"}}}),
    ],
)
async def test_keys_that_are_none(small, key, more):
    """Too long, unprintable, no text: refused, and nothing is done."""
    assert await small.refused(SECURITY, freeze("CLIENT", "bank"), key, **more) == "BAD_REQUEST"
    assert small.rows("SELECT count(*) FROM stops") == [(0,)]


async def test_two_keys_in_the_head(small):
    """A header that stands twice is refused: two readers of it could differ."""
    headers = [*small.headers(SECURITY).items(), ("idempotency-key", "a"), ("idempotency-key", "b")]
    answer = await small.world.client.post("/graphql", json={"query": freeze("CLIENT", "bank")}, headers=headers)
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_twenty_at_once(hall):
    """Of twenty parallel requests with one key exactly one acts; all get its result."""
    asked = [hall.ask(hall.clerk, vouch(), "one") for _ in range(20)]
    bodies = [answer.json() for answer in await asyncio.gather(*asked)]
    assert len({body["data"]["vouch"]["position"] for body in bodies}) == 1
    assert sum("replayed" not in body["extensions"] for body in bodies) == 1
    assert len(hall.acts("VOUCHED")) == 1
    assert hall.rows("SELECT count(*) FROM mandates") == [(1,)]
    assert len(await hall.delivered()) == 2


async def test_a_secret_is_shown_once(hall):
    """The one-time password stands in the first answer, in no other, and nowhere in the store."""
    first = (await hall.ask(hall.clerk, vouch(), "k")).json()["data"]["vouch"]
    again = (await hall.ask(hall.clerk, vouch(), "k")).json()
    assert first["oneTimePassword"]
    assert again["data"]["vouch"] == {**first, "oneTimePassword": None}
    assert [warning["code"] for warning in again["extensions"]["warnings"]] == ["SHOWN_BEFORE"]
    assert first["oneTimePassword"].encode() not in hall.world.stored()


async def test_a_key_is_kept_for_a_day(small):
    """After that it is a new one."""
    await small.act(SECURITY, freeze("CLIENT", "bank"), "k")
    small.world.now = small.world.now.replace(day=24, hour=9)
    assert (await small.ask(SECURITY, freeze("CLIENT", "bank"), "k")).json()["extensions"]["replayed"] is True
    small.world.now = small.world.now.replace(day=24, hour=10)
    later = (await small.ask(SECURITY, freeze("CLIENT", "bank"), "k")).json()
    assert later["data"]["freeze"] == {"changed": False, "position": 2}
    assert "replayed" not in later["extensions"]


async def test_an_act_that_fails_leaves_nothing(hall):
    """Neither key nor entry nor notice nor effect, whichever of its root fields fails; the key can be used again."""
    await hall.act(hall.clerk, vouch())
    before, notices = hall.entries(), len(await hall.delivered())
    owner = hall.merchant("ouyang")
    both = "mutation {" + "".join(
        f'{name}: delegate(uscc: "{uscc}", username: "agent", until: "2027-01-31") {{ granted }}'
        for name, uscc in (("mine", GRAIN), ("foreign", "92231282MA9X0B02XT"))
    )
    answer = (await hall.ask(owner, both + "}", "k")).json()
    assert answer["errors"][0]["extensions"]["code"] == "NOT_REPRESENTATIVE"
    assert answer["errors"][0]["path"] == ["foreign"]
    assert hall.entries() == before
    assert len(await hall.delivered()) == notices
    assert hall.rows("SELECT count(*) FROM mandates") == [(1,)]
    assert hall.rows("SELECT count(*) FROM acts_done") == [(1,)]
    assert (await hall.act(owner, delegate(), "k"))["delegate"]["granted"] is True


async def test_an_act_that_the_store_refuses(small):
    """It is said that nothing can be confirmed, with 503; nothing is kept, and the same key does it later."""
    small.world.hub.database.acting(lambda c: c.exec_driver_sql("ALTER TABLE entries RENAME TO gone") and None)
    answer = await small.ask(SECURITY, freeze("CLIENT", "bank"), "k")
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "ACT_UNCONFIRMED")
    small.world.hub.database.acting(lambda c: c.exec_driver_sql("ALTER TABLE gone RENAME TO entries") and None)
    assert small.rows("SELECT count(*) FROM stops") == [(0,)]
    assert await small.act(SECURITY, freeze("CLIENT", "bank"), "k") == {"freeze": {"changed": True, "position": 1}}


async def test_several_acts_are_one_transaction(hall):
    """All root fields of a request are done together, each with an entry of its own."""
    text = 'mutation { a: freeze(kind: CLIENT, name: "bank", reason: "x") { position } b: freeze(kind: GRANT, name: "%s", reason: "x") { position } }'
    grant = hall.world.hub.settings.grants[0].id
    assert await hall.act(SECURITY, text % grant) == {"a": {"position": 1}, "b": {"position": 2}}
    assert await hall.refused(SECURITY, (text % "nothing").replace("bank", "school")) == "BAD_USER_INPUT"
    assert len(hall.entries()) == 2


async def test_a_mutation_holds_ten_acts(small):
    """An eleventh is refused, and with it all of them."""
    for many, refused in ((10, None), (11, "BAD_USER_INPUT")):
        fields = " ".join(
            f'a{n}: thaw(kind: CLIENT, name: "officer", reason: "演练") {{ changed }}' for n in range(many)
        )
        body = (await small.ask(SECURITY, f"mutation {{ {fields} }}")).json()
        assert body.get("errors", [{"extensions": {"code": None}}])[0]["extensions"]["code"] == refused
    assert len(small.acts("THAWED")) == 10


async def test_a_mutation_that_does_nothing_leaves_nothing(small):
    """Asked for its type alone, it has an answer and no memory."""
    assert await small.act(SECURITY, "mutation { __typename }") == {"__typename": "Mutation"}
    assert small.rows("SELECT count(*) FROM acts_done") == [(0,)]


async def test_acts_and_questions_share_the_record(hall):
    """Entries of acts stand between those of questions, at positions without a gap."""
    question = Step(client="clerk", purpose="SERVICE", text="{ me { client } }")
    asked = []
    for number in range(10):
        asked += [hall.world.ask(question) for _ in range(5)]
        asked.append(hall.ask(SECURITY, freeze("CLIENT", "bank" if number % 2 else "school")))
    assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}
    found = hall.entries()
    assert (len(found), sum(entry.get("kind") == "act" for entry in found)) == (60, 10)


async def test_an_act_is_posted_and_meant(small):
    """Over GET a mutation is refused; so is one of which only an explanation is asked."""
    parameters = {"query": freeze("CLIENT", "bank")}
    headers = {**small.headers(SECURITY), "idempotency-key": "k"}
    got = await small.world.client.get("/graphql", params=parameters, headers=headers)
    assert (got.status_code, got.json()["errors"][0]["extensions"]["code"]) == (405, "MUTATION_OVER_GET")
    explained = {"headers": {"hub-on-denied": "explain"}}
    assert await small.refused(SECURITY, freeze("CLIENT", "bank"), **explained) == "BAD_REQUEST"
    assert small.entries() == []


async def test_variables_are_part_of_a_request(small):
    """The same text with other variables is another request."""
    text = vouch().replace("mutation", "mutation ($name: String!)").replace(f'"{OWNER}"', "$name")
    first = await small.act(small.clerk, text, "k", variables={"name": "别人"})
    assert first["vouch"]["matched"] is False
    assert await small.refused(small.clerk, text, "k", variables={"name": OWNER}) == "IDEMPOTENCY_KEY_REUSED"
