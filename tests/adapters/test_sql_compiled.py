"""Databases that no test can ask: what their statements say, form by form, and that values are always bound."""

import re
import socket
import sys
from importlib import import_module
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from adapters import sql
from adapters.base import KEY, LOCAL, Lookup, OrderKey, SourceDown
from adapters.records import hold_records
from adapters.sql_backends import BACKENDS
from adapters.sql_column import BLANKS, CODE_BLANKS
from adapters.sql_statement import TableStatements
from adapters.sql_threads import read_kind
from schema.predicate import TRUE, Op, Test

DATABASES = {
    "dm": ("sql_oracle", "dm+dmPython"),
    "kingbase": ("sql_opengauss", "kingbase+ksycopg2"),
    "mysql": ("sql_mysql", "mysql+asyncmy"),
    "opengauss": ("sql_opengauss", "opengauss+psycopg2"),
    "oracle": ("sql_oracle", "oracle+oracledb"),
}
RECORD = {
    "record": "Licence",
    "table": "GSJ.XK_XX",
    "local": "xkid",
    "keys": {"uscc": "tyshxydm"},
    "order": ["jdrq desc"],
    "tidy": ["certificateNo", "validFrom"],
    "columns": {
        "kind": {"column": "lb", "codes": {"XK": "LICENCE", "BA": "FILING"}},
        "certificateName": "zsmc",
        "certificateNo": "zsbh",
        "decisionNo": "wh",
        "decidedOn": {"column": "jdrq", "type": "date"},
        "validFrom": {"column": "yxqq", "type": "compact"},
        "validTo": {"column": "yxqz", "type": "timestamp"},
        "longTerm": {"column": "cqyx", "type": "native"},
        "renewalPending": "ysl",
        "scope": "nr",
    },
}
# Types of the columns, by the names in the dictionaries of the three families.
ORACLE = {
    **dict.fromkeys(("tyshxydm", "xkid"), ("CHAR", None, None)),
    **dict.fromkeys(("lb", "zsmc", "zsbh", "wh", "yxqq", "ysl"), ("NVARCHAR2", None, None)),
    "jdrq": ("DATE", None, None),
    "yxqz": ("TIMESTAMP(6) WITH TIME ZONE", None, None),
    "cqyx": ("NUMBER", 1, 0),
    "nr": ("CLOB", None, None),
}
OPENGAUSS = {
    **dict.fromkeys(("tyshxydm", "xkid"), ("character", None, None)),
    **dict.fromkeys(("lb", "zsmc", "zsbh", "wh", "yxqq", "ysl"), ("character varying", None, None)),
    "jdrq": ("date", None, None),
    "yxqz": ("timestamp(6) with time zone", None, None),
    "cqyx": ("boolean", None, None),
    "nr": ("clob", None, None),
}
MYSQL = {
    **dict.fromkeys(("tyshxydm", "xkid", "zsmc", "yxqq", "ysl", "nr"), mysql.TEXT(charset="utf8mb4")),
    **dict.fromkeys(("lb", "zsbh", "wh"), mysql.TEXT(charset="gbk")),
    "jdrq": sa.Date(),
    "yxqz": sa.DateTime(timezone=True),
    "cqyx": sa.BigInteger(),
}
# What may stand in a statement in quotation marks: formats, an offset, the ends of the calendar, a mark.
CHECKS = {"'x'", "'X'", "'10X98765432'", "'0X987654321'", "'0YXWUTRQPNMLKJHGFEDCBA987654321'"}
WRITTEN = {"'/'", "'+08:00'", "'YYYY-MM-DD HH24:MI:SS'", "'day'", "'0001-01-01'", "'9999-12-31'", "X'FF'"} | CHECKS
TESTS = (
    Test("uscc", Op.EQ, "91330102MA9X00001G"),
    Test("uscc", Op.PREFIX, "9133"),
    Test("certificateName", Op.EQ, "示例证"),
    Test("certificateName", Op.IN, ("示例证", "样本证", "例证")),
    Test("certificateName", Op.GE, "示例"),
    Test("certificateName", Op.LE, "示例"),
    Test("certificateName", Op.LT, "示例"),
    Test("certificateName", Op.PREFIX, "示例"),
    Test("certificateName", Op.CONTAINS, "Ab%例"),
    Test("certificateName", Op.IS_NULL),
    Test("certificateNo", Op.EQ, "JY1"),
    Test("certificateNo", Op.PREFIX, "129"),
    Test("kind", Op.EQ, "LICENCE"),
    Test("kind", Op.IN, ("LICENCE", "FILING")),
    Test("decidedOn", Op.EQ, "2024-02-29"),
    Test("decidedOn", Op.GE, "2024-02-29"),
    Test("decidedOn", Op.IS_NULL),
    Test("validFrom", Op.LT, "2024-02-29"),
    Test("validTo", Op.EQ, "2024-02-29"),
    Test("validTo", Op.LE, "9999-12-31"),
    Test("longTerm", Op.EQ, True),
    Test("longTerm", Op.EQ, False),
    Test("renewalPending", Op.EQ, True),
    Test("renewalPending", Op.EQ, False),
)
ORDERS = {
    "by code, descending": ((OrderKey("uscc", True),), ("91330102MA9X00001G", "7")),
    "by text, then day": ((OrderKey("certificateName"), OrderKey("decidedOn", True)), ("示例证", "2024-02-29", "7")),
    "by a compact day": ((OrderKey("validFrom"),), ("2024-02-29", "7")),
}


