"""What the name index costs: filling it, its size, and resolving one candidate against so many names.

The names are drawn from nothing but their number. Sizes are of the store, times of this process alone.
"""

import asyncio
import gc
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import cast

from sqlalchemy import Connection

from adapters.base import AS_OF, LOCAL, Ability, Adapter, Rows, Search
from bench.businesses import Business, draw_company, draw_shop
from hub.callers.vault import Vault
from hub.identity.filling import ENTITY, Filling, Step
from hub.identity.name_index import open_index
from hub.identity.outcome import Candidate, Outcome, Resolution
from hub.identity.resolving import resolve
from hub.store.database import Database
from hub.store.identity_tables import COPIED
from hub.store.keys import open_keys

_NOW = 1_790_000_000
_OWN = frozenset({"name", "address"})


def business(number: int) -> Business:
    """The business of a number; seven in ten are companies."""
    rng = Random(number)
    return draw_company(rng) if rng.random() < 0.7 else draw_shop(rng)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A source of so many drawn entities."""

    total: int

    @property
    def abilities(self) -> Mapping[str, Ability]:
        """Names and addresses."""
        return {ENTITY: Ability(_OWN, frozenset(), frozenset(), frozenset(), False)}

    async def search(self, ask: Search) -> Rows:
        """A page."""
        start = int(ask.after[0]) + 1 if ask.after else 0
        rows = []
        for number in range(start, min(start + ask.first, self.total)):
            one = business(number)
            held = {LOCAL: str(number), AS_OF: None, "name": one.name, "address": one.place.written()}
            rows.append(tuple(held[column] for column in ask.columns))
        return Rows(ask.columns, rows)


def run(total: int, candidates: int, url: str) -> None:
    """Fill an index of so many names and resolve so many candidates; prints one row of a table a sort of candidate."""
    with tempfile.TemporaryDirectory(prefix="chengxin-bench-") as name:
        folder = Path(name)
        database = Database(url, folder)
        database.migrate()
        keys = open_keys(folder / "keys")
        vault = Vault(keys.sealing, keys.digest)
        _fill(database, vault, total, folder)
        before = _memory("VmRSS")
        for sort, ask in (
            ("name and address", _whole),
            ("name alone", _named),
            ("short name", _short),
            ("nobody", _nobody),
        ):
            _resolve(database, vault, (total, candidates), sort, ask)
        print(f"\nresident MB: {before:.0f} before resolving, {_memory('VmRSS'):.0f} after it")
        database.close()


def _fill(database: Database, vault: Vault, total: int, folder: Path) -> None:
    seconds: dict[str, float] = {}
    began, cpu = time.perf_counter(), time.process_time()

    def told(step: Step) -> None:
        seconds[step.phase] = time.perf_counter() - began

    filling = Filling(
        database.acting,
        database.reading,
        vault,
        "drawn",
        cast("Adapter", Drawn(total)),
        COPIED,
        "bench",
        60.0,
    )
    count = asyncio.run(filling.fill(_NOW, told))
    size = sum(path.stat().st_size for path in folder.glob("hub.db*")) / 1e6
    shown = ", ".join(f"{phase.lower()} until {second:.0f} s" for phase, second in seconds.items())
    print(
        f"{count:,} names: filled in {time.perf_counter() - began:.0f} s, {time.process_time() - cpu:.0f} s of CPU ({shown}), {size:.0f} MB on SQLite, ",
        end="",
    )
    print(f"peak {_memory('VmHWM'):.0f} MB resident\n")
    print(
        "| candidate | CPU ms | ms p50 | ms p99 | found | MATCH | POSSIBLE | NEW |\n|---|---|---|---|---|---|---|---|"
    )


def _resolve(
    database: Database, vault: Vault, sizes: tuple[int, int], sort: str, ask: Callable[[int], Candidate]
) -> None:
    total, candidates = sizes
    times, outcomes, right = [], Counter[Outcome](), 0
    begun = time.process_time()
    gc.collect()
    for number in Random(sort).choices(range(total), k=candidates):
        candidate = ask(number)
        began = time.perf_counter()
        found = database.reading(partial(_asked, vault, candidate))
        times.append((time.perf_counter() - began) * 1000)
        outcomes[found.outcome] += 1
        known = [found.entity, *(one.entity for one in found.others)]
        right += any(one is not None and one.local == str(number) for one in known)
    cpu = (time.process_time() - begun) / candidates * 1000
    p99 = quantiles(times, n=100)[98] if len(times) > 1 else times[0]
    counted = " | ".join(str(outcomes[one]) for one in (Outcome.MATCH, Outcome.POSSIBLE, Outcome.NEW))
    print(f"| {sort} | {cpu:.1f} | {median(times):.1f} | {p99:.1f} | {right / candidates:.2f} | {counted} |")


def _asked(vault: Vault, candidate: Candidate, connection: Connection) -> Resolution:
    return resolve(candidate, open_index(connection, vault, 7, _NOW))


def _whole(number: int) -> Candidate:
    one = business(number)
    return Candidate(name=one.name, address=one.place.written())


def _named(number: int) -> Candidate:
    return Candidate(name=business(number).name)


def _short(number: int) -> Candidate:
    one = business(number)
    return Candidate(name=one.trade_name + one.trade, division_code="", address=one.place.city)


def _nobody(number: int) -> Candidate:
    one = business(number)
    return Candidate(name=one.but(trade_name=f"{one.trade_name}骉骉").name, address=one.place.written())


def _memory(which: str) -> float:
    """Megabytes that the kernel says of this process."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(f"{which}:"))) / 1024
