"""The matrix says what the gateway would fold, and what the grants themselves mean."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.access import Refusal, fold_policy
from auth.classes import Sensitivity
from auth.grants import Effect
from auth.roles import Role, station
from auth.scopes import Scope
from hub.exchange.matrix import Asker, CellState, Situation, matrix
from hub.exchange.reference import HIDDEN, Inquiry, judged, verdict_of
from hub.roster.vocabulary import Vocabulary, running_vocabulary
from schema.catalogue import fold_catalogue
from tests.oracle.standing import Person, stand
from tests.unit.policies import DAY, DAYS, FROM, GRANTS, HERE, NAME, PHONE, PURPOSES, SEALED, TO, VIEWS, caller, grant

ASKER = Asker("hall", Role.CLERK, "SERVICE")
FIELDS = {view.coordinate: view for view in VIEWS}
MANY = st.lists(GRANTS, max_size=8)
ROLES = st.sampled_from([Role.CLERK, Role.OFFICER, Role.BANK, Role.PUBLIC])
_HELD = {
    CellState.HELD,
    CellState.HELD_FILTERED,
    CellState.MASKED,
    CellState.MASKED_FILTERED,
    CellState.MIXED,
}
_REFUSED = {
    CellState.EXPIRED: {Refusal.GRANT_EXPIRED},
    CellState.OTHER_PURPOSE: {Refusal.PURPOSE_NOT_ALLOWED},
}


def situation(*grants, frozen=(), day=DAY, vocabulary=None):
    """A situation of numbered grants over the small fields."""
    named = [one if one.id != "g" else _numbered(one, number) for number, one in enumerate(grants)]
    return Situation(tuple(named), frozenset(frozen), vocabulary or running_vocabulary(VIEWS), day)


def _numbered(one, number):
    return replace(one, id=f"g{number}")


def cell(found: Situation, view=NAME, asker=ASKER):
    """One cell of the clerk's matrix."""
    return matrix(found, asker)[view.coordinate]


@given(MANY, st.sampled_from(PURPOSES), ROLES)
def test_the_matrix_is_the_folded_policy(grants, purpose, role):
    """Held, filtered, masked, refused and hidden are what the gateway folds for the same caller."""
    found = situation(*grants)
    cells = matrix(found, Asker("hall", role, purpose))
    policy = fold_policy(caller(role), purpose, found.grants, VIEWS, DAY)
    assert {name for name, one in cells.items() if one.state in _HELD} == policy.held.keys()
    for name, one in cells.items():
        clauses = policy.held.get(name, ())
        if clauses:
            masks = {clause.masked for clause in clauses}
            assert (one.state is CellState.MIXED) == (len(masks) == 2)
            assert len(masks) == 2 or (one.state.name.startswith("MASKED")) == (masks == {True})
            if len(masks) == 1:
                assert one.state.name.endswith("FILTERED") == all(clause.rows for clause in clauses)
            assert one.grants
            assert one.last_day is not None
            assert one.last_day >= DAY
        elif name in policy.requestable:
            assert policy.requestable[name] in _REFUSED.get(one.state, {Refusal.FIELD_DENIED})
        else:
            assert one.state in {CellState.WITHHELD, CellState.HIDDEN}


@given(MANY, st.sampled_from(PURPOSES), ROLES, st.sampled_from([None, frozenset({Scope.LICENCE_BASIC})]))
def test_the_reference_agrees_with_the_fold(grants, purpose, role, scopes):
    """Two pieces of code that share none give the same for every field, narrowed tokens included."""
    policy = fold_policy(caller(role, scopes=scopes), purpose, grants, VIEWS, DAY)
    right = judged(grants, FIELDS, Inquiry("hall", role, purpose, DAY, scopes))
    assert {name: verdict_of(policy, name) for name in FIELDS} == right


