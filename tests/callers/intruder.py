"""What an attacker has: a browser whose every step they choose, forms as they like them, tokens and proofs made by hand.

Knows the hub by its addresses alone. Nothing here is a test.
"""

import atexit
import base64
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
from joserfc import jws
from joserfc.jwk import Key

from tests.callers.stand import BACK, Stand
from tests.clients.browser import totp

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
_ROADS = httpx2.HTTPTransport(verify=False)
"""Connections that all share; what is sent over them shares nothing."""
atexit.register(_ROADS.close)
ASSERTED = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEY_NAMES = {"Ed25519": "ed", "ES256": "ec", "PS256": "rsa"}
"""Of the keys of the client that signs, by their algorithms."""
NOT_PROVEN = {"error": "invalid_client", "error_description": "The client is not known or not proven."}
Form = dict[str, str]
Result = TypeVar("Result")


def asked(client: str = "portal", **changed: str | None) -> Form:
    """Parameters of a good authorisation request, some of them changed; None leaves one out."""
    made: dict[str, str | None] = {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": BACK,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "state": "s-1",
        **changed,
    }
    return {name: value for name, value in made.items() if value is not None}


def parameters(address: str) -> Form:
    """Parameters in the query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


class _Hidden(HTMLParser):
    """Hidden fields of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: Form = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden":
            self.fields[found.get("name") or ""] = found.get("value") or ""


def hidden(page: httpx2.Response) -> Form:
    """Hidden fields of the form on a page."""
    return _Hidden(page.text).fields


def web(stand: Stand, **headers: str) -> httpx2.Client:
    """Somebody who sends what they like, and keeps cookies."""
    return httpx2.Client(base_url=stand.url, timeout=30, headers=headers, transport=_ROADS)


class Browser:
    """A browser that follows a redirect only where it is told to; `headers` go with everything it sends."""

    def __init__(self, stand: Stand, **headers: str) -> None:
        self.stand = stand
        self.web = web(stand, **headers)

    def follow(self, response: httpx2.Response) -> httpx2.Response:
        """The page to which redirects within the hub lead."""
        while response.has_redirect_location and response.headers["location"].startswith("/"):
            response = self.web.get(response.headers["location"])
        return response

    def begin(self, client: str = "portal", **changed: str | None) -> httpx2.Response:
        """The page that an authorisation request leads to."""
        return self.follow(self.web.get("/oauth/authorize", params=asked(client, **changed)))

    def post(self, page: httpx2.Response, **typed: str) -> httpx2.Response:
        """Answer to the form of a page, sent as browsers send it."""
        headers = {"origin": self.stand.url, "sec-fetch-site": "same-origin"}
        return self.web.post(str(page.url), data={**hidden(page), **typed}, headers=headers)

    def enter(self, page: httpx2.Response, name: str) -> httpx2.Response:
        """The page after the one for names and passwords, and after that for codes."""
        person = self.stand.people[name]
        page = self.follow(self.post(page, username=name, password=person.password))
        if person.totp_secret and urlsplit(str(page.url)).path == "/oauth/second-factor":
            page = self.follow(self.post(page, code=self.one_time(name)))
        return page

    def one_time(self, name: str, steps: int = 0) -> str:
        """What a person's authenticator shows, so many steps ahead."""
        secret = self.stand.people[name].totp_secret
        return totp(secret or "", self.stand.hub.gateway.clock.seconds() + 30 * steps)

    def consent(self, name: str, client: str = "portal", **changed: str | None) -> httpx2.Response:
        """The page on which a person agrees, signed in before or now."""
        page = self.begin(client, **changed)
        page = self.enter(page, name) if place(page) == "/oauth/sign-in" else page
        assert place(page) == "/oauth/consent", page.text
        return page

    def code(self, name: str, client: str = "portal", **changed: str | None) -> str:
        """A code for which a person has agreed."""
        back = self.post(self.consent(name, client, **changed), decision="allow")
        return parameters(back.headers["location"])["code"]

    def tokens(self, name: str, client: str = "portal", **changed: str | None) -> dict[str, Any]:
        """What a client gets once a person has agreed."""
        told = exchange(self.stand, self.code(name, client, **changed), client)
        assert told.status_code == 200, told.text
        return told.json()


def place(page: httpx2.Response) -> str:
    """The path of a page."""
    return urlsplit(str(page.url)).path


def post(stand: Stand, path: str, form: Form | str | bytes, client: str = "", **headers: str) -> httpx2.Response:
    """What an endpoint answers to a form, from a client with a secret unless there is none."""
    auth = (client, stand.secrets[client]) if client else httpx2.USE_CLIENT_DEFAULT
    content = urlencode(form) if isinstance(form, dict) else form
    headers = {"content-type": "application/x-www-form-urlencoded", **headers}
    return web(stand).post(path, content=content, auth=auth, headers=headers)


