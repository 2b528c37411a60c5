"""Everything the hub may ask of a `graphql` source, checked against the source's own schema before anyone asks.

The schema is a local copy: nothing is fetched. Knows no connection.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    get_variable_values,
    parse,
    validate,
)

from adapters.base import LOCAL, OrderKey, Search
from adapters.graphql_document import Operation, Slot, Values
from adapters.graphql_options import BatchOptions, GraphqlSearch, Way
from adapters.graphql_pages import Layout
from adapters.graphql_record import RecordSource, search_values
from adapters.paths import read_path
from adapters.records import HeldField
from adapters.searching import Searching
from schema.catalogue import FieldRule, Kind, RecordRule
from schema.predicate import Op, Test

_MOST_BYTES = 8 * 2**20
_SAMPLE = "1"
_SAMPLES: dict[Kind, Any] = {Kind.INT: 1, Kind.BOOLEAN: True, Kind.DATE: "2024-01-31"}


def load_schema(path: Path) -> GraphQLSchema:
    """Schema from a file in the schema definition language; ValueError with one sentence if it is none."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("is larger than 8 MiB")
        return build_schema(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ValueError(error.strerror or "cannot be read") from None
    except GraphQLError as error:
        line = f" (line {error.locations[0].line})" if error.locations else ""
        raise ValueError(f"is not a GraphQL schema: {error.message}{line}") from None
    except TypeError as error:
        raise ValueError(f"is not a GraphQL schema: {' '.join(str(error).split())}") from None


def schema_faults(schema: GraphQLSchema, record: RecordSource, rule: RecordRule) -> Iterator[str]:
    """Everything the record may ask that the schema does not have, each once, with the option that asks it."""
    found: dict[str, None] = {}
    for option, operation in _operations(record, rule):
        found |= dict.fromkeys(f"{option}: {fault}" for fault in _operation_faults(schema, operation))
    yield from found


def _operation_faults(schema: GraphQLSchema, operation: Operation) -> Iterator[str]:
    document = parse(operation.text)
    errors = validate(schema, document)
    definition = document.definitions[0]
    if not errors and isinstance(definition, OperationDefinitionNode):
        coerced = get_variable_values(schema, definition.variable_definitions or (), dict(operation.variables))
        errors = coerced if isinstance(coerced, list) else []
    for error in errors:
        yield " ".join(error.message.split())


def _operations(record: RecordSource, rule: RecordRule) -> Iterator[tuple[str, Operation]]:
    columns = [read_path(path) for path in record.options.paths]
    for way in record.ways.values():
        layout = record.layout(way)
        yield _name(way), layout.operation([layout.turn(_slot(way), _cursor(layout), 1)], columns)
    searching = record.searching
    if searching is None:
        return
    layout = record.layout(searching.options)
    for values in _searches(searching, rule):
        yield "search", layout.operation([layout.turn(Slot(values=values), _cursor(layout), 1)], columns)
    if searching.options.total_path is not None:
        yield "search", layout.form.write([Slot()], [read_path(searching.options.total_path)])


def _slot(way: Way) -> Slot:
    return (
        Slot(values=((way.keys, [_SAMPLE]),))
        if isinstance(way, BatchOptions)
        else Slot("k0", ((way.argument, _SAMPLE),))
    )


def _name(way: Way) -> str:
    return "batch" if isinstance(way, BatchOptions) else "aliased"


def _cursor(layout: Layout) -> str | int:
    kind = "" if layout.page is None else layout.form.question.arguments.get(layout.page.after, "")
    return 1 if kind.startswith("Int") else _SAMPLE


def _searches(searching: Searching[GraphqlSearch], rule: RecordRule) -> Iterator[Values]:
    """Arguments of searches that together use every parameter, order and position."""
    options, fields = searching.options, searching.held.fields
    samples = {name: _sample(fields[name], rule.fields.get(name)) for name in fields}
    for name, op in (parameter.split(":") for parameter in options.parameters):
        sample = (samples[name],) if op == Op.IN else samples[name]
        yield from (branch.bindings for branch in searching.branches(Test(name, Op(op), sample)))
    keys = [OrderKey(column, down) for column in options.orders for down in (False, True)]
    for order in [(), *((key,) for key in keys)]:
        after = (*(samples[key.column] for key in order), _SAMPLE) if options.after else None
        yield search_values(searching, Search(rule.name, (LOCAL,), 1, 0.0, "", order=order, after=after), 1)


def _sample(field: HeldField, rule: FieldRule | None) -> Any:
    if rule is None or rule.enum is None:
        return _SAMPLES.get(field.kind, _SAMPLE)
    return next(iter([*field.options.codes.values(), *rule.enum.__members__]))
