"""Attacks on access tokens, at every place that takes one: made by hand, by another key, for somebody else, of another kind."""

import hmac
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pytest
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from tests.callers.intruder import Browser, asks, decoded, ear, encoded, exchange, post, renew, signed, token_of, web
from tests.callers.stand import Stand

_STRANGE: dict[str, Key] = {
    "Ed25519": OKPKey.generate_key("Ed25519"),
    "ES256": ECKey.generate_key("P-256"),
    "RS256": RSAKey.generate_key(2048),
}
"""Keys that the hub has never seen."""
_ELSEWHERE = "http://127.0.0.1:9/jwks"
Forged = Callable[["Loot"], str]


@dataclass
class Loot:
    """A good token that an attacker has, taken apart; the hub's own key, which they have not."""

    stand: Stand
    token: str
    person: dict[str, Any]

    @property
    def header(self) -> dict[str, Any]:
        return decoded(self.token, 0)

    @property
    def claims(self) -> dict[str, Any]:
        return decoded(self.token, 1)

    @property
    def body(self) -> str:
        """The claims as they stand in the token."""
        return self.token.split(".")[1]

    @property
    def signature(self) -> str:
        return self.token.split(".")[2]

    @property
    def own(self) -> OKPKey:
        """The key that signs the hub's tokens."""
        return self.stand.hub.attendant.keys.token

    def with_header(self, signature: str | None = None, **changed: Any) -> str:
        """The token under another header, its signature kept or another."""
        header = encoded(json.dumps({**self.header, **changed}))
        return f"{header}.{self.body}.{self.signature if signature is None else signature}"

    def by(self, key: Key, alg: str, **changed: Any) -> str:
        """The same claims under a signature of another key; names with `claim_` change claims, others the header."""
        header, claims = {**self.header, "alg": alg}, self.claims
        for name, value in changed.items():
            (claims if name.startswith("claim_") else header)[name.removeprefix("claim_")] = value
        return signed({name: value for name, value in header.items() if value is not None}, claims, key)

    def by_own(self, **changed: Any) -> str:
        """The same by the hub's key: what is refused here is not refused for its signature."""
        return self.by(self.own, "Ed25519", **changed)

    def mac(self, secret: bytes | str, alg: str = "HS256") -> str:
        """The token with a MAC in place of the signature."""
        text = ".".join([encoded(json.dumps({**self.header, "alg": alg})), self.body])
        key = secret if isinstance(secret, bytes) else secret.encode()
        return f"{text}.{encoded(hmac.digest(key, text.encode(), sha256))}"


@pytest.fixture(scope="module")
def loot(stand: Stand) -> Loot:
    """What is at hand."""
    person = Browser(stand).tokens("clerk", scope="openid offline_access")
    return Loot(stand, token_of(stand), person)


def statuses(stand: Stand, token: str) -> list[Any]:
    """What a token is worth: at the questions, at userinfo, to introspection, as a secret of the record's keeper."""
    headers = {"authorization": f"Bearer {token}"}
    told = post(stand, "/oauth/introspect", {"token": token}, "auditor")
    schema = web(stand).get("/graphql/schema", headers={**headers, "hub-purpose": "SERVICE"})
    who = web(stand).get("/oauth/userinfo", headers=headers)
    return [asks(stand, token).status_code, schema.status_code, who.status_code, told.json()]


NOTHING = [401, 401, 401, {"active": False}]

