"""Numbers of persons in a column of codes: every database tells them from codes exactly as Python does."""

import random
import sqlite3
from contextlib import closing

import asyncpg
import pytest

from adapters import sql
from adapters.base import LOCAL, OrderKey, Unreadable
from adapters.convert_text import read_code
from schema.predicate import Op, Test
from schema.uscc import ID_WEIGHTS, check_digit, is_citizen_id, is_personal, organisation_digit
from tests import mariadb
from tests.conformance.suite import search

RECORDS = (
    {"record": "Entity", "local": "id", "table": "codes", "columns": {"uscc": "code"}},
    {"record": "Campus", "local": "id", "table": "codes", "columns": {"uscc": "code"}},
)


def _person(rng, first):
    body = f"{first}{rng.randrange(1949, 2010)}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}{rng.randrange(1000):03d}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, ID_WEIGHTS, strict=True)) % 11]


def _both():
    """A citizen number that passes every check of an organisation's code too."""
    rng = random.Random(7)
    while True:
        code = _person(rng, "913101")
        if not is_personal(code) and is_citizen_id(code):
            return code


def _codes():
    rng = random.Random(3)
    persons = [_person(rng, first) for first in ("110105", "913205", "310101") for _ in range(12)]
    wrong = [f"{code[:17]}{rng.choice('0123456789X')}" for code in persons]
    organisations = [f"91320501MA{n:07d}" for n in range(9)] + [
        "91320519900307001",
        "9132052100123100" + organisation_digit("10012310"),
    ]
    odd = ["110105194912310021", "11010518491231002X", "110105194913310027", "A" * 18, "1" * 17, "11010519491231002x"]
    return [*persons, *wrong, *(body + check_digit(body) for body in organisations), *odd, _both(), _both(), None, ""]


CODES = _codes()


@pytest.fixture
def codes_in_sqlite(tmp_path):
    """The codes in SQLite."""
    with closing(sqlite3.connect(tmp_path / "codes.db")) as database, database:
        database.execute("CREATE TABLE codes (id TEXT, code TEXT)")
        database.executemany("INSERT INTO codes VALUES (?, ?)", _rows())
        database.execute("INSERT INTO codes VALUES ('s', x'FF')")
    return f"sqlite:///{tmp_path / 'codes.db'}"


@pytest.fixture
async def codes_in_postgres(postgres_dsn):
    """The codes in PostgreSQL."""
    database = await asyncpg.connect(postgres_dsn)
    await database.execute("DROP TABLE IF EXISTS codes; CREATE TABLE codes (id text, code text)")
    await database.copy_records_to_table("codes", records=_rows())
    await database.close()
    return postgres_dsn


@pytest.fixture
async def codes_in_mariadb(maria_url):
    """The codes in MariaDB, whose collation ignores case."""
    connection = await mariadb.connect(maria_url)
    async with connection.cursor() as cursor:
        await cursor.execute("CREATE TABLE codes (id varchar(9), code varchar(30))")
        await cursor.executemany("INSERT INTO codes VALUES (%s, %s)", _rows())
    await connection.ensure_closed()
    return maria_url


async def test_a_person_is_nobodys_code_in_sqlite(catalogue, codes_in_sqlite):
    """In order, range and prefix a cell with a person's number is where an unreadable one belongs."""
    await _compare(catalogue, codes_in_sqlite)


async def test_a_person_is_nobodys_code_in_postgres(catalogue, codes_in_postgres):
    """The same in PostgreSQL."""
    await _compare(catalogue, codes_in_postgres)


async def test_a_person_is_nobodys_code_in_mariadb(catalogue, codes_in_mariadb):
    """The same in MariaDB."""
    await _compare(catalogue, codes_in_mariadb)


async def _compare(catalogue, url):
    given = {"name": "codes", "kind": "sql", "department": "market", "url": url, "record": RECORDS}
    source = sql.open_source(sql.OPTIONS.model_validate(given), catalogue)
    for record, read in ("Entity", _read), ("Campus", _read_unvouched):
        for down in (False, True):
            asked = search(record, (LOCAL, "uscc"), order=(OrderKey("uscc", down),), first=500)
            listed = [row[0] for row in (await source.search(asked)).rows]
            assert listed[: len(CODES)] == _expected(read, down=down)
        for op, value in (Op.PREFIX, "9132"), (Op.GE, "310101"), (Op.LT, "9132"):
            found = await source.search(search(record, (LOCAL,), where=Test("uscc", op, value), first=500))
            assert {row[0] for row in found.rows} == {n for n, code in _rows() if _meets(read(code), op, value)}
    await source.aclose()


def _rows():
    return [(f"r{number:03d}", code) for number, code in enumerate(CODES)]


def _read(code):
    try:
        return None if code is None else read_code(code)
    except ValueError:
        return Unreadable.VALUE


def _read_unvouched(code):
    found = _read(code)
    return Unreadable.VALUE if isinstance(found, str) and is_citizen_id(found) else found


def _expected(read, *, down):
    held = [(read(code), local) for local, code in _rows() if isinstance(read(code), str)]
    # Ties by the row's identifier, upwards in both directions.
    ordered = sorted(sorted(held, key=lambda pair: pair[1]), key=lambda pair: pair[0], reverse=down)
    return [local for _, local in ordered] + [local for local, code in _rows() if not isinstance(read(code), str)]


def _meets(code, op, value):
    if not isinstance(code, str):
        return False
    return {Op.PREFIX: code.startswith(value), Op.GE: code >= value, Op.LT: code < value}[op]
