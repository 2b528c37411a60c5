"""A department's JSON service over real HTTP: several styles of asking, counters, and switches to fail.

Rows are the department's own; a dotted column is nested in the answer. What they mean is the mapping's business.
"""

import asyncio
import base64
import gzip
import json
import re
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cmp_to_key
from typing import Any
from urllib.parse import unquote, unquote_plus

from aiohttp import web

API_KEY = "k-7f3a9c51"
CLIENT = ("hub", "s e+cret/91b0")
LISTS = ("dm", "zd", "xzqh__IN", "tyshxydm__IN")
GONE = object()
Row = dict[str, Any]
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda held, wanted: held == wanted,
    "IN": lambda held, wanted: held in wanted,
    "PREFIX": lambda held, wanted: held.startswith(wanted),
    "CONTAINS": lambda held, wanted: _fold(wanted) in _fold(held),
    "GE": lambda held, wanted: held >= wanted,
    "LE": lambda held, wanted: held <= wanted,
    "LT": lambda held, wanted: held < wanted,
}


class Fault(Enum):
    """How the service fails; TOKEN faults concern the authorisation server."""

    SLOW = auto()
    ERROR = auto()
    BUSY = auto()
    DENIED = auto()
    ABSENT = auto()
    REFUSED = auto()
    REDIRECT = auto()
    HTML = auto()
    NOT_JSON = auto()
    NULL = auto()
    CUT = auto()
    HUGE = auto()
    BOMB = auto()
    OWN_ERROR = auto()
    NO_ROWS = auto()
    NO_FIELD = auto()
    NO_KEY = auto()
    SAME_CURSOR = auto()
    SMALL_PAGES = auto()
    SAME_PAGE = auto()
    UNORDERED = auto()
    HANG_UP = auto()
    TOKEN_ERROR = auto()
    TOKEN_REFUSED = auto()
    TOKEN_NONSENSE = auto()
    TOKEN_SLOW = auto()


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came in."""

    method: str
    path: str
    keys: tuple[str, ...]
    fields: tuple[str, ...] | None
    headers: Mapping[str, str]
    asked: Mapping[str, Any]


@dataclass
class Service:
    """The rows of each table, who may ask, how it fails, and what it was asked."""

    tables: Mapping[str, Sequence[Row]]
    wants: str = "none"
    fault: Fault | None = None
    times: int = -1
    retry_after: str | None = None
    omits: bool = False
    lost: str = ""
    deaf: bool = False
    life: int = 3600
    seen: list[Seen] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    revoked: set[str] = field(default_factory=set)
    scheme: str = "http"
    port: int = 0
    busiest: int = 0
    turned: int = 0
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
                web.route("*", "/keys/{table}/{column}", self._by_keys),
                web.get("/one/{table}/{column}/{key}", self._by_key),
                web.route("*", "/search/{table}", self._search),
                web.post("/token", self._token),
                web.get("/health", self._health),
                web.get("/elsewhere", self._health),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
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
            if request.path == "/token":
                return await handler(request)
            if not self._may(request):
                return web.json_response({"msg": "who are you"}, status=401)
            return await self._failing(request) or await handler(request)
        finally:
            self._now -= 1

    def _may(self, request: web.Request) -> bool:
        if self.take(Fault.DENIED):
            return False
        if self.wants == "key":
            return request.headers.get("X-Api-Key") == API_KEY
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return self.wants == "none" or (token in self.tokens and token not in self.revoked)

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
        for fault, status in (Fault.ERROR, 500), (Fault.ABSENT, 404), (Fault.REFUSED, 400):
            if self.take(fault):
                return web.Response(status=status, text="stack trace with secrets")
        return await self._garbled(request)

    async def _garbled(self, request: web.Request) -> web.StreamResponse | None:
        if self.take(Fault.HTML):
            return web.Response(text="<html>登录</html>", content_type="text/html")
        bodies = {
            Fault.NOT_JSON: b'{"code": "0", "data": {"items": [',
            Fault.NULL: b"null",
            Fault.HUGE: b'{"pad": "' + b"x" * 3_000_000 + b'"}',
            Fault.OWN_ERROR: '{"code": "500", "msg": "系统异常", "data": null}'.encode(),
            Fault.NO_ROWS: b'{"code": "0", "data": {"list": []}}',
        }
        for fault, body in bodies.items():
            if self.take(fault):
                return web.Response(body=body, content_type="application/json")
        if self.take(Fault.BOMB):
            bomb = gzip.compress(b'{"pad": "' + b"x" * 30_000_000 + b'"}')
            return web.Response(body=bomb, content_type="application/json", headers={"Content-Encoding": "gzip"})
        return await self._cut(request) if self.take(Fault.CUT) else None

    async def _cut(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "5000"})
        await answer.prepare(request)
        await answer.write(b'{"code": "0", "data": {"items": [')
        if request.transport is not None:
            request.transport.close()
        return answer

    async def _by_keys(self, request: web.Request) -> web.Response:
        asked = await self._asked(request)
        keys = asked["tj"]["dm"] if request.method == "POST" else _listed(asked.get("dm", []))
        self._note(request, keys, asked)
        return self._matching(request, keys, asked)

    async def _by_key(self, request: web.Request) -> web.Response:
        asked = await self._asked(request)
        # Decoded by hand: an escaped slash belongs to the key.
        key = unquote(request.raw_path.partition("?")[0].rsplit("/", 1)[1])
        self._note(request, [key], asked)
        found = self._matching(request, [key], asked)
        return found if key in self._held(request) else web.json_response({"msg": "none"}, status=404)

    async def _search(self, request: web.Request) -> web.Response:
        asked = await self._asked(request)
        self._note(request, [], asked)
        rows = [row for row in self.tables[request.match_info["table"]] if _passes(row, asked)]
        ordered = _ordered(rows, str(asked.get("sort", "")), {} if self.deaf else asked)
        rows = ordered[::-1] if self.take(Fault.UNORDERED) else ordered
        return self._answer(rows, asked, int(asked["limit"]) if "limit" in asked else None)

    async def _health(self, request: web.Request) -> web.Response:
        self._note(request, [], {})
        return web.json_response({"code": "0"})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if self.take(Fault.TOKEN_SLOW):
            await asyncio.sleep(5)
        await asyncio.sleep(0.02)
        if self.take(Fault.TOKEN_ERROR):
            return web.Response(status=503)
        if self.take(Fault.TOKEN_REFUSED) or not _is_client(request, form):
            return web.json_response({"error": "invalid_client"}, status=401)
        if self.take(Fault.TOKEN_NONSENSE):
            return web.json_response({"access_token": "a\nb", "token_type": "Bearer"})
        self.tokens.append(f"t-{len(self.tokens)}-c81d")
        answer = {"access_token": self.tokens[-1], "token_type": "Bearer", "expires_in": self.life}
        return web.json_response(answer | {"scope": form.get("scope", "")})

    async def _asked(self, request: web.Request) -> dict[str, Any]:
        if request.method == "POST":
            return dict(await request.json())
        return {name: request.query.getall(name) if name in LISTS else request.query[name] for name in request.query}

    def _note(self, request: web.Request, keys: Sequence[str], asked: Mapping[str, Any]) -> None:
        fields = asked.get("zd")
        named = None if fields is None else tuple(_listed([fields] if isinstance(fields, str) else fields))
        self.seen.append(Seen(request.method, request.path, tuple(keys), named, dict(request.headers), dict(asked)))

    def _held(self, request: web.Request) -> set[str]:
        table, column = request.match_info["table"], request.match_info["column"]
        return {row[column] for row in self.tables[table]}

    def _matching(self, request: web.Request, keys: Sequence[str], asked: Mapping[str, Any]) -> web.Response:
        table, column = request.match_info["table"], request.match_info["column"]
        rows = [row for row in self.tables[table] if row[column] in keys or "stray" in asked]
        return self._answer([{**row, column: GONE} if self.take(Fault.NO_KEY) else row for row in rows], asked)

    def _answer(self, rows: Sequence[Row], asked: Mapping[str, Any], limit: int | None = None) -> web.Response:
        fields = asked.get("zd")
        named = None if fields is None else _listed([fields] if isinstance(fields, str) else fields)
        window, total, following = self._window(rows, asked)
        items = [self._nested(row, named) for row in window[:limit]]
        answer = {"code": "0", "data": {"items": items, "total": total, "next": following}}
        return web.Response(text=_dumps(answer), content_type="application/json")

    def _window(self, rows: Sequence[Row], asked: Mapping[str, Any]) -> tuple[Sequence[Row], int, str | None]:
        size = int(asked.get("size", 1000))
        size = size // 2 if self.take(Fault.SMALL_PAGES) else size
        start = int(asked.get("offset", 0)) + (int(asked.get("page", 1)) - 1) * size
        start = 0 if self.take(Fault.SAME_PAGE) else int(str(asked.get("cursor", f"c{start}"))[1:])
        last = start + size >= len(rows)
        following = None if last else f"c{start + size}"
        return rows[start : start + size], len(rows), "c1" if self.take(Fault.SAME_CURSOR) else following

    def _nested(self, row: Row, named: Sequence[str] | None) -> dict[str, Any]:
        nested: dict[str, Any] = {}
        for column, value in row.items():
            gone = (
                value is GONE or (value is None and self.omits) or (column == self.lost and self.take(Fault.NO_FIELD))
            )
            if not gone and (named is None or column in named):
                _place(nested, column.split("."), value)
        return nested


def _place(node: dict[str, Any], path: Sequence[str], value: Any) -> None:
    head, *rest = path
    if rest == ["0"]:
        node[head] = [value]
    elif rest:
        _place(node.setdefault(head, {}), rest, value)
    else:
        node[head] = value


def _dumps(answer: Any) -> str:
    # An amount is written as a number with all its digits, which a float would not keep.
    text = json.dumps(answer, ensure_ascii=False, default=lambda amount: f"<<{amount}>>")
    return re.sub(r'"<<([^>]*)>>"', r"\1", text)


def _listed(values: Sequence[str]) -> list[str]:
    return [part for value in values for part in value.split(",")]


def _is_client(request: web.Request, form: Mapping[str, Any]) -> bool:
    basic = base64.b64decode(request.headers.get("Authorization", "").removeprefix("Basic ")).decode()
    pair = tuple(map(unquote_plus, basic.split(":"))) if basic else (form.get("client_id"), form.get("client_secret"))
    return pair == CLIENT and form.get("grant_type") == "client_credentials"


def _clean(value: Any) -> str | None:
    if isinstance(value, dict):
        return None
    text = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value).strip()
    return text or None


def _fold(text: str) -> str:
    return "".join(c.lower() if "A" <= c <= "Z" else c for c in text)


def _passes(row: Row, asked: Mapping[str, Any]) -> bool:
    for name, wanted in asked.items():
        column, _, op = name.replace("/", ".").partition("__")
        if op == "IS_NULL" and _clean(row[column]) is not None:
            return False
        if op in COMPARE and not _compares(_clean(row[column]), op, wanted):
            return False
    return True


def _compares(held: str | None, op: str, wanted: Any) -> bool:
    if held is None:
        return False
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        return COMPARE[op](int(held), wanted)
    several = [str(part) for part in wanted] if isinstance(wanted, list) else str(wanted)
    return COMPARE[op](held, str(wanted).lower() if isinstance(wanted, bool) else several)


def _ordered(rows: Sequence[Row], sort: str, asked: Mapping[str, Any]) -> list[Row]:
    """Rows in an order, missing last, ties by the identifier in the first column; only those after a position."""
    keys = [(name.removeprefix("-"), name.startswith("-")) for name in sort.split(",") if name]
    local = next(iter(rows[0])) if rows else ""
    keys.append((local, False))

    def compare(one: Row, other: Row) -> int:
        return next((found for found in (_order(one[c], other[c], down) for c, down in keys) if found), 0)

    found = sorted(rows, key=cmp_to_key(compare))
    if "after__id" not in asked:
        return found
    before = {column: asked.get(f"after__{column.replace('.', '/')}") for column, _ in keys} | {
        local: asked["after__id"]
    }
    return [row for row in found if compare(row, before) > 0]


def _order(one: Any, other: Any, down: bool) -> int:
    held, wanted = _clean(one), _clean(other)
    if held is None or wanted is None:
        return (held is None) - (wanted is None)
    return ((held > wanted) - (held < wanted)) * (-1 if down else 1)
