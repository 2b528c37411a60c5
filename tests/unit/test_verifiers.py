"""Tokens of several issuers: each goes to the verifier of its own, and none of another provider's is stretched."""

import json
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import OctKey, OKPKey, RSAKey

from auth.caller import Caller, Client
from auth.outside import LEEWAY, LONGEST, Rule, Trust
from auth.outside_signed import ALGORITHMS
from auth.roles import Role
from auth.standing import Stop, Stopped, Stops, gather
from auth.tokens import TokenIssuer, TokenVerifier
from auth.verifiers import MAX_TOKEN_CHARS, OutsideVerifier, Verifiers
from tests.unit.outside_tokens import (
    AT,
    AUDIENCE,
    EC,
    ED,
    ISSUER,
    NOW,
    RSA,
    RULES,
    STRANGE,
    TRUST,
    by_hand,
    claims,
    known,
    resigned,
    signed,
    with_mac,
)
from tests.unit.signing import ring_of

OWN = "https://hub.example"
RING = ring_of(OKPKey.generate_key("Ed25519", {"kid": "own"}))
CLIENT = Client("clerk", "窗口", "hall", Role.CLERK, ("SERVICE",))
SECONDS = timedelta(seconds=1)


def outside(trust: Trust = TRUST, allowed: tuple[str, ...] = ALGORITHMS) -> OutsideVerifier:
    """A verifier of the provider, whose keys are known."""
    made = OutsideVerifier(trust, lambda subject: f"digest-of-{len(subject)}")
    made.replace(known(allowed=allowed))
    return made


def both() -> Verifiers:
    """The hub's own verifier and that of the provider."""
    return Verifiers(TokenVerifier(RING, OWN, ["hub"], {"clerk": CLIENT}), [outside()])


VERIFIERS = both()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_token_of_a_system_is_a_client_of_its_provider(algorithm):
    """A good token stands for the client it names at its provider, as whom the first rule that fits lets it act."""
    found = VERIFIERS.verify(signed(claims(), algorithm), NOW)
    client = Client("city:counter", "市统一身份认证", "hall", Role.CLERK, ("SERVICE",))
    assert found == Caller(client, expires=NOW + timedelta(minutes=10) + LEEWAY)


def test_own_token_is_verified_by_the_hub():
    """A token of the hub's own stands for its client, with other issuers beside it."""
    token = TokenIssuer(RING, OWN, "hub").issue("clerk", NOW, timedelta(minutes=5))
    found = VERIFIERS.verify(token, NOW)
    assert isinstance(found, Caller)
    assert found.client == CLIENT


def test_person_is_told_by_a_digest():
    """Behind a token whose subject is not its client stands a person; their name at the provider is nowhere told."""
    found = VERIFIERS.verify(signed(claims(sub="13800000000")), NOW)
    assert isinstance(found, Caller)
    assert (found.client.id, found.person) == ("city:counter", "city:digest-of-11")
    assert "13800000000" not in repr(found)


def test_client_without_a_name_is_its_subject():
    """Where no client is named, the subject stands in its place, as a digest."""
    found = VERIFIERS.verify(signed(claims(client_id=None, sub="somebody")), NOW)
    assert isinstance(found, Caller)
    assert (found.client.id, found.person) == ("city:digest-of-8", "city:digest-of-8")


def test_azp_goes_before_client_id():
    """`azp` names the client where both are told."""
    found = VERIFIERS.verify(signed(claims(azp="app", sub="app")), NOW)
    assert isinstance(found, Caller)
    assert (found.client.id, found.person) == ("city:app", None)


def test_bound_token_carries_its_key():
    """A token that is bound to a key says which; a bearer of it has to prove that one."""
    found = VERIFIERS.verify(signed(claims(cnf={"jkt": "thumb"})), NOW)
    assert isinstance(found, Caller)
    assert found.key == "thumb"


@pytest.mark.parametrize("role", ["inspector", "sec"])
def test_people_with_a_second_factor_sign_in_at_the_hub(role):
    """Officers and administrators are no callers by a token of elsewhere; a system in their role is."""
    trust = Trust("city", "x", ISSUER, AUDIENCE, rules=(*RULES, _administrator()))
    verifier = outside(trust)
    told: dict[str, Any] = {"roles": [role], "realm_access": {"roles": [role]}, "unit": {"codes": ["231282"]}}
    assert isinstance(verifier.verify(signed(claims(**told)), NOW), Caller)
    assert verifier.verify(signed(claims(**told, sub="somebody")), NOW) == "INVALID"


