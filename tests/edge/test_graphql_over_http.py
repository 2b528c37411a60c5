"""GraphQL over HTTP: which status, which media type, which method. (The working draft of the GraphQL Foundation.)"""

import json
import shutil
import subprocess
from urllib.parse import urlencode

import pytest

from hub.http_question import GRAPHQL_JSON, JSON, media_type, wants_page
from tests.edge.shape import refused
from tests.edge.stand import CODE

GOOD = "{ __typename }"
NAME = f'{{ entity(uscc: "{CODE}") {{ name }} }}'
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


def post(client, accept=JSON, **parameters):
    """The response to a question."""
    return client.post("/graphql", json=parameters, headers={"accept": accept})


def get(client, accept=JSON, **parameters):
    """The response to a question in the address."""
    return client.get("/graphql", params=parameters, headers={"accept": accept})


@pytest.mark.parametrize("accept", [JSON, GRAPHQL_JSON])
def test_an_answer_is_200_in_the_type_asked_for(client, accept):
    """A good question is 200 and its answer has the media type that was asked for, in UTF-8."""
    response = post(client, accept, query=NAME)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.json()["data"]["entity"]["name"] == "华为技术有限公司"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query A { __typename } query B { __typename }"}, "OPERATION_NOT_FOUND"),
        ({"query": GOOD, "operationName": "Absent"}, "OPERATION_NOT_FOUND"),
        ({"query": "query($a: String!) { catalogue(record: $a) { field } }"}, "BAD_USER_INPUT"),
        ({"query": '{ entity(uscc: "5") { name } }'}, "USCC_FORMAT"),
        ({"query": '{ entities(after: "5") { edges { cursor } } }'}, "BAD_CURSOR"),
        ({"query": "mutation { a }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "{" + "a:__typename " * 900 + "}"}, "QUERY_TOO_COMPLEX"),
    ],
)
def test_a_refused_question_follows_the_media_type(client, parameters, code):
    """A well-formed question that is refused is 400 in the GraphQL media type and 200 in plain JSON."""
    refused(post(client, GRAPHQL_JSON, **parameters), 400, code)
    refused(post(client, JSON, **parameters), 200, code)


@pytest.mark.parametrize("accept", [JSON, GRAPHQL_JSON])
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b'[{"query":"{__typename}"}]', b"5", b'"{__typename}"', b"{}", b'{"query":null}']
    + [b'{"query":%s}' % value for value in (b"5", b"true", b"[]", b"{}", b'" "')]
    + [b'{"query":"{__typename}","operationName":%s}' % value for value in (b"5", b"true", b"[]", b"{}")]
    + [b'{"query":"{__typename}","variables":%s}' % value for value in (b"5", b"true", b"[]", b'"{}"')]
    + [b'{"query":"{__typename}","extensions":%s}' % value for value in (b"5", b"true", b"[]", b'"{}"')]
    + [b'{"query":"{__typename}","extensions":{"hub":%s}}' % value for value in (b"5", b"true", b"[]", b'"a"')]
    + [b'{"query":"{__typename}","extensions":{"hub":{"purpose":%s}}}' % value for value in (b"5", b"[]", b"{}")],
)
def test_what_is_no_question_is_400(client, accept, body):
    """A body that holds no question is 400 in both media types; a list of questions is none."""
    headers = {"accept": accept, "content-type": JSON}
    refused(client.post("/graphql", content=body, headers=headers), 400, "BAD_REQUEST")


@pytest.mark.parametrize("parameters", [{"variables": None, "operationName": None, "extensions": None}, {"hub": 1}])
def test_null_and_unknown_parameters_say_nothing(client, parameters):
    """A parameter that is null, or that nobody knows, changes nothing."""
    assert post(client, query=GOOD, **parameters).json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, {JSON}", GRAPHQL_JSON),
        (f"{JSON}, {GRAPHQL_JSON}", JSON),
        (f"{JSON};q=0.9, {GRAPHQL_JSON};q=0.8", JSON),
        (f"{JSON};q=0.5, {GRAPHQL_JSON};q=0.8", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};q=0.2, */*", JSON),
        (f"{JSON};q=0, */*", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};q=0, */*;q=0.1", JSON),
        (f'{JSON.upper()} ; charset = "UTF-8"', JSON),
        (f"text/html, {GRAPHQL_JSON};q=0.1", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};charset=gb18030, */*;q=0.1", JSON),
        (BROWSER, JSON),
        ("text/html", None),
        (f"{JSON};q=0", None),
        (f"{JSON};q=nan", None),
        (f"{JSON};q=high", None),
        (f"{JSON};charset=gb18030", None),
        ("*/*;q=0", None),
        ("application/xml", None),
        (";,;q=1,,", None),
    ],
)
def test_the_answer_has_the_type_that_is_most_wanted(client, accept, answered):
    """Accept is read with qualities and ranges; without it the answer is JSON, and where nothing fits it is 406."""
    assert media_type(accept) == answered
    response = client.post("/graphql", json={"query": GOOD}, headers={"accept": accept})
    if answered is None:
        refused(response, 406, "NOT_ACCEPTABLE")
    else:
        assert response.headers["content-type"] == f"{answered}; charset=utf-8"


