"""A department's SOAP service over real HTTP, as its WSDL says: several ways of asking, counters, switches to fail.

Rows are the department's own; a dotted column is nested in the answer. What they mean is the mapping's business.
"""

import asyncio
import base64
import gzip
import hashlib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.adapters.soap_rows import Row, matching, ordered
from tests.adapters.soap_xml import (
    ROWS,
    SOAP11,
    SOAP12,
    WS,
    WSSE,
    WSU,
    Asked,
    Nil,
    read_request,
    write_answer,
    write_fault,
)

WSDL = Path(__file__).parent / "wsdl" / "register.wsdl"
USER, PASSWORD = "hub", "s-91b0 c+7"
API_KEY = "k-7f3a9c51"
PAD = b"<?xml version='1.0'?><pad>" + b"x" * 30_000_000 + b"</pad>"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


class Fault(Enum):
    """How the service fails."""

    SLOW = auto()
    DRIP = auto()
    SERVER = auto()
    CLIENT = auto()
    OTHER = auto()
    STRANGER = auto()
    ERROR = auto()
    BUSY = auto()
    DENIED = auto()
    ABSENT = auto()
    REDIRECT = auto()
    HTML = auto()
    NOT_XML = auto()
    CUT = auto()
    CUT_XML = auto()
    HUGE = auto()
    BOMB = auto()
    DEEP = auto()
    DOCTYPE = auto()
    LAUGHS = auto()
    QUOTED_LAUGHS = auto()
    EXTERNAL = auto()
    EXTERNAL_FILE = auto()
    NOT_SOAP = auto()
    OTHER_VERSION = auto()
    OTHER_NAMESPACE = auto()
    OTHER_ROWS = auto()
    OWN_ERROR = auto()
    NO_CODE = auto()
    NO_LIST = auto()
    OTHER_LIST = auto()
    NO_FIELD = auto()
    WRONG_CELLS = auto()
    SMALL_PAGES = auto()
    SAME_PAGE = auto()
    NO_TOTAL = auto()
    UNORDERED = auto()
    HANG_UP = auto()


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came in."""

    asked: Asked
    headers: Mapping[str, str]
    keys: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass
class Service:
    """The rows of each table, who may ask, how it fails, and what it was asked."""

    tables: Mapping[str, Sequence[Row]]
    wants: str = "none"
    nil: bool = False
    fault: Fault | None = None
    times: int = -1
    retry_after: str | None = None
    lost: str = ""
    deaf: bool = False
    seen: list[Seen] = field(default_factory=list)
    nonces: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    scheme: str = "http"
    port: int = 0
    busiest: int = 0
    turned: int = 0
    dropped: int = 0
    _now: int = 0
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def fail(self, fault: Fault | None, times: int = -1) -> None:
        """Fail like this from now on, or so many times."""
        self.fault, self.times = fault, times

    async def start(self, tls: ssl.SSLContext | None = None) -> None:
        """Listen; after a stop, on the same port."""
        app = web.Application(middlewares=[self._gate], client_max_size=2**24)
        app.add_routes(
            [
                web.post("/ws/register", self._answer),
                web.get("/ws/register", self._file),
                web.get("/{x:.*}", self._trap),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True, ssl_context=tls)
        self.scheme = "http" if tls is None else "https"
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening and drop all connections."""
        if self._runner is not None:
            await self._runner.cleanup()

    def take(self, *faults: Fault) -> bool:
        """True if it is to fail in one of these ways now."""
        if self.fault not in faults or self.times == 0:
            return False
        self.times -= 1
        return True

    @web.middleware
    async def _gate(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self._now += 1
        self.busiest = max(self.busiest, self._now)
        try:
            return await self._failing(request) or await handler(request)
        except asyncio.CancelledError:
            self.dropped += 1
            raise
        finally:
            self._now -= 1

    async def _file(self, request: web.Request) -> web.Response:
        # A service of SOAP gives its WSDL to those who ask for it, and a fault to who asks for nothing.
        if "wsdl" in request.query:
            return web.Response(body=WSDL.read_bytes(), content_type="text/xml")
        return self._xml(SOAP11, write_fault(SOAP11, "Client", "no operation"), 500)

    async def _trap(self, request: web.Request) -> web.Response:
        self.fetched.append(request.path)
        return web.Response(text="fetched")

    async def _failing(self, request: web.Request) -> web.StreamResponse | None:
        if self.take(Fault.SLOW):
            await asyncio.sleep(5)
        if self.take(Fault.HANG_UP) and request.transport is not None:
            request.transport.abort()
        if self.take(Fault.BUSY):
            self.turned += 1
            headers = {} if self.retry_after is None else {"Retry-After": self.retry_after}
            return web.Response(status=429, headers=headers)
        if self.take(Fault.REDIRECT):
            return web.Response(status=302, headers={"Location": f"{self.url}/elsewhere"})
        for fault, status in (Fault.ERROR, 500), (Fault.ABSENT, 404), (Fault.DENIED, 401):
            if self.take(fault):
                return web.Response(status=status, text="<html>stack trace", content_type="text/html")
        if self.take(Fault.DRIP):
            return await self._drip(request)
        return await self._cut(request) if self.take(Fault.CUT) else self._garbled()

    def _garbled(self) -> web.Response | None:
        if self.take(Fault.HTML):
            return web.Response(text="<html>登录</html>", content_type="text/html")
        bodies = {
            Fault.NOT_XML: b"resultCode=0000",
            Fault.CUT_XML: b"<e:Envelope xmlns:e='x'><e:Body><item><mc>",
            Fault.HUGE: PAD,
            Fault.DEEP: b"<a>" * 100_000,
            Fault.QUOTED_LAUGHS: f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a b="&l11;"/>'.encode(),
            Fault.NOT_SOAP: b"<rows/>",
        }
        for fault, body in bodies.items():
            if self.take(fault):
                return web.Response(body=body, content_type="text/xml")
        if self.take(Fault.BOMB):
            return web.Response(body=gzip.compress(PAD), content_type="text/xml", headers={"Content-Encoding": "gzip"})
        return None

    async def _cut(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/xml", "Content-Length": "5000"})
        await answer.prepare(request)
        await answer.write(b"<e:Envelope")
        if request.transport is not None:
            request.transport.close()
        return answer

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/xml"})
        await answer.prepare(request)
        for _ in range(100):
            await answer.write(b" ")
            await asyncio.sleep(0.05)
        return answer

    async def _answer(self, request: web.Request) -> web.Response:
        asked = read_request(await request.read())
        keys = asked.values.get("tj.dm", []) + (asked.one("dms") or "").split(",") + asked.values.get("dgdm", [])
        fields = asked.values.get("zd", []) + (asked.one("zds") or "").split("|")
        seen = Seen(asked, dict(request.headers), tuple(filter(None, keys)), tuple(filter(None, fields)))
        self.seen.append(seen)
        return self._refused(request, asked) or self._rows(asked, seen.keys, seen.fields)

    def _refused(self, request: web.Request, asked: Asked) -> web.Response | None:
        version, reason = asked.version, "操作失败 stack trace"
        known = {Fault.SERVER: "Server", Fault.CLIENT: "Client", Fault.OTHER: "Server"}
        for fault, code in known.items():
            if self.take(fault):
                subcode = "E1001" if fault is Fault.OTHER else None
                return self._xml(version, write_fault(version, code, reason, subcode), 500)
        if self._action(request, asked) != f"urn:register:{asked.operation}":
            return self._xml(version, write_fault(version, "Client", "SOAPAction"), 500)
        if self.take(Fault.STRANGER) or not self._may(request, asked):
            return self._xml(version, write_fault(version, "Client", reason, "FailedAuthentication"), 500)
        return None

    def _action(self, request: web.Request, asked: Asked) -> str:
        header = request.headers.get("SOAPAction", "")
        return (header if asked.version is SOAP11 else request.headers["Content-Type"].partition("action=")[2]).strip(
            '"'
        )

    def _may(self, request: web.Request, asked: Asked) -> bool:
        if self.wants == "key":
            return request.headers.get("X-Api-Key") == API_KEY
        if self.wants == "basic":
            pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            return request.headers.get("Authorization") == f"Basic {pair}"
        return self.wants == "none" or self._is_signed(asked)

    def _is_signed(self, asked: Asked) -> bool:
        token = None if asked.header is None else asked.header.find(f"{{{WSSE}}}Security/{{{WSSE}}}UsernameToken")
        if token is None or token.findtext(f"{{{WSSE}}}Username") != USER:
            return False
        password = token.find(f"{{{WSSE}}}Password")
        if self.wants == "text":
            return password.text == PASSWORD and password.get("Type").endswith("#PasswordText")
        nonce, created = token.findtext(f"{{{WSSE}}}Nonce", ""), token.findtext(f"{{{WSU}}}Created", "")
        hashed = hashlib.sha1(base64.b64decode(nonce) + f"{created}{PASSWORD}".encode(), usedforsecurity=False)
        is_fresh = nonce not in self.nonces and created.endswith("Z")
        self.nonces.append(nonce)
        return is_fresh and password.text == base64.b64encode(hashed.digest()).decode()

    def _rows(self, asked: Asked, keys: Sequence[str], fields: Sequence[str]) -> web.Response:
        table = self.tables[asked.operation.removeprefix("query").removeprefix("search")]
        if asked.operation.startswith("query"):
            column = asked.one("lm") or ""
            rows = [row for row in table if column == "stray" or row[column] in keys]
        else:
            rows = ordered(matching(table, asked), asked, deaf=self.deaf)
            rows = rows[::-1] if self.take(Fault.UNORDERED) else rows
        size = int(asked.one("ts") or asked.one("limit") or 10_000)
        size = size // 2 if self.take(Fault.SMALL_PAGES) else size
        start = int(asked.one("wy") or 0) + (int(asked.one("ym") or 1) - 1) * size
        start = 0 if self.take(Fault.SAME_PAGE) else start
        items = [self._item(row, fields) for row in rows[start : start + size]]
        return self._told(asked, items, None if self.take(Fault.NO_TOTAL) else len(rows))

    def _told(self, asked: Asked, items: list[Any], total: int | None) -> web.Response:
        listed = {"item": items} if not self.take(Fault.OTHER_LIST) else {"row": items}
        if self.take(Fault.OWN_ERROR):
            answer: dict[str, Any] = {"resultCode": "9001", "resultMsg": "系统异常", "resultList": {}}
        else:
            answer = {"resultCode": "0000", "resultMsg": "成功", "total": total, "resultList": listed}
        if self.take(Fault.NO_LIST, Fault.NO_CODE):
            del answer["resultList" if self.fault is Fault.NO_LIST else "resultCode"]
        version = asked.version
        body = write_answer(asked, {"return": answer})
        other = SOAP12 if version is SOAP11 else SOAP11
        for fault, old, to in (
            (Fault.OTHER_VERSION, version.namespace, other.namespace),
            (Fault.OTHER_NAMESPACE, WS, "urn:other"),
            (Fault.OTHER_ROWS, ROWS, "urn:other"),
        ):
            body = body.replace(old.encode(), to.encode()) if self.take(fault) else body
        return self._xml(version, self._typed(body), 200)

    def _typed(self, body: bytes) -> bytes:
        """A right answer but for its document type, whose entity stands in a text."""
        subsets = {
            Fault.DOCTYPE: "",
            Fault.LAUGHS: f'<!ENTITY l0 "ha">{LAUGHS}<!ENTITY x "&l11;">',
            Fault.EXTERNAL: f'<!ENTITY % p SYSTEM "{self.url}/p"> %p; <!ENTITY x SYSTEM "{self.url}/x">',
            Fault.EXTERNAL_FILE: f'<!ENTITY x SYSTEM "{WSDL.as_uri()}">',
        }
        for fault, subset in subsets.items():
            if self.take(fault):
                kind = f'<!DOCTYPE e SYSTEM "{self.url}/e.dtd" [{subset}]>' if subset else "<!DOCTYPE e>"
                typed = body.replace(b"?>", f"?>{kind}".encode(), 1)
                return typed.replace("成功".encode(), b"&x;") if subset else typed
        return body

    def _item(self, row: Row, fields: Sequence[str]) -> dict[str, Any]:
        nested: dict[str, Any] = {}
        wrong = self.take(Fault.WRONG_CELLS)
        for column, held in row.items():
            gone = column == self.lost and self.take(Fault.NO_FIELD)
            if gone or (fields and column not in fields):
                continue
            absent = Nil if self.nil or column in ("mc", "zb.0") else None
            value = absent if held is None else {f"{{{ROWS}}}x": "?"} if wrong and column in ("mc", "zt") else held
            node, path = nested, [f"{{{ROWS}}}{name}" for name in column.removesuffix(".0").split(".")]
            for name in path[:-1]:
                node = node.setdefault(name, {})
            node[path[-1]] = value
        return nested

    def _xml(self, version: Any, body: bytes, status: int) -> web.Response:
        return web.Response(body=body, status=status, content_type=version.content_type, charset="utf-8")
