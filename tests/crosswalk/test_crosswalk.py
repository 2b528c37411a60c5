"""Keys of departments, what became of entities, and that all of it can be undone."""

import json

from tests.acts.hall import BAKERY, CARRIER, CITIZEN, GRAIN, SCHOOL, Someone
from tests.crosswalk.registry import LINK, MARKET, ONE, TWO, code, proposing

NAMES = "uscc name"


async def asked(registry, query, who="clerk"):
    """Body of an answer; the public's if nobody is named."""
    someone = registry.bureau.someone(who) if who else None
    return (await registry.bureau.hall.ask(someone, query, None)).json()


async def test_a_key_is_linked_with_evidence_and_read_by_those_who_may(registry):
    """Department and key find the entity, the entity its keys; keys of another department are not shown."""
    made = await registry.link(MARKET, "SJ-0007", GRAIN, ", confidence: 0.97")
    assert made["changed"]
    link = made["link"]
    assert (link["key"], link["confidence"], link["method"]) == ("SJ-0007", 0.97, "MATCHED")
    assert link["entity"]["value"] == GRAIN
    assert not (await registry.link(MARKET, "SJ-0007", GRAIN))["changed"]
    (own,) = await registry.read(MARKET, f'crosswalk(key: "SJ-0007") {LINK}')
    (other,) = await registry.read(ONE, f"crosswalk(entity: {code(GRAIN)}) {LINK}")
    assert (own["evidence"], other["evidence"], other["key"]) == ("档案编号一致", None, None)
    assert await registry.read(ONE, f'crosswalk(department: "market", key: "SJ-0007") {LINK}') == []
    stored = str(registry.bureau.hall.rows("SELECT * FROM crosswalk")) + str(registry.bureau.hall.entries())
    assert "SJ-0007" not in stored
    assert GRAIN not in stored


async def test_keys_and_successions_are_found_in_the_next_month(registry):
    """The digests of the record have other keys by then: what is looked up has not, and can be undone."""
    await registry.link(MARKET, "SJ-0007", GRAIN)
    number = await registry.became("MERGED", code(GRAIN), code(BAKERY))
    registry.bureau.at("2027-01-04 09:00")
    (own,) = await registry.read(MARKET, f'crosswalk(key: "SJ-0007") {LINK}')
    assert own["entity"]["value"] == BAKERY
    assert not (await registry.link(MARKET, "SJ-0007", BAKERY))["changed"]
    (other,) = await registry.read(ONE, f"crosswalk(entity: {code(BAKERY)}) {LINK}")
    assert other["department"] == "market"
    await registry.undone(number)


async def test_a_key_is_not_linked_to_another_entity_behind_anybodys_back(small):
    """Nor to one that the register does not know, nor is it the number of a citizen."""
    await small.link(MARKET, "1", GRAIN)
    again = f'linkKey(key: "1", entity: {code(BAKERY)}, evidence: "x")'
    assert await small.refused(MARKET, again) == "KEY_LINKED"
    unknown = f'linkKey(key: "2", entity: {code("914403001922038216")}, evidence: "x")'
    assert await small.refused(MARKET, unknown) == "ENTITY_NOT_FOUND"
    personal = f'linkKey(key: "{CITIZEN}", entity: {code(GRAIN)}, evidence: "x")'
    assert await small.refused(MARKET, personal) == "LOOKS_LIKE_CITIZEN_ID"
    assert await small.refused(MARKET, f'linkKey(key: "3", entity: {code(GRAIN)}, evidence: "x", confidence: 2)') == (
        "BAD_USER_INPUT"
    )


async def test_old_codes_and_ids_answer_the_entity_it_became(registry):
    """By code, in a batch, by id; whoever sees it is told, and the old id is given out no more. Undone, all is as before."""
    one = f'entity(uscc: "{GRAIN}") {{ id {NAMES} }}'
    before = (await asked(registry, f"{{ {one} }}"))["data"]["entity"]
    other = (await asked(registry, f'{{ entity(uscc: "{BAKERY}") {{ id {NAMES} }} }}'))["data"]["entity"]
    was = registry.state()
    number = await registry.became("MERGED", code(GRAIN), code(BAKERY))
    body = await asked(registry, f"{{ {one} }}")
    assert body["data"]["entity"] == other
    assert [(w["code"], w["path"]) for w in body["extensions"]["warnings"]] == [("REDIRECTED", ["entity"])]
    batch = f'{{ entitiesByUscc(usccs: ["{BAKERY}", "{GRAIN}"]) {{ uscc }} }}'
    body = await asked(registry, batch)
    assert body["data"]["entitiesByUscc"] == [{"uscc": BAKERY}] * 2
    assert [w["path"] for w in body["extensions"]["warnings"]] == [["entitiesByUscc", 1]]
    node = f'{{ node(id: "{before["id"]}") {{ id ... on Entity {{ {NAMES} }} }} }}'
    assert (await asked(registry, node))["data"]["node"] == other
    listed = (await asked(registry, "{ entities(first: 50) { edges { node { id uscc } } } }"))["data"]["entities"]
    ids = {edge["node"]["uscc"]: edge["node"]["id"] for edge in listed["edges"]}
    assert ids[GRAIN] == ids[BAKERY] == other["id"]
    await registry.undone(number)
    assert registry.state() == was
    body = await asked(registry, f"{{ {one} }}")
    assert body["data"]["entity"] == before
    assert "warnings" not in body["extensions"]
    assert (await asked(registry, node))["data"]["node"] == before