def exchange(stand: Stand, code: str, client: str = "portal", /, **changed: str) -> httpx2.Response:
    """What a code is answered with."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    return post(stand, "/oauth/token", {**form, **changed}, client)


def renew(stand: Stand, refresh_token: str, client: str = "portal", /, **changed: str) -> httpx2.Response:
    """What a refresh token is answered with."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **changed}
    return post(stand, "/oauth/token", form, client)


def token_of(stand: Stand, client: str = "machine", **changed: str) -> str:
    """A token of a client's own."""
    told = post(stand, "/oauth/token", {"grant_type": "client_credentials", **changed}, client)
    return str(told.raise_for_status().json()["access_token"])


def asks(stand: Stand, token: str, scheme: str = "Bearer", **headers: str) -> httpx2.Response:
    """What the hub answers to a question with a token."""
    headers = {"authorization": f"{scheme} {token}", "hub-purpose": "SERVICE", **headers}
    return web(stand).post("/graphql", json={"query": "{ me { client role } }"}, headers=headers)


def ends(stand: Stand, token: str) -> bool:
    """True if an access token holds no more, within what workers take to feel it."""
    until = time.monotonic() + 10
    while asks(stand, token).status_code != 401:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def encoded(raw: bytes | str) -> str:
    """Base 64 as tokens write it."""
    return base64.urlsafe_b64encode(raw.encode() if isinstance(raw, str) else raw).decode().rstrip("=")


def decoded(token: str, part: int = 1) -> dict[str, Any]:
    """Header or claims of a token, whoever signed it."""
    text = token.split(".")[part]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def signed(header: dict[str, Any], claims: dict[str, Any] | bytes, key: Key) -> str:
    """A token over any claims, with the header as given; `alg` says how."""
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    registry = jws.JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
    return jws.serialize_compact(header, payload, key, registry=registry)


def proof(key: Key, address: str, alg: str = "Ed25519", token: str | None = None, **changed: Any) -> str:
    """A DPoP proof for a POST; names with `header_` change its header, others its claims, None leaves one out."""
    public = key.as_dict(private=False)
    jwk = {name: public[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in public}
    header: dict[str, Any] = {"typ": "dpop+jwt", "alg": alg, "jwk": jwk}
    claims = {"htm": "POST", "htu": address, "iat": int(time.time()), "jti": secrets.token_urlsafe(12)}
    if token is not None:
        claims["ath"] = encoded(sha256(token.encode()).digest())
    for name, value in changed.items():
        (header if name.startswith("header_") else claims)[name.removeprefix("header_")] = value
    told = [{name: value for name, value in one.items() if value is not None} for one in (header, claims)]
    return signed(told[0], told[1], key)


def assertion(stand: Stand, alg: str = "Ed25519", key: Key | None = None, **changed: Any) -> str:
    """An assertion of the client that signs; names with `header_` change its header, others its claims, None leaves out."""
    now = int(time.time())
    header: dict[str, Any] = {"alg": alg, "kid": KEY_NAMES.get(alg, "ed")}
    claims: dict[str, Any] = {"iss": "signing", "sub": "signing", "aud": stand.url, "exp": now + 60, "iat": now}
    claims["jti"] = secrets.token_urlsafe(12)
    for name, value in changed.items():
        (header if name.startswith("header_") else claims)[name.removeprefix("header_")] = value
    told = [{name: value for name, value in one.items() if value is not None} for one in (header, claims)]
    return signed(told[0], told[1], key or stand.keys[alg])


def proven(stand: Stand, made: str, path: str = "token", **more: str) -> httpx2.Response:
    """What an assertion is answered with."""
    form = {"grant_type": "client_credentials", "client_assertion": made, "client_assertion_type": ASSERTED, **more}
    return post(stand, f"/oauth/{path}", {name: value for name, value in form.items() if value})


@contextmanager
def ear() -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """An address at which somebody listens, and who came."""
    came: list[tuple[str, int]] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                with suppress(TimeoutError):
                    caller, whence = listening.accept()
                    caller.close()
                    came.append(whence)

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", came
        finally:
            over.set()
            thread.join()


def at_once(count: int, ask: Callable[[], Result]) -> list[Result]:
    """Answers to as many requests as there are threads, all sent in the same moment."""
    ready = threading.Barrier(count)

    def asked_together(_: int) -> Result:
        ready.wait(30)
        return ask()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(asked_together, range(count)))
