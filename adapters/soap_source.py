"""A department that answers SOAP as its WSDL says: rows by key in batches or one by one, and searches it declares.

Knows no caller and no retry but the one the protocol asks for (`Retry-After`). What does not fit the WSDL is found
when the source is opened, without asking it.
"""

import asyncio
from collections.abc import Iterator, Mapping

from adapters.asking import until
from adapters.base import Ability, Lookup, Rows, Search, UnsupportedSearch
from adapters.http_client import Call
from adapters.records import HeldRecord, hold_records
from adapters.searching import Searching, search_faults
from adapters.soap_client import SoapClient
from adapters.soap_form import FormBuilder
from adapters.soap_options import SoapOptions, SoapRecord, SoapSearch
from adapters.soap_pages import Pager
from adapters.soap_record import UNSAYABLE, RecordSource
from adapters.soap_wsdl import Wsdl
from schema.catalogue import Catalogue


class SoapSource:
    """One source; connects when first asked."""

    def __init__(self, client: SoapClient, records: Mapping[str, RecordSource], options: SoapOptions) -> None:
        self._client = client
        self._records = records
        self._abilities = {name: record.ability for name, record in records.items()}
        self._options = options

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
        """Return if the source answers in time: a look-up of `check_key`, else anything at its address."""
        deadline = asyncio.get_running_loop().time() + self._options.timeout_ms / 1000
        options = next((record for record in self._options.record if record.ways), None)
        key = self._options.check_key
        if key is None or options is None:
            async with until(deadline):
                await self._client.probe(Call(deadline, "check"))
        else:
            await self.fetch(Lookup(options.record, (), options.ways[0].key, (key,), deadline, "check"))

    async def aclose(self) -> None:
        """Release connections and threads."""
        await self._client.aclose()

    def _record(self, name: str) -> RecordSource:
        if name not in self._records:
            raise UnsupportedSearch(f"there is no {name} here")
        return self._records[name]


def open_soap(options: SoapOptions, catalogue: Catalogue) -> SoapSource:
    """A source from its options; nothing is asked yet. ValueError names everything that is wrong, one a line."""
    held = hold_records(options, catalogue)
    try:
        wsdl = Wsdl(options.wsdl)
    except ValueError as error:
        raise ValueError(f"source {options.name}: wsdl {error}") from None
    faults = list(_key_faults(options, held))
    records: dict[str, RecordSource] = {}
    for number, record in enumerate(options.record):
        builder = FormBuilder(wsdl, options, record, held[record.record])
        forms = builder.build()
        searching = _searching(record, held[record.record])
        records[record.record] = RecordSource(options, record, held[record.record], forms, searching)
        found = [*builder.faults, *_faults(record, held[record.record])]
        faults += [f"source {options.name}, record {number} ({record.record}): {fault}" for fault in found]
    if faults:
        raise ValueError("\n".join(faults))
    try:
        client = SoapClient(options)
    except OSError as error:
        raise ValueError(f"source {options.name}: ca_file {error.strerror or 'holds no certificate'}") from None
    return SoapSource(client, records, options)


def _searching(record: SoapRecord, held: HeldRecord) -> Searching[SoapSearch] | None:
    return None if record.search is None or not record.searchable else Searching(record.search, held, UNSAYABLE)


def _key_faults(options: SoapOptions, held: Mapping[str, HeldRecord]) -> Iterator[str]:
    way = next(((record, way) for record in options.record for way in record.ways), None)
    if options.check_key is not None and way is not None and way[1].key in held[way[0].record].fields:
        record, asked = way
        if held[record.record].map.key_reader(asked.key).read(options.check_key) != options.check_key:
            yield f"source {options.name}: check_key is not written as {asked.key} is"


def _faults(record: SoapRecord, held: HeldRecord) -> Iterator[str]:
    keys = held.ability(lambda field, op: False).keys
    for way in record.ways:
        if way.key not in keys:
            yield f"{way.key}: is no key of this record; list it in keys or map it as a column of text"
    if record.search is not None:
        yield from search_faults(record.search, held)
