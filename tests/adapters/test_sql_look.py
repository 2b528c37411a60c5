"""A look at a table before it is mapped, on real databases: comments as labels, some rows, nothing of bytes."""

import sqlite3

import asyncpg
import pytest

from adapters.base import SourceError
from adapters.sql_look import looking
from tests import mariadb
from tests.adapters.mariadb_source import Database

ROWS = [["示例店", None], ["示例厂", None]]


async def seen(url, table):
    """Labels of a table, and two of its columns in some rows."""
    async with looking(url) as database:
        return await database.labels(table), sorted(await database.sample(table, ["qymc", "photo"], 10), key=str)


async def test_postgres(postgres_dsn):
    """Names keep their case, schemas are told apart, and columns without a comment are left out."""
    session = await asyncpg.connect(postgres_dsn)
    try:
        await session.execute('CREATE SCHEMA "Ext"; CREATE TABLE "Ext"."Qy" (id int, qymc text, photo bytea)')
        await session.execute('COMMENT ON COLUMN "Ext"."Qy".qymc IS \'企业名称\'')
        await session.execute("INSERT INTO \"Ext\".\"Qy\" VALUES (1, '示例店', '\\x00'), (2, '示例厂', '\\x00')")
    finally:
        await session.close()
    assert await seen(postgres_dsn, "Ext.Qy") == ({"qymc": "企业名称"}, sorted(ROWS, key=str))


async def test_mariadb(mariadb_url):
    """Comments come from the dictionary of the database that is asked."""
    connection = await mariadb.connect(mariadb_url)
    try:
        await Database(connection).execute(
            "CREATE TABLE qy (id int COMMENT '', qymc varchar(50) COMMENT '企业名称', photo blob)",
            "INSERT INTO qy VALUES (1, '示例店', 'x'), (2, '示例厂', 'x')",
        )
    finally:
        await connection.ensure_closed()
    assert await seen(mariadb_url, "qy") == ({"qymc": "企业名称"}, sorted(ROWS, key=str))


async def test_sqlite(tmp_path):
    """A database that keeps no comments has no labels; a table that is not there is said."""
    with sqlite3.connect(tmp_path / "qy.db") as session:
        session.execute("CREATE TABLE qy (qymc TEXT, photo BLOB)")
        session.executemany("INSERT INTO qy VALUES (?, ?)", [("示例店", b"x"), ("示例厂", b"x")])
    session.close()
    url = f"sqlite:///{tmp_path}/qy.db"
    assert await seen(url, "qy") == ({}, sorted(ROWS, key=str))
    with pytest.raises(SourceError):
        await seen(url, "nothing")
