"""A browser without a screen, for clients written in Python: follows redirects, keeps cookies, fills forms.

It knows no server: forms are read from their pages. What browser.mjs imitates beyond that – `form-action`, SameSite,
`Origin` under `no-referrer` – is not repeated here; cookies are kept for each host and port.
"""

import base64
import hashlib
import hmac
import ssl
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2

TLS = ssl.create_default_context()
"""Made once: what every client makes for itself takes longer than what it asks."""
_MOST_STEPS = 20
_MARKS = {"csrf", "ticket", "xsrf"}
_VOID = {"br", "hr", "img", "input", "link", "meta", "wbr"}


class SignInError(Exception):
    """The sign-in did not lead back to the client; the message says where it ended."""


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody types, and which button of the consent page they press."""

    username: str
    password: str
    totp_secret: str | None = None
    decision: str = "allow"
    external: "External | None" = None


@dataclass(frozen=True, slots=True)
class External:
    """The provider to which the sign-in page leads, and who the person is there."""

    provider: str
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class _Step:
    """A request that is about to be sent."""

    url: str
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Form:
    action: str
    method: str
    controls: list[dict[str, str]] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """Of its controls."""
        return {control["name"] for control in self.controls if "name" in control}

    def values(self, typed: Mapping[str, str], decision: str) -> dict[str, str]:
        """What is sent: hidden fields as they are, the others as typed, the button that is pressed."""
        values = {}
        for control in self.controls:
            name, kind, value = control.get("name"), control["type"], control["value"]
            pressed = kind != "submit" or (name, value) == ("decision", decision)
            if name and pressed and (kind not in {"checkbox", "radio"} or "checked" in control):
                values[name] = value if kind == "hidden" else typed.get(name, value)
        return values


class _Page(HTMLParser):
    """The forms of a page, the links, and what its alert says."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__()
        self.url = str(response.url)
        self.status = response.status_code
        self.forms: list[_Form] = []
        self.links: list[str] = []
        self._alert: list[str] = []
        self._open = False
        self._depth = 0
        self.feed(response.text)

    @property
    def alert(self) -> str:
        """The text of the alert."""
        return " ".join(" ".join(self._alert).split())

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.url, found.get("action", ""))
            self.forms.append(_Form(action, found.get("method", "get").upper()))
            self._open = True
        elif tag in {"button", "input"} and self._open:
            self.forms[-1].controls.append({"type": "submit" if tag == "button" else "text", "value": "", **found})
        elif tag == "a" and "href" in found:
            self.links.append(urljoin(self.url, found["href"]))
        if tag not in _VOID and (self._depth or found.get("role") == "alert"):
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "form"
        if tag not in _VOID and self._depth:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._depth:
            self._alert.append(data)


def sign_in(url: str, person: Person, redirect_uri: str) -> str:
    """The URL to which the client is called back. Raises SignInError."""
    visit = _Visit(person, redirect_uri)
    step = _Step(url)
    for _ in range(_MOST_STEPS):
        page = visit.follow(step)
        if isinstance(page, str):
            return page
        step = visit.way_on(page)
    raise SignInError(f"no end after {_MOST_STEPS} pages, the last {urlsplit(step.url).path}")


class _Visit:
    """One person on their way through pages; another host or port has other cookies."""

    def __init__(self, person: Person, redirect_uri: str) -> None:
        self._person = person
        self._redirect_uri = redirect_uri
        self._jars: dict[str, httpx2.Cookies] = {}
        self._home: str | None = None
        self._codes = 0

    def follow(self, step: _Step) -> "_Page | str":
        """The page to which a request leads, or the address at which it leaves for the client."""
        for _ in range(_MOST_STEPS):
            response = self._sent(step)
            if not response.has_redirect_location:
                return _Page(response)
            target = urljoin(str(response.url), response.headers["location"])
            if target.partition("?")[0] == self._redirect_uri:
                return target
            step = _Step(target)
        raise SignInError(f"more than {_MOST_STEPS} redirects, the last to {urlsplit(step.url).path}")

    def _sent(self, step: _Step) -> httpx2.Response:
        place = urlsplit(step.url).netloc
        headers = {"accept": "text/html", **step.headers}
        jar = self._jars.get(place)
        with httpx2.Client(cookies=jar, headers=headers, timeout=20, trust_env=False, verify=TLS) as client:
            response = client.get(step.url) if step.form is None else client.post(step.url, data=step.form)
            self._jars[place] = client.cookies
        return response

    def way_on(self, page: _Page) -> _Step:
        """The form that is about the sign-in, filled, or the link to the provider that is asked for."""
        asks_for_code = any("code" in form.names for form in page.forms)
        path, again = urlsplit(page.url).path, asks_for_code and self._codes == 1 and page.status < 500
        if page.status >= 400 and not again:
            raise SignInError(f"{page.status} at {path}: {page.alert}")
        self._home = self._home or page.origin
        external = self._person.external
        out = [
            link for link in page.links if external and urlsplit(link).path.endswith(f"/external/{external.provider}")
        ]
        if out and page.origin == self._home:
            return _Step(out[0])
        typed = self._typed(page)
        known, unknown = {*typed, *_MARKS, "decision"}, {"code"} - typed.keys()
        forms = [
            form for form in page.forms if form.method == "POST" and form.names & known and not form.names & unknown
        ]
        if not forms:
            raise SignInError(f"no way on from {path} ({page.status})")
        self._codes += asks_for_code
        form = max(forms, key=lambda form: len(form.names & {*typed, "decision"}))
        headers = {"origin": page.origin, "referer": page.url}
        return _Step(form.action, form.values(typed, self._person.decision), headers)

    def _typed(self, page: _Page) -> dict[str, str]:
        who: Person | External = self._person
        if page.origin != self._home and self._person.external:
            who = self._person.external
        typed = {"username": who.username, "login": who.username, "password": who.password}
        if self._person.totp_secret:
            # A code that was used before is refused although it is right: the next one is tried, once.
            typed["code"] = totp(self._person.totp_secret, time.time() + 30 * self._codes)
        return typed


def totp(secret: str, seconds: float | None = None) -> str:
    """The code of RFC 6238 for a moment: SHA-1, six digits, half a minute."""
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    step = int(time.time() if seconds is None else seconds) // 30
    digest = hmac.digest(key, struct.pack(">Q", step), hashlib.sha1)
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 0xF)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"
