"""What a source can be asked without a key, read from its configuration: all that is mapped, or what it declares."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hub.settings import Settings
from schema.predicate import Op, Test
from tests.oracle.rows import Table


@dataclass(frozen=True, slots=True)
class Able:
    """One record at one source; what is None is not limited to what the source declares."""

    mapped: frozenset[str]
    keys: frozenset[str] | None
    comparisons: frozenset[tuple[str, Op]] | None
    orders: frozenset[str] | None

    def compares(self, tests: Iterable[Test]) -> bool:
        """True if rows can be searched by every one of these."""
        return all(self._compares(test) for test in tests)

    def _compares(self, test: Test) -> bool:
        mapped = test.field in self.mapped or test.field == "uscc"
        return mapped and (self.comparisons is None or (test.field, test.op) in self.comparisons)

    def orders_by(self, name: str) -> bool:
        """True if rows can be ordered by a field."""
        return name in (self.mapped if self.orders is None else self.orders)

    def finds_by(self, key: str) -> bool:
        """True if rows can be looked up by a field."""
        return key in self.mapped and (self.keys is None or key in self.keys)


def able(settings: Settings, table: Table) -> Able:
    """What can be asked of a table of the city."""
    source = next(one for one in settings.sources if one.name == table.source)
    record = next(one for one in source.record if one.record == table.record)
    mapped = frozenset(table.fields)
    if not hasattr(record, "ways"):
        return Able(mapped, None, None, None)
    return Able(mapped, frozenset(way.key for way in record.ways), *_declared(record))


def _declared(record: Any) -> tuple[frozenset[tuple[str, Op]], frozenset[str]]:
    if record.search is None:
        return frozenset(), frozenset()
    pairs = [(name.partition(":")[0], Op(name.partition(":")[2])) for name in record.search.parameters]
    one = [(name, Op.EQ) for name, op in pairs if op is Op.IN]
    return frozenset(pairs + one), frozenset(record.search.orders)
