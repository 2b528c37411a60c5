"""MariaDB: columns of every type and encoding, and values that other databases do not have."""

import pytest
import sqlalchemy as sa

from adapters.base import KEY, LOCAL, OrderKey, SourceBadData, Unreadable, UnsupportedSearch
from adapters.sql_mysql import open_runner
from adapters.sql_runner import Session
from schema.predicate import Op, Test
from tests.adapters.divisions import DIVISION
from tests.conformance.suite import lookup, search

BAD = Unreadable.VALUE


@pytest.fixture
def table(maria):
    """Makes a table: name, definition, then statements that fill it."""

    async def table(name, definition, *statements):
        await maria.execute("SET sql_mode = 'ALLOW_INVALID_DATES'", f"CREATE TABLE {name} ({definition}", *statements)

    return table


async def _found(source, record, where, order=()):
    rows = await source.search(search(record, (LOCAL,), where=where, order=order))
    return "".join(row[0] for row in rows.rows)


async def test_columns_of_other_types(open_maria, table):
    """Keys, identifiers and fields may be numbers, bits, enumerations, sets, floats or JSON."""
    await table(
        "odd",
        "id char(3), no int unsigned, code char(20), kind enum('1', '2'), former set('旧', '老'), made timestamp NULL, "
        "amount decimal(20, 2), total float, renewed bit(1), valid tinyint(1), minutes mediumint, docs json)",
        "SET time_zone = '+00:00'",
        """INSERT INTO odd VALUES
        ('1', 7, 'AB', '1', '旧,老', '2024-02-29 23:30', 1500.50, 0.1, b'1', 1, 5, '["甲"]'),
        ('2', 8, 'CD', NULL, '', '2024-02-29 15:59', 0, 2.5, b'0', 0, -3, '[]'),
        ('3', NULL, NULL, '2', NULL, '1988-07-01 00:00', NULL, NULL, NULL, NULL, NULL, NULL)""",
        "SET time_zone = DEFAULT",
    )
    columns = {
        "regNo15": "no",
        "orgCode": "code",
        "kind": {"column": "kind", "codes": {"1": "ENTERPRISE"}},
        "formerNames": {"column": "former", "separator": ","},
        "establishedOn": {"column": "made", "type": "timestamp"},
        "registeredCapital": "amount",
        "address": "total",
    }
    source = open_maria({"record": "Entity", "local": "id", "table": "odd", "columns": columns, "as_of": "made"})
    rows = (await source.search(search("Entity", (*columns, "$asOf")))).rows
    assert rows == [
        ("7", "AB", "ENTERPRISE", ("旧", "老"), "2024-03-01", ("1500.5", "CNY", "1500.50"), "0.1",
         "2024-03-01T07:30:00+08:00"),
        ("8", "CD", None, None, "2024-02-29", ("0", "CNY", "0.00"), "2.5", "2024-02-29T23:59:00+08:00"),
        # Summer time: Shanghai was nine hours ahead. Days are those of +08:00 throughout.
        (None, None, BAD, None, "1988-07-01", None, None, "1988-07-01T09:00:00+09:00"),
    ]  # fmt: skip
    for key, value in (("regNo15", "7"), ("orgCode", "AB")):
        found = await source.fetch(lookup("Entity", (KEY, LOCAL), (value, "x", "07", "ab", "AB ", "9" * 30), key=key))
        assert found.rows == [(value, "1")]
    wheres = {
        Test("regNo15", Op.EQ, "7"): "1",
        Test("regNo15", Op.IN, ("07", "8", "x")): "2",
        Test("regNo15", Op.CONTAINS, "7"): "1",
        Test("orgCode", Op.EQ, "CD"): "2",
        Test("orgCode", Op.GE, "B"): "2",
        Test("kind", Op.EQ, "ENTERPRISE"): "1",
        Test("kind", Op.IS_NULL): "2",
        Test("establishedOn", Op.GE, "2024-03-01"): "1",
        Test("establishedOn", Op.EQ, "2024-02-29"): "2",
        Test("establishedOn", Op.LE, "9999-12-31"): "123",
        Test("registeredCapital", Op.IS_NULL): "3",
        Test("address", Op.EQ, "0.1"): "1",
    }
    for where, wanted in wheres.items():
        assert await _found(source, "Entity", where) == wanted, where
    everything = Test("address", Op.LT, "9")
    for name, wanted in (("regNo15", "12"), ("orgCode", "12"), ("establishedOn", "21")):
        assert await _found(source, "Entity", everything, (OrderKey(name),)) == wanted


