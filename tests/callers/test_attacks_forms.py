"""Attacks on the pages of a sign-in through the browser of its person: other sites' forms, frames, cookies set beforehand."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx2
import pytest

from auth.roles import Role
from hub.app import wire
from hub.settings import load_settings
from tests.callers.intruder import Browser, Form, asked, at_once, hidden, parameters, place, post, web
from tests.callers.stand import BACK, PASSWORD, Stand, configure, free_port, served

NEW = "another horse entirely"
EVIL = "https://evil.example"


@dataclass
class Open:
    """A page that is open in somebody's browser, what they would type, and whether nothing has come of it yet."""

    browser: Browser
    page: httpx2.Response
    typed: Form
    untouched: Callable[[], bool] = field(repr=False)

    def sent(self, csrf: str | None = None, browser: Browser | None = None, **headers: str) -> httpx2.Response:
        """Answer to its form, with another mark perhaps, or none, from this browser or another; `_` in a header is `-`."""
        form = {**hidden(self.page), **self.typed, **({} if csrf is None else {"csrf": csrf})}
        kept = {name: value for name, value in form.items() if value != "LEFT OUT"}
        head = {"origin": self.browser.stand.url, "sec-fetch-site": "same-origin"}
        head |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = {name: value for name, value in head.items() if value}
        return (browser or self.browser).web.post(str(self.page.url), data=kept, headers=head)


def _still(browser: Browser, page: httpx2.Response) -> Callable[[], bool]:
    """True while a page is the one on which its sign-in stands."""
    return lambda: browser.web.get(str(page.url)).status_code == 200


def _sign_in(stand: Stand) -> Open:
    browser = Browser(stand)
    page = browser.begin()
    return Open(browser, page, {"username": "clerk", "password": PASSWORD}, _still(browser, page))


def _second_factor(stand: Stand) -> Open:
    stand.add("watched", Role.OFFICER)
    browser = Browser(stand)
    page = browser.follow(browser.post(browser.begin(), username="watched", password=PASSWORD))
    return Open(browser, page, {"code": browser.one_time("watched")}, _still(browser, page))


def _enrolment(stand: Stand) -> Open:
    stand.add("enrolling", Role.OFFICER)
    person = stand.accounts["enrolling"].id
    stand.act(lambda ledger: ledger.people.forget_second_factor(person))
    browser = Browser(stand)
    page = browser.follow(browser.post(browser.begin(), username="enrolling", password=PASSWORD))
    secret = re.search(r"secret=([A-Z2-7]+)", page.text)
    assert secret
    stand.people["enrolling"] = type(stand.people["clerk"])("enrolling", PASSWORD, secret[1])
    return Open(browser, page, {"code": browser.one_time("enrolling")}, _still(browser, page))


def _consent(stand: Stand) -> Open:
    browser = Browser(stand)
    page = browser.consent("clerk")
    return Open(browser, page, {"decision": "allow"}, _still(browser, page))


def _password(stand: Stand) -> Open:
    stand.add("changing", Role.CLERK)
    browser = Browser(stand)
    browser.consent("changing")
    page = browser.follow(browser.web.get("/oauth/password"))

    def stored() -> str | None:
        found = stand.act(lambda ledger: ledger.people.of_username("changing"))
        return str(found.password)

    before = stored()
    return Open(browser, page, {"current": PASSWORD, "new": NEW, "repeat": NEW}, lambda: stored() == before)


def _sign_out(stand: Stand) -> Open:
    browser = Browser(stand)
    browser.consent("clerk")
    page = browser.web.get("/oauth/sign-out")
    return Open(browser, page, {}, lambda: place(browser.begin()) == "/oauth/consent")


def _device(stand: Stand) -> Open:
    browser = Browser(stand)
    told = post(stand, "/oauth/device", {"client_id": "tablet"}).json()
    page = browser.web.get("/oauth/device")
    return Open(browser, page, {"user_code": told["user_code"]}, lambda: True)


