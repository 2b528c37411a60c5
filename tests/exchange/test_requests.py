"""A request goes its way: asked, answered by every owner, released by somebody else; or refused with its basis, or withdrawn."""

import json

import pytest

from tests.acts.hall import GRAIN
from tests.exchange.bureau import ADDRESS, PHONE, PREMISES, answering, asking, grant

PHONE_OF = f'{{ entity(uscc: "{GRAIN}") {{ name contactPhone }} }}'


DENIED = "PURPOSE_NOT_ALLOWED"
"""The golden world gives the number for another purpose."""


async def phone(bureau):
    """The telephone number as a clerk is answered, and the codes of what is denied."""
    body = (await bureau.hall.ask(bureau.someone("clerk"), PHONE_OF, None)).json()
    codes = [one["extensions"]["code"] for one in body.get("errors", ())]
    return body["data"]["entity"]["contactPhone"], codes


async def test_a_request_goes_all_the_way(bureau):
    """Denied, asked, agreed by the owner, released by somebody else: the same question is answered at once."""
    value, codes = await phone(bureau)
    assert (value, codes) == (None, [DENIED])
    made = await bureau.do("clerk", asking())
    number = made["request"]["number"]
    assert (number, made["request"]["state"], made["request"]["reason"]) == (
        "R-2026-00001",
        "SUBMITTED",
        "窗口核对联系人",
    )
    answered = await bureau.do("steward-registrar", answering(number, "registrar", more=', reason: "属于法定职责"'))
    assert answered["request"]["state"] == "APPROVED"
    assert (await phone(bureau))[1] == [DENIED]
    released = (await bureau.do("sec", f'releaseRequest(number: "{number}")'))["request"]
    assert (released["state"], released["grants"]) == ("RELEASED", ["G-001"])
    value, codes = await phone(bureau)
    assert value
    assert codes == []
    people = {name: bureau.hall.accounts[name].id for name in ("clerk", "steward-registrar", "sec")}
    steps = [(one["kind"], one["person"], one["owner"], one["note"]) for one in released["steps"]]
    assert steps == [
        ("SUBMITTED", people["clerk"], None, None),
        ("APPROVED", people["steward-registrar"], "registrar", "属于法定职责"),
        ("RELEASED", people["sec"], None, None),
    ]


async def test_who_asked_agreed_and_released_stands_in_the_grant(bureau):
    """With the number of the request; it is certified for a year at most."""
    done = await bureau.released(ends='"2029-11-01"')
    (made,) = [one for one in bureau.hall.world.hub.roster.grants if one.id == "G-001"]
    ids = {name: bureau.hall.accounts[name].id for name in ("clerk", "steward-registrar", "sec")}
    assert (made.asked_by, made.approved_by, made.released_by) == (ids["clerk"], ids["steward-registrar"], ids["sec"])
    assert (made.ends.isoformat(), made.certified_until.isoformat()) == ("2029-11-01", "2027-11-22")
    rows = bureau.hall.rows("SELECT request, recorded_by FROM grants WHERE id = 'G-001'")
    assert rows == [(done["number"], ids["sec"])]


async def test_every_step_is_on_record_and_told(bureau):
    """An entry each, at the position that the answer says; and whoever has to do something is told."""
    number = await bureau.asked(fields=(PHONE, PREMISES))
    await bureau.agreed(number, "registrar", "market", "health")
    done = await bureau.do("sec", f'releaseRequest(number: "{number}")')
    stored = bureau.hall.rows("SELECT position, body FROM entries")
    entries = {place: json.loads(body) for place, body in stored}
    positions = [one["position"] for one in done["request"]["steps"]]
    assert [entries[place]["act"] for place in positions] == [
        "REQUEST_SUBMITTED",
        "REQUEST_ANSWERED",
        "REQUEST_ANSWERED",
        "REQUEST_ANSWERED",
        "REQUEST_RELEASED",
    ]
    assert positions[-1] == done["position"]
    assert entries[positions[-1]]["told"]["grants"] == "G-001"
    assert "窗口核对联系人" not in str(entries)
    told = [(one["kind"], one["to"]["person"]) for one in await bureau.hall.delivered()]
    ids = {name: account.id for name, account in bureau.hall.accounts.items()}
    registrar, security = ("steward-registrar", "steward-registrar-two"), ("sec", "sec-two")
    wanted = [
        *(("REQUEST_SUBMITTED", name) for name in ("steward-health", "steward-market", *registrar)),
        ("REQUEST_ANSWERED", "clerk"),
        *(("REQUEST_TO_RELEASE", name) for name in security),
        ("REQUEST_RELEASED", "clerk"),
    ]
    assert sorted(told) == sorted((kind, ids[name]) for kind, name in wanted)


