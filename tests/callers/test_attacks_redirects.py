"""Attacks on where the answer goes: addresses that look like the client's, and errors that should lead astray."""

from urllib.parse import quote, urlencode

import httpx2
import pytest

from tests.callers.intruder import asked, ear, hidden, parameters, post, web
from tests.callers.stand import BACK, Stand

FIELD = "https://field.example/back"
TABLET = "org.example.tablet:/back"
MISSES = {
    "another host": "https://evil.example/back",
    "no redirect URI": "",
    "host in capitals": "https://FIELD.example/back",
    "scheme in capitals": "HTTPS://field.example/back",
    "path in capitals": "https://field.example/Back",
    "slash at the end": f"{FIELD}/",
    "path that goes on": f"{FIELD}/more",
    "path that goes on without a slash": f"{FIELD}more",
    "another path": "https://field.example/",
    "no path": "https://field.example",
    "query": f"{FIELD}?next=https://evil.example",
    "empty query": f"{FIELD}?",
    "fragment": f"{FIELD}#evil",
    "empty fragment": f"{FIELD}#",
    "parameters of the path": f"{FIELD};x",
    "user": "https://evil@field.example/back",
    "host as user": "https://field.example@evil.example/back",
    "host and path as user": "https://field.example%2Fback@evil.example/",
    "user and password": "https://field.example:x@evil.example/back",
    "host below": "https://evil.field.example/back",
    "host above": "https://example/back",
    "host as the beginning of another": "https://field.example.evil.example/back",
    "host as the end of another": "https://evilfield.example/back",
    "dot at the end of the host": "https://field.example./back",
    "usual port": "https://field.example:443/back",
    "another port": "https://field.example:8443/back",
    "empty port": "https://field.example:/back",
    "http instead": "http://field.example/back",
    "no scheme": "//field.example/back",
    "path alone": "/back",
    "encoded path": "https://field.example/%62ack",
    "encoded slash": "https://field.example%2Fback",
    "encoded twice": "https://field.example/%2562ack",
    "line after it": f"{FIELD}\r\nset-cookie: a=b",
    "encoded line after it": f"{FIELD}%0d%0aset-cookie:a=b",
    "blank before it": f" {FIELD}",
    "blank after it": f"{FIELD} ",
    "tab inside": "https://field.exa\tmple/back",
    "backslash instead": "https://field.example\\back",
    "backslash before another host": "https://evil.example\\@field.example/back",
    "backslashes for slashes": "https:\\\\field.example\\back",
    "dots that go up": "https://field.example/x/../back",
    "dots that stay": "https://field.example/./back",
    "two slashes": "https://field.example//back",
    "letter of another alphabet": "https://fi\u0435ld.example/back",
    "full-width dot": "https://field\u3002example/back",
    "character without width": "https://field\u200b.example/back",
    "quotation mark": f'{FIELD}"',
    "name of this machine": "http://localhost:9/back",
    "another address of this machine": "http://127.0.0.2:9/back",
    "this machine as a number": "http://2130706433:9/back",
    "this machine in few digits": "http://127.1:9/back",
    "this machine with its scheme in capitals": "HTTP://127.0.0.1:9/back",
    "this machine with a port in more digits": "http://127.0.0.1:0009/back",
    "IPv6 address of this machine": "http://[::1]:9/back",
    "every address of this machine": "http://0.0.0.0:9/back",
    "this machine by https": "https://127.0.0.1:9/back",
    "this machine as user": "http://127.0.0.1:9@evil.example/back",
    "this machine as the beginning of a host": "http://127.0.0.1.evil.example/back",
    "port that is none": "http://127.0.0.1:99999/back",
    "port that is a text": "http://127.0.0.1:evil.example/back",
    "port with a user behind it": "http://127.0.0.1:9:@evil.example/back",
    "port in other digits": "http://127.0.0.1:\u0669/back",
    "path of this machine that goes on": f"{BACK}/../evil",
    "query of this machine": f"{BACK}?x=y",
    "script": "javascript:alert(1)//field.example/back",
    "document": "data:text/html,https://field.example/back",
    "file": "file:///back",
    "everything": "https://*/back",
    "two in one": f"{FIELD} https://evil.example/back",
    "list": f'["{FIELD}"]',
    "address of another client": TABLET,
}
PRIVATE = {
    "scheme in capitals": "ORG.example.tablet:/back",
    "two slashes": "org.example.tablet://back",
    "three slashes": "org.example.tablet:///back",
    "host": "org.example.tablet://evil.example/back",
    "no slash": "org.example.tablet:back",
    "path that goes on": f"{TABLET}/more",
    "query": f"{TABLET}?x=y",
    "scheme that goes on": "org.example.tablet.evil:/back",
    "scheme before it": "evil.org.example.tablet:/back",
    "short scheme": "tablet:/back",
}


