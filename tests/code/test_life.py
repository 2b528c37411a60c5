"""The life of a code, from the application to its end, through the mutations that people send."""

import pytest

from hub.code.tokens import read_token
from schema.enums import CodeStatus
from tests.acts.hall import BAKERY, GRAIN, OWNER, delegate, end
from tests.code.floor import apply, display, step

QUESTION = f'{{ entity(uscc: "{GRAIN}") {{ code {{ token status places issuer issuedTo provenance {{ source }} }} }} }}'


async def test_the_whole_life(floor):
    """Issued, displayed, suspended, resumed, reissued, given up: each with its entry, its notice, and at once in effect."""
    hall = floor.hall
    code = await floor.issued()
    token = code["token"]
    assert (code["status"], code["steps"]) == ("VALID", ["DISPLAY", "REISSUE", "CANCEL"])
    assert read_token(token) == token
    shown = (await hall.act(hall.clerk, display(["门头", "收银台"])))["displayCode"]["code"]
    assert (shown["places"], shown["displayedSince"], shown["displayedDays"]) == (["门头", "收银台"], "2026-11-23", 1)
    await hall.act(floor.office, step("suspendCode"))
    stopped = floor.found(token)
    assert (stopped.status, stopped.holds, stopped.name) == (CodeStatus.SUSPENDED, False, "肇东市金穗食品有限公司")
    await hall.act(floor.office, step("resumeCode"))
    assert floor.found(token).holds
    again = (await hall.act(hall.clerk, step("reissueCode", representative=OWNER)))["reissueCode"]["code"]
    assert again["token"] != token
    assert floor.found(token).replaced_on is not None
    assert floor.found(again["token"]).holds
    await hall.act(floor.office, step("revokeCode"))
    assert await hall.refused(hall.clerk, step("reissueCode", representative=OWNER)) == "CODE_OFFICE_ONLY"
    assert (await hall.act(floor.office, step("reissueCode")))["reissueCode"]["code"]["status"] == "VALID"
    await hall.act(floor.office, step("cancelCode"))
    renewed = await floor.issued()
    assert renewed["id"] == code["id"]
    told = [one["event"] if "event" in one else one["kind"] for one in await hall.delivered()]
    assert list(dict.fromkeys(told)) == [
        f"CODE_{end}" for end in ("ISSUED", "SUSPENDED", "RESUMED", "REISSUED", "REVOKED", "CANCELLED")
    ]
    acts = [entry["act"] for entry in hall.entries() if entry.get("act", "").startswith("CODE_")]
    assert acts == [
        "CODE_APPLIED",
        "CODE_DISPLAYED",
        "CODE_SUSPEND",
        "CODE_RESUME",
        "CODE_REISSUE",
        "CODE_REVOKE",
        "CODE_REISSUE",
        "CODE_CANCEL",
        "CODE_APPLIED",
    ]


async def test_it_is_asked_for_like_any_record(floor):
    """The hub's own table is a source: the code stands below its entity, for whoever holds its scope, as it is now."""
    code = await floor.issued()
    await floor.hall.act(floor.hall.clerk, display(["门头", "餐桌"]))
    found = (await floor.hall.act(floor.office, QUESTION, None))["entity"]["code"]
    assert found == {
        "token": code["token"],
        "status": "VALID",
        "places": ["门头", "餐桌"],
        "issuer": "LOCAL",
        "issuedTo": "肇东市金穗食品有限公司",
        "provenance": {"source": "码上诚信码库"},
    }


async def test_a_merchant_applies_for_themselves(floor):
    """By their mandate; for another's entity it is refused, and so is whoever holds none."""
    merchant = await floor.merchant()
    done = (await floor.hall.act(merchant, apply()))["applyCode"]
    assert (done["granted"], done["changed"], done["pending"]) == (True, True, False)
    same = (await floor.hall.act(merchant, apply()))["applyCode"]
    assert (same["changed"], same["code"]["token"]) == (False, done["code"]["token"])
    assert await floor.hall.refused(merchant, apply(BAKERY)) == "CODE_NOT_YOURS"
    assert await floor.hall.refused(merchant, apply(representative=OWNER)) == "BAD_USER_INPUT"
    assert await floor.hall.refused(merchant, step("cancelCode", BAKERY)) == "CODE_NOT_YOURS"


async def test_a_delegate_does_what_the_merchant_may(small):
    """While they act for the entity: apply, display, reissue, give up; afterwards nothing."""
    hall, merchant = small.hall, await small.merchant()
    made = (await hall.act(merchant, delegate()))["delegate"]["mandate"]["id"]
    agent = hall.merchant("agent")
    assert (await hall.act(agent, apply()))["applyCode"]["granted"]
    assert hall.acts("CODE_APPLIED")[-1]["told"]["way"] == "DELEGATE"
    for query in (display(["门头"]), step("reissueCode"), step("cancelCode")):
        await hall.act(agent, query)
    await hall.act(merchant, end(made))
    assert await hall.refused(hall.merchant("agent"), apply()) == "CODE_NOT_YOURS"


