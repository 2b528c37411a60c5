"""The powers of roles are disjoint: a table of every mutation and stored question by role, which a reviewer reads."""

from auth.roles import ADMINISTRATORS, Role
from schema.base import Offer
from schema.catalogue import declared_fields
from schema.mutation import Mutation
from schema.query import Query

TWO_OFFICES = {
    "appoint": {Role.ADMIN, Role.AUDIT},
    "confirmDeputy": {Role.ADMIN, Role.AUDIT, Role.SEC},
    "recover": {Role.ADMIN, Role.AUDIT, Role.SEC},
}
"""Acts that need two people: each of them is offered to several offices, and none does it alone."""
OWN = {"appointDeputy", "endDeputy", "readNotice"}
"""Acts about oneself, which are offered to everybody with colleagues."""


def offered(root):
    """Roles of each field of a root that is offered to some only; a mutation has no other."""
    return {name: spec.roles for name, spec, _ in declared_fields(root) if isinstance(spec, Offer)}


def test_every_mutation_is_offered_to_some_roles_only():
    """None exists for everybody: the public may do nothing."""
    names = [name for name, _, _ in declared_fields(Mutation)]
    assert sorted(offered(Mutation)) == sorted(names)
    assert not [name for name, roles in offered(Mutation).items() if Role.PUBLIC in roles]


def test_offices_have_no_mutation_in_common():
    """But those that two people do together, and what one says of oneself."""
    shared = {name: roles & ADMINISTRATORS for name, roles in offered(Mutation).items()}
    assert {name: roles for name, roles in shared.items() if len(roles) > 1 and name not in OWN} == TWO_OFFICES


def test_the_table_of_powers_is_as_reviewed(golden):
    """Who may do and ask what of the hub itself; a new mutation shows here, and has to be looked at."""
    roles = sorted(Role)
    lines = ["who may do or ask what | " + " ".join(role.value for role in roles)]
    for root in (Mutation, Query):
        for name, found in sorted(offered(root).items()):
            marks = " ".join("X" * (role in found) or "-" for role in roles)
            lines.append(f"{root.__name__}.{name} | {marks} | {' '.join(sorted(found))}")
    golden("powers.txt", "\n".join(lines) + "\n")
