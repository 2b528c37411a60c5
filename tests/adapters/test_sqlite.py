"""SQLite: the conformance suite on a real file, and what is its own."""

import asyncio
import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from adapters import sql
from adapters.base import (
    KEY,
    LOCAL,
    Lookup,
    OrderKey,
    SourceBadData,
    SourceDown,
    SourceError,
    SourceTimeout,
    Unreadable,
)
from adapters.sql_runner import Session
from adapters.sql_sqlite import sqlite
from schema.catalogue import fold_catalogue
from schema.predicate import Op, Test
from tests.conformance.records import CODES, MAPPINGS, ROWS, TIDY, as_texts
from tests.conformance.subject import PATIENCE
from tests.conformance.suite import HOSTILE, Conformance, Subject, expect, lookup, search, soon

TYPES = {"zt": "INTEGER", "cqyx": "BOOLEAN", "fzs": "INTEGER", "fk": "NUMERIC", "jdrq": "DATE", "yxqz": "TIMESTAMP"}
TEXTS = {record: [as_texts(row) for row in rows] for record, rows in ROWS.items()}
DIVISION = {"record": "Division", "local": "id", "table": "division", "columns": {"code": "code", "name": "name"}}


def _options(path, **more):
    records = [{**mapping, "table": mapping["record"], "tidy": TIDY[mapping["record"]]} for mapping in MAPPINGS]
    given = {"name": "register", "kind": "sql", "department": "market", "record": records, "url": f"sqlite:///{path}"}
    return sql.OPTIONS.model_validate({**PATIENCE, **given, **more})


def _execute(path, *statements):
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(*statement) if isinstance(statement, tuple) else connection.execute(statement)
        connection.commit()


def _fill(path):
    for record, rows in TEXTS.items():
        types = {} if record in ("Entity", "Penalty") else TYPES
        columns = ", ".join(f"{column} {types.get(column, 'TEXT')}" for column in rows[0])
        marks = ", ".join("?" for _ in rows[0])
        _execute(
            path,
            f"CREATE TABLE {record} ({columns})",
            *((f"INSERT INTO {record} VALUES ({marks})", tuple(row.values())) for row in rows),  # noqa: S608
        )


@pytest.fixture(scope="module")
async def subject(catalogue, tmp_path_factory):
    """The shared rows in a file."""
    path = tmp_path_factory.mktemp("sqlite") / "register.db"
    _fill(path)
    options = _options(path)
    adapter = sql.open_source(options, catalogue)
    yield Subject(
        adapter,
        lambda max_rows: sql.open_source(_options(path, max_rows=max_rows), catalogue),
        expect(options, catalogue, TEXTS),
    )
    await adapter.aclose()


class TestSqlite(Conformance):
    """A SQLite file keeps every promise."""


@pytest.fixture
def path(tmp_path):
    """A file with one table of divisions."""
    path = tmp_path / "divisions.db"
    _execute(
        path,
        "CREATE TABLE division (id INTEGER PRIMARY KEY, code TEXT, name TEXT)",
        *(("INSERT INTO division VALUES (?, ?, ?)", (n, f"33{n:04d}", f"示例{n % 3}")) for n in range(1, 31)),
    )
    return path


@pytest.fixture
async def open_division(catalogue, path):
    """Opens the divisions, with options of one's own."""
    opened = []

    def open_division(record=DIVISION, **more):
        opened.append(sql.open_source(_options(path, record=[record], **more), catalogue))
        return opened[-1]

    yield open_division
    for source in opened:
        await source.aclose()


async def test_only_asked_columns_are_selected(open_division, statements):
    """The statement names the asked columns and those the predicate needs, and no others."""
    source = open_division()
    await source.fetch(lookup("Division", (LOCAL,), ("330001",), key="code"))
    await source.search(search("Division", ("code",)))
    selected = [text.partition(" \nFROM")[0] for text, _ in statements if text.startswith("SELECT r.")]
    assert selected == ["SELECT r.id", "SELECT r.code"]
    assert "name" not in "".join(text for text, _ in statements if text.startswith("SELECT"))


