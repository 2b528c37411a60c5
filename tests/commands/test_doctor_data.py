"""The doctor beside databases and folders that are really broken: names, rights, cells, ages, files."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from pydantic import SecretStr

from adapters.base import SourceDown
from adapters.registry import options_of
from hub.findings.causes import cause, misfit
from tests import mariadb
from tests.adapters.tabular_files import KEY_HEX, LICENCE, csv_bytes, licence_rows
from tests.commands.examined import ENTITY, SECRET, TABLE, codes, examine, sqlite_file

# ---------------------------------------------------------------- databases


async def test_a_missing_table_has_near_names(tmp_path):
    """A table that is not there is named with those that look like it."""
    source = sqlite_file(tmp_path, TABLE, "CREATE TABLE other (id TEXT)")
    found = await examine(tmp_path, **source, record=[{**ENTITY, "table": "ent_inf"}])
    assert codes(found) == ["TABLE_MISSING"]
    assert found[0].names["near"] == "ent_info"


async def test_a_missing_column_has_near_names(tmp_path):
    """A column that is not there is named with those that look like it."""
    found = await examine(tmp_path, **sqlite_file(tmp_path, TABLE), record=[{**ENTITY, "table": "ent_info"}])
    assert codes(found) == ["COLUMN_MISSING"]
    assert (found[0].names["column"], found[0].names["near"]) == ("name", "ent_name")


async def test_a_missing_file(tmp_path):
    """A database whose file is not there is said to have none."""
    record = [{**ENTITY, "table": "ent_info"}]
    assert codes(await examine(tmp_path, kind="sql", url="sqlite:///market.db", record=record)) == ["NO_FILE_THERE"]


async def test_cells_and_ages(tmp_path):
    """Unreadable cells, garbled texts and old data are counted by column; no cell is repeated."""
    row = (
        "INSERT INTO ent_info VALUES ('1', '91231282MA9X0A019P', '锟斤拷岁禾', '2020-01-01T00:00:00+08:00', 'STRANGE')"
    )
    source = sqlite_file(tmp_path, TABLE, row)
    columns = {"uscc": "uscc", "name": "ent_name", "status": "state"}
    record = {**ENTITY, "table": "ent_info", "columns": columns, "as_of": "updated", "fresh_days": 7}
    found = await examine(tmp_path, **source, record=[record])
    assert codes(found) == ["ENCODING", "UNREADABLE", "STALE", "ANSWERS"]
    said = json.dumps([finding.json() for finding in found], ensure_ascii=False)
    assert not [cell for cell in ("岁禾", "STRANGE", "91231282") if cell in said]


async def test_postgresql_refuses(tmp_path, postgres_dsn):
    """An unknown user, a database that is not there and a table that may not be read are told apart."""
    place = urlsplit(postgres_dsn)
    record = [{**ENTITY, "table": "entity"}]
    role = f"doctor_{os.getpid()}"
    session = await asyncpg.connect(postgres_dsn)
    await session.execute("CREATE TABLE entity (id text, uscc text, name text)")
    await session.execute(f"CREATE ROLE {role} LOGIN")
    try:
        at = f"{place.hostname}:{place.port}"
        cases = {
            f"postgresql://nobody_here:{SECRET}@{at}{place.path}": "CREDENTIALS",
            f"postgresql://{role}:{SECRET}@{at}/no_such_database": "DATABASE_MISSING",
            f"postgresql://{role}:{SECRET}@{at}{place.path}": "RIGHTS",
        }
        for url, code in cases.items():
            assert codes(await examine(tmp_path, kind="sql", url=SecretStr(url), record=record)) == [code]
    finally:
        await session.execute(f"DROP ROLE {role}")
        await session.execute("DROP TABLE entity")
        await session.close()


async def test_mariadb_refuses_a_wrong_password(tmp_path, mariadb_url):
    """A wrong password is one of the credentials; the right one finds the missing table."""
    place, user = urlsplit(mariadb_url), f"doctor_{os.getpid()}"
    session = await mariadb.connect(mariadb_url)
    try:
        async with session.cursor() as cursor:
            await cursor.execute(f"CREATE USER '{user}'@'%' IDENTIFIED BY '{SECRET}'")
            await cursor.execute(f"CREATE USER '{user}'@'localhost' IDENTIFIED BY '{SECRET}'")
            await cursor.execute(f"GRANT SELECT ON `{place.path[1:]}`.* TO '{user}'@'%', '{user}'@'localhost'")
        for password, code in {f"{SECRET}x": "CREDENTIALS", SECRET: "TABLE_MISSING"}.items():
            url = SecretStr(f"mysql://{user}:{password}@{place.hostname}:{place.port or 3306}{place.path}")
            record = [{**ENTITY, "table": "entity"}]
            assert codes(await examine(tmp_path, kind="sql", url=url, record=record)) == [code]
    finally:
        async with session.cursor() as cursor:
            await cursor.execute(f"DROP USER '{user}'@'%', '{user}'@'localhost'")
        await session.ensure_closed()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("the database failed or refused: InvalidPasswordError 28P01", "CREDENTIALS"),
        ("the database failed or refused: DatabaseError ORA-01017", "CREDENTIALS"),
        ("the database failed or refused: DatabaseError ORA-12514", "FAILED"),
    ],
)
def test_codes_of_drivers(text, code):
    """Codes that no server here gives are read from the sentence."""
    table = {"name": "market", "kind": "sql", "department": "market", "url": "oracle://hub@host/db", "record": []}
    assert cause(options_of("sql").model_validate(table), SourceDown(text)).code == code


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("source market: the library dmPython is missing or does not fit: pip install 'chengxin-hub[dm]'", "LIBRARY"),
        ("source market, record 0 (Entity): single.operation: there is no operation q; there is a", "WSDL"),
        ("source market, record 0 (Entity): columns.nmae: Entity has no such field", "MAPPING"),
    ],
)
def test_what_refuses_to_be_opened(fault, code):
    """A missing library, a name the WSDL lacks and a mistaken mapping are told apart, without the place twice."""
    table = {"name": "market", "kind": "sql", "department": "market", "url": "oracle://hub@host/db", "record": []}
    found = misfit(options_of("sql").model_validate(table), fault)
    assert found.code == code
    assert not str(found.names["fault"]).startswith("source")


# ---------------------------------------------------------------- files for a folder


def files(folder: Path, **more: Any) -> dict[str, Any]:
    """A source of files in `drop`."""
    (folder / "store.key").write_text(KEY_HEX)
    source = {"kind": "tabular", "basis": "协议", "keep_days": 3650, "folder": "drop", "store": "store.db"}
    return {**source, "key": "file:store.key", "record": [{**LICENCE, "files": "xk_*.csv", **more}]}


async def test_folders_and_files(tmp_path):
    """A missing folder, one without a file, a damaged file and rejected rows are told; then the source answers."""
    source = files(tmp_path)
    assert codes(await examine(tmp_path, **source)) == ["FOLDER"]
    (tmp_path / "drop").mkdir()
    assert codes(await examine(tmp_path, **source)) == ["NO_FILE"]
    (tmp_path / "drop/xk_1.csv").write_bytes(b"<html>no</html>")
    assert codes(await examine(tmp_path, **source)) == ["FILE_FAULT"]
    listed = licence_rows(3)
    listed[1]["统一社会信用代码"] = "9.12313E+17"
    (tmp_path / "drop/xk_1.csv").write_bytes(csv_bytes(listed))
    found = await examine(tmp_path, **source)
    assert codes(found) == ["REJECTED", "ANSWERS"]
    assert found[0].names["rejected"] == 1
    assert str(found[0].names["report"]) == str(tmp_path / "drop/reports/xk_1.csv.report.csv")
    assert "OUTDATED" in codes(await examine(tmp_path, **files(tmp_path, never=["电话"], take="ok")))