def _administrator() -> Rule:
    return Rule("roles", "sec", "hall", Role.SEC, ("SERVICE",))


def test_type_may_be_written_in_long_form():
    """`application/at+jwt` is the same type (RFC 9068 §4)."""
    assert isinstance(VERIFIERS.verify(signed(claims(), typ="application/AT+JWT"), NOW), Caller)


def test_plain_type_is_taken_only_where_it_is_allowed():
    """A token of type JWT is taken where the configuration says so, and then no ID token even so."""
    trust = Trust("city", "x", ISSUER, AUDIENCE, ("at+jwt", "jwt"), RULES)
    verifier = outside(trust)
    assert VERIFIERS.verify(signed(claims(), typ="JWT"), NOW) == "INVALID"
    assert isinstance(verifier.verify(signed(claims(typ="Bearer"), typ="JWT"), NOW), Caller)
    marks: list[dict[str, Any]] = [
        {"nonce": "n"},
        {"at_hash": "h"},
        {"typ": "ID"},
        {"typ": "Refresh"},
        {"events": {}},
        {"typ": 1},
    ]
    for told in marks:
        assert verifier.verify(signed(claims(**told), typ="JWT"), NOW) == "INVALID"


@pytest.mark.parametrize(
    "told",
    [
        {"aud": [AUDIENCE]},
        {"sub": "somebody", "nbf": AT - 5},
        {"iat": AT + LEEWAY.seconds, "exp": AT + 60},
        {"nbf": AT + LEEWAY.seconds},
        {"exp": AT + LONGEST.seconds},
        {"iat": AT + 0.5},
    ],
)
def test_good_forms_of_claims_are_taken(told):
    """One audience in a list, clocks half a minute apart, a life of an hour."""
    assert isinstance(VERIFIERS.verify(signed(claims(**told)), NOW), Caller)


def test_token_ends():
    """Half a minute after its end a token holds no more, for a clock may be wrong by that."""
    token = signed(claims(exp=AT + 60))
    end = NOW + timedelta(seconds=60) + LEEWAY
    assert isinstance(VERIFIERS.verify(token, end - SECONDS), Caller)
    assert VERIFIERS.verify(token, end) == "EXPIRED"


def _weak() -> Any:
    with pytest.warns(Warning, match="2048"):
        return RSAKey.generate_key(1024, {"kid": "weak"})


