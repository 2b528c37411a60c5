"""The list of grants: what is shown to whom, and several that are confirmed, renewed or ended at once."""

import re

import pytest

from tests.exchange.bureau import PHONE

PAGE = "/console/grants"


def listed(page):
    """Ids of the grants of a page."""
    return re.findall(r'name="grant" value="([^"]+)"', page.text)


async def test_everybody_sees_what_is_theirs(cabin):
    """Security all of them; whoever only reads has nothing to choose for."""
    every = await cabin.seat("sec").get(f"{PAGE}?q=clerk-open")
    assert listed(every) == ["clerk-open"]
    assert "officer-own-division" in listed(await cabin.seat("sec").get(f"{PAGE}?q=officer"))
    assert listed(await cabin.seat("clerk").get(f"{PAGE}?q=officer")) == []
    assert "起草续期" not in (await cabin.seat("auditor").get(PAGE)).text
    assert "确认仍有必要" in (await cabin.seat("steward-registrar").get(PAGE)).text


async def test_filters_stand_in_the_address(cabin):
    """By role, words, what nobody asked for and what is to be confirmed."""
    seat = cabin.seat("sec")
    page = await seat.get(f"{PAGE}?role=CLERK&q=clerk-open&show=unused")
    assert listed(page) == ["clerk-open"]
    assert "个字段无人查询" in page.text
    assert "没有符合条件的授权" in (await seat.get(f"{PAGE}?show=ENDED&q=no-such-grant")).text
    assert (await seat.get(f"{PAGE}?show=nonsense&page=9999")).status_code == 200


async def test_several_are_renewed_by_one_draft(cabin):
    """With the reason; a day that is no later is refused and what was filled in is kept."""
    numbers = [(await cabin.bureau.released(ends=f'"2027-0{month}-01"'))["grants"][0] for month in (3, 4)]
    clerk = cabin.seat("clerk")
    told = {"grant": numbers, "act": "renew", "reason": "窗口继续使用"}
    refused = await clerk.post(PAGE, **told, day="2027-03-15")
    assert refused.status_code == 400
    assert "窗口继续使用" in refused.text
    assert set(re.findall(r'value="([^"]+)" checked', refused.text)) == set(numbers)
    made = await clerk.post(PAGE, **told, day="2027-06-30")
    assert made.status_code == 303, made.text
    request = await cabin.bureau.seen("clerk", made.headers["location"].rpartition("/")[2])
    assert (request["state"], request["reason"]) == ("DRAFT", "窗口继续使用")
    assert [(one["kind"], one["grant"]) for one in request["changes"]] == [("RENEW", one) for one in sorted(numbers)]


async def test_a_steward_has_what_was_given_of_their_records_ended(cabin):
    """One request for each grant, which somebody else has to release."""
    name = (await cabin.bureau.released())["grants"][0]
    seat = cabin.seat("steward-registrar")
    day = cabin.bureau.hall.world.now.date().isoformat()
    made = await seat.post(PAGE, grant=name, act="end", day=day, reason="目的已达成")
    assert made.headers["location"] == "/console/requests?mine=1"
    (number,) = await cabin.bureau.listed("sec", "(state: APPROVED)")
    seen = await cabin.bureau.seen("sec", number)
    assert [(one["kind"], one["grant"]) for one in seen["changes"]] == [("END", name)]


async def test_an_owner_confirms_and_learns_whom_it_waits_for(cabin):
    """Where the records are of one department, it is confirmed at once."""
    name = (await cabin.bureau.released(fields=(PHONE,)))["grants"][0]
    page = await cabin.seat("steward-registrar").post(PAGE, grant=name, act="confirm")
    assert page.status_code == 200, page.text
    assert "已确认 1 项" in page.text
    assert len(cabin.bureau.hall.acts("GRANTS_RECERTIFIED")) == 1


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"act": "renew", "day": "2027-06-30", "reason": "x"}, "请先选择至少一项授权"),
        ({"act": "renew", "grant": "clerk-open", "reason": "x"}, "请填写新的最后一日"),
        ({"act": "end", "grant": "no-such", "day": "2026-12-01", "reason": "x"}, "已不存在"),
        ({"act": "renew", "grant": "clerk-open", "day": "soon", "reason": "x"}, "BAD_USER_INPUT"),
    ],
)
async def test_what_is_lacking_is_told(cabin, told, sentence):
    """On top of the page; nothing is done."""
    found = await cabin.seat("clerk").post(PAGE, **told)
    assert found.status_code == 400
    assert sentence in found.text
    assert cabin.bureau.hall.acts("REQUEST_DRAFTED") == []
