"""`/status`: how the sources are, for anybody, never cached, and nothing more than the public may know."""

import pytest

from schema.enums import SourceState
from tests.edge.shape import leaks, refused
from tests.edge.stand import OFFICER

PUBLIC = {
    "name",
    "label",
    "department",
    "state",
    "stateLabel",
    "stateLabelEn",
    "since",
    "lastAnsweredAt",
    "asOf",
    "lagDays",
    "records",
}


def test_status_is_plain_json_for_anybody(client):
    """It needs no credentials, is never cached, and tells of every source of the hub with its state in both languages."""
    response = client.get("/status")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    body = response.json()
    assert body["status"] == "ok"
    assert "许可库" in {line["label"] for line in body["sources"]}
    for line in body["sources"]:
        assert set(line) == PUBLIC
        state = SourceState[line["state"]]
        assert (line["stateLabel"], line["stateLabelEn"]) == (state.zh, state.en)
        assert line["records"]
    assert leaks(response.text) is None


def test_status_is_known_before_the_first_question(stand, client):
    """The hub checks at its start what nobody has asked yet."""
    client.get("/status")
    assert {line["state"] for line in client.get("/status").json()["sources"]} == {"ANSWERING"}


@pytest.mark.parametrize("accept", ["text/html,*/*;q=0.8", "application/json", "application/xml"])
def test_status_is_json_whatever_is_accepted(client, accept):
    """A browser gets the same JSON."""
    assert client.get("/status", headers={"accept": accept}).json()["status"] == "ok"


def test_status_says_the_same_to_everybody(stand, client):
    """A token changes nothing, not even a bad one: it is not looked at."""
    plain = client.get("/status").json()
    for token in (stand.token(OFFICER), stand.token(OFFICER, minutes=-1), "x"):
        told = client.get("/status", headers={"authorization": f"Bearer {token}"})
        assert (told.status_code, told.json()) == (200, plain)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_status_is_only_read(client, method):
    """Any other method is refused in the one error shape."""
    refused(client.request(method, "/status"), 405, "METHOD_NOT_ALLOWED")


def test_the_root_field_says_the_same(client):
    """`sources` gives the public the same names and states."""
    query = "{ sources { name label department state records { record } operations { calls } } }"
    lines = client.post("/graphql", json={"query": query}).json()["data"]["sources"]
    assert [(line["name"], line["state"]) for line in lines] == [
        (line["name"], line["state"]) for line in client.get("/status").json()["sources"]
    ]
    assert {line["operations"] for line in lines} == {None}
