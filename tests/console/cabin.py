"""The bureau with a console, and people who are signed in in browsers of their own."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
from sqlalchemy import insert

from hub.callers.authorize import session_digest
from hub.callers.browsers import fresh_cookie
from hub.store.caller_tables import browser_sessions
from tests.exchange.bureau import Bureau, open_bureau

CONSOLE = """
[console]
client = "console"
purpose = "OPERATIONS"
sample = "91231282MA9X0A019P"

[[client]]
id = "console"
label = "管理台"
department = "operations"
role = "DEV"
purposes = ["OPERATIONS", "SERVICE"]
sign_in = true
portal = true
redirect_uris = ["https://hub.example/back"]
"""
COOKIE = "__Host-hub_session"
ORIGIN = "https://hub.example"
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
_KEY = re.compile(r'name="key" value="([0-9a-f]{32})"')


@dataclass
class Seat:
    """Somebody in front of the console; `cookie` is their browser's."""

    bureau: Bureau
    cookie: str

    @property
    def client(self) -> httpx2.AsyncClient:
        """The way to the hub."""
        return self.bureau.hall.world.client

    async def get(self, path: str, **more: Any) -> httpx2.Response:
        """A page."""
        return await self.client.get(path, headers=self._headers(more.pop("headers", {})), **more)

    async def post(self, path: str, headers: Mapping[str, str] | None = None, **fields: Any) -> httpx2.Response:
        """A form that is posted, with the mark and key of the page it stands on unless others are given."""
        shown = (await self.get(fields.pop("page", path))).text
        marks = {"csrf": _CSRF.search(shown), "key": _KEY.search(shown)}
        told = {name: found[1] for name, found in marks.items() if found} | fields
        return await self.send(path, told, headers)

    async def send(
        self, path: str, fields: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """A form as it is, from one of the hub's own pages."""
        sent = {"origin": ORIGIN, "content-type": "application/x-www-form-urlencoded", **(headers or {})}
        return await self.client.post(path, content=urlencode(fields, doseq=True), headers=self._headers(sent))

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        return {"cookie": f"{COOKIE}={self.cookie}", **more}


@dataclass
class Cabin:
    """The bureau, and seats in front of its console."""

    bureau: Bureau

    def seat(self, name: str, factors: str = "pwd otp") -> Seat:
        """Somebody who signed in a moment ago, by these factors."""
        cookie, account = fresh_cookie(), self.bureau.hall.accounts[name]
        now = self.bureau.hall.world.hub.gateway.clock.moment().second
        row = {
            "digest": session_digest(cookie),
            "person": account.id,
            "factors": factors,
            "made_at": now,
            "expires_at": now + 3600,
        }
        self.bureau.hall.store(lambda ledger: ledger.connection.execute(insert(browser_sessions).values(row)))
        return Seat(self.bureau, cookie)


@asynccontextmanager
async def open_cabin(folder: Path) -> AsyncIterator[Cabin]:
    """The bureau with a console."""
    async with open_bureau(folder, lambda written: written + CONSOLE) as bureau:
        yield Cabin(bureau)
