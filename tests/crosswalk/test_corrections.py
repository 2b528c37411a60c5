"""Corrections: raised with a clock, answered by the owner, told to whoever raised it and to the entity; opened by conflicts."""

from datetime import timedelta

import pytest

from hub.acts.doing import Doing
from tests.acts.hall import BAKERY, GRAIN, OWNER, vouch
from tests.crosswalk.ledger import with_ledger
from tests.crosswalk.registry import MARKET, ONE, TWO, Registry, code
from tests.exchange.bureau import open_bureau

FIELDS = """number state entity { value } field label owner stated evidence raisedBy dueOn workingDaysLeft answeredBy answer
  values { source department value asOf }"""
GIVES = f"correction {{ {FIELDS} }}"


def raising(field="Entity.name", entity=GRAIN, owner=None):
    """A correction that is raised."""
    more = f', owner: "{owner}"' if owner else ""
    told = f'entity: {code(entity)}, field: "{field}", stated: "肇东市金穗食品集团", evidence: "营业执照正本"{more}'
    return f"raiseCorrection(correction: {{ {told} }})"


def answering(number, outcome="CORRECTED"):
    """An owner's answer."""
    return f'answerCorrection(number: "{number}", outcome: {outcome}, note: "已核对档案")'


async def raised(registry, who="clerk", **given):
    """A correction after it was raised."""
    return (await registry.do(who, raising(**given), GIVES))["correction"]


async def listed(registry, who, arguments=""):
    """Corrections that somebody sees."""
    return await registry.read(who, f"corrections{arguments} {{ {FIELDS} }}")


async def test_a_correction_goes_to_its_owner_with_a_clock(registry):
    """Ten working days; the owner answers, whoever raised it is told, and the entity by its registered contact."""
    made = await raised(registry)
    assert (made["number"], made["state"], made["owner"], made["label"]) == (
        "J-2026-00001",
        "OPEN",
        "registrar",
        "名称",
    )
    assert (made["dueOn"], made["workingDaysLeft"]) == ("2026-12-07", 10)
    (seen,) = await listed(registry, ONE)
    assert seen["stated"] == "肇东市金穗食品集团"
    assert await listed(registry, MARKET) == []
    done = (await registry.do(ONE, answering(made["number"]), GIVES))["correction"]
    assert (done["state"], done["answer"], done["workingDaysLeft"]) == ("CORRECTED", "已核对档案", None)
    hall = registry.bureau.hall
    told = [one["to"] for one in await hall.delivered() if one["kind"] == "CORRECTION_ANSWERED"]
    assert told == [{"person": hall.accounts["clerk"].id}, {"entity": GRAIN}]
    stored = str(hall.rows("SELECT body, answer FROM corrections")) + str(hall.entries())
    assert "金穗" not in stored
    assert [one["act"] for one in hall.entries() if "CORRECTION" in one.get("act", "")] == [
        "CORRECTION_OPENED",
        "CORRECTION_ANSWERED",
    ]


async def test_only_the_owner_answers_and_only_once(small):
    """Neither another steward, nor whoever raised it, nor twice; what a steward raised, another one answers."""
    number = (await raised(small))["number"]
    assert await small.refused(MARKET, answering(number)) == "CORRECTION_NOT_FOUND"
    assert await small.refused(ONE, answering(number, "WITHDRAWN")) == "BAD_USER_INPUT"
    await small.do(ONE, answering(number, "CONFIRMED"), GIVES)
    assert await small.refused(ONE, answering(number)) == "CORRECTION_STATE"
    own = (await raised(small, ONE, entity=BAKERY))["number"]
    assert await small.refused(ONE, answering(own)) == "SECOND_PERSON_REQUIRED"
    await small.do(TWO, answering(own), GIVES)


async def test_a_deputy_counts_as_both(small, monkeypatch):
    """What somebody raised for a steward, that steward does not answer."""
    clerk, steward = (small.bureau.hall.accounts[name].id for name in ("clerk", ONE))

    def persons(self):
        return frozenset({self.person(), *({steward} if self.person() == clerk else ())})

    monkeypatch.setattr(Doing, "persons", persons)
    number = (await raised(small))["number"]
    assert await small.refused(ONE, answering(number)) == "SECOND_PERSON_REQUIRED"
    await small.do(TWO, answering(number), GIVES)


