"""A draft's difference is that of two matrices, on every day on which it matters."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from auth.roles import Role
from auth.scopes import Scope
from hub.exchange.changes import Change, ChangeKind
from hub.exchange.differences import Shift, affected, differences, draft_of, shifts_between
from hub.exchange.matrix import Asker, CellState, Situation, matrix
from hub.roster.vocabulary import running_vocabulary
from tests.unit.policies import DAY, GRANTS, HERE, NAME, OPEN, PHONE, PURPOSES, VIEWS, grant

ASKER = Asker("hall", Role.CLERK, "SERVICE")
ACTING = {("hall", Role.CLERK), ("market", Role.CLERK), ("market", Role.OFFICER)}
YEAR_END, NEXT_YEAR = date(2026, 12, 31), date(2027, 12, 31)
FIELDS = [view.coordinate for view in VIEWS]
_HELD = ("HELD", "HELD_FILTERED", "MASKED", "MASKED_FILTERED", "MIXED")


def draft(grants, *changes, frozen=()):
    """A draft over numbered grants."""
    named = [replace(one, id=f"g{number}") for number, one in enumerate(grants)]
    return draft_of(Situation(tuple(named), frozenset(frozen), running_vocabulary(VIEWS), DAY), changes)


def added(*what, **more):
    """A change that adds a grant."""
    return Change(ChangeKind.ADD, grant(*what, **{**more, "id": ""}))


def ended(number, last_day, like=None):
    """A change that ends the grant of this number."""
    return Change(ChangeKind.END, replace(like or grant(NAME), id=f"g{number}"), last_day)


CHANGES = st.one_of(
    GRANTS.map(lambda one: Change(ChangeKind.ADD, replace(one, id=""))),
    st.builds(
        lambda number, kind, last: Change(kind, grant(NAME, id=f"g{number}"), last),
        st.integers(0, 4),
        st.sampled_from([ChangeKind.END, ChangeKind.RENEW]),
        st.sampled_from([date(2026, 11, 20), DAY, date(2026, 12, 5), NEXT_YEAR]),
    ),
)


@given(st.lists(GRANTS, max_size=5), st.lists(CHANGES, max_size=3), st.sampled_from(PURPOSES))
def test_a_difference_is_that_of_two_matrices(grants, changes, purpose):
    """Gained is what is held after and was not before, lost the other way round, on each of 400 days."""
    made, asker = draft(grants, *changes), Asker("hall", Role.CLERK, purpose)
    found = differences(made, asker)
    for offset in (0, 1, 2, 11, 12, 13, 37, 38, 39, 40, 200, 400, 403, 404, 405):
        day = DAY + timedelta(days=offset)
        shifts = next((one.shifts for one in found if one.since <= day and (one.until is None or day <= one.until)), {})
        before, after = (matrix(replace(one, day=day), asker) for one in (made.before, made.after))
        held = [{name for name, cell in cells.items() if cell.state in _HELD} for cells in (before, after)]
        assert {name for name, one in shifts.items() if one == (Shift.GAINED,)} == held[1] - held[0]
        assert {name for name, one in shifts.items() if one == (Shift.LOST,)} == held[0] - held[1]
        policies = [one.policy(asker, day).held for one in (made.before, made.after)]
        assert set(shifts) == {name for name in FIELDS if policies[0].get(name) != policies[1].get(name)}


@given(st.lists(GRANTS, max_size=5), st.lists(CHANGES, min_size=1, max_size=3))
def test_nobody_is_forgotten(grants, changes):
    """Whoever is not named as affected sees no difference, on any day."""
    made = draft(grants, *changes)
    named = set(affected(made, ACTING, PURPOSES))
    for department, role in ACTING | {("", Role.PUBLIC)}:
        for purpose in PURPOSES:
            asker = Asker(department, role, purpose)
            assert asker in named or not differences(made, asker)


def shift(before, after):
    """What becomes of the phone number when grants change."""
    made = draft(before)
    made = replace(made, after=replace(made.after, grants=tuple(after)))
    return shifts_between(made, ASKER, DAY).get(PHONE.coordinate, ())


def test_masks_and_rows_are_told_apart():
    """Each way in which a field that stays held can change."""
    clear, here, masked = grant(PHONE), grant(PHONE, rows=HERE), grant(PHONE, mask_personal=True)
    assert shift([clear], [clear]) == ()
    assert shift([masked], [clear]) == (Shift.CLEARER,)
    assert shift([clear], [masked]) == (Shift.MASKED_MORE,)
    assert shift([here], [clear]) == (Shift.WIDENED,)
    assert shift([clear], [here]) == (Shift.NARROWED,)
    assert shift([here], [grant(PHONE, rows=OPEN)]) == (Shift.OTHER_ROWS,)
    assert shift([here], [here, masked]) == (Shift.WIDENED,)
    assert shift([masked], [here, masked]) == (Shift.CLEARER,)
    assert shift([here, masked], [grant(PHONE, rows=OPEN), masked]) == (Shift.CLEARER, Shift.MASKED_MORE)


def test_a_renewal_shows_on_the_day_it_matters():
    """Nothing changes until the grant would have run out."""
    made = draft([grant(NAME)], Change(ChangeKind.RENEW, grant(NAME, id="g0"), NEXT_YEAR))
    (one,) = differences(made, ASKER)
    assert (one.since, one.until, dict(one.shifts)) == (date(2027, 1, 1), NEXT_YEAR, {NAME.coordinate: (Shift.GAINED,)})


def test_an_end_is_felt_once_no_other_grant_gives_the_field():
    """Another grant that gives it for a month more postpones the loss."""
    lasting = grant(NAME, ends=date(2026, 12, 15))
    made = draft([grant(NAME), lasting], ended(0, DAY))
    (one,) = differences(made, ASKER)
    assert (one.since, one.until, set(one.shifts)) == (date(2026, 12, 16), YEAR_END, {NAME.coordinate})


def test_a_grant_for_every_department_concerns_each():
    """Those that there are by name, and all others."""
    made = draft([], added(Scope.ENTITY_IDENTITY, department="*"))
    assert [one.department for one in affected(made, ACTING, PURPOSES)] == ["*", "hall", "market"]
    public = draft([], added(NAME, department="*", role=Role.PUBLIC))
    assert affected(public, ACTING, PURPOSES) == [Asker("", Role.PUBLIC, "SERVICE")]


def test_a_frozen_grant_changes_nothing():
    """Ending what is not honoured makes no difference."""
    made = draft([grant(NAME)], ended(0, DAY), frozen={"g0"})
    assert differences(made, ASKER) == []
    assert matrix(made.before, ASKER)[NAME.coordinate].state is CellState.FROZEN
