"""What is accepted of another provider: its keys, the claims that say who somebody is, its ID tokens."""

import base64
from datetime import timedelta
from hashlib import sha256, sha512
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from auth.caller import Standing
from auth.outside import IDENTITY_AGE, LEEWAY, MAX_VALUES, Expected, Mapped, Rule, act_as, claim_at, is_identity
from auth.outside_signed import ALGORITHMS, MAX_KEYS, issuer_of, read_keys, read_object, read_signed
from auth.roles import Role
from tests.unit.outside_tokens import AT, EC, ED, ISSUER, NOW, RSA, RULES, by_hand, jwks, known, signed

EXPECTED = Expected(ISSUER, "hub", "once", "opaque")


def names(document: object, allowed: tuple[str, ...] = ALGORITHMS) -> list[str | None]:
    """Names of the keys of a document that may be used."""
    return [key.kid for key in read_keys(document, allowed)]


# ---------------------------------------------------------------- keys


def test_key_has_the_algorithms_of_its_type():
    """An RSA key checks RS256 and PS256, one of P-256 ES256, one of Ed25519 that alone, as far as they are allowed."""
    found = {key.kid: key.algorithms for key in known()}
    assert found == {"rsa": {"RS256", "PS256"}, "ec": {"ES256"}, "ed": {"Ed25519"}}
    assert [key.algorithms for key in known(allowed=("PS256",))] == [{"PS256"}]


def test_key_that_names_an_algorithm_has_no_other():
    """`alg` of a key narrows it."""
    (key,) = read_keys(jwks(RSA, alg="PS256"), ALGORITHMS)
    assert key.algorithms == {"PS256"}


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {"keys": {}},
        {"keys": ["rsa"]},
        {"keys": [{}]},
        {"keys": [{"kty": ["RSA"]}]},
        {"keys": jwks(EC)["keys"] * (MAX_KEYS + 1)},
        jwks(RSA, use="enc"),
        jwks(RSA, key_ops=["sign"]),
        jwks(RSA, key_ops="verify"),
        jwks(RSA, alg="RS512"),
        jwks(RSA, alg="ES256"),
        jwks(RSA, kid=7),
        jwks(RSA, e="AQAB" * 3),
        jwks(RSA, n="!!"),
        jwks(RSA, n=7),
        jwks(EC, x="AAAA"),
        jwks(ED, x="AAAA"),
        jwks(ECKey.generate_key("P-384")),
        jwks(OKPKey.generate_key("X25519")),
        jwks(OctKey.import_key(b"x" * 32), k="eA"),
        {"keys": [OctKey.import_key(b"x" * 32).as_dict(private=True)]},
        {"keys": [RSA.as_dict(private=True)]},
        {"keys": [ED.as_dict(private=True)]},
    ],
    ids=map(str, range(24)),
)
def test_key_that_may_not_be_used_is_none(document):
    """Keys of another use, type, curve or size, shared secrets, and those whose private half is published."""
    assert names(document) == []


def test_bad_key_spoils_no_other():
    """A set keeps its good keys whatever else is in it."""
    document = {"keys": [{"kty": "RSA"}, *jwks(EC)["keys"], {"kty": "new"}, *jwks(ED)["keys"]]}
    assert names(document) == ["ec", "ed"]


@pytest.mark.parametrize("size", [1024, 2040])
@pytest.mark.filterwarnings("ignore:Key size")
def test_short_key_is_none(size):
    """An RSA key of less than 2048 bits is not there, and nobody is warned of it."""
    assert names(jwks(RSAKey.generate_key(size))) == []


def test_long_key_is_none(monkeypatch):
    """A key that takes long to check with is not used either."""
    monkeypatch.setattr("auth.server.jose.LARGEST_RSA", 2047)
    assert names(jwks(RSA)) == []


# ---------------------------------------------------------------- what is read


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"7",
        b"{",
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"b":2}}',
        b'{"a":[{"b":1,"b":2}]}',
        b'{"a":Infinity}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}",
        b"\xef\xbb\xbf{}",
        b'{"a":"\xff"}',
        '{"a":1}'.encode("utf-16"),
    ],
    ids=lambda raw: repr(raw[:20]),
)
def test_object_is_read_strictly(raw):
    """What two readers could read in two ways is not read."""
    assert read_object(raw) is None


def test_issuer_is_looked_at_before_anything_is_checked():
    """The issuer that a text names, as far as it is short and can be read; nobody where it is not."""
    text = by_hand({}, {"iss": ISSUER}, b"")
    assert issuer_of(text, 8192) == ISSUER
    assert issuer_of(text, len(text) - 1) == ""
    for other in ("", "a.b", "a.b.c", by_hand({}, b"[]", b""), by_hand({}, {"iss": [ISSUER]}, b""), f"{text}.x"):
        assert issuer_of(other, 8192) == ""


# ---------------------------------------------------------------- as whom


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a", {"b": {"c": 1}, "d": [1]}),
        ("a.b.c", 1),
        ("https://id.example/roles", "x"),
        ("a.x", None),
        ("a.b.c.d", None),
        ("a.d.0", None),
        ("", None),
    ],
)
def test_claim_is_found_by_its_name_or_path(path, found):
    """A claim whose name holds dots goes before a path."""
    assert claim_at({"a": {"b": {"c": 1}, "d": [1]}, "https://id.example/roles": "x"}, path) == found


