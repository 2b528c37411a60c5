"""MariaDB: the conformance suite on a real server, and what is its own."""

import asyncio
import socket
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from adapters import sql
from adapters.base import (
    KEY,
    LOCAL,
    Lookup,
    OrderKey,
    Rows,
    SourceBadData,
    SourceDown,
    SourceError,
    SourceTimeout,
)
from adapters.sql_mysql import open_runner
from adapters.sql_runner import Session
from schema.predicate import Op, Test
from tests import mariadb
from tests.adapters.divisions import DIVISION
from tests.adapters.mariadb_source import QUICK, SLOW
from tests.adapters.waiting import until
from tests.conformance.records import MAPPINGS, ROWS, TIDY
from tests.conformance.subject import PATIENCE
from tests.conformance.suite import HOSTILE, Conformance, Subject, expect, lookup, search, soon

TYPES = {"cqyx": "boolean", "fk": "decimal(18, 2)", "yxqz": "datetime", "fzs": "bigint", "jyfw": "text"}
NATIVE = {**TYPES, "jdrq": "date", "zt": "integer"}
# Columns that only a search reads through a function are as long as they come; the others can have an index.
LENGTHS = {"mc": "varchar(300)"}


def _options(url, **more):
    records = [{**mapping, "table": mapping["record"].lower(), "tidy": TIDY[mapping["record"]]} for mapping in MAPPINGS]
    given = {"name": "register", "kind": "sql", "department": "market", "record": records, "url": url}
    return sql.OPTIONS.model_validate({**PATIENCE, **given, **more})


async def _fill(database):
    async with database.cursor() as cursor:
        for record, rows in ROWS.items():
            types = {**(NATIVE if record == "Licence" else TYPES), **LENGTHS}
            columns = ", ".join(f"{column} {types.get(column, 'varchar(100)')}" for column in rows[0])
            await cursor.execute(f"CREATE TABLE {record.lower()} ({columns})")
            marks = ", ".join("%s" for _ in rows[0])
            for row in rows:
                await cursor.execute(f"INSERT INTO {record.lower()} VALUES ({marks})", tuple(row.values()))  # noqa: S608


@pytest.fixture(scope="module")
async def subject(catalogue, mariadb_url):
    """The shared rows in a database whose collation ignores case and trailing blanks."""
    database = await mariadb.connect(mariadb_url)
    await _fill(database)
    await database.ensure_closed()
    options = _options(mariadb_url)
    adapter = sql.open_source(options, catalogue)
    yield Subject(
        adapter,
        lambda max_rows: sql.open_source(_options(mariadb_url, max_rows=max_rows), catalogue),
        expect(options, catalogue, ROWS),
    )
    await adapter.aclose()


class TestMariadb(Conformance):
    """A MariaDB database keeps every promise."""


