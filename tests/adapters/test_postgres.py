"""PostgreSQL: the conformance suite on a real server, and what is its own."""

import socket
from urllib.parse import urlsplit

import asyncpg
import pytest
import sqlalchemy as sa

from adapters import sql
from adapters.base import (
    KEY,
    LOCAL,
    OrderKey,
    SourceBadData,
    SourceDown,
    SourceError,
    Unreadable,
)
from adapters.sql_postgres import PostgresRunner
from adapters.sql_runner import Session
from schema.predicate import Op, Test
from tests.adapters.divisions import DIVISION
from tests.conformance.records import MAPPINGS, ROWS, TIDY
from tests.conformance.subject import PATIENCE
from tests.conformance.suite import Conformance, Subject, expect, lookup, search

TYPES = {"cqyx": "boolean", "fk": "numeric(18, 2)", "yxqz": "timestamp", "fzs": "bigint"}
NATIVE = {**TYPES, "jdrq": "date", "zt": "integer"}


def _options(url, **more):
    records = [
        {**mapping, "table": f"city.{mapping['record'].lower()}", "tidy": TIDY[mapping["record"]]}
        for mapping in MAPPINGS
    ]
    given = {"name": "register", "kind": "sql", "department": "market", "record": records, "url": url}
    return sql.OPTIONS.model_validate({**PATIENCE, **given, **more})


async def _fill(database):
    await database.execute("CREATE SCHEMA city")
    for record, rows in ROWS.items():
        types = NATIVE if record == "Licence" else TYPES
        columns = ", ".join(f"{column} {types.get(column, 'text')}" for column in rows[0])
        await database.execute(f"CREATE TABLE city.{record.lower()} ({columns})")
        await database.copy_records_to_table(
            record.lower(), schema_name="city", records=[tuple(row.values()) for row in rows]
        )


@pytest.fixture(scope="module")
async def subject(catalogue, postgres_dsn, postgres_url):
    """The shared rows in a schema of a database."""
    database = await asyncpg.connect(postgres_dsn)
    await _fill(database)
    await database.close()
    options = _options(postgres_url)
    adapter = sql.open_source(options, catalogue)
    yield Subject(
        adapter,
        lambda max_rows: sql.open_source(_options(postgres_url, max_rows=max_rows), catalogue),
        expect(options, catalogue, ROWS),
    )
    await adapter.aclose()


class TestPostgres(Conformance):
    """A PostgreSQL database keeps every promise."""


async def test_one_statement_for_any_number_of_keys(open_postgres, statements):
    """The statement's text does not vary with the number of keys, nor with a filter's number of values."""
    source = open_postgres()
    codes = [f"33{n:04d}" for n in range(100)]
    for keys in (codes[:1], codes):
        await source.fetch(lookup("Division", (KEY, "name"), keys, key="code"))
    for count in (2, 100):
        await source.search(search("Division", (LOCAL,), where=Test("name", Op.IN, tuple(codes[:count]))))
    texts = [text for text, _ in statements if text.startswith("SELECT r.")]
    assert len(texts) == 4
    assert len(set(texts)) == 2


