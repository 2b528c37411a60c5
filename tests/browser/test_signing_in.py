"""People sign in at a running hub in a real browser: the whole way from a client's request back to the client."""

import base64
import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from playwright.sync_api import Browser, Page, Response, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.responses import Response as Answer
from starlette.routing import Route

from auth.roles import Role
from hub.callers.people import Account
from tests.browser.conftest import _listening
from tests.callers.stand import CERTIFIED, PASSWORD, Stand, standing
from tests.clients.browser import totp

CHOSEN = "five quiet herons wade"
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


@dataclass(frozen=True, slots=True)
class Application:
    """A client's own server: whatever the browser brings back to it."""

    redirect_uri: str
    brought: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Visit:
    """One browser profile at the hub, with every page that was loaded and every complaint."""

    page: Page
    stand: Stand
    application: Application
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(8))
    complaints: list[str] = field(default_factory=list)
    pages: list[tuple[str, int]] = field(default_factory=list)

    def ask(self, client: str) -> None:
        """Follow the client's link."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": client,
            "redirect_uri": self.application.redirect_uri,
            "scope": "openid",
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        self.page.goto(f"{self.stand.url}/oauth/authorize?{urlencode(asked)}")

    def fill(self, **fields: str) -> None:
        """Type into the form, and press the button that leads on."""
        for name, value in fields.items():
            self.page.fill(f"#{name}", value)
        self.page.click(".button.main")

    def is_at(self, path: str) -> None:
        """Wait for a page of the hub."""
        self.page.wait_for_url(f"{self.stand.url}{path}?**")

    def decide(self, decision: str) -> dict[str, str]:
        """Press a button of the consent page; what the client is brought."""
        self.is_at("/oauth/consent")
        self.page.click(f"[value={decision}]")
        self.page.wait_for_url(f"{self.application.redirect_uri}?**")
        return self.application.brought[-1]

    def claims(self, client: str, brought: dict[str, str]) -> dict[str, object]:
        """What the userinfo endpoint says once the client has exchanged the code."""
        form = {
            "grant_type": "authorization_code",
            "code": brought["code"],
            "code_verifier": self.verifier,
            "redirect_uri": self.application.redirect_uri,
        }
        with httpx2.Client(base_url=self.stand.url, trust_env=False) as session:
            tokens = session.post("/oauth/token", data=form, auth=(client, self.stand.secrets[client])).json()
            headers = {"authorization": f"Bearer {tokens['access_token']}"}
            told: dict[str, object] = session.get("/oauth/userinfo", headers=headers).json()
        return told


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A hub with clients and people of every kind."""
    with standing(tmp_path_factory.mktemp("signing-in")) as running:
        yield running


@pytest.fixture(scope="module")
def application() -> Iterator[Application]:
    """The registered redirect URI on another port, as loopback addresses may have one (RFC 8252 §7.3)."""
    brought: list[dict[str, str]] = []

    async def back(request: Request) -> Answer:
        brought.append(dict(request.query_params))
        return HTMLResponse("<!doctype html><title>back at the client</title><link rel=icon href='data:,'>")

    with _listening(Starlette(routes=[Route("/back", back)])) as url:
        yield Application(f"{url}back", brought)


@contextmanager
def visiting(browser: Browser, stand: Stand, application: Application, *, scripts: bool = True) -> Iterator[Visit]:
    """A fresh profile, in which nobody has signed in before."""
    with browser.new_context(java_script_enabled=scripts, locale="zh-CN") as context:
        visit = Visit(context.new_page(), stand, application)
        visit.page.set_default_timeout(10_000)
        visit.page.on("console", lambda line: visit.complaints.append(line.text))
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        visit.page.on("response", lambda response: _note(visit, response))
        yield visit


def _note(visit: Visit, response: Response) -> None:
    if response.request.is_navigation_request():
        visit.pages.append((urlsplit(response.url).path, response.status))