@given(MANY, ROLES)
def test_the_matrix_agrees_with_the_raw_grants(grants, role):
    """The oracle's reading, which simplifies nothing, holds and refuses the same fields."""
    found = situation(*grants)
    cells = matrix(found, Asker("hall", role, "SERVICE"))
    catalogue: Any = SimpleNamespace(fields=FIELDS, rule=FIELDS.__getitem__)
    person = Person("hall", role, "SERVICE", DAY, None, {})
    standing = stand(person, found.grants, catalogue)
    assert {name for name, one in cells.items() if one.state in _HELD} == standing.held.keys()
    hidden = {name for name, one in cells.items() if one.state in {CellState.WITHHELD, CellState.HIDDEN}}
    assert hidden == FIELDS.keys() - standing.visible


@given(MANY)
def test_what_gives_a_field_gives_it(grants):
    """Without the grants that a cell names, the field is not held; a day after the last one, neither by them alone."""
    found = situation(*grants)
    for name, one in matrix(found, ASKER).items():
        if one.state in _HELD:
            others = [grant for grant in found.grants if grant.id not in one.grants]
            assert matrix(situation(*others), ASKER)[name].state not in _HELD
            assert one.last_day is not None
            later = situation(*[g for g in found.grants if g.id in one.grants], day=one.last_day + timedelta(days=1))
            assert matrix(later, ASKER)[name].state not in _HELD


YEAR_END = date(2026, 12, 31)
STATES = [
    (CellState.HELD, NAME, [grant(NAME)]),
    (CellState.HELD_FILTERED, NAME, [grant(NAME, rows=HERE)]),
    (CellState.MASKED, PHONE, [grant(PHONE, mask_personal=True)]),
    (CellState.MASKED_FILTERED, PHONE, [grant(PHONE, mask_personal=True, rows=HERE)]),
    (CellState.MIXED, PHONE, [grant(PHONE, mask_personal=True), grant(PHONE, rows=HERE)]),
    (CellState.REQUESTABLE, NAME, []),
    (CellState.EXPIRED, NAME, [grant(NAME, ends=date(2026, 11, 22))]),
    (CellState.EXPIRED, NAME, [grant(NAME, certified_until=date(2026, 11, 22))]),
    (CellState.OTHER_PURPOSE, NAME, [grant(NAME, purposes=frozenset({"INSPECTION"}))]),
    (CellState.DENIED, NAME, [grant(NAME), grant(NAME, effect=Effect.DENY, purposes=frozenset())]),
    (CellState.LACKING, DAYS, [grant(DAYS, FROM)]),
    (CellState.HELD, DAYS, [grant(DAYS, FROM, TO)]),
    (CellState.WITHHELD, SEALED, [grant(Scope.ENTITY_IDENTITY)]),
]


@pytest.mark.parametrize(("state", "view", "grants"), STATES, ids=[f"{s}-{n}" for n, (s, _, _) in enumerate(STATES)])
def test_every_state_has_its_cause(state, view, grants):
    """Each state, by the grants that lead to it."""
    assert cell(situation(*grants), view).state is state


def test_a_frozen_grant_is_named():
    """A field that only a frozen grant gives is frozen; one that another one gives as well is held."""
    one, other = grant(NAME, id="a"), grant(NAME, id="b")
    found = cell(situation(one, frozen={"a"}))
    assert (found.state, found.grants) == (CellState.FROZEN, ("a",))
    found = cell(situation(one, other, frozen={"a"}))
    assert (found.state, found.grants) == (CellState.HELD, ("b",))


@pytest.mark.parametrize("cold", [FROM.coordinate, Scope.LICENCE_BASIC])
def test_a_frozen_field_takes_what_is_computed_from_it(cold):
    """Frozen by its coordinate or its scope, a field is held by nobody, nor what needs it; others are as they were."""
    found = replace(situation(grant(DAYS, FROM, TO, NAME, id="a")), cold=frozenset({str(cold)}))
    cells = matrix(found, ASKER)
    frozen = {name for name, one in cells.items() if one.state is CellState.FROZEN}
    assert frozen == {FROM.coordinate, DAYS.coordinate} | ({TO.coordinate} if cold is Scope.LICENCE_BASIC else set())
    assert cells[NAME.coordinate].state is CellState.HELD
    inquiry = Inquiry("hall", Role.CLERK, "SERVICE", DAY, cold=found.cold)
    right = judged(found.grants, FIELDS, inquiry)
    assert {name for name, verdict in right.items() if verdict.code == "FIELD_FROZEN"} == frozen


