"""After a merge, a new code or its undoing: who acts for whom, and what hangs on the old code."""

from auth.standing import Stopped
from tests.acts.hall import BAKER, BAKERY, CARRIER, GRAIN, OWNER, Someone, claiming, delegate, vouch
from tests.crosswalk.registry import ONE, Registry, code
from tests.exchange.bureau import open_bureau

NAMES = "{ uscc name }"
HIS, HERS = "ouyang", "zhoubai"
"""Accounts of the representatives of the grain shop and of the bakery."""


async def represented(registry, *names):
    """Have these represent their shops."""
    given = {HIS: (GRAIN, HIS, OWNER), HERS: (BAKERY, HERS, BAKER)}
    for name in names:
        await registry.bureau.hall.act(registry.bureau.someone("clerk"), vouch(*given[name]))


def acts_for(registry, name):
    """Entities that an account acts for."""

    def work(ledger):
        return ledger.people.acting(ledger.people.of_username(name)).standing.bindings["entities"]

    return set(registry.bureau.hall.look(work))


def mandates(registry):
    """All mandates, byte by byte."""
    return registry.bureau.hall.rows("SELECT * FROM mandates ORDER BY id")


def stopped(registry):
    """People whose tokens a succession ended."""
    found = registry.bureau.hall.rows("SELECT DISTINCT kind, name FROM stops WHERE reason = 'SUCCESSION'")
    return [name for kind, name in found if kind == Stopped.PERSON.value]


async def entity(registry, name, uscc):
    """What a merchant is answered for a code."""
    hall = registry.bureau.hall
    person = hall.look(lambda ledger: ledger.people.acting(ledger.people.of_username(name)))
    who = Someone("mine", person.id, person.standing)
    body = (await hall.ask(who, f'{{ entity(uscc: "{uscc}") {NAMES} }}', None)).json()
    found = body["data"]["entity"]
    return found and found["uscc"]


async def test_a_merge_gives_nobody_the_other_side(registry):
    """Where two people represent two sides, each keeps theirs and no more; no row is written, and undoing restores it."""
    await represented(registry, HIS, HERS)
    before = mandates(registry)
    number = await registry.became("MERGED", code(GRAIN), code(BAKERY))
    assert (acts_for(registry, HIS), acts_for(registry, HERS)) == ({GRAIN}, {BAKERY})
    (entry,) = registry.bureau.hall.acts("SUCCESSION_CONFIRMED")
    assert "wider" not in entry["told"]
    assert stopped(registry) == []
    await registry.undone(number)
    assert (acts_for(registry, HIS), acts_for(registry, HERS)) == ({GRAIN}, {BAKERY})
    assert mandates(registry) == before


async def test_each_is_answered_their_own_side(tmp_path):
    """By the code they act for, as if it were still itself; whoever acts for what goes on is answered with that."""
    async with open_bureau(tmp_path, lambda written: written.replace('"$own"', '"$entities"')) as bureau:
        registry = Registry(bureau)
        await represented(registry, HIS, HERS)
        number = await registry.became("MERGED", code(GRAIN), code(BAKERY))
        assert (await entity(registry, HIS, GRAIN), await entity(registry, HERS, GRAIN)) == (GRAIN, BAKERY)
        assert (await entity(registry, HIS, BAKERY), await entity(registry, HERS, BAKERY)) == (None, BAKERY)
        await registry.undone(number)
        assert (await entity(registry, HIS, GRAIN), await entity(registry, HERS, GRAIN)) == (GRAIN, None)
        await registry.became("RECODED", code(GRAIN), code(CARRIER))
        assert await entity(registry, HIS, GRAIN) == CARRIER


async def test_what_was_merged_passes_its_side_on_where_nobody_holds_it(registry):
    """Who acts for what goes on acts for the other side, which the record says; their tokens end, also when it is undone."""
    await represented(registry, HERS)
    number = await registry.became("MERGED", code(GRAIN), code(BAKERY))
    assert acts_for(registry, HERS) == {GRAIN, BAKERY}
    hall = registry.bureau.hall
    person = hall.merchant(HERS).person
    digest = hall.world.hub.attendant.vault.short("person", person)
    (entry,) = hall.acts("SUCCESSION_CONFIRMED")
    assert entry["told"]["wider"] == digest
    assert stopped(registry) == [person]
    await registry.undone(number)
    assert acts_for(registry, HERS) == {BAKERY}
    (entry,) = hall.acts("SUCCESSION_UNDONE")
    assert entry["told"]["narrower"] == digest


