"""A small hub on a real socket: the register of real codes with licences beside it, and callers of three kinds."""

import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import uvloop

from auth.scopes import Scope
from hub.app import Hub, build_app, wire
from hub.serve import serve_until_stopped, server
from hub.settings import load_settings
from tests.cuts import CUTS

REGISTER = Path(__file__).parents[2] / "deploy/examples/register"
CODE = "914403001922038216"
OFFICER, CLERK = "market-officers", "service-hall"
INSPECTION, SERVICE, PUBLIC = "INSPECTION", "GOVERNMENT_SERVICE", "PUBLIC_QUERY"
_SCOPES = ", ".join(f'"{scope.value}"' for scope in Scope)
_MORE = f"""
[[department]]
code = "market"
label = "市场监督管理局"

[[purpose]]
code = "{INSPECTION}"
label = "现场检查"
label_en = "Inspection"
requires_case = true

[[purpose]]
code = "{SERVICE}"
label = "政务服务"
label_en = "Government service"

[[client]]
id = "{OFFICER}"
label = "执法终端"
department = "market"
role = "OFFICER"
purposes = ["{INSPECTION}", "{SERVICE}"]

[[client]]
id = "{CLERK}"
label = "大厅窗口"
department = "market"
role = "CLERK"
purposes = ["{SERVICE}"]

[[grant]]
id = "officers"
department = "market"
role = "OFFICER"
purposes = ["{INSPECTION}", "{SERVICE}"]
scopes = [{_SCOPES}]
starts = 2026-01-01
ends = 2099-12-31
legal_basis = "测试"
approved_by = "测试"

[[grant]]
id = "clerks"
department = "market"
role = "CLERK"
purposes = ["{SERVICE}"]
scopes = ["entity.identity"]
starts = 2026-01-01
ends = 2099-12-31
legal_basis = "测试"
approved_by = "测试"

[[source]]
name = "permits"
kind = "memory"
department = "market"
label = "许可库"

[[source.record]]
record = "Licence"
local = "number"
keys = {{ uscc = "uscc" }}
columns = {{ kind = "kind", certificateName = "title", certificateNo = "number", validTo = "until", status = "status" }}
rows = [
    {{ number = "1", uscc = "{CODE}", kind = "LICENCE", title = "食品经营许可", until = "2027-01-01", status = "VALID" }},
    {{ number = "2", uscc = "{CODE}", kind = "FILING", title = "备案", until = "2027-01-01", status = "VALID" }},
]
"""


@dataclass(frozen=True, slots=True)
class Stand:
    """The hub and where it listens."""

    hub: Hub
    port: int

    @property
    def url(self) -> str:
        """Address of the hub."""
        return f"http://127.0.0.1:{self.port}"

    def token(self, client: str, minutes: int = 10) -> str:
        """A token of a client; one of negative minutes has expired already."""
        now = self.hub.gateway.clock.now()
        issued = now if minutes > 0 else now - timedelta(minutes=5)
        return self.hub.issuer.issue(client, issued, timedelta(minutes=minutes))


def wired(folder: Path) -> Hub:
    """The hub, with all of its state in the folder."""
    shutil.copytree(REGISTER, folder, dirs_exist_ok=True)
    configuration = folder / "hub.toml"
    text = configuration.read_text(encoding="utf-8")
    text = re.sub(
        r'^(store|keys) = "(.*/)(\w+[.\w]*)"$', lambda m: f'{m[1]} = "{_placed(m[1], m[3])}"', text, flags=re.MULTILINE
    )
    configuration.write_text(text + _MORE, encoding="utf-8")
    return wire(load_settings(configuration), schemas=CUTS)


@contextmanager
def standing(folder: Path) -> Iterator[Stand]:
    """The hub served by uvicorn in a thread, as `chengxin-hub serve` does."""
    hub = wired(folder)
    running = server(build_app(hub), "127.0.0.1", 0)
    thread = threading.Thread(target=lambda: uvloop.run(serve_until_stopped(running, lambda: None)))
    thread.start()
    try:
        while not running.started:
            if not thread.is_alive():
                raise RuntimeError("the hub did not start")
            time.sleep(0.01)
        yield Stand(hub, running.servers[0].sockets[0].getsockname()[1])
    finally:
        running.should_exit = True
        thread.join(30)


def _placed(key: str, name: str) -> str:
    return f"sqlite:///{name}" if key == "store" else name