def test_above_the_station_is_hidden():
    """What is personal does not exist for a bank; what is public can be asked for."""
    bank = Asker("bank", Role.BANK, "SERVICE")
    assert cell(situation(), PHONE, bank).state is CellState.HIDDEN
    assert cell(situation(), NAME, bank).state is CellState.REQUESTABLE


def test_what_explains_a_cell():
    """Denials, lacking fields, row filters and the last day are named."""
    denied = cell(situation(grant(NAME, id="a"), grant(NAME, id="no", effect=Effect.DENY)))
    assert (denied.grants, denied.denied_by) == (("a",), ("no",))
    lacking = cell(situation(grant(DAYS, FROM, id="a")), DAYS)
    assert (lacking.grants, lacking.lacking) == (("a",), ("Licence.to",))
    filtered = cell(situation(grant(NAME, id="a", rows=HERE)))
    assert filtered.rows == ("divisionCode PREFIX $division",)


@pytest.mark.parametrize(("ends", "expiring"), [(date(2026, 12, 23), True), (date(2026, 12, 24), False)])
def test_what_ends_within_thirty_days_is_expiring(ends, expiring):
    """Thirty days from the day of the matrix on; another grant that lasts longer counts."""
    found = cell(situation(grant(NAME, ends=ends)))
    assert (found.last_day, found.expiring) == (ends, expiring)
    longer = cell(situation(grant(NAME, ends=ends), grant(NAME, ends=date(2027, 12, 31))))
    assert (longer.last_day, longer.expiring) == (date(2027, 12, 31), False)


def test_a_computed_field_ends_with_what_it_needs():
    """Its last day is that of the first of its needs to end."""
    found = cell(situation(grant(DAYS, FROM, id="a"), grant(TO, id="b", ends=date(2026, 11, 30))), DAYS)
    assert (found.last_day, found.grants) == (date(2026, 11, 30), ("a", "b"))


def test_a_grant_for_one_person_is_none_of_the_department():
    """Break-glass shows in nobody's matrix."""
    assert cell(situation(grant(NAME, person="somebody"))).state is CellState.REQUESTABLE


def test_a_past_vocabulary_is_what_counts():
    """A scope gives the fields that it had, and a station hides what it hid."""
    fields = {**FIELDS, PHONE.coordinate: type(PHONE)(PHONE.coordinate, Scope.ENTITY_IDENTITY, Sensitivity.PERSONAL)}
    stations = {role: station(role) for role in Role} | {Role.CLERK: Sensitivity.INTERNAL}
    past = Vocabulary(3, 0, stations, fields)
    given_then = situation(grant(Scope.ENTITY_IDENTITY), vocabulary=past)
    assert cell(given_then, PHONE).state is CellState.HELD
    assert cell(situation(grant(Scope.ENTITY_IDENTITY)), PHONE).state is CellState.REQUESTABLE
    assert cell(situation(vocabulary=past), PHONE).state is CellState.HIDDEN


def test_every_field_of_the_catalogue_has_a_cell():
    """The matrix leaves out none."""
    fields = fold_catalogue().fields
    found = Situation((), frozenset(), running_vocabulary(fields.values()), DAY)
    assert matrix(found, ASKER).keys() == fields.keys()
    right = judged([], fields, Inquiry("", Role.PUBLIC, "SERVICE", DAY))
    assert {str(verdict) for verdict in right.values()} == {"FIELD_DENIED", HIDDEN}
