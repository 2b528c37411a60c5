"""Texts and days that stand for a missing value, and cells read loosely, agree wherever they are compared.

A database compares around stand-ins where it can and is refused where it cannot; either way the rows are those that
the canonical values give. A service is never asked what it would understand otherwise.
"""

import sqlite3
from contextlib import closing
from datetime import datetime

import asyncpg
import pytest

from adapters import rest, sql
from adapters.base import LOCAL, UnsupportedSearch
from schema.predicate import AllOf, Op, Test
from tests.conformance.reference import Expected
from tests.conformance.subject import PATIENCE, lookup, orders_of, picked, search, supported

CODE = "91231282MA9X0A019P"
RECORD: dict = {
    "record": "Licence",
    "table": "xk",
    "local": "id",
    "keys": {"uscc": "code"},
    "absent": ["—", "无"],
    "columns": {
        "certificateName": "zs",
        "certificateNo": {"column": "bh", "loose": True},
        "decisionNo": {"column": "wh", "absent": ["0"]},
        "category": {"column": "lb", "codes": {"其他*": "OTHER", "普通": "ORDINARY"}},
        "status": {"column": "zt", "codes": {"1": "VALID", "无": "INVALID"}, "absent": ["9"]},
        "decidedOn": {"column": "jd", "absent": ["1900-01-01"]},
        "validFrom": {"column": "qs", "loose": True},
        "validTo": {"column": "qz", "type": "timestamp", "endless": ["2099-12-31", "9999-12-31", "长期"]},
        "longTerm": {"column": "qz", "endless": ["2099-12-31", "9999-12-31", "长期"]},
        "renewalPending": {"column": "ys", "truthy": ["是"], "falsy": ["否"]},
    },
}
MINUTES: dict = {
    "record": "Incentive",
    "table": "jl",
    "local": "id",
    "keys": {"uscc": "code"},
    "columns": {
        "minutesSaved": {"column": "fz", "type": "native", "absent": ["0", "-1"]},
        "grantedOn": {"column": "rq", "type": "compact", "endless": ["2099-12-31"]},
    },
}
CELLS: dict[str, tuple] = {
    "zs": ("食品经营许可证", "—", " 无 ", "", None, "无证", "卫生许可证"),
    "bh": ("JY1", "ＪＹ１", "—", "1.0E+17", None, "&nbsp;"),
    "wh": ("许1号", "0", "00", " 0", None, "—"),
    "lb": ("普通", "其他(备案)", "其他", "—", None, "特许"),
    "zt": (1, 9, 0, None, 2),
    "jd": ("2024-06-06", "1900-01-01", "19000101", "—", "2024-02-30", None, "2024/06/07 10:00"),
    "qs": ("2024年6月6日", "2024-6-7", "—", "2024-13-01", None),
    "qz": (datetime(2099, 12, 31), datetime(2027, 6, 5, 10), datetime(9999, 12, 31, 23), None, datetime(2024, 6, 6)),  # noqa: DTZ001 - as a database has them
    "ys": ("是", "否", "—", "?", "", None),
}
ROWS: dict[str, list[dict]] = {
    "Licence": [
        {"id": f"L{n:03d}", "code": (CODE, "—", None)[n % 3], **{c: v[n % len(v)] for c, v in CELLS.items()}}
        for n in range(84)
    ],
    "Incentive": [
        {
            "id": f"J{n:03d}",
            "code": CODE,
            "fz": (0, 5, -1, None, 90)[n % 5],
            "rq": ("20991231", "20240606", "2099-12-31", "", None, "长期")[n % 6],
        }
        for n in range(30)
    ],
}
LOOSELY = {"zt": "INTEGER", "fz": "INTEGER"}
NATIVE = {"zt": "integer", "qz": "timestamp", "fz": "bigint"}


def _text(value):
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value


def _options(url):
    source = {"name": "approvals", "kind": "sql", "department": "d", "url": url, "record": [RECORD, MINUTES]}
    return sql.OPTIONS.model_validate({**PATIENCE, **source})


@pytest.fixture(scope="module")
def sqlite_url(tmp_path_factory):
    """The rows in a file that knows texts and numbers only."""
    path = tmp_path_factory.mktemp("stand-ins") / "xk.db"
    with closing(sqlite3.connect(path)) as connection:
        for table, rows in (("xk", ROWS["Licence"]), ("jl", ROWS["Incentive"])):
            columns = ", ".join(f"{column} {LOOSELY.get(column, 'TEXT')}" for column in rows[0])
            connection.execute(f"CREATE TABLE {table} ({columns})")
            marks = ", ".join("?" for _ in rows[0])
            cells = [tuple(map(_text, row.values())) for row in rows]
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", cells)  # noqa: S608 - names of this file
        connection.commit()
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
async def typed_url(postgres_dsn, postgres_url, anyio_backend):
    """The rows in a database with types."""
    database = await asyncpg.connect(postgres_dsn)
    for table, rows in (("xk", ROWS["Licence"]), ("jl", ROWS["Incentive"])):
        columns = ", ".join(f"{column} {NATIVE.get(column, 'text')}" for column in rows[0])
        await database.execute(f"CREATE TABLE {table} ({columns})")
        await database.copy_records_to_table(table, records=[tuple(row.values()) for row in rows])
    await database.close()
    return postgres_url


@pytest.fixture(params=["sqlite_url", "typed_url"])
def url(request):
    """A database with the rows."""
    return request.getfixturevalue(request.param)