async def test_values_are_bound(open_division, statements):
    """No value ever stands in the text of a statement, and nothing happens to the table."""
    source = open_division()
    for value in HOSTILE:
        for op in (Op.EQ, Op.GE, Op.LE, Op.LT, Op.PREFIX, Op.CONTAINS):
            await source.search(
                search("Division", ("name",), where=Test("name", op, f"{value}x'; DROP TABLE division; --"))
            )
    assert not [text for text, _ in statements if "DROP" in text]
    assert await source.count(search("Division", ())) == 30


async def test_names_are_quoted(open_division, path):
    """Names of tables and columns in the configuration may hold anything."""
    odd = 'a"b; DROP TABLE division; --'
    quoted = odd.replace('"', '""')
    _execute(path, f'CREATE TABLE "{quoted}" (id TEXT, "{quoted}" TEXT, "select" TEXT)')
    _execute(path, f"""INSERT INTO "{quoted}" VALUES ('1', '33', '市')""")  # noqa: S608
    source = open_division({**DIVISION, "table": odd, "columns": {"code": odd, "name": "select"}})
    assert (await source.search(search("Division", ("code", "name")))).rows == [("33", "市")]
    assert await open_division().count(search("Division", ())) == 30


@pytest.mark.parametrize("statement", ["DELETE FROM division", "DROP TABLE division", "CREATE TABLE x (y)"])
async def test_nothing_can_be_written(path, statement):
    """A session refuses to write, whatever it is told."""
    runner = sqlite(sa.make_url(f"sqlite:///{path}"), Session("test", 1, 1000))
    with pytest.raises(SourceError):
        await runner.rows(sa.text(statement))
    count = await runner.rows(sa.text("SELECT count(*) FROM division"))
    await runner.aclose()
    assert count[0][0] == 30


async def test_a_statement_is_interrupted_at_the_deadline(open_division, path):
    """At the deadline the statement stops, in the database too: the only thread is free for the next call."""
    _execute(
        path,
        "CREATE VIEW endless AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) "
        "SELECT id, 'x' AS code, 'x' AS name FROM n WHERE id < 0",
    )
    source = open_division({**DIVISION, "table": "endless"}, connections=1)
    for deadline in (soon(0.2), soon(0.2)):
        with pytest.raises(SourceTimeout):
            await source.fetch(Lookup("Division", (LOCAL,), "code", ("x",), deadline, "测试"))
    slow = asyncio.create_task(source.fetch(lookup("Division", (LOCAL,), ("x",), key="code")))
    await asyncio.sleep(0.1)
    slow.cancel()
    assert isinstance((await asyncio.gather(slow, return_exceptions=True))[0], asyncio.CancelledError)
    _execute(path, "DROP VIEW endless", "CREATE VIEW endless AS SELECT * FROM division")
    rows = await source.fetch(Lookup("Division", (LOCAL,), "code", ("330001",), soon(1), "测试"))
    assert rows.rows == [("1",)]


async def test_its_own_time_limit_holds_without_a_deadline_near(open_division, path):
    """A source's `timeout_ms` bounds every call, however far the deadline is."""
    _execute(path, "CREATE TABLE other (id)", "DROP TABLE division")
    _execute(
        path,
        "CREATE VIEW division AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) "
        "SELECT id, 'x' AS code, 'x' AS name FROM n WHERE id < 0",
    )
    source = open_division(timeout_ms=100)
    with pytest.raises(SourceTimeout):
        await source.check()


async def test_a_file_that_comes_later_heals(open_division, path):
    """A source whose file is missing is down, and answers once the file is there; a replaced file is noticed."""
    content = path.read_bytes()
    path.unlink()
    source = open_division()
    for _ in range(2):
        with pytest.raises(SourceDown):
            await source.check()
    path.write_bytes(content)
    assert await source.count(search("Division", ())) == 30
    other = path.with_name("other.db")
    other.write_bytes(content)
    _execute(other, "DELETE FROM division WHERE id > 5")
    other.replace(path)
    assert await source.count(search("Division", ())) == 5
    path.unlink()
    with pytest.raises(SourceDown):
        await source.count(search("Division", ()))


