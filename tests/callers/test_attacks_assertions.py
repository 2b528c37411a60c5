"""Attacks on how clients prove themselves: assertions that are not theirs, secrets that are not, keys that are weak."""

import base64
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from hub.callers.client_secrets import BadKeyError, add_key, add_secret, read_public, withdraw
from tests.callers.intruder import ASSERTED, KEY_NAMES, NOT_PROVEN, assertion, at_once, encoded, proven, signed, web
from tests.callers.stand import Stand

STRANGE = OKPKey.generate_key("Ed25519")


@pytest.fixture(scope="module")
def other(stand: Stand) -> OKPKey:
    """A key of a client that has a secret besides, and proves itself by that."""
    key = OKPKey.generate_key("Ed25519", {"kid": "other"})
    stand.act(lambda ledger: add_key(ledger.connection, "machine", ledger.now, 90, key.as_dict(private=False)))
    stand.keys["other"] = key
    return key


@pytest.mark.parametrize("alg", KEY_NAMES)
def test_the_assertion_that_is_changed_is_good(alg, stand):
    """What follows is refused for what was changed: unchanged it proves the client, with each kind of key."""
    assert proven(stand, assertion(stand, alg)).status_code == 200
    assert proven(stand, assertion(stand, alg, header_kid=None, aud=[f"{stand.url}/oauth/token"])).status_code == 200


def _plain(key: Key) -> RSAKey:
    """The same key, for any algorithm."""
    return RSAKey.import_key({name: value for name, value in key.as_dict(private=True).items() if name != "alg"})


def _under(head: str, signature: str | None = None) -> Callable[[Stand], str]:
    """An assertion under another header, its signature kept or another."""

    def made(stand: Stand) -> str:
        _, body, kept = assertion(stand).split(".")
        return f"{encoded(head)}.{body}.{kept if signature is None else signature}"

    return made


FALSE: dict[str, Callable[[Stand], str]] = {
    "for another server": lambda stand: assertion(stand, aud="https://elsewhere.example"),
    "for another server beside this one": lambda stand: assertion(stand, aud=[stand.url, "https://elsewhere.example"]),
    "for an address that begins alike": lambda stand: assertion(stand, aud=f"{stand.url}.evil.example"),
    "for the questions": lambda stand: assertion(stand, aud=f"{stand.url}/graphql"),
    "for the client itself": lambda stand: assertion(stand, aud="signing"),
    "for nobody": lambda stand: assertion(stand, aud=None),
    "by another": lambda stand: assertion(stand, iss="machine"),
    "by nobody": lambda stand: assertion(stand, iss=None),
    "about another": lambda stand: assertion(stand, sub="machine"),
    "by and about another": lambda stand: assertion(stand, iss="machine", sub="machine"),
    "about a list": lambda stand: assertion(stand, sub=["signing"]),
    "that is over": lambda stand: assertion(stand, exp=int(time.time()) - 60),
    "without an end": lambda stand: assertion(stand, exp=None),
    "with an end that is a text": lambda stand: assertion(stand, exp="soon"),
    "with an end that is no number": lambda stand: assertion(stand, exp=float("nan")),
    "for a day": lambda stand: assertion(stand, exp=int(time.time()) + 86_400),
    "that has not begun": lambda stand: assertion(stand, nbf=int(time.time()) + 300),
    "from the future": lambda stand: assertion(stand, iat=int(time.time()) + 300),
    "without a name": lambda stand: assertion(stand, jti=None),
    "with a short name": lambda stand: assertion(stand, jti="1"),
    "with a name that is a number": lambda stand: assertion(stand, jti=123456789),
    "unsigned": _under('{"alg":"none"}', ""),
    "unsigned, its signature kept": _under('{"alg":"none","kid":"ed"}'),
    "by a strange key": lambda stand: assertion(stand, key=STRANGE),
    "by a strange key without a name": lambda stand: assertion(stand, key=STRANGE, header_kid=None),
    "by another client's key": lambda stand: assertion(stand, key=stand.keys["other"], header_kid=None),
    "by another client's key, named": lambda stand: assertion(stand, key=stand.keys["other"], header_kid="other"),
    "by the hub's key": lambda stand: assertion(stand, key=stand.hub.attendant.keys.token, header_kid=None),
    "under the name of another key": lambda stand: assertion(stand, header_kid="ec"),
    "under the name of no key": lambda stand: assertion(stand, header_kid="../ed"),
    "under a name that is a list": _under('{"alg":"Ed25519","kid":["ed"]}'),
    "by an algorithm that is not taken": lambda stand: assertion(
        stand, "RS256", _plain(stand.keys["PS256"]), header_kid="rsa"
    ),
    "by a MAC with the public key": lambda stand: assertion(
        stand,
        "HS256",
        OctKey.import_key(base64.urlsafe_b64decode(f"{stand.keys['Ed25519'].as_dict(private=False)['x']}=")),
        header_kid=None,
    ),
    "with a key of its own": lambda stand: assertion(
        stand, key=STRANGE, header_kid=None, header_jwk=STRANGE.as_dict(private=False)
    ),
    "with keys elsewhere": lambda stand: assertion(
        stand, key=STRANGE, header_kid=None, header_jku="https://x.example/"
    ),
    "with what must be understood": lambda stand: assertion(stand, header_crit=["cty"], header_cty="x"),
    "with its subject twice": lambda stand: signed(
        {"alg": "Ed25519", "kid": "ed"},
        f'{{"sub":"signing","iss":"machine","sub":"machine","aud":"{stand.url}","exp":{int(time.time()) + 60},'
        '"jti":"twice-subject"}'.encode(),
        stand.keys["Ed25519"],
    ),
    "that goes deep": lambda stand: signed(
        {"alg": "Ed25519", "kid": "ed"}, b'{"sub":"signing","x":' + b"[" * 2000, stand.keys["Ed25519"]
    ),
    "without end": lambda stand: assertion(stand, pad="x" * 5000),
    "of two parts": lambda stand: "a.b",
    "of no JSON": lambda stand: f"{encoded('x')}.{encoded('y')}.{encoded('z')}",
    "of a list": lambda stand: f"{encoded('[]')}.{encoded('[]')}.{encoded('z')}",
    "that is not ASCII": lambda stand: "\u00e9.\u00e9.\u00e9",
}


