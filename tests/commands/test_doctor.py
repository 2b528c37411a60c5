"""The doctor against sources that are really broken: each trouble has its finding, and nothing secret is in it."""

import asyncio
import json
import os
import shutil
import socket
import sqlite3
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from adapters.base import SourceDown
from adapters.registry import options_of
from hub.clock import Clock
from hub.doctor.causes import cause
from hub.doctor.findings import SAYINGS, Finding, Severity
from hub.doctor.sources import examine_source
from schema.catalogue import Catalogue, fold_catalogue
from tests import mariadb
from tests.adapters.tabular_files import KEY_HEX, LICENCE, csv_bytes, licence_rows
from tests.commands.running import run

CATALOGUE: Catalogue = fold_catalogue()
SECRET = "s3cret-91b0"
WSDL = Path(__file__).parents[1] / "adapters/wsdl"
ENTITY: dict[str, Any] = {"record": "Entity", "local": "id", "columns": {"uscc": "uscc", "name": "name"}}
SINGLE = {"single": {"path": "/entities/{key}"}}


async def examine(place: Path, clock: Clock | None = None, **said: Any) -> list[Finding]:
    """Findings about one source."""
    table = {"name": "market", "department": "market", "timeout_ms": 2000, **said}
    options = options_of(said["kind"]).model_validate(table, context={"base": place})
    found = await examine_source(options, CATALOGUE, clock or Clock(), 30)
    assert SECRET not in json.dumps([finding.json() for finding in found])
    return found


def codes(found: list[Finding]) -> list[str]:
    """Codes of findings."""
    return [finding.code for finding in found]


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def serving(answer: Callable[[web.Request], Any], tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A service that answers everything alike; gives its address."""
    app = web.Application()
    app.add_routes([web.route("*", "/{path:.*}", answer)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def rest(address: str, **more: Any) -> dict[str, Any]:
    """A source of JSON at an address."""
    return {"kind": "rest", "base_url": address, "record": [{**ENTITY, **SINGLE}], **more}


async def rows(_request: web.Request) -> web.Response:
    """No rows, as JSON."""
    return web.json_response([])


# ---------------------------------------------------------------- reaching a source


async def test_a_host_without_a_name(tmp_path):
    """A name that nobody resolves is said to be one."""
    assert codes(await examine(tmp_path, **rest("https://no-such-host.invalid"))) == ["NAME_UNKNOWN"]


async def test_a_port_where_nobody_listens(tmp_path):
    """A refused connection is said to be one, of a service and of a database."""
    assert codes(await examine(tmp_path, **rest(f"http://127.0.0.1:{free_port()}"))) == ["REFUSED"]
    url = f"postgresql://hub@127.0.0.1:{free_port()}/market"
    record = [{**ENTITY, "table": "entity"}]
    assert codes(await examine(tmp_path, kind="sql", url=url, record=record)) == ["REFUSED"]


def issue(folder: Path, host: str, ends: timedelta) -> ssl.SSLContext:
    """A server context with a certificate of an authority of its own, which is left as `ca.pem`."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ca")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=9)).not_valid_after(now + ends)
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    (folder / "ca.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    hidden = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, hidden))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context


@pytest.mark.parametrize(
    ("host", "days", "trusted", "code"),
    [
        ("127.0.0.1", 9, False, "TLS_UNKNOWN_CA"),
        ("127.0.0.1", -1, True, "TLS_EXPIRED"),
        ("127.0.0.2", 9, True, "TLS_HOST"),
        ("127.0.0.1", 9, True, "ANSWERS"),
    ],
)
async def test_certificates(tmp_path, host, days, trusted, code):
    """An authority nobody trusts, a certificate that is over and one for another host are three different findings."""
    tls = issue(tmp_path, host, timedelta(days=days))
    more = {"ca_file": "ca.pem"} if trusted else {}
    async with serving(rows, tls) as address:
        assert codes(await examine(tmp_path, **rest(address, **more))) == [code]


async def test_a_port_that_speaks_no_tls(tmp_path):
    """https:// to a port that speaks plainly is no encrypted connection."""
    async with serving(rows) as address:
        assert codes(await examine(tmp_path, **rest(address.replace("http:", "https:")))) == ["TLS_FAILED"]


async def test_clocks_that_differ(tmp_path):
    """A service whose Date is ten minutes away from this clock is told, although it answers."""
    async with serving(rows) as address:
        found = await examine(tmp_path, Clock(lambda: datetime.now(UTC) + timedelta(minutes=10)), **rest(address))
    assert codes(found) == ["CLOCK", "ANSWERS"]
    assert 590 <= int(str(found[0].names["seconds"])) <= 660


# ---------------------------------------------------------------- what services answer


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (web.Response(text="<html>登录</html>", content_type="text/html"), "CONTENT_TYPE"),
        (web.Response(text="[{", content_type="application/json"), "CONTENT_TYPE"),
        (web.Response(text='{"a": 1}', content_type="application/json"), "MISFIT"),
    ],
)
async def test_answers_that_are_not_what_was_agreed(tmp_path, answer, code):
    """A sign-in page, a cut text and an object without rows are found although `check` finds the service well."""

    async def say(_request: web.Request) -> web.Response:
        return web.Response(body=answer.body, content_type=answer.content_type)

    async with serving(say) as address:
        found = await examine(tmp_path, **rest(address))
    assert codes(found) == [code, "ANSWERS"][: 1 if SAYINGS[code].severity is Severity.BAD else 2]


