"""Attacks on proofs of possession: a bound token without its key, a proof once more, for another request, made otherwise."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from auth.roles import Role
from hub.app import wire
from hub.settings import load_settings
from tests.callers.intruder import (
    VERIFIER,
    Browser,
    asks,
    at_once,
    decoded,
    encoded,
    exchange,
    post,
    proof,
    renew,
    signed,
    token_of,
    web,
)
from tests.callers.stand import BACK, CERTIFIED, Stand, free_port, served

MINE, THEIRS = OKPKey.generate_key("Ed25519"), OKPKey.generate_key("Ed25519")
CURVE, LONG = ECKey.generate_key("P-256"), RSAKey.generate_key(2048)
FORM = {"grant_type": "client_credentials"}


@dataclass(frozen=True)
class Places:
    """Addresses at which proofs are shown, and a worker that shares the store."""

    stand: Stand
    other: str

    @property
    def token(self) -> str:
        return f"{self.stand.url}/oauth/token"

    @property
    def graphql(self) -> str:
        return f"{self.stand.url}/graphql"

    def bound(self, key: Key = MINE) -> str:
        """A token that is bound to a key."""
        told = post(self.stand, "/oauth/token", FORM, "bound", dpop=proof(key, self.token))
        assert told.json()["token_type"] == "DPoP"
        return str(told.json()["access_token"])

    def shown(self, made: str) -> httpx2.Response:
        """What a proof is answered with where tokens are issued."""
        return post(self.stand, "/oauth/token", FORM, "bound", dpop=made)


@pytest.fixture(scope="module")
def places(stand: Stand) -> Iterator[Places]:
    """The stand, and a second worker on its store."""
    port = free_port()
    with served(wire(load_settings(stand.hub.settings.folder / "hub.toml")), port):
        yield Places(stand, f"http://127.0.0.1:{port}")


@pytest.mark.parametrize(("key", "alg"), [(MINE, "Ed25519"), (CURVE, "ES256"), (LONG, "PS256")])
def test_a_bound_token_holds_with_its_key(key, alg, places):
    """With a proof of each algorithm a token is issued, and taken with another proof of the same key."""
    told = post(places.stand, "/oauth/token", FORM, "bound", dpop=proof(key, places.token, alg))
    token = told.json()["access_token"]
    made = proof(key, places.graphql, alg, token)
    assert asks(places.stand, token, "DPoP", dpop=made).status_code == 200


def test_a_bound_token_is_no_bearer_token(places):
    """Without a proof, or with one beside the wrong scheme, whoever has it has nothing."""
    token = places.bound()
    stand, made = places.stand, proof(MINE, places.graphql, token=token)
    assert asks(stand, token).status_code == 401
    assert asks(stand, token, "DPoP").status_code == 401
    assert asks(stand, token, "Bearer", dpop=made).status_code == 401
    assert web(stand).get("/oauth/userinfo", headers={"authorization": f"Bearer {token}"}).status_code == 401
    assert asks(stand, token, "DPoP", dpop=made).status_code == 200


def test_a_bearer_token_is_not_taken_with_a_proof(places):
    """A token that is bound to no key is not bound by whoever presents it."""
    token = token_of(places.stand)
    assert asks(places.stand, token, "DPoP", dpop=proof(MINE, places.graphql, token=token)).status_code == 401
    assert asks(places.stand, token).status_code == 200


def test_a_stolen_token_is_nothing_with_the_thief_s_key(places):
    """A good proof of another key than the token's does not open it."""
    token = places.bound()
    assert asks(places.stand, token, "DPoP", dpop=proof(THEIRS, places.graphql, token=token)).status_code == 401


@pytest.mark.parametrize("told", [None, "x", "another token"])
def test_a_proof_is_of_its_token(told, places):
    """Without the digest of the token it comes with, or with that of another, it is refused."""
    token = places.bound()
    other = encoded("x") if told == "x" else None
    made = (
        proof(MINE, places.graphql, token=told, ath=other) if told == "x" else proof(MINE, places.graphql, token=told)
    )
    assert asks(places.stand, token, "DPoP", dpop=made).status_code == 401


def test_a_proof_is_taken_once(places):
    """Shown again it is refused, at the worker that saw it and at one that did not."""
    token = places.bound()
    made = proof(MINE, places.graphql, token=token)
    headers = {"authorization": f"DPoP {token}", "dpop": made, "hub-purpose": "SERVICE"}
    question = {"query": "{ me { role } }"}
    assert asks(places.stand, token, "DPoP", dpop=made).status_code == 200
    assert asks(places.stand, token, "DPoP", dpop=made).status_code == 401
    assert web(places.stand).post(f"{places.other}/graphql", json=question, headers=headers).status_code == 401
    fresh = {**headers, "dpop": proof(MINE, places.graphql, token=token)}
    assert web(places.stand).post(f"{places.other}/graphql", json=question, headers=fresh).status_code == 200


