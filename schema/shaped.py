"""Schemas cut to what a caller may know of: the same types without the fields that are hidden from it.

A field, argument, criterion or type that is cut is absent from SDL, introspection and validation alike, as if it had
never been declared. Schemas are kept by the set of visible fields, and of what is offered to a role.
"""

import copy
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema
from graphql.type.introspection import TypeFields, introspection_types
from strawberry import Schema
from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from auth.access import Access
from auth.roles import Role
from schema.base import META, Argument, Fact, KeyedRoot, Offer, Relation, Root
from schema.catalogue import Catalogue, declared_fields, graphql_name
from schema.cutting import Cut, touched
from schema.filters import EntityFilter, EntityOrder, LicenceFilter
from schema.mutation import Mutation
from schema.query import Query
from schema.scalars import SCALARS

_INPUTS: Mapping[str, type] = {"filter": EntityFilter, "orderBy": EntityOrder, "licence": LicenceFilter}
Offers = frozenset[str]
"""Coordinates of root fields that are offered."""
_OFFERED: Mapping[str, frozenset[Role]] = {
    f"{root.__name__}.{name}": spec.roles
    for root in (Query, Mutation)
    for name, spec, _ in declared_fields(root)
    if isinstance(spec, Offer)
}
STORED: frozenset[str] = frozenset(
    {"receipt", *(name for name, spec, _ in declared_fields(Query) if isinstance(spec, Offer))}
)
"""Roots of questions whose answers lie in the hub's store."""
_OFFERED_TO: Mapping[Role, Offers] = {
    role: frozenset(name for name, roles in _OFFERED.items() if role in roles) for role in Role
}
_NONE: Offers = frozenset()


def offered_to(role: Role) -> Offers:
    """What is offered to a role."""
    return _OFFERED_TO[role]


def offers_to(access: Access) -> Offers:
    """What is offered to whoever has this access. A token that is narrowed to scopes of fields carries none of it."""
    caller = access.caller
    return offered_to(caller.client.role) if caller.scopes is None else _NONE


@dataclass(frozen=True, slots=True)
class ShapedSchema:
    """One cut of the schema: graphql-core's object, and its SDL, which few ask for and which is written when one does."""

    graphql: GraphQLSchema
    _written: Schema

    @property
    def sdl(self) -> str:
        """The cut in SDL."""
        return print_schema(self._written)


@dataclass
class ShapedSchemas:
    """Cuts of the schema by visible fields, the least recently used forgotten beyond `capacity`."""

    catalogue: Catalogue
    capacity: int = 64
    _known: OrderedDict[tuple[frozenset[str], Offers], ShapedSchema] = field(default_factory=OrderedDict)

    @cached_property
    def _whole(self) -> "_Declared":
        return _Declared()

    def of(self, visible: frozenset[str], offers: Offers = _NONE) -> ShapedSchema:
        """The schema in which exactly these leaves exist, and of offers exactly these."""
        key = visible, offers
        known = self._known.get(key)
        if known is None:
            schema = self._whole.cut(CutRule(self.catalogue, visible, offers))
            known = self._known[key] = ShapedSchema(schema.graphql_core, schema)
        self._known.move_to_end(key)
        if len(self._known) > self.capacity:
            self._known.popitem(last=False)
        return known

    def held_by(self, access: Access) -> ShapedSchema:
        """The schema of what whoever has this access holds."""
        return self.of(frozenset(access.policy.held), offers_to(access))

    def whole(self) -> ShapedSchema:
        """The schema with every field there is."""
        return self.of(frozenset(self.catalogue.fields), frozenset(_OFFERED))


