"""The pages of a sign-in in a real browser, with the headers they are sent with: they fit, they obey, they post."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as TooLate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from hub.web import assets
from hub.web.sign_in import page_headers, render
from tests.browser.conftest import _listening
from tests.unit.sign_in_pages import ENROLMENT, PAGES, PASSWORD, SIGN_IN, name

SHOWN = {name(page): page for page in PAGES}
WRONG = "SignInPage-WRONG_CREDENTIALS"
TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll('body *')]
    .filter((part) => part.getBoundingClientRect().right > innerWidth + 0.5).map((part) => part.outerHTML.slice(0, 80))"""
SMALL = """() => [...document.querySelectorAll('input, button, a.button')].filter((part) => part.checkVisibility())
    .filter((part) => part.getBoundingClientRect().height < 48 || part.getBoundingClientRect().width < 48)
    .map((part) => part.outerHTML.slice(0, 80))"""
FOCUS = """() => { const style = getComputedStyle(document.activeElement);
    return [document.activeElement.id || document.activeElement.innerText, style.outlineStyle, parseFloat(style.outlineWidth)] }"""
TWO_CLICKS = """() => { document.querySelector('[value=allow]').click();
    setTimeout(() => document.querySelector('[value=deny]').click(), 50) }"""
COLOURS = """(chosen) => [...document.querySelectorAll(chosen)].map((part) => {
    let ground = part;
    while (getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
    return [getComputedStyle(part).color, getComputedStyle(ground).backgroundColor] })"""


@dataclass(frozen=True, slots=True)
class Posted:
    """One form as it reached the hub."""

    origin: str | None
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Desk:
    """The hub's pages, another site they may lead to, and what either was sent."""

    hub: str
    elsewhere: str
    posted: list[Posted]
    arrived: list[str | None]


@dataclass(frozen=True, slots=True)
class Visit:
    """One open page: every address it fetched, every complaint of the browser."""

    page: Page
    desk: Desk
    fetched: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, shown: str, leads_to: str = "", allowed: str = "") -> None:
        self.page.goto(f"{self.desk.hub}{shown}?to={leads_to}&allowed={allowed}")

    def off_site(self) -> list[str]:
        hub = urlsplit(self.desk.hub).netloc
        return [url for url in self.fetched if not url.startswith("data:") and urlsplit(url).netloc != hub]


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """Each page under its name; what is posted to it leads to the address in `to`."""
    posted: list[Posted] = []
    arrived: list[str | None] = []

    async def shown(request: Request) -> Response:
        allowed = [uri for uri in [request.query_params.get("allowed")] if uri]
        text = render(SHOWN[request.path_params["shown"]], request_id="018fe3b2c4d17a90c3e1a2b3")
        return HTMLResponse(text, headers=page_headers(allowed))

    async def take(request: Request) -> Response:
        fields = parse_qs((await request.body()).decode(), keep_blank_values=True)
        posted.append(Posted(request.headers.get("origin"), {key: values[0] for key, values in fields.items()}))
        await asyncio.sleep(float(request.query_params.get("slow", 0)))
        return RedirectResponse(request.query_params.get("to") or "SignedOutPage", 303)

    async def arrive(request: Request) -> Response:
        arrived.append(request.headers.get("referer"))
        return HTMLResponse("<title>elsewhere</title><link rel=icon href=data:,>")

    pages = [Route("/{shown}", shown), Route("/{shown}", take, methods=["POST"]), *assets.routes()]
    with (
        _listening(Starlette(routes=[Route("/back", arrive)])) as elsewhere,
        _listening(Starlette(routes=pages)) as hub,
    ):
        yield Desk(hub, elsewhere, posted, arrived)


