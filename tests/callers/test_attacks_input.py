"""Attacks with what no browser and no client sends: bytes that are no text, endless ones, other methods, other kinds of bodies."""

import json
from typing import Any
from urllib.parse import quote, urlencode

import httpx2
import pytest

from tests.callers.intruder import CHALLENGE, Browser, asked, hidden, place, post, web
from tests.callers.stand import PASSWORD, Stand

PROGRAMS = ["/oauth/token", "/oauth/par", "/oauth/introspect", "/oauth/revoke", "/oauth/device"]
PAGES = [
    "/oauth/authorize",
    "/oauth/sign-in",
    "/oauth/second-factor",
    "/oauth/enrolment",
    "/oauth/password",
    "/oauth/consent",
    "/oauth/device/confirm",
    "/oauth/sign-out",
]
FORM = "application/x-www-form-urlencoded"
CONTENTS: dict[str, bytes] = {
    "nothing": b"",
    "an equals sign": b"=",
    "ampersands": b"&&&&",
    "semicolons": b"a=1;b=2",
    "encoded bytes that are no text": b"client_id=%ff%fe&token=%c3%28",
    "half a character": b"client_id=%ed%a0%80",
    "bytes that are no text": b"client_id=\xff\xfe",
    "a name that is no text": b"%ff=1",
    "zero": b"client_id=a%00b&grant_type=client_credentials",
    "zero in a name": b"client%00_id=x",
    "raw zero": b"client_id=a\x00b",
    "half an escape": b"client_id=%&token=%4",
    "JSON": b'{"client_id": "machine"}',
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "endless": b"client_id=" + b"x" * 20_000,
    "an endless name": b"x" * 16_000 + b"=1",
    "many fields": b"&".join(b"f%d=1" % number for number in range(200)),
    "one field often": b"&".join([b"client_id=machine"] * 30),
    "one resource often": b"client_id=machine&client_secret=x&" + b"&".join([b"resource=x"] * 30),
    "lists and objects": b"client_id[]=a&client_id[b]=c&client_id=%7B%7D",
    "lines": b"client_id=a%0d%0aset-cookie:%20b=c&state=%0d%0a",
    "a text that goes right to left": "client_id=\u202e\u0000x".encode().replace(b"\x00", b""),
    "SQL": b"client_id='%20OR%201%3D1--&code='%3B%20DROP%20TABLE%20people%3B--&token='",
    "numbers beyond numbers": b"max_age=" + b"9" * 500 + b"&client_id=portal",
    "a formula of a template": b"client_id=%7B%7B7*7%7D%7D&ticket=%7B%25%20x%20%25%7D",
}


