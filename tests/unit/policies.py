"""Small values for tests of the policy: fields, grants and callers that are easy to draw and to read."""

from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

from auth.access import Policy, fold_policy
from auth.caller import Caller, Client
from auth.classes import Sensitivity, Sharing
from auth.grants import ALL_ROWS, Binding, Condition, Effect, Grant, RowFilter, RowOp
from auth.roles import Role
from auth.scopes import Scope

DAY = date(2026, 11, 23)
PURPOSES = ("SERVICE", "INSPECTION")
HERE: RowFilter = frozenset({Condition("divisionCode", RowOp.PREFIX, Binding("division"))})
OPEN: RowFilter = frozenset({Condition("status", RowOp.IN, ("ACTIVE",))})


@dataclass(frozen=True)
class View:
    """A field as folding sees it."""

    coordinate: str
    scope: Scope = Scope.ENTITY_IDENTITY
    sensitivity: Sensitivity = Sensitivity.PUBLIC
    sharing: Sharing = Sharing.UNCONDITIONAL
    needs: tuple[str, ...] = ()


NAME = View("Entity.name")
PHONE = View("Entity.phone", Scope.ENTITY_CONTACT, Sensitivity.PERSONAL)
FROM = View("Licence.from", Scope.LICENCE_BASIC)
TO = View("Licence.to", Scope.LICENCE_BASIC)
DAYS = View("Licence.days", Scope.LICENCE_BASIC, needs=("Licence.from", "Licence.to"))
SEALED = View("Entity.sealed", Scope.ENTITY_IDENTITY, Sensitivity.INTERNAL, Sharing.WITHHELD)
VIEWS = (NAME, PHONE, FROM, TO, DAYS, SEALED)


def caller(role: Role = Role.CLERK, department: str = "hall", scopes: frozenset[Scope] | None = None) -> Caller:
    """A caller of one department in one role."""
    return Caller(Client("c", "client", department, role, PURPOSES), scopes=scopes)


def grant(*what: View | Scope, **more: object) -> Grant:
    """An allowance for the clerk at the hall, of fields or scopes, all year, for SERVICE."""
    made: dict[str, object] = {
        "id": "g",
        "department": "hall",
        "role": Role.CLERK,
        "purposes": frozenset({"SERVICE"}),
        "starts": date(2026, 1, 1),
        "ends": date(2026, 12, 31),
        "legal_basis": "law",
        "approved_by": "office",
        "fields": frozenset(view.coordinate for view in what if isinstance(view, View)),
        "scopes": frozenset(scope for scope in what if isinstance(scope, Scope)),
    }
    return Grant(**{**made, **more})  # type: ignore[arg-type]


def fold(*grants: Grant, purpose: str = "SERVICE", day: date = DAY, who: Caller | None = None) -> Policy:
    """Policy of the clerk under these grants."""
    return fold_policy(who or caller(), purpose, grants, VIEWS, day)


def shown(policy: Policy, view: View) -> list[str]:
    """How a field is held, each clause as text."""
    return [str(clause) for clause in policy.held.get(view.coordinate, ())]


GRANTS = st.builds(
    grant,
    st.sampled_from([*VIEWS, Scope.ENTITY_IDENTITY, Scope.ENTITY_CONTACT, Scope.LICENCE_BASIC]),
    purposes=st.frozensets(st.sampled_from(PURPOSES), max_size=2),
    starts=st.sampled_from([date(2026, 1, 1), DAY, date(2026, 11, 24)]),
    ends=st.sampled_from([date(2026, 11, 22), DAY, date(2026, 12, 31)]),
    rows=st.sampled_from([ALL_ROWS, HERE, OPEN, HERE | OPEN]),
    masked=st.frozensets(st.sampled_from([view.coordinate for view in VIEWS]), max_size=2),
    mask_personal=st.booleans(),
    effect=st.sampled_from([Effect.ALLOW, Effect.ALLOW, Effect.ALLOW, Effect.DENY]),
    department=st.sampled_from(["hall", "*", "market"]),
    role=st.sampled_from([Role.CLERK, Role.CLERK, Role.OFFICER]),
)