@contextmanager
def visiting(browser: Browser, desk: Desk, width: int = 1280, **wishes: Any) -> Iterator[Visit]:
    """A fresh browser profile on the desk."""
    desk.posted.clear()
    desk.arrived.clear()
    with browser.new_context(viewport={"width": width, "height": 760}, **wishes) as context:
        visit = Visit(context.new_page(), desk)
        visit.page.set_default_timeout(5000)
        visit.page.on("request", lambda request: visit.fetched.append(request.url))
        visit.page.on("console", lambda line: visit.complaints.append(line.text))
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        yield visit


@pytest.fixture
def visit(browser: Browser, desk: Desk) -> Iterator[Visit]:
    with visiting(browser, desk) as visit:
        yield visit


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_every_page_fits_and_draws_no_complaint(browser, desk, width):
    """No page is wider than its window, has a target below 48 px, leaves the site or breaks its own policy."""
    found: dict[str, Any] = {}
    with visiting(browser, desk, width) as visit:
        for shown in SHOWN:
            visit.open(shown)
            expect(visit.page.locator("[data-reveal][hidden]")).to_have_count(0)
            found[shown] = visit.page.evaluate(TOO_WIDE) + visit.page.evaluate(SMALL)
        assert {shown: parts for shown, parts in found.items() if parts} == {}
        assert (visit.complaints, visit.off_site()) == ([], [])


def test_the_keyboard_goes_through_the_form_in_order_and_is_seen(visit):
    """Focus starts in the first field, moves as the page is read, and is always drawn."""
    visit.open("SignInPage")
    seen = []
    for _ in range(6):
        seen.append(visit.page.evaluate(FOCUS))
        visit.page.keyboard.press("Tab")
    order = [str(focus[0]).split()[0] for focus in seen]
    assert order == ["username", "password", "显示密码", "登录", "external-merchant", "external-own"]
    assert all(style != "none" and width >= 3 for _, style, width in seen)


def test_a_form_is_filled_in_and_sent_from_the_keyboard(visit):
    """A name, a password and Enter: the hub receives the fields with what it had hidden in the form."""
    visit.open("SignInPage")
    expect(visit.page.locator("[name=username]")).to_be_focused()
    visit.page.keyboard.type("li.wei")
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.type("correct horse battery")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/SignedOutPage")
    (posted,) = visit.desk.posted
    assert posted.fields == {
        "csrf": "C-1",
        "ticket": "T-1",
        "username": "li.wei",
        "password": "correct horse battery",
    }


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_forms_work_without_javascript(browser, desk, decision):
    """With scripts off the same buttons send the same fields, and no control that needs a script is shown."""
    with visiting(browser, desk, java_script_enabled=False) as visit:
        visit.open("ConsentPage")
        visit.page.click(f"[value={decision}]")
        visit.page.wait_for_url("**/SignedOutPage")
        assert desk.posted[0].fields == {"csrf": "C-1", "ticket": "T-1", "decision": decision}
        visit.open("PasswordPage")
        expect(visit.page.locator("[data-reveal]:visible")).to_have_count(0)


def test_a_problem_takes_the_focus_and_leads_to_its_field(visit):
    """A form that is shown again begins at the alert, whose link puts the cursor into the field it speaks of."""
    visit.open(WRONG)
    expect(visit.page.get_by_role("alert")).to_be_focused()
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#username")).to_be_focused()
    assert visit.page.locator("#password").get_attribute("aria-invalid") == "true"
    assert visit.complaints == []


def test_a_password_can_be_looked_at_and_is_sent_hidden(visit):
    """The button shows and hides what was typed; sending the form hides it first, so that no browser remembers it."""
    visit.open("PasswordPage")
    visit.page.fill("#new", "correct horse battery")
    button = visit.page.locator("[data-reveal=new]")
    assert "显示密码" in button.inner_text()
    button.click()
    assert visit.page.get_attribute("#new", "type") == "text"
    assert "隐藏密码" in button.inner_text()
    visit.page.evaluate("() => addEventListener('submit', (event) => event.preventDefault())")
    visit.page.evaluate("() => document.forms[0].noValidate = true")
    visit.page.click(".button.main")
    assert visit.page.get_attribute("#new", "type") == "password"


