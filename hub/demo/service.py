"""The health department's web service: real HTTP on this machine, an API key, a batch and a search.

Answers from rows it is given and knows nothing of the hub. Failures of a question are told inside HTTP 200, as such
services do; a wrong key is HTTP 401.
"""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from hub.demo.departments.health import API_KEY_HEADER, BATCH, PING, SEARCH

HOST = "127.0.0.1"
_MOST_KEYS = 500
_MOST_ROWS = 1000
Row = dict[str, Any]
Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers questions from rows that are sorted by their identifier."""

    rows: Sequence[Row]

    async def batch(self, request: web.Request) -> web.Response:
        """Rows of the asked codes, in the asked fields."""
        asked = _parameters(await request.read())
        codes = asked.get("tyshxydm")
        if not isinstance(codes, list) or len(codes) > _MOST_KEYS:
            return _refusal("参数 tyshxydm 应为不超过500个代码的列表")
        wanted = frozenset(codes)
        return _answer(_cut([row for row in self.rows if row["tyshxydm"] in wanted], asked.get("fields")))

    async def search(self, request: web.Request) -> web.Response:
        """A window of the rows that satisfy the parameters, after the identifier `zh`."""
        asked = request.query
        limit = asked.get("ts", str(_MOST_ROWS))
        if not limit.isdecimal():
            return _refusal("参数 ts 应为整数")
        found = [row for row in self.rows if row["jlbh"] > asked.get("zh", "") and _satisfies(row, asked)]
        return _answer(_cut(found[: min(int(limit), _MOST_ROWS)], asked.get("fields")))


def build_service(rows: Sequence[Row], key: str) -> web.Application:
    """The application; every path but none without the key."""
    service = web.Application(middlewares=[_guard(key)], client_max_size=2**20)
    desk = Desk(rows)
    service.router.add_get(PING, _ping)
    service.router.add_post(BATCH, desk.batch)
    service.router.add_get(SEARCH, desk.search)
    return service


async def _ping(_: web.Request) -> web.Response:
    return _answer([])


def _guard(key: str) -> Any:
    # aiohttp passes the second parameter by this name.
    @web.middleware
    async def guard(request: web.Request, handler: Endpoint) -> web.StreamResponse:
        given = request.headers.get(API_KEY_HEADER, "")
        if not hmac.compare_digest(given.encode(), key.encode()):
            return web.json_response({"code": 401, "msg": "密钥无效"}, status=401)
        return await handler(request)

    return guard


def _parameters(body: bytes) -> dict[str, Any]:
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        # Lacks every parameter, and is refused for that.
        return {}
    return asked if isinstance(asked, dict) else {}


def _satisfies(row: Row, asked: Any) -> bool:
    for field in ("tyshxydm", "sxlx", "zt"):
        if field in asked and row[field] not in asked[field].split(","):
            return False
    before = asked.get("yxqz_zq")
    return before is None or (row["yxqz"] is not None and row["yxqz"] < before)


def _cut(rows: Sequence[Row], fields: str | None) -> list[Row]:
    if not fields:
        return list(rows)
    names = fields.split(",")
    return [{name: row[name] for name in names if name in row} for row in rows]


def _answer(rows: Sequence[Row]) -> web.Response:
    body = {"code": 200, "msg": "成功", "data": {"list": list(rows), "total": len(rows)}}
    return web.Response(body=orjson.dumps(body), content_type="application/json")


def _refusal(reason: str) -> web.Response:
    return web.Response(body=orjson.dumps({"code": 400, "msg": reason}), content_type="application/json")