def test_several_accept_headers_are_one(client):
    """A list may be spread over headers."""
    response = client.post(
        "/graphql", json={"query": GOOD}, headers=[("accept", "text/html"), ("accept", GRAPHQL_JSON)]
    )
    assert response.headers["content-type"] == f"{GRAPHQL_JSON}; charset=utf-8"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": GRAPHQL_JSON},
        {"content-type": "application/graphql"},
        {"content-type": "application/jsonp"},
        {"content-type": "application/json; charset=gb18030"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": JSON, "content-encoding": "gzip"},
        {"content-type": JSON, "content-encoding": "deflate, gzip"},
    ],
)
def test_a_body_of_another_kind_is_415(client, headers):
    """Only plain JSON in UTF-8 is read; a form in particular is not, so no page elsewhere can post a question."""
    content = json.dumps({"query": GOOD}).encode()
    refused(client.post("/graphql", content=content, headers=headers), 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "written", ["application/json", "Application/JSON;charset=UTF-8", 'application/json ; charset="utf8"']
)
def test_json_in_utf8_is_read_however_it_is_named(client, written):
    """Case, space and quotes in the content type do not matter."""
    content = json.dumps({"query": NAME}, ensure_ascii=False).encode()
    headers = {"content-type": written, "content-encoding": "identity"}
    assert client.post("/graphql", content=content, headers=headers).json()["data"]["entity"]


def test_get_takes_all_four_parameters(client):
    """A question may stand in the address: query, operationName, variables, extensions."""
    text = "query A { __typename } query B($code: USCC!) { entity(uscc: $code) { name } }"
    extensions = json.dumps({"hub": {"purpose": "PUBLIC_QUERY"}})
    response = get(client, query=text, operationName="B", variables=json.dumps({"code": CODE}), extensions=extensions)
    assert response.json()["data"]["entity"]["name"] == "华为技术有限公司"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "query=",
        "query=%FF",
        "query=%E4%BD",
        "query={__typename}&query={__typename}",
        "query={__typename}&variables={",
        "query={__typename}&variables=[]",
        "query={__typename}&variables=5",
        "query={__typename}&extensions=NaN",
        "query={__typename}&extensions={%22hub%22:5}",
        "variables={}",
        "&".join(f"a{number}=1" for number in range(40)),
    ],
)
def test_an_address_without_a_question_is_400(client, query):
    """Whatever in the address cannot be read is 400, in both media types."""
    for accept in (JSON, GRAPHQL_JSON):
        refused(client.get(f"/graphql?{query}", headers={"accept": accept}), 400, "BAD_REQUEST")


def test_empty_parameters_in_the_address_say_nothing(client):
    """`variables=` is no value, not a wrong one."""
    assert get(client, query=GOOD, variables="", extensions="", operationName="").json()["data"]


@pytest.mark.parametrize("operation", ["mutation", "subscription"])
def test_only_queries_come_with_get(client, operation):
    """A mutation in an address is 405 in both media types, whatever it says, and names the method that would do."""
    for accept in (JSON, GRAPHQL_JSON):
        response = get(client, accept, query=f"{operation} {{ a }}")
        refused(response, 405, "MUTATION_OVER_GET")
        assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/graphql", "/graphql/schema", "/graphql/enums", "/healthz", "/readyz"])
def test_another_method_is_405_and_names_those_allowed(client, method, path):
    """An address says which methods it takes; there is no preflight that another site could pass."""
    response = client.request(method, path)
    refused(response, 405, "METHOD_NOT_ALLOWED")
    allowed = {"GET", "HEAD", "POST"} if path == "/graphql" else {"GET", "HEAD"}
    assert set(response.headers["allow"].split(", ")) == allowed
    assert not [name for name in response.headers if name.startswith("access-control")]


def test_head_is_get_without_a_body(client):
    """HEAD answers as GET would and sends nothing."""
    response = client.head("/graphql", params={"query": GOOD})
    assert (response.status_code, response.content) == (200, b"")
    assert client.head("/graphql").status_code == 400


def test_a_long_body_is_413(client, stand):
    """A body or an address over the limit is refused, and the connection serves on."""
    limit = stand.hub.settings.limits.body_bytes
    body = json.dumps({"query": GOOD, "pad": "x" * limit}).encode()
    headers = {"content-type": JSON}
    refused(client.post("/graphql", content=body, headers=headers), 413, "PAYLOAD_TOO_LARGE")
    chunks = (body[start : start + 9_000] for start in range(0, len(body), 9_000))
    refused(client.post("/graphql", content=chunks, headers=headers), 413, "PAYLOAD_TOO_LARGE")
    assert post(client, query=GOOD).status_code == 200


def test_a_browser_is_told_from_a_client():
    """Who names HTML before JSON wants the page."""
    assert wants_page(BROWSER)
    assert not wants_page("*/*")
    assert not wants_page(f"{JSON}, text/html")
    assert wants_page(f"text/html, {JSON}")


def test_a_question_in_a_browser_is_answered(client):
    """An address with a question is answered even where HTML would be welcome."""
    response = client.get(f"/graphql?{urlencode({'query': GOOD})}", headers={"accept": BROWSER})
    assert response.json()["data"] == {"__typename": "Query"}


@pytest.mark.long
def test_every_audit_of_the_foundation_passes(stand, tmp_path):
    """The reference implementation's own audits all pass: 61 at the time of writing."""
    if shutil.which("npm") is None:
        pytest.skip("no npm")
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(tmp_path)]
    if subprocess.run([*install, "graphql-http@1", "graphql@16"], check=False, timeout=120).returncode:
        pytest.skip("graphql-http cannot be installed")
    script = tmp_path / "audit.mjs"
    script.write_text(
        'import { auditServer } from "graphql-http";\n'
        "const results = await auditServer({ url: process.argv[2] });\n"
        "console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));\n"
    )
    run = subprocess.run(["node", str(script), f"{stand.url}/graphql"], capture_output=True, check=True, timeout=120)
    audits = json.loads(run.stdout)
    assert len(audits) >= 61
    assert not [audit for audit in audits if audit["status"] != "ok"]