def _table(catalogue, database):
    module, driver = DATABASES[database]
    family = import_module(f"adapters.{module}")
    record = sql.SqlRecord.model_validate(RECORD)
    options = sql.OPTIONS.model_validate(
        {"name": "x", "kind": "sql", "department": "x", "url": f"{driver}://h/x", "record": [record]}
    )
    kinds: dict[str, Any] = MYSQL
    if database != "mysql":
        named = ORACLE if module == "sql_oracle" else OPENGAUSS
        kinds = {column: read_kind(family.KINDS, *kind) for column, kind in named.items()}
    return TableStatements(hold_records(options, catalogue)["Licence"], record.layout, kinds, family.FLAVOUR)


def _statements(table):
    columns = (KEY, "certificateName", "decidedOn", "validTo", "longTerm", "scope", LOCAL)
    for keys in (("91330102MA9X00001G",), ("91330102MA9X00001G", "91330103MA9X00003Y", "91330104MA9X00004U")):
        ask = Lookup("Licence", columns, "uscc", keys, 0, "测试")
        yield f"{len(keys)} key(s)", table.fetch(ask, columns, [], 20_001)
    for name, (order, after) in ORDERS.items():
        for place in (None, after):
            for number, window in enumerate(table.windows(("certificateNo",), [], order, place), 1):
                yield f"{name}, {'after a position' if place else 'from the start'}, window {number}", window.limit(20)
    yield "count", table.count([])
    yield "probe", table.probe()
    for test in TESTS:
        conditions, rest = table.pushdown.split(test)
        assert rest == TRUE, test
        yield f"{test.field} {test.op} {test.value}", table.count(conditions)


def _told(value):
    """A bound value; the blanks, and MySQL's pattern of them, by name."""
    if isinstance(value, str) and value.startswith(r"^[\x{9}"):
        return "pattern of CODE_BLANKS" if r"\x{2d}" in value else "pattern of BLANKS"
    return {BLANKS: "BLANKS", CODE_BLANKS: "CODE_BLANKS"}.get(str(value), repr(value))


def _dialect(driver):
    dialect: Any = sa.make_url(f"{driver}://h/x").get_dialect()
    return dialect(dbapi=dialect.import_dbapi())


@pytest.mark.parametrize("database", DATABASES)
def test_statements_of_every_form(catalogue, golden, database):
    """Look-ups, windows, counts and comparisons are what the golden file says, and every value is bound."""
    table = _table(catalogue, database)
    dialect = _dialect(DATABASES[database][1])
    written = []
    for name, statement in _statements(table):
        compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        text = "\n".join(line.strip() for line in str(compiled).splitlines())
        assert set(re.findall(r"X?'[^']*'", text)) <= WRITTEN, name
        names = compiled.positiontup or compiled.params
        values = (compiled.params[bound] for bound in names)
        written.append(f"-- {name}\n{text}\n[{', '.join(map(_told, values))}]\n")
    golden(f"sql/{database}.txt", "\n".join(written))


@pytest.mark.parametrize("database", DATABASES)
def test_texts_too_long_to_compare_are_not_compared(catalogue, database):
    """A CLOB is read but not compared: such a comparison is left to the rows read; MySQL's texts can be compared."""
    where = Test("scope", Op.EQ, "餐饮")
    assert _table(catalogue, database).pushdown.split(where)[1] == (TRUE if database == "mysql" else where)


@pytest.mark.parametrize(
    ("address", "library", "extra"),
    [
        ("mysql+asyncmy://h/x", "asyncmy", "mysql"),
        ("mariadb://h/x", "asyncmy", "mysql"),
        ("oracle+oracledb://h/x", "oracledb", "oracle"),
        ("dm+dmPython://h/x", "dmPython", "dm"),
        ("kingbase+ksycopg2://h/x", "ksycopg2", "kingbase"),
        ("opengauss+psycopg2://h/x", "psycopg2", "opengauss"),
        ("opengauss://h/x", "opengauss_sqlalchemy", "opengauss"),
    ],
)
def test_a_missing_library_is_named(catalogue, monkeypatch, address, library, extra):
    """A source whose library is not installed refuses the opening and names the command that installs it."""
    given = {"name": "x", "kind": "sql", "department": "x", "url": address, "record": [RECORD]}
    options = sql.OPTIONS.model_validate(given)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(
        ValueError, match=rf"source x: .*{library.replace('_', '.')}.* missing.*pip install 'chengxin-hub\[{extra}\]'"
    ):
        sql.open_source(options, catalogue)


@pytest.mark.parametrize("database", DATABASES)
async def test_an_unreachable_server_is_down(catalogue, monkeypatch, database):
    """Every driver's own failure to connect makes the source down, and no text repeats the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = "?service_name=geheim" if database == "oracle" else "" if database == "dm" else "geheim"
    monkeypatch.setenv("HUB_TEST_ADDRESS", f"{DATABASES[database][1]}://hub:geheim@127.0.0.1:{port}/{place}")
    given = {"name": "x", "kind": "sql", "department": "x", "url": "env:HUB_TEST_ADDRESS", "record": [RECORD]}
    source = sql.open_source(sql.OPTIONS.model_validate(given), catalogue)
    for _ in range(2):
        with pytest.raises(SourceDown) as raised:
            await source.check()
        assert "geheim" not in str(raised.value)
    await source.aclose()


def test_every_database_is_tested():
    """Every database that an address may name is asked by a test, or has its statements in a golden file."""
    assert set(BACKENDS) == {*DATABASES, "mariadb", "postgresql", "sqlite"}