async def test_bits_and_small_numbers_are_truth_values(open_maria, table):
    """BIT(1) and TINYINT(1) are read and compared as truth values."""
    await table(
        "licence_bits",
        "id int, no varchar(20), renewed bit(1), valid tinyint(1))",
        "INSERT INTO licence_bits VALUES (1, 'A', b'1', 1), (2, 'A', b'0', 0), (3, 'A', NULL, NULL)",
    )
    columns = {"renewalPending": "renewed", "longTerm": {"column": "valid", "type": "native"}}
    record = {"record": "Licence", "local": "id", "table": "licence_bits", "keys": {"uscc": "no"}, "columns": columns}
    source = open_maria(record)
    rows = (await source.search(search("Licence", tuple(columns)))).rows
    assert rows == [(True, True), (False, False), (None, None)]
    for name in columns:
        assert await _found(source, "Licence", Test(name, Op.EQ, True)) == "1"
        assert await _found(source, "Licence", Test(name, Op.EQ, False)) == "2"
        assert await _found(source, "Licence", Test(name, Op.IS_NULL)) == "3"


@pytest.mark.parametrize(("kind", "type_"), [("date", "date"), ("datetime(3)", "timestamp")])
async def test_days_that_are_none(open_maria, table, kind, type_):
    """Zero days, months and years and 31 February are unreadable cells, sort last and satisfy no comparison."""
    held = (
        "0000-00-00",
        "2024-02-31",
        "2024-02-00",
        "2024-00-10",
        "0000-01-01",
        "0001-01-01",
        "9999-12-31",
        "2024-02-29",
    )
    await table(
        "days",
        f"id int, day {kind} NULL)",
        *(f"INSERT INTO days VALUES ({n}, '{day}')" for n, day in enumerate(held)),  # noqa: S608  # our own days
        "INSERT INTO days VALUES (8, NULL)",
    )
    columns = {"establishedOn": {"column": "day", "type": type_}}
    source = open_maria({"record": "Entity", "local": "id", "table": "days", "columns": columns})
    for descending in (False, True):
        order = (OrderKey("establishedOn", descending),)
        rows = (await source.search(search("Entity", ("establishedOn", LOCAL), order=order))).rows
        days = [("0001-01-01", "5"), ("2024-02-29", "7"), ("9999-12-31", "6")]
        assert rows == [*(reversed(days) if descending else days), *((BAD, str(n)) for n in range(5)), (None, "8")]
    for op, day, wanted in (
        (Op.GE, "0001-01-01", "567"),
        (Op.LE, "9999-12-31", "567"),
        (Op.LT, "9999-12-31", "57"),
        (Op.EQ, "2024-02-29", "7"),
        (Op.EQ, "9999-12-31", "6"),
    ):
        assert await _found(source, "Entity", Test("establishedOn", op, day)) == wanted
    assert await _found(source, "Entity", Test("establishedOn", Op.IS_NULL)) == "8"


@pytest.mark.parametrize(
    "collation", ["utf8mb4_general_ci", "utf8mb4_bin", "utf8mb4_unicode_nopad_ci", "gbk_chinese_ci"]
)
async def test_collations_of_the_table_do_not_matter(open_maria, maria, table, collation):
    """Texts are ordered by code point and compared exactly, blanks included; only ASCII letters may differ in case."""
    names = ["b", "A", "a-b", "ab", "a b", "B", "ａ", "Ａ", "中", "a\tb", "a"]
    names += ["É", "é", "😀", "a\0b"] if collation.startswith("utf8") else []
    charset = collation.partition("_")[0]
    await table(
        "names", f"id int, name varchar(20), code varchar(20), KEY (name)) CHARACTER SET {charset} COLLATE {collation}"
    )
    async with maria.connection.cursor() as cursor:
        await cursor.executemany("INSERT INTO names (id, name) VALUES (%s, %s)", list(enumerate(names)))
    for tidy in ((), ("name",)):
        source = open_maria({**DIVISION, "table": "names", "tidy": tidy})
        for descending in (False, True):
            rows = await source.search(search("Division", ("name",), order=(OrderKey("name", descending),)))
            assert [row[0] for row in rows.rows] == sorted(names, reverse=descending)
        for name in ["é", *names, "a ", "𠮷"]:
            for op, holds in (
                (Op.EQ, str.__eq__),
                (Op.LT, str.__lt__),
                (Op.PREFIX, str.startswith),
                (
                    Op.CONTAINS,
                    lambda held, part: part.casefold() in held.casefold() if part.isascii() else part in held,
                ),
            ):
                rows = await source.search(search("Division", ("name",), where=Test("name", op, name)))
                assert {row[0] for row in rows.rows} == {held for held in names if holds(held, name)}, (op, name)
        rows = await source.search(search("Division", ("name",), where=Test("name", Op.IN, ("é", "𠮷", "a ", "b"))))
        assert {row[0] for row in rows.rows} == {"é", "b"} & set(names)


