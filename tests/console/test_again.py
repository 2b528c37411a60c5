"""A form that is sent after its sign-in has ended: what was filled in comes back, and nothing is done before it is sent anew."""

import html
import re

import pytest
from sqlalchemy import delete

from hub.store.caller_tables import browser_sessions
from tests.console.cabin import ORIGIN
from tests.console.test_sections import draft
from tests.exchange.bureau import PHONE

FIELDS = re.compile(
    r'<textarea name="([^"]+)" hidden[^>]*>\n([^<]*)</textarea>|<input type="hidden" name="([^"]+)" value="([^"]*)"'
)


def fields_of(page):
    """What a page sends, in its order."""
    return [(html.unescape(a or c), html.unescape(b or d)) for a, b, c, d in FIELDS.findall(page.text)]


def by_name(pairs):
    """The same by name."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def end(cabin):
    """End every sign-in."""
    cabin.bureau.hall.store(lambda ledger: ledger.connection.execute(delete(browser_sessions)))


async def test_nothing_is_lost_when_a_sign_in_ends(cabin):
    """Signed in again the person sees it, sends it, and it is done once."""
    seat = cabin.seat("clerk")
    told = {name: value for name, value in draft(PHONE).items() if name != "page"} | {"reason": "核对<联系人>"}
    end(cabin)
    lost = await seat.send("/console/matrix/draft", {**told, "csrf": "0" * 64, "key": "e" * 32})
    assert lost.status_code == 401
    assert "核对&lt;联系人&gt;" in lost.text
    assert cabin.bureau.hall.acts("REQUEST_DRAFTED") == []
    again = cabin.seat("clerk")
    page = await again.send("/console/again", by_name(fields_of(lost)))
    assert page.status_code == 200, page.text
    assert 'action="/console/matrix/draft"' in page.text
    assert cabin.bureau.hall.acts("REQUEST_DRAFTED") == []
    made = await again.send("/console/matrix/draft", by_name(fields_of(page)))
    assert made.status_code == 303, made.text
    assert len(cabin.bureau.hall.acts("REQUEST_DRAFTED")) == 1


async def test_who_is_not_signed_in_yet_loses_nothing_either(cabin):
    """Going on too early leads to the same page, with the same way on."""
    first = await cabin.seat("clerk").client.post(
        "/console/deputies", data={"reason": "出差"}, headers={"origin": ORIGIN}
    )
    again = await cabin.seat("clerk").client.post(
        "/console/again", data=dict(fields_of(first)), headers={"origin": ORIGIN}
    )
    assert again.status_code == 401
    assert dict(fields_of(again)) == {"again-to": "/console/deputies", "reason": "出差"}


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {}, {"origin": ORIGIN, "sec-fetch-site": "cross-site"}]
)
async def test_another_site_puts_nothing_before_anybody(cabin, headers):
    """Its form leads to the sign-in, or is refused, and none of its words are shown."""
    told = {"again-to": "/console/freeze", "reason": "请立即提交"}
    out = await cabin.seat("sec").client.post("/console/freeze", data=told, headers=headers)
    assert out.status_code == 303
    seat = cabin.seat("sec")
    inside = await seat.client.post("/console/again", data=told, headers={**headers, **seat._headers({})})
    assert inside.status_code == 403
    assert "请立即提交" not in inside.text


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/oauth/token", "/console/../oauth"])
async def test_it_is_sent_to_the_console_only(cabin, to):
    """Wherever else it says, it leads home."""
    page = await cabin.seat("sec").send("/console/again", {"again-to": to, "reason": "x"})
    assert 'action="/console"' in page.text


async def test_whoever_signs_in_reads_in_whose_name_it_is_sent(cabin):
    """At a shared counter the next person sees that the form would be theirs; before the sign-in nobody is named."""
    first = await cabin.seat("clerk").client.post(
        "/console/deputies", data={"reason": "出差"}, headers={"origin": ORIGIN}
    )
    assert "当前登录" not in first.text
    page = await cabin.seat("sec").send("/console/again", by_name(fields_of(first)))
    named = page.text.partition("当前登录")[2].partition("</strong>")[0]
    account = cabin.bureau.hall.accounts["sec"]
    assert account.label in named
    assert "（sec）" in named
    assert "若不是您填写的" in page.text