UNSIGNED: dict[str, Forged] = {
    "alg none": lambda loot: loot.with_header("", alg="none"),
    "alg None": lambda loot: loot.with_header("", alg="None"),
    "alg NONE, signature kept": lambda loot: loot.with_header(alg="NONE"),
    "no alg": lambda loot: loot.with_header("", alg=None),
    "alg that is a list": lambda loot: loot.with_header(alg=["Ed25519"]),
    "no signature": lambda loot: loot.with_header(""),
    "another's claims": lambda loot: ".".join(
        [loot.token.split(".")[0], encoded(json.dumps({**loot.claims, "client_id": "auditor"})), loot.signature]
    ),
}
CONFUSED: dict[str, Forged] = {
    "MAC with the public PEM": lambda loot: loot.mac(loot.own.as_pem(private=False)),
    "MAC with the published x": lambda loot: loot.mac(str(loot.own.as_dict(private=False)["x"])),
    "MAC with the raw public key": lambda loot: loot.mac(loot.own.public_key.public_bytes_raw()),
    "MAC with the published JWK": lambda loot: loot.mac(json.dumps(loot.own.as_dict(private=False))),
    "MAC with nothing": lambda loot: loot.mac(b""),
    "MAC under the right name": lambda loot: loot.mac(loot.own.as_pem(private=False), "Ed25519"),
    "MAC with the secret of a client": lambda loot: loot.mac(loot.stand.secrets["machine"]),
    "Ed25519 of a strange key": lambda loot: loot.by(_STRANGE["Ed25519"], "Ed25519"),
    "ES256": lambda loot: loot.by(_STRANGE["ES256"], "ES256"),
    "RS256": lambda loot: loot.by(_STRANGE["RS256"], "RS256"),
    "PS256": lambda loot: loot.by(_STRANGE["RS256"], "PS256"),
    "ES256 called Ed25519": lambda loot: loot.with_header(loot.by(_STRANGE["ES256"], "ES256").split(".")[2]),
    "key of a client": lambda loot: loot.by(loot.stand.keys["Ed25519"], "Ed25519"),
    "key of a client by its own name": lambda loot: loot.by(loot.stand.keys["Ed25519"], "Ed25519", kid="ed"),
    "EC key of a client": lambda loot: loot.by(loot.stand.keys["ES256"], "ES256", kid="ec"),
}
NAMED: dict[str, Forged] = {
    name: lambda loot, kid=kid: loot.by(_STRANGE["Ed25519"], "Ed25519", kid=kid)  # type: ignore[misc]
    for name, kid in {
        "kid that is a path": "../../keys/token.pem",
        "kid that is /dev/null": "/dev/null",
        "kid that is SQL": "' UNION SELECT public_jwk FROM client_credentials --",
        "kid that is true in SQL": "x' OR '1'='1",
        "kid that is an address": _ELSEWHERE,
        "kid that is empty": "",
        "kid that nobody has": "0123456789abcdef",
        "no kid": None,
    }.items()
}
ELSEWHERE: dict[str, Forged] = {
    "jku": lambda loot: loot.by(_STRANGE["Ed25519"], "Ed25519", jku=_ELSEWHERE),
    "x5u": lambda loot: loot.by(_STRANGE["Ed25519"], "Ed25519", x5u=_ELSEWHERE),
    "jwk": lambda loot: loot.by(_STRANGE["Ed25519"], "Ed25519", jwk=_STRANGE["Ed25519"].as_dict(private=False)),
    "x5c": lambda loot: loot.by(_STRANGE["Ed25519"], "Ed25519", x5c=["AAAA"]),
}
UNDERSTOOD: dict[str, Forged] = {
    "jku beside a good signature": lambda loot: loot.by_own(jku=_ELSEWHERE),
    "jwk beside a good signature": lambda loot: loot.by_own(jwk=_STRANGE["Ed25519"].as_dict(private=False)),
    "x5u beside a good signature": lambda loot: loot.by_own(x5u=_ELSEWHERE),
    "crit": lambda loot: loot.by_own(crit=["cty"], cty="x"),
    "crit of what is not known": lambda loot: loot.with_header(crit=["exp"], exp=1),
    "payload that is not encoded": lambda loot: loot.with_header(crit=["b64"], b64=False),
    "no kid, well signed": lambda loot: loot.by_own(kid=None),
    "type of an identity token": lambda loot: loot.by_own(typ="JWT"),
    "no type": lambda loot: loot.by_own(typ=None),
    "type in capitals": lambda loot: loot.by_own(typ="AT+JWT"),
    "type of a proof": lambda loot: loot.by_own(typ="dpop+jwt"),
}
WRITTEN: dict[str, Forged] = {
    "padding after the signature": lambda loot: f"{loot.token}==",
    "padding after the claims": lambda loot: f"{loot.token.split('.')[0]}.{loot.body}=.{loot.signature}",
    "bits after the end of the signature": lambda loot: loot.token[:-1] + _sibling(loot.token[-1]),
    "the other alphabet": lambda loot: loot.token[:-86] + loot.signature.replace("-", "+").replace("_", "/") + "+",
    "a blank inside": lambda loot: f"{loot.token.split('.')[0]} .{loot.body}.{loot.signature}",
    "a blank in the signature": lambda loot: f"{loot.token[:-4]} {loot.token[-4:]}",
    "a tab in the claims": lambda loot: loot.token.replace(".", ".\t", 1),
    "a fourth part": lambda loot: f"{loot.token}.",
    "an empty first part": lambda loot: f".{loot.token}",
    "shorter by one": lambda loot: loot.token[:-1],
    "two tokens": lambda loot: f"{loot.token},{loot.token}",
    "a character that is not ASCII": lambda loot: f"{loot.token}\u00e9",
    "JSON in JSON": lambda loot: json.dumps({"payload": loot.body, "signature": loot.signature}),
}
SWAPPED: dict[str, Forged] = {
    "audience of another": lambda loot: loot.by_own(claim_aud="https://elsewhere.example"),
    "audience of several": lambda loot: loot.by_own(claim_aud=["chengxin-hub", "https://elsewhere.example"]),
    "audience that is a client": lambda loot: loot.by_own(claim_aud="machine"),
    "no audience": lambda loot: loot.by_own(claim_aud=None),
    "issuer of another": lambda loot: loot.by_own(claim_iss="https://elsewhere.example"),
    "issuer with a slash too many": lambda loot: loot.by_own(claim_iss=f"{loot.stand.url}/"),
    "client that is not known": lambda loot: loot.by_own(claim_client_id="stranger", claim_sub="stranger"),
    "client of another subject": lambda loot: loot.by_own(claim_client_id="auditor"),
    "person without being the subject": lambda loot: loot.by_own(claim_person="somebody"),
    "life of a day": lambda loot: loot.by_own(claim_exp=int(time.time()) + 86_400),
    "life that is over": lambda loot: loot.by_own(claim_iat=int(time.time()) - 500, claim_exp=int(time.time()) - 1),
    "life that has not begun": lambda loot: loot.by_own(claim_iat=int(time.time()) + 60),
    "life without an end": lambda loot: loot.by_own(claim_exp=None),
}
STRONGER: dict[str, Forged] = {
    "role of an officer": lambda loot: loot.by_own(claim_standing=["market", "OFFICER", {}]),
    "role of an administrator": lambda loot: loot.by_own(claim_standing=["market", "AUDIT", {}]),
    "another department": lambda loot: loot.by_own(claim_standing=["health", "CLERK", {}]),
    "another department's auditor": lambda loot: loot.by_own(claim_standing=["hub", "AUDIT", {}]),
    "bindings that are none": lambda loot: loot.by_own(claim_standing=["market", "CLERK", {"division": "23"}]),
    "scope of everything": lambda loot: loot.by_own(claim_scope="*"),
    "key in two ways": lambda loot: loot.by_own(claim_cnf={"jkt": "x", "jwk": {}}),
}
OTHERS: dict[str, Forged] = {
    "identity token": lambda loot: str(loot.person["id_token"]),
    "refresh token": lambda loot: str(loot.person["refresh_token"]),
    "secret of a client": lambda loot: loot.stand.secrets["machine"],
    "code": lambda loot: Browser(loot.stand).code("clerk"),
}
FORGED = UNSIGNED | CONFUSED | NAMED | ELSEWHERE | UNDERSTOOD | WRITTEN | SWAPPED | STRONGER | OTHERS