async def test_indexes_serve(open_postgres, postgres, statements):
    """Look-ups by key, and searches by tidy fields in the order of the code, go through an index."""
    await postgres.execute("""
        CREATE TABLE big AS SELECT n AS id, 'C' || lpad(n::text, 9, '0') AS code, (330000 + n % 400)::text AS division
            FROM generate_series(1, 40000) n;
        CREATE INDEX big_code ON big (code); CREATE INDEX big_division ON big (division, code); ANALYZE big
        """)
    columns = {"uscc": "code", "divisionCode": "division"}
    record = {"record": "Entity", "local": "id", "table": "big", "columns": columns, "tidy": ["divisionCode"]}
    source = open_postgres(record)
    order = (OrderKey("uscc"),)
    equal, prefix = Test("divisionCode", Op.EQ, "330007"), Test("divisionCode", Op.PREFIX, "33000")
    await source.fetch(lookup("Entity", ("divisionCode",), [f"C{n:09d}" for n in range(1, 400, 3)]))
    await source.search(search("Entity", ("uscc",), 20, where=equal, order=order))
    await source.search(search("Entity", ("uscc",), 20, where=equal, order=order, after=("C000020000", "20000")))
    await source.search(search("Entity", ("uscc",), 2000, where=prefix))
    asked = [(text, parameters) for text, parameters in statements if text.startswith("SELECT r.")]
    plans = ["\n".join(row[0] for row in await postgres.fetch(f"EXPLAIN {t}", *p)) for t, p in asked]
    await postgres.execute("DROP TABLE big")
    assert len(plans) >= 4
    assert [plan for plan in plans if "Index Cond" not in plan] == []
    assert [plan for plan in plans[1:3] if "->  Sort" in plan] == []
    assert "(code >= " in plans[2].partition("Filter:")[0]


@pytest.mark.parametrize("statement", ["DELETE FROM division", "DROP TABLE division", "CREATE TABLE x (y int)"])
async def test_nothing_can_be_written(postgres_url, postgres, statement):
    """A session refuses to write, whatever it is told."""
    runner = PostgresRunner(sa.make_url(postgres_url), Session("divisions", 1, 1000))
    with pytest.raises(SourceError):
        await runner.rows(sa.text(statement))
    await runner.aclose()
    assert await postgres.fetchval("SELECT count(*) FROM division") == 30


async def test_names_are_quoted(open_postgres, postgres):
    """Names of tables and columns in the configuration may hold anything."""
    odd = 'a"b; DROP TABLE division; %s :x $1'
    quoted = odd.replace('"', '""')
    await postgres.execute(f'ALTER TABLE division RENAME COLUMN name TO "{quoted}"; CREATE SCHEMA "Odd Schema"')
    await postgres.execute(f'CREATE TABLE "Odd Schema"."{quoted}" AS SELECT * FROM division')  # noqa: S608
    source = open_postgres({**DIVISION, "table": f"Odd Schema.{odd}", "columns": {"code": "code", "name": odd}})
    rows = await source.search(
        search("Division", ("name",), where=Test("name", Op.EQ, "示例1"), order=(OrderKey("name"),))
    )
    assert len(rows.rows) == 10
    await postgres.execute('DROP SCHEMA "Odd Schema" CASCADE')


async def test_an_unreachable_server_is_down(open_postgres, postgres_dsn, monkeypatch):
    """No server, no such postgres, no such user: the source is down, and no text repeats the address."""
    place = urlsplit(postgres_dsn)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    wrong = [
        f"postgresql://hub:geheim@127.0.0.1:{port}/x",
        f"postgresql+asyncpg://{place.netloc}/hub_geheim",
        f"postgresql+asyncpg://hub_geheim:geheim@{place.hostname}:{place.port or 5432}{place.path}",
    ]
    for address in wrong:
        monkeypatch.setenv("HUB_TEST_ADDRESS", address)
        source = open_postgres(url="env:HUB_TEST_ADDRESS")
        with pytest.raises(SourceDown) as raised:
            await source.check()
        assert "geheim" not in str(raised.value)
        assert raised.value.__cause__ is None


async def test_missing_tables_columns_and_rights(open_postgres, postgres, postgres_url):
    """A table or column that is not there is bad data, also when it goes while the hub runs; a refusal is down."""
    with pytest.raises(SourceBadData, match="there is no table"):
        await open_postgres({**DIVISION, "table": "nowhere.division"}).check()
    source = open_postgres({**DIVISION, "tidy": ["code"]})
    asked = lookup("Division", ("name",), ("330001",), key="code")
    await source.fetch(asked)
    await postgres.execute("ALTER TABLE division RENAME COLUMN name TO title")
    for _ in range(2):
        with pytest.raises(SourceBadData):
            await source.fetch(asked)
    await postgres.execute(
        "ALTER TABLE division RENAME COLUMN title TO name; ALTER TABLE division ALTER code TYPE int USING code::int"
    )
    await source.fetch(asked)
    await source.fetch(asked)
    assert (await source.fetch(asked)).rows == [("示例1",)]


