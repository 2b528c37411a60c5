"""The cut of the schema that takes no short way: Strawberry turns every type anew into graphql-core's, without what is cut.

What `schema.cutting` makes is compared with it.
"""

import copy

from graphql import GraphQLSchema
from strawberry import Schema
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from schema.cutting import Rule
from schema.mutation import Mutation
from schema.query import Query
from schema.scalars import SCALARS


class CutByStrawberry(Schema):
    """The schema with what the rule shows, made as if nothing else had ever been declared."""

    def __init__(self, rule: Rule, *, acts: bool) -> None:
        self._rule = rule
        super().__init__(query=Query, mutation=Mutation if acts else None, config=StrawberryConfig(scalar_map=SCALARS))

    @property
    def graphql_core(self) -> GraphQLSchema:
        """graphql-core's schema."""
        return self._schema

    def get_fields(self, type_definition: StrawberryObjectDefinition) -> list[StrawberryField]:
        """Fields of a type that are left, with the arguments that are left."""
        kept = [one for one in super().get_fields(type_definition) if self._rule.shows(type_definition.name, one)]
        return [self._trimmed(one) for one in kept]

    def _trimmed(self, declared: StrawberryField) -> StrawberryField:
        trimmed = copy.copy(declared)
        trimmed.arguments = [one for one in declared.arguments if self._rule.shows_argument(declared, one)]
        return trimmed