async def test_a_file_that_is_no_database_is_bad_data(open_division, path):
    """A file of another kind is bad data, and the text quotes neither path nor content."""
    path.write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(SourceBadData) as raised:
        await open_division().check()
    assert str(path) not in str(raised.value)


async def test_missing_tables_and_columns_are_bad_data(open_division, path):
    """What the mapping names and the database lacks is bad data that says which, until it is there."""
    with pytest.raises(SourceBadData, match="there is no table nope"):
        await open_division({**DIVISION, "table": "nope"}).check()
    source = open_division({**DIVISION, "columns": {"code": "code", "name": "title"}, "order": ["rank desc"]})
    with pytest.raises(SourceBadData, match="has no column rank, title"):
        await source.check()
    _execute(path, "ALTER TABLE division ADD COLUMN rank", "ALTER TABLE division RENAME COLUMN name TO title")
    await source.check()
    _execute(path, "ALTER TABLE division RENAME COLUMN title TO name")
    for _ in range(2):
        with pytest.raises(SourceBadData):
            await source.fetch(lookup("Division", ("name",), ("330001",), key="code"))


async def test_a_text_in_another_encoding_spoils_its_cell_only(open_division, path):
    """Bytes that are no UTF-8 are an unreadable cell."""
    _execute(path, ("UPDATE division SET name = CAST(? AS TEXT) WHERE id = 2", ("市".encode("gb18030"),)))
    rows = await open_division().fetch(lookup("Division", (KEY, "name"), ("330001", "330002"), key="code"))
    assert rows.rows == [("330001", "示例1"), ("330002", Unreadable.VALUE)]


async def test_numbered_rows_are_paged_by_number(open_division):
    """An identifier that is a number orders rows by number, and a position in it is compared so."""
    source = open_division()
    found, after = [], None
    while rows := (await source.search(search("Division", (LOCAL,), 7, after=after))).rows:
        found.extend(rows)
        after = rows[-1]
    assert [row[0] for row in found] == [str(number) for number in range(1, 31)]
    with pytest.raises(SourceError):
        await source.search(search("Division", (LOCAL,), after=("1x",)))


async def test_texts_among_numbers(open_division, path):
    """A column of numbers may hold texts too in SQLite; both are found as they are written."""
    _execute(
        path, "CREATE TABLE mixed (id, code INTEGER, name)", "INSERT INTO mixed VALUES ('1', 5, 'x'), (2, 'A1', 7)"
    )
    source = open_division({**DIVISION, "table": "mixed"})
    wheres = {
        Test("code", Op.EQ, "5"): ["1"],
        Test("code", Op.EQ, "05"): [],
        Test("code", Op.EQ, "A1"): ["2"],
        Test("code", Op.IN, ("5", "A1")): ["1", "2"],
        Test("name", Op.EQ, "7"): ["2"],
    }
    for where, wanted in wheres.items():
        rows = await source.search(search("Division", (LOCAL,), where=where))
        assert [row[0] for row in rows.rows] == wanted, where
    rows = await source.fetch(lookup("Division", (KEY,), ("A1", "5", "05"), key="code"))
    assert sorted(rows.rows) == [("5",), ("A1",)]


async def test_the_source_says_the_order_within_a_key(open_division):
    """Rows of one key come in the declared order, ties by the identifier."""
    source = open_division({**DIVISION, "keys": {"level": "name"}, "order": ["name", "code desc"]})
    rows = await source.fetch(lookup("Division", ("code",), ("示例1",), key="level"))
    assert [row[0] for row in rows.rows] == [f"33{n:04d}" for n in range(28, 0, -3)]


async def test_collations_of_the_table_do_not_matter(open_division, path):
    """A column that ignores case is compared and ordered exactly all the same."""
    _execute(path, "DROP TABLE division", "CREATE TABLE division (id INTEGER, code TEXT, name TEXT COLLATE NOCASE)")
    _execute(path, *(("INSERT INTO division VALUES (?, ?, ?)", (n, str(n), name)) for n, name in enumerate("bABa")))
    for tidy in ((), ("name",)):
        source = open_division({**DIVISION, "tidy": tidy})
        rows = await source.search(search("Division", ("name",), order=(OrderKey("name"),)))
        assert "".join(row[0] for row in rows.rows) == "ABab"
        assert await source.count(search("Division", (), where=Test("name", Op.EQ, "a"))) == 1
        assert await source.count(search("Division", (), where=Test("name", Op.PREFIX, "A"))) == 1
        assert await source.count(search("Division", (), where=Test("name", Op.CONTAINS, "A"))) == 2


