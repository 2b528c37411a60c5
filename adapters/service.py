"""One department behind a service: what sources that speak JSON, GraphQL or SOAP do alike.

Finds the record that is asked and keeps to the deadline. Knows no protocol and no caller, and makes no second try.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from adapters.asking import until
from adapters.base import Ability, Lookup, Rows, Search, UnsupportedSearch
from adapters.http_client import Call
from adapters.http_options import HttpOptions
from adapters.records import HeldRecord
from adapters.search_options import SearchOptions
from adapters.searching import search_faults

Asker = TypeVar("Asker")
Connected = TypeVar("Connected")
Asker_contra = TypeVar("Asker_contra", contravariant=True)


class Client(Protocol):
    """A connection to the service, made when it is first needed."""

    async def probe(self, call: Call) -> None:
        """Return if the service answers."""
        ...

    async def aclose(self) -> None:
        """Release connections."""
        ...


class RecordSource(Protocol[Asker_contra]):
    """One record there; `asker` carries its requests."""

    @property
    def held(self) -> HeldRecord:
        """The record and its columns."""
        ...

    @property
    def ability(self) -> Ability:
        """What the options declare."""
        ...

    async def fetch(self, ask: Lookup, asker: Asker_contra, /) -> Rows:
        """Rows by key."""
        ...

    async def search(self, ask: Search, asker: Asker_contra, /) -> Rows:
        """A window."""
        ...

    async def count(self, ask: Search, asker: Asker_contra, /) -> int:
        """Number of rows."""
        ...


class ServiceSource:
    """One source; connects when first asked. `patience`: seconds for a check; `check`: what is looked up in one."""

    def __init__(
        self,
        client: Client,
        records: Mapping[str, RecordSource[Asker]],
        begin: Callable[[Call], Asker],
        patience: float,
        check: tuple[str, str, str] | None = None,
    ) -> None:
        self._client = client
        self._records: Mapping[str, RecordSource[Any]] = records
        self._abilities = {name: record.ability for name, record in records.items()}
        self._begin = begin
        self._patience = patience
        self._check = check

    @property
    def abilities(self) -> Mapping[str, Ability]:
        """What the options declare."""
        return self._abilities

    async def fetch(self, ask: Lookup) -> Rows:
        """Rows by key; an answer to some of the keys alone is no answer."""
        record = self._record(ask)
        record.held.admit_lookup(ask, record.ability)
        async with until(ask.deadline):
            return await record.fetch(ask, self._asker(ask))

    async def search(self, ask: Search) -> Rows:
        """A window; `truncated` where the source gives fewer rows at once than were wanted."""
        record = self._record(ask)
        async with until(ask.deadline):
            return await record.search(ask, self._asker(ask))

    async def count(self, ask: Search) -> int:
        """Number of rows, where the source tells it for exactly this predicate."""
        record = self._record(ask)
        async with until(ask.deadline):
            return await record.count(ask, self._asker(ask))

    async def check(self) -> None:
        """Return if the service answers in time: the look-up (record, key field, key), else its probe."""
        deadline = asyncio.get_running_loop().time() + self._patience
        if self._check is not None:
            record, field, key = self._check
            await self.fetch(Lookup(record, (), field, (key,), deadline, "check"))
        else:
            async with until(deadline):
                await self._client.probe(Call(deadline, "check"))

    async def aclose(self) -> None:
        """Release connections."""
        await self._client.aclose()

    def _record(self, ask: Lookup | Search) -> RecordSource[Any]:
        if ask.record not in self._records:
            raise UnsupportedSearch(f"there is no {ask.record} here")
        return self._records[ask.record]

    def _asker(self, ask: Lookup | Search) -> Any:
        return self._begin(Call(ask.deadline, ask.purpose))


class _Way(Protocol):
    @property
    def key(self) -> str: ...


class _Declared(Protocol):
    @property
    def ways(self) -> Collection[_Way]: ...

    @property
    def search(self) -> SearchOptions | None: ...


def declared_faults(record: _Declared, held: HeldRecord) -> Iterator[str]:
    """What is wrong with a record's declared look-ups and searches."""
    keys = held.ability(lambda field, op: False).keys
    for way in record.ways:
        if way.key not in keys:
            yield f"{way.key}: is no key of this record; list it in keys or map it as a column of text"
    if record.search is not None:
        yield from search_faults(record.search, held)


def connect(make: Callable[[], Connected], options: HttpOptions) -> Connected:
    """The client of a source; ValueError where its certificates cannot be read."""
    try:
        return make()
    except OSError as error:
        raise ValueError(f"source {options.name}, ca_file: {error.strerror or 'holds no certificate'}") from None
