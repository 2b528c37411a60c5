"""The court's web service: pages of its list, for codes or by kind, over GET with HTTP Basic.

Answers from rows it is given and knows nothing of the hub.
"""

from aiohttp import web
from multidict import MultiMapping

from hub.demo.departments.court import LIST, USER
from hub.demo.services.rows import Row, Rows, equal, guarded, json_answer, signed_basic

_MOST = 100


def build_service(rows: Rows, password: str) -> web.Application:
    """The application; nothing without the password."""
    signed = signed_basic(USER, password)
    guard = guarded(lambda request: equal(request.headers.get("Authorization", ""), signed), {"status": "unauthorized"})
    service = web.Application(middlewares=[guard])

    async def page(request: web.Request) -> web.Response:
        asked = request.query
        number, size = asked.get("pageNo", "1"), asked.get("pageSize", "20")
        if not (number.isdecimal() and size.isdecimal()) or int(number) < 1:
            return json_answer({"status": "error", "message": "pageNo、pageSize 应为正整数"})
        found = [row for row in rows if _satisfies(row, asked)]
        start, most = (int(number) - 1) * int(size), min(int(size), _MOST)
        return json_answer({"status": "success", "page": {"total": len(found), "records": found[start : start + most]}})

    service.router.add_get(LIST, page)
    return service


def _satisfies(row: Row, asked: MultiMapping[str]) -> bool:
    if "bzxrdm" in asked and row["bzxrdm"] not in asked["bzxrdm"].split(","):
        return False
    if "mdlx" in asked and row["mdlx"] not in asked.getall("mdlx"):
        return False
    return "zxz" not in asked or row["sxrq"] is None