@pytest.fixture
def visit(browser: Browser, hub: Stand, application: Application) -> Iterator[Visit]:
    with visiting(browser, hub, application) as visit:
        yield visit


def code_of(stand: Stand, name: str) -> str:
    """What the authenticator of somebody shows now."""
    return totp(stand.people[name].totp_secret or "")


@SCRIPTS
def test_officer_signs_in_with_two_factors(browser, hub, application, scripts):
    """From the client's link by password, code and consent back to the client, whose code names the officer."""
    name = f"officer-{scripts}"
    hub.add(name, Role.OFFICER, certificate_no=CERTIFIED)
    with visiting(browser, hub, application, scripts=scripts) as visit:
        visit.ask("field")
        visit.is_at("/oauth/sign-in")
        expect(visit.page.locator(".lead")).to_contain_text("您将登录“执法终端”（市场监督管理局）")
        visit.fill(username=name, password=PASSWORD)
        visit.is_at("/oauth/second-factor")
        visit.fill(code=code_of(hub, name))
        visit.is_at("/oauth/consent")
        expect(visit.page.locator(".summary")).to_contain_text(f"测试{name}")
        expect(visit.page.locator(".summary")).to_contain_text("执法人员")
        brought = visit.decide("allow")
        assert (brought["state"], brought["iss"]) == (visit.state, hub.url)
        assert visit.claims("field", brought)["preferred_username"] == name
        assert visit.page.title() == "back at the client"
        assert visit.complaints == []


@SCRIPTS
def test_person_who_does_not_agree_goes_back_without_a_code(browser, hub, application, scripts):
    """The other button of the consent page tells the client access_denied."""
    with visiting(browser, hub, application, scripts=scripts) as visit:
        visit.ask("portal")
        visit.fill(username="clerk", password=PASSWORD)
        brought = visit.decide("deny")
        assert (brought["error"], brought["state"], brought["iss"]) == ("access_denied", visit.state, hub.url)
        assert "code" not in brought
        assert visit.complaints == []


@SCRIPTS
def test_second_factor_is_set_up_at_the_first_sign_in(browser, hub, application, scripts):
    """An officer without an authenticator gets a key to scan or to type, and signs in with its code from then on."""
    name = f"fresh-officer-{scripts}"
    account = Account("", name, "新到岗", "market", Role.OFFICER, certificate_no=CERTIFIED)
    hub.act(lambda ledger: ledger.people.add(account, PASSWORD))
    with visiting(browser, hub, application, scripts=scripts) as visit:
        visit.ask("field")
        visit.fill(username=name, password=PASSWORD)
        visit.is_at("/oauth/enrolment")
        secret = visit.page.inner_text(".code.groups").replace(" ", "")
        address = visit.page.get_attribute("a[href^='otpauth:']", "href") or ""
        assert parse_qs(urlsplit(address).query)["secret"] == [secret]
        expect(visit.page.locator(".qr svg")).to_be_visible()
        visit.fill(code="000000")
        expect(visit.page.get_by_role("alert")).to_contain_text("验证码不正确")
        assert visit.page.inner_text(".code.groups").replace(" ", "") == secret
        moment = time.time()
        visit.fill(code=totp(secret, moment))
        assert visit.claims("field", visit.decide("allow"))["preferred_username"] == name
        assert _policy_complaints(visit) == []
    with visiting(browser, hub, application, scripts=scripts) as visit:
        visit.ask("field")
        visit.fill(username=name, password=PASSWORD)
        visit.is_at("/oauth/second-factor")
        visit.fill(code=totp(secret, moment))
        expect(visit.page.get_by_role("alert")).to_contain_text("验证码不正确")
        visit.fill(code=totp(secret, moment + 30))
        assert visit.decide("allow")["state"] == visit.state


