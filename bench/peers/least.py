"""The least that answering like the hub costs in Python: the endpoint, and what the hub owes besides.

Of every record its provenance; of every answer the salted SHA-256 over its canonical JSON (RFC 8785), a keyed digest of
each entity, and an entry that is durable before the answer leaves, committed together with those of the questions
beside it. Nothing else of the hub: nobody is asked who they are, nothing is planned, masked, checked, joined or limited.
"""

import asyncio
import hashlib
import hmac
import os
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from bench.peers import handwritten as endpoint
from bench.peers.serving import DATABASE, POOL, serve

Fields = dict[str, Any]
Rows = Iterable[asyncpg.Record]
Made = Callable[[Rows], list[tuple[str, Fields]]]
_IDENTITY = "uscc name legalRepresentative address industryCode divisionCode status establishedOn kind contactPhone"
_LISTED = "uscc name legalRepresentative divisionCode status establishedOn contactPhone"
_RATING = "scheme grade label issuer assessedOn validTo"
_LICENCE = "kind certificateName certificateNo scope validFrom validTo status authority"
_LISTED_LICENCE = "kind certificateName certificateNo validFrom validTo status authority"
_INCENTIVE = "measureName scenario department grantedOn validTo status"
_DATES = ("established", "valid_from", "valid_to", "assessed_on", "granted_on")
_POOLS = ("register", "licences", "credit", "incentives")
_PATIENCE = 0.008
"""Seconds that a commit waits for other questions, as the hub's does."""


def made(fields: str, source: str, *, keyed: bool) -> Made:
    """A function that makes objects with provenance of rows: their key, their fields in order, their data time."""
    names = fields.split()
    columns = [f"v{place}" for place in range(len(names))]
    pairs = ", ".join(f"{name!r}: {column}" for name, column in zip(names, columns, strict=True))
    whence = f"{{'source': {source!r}, 'asOf': f'{{at[:10]}}T{{at[11:19]}}+08:00'}}"
    taken = ", ".join(([] if keyed else ["key"]) + columns)
    one = f"({columns[0] if keyed else 'key'}, {{{pairs}, 'provenance': {whence}}})"
    found: Made = eval(f"lambda rows: [{one} for {taken}, at in rows]")  # noqa: S307 - written from the names above
    return found


def dated(statement: str) -> str:
    """The statement of the endpoint with its data time, and dates as texts."""
    chosen, rest = statement.removeprefix("SELECT ").split(" FROM ", 1)
    columns = [f"{name}::text" if name in _DATES else name for name in chosen.split(", ")]
    return f"SELECT {', '.join([*columns, 'updated_at::text'])} FROM {rest}"


