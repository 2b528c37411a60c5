"""`chengxin-hub init` as people and scripts use it: a configuration that runs, nothing overwritten, nothing half-written."""

import re
import sqlite3
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
import asyncpg
import graphql
import pytest
from aiohttp import web

from tests.adapters.soap_styles import service as soap_service
from tests.adapters.tabular_files import csv_bytes, licence_rows
from tests.commands.examined import WSDL, serving
from tests.commands.running import Sitting, run

BASE = """
controller = "某市营商环境局"
client = { id = "service-hall" }
[[department]]
code = "market"
label = "某市市场监督管理局"
"""
REGISTER = """
[[source]]
name = "register"
url = "sqlite:///market.db"
[[source.record]]
record = "Entity"
table = "entity"
"""
CODE = "91231282MA9X0A019P"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A folder with a register on SQLite."""
    with sqlite3.connect(tmp_path / "market.db") as session:
        session.execute("CREATE TABLE entity (id TEXT, USCC TEXT, 名称 TEXT, legal_representative TEXT, unknown TEXT)")
        session.execute("INSERT INTO entity VALUES ('1', ?, '肇东市岁禾', '欧阳明', '')", (CODE,))
    session.close()
    return tmp_path


def answered(folder: Path, text: str, *words: str, **environment: str) -> Any:
    """`init` with these answers, ended."""
    (folder / "answers.toml").write_text(text, encoding="utf-8")
    return run(folder, "init", "--answers", "answers.toml", *words, **environment)


def written(folder: Path) -> Any:
    """What stands in the configuration."""
    return tomllib.loads((folder / "hub.toml").read_text(encoding="utf-8"))


def left(folder: Path) -> set[str]:
    """Names of what lies in a folder, hidden or not."""
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*")}


# ---------------------------------------------------------------- for scripts


def test_answers_from_a_file(city):
    """The columns of the table are mapped by equal names and labels, and the result passes `check` as it stands."""
    ended = answered(city, BASE + REGISTER)
    assert ended.returncode == 0, ended.stderr
    record = written(city)["source"][0]["record"][0]
    assert record["columns"] == {"uscc": "USCC", "name": "名称", "legalRepresentative": "legal_representative"}
    assert record["local"] == "id"
    grant = written(city)["grant"][0]
    assert "Entity.name" in grant["fields"]
    assert "Entity.legalRepresentative" not in grant["fields"]
    checked = run(city, "check")
    assert (checked.returncode, checked.stdout) == (0, "register: 可用 / answers\n")
    seen = run(city, "explain", f'{{ entity(uscc: "{CODE}") {{ name }} }}').stdout
    assert "HELD   entity.name" in seen


def test_single_answers_go_before_the_file(city):
    """`--set` names the place of one answer, changes a column and leaves another out."""
    change = ("--set", "source.1.record.1.columns.name=unknown", "--set", "label=试", "--set", "client.id=")
    ended = answered(city, BASE + REGISTER, *change)
    assert ended.returncode == 0, ended.stderr
    assert written(city)["client"] == []
    assert written(city)["hub"]["label"] == "试"
    assert written(city)["source"][0]["record"][0]["columns"]["name"] == "unknown"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (REGISTER, "--set controller="),
        (BASE + REGISTER + 'tabel = "x"\n', "source.1.record.1.tabel"),
        (BASE.replace('"market"', '"Market"', 1) + REGISTER, "department.1.code"),
        (BASE + REGISTER.replace('"Entity"', '"Entities"'), "source.1.record.1.record"),
        (BASE + REGISTER.replace("sqlite:///market.db", "postgresql://hub:secret@host/db"), "source.1.url"),
        (BASE + REGISTER + '[source.auth]\nway = "none"\n', "source.1.auth.way"),
        ("controller = ", "TOML"),
    ],
)
def test_wrong_answers(city, text, said):
    """A missing, unknown or impossible answer is named by its place, and nothing is written."""
    before = left(city)
    ended = answered(city, text)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "secret" not in ended.stderr.replace("secrets", "")
    assert left(city) == before | {"answers.toml"}


def test_nothing_is_overwritten(city):
    """A configuration that is there stays as it is, and the sentence says what to do."""
    (city / "hub.toml").write_text("mine")
    ended = answered(city, BASE + REGISTER)
    assert ended.returncode == 2
    assert "--config" in ended.stderr
    assert (city / "hub.toml").read_text() == "mine"


def test_a_mapping_that_does_not_fit(city):
    """Mistakes in what was answered are told as `check` tells them; secrets written for it are gone again."""
    folder = BASE + TABULAR.replace('"Licence"', '"Entity"') + 'columns = { nothing = "许可编号" }\n'
    (city / "drop").mkdir()
    ended = answered(city, folder)
    assert ended.returncode == 2
    assert "Entity has no such field" in ended.stderr
    assert left(city) == {"answers.toml", "drop", "market.db"}


# ---------------------------------------------------------------- every kind of source


TABULAR = """
[[source]]
name = "approval"
kind = "tabular"
folder = "drop"
basis = "共享协议"
[[source.record]]
record = "Licence"
files = "xk_*.csv"
local = "许可编号"
"""


def test_a_folder_of_files(city):
    """The heading of a dropped file is read, a key is made for its owner only, and the file can be taken."""
    (city / "drop").mkdir()
    (city / "drop/xk_1.csv").write_bytes("登记表\n".encode("gb18030") + csv_bytes(licence_rows(3), "gb18030"))
    ended = answered(city, BASE + TABULAR)
    assert ended.returncode == 0, ended.stderr
    source = written(city)["source"][0]
    assert source["record"][0]["keys"] == {"uscc": "统一社会信用代码"}
    assert source["record"][0]["columns"]["certificateName"] == "许可证书名称"
    key = city / source["key"].removeprefix("file:")
    assert re.fullmatch("[0-9a-f]{64}", key.read_text())
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.parent.stat().st_mode & 0o777 == 0o700


async def test_a_database_with_a_password(city, postgres_dsn):
    """The password stands in a file for its owner only and nowhere else; the dialect leaves out what the table lacks."""
    session = await asyncpg.connect(postgres_dsn)
    try:
        await session.execute('CREATE TABLE xk (id text, "XK_XDR_SHXYM" text, "XK_WSH" text, "XK_XKWS" text)')
    finally:
        await session.close()
    place = urlsplit(postgres_dsn)
    url = f"postgresql://{place.username}@{place.hostname}:{place.port}{place.path}"
    source = f'[[source]]\nname = "xk"\nurl = "{url}"\npassword = "env:XK_PASSWORD"\n'
    record = '[[source.record]]\nrecord = "Licence"\ntable = "xk"\ndialect = "permit_v2"\nlocal = "id"\n'
    ended = await anyio.to_thread.run_sync(lambda: answered(city, BASE + source + record, XK_PASSWORD="s3cret-91b0"))
    assert ended.returncode == 0, ended.stderr
    source = written(city)["source"][0]
    assert source["url"] == "file:secrets/xk-url"
    assert "s3cret" not in (city / "hub.toml").read_text() + ended.stdout + ended.stderr
    assert "s3cret-91b0" in (city / "secrets/xk-url").read_text()
    columns = source["record"][0]["columns"]
    assert columns["validTo"] is False
    assert "decisionNo" not in columns


async def test_a_service_of_json(city):
    """A sample code shows the names in an answer, nested ones too, and never a value."""

    async def say(request: web.Request) -> web.Response:
        assert request.headers["X-Api-Key"] == "k-1"
        row = {"id": "7", "uscc": CODE, "holder": {"certificateName": "秘密"}, "有效期至": "2027-01-31"}
        return web.json_response({"data": [row]})

    (city / "key").write_text("k-1")
    async with serving(say) as address:
        auth = 'auth = { way = "key", header = "X-Api-Key", key = "file:key" }\n'
        record = f'record = "Licence"\npath = "/xk/{{key}}"\nrows = "data"\nsample = "{CODE}"\n'
        text = f'[[source]]\nname = "xk"\nkind = "rest"\nbase_url = "{address}"\n{auth}[[source.record]]\n{record}'
        ended = await anyio.to_thread.run_sync(lambda: answered(city, BASE + text))
        checked = await anyio.to_thread.run_sync(lambda: run(city, "check"))
    assert ended.returncode == 0, ended.stderr
    assert "秘密" not in ended.stdout
    found = written(city)["source"][0]["record"][0]
    assert found["single"] == {"path": "/xk/{key}"}
    assert found["columns"] == {"certificateName": "holder.certificateName", "validTo": "有效期至"}
    assert found["keys"] == {"uscc": "uscc"}
    assert checked.returncode == 0


@pytest.fixture
async def credit_office() -> AsyncIterator[str]:
    """A GraphQL service that tells its schema."""
    schema = graphql.build_schema((Path(__file__).parents[1] / "adapters/credit_office.graphql").read_text())

    async def say(request: web.Request) -> web.Response:
        asked = await request.json()
        return web.json_response(graphql.graphql_sync(schema, asked["query"]).formatted)

    async with serving(say) as address:
        yield address


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        (
            'field = "companies"',
            {"arguments": {"credit_codes": "[String!]"}, "keys": "credit_codes", "rows": "$"},
        ),
        (
            'field = "company"',
            {"arguments": {"credit_code": "String"}, "argument": "credit_code", "rows": "$"},
        ),
        (
            'field = "company_list"\nplace = "filter.credit_code.in"',
            {
                "arguments": {"filter": "CompanyFilter", "after": "String", "first": "Int"},
                "keys": "filter.credit_code.in",
                "rows": "edges.node",
                "page": {"next": "page_info.end_cursor", "more": "page_info.has_next_page"},
            },
        ),
    ],
)
async def test_a_service_of_graphql(city, credit_office, answers, asked):
    """The schema is asked for, kept beside the configuration, and gives arguments, their types, pages and columns."""
    text = f'[[source]]\nname = "credit"\nkind = "graphql"\nbase_url = "{credit_office}"\n'
    record = f'[[source.record]]\nrecord = "Entity"\n{answers}\ncolumns = {{ uscc = "credit_code", status = "" }}\n'
    ended = await anyio.to_thread.run_sync(lambda: answered(city, BASE + text + record))
    assert ended.returncode == 0, ended.stderr
    source = written(city)["source"][0]
    assert "CompanyConnection" in graphql.build_schema((city / source["schema_file"]).read_text()).type_map
    found = source["record"][0]
    assert found["batch" if "keys" in asked else "aliased"] == {"field": answers.split('"')[1], **asked}
    assert found["columns"]["name"] == "name"
    assert found["local"] == "id"


async def test_a_service_with_a_wsdl(city):
    """Operations, places in the request and rows in the answer come from the WSDL; what it demands else is told."""
    for file in WSDL.iterdir():
        (city / file.name).write_bytes(file.read_bytes())
    asked = soap_service("batch")
    await asked.start()
    text = f'[[source]]\nname = "reg"\nkind = "soap"\nwsdl = "register.wsdl"\nbase_url = "{asked.url}/ws/register"\n'
    record = '[[source.record]]\nrecord = "Entity"\noperation = "queryEntity"\nplace = "tj.dm"\n'
    columns = 'columns = { uscc = "tyshxydm", name = "mc" }\nlocal = "id"\n'
    try:
        lacking = await anyio.to_thread.run_sync(lambda: answered(city, BASE + text + record + columns))
        constants = 'constants = { lm = "tyshxydm" }\n'
        ended = await anyio.to_thread.run_sync(lambda: answered(city, BASE + text + record + columns + constants))
        checked = await anyio.to_thread.run_sync(lambda: run(city, "doctor", "--port", "0"))
    finally:
        await asked.stop()
    assert lacking.returncode == 2
    assert "constants may fill it" in lacking.stderr
    assert ended.returncode == 0, ended.stderr
    found = written(city)["source"][0]["record"][0]
    assert found["batch"] == {"operation": "queryEntity", "place": "tj.dm"}
    assert found["rows"] == "return.resultList.item"
    assert "reg: 可用" in checked.stdout, checked.stdout


# ---------------------------------------------------------------- for people


def test_a_person_answers(city):
    """At a terminal everything is asked, a wrong answer is asked again, a password is not shown, and the result runs."""
    sitting = Sitting(city, "init")
    for question, text in (
        ("name of the hub", "试验网关"),
        ("data controller", ""),
        ("data controller", "某市营商环境局"),
        ("where callers reach it", "hub.example"),
        ("starts with https:// or http://", "https://hub.example"),
        ("short name of a department", "market"),
        ("its name in Chinese", "某市市场监督管理局"),
        ("its name in English", ""),
        ("how its fields are asked for", ""),
        ("another department?", "n"),
        ("public's purpose", ""),
        ("its name in Chinese", ""),
        ("its name in English", ""),
        ("id of a first client", ""),
        ("whose source", ""),
        ("short name of the source", "register"),
        ("as callers read it", ""),
        ("its kind", "sql"),
        ("without password", "sqlite:///market.db"),
        ("which record does it hold", "Entity"),
        ("table or view", "entity"),
        ("whose vocabulary", ""),
        ("empty line to end", "businessScope=unknown"),
        ("empty line to end", ""),
        ("identifies a row", ""),
        ("column of the data time", ""),
        ("agreed days", ""),
        ("another record?", "n"),
        ("another source?", "n"),
        ("number of the public's grant", ""),
        ("first day", ""),
        ("last day", "soon"),
        ("must be a date", ""),
        ("legal basis", ""),
        ("approved by", ""),
    ):
        sitting.answer(question, text)
    assert sitting.end() == 0, sitting.shown
    assert "id, USCC, 名称" in sitting.shown
    assert written(city)["source"][0]["record"][0]["columns"]["businessScope"] == "unknown"
    assert run(city, "check").returncode == 0


def test_a_secret_is_not_shown(city):
    """What is typed as a password stands on no terminal; Ctrl-C afterwards leaves nothing behind."""
    before = left(city) | {"answers.toml"}
    text = BASE + '[[source]]\nname = "register"\nurl = "postgresql://hub@127.0.0.1:1/market"\n'
    (city / "answers.toml").write_text(text, encoding="utf-8")
    sitting = Sitting(city, "init", "--answers", "answers.toml")
    for question in (
        "name of the hub",
        "where callers",
        "English",
        "asked for",
        "public's purpose",
        "Chinese",
        "English",
    ):
        sitting.answer(question, "")
    for question in ("its name", "its department", "its role", "what it asks for", "Chinese", "English"):
        sitting.answer(question, "")
    for question in ("whose source", "as callers read it", "its kind"):
        sitting.answer(question, "")
    sitting.answer("not shown: ", "s3cret-91b0")
    sitting.wait_for("cannot be looked at")
    sitting.wait_for("which record")
    assert sitting.interrupt() == 1
    assert "nothing was written" in sitting.shown
    assert "s3cret" not in sitting.shown
    assert left(city) == before