def test_a_proof_is_taken_once_where_tokens_are_issued(places):
    """Of two requests for a token with one proof the second is refused, at another worker as well."""
    made = proof(MINE, places.token)
    assert places.shown(made).status_code == 200
    assert places.shown(made).json()["error"] == "invalid_dpop_proof"
    auth = ("bound", places.stand.secrets["bound"])
    again = web(places.stand).post(f"{places.other}/oauth/token", data=FORM, auth=auth, headers={"dpop": made})
    assert again.json()["error"] == "invalid_dpop_proof"


def test_of_proofs_that_come_together_one_is_taken(places):
    """Twenty requests at once with one proof bring one token."""
    made = proof(MINE, places.token)
    told = at_once(20, lambda: places.shown(made).status_code)
    assert sorted(told) == [200] + 19 * [400]


def _crafted(**header: object) -> str:
    """A proof whose header is as told, under some signature."""
    return ".".join([encoded(json.dumps(header)), encoded("{}"), encoded(b"x" * 64)])


def _by_rsa(key: rsa.RSAPrivateKey, at: str, before: bytes = b"") -> str:
    """A good proof by a key that joserfc would not make; `before` stands before its modulus."""
    public = key.public_key().public_numbers()
    n, e = (number.to_bytes((number.bit_length() + 7) // 8) for number in (public.n, public.e))
    jwk = {"kty": "RSA", "n": encoded(before + n), "e": encoded(e)}
    claims = {"htm": "POST", "htu": at, "iat": int(time.time()), "jti": secrets.token_urlsafe(12)}
    text = f"{encoded(json.dumps({**_HEADER, 'alg': 'PS256', 'jwk': jwk}))}.{encoded(json.dumps(claims))}"
    signature = key.sign(text.encode(), padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    return f"{text}.{encoded(signature)}"


def _short() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024)  # noqa: S505 - it is to be refused


def _slow() -> rsa.RSAPrivateKey:
    """A key whose two exponents have changed places, so that to check a signature costs what to make one does."""
    key = rsa.generate_private_key(65537, 2048).private_numbers()
    crt = rsa.rsa_crt_dmp1(65537, key.p), rsa.rsa_crt_dmq1(65537, key.q), key.iqmp
    return rsa.RSAPrivateNumbers(
        key.p, key.q, 65537, *crt, rsa.RSAPublicNumbers(key.d, key.public_numbers.n)
    ).private_key()


def test_a_proof_by_a_key_made_otherwise_is_good(places):
    """A proof by an RSA key that is long enough is taken, whoever made it: the next ones are refused for their keys."""
    assert places.shown(_by_rsa(rsa.generate_private_key(65537, 2048), places.token)).status_code == 200


def _jwk(key: Key, **more: str) -> dict[str, object]:
    return {**{n: v for n, v in key.as_dict(private=False).items() if n in {"kty", "crv", "x", "y", "n", "e"}}, **more}


_NOW = int(time.time())
_HEADER = {"typ": "dpop+jwt", "alg": "Ed25519"}
_HMAC = OctKey.generate_key(256)
BAD: dict[str, Callable[[str], str]] = {
    "of another method": lambda at: proof(MINE, at, htm="GET"),
    "of another method, in small letters": lambda at: proof(MINE, at, htm="post"),
    "of no method": lambda at: proof(MINE, at, htm=None),
    "of another path": lambda at: proof(MINE, at.replace("token", "revoke")),
    "of a path with more": lambda at: proof(MINE, f"{at}/"),
    "of another host": lambda at: proof(MINE, at.replace("127.0.0.1", "localhost")),
    "of another port": lambda at: proof(MINE, at.replace(":", ":1", 2).replace("http:1", "http:")),
    "of another scheme": lambda at: proof(MINE, at.replace("http:", "https:")),
    "of no address": lambda at: proof(MINE, at, htu=None),
    "of an address that is a list": lambda at: proof(MINE, at, htu=[at]),
    "of two minutes ago": lambda at: proof(MINE, at, iat=_NOW - 3600),
    "of the future": lambda at: proof(MINE, at, iat=_NOW + 3600),
    "of no moment": lambda at: proof(MINE, at, iat=None),
    "of a moment that is a text": lambda at: proof(MINE, at, iat=str(_NOW)),
    "of a moment that is no number": lambda at: proof(MINE, at, iat=float("nan")),
    "of an endless moment": lambda at: proof(MINE, at, iat=float("inf")),
    "without a name": lambda at: proof(MINE, at, jti=None),
    "with a short name": lambda at: proof(MINE, at, jti="1234567"),
    "with a name that is a number": lambda at: proof(MINE, at, jti=12345678),
    "with an endless name": lambda at: proof(MINE, at, jti="x" * 300),
    "for a token": lambda at: proof(MINE, at, token="x"),
    "of another type": lambda at: proof(MINE, at, header_typ="JWT"),
    "of no type": lambda at: proof(MINE, at, header_typ=None),
    "with a private key": lambda at: proof(MINE, at, header_jwk=MINE.as_dict(private=True)),
    "with another key than it is signed with": lambda at: proof(MINE, at, header_jwk=_jwk(THEIRS)),
    "with no key": lambda at: proof(MINE, at, header_jwk=None),
    "with a key by its name": lambda at: proof(MINE, at, header_jwk=None, header_kid="ed"),
    "with a key from elsewhere": lambda at: proof(MINE, at, header_jwk=None, header_jku="https://x.example/jwks"),
    "with a critical header": lambda at: proof(MINE, at, header_crit=["cty"], header_cty="x"),
    "with a certificate in its key": lambda at: proof(MINE, at, header_jwk=_jwk(MINE, x5u="https://x.example/")),
    "with a symmetric key": lambda at: proof(_HMAC, at, "HS256", header_jwk=_HMAC.as_dict(private=True)),
    "with the public key as a secret": lambda at: proof(
        OctKey.import_key(MINE.public_key.public_bytes_raw()), at, "HS256", header_jwk=_jwk(MINE)
    ),
    "unsigned": lambda at: proof(MINE, at).rpartition(".")[0] + ".",
    "unsigned on purpose": lambda at: _crafted(typ="dpop+jwt", alg="none", jwk=_jwk(MINE)).rpartition(".")[0] + ".",
    "of an algorithm that is not taken": lambda at: proof(LONG, at, "RS256"),
    "of a longer curve": lambda at: proof(ECKey.generate_key("P-384"), at, "ES384"),
    "of another curve under the right name": lambda at: _crafted(
        **_HEADER | {"alg": "ES256"}, jwk=_jwk(ECKey.generate_key("P-384"))
    ),
    "of a key for another algorithm": lambda at: _crafted(**_HEADER, jwk=_jwk(CURVE)),
    "of a short key": lambda at: _by_rsa(_short(), at),
    "of a short key that looks long": lambda at: _by_rsa(_short(), at, bytes(128)),
    "of a key whose signatures take long": lambda at: _by_rsa(_slow(), at),
    "of a key of no kind": lambda at: _crafted(**_HEADER, jwk={"kty": []}),
    "of a key that is a text": lambda at: _crafted(**_HEADER, jwk="x"),
    "of a key that is not whole": lambda at: _crafted(**_HEADER, jwk={"kty": "OKP", "crv": "Ed25519"}),
    "of a key on no curve": lambda at: _crafted(
        **_HEADER | {"alg": "ES256"}, jwk={**_jwk(CURVE), "x": "AQ", "y": "AQ"}
    ),
    "of an algorithm that is a list": lambda at: _crafted(typ="dpop+jwt", alg=["Ed25519"], jwk=_jwk(MINE)),
    "that goes deep": lambda at: signed({**_HEADER, "jwk": _jwk(MINE)}, b'{"jti":' + b"[" * 2500, MINE),
    "that is a list": lambda at: signed({**_HEADER, "jwk": _jwk(MINE)}, b"[]", MINE),
    "of no text": lambda at: signed({**_HEADER, "jwk": _jwk(MINE)}, b"\xff\xfe", MINE),
    "that is endless": lambda at: proof(MINE, at, pad="x" * 5000),
    "of two parts": lambda at: "a.b",
    "that is nothing": lambda at: "..",
    "twice": lambda at: f"{proof(MINE, at)}, {proof(MINE, at)}",
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_proof_brings_no_token(bad, places):
    """Whatever is wrong with a proof, the answer is the same refusal, and no failure of the hub's."""
    told = places.shown(BAD[bad](places.token))
    assert (told.status_code, told.json()["error"]) == (400, "invalid_dpop_proof")


@pytest.mark.parametrize(
    "changed",
    [
        {"htm": "GET"},
        {"htu": "http://127.0.0.1:9/graphql"},
        {"iat": _NOW - 3600},
        {"jti": "short"},
        {"header_typ": "JWT"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_bad_proof_opens_no_token(changed, places):
    """At the questions, too, a proof of the token itself is refused for anything else that is wrong with it."""
    token = places.bound()
    made = proof(MINE, places.graphql, token=token, **changed)
    assert asks(places.stand, token, "DPoP", dpop=made).status_code == 401


@pytest.mark.parametrize("bad", ["that goes deep", "of a key of no kind", "that is nothing", "twice"])
def test_what_is_no_proof_is_refused_like_a_bad_one(bad, places):
    """Nothing that stands where a proof should makes the hub fail."""
    assert asks(places.stand, places.bound(), "DPoP", dpop=BAD[bad](places.graphql)).status_code == 401


def test_two_proofs_are_none(places):
    """A request with two proofs is refused wherever proofs are shown: readers could differ in which one counts."""
    token, stand = places.bound(), places.stand
    made = [("dpop", proof(MINE, places.token)), ("dpop", proof(THEIRS, places.token))]
    auth = ("bound", stand.secrets["bound"])
    assert web(stand).post("/oauth/token", data=FORM, auth=auth, headers=made).json()["error"] == "invalid_dpop_proof"
    made = [("dpop", proof(key, places.graphql, token=token)) for key in (MINE, THEIRS)]
    head = [("authorization", f"DPoP {token}"), ("hub-purpose", "SERVICE")]
    assert web(stand).post("/graphql", json={"query": "{ me { role } }"}, headers=[*head, *made]).status_code == 400
    person = Browser(stand).tokens("clerk", scope="openid")["access_token"]
    address = f"{stand.url}/oauth/userinfo"
    shown = [("authorization", f"Bearer {person}"), ("authorization", f"DPoP {token}")]
    shown += [("dpop", proof(MINE, address, token=token, htm="GET"))]
    assert web(stand).get("/oauth/userinfo", headers=shown).status_code == 401


def test_a_client_for_bound_tokens_gets_no_others(places):
    """Leaving the proof out brings no bearer token, by whichever way the client asks."""
    stand = places.stand
    code = Browser(stand).code("clerk", "bound")
    assert exchange(stand, code, "bound").json()["error"] == "invalid_dpop_proof"
    assert post(stand, "/oauth/token", FORM, "bound").json()["error"] == "invalid_dpop_proof"


def test_a_code_is_exchanged_with_the_key_it_was_asked_for_with(places):
    """A request that names a key gives a code that nobody else can use, not even with a proof of their own."""
    stand, said = places.stand, {"redirect_uri": BACK, "code_verifier": VERIFIER}
    code = Browser(stand).code("clerk", dpop_jkt=MINE.thumbprint())
    form = {**said, "grant_type": "authorization_code", "code": code}
    assert exchange(stand, code).json()["error"] == "invalid_grant"
    told = post(stand, "/oauth/token", form, "portal", dpop=proof(THEIRS, places.token))
    assert told.json()["error"] == "invalid_grant"
    assert post(stand, "/oauth/token", form, "portal", dpop=proof(MINE, places.token)).status_code == 200


def test_a_refresh_token_is_renewed_with_a_proof(places):
    """Of a client that proves itself it is renewed with some key, never without: no bearer token comes of a bound one."""
    stand, said = places.stand, {"redirect_uri": BACK, "code_verifier": VERIFIER}
    form = {**said, "grant_type": "authorization_code", "code": Browser(stand).code("clerk")}
    first = post(stand, "/oauth/token", form, "portal", dpop=proof(MINE, places.token)).json()
    assert renew(stand, first["refresh_token"]).json()["error"] == "invalid_dpop_proof"
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    told = post(stand, "/oauth/token", form, "portal", dpop=proof(THEIRS, places.token)).json()
    assert decoded(told["access_token"])["cnf"] == {"jkt": THEIRS.thumbprint()}
    assert renew(stand, told["refresh_token"]).json()["error"] == "invalid_dpop_proof"


def test_a_refresh_token_of_a_public_client_stays_with_its_key(places):
    """There the key is all that is proven: without it, or with another, nothing is renewed, and no family ends."""
    stand, browser = places.stand, Browser(places.stand)
    stand.add("keyed", Role.OFFICER, certificate_no=CERTIFIED)
    said = {"client_id": "tablet", "redirect_uri": BACK, "code_verifier": VERIFIER}
    form = {**said, "grant_type": "authorization_code", "code": browser.code("keyed", "tablet")}
    told = post(stand, "/oauth/token", form, dpop=proof(MINE, places.token)).json()
    for _ in range(2):
        form = {"client_id": "tablet", "grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
        assert post(stand, "/oauth/token", form).json()["error"] == "invalid_grant"
        stolen = post(stand, "/oauth/token", form, dpop=proof(THEIRS, places.token))
        assert stolen.json()["error"] == "invalid_grant"
        told = post(stand, "/oauth/token", form, dpop=proof(MINE, places.token)).json()
        assert decoded(told["access_token"])["cnf"] == {"jkt": MINE.thumbprint()}
