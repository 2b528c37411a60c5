"""Who asks, and for what: tokens, purposes and cases as they come over HTTP."""

import json
from urllib.parse import quote

import pytest

from hub.http_question import GRAPHQL_JSON, JSON
from tests.edge.shape import refused
from tests.edge.stand import CLERK, INSPECTION, OFFICER, PUBLIC, SERVICE
from tests.edge.wire import question

ME = "{ me { client role purpose case } }"


@pytest.fixture
def ask(client, stand):
    """Who the hub takes the caller for, or the response where it takes it for nobody."""

    def send(who=None, hub=None, accept=JSON, **headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if who is not None:
            sent["authorization"] = f"Bearer {stand.token(who)}"
        body = {"query": ME, **({} if hub is None else {"extensions": {"hub": hub}})}
        response = client.post("/graphql", json=body, headers={"accept": accept, **sent})
        return response.json()["data"]["me"] if "data" in response.json() else response

    return send


def test_without_a_token_the_caller_is_the_public(ask):
    """No credentials mean the public with its one purpose."""
    assert ask() == {"client": None, "role": "PUBLIC", "purpose": PUBLIC, "case": None}


@pytest.mark.parametrize("accept", [JSON, GRAPHQL_JSON])
@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer x",
        "Bearer a.b.c",
        "Bearer",
        "",
        "Basic dXNlcjpwYXNz",
        "Digest a",
        "Bearer e30.e30.e30",
        "Bearer " + "x" * 5_000,
        "Bearer " + "W" * 3_000 + ".e30.e30",
    ],
)
def test_a_bad_token_is_401_and_never_the_public(ask, accept, authorization):
    """What claims to be a credential and is none is refused in both media types, with a challenge."""
    response = ask(accept=accept, authorization=authorization)
    refused(response, 401, "UNAUTHENTICATED")
    challenges = 'Bearer error="invalid_token", DPoP error="invalid_token", algs="Ed25519 ES256 PS256"'
    assert response.headers["www-authenticate"] == challenges


def test_an_expired_or_altered_token_is_401(client, stand):
    """A token past its time, for another hub's client, or with one character changed, is no token."""
    good = stand.token(OFFICER)
    altered = good[:-20] + ("A" if good[-20] != "A" else "B") + good[-19:]
    for token in (stand.token(OFFICER, minutes=-1), stand.token("nobody"), altered, good + "x"):
        for path in ("/graphql?query={__typename}", "/graphql/schema"):
            refused(client.get(path, headers={"authorization": f"Bearer {token}"}), 401, "UNAUTHENTICATED")


def test_the_scheme_is_read_in_any_case(client, stand):
    """`bearer` is `Bearer`."""
    headers = {"authorization": f"bearer  {stand.token(CLERK)}"}
    assert client.post("/graphql", json={"query": ME}, headers=headers).json()["data"]["me"]["client"] == CLERK


def test_the_only_purpose_need_not_be_said(ask):
    """A client with one purpose has it without saying so, and one with several is asked, with a list to choose from."""
    assert ask(CLERK)["purpose"] == SERVICE
    for accept in (JSON, GRAPHQL_JSON):
        body = refused(ask(OFFICER, accept=accept), 400, "PURPOSE_REQUIRED")
        assert INSPECTION in body["errors"][0]["message"]


def test_the_question_itself_comes_before_the_headers(ask):
    """`extensions.hub` wins over the headers, each of its two values on its own; null says nothing."""
    said = {"purpose": INSPECTION, "case": "肇市监〔2026〕1号"}
    asked = ask(OFFICER, said, hub_purpose=SERVICE, hub_case="2")
    assert (asked["purpose"], asked["case"]) == (INSPECTION, "肇市监〔2026〕1号")
    mixed = ask(OFFICER, {"purpose": INSPECTION}, hub_purpose=SERVICE, hub_case="2")
    assert (mixed["purpose"], mixed["case"]) == (INSPECTION, "2")
    silent = ask(OFFICER, {"purpose": None, "case": None}, hub_purpose=INSPECTION, hub_case="3")
    assert (silent["purpose"], silent["case"]) == (INSPECTION, "3")
    assert ask(OFFICER, {}, hub_purpose=SERVICE)["purpose"] == SERVICE