async def test_columns_of_other_types(open_postgres, postgres):
    """Keys, identifiers and fields may be numbers, padded characters, uuids, enumerations or arrays."""
    await postgres.execute("""
        CREATE TYPE level AS ENUM ('1', '2');
        CREATE TABLE odd (id uuid, no int, code char(20), kind level, former text[], made timestamptz, amount numeric);
        INSERT INTO odd VALUES
            ('00000000-0000-0000-0000-000000000002', 7, 'AB', '1', '{旧,""}', '2024-02-29 23:30+00', 'NaN'),
            ('00000000-0000-0000-0000-000000000001', 8, 'CD', NULL, '{}', '2024-03-01 23:59+08', 1500.50),
            ('00000000-0000-0000-0000-000000000003', NULL, NULL, '2', NULL, 'infinity', NULL);
        """)
    columns = {
        "regNo15": "no",
        "orgCode": "code",
        "kind": {"column": "kind", "codes": {"1": "ENTERPRISE"}},
        "formerNames": "former",
        "establishedOn": {"column": "made", "type": "timestamp"},
        "registeredCapital": "amount",
    }
    source = open_postgres({"record": "Entity", "local": "id", "table": "odd", "columns": columns})
    rows = (await source.search(search("Entity", (*columns, LOCAL)))).rows
    local = "00000000-0000-0000-0000-00000000000"
    assert rows == [
        ("8", "CD", None, None, "2024-03-01", ("1500.5", "CNY", "1500.50"), f"{local}1"),
        ("7", "AB", "ENTERPRISE", ("旧",), "2024-03-01", Unreadable.VALUE, f"{local}2"),
        (None, None, Unreadable.VALUE, None, Unreadable.VALUE, None, f"{local}3"),
    ]
    for key, value in (("regNo15", "7"), ("orgCode", "AB")):
        found = await source.fetch(lookup("Entity", (KEY, LOCAL), (value, "x", "07", "9" * 30), key=key))
        assert found.rows == [(value, f"{local}2")]
    wheres = {
        Test("regNo15", Op.EQ, "7"): "2",
        Test("regNo15", Op.IN, ("07", "8", "x")): "1",
        Test("regNo15", Op.CONTAINS, "7"): "2",
        Test("orgCode", Op.EQ, "CD"): "1",
        Test("orgCode", Op.GE, "B"): "1",
        Test("kind", Op.EQ, "ENTERPRISE"): "2",
        Test("kind", Op.IS_NULL): "1",
        Test("establishedOn", Op.GE, "2024-03-01"): "12",
        Test("establishedOn", Op.LE, "2024-02-29"): "",
        Test("establishedOn", Op.LE, "9999-12-31"): "12",
        Test("registeredCapital", Op.IS_NULL): "3",
    }
    for where, wanted in wheres.items():
        found = await source.search(search("Entity", (LOCAL,), where=where))
        assert "".join(row[0][-1] for row in found.rows) == wanted, where
    pages = [
        (await source.search(search("Entity", (LOCAL,), order=(OrderKey(name),)))).rows[0][0][-1]
        for name in ("regNo15", "orgCode", "establishedOn")
    ]
    assert pages == ["2", "2", "1"]
    await postgres.execute("DROP TABLE odd")