async def test_each_owner_answers_for_its_own_with_its_own_time(bureau):
    """What is conditional takes ten working days, the rest one; a record of two departments is both's."""
    made = (await bureau.do("clerk", asking(fields=(PHONE, ADDRESS, PREMISES))))["request"]
    assert [(one["owner"], one["sharing"], one["dueOn"], one["workingDaysLeft"]) for one in made["parts"]] == [
        ("health", "UNCONDITIONAL", "2026-11-24", 1),
        ("market", "UNCONDITIONAL", "2026-11-24", 1),
        ("registrar", "CONDITIONAL", "2026-12-07", 10),
    ]
    for owner in ("market", "registrar"):
        done = (await bureau.do(f"steward-{owner}", answering(made["number"], owner)))["request"]
        assert done["state"] == "SUBMITTED"
    assert await bureau.refused("sec", f'releaseRequest(number: "{made["number"]}")') == "REQUEST_STATE"


async def test_a_refusal_cites_its_basis(bureau):
    """A steward's no ends the request, and nothing of it can be released; without a basis there is no no."""
    number = await bureau.asked(fields=(PHONE, PREMISES))
    for basis in (None, "", "  "):
        assert await bureau.refused("steward-market", answering(number, "market", "false", basis)) == "BASIS_REQUIRED"
    done = (await bureau.do("steward-market", answering(number, "market", "false", "个人信息保护法第十三条")))[
        "request"
    ]
    assert (done["state"], done["basis"]) == ("REFUSED", "个人信息保护法第十三条")
    assert await bureau.refused("steward-registrar", answering(number, "registrar")) == "REQUEST_STATE"
    assert await bureau.refused("sec", f'releaseRequest(number: "{number}")') == "REQUEST_STATE"
    assert bureau.hall.rows("SELECT count(*) FROM grants WHERE request <> ''") == [(0,)]
    assert [one["kind"] for one in await bureau.hall.delivered()][-1] == "REQUEST_REFUSED"


async def test_security_refuses_what_was_agreed(bureau):
    """With a basis of its own, whoever agreed before."""
    number = await bureau.asked()
    await bureau.agreed(number)
    assert await bureau.refused("sec", f'refuseRequest(number: "{number}", basis: " ")') == "BASIS_REQUIRED"
    done = (await bureau.do("sec", f'refuseRequest(number: "{number}", basis: "最小必要原则")'))["request"]
    assert (done["state"], done["basis"], done["grants"]) == ("REFUSED", "最小必要原则", [])
    assert done["releasedBy"] == bureau.hall.accounts["sec"].id


async def test_a_draft_is_its_authors_until_it_is_submitted(bureau):
    """Nobody else sees it, no clock runs; submitting starts the clock of that day."""
    made = (await bureau.do("clerk", asking(more=", draft: true")))["request"]
    number = made["number"]
    assert (made["state"], made["parts"]) == ("DRAFT", [])
    for name in ("second-clerk", "sec", "auditor", "steward-registrar"):
        assert await bureau.seen(name, number) is None
        assert await bureau.listed(name) == []
    for name in ("second-clerk", "steward-registrar"):
        assert await bureau.refused(name, f'submitRequest(number: "{number}")') == "REQUEST_NOT_FOUND"
    bureau.at("2026-11-27T15:00:00")
    done = (await bureau.do("clerk", f'submitRequest(number: "{number}")'))["request"]
    assert (done["state"], done["parts"][0]["dueOn"]) == ("SUBMITTED", "2026-12-11")
    assert await bureau.refused("clerk", f'submitRequest(number: "{number}")') == "REQUEST_STATE"


