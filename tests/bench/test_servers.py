"""The servers that are compared, as they are started to be measured: all of them answer the same."""

from dataclasses import replace

import pytest

from bench import servers
from bench.data import SIZES, TABLES
from bench.drive import Keys, agree, together
from bench.hub_side import MASKED, callers, write_hub
from bench.load import NotReady
from bench.loading import codes_in, connected, fill_postgres, sqlite_data
from bench.questions import QUESTIONS
from bench.wire import exchange, graphql, route


@pytest.fixture
async def yardstick(postgres_dsn):
    """A database that holds two hundred entities."""
    await fill_postgres(postgres_dsn, SIZES["200"])
    yield postgres_dsn
    async with connected(postgres_dsn) as session:
        for table in TABLES:
            await session.execute(f"DROP SCHEMA {table.source} CASCADE")
        await session.execute("DROP TABLE public.yardstick")


async def test_all_servers_answer_the_same(yardstick, tmp_path):
    """Hub on PostgreSQL and on SQLite, hand-written endpoint, Strawberry and the least: equal data for every question."""
    keys = Keys(*await codes_in(yardstick))
    files = sqlite_data(tmp_path, "200", lambda said: None)
    entrants = [
        servers.handwritten(yardstick),
        servers.hub("hub", tmp_path / "hub", yardstick),
        servers.hub("hub-sqlite", tmp_path / "hub-sqlite", files),
        servers.strawberry(yardstick),
        servers.least(yardstick),
    ]
    async with together(entrants, None) as started:
        for question in QUESTIONS.values():
            await agree(started, question, keys)
        asked = graphql(
            QUESTIONS["w1"], QUESTIONS["w1"].plain, [c for c in callers(tmp_path / "hub/hub.toml") if c.masked]
        )
        shown = (await exchange(started[1].port, asked.filled(keys.usccs[:1])))["data"]["entity"]
        clear = (await exchange(started[0].port, route(QUESTIONS["w1"]).filled(keys.usccs[:1])))["data"]["entity"]
        assert {name for name in clear if clear[name] != shown[name]} == {name.split(".")[1] for name in MASKED}

        constant = replace(route(QUESTIONS["w4"]), heads=("GET /w4?",))
        other = replace(started[0], server=replace(started[0].server, name="other", plain=lambda _: constant))
        with pytest.raises(NotReady, match=r"^other answers w1 for .* otherwise$"):
            await agree([started[0], other], QUESTIONS["w1"], keys)


def test_mix_is_as_stated(tmp_path):
    """At least 24 clients in six roles for three purposes, two fields masked for half of them."""
    (tmp_path / "files").mkdir()
    mix = callers(write_hub(tmp_path / "hub", tmp_path / "files"))
    assert len({caller.client for caller in mix}) == 24
    assert len({caller.purpose for caller in mix}) == 3
    assert len(mix) == 72
    assert sum(caller.masked for caller in mix) == 36
