"""The row guard: symbolic row filters meet a caller's values, and what binds to nothing passes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Unreadable
from auth.access import Clause
from auth.grants import ALL_ROWS, Binding, Bindings, Condition, RowOp
from hub.plan.rows import RowGuard
from schema.predicate import FALSE, TRUE, holds

PREFIX = frozenset({Condition("divisionCode", RowOp.PREFIX, Binding("division"))})
OWN = frozenset({Condition("uscc", RowOp.IN, Binding("own"))})
FIXED = frozenset({Condition("status", RowOp.IN, ("ACTIVE", "SUSPENDED"))})
ROW = {"divisionCode": "231282", "uscc": "91231282MA9X0A019P", "status": "ACTIVE"}
FILTERS = (ALL_ROWS, PREFIX, OWN, FIXED, PREFIX | FIXED, OWN | FIXED)


def guard(**values):
    """A guard of a caller with these bindings."""
    return RowGuard(Bindings({name: tuple(found) for name, found in values.items()}))


@pytest.mark.parametrize(
    ("values", "passes"),
    [
        (["231282"], True),
        (["2312"], True),
        (["230199", "2312"], True),
        (["230199"], False),
        (["2312820"], False),
        ([], False),
        ([""], False),
        (["", "230199"], False),
    ],
)
def test_prefix(values, passes):
    """One prefix of the caller suffices; an empty one, which every code begins with, is none."""
    assert guard(division=values).passes((Clause(PREFIX, masked=False),), ROW.get) is passes


@pytest.mark.parametrize(
    ("values", "passes"),
    [(["91231282MA9X0A019P"], True), (["x", "91231282MA9X0A019P"], True), (["91231282MA9X0A019"], False), ([], False)],
)
def test_one_of(values, passes):
    """The whole value is compared, and an empty list holds nothing."""
    assert guard(own=values).passes((Clause(OWN, masked=False),), ROW.get) is passes


@pytest.mark.parametrize("rows", [PREFIX, OWN, PREFIX | FIXED])
def test_name_without_values_binds_to_nothing(rows):
    """A binding that is missing is the same as an empty one: the predicate is false, not absent."""
    assert guard().predicate(rows) == FALSE
    assert guard().any_of((Clause(rows, masked=False),)) == FALSE
    assert not guard().passes((Clause(rows, masked=False),), ROW.get)


def test_no_filter_and_no_clause():
    """No condition lets every row through, no clause none."""
    assert guard().predicate(ALL_ROWS) == TRUE
    assert guard().any_of((Clause(PREFIX, masked=False), Clause(ALL_ROWS, masked=True))) == TRUE
    assert guard().any_of(()) == FALSE
    assert not guard().passes((), ROW.get)


@given(
    st.lists(st.sampled_from(FILTERS), max_size=3),
    st.lists(st.sampled_from(["231282", "2301", ""]), max_size=2),
    st.lists(st.sampled_from([ROW["uscc"], "x"]), max_size=2),
    st.fixed_dictionaries(
        {
            "divisionCode": st.sampled_from(["231282", "230199", None]),
            "uscc": st.sampled_from([ROW["uscc"], None]),
            "status": st.sampled_from(["ACTIVE", "REVOKED", None]),
        }
    ),
)
def test_predicate_and_guard_agree(filters, divisions, own, row):
    """What is sent to a source and what is checked afterwards is the same filter."""
    group = tuple(Clause(rows, masked=False) for rows in filters)
    one = guard(division=divisions, own=own)
    assert one.passes(group, row.get) is holds(one.any_of(group), row.get)


@pytest.mark.parametrize("column", ["divisionCode", "uscc", "status"])
def test_missing_value_passes_no_condition(column):
    """A row that does not say where it lies lies nowhere."""
    row = {**ROW, column: None}
    group = (Clause(PREFIX | OWN | FIXED, masked=False),)
    assert not guard(division=["231282"], own=[ROW["uscc"]]).passes(group, row.get)


@pytest.mark.parametrize(
    "rows",
    [PREFIX, OWN],
)
def test_unreadable_value_passes_no_condition(rows):
    """A value that could not be read is no place either, and no error."""
    row = dict.fromkeys(ROW, Unreadable.VALUE)
    assert not guard(division=["231282"], own=[ROW["uscc"]]).passes((Clause(rows, masked=False),), row.get)
