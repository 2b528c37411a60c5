"""The health department's web service: pinyin, an API key, a batch for each table and a search of licences.

Answers from rows it is given and knows nothing of the hub. Failures of a question are told inside HTTP 200, as such
services do; a wrong key is HTTP 401.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from multidict import MultiMapping

from hub.demo.departments.health import API_KEY_HEADER, CLINICS, LICENCES, PING, SEARCH, batch_path
from hub.demo.services.rows import Row, Rows, asked_of, cut, equal, guarded, json_answer

_MOST_KEYS = 500
_MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers questions from the rows of one table, which are sorted by their identifier."""

    rows: Rows

    async def batch(self, request: web.Request) -> web.Response:
        """Rows of the asked codes, in the asked fields."""
        asked = asked_of(await request.read())
        codes = asked.get("tyshxydm")
        if not isinstance(codes, list) or len(codes) > _MOST_KEYS:
            return _refusal("参数 tyshxydm 应为不超过500个代码的列表")
        wanted = frozenset(codes)
        return _answer([row for row in self.rows if row["tyshxydm"] in wanted], asked.get("fields"))

    async def search(self, request: web.Request) -> web.Response:
        """A window of the rows that satisfy the parameters, after the identifier `zh`."""
        asked = request.query
        limit = asked.get("ts", str(_MOST_ROWS))
        if not limit.isdecimal():
            return _refusal("参数 ts 应为整数")
        found = [row for row in self.rows if row["jlbh"] > asked.get("zh", "") and _satisfies(row, asked)]
        return _answer(found[: min(int(limit), _MOST_ROWS)], asked.get("fields"))


def build_service(tables: Mapping[str, Rows], key: str) -> web.Application:
    """The application; every path but none without the key."""
    guard = guarded(
        lambda request: equal(request.headers.get(API_KEY_HEADER, ""), key), {"code": 401, "msg": "密钥无效"}
    )
    service = web.Application(middlewares=[guard], client_max_size=2**20)
    service.router.add_get(PING, _ping)
    for name in (LICENCES, CLINICS):
        service.router.add_post(batch_path(name), Desk(tables[name]).batch)
    service.router.add_get(SEARCH, Desk(tables[LICENCES]).search)
    return service


async def _ping(_: web.Request) -> web.Response:
    return _answer([], None)


def _satisfies(row: Row, asked: MultiMapping[str]) -> bool:
    for field in ("tyshxydm", "sxlx", "zt"):
        if field in asked and row[field] not in asked[field].split(","):
            return False
    before = asked.get("yxqz_zq")
    return before is None or (row["yxqz"] is not None and row["yxqz"] < before)


def _answer(rows: Rows, fields: str | None) -> web.Response:
    found = cut(rows, fields.split(",") if fields else [])
    return json_answer({"code": 200, "msg": "成功", "data": {"list": found, "total": len(found)}})


def _refusal(reason: str) -> web.Response:
    return json_answer({"code": 400, "msg": reason})