def _device_confirm(stand: Stand) -> Open:
    browser = Browser(stand)
    browser.consent("clerk")
    told = post(stand, "/oauth/device", {"client_id": "bound"}, "bound").json()
    page = browser.web.get("/oauth/device", params={"user_code": told["user_code"]})
    page = browser.follow(browser.post(page, user_code=told["user_code"]))
    assert place(page) == "/oauth/device/confirm"
    return Open(browser, page, {"decision": "allow"}, _still(browser, page))


OPEN = {
    "sign-in": _sign_in,
    "second-factor": _second_factor,
    "enrolment": _enrolment,
    "consent": _consent,
    "password": _password,
    "sign-out": _sign_out,
    "device": _device,
    "device/confirm": _device_confirm,
}
ATTACKS: dict[str, Callable[[Open], httpx2.Response]] = {
    "without the mark": lambda open_: open_.sent(csrf="LEFT OUT"),
    "with an empty mark": lambda open_: open_.sent(csrf=""),
    "with a wrong mark": lambda open_: open_.sent(csrf="0" * 64),
    "with a mark that is no ASCII": lambda open_: open_.sent(csrf="\u00e9" * 64),
    "with the mark of another's sign-in": lambda open_: open_.sent(
        csrf=hidden(Browser(open_.browser.stand).begin())["csrf"]
    ),
    "with the mark of another sign-in here": lambda open_: open_.sent(
        csrf=hidden(open_.browser.begin(prompt="login"))["csrf"]
    ),
    "from another site": lambda open_: open_.sent(origin=EVIL, sec_fetch_site="cross-site"),
    "from another site, as old browsers tell": lambda open_: open_.sent(origin=EVIL, sec_fetch_site=""),
    "from a page without origin": lambda open_: open_.sent(origin="null"),
    "from another port": lambda open_: open_.sent(origin="http://127.0.0.1:9"),
    "from an address that begins alike": lambda open_: open_.sent(origin=f"{open_.browser.stand.url}.evil.example"),
    "from another site, the origin kept": lambda open_: open_.sent(sec_fetch_site="cross-site"),
    "from a sister site": lambda open_: open_.sent(sec_fetch_site="same-site"),
    "from another browser": lambda open_: open_.sent(browser=Browser(open_.browser.stand)),
    "from another browser in the middle of a sign-in": lambda open_: open_.sent(browser=_busy(open_.browser.stand)),
    "as plain text": lambda open_: open_.browser.web.post(
        str(open_.page.url), content=b"x=1", headers={"origin": open_.browser.stand.url, "content-type": "text/plain"}
    ),
    "by a link": lambda open_: open_.browser.web.get(str(open_.page.url), params={**hidden(open_.page), **open_.typed}),
}


def _busy(stand: Stand) -> Browser:
    browser = Browser(stand)
    browser.begin()
    return browser


@pytest.mark.parametrize("name", OPEN)
def test_a_form_is_taken_from_its_own_page_alone(name, stand: Stand):
    """Forged forms change nothing, whichever way they were forged; the page's own form, sent last, is taken."""
    open_ = OPEN[name](stand)
    assert place(open_.page) == f"/oauth/{name}"
    for attack, forge in ATTACKS.items():
        told = forge(open_)
        nothing = attack == "by a link" or (name == "sign-out" and "another browser" in attack)
        assert told.status_code in ({200, 400} if nothing else {400, 403, 415}), attack
        assert "location" not in told.headers, attack
        assert open_.untouched(), attack
    told = open_.sent()
    assert told.status_code in {200, 303}
    assert name == "device" or not open_.untouched()