def _sibling(last: str) -> str:
    """Another character whose first bits are those of this one."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return letters[letters.index(last) ^ 1]


def test_the_token_that_is_forged_is_good(loot):
    """What follows is refused for what was changed: unchanged, and signed anew by the hub's key, it holds."""
    for token in (loot.token, loot.by_own()):
        found = statuses(loot.stand, token)
        assert found[:3] == [200, 200, 401]
        assert (found[3]["active"], found[3]["client_id"]) == (True, "machine")


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_token_is_worth_nothing(forged, loot):
    """Nobody is let in for it anywhere – and nobody is taken for the public, either."""
    token = FORGED[forged](loot)
    headers = {b"authorization": f"Bearer {token}".encode("latin-1")}
    found = web(loot.stand).post("/graphql", json={"query": "{ me { role } }"}, headers=headers)
    assert (found.status_code, "data" in found.json()) == (401, False)
    assert found.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    if token.isascii():
        kept = {"active": True} if forged == "refresh token" else {"active": False}
        assert statuses(loot.stand, token)[:3] == NOTHING[:3]
        assert statuses(loot.stand, token)[3].items() >= kept.items()


def test_a_token_never_widens_the_purposes_of_its_client(loot):
    """A purpose that a token names and its client has not is not given."""
    token = loot.by_own(claim_purposes=["INSPECTION", "SERVICE"])
    assert asks(loot.stand, token).status_code == 200
    refused = asks(loot.stand, token, **{"hub-purpose": "INSPECTION"})
    assert refused.json()["errors"][0]["extensions"]["code"] == "PURPOSE_NOT_YOURS"


