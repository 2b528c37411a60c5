"""The page where receipts are verified, in a real browser: every vector, from the hub and from disk, without a request."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import FilePayload, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from hub.audit.receipt_words import CHECKED, FAULTS, KEY_NOT_COMPARED
from hub.web import words_receipt as words
from hub.web.verify_page import policy, verify_page
from tests.audit import forging
from tests.audit.test_receipt_vectors import NAMES, vector
from tests.browser.conftest import _listening

_FRESH = "form.reset(); document.querySelector('details').open = true; result.hidden = true"
KEY = forging.LOG.verifier.written()


@dataclass
class Desk:
    """An open page, what it fetched, and what the browser complained of."""

    page: Page
    fetched: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def put(self, name: str, content: object) -> None:
        """Put a file in."""
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
        made: FilePayload = {"name": f"{name}.json", "mimeType": "application/json", "buffer": text.encode()}
        self.page.set_input_files(f"#{name}", files=[made])

    def verdict(self, case: dict) -> str:
        """What the page says of a vector."""
        self.page.evaluate(_FRESH)
        self.page.fill("#keys", case.get("keys", ""))
        for name in ("answer", "question", "checkpoint"):
            if name in case:
                self.put(name, case[name])
        self.put("receipt", case["receipt"])
        self.page.wait_for_selector("#result:not([hidden])")
        return self.page.inner_text("#result")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The page as a hub serves it."""

    async def page(request: Request) -> Response:
        return HTMLResponse(verify_page((KEY,)), headers={"content-security-policy": policy()})

    with _listening(Starlette(routes=[Route("/verify", page)])) as url:
        yield f"{url}verify"


@pytest.fixture
def desk(browser, address, tmp_path, request) -> Iterator[Desk]:
    """The page: from the hub, or with `disk` as a parameter saved and opened from a file while there is no network."""
    with browser.new_context() as context:
        made = Desk(context.new_page())
        made.page.on("console", lambda line: made.complaints.append(line.text) if line.type == "error" else None)
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        if getattr(request, "param", "hub") == "disk":
            saved = tmp_path / "verify-receipt.html"
            saved.write_text(verify_page((KEY,)), encoding="utf-8")
            context.set_offline(True)
            address = saved.as_uri()
        made.page.on("request", lambda one: made.fetched.append(one.url))
        made.page.goto(address)
        yield made
        assert not made.complaints
        assert {url.partition("#")[0] for url in made.fetched} == {address}


@pytest.mark.parametrize("desk", ["hub", "disk"], indirect=True)
def test_every_vector(desk):
    """Each fault has its sentence and no other; what holds is said to hold; nothing is fetched."""
    for name in NAMES if desk.page.url.startswith("http") else NAMES[::6]:
        case = vector(name)
        said = desk.verdict(case)
        faults = [fault for fault, sentences in FAULTS.items() if all(one in said for one in sentences)]
        assert faults == ([case["fault"]] if case["fault"] else []), name
        if case["fault"] is None:
            assert words.SAID["HOLDS"][0] in said, name
            assert CHECKED["SIGNED"][0] in said
            assert (CHECKED["ANSWERED"][0] in said) == ("answer" in case)
            assert case["receipt"]["hash"] in said


def test_keys_of_the_page_and_none(desk):
    """The hub's keys are filled in; without any the receipt is not said to hold."""
    assert desk.page.input_value("#keys") == KEY
    said = desk.verdict({"receipt": forging.GOOD})
    assert words.SAID["HOLDS"][0] not in said
    assert all(one in said for one in (*words.SAID["HOLDS_PARTLY"], *KEY_NOT_COMPARED))


def test_a_browser_without_ed25519(desk):
    """What such a browser cannot check is said, and the receipt is not said to hold."""
    desk.page.add_init_script(
        "crypto.subtle.importKey = async () => { throw new DOMException('no', 'NotSupportedError'); }"
    )
    desk.page.reload()
    said = desk.verdict(vector("good"))
    assert all(one in said for one in (*words.SAID["HOLDS_PARTLY"], *words.SAID["NO_ED25519"]))
    assert CHECKED["SIGNED"][0] not in said


def test_a_page_without_webcrypto(desk):
    """Where the browser offers no cryptography the page says how to get it."""
    desk.page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })")
    desk.page.reload()
    assert words.SAID["NO_WEBCRYPTO"][1] in desk.verdict(vector("good"))


def test_the_code_on_paper(desk):
    """The code on paper opens the page with its receipt's number; another receipt is not taken for it."""
    good = forging.GOOD
    for shown, code in ((f"{good['index']}.{good['hash']}", None), (f"4.{good['hash']}", words.OTHER_PAPER)):
        desk.page.evaluate("hash => { location.hash = hash }", shown)
        desk.page.reload()
        said = desk.verdict(vector("good"))
        assert good["hash"][:16] in desk.page.inner_text("#paper")
        assert (words.SAID["HOLDS"][0] in said) == (code is None)
        assert code is None or code[1] in said


def test_what_is_written_in_a_receipt_is_never_markup(desk):
    """Names in a receipt are shown as they are written."""
    evil = {**forging.entry(0), "client": "<img src=x onerror=alert(1)>"}
    said = desk.verdict({"receipt": forging.receipt([evil], 0, forging.LOG), "keys": KEY})
    assert "<img src=x onerror=alert(1)>" in said
    assert desk.page.locator("#result img").count() == 0
