"""Fills the name index from the source of entities: page by page into a generation of its own, which serves once it is whole.

Can be stopped anywhere and goes on there. Transactions are short, so that whoever records questions meanwhile does not
wait; keys are sorted beside the store first, so that each is put where it belongs and nowhere else.
"""

import asyncio
import tempfile
from array import array
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, func, insert, select, update

from adapters.base import AS_OF, LOCAL, Adapter, Search
from hub.identity.blocking import RULES, keys_of
from hub.identity.name_index import Sealer, key_number, opened, sealed
from hub.identity.outcome import Known
from hub.store.bulk import insert_many
from hub.store.identity_tables import COPIED, name_entries, name_generations, name_keys
from schema.uscc import is_personal

ENTITY = "Entity"
PURPOSE = "HUB_NAME_INDEX"
Result = TypeVar("Result")
Act = Callable[[Callable[[Connection], Any]], Any]
PAGE = 500
_ROWS = 4_000
"""Rows of one transaction: some hundredths of a second."""
_BUCKETS = 256
_PARTS = 4_096
_LOWEST, _SPAN = -(1 << 63), 1 << 64
_COLUMNS = {
    "uscc": "uscc",
    "regNo15": "reg_no15",
    "orgCode": "org_code",
    "name": "name",
    "formerNames": "former_names",
    "address": "address",
    "divisionCode": "division_code",
    "kind": "kind",
    "status": "status",
    "industryCode": "industry_code",
}
_table = name_generations.c