def test_a_token_never_widens_the_grants_of_its_client(loot):
    """A scope that a token names and no grant gives opens no field; one that a grant gives opens its own alone."""

    def held(token: str) -> set[str]:
        question = {"query": '{ catalogue(record: "Entity") { field standing } }'}
        headers = {"authorization": f"Bearer {token}", "hub-purpose": "SERVICE"}
        told = web(loot.stand).post("/graphql", json=question, headers=headers).json()
        return {row["field"] for row in told["data"]["catalogue"] if row["standing"] == "HELD"}

    everything = held(loot.token)
    assert everything
    assert held(loot.by_own(claim_scope="entity.contact entity.person")).isdisjoint(everything)
    assert held(loot.by_own(claim_scope="entity.identity entity.contact entity.person")) < everything


@pytest.mark.parametrize("name", ["access_token", "id_token"])
def test_an_access_token_is_nothing_else(name, loot):
    """Neither it nor an identity token is a refresh token, a code, an assertion of a client or a proof."""
    stand, token = loot.stand, loot.person[name]
    assert renew(stand, token).json()["error"] == "invalid_grant"
    assert exchange(stand, token).json()["error"] == "invalid_grant"
    form = {"grant_type": "client_credentials", "client_assertion": token, "client_id": "portal"}
    form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert post(stand, "/oauth/token", form).json()["error"] == "invalid_client"
    form = {"grant_type": "client_credentials"}
    assert post(stand, "/oauth/token", form, "machine", dpop=token).json()["error"] == "invalid_dpop_proof"


def test_an_access_token_is_no_identity_token(loot):
    """It says so by its type and is for the hub, not for the client that might take it for one."""
    assert (loot.header["typ"], loot.claims["aud"]) == ("at+jwt", "chengxin-hub")
    identity = loot.person["id_token"]
    assert (decoded(identity, 0)["typ"], decoded(identity)["aud"]) == ("JWT", "portal")
    assert "nonce" not in decoded(loot.person["access_token"])


def test_no_socket_is_opened_for_a_token(loot):
    """Questions over sockets are not served: whoever asks for one, with a good token or a bad one, gets none."""
    asked = {"connection": "upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
    asked |= {"sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==", "sec-websocket-protocol": "graphql-transport-ws"}
    for token in (loot.token, f"{loot.token}x"):
        told = web(loot.stand).get("/graphql", headers={**asked, "authorization": f"Bearer {token}"})
        assert told.status_code in {400, 401, 404, 426}


def test_a_token_causes_no_look_anywhere(loot):
    """Whatever a token or proof names – keys, certificates, issuers – the hub asks nobody for it."""
    connected: list[Any] = []
    watching = [True]

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event in {"socket.connect", "socket.getaddrinfo"}:
            connected.append(arguments)

    with ear() as (address, came):
        header = {name: f"{address}/{name}" for name in ("jku", "x5u", "kid")}
        made = [loot.by(_STRANGE["Ed25519"], "Ed25519", **header), loot.by_own(**header)]
        made += [loot.by_own(claim_iss=address, jku=address), loot.by_own(claim_iss=address)]
        attacker = web(loot.stand)
        attacker.get("/healthz")
        sys.addaudithook(watch)
        for token in made:
            for scheme in ("Bearer", "DPoP"):
                told = attacker.get("/oauth/userinfo", headers={"authorization": f"{scheme} {token}", "dpop": token})
                assert told.status_code == 401
            form = {"token": token, "client_id": "tablet", "request_uri": f"{address}/request"}
            assert attacker.post("/oauth/introspect", data=form).status_code in {400, 401}
            assert attacker.post("/oauth/par", data=form).status_code == 400
            assert attacker.get("/oauth/authorize", params=form).status_code == 400
        watching.clear()
        time.sleep(0.1)
    assert (connected, came) == ([], [])
