"""A hub starts the sources that work while nobody asks, and ends them."""

import asyncio
from contextlib import asynccontextmanager
from typing import Any

from hub.app import build_app, shared_cuts, wire
from hub.settings import load_settings
from tests.adapters import tabular_files as files
from tests.conformance.subject import search

SETTINGS = """
[hub]
label = "x"
controller = "y"

[[department]]
code = "approval"
label = "审批局"

[[purpose]]
code = "PUBLIC_QUERY"
label = "公众查询"
label_en = "public"
public = true

[[source]]
name = "register"
kind = "memory"
department = "approval"

[[source.record]]
record = "Entity"
local = "a"
rows = []
columns = { uscc = "a" }

[[source]]
name = "approval"
kind = "tabular"
department = "approval"
basis = "共享协议"
keep_days = 90
folder = "in"
store = "store.db"
key = "file:store.key"

[[source.record]]
record = "Licence"
files = "xk_*"
take = "rename"
local = "许可编号"
columns = { certificateName = "许可证书名称" }
"""


@asynccontextmanager
async def serving(app):
    """The application between its start and its end, as a server runs it."""
    asked: asyncio.Queue[Any] = asyncio.Queue()
    told: asyncio.Queue[Any] = asyncio.Queue()
    task = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}}, asked.get, told.put))
    await asked.put({"type": "lifespan.startup"})
    assert (await told.get())["type"] == "lifespan.startup.complete"
    yield
    await asked.put({"type": "lifespan.shutdown"})
    assert (await told.get())["type"] == "lifespan.shutdown.complete"
    await task


async def test_files_are_taken_from_the_moment_the_hub_serves(tmp_path):
    """A file that lies in the folder when the hub begins to serve is taken before anybody asks."""
    (tmp_path / "hub.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "store.key").write_text(files.KEY_HEX, encoding="ascii")
    files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(3)))
    hub = wire(load_settings(tmp_path / "hub.toml"))
    app = build_app(hub)
    async with serving(app):
        for _ in range(200):
            if (tmp_path / "in/reports/xk_1.csv.report.csv").exists():
                break
            await asyncio.sleep(0.05)
        source = hub.sources["approval"].adapter
        assert await source.count(search("Licence", ())) == 3


async def test_hubs_of_one_process_share_the_cuts_of_the_schema(tmp_path):
    """What one hub has cut out of the schema, the next one of the process need not cut again."""
    (tmp_path / "hub.toml").write_text(SETTINGS.partition('[[source]]\nname = "approval"')[0], encoding="utf-8")
    for _ in range(2):
        hub = wire(load_settings(tmp_path / "hub.toml"))
        assert hub.gateway.schemas is shared_cuts()
        await hub.close()
