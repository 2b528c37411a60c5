"""The browser that the drivers share: it gets no further than one with a screen would."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.clients.browser import Person, SignInError, sign_in
from tests.clients.installed import node

BACK = "http://127.0.0.1:1/back"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
PERSON = {"username": "zhang", "password": "right & proper", "totp_secret": SECRET}
CODE_FORM = (
    '<form method="post"><input name="code" required><input type="hidden" name="csrf" value="&quot;&#38;"></form>'
)
OTHER_FORMS = (
    '<form method="post" action="/sign-out"><input type="hidden" name="csrf" value="x"><button>x</button></form>'
)

Page = tuple[int, dict[str, str], str]
Answer = Callable[[str, str], Page]
"""Status, headers and body for a method with its path, and the form or the cookies that came with it."""


class _Pages(BaseHTTPRequestHandler):
    def __init__(self, answer: Answer, *more: Any) -> None:
        self.answer = answer
        super().__init__(*more)

    def do_GET(self) -> None:
        self._respond(self.headers.get("cookie", ""))

    def do_POST(self) -> None:
        self._respond(self.rfile.read(int(self.headers["content-length"])).decode())

    def _respond(self, came: str) -> None:
        status, headers, body = self.answer(f"{self.command} {self.path}", came)
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_said: Any) -> None:
        """Nobody reads it."""


@contextmanager
def site(answer: Answer) -> Iterator[str]:
    """The address of a server whose pages are these."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, answer)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def visited(url: str, folder: Any) -> str:
    """Where browser.mjs ends: the address of the callback, or what stopped it."""
    script = f"""import {{ signIn }} from './browser.mjs';
        const back = signIn({json.dumps(url)}, {json.dumps(PERSON)}, {json.dumps(BACK)});
        console.log(await back.catch(({{ message }}) => message));"""
    command = [node(), "--input-type=module", "--eval", script]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def test_code_that_was_used_is_followed_by_the_next_one(node_clients):
    """A refused code is tried again with the next; a form beside it, which only signs out, is left alone."""
    came: list[str] = []

    def answer(asked: str, form: str) -> Page:
        if asked.startswith("GET"):
            return 200, {}, OTHER_FORMS + CODE_FORM
        came.append(form)
        fresh = len(came) % 2 == 0
        return (303, {"location": f"{BACK}?code=1"}, "") if fresh else (401, {}, f'<p role="alert">no{CODE_FORM}</p>')

    with site(answer) as address:
        assert visited(address, node_clients) == f"{BACK}?code=1"
        assert sign_in(address, Person("zhang", "", SECRET), BACK) == f"{BACK}?code=1"
    assert all(form.endswith("&csrf=%22%26") for form in came)
    assert [came[0] != came[1], came[2] != came[3]] == [True, True]


def test_second_refusal_is_told(node_clients):
    """A browser gives up after two codes, with the words of the alert."""
    came: list[str] = []

    def answer(asked: str, form: str) -> Page:
        if asked.startswith("GET"):
            return 200, {}, CODE_FORM
        came.append(form)
        return 401, {}, f'<div role="alert"><b>wrong</b> code</div>{CODE_FORM}'

    with site(answer) as address:
        assert visited(f"{address}/code", node_clients) == "401 at /code: wrong code"
        with pytest.raises(SignInError, match="401 at /code: wrong code"):
            sign_in(f"{address}/code", Person("zhang", "", SECRET), BACK)
    assert len(came) == 4


def test_form_leads_nowhere_that_its_page_does_not_name(node_clients):
    """`form-action 'self'` stops the redirect to the client as Chromium does; naming its origin lets it pass."""
    policies = {"/narrow": "form-action 'self'", "/wide": "default-src 'none'; form-action 'self' http://127.0.0.1:1"}

    def answer(asked: str, _came: str) -> Page:
        method, path = asked.split()
        if method == "POST":
            return 303, {"location": BACK}, ""
        return 200, {"content-security-policy": policies[path]}, CODE_FORM

    with site(answer) as address:
        assert visited(f"{address}/narrow", node_clients).startswith(
            "form-action of /narrow does not let the form lead"
        )
        assert visited(f"{address}/wide", node_clients) == BACK


def test_strict_cookie_is_not_shown_after_another_site(node_clients):
    """What is set on a redirect from the client's site comes back to the hub only if it is Lax."""

    def answer(asked: str, cookies: str) -> Page:
        if asked == "GET /start":
            same_site = {"set-cookie": "strict=1; SameSite=Strict", "Set-Cookie": "lax=1; Path=/; SameSite=Lax"}
            return 303, {"location": "/second", **same_site}, ""
        return 303, {"location": f"{BACK}?{cookies}"}, ""

    with site(answer) as address:
        assert visited(f"{address}/start", node_clients) == f"{BACK}?lax=1"
