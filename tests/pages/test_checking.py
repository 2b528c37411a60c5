"""What a phone without a network checks with: the keys, the signed list, and the page that keeps them."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.code.revoked import token_digest
from tests.code.floor import open_floor, step


@pytest.fixture(scope="module")
async def floor(tmp_path_factory, anyio_backend):
    """A floor."""
    async with open_floor(tmp_path_factory.mktemp("checking")) as made:
        yield made


async def stopped(floor):
    """Lines of the list, once its signature was verified by the published key."""
    keys = (await floor.get("/codes/keys")).json()["keys"]
    signed = (await floor.get("/codes/revoked")).json()
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(keys[signed["kid"]]))
    key.verify(bytes.fromhex(signed["signature"]), signed["text"].encode())
    with pytest.raises(InvalidSignature):
        key.verify(bytes.fromhex(signed["signature"]), signed["text"].encode() + b"\n")
    tag, made, until, count, *lines = signed["text"].split("\n")
    assert (tag, made, until) == ("honesty-code-revoked-1", "2026-11-23T10:00:00+08:00", "2026-11-30T10:00:00+08:00")
    assert len(lines) == int(count)
    return dict(line.split() for line in lines)


async def test_the_list_says_what_does_not_hold(floor, monkeypatch):
    """By digests, of which nobody learns a token; each step of a life changes it; the old token stays on it."""
    monkeypatch.setattr("hub.pages.checking.KEPT", 0.0)
    token = (await floor.issued())["token"]
    assert token_digest(token) not in await stopped(floor)
    for act, letter in (("suspendCode", "S"), ("resumeCode", None), ("revokeCode", "R"), ("reissueCode", "N")):
        await floor.hall.act(floor.office, step(act))
        assert (await stopped(floor)).get(token_digest(token)) == letter
    assert token not in (await floor.get("/codes/revoked")).text


async def test_the_page_with_the_camera_keeps_to_itself(floor):
    """Its scripts are the hub's own, it alone may use the camera, and nothing is sent from it but to the hub."""
    response = await floor.get("/scan")
    policy = response.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "camera=(self)" in response.headers["permissions-policy"]
    assert "set-cookie" not in response.headers
    assert "<noscript>" in response.text


async def test_the_worker_keeps_what_there_is(floor):
    """Each address it keeps is answered, and it has no more of the site than the page of the camera."""
    response = await floor.get("/scan/offline.js")
    assert response.headers["service-worker-allowed"] == "/scan"
    kept = response.text.partition("const KEPT = [")[2].partition("]")[0].replace('"', "").split(",")
    assert "/scan" in kept
    for path in kept:
        assert (await floor.get(path)).status_code == 200