class FillingElsewhere(Exception):
    """Another command fills the same generation, or dropped it."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a filling is: what is done (READING, SORTING, STORING, DROPPING), how much of it, of how much if known."""

    phase: str
    done: int
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Filling:
    """What an index is filled with and from. `act` runs a function in a writing transaction, `read` in a reading one."""

    act: Act
    read: Act
    sealer: Sealer
    source: str
    adapter: Adapter
    fields: tuple[str, ...]
    basis: str
    timeout: float

    async def fill(self, now: int, told: Callable[[Step], None]) -> int:
        """Fill a generation, or go on with one; how many entities it has. SourceError where the source fails."""
        number = self.act(lambda connection: self._begin(connection, now))
        self._drop_stale(told)
        state = self.read(lambda connection: _row(connection, number))
        if state.state == "FILLING":
            await self._read_source(number, told)
        self._sort(number, told)
        count: int = self.act(lambda connection: self._serve(connection, number, now))
        self._drop_stale(told)
        return count

    def _begin(self, connection: Connection, now: int) -> int:
        fields = " ".join(sorted(self._columns()))
        for row in connection.execute(select(name_generations).where(_table.state.in_(("FILLING", "SORTING")))):
            same = (row.source, row.rules, row.fields, row.basis) == (self.source, RULES, fields, self.basis)
            if same and row.begun_at + 86_400 > now:
                return int(row.number)
            connection.execute(update(name_generations).where(_table.number == row.number).values(state="DROPPING"))
        number = 1 + int(connection.execute(select(func.coalesce(func.max(_table.number), 0))).scalar_one())
        connection.execute(
            insert(name_generations).values(
                number=number,
                state="FILLING",
                source=self.source,
                rules=RULES,
                fields=fields,
                basis=self.basis,
                begun_at=now,
                served_at=None,
                as_of="",
                entries=0,
                after=None,
                sorted_to=0,
            )
        )
        return number

    def _columns(self) -> list[str]:
        owned = self.adapter.abilities[ENTITY].columns
        return [name for name in COPIED if name in owned and name in self.fields]

    async def _read_source(self, number: int, told: Callable[[Step], None]) -> None:
        columns = (LOCAL, AS_OF, *self._columns())
        state = self.read(lambda connection: _row(connection, number))
        after = self.sealer.open(_place(number), state.after) if state.after is not None else None
        done, newest = int(state.entries), str(state.as_of)
        while True:
            deadline = asyncio.get_running_loop().time() + self.timeout
            position = (after,) if after is not None else None
            page = await self.adapter.search(Search(ENTITY, columns, PAGE, deadline, PURPOSE, after=position))
            entities = [one for one in (_entity(columns, row) for row in page.rows) if one is not None]
            newest = max([newest, *(str(row[1]) for row in page.rows if row[1])])
            if page.rows:
                after = page.rows[-1][0]
            ended = len(page.rows) < PAGE
            changed = {"as_of": newest, "entries": done + len(entities), "state": "SORTING" if ended else "FILLING"}
            changed["after"] = self.sealer.seal(_place(number), str(after)) if after is not None else None
            self._keep(number, done, entities, changed)
            done += len(entities)
            told(Step("READING", done))
            if ended:
                return

    def _keep(self, number: int, done: int, entities: Sequence[Known], changed: Mapping[str, Any]) -> None:
        rows = [(number, done + n, sealed(self.sealer, number, done + n, one)) for n, one in enumerate(entities)]

        def work(connection: Connection) -> None:
            here = (_table.number == number, _table.state == "FILLING", _table.entries == done)
            _alone(connection.execute(update(name_generations).where(*here).values(**changed)).rowcount)
            insert_many(connection, name_entries, rows)

        self.act(work)

    def _sort(self, number: int, told: Callable[[Step], None]) -> None:
        state = self.read(lambda connection: _row(connection, number))
        begin, total = int(state.sorted_to), int(state.entries)
        if begin >= _BUCKETS:
            return
        # Of an interrupted bucket some rows may be in.
        self.act(
            lambda connection: connection.execute(
                delete(name_keys).where(name_keys.c.generation == number, name_keys.c.key >= _edge(begin, _BUCKETS))
            )
        )
        with tempfile.TemporaryDirectory(prefix="chengxin-names-") as folder:
            buckets = _Buckets(Path(folder))
            for start in range(0, total, _ROWS):
                self._spread(number, start, buckets, begin)
                told(Step("SORTING", min(start + _ROWS, total), total))
            buckets.close()
            pending: list[tuple[int, int]] = []
            for bucket in range(begin, _BUCKETS):
                pending += buckets.sorted(bucket)
                if len(pending) >= _ROWS or bucket + 1 == _BUCKETS:
                    self._store(number, pending, begin, bucket + 1)
                    pending, begin = [], bucket + 1
                    told(Step("STORING", begin, _BUCKETS))

    def _spread(self, number: int, start: int, buckets: "_Buckets", begin: int) -> None:
        def work(connection: Connection) -> list[Any]:
            column = name_entries.c
            statement = select(column.number, column.body).where(
                column.generation == number, column.number >= start, column.number < start + _ROWS
            )
            return list(connection.execute(statement))

        for entry, body in self.read(work):
            for key in keys_of(opened(self.sealer, number, entry, body)):
                buckets.add(key_number(self.sealer, key), entry, begin)

    def _store(self, number: int, rows: Sequence[tuple[int, int]], begin: int, end: int) -> None:
        """Put in the rows of these buckets; only with the last of them they count as done."""
        pieces = [rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS)] or [[]]
        for at, piece in enumerate(pieces, 1):
            moved = (begin, end if at == len(pieces) else begin)
            self.act(partial(_put, number=number, rows=piece, moved=moved))

    def _serve(self, connection: Connection, number: int, now: int) -> int:
        connection.execute(
            update(name_generations).where(_table.number != number, _table.state == "SERVING").values(state="DROPPING")
        )
        connection.execute(
            update(name_generations).where(_table.number == number).values(state="SERVING", served_at=now)
        )
        return int(_row(connection, number).entries)

    def _drop_stale(self, told: Callable[[Step], None]) -> None:
        drop(self.act, self.read, told)


