"""What a source of kind `graphql` says of itself: per record which field is asked, with which arguments, for what.

Names, paths and types are checked when they are read, so that nothing but them can stand in a document; all values
are variables. Knows no transport; what an option means when it runs is said where it runs.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Annotated, Literal, Self

from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse, parse_type, print_ast
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from adapters.base import MAX_KEYS
from adapters.http_options import AddressPath, HttpOptions, Table, one_or_many
from adapters.mapping import RecordOptions
from adapters.options import LocalPath
from adapters.paths import Path, read_path
from adapters.search_options import SearchOptions

_NAME = "[_A-Za-z][_0-9A-Za-z]*"
_COLUMN = re.compile(rf"(\^+\.)?{_NAME}(\.({_NAME}|[0-9]{{1,4}}))*")


def _checked_type(text: str) -> str:
    try:
        written: str | None = print_ast(parse_type(text))
    except GraphQLError:
        written = None
    if written != text:
        raise ValueError("is not a GraphQL type such as [String!]!")
    return text


def _checked_query(text: str) -> str:
    try:
        found = parse(text, no_location=True).definitions
    except GraphQLError:
        found = ()
    if len(found) != 1 or not isinstance(found[0], OperationDefinitionNode):
        raise ValueError("is not one GraphQL operation")
    if found[0].operation is not OperationType.QUERY or found[0].variable_definitions:
        raise ValueError("is not a query without variables")
    return text


Name = Annotated[str, Field(pattern=rf"^{_NAME}$")]
NamePath = Annotated[str, Field(pattern=rf"^{_NAME}(\.{_NAME})*$")]
RowsPath = Annotated[str, Field(pattern=rf"^(\$|{_NAME}(\.{_NAME})*)$")]
TypeText = Annotated[str, AfterValidator(_checked_type)]
Single = str | int | float | bool
Constants = dict[NamePath, Single | list[Single]]


class FieldOptions(Table):
    """A field inside the answer that takes arguments, stands under another name, or depends on a type.

    field: its name at the source, unless it is the same · on: only objects of this type have what is below it.
    """

    field: Name | None = None
    on: Name | None = None
    arguments: dict[Name, TypeText] = Field(default_factory=dict)
    constants: Constants = Field(default_factory=dict)

    @model_validator(mode="after")
    def _typed(self) -> Self:
        _check_arguments(self.arguments, [], list(self.constants))
        return self


class PageOptions(Table):
    """How a connection is read page by page, by cursor.

    after, first: arguments that get the cursor and the size · next, more: where the answer says the cursor of the
    next page and whether there is one · most: pages of one request.
    """

    after: NamePath = "after"
    first: NamePath = "first"
    size: int = Field(default=100, ge=1, le=10_000)
    next: NamePath = "pageInfo.endCursor"
    more: NamePath = "pageInfo.hasNextPage"
    most: int = Field(default=50, ge=1, le=1000)

    @property
    def arguments(self) -> list[str]:
        """Arguments it sets."""
        return [self.after, self.first]


class Question(Table):
    """A field of the source that is asked, and where the rows stand below it. Paths start at that field.

    field: from the top, dotted where it is inside another · rows: `$` is the field itself; lists along the way are
    passed through · on: only objects of this type are rows · arguments: name → type; each becomes one variable ·
    constants: places in the arguments (dots nest) → value · cut: where the answer says that it left rows out.
    """

    field: NamePath
    rows: RowsPath = "$"
    on: Name | None = None
    arguments: dict[Name, TypeText] = Field(default_factory=dict)
    constants: Constants = Field(default_factory=dict)
    cut: tuple[NamePath, ...] = ()
    page: PageOptions | None = None

    @property
    def set_once(self) -> list[str]:
        """Arguments that get one value, whatever is asked."""
        return [*self.constants, *(self.page.arguments if self.page else [])]

    def path_of(self, column: Path) -> Path:
        """Path of a column from the asked field; each leading `^` is one step of `rows` outwards."""
        step, *inner = column
        rows = read_path(self.rows)
        return (*rows[: len(rows) - len(step)], *inner) if step.startswith("^") else (*rows, *column)


class BatchOptions(Question):
    """Many keys in one variable, at a place in the arguments."""

    key: str = "uscc"
    keys: NamePath
    size: int = Field(default=100, ge=1, le=MAX_KEYS)
    parallel: int = Field(default=4, ge=1, le=32)

    @model_validator(mode="after")
    def _typed(self) -> Self:
        _check_arguments(self.arguments, [], [*self.set_once, self.keys])
        return self


class AliasedOptions(Question):
    """One key each time the field stands in a request. `echoes_key`: rows repeat the key, which is checked."""

    key: str = "uscc"
    argument: NamePath
    size: int = Field(default=50, ge=1, le=MAX_KEYS)
    parallel: int = Field(default=4, ge=1, le=32)
    echoes_key: bool = True

    @model_validator(mode="after")
    def _typed(self) -> Self:
        _check_arguments(self.arguments, [], [*self.set_once, self.argument])
        return self


Way = BatchOptions | AliasedOptions


class GraphqlSearch(SearchOptions, Question):
    """A search: parameters, `first`, `order_parameter` and `after` are places in the arguments.

    ascending: how an order's name is written upwards · order_join: an order is a list, or a text joined by comma ·
    enumerations: fields of which the source knows the values in `codes` and refuses all others.
    """

    ascending: str = "{}"
    order_join: Literal["list", "comma"] = "list"
    enumerations: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _typed(self) -> Self:
        if self.page is not None and self.first is not None:
            raise ValueError("give either first or page")
        if self.ascending.count("{}") != 1:
            raise ValueError("ascending holds {} once")
        once = [name for name in (self.first, self.order_parameter) if name is not None]
        shared = [*self.parameters.values(), *self.after.values()]
        _check_arguments(self.arguments, list(dict.fromkeys(shared)), [*self.set_once, *once])
        return self


class GraphqlRecord(RecordOptions):
    """How one record is asked for. Columns are paths from the row; each leading `^` is one step of `rows` outwards.

    A path through a list gives a list, or with a position one of its values · fields: names in paths that are more
    than a plain field.
    """

    batch: Annotated[tuple[BatchOptions, ...], BeforeValidator(one_or_many)] = ()
    aliased: Annotated[tuple[AliasedOptions, ...], BeforeValidator(one_or_many)] = ()
    search: GraphqlSearch | None = None
    fields: dict[Name, FieldOptions] = Field(default_factory=dict)

    @property
    def ways(self) -> tuple[Way, ...]:
        """Every way to look up by a key."""
        return (*self.batch, *self.aliased)

    @property
    def questions(self) -> Iterator[tuple[str, Question]]:
        """Everything that is asked, each with the option that says it."""
        yield from (("batch", way) for way in self.batch)
        yield from (("aliased", way) for way in self.aliased)
        if self.search is not None:
            yield "search", self.search

    @property
    def paths(self) -> list[str]:
        """Where all its values stand."""
        declared = [*self.columns.values(), self.as_of, self.disputed]
        columns = [column.column for column in declared if column is not None and column.column is not None]
        return [*self.local_columns, *self.keys.values(), *columns]

    @model_validator(mode="after")
    def _asked_somehow(self) -> Self:
        keys = [way.key for way in self.ways]
        if not keys and self.search is None:
            raise ValueError("give batch, aliased or search")
        if len(keys) != len(set(keys)):
            raise ValueError("a key is asked for in one way only")
        wrong = [path for path in self.paths if not _COLUMN.fullmatch(path)]
        if wrong:
            raise ValueError(f"{', '.join(wrong)}: a path is GraphQL names joined by dots, as in holder.name or ^.code")
        return self


class GraphqlOptions(HttpOptions):
    """A source that answers GraphQL over HTTP.

    health: query of `check` · codes: `extensions.code` of its errors → what they mean · schema_file: its schema,
    kept locally, that everything the hub may ask is checked against at start.
    """

    kind: Literal["graphql"]
    path: AddressPath = "/graphql"
    health: Annotated[str, AfterValidator(_checked_query)] = "{ __typename }"
    codes: dict[str, Literal["bad_data", "down", "timeout"]] = Field(default_factory=dict)
    schema_file: LocalPath | None = None
    record: tuple[GraphqlRecord, ...]


def _check_arguments(types: dict[str, str], shared: Sequence[str], once: Sequence[str]) -> None:
    places = [*shared, *once]
    untyped = sorted({place.partition(".")[0] for place in places} - types.keys())
    if untyped:
        raise ValueError(f"arguments lacks the type of {', '.join(untyped)}")
    twice = sorted({place for place in once if places.count(place) > 1})
    twice += [outer for outer, inner in permutations(dict.fromkeys(places), 2) if inner.startswith(f"{outer}.")]
    if twice:
        raise ValueError(f"{', '.join(twice)}: this place in the arguments gets two values")