async def test_few_statements_for_any_number_of_keys(open_maria, statements):
    """Lists are rounded up to a power of two, so that their lengths make few statements."""
    source = open_maria()
    for count in (1, 2, 3, 4, 7, 8, 9, 30, 100, 500):
        keys = [f"33{n:04d}" for n in range(count)]
        assert len((await source.fetch(lookup("Division", (KEY,), keys, key="code"))).rows) == min(count - 1, 30), count
    texts = {text for text, _ in statements if text.startswith("SELECT CAST")}
    assert sorted(text.count("%s") // 2 for text in texts) == [1, 2, 4, 8, 16, 32, 128, 512]


async def test_values_are_bound_by_the_server(open_maria, maria_url, statements):
    """No value stands in a statement, and the driver sends values apart from it."""
    source = open_maria()
    for value in HOSTILE:
        for op in (Op.EQ, Op.GE, Op.LT, Op.PREFIX, Op.CONTAINS):
            await source.search(search("Division", (LOCAL,), where=Test("name", op, f"{value}'; DROP TABLE division")))
    assert not [text for text, _ in statements if "DROP" in text]
    assert await source.count(search("Division", ())) == 30
    runner = open_runner(sa.make_url(maria_url), Session("divisions", 1, 1000))
    await runner.rows(sa.select(sa.bindparam(None, "x'y")))
    status = "SHOW SESSION STATUS WHERE variable_name IN ('Com_stmt_prepare', 'Com_stmt_execute')"
    assert all(int(number) >= 1 for _, number in await runner.rows(sa.text(status)))
    await runner.aclose()


async def test_indexes_serve(open_maria, maria, statements):
    """Look-ups by key, and searches by tidy fields in the order of the code, go through an index, in any encoding."""
    columns = {"uscc": "code", "divisionCode": "division", "name": "name"}
    record = {"record": "Entity", "local": "id", "table": "big", "columns": columns, "tidy": ["divisionCode", "name"]}
    equal, prefix = Test("divisionCode", Op.EQ, "330007"), Test("name", Op.PREFIX, "商行_100")
    for charset in ("utf8mb4", "gbk"):
        await maria.execute(
            f"CREATE TABLE big (id int PRIMARY KEY, code varchar(18), division varchar(6), name varchar(40), "
            f"KEY (code), KEY (division, code), KEY (name)) CHARACTER SET {charset}",
            "INSERT INTO big SELECT seq, concat('C', lpad(seq, 9, '0')), 330000 + seq % 400, concat('商行_', seq) "
            "FROM seq_1_to_40000",
            "ANALYZE TABLE big",
        )
        source = open_maria(record)
        statements.clear()
        await source.fetch(lookup("Entity", ("name",), [f"C{n:09d}" for n in range(1, 400, 3)]))
        order = (OrderKey("uscc"),)
        await source.search(search("Entity", ("uscc",), 20, where=equal, order=order))
        await source.search(search("Entity", ("uscc",), 20, where=equal, order=order, after=("C000020000", "20000")))
        assert len((await source.search(search("Entity", ("uscc",), where=prefix))).rows) == 111
        asked = [(text, parameters) for text, parameters in statements if text.startswith("SELECT CAST")]
        async with maria.connection.cursor() as cursor:
            plans = []
            for text, parameters in asked:
                await cursor.execute(f"EXPLAIN {text}", tuple(parameters))
                plans.append((await cursor.fetchone())[3:])
        await maria.execute("DROP TABLE big")
        assert len(plans) >= 4
        assert {kind for kind, *_ in plans} <= {"range", "ref"}, plans
        assert [plan for plan in plans[1:3] if "filesort" in plan[-1]] == []


@pytest.mark.parametrize(
    "statement", ["DELETE FROM division", "DROP TABLE division", "CREATE TABLE x (y int)", "SET GLOBAL x = 1"]
)
async def test_nothing_can_be_written(maria_url, maria, statement):
    """A session refuses to write, whatever it is told."""
    runner = open_runner(sa.make_url(maria_url), Session("divisions", 1, 1000))
    with pytest.raises(SourceError):
        await runner.rows(sa.text(statement))
    await runner.aclose()
    assert (await maria.execute("SELECT count(*) FROM division"))[0][0] == 30


async def test_names_are_quoted(open_maria, maria):
    """Names of tables and columns in the configuration may hold anything."""
    odd = 'a"b; DROP TABLE division; %s :x $1 ?'
    schema = await maria.name()
    async with maria.connection.cursor() as cursor:
        await cursor.execute(f"CREATE TABLE `{odd}` (id int, `{odd}` varchar(20), code varchar(20))")
        await cursor.execute(f"INSERT INTO `{odd}` SELECT id, name, code FROM division")  # noqa: S608
    source = open_maria({**DIVISION, "table": f"{schema}.{odd}", "columns": {"code": "code", "name": odd}})
    where = Test("name", Op.EQ, "示例1")
    rows = await source.search(search("Division", ("name",), where=where, order=(OrderKey("name"),)))
    assert len(rows.rows) == 10


async def test_the_sessions_own_settings_hold(maria_url, maria):
    """Whatever mode the server would have, a session has its own, reads only, and ends its statements itself."""
    # The driver sets this mode first, as the server would.
    url = sa.make_url(maria_url).update_query_dict({"sql_mode": "'ANSI_QUOTES,ORACLE'"})
    runner = open_runner(url, Session("divisions", 1, 1500))
    asked = "@@sql_mode, @@time_zone, @@max_statement_time, @@tx_read_only, @@character_set_results, @@autocommit"
    assert list(await runner.rows(sa.text(f"SELECT {asked}"))) == [("", "+08:00", 1.5, 1, "utf8mb4", 1)]
    assert list(await runner.columns("division", None)) == ["id", "code", "name"]
    await runner.aclose()


async def test_a_slow_statement_times_out_at_the_server(maria_url, maria):
    """The server stops a statement at `timeout_ms`; the session stays open and answers the next call."""
    await maria.execute(SLOW)
    runner = open_runner(sa.make_url(maria_url), Session("divisions", 1, 150))
    with pytest.raises(SourceTimeout, match="1969"):
        await runner.rows(sa.text("SELECT count(*) FROM slow"))
    before = await maria.sessions()
    assert (await runner.rows(sa.text("SELECT count(*) FROM division")))[0][0] == 30
    assert list(await maria.sessions()) == list(before)
    assert len(before) == 1
    await runner.aclose()


async def test_a_slow_statement_times_out_at_the_deadline(open_maria, maria):
    """A call ends at its deadline, and the only session's place is free again."""
    await maria.execute(SLOW)
    source = open_maria({**DIVISION, "table": "slow"}, connections=1, timeout_ms=10_000)
    for _ in range(3):
        with pytest.raises(SourceTimeout):
            await source.fetch(Lookup("Division", (LOCAL,), "code", ("330001",), soon(0.2), "测试"))
    await maria.execute(QUICK)
    assert (await source.fetch(lookup("Division", (LOCAL,), ("330001",), key="code"))).rows == [("1",)]


async def test_a_statement_nobody_awaits_ends_at_the_server(open_maria, maria):
    """Once a call is given up its statement stops at the server too, long before the server's own limit."""
    await maria.execute(SLOW)
    source = open_maria({**DIVISION, "table": "slow"}, timeout_ms=60_000)
    running = [
        asyncio.create_task(source.fetch(lookup("Division", (LOCAL,), (code,), key="code")))
        for code in ("330001", "330002", "330003")
    ]
    await until(lambda: maria.runs("slow"), "the statements never began")
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)

    async def stopped():
        return not await maria.runs("slow")

    await until(stopped, "a statement that nobody awaits goes on at the server")