async def test_it_is_withdrawn_by_whoever_raised_it_and_raised_once(small):
    """A second one of the same field waits for the first; others do not see it, and can't take it back."""
    number = (await raised(small))["number"]
    assert await small.refused("clerk", raising()) == "CORRECTION_OPEN"
    assert await small.refused("second-clerk", f'withdrawCorrection(number: "{number}")') == "CORRECTION_NOT_FOUND"
    assert await listed(small, "second-clerk") == []
    await small.do("clerk", f'withdrawCorrection(number: "{number}")', GIVES)
    assert (await raised(small))["number"] != number


async def test_what_nobody_answers_for_is_refused(small):
    """An unknown field, one of several owners without saying whose, a department that does not own it, one not connected."""
    for given in (
        {"field": "Entity.nothing"},
        {"field": "Licence.premises"},
        {"owner": "health"},
        {"field": "Campus.name"},
    ):
        assert await small.refused("clerk", raising(**given)) == "BAD_USER_INPUT", given


async def test_a_merchant_raises_for_their_own_entity_and_sees_what_is_said_of_it(small):
    """And for no other; what others raised about it is seen without their evidence."""
    hall = small.bureau.hall
    await hall.act(hall.clerk, vouch(GRAIN, "ouyang", OWNER))
    owner = hall.merchant("ouyang")
    query = "{ corrections { number stated evidence } }"
    number = (await raised(small))["number"]
    (seen,) = (await hall.act(owner, query, None))["corrections"]
    assert seen == {"number": number, "stated": "肇东市金穗食品集团", "evidence": None}
    mutation = f"mutation {{ {raising('Entity.status')} {{ {GIVES} }} }}"
    await hall.act(owner, mutation)
    assert await hall.refused(owner, f"mutation {{ {raising(entity=BAKERY)} {{ {GIVES} }} }}") == "ENTITY_NOT_FOUND"


async def test_clocks_warn_and_escalate(small):
    """On the working day before the last, and every week when it is over; a correction that ended is not told of."""
    number = (await raised(small))["number"]
    keeper, world = small.bureau.hall.world.hub.corrections, small.bureau.hall.world
    told = []
    for day in ("2026-12-03", "2026-12-04", "2026-12-05", "2026-12-08", "2026-12-09", "2026-12-15"):
        small.bureau.at(f"{day}T09:00:00")
        told.append(await keeper.look())
    assert told == [0, 1, 0, 1, 0, 1]
    await small.do(ONE, answering(number), GIVES)
    world.now += timedelta(days=30)
    assert await keeper.look() == 0


@pytest.fixture
async def two(tmp_path):
    """People and two sources of entities."""
    async with open_bureau(tmp_path, with_ledger) as bureau:
        yield Registry(bureau)


async def test_what_sources_say_differently_opens_corrections_once(two):
    """One for each department that said something, once: not again while it is open, nor when it was answered for these values."""
    hall = two.bureau.hall
    keeper = hall.world.hub.corrections
    question = f'{{ entity(uscc: "{GRAIN}") {{ name }} }}'
    opened = []
    for _ in range(2):
        await hall.ask(None, question, None)
        opened.append(await keeper.open_noticed())
    assert opened == [2, 0]
    (mine,) = await listed(two, ONE)
    assert mine["raisedBy"] is None
    assert [(one["source"], one["value"]) for one in mine["values"]] == [
        ("register", "肇东市金穗食品有限公司"),
        ("ledger", "肇东市金穗食品厂"),
    ]
    await two.do(ONE, answering(mine["number"], "CONFIRMED"), GIVES)
    hall.world.now += timedelta(days=1)
    await hall.ask(None, question, None)
    assert await keeper.open_noticed() == 0


async def test_a_steward_reads_no_personal_value_of_another_department(two):
    """Each sees what their own source says; that the other says otherwise is all they learn."""
    hall = two.bureau.hall
    await hall.ask(None, f'{{ entity(uscc: "{GRAIN}") {{ legalRepresentative }} }}', None)
    assert await hall.world.hub.corrections.open_noticed() == 2
    (mine,) = await listed(two, MARKET)
    assert [(one["source"], one["value"]) for one in mine["values"]] == [("register", None), ("ledger", "别人")]