@pytest.mark.parametrize("false", FALSE)
def test_a_false_assertion_proves_nobody(false, stand, other):
    """Whatever is wrong with it, the answer is the same, and no failure of the hub's."""
    told = proven(stand, FALSE[false](stand))
    assert (told.status_code, told.json()) == (400, NOT_PROVEN)


def test_an_assertion_proves_once(stand):
    """Shown again, here or at another endpoint, it proves nothing; of twenty at once one does."""
    made = assertion(stand)
    assert proven(stand, made).status_code == 200
    for path in ("token", "par", "introspect", "revoke"):
        assert proven(stand, made, path, token="x").json() == NOT_PROVEN
    made = assertion(stand)
    assert sorted(at_once(20, lambda: proven(stand, made).status_code)) == [200] + 19 * [400]
    again = assertion(stand, jti="the-same-name"), assertion(stand, "ES256", jti="the-same-name")
    assert [proven(stand, one).status_code for one in again] == [200, 400]


@pytest.mark.parametrize(
    "more",
    [
        {"client_id": "machine"},
        {"client_id": "field"},
        {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"},
        {"client_assertion_type": ""},
    ],
)
def test_an_assertion_is_that_of_the_client_that_is_named(more, stand):
    """Beside the name of another client, or as something else, it proves nobody."""
    assert proven(stand, assertion(stand), **more).json() == NOT_PROVEN


def test_a_client_proves_itself_in_one_way(stand):
    """Two ways at once are refused: a check might look at one and the rest of the hub at the other."""
    own = ("machine", stand.secrets["machine"])
    ways: list[dict[str, Any]] = [
        {"data": {"client_secret": own[1], "client_id": "machine"}, "auth": own},
        {"data": {"client_assertion": assertion(stand), "client_assertion_type": ASSERTED}, "auth": own},
        {"data": {"client_assertion": assertion(stand), "client_assertion_type": ASSERTED, "client_secret": own[1]}},
        {"data": {"client_assertion_type": ASSERTED}, "auth": own},
    ]
    for way in ways:
        form = {"grant_type": "client_credentials", **way["data"]}
        told = web(stand).post("/oauth/token", data=form, auth=way.get("auth", httpx2.USE_CLIENT_DEFAULT))
        assert (told.status_code, told.json()["error"]) == (400, "invalid_request")
    told = web(stand).post("/oauth/token", data={"grant_type": "client_credentials", "client_id": "auditor"}, auth=own)
    assert told.json() == NOT_PROVEN


@pytest.mark.parametrize("way", ["basic", "post"])
def test_a_secret_opens_its_own_client(way, stand):
    """Nobody comes in with another's secret, with part of it, with none, or where a key or nothing is asked for."""
    right = stand.secrets["machine"]
    pairs = [("machine", secret) for secret in ("x", right[:-1], f"{right}x", right.upper(), f" {right}", right * 10)]
    pairs += [("machine", stand.secrets["field"]), ("auditor", right), ("signing", right), ("tablet", right)]
    pairs += [
        ("Machine", right),
        ("machine ", right),
        ("nobody", right),
        ("machine\u0000", right),
        ("mach\u00efne", right),
    ]
    # Somebody gave secrets to clients that prove themselves by a key, or not at all.
    for client in ("signing", "tablet"):
        if client not in stand.secrets:
            stand.secrets[client] = stand.act(
                lambda ledger, to=client: add_secret(ledger.connection, to, ledger.now, 1)
            )[1]
        pairs.append((client, stand.secrets[client]))
    for client, secret in pairs:
        form = {"grant_type": "client_credentials"}
        if way == "basic":
            told = web(stand).post("/oauth/token", data=form, auth=(client, secret))
            assert told.headers["www-authenticate"].startswith("Basic ")
        else:
            told = web(stand).post("/oauth/token", data={**form, "client_id": client, "client_secret": secret})
        refused = {"error": "invalid_request"} if "\u0000" in client and way == "post" else NOT_PROVEN
        assert told.json().items() >= refused.items()
        assert told.status_code == (401 if way == "basic" else 400)


@pytest.mark.parametrize(
    "head",
    [
        b"Basic",
        b"Basic %",
        b"Basic /////w==",
        b"Basic \xe9\xe9",
        b"Basic Og==",
        b"Basic bWFjaGluZQ==",
        b"Bearer x",
    ],
)
def test_a_head_that_proves_nothing_is_refused(head, stand):
    """Nothing that stands where a secret should makes the hub fail."""
    told = web(stand).post("/oauth/token", data={"grant_type": "client_credentials"}, headers={b"authorization": head})
    assert (told.status_code, told.json()) == (401, NOT_PROVEN)


def test_secrets_and_keys_end(stand):
    """One that was withdrawn, or whose time is over, opens nothing from then on."""
    form = {"grant_type": "client_credentials"}
    made, secret = stand.act(lambda ledger: add_secret(ledger.connection, "machine", ledger.now, 1))
    _, late = stand.act(lambda ledger: add_secret(ledger.connection, "machine", ledger.now - 86_400, 1))
    assert web(stand).post("/oauth/token", data=form, auth=("machine", secret)).status_code == 200
    assert web(stand).post("/oauth/token", data=form, auth=("machine", late)).json() == NOT_PROVEN
    assert stand.act(lambda ledger: withdraw(ledger.connection, made.id, ledger.now))
    assert web(stand).post("/oauth/token", data=form, auth=("machine", secret)).json() == NOT_PROVEN
    key = OKPKey.generate_key("Ed25519", {"kid": "short-lived"})
    made = stand.act(lambda ledger: add_key(ledger.connection, "signing", ledger.now, 1, key.as_dict(private=False)))
    assert proven(stand, assertion(stand, key=key, header_kid="short-lived")).status_code == 200
    assert stand.act(lambda ledger: withdraw(ledger.connection, made.id, ledger.now))
    assert proven(stand, assertion(stand, key=key, header_kid="short-lived")).json() == NOT_PROVEN


def _rsa(bits: int, before: bytes = b"", exponent: int = 65537) -> dict[str, str]:
    """An RSA key of so many bits; `before` stands before its modulus."""
    e = exponent.to_bytes((exponent.bit_length() + 7) // 8)
    return {"kty": "RSA", "n": encoded(before + (2**bits - 1).to_bytes(bits // 8)), "e": encoded(e)}


WEAK: dict[str, Any] = {
    "short RSA": _rsa(1024),
    "RSA that looks longer than it is": _rsa(1024, bytes(128)),
    "RSA that is a little short": _rsa(2040),
    "endless RSA": _rsa(4104),
    "RSA with an endless exponent": _rsa(2048, exponent=2**2000 + 1),
    "another curve": ECKey.generate_key("P-384").as_dict(private=False),
    "a curve of coins": ECKey.generate_key("secp256k1").as_dict(private=False),
    "key for agreement": OKPKey.generate_key("X25519").as_dict(private=False),
    "symmetric": {"kty": "oct", "k": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    "private": RSAKey.generate_key(2048).as_dict(private=True),
    "of no kind": {"kty": ["OKP"]},
    "not whole": {"kty": "EC", "crv": "P-256"},
    "no key": [],
}


@pytest.mark.parametrize("weak", WEAK)
def test_a_weak_key_is_not_registered(weak):
    """Short, of another curve, symmetric or private: it becomes no client's key."""
    with pytest.raises(BadKeyError):
        read_public(WEAK[weak])