def is_refused(answer: httpx2.Response, kinds: set[str]) -> bool:
    """True for a refusal in one of the shapes that readers know, with nothing of the hub's inside."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if not 400 <= answer.status_code < 500 or kind not in kinds:
        return False
    if kind == "text/html":
        return 'lang="zh-CN"' in answer.text and "Traceback" not in answer.text
    told: dict[str, Any] = answer.json()
    return set(told) <= {"error", "error_description", "state"} or {"errors", "extensions"} == set(told)


@pytest.mark.parametrize("content", CONTENTS)
def test_a_body_that_is_none_is_refused_by_every_endpoint(content, stand: Stand):
    """In the shape of RFC 6749, without a failure, and without repeating what was sent."""
    for path in PROGRAMS:
        for client in ("", "machine"):
            told = post(stand, path, CONTENTS[content], client)
            assert is_refused(told, {"application/json"}), (path, told.status_code, told.text)
            assert told.headers["cache-control"] == "no-store"
            assert "DROP TABLE" not in told.text


@pytest.mark.parametrize("content", CONTENTS)
def test_a_body_that_is_none_is_refused_by_every_page(content, stand: Stand):
    """As a page, for a browser that is in the middle of a sign-in and for one that is not."""
    browser = Browser(stand)
    ticket = hidden(browser.begin())["ticket"]
    for path in PAGES[:-1]:
        address = f"{path}?ticket={ticket}" if path != "/oauth/authorize" else path
        for one in (browser.web, web(stand)):
            told = one.post(address, content=CONTENTS[content], headers={"content-type": FORM, "origin": stand.url})
            led = told.status_code == 303 and told.headers["location"].startswith("/oauth/sign-in?")
            assert led or is_refused(told, {"text/html"}), (path, told.status_code, told.text)
            assert "{{7*7}}" not in told.text


def test_what_has_no_end_is_not_read_to_its_end(stand: Stand):
    """A body or address beyond the usual is refused for its length, whatever stands in it."""
    for number in (16_400, 200_000):
        for path in [*PROGRAMS, "/oauth/authorize"]:
            told = web(stand).post(path, content=b"client_id=" + b"x" * number, headers={"content-type": FORM})
            assert told.status_code == 413
    assert web(stand).get("/oauth/authorize", params={"client_id": "x" * 16_400}).status_code == 414


@pytest.mark.parametrize("content", CONTENTS)
def test_a_query_that_is_none_is_refused_by_every_page(content, stand: Stand):
    """The same where it stands in the address."""
    browser = Browser(stand)
    browser.begin()
    for path in PAGES[:-1]:
        told = browser.web.get(f"{path}?{quote(CONTENTS[content], safe='=&%;[]')}")
        led = told.status_code == 303 and told.headers["location"].startswith("/oauth/")
        assert led or is_refused(told, {"text/html"}), (path, told.status_code, told.text)


@pytest.mark.parametrize(
    "kind",
    ["", "application/json", "text/plain", "multipart/form-data; boundary=x", "application/xml", "\u00e9", "x" * 500],
)
def test_a_body_of_another_kind_is_refused(kind, stand: Stand):
    """Only forms are taken: what browsers send from other sites without asking first is not read as something else."""
    said = {b"content-type": kind.encode("latin-1")}
    for path in PROGRAMS:
        told = web(stand).post(path, content=b'{"grant_type":"client_credentials"}', headers=said)
        assert (told.status_code, told.json()["error"]) == (415, "invalid_request")
    assert web(stand).post("/oauth/authorize", content=b"x=1", headers=said).status_code == 415


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "PROPFIND"])
def test_another_method_is_refused(method, stand: Stand):
    """Endpoints for programs are posted to, pages are got and posted to; nothing else does anything."""
    paths = [path for path in PROGRAMS if path != "/oauth/device"]
    paths += [] if method in {"GET", "HEAD"} else [*PAGES, "/oauth/jwks", "/.well-known/openid-configuration"]
    for path in paths:
        told = web(stand).request(method, path, params={"grant_type": "client_credentials", "token": "x"})
        assert told.status_code == 405
        assert "POST" in told.headers["allow"] or "GET" in told.headers["allow"]
        assert method == "HEAD" or is_refused(told, {"application/json"})
    assert web(stand).request("HEAD", "/oauth/sign-out").status_code == 200


COOKIES = [
    b"hub_flow=" + b"x" * 200,
    b"hub_flow=\xff\xfe; hub_session=\xe9; hub_browser=\xe9.\xe9",
    b"hub_flow=; hub_session=; hub_browser=.",
    b"hub_flow",
    b";;;=;=x;hub_flow==",
    b'hub_session="\\";x"; hub_flow="a"',
    b"; ".join(b"c%d=%d" % (number, number) for number in range(500)),
    b"hub_session=a; hub_session=b; hub_flow=c; hub_flow=d",
    b"hub_session=" + b"x" * 8000,
    b"hub_session=%00; hub_flow=%ff",
    b"hub_browser=" + b"x" * 60 + b"." + b"0" * 64,
]


@pytest.mark.parametrize("number", range(len(COOKIES)))
def test_cookies_that_are_none_sign_nobody_in(number, stand: Stand):
    """Whatever stands in a cookie, a sign-in begins anew, and its pages stay closed."""
    said = {b"cookie": COOKIES[number]}
    told = web(stand).get("/oauth/authorize", params=asked(), headers=said)
    assert told.headers["location"].startswith("/oauth/sign-in?")
    for path in PAGES[1:6]:
        told = web(stand).get(path, params={"ticket": "x"}, headers=said)
        assert (told.status_code, told.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert web(stand).get("/oauth/sign-out", headers=said).status_code == 200
    assert web(stand).get("/oauth/device", headers=said).status_code == 200


HEADERS: list[dict[bytes, bytes]] = [
    {b"authorization": b"Basic " + b"QUFB" * 3000},
    {b"authorization": b"Bearer " + b"a." * 4000},
    {b"authorization": b"DPoP", b"dpop": b"x"},
    {b"authorization": b"\xff"},
    {b"dpop": b"\xff.\xff.\xff"},
    {b"dpop": b"x" * 9000},
    {b"origin": b"\xff", b"sec-fetch-site": b"\xff"},
    {b"x-forwarded-for": b",".join([b"1.2.3.4"] * 500)},
    {b"x-forwarded-for": b"\xff, [::1, ::ffff:1.2.3.4, 999.1.1.1"},
    {b"content-encoding": b"gzip"},
    {b"accept": b"\xff", b"accept-language": b"x" * 5000},
    {b"x-forwarded-proto": b"javascript", b"x-forwarded-host": b"evil.example", b"x-original-url": b"/oauth/consent"},
    {b"x-http-method-override": b"DELETE"},
]


@pytest.mark.parametrize("number", range(len(HEADERS)))
def test_headers_that_are_none_make_nothing_fail(number, stand: Stand):
    """Every endpoint and page answers as it does without them, or refuses."""
    said = HEADERS[number]
    for path in PROGRAMS:
        told = web(stand).post(path, data={"client_id": "nobody"}, headers=said)
        assert is_refused(told, {"application/json"}), (path, told.status_code, told.text)
    told = web(stand).get("/oauth/authorize", params=asked(), headers=said)
    assert told.headers["location"].startswith("/oauth/sign-in?")
    assert web(stand).get("/oauth/userinfo", headers=said).status_code == 401
    for path in ("/oauth/sign-in", "/oauth/consent"):
        assert web(stand).get(path, headers=said).status_code == 400


def test_a_head_without_end_is_refused(stand: Stand):
    """Before anything of it is looked at, and nothing else comes to harm."""
    for name in ("cookie", "authorization", "x-anything"):
        try:
            told = web(stand).get("/oauth/authorize", headers={name: "x" * 100_000})
            assert told.status_code in {400, 413, 431}
        except httpx2.TransportError:
            pass
    assert web(stand).get("/oauth/authorize", params=asked()).status_code == 303


TYPED: list[dict[str, str]] = [
    {"username": "x" * 10_000},
    {"username": "\u0000clerk"},
    {"username": "clerk\u0000"},
    {"username": "\ud7ff\ufffe\U0010ffff"},
    {"username": "' OR '1'='1' --"},
    {"username": "clerk", "password": "x" * 12_000},
    {"username": "clerk", "password": "\ufdfa" * 250},
    {"username": "%", "password": "%"},
    {"username": "clerk", "password": PASSWORD + "\u0000"},
    {"username": "", "password": ""},
    {"username": "clerk", "password": PASSWORD + " "},
    {"username": "clerk", "password": f" {PASSWORD}"},
    {"username": "clerk", "password": PASSWORD.upper()},
]


@pytest.mark.parametrize("number", range(len(TYPED)))
def test_what_is_typed_signs_in_only_if_it_is_right(number, fresh_tries, stand: Stand):
    """Names and passwords of any characters and length are wrong, or refused, and nothing fails."""
    browser = Browser(stand)
    told = browser.post(browser.begin(), **TYPED[number])
    assert told.status_code in {400, 401, 413, 429}
    assert "hub_session" not in browser.web.cookies


@pytest.mark.parametrize("name", ["%ff", "%ed%a0%80", "clerk%c3", "%00", "clerk%00"])
def test_a_name_that_is_no_text_is_refused(name, stand: Stand):
    """In a form that is the page's own, too, and before anybody is looked for."""
    browser = Browser(stand)
    page = browser.begin()
    content = f"{urlencode(hidden(page))}&username={name}&password={quote(PASSWORD)}"
    told = browser.web.post(str(page.url), content=content, headers={"content-type": FORM, "origin": stand.url})
    assert (told.status_code, is_refused(told, {"text/html"})) == (400, True)