async def test_successions_take_two_people_of_the_register(small):
    """Neither the same person, nor one without the power; a refused or confirmed one is not confirmed."""
    merging = proposing("MERGED", code(GRAIN), code(BAKERY))
    assert await small.refused(MARKET, merging) == "REGISTRAR_REQUIRED"
    number = await small.proposed("MERGED", code(GRAIN), code(BAKERY))
    confirming = f'confirmSuccession(number: "{number}")'
    assert await small.refused(ONE, confirming) == "SECOND_PERSON_REQUIRED"
    assert await small.refused(MARKET, confirming) == "REGISTRAR_REQUIRED"
    assert small.state()[1] == []
    done = await small.succession(TWO, confirming)
    accounts = small.bureau.hall.accounts
    assert (done["proposedBy"], done["decidedBy"]) == (accounts[ONE].id, accounts[TWO].id)
    assert await small.refused(TWO, confirming) == "SUCCESSION_STATE"
    undoing = f'undoSuccession(number: "{number}", reason: "x")'
    await small.succession(ONE, undoing)
    assert await small.refused(ONE, undoing) == "SECOND_PERSON_REQUIRED"
    kept = await small.succession(ONE, f'refuseSuccession(number: "{number}")')
    assert kept["state"] == "CONFIRMED"
    assert await small.refused(ONE, f'refuseSuccession(number: "{number}")') == "SUCCESSION_STATE"
    assert (await small.succession(TWO, undoing))["state"] == "UNDOING"
    refused = await small.proposed("MERGED", code(CARRIER), code(SCHOOL))
    await small.succession(ONE, f'refuseSuccession(number: "{refused}")')
    assert await small.refused(TWO, f'confirmSuccession(number: "{refused}")') == "SUCCESSION_STATE"
    assert await small.refused(TWO, 'confirmSuccession(number: "S-1\\u0001")') == "SUCCESSION_NOT_FOUND"
    assert await small.refused(TWO, 'confirmSuccession(number: "S-1\\u0000")') == "BAD_USER_INPUT"


async def test_each_step_is_on_record_and_told_without_naming_an_entity(small):
    """The stewards are told what waits for them; neither entries nor notices hold a code."""
    number = await small.became("MERGED", code(GRAIN), code(BAKERY))
    await small.undone(number)
    acts = [one["act"] for one in small.bureau.hall.entries() if one.get("act", "").startswith("SUCCESSION")]
    assert acts == ["SUCCESSION_PROPOSED", "SUCCESSION_CONFIRMED", "SUCCESSION_UNDO_ASKED", "SUCCESSION_UNDONE"]
    told = await small.bureau.hall.delivered()
    assert {one["kind"] for one in told} >= set(acts)
    assert GRAIN not in json.dumps([told, small.bureau.hall.entries()], ensure_ascii=False)


async def test_a_split_parts_keys_and_is_undone_byte_by_byte(registry):
    """The first successor goes on under the old id; keys that move stand for another one; undone, state is as before."""
    for key in ("1", "2"):
        await registry.link(MARKET, key, GRAIN)
    before = registry.state()
    moves = f', moves: [{{ department: "market", key: "2", to: {code(SCHOOL)} }}]'
    number = await registry.became("SPLIT", code(GRAIN), f"{code(BAKERY)}, {code(SCHOOL)}", moves)
    assert registry.state() != before
    stands = [(await registry.read(MARKET, f'crosswalk(key: "{key}") {LINK}'))[0] for key in ("1", "2")]
    assert [one["entity"]["value"] for one in stands] == [BAKERY, SCHOOL]
    assert [one["foundAs"]["value"] for one in stands] == [GRAIN, SCHOOL]
    assert (stands[1]["method"], stands[1]["origin"]) == ("SPLIT", number)
    await registry.undone(number)
    assert registry.state() == before
    (again,) = await registry.read(MARKET, f'crosswalk(key: "2") {LINK}')
    assert [step["entity"]["value"] for step in again["history"]] == [GRAIN, SCHOOL, GRAIN]