async def test_who_acted_for_what_was_merged_gains_nothing(registry):
    """Not even where nobody acts for what goes on: a counter decides that, and the record says for which entity."""
    await represented(registry, HIS)
    await registry.became("MERGED", code(GRAIN), code(BAKERY))
    assert acts_for(registry, HIS) == {GRAIN}
    hall = registry.bureau.hall
    lookups = f'{{ lookups(uscc: "{BAKERY}") {{ own }} }}'
    assert await hall.refused(hall.merchant(HIS), lookups, None) == "NOT_ACTED_FOR"
    assert (await hall.act(hall.merchant(HIS), lookups.replace(BAKERY, GRAIN), None))["lookups"]["own"] == 0


async def test_a_new_code_is_followed_by_mandate_and_delegate(registry):
    """It is the same entity; what is given for the new code hangs on the mandate it is given by, and is undone with it."""
    await represented(registry, HIS)
    hall = registry.bureau.hall
    await hall.act(hall.merchant(HIS), delegate())
    number = await registry.became("RECODED", code(GRAIN), code(CARRIER))
    assert acts_for(registry, HIS) == acts_for(registry, "agent") == {GRAIN, CARRIER}
    listed = (await hall.act(hall.merchant(HIS), f'{{ mandates(uscc: "{CARRIER}") {{ uscc kind }} }}', None))[
        "mandates"
    ]
    assert sorted(one["kind"] for one in listed) == ["DELEGATE", "REPRESENTATIVE"]
    again = (await hall.act(hall.merchant(HIS), delegate(uscc=CARRIER)))["delegate"]
    assert again["granted"]
    await registry.undone(number)
    assert acts_for(registry, HIS) == acts_for(registry, "agent") == {GRAIN}


async def test_a_new_code_that_somebody_else_represents_is_not_followed(small):
    """Each keeps their own side, until the mandate of one of them ends."""
    await represented(small, HIS, HERS)
    await small.became("RECODED", code(GRAIN), code(BAKERY))
    assert (acts_for(small, HIS), acts_for(small, HERS)) == ({GRAIN}, {BAKERY})
    hall = small.bureau.hall
    (mine,) = (await hall.act(hall.merchant(HERS), "{ mandates { id } }", None))["mandates"]
    await hall.act(hall.merchant(HERS), f'mutation {{ endMandate(id: "{mine["id"]}") {{ ended }} }}')
    assert (acts_for(small, HIS), acts_for(small, HERS)) == ({GRAIN, BAKERY}, set())


async def test_two_that_were_given_one_code_stay_apart(small):
    """Neither of two people gains the new code, nor what the other one represents."""
    await represented(small, HIS, HERS)
    await small.became("RECODED", f"{code(GRAIN)}, {code(BAKERY)}", code(CARRIER))
    assert (acts_for(small, HIS), acts_for(small, HERS)) == ({GRAIN}, {BAKERY})


async def test_a_chain_of_two_merges_is_followed_and_undone_from_its_end(registry):
    """Who acts for the last acts for all that nobody else holds."""
    hall = registry.bureau.hall
    person = hall.real(BAKER)
    her = Someone("mine", person)
    await hall.act(her, claiming(BAKERY))

    def acting():
        found = hall.look(lambda ledger: ledger.people.acting(ledger.people.of_id(person)))
        return set(found.standing.bindings["entities"])

    first = await registry.became("MERGED", code(GRAIN), code(CARRIER))
    second = await registry.became("MERGED", code(CARRIER), code(BAKERY))
    assert acting() == {GRAIN, CARRIER, BAKERY}
    await represented(registry, HIS)
    assert acting() == {CARRIER, BAKERY}
    assert acts_for(registry, HIS) == {GRAIN}
    await registry.undone(second)
    assert acting() == {BAKERY}
    await registry.undone(first)
    assert (acting(), acts_for(registry, HIS)) == ({BAKERY}, {GRAIN})


async def test_a_register_that_lists_the_new_code_ends_no_mandate(small):
    """It is asked for the code that the entity has by now; the name must still be the same there."""
    await represented(small, HIS)
    hall = small.bureau.hall
    number = await small.became("RECODED", code(GRAIN), code(CARRIER))
    hall.register(GRAIN, ZT="注销")
    hall.register(CARRIER, FRXM=OWNER)
    assert await hall.world.hub.keeper.look() == 0
    assert acts_for(small, HIS) == {GRAIN, CARRIER}
    hall.register(CARRIER, FRXM="赵六")
    assert await hall.world.hub.keeper.look() == 1
    await small.undone(number)
    assert acts_for(small, HIS) == set()