@pytest.mark.parametrize("charset", ["utf8mb4", "utf8mb3", "gbk", "latin1"])
async def test_keys_that_the_encoding_lacks(open_maria, table, charset, caplog):
    """A key or position that the column's encoding cannot hold is found nowhere, disturbs no other, and is not logged."""
    odd = "证" if charset == "gbk" else "é"
    await table(
        "coded",
        f"id varchar(10) PRIMARY KEY, code varchar(20), name varchar(20), KEY (code)) CHARACTER SET {charset}",
        "INSERT INTO coded VALUES ('a', 'AB', 'x'), ('b', '?', 'x'), ('c', 'a', 'x')",
        f"INSERT INTO coded VALUES ('d', '{odd}', 'x')",  # noqa: S608  # our own letter
    )
    source = open_maria({**DIVISION, "table": "coded", "tidy": ["code", "name"]})
    keys = ("𠮷", "AB", "ab", "A", "a ", "é", "证", "中文𠮷")
    rows = await source.fetch(lookup("Division", (KEY,), keys, key="code"))
    assert sorted(row[0] for row in rows.rows) == ["AB", odd]
    for op in (Op.EQ, Op.PREFIX):
        assert await _found(source, "Division", Test("code", op, "𠮷")) == ""
    rows = await source.search(search("Division", (LOCAL,), after=("b𠮷",)))
    assert [row[0] for row in rows.rows] == ["c", "d"]
    assert not caplog.records


async def test_long_texts_are_ordered_whole(open_maria, table):
    """A sort looks at more of a text than the server would by itself."""
    await table(
        "long_names",
        "id int, code varchar(10), name text)",
        "INSERT INTO long_names SELECT seq, 'x', concat(repeat('长', 3000), 60 - seq) FROM seq_10_to_50",
    )
    source = open_maria({**DIVISION, "table": "long_names"})
    found: list[int] = []
    after = None
    order = (OrderKey("name"),)
    while rows := (await source.search(search("Division", ("name", LOCAL), 7, order=order, after=after))).rows:
        found.extend(int(row[1]) for row in rows)
        after = rows[-1]
    assert found == list(range(50, 9, -1))


async def test_what_is_no_text_spoils_its_cell_only(open_maria, maria_url, table):
    """Bytes and half characters are unreadable cells; bytes are not compared, and a driver that trips goes on."""
    await table(
        "bytes",
        "id int, code varchar(20), name varchar(20), level varbinary(20))",
        "INSERT INTO bytes VALUES (1, 'A', _utf8mb4 0xEDA080, 'x'), (2, 'B', '😀', NULL), (3, 'C', 'é', '')",
    )
    columns = {"code": "code", "name": "name", "level": "level"}
    source = open_maria({**DIVISION, "table": "bytes", "columns": columns})
    rows = (await source.search(search("Division", ("code", "name", "level")))).rows
    assert rows == [("A", BAD, BAD), ("B", "😀", None), ("C", "é", BAD)]
    with pytest.raises(UnsupportedSearch):
        await _found(source, "Division", Test("level", Op.EQ, "x"))
    with pytest.raises(UnsupportedSearch):
        await _found(source, "Division", Test("code", Op.IS_NULL), (OrderKey("level"),))
    with pytest.raises(UnsupportedSearch):
        await source.fetch(lookup("Division", (KEY,), ("x",), key="level"))
    found = await source.fetch(lookup("Division", (KEY,), "ABC", key="code", where=Test("level", Op.IS_NULL)))
    assert found.rows == [("B",)]
    runner = open_runner(sa.make_url(maria_url), Session("bytes", 1, 1000))
    for _ in range(2):
        with pytest.raises(SourceBadData, match="UnicodeDecodeError"):
            await runner.rows(sa.text("SELECT name FROM bytes"))
        assert list(await runner.rows(sa.text("SELECT count(*), 7 FROM bytes"))) == [(3, 7)]
    await runner.aclose()