async def test_days_at_the_ends_of_the_calendar(open_postgres, postgres):
    """Infinite days and days beyond year 9999 are unreadable cells; 9999-12-31 is a day like any other."""
    await postgres.execute("""
        CREATE TABLE days (id text, day date);
        INSERT INTO days VALUES ('1', 'infinity'), ('2', '10000-01-01'), ('3', '9999-12-31'), ('4', '-infinity'),
            ('5', '0001-01-01'), ('6', NULL);
        """)
    columns = {"establishedOn": {"column": "day", "type": "date"}}
    source = open_postgres({"record": "Entity", "local": "id", "table": "days", "columns": columns})
    rows = await source.search(search("Entity", ("establishedOn", LOCAL), order=(OrderKey("establishedOn", True),)))
    bad = Unreadable.VALUE
    assert rows.rows == [
        ("9999-12-31", "3"), ("0001-01-01", "5"), (bad, "1"), (bad, "2"), (bad, "4"), (None, "6"),
    ]  # fmt: skip
    for op, wanted in ((Op.EQ, "3"), (Op.GE, "3"), (Op.LT, "5"), (Op.LE, "35")):
        found = await source.search(search("Entity", (LOCAL,), where=Test("establishedOn", op, "9999-12-31")))
        assert "".join(row[0] for row in found.rows) == wanted
    await postgres.execute("DROP TABLE days")


async def test_values_python_lacks_spoil_their_cells_only(open_postgres, postgres):
    """Times, spans and JSON are read as text; a list that the driver cannot read is bad data, and the source goes on."""
    await postgres.execute("""
        CREATE TABLE strange (id int, t time, s interval, j jsonb, b bytea, d date[]);
        INSERT INTO strange VALUES (1, '24:00', '1 day', '["旧"]', 'x', '{2024-01-01}'), (2, NULL, NULL, '{"a": 1}', NULL, NULL);
        """)
    columns = {"name": "t", "address": "s", "formerNames": "j", "businessScope": "b"}
    record = {"record": "Entity", "local": "id", "table": "strange", "columns": columns}
    rows = await open_postgres(record).search(search("Entity", tuple(columns)))
    assert rows.rows == [("24:00:00", "1 day", ("旧",), Unreadable.VALUE), (None, None, Unreadable.VALUE, None)]
    await postgres.execute("UPDATE strange SET d = '{10000-01-01}'")
    source = open_postgres({**record, "columns": {**columns, "formerNames": "d"}})
    with pytest.raises(SourceBadData, match="ValueError"):
        await source.search(search("Entity", ("formerNames",)))
    assert len((await source.search(search("Entity", ("name",)))).rows) == 2
    await postgres.execute("DROP TABLE strange")


async def test_collations_of_the_table_do_not_matter(open_postgres, postgres):
    """Texts are ordered and compared by code point, and only ASCII letters without regard to case, in any locale."""
    collation = await postgres.fetchval(
        "SELECT collname FROM pg_collation WHERE collname IN ('en-x-icu', 'en_US.utf8')"
    )
    if collation is None:
        pytest.skip("the server has no collation but C")
    names = ["b", "A", "a-b", "ab", "a b", "É", "é", "B", "ａ", "Ａ", "中", "😀"]
    await postgres.execute(
        f'DROP TABLE division; CREATE TABLE division (id int, code text, name text COLLATE "{collation}")'
    )
    await postgres.executemany("INSERT INTO division (id, name) VALUES ($1, $2)", list(enumerate(names)))
    for tidy in ((), ("name",)):
        source = open_postgres({**DIVISION, "tidy": tidy})
        for descending in (False, True):
            order = (OrderKey("name", descending),)
            rows = await source.search(search("Division", ("name",), order=order))
            assert [row[0] for row in rows.rows] == sorted(names, reverse=descending)
        for value, wanted in (("É", ["É"]), ("A", ["A", "a-b", "ab", "a b"]), ("ａ", ["ａ"])):
            rows = await source.search(search("Division", ("name",), where=Test("name", Op.CONTAINS, value)))
            assert [row[0] for row in rows.rows] == wanted
        rows = await source.search(search("Division", ("name",), where=Test("name", Op.LT, "a")))
        assert [row[0] for row in rows.rows] == ["A", "B"]