def test_a_purpose_of_somebody_else_is_403(ask):
    """A purpose the client does not have is refused in both media types, known or not."""
    for accept in (JSON, GRAPHQL_JSON):
        for purpose in (INSPECTION, "NOTHING", quote("现场检查"), "x" * 500):
            refused(ask(CLERK, accept=accept, hub_purpose=purpose), 403, "PURPOSE_NOT_YOURS")
    refused(ask(hub_purpose=SERVICE), 403, "PURPOSE_NOT_YOURS")


@pytest.mark.parametrize("case", [None, "", "%20%09", "%E3%80%80"])
def test_a_purpose_may_need_a_case(ask, case):
    """Without a case number, or with nothing but spaces, such a purpose is 400."""
    headers = {} if case is None else {"hub_case": case}
    for accept in (JSON, GRAPHQL_JSON):
        refused(ask(OFFICER, accept=accept, hub_purpose=INSPECTION, **headers), 400, "CASE_REQUIRED")


def test_a_case_is_percent_encoded_utf8(ask):
    """Chinese case numbers travel in a header as percent-encoded UTF-8; spaces around them are dropped."""
    asked = ask(OFFICER, hub_purpose=quote(INSPECTION), hub_case=quote(" 肇市监检〔2024〕18号 "))
    assert asked["case"] == "肇市监检〔2024〕18号"
    assert ask(OFFICER, hub_purpose=INSPECTION, hub_case="100%")["case"] == "100%"


@pytest.mark.parametrize("raw", [b"%FF", b"%E4%BD", b"\xe4\xbd\xa0", b"\xff", b"%C0%80", b"%ED%A0%80"])
@pytest.mark.parametrize("name", ["hub-case", "hub-purpose"])
def test_a_header_that_is_not_utf8_is_400(wire, raw, name):
    """Raw bytes and broken encodings are refused rather than guessed at, for the case goes on record."""
    body = json.dumps({"query": ME}).encode()
    headers = {"content-type": b"application/json", name: raw}
    answered = wire.exchange(question("POST", b"/graphql", headers, body))
    refused(answered, 400, "BAD_REQUEST")


@pytest.mark.parametrize("case", ["x" * 65, "%00", "a%0Ab", "%E2%80%AE1"])
def test_a_case_is_short_and_printable(ask, case):
    """Control characters and long texts are no case number."""
    refused(ask(OFFICER, hub_purpose=INSPECTION, hub_case=case, accept=GRAPHQL_JSON), 400, "BAD_USER_INPUT")


@pytest.mark.parametrize("name", ["authorization", "hub-purpose", "hub-case", "hub-on-denied", "content-type"])
def test_a_header_that_decides_stands_once(client, name):
    """Two tokens, purposes or cases in one request are refused: proxies could read the other one."""
    headers = [("content-type", JSON), (name, "quiet"), (name, "partial")]
    refused(
        client.request("POST", "/graphql", content=b'{"query":"{__typename}"}', headers=headers), 400, "BAD_REQUEST"
    )


@pytest.mark.parametrize("value", ["all", "", "partial,quiet", "部分".encode()])
def test_an_unknown_wish_about_denials_is_400(client, value):
    """`Hub-On-Denied` takes four words."""
    refused(client.post("/graphql", json={"query": ME}, headers={"hub-on-denied": value}), 400, "BAD_REQUEST")


def test_the_schema_follows_the_caller(client, stand):
    """Each caller gets the SDL of what it holds, for its purpose, and nobody else keeps it."""
    public = client.get("/graphql/schema")
    officer = {"authorization": f"Bearer {stand.token(OFFICER)}", "hub-purpose": SERVICE}
    assert public.headers["content-type"] == "text/plain; charset=utf-8"
    assert public.headers["cache-control"] == "private, no-store"
    assert "type Entity" in public.text
    assert "legalRepresentative" not in public.text
    assert "legalRepresentative" in client.get("/graphql/schema", headers=officer).text
    refused(client.get("/graphql/schema", headers={**officer, "hub-purpose": "NOTHING"}), 403, "PURPOSE_NOT_YOURS")
    refused(client.get("/graphql/schema", headers={"authorization": officer["authorization"]}), 400, "PURPOSE_REQUIRED")
