"""Options of a source over HTTP that are refused, and answers that are read or refused, without a service."""

import pytest
from pydantic import ValidationError

from adapters import rest
from adapters.base import LOCAL, SourceBadData
from adapters.http_answer import read_json
from adapters.paths import ABSENT, find, read_path
from tests.adapters.rest_styles import options, record, service
from tests.conformance.records import MAPPINGS

ENTITY = MAPPINGS[0]


def test_other_charsets_and_large_numbers_are_read_exactly():
    """Answers in the national charset are read, and no number loses a digit."""
    text = '{"mc": "青禾", "je": 0.10, "bh": 12345678901234567890, "wan": 1e2, "kong": null}'
    for body, charset in (
        (text.encode(), None),
        (b"\xef\xbb\xbf" + text.encode(), "UTF-8"),
        (text.encode("gb18030"), "GBK"),
    ):
        found = read_json(body, charset)
        assert found["mc"] == "青禾"
        assert [str(found[name]) for name in ("je", "bh", "wan")] == ["0.10", "12345678901234567890", "1E+2"]


@pytest.mark.parametrize(
    "body",
    [b"", b"[NaN]", b'"\\ud800"', b"\xff", b"[" * 100_000, b"[1.5" + b",[" * 999, b"1" * 5000, b"{} {}", b"\xce"],
    ids=range(9),
)
def test_what_is_not_json_is_bad_data(body):
    """Everything that is not exactly one JSON value is refused, in whatever charset."""
    for charset in None, "gb18030", "x-unknown":
        with pytest.raises(SourceBadData):
            read_json(body, charset)


def test_paths_lead_through_names_and_indices():
    """A path ends at its value, at null where it passes through null, and else nowhere."""
    answer = {"a": [{"b": 1}, None], "0": {"c": None}, "n": None}
    ends = {"$": answer, "a.0.b": 1, "a.1": None, "a.1.b": None, "0.c": None, "n.x.y": None}
    assert {path: find(answer, read_path(path)) for path in ends} == ends
    assert all(find(answer, read_path(path)) is ABSENT for path in ("x", "a.2", "a.b", "a.0.b.c", "a.-1"))


REFUSED = {
    "address": {"base_url": "ftp://register.example"},
    "query": {"base_url": "https://register.example/?key=1"},
    "password": {"base_url": "https://user:secret@register.example"},
    "plain": {"base_url": "http://register.example"},
    "plain token": {
        "base_url": "https://register.example",
        "auth": {
            "way": "client_credentials",
            "token_url": "http://auth.example/token",
            "client_id": "hub",
            "client_secret": "env:HUB_TEST_SECRET",
        },
    },
    "written secret": {"auth": {"way": "key", "header": "X-Key", "key": "written down"}},
    "two lines": {"auth": {"way": "key", "header": "X-Key", "key": "env:HUB_TEST_LINES"}},
    "header": {"auth": {"way": "key", "header": "X Key", "key": "env:HUB_TEST_SECRET"}},
    "way": {"auth": {"way": "basic"}},
    "unknown": {"retries": 3},
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_unsafe_sources_are_refused(monkeypatch, change):
    """What would show keys, or is not understood, does not start; the text does not show a secret."""
    monkeypatch.setenv("HUB_TEST_SECRET", "k-7f3a9c51")
    monkeypatch.setenv("HUB_TEST_LINES", "k-7f3a9c51\nX: y")
    with pytest.raises(ValidationError) as raised:
        options(service("post"), **change)
    assert "k-7f3a9c51" not in str(raised.value)
    plain = options(service("post"), base_url="http://register.example", plain_http=True)
    assert plain.plain_http


RECORDS = {
    "no way": {"batch": (), "search": None},
    "same key": {"single": {"path": "/one/{key}"}},
    "body of get": {"batch": {"path": "/keys", "method": "GET", "body_keys": "dm"}},
    "two places": {"batch": {"path": "/keys", "body_keys": "dm", "query_keys": "dm"}},
    "query in path": {"batch": {"path": "/keys?x=1", "body_keys": "dm"}},
    "dots in path": {"batch": {"path": "/keys/../x", "body_keys": "dm"}},
    "no hole": {"batch": (), "single": {"path": "/one"}},
    "two ends": {"page": {"parameter": "page", "total": "total", "next": "next"}},
    "comparison": {"search": {"path": "/s", "parameters": {"name:LIKE": "mc"}}},
    "order alone": {"search": {"path": "/s", "orders": {"name": "mc"}, "order_parameter": "sort"}},
    "order without tie": {"search": {"path": "/s", "after": {"name": "mc"}}},
    "first without cap": {"search": {"path": "/s", "first": "limit"}},
}


@pytest.mark.parametrize("change", RECORDS.values(), ids=RECORDS)
def test_records_that_cannot_be_asked_are_refused(change):
    """A record whose options contradict themselves does not start."""
    with pytest.raises(ValidationError):
        options(service("post"), record=[record(ENTITY, "post", **change)])


FAULTS = {
    "key": ({"batch": {"key": "kind", "path": "/k", "body_keys": "dm"}}, "kind: is no key"),
    "field": ({"search": {"path": "/s", "parameters": {"nope:EQ": "x"}}}, "nope:EQ"),
    "constant": ({"search": {"path": "/s", "parameters": {"registrationAuthority:EQ": "x"}}}, "registrationAuthority"),
    "meaning": ({"search": {"path": "/s", "parameters": {"registeredCapital:GE": "x"}}}, "registeredCapital"),
    "writing": ({"search": {"path": "/s", "parameters": {"establishedOn:IN": "x"}}}, "establishedOn:IN"),
    "order": (
        {
            "search": {
                "path": "/s",
                "order_parameter": "sort",
                "orders": {"kind": "lx"},
                "after": {"kind": "lx", LOCAL: "id"},
            }
        },
        "search.orders.kind",
    ),
}


@pytest.mark.parametrize(("change", "said"), FAULTS.values(), ids=FAULTS)
def test_records_that_do_not_fit_the_schema_are_refused(catalogue, change, said):
    """What the mapping does not hold cannot be asked for; the fault names source, record and place."""
    given = options(service("post"), record=[record(ENTITY, "post", **change)])
    with pytest.raises(ValueError, match=f"source register, Entity: .*{said}"):
        rest.open_source(given, catalogue)


def test_a_missing_authority_file_is_refused(catalogue, tmp_path):
    """A source whose certificates cannot be checked does not start."""
    (tmp_path / "empty.pem").write_text("nothing", encoding="ascii")
    for file in "absent.pem", "empty.pem":
        with pytest.raises(ValueError, match="source register, ca_file"):
            rest.open_source(options(service("post"), ca_file=str(tmp_path / file)), catalogue)
