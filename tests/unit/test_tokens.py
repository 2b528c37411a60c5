"""Tokens: one good form, and every other one is refused."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey, RSAKey

from auth.caller import Caller, Client
from auth.roles import Role
from auth.scopes import Scope
from auth.signer import ALGORITHM
from auth.tokens import LEEWAY, LONGEST, MAX_TOKEN_CHARS, Terms, TokenIssuer, TokenVerifier
from tests.unit.signing import ring_of

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
KEY = OKPKey.generate_key("Ed25519", {"kid": "k1"})
OTHER = OKPKey.generate_key("Ed25519", {"kid": "k1"})
CLIENT = Client("clerk", "窗口", "hall", Role.CLERK, ("SERVICE", "APPROVAL"))
RING = ring_of(KEY)
ISSUER = TokenIssuer(RING, "http://hub.example", "hub")
VERIFIER = TokenVerifier(RING, "http://hub.example", ["hub"], {"clerk": CLIENT})
HEADER = {"alg": ALGORITHM, "typ": "at+jwt", "kid": "k1"}


def claims(**changed: Any) -> dict[str, Any]:
    """Claims of a good token, some of them changed; None leaves one out."""
    at = int(NOW.timestamp())
    made = {
        "iss": "http://hub.example",
        "aud": "hub",
        "sub": "clerk",
        "client_id": "clerk",
        "iat": at,
        "exp": at + 60,
        **changed,
    }
    return {name: value for name, value in made.items() if value is not None}


def signed(payload: object, key: Any = KEY, algorithm: str = ALGORITHM, **header: Any) -> str:
    """A token over any payload, signed by any key."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return jws.serialize_compact({**HEADER, "alg": algorithm, **header}, body, key, algorithms=[algorithm])


