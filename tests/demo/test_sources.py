"""Sources of the city that are broken in every way, more than once, and whole again afterwards."""

import sqlite3
from contextlib import closing

import aiohttp
import pytest
from aiohttp import web

from hub.demo.sources import NONSENSE, DatabaseSource, DemoSource, DroppedSource, HeldSource, HttpSource

WAYS = ("stop", "hang", "corrupt")


async def _break(source, ways):
    for way in ways:
        await getattr(source, way)()


def _contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["database", "dropped", "held"])
async def test_files_are_as_before_whatever_was_done_to_them(kind, way, tmp_path):
    """Broken twice in one way and once in each, a source gets its very bytes back and leaves nothing behind."""
    path = tmp_path / "a.csv"
    if kind == "database":
        with closing(sqlite3.connect(path)) as database:
            database.execute("CREATE TABLE t (x)")
    else:
        path.write_bytes("代码,名称\n1,甲\n".encode())
    sources: dict[str, DemoSource] = {
        "database": DatabaseSource(path),
        "dropped": DroppedSource(tmp_path, ("*.csv",)),
        "held": HeldSource((path,)),
    }
    source = sources[kind]
    before = _contents(tmp_path)
    for ways in ((way, way), WAYS, WAYS[::-1]):
        await _break(source, ways)
        await source.start()
        await source.start()
        assert _contents(tmp_path) == before


async def test_damaged_files_are_shorter_than_whole_ones(tmp_path):
    """What lies in the place of a sound file begins like it and is cut."""
    (tmp_path / "a.csv").write_bytes(b"123456789" * 100)
    source = DroppedSource(tmp_path, ("*.csv",))
    await source.corrupt()
    damaged = (tmp_path / "a.csv").read_bytes()
    await source.start()
    assert damaged.startswith(b"123456789" * 33)
    assert len(damaged) != 900


async def test_a_database_that_hangs_lets_nobody_read(tmp_path):
    """A reader waits for as long as it is ready to wait, and then gives up."""
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE t (x)")
    source = DatabaseSource(path)
    await source.hang()
    with closing(sqlite3.connect(path, timeout=0.05)) as database:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            database.execute("SELECT * FROM t")
        await source.start()
        assert database.execute("SELECT * FROM t").fetchall() == []


async def test_a_service_stops_hangs_and_talks_nonsense_at_one_address():
    """Every state follows every other; nonsense comes in turn, whatever is asked."""

    async def answer(_):
        return web.Response(text="whole")

    def build():
        application = web.Application()
        application.router.add_get("/", answer)
        return application

    source = HttpSource(build)
    await source.start()
    address = source.address
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(0.3)) as session:
        for _ in range(2):
            async with session.get(f"{address}/") as response:
                assert await response.text() == "whole"
            await source.hang()
            with pytest.raises(TimeoutError):
                await session.get(f"{address}/")
            await source.corrupt()
            told = []
            for body in NONSENSE["application/json"]:
                async with session.post(f"{address}/whatever") as response:
                    told.append(await response.read() == body)
            assert all(told)
            await source.stop()
            with pytest.raises(aiohttp.ClientConnectionError):
                await session.get(f"{address}/")
            await source.start()
            assert source.address == address
    await source.stop()