async def test_chains_are_followed_and_undone_from_their_end(small):
    """A becomes B becomes C: A answers C. The first is not undone before the second; nobody becomes what is no more."""
    first = await small.became("RECODED", code(GRAIN), code(BAKERY))
    assert await small.refused(ONE, proposing("MERGED", code(GRAIN), code(SCHOOL))) == "ENTITY_SUCCEEDED"
    assert await small.refused(ONE, proposing("MERGED", code(SCHOOL), code(GRAIN))) == "ENTITY_SUCCEEDED"
    second = await small.became("MERGED", code(BAKERY), code(SCHOOL))
    body = await asked(small, f'{{ entity(uscc: "{GRAIN}") {{ uscc }} }}')
    assert body["data"]["entity"]["uscc"] == SCHOOL
    assert await small.refused(ONE, f'undoSuccession(number: "{first}", reason: "x")') == "SUCCESSION_BUILT_ON"
    listed = await small.read(ONE, f"successions(entity: {code(GRAIN)}) {{ number }}")
    assert [one["number"] for one in listed] == [second, first]
    for number in (second, first):
        await small.undone(number)
    assert small.state()[1] == []


async def test_what_changed_meanwhile_is_not_confirmed(small):
    """Of two proposals about one entity the second finds that it has become another one."""
    one = await small.proposed("MERGED", code(GRAIN), code(BAKERY))
    two = await small.proposed("MERGED", code(GRAIN), code(SCHOOL))
    await small.succession(TWO, f'confirmSuccession(number: "{one}")')
    assert await small.refused(TWO, f'confirmSuccession(number: "{two}")') == "ENTITY_SUCCEEDED"


NO_SUCCESSIONS = [
    ("MERGED", code(GRAIN), code(GRAIN), ""),
    ("MERGED", code(GRAIN), f"{code(BAKERY)}, {code(SCHOOL)}", ""),
    ("MERGED", f"{code(GRAIN)}, {code(GRAIN)}", code(BAKERY), ""),
    ("SPLIT", code(GRAIN), code(BAKERY), ""),
    ("RECODED", code(GRAIN), code(GRAIN), ""),
    ("RECODED", code(GRAIN), f"{code(BAKERY)}, {code(SCHOOL)}", ""),
    ("RENAMED", code(GRAIN), "", ""),
    ("MERGED", code(GRAIN), code(BAKERY), f', moves: [{{ department: "m", key: "1", to: {code(BAKERY)} }}]'),
]


async def test_what_is_no_such_succession_is_refused(small):
    """Each kind takes the entities that are its own."""
    for given in NO_SUCCESSIONS:
        assert await small.refused(ONE, proposing(*given)) == "BAD_USER_INPUT", given


async def test_names_and_places_have_a_history(small):
    """A new name is on record with its day and its basis, and answers nothing otherwise than before."""
    number = await small.became("RENAMED", code(GRAIN), "", ', was: "旧名米业", became: "新名米业"')
    (found,) = await small.read(ONE, f"successions(entity: {code(GRAIN)}) {{ number was became effectiveOn kind }}")
    assert found == {
        "number": number,
        "was": "旧名米业",
        "became": "新名米业",
        "effectiveOn": "2026-11-01",
        "kind": "RENAMED",
    }
    assert small.state()[1] == []


async def test_other_stewards_and_audit_see_that_it_was_and_no_names(small):
    """Names may be of people: they are for those who deal with them."""
    await small.became("RENAMED", code(GRAIN), "", ', was: "旧名米业", became: "新名米业"')
    for name in (MARKET, "auditor"):
        (found,) = await small.read(name, "successions { kind was became reason before { value } }")
        assert found == {"kind": "RENAMED", "was": None, "became": None, "reason": None, "before": [{"value": GRAIN}]}


async def test_an_entity_is_also_found_by_its_old_number(small):
    """Whatever it was asked for by before it was re-coded leads to it."""
    await small.became("RECODED", f'{code(GRAIN)}, {{ regNo15: "231282600012345" }}', code(BAKERY))
    query = '{ entity(identifier: { kind: REG_NO_15, value: "231282600012345" }) { uscc } }'
    assert (await asked(small, query, None))["data"]["entity"] == {"uscc": BAKERY}


async def test_who_does_not_see_what_it_became_is_not_told_of_it(small):
    """A merchant is bound to the one and not to the other: not found, as for any entity of others, and no word of why."""
    hall, merchant = small.bureau.hall, Someone("merchant")
    query = f'{{ entity(uscc: "{GRAIN}") {{ uscc }} }}'
    before = (await hall.ask(merchant, query, None)).json()
    assert before["data"]["entity"] == {"uscc": GRAIN}
    await small.became("MERGED", code(GRAIN), code(BAKERY))
    body = (await hall.ask(merchant, query, None)).json()
    assert body["data"]["entity"] is None
    assert "warnings" not in body["extensions"]
    assert BAKERY not in str(body)