async def test_indexes_serve(open_division, path, statements):
    """Look-ups by key, and searches by tidy fields, go through an index."""
    _execute(path, "CREATE INDEX by_code ON division (code)", "CREATE INDEX by_name ON division (name, id)")
    source = open_division({**DIVISION, "tidy": ["name", "code"]})
    await source.fetch(lookup("Division", ("name",), [f"33{n:04d}" for n in range(1, 20)], key="code"))
    await source.search(search("Division", ("name",), where=Test("name", Op.EQ, "示例1")))
    await source.search(search("Division", ("name",), where=Test("code", Op.PREFIX, "33000")))
    asked = [(text, parameters) for text, parameters in statements if text.startswith("SELECT r.")]
    with closing(sqlite3.connect(path)) as connection:
        plans = [connection.execute(f"EXPLAIN QUERY PLAN {text}", parameters).fetchall() for text, parameters in asked]
    assert len(plans) == 3
    assert [plan for plan in plans if not any("INDEX by_" in step[3] for step in plan)] == []


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("nonsense", "not the address of a database"),
        ("mssql+pyodbc://h/d", "mssql is not a database known here"),
        ("postgresql://u:secret@h/d", "holds a password"),
    ],
)
def test_addresses_are_checked(url, fault):
    """An address that cannot be used is refused when the configuration is read."""
    with pytest.raises(ValidationError, match=fault):
        _options("x", url=url)


def test_relative_files_start_at_the_configuration(tmp_path):
    """A relative file name starts in the folder of the configuration."""
    given = {**_options("x").model_dump(exclude={"url"}), "url": "sqlite:///state/x.db"}
    options = sql.OPTIONS.model_validate(given, context={"base": tmp_path})
    assert options.url.get_secret_value() == f"sqlite:///{tmp_path}/state/x.db"


def test_tidy_fields_must_be_columns(catalogue):
    """A field that is called tidy but not read from a column refuses the opening."""
    with pytest.raises(ValueError, match="tidy level is not read from a column"):
        sql.open_source(_options("x", record=[{**DIVISION, "tidy": ["level", "code"]}]), catalogue)


def test_ability_is_known_without_the_source(catalogue):
    """What can be asked is said although the file does not exist; codes of the shared data are among the keys."""
    source = sql.open_source(_options("nowhere/x.db"), catalogue)
    ability = source.abilities["Entity"]
    assert CODES
    assert {"uscc", "regNo15"} <= ability.keys
    assert {("name", op) for op in Op} <= ability.filters
    assert not {
        pair for pair in ability.filters if pair[0] in ("registeredCapital", "formerNames") and pair[1] != Op.IS_NULL
    }
    assert ability.orders == {
        "uscc",
        "regNo15",
        "name",
        "legalRepresentative",
        "establishedOn",
        "divisionCode",
        "businessScope",
    }


async def test_a_slow_look_up_holds_up_no_other(open_division, path):
    """Of two look-ups that are asked at once, one of which never ends, the other is answered."""
    _execute(
        path,
        "CREATE VIEW sometimes AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) "
        "SELECT id, 'slow' AS code, 'x' AS name FROM n WHERE id < 0",
    )
    endless = {"record": "Industry", "local": "id", "table": "sometimes", "columns": {"code": "code", "name": "name"}}
    source = sql.open_source(_options(path, record=[endless, DIVISION]), fold_catalogue())
    await source.fetch(Lookup("Division", ("name",), "code", ("330002",), soon(5), "测试"))
    slow = asyncio.create_task(source.fetch(Lookup("Industry", ("name",), "code", ("x",), soon(5), "测试")))
    quick = await source.fetch(Lookup("Division", ("name",), "code", ("330001",), soon(5), "测试"))
    assert len(quick.rows) == 1
    assert not slow.done()
    slow.cancel()
    await asyncio.wait([slow])
    await source.aclose()
