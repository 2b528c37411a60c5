"""Who comes in: by a session of this hub with all its factors, through the console's client, and by nothing else."""

import pytest

from hub.callers.visiting import own_page
from tests.acts.hall import freeze
from tests.console.cabin import COOKIE

FAULTS = {
    "another site's": ({}, {"origin": "https://evil.example"}),
    "another site's, by a browser that says so": ({}, {"sec-fetch-site": "cross-site"}),
    "without a mark": ({"csrf": ""}, {}),
    "with the mark of nobody": ({"csrf": "0" * 64}, {}),
}


async def test_whoever_is_not_signed_in_is_led_to_the_sign_in_and_back(cabin):
    """With the page they came for; a part of a page leads the whole page there."""
    client = cabin.bureau.hall.world.client
    found = await client.get("/console/requests?state=SUBMITTED")
    assert found.status_code == 303
    assert found.headers["location"] == "/oauth/console?page=%2Fconsole%2Frequests%3Fstate%3DSUBMITTED"
    part = await client.get("/console/matrix/why", headers={"hx-request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/oauth/console?page=%2Fconsole")


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example/console",
        "https://evil.example/console",
        "/consoles",
        "/console/../oauth/sign-out",
        "/console/%2e%2e/oauth/sign-out",
        "/console\r\nset-cookie: a=b",
        "/console?" + "a" * 1000,
    ],
)
def test_nobody_is_led_elsewhere(address):
    """After a sign-in one comes to a page of the console."""
    assert own_page(address) == ""
    assert own_page("/console/matrix?role=CLERK&open=Entity,Licence") != ""


async def test_an_officer_without_second_factor_is_not_in(cabin):
    """A session by password alone leads to the sign-in."""
    assert (await cabin.seat("sec", "pwd").get("/console")).status_code == 303
    assert (await cabin.seat("sec").get("/console")).status_code == 200


async def test_no_token_reaches_the_browser(cabin):
    """Neither in a page nor in a cookie: the token of a page ends in the process."""
    found = await cabin.seat("sec").get("/console")
    assert "eyJ" not in found.text
    assert "set-cookie" not in found.headers
    assert found.headers["cache-control"] == "no-store"


async def test_who_is_frozen_is_out_at_once(cabin):
    """As with any token: the session is looked up for each page."""
    seat, hall = cabin.seat("steward-registrar"), cabin.bureau.hall
    assert (await seat.get("/console")).status_code == 200
    await hall.act(cabin.bureau.someone("sec"), freeze("PERSON", "steward-registrar"))
    assert (await seat.get("/console")).status_code == 303


async def test_a_console_whose_client_is_frozen_lets_nobody_in(cabin):
    """And says so, without a number of an error."""
    seat = cabin.seat("auditor")
    await cabin.bureau.hall.act(cabin.bureau.someone("sec"), freeze("CLIENT", "console"))
    found = await seat.get("/console")
    assert found.status_code == 403
    assert "不能进入管理台" in found.text


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_form_that_is_not_ours_does_nothing(cabin, fault):
    """Not even with the person's own cookie."""
    fields, headers = FAULTS[fault]
    told = {"kind": "PERSON", "name": "clerk", "reason": "演练", "act": "freeze"}
    found = await cabin.seat("sec").post("/console/freeze", headers, **told, **fields)
    assert found.status_code == 403
    assert cabin.bureau.hall.acts("FROZEN") == []


async def test_a_form_that_is_sent_twice_acts_once(cabin):
    """Its key goes with it, so that a second press gives the first answer."""
    seat = cabin.seat("admin")
    page = (await seat.get("/console/people")).text
    assert page.count('name="key"') == 1
    told = {"username": "newcomer", "label": "新来的", "department": "market", "role": "STEWARD"}
    first = await seat.post("/console/people", key="a" * 32, **told)
    second = await seat.post("/console/people", key="a" * 32, **told)
    assert first.status_code == second.status_code == 200
    assert len(cabin.bureau.hall.acts("PERSON_ADDED")) == 1


async def test_each_office_finds_its_own_sections(cabin):
    """What exists for somebody is decided by the schema, not by the console."""
    found = {}
    for name in ("admin", "sec", "auditor", "steward-registrar", "clerk"):
        text = (await cabin.seat(name).get("/console")).text
        found[name] = {
            part
            for part in ("matrix", "grants", "see-as", "people", "clients", "freeze", "requests")
            if f'"/console/{part}"' in text
        }
    assert found == {
        "admin": {"grants", "people", "clients"},
        "sec": {"matrix", "grants", "see-as", "freeze", "requests"},
        "auditor": {"matrix", "grants", "people", "clients", "freeze", "requests"},
        "steward-registrar": {"matrix", "grants", "requests"},
        "clerk": {"grants", "requests"},
    }


@pytest.mark.parametrize("path", ["/console/people", "/console/matrix", "/console/freeze"])
async def test_an_address_alone_opens_nothing(cabin, path):
    """A clerk who types the address of an office's page is told no, in words, and learns nothing."""
    found = await cabin.seat("clerk").get(path)
    assert found.status_code in {200, 400, 403}
    assert "欧阳" not in found.text
    assert "steward-registrar" not in found.text


async def test_what_cannot_be_read_is_no_server_error(cabin):
    """Bad parameters, wrong types, too much of it: each is a page with what to do."""
    seat = cabin.seat("sec")
    for path in (
        "/console/requests?state=%ff",
        "/console/matrix?" + "a=1&" * 80,
        "/console/requests/nothing",
        "/console/matrix?asof=heute",
        "/console/matrix/why?department=x%22&field=y",
    ):
        found = await seat.get(path)
        assert 400 <= found.status_code < 500, path
        assert "内部" not in found.text
    too_large = await seat.send("/console/freeze", {"name": "x" * 300_000})
    assert too_large.status_code == 413
    assert COOKIE not in too_large.text


async def test_what_is_frozen_is_listed_until_it_is_thawed(cabin):
    """With since when and why, for security and for audit, who is given no form; nobody else has the page."""
    security = cabin.seat("sec")
    assert "现在没有冻结" in (await security.get("/console/freeze")).text
    told = {"kind": "CLIENT", "name": "counter", "reason": "疑似密钥泄露"}
    assert (await security.post("/console/freeze", **told, act="freeze")).status_code == 200
    for name, acts in (("sec", True), ("auditor", False)):
        shown = (await cabin.seat(name).get("/console/freeze")).text
        assert "疑似密钥泄露" in shown
        assert ('value="thaw"' in shown) is acts
    await security.post("/console/freeze", **told, act="thaw")
    assert "现在没有冻结" in (await security.get("/console/freeze")).text
    refused = await cabin.seat("clerk").get("/console/freeze")
    assert (refused.status_code, "您的岗位没有这一页" in refused.text) == (403, True)


async def test_an_address_without_a_page_says_so(cabin):
    """In words, with a way back."""
    found = await cabin.seat("sec").get("/console/nothing-here")
    assert (found.status_code, "没有这个页面" in found.text) == (404, True)
