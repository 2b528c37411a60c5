"""What there is of codes in a running hub: the rules, the keeper, the counter of scans."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from hub.acts.code_keeping import CodeKeeper
from hub.callers.attendant import Attendant
from hub.code.elsewhere import Registers
from hub.code.keys import CodeKeys, open_code_keys
from hub.code.rules import CodeRules, code_rules
from hub.code.scans import ScanCounter
from hub.code.shops import Shops
from hub.fetch import Source
from hub.settings import Settings


@dataclass(frozen=True, slots=True)
class CodeHouse:
    """What looks after codes, counts their scans, and asks other issuers of theirs."""

    rules: CodeRules
    keys: CodeKeys
    keeper: CodeKeeper
    counter: ScanCounter
    registers: Registers

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[None]:
        """Look after codes, and count, while the hub serves."""
        async with self.keeper.keeping(), self.counter.counting():
            yield


def open_code_house(
    settings: Settings, attendant: Attendant, shops: Shops, sources: Mapping[str, Source]
) -> CodeHouse | None:
    """What there is of codes; None where this hub keeps none. OSError if a key of theirs can't be read."""
    rules = code_rules(settings)
    if rules is None:
        return None
    seed = settings.hub.seed if settings.hub.deterministic else None
    keys = open_code_keys(settings.folder / settings.hub.keys, seed)
    keeper, counter = CodeKeeper(attendant, shops, rules.table), ScanCounter(attendant.database)
    return CodeHouse(rules, keys, keeper, counter, Registers(sources, rules))
