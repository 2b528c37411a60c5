"""The doctor on the way to a source and in front of services: each trouble has its finding, and nothing secret is in it."""

import asyncio
import shutil
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from adapters.registry import options_of
from hub.clock import Clock
from hub.doctor.sources import examine_source
from hub.findings.findings import SAYINGS
from hub.findings.saying import Severity
from tests.commands.examined import (
    CATALOGUE,
    ENTITY,
    SECRET,
    WSDL,
    codes,
    examine,
    free_port,
    rest,
    rows,
    serving,
)

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
