"""Which fields and rows a policy owes to grants with a quota, and what is left when these are used up."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.access import Refusal, used_up
from auth.admission import Admission, Credentials, Refused
from auth.grants import Grant
from auth.purposes import Purpose
from tests.unit.policies import DAYS, FROM, GRANTS, HERE, NAME, PHONE, TO, VIEWS, caller, fold, grant, shown

QUOTA = {"records_a_day": 5}
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


class Known:
    """Verifies whatever is presented as the clerk's."""

    def verify(self, _token, _now):
        """The clerk."""
        return caller()

    def renew(self, stops):
        """Nothing is stopped."""


def test_without_quotas_nothing_is_metered():
    """The usual case, in which nobody looks any further."""
    assert not fold(grant(NAME), grant(PHONE, rows=HERE)).metered


def test_a_field_that_a_free_grant_gives_as_well_is_free():
    """It costs where the free grant gives it for fewer rows, or masked."""
    metered = grant(NAME, PHONE, id="q", **QUOTA)
    assert fold(grant(NAME), metered).metered == {PHONE.coordinate: {"q"}}
    narrow = fold(grant(NAME), grant(PHONE, rows=HERE), metered)
    assert narrow.metered == {PHONE.coordinate: {"q"}}
    masked = fold(grant(NAME), grant(PHONE, masked=frozenset({PHONE.coordinate})), metered)
    assert masked.metered == {PHONE.coordinate: {"q"}}


def test_rows_that_only_a_quota_gives():
    """Where fewer entities would be known of without it, that there is one at all costs it."""
    policy = fold(grant(NAME, rows=HERE), grant(PHONE, id="q", **QUOTA))
    assert policy.metered == {PHONE.coordinate: {"q"}, "Entity": {"q"}}


def test_what_is_computed_costs_what_it_needs():
    """A computed field is owed to the grant that gives what it is computed from."""
    policy = fold(grant(DAYS, FROM), grant(TO, id="q", **QUOTA))
    assert policy.metered == {TO.coordinate: {"q"}, DAYS.coordinate: {"q"}}


@pytest.mark.parametrize(
    "more", [{"purposes": frozenset({"INSPECTION"})}, {"department": "other"}, {"ends": NOW.date().replace(day=22)}]
)
def test_grants_that_do_not_apply_meter_nothing(more):
    """One for another purpose or department, or that is over."""
    assert not fold(grant(NAME), grant(PHONE, id="q", **{**QUOTA, **more})).metered


def test_used_up_is_a_reason_of_its_own():
    """What only the spent grant gave can still be asked for, and is refused for that; all else is as it was."""
    free, spent = grant(NAME), grant(PHONE, id="q", **QUOTA)
    whole, left = fold(free, spent), fold(free)
    policy = used_up(whole, left)
    assert shown(policy, NAME) == ["*"]
    assert policy.requestable[PHONE.coordinate] is Refusal.QUOTA_EXCEEDED
    assert policy.visible == whole.visible
    assert policy.fingerprint not in {whole.fingerprint, left.fingerprint}


def test_a_quota_changes_the_fingerprint():
    """Two departments with the same fields, of which one has a quota, share no policy and no plan."""
    assert fold(grant(NAME)).fingerprint != fold(grant(NAME, **QUOTA)).fingerprint


@given(st.lists(GRANTS, max_size=6), st.data())
def test_metered_is_what_is_lost(grants, data):
    """For any grants: without all that have a quota nothing but metered fields is held less."""
    drawn = [
        Grant(**{**{name: getattr(one, name) for name in one.__slots__}, "id": f"g{number}", "records_a_day": quota})
        for number, one in enumerate(grants)
        for quota in [data.draw(st.sampled_from([None, 3])) if one.effect == "allow" else None]
    ]
    whole, free = fold(*drawn), fold(*(one for one in drawn if not one.metered))
    for view in VIEWS:
        name = view.coordinate
        assert (name in whole.metered) == (whole.held.get(name) != free.held.get(name))
        assert all(drawn[int(one[1:])].metered for one in whole.metered.get(name, ()))


def test_an_admission_keeps_both():
    """The whole access and what is left of it are folded once each, and never mixed up."""
    purposes = [Purpose("PUBLIC_QUERY", "公众", "Public", public=True), Purpose("SERVICE", "受理", "Service")]
    admission = Admission(Known(), purposes, [grant(NAME), grant(PHONE, id="q", **QUOTA)], VIEWS)
    access = admission.admit(Credentials("t", "SERVICE"), NOW)
    left = admission.without(access, frozenset({"q"}), NOW)
    assert PHONE.coordinate in access.policy.held
    assert left.policy.requestable[PHONE.coordinate] is Refusal.QUOTA_EXCEEDED
    assert admission.without(access, frozenset({"q"}), NOW).policy is left.policy
    assert admission.admit(Credentials("t", "SERVICE"), NOW).policy is access.policy
    assert admission.without(access, frozenset({"gone"}), NOW).policy.held == access.policy.held


def test_a_purpose_that_waits_for_consents_holds_nothing():
    """Whatever is granted for it; and a case is demanded beside it all the same."""
    waiting = Purpose("SERVICE", "受理", "Service", requires_case=True, requires_consent=True)
    purposes = [Purpose("PUBLIC_QUERY", "公众", "Public", public=True), waiting]
    admission = Admission(Known(), purposes, [grant(NAME)], VIEWS)
    policy = admission.admit(Credentials("t", "SERVICE", "17"), NOW).policy
    assert (policy.held, policy.requestable, policy.visible) == ({}, {}, frozenset())
    with pytest.raises(Refused, match="CASE_REQUIRED"):
        admission.admit(Credentials("t", "SERVICE"), NOW)