def stays(answer: httpx2.Response) -> bool:
    """True if a request is refused on a page, and sends the browser nowhere."""
    found = answer.headers.get("content-type", "").startswith("text/html") and "refresh" not in answer.headers
    return answer.status_code == 400 and "location" not in answer.headers and found


def test_registered_addresses_are_led_to(stand: Stand):
    """The addresses that the others are near to begin a sign-in; of one on this machine the port is free (RFC 8252)."""
    good = [("field", FIELD), ("field", BACK), ("tablet", TABLET), ("field", "http://127.0.0.1:51000/back")]
    for client, address in good:
        told = web(stand).get("/oauth/authorize", params=asked(client, redirect_uri=address))
        assert told.headers["location"].startswith("/oauth/sign-in?ticket=")


@pytest.mark.parametrize("miss", MISSES)
def test_an_address_that_is_near_is_not_led_to(miss, stand: Stand):
    """It begins no sign-in and is sent no error, asked for by GET, by POST or pushed."""
    said = asked("field", redirect_uri=MISSES[miss])
    assert stays(web(stand).get("/oauth/authorize", params=said))
    assert stays(web(stand).post("/oauth/authorize", data=said))
    pushed = post(stand, "/oauth/par", said, "field")
    assert (pushed.status_code, pushed.json()["error"]) == (400, "invalid_request")
    assert MISSES[miss] == "" or MISSES[miss] not in pushed.text


@pytest.mark.parametrize("miss", PRIVATE)
def test_a_private_scheme_that_is_near_is_not_led_to(miss, stand: Stand):
    """The same of an application's own scheme."""
    assert stays(web(stand).get("/oauth/authorize", params=asked("tablet", redirect_uri=PRIVATE[miss])))


FAULTS: dict[str, dict[str, str | None]] = {
    "response type": {"response_type": "token"},
    "no response type": {"response_type": None},
    "response type that is no word": {"response_type": "t\u00f6ken\\"},
    "response mode": {"response_mode": "fragment"},
    "response mode of a form": {"response_mode": "form_post"},
    "scope": {"scope": "everything"},
    "no challenge": {"code_challenge": None},
    "prompt": {"prompt": "none"},
    "prompt that there is not": {"prompt": "\u00e9"},
    "resource": {"resource": "https://evil.example"},
    "request object": {"request": "e30.e30."},
    "state without end": {"state": "x" * 2000},
    "nonce without end": {"nonce": "x" * 2000},
    "key that is none": {"dpop_jkt": "x"},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("client", ["field", "machine", "nobody"])
def test_no_error_leads_to_an_address_that_is_not_registered(fault, client, stand: Stand):
    """Whatever else is wrong with a request, it is not sent back to a stranger's address."""
    said = asked(client, redirect_uri="https://evil.example/back", **FAULTS[fault])
    assert stays(web(stand).get("/oauth/authorize", params=said))


@pytest.mark.parametrize("fault", FAULTS)
def test_an_error_leads_to_the_client_with_its_state_and_issuer(fault, stand: Stand):
    """What is wrong goes back to the registered address, says who says so, and repeats nothing of the request but state."""
    told = web(stand).get("/oauth/authorize", params=asked("field", **FAULTS[fault]))
    back = told.headers["location"]
    said = parameters(back)
    assert (told.status_code, back.partition("?")[0]) == (303, BACK)
    assert said["iss"] == stand.url
    assert said["error"] != ""
    assert said["error_description"].isascii()
    assert said.get("state") == FAULTS[fault].get("state", "s-1")
    assert "token" not in said["error_description"]


def test_a_client_that_is_not_known_is_led_nowhere(stand: Stand):
    """Neither to the address it names nor to that of another client."""
    for client in ("nobody", "", "FIELD", "field ", "machine"):
        assert stays(web(stand).get("/oauth/authorize", params=asked(client, redirect_uri=FIELD)))


@pytest.mark.parametrize("name", ["redirect_uri", "client_id", "state", "scope", "response_type", "code_challenge"])
def test_a_parameter_that_comes_twice_is_refused(name, stand: Stand):
    """Two readers of a request could take different ones; not even an equal one is taken."""
    said = asked("field", scope="openid")
    for more in (said[name], "https://evil.example/back"):
        query = f"{urlencode(said)}&{name}={quote(more)}"
        assert stays(web(stand).get(f"/oauth/authorize?{query}"))
        assert stays(web(stand).get(f"/oauth/authorize?{name}={quote(more)}&{urlencode(said)}"))
        assert post(stand, "/oauth/par", query, "field").json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    "name", ["redirect_uri[]", "redirect_uri[0]", "redirect_uri ", " redirect_uri", "Redirect_Uri"]
)
def test_a_parameter_of_a_name_that_is_near_counts_for_nothing(name, stand: Stand):
    """It neither replaces nor adds to the one that counts."""
    said = {**asked("field", redirect_uri=None), name: BACK}
    assert stays(web(stand).get("/oauth/authorize", params=said))
    told = web(stand).get("/oauth/authorize", params={**asked("field"), name: "https://evil.example/back"})
    assert told.headers["location"].startswith("/oauth/sign-in?ticket=")