def encoded(raw: bytes) -> str:
    """Base 64 as tokens write it."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def by_hand(header: dict[str, Any], payload: dict[str, Any], signature: bytes | None = None) -> str:
    """A token put together without a library."""
    parts = [encoded(json.dumps(part).encode()) for part in (header, payload)]
    signing = ".".join(parts).encode()
    public = KEY.as_pem(private=False)
    made = hmac.new(public, signing, sha256).digest() if signature is None else signature
    return f"{signing.decode()}.{encoded(made)}"


def test_good_token_is_its_client():
    """A token that was just issued stands for its client, with its end, and narrows nothing."""
    found = VERIFIER.verify(ISSUER.issue("clerk", NOW, timedelta(minutes=5)), NOW)
    assert found == Caller(CLIENT, expires=NOW + timedelta(minutes=5))
    assert found.allowed_purposes() == ("SERVICE", "APPROVAL")


def test_token_narrows_purposes_scopes_and_names_a_person():
    """What a token carries narrows its client; purposes the client lacks are not added."""
    token = ISSUER.issue(
        "clerk",
        NOW,
        timedelta(minutes=5),
        Terms(person="张三", purposes=["APPROVAL", "FINANCE"], scopes=[Scope.ENTITY_IDENTITY]),
    )
    found = VERIFIER.verify(token, NOW)
    assert isinstance(found, Caller)
    assert found.allowed_purposes() == ("APPROVAL",)
    assert (found.person, found.scopes) == ("张三", frozenset({Scope.ENTITY_IDENTITY}))


@pytest.mark.parametrize("text", ["", "opaque", "a.b", "a.b.c.d", "a.b.c.d.e"])
def test_text_of_another_form_is_not_ours(text):
    """What has not three parts is no token of this kind, which is neither good nor bad."""
    assert VERIFIER.verify(text, NOW) is None


def test_token_ends():
    """A token holds before its end and not at it."""
    token = ISSUER.issue("clerk", NOW, timedelta(seconds=60))
    assert isinstance(VERIFIER.verify(token, NOW + timedelta(seconds=59)), Caller)
    assert VERIFIER.verify(token, NOW + timedelta(seconds=60)) == "EXPIRED"


def test_token_from_the_future_is_refused():
    """A clock may be a few seconds ahead, not more."""
    token = ISSUER.issue("clerk", NOW, timedelta(seconds=60))
    assert isinstance(VERIFIER.verify(token, NOW - LEEWAY), Caller)
    assert VERIFIER.verify(token, NOW - LEEWAY - timedelta(seconds=1)) == "INVALID"


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(signed(claims(), OTHER), id="signed by another key of the same name"),
        pytest.param(signed(claims(), kid="k2"), id="unknown key"),
        pytest.param(by_hand({**HEADER, "alg": "none"}, claims(), b""), id="unsigned"),
        pytest.param(by_hand({**HEADER, "alg": "None"}, claims(), b""), id="unsigned, spelled otherwise"),
        pytest.param(by_hand({**HEADER, "alg": "HS256"}, claims()), id="the public key as a shared secret"),
        pytest.param(by_hand(HEADER, claims()), id="a MAC under the right name"),
        pytest.param(signed(claims(), RSAKey.generate_key(2048, {"kid": "k1"}), "RS256"), id="another kind of key"),
        pytest.param(signed(claims(), typ="JWT"), id="another type"),
        pytest.param(signed(claims(), typ="application/at+jwt"), id="the type in long form"),
        pytest.param(signed(b"[]"), id="claims that are a list"),
        pytest.param(signed(b"{}"), id="no claims"),
        pytest.param(signed(b"\xff\xfe"), id="claims that are no text"),
        pytest.param(signed(claims(aud="other")), id="another audience"),
        pytest.param(signed(claims(aud=["hub", "other"])), id="several audiences"),
        pytest.param(signed(claims(iss="http://other.example")), id="another issuer"),
        pytest.param(signed(claims(client_id="stranger", sub="stranger")), id="unknown client"),
        pytest.param(signed(claims(client_id=None)), id="no client"),
        pytest.param(signed(claims(client_id=["clerk"])), id="a client that is a list"),
        pytest.param(signed(claims(sub="stranger")), id="another subject than its client"),
        pytest.param(signed(claims(person="p1")), id="a person who is not its subject"),
        pytest.param(signed(claims(exp=int((NOW + LONGEST).timestamp()) + 1)), id="a life that is too long"),
        pytest.param(signed(claims(cnf="key")), id="a key that is a text"),
        pytest.param(signed(claims(cnf={"jkt": "k", "jwk": {}})), id="a key in two ways"),
        pytest.param(signed(claims(standing=["health", "CLERK", {}])), id="another department than its client's"),
        pytest.param(signed(claims(standing=["hall", "OFFICER", {}])), id="a stronger role than its client's"),
        pytest.param(signed(claims(standing=["hall", "KING", {}])), id="a role that is none"),
        pytest.param(signed(claims(standing=["hall", "CLERK", {"division": "23"}])), id="a binding that is a text"),
        pytest.param(signed(claims(standing={})), id="a standing of another form"),
        pytest.param(by_hand({k: v for k, v in HEADER.items() if k != "kid"}, claims()), id="no key named"),
        pytest.param(signed(claims(), jku="https://evil.example/jwks"), id="a key from elsewhere"),
        pytest.param(signed(claims(), x5u="https://evil.example/pem"), id="a certificate from elsewhere"),
        pytest.param(signed(claims(), jwk=OTHER.as_dict(private=False)), id="a key of its own"),
        pytest.param(signed(claims(exp=None)), id="no end"),
        pytest.param(signed(claims(exp="soon")), id="an end that is a text"),
        pytest.param(signed(claims(exp=True)), id="an end that is a truth"),
        pytest.param(signed(claims(exp=2**40)), id="an end after the end of time"),
        pytest.param(signed(claims(exp=-1)), id="an end before time"),
        pytest.param(signed(claims(iat=None)), id="no beginning"),
        pytest.param(signed(claims(purposes="SERVICE")), id="purposes that are a text"),
        pytest.param(signed(claims(purposes=[1])), id="purposes that are numbers"),
        pytest.param(signed(claims(scope="entity.everything")), id="unknown scope"),
        pytest.param(signed(claims(scope=["entity.identity"])), id="scopes that are a list"),
    ],
)
def test_bad_token_is_invalid(token):
    """Whatever is not signed by our key for us, about a client of ours, is invalid, and never the public."""
    assert VERIFIER.verify(token, NOW) == "INVALID"


def test_critical_header_is_refused():
    """An extension that must be understood is not, whatever it says."""
    token = by_hand({**HEADER, "crit": ["exp"], "exp": 1}, claims(), b"x" * 64)
    assert VERIFIER.verify(token, NOW) == "INVALID"


def test_changed_token_is_invalid():
    """Any changed character of a token makes it invalid."""
    token = ISSUER.issue("clerk", NOW, timedelta(minutes=5))
    for place in range(0, len(token) - 1, 7):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert not isinstance(VERIFIER.verify(changed, NOW), Caller)


def test_large_token_is_refused_unread():
    """Beyond the size limit nothing is parsed."""
    assert VERIFIER.verify(signed(claims(pad="x" * MAX_TOKEN_CHARS)), NOW) == "INVALID"


def test_empty_lists_narrow_to_nothing():
    """A token that lists no purpose and no scope leaves none; that is not the same as listing nothing."""
    found = VERIFIER.verify(signed(claims(purposes=[], scope="")), NOW)
    assert isinstance(found, Caller)
    assert found.allowed_purposes() == ()
    assert found.scopes == frozenset()