def drop(act: Act, read: Act, told: Callable[[Step], None]) -> int:
    """Delete every generation that is to be dropped, piece by piece; how many there were."""
    stale = read(
        lambda connection: list(
            connection.execute(select(_table.number, _table.entries).where(_table.state == "DROPPING"))
        )
    )
    for number, entries in stale:
        for part in range(_PARTS if entries > _ROWS else 1):
            low, high = (_edge(part, _PARTS), _edge(part + 1, _PARTS)) if entries > _ROWS else (_LOWEST, None)
            act(partial(_delete_keys, number=number, low=low, high=high))
            told(Step("DROPPING", part + 1, _PARTS))
        for start in range(0, entries + PAGE + 1, _ROWS):
            column = name_entries.c
            gone = delete(name_entries).where(
                column.generation == number, column.number >= start, column.number < start + _ROWS
            )
            act(partial(Connection.execute, statement=gone))
        forgotten = delete(name_generations).where(_table.number == number)
        act(partial(Connection.execute, statement=forgotten))
    return len(stale)


def retire(connection: Connection) -> None:
    """Let no generation answer or be gone on with any more."""
    connection.execute(update(name_generations).values(state="DROPPING"))


class _Buckets:
    """Keys with their entries in files by the first bits of the key, until they are sorted."""

    def __init__(self, folder: Path) -> None:
        self._paths = [folder / f"{number:03d}" for number in range(_BUCKETS)]
        self._held = [array("q") for _ in range(_BUCKETS)]

    def add(self, key: int, entry: int, begin: int) -> None:
        bucket = (key - _LOWEST) * _BUCKETS // _SPAN
        if bucket < begin:
            return
        held = self._held[bucket]
        held.append(key)
        held.append(entry)
        if len(held) >= 1 << 13:
            self._flush(bucket)

    def close(self) -> None:
        for bucket in range(_BUCKETS):
            self._flush(bucket)

    def sorted(self, bucket: int) -> list[tuple[int, int]]:
        if not self._paths[bucket].exists():
            return []
        flat = array("q")
        flat.frombytes(self._paths[bucket].read_bytes())
        return sorted(set(zip(flat[::2], flat[1::2], strict=True)))

    def _flush(self, bucket: int) -> None:
        with ExitStack() as stack:
            file = stack.enter_context(self._paths[bucket].open("ab"))
            self._held[bucket].tofile(file)
        self._held[bucket] = array("q")


def _put(connection: Connection, number: int, rows: Sequence[tuple[int, int]], moved: tuple[int, int]) -> None:
    here = (_table.number == number, _table.state == "SORTING", _table.sorted_to == moved[0])
    _alone(connection.execute(update(name_generations).where(*here).values(sorted_to=moved[1])).rowcount)
    insert_many(connection, name_keys, [(number, key, entry) for key, entry in rows])


def _alone(changed: int) -> None:
    """FillingElsewhere unless the generation was where this filling left it."""
    if changed != 1:
        raise FillingElsewhere


def _delete_keys(connection: Connection, number: int, low: int, high: int | None) -> None:
    column = name_keys.c
    where = [column.generation == number, column.key >= low]
    if high is not None:
        where.append(column.key < high)
    connection.execute(delete(name_keys).where(*where))


def _edge(part: int, parts: int) -> int:
    """The lowest key of a part; beyond the last one, the highest key there is."""
    return min(_LOWEST + _SPAN * part // parts, (1 << 63) - 1)


def _row(connection: Connection, number: int) -> Any:
    return connection.execute(select(name_generations).where(_table.number == number)).one()


def _entity(columns: Sequence[str], row: Sequence[Any]) -> Known | None:
    """The entity of a row; None for one that nothing could be found by. What could not be read is left out."""
    held: dict[str, Any] = {}
    for name, value in zip(columns, row, strict=True):
        personal = name == "uscc" and isinstance(value, str) and is_personal(value)
        if name in _COLUMNS and value and not personal:
            held[_COLUMNS[name]] = tuple(map(str, value)) if name == "formerNames" else str(value)
    if not any(held.get(name) for name in ("name", "uscc", "reg_no15", "org_code")):
        return None
    return Known(local=str(row[0]), **held)


def _place(number: int) -> str:
    return f"name_generations.after/{number}"
