"""A hub on a real socket with clients of every kind and people of every role; what opens something is made here."""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import uvloop
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from sqlalchemy import Connection

from auth.roles import Role
from auth.server import second_factor
from hub.app import Hub, build_app, wire
from hub.callers.client_secrets import add_key, add_secret
from hub.callers.ledger import StoreLedger
from hub.callers.people import Account
from hub.clock import Clock
from hub.serve import serve_until_stopped, server
from hub.settings import load_settings
from tests.clients.browser import Person
from tests.cuts import CUTS
from tests.edge.stand import REGISTER

PASSWORD = "correct horse battery"
BACK = "http://127.0.0.1:9/back"
"""Where clients are sent back to; nobody listens there, and nobody needs to."""
CERTIFIED, EXPIRED, SUSPENDED = "08120000001", "08120000003", "08120000009"

CONFIGURATION = """
[[department]]
code = "market"
label = "市场监督管理局"
label_en = "Market Regulation"

[[department]]
code = "health"
label = "卫生健康局"
label_en = "Health"

[[department]]
code = "hub"
label = "信用办"
label_en = "Credit Office"

[[purpose]]
code = "INSPECTION"
label = "现场检查"
label_en = "Inspection"

[[purpose]]
code = "SERVICE"
label = "政务服务"
label_en = "Government service"

[[client]]
id = "field"
label = "执法终端"
department = "market"
role = "OFFICER"
purposes = ["INSPECTION", "SERVICE"]
sign_in = true
redirect_uris = ["BACK", "https://field.example/back"]

[[client]]
id = "pushing"
label = "窗口系统"
department = "market"
role = "CLERK"
purposes = ["SERVICE"]
sign_in = true
pushed = true
redirect_uris = ["BACK"]

[[client]]
id = "tablet"
label = "执法平板"
department = "market"
role = "OFFICER"
purposes = ["INSPECTION"]
authentication = "none"
sign_in = true
device = true
redirect_uris = ["BACK", "org.example.tablet:/back"]

[[client]]
id = "bound"
label = "绑定密钥的窗口系统"
department = "market"
role = "CLERK"
purposes = ["SERVICE"]
sign_in = true
machine = true
device = true
dpop = true
redirect_uris = ["BACK"]

[[client]]
id = "portal"
label = "工作台"
department = "hub"
role = "DEV"
purposes = ["SERVICE", "INSPECTION", "PUBLIC_QUERY"]
sign_in = true
portal = true
redirect_uris = ["BACK"]

[[client]]
id = "machine"
label = "审批系统"
department = "market"
role = "CLERK"
purposes = ["SERVICE"]

[[client]]
id = "signing"
label = "卫健系统"
department = "health"
role = "CLERK"
purposes = ["SERVICE"]
authentication = "private_key_jwt"
sign_in = true
machine = true
redirect_uris = ["BACK"]

[[client]]
id = "auditor"
label = "审计系统"
department = "hub"
role = "AUDIT"
purposes = ["SERVICE"]

GRANTS

[[source]]
name = "certificates"
kind = "memory"
department = "market"
label = "执法证件库"

[[source.record]]
record = "Certificate"
local = "number"
keys = { number = "number" }
columns = { number = "number", status = "status", validTo = "until" }
rows = [
    { number = "08120000001", status = "VALID", until = "2099-12-31" },
    { number = "08120000003", status = "VALID", until = "2026-01-31" },
    { number = "08120000009", status = "SUSPENDED", until = "2099-12-31" },
]
"""
_GRANT = """
[[grant]]
id = "{id}"
department = "{department}"
role = "{role}"
purposes = ["INSPECTION", "SERVICE"]
scopes = [{scopes}]
starts = 2026-01-01
ends = 2099-12-31
legal_basis = "测试"
approved_by = "测试"
"""
_IDENTITY = '"entity.identity", "entity.register"'
GRANTS = "".join(
    _GRANT.format(id=f"G-{number}", department=department, role=role, scopes=_IDENTITY)
    for number, (department, role) in enumerate(
        [("market", "OFFICER"), ("market", "CLERK"), ("health", "CLERK"), ("hub", "AUDIT")], 1
    )
)


