"""Folding grants: nothing by default, a denial beats every allowance, order never matters."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.access import Clause, Refusal, fold_policy, next_change
from auth.grants import ALL_ROWS, Effect, Grant
from auth.roles import Role
from auth.scopes import Scope
from tests.unit.policies import (
    DAY,
    DAYS,
    FROM,
    GRANTS,
    HERE,
    NAME,
    OPEN,
    PHONE,
    PURPOSES,
    SEALED,
    TO,
    VIEWS,
    View,
    caller,
    fold,
    grant,
    shown,
)

MANY = st.lists(GRANTS, max_size=8)


def test_nothing_is_held_without_a_grant():
    """Without grants everything the station allows is requestable, and nothing is held."""
    policy = fold()
    assert not policy.held
    assert set(policy.requestable) == {view.coordinate for view in VIEWS if view is not SEALED}
    assert set(policy.requestable.values()) == {Refusal.FIELD_DENIED}


@given(MANY, st.randoms(use_true_random=False))
def test_order_of_grants_never_matters(grants, random):
    """Any order of the same grants, some of them twice, folds to the same policy and fingerprint."""
    shuffled = [*grants, *grants[:2]]
    random.shuffle(shuffled)
    assert fold(*shuffled) == fold(*grants)


@given(MANY)
def test_denial_beats_every_allowance(grants):
    """A denial of a scope takes its fields from whatever else is granted."""
    policy = fold(*grants, grant(Scope.LICENCE_BASIC, effect=Effect.DENY, purposes=frozenset()))
    assert not [name for name in policy.held if name.startswith("Licence.")]


def test_denial_for_a_purpose_leaves_the_others():
    """A denial that names purposes denies for those only."""
    allowed = grant(NAME, purposes=frozenset(PURPOSES))
    denied = grant(NAME, effect=Effect.DENY, purposes=frozenset({"INSPECTION"}))
    assert shown(fold(allowed, denied), NAME) == ["*"]
    assert not shown(fold(allowed, denied, purpose="INSPECTION"), NAME)


@pytest.mark.parametrize(
    ("day", "held"),
    [
        (date(2026, 11, 21), False),
        (date(2026, 11, 22), True),
        (date(2026, 11, 23), True),
        (date(2026, 11, 24), False),
    ],
)
def test_both_ends_of_a_period_are_included(day, held):
    """A grant holds from its first to its last day, both included; so does a denial."""
    period = {"starts": date(2026, 11, 22), "ends": date(2026, 11, 23)}
    assert bool(shown(fold(grant(NAME, **period), day=day), NAME)) is held
    denied = grant(NAME, **period, effect=Effect.DENY)
    assert bool(shown(fold(grant(NAME), denied, day=day), NAME)) is not held


def test_next_change_is_the_first_later_edge():
    """The next change is the first later day on which a grant begins or has just ended, of this role only."""
    ends = grant(NAME, ends=date(2026, 12, 5))
    begins = grant(NAME, starts=date(2026, 11, 30), effect=Effect.DENY)
    foreign = grant(NAME, starts=date(2026, 11, 24), role=Role.JUDGE)
    assert next_change([ends, begins, foreign], "hall", Role.CLERK, DAY) == date(2026, 11, 30)
    assert next_change([ends, foreign], "hall", Role.CLERK, DAY) == date(2026, 12, 6)
    assert next_change([foreign], "hall", Role.CLERK, DAY) is None


@given(MANY, st.integers(0, 40))
def test_policy_is_constant_until_the_next_change(grants, days):
    """Between a day and the next change the policy is the same; a plan may be kept that long."""
    change = next_change(grants, "hall", Role.CLERK, DAY)
    later = date.fromordinal(DAY.toordinal() + days)
    if change is None or later < change:
        assert fold(*grants, day=later).held == fold(*grants).held


@given(MANY)
def test_clauses_say_exactly_what_the_grants_say(grants):
    """For each kind of row the folded clauses give what the raw grants give: in clear, masked or nothing."""
    policy = fold(*grants)
    for view in (NAME, PHONE, FROM, TO):
        clauses = policy.held.get(view.coordinate, ())
        for passing in (ALL_ROWS, HERE, OPEN, HERE | OPEN):
            found = {clause.masked for clause in clauses if clause.rows <= passing}
            assert (min(found) if found else None) == _by_hand(grants, view, passing)


@given(MANY)
def test_clauses_are_simple(grants):
    """No clause is contained in another of the same field, and clear ones come first."""
    for clauses in fold(*grants).held.values():
        for one in clauses:
            assert not [o for o in clauses if o != one and o.rows <= one.rows and (one.masked or not o.masked)]
        assert [clause.masked for clause in clauses] == sorted(clause.masked for clause in clauses)


@given(MANY)
def test_computed_field_needs_all_it_is_computed_from_in_clear(grants):
    """A row that gives a computed field gives its own grant and each of its needs in clear."""
    policy = fold(*grants)
    for passing in (ALL_ROWS, HERE, OPEN, HERE | OPEN):
        if any(clause.rows <= passing for clause in policy.held.get(DAYS.coordinate, ())):
            assert [_by_hand(grants, need, passing) for need in (FROM, TO)] == [False, False]
            assert _by_hand(grants, DAYS, passing) is not None


def test_computed_field_with_a_masked_need_is_not_held():
    """A masked need is no need: the result would undo the mask."""
    policy = fold(grant(FROM, DAYS), grant(TO, masked=frozenset({TO.coordinate})))
    assert shown(policy, TO) == ["* masked"]
    assert not shown(policy, DAYS)
    assert policy.requestable[DAYS.coordinate] is Refusal.FIELD_DENIED


def test_computed_field_with_a_withheld_need_is_not_held():
    """What nobody may hold cannot be had by way of what is computed from it, whatever is granted."""
    computed = View("Entity.fromSealed", needs=(SEALED.coordinate,))
    policy = fold_policy(caller(), "SERVICE", [grant(SEALED, computed)], [SEALED, computed], DAY)
    assert not policy.held


def test_computed_field_is_held_where_all_needs_are():
    """Row filters of the needs are added to those of the field itself."""
    policy = fold(grant(DAYS), grant(FROM, rows=HERE), grant(TO, rows=OPEN))
    assert policy.held[DAYS.coordinate] == (Clause(HERE | OPEN, masked=False),)


def test_narrower_clause_disappears_in_a_wider_one():
    """A filtered clause beside an open one, or a masked one beside a clear one, adds nothing."""
    assert shown(fold(grant(NAME), grant(NAME, rows=HERE)), NAME) == ["*"]
    assert shown(fold(grant(PHONE), grant(PHONE, mask_personal=True)), PHONE) == ["*"]
    elsewhere = fold(grant(PHONE, rows=HERE), grant(PHONE, mask_personal=True))
    assert shown(elsewhere, PHONE) == ["divisionCode PREFIX $division", "* masked"]


def test_mask_of_personal_fields_leaves_the_others():
    """`mask_personal` masks personal fields and no other; a listed field is masked whatever its class."""
    policy = fold(grant(NAME, PHONE, mask_personal=True))
    assert (shown(policy, NAME), shown(policy, PHONE)) == (["*"], ["* masked"])
    assert shown(fold(grant(NAME, masked=frozenset({NAME.coordinate}))), NAME) == ["* masked"]


def test_refusals_say_why():
    """A grant that ran out, one for another purpose and none at all are told apart."""
    policy = fold(
        grant(NAME, ends=date(2026, 11, 22)),
        grant(FROM, purposes=frozenset({"INSPECTION"})),
        grant(PHONE, role=Role.BANK),
    )
    assert policy.requestable[NAME.coordinate] is Refusal.GRANT_EXPIRED
    assert policy.requestable[FROM.coordinate] is Refusal.PURPOSE_NOT_ALLOWED
    assert policy.requestable[PHONE.coordinate] is Refusal.FIELD_DENIED


def test_what_is_above_the_station_or_withheld_is_hidden():
    """The public may not know of personal fields, nobody of withheld ones; a grant does not change the latter."""
    public = fold(who=caller(Role.PUBLIC, ""))
    assert PHONE.coordinate not in public.visible
    assert NAME.coordinate in public.visible
    assert SEALED.coordinate not in fold(grant(SEALED)).visible


def test_masked_grant_lifts_a_field_above_the_station_into_sight():
    """What is granted is held, also above the station: so the public gets masked names."""
    granted = grant(PHONE, role=Role.PUBLIC, department="*", mask_personal=True)
    assert shown(fold(granted, who=caller(Role.PUBLIC, "")), PHONE) == ["* masked"]


def test_token_narrows_and_never_widens():
    """Scopes of a token take away what they do not name, needs included, and give nothing."""
    narrow = caller(scopes=frozenset({Scope.ENTITY_IDENTITY}))
    assert set(fold(grant(NAME, FROM, TO, DAYS), who=narrow).held) == {NAME.coordinate}
    assert not fold(who=narrow).held


def test_other_departments_and_roles_are_not_concerned():
    """A grant speaks to its department, or all, and to its role alone."""
    assert not fold(grant(NAME, department="market")).held
    assert not fold(grant(NAME, role=Role.JUDGE)).held
    assert fold(grant(NAME, department="*")).held


@given(MANY, MANY)
def test_fingerprints_differ_when_and_only_when_policies_do(one, other):
    """Equal fingerprints mean equal policies, and the other way round."""
    first, second = fold(*one), fold(*other)
    same = first.held == second.held and first.requestable == second.requestable
    assert (first.fingerprint == second.fingerprint) is same


def _by_hand(grants: list[Grant], view: View, passing: frozenset) -> bool | None:
    """False in clear, True masked, None nothing: for a row that passes exactly these conditions, grant by grant."""
    naming = [
        g
        for g in grants
        if g.role is Role.CLERK
        and g.department in ("*", "hall")
        and g.starts <= DAY <= g.ends
        and (view.coordinate in g.fields or view.scope in g.scopes)
    ]
    if any(g.effect is Effect.DENY and (not g.purposes or "SERVICE" in g.purposes) for g in naming):
        return None
    found = [
        view.coordinate in g.masked or (g.mask_personal and view is PHONE)
        for g in naming
        if g.effect is Effect.ALLOW and "SERVICE" in g.purposes and g.rows <= passing
    ]
    return min(found) if found else None