async def test_whoever_asked_withdraws(bureau):
    """Also after an owner agreed; then nobody can do anything with it. Nobody else withdraws it."""
    number = await bureau.asked()
    await bureau.agreed(number)
    assert await bureau.refused("second-clerk", f'withdrawRequest(number: "{number}")') == "REQUEST_NOT_FOUND"
    done = (await bureau.do("clerk", f'withdrawRequest(number: "{number}")'))["request"]
    assert done["state"] == "WITHDRAWN"
    assert await bureau.refused("sec", f'releaseRequest(number: "{number}")') == "REQUEST_STATE"
    assert await bureau.refused("clerk", f'withdrawRequest(number: "{number}")') == "REQUEST_STATE"


async def test_a_grant_is_renewed_in_the_same_way(bureau):
    """The owner answers again, somebody releases, and the next version holds longer."""
    await bureau.released(ends='"2026-12-31"')
    asked = (await bureau.do("clerk", 'renewGrant(id: "G-001", until: "2027-06-30", reason: "仍需使用")'))["request"]
    assert [(one["kind"], one["grant"], one["ends"]) for one in asked["changes"]] == [("RENEW", "G-001", "2027-06-30")]
    await bureau.agreed(asked["number"])
    await bureau.do("sec-two", f'releaseRequest(number: "{asked["number"]}")')
    (held,) = [one for one in bureau.hall.world.hub.roster.grants if one.id == "G-001"]
    assert (held.ends.isoformat(), held.released_by) == ("2027-06-30", bureau.hall.accounts["sec-two"].id)
    assert bureau.hall.rows("SELECT count(*) FROM grants WHERE id = 'G-001'") == [(2,)]
    assert (
        await bureau.refused("clerk", 'renewGrant(id: "G-001", until: "2027-06-30", reason: "再")') == "BAD_USER_INPUT"
    )


async def test_a_grant_ends_earlier_without_an_owner_but_not_alone(bureau):
    """An end needs no owner's answer; somebody else releases it."""
    await bureau.released()
    asked = (await bureau.do("clerk", 'endGrant(id: "G-001", lastDay: "2026-11-23", reason: "不再需要")'))["request"]
    assert (asked["state"], asked["parts"]) == ("APPROVED", [])
    await bureau.do("sec", f'releaseRequest(number: "{asked["number"]}")')
    bureau.at("2026-11-24T08:00:00")
    assert (await phone(bureau)) == (None, ["GRANT_EXPIRED"])


async def test_a_steward_ends_what_was_given_of_their_records(bureau):
    """Of another department's grant, but of one that gives nothing of theirs."""
    await bureau.released()
    given = 'endGrant(id: "G-001", lastDay: "2026-11-23", reason: "目的已达成")'
    assert await bureau.refused("steward-market", given) == "BAD_USER_INPUT"
    asked = (await bureau.do("steward-registrar-two", given))["request"]
    assert (asked["state"], asked["department"]) == ("APPROVED", "hall")
    renewed = 'renewGrant(id: "G-001", until: "2028-01-01", reason: "不可"  )'
    assert await bureau.refused("steward-registrar-two", renewed) == "BAD_USER_INPUT"


async def test_a_request_is_outdated_when_its_grant_was_changed(bureau):
    """Two renewals of one version: the second one is not released."""
    await bureau.released(ends='"2026-12-31"')
    numbers = []
    for day in ("2027-03-31", "2027-06-30"):
        asked = await bureau.do("clerk", f'renewGrant(id: "G-001", until: "{day}", reason: "仍需使用")')
        numbers.append(asked["request"]["number"])
        await bureau.agreed(numbers[-1])
    await bureau.do("sec", f'releaseRequest(number: "{numbers[0]}")')
    assert await bureau.refused("sec", f'releaseRequest(number: "{numbers[1]}")') == "REQUEST_OUTDATED"
    assert bureau.hall.rows("SELECT count(*) FROM grants WHERE id = 'G-001'") == [(2,)]
    done = (await bureau.do("sec", f'refuseRequest(number: "{numbers[1]}", basis: "已续期")'))["request"]
    assert done["state"] == "REFUSED"