@dataclass
class Stand:
    """The hub, where it listens, and what opens it."""

    hub: Hub
    url: str
    secrets: dict[str, str] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)

    def act(self, work: Callable[[StoreLedger], Any]) -> Any:
        """Do something to the store."""
        attendant = self.hub.attendant
        ledger_of = attendant._ledger
        return self.hub.database.acting(lambda connection: work(ledger_of(connection, attendant.occasion("test"))))

    def add(self, name: str, role: Role, department: str = "market", **more: Any) -> Person:
        """A person with a password, and a second factor where the role needs one."""
        account = Account("", name, f"测试{name}", department, role, **more)
        key = second_factor.fresh_key() if account.needs_second_factor else None
        made = Account(**{**_fields(account), "second_factor": key})
        self.accounts[name] = self.act(lambda ledger: ledger.people.add(made, PASSWORD))
        self.people[name] = Person(name, PASSWORD, second_factor.shown(key) if key else None)
        return self.people[name]


def _fields(account: Account) -> dict[str, Any]:
    return {name: getattr(account, name) for name in Account.__dataclass_fields__}


def configure(folder: Path, url: str, store: str = "sqlite:///hub.db", more: str = "") -> Path:
    """A configuration of the hub at an address, with all of its state in the folder."""
    shutil.copytree(REGISTER, folder, dirs_exist_ok=True)
    path = folder / "hub.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("store", "keys", "base_url"))]
    place = kept.index("[hub]") + 1
    kept[place:place] = [f'store = "{store}"', 'keys = "keys"', f'base_url = "{url}"']
    text = CONFIGURATION.replace("GRANTS", GRANTS).replace("BACK", BACK)
    path.write_text("\n".join([*kept, text, more]), encoding="utf-8")
    return path


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def furnish(stand: Stand) -> None:
    """Give every client its secret or key, and have people of every kind."""
    now = int(stand.hub.gateway.clock.seconds())
    for name in ("field", "pushing", "bound", "portal", "machine", "auditor"):
        stand.secrets[name] = stand.hub.database.acting(partial(_secret, name, now))
    made: dict[str, Key] = {
        "Ed25519": OKPKey.generate_key("Ed25519", {"kid": "ed", "alg": "Ed25519"}),
        "ES256": ECKey.generate_key("P-256", {"kid": "ec", "alg": "ES256"}),
        "PS256": RSAKey.generate_key(2048, {"kid": "rsa", "alg": "PS256"}),
    }
    for name, key in made.items():
        stand.hub.database.acting(partial(_key, key, now))
        stand.keys[name] = key
    stand.add("officer", Role.OFFICER, certificate_no=CERTIFIED)
    stand.add("lapsed", Role.OFFICER, certificate_no=EXPIRED)
    stand.add("clerk", Role.CLERK)
    stand.add("nurse", Role.CLERK, "health")
    stand.add("auditor", Role.AUDIT, "hub")


def _secret(name: str, now: int, connection: Connection) -> str:
    return add_secret(connection, name, now, 90)[1]


def _key(key: Key, now: int, connection: Connection) -> None:
    add_key(connection, "signing", now, 90, dict(key.as_dict(private=False)))


@contextmanager
def standing(
    folder: Path, store: str = "sqlite:///hub.db", more: str = "", clock: Clock | None = None
) -> Iterator[Stand]:
    """The hub served by uvicorn in a thread, as `chengxin-hub serve` does."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    hub = wire(load_settings(configure(folder, url, store, more)), clock, CUTS)
    stand = Stand(hub, url)
    furnish(stand)
    with served(hub, port):
        yield stand


@contextmanager
def served(hub: Hub, port: int) -> Iterator[None]:
    """A hub while it listens."""
    running = server(build_app(hub), "127.0.0.1", port)
    thread = threading.Thread(target=lambda: uvloop.run(serve_until_stopped(running, lambda: None)))
    thread.start()
    try:
        while not running.started:
            if not thread.is_alive():
                raise RuntimeError("the hub did not start")
            time.sleep(0.01)
        yield
    finally:
        running.should_exit = True
        thread.join(30)
