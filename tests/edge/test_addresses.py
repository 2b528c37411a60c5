"""What is served beside questions: the page and its files, enumerations, health, and nothing else."""

import re

import pytest

from hub.http_question import GRAPHQL_JSON
from schema.enums import ENUMS
from tests.edge.shape import check_refusal, refused

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_a_browser_gets_the_page(client):
    """The page comes with a policy that allows its own scripts only, and may not be framed."""
    response = client.get("/graphql", headers={"accept": BROWSER})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"


def test_every_file_of_the_page_is_served(client):
    """Whatever the page names is there, and nothing of it lies elsewhere."""
    page = client.get("/graphql", headers={"accept": BROWSER}).text
    named = re.findall(r'(?:src|href)="([^"#]+)"', page)
    assert len(named) >= 3
    for address in named:
        assert address.startswith("/static/")
        assert client.get(address).status_code == 200


def test_every_enumeration_has_its_labels(client):
    """Every enumeration of the schema stands there with Chinese and English for itself and each of its values."""
    served = client.get("/graphql/enums").json()
    assert set(served) == set(ENUMS)
    for name, (enum, _) in ENUMS.items():
        assert _CHINESE.search(served[name]["label"]), name
        assert served[name]["labelEn"], name
        assert [value["name"] for value in served[name]["values"]] == [member.name for member in enum]
        for value in served[name]["values"]:
            assert value["label"], (name, value)
            assert value["labelEn"], (name, value)
            assert not _CHINESE.search(value["labelEn"]), (name, value)


def test_the_enumerations_are_those_of_introspection(client):
    """A client that reads the schema finds a label for every value it meets."""
    query = "{ __schema { types { kind name enumValues(includeDeprecated: true) { name } } } }"
    types = client.post("/graphql", json={"query": query}).json()["data"]["__schema"]["types"]
    served = client.get("/graphql/enums").json()
    for one in types:
        if one["kind"] == "ENUM" and not one["name"].startswith("__"):
            assert {value["name"] for value in one["enumValues"]} <= {v["name"] for v in served[one["name"]]["values"]}


def test_health_is_plain(client):
    """The process answers for itself and, when ready, for its record."""
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/graphql/",
        "/GRAPHQL",
        "/graphql/enums/",
        "/graphql/../hub.toml",
        "/graphql/..%2f..%2fhub.toml",
        "/%2e%2e/hub.toml",
        "/.env",
        "/metrics/x",
        "//graphql",
        "/graphql;x=1",
        "/graphql%00",
        "/graphql%20",
        "/%ff",
        "/" + "x" * 10_000,
    ],
)
def test_any_other_address_is_404(client, path):
    """An unknown address is 404 in the one error shape, never a redirect to a host the caller made up."""
    refused(client.get(path, headers={"host": "elsewhere.example"}), 404, "NOT_FOUND")


def test_a_refused_address_has_the_shape_of_a_refused_question(client):
    """An error looks the same wherever it comes from: message, code, origin, retryable, request id, English."""
    bodies = [
        client.get("/nowhere").json(),
        client.delete("/graphql").json(),
        client.post("/graphql", content=b"{").json(),
        client.post("/graphql", json={"query": "{"}, headers={"accept": GRAPHQL_JSON}).json(),
        client.get("/graphql/schema", headers={"authorization": "Bearer x"}).json(),
    ]
    codes = [check_refusal(body) for body in bodies]
    assert codes == [
        "NOT_FOUND",
        "METHOD_NOT_ALLOWED",
        "UNSUPPORTED_MEDIA_TYPE",
        "GRAPHQL_PARSE_FAILED",
        "UNAUTHENTICATED",
    ]
    assert len({body["extensions"]["requestId"] for body in bodies}) == len(bodies)


def test_a_missing_file_is_refused_like_any_address(client):
    """An address under /static that names no file is 404 in the one error shape."""
    refused(client.get("/static/nothing.js"), 404, "NOT_FOUND")
