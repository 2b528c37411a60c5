"""What the conformance suite is given: an adapter and what its source holds, and short ways to ask and to compare."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from adapters.base import Ability, Adapter, Lookup, OrderKey, Rows, Search
from adapters.mapping import RecordOptions
from adapters.options import SourceOptions
from schema.catalogue import Catalogue, fold_catalogue
from schema.predicate import TRUE, Predicate, tests
from tests.conformance.records import MAPPINGS, ROWS
from tests.conformance.reference import Canonical, Expected

LIMIT = 25
PATIENCE = {"timeout_ms": 20_000}
"""Options of a source whose answers are compared: how long one takes is not what is tested."""
HOSTILE = ("", "'", "' OR 1=1 --", "%", "_", "a\0b", "\ud800", "$1", ":x", "?", "𠮷", "1" * 300, "\\")
GENERATED = settings(
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
)


# Drawn before a test's event loop runs: hypothesis stops a draw by an exception that would stop the loop.
PREDICATES = st.fixed_dictionaries(
    {
        mapping["record"]: Expected(
            RecordOptions.model_validate(mapping), fold_catalogue(), ROWS[mapping["record"]]
        ).predicates()
        for mapping in MAPPINGS
    }
)


@dataclass(frozen=True, slots=True)
class Subject:
    """An adapter, how to open it again with another `max_rows`, and what its source holds, record by record."""

    adapter: Adapter
    reopen: Callable[[int], Adapter]
    expected: Mapping[str, Expected]

    def records(self) -> Iterable[tuple[Expected, Ability]]:
        """Every record with what can be done with it."""
        return [(self.expected[name], ability) for name, ability in self.adapter.abilities.items()]

    async def fetch(self, record: str, columns: Sequence[str], keys: Iterable[str], where: Predicate = TRUE) -> Rows:
        """Rows by code."""
        return await self.adapter.fetch(lookup(record, columns, keys, where=where))


def expect(options: SourceOptions, catalogue: Catalogue, rows: Mapping[str, Iterable[Any]]) -> dict[str, Expected]:
    """What a source holds, from its options and its raw rows (source column → value)."""
    return {r.record: Expected(r, catalogue, rows[r.record]) for r in options.record}


def soon(seconds: float = 20) -> float:
    """A deadline."""
    return asyncio.get_running_loop().time() + seconds


def lookup(
    record: str, columns: Sequence[str], keys: Iterable[str], *, key: str = "uscc", where: Predicate = TRUE
) -> Lookup:
    """A look-up with a deadline far away."""
    return Lookup(record, tuple(columns), key, tuple(keys), soon(), "测试", where)


def search(record: str, columns: Sequence[str], first: int = 1000, **more: Any) -> Search:
    """A search with a deadline far away."""
    return Search(record, tuple(columns), first, soon(), "测试", **more)


def by_key(rows: Rows) -> dict[Any, list[tuple[Any, ...]]]:
    """Rows grouped by their first column."""
    grouped: dict[Any, list[tuple[Any, ...]]] = {}
    for row in rows.rows:
        grouped.setdefault(row[0], []).append(row)
    return grouped


def picked(rows: Iterable[Canonical], columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """Columns of reference rows."""
    return [tuple(row[column] for column in columns) for row in rows]


def supported(ability: Ability, where: Predicate) -> bool:
    """True if the ability covers the whole predicate."""
    return all((test.field, test.op) in ability.filters for test in tests(where))


def orders_of(ability: Ability) -> list[tuple[OrderKey, ...]]:
    """Every order of one key in both directions, some of two, and none."""
    single = [OrderKey(column, descending) for column in sorted(ability.orders) for descending in (False, True)]
    pairs = [pair for pair in product(single, single) if pair[0].column != pair[1].column]
    return [(), *((key,) for key in single), *pairs[::5]]
