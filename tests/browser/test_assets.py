"""Static files over the wire: hashed addresses, long caching, nothing but what was read at start."""

import asyncio
import gzip
import json
from contextlib import closing
from hashlib import sha256
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from starlette.requests import Request

from hub.web import assets
from hub.web.assets import Asset, asset_url

LONG = "public, max-age=31536000, immutable"


@pytest.fixture
def get(small_hub):
    """Sends a path exactly as written, as no well-behaved client would."""

    def send(path, **headers):
        with closing(HTTPConnection(urlsplit(small_hub.url).netloc, timeout=10)) as connection:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response, response.read()

    return send


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("graphiql.js", "text/javascript; charset=utf-8"),
        ("hub.css", "text/css; charset=utf-8"),
        ("hub.svg", "image/svg+xml"),
        ("vendor/graphiql/LICENSES.txt", "text/plain; charset=utf-8"),
    ],
)
def test_a_file_is_sent_with_its_type_and_long_caching(get, path, media_type):
    """Each kind of file has its media type, may be kept for a year and is never guessed at."""
    response, body = get(asset_url(path))
    assert (response.status, response.headers["content-type"]) == (200, media_type)
    assert response.headers["cache-control"] == LONG
    assert response.headers["x-content-type-options"] == "nosniff"
    assert body


def test_a_file_is_compressed_for_those_who_can(get):
    """The same bytes come plain or as gzip, told apart for caches."""
    url = asset_url("vendor/graphiql/graphiql.min.js")
    _, plain = get(url)
    response, packed = get(url, **{"Accept-Encoding": "br, gzip;q=0.5"})
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["vary"] == "accept-encoding"
    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain) / 4
    refused, _ = get(url, **{"Accept-Encoding": "gzip;q=0, identity"})
    assert "content-encoding" not in refused.headers


@pytest.mark.parametrize("accepted", [b"identity", b"gzip"])
@pytest.mark.parametrize("change", [lambda file: file.write_text("a {}"), lambda file: file.unlink()])
def test_a_file_that_is_no_more_what_it_was_is_not_sent(tmp_path, monkeypatch, accepted, change):
    """An address stands for content: another content is kept under it by nobody."""
    file = tmp_path / "a.css"
    file.write_text("b {}")
    known = {"f/a.css": Asset(file, "text/css", sha256(file.read_bytes()).digest(), "f")}
    monkeypatch.setattr(assets, "_by_address", lambda: known)
    change(file)
    asked = {"type": "http", "path_params": {"address": "f/a.css"}, "headers": [(b"accept-encoding", accepted)]}
    response = asyncio.run(assets._serve(Request(asked)))
    assert (response.status_code, response.headers["cache-control"]) == (404, "no-store")


def test_a_known_file_is_not_sent_twice(get):
    """A client that names the tag it holds gets 304 and no body."""
    url = asset_url("graphiql.js")
    first, _ = get(url)
    again, body = get(url, **{"If-None-Match": first.headers["etag"]})
    assert (again.status, body) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/graphiql.js",
        "/static/0000000000000000/graphiql.js",
        "{folder}/../assets.py",
        "{folder}/..%2fassets.py",
        "{folder}/%2e%2e/%2e%2e/assets.py",
        "{folder}//etc/passwd",
        "{folder}/..\\assets.py",
        "{folder}/graphiql.js%00",
        "{folder}/vendor/.gitattributes",
        "/static/%ff",
    ],
)
def test_everything_else_is_not_found(get, path):
    """An address that was not given out answers 404 in the shape of every error of the hub."""
    response, body = get(path.format(folder=asset_url("graphiql.js").rsplit("/", 1)[0]))
    assert response.status == 404
    (error,) = json.loads(body)["errors"]
    assert error["extensions"]["requestId"]
    assert error["extensions"]["code"] == "NOT_FOUND"


def test_neighbours_share_a_hash():
    """Files that may name each other by relative address stand in one folder address."""
    own = {asset_url(name).split("/")[2] for name in ("graphiql.js", "hub.css", "graphiql-page.css")}
    vendored = {asset_url(f"vendor/graphiql/graphiql.min.{kind}").split("/")[2] for kind in ("js", "css")}
    assert len(own) == len(vendored) == 1
    assert own != vendored


def test_an_unknown_file_has_no_address():
    """A template that names a missing file fails at once."""
    with pytest.raises(LookupError, match="missing"):
        asset_url("missing.css")