def test_no_page_is_shown_in_a_frame(stand: Stand):
    """Every page, also one that refuses, forbids frames, scripts of others, sniffing, keeping and telling where from."""
    shown = [open_(stand).page for open_ in (_sign_in, _consent, _sign_out, _device, _device_confirm)]
    browser = Browser(stand)
    shown += [
        browser.web.get(path)
        for path in ("/oauth/sign-in", "/oauth/consent", "/oauth/authorize", "/oauth/second-factor")
    ]
    shown += [browser.web.get("/oauth/sign-out"), browser.web.post("/oauth/authorize", content=b"x")]
    shown += [browser.web.post("/oauth/sign-in?ticket=x"), browser.web.get("/oauth/authorize", params=asked("nobody"))]
    for page in shown:
        said = page.headers
        policy = dict(part.split(" ", 1) for part in said["content-security-policy"].split("; "))
        assert (policy["frame-ancestors"], said["x-frame-options"]) == ("'none'", "DENY")
        assert (policy["default-src"], policy["script-src"], policy["base-uri"]) == ("'none'", "'self'", "'none'")
        assert (said["cache-control"], said["x-content-type-options"]) == ("no-store", "nosniff")
        assert said["referrer-policy"] == "same-origin"
        assert said["cross-origin-opener-policy"] == "same-origin"
        assert "access-control-allow-origin" not in said
        leads = (
            ["'self'", BACK.removesuffix("/back")]
            if place(page) == "/oauth/consent" and page.is_success
            else ["'self'"]
        )
        assert policy["form-action"].split() == leads


def test_a_cookie_that_was_set_beforehand_signs_nobody_else_in(stand: Stand):
    """Who has put the cookie of their own sign-in into another's browser does not come in when that person signs in."""
    attacker, victim = Browser(stand), Browser(stand)
    page = attacker.begin()
    victim.web.cookies.update(attacker.web.cookies)
    victim.web.cookies.set("hub_session", "planted")
    signed_in = victim.enter(victim.web.get(str(page.url)), "clerk")
    assert place(signed_in) == "/oauth/consent"
    ticket = parameters(str(page.url))["ticket"]
    attacker.web.cookies.set("hub_session", "planted")
    taken = attacker.web.get("/oauth/consent", params={"ticket": ticket})
    assert taken.status_code == 400
    stolen = {**hidden(signed_in), "decision": "allow"}
    told = attacker.web.post(f"/oauth/consent?ticket={ticket}", data=stolen, headers={"origin": stand.url})
    assert (told.status_code, "location" in told.headers) == (400, False)
    assert place(attacker.begin()) == "/oauth/sign-in"
    assert victim.post(signed_in, decision="allow").status_code == 303


def test_a_sign_in_makes_a_session_that_nobody_has_seen(stand: Stand):
    """The cookie is another after every sign-in, the one from before is worth nothing, and sign-out ends the last."""
    browser = Browser(stand)
    browser.consent("clerk")
    first = browser.web.cookies["hub_session"]
    page = browser.enter(browser.begin(prompt="login"), "clerk")
    second = browser.web.cookies["hub_session"]
    assert (place(page), first != second) == ("/oauth/consent", True)
    for cookie, leads in ((first, "sign-in"), (second, "consent")):
        other = Browser(stand)
        other.web.cookies.set("hub_session", cookie)
        assert place(other.begin()) == f"/oauth/{leads}"
    browser.post(browser.web.get("/oauth/sign-out"))
    other = Browser(stand)
    other.web.cookies.set("hub_session", second)
    assert place(other.begin()) == "/oauth/sign-in"
    assert browser.post(page, decision="allow").status_code == 400


def test_nobody_is_signed_in_as_somebody_else_from_afar(stand: Stand):
    """The form of an attacker's sign-in, sent by another's browser, does not sign that one in as the attacker."""
    attacker, victim = Browser(stand), Browser(stand)
    page = attacker.begin()
    form = {**hidden(page), "username": "nurse", "password": PASSWORD}
    for headers in ({"origin": EVIL, "sec-fetch-site": "cross-site"}, {"origin": stand.url}, {}):
        told = victim.web.post(str(page.url), data=form, headers=headers)
        assert (told.status_code, "set-cookie" in told.headers) == (400, False)
    assert place(victim.begin()) == "/oauth/sign-in"
    consented = attacker.enter(page, "nurse")
    told = victim.web.get(str(consented.url))
    assert (told.status_code, "\u6d4b\u8bd5" in told.text) == (400, False)


def test_a_ticket_is_nothing_without_its_browser(stand: Stand):
    """At every stage, whoever has seen the address of a sign-in has seen an address."""
    browser = Browser(stand)
    ticket = parameters(str(browser.consent("clerk").url))["ticket"]
    for stage in ("sign-in", "second-factor", "enrolment", "password", "consent", "device/confirm"):
        for other in (Browser(stand), _busy(stand)):
            assert other.web.get(f"/oauth/{stage}", params={"ticket": ticket}).status_code == 400