async def test_killed_sessions_heal(open_maria, maria):
    """Sessions that the server ended are replaced; one ended during a statement makes the source down, once."""
    source = open_maria(connections=2)
    asked = lookup("Division", (LOCAL,), ("330001",), key="code")
    await asyncio.gather(*(source.fetch(asked) for _ in range(10)))
    assert 1 <= len(await maria.sessions()) <= 2
    for number in await maria.sessions():
        await maria.execute(f"KILL {number}")
    assert (await source.fetch(asked)).rows == [("1",)]
    await maria.execute(SLOW)
    slow = open_maria({**DIVISION, "table": "slow"}, timeout_ms=10_000)
    running = asyncio.create_task(slow.fetch(asked))

    await until(lambda: maria.runs("slow"), "the statement never began")
    for number, info in (await maria.sessions()).items():
        if info:
            await maria.execute(f"KILL {number}")
    with pytest.raises(SourceDown):
        await running
    await maria.execute(QUICK)
    assert (await slow.fetch(asked)).rows == [("1",)]


async def test_an_unreachable_server_is_down(open_maria, maria_url, monkeypatch):
    """No server, no such database, no such user: the source is down, and no text repeats the address."""
    place = urlsplit(maria_url)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    wrong = [
        f"mysql://hub:geheim@127.0.0.1:{port}/x",
        f"mysql+asyncmy://{place.netloc}/hub_geheim",
        f"mariadb+asyncmy://hub_geheim:geheim@{place.hostname}:{place.port or 3306}{place.path}",
    ]
    for address in wrong:
        monkeypatch.setenv("HUB_TEST_ADDRESS", address)
        source = open_maria(url="env:HUB_TEST_ADDRESS")
        with pytest.raises(SourceDown) as raised:
            await source.check()
        assert "geheim" not in str(raised.value)
        assert raised.value.__cause__ is None


