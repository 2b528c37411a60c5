"""A department that answers JSON over HTTP: rows by key in batches or one by one, and the searches it declares.

Only the asked columns are requested where the source can choose, and only they are kept. Knows no department, no
caller and no retry but those the protocol asks for (`Retry-After`, a token that ran out).
"""

import asyncio
from collections.abc import Iterator, Mapping

from adapters.asking import until
from adapters.base import Ability, Lookup, Rows, Search, UnsupportedSearch
from adapters.http_client import Call
from adapters.records import HeldRecord, hold_records
from adapters.rest_client import RestClient
from adapters.rest_options import RestOptions, RestRecord
from adapters.rest_pages import Pager
from adapters.rest_record import RecordSource
from adapters.searching import Searching, search_faults
from schema.catalogue import Catalogue

OPTIONS = RestOptions


class RestSource:
    """One source; connects when first asked."""

    def __init__(self, client: RestClient, records: Mapping[str, RecordSource], patience: float) -> None:
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
            return await record.fetch(ask, Pager(self._client, Call(ask.deadline, ask.purpose)))

    async def search(self, ask: Search) -> Rows:
        """A window; `truncated` where the source gives fewer rows at once than were wanted."""
        record = self._record(ask.record)
        async with until(ask.deadline):
            return await record.search(ask, Pager(self._client, Call(ask.deadline, ask.purpose)))

    async def count(self, ask: Search) -> int:
        """Number of rows, where the source tells it for exactly this predicate."""
        record = self._record(ask.record)
        async with until(ask.deadline):
            return await record.count(ask, Pager(self._client, Call(ask.deadline, ask.purpose)))

    async def check(self) -> None:
        """Return if the source answers within its own timeout."""
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


def open_source(options: RestOptions, catalogue: Catalogue) -> RestSource:
    """A source from its options; nothing is asked yet. ValueError names everything that is wrong, one a line."""
    held = hold_records(options, catalogue)
    faults = [
        f"source {options.name}, {record.record}: {fault}"
        for record in options.record
        for fault in _faults(record, held[record.record])
    ]
    if faults:
        raise ValueError("\n".join(faults))
    records = {record.record: _record(options, record, held[record.record]) for record in options.record}
    try:
        client = RestClient(options)
    except OSError as error:
        raise ValueError(f"source {options.name}, ca_file: {error.strerror or 'holds no certificate'}") from None
    return RestSource(client, records, options.timeout_ms / 1000)


def _record(options: RestOptions, record: RestRecord, held: HeldRecord) -> RecordSource:
    searching = None if record.search is None or not record.searchable else Searching(record.search, held)
    return RecordSource(options, record, held, {way.key: way for way in record.ways}, searching)


def _faults(record: RestRecord, held: HeldRecord) -> Iterator[str]:
    keys = held.ability(lambda field, op: False).keys
    for way in record.ways:
        if way.key not in keys:
            yield f"{way.key}: is no key of this record; list it in keys or map it as a column of text"
    if record.search is not None:
        yield from search_faults(record.search, held)
