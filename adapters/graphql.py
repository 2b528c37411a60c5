"""A department that answers GraphQL of its own: rows by key in one operation for many, and the searches it declares.

Only the asked columns are selected, and values are variables. Knows no department, no caller and no retry but those
the protocol asks for (`Retry-After`, a token that ran out).
"""

from collections.abc import Iterable, Sequence
from functools import partial

from adapters.graphql_client import GraphqlClient
from adapters.graphql_mapping import build_record, record_faults
from adapters.graphql_options import GraphqlOptions
from adapters.graphql_pages import Asker
from adapters.graphql_schema import load_schema, schema_faults
from adapters.records import hold_records
from adapters.service import ServiceSource, connect
from schema.catalogue import Catalogue

OPTIONS = GraphqlOptions


def open_source(options: GraphqlOptions, catalogue: Catalogue) -> ServiceSource:
    """A source from its options; nothing is asked yet. ValueError names everything that is wrong, one a line."""
    held = hold_records(options, catalogue)
    _refuse(options, [list(record_faults(record, held[record.record])) for record in options.record])
    records = [build_record(options, record, held[record.record]) for record in options.record]
    if options.schema_file is not None:
        try:
            schema = load_schema(options.schema_file)
        except ValueError as fault:
            raise ValueError(f"source {options.name}, schema_file: {fault}") from None
        rules = catalogue.records
        _refuse(options, [list(schema_faults(schema, record, rules[record.held.name])) for record in records])
    client = connect(partial(GraphqlClient, options), options)
    by_name = {record.held.name: record for record in records}
    return ServiceSource(client, by_name, partial(Asker, client), options.timeout_ms / 1000)


def _refuse(options: GraphqlOptions, faults: Iterable[Sequence[str]]) -> None:
    said = [
        f"source {options.name}, record {number} ({options.record[number].record}): {fault}"
        for number, found in enumerate(faults)
        for fault in found
    ]
    if said:
        raise ValueError("\n".join(said))