async def test_missing_tables_and_columns(open_maria, maria):
    """A table or column that is not there is bad data, also when it goes while the hub runs, until it is there."""
    with pytest.raises(SourceBadData, match="there is no table nope"):
        await open_maria({**DIVISION, "table": "nope"}).check()
    with pytest.raises(SourceBadData, match="has no column title"):
        await open_maria({**DIVISION, "columns": {"code": "code", "name": "title"}}).check()
    source = open_maria({**DIVISION, "tidy": ["code"]})
    asked = lookup("Division", ("name",), ("330001",), key="code")
    await source.fetch(asked)
    await maria.execute("ALTER TABLE division RENAME COLUMN name TO title")
    for _ in range(2):
        with pytest.raises(SourceBadData):
            await source.fetch(asked)
    await maria.execute("ALTER TABLE division RENAME COLUMN title TO name", "ALTER TABLE division MODIFY code int")
    for _ in range(2):
        assert (await source.fetch(asked)).rows == [("示例1",)]


async def test_reading_one_view_is_right_enough(open_maria, maria, maria_url, monkeypatch):
    """A user who may read one view and nothing else is enough; what it may not read is refused or not there."""
    schema, place = await maria.name(), urlsplit(maria_url)
    # The user's host is what the server takes ours for: an anonymous user of that host would go before any other's.
    (host,) = (await maria.execute("SELECT substring_index(user(), '@', -1)"))[0]
    user = f"'hub_{schema[-8:]}'@'{host}'"
    await maria.execute(f"CREATE USER {user} IDENTIFIED BY 'x'", f"GRANT SELECT ON {schema}.slow TO {user}")
    try:
        address = f"mysql://hub_{schema[-8:]}:x@{place.hostname}:{place.port or 3306}/{schema}"
        monkeypatch.setenv("HUB_TEST_ADDRESS", address)
        source = open_maria({**DIVISION, "table": "slow"}, url="env:HUB_TEST_ADDRESS")
        await source.check()
        with pytest.raises(SourceBadData, match="or it may not be read"):
            await open_maria(url="env:HUB_TEST_ADDRESS").check()
        await maria.execute(f"REVOKE SELECT ON {schema}.slow FROM {user}")  # noqa: S608  # our own names
        with pytest.raises(SourceDown, match="1142"):
            await source.check()
    finally:
        await maria.execute(f"DROP USER {user}")


async def test_sessions_are_few_and_given_back(open_maria, maria):
    """However many calls there are, given up or not, there are no more sessions than allowed and none is lost."""
    source = open_maria(connections=2)
    asked = lookup("Division", (LOCAL,), ("330001",), key="code")
    for round_ in range(15):
        tasks = [asyncio.create_task(source.fetch(asked)) for _ in range(6)]
        await asyncio.sleep(0.001 * round_)
        for task in tasks[::2]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert results[1::2] == [Rows((LOCAL,), [("1",)])] * 3

    async def few():
        return len(await maria.sessions()) <= 2

    await until(few, "sessions are lost")
    await source.aclose()

    async def none():
        return not await maria.sessions()

    await until(none, "a closed source has sessions")