class Record:
    """Entries in SQLite with a sync for each commit; those of questions that wait at the same time share one."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE entries (position INTEGER PRIMARY KEY, body BLOB)"
        )
        self._thread = ThreadPoolExecutor(1)
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._writing = False
        self._timer: asyncio.TimerHandle | None = None
        self.coming = 0

    async def append(self, body: bytes) -> None:
        """Return once the entry is durable."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((body, future))
        self._consider()
        await future

    def _consider(self) -> None:
        if self._writing or not self._waiting:
            return
        if len(self._waiting) >= self.coming:
            self._write()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_PATIENCE, self._write)

    def _write(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        group, self._waiting, self._writing = self._waiting, [], True
        self._thread.submit(self._commit, group, asyncio.get_running_loop())

    def _commit(self, group: Sequence[tuple[bytes, "asyncio.Future[None]"]], loop: asyncio.AbstractEventLoop) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        text = "INSERT INTO entries (body) VALUES (?)" + ", (?)" * (len(group) - 1)
        self._database.execute(text, [body for body, _ in group])
        self._database.execute("COMMIT")
        loop.call_soon_threadsafe(self._told, group)

    def _told(self, group: Sequence[tuple[bytes, "asyncio.Future[None]"]]) -> None:
        self._writing = False
        for _, future in group:
            if not future.done():
                future.set_result(None)
        self._consider()


class Least:
    """The four questions as a raw ASGI application."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._key = os.urandom(32)
        self._pools: Mapping[str, asyncpg.Pool] = {}
        self._entities = dated(endpoint.ENTITIES), made(_IDENTITY, "register", keyed=True)
        self._page = dated(endpoint.PAGE_OF_DIVISION), made(_LISTED, "register", keyed=True)
        self._licences = dated(endpoint.LICENCES), made(_LICENCE, "licences", keyed=False)
        self._listed = dated(endpoint.LISTED_LICENCES), made(_LISTED_LICENCE, "licences", keyed=False)
        self._ratings = dated(endpoint.RATINGS), made(_RATING, "credit", keyed=False)
        self._incentives = dated(endpoint.INCENTIVES), made(_INCENTIVE, "incentives", keyed=False)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Open the pools, and close them in the end."""
        settings = {"plan_cache_mode": "force_generic_plan", "TimeZone": "Asia/Shanghai"}
        async with AsyncExitStack() as stack:
            self._pools = {
                name: await stack.enter_async_context(
                    asyncpg.create_pool(DATABASE, min_size=POOL, max_size=POOL, reset=_keep, server_settings=settings)
                )
                for name in _POOLS
            }
            yield

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await receive()
            async with self.opened():
                await send({"type": "lifespan.startup.complete"})
                await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        self._record.coming += 1
        try:
            body = await self._answer(scope["path"], receive)
        finally:
            self._record.coming -= 1
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, path: str, receive: Any) -> bytes:
        _, name, *keys = path.split("/")
        if name == "w4":
            return await self._recorded(b'{"__typename":"Query"}', b'{"__typename":"Query"}', ())
        if name == "w2":
            return await self._list("entities", self._page, keys[0], self._listed)
        wanted = keys if name == "w1" else orjson.loads((await receive())["body"])
        return await (self._one(wanted) if name == "w1" else self._batch(wanted))

    async def _one(self, keys: list[str]) -> bytes:
        found, licences, ratings, incentives = await asyncio.gather(
            self._rows("register", self._entities, keys),
            self._rows("licences", self._licences, keys),
            self._rows("credit", self._ratings, keys),
            self._rows("incentives", self._incentives, keys),
        )
        ((_, entity),) = found
        entity["licences"] = [one for _, one in licences]
        entity["creditStatus"] = {"ratings": [one for _, one in ratings]}
        entity["incentives"] = [one for _, one in incentives]
        data = {"entity": entity}
        return await self._recorded(orjson.dumps(data), orjson.dumps(data, option=orjson.OPT_SORT_KEYS), keys)

    async def _batch(self, keys: list[str]) -> bytes:
        found, ratings = await asyncio.gather(
            self._rows("register", self._entities, keys), self._rows("credit", self._ratings, keys)
        )
        known, rated = dict(found), _by_key(keys, ratings)
        for key, entity in known.items():
            entity["creditStatus"] = {"ratings": rated[key]}
        return await self._written("entitiesByUscc", [known.get(key) for key in keys], keys, "{}")

    async def _list(self, name: str, page: tuple[str, Made], division: str, licences: tuple[str, Made]) -> bytes:
        found = await self._rows("register", page, division)
        keys = [key for key, _ in found]
        held, ratings = await asyncio.gather(
            self._rows("licences", licences, keys), self._rows("credit", self._ratings, keys)
        )
        listed, rated = _by_key(keys, held), _by_key(keys, ratings)
        for key, entity in found:
            entity["licences"], entity["creditStatus"] = listed[key], {"ratings": rated[key]}
        return await self._written(name, [{"node": entity} for _, entity in found], keys, '{"edges":{}}')

    async def _rows(self, pool: str, asked: tuple[str, Made], given: Any) -> list[tuple[str, Fields]]:
        statement, made = asked
        return made(await self._pools[pool].fetch(statement, given))

    async def _written(self, name: str, parts: Sequence[Any], keys: Sequence[str], around: str) -> bytes:
        """JSON twice, part by part: a whole page would not fit where memory is quick."""
        before, _, after = f'{{"{name}":{around}}}'.partition("{}")
        sent = b",".join([orjson.dumps(part) for part in parts])
        exact = b",".join([orjson.dumps(part, option=orjson.OPT_SORT_KEYS) for part in parts])
        head, tail = f"{before}[".encode(), f"]{after}".encode()
        return await self._recorded(head + sent + tail, head + exact + tail, keys)

    async def _recorded(self, sent: bytes, exact: bytes, keys: Sequence[str]) -> bytes:
        """The body, once its entry is durable."""
        salt = os.urandom(16)
        entry = {
            "answer": hashlib.sha256(salt + exact).hexdigest(),
            "entities": sorted(hmac.digest(self._key, key.encode(), "sha256").hex()[:32] for key in keys),
            "salt": salt.hex(),
        }
        body = orjson.dumps(entry)
        leaf = hashlib.sha256(b"\0" + body).hexdigest()
        await self._record.append(body)
        return b'{"data":%b,"extensions":{"receipt":"%b"}}' % (sent, leaf.encode())


def _by_key(keys: Iterable[str], rows: Iterable[tuple[str, Fields]]) -> dict[str, list[Fields]]:
    found: dict[str, list[Fields]] = {key: [] for key in keys}
    for key, fields in rows:
        found[key].append(fields)
    return found


async def _keep(_session: object) -> None:
    """What is done to a session that goes back into its pool: nothing."""


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        serve(Least(Record(Path(folder) / "record.db")))