def test_a_request_is_fetched_from_nowhere(stand: Stand):
    """A request_uri is one that was pushed here: no address is looked at, and no other client's request is taken."""
    pushed = post(stand, "/oauth/par", asked("field"), "field").json()["request_uri"]
    with ear() as (address, came):
        for uri in (f"{address}/request.jwt", "file:///etc/passwd", "urn:ietf:params:oauth:request_uri:guessed"):
            assert stays(web(stand).get("/oauth/authorize", params={"client_id": "field", "request_uri": uri}))
    assert came == []
    assert stays(web(stand).get("/oauth/authorize", params={"client_id": "portal", "request_uri": pushed}))
    told = web(stand).get("/oauth/authorize", params={"client_id": "field", "request_uri": pushed, "state": "other"})
    assert told.headers["location"].startswith("/oauth/sign-in?ticket=")
    assert stays(web(stand).get("/oauth/authorize", params={"client_id": "field", "request_uri": pushed}))


def test_who_must_push_cannot_ask_in_the_browser(stand: Stand):
    """A client whose requests are pushed begins no sign-in with parameters that a browser brings."""
    assert stays(web(stand).get("/oauth/authorize", params=asked("pushing")))
    pushed = post(stand, "/oauth/par", asked("pushing"), "pushing").json()["request_uri"]
    told = web(stand).get("/oauth/authorize", params={"client_id": "pushing", "request_uri": pushed})
    assert told.headers["location"].startswith("/oauth/sign-in?ticket=")


def test_pages_of_a_sign_in_lead_nowhere_else(stand: Stand):
    """Nothing in an address or form of theirs, and no host that a request names, becomes an address to go to."""
    browser = web(stand)
    page = browser.get(browser.get("/oauth/authorize", params=asked()).headers["location"])
    for name in ("next", "return_to", "redirect", "redirect_uri", "url", "continue"):
        told = browser.get(str(page.url), params={**parameters(str(page.url)), name: "https://evil.example"})
        assert "evil.example" not in told.text + str(told.headers)
    for path in ("//evil.example/", "/\\evil.example", "/oauth/sign-in/", "/oauth//authorize", "/oauth/authorize/"):
        assert "location" not in browser.get(f"{stand.url}{path}").headers
    told = web(stand).get("/oauth/authorize", params=asked(), headers={"host": "evil.example"})
    assert told.headers["location"].startswith("/oauth/sign-in?")
    told = web(stand).get("/.well-known/openid-configuration", headers={"host": "evil.example"})
    assert "evil.example" not in told.text
    assert hidden(page)["ticket"]