async def test_what_a_counter_may_not(small):
    """No commitment, another name than the registered one, none at all, a code that nobody knows."""
    for given, code in (
        ({"committed": False, "representative": OWNER}, "COMMITMENT_REQUIRED"),
        ({"representative": "别人"}, "REPRESENTATIVE_DIFFERS"),
        ({}, "BAD_USER_INPUT"),
        ({"representative": OWNER, "code": "https://elsewhere.example/x"}, "BAD_USER_INPUT"),
    ):
        assert await small.hall.refused(small.hall.clerk, apply(**given)) == code
    assert small.hall.rows("SELECT count(*) FROM honesty_codes") == [(0,)]


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("DEREGISTERED", "DEREGISTERED"),
        ("REVOKED", "REVOKED"),
        ("MOVED_OUT", "MOVED_OUT"),
        ("SUSPENDED", "TRADING_SUSPENDED"),
    ],
)
async def test_a_refusal_has_a_reason_and_a_remedy(small, status, why):
    """By the state in the register; it is recorded, and nothing is issued."""
    small.hall.register(GRAIN, ZT=status)
    # A deregistered entity is represented by nobody: the counter's own look comes first.
    merchant = await small.merchant() if status != "DEREGISTERED" else None
    if merchant is None:
        assert await small.hall.refused(small.hall.clerk, apply(representative=OWNER)) == "REPRESENTATIVE_DIFFERS"
        return
    done = (await small.hall.act(merchant, apply()))["applyCode"]
    assert (done["granted"], done["code"], done["reason"]["code"]) == (False, None, why)
    assert done["reason"]["remedy"]
    assert small.hall.acts("CODE_APPLIED")[-1]["told"]["why"] == why


async def test_only_the_office_stops_codes(small):
    """Another department's steward does not, nor does a counter or a merchant, who do not even see how."""
    await small.issued()
    for name in ("suspendCode", "revokeCode", "resumeCode", "cancelCode"):
        assert await small.hall.refused(small.stranger, step(name)) == "CODE_OFFICE_ONLY"
    assert await small.hall.refused(small.hall.clerk, step("suspendCode")) == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize(
    ("before", "steps"),
    [
        ((), ["resumeCode"]),
        (("suspendCode",), ["suspendCode", "reissueCode"]),
        (("revokeCode",), ["resumeCode", "suspendCode"]),
    ],
)
async def test_steps_out_of_turn_change_nothing(small, before, steps):
    """A state allows what it allows; the answer says which state it is."""
    code = await small.issued()
    for name in before:
        await small.hall.act(small.office, step(name))
    state = small.found(code["token"])
    for name in steps:
        assert await small.hall.refused(small.office, step(name)) == "CODE_STATE"
    if before:
        assert await small.hall.refused(small.office, display(["门头"])) == "CODE_STATE"
    assert small.found(code["token"]) == state


async def test_displayed_days_are_provable(small):
    """They count once however many places there are, stop with the code, and go on with it."""
    hall = small.hall
    await small.issued()
    await hall.act(hall.clerk, display(["门头"]))
    hall.world.now = hall.world.now.replace(day=27)
    await hall.act(hall.clerk, display(["门头", "餐桌"]))
    hall.world.now = hall.world.now.replace(day=28)
    await hall.act(small.office, step("suspendCode"))
    hall.world.now = hall.world.now.replace(month=12, day=5)
    await hall.act(small.office, step("resumeCode"))
    hall.world.now = hall.world.now.replace(day=7)
    asked = f'{{ honestyCode(uscc: "{GRAIN}") {{ displayedDays displayedSince periods {{ since until places }} }} }}'
    found = (await hall.act(small.office, asked, None))["honestyCode"]
    assert (found["displayedDays"], found["displayedSince"]) == (6 + 3, "2026-12-05")
    assert [(one["since"], one["until"]) for one in found["periods"]] == [
        ("2026-11-23", "2026-11-26"),
        ("2026-11-27", "2026-11-28"),
        ("2026-12-05", None),
    ]
    assert await hall.refused(hall.clerk, display(["门头"], since="2026-12-08")) == "BAD_USER_INPUT"
    assert await hall.refused(hall.clerk, display(["门头"], since="2026-11-01")) == "BAD_USER_INPUT"


@pytest.mark.parametrize("name", ["reissueCode", "cancelCode"])
async def test_a_clerk_voids_no_plates_without_a_card(floor, name):
    """The name on it is the registered one; for everybody else it is no argument."""
    hall = floor.hall
    await floor.issued()
    assert await hall.refused(hall.clerk, step(name)) == "BAD_USER_INPUT"
    assert await hall.refused(hall.clerk, step(name, representative="别人")) == "REPRESENTATIVE_DIFFERS"
    assert await hall.refused(floor.office, step(name, representative=OWNER)) == "BAD_USER_INPUT"
    assert (await hall.act(hall.clerk, step(name, representative=OWNER)))[name]["changed"]
