"""A department that answers GraphQL of its own: rows by key in one operation for many, and the searches it declares.

Only the asked columns are selected, and values are variables. Knows no department, no caller and no retry but those
the protocol asks for (`Retry-After`, a token that ran out).
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from adapters.asking import until
from adapters.base import Ability, Lookup, Rows, Search, UnsupportedSearch
from adapters.graphql_client import GraphqlClient
from adapters.graphql_mapping import build_record, record_faults
from adapters.graphql_options import GraphqlOptions
from adapters.graphql_pages import Asker
from adapters.graphql_record import RecordSource
from adapters.graphql_schema import load_schema, schema_faults
from adapters.http_client import Call
from adapters.records import hold_records
from schema.catalogue import Catalogue

OPTIONS = GraphqlOptions


class GraphqlSource:
    """One source; connects when first asked."""

    def __init__(self, client: GraphqlClient, records: Mapping[str, RecordSource], patience: float) -> None:
        self._client = client
        self._records = records
        self._abilities = {name: record.ability for name, record in records.items()}
        self._patience = patience

    @property
    def abilities(self) -> Mapping[str, Ability]:
        """What the options declare."""
        return self._abilities

    async def fetch(self, ask: Lookup) -> Rows:
        """Rows by key; an answer to some of the keys alone is no answer."""
        record = self._record(ask.record)
        record.held.admit_lookup(ask, record.ability)
        async with until(ask.deadline):
            return await record.fetch(ask, Asker(self._client, Call(ask.deadline, ask.purpose)))

    async def search(self, ask: Search) -> Rows:
        """A window; `truncated` where the source gives fewer rows at once than were wanted."""
        record = self._record(ask.record)
        async with until(ask.deadline):
            return await record.search(ask, Asker(self._client, Call(ask.deadline, ask.purpose)))

    async def count(self, ask: Search) -> int:
        """Number of rows, where the source tells it for exactly this predicate."""
        record = self._record(ask.record)
        async with until(ask.deadline):
            return await record.count(ask, Asker(self._client, Call(ask.deadline, ask.purpose)))

    async def check(self) -> None:
        """Return if the source answers its health query within its own timeout."""
        deadline = asyncio.get_running_loop().time() + self._patience
        async with until(deadline):
            await self._client.probe(Call(deadline, "check"))

    async def aclose(self) -> None:
        """Release connections."""
        await self._client.aclose()

    def _record(self, name: str) -> RecordSource:
        if name not in self._records:
            raise UnsupportedSearch(f"there is no {name} here")
        return self._records[name]


def open_source(options: GraphqlOptions, catalogue: Catalogue) -> GraphqlSource:
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
    try:
        client = GraphqlClient(options)
    except OSError as error:
        raise ValueError(f"source {options.name}, ca_file: {error.strerror or 'holds no certificate'}") from None
    return GraphqlSource(client, {record.held.name: record for record in records}, options.timeout_ms / 1000)


def _refuse(options: GraphqlOptions, faults: Iterable[Sequence[str]]) -> None:
    said = [
        f"source {options.name}, record {number} ({options.record[number].record}): {fault}"
        for number, found in enumerate(faults)
        for fault in found
    ]
    if said:
        raise ValueError("\n".join(said))