@pytest.mark.parametrize(("status", "code"), [(401, "CREDENTIALS"), (403, "RIGHTS"), (500, "HTTP_STATUS")])
async def test_statuses(tmp_path, status, code):
    """Refused credentials, missing rights and failures of the service are told apart."""

    async def say(_request: web.Request) -> web.Response:
        return web.Response(status=status, text="stack trace with secrets")

    auth = {"way": "key", "header": "X-Api-Key", "key": SecretStr(SECRET)}
    async with serving(say) as address:
        found = await examine(tmp_path, **rest(address, auth=auth))
    assert codes(found) == [code]


async def test_a_service_that_says_nothing(tmp_path):
    """Silence beyond the time limit is told with the limit."""

    async def say(request: web.Request) -> web.Response:
        await asyncio.sleep(0 if request.method == "HEAD" else 20)
        return web.json_response([])

    async with serving(say) as address:
        found = await examine(tmp_path, **rest(address, timeout_ms=300))
    assert codes(found) == ["TIMEOUT"]
    assert found[0].names["limit"] == 300


async def test_a_slow_service(tmp_path):
    """An answer that takes most of its time is told before it takes all of it."""

    async def say(_request: web.Request) -> web.Response:
        await asyncio.sleep(2.2)
        return web.json_response([])

    async with serving(say) as address:
        found = await examine(tmp_path, **rest(address, timeout_ms=4000))
    assert codes(found) == ["SLOW", "ANSWERS"]


async def test_an_examination_that_takes_too_long(tmp_path):
    """What has not ended when the time is over is told, with what was found before."""

    async def say(request: web.Request) -> web.Response:
        await asyncio.sleep(0 if request.method == "HEAD" else 20)
        return web.json_response([])

    async with serving(say) as address:
        table = {"name": "market", "department": "market", "timeout_ms": 20_000, **rest(address)}
        found = await examine_source(options_of("rest").model_validate(table), CATALOGUE, Clock(), 1)
    assert codes(found) == ["CUT_OFF"]


async def test_an_operation_that_the_wsdl_lacks(tmp_path):
    """An operation that is not in the WSDL is named, with those that are."""
    for file in WSDL.iterdir():
        shutil.copy(file, tmp_path)
    record = {**ENTITY, "single": {"operation": "queryNobody", "place": "code"}}
    found = await examine(tmp_path, kind="soap", wsdl="register.wsdl", base_url="http://127.0.0.1:1", record=[record])
    assert codes(found) == ["WSDL"]
    assert "there is no operation queryNobody" in str(found[0].names["fault"])


