"""Sessions on PostgreSQL: few, held, given back and healed, whatever ends a statement or whoever leaves."""

import asyncio

import pytest
import sqlalchemy as sa

from adapters.base import LOCAL, Lookup, Rows, SourceDown, SourceTimeout
from adapters.sql_postgres import PostgresRunner
from adapters.sql_runner import Session
from tests.adapters.divisions import DIVISION
from tests.adapters.waiting import until
from tests.conformance.suite import lookup, soon


def _sessions(postgres):
    condition = "application_name = 'chengxin-hub divisions' AND datname = current_database()"
    return postgres.fetch(f"SELECT pid, state FROM pg_stat_activity WHERE {condition}")  # noqa: S608


async def _settled(postgres, most):
    """Wait until no more than so many are left: the server needs a moment to end one that was closed."""

    async def few():
        return len(await _sessions(postgres)) <= most

    await until(few, f"more than {most} sessions are left")


async def test_a_slow_statement_times_out_at_the_server(postgres_url, postgres):
    """The server stops a statement at `timeout_ms`; the session stays open and answers the next call."""
    await postgres.execute("CREATE VIEW slow AS SELECT division.* FROM division, pg_sleep(20)")
    runner = PostgresRunner(sa.make_url(postgres_url), Session("divisions", 1, 150))
    with pytest.raises(SourceTimeout, match="57014"):
        await runner.rows(sa.text("SELECT count(*) FROM slow"))
    before = await _sessions(postgres)
    assert (await runner.rows(sa.text("SELECT count(*) FROM division")))[0][0] == 30
    assert [row["pid"] for row in await _sessions(postgres)] == [row["pid"] for row in before]
    assert len(before) == 1
    await runner.aclose()


async def test_a_slow_statement_times_out_at_the_deadline(open_postgres, postgres):
    """A call ends at its deadline, the statement at the server too, and the only session's place is free again."""
    await postgres.execute("CREATE VIEW slow AS SELECT division.* FROM division, pg_sleep(20)")
    source = open_postgres({**DIVISION, "table": "slow"}, connections=1, timeout_ms=10_000)
    for _ in range(3):
        with pytest.raises(SourceTimeout):
            # Not as late as the source's own time-out.
            async with asyncio.timeout(8):
                await source.fetch(Lookup("Division", (LOCAL,), "code", ("330001",), soon(0.2), "测试"))
    await postgres.execute("CREATE OR REPLACE VIEW slow AS SELECT division.* FROM division")
    assert (await source.fetch(lookup("Division", (LOCAL,), ("330001",), key="code"))).rows == [("1",)]
    assert not [row for row in await _sessions(postgres) if row["state"] == "active"]


async def test_killed_sessions_heal(open_postgres, postgres):
    """Sessions that the server ended are replaced; one ended during a statement makes the source down, once."""
    source = open_postgres(connections=2)
    asked = lookup("Division", (LOCAL,), ("330001",), key="code")
    await asyncio.gather(*(source.fetch(asked) for _ in range(10)))
    await _settled(postgres, 2)
    held = await _sessions(postgres)
    assert held
    for row in held:
        await postgres.execute("SELECT pg_terminate_backend($1)", row["pid"])
    await asyncio.sleep(0.1)
    assert (await source.fetch(asked)).rows == [("1",)]
    await postgres.execute("CREATE VIEW slow AS SELECT division.* FROM division, pg_sleep(20)")
    slow = open_postgres({**DIVISION, "table": "slow"}, timeout_ms=10_000)
    running = asyncio.create_task(slow.fetch(asked))
    await asyncio.sleep(0.5)
    active = [row["pid"] for row in await _sessions(postgres) if row["state"] == "active"]
    assert active
    for pid in active:
        await postgres.execute("SELECT pg_terminate_backend($1)", pid)
    with pytest.raises(SourceDown):
        await running
    await postgres.execute("CREATE OR REPLACE VIEW slow AS SELECT division.* FROM division")
    assert (await slow.fetch(asked)).rows == [("1",)]


async def test_sessions_are_few_and_given_back(open_postgres, postgres):
    """However many calls there are, given up or not, there are no more sessions than allowed and none is lost."""
    source = open_postgres(connections=2)
    asked = lookup("Division", (LOCAL,), ("330001",), key="code")
    for round_ in range(15):
        tasks = [asyncio.create_task(source.fetch(asked)) for _ in range(6)]
        await asyncio.sleep(0.001 * round_)
        for task in tasks[::2]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert results[1::2] == [Rows((LOCAL,), [("1",)])] * 3
    await _settled(postgres, 2)
    await source.aclose()
    await _settled(postgres, 0)


async def test_leaving_while_a_table_is_described_leaves_no_session(postgres_url, postgres):
    """Whenever a description is given up, while it connects, gets ready or reads, its session ends with it."""
    runner = PostgresRunner(sa.make_url(postgres_url), Session("divisions", 1, 5_000))
    for step in range(60):
        describing = asyncio.create_task(runner.columns("division", None))
        await asyncio.sleep(0.0007 * step)
        describing.cancel()
        await asyncio.gather(describing, return_exceptions=True)
    assert set(await runner.columns("division", None)) == {"id", "code", "name"}
    await _settled(postgres, 0)
    await runner.aclose()


async def test_who_leaves_while_a_table_is_described_costs_nobody_else(open_postgres, postgres):
    """A table is described once for all who ask at first, by one session, and also if the first of them leaves."""
    source = open_postgres(connections=2)
    asked = [
        asyncio.create_task(source.fetch(lookup("Division", (LOCAL,), ("330001",), key="code"))) for _ in range(20)
    ]
    await asyncio.sleep(0)
    asked[0].cancel()
    most = 0
    while not all(task.done() for task in asked):
        most = max(most, len(await _sessions(postgres)))
    assert [task.result().rows for task in asked[1:]] == [[("1",)]] * 19
    assert asked[0].cancelled()
    assert 1 <= most <= 3
