"""Folded grants agree with Cedar, an engine that shares no line with them, on every field of every kind of row."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auth.access import Policy, fold_policy
from auth.caller import Caller, Client
from auth.classes import Sensitivity, Sharing
from auth.grants import ALL_ROWS, ANY_DEPARTMENT, Binding, Bindings, Condition, Effect, Grant, RowOp
from auth.roles import Role
from auth.scopes import Scope
from hub.plan.rows import RowGuard
from tests.unit.cedar import READ, READ_CLEAR, Asked, Engine, Row
from tests.unit.policies import DAY, NAME, PHONE, PURPOSES, SEALED, VIEWS, View, grant

FROM_SEALED = View("Entity.fromSealed", needs=(SEALED.coordinate,))
ABOUT = View("Officer.name", Scope.CERTIFICATE_OFFICER, Sensitivity.PERSONAL, Sharing.CONDITIONAL)
FIELDS = (*VIEWS, FROM_SEALED, ABOUT)
SCOPES = (Scope.ENTITY_IDENTITY, Scope.ENTITY_CONTACT, Scope.LICENCE_BASIC, Scope.CERTIFICATE_OFFICER)
DAYS = (date(2026, 11, 22), DAY, date(2026, 11, 24), date(2027, 1, 1))
ROWS: tuple[Row, ...] = (
    (("divisionCode", "231282"), ("industryCode", "8411"), ("uscc", "A1")),
    (("divisionCode", "231282101"), ("industryCode", "84"), ("uscc", "A2")),
    (("divisionCode", "230199"), ("uscc", "A1")),
    (("industryCode", "6210"), ("uscc", "B")),
    (),
)
CONDITIONS = st.one_of(
    st.builds(
        Condition,
        st.just("divisionCode"),
        st.just(RowOp.PREFIX),
        st.sampled_from([Binding("division"), ("2312",), ("230199", "231282101"), ()]),
    ),
    st.builds(
        Condition,
        st.just("industryCode"),
        st.sampled_from(RowOp),
        st.sampled_from([("84",), ("62", "8411"), Binding("trades")]),
    ),
    st.builds(Condition, st.just("uscc"), st.just(RowOp.IN), st.sampled_from([Binding("own"), ("A1", "B"), ()])),
)
GRANTS = st.builds(
    grant,
    st.sampled_from([*FIELDS, *SCOPES]),
    st.sampled_from([*FIELDS, *SCOPES]),
    department=st.sampled_from(["hall", "hall", "hall", ANY_DEPARTMENT, "market"]),
    role=st.sampled_from([Role.CLERK, Role.CLERK, Role.CLERK, Role.OFFICER]),
    purposes=st.sampled_from([frozenset(PURPOSES), frozenset(PURPOSES[:1]), frozenset(PURPOSES[1:]), frozenset()]),
    starts=st.sampled_from([date(2026, 1, 1), date(2026, 1, 1), DAY, date(2026, 11, 24)]),
    ends=st.sampled_from([date(2026, 12, 31), date(2026, 12, 31), DAY, date(2026, 11, 22)]),
    rows=st.one_of(st.just(ALL_ROWS), st.frozensets(CONDITIONS, max_size=2)),
    masked=st.frozensets(st.sampled_from([view.coordinate for view in FIELDS]), max_size=3),
    mask_personal=st.booleans(),
    effect=st.sampled_from([Effect.ALLOW, Effect.ALLOW, Effect.ALLOW, Effect.DENY]),
)
CALLERS = st.builds(
    lambda department, role, division, own, scopes: Caller(
        Client("c", "c", department, role, PURPOSES, {"division": division, "own": own, "trades": ()}), scopes=scopes
    ),
    st.sampled_from(["hall", "hall", "market"]),
    st.sampled_from([Role.CLERK, Role.CLERK, Role.OFFICER]),
    st.sampled_from([("231282",), ("2301", "231282101"), ()]),
    st.sampled_from([("A1",), ("A1", "A2"), ()]),
    st.one_of(st.none(), st.none(), st.frozensets(st.sampled_from(SCOPES), max_size=3)),
)


@settings(max_examples=300)
@given(CALLERS, st.lists(GRANTS, min_size=1, max_size=8), st.sampled_from(PURPOSES), st.sampled_from(DAYS))
def test_folded_grants_agree_with_cedar(who, grants, purpose, day):
    """Every field of every row, for a purpose and on a day, is in clear, masked or nothing as Cedar decides."""
    assert _differ(who, grants, purpose, day) == []


@pytest.mark.long
@settings(max_examples=10_000)
@given(CALLERS, st.lists(GRANTS, min_size=2, max_size=14), st.sampled_from(PURPOSES), st.sampled_from(DAYS))
def test_folded_grants_agree_with_cedar_on_thousands(who, grants, purpose, day):
    """Given the time, they agree on ten thousand policies of more grants."""
    assert _differ(who, grants, purpose, day) == []


@pytest.mark.parametrize(
    ("granted", "expected"),
    [
        ([], [None, None]),
        ([grant(SCOPES[0])], [False, None]),
        ([grant(Scope.ENTITY_CONTACT, mask_personal=True)], [None, True]),
        ([grant(SCOPES[0]), grant(NAME, effect=Effect.DENY)], [None, None]),
        ([grant(NAME, rows=frozenset({Condition("uscc", RowOp.IN, ("B",))}))], [None, None]),
        ([grant(NAME, rows=frozenset({Condition("uscc", RowOp.IN, Binding("own"))}))], [False, None]),
    ],
)
def test_cedar_says_what_a_reader_expects(granted, expected):
    """A few grants whose meaning is plain, so that both are not wrong in the same way: name and phone of one row."""
    who = Caller(Client("c", "c", "hall", Role.CLERK, PURPOSES, {"own": ("A1",)}))
    asked = [Asked(view.coordinate, "SERVICE", DAY, ROWS[0]) for view in (NAME, PHONE)]
    assert _said(Engine(granted, who, FIELDS), asked) == expected
    assert _differ(who, granted, "SERVICE", DAY) == []


def _differ(who: Caller, grants: Sequence[Grant], purpose: str, day: date) -> list[str]:
    policy = fold_policy(who, purpose, grants, FIELDS, day)
    guard = RowGuard(Bindings(who.client.bindings))
    asked = [Asked(view.coordinate, purpose, day, row) for view in FIELDS for row in ROWS]
    found = [_folded(policy, guard, one) for one in asked]
    wanted = _said(Engine(grants, who, FIELDS), asked)
    return [f"{one}: {a}, but Cedar says {b}" for one, a, b in zip(asked, found, wanted, strict=True) if a is not b]


def _folded(policy: Policy, guard: RowGuard, asked: Asked) -> bool | None:
    """False in clear, True masked, None nothing, by the clauses and the filters as questions use them."""
    read = dict(asked.row).get
    passing = [clause.masked for clause in policy.held.get(asked.coordinate, ()) if guard.passes((clause,), read)]
    return min(passing, default=None)


def _said(engine: Engine, asked: Sequence[Asked]) -> list[bool | None]:
    """The same by the engine; of a computed field it says nothing where it does not give every need in clear."""
    seen = engine.decide(READ, asked)
    clear = dict(zip(asked, engine.decide(READ_CLEAR, asked), strict=True))
    needs = {view.coordinate: view.needs for view in FIELDS}
    return [
        not clear[one]
        if partly and all(clear[replace(one, coordinate=need)] for need in needs[one.coordinate])
        else None
        for one, partly in zip(asked, seen, strict=True)
    ]
