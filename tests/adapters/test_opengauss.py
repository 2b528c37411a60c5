"""openGauss: its dialect, driver, threads and dictionary on a PostgreSQL, from which it descends; none runs here."""

import asyncio

import asyncpg
import pytest
import sqlalchemy as sa

from adapters import sql
from adapters.base import LOCAL, Lookup, SourceBadData, SourceDown, SourceError, SourceTimeout
from adapters.sql_opengauss import open_runner
from adapters.sql_runner import Session
from tests.adapters.waiting import until
from tests.conformance.records import MAPPINGS, ROWS, TIDY
from tests.conformance.subject import PATIENCE
from tests.conformance.suite import Conformance, Subject, expect, lookup, soon

TYPES = {"cqyx": "boolean", "fk": "numeric(18, 2)", "yxqz": "timestamp", "fzs": "bigint"}
NATIVE = {**TYPES, "jdrq": "date", "zt": "integer"}
DIVISION = {"record": "Division", "local": "id", "table": "division", "columns": {"code": "code", "name": "name"}}


def _options(url, **more):
    records = [{**mapping, "table": mapping["record"].lower(), "tidy": TIDY[mapping["record"]]} for mapping in MAPPINGS]
    given = {"name": "register", "kind": "sql", "department": "market", "record": records, "url": url}
    return sql.OPTIONS.model_validate({**PATIENCE, **given, **more})


@pytest.fixture(scope="module")
async def opengauss_url(postgres_dsn):
    """The shared rows and thirty divisions, in a schema that is the user's own, as opengauss+psycopg2://…"""
    database = await asyncpg.connect(postgres_dsn)
    await database.execute("CREATE SCHEMA opengauss; SET search_path = opengauss")
    for record, rows in ROWS.items():
        types = NATIVE if record == "Licence" else TYPES
        columns = ", ".join(f"{column} {types.get(column, 'text')}" for column in rows[0])
        await database.execute(f"CREATE TABLE {record.lower()} ({columns})")
        await database.copy_records_to_table(
            record.lower(), schema_name="opengauss", records=[tuple(row.values()) for row in rows]
        )
    await database.execute(
        "CREATE TABLE division AS SELECT n AS id, 'C' || n AS code, 'x' AS name FROM generate_series(1, 30) n"
    )
    yield f"{postgres_dsn.replace('postgresql://', 'opengauss+psycopg2://', 1)}?options=-csearch_path%3Dopengauss"
    await database.execute("DROP SCHEMA opengauss CASCADE")
    await database.close()


@pytest.fixture(scope="module")
async def subject(catalogue, opengauss_url):
    """The shared rows."""
    options = _options(opengauss_url)
    adapter = sql.open_source(options, catalogue)
    yield Subject(
        adapter,
        lambda max_rows: sql.open_source(_options(opengauss_url, max_rows=max_rows), catalogue),
        expect(options, catalogue, ROWS),
    )
    await adapter.aclose()


class TestOpengauss(Conformance):
    """What is openGauss's own keeps every promise on its ancestor."""


@pytest.fixture
async def runner(opengauss_url):
    """Two sessions, whose statements may take a second."""
    runner = open_runner(sa.make_url(opengauss_url), Session("divisions", 2, 1000))
    yield runner
    await runner.aclose()


@pytest.mark.parametrize("statement", ["DELETE FROM division", "DROP TABLE division", "CREATE TABLE x (y int)"])
async def test_nothing_can_be_written(runner, statement):
    """A session refuses to write, whatever it is told."""
    with pytest.raises(SourceError):
        await runner.rows(sa.text(statement))
    assert (await runner.rows(sa.text("SELECT count(*) FROM division")))[0][0] == 30


async def test_the_server_ends_a_slow_statement(runner):
    """The server stops a statement at `timeout_ms`, and the session answers the next one."""
    with pytest.raises(SourceTimeout, match="57014"):
        await runner.rows(sa.text("SELECT pg_sleep(20)"))
    assert (await runner.rows(sa.text("SELECT 1")))[0][0] == 1


async def test_a_statement_nobody_awaits_is_cancelled(opengauss_url, postgres_dsn):
    """Once a call is given up its statement stops at the server, and its thread is free for the next call."""
    runner = open_runner(sa.make_url(opengauss_url), Session("divisions", 1, 60_000))
    await runner.rows(sa.text("SELECT 1"))
    database = await asyncpg.connect(postgres_dsn)
    running = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(59)' AND state = 'active'"
    slow = asyncio.create_task(runner.rows(sa.text("SELECT pg_sleep(59)")))

    async def runs():
        return await database.fetchval(running) > 0

    await until(runs, "the statement never began")
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)
    assert (await runner.rows(sa.text("SELECT 2")))[0][0] == 2
    assert not await database.fetchval(running)
    await database.close()
    await runner.aclose()


async def test_what_is_not_there(catalogue, opengauss_url):
    """A table or column that is not there is bad data, a database that is not there is down, and no text quotes it."""
    for record, says in (
        ({**DIVISION, "table": "nope"}, "there is no table nope"),
        ({**DIVISION, "columns": {"code": "code", "name": "title"}}, "has no column title"),
    ):
        source = sql.open_source(_options(opengauss_url, record=[record]), catalogue)
        with pytest.raises(SourceBadData, match=says):
            await source.check()
        await source.aclose()
    away = sa.make_url(opengauss_url).set(database="hub_geheim").render_as_string()
    source = sql.open_source(_options(away, record=[DIVISION]), catalogue)
    with pytest.raises(SourceDown) as raised:
        await source.check()
    assert "geheim" not in str(raised.value)
    await source.aclose()


async def test_a_deadline_frees_the_thread(catalogue, opengauss_url, postgres_dsn):
    """At the deadline the call ends, and the only thread takes the next one."""
    database = await asyncpg.connect(postgres_dsn)
    await database.execute("CREATE VIEW opengauss.slow AS SELECT d.* FROM opengauss.division d, pg_sleep(20)")
    source = sql.open_source(
        _options(opengauss_url, record=[{**DIVISION, "table": "slow"}], connections=1, timeout_ms=30_000), catalogue
    )
    for _ in range(2):
        with pytest.raises(SourceTimeout):
            await source.fetch(Lookup("Division", (LOCAL,), "code", ("C1",), soon(0.3), "测试"))
    await database.execute("CREATE OR REPLACE VIEW opengauss.slow AS SELECT d.* FROM opengauss.division d")
    assert (await source.fetch(lookup("Division", (LOCAL,), ("C1",), key="code"))).rows == [("1",)]
    await source.aclose()
    await database.execute("DROP VIEW opengauss.slow")
    await database.close()