def test_a_form_is_sent_once(visit):
    """A second click while the first is on its way is no second request; the first says which button was pressed."""
    visit.page.goto(f"{visit.desk.hub}ConsentPage?slow=0.5")
    visit.page.evaluate(TWO_CLICKS)
    visit.page.wait_for_url("**/SignedOutPage")
    assert [posted.fields["decision"] for posted in visit.desk.posted] == ["allow"]


def test_the_hub_can_tell_its_own_form_and_other_sites_learn_nothing(visit):
    """A posted form carries the hub's origin, and the site it leads to is not told the address with the ticket."""
    back = visit.desk.elsewhere + "back"
    visit.open("ConsentPage", leads_to=back, allowed=back)
    visit.page.click("[value=allow]")
    visit.page.wait_for_url(back)
    assert [posted.origin for posted in visit.desk.posted] == [visit.desk.hub.rstrip("/")]
    assert visit.desk.arrived == [None]
    assert visit.complaints == []


def test_a_form_leads_only_where_its_policy_says(visit):
    """Without the client's origin in form-action the browser stops on the way back; the server must name it."""
    visit.open("ConsentPage", leads_to=visit.desk.elsewhere + "back")
    visit.page.click("[value=allow]")
    with pytest.raises(TooLate):
        visit.page.wait_for_url("**/back", timeout=1000)
    assert visit.desk.arrived == []
    assert any("form-action" in line for line in visit.complaints)


def test_a_form_may_lead_to_an_app_that_listens_on_ipv6(visit):
    """A policy has no word for [::1]; the scheme stands in for it, and the browser lets the form through."""
    visit.open("ConsentPage", leads_to="http://[::1]:9/back", allowed="http://[::1]:9/back")
    with visit.page.expect_event("requestfailed") as failed:
        visit.page.click("[value=allow]")
    assert failed.value.url == "http://[::1]:9/back"
    assert not [line for line in visit.complaints if "form-action" in line]


def luminance(colour):
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shown", [WRONG, "ConsentPage", "DeviceConfirmPage", "EnrolmentPage", "DeviceCodePage"])
def test_what_is_drawn_can_be_read(browser, desk, scheme, shown):
    """As computed by the browser, all text has 4.5 : 1 on its ground and body text 7 : 1, in light and dark."""
    with visiting(browser, desk, color_scheme=scheme) as visit:
        visit.open(shown)
        for chosen, least in ("p, li, dd, h1, h2, label, span, a, button", 4.5), (".lead, h1, dd, input, strong", 7):
            for pair in visit.page.evaluate(COLOURS, chosen):
                darker, lighter = sorted(luminance(colour) for colour in pair)
                assert (lighter + 0.05) / (darker + 0.05) >= least, (chosen, pair)


def test_paper_is_white_in_the_dark_and_a_code_stays_dark_on_white(browser, desk):
    """Printing from a dark screen spends no ink on the ground; the QR code can be scanned from either."""
    with visiting(browser, desk, color_scheme="dark") as visit:
        visit.open(name(ENROLMENT))
        assert visit.page.evaluate(COLOURS, ".qr") == [["rgb(0, 0, 0)", "rgb(255, 255, 255)"]]
        visit.page.emulate_media(media="print")
        assert visit.page.evaluate(COLOURS, "body") == [["rgb(0, 0, 0)", "rgb(255, 255, 255)"]]
        expect(visit.page.locator("button:visible, input:visible")).to_have_count(0)


@pytest.mark.parametrize("shown", [SIGN_IN, PASSWORD], ids=name)
def test_every_control_has_a_name_for_those_who_do_not_see_it(visit, shown):
    """A screen reader hears the label of each field and the words of each button."""
    visit.open(name(shown))
    for role in "textbox", "button", "link":
        for control in visit.page.get_by_role(role).all():
            assert re.search("[一-鿿]", control.aria_snapshot()), control