async def test_a_request_is_outdated_when_its_time_has_passed(small):
    """A period that was over before anybody released it."""
    number = await small.asked(ends='"2026-11-25"')
    await small.agreed(number)
    small.at("2026-11-26T09:00:00")
    assert await small.refused("sec", f'releaseRequest(number: "{number}")') == "REQUEST_OUTDATED"


async def test_changes_are_told_in_words(small):
    """A sentence in Chinese and in English, with labels instead of codes; what is long is counted."""
    rows = 'rows: [{ field: "divisionCode", test: PREFIX, values: ["2312"] }]'
    asked = asking(
        grant(masked=f'["{PHONE}"]', recordsADay="200", ends='"2027-01-31"').replace("{ role", "{ " + rows + ", role")
    )
    (change,) = (await small.do("clerk", asked))["request"]["changes"]
    assert change["sentence"] == (
        "政务大厅以“大厅窗口”身份，为“窗口受理”，查看联系电话；仅限行政区划代码以 2312 开头的主体；联系电话脱敏；每日至多 200 条记录；"
        "自 2026年11月23日 至 2027年1月31日；依据：行政许可法。"
    )
    assert change["sentenceEn"] == (
        '政务大厅 as counter clerk, for "Counter service", sees Contact phone; of entities with Division code (GB/T 2260)'
        " beginning with 2312; Contact phone masked; 200 records a day; from 2026-11-23 until 2027-01-31; basis: 行政许可法."
    )


async def test_several_grants_of_one_request_take_effect_together(bureau):
    """All of them, or none."""
    two = asking(grant(), grant(fields=(ADDRESS,), purposes='["GREEN_CHANNEL"]'))
    number = (await bureau.do("clerk", two))["request"]["number"]
    await bureau.agreed(number)
    done = (await bureau.do("sec", f'releaseRequest(number: "{number}")'))["request"]
    assert done["grants"] == ["G-001", "G-002"]


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("clerk", True),
        ("second-clerk", True),
        ("steward-registrar", True),
        ("steward-registrar-two", True),
        ("sec", True),
        ("auditor", True),
        ("steward-market", False),
        ("dev", False),
    ],
)
async def test_who_sees_a_request(small, name, sees):
    """The asker's department, stewards of its owners, security and audit; no other department, and no administrator."""
    number = await small.asked()
    assert (await small.seen(name, number) is not None) == sees
    assert (await small.listed(name) == [number]) == sees


async def test_the_system_administrator_has_no_requests(small):
    """Neither the question nor the mutations exist for them, nor for merchants and the public."""
    for who in (small.someone("admin"), small.hall.someone("mine", "agent"), None):
        assert await small.hall.refused(who, "{ requests { number } }", None) == "GRAPHQL_VALIDATION_FAILED"
        assert await small.hall.refused(who, f"mutation {{ {asking()} {{ position }} }}") == "GRAPHQL_VALIDATION_FAILED"


async def test_lists_are_filtered_and_paged(small):
    """By state, by author, after a request; the newest first."""
    numbers = [await small.asked("clerk" if n % 2 else "second-clerk") for n in range(5)]
    await small.do("clerk", f'withdrawRequest(number: "{numbers[1]}")')
    newest = numbers[::-1]
    assert await small.listed("sec") == newest
    assert await small.listed("sec", "(first: 2)") == newest[:2]
    assert await small.listed("sec", f'(first: 2, after: "{newest[1]}")') == newest[2:4]
    assert await small.listed("clerk", "(mine: true)") == [numbers[3], numbers[1]]
    assert await small.listed("sec", "(state: WITHDRAWN)") == [numbers[1]]
    for wrong in ("(first: 0)", "(first: 101)", '(after: "R-2020-00001")'):
        code = await small.hall.refused(small.someone("sec"), f"{{ requests{wrong} {{ number }} }}", None)
        assert code in ("BAD_USER_INPUT", "REQUEST_NOT_FOUND")