def test_a_stage_cannot_be_passed_over(stand: Stand):
    """Who has given a name and a password, but no code, is led back to the code from wherever they go."""
    browser = Browser(stand)
    page = browser.follow(browser.post(browser.begin(), username="officer", password=PASSWORD))
    assert place(page) == "/oauth/second-factor"
    assert "hub_session" not in browser.web.cookies
    fields = hidden(page)
    typed = {"decision": "allow", "current": PASSWORD, "new": NEW, "repeat": NEW, "user_code": "BCDF-GHJK"}
    for stage in ("consent", "password", "enrolment", "device/confirm", "sign-in"):
        address = f"/oauth/{stage}?ticket={fields['ticket']}"
        for told in (
            browser.web.get(address),
            browser.web.post(address, data={**fields, **typed}, headers={"origin": stand.url}),
        ):
            assert told.headers["location"].startswith("/oauth/second-factor?"), stage


def test_nothing_that_is_typed_becomes_part_of_a_page(stand: Stand):
    """Names, codes and parameters are shown as text, or not at all."""
    script = "<script>alert(1)</script>\"'><img src=x>"
    browser = Browser(stand)
    page = browser.begin(state=script, nonce=script)
    shown = [page, browser.post(page, username=script, password="x" * 300)]
    shown += [browser.web.get("/oauth/device", params={"user_code": script})]
    shown += [browser.web.get("/oauth/sign-in", params={"ticket": script})]
    shown += [browser.web.get("/oauth/authorize", params=asked(script, redirect_uri=script))]
    for one in shown:
        assert "<script>alert" not in one.text
        assert "<img src=x" not in one.text


def test_many_clicks_on_one_consent_make_one_code(stand: Stand):
    """A decision is taken once, also where the clicks come together."""
    browser = Browser(stand)
    page = browser.consent("clerk")
    told = at_once(8, lambda: browser.post(page, decision="allow"))
    assert sorted(one.status_code for one in told) == [303] + 7 * [400]
    assert sum("code=" in one.headers.get("location", "") for one in told) == 1
    assert browser.post(page, decision="allow").status_code == 400


def test_cookies_are_the_browser_s_and_the_hub_s_alone(tmp_path):
    """Behind TLS they bear the prefix that no other host can set, are sent by TLS alone, and no script reads them."""
    port = free_port()
    hub = wire(load_settings(configure(tmp_path, "https://hub.example")))
    stand = Stand(hub, f"http://127.0.0.1:{port}")
    stand.add("clerk", Role.CLERK)
    with served(hub, port):
        first = web(stand).get("/oauth/authorize", params=asked())
        address, flow = first.headers["location"], first.headers["set-cookie"]
        page = web(stand).get(address, headers={"cookie": flow.partition(";")[0]})
        form = {**hidden(page), "username": "clerk", "password": PASSWORD}
        head = {"cookie": flow.partition(";")[0], "origin": "https://hub.example"}
        last = web(stand).post(address, data=form, headers=head)
        insecure = web(stand).post(address, data=form, headers={**head, "origin": stand.url})
    made = [flow, *last.headers.get_list("set-cookie")]
    assert [one.partition("=")[0] for one in made] == ["__Host-hub_flow", "__Host-hub_browser", "__Host-hub_session"]
    for one in made:
        attributes = {part.strip().lower() for part in one.split(";")[1:]}
        assert attributes >= {"httponly", "secure", "samesite=lax", "path=/"}
        assert not any(part.startswith("domain") for part in attributes)
    assert insecure.status_code == 403


def test_cookies_without_tls_are_out_of_reach_of_scripts(stand: Stand):
    """On this machine, without TLS, they are for this host, for requests of its own pages, and no script reads them."""
    browser = Browser(stand)
    page = browser.begin()
    told = browser.post(page, username="clerk", password=PASSWORD)
    for one in told.headers.get_list("set-cookie"):
        attributes = {part.strip().lower() for part in one.split(";")[1:]}
        assert attributes >= {"httponly", "samesite=lax", "path=/"}
        assert not any(part.startswith("domain") for part in attributes)
