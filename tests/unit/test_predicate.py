"""Predicates: the truth table adapters must agree with, and the algebra that joins them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema import predicate
from schema.predicate import FALSE, TRUE, AllOf, AnyOf, Op, Test, both, either, fields_of, holds

ROW = {"text": "肇东Café ABC", "empty": "", "day": "2026-11-23", "number": 7, "yes": True, "no": False, "none": None}
LEAVES = st.builds(
    Test,
    st.sampled_from(["text", "day", "none"]),
    st.sampled_from([Op.EQ, Op.CONTAINS, Op.PREFIX, Op.GE, Op.IS_NULL]),
    st.sampled_from(["", "肇", "abc", "2026-11-23", "9"]),
)
PREDICATES = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(AllOf, st.lists(inner, max_size=3).map(tuple))
        | st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=8,
)

JOINED = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: both(*parts))
        | st.lists(inner, max_size=3).map(lambda parts: either(*parts))
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("field", "op", "value", "expected"),
    [
        ("text", Op.EQ, "肇东Café ABC", True),
        ("text", Op.EQ, "肇东café abc", False),
        ("text", Op.CONTAINS, "café a", True),
        ("text", Op.CONTAINS, "CAFÉ", False),
        ("text", Op.CONTAINS, "", True),
        ("text", Op.PREFIX, "肇东", True),
        ("text", Op.PREFIX, "肇东CAF", False),
        ("text", Op.PREFIX, "", True),
        ("text", Op.IN, ("肇东Café ABC", "x"), True),
        ("text", Op.IN, (), False),
        ("text", Op.IN, "肇东Café ABC", False),
        ("text", Op.IS_NULL, "", False),
        ("empty", Op.IS_NULL, "", False),
        ("empty", Op.EQ, "", True),
        ("day", Op.GE, "2026-11-23", True),
        ("day", Op.LE, "2026-11-23", True),
        ("day", Op.LT, "2026-11-23", False),
        ("day", Op.LT, "2026-11-24", True),
        ("day", Op.GE, "2027-01-01", False),
        ("number", Op.GE, 7, True),
        ("number", Op.LT, 7, False),
        ("number", Op.LE, 6, False),
        ("number", Op.EQ, 7, True),
        ("number", Op.IN, (7, 8), True),
        ("yes", Op.EQ, True, True),
        ("no", Op.EQ, False, True),
        ("no", Op.EQ, True, False),
        ("no", Op.IS_NULL, "", False),
        *(
            ("none", op, value, False)
            for op, value in [(Op.EQ, ""), (Op.IN, ("",)), (Op.CONTAINS, ""), (Op.PREFIX, "")]
        ),
        *(("none", op, "2026-11-23", False) for op in (Op.GE, Op.LE, Op.LT)),
        ("none", Op.EQ, False, False),
        ("none", Op.IS_NULL, "", True),
    ],
)
def test_truth_table(field, op, value, expected):
    """Each comparison of each kind of value; a missing value satisfies IS_NULL and nothing else."""
    assert holds(Test(field, op, value), ROW.__getitem__) is expected


@pytest.mark.parametrize(
    ("field", "op", "value"), [("number", Op.PREFIX, "7"), ("text", Op.GE, 7), ("number", Op.LT, "8")]
)
def test_comparison_without_a_meaning_is_loud(field, op, value):
    """Comparing text with a number is a mistake of the program, never quietly false."""
    with pytest.raises(TypeError, match=field):
        holds(Test(field, op, value), ROW.__getitem__)


def test_nothing_and_everything():
    """The empty conjunction is true, the empty disjunction false."""
    assert holds(TRUE, ROW.__getitem__)
    assert not holds(FALSE, ROW.__getitem__)
    assert (both(), either()) == (TRUE, FALSE)


@given(st.lists(PREDICATES, max_size=4))
def test_joining_means_what_it_says(parts):
    """`both` holds where all parts hold, `either` where one does, however they are simplified."""
    truths = [holds(part, ROW.__getitem__) for part in parts]
    assert holds(both(*parts), ROW.__getitem__) is all(truths)
    assert holds(either(*parts), ROW.__getitem__) is any(truths)


@given(st.lists(JOINED, max_size=4))
def test_joining_absorbs(parts):
    """False makes a conjunction false, true a disjunction true; repetition and nesting disappear."""
    assert both(*parts, FALSE) == FALSE
    assert either(*parts, TRUE) == TRUE
    assert both(*parts, *parts) == both(*parts)
    assert both(both(*parts)) == both(*parts)
    assert both(*parts, TRUE) == both(*parts)


def test_tests_and_fields_in_order():
    """All comparisons are found left to right, each field once."""
    found = both(Test("a", Op.EQ, "1"), either(Test("b", Op.EQ, "2"), Test("a", Op.IS_NULL)))
    assert [test.field for test in predicate.tests(found)] == ["a", "b", "a"]
    assert fields_of(found) == ("a", "b")
