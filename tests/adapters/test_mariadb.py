"""MariaDB: the conformance suite on a real server, and what is its own."""

import pytest

from adapters import sql
from tests import mariadb
from tests.conformance.records import MAPPINGS, ROWS, TIDY
from tests.conformance.suite import Conformance, Subject, expect

TYPES = {"cqyx": "boolean", "fk": "decimal(18, 2)", "yxqz": "datetime", "fzs": "bigint", "jyfw": "text"}
NATIVE = {**TYPES, "jdrq": "date", "zt": "integer"}
# Columns that only a search reads through a function are as long as they come; the others can have an index.
LENGTHS = {"mc": "varchar(300)"}


def _options(url, **more):
    records = [{**mapping, "table": mapping["record"].lower(), "tidy": TIDY[mapping["record"]]} for mapping in MAPPINGS]
    given = {"name": "register", "kind": "sql", "department": "market", "record": records, "url": url}
    return sql.OPTIONS.model_validate({**given, **more})


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