def test_first_rule_that_fits_decides():
    """Whoever fits two rules acts by the first; the order of the claims does not matter."""
    found = act_as(RULES, {"roles": ["hall-steward", "hall-clerk"]})
    assert found == Mapped(Standing("hall", Role.CLERK), ("SERVICE",))
    found = act_as(RULES[::-1], {"roles": ["hall-clerk", "hall-steward"]})
    assert found == Mapped(Standing("hall", Role.STEWARD, {"division": ("2312",)}), ("SERVICE", "APPROVAL"))


def test_binding_is_taken_from_a_claim():
    """A single text of a claim is one value, a list its values."""
    roles = {"realm_access": {"roles": ["inspector"]}}
    for told, values in (("231282", ("231282",)), (["2312", "2313"], ("2312", "2313"))):
        found = act_as(RULES, {**roles, "unit": {"codes": told}})
        assert found is not None
        assert found.standing.bindings == {"division": values}


@pytest.mark.parametrize("told", [None, "", [], 7, ["2312", 7], ["2312", ""], ["1"] * (MAX_VALUES + 1), {"a": "b"}])
def test_without_its_binding_nobody_acts(told):
    """A rule whose binding cannot be filled lets nobody act, and no later rule does instead."""
    claims = {"roles": ["hall-steward"], "realm_access": {"roles": ["inspector"]}, "unit": {"codes": told}}
    assert act_as(RULES, claims) is None


@pytest.mark.parametrize(
    "claims", [{}, {"roles": []}, {"roles": {"hall-clerk": True}}, {"roles": ["Hall-Clerk"]}, {"roles": "hall-clerk "}]
)
def test_nobody_acts_by_a_claim_that_does_not_fit(claims):
    """A value fits as it stands in the configuration, character by character."""
    assert act_as(RULES, claims) is None


def test_single_text_fits_like_a_list_of_one():
    """A claim may be a text."""
    assert act_as((Rule("unit", "hall", "hall", Role.CLERK, ("SERVICE",)),), {"unit": "hall"}) is not None


# ---------------------------------------------------------------- ID tokens


def identity(**changed: Any) -> dict[str, Any]:
    """Claims of a good ID token, some of them changed; None leaves one out."""
    made = {"iss": ISSUER, "aud": "hub", "sub": "somebody", "iat": AT, "exp": AT + 60, "nonce": "once", **changed}
    return {name: value for name, value in made.items() if value is not None}


def is_good(claims: dict[str, Any], algorithm: str = "RS256", expected: Expected = EXPECTED, **header: Any) -> bool:
    """Whether the ID token of these claims is the one that is expected."""
    found = read_signed(signed(claims, algorithm, **{"typ": "JWT", **header}), known(), 16_384)
    return found is not None and is_identity(found, expected, NOW)


def half(token: str, made: Any) -> str:
    """Left half of a digest, as `at_hash` tells it."""
    digest = made(token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"aud": ["hub"]},
        {"azp": "hub"},
        {"at_hash": half("opaque", sha256)},
        {"exp": AT - LEEWAY.seconds + 1},
        {"iat": AT + LEEWAY.seconds},
        {"nbf": AT + LEEWAY.seconds},
    ],
)
def test_expected_identity_token_is_taken(told):
    """The ID token of this sign-in for this client, with a clock half a minute apart."""
    assert is_good(identity(**told))


def test_identity_token_needs_no_type():
    """ID tokens seldom say their type."""
    assert is_good(identity(), typ=None)


def test_hash_is_that_of_the_algorithm():
    """`at_hash` of Ed25519 is made with SHA-512."""
    assert is_good(identity(at_hash=half("opaque", sha512)), "Ed25519")
    assert not is_good(identity(at_hash=half("opaque", sha256)), "Ed25519")


@pytest.mark.parametrize(
    "told",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "other"},
        {"aud": ["hub", "other"]},
        {"aud": None},
        {"azp": "other"},
        {"sub": None},
        {"sub": 7},
        {"sub": "x" * 256},
        {"nonce": "twice"},
        {"nonce": None},
        {"exp": None},
        {"exp": AT - LEEWAY.seconds},
        {"exp": "soon"},
        {"iat": None},
        {"iat": AT + LEEWAY.seconds + 1},
        {"iat": AT - IDENTITY_AGE.seconds},
        {"nbf": AT + LEEWAY.seconds + 1},
        {"at_hash": half("other", sha256)},
        {"at_hash": 7},
        {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}},
    ],
)
def test_unexpected_identity_token_is_refused(told):
    """Of another issuer, client or sign-in, out of its time, or with another access token."""
    assert not is_good(identity(**told))


@pytest.mark.parametrize("kind", ["at+jwt", "logout+jwt", "dpop+jwt"])
def test_other_token_is_no_identity_token(kind):
    """An access token with the claims of an ID token is none."""
    assert not is_good(identity(), typ=kind)


def test_hash_without_a_token_is_refused():
    """An ID token that hashes an access token comes with one."""
    expected = Expected(ISSUER, "hub", "once")
    assert is_good(identity(), expected=expected)
    assert not is_good(identity(at_hash=half("", sha256)), expected=expected)


def test_age_is_measured_from_its_issue():
    """An ID token that lives long is taken only while it is fresh."""
    told = identity(exp=AT + 36_000)
    found = read_signed(signed(told, typ="JWT"), known(), 16_384)
    assert found is not None
    assert is_identity(found, EXPECTED, NOW + IDENTITY_AGE - timedelta(seconds=1))
    assert not is_identity(found, EXPECTED, NOW + IDENTITY_AGE)