@pytest.fixture
def fresh_tries(stand: Stand) -> None:
    """Nobody has tried anything yet: these tries are no attack on those of other tests."""
    stand.act(lambda ledger: ledger.connection.exec_driver_sql("DELETE FROM attempts"))


def test_a_decision_is_one_of_two(stand: Stand):
    """Whatever else the button says, nobody has agreed."""
    for decision in ("", "ALLOW", "allow ", "yes", "true", "1", "allow\u0000", "allow,allow"):
        browser = Browser(stand)
        page = browser.consent("clerk")
        told = browser.post(page, decision=decision)
        assert "code=" not in told.headers.get("location", "")


def test_what_a_request_says_beside_is_not_kept(stand: Stand):
    """Parameters that nobody asked for fill no store."""
    said = {**asked(), **{f"more{number}": "x" * 900 for number in range(15)}}
    assert web(stand).get("/oauth/authorize", params=said).status_code == 303
    kept = stand.act(
        lambda ledger: ledger.connection.exec_driver_sql(
            "SELECT max(length(parameters)) FROM pending_requests"
        ).scalar()
    )
    assert kept < 5000
    assert CHALLENGE in json.dumps(said)


def test_a_user_code_is_found_as_people_type_it_and_not_otherwise(stand: Stand):
    """Blanks, dashes and small letters do not matter; patterns of a database mean nothing."""
    code = post(stand, "/oauth/device", {"client_id": "tablet"}).json()["user_code"]
    browser = Browser(stand)
    page = browser.web.get("/oauth/device")
    for typed in ("%", "________", f"{code[:8]}_", "' OR 1=1"):
        assert browser.post(page, user_code=typed).status_code == 400
    stand.act(lambda ledger: ledger.connection.exec_driver_sql("DELETE FROM attempts"))
    page = browser.follow(browser.post(page, user_code=f" {code.lower().replace('-', ' ')} "))
    assert place(page) == "/oauth/sign-in"