@SCRIPTS
def test_first_password_is_replaced(browser, hub, application, scripts):
    """Whoever signs in with a password that was given out chooses one of their own before anything else."""
    name = f"newcomer-{scripts}"
    hub.add(name, Role.CLERK, must_change=True)
    with visiting(browser, hub, application, scripts=scripts) as visit:
        visit.ask("portal")
        visit.fill(username=name, password=PASSWORD)
        visit.is_at("/oauth/password")
        visit.fill(current=PASSWORD, new="short", repeat="short")
        expect(visit.page.get_by_role("alert")).to_contain_text("新密码不足 12 个字符")
        visit.fill(current=PASSWORD, new=CHOSEN, repeat=f"{CHOSEN}!")
        expect(visit.page.get_by_role("alert")).to_contain_text("两次输入的新密码不一样")
        visit.fill(current=PASSWORD, new=CHOSEN, repeat=CHOSEN)
        assert visit.claims("portal", visit.decide("allow"))["preferred_username"] == name
        assert _policy_complaints(visit) == []
    with visiting(browser, hub, application, scripts=scripts) as visit:
        visit.ask("portal")
        visit.fill(username=name, password=PASSWORD)
        expect(visit.page.get_by_role("alert")).to_contain_text("用户名或密码不正确")
        visit.fill(username=name, password=CHOSEN)
        assert visit.decide("allow")["state"] == visit.state


@SCRIPTS
def test_wrong_password_is_told_and_may_be_put_right(browser, hub, application, scripts):
    """The form comes back with 401 and an alert, the name still in it and the password not, and then lets one in."""
    with visiting(browser, hub, application, scripts=scripts) as visit:
        visit.ask("portal")
        visit.fill(username="clerk", password="wrong horse battery")
        expect(visit.page.get_by_role("alert")).to_contain_text("用户名或密码不正确")
        assert visit.pages[-1] == ("/oauth/sign-in", 401)
        assert (visit.page.input_value("#username"), visit.page.input_value("#password")) == ("clerk", "")
        visit.fill(username="clerk", password=PASSWORD)
        assert visit.claims("portal", visit.decide("allow"))["preferred_username"] == "clerk"
        assert _policy_complaints(visit) == []


def test_person_stays_signed_in_in_their_browser(visit):
    """A second client asks for consent alone, until the person signs out."""
    visit.ask("portal")
    visit.fill(username="clerk", password=PASSWORD)
    visit.decide("allow")
    visit.ask("portal")
    visit.decide("allow")
    visit.page.goto(f"{visit.stand.url}/oauth/sign-out")
    visit.page.click(".button.main")
    expect(visit.page.locator("h1")).to_contain_text("已退出登录")
    visit.ask("portal")
    visit.is_at("/oauth/sign-in")
    assert visit.complaints == []


@SCRIPTS
def test_code_of_a_device_is_typed(browser, hub, application, scripts):
    """Somebody types what their device shows, signs in, compares the code and agrees."""
    secret = hub.secrets["bound"]
    started = httpx2.post(f"{hub.url}/oauth/device", auth=("bound", secret), data={"scope": "openid"}).json()
    with visiting(browser, hub, application, scripts=scripts) as visit:
        visit.page.goto(started["verification_uri"])
        visit.fill(user_code="bcdf-ghjk")
        expect(visit.page.get_by_role("alert")).to_contain_text("没有这个代码")
        visit.fill(user_code=started["user_code"].lower().replace("-", " "))
        visit.is_at("/oauth/sign-in")
        visit.fill(username="clerk", password=PASSWORD)
        visit.is_at("/oauth/device/confirm")
        expect(visit.page.locator(".code.large")).to_have_text(started["user_code"])
        visit.page.click("[value=allow]")
        expect(visit.page.locator("h1")).to_contain_text("设备已登录")
        assert _policy_complaints(visit) == []


def _policy_complaints(visit: Visit) -> list[str]:
    """Everything but that a form came back with a status that says so."""
    return [line for line in visit.complaints if "the server responded with a status of 40" not in line]
