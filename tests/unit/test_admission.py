"""Admission: a token, a purpose and a case become an access, or a refusal with a code."""

from datetime import UTC, date, datetime, timedelta

import pytest
from joserfc.jwk import OKPKey

from auth.admission import MAX_CASE_CHARS, Admission, Credentials, Refused
from auth.caller import Client
from auth.purposes import Purpose
from auth.roles import Role
from auth.tokens import Terms, TokenIssuer, TokenVerifier
from tests.unit.policies import NAME, VIEWS, grant
from tests.unit.signing import ring_of

KEY = OKPKey.generate_key("Ed25519", {"kid": "k1"})
RING = ring_of(KEY)
ISSUER = TokenIssuer(RING, "http://hub.example", "hub")
PURPOSES = (
    Purpose("PUBLIC_QUERY", "公众查询", "Public enquiry", public=True),
    Purpose("SERVICE", "受理", "Service"),
    Purpose("INSPECTION", "检查", "Inspection", requires_case=True),
)
CLIENTS = {
    "clerk": Client("clerk", "窗口", "hall", Role.CLERK, ("SERVICE",), {"division": ("231282",)}),
    "both": Client("both", "双用途", "hall", Role.CLERK, ("SERVICE", "INSPECTION")),
}
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def admission(*grants, clients=None):
    """An admission of these grants."""
    verifier = TokenVerifier(RING, ISSUER.issuer, [ISSUER.audience], clients or CLIENTS, None)
    return Admission(verifier, PURPOSES, grants, VIEWS)


def token(client, hours=24, **narrowed):
    """A token of a client."""
    return ISSUER.issue(client, NOON, timedelta(hours=hours), Terms(**narrowed))


def refused(credentials, *grants, now=NOON):
    """Code of the refusal."""
    with pytest.raises(Refused) as found:
        admission(*grants).admit(credentials, now)
    return found.value.code


def test_no_token_is_the_public():
    """Without a token the caller is the public, for its one purpose."""
    access = admission().admit(Credentials(), NOON)
    assert (access.caller.client.role, access.purpose, access.valid_until) == (Role.PUBLIC, "PUBLIC_QUERY", None)


@pytest.mark.parametrize("text", ["", "nonsense", "a.b.c", token("clerk") + "x"])
def test_bad_token_is_never_the_public(text):
    """A token that is no good, or none of ours, is refused."""
    assert refused(Credentials(text)) == "UNAUTHENTICATED"


def test_expired_token_is_never_the_public():
    """A token that has ended is refused like a bad one."""
    assert refused(Credentials(token("clerk", hours=1)), now=NOON + timedelta(hours=1)) == "UNAUTHENTICATED"


def test_only_purpose_need_not_be_named():
    """A client of one purpose has it; a client of several says which."""
    assert admission().admit(Credentials(token("clerk")), NOON).purpose == "SERVICE"
    assert refused(Credentials(token("both"))) == "PURPOSE_REQUIRED"
    assert admission().admit(Credentials(token("both"), "SERVICE"), NOON).purpose == "SERVICE"


@pytest.mark.parametrize("purpose", ["INSPECTION", "PUBLIC_QUERY", "NONE", "service", ""])
def test_purpose_of_another_is_refused(purpose):
    """A purpose the client lacks, and one there is not, are refused alike."""
    assert refused(Credentials(token("clerk"), purpose)) == "PURPOSE_NOT_YOURS"


def test_token_narrows_the_purposes():
    """A token narrowed to one purpose has it without saying so, and no other."""
    narrowed = token("both", purposes=["SERVICE"])
    assert admission().admit(Credentials(narrowed), NOON).purpose == "SERVICE"
    assert refused(Credentials(narrowed, "INSPECTION", "案1")) == "PURPOSE_NOT_YOURS"


@pytest.mark.parametrize("case", [None, "", "  \t"])
def test_case_is_required_where_the_purpose_says_so(case):
    """A blank case number is none."""
    assert refused(Credentials(token("both"), "INSPECTION", case)) == "CASE_REQUIRED"


@pytest.mark.parametrize("case", ["x" * (MAX_CASE_CHARS + 1), "a\nb", "a\x00b", "a\u202eb"])
def test_case_is_a_short_printable_text(case):
    """Overlong case numbers and control characters are refused."""
    assert refused(Credentials(token("both"), "INSPECTION", case)) == "BAD_USER_INPUT"


def test_day_is_that_of_shanghai():
    """A grant that ends today holds until 16:00 UTC, when Shanghai's day ends, and the access says so."""
    hub = admission(grant(NAME, ends=date(2026, 11, 23)))
    midnight = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    before = hub.admit(Credentials(token("clerk")), midnight - timedelta(seconds=1))
    assert NAME.coordinate in before.policy.held
    assert before.valid_until == midnight
    after = hub.admit(Credentials(token("clerk")), midnight)
    assert NAME.coordinate not in after.policy.held
    assert after.valid_until == NOON + timedelta(hours=24)


def test_access_ends_with_its_token():
    """Where the token ends before the next grant does, so does the access."""
    hub = admission(grant(NAME))
    access = hub.admit(Credentials(token("clerk", hours=2)), NOON)
    assert access.valid_until == NOON + timedelta(hours=2)


def test_bindings_are_the_clients_and_not_in_the_policy():
    """Two clients of one department and role share a policy; the values of their row filters are their own."""
    others = {**CLIENTS, "there": Client("there", "他处", "hall", Role.CLERK, ("SERVICE",), {"division": ("230199",)})}
    hub = admission(grant(NAME), clients=others)
    here, there = (hub.admit(Credentials(token(name)), NOON) for name in ("clerk", "there"))
    assert here.policy is there.policy
    assert (dict(here.bindings.values), dict(there.bindings.values)) == (
        {"division": ("231282",)},
        {"division": ("230199",)},
    )


def test_deployment_with_no_purpose_left_says_so():
    """A client whose purposes are unknown here may ask nothing, and is told so without a list of others'."""
    clients = {"lost": Client("lost", "失配", "hall", Role.CLERK, ("GONE",))}
    with pytest.raises(Refused) as found:
        admission(clients=clients).admit(Credentials(token("lost")), NOON)
    assert (found.value.code, found.value.names) == ("PURPOSE_REQUIRED", {"allowed": "无", "allowed_en": "none"})