class _Declared(Schema):
    """Everything that is declared, as Strawberry makes graphql-core's types of it; cuts are made of those."""

    def __init__(self) -> None:
        super().__init__(query=Query, mutation=Mutation, config=StrawberryConfig(scalar_map=SCALARS))
        self._touched = touched(self._schema, _may_be_cut)

    @property
    def graphql_core(self) -> GraphQLSchema:
        """graphql-core's schema, for validation and execution."""
        return self._schema

    def cut(self, rule: "CutRule") -> Self:
        """The same without what the rule does not show, nor what then nothing leads to."""
        made, types = copy.copy(self), Cut(self._touched, rule)
        query = types.of(self._schema.query_type)
        mutation = types.of(self._schema.mutation_type) if rule.acts else None
        directives = made._collect_graphql_directives(made._collect_schema_directives((), (query, mutation)))
        made._schema = GraphQLSchema(query, mutation, directives=directives, extensions={"strawberry-definition": made})
        made._schema._strawberry_schema = made  # type: ignore[attr-defined]
        return made

    def _extend_introspection(self) -> None:
        # Strawberry's own resolver of isOneOf fails on lists, and one of its schemas sets it for all in the process;
        # graphql-core answers it, once its types say so.
        declared = introspection_types["__Type"]
        if isinstance(declared, GraphQLObjectType):
            declared.fields["isOneOf"].resolve = TypeFields.is_one_of
        for kind in self._schema.type_map.values():
            definition = kind.extensions.get("strawberry-definition")
            if isinstance(kind, GraphQLInputObjectType) and definition is not None:
                kind.is_one_of = definition.is_one_of


def _may_be_cut(declared: StrawberryField) -> bool:
    return META in declared.metadata or graphql_name(declared) in _INPUTS


class CutRule:
    """What is left for whoever sees these leaves, and is offered this."""

    def __init__(self, catalogue: Catalogue, visible: frozenset[str], offers: Offers) -> None:
        self._catalogue = catalogue
        self._visible = visible
        self._offers = offers

    @property
    def acts(self) -> bool:
        """True if any mutation is left."""
        return any(name.startswith("Mutation.") for name in self._offers)

    def shows(self, owner: str, declared: StrawberryField) -> bool:
        """True if the type's field is left."""
        spec = declared.metadata.get(META)
        name = graphql_name(declared)
        if isinstance(spec, Fact):
            return f"{owner}.{name}" in self._visible
        if isinstance(spec, Offer):
            return f"{owner}.{name}" in self._offers
        if isinstance(spec, Relation):
            return self._reachable(self._catalogue.records[owner].relations[name].target)
        if isinstance(spec, Root):
            return self._reachable("Entity")
        if isinstance(spec, KeyedRoot):
            return self._reachable(self._catalogue.keyed[name].record)
        if isinstance(spec, Argument):
            return all(read in self._visible for read in spec.reads)
        return name not in _INPUTS or self._fillable(_INPUTS[name])

    def _reachable(self, record: str) -> bool:
        rule = self._catalogue.records[record]
        if any(leaf.coordinate in self._visible for leaf in rule.fields.values()):
            return True
        return record != "Entity" and any(self._reachable(r.target) for r in rule.relations.values())

    def _fillable(self, cls: type) -> bool:
        specs = [spec for _, spec, _ in declared_fields(cls)]
        return any(isinstance(s, Argument) and all(read in self._visible for read in s.reads) for s in specs)

    def shows_argument(self, declared: StrawberryField, argument: StrawberryArgument) -> bool:
        """True if an argument is left of a field that is."""
        spec, asked = declared.metadata.get(META), argument.metadata.get(META)
        if not isinstance(spec, (Relation, Root)):
            return True
        if isinstance(asked, Argument):
            target = next(iter(self._targets(spec))) if isinstance(spec, Relation) else ""
            return all(f"{target}.{read}" in self._visible for read in asked.reads)
        name = graphql_name(argument)
        return name not in _INPUTS or self._fillable(_INPUTS[name])

    def _targets(self, spec: Relation) -> set[str]:
        rules = (rule for record in self._catalogue.records.values() for rule in record.relations.values())
        return {rule.target for rule in rules if rule.declared is spec}
