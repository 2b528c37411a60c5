"""Recalls: whoever received a fact is told that it was corrected, and what rested on it can be found again."""

from datetime import timedelta

import pytest

from hub.disclosure import recalls
from hub.disclosure.recalls import Fact, positions, recall, recalls_of
from schema.disclosing_enums import RecallKind
from tests.acts.hall import BAKERY, CITIZEN, GRAIN
from tests.disclosure.registry import CLERK, NAME, SERVING, clerk_looks, done, inspector_looks, turned_away

SHOWN = (
    "number label clientsTold entries recipients { client department questions firstPosition lastPosition } positions"
)
PENALTY = f'{{ entity(uscc: "{GRAIN}") {{ name penalties {{ decisionNo }} }} }}'


def recalling(field="Penalty.decisionNo", since="2026-01-01", reason="处罚决定已撤销", uscc=GRAIN):
    """A recall."""
    given = f'uscc: "{uscc}", field: "{field}", kind: WITHDRAWN, reason: "{reason}", since: "{since}"'
    return f"mutation {{ recallFact({given}) {{ recall {{ {SHOWN} }} position }} }}"


async def test_everybody_who_received_it_is_told(hall):
    """Each client once, with how often; who asked another field, another entity, or as the public is not; on record."""
    for _ in range(2):
        await inspector_looks(hall, PENALTY)
    await inspector_looks(hall, NAME)
    await inspector_looks(hall, PENALTY.replace(GRAIN, BAKERY))
    await hall.ask(None, PENALTY, None)
    made = (await done(hall, "steward", recalling()))["recall"]
    assert (made["clientsTold"], made["entries"], made["recipients"], made["positions"]) == (None, None, [], [])
    (told,) = await done(hall, "audit", f"{{ recalls {{ {SHOWN} }} }}")
    assert (told["clientsTold"], told["entries"]) == (1, 2)
    (one,) = told["recipients"]
    assert (one["client"], one["department"], one["questions"]) == ("officer", "market", 2)
    assert told["positions"] == [one["firstPosition"], one["lastPosition"]]
    assert told["label"] == "行政处罚决定书文号"
    found = [n for n in await hall.delivered() if n["kind"] == "FACT_RECALLED"]
    assert [n["to"] for n in found] == [{"client": "officer"}]
    (entry,) = hall.acts("FACT_RECALLED")
    assert "recipients" not in entry["told"]
    assert GRAIN not in str(entry)
    look = hall.look(lambda ledger: recalls_of(ledger.connection, one["lastPosition"]))
    assert look == [told["number"]]
    assert hall.look(lambda ledger: recalls_of(ledger.connection, 0)) == []
    for name in ("steward", "audit"):
        assert [r["number"] for r in await done(hall, name, "{ recalls { number } }")] == [told["number"]]
    assert await done(hall, "credit-steward", "{ recalls { number } }") == []


async def test_a_recall_has_a_first_day(small):
    """Whoever received it before that day received what was right then."""
    await inspector_looks(small, PENALTY)
    small.world.now += timedelta(days=2)
    await inspector_looks(small, PENALTY)
    today = small.world.now.date().isoformat()
    await done(small, "steward", recalling(since=today))
    assert [one["entries"] for one in await done(small, "audit", "{ recalls { entries } }")] == [1]


async def test_recalls_of_a_day_are_counted(small, monkeypatch):
    """Who asks about whom is not to be found out by recalling: a department makes so many a day, and then waits for the next."""
    monkeypatch.setattr("hub.acts.disclosing.MOST_A_DAY", 2)
    for _ in range(2):
        await done(small, "steward", recalling())
    assert await turned_away(small, "steward", recalling()) == "BAD_USER_INPUT"
    small.world.now += timedelta(days=1)
    await done(small, "steward", recalling())


BAD = {
    "another's": ("credit-steward", recalling(), "BAD_USER_INPUT"),
    "no field": ("steward", recalling(field="Penalty.nothing"), "BAD_USER_INPUT"),
    "future": ("steward", recalling(since="2099-01-01"), "BAD_USER_INPUT"),
    "long ago": ("steward", recalling(since="2001-01-01"), "BAD_USER_INPUT"),
    "citizen": ("steward", recalling(reason=f"身份证{CITIZEN}"), "LOOKS_LIKE_CITIZEN_ID"),
    "empty": ("steward", recalling(reason=" "), "BAD_USER_INPUT"),
    "no steward": ("officer", recalling(), "GRAPHQL_VALIDATION_FAILED"),
}


async def test_a_recall_that_cannot_be(small):
    """Another department's field, a day that cannot be meant, a reason that must not be kept: nothing is told."""
    for name, (who, text, code) in BAD.items():
        assert await turned_away(small, who, text) == code, name
    assert small.rows("SELECT count(*) FROM recalls") == [(0,)]


async def test_other_parts_of_the_hub_recall(small, monkeypatch):
    """A correction calls the same in its own transaction; while the index lags too far it is refused, and nothing is kept."""
    await clerk_looks(small)
    fact = Fact(GRAIN, "Entity.name", RecallKind.CORRECTED, "登记名称更正", small.world.now.date())
    now = int(small.world.now.timestamp())

    def work(ledger):
        return recall(ledger.connection, ledger.vault, fact, ("registrar", "correction 7"), now)

    made = small.store(work)
    assert [one.client for one in made.recipients] == ["clerk"]
    assert small.look(lambda ledger: positions(ledger.connection, made.number, 10)) == [made.recipients[0].first]
    monkeypatch.setattr(recalls, "BEHIND", 0)
    await small.act(CLERK, NAME, None, **SERVING)
    with pytest.raises(Exception, match="RECORD_BEHIND"):
        small.store(work)
    assert small.rows("SELECT count(*) FROM recalls") == [(1,)]