async def test_corrections_of_the_old_code_are_read_by_who_holds_it(small):
    """By its own representative as long as there is one; what they raise stays on their own side."""
    await represented(small, HIS, HERS)
    hall = small.bureau.hall
    await small.became("MERGED", code(GRAIN), code(BAKERY))
    given = f'entity: {code(GRAIN)}, field: "Entity.name", stated: "金穗食品", evidence: "营业执照"'
    raising = f"mutation {{ raiseCorrection(correction: {{ {given} }}) {{ correction {{ number entity {{ value }} }} position }} }}"
    made = (await hall.act(hall.merchant(HIS), raising))["raiseCorrection"]["correction"]
    assert made["entity"]["value"] == GRAIN
    listed = "{ corrections { number } }"
    assert (await hall.act(hall.merchant(HERS), listed, None))["corrections"] == []
    (mine,) = (await hall.act(hall.merchant(HIS), "{ mandates { id } }", None))["mandates"]
    await hall.act(hall.merchant(HIS), f'mutation {{ endMandate(id: "{mine["id"]}") {{ ended }} }}')
    assert (await hall.act(hall.merchant(HERS), listed, None))["corrections"] == [{"number": made["number"]}]


async def test_a_task_names_the_code_its_entity_has_by_now(small):
    """The row stays as it was; undone, the old code stands there again."""
    hall, steward = small.bureau.hall, small.bureau.someone(ONE)
    given = f'case: "案-1", purpose: "OPERATIONS", until: "2026-12-31", uscc: "{GRAIN}"'
    await hall.act(steward, f"mutation {{ openTask({given}) {{ opened position }} }}")
    listed = "{ tasks { uscc } }"
    first = await small.became("MERGED", code(GRAIN), code(CARRIER))
    second = await small.became("MERGED", code(CARRIER), code(BAKERY))
    assert (await hall.act(steward, listed, None))["tasks"] == [{"uscc": BAKERY}]
    await small.undone(second)
    await small.undone(first)
    assert (await hall.act(steward, listed, None))["tasks"] == [{"uscc": GRAIN}]


async def test_a_side_stays_whose_it_is_under_its_new_code(registry):
    """Nobody represents a new code by itself: whoever represents the old one does, so that a merge passes nothing on."""
    await represented(registry, HIS, HERS)
    await registry.became("RECODED", code(GRAIN), code(CARRIER))
    number = await registry.became("MERGED", code(CARRIER), code(BAKERY))
    assert (acts_for(registry, HIS), acts_for(registry, HERS)) == ({GRAIN, CARRIER}, {BAKERY})
    await registry.undone(number)
    assert (acts_for(registry, HIS), acts_for(registry, HERS)) == ({GRAIN, CARRIER}, {BAKERY})


async def test_a_namesake_does_not_take_over_a_new_code(small):
    """Whoever represents the entity by its old code represents it; two of one name are for the counter, under either code."""
    await represented(small, HIS)
    hall = small.bureau.hall
    hall.register(CARRIER, FRXM=OWNER)
    await small.became("RECODED", code(GRAIN), code(CARRIER))
    namesake = Someone("mine", hall.real(OWNER, subject="another"))
    for uscc in (CARRIER, GRAIN):
        found = (await hall.act(namesake, claiming(uscc)))["claim"]
        assert (found["matched"], found["mandate"]) == (True, None)
    assert [entry["outcome"] for entry in hall.acts("ENTITY_CLAIMED")] == ["TAKEN", "TAKEN"]
    assert acts_for(small, HIS) == {GRAIN, CARRIER}


async def test_nobody_is_named_for_a_merged_side_alone(small):
    """They would act for all that it was merged into: that is for whoever represents it to say by its own code."""
    await represented(small, HERS)
    hall = small.bureau.hall
    await small.became("MERGED", code(GRAIN), code(BAKERY))
    assert await hall.refused(hall.merchant(HERS), delegate(uscc=GRAIN)) == "NOT_REPRESENTATIVE"
    assert acts_for(small, "agent") == set()
    await hall.act(hall.merchant(HERS), delegate(uscc=BAKERY))
    assert acts_for(small, "agent") == {GRAIN, BAKERY}


async def test_a_token_from_before_reaches_no_code_that_somebody_else_was_given(small):
    """It says for whom its holder acts, which is less now; the next token says so."""
    await represented(small, HIS)
    hall = small.bureau.hall
    await small.became("RECODED", code(GRAIN), code(BAKERY))
    assert acts_for(small, HIS) == {GRAIN, BAKERY}
    headers = hall.headers(hall.merchant(HIS))
    await represented(small, HERS)
    assert (acts_for(small, HIS), acts_for(small, HERS)) == ({GRAIN}, {BAKERY})
    asked = {"query": "{ mandates { uscc } }"}
    assert (await hall.world.client.post("/graphql", json=asked, headers=headers)).status_code == 401
    assert (await hall.act(hall.merchant(HIS), asked["query"], None))["mandates"] == [{"uscc": GRAIN}]
