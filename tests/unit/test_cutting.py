"""Cuts of the schema: what is shared by all of them, and that sharing changes nothing of what one tells."""

import random

import pytest
from graphql import introspection_from_schema, validate_schema
from strawberry.printer import print_schema

from auth.roles import Role
from schema.catalogue import fold_catalogue
from schema.shaped import CutRule, ShapedSchemas, offered_to
from tests.cuts import CUTS
from tests.oracle.cut_by_strawberry import CutByStrawberry

FIELDS = sorted(CUTS.catalogue.fields)


def _drawn(seed: int) -> tuple[frozenset[str], frozenset[str]]:
    """Leaves that are seen, none to all of them, and what is offered, to a role or a part of that."""
    rng = random.Random(seed)
    share, part = rng.choice((0, 0.01, 0.1, 0.5, 0.95, 1)), rng.choice((0, 0.3, 1))
    offered = offered_to(rng.choice(tuple(Role)))
    return (
        frozenset(name for name in FIELDS if rng.random() < share),
        frozenset(name for name in sorted(offered) if rng.random() < part),
    )


@pytest.mark.parametrize("seed", range(16))
def test_a_cut_tells_what_one_tells_that_shares_nothing(seed):
    """SDL, introspection and the order of both are those of a schema of which nothing else was ever declared; it is valid."""
    visible, offers = _drawn(seed)
    made = CUTS.of(visible, offers)
    rule = CutRule(CUTS.catalogue, visible, offers)
    wanted = CutByStrawberry(rule, acts=rule.acts)
    assert made.sdl == print_schema(wanted)
    assert introspection_from_schema(made.graphql) == introspection_from_schema(wanted.graphql_core)
    assert list(made.graphql.type_map) == list(wanted.graphql_core.type_map)
    assert validate_schema(made.graphql) == []


def test_what_no_cut_changes_is_made_once():
    """Two callers' schemas have their own Entity and Query, and one Receipt between them: memory of what they share is spent once."""
    shaped = ShapedSchemas(fold_catalogue())
    everything = frozenset(shaped.catalogue.fields)
    one, other = (
        shaped.of(everything, offered_to(Role.OFFICER)),
        shaped.of(everything - {"Entity.name"}, offered_to(Role.CLERK)),
    )
    both = one.graphql.type_map.keys() & other.graphql.type_map.keys()
    own = {name for name in both if one.graphql.type_map[name] is not other.graphql.type_map[name]}
    assert {"Entity", "Query", "EntityConnection"} <= own
    assert not {name for name in own if name not in CUTS.catalogue.records} - {
        "EntityConnection",
        "EntityEdge",
        "EntityFilter",
        "EntityMatch",
        "EntityOrder",
        "LicenceFilter",
        "Mutation",
        "Node",
        "Query",
    }