HEADER = {"alg": "RS256", "typ": "at+jwt", "kid": "rsa"}
GOOD = signed(claims())
BODY = json.dumps(claims()).encode()
ED_HEADER = b'{"alg":"Ed25519","typ":"at+jwt","kid":"ed"}'
ATTACKS = {
    "unsigned": by_hand({**HEADER, "alg": "none"}, claims(), b""),
    "unsigned, spelled otherwise": by_hand({**HEADER, "alg": "nOnE"}, claims(), b""),
    "no algorithm": by_hand({"typ": "at+jwt", "kid": "rsa"}, claims(), b"x"),
    "an algorithm that is a list": by_hand({**HEADER, "alg": ["RS256"]}, claims(), b"x"),
    "the public key as a shared secret": with_mac({**HEADER, "alg": "HS256"}, claims()),
    "a MAC under the right name": with_mac(HEADER, claims()),
    "a shared secret of a key that is no such": signed(claims(), "HS256", OctKey.import_key(b"x" * 32, {"kid": "rsa"})),
    "another key of the same name": signed(claims(), key=STRANGE),
    "an algorithm that is never allowed": signed(claims(), "RS512", RSA),
    "an unknown key": signed(claims(), kid="other"),
    "a key of another type": signed(claims(), kid="ec"),
    "another algorithm of another key": signed(claims(), "ES256", EC, kid="ed"),
    "a key from elsewhere": signed(claims(), key=STRANGE, jku="https://evil.example/jwks"),
    "a key from elsewhere, well signed": signed(claims(), jku="https://evil.example/jwks"),
    "a certificate from elsewhere": signed(claims(), x5u="https://evil.example/pem"),
    "certificates of its own": signed(claims(), x5c=["MII"]),
    "a key of its own": signed(claims(), key=STRANGE, jwk=STRANGE.as_dict(private=False)),
    "what must be understood": by_hand({**HEADER, "crit": ["exp"], "exp": AT}, claims(), b"x"),
    "what must be understood, well signed": resigned(ED_HEADER[:-1] + b',"crit":["exp"],"exp":1}', BODY),
    "a payload that is not encoded": resigned(ED_HEADER[:-1] + b',"b64":false}', BODY),
    "a nested text": signed(claims(), cty="JWT"),
    "a header said twice": resigned(ED_HEADER[:-1] + b',"alg":"Ed25519"}', BODY),
    "an issuer said twice": resigned(ED_HEADER, BODY[:-1] + f',"iss":"{ISSUER}"}}'.encode()),
    "a member said twice, deep inside": resigned(ED_HEADER, BODY[:-1] + b',"a":{"b":1,"b":2}}'),
    "a number that is none": resigned(ED_HEADER, BODY[:-1] + b',"a":NaN}'),
    "claims that are a list": signed(b"[]"),
    "claims that are no text": signed(b"\xff\xfe"),
    "claims as deep as a well": resigned(ED_HEADER, b'{"iss":' + b"[" * 2500),
    "no type": signed(claims(), typ=None),
    "the type of a proof": signed(claims(), typ="dpop+jwt"),
    "an identity token": signed(claims(aud="hub-client", nonce="n"), typ="JWT"),
    "another issuer": signed(claims(iss="https://evil.example")),
    "an issuer with a slash more": signed(claims(iss=f"{ISSUER}/")),
    "an issuer in capitals": signed(claims(iss=ISSUER.upper())),
    "the hub as issuer": signed(claims(iss=OWN)),
    "no issuer": signed(claims(iss=None)),
    "another audience": signed(claims(aud="urn:other")),
    "two audiences": signed(claims(aud=[AUDIENCE, "urn:other"])),
    "an audience that only begins like ours": signed(claims(aud=f"{AUDIENCE}-2")),
    "no audience": signed(claims(aud=None)),
    "no end": signed(claims(exp=None)),
    "an end that is a text": signed(claims(exp=str(AT + 60))),
    "an end that is a truth": signed(claims(exp=True)),
    "an end after the end of time": signed(claims(exp=1e300)),
    "no beginning": signed(claims(iat=None)),
    "a life that is too long": signed(claims(exp=AT + LONGEST.seconds + 1)),
    "an end before its beginning": signed(claims(exp=AT - 1)),
    "not yet issued": signed(claims(iat=AT + LEEWAY.seconds + 1, exp=AT + 600)),
    "not yet valid": signed(claims(nbf=AT + LEEWAY.seconds + 1)),
    "a beginning that is a text": signed(claims(nbf="now")),
    "no subject": signed(claims(sub=None)),
    "a subject that is a number": signed(claims(sub=7)),
    "a subject of two lines": signed(claims(sub="a\nb")),
    "a subject that is half a letter": signed(claims(sub="\ud800")),
    "a client that is a list": signed(claims(client_id=["counter"])),
    "a client that looks like two": signed(claims(client_id="a b", sub="a b")),
    "no rule that fits": signed(claims(roles=["cook"])),
    "a value that only begins like ours": signed(claims(roles=["hall-clerk-2"])),
    "roles that are no texts": signed(claims(roles=["hall-clerk", 7])),
    "a binding that lacks": signed(claims(roles=None, realm_access={"roles": ["inspector"]})),
    "bound in two ways": signed(claims(cnf={"jkt": "k", "x5t#S256": "c"})),
    "bound to a certificate": signed(claims(cnf={"x5t#S256": "c"})),
    "bound to a text": signed(claims(cnf="k")),
    "padded": GOOD + "=",
    "other letters of base 64": GOOD.replace("-", "+").replace("_", "/") + "+",
    "a blank inside": GOOD[:20] + " " + GOOD[20:],
    "a line after": GOOD + "\n",
    "bits after the last letter": GOOD[:-1] + ("B" if GOOD[-1] != "B" else "C"),
    "no payload": ".".join((GOOD.split(".")[0], "", GOOD.split(".")[2])),
    "no signature": GOOD.rpartition(".")[0] + ".",
    "letters of another alphabet": GOOD[:-1] + "ß",
    "too large": signed(claims(pad="x" * MAX_TOKEN_CHARS)),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_bad_token_is_invalid(name):
    """Whatever is not exactly a fresh access token of the provider for this hub is refused, and never the public."""
    assert VERIFIERS.verify(ATTACKS[name], NOW) == "INVALID"
    assert outside().verify(ATTACKS[name], NOW) == "INVALID"


def test_attacks_fail_for_what_their_name_says():
    """The good token they are made of is taken, and so is one put together by hand."""
    assert isinstance(VERIFIERS.verify(GOOD, NOW), Caller)
    assert isinstance(VERIFIERS.verify(resigned(ED_HEADER, BODY), NOW), Caller)


@pytest.mark.parametrize("text", ["", "opaque", "a.b", "a.b.c.d"])
def test_text_of_another_form_is_not_known(text):
    """What has not three parts is no token of any issuer."""
    assert VERIFIERS.verify(text, NOW) is None
    assert outside().verify(text, NOW) is None


def test_algorithm_must_be_allowed():
    """A good signature in an algorithm that is not on the list of the provider is none."""
    verifier = outside(allowed=("ES256",))
    assert isinstance(verifier.verify(signed(claims(), "ES256"), NOW), Caller)
    for algorithm in ("RS256", "PS256", "Ed25519"):
        assert verifier.verify(signed(claims(), algorithm), NOW) == "INVALID"


def test_short_key_is_ignored():
    """A key of 1024 bits verifies nothing, even if the provider publishes it; its other keys do."""
    weak = _weak()
    verifier = OutsideVerifier(TRUST, str)
    verifier.replace(known(weak, ED))
    token = signed(claims(), "RS256", weak)
    assert verifier.verify(token, NOW) == "INVALID"
    assert isinstance(verifier.verify(signed(claims(), "Ed25519"), NOW), Caller)


def test_key_that_is_gone_verifies_nothing_more():
    """What was found good is forgotten when the keys change; a hub that knows no key takes no token."""
    verifier, token = outside(), signed(claims())
    assert isinstance(verifier.verify(token, NOW), Caller)
    assert not verifier.replace(known())
    assert verifier.replace(known(ED))
    assert verifier.verify(token, NOW) == "INVALID"
    assert verifier.replace(())
    assert verifier.verify(signed(claims(), "Ed25519"), NOW) == "INVALID"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Stopped.CLIENT, "city:counter"),
        (Stopped.DEPARTMENT, "hall"),
        (Stopped.PERSON, "city:digest-of-8"),
        (Stopped.TOKEN, "city:t-1"),
    ],
)
def test_freeze_is_felt(kind, name):
    """A frozen client, department or person of a provider is a caller no more; thawed, it is one again in time."""
    verifiers, token = both(), signed(claims(sub="somebody"))
    assert isinstance(verifiers.verify(token, NOW), Caller)
    for frozen in (True, False):
        verifiers.renew(gather([Stop(7, kind, name, frozen=frozen)]))
        assert verifiers.verify(token, NOW) == "INVALID"
    verifiers.renew(Stops())
    assert isinstance(verifiers.verify(token, NOW), Caller)