@pytest.fixture
async def source(url, catalogue):
    """A source, and what it must answer."""
    options = _options(url)
    opened = sql.open_source(options, catalogue)
    plain = url.startswith("sqlite")
    raws = {
        name: [{c: _text(v) if plain else v for c, v in row.items()} for row in rows] for name, rows in ROWS.items()
    }
    yield opened, {record.record: Expected(record, catalogue, raws[record.record]) for record in options.record}
    await opened.aclose()


async def test_searches_agree_or_are_refused(source):
    """Every comparison a database claims gives exactly the rows of the canonical values; every other one is refused."""
    opened, expected = source
    for name, held in expected.items():
        ability = opened.abilities[name]
        for test in held.tests():
            ask = search(name, (LOCAL,), where=test)
            if supported(ability, test):
                assert (await opened.search(ask)).rows == picked(held.search(test, ()), (LOCAL,)), test
                assert await opened.count(ask) == len(held.search(test, ())), test
            else:
                with pytest.raises(UnsupportedSearch):
                    await opened.search(ask)


async def test_orders_agree(source):
    """Stand-ins come last in every order, as missing values do."""
    opened, expected = source
    for name, held in expected.items():
        for order in orders_of(opened.abilities[name]):
            found = await opened.search(search(name, (LOCAL,), order=order))
            assert found.rows == picked(held.search(AllOf(), order), (LOCAL,)), order


async def test_conditions_of_look_ups_agree(source):
    """A condition that a database cannot be told is applied to the rows it gave; none is dropped."""
    opened, expected = source
    for name, held in expected.items():
        for test in held.tests():
            found = await opened.fetch(lookup(name, (LOCAL,), [CODE, "—"], where=test))
            assert sorted(found.rows) == sorted(picked(held.lookup("uscc", [CODE, "—"], test), (LOCAL,))), test


async def test_what_a_database_claims(source):
    """Stand-ins cost a database none of its comparisons; loose cells, open codes and joint columns cost it all."""
    opened, _ = source
    filters = opened.abilities["Licence"].filters
    assert {("certificateName", Op.CONTAINS), ("decidedOn", Op.GE), ("validTo", Op.LT), ("status", Op.EQ)} <= filters
    assert ("renewalPending", Op.EQ) in filters
    assert not {field for field, _ in filters} & {"certificateNo", "category", "validFrom", "longTerm"}
    assert opened.abilities["Licence"].orders == {"certificateName", "decisionNo", "decidedOn", "validTo"}
    assert "certificateNo" in opened.abilities["Licence"].keys


async def test_comparisons_are_pushed_down(source, statements):
    """A comparison around stand-ins is part of the statement, with its values bound."""
    opened, expected = source
    where = AllOf((Test("validTo", Op.GE, "2025-01-01"), Test("certificateName", Op.IS_NULL)))
    found = await opened.fetch(lookup("Licence", (LOCAL,), [CODE], where=where))
    assert found.rows == picked(expected["Licence"].lookup("uscc", [CODE], where), (LOCAL,))
    (asked,) = (text for text, _ in statements if text.startswith("SELECT r.id"))
    assert asked.count("r.qz") > 1
    assert asked.count("r.zs") > 1
    assert "长期" not in asked


@pytest.mark.parametrize(
    ("column", "parameter", "refused"),
    [
        ({"column": "bh", "loose": True}, "certificateNo:EQ", True),
        ({"column": "bh", "absent": ["—"]}, "certificateNo:EQ", False),
        ({"column": "bh", "absent": ["—"]}, "certificateNo:PREFIX", True),
        ({"column": "bh", "absent": ["—"]}, "certificateNo:IS_NULL", True),
        ({"column": "bh"}, "certificateNo:IS_NULL", False),
        ({"column": "qz", "endless": ["长期"]}, "validTo:GE", True),
        ({"column": "qz", "endless": ["长期"]}, "validTo:EQ", False),
        ({"column": "qz", "type": "epoch_ms"}, "validTo:EQ", True),
        ({"column": "zt", "codes": {"1*": "VALID"}}, "status:EQ", True),
        ({"column": "zt", "codes": {"1": "VALID"}, "absent": ["—"]}, "status:IN", False),
    ],
)
def test_service_is_asked_only_what_it_understands(catalogue, column, parameter, refused):
    """A parameter whose value a service would understand otherwise than the rows are read is refused at the start."""
    field = parameter.partition(":")[0]
    record = {"record": "Licence", "local": "id", "columns": {field: column}}
    record["search"] = {"path": "/xk", "parameters": {parameter: "p"}}
    source = {
        "name": "approvals",
        "kind": "rest",
        "department": "d",
        "base_url": "https://xk.example",
        "record": [record],
    }
    options = rest.OPTIONS.model_validate(source)
    if refused:
        with pytest.raises(ValueError, match="cannot be written as this source stores them"):
            rest.open_source(options, catalogue)
    else:
        rest.open_source(options, catalogue)


def test_service_orders_only_by_what_it_stores(catalogue):
    """An order of a service puts stand-ins among the values: it is refused."""
    record = {
        "record": "Licence",
        "local": "id",
        "columns": {"certificateNo": {"column": "bh", "absent": ["—"]}},
        "search": {
            "path": "/xk",
            "order_parameter": "sort",
            "orders": {"certificateNo": "bh"},
            "after": {"certificateNo": "bh", LOCAL: "id"},
        },
    }
    source = {
        "name": "approvals",
        "kind": "rest",
        "department": "d",
        "base_url": "https://xk.example",
        "record": [record],
    }
    with pytest.raises(ValueError, match=r"search.orders.certificateNo: no column of Licence has such an order"):
        rest.open_source(rest.OPTIONS.model_validate(source), catalogue)
