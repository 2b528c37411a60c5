"""Sources that are really broken, and what the doctor finds about them."""

import json
import socket
import sqlite3
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.registry import options_of
from hub.clock import Clock
from hub.doctor.sources import examine_source
from hub.findings.findings import Finding
from schema.catalogue import Catalogue, fold_catalogue

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


def sqlite_file(folder: Path, *statements: str) -> dict[str, Any]:
    """A source on a SQLite file that these statements made."""
    with sqlite3.connect(folder / "market.db") as session:
        for statement in statements:
            session.execute(statement)
    session.close()
    return {"kind": "sql", "url": "sqlite:///market.db"}


TABLE = "CREATE TABLE ent_info (id TEXT, uscc TEXT, ent_name TEXT, updated TEXT, state TEXT)"
