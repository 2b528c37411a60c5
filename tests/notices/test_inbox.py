"""The inbox: everybody reads what they were told, and nobody what others were."""

from hub.events import Event
from hub.notices.telling import Concerned, News, tell
from tests.acts.hall import SECURITY, vouch

NOTICES = "{ notices(unread: true) { id event title titleEn text textEn madeAt readAt } }"
ALL = "{ notices { id readAt } }"


def read(*ids):
    """A mutation that reads."""
    named = ", ".join(f'"{one}"' for one in ids)
    return f"mutation {{ readNotice(ids: [{named}]) {{ read position }} }}"


async def told(hall):
    """Have the owner and the agent told of something."""
    await hall.act(hall.clerk, vouch())
    agent = hall.accounts["agent"].id
    news = News(Event.EMERGENCY_REVIEWED, {"use": "E-0001"}, Concerned(persons=(agent,)))
    hall.store(lambda ledger: tell(ledger.connection, ledger.vault, news, ledger.now))
    await hall.delivered()
    return hall.merchant("ouyang"), hall.merchant("agent")


async def test_an_inbox_hides_what_others_were_told(hall):
    """Each sees their own, by text and by id; a client without a person has none, and a stranger no such field."""
    owner, agent = await told(hall)
    (mine,) = (await hall.act(owner, NOTICES, None))["notices"]
    (theirs,) = (await hall.act(agent, NOTICES, None))["notices"]
    assert (mine["event"], theirs["event"]) == ("MANDATE_GRANTED", "EMERGENCY_REVIEWED")
    assert mine["text"].startswith("您的账号自2026年11月23日10:00起")
    assert mine["readAt"] is None
    assert (await hall.act(owner, read(theirs["id"])))["readNotice"]["read"] == []
    assert (await hall.act(agent, NOTICES, None))["notices"] == [theirs]
    assert (await hall.act(SECURITY, NOTICES, None))["notices"] == []
    assert (await hall.ask(None, NOTICES, None)).json()["errors"][0]["extensions"][
        "code"
    ] == "GRAPHQL_VALIDATION_FAILED"


async def test_what_was_read_is_read(hall):
    """Once; it stays in the inbox, and the act stands in the record by its ids alone."""
    owner, _ = await told(hall)
    (mine,) = (await hall.act(owner, NOTICES, None))["notices"]
    assert (await hall.act(owner, read(mine["id"], "999", "x", "９")))["readNotice"]["read"] == [mine["id"]]
    assert (await hall.act(owner, read(mine["id"])))["readNotice"]["read"] == []
    assert (await hall.act(owner, NOTICES, None))["notices"] == []
    assert (await hall.act(owner, ALL, None))["notices"] == [{"id": mine["id"], "readAt": "2026-11-23T10:00:00+08:00"}]
    first, second = hall.acts("NOTICES_READ")
    assert (first["outcome"], first["told"]["notices"]) == ("READ", mine["id"])
    assert (second["outcome"], second["told"]["notices"]) == ("ALREADY", "")


async def test_what_cannot_be_meant(small):
    """Is refused by name; a client reads nothing for anybody."""
    owner, _ = await told(small)
    for query in ("{ notices(first: 0) { id } }", "{ notices(first: 101) { id } }"):
        assert await small.refused(owner, query, None) == "BAD_USER_INPUT"
    assert await small.refused(owner, read()) == "BAD_USER_INPUT"
    assert await small.refused(SECURITY, read("1")) == "PERSON_REQUIRED"