def test_stop_of_another_is_not_felt():
    """A client of the hub's own that is called alike is another one."""
    verifiers = both()
    verifiers.renew(gather([Stop(7, Stopped.CLIENT, "counter", frozen=True)]))
    assert isinstance(verifiers.verify(GOOD, NOW), Caller)


def test_stop_reaches_the_hubs_own_verifier():
    """Stops are told to all verifiers alike."""
    verifiers = both()
    token = TokenIssuer(RING, OWN, "hub").issue("clerk", NOW, timedelta(minutes=5))
    verifiers.renew(gather([Stop(7, Stopped.CLIENT, "clerk", frozen=True)]))
    assert verifiers.verify(token, NOW) == "INVALID"


def test_remembered_tokens_are_bounded(monkeypatch):
    """However many good tokens come, a bounded number is remembered, and all are good."""
    monkeypatch.setattr("auth.verifiers._MAX_VERIFIED", 8)
    verifier = outside()
    for number in range(20):
        assert isinstance(verifier.verify(signed(claims(jti=str(number)), "Ed25519"), NOW), Caller)
        assert len(verifier._verified) <= 8


def test_key_need_not_be_named_where_one_fits():
    """A token that names no key is checked with the one there is; where two could be meant, it is refused."""
    verifier, token = outside(), signed(claims(), kid=None)
    assert isinstance(verifier.verify(token, NOW), Caller)
    verifier.replace(known(RSA, RSAKey.generate_key(2048, {"kid": "other"})))
    assert verifier.verify(token, NOW) == "INVALID"