async def test_a_graphql_service_that_refuses_a_field(tmp_path):
    """A question the service's schema does not have is bad data of that record."""

    async def say(request: web.Request) -> web.Response:
        if request.method == "POST" and "companies" in (await request.json())["query"]:
            failed = {"message": SECRET, "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}
            return web.json_response({"errors": [failed]})
        return web.json_response({"data": {"__typename": "Query"}})

    batch = {"field": "companies", "keys": "codes", "arguments": {"codes": "[String!]!"}}
    async with serving(say) as address:
        found = await examine(tmp_path, kind="graphql", base_url=address, record=[{**ENTITY, "batch": batch}])
    assert codes(found) == ["MISFIT"]


# ---------------------------------------------------------------- databases


def sqlite_file(folder: Path, *statements: str) -> dict[str, Any]:
    """A source on a SQLite file that these statements made."""
    with sqlite3.connect(folder / "market.db") as session:
        for statement in statements:
            session.execute(statement)
    session.close()
    return {"kind": "sql", "url": "sqlite:///market.db"}


TABLE = "CREATE TABLE ent_info (id TEXT, uscc TEXT, ent_name TEXT, updated TEXT, state TEXT)"


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


# ---------------------------------------------------------------- the command


HUB = """
[hub]
label = "试"
controller = "试"
base_url = "{base}"
[[department]]
code = "market"
label = "市场监管局"
[[purpose]]
code = "PUBLIC_QUERY"
label = "公众查询"
label_en = "Public enquiry"
public = true
[[source]]
name = "market"
kind = "sql"
department = "market"
url = "file:secrets/market"
[[source.record]]
record = "Entity"
table = "ent_info"
local = "id"
columns = {{ uscc = "uscc", name = "ent_name" }}
[[grant]]
id = "G-1"
department = "*"
role = "PUBLIC"
purposes = ["PUBLIC_QUERY"]
scopes = ["entity.identity"]
starts = 2020-01-01
ends = {ends}
legal_basis = "依据"
approved_by = "某人"
"""


def settled(folder: Path, base: str = "https://hub.example", ends: str = "2099-12-31") -> None:
    """A hub whose only source is well."""
    sqlite_file(folder, TABLE)
    (folder / "secrets").mkdir()
    (folder / "secrets/market").write_text("sqlite:///market.db")
    (folder / "secrets/market").chmod(0o600)
    (folder / "hub.toml").write_text(HUB.format(base=base, ends=ends), encoding="utf-8")


def diagnosed(folder: Path, *words: str) -> tuple[int, dict[str, str]]:
    """Exit code and code → severity of the findings, as a machine reads them."""
    ended = run(folder, "doctor", "--json", "--port", str(free_port()), *words)
    assert ended.stderr == ""
    return ended.returncode, {each["code"]: each["severity"] for each in json.loads(ended.stdout)}


def test_a_hub_that_is_well(tmp_path):
    """Where nothing is wrong, everything is good, the exit code is 0 and nothing was made."""
    settled(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    code, found = diagnosed(tmp_path)
    assert code == 0
    assert set(found.values()) == {"good"}
    assert sorted(tmp_path.rglob("*")) == before


def test_a_hub_in_trouble(tmp_path):
    """Open secrets and keys, a broken key, a plain address, grants that are over and a taken port are all told."""
    settled(tmp_path, base="http://hub.example", ends="2020-12-31")
    (tmp_path / "secrets/market").chmod(0o644)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/root.key").write_bytes(b"short")
    (tmp_path / "hub.db").write_text("no database at all, but long enough to be looked at" * 100)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, found = diagnosed(tmp_path, "--port", str(taken.getsockname()[1]))
    assert code == 1
    bad = {name for name, severity in found.items() if severity == "bad"}
    assert bad == {"KEY_OPEN", "KEYS_BROKEN", "STORE_UNWRITABLE", "PORT_TAKEN"}
    assert {name for name, severity in found.items() if severity == "note"} == {"ADDRESS_PLAIN", "GRANTS_OVER"}


def test_findings_as_people_read_them(tmp_path):
    """Every finding has its sign, both languages, and what to do; the exit code is 1."""
    settled(tmp_path)
    (tmp_path / "market.db").unlink()
    ended = run(tmp_path, "doctor", "--port", str(free_port()))
    assert ended.returncode == 1
    assert "✗ 有误 market: 所指的文件不存在或无法打开 / the file it names does not exist" in ended.stdout
    assert "→ 核对路径" in ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("有误 1 项")


def test_a_configuration_with_mistakes_is_for_check(tmp_path):
    """Without a configuration that can be read there is nothing to examine: exit code 2 and the mistakes."""
    (tmp_path / "hub.toml").write_text("[hub]\n")
    ended = run(tmp_path, "doctor")
    assert ended.returncode == 2
    assert "hub.label" in ended.stderr


def test_every_finding_says_what_to_do():
    """Whatever is not good has something to do, in both languages, and every sentence can be filled."""
    for code, said in SAYINGS.items():
        assert bool(said.todo_zh and said.todo_en) is (said.severity is not Severity.GOOD), code
        assert said.zh != said.en
