"""`/demo/hook`: the webhook of one of the demo's departments, which keeps what is signed as it should be. For the demo alone."""

import hmac
from collections import deque
from collections.abc import Callable

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.notices.webhook import DELIVERY, SIGNATURE, TIMESTAMP, sign

ADDRESS = "/demo/hook"
DEPARTMENT = "market"
SECRET = "secrets/market-hook"  # noqa: S105 - the file in which it stands
_MOST = 200
_OLDEST = 300
"""Seconds after which what was signed is not believed any more."""
_MAX_BYTES = 65_536


def hook_routes(secret: str, seconds: Callable[[], float]) -> list[BaseRoute]:
    """The route: POST takes a notice once, GET shows those that were taken, the newest first."""
    taken: deque[object] = deque(maxlen=_MOST)
    known: deque[str] = deque(maxlen=_MOST)

    async def take(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MAX_BYTES:
                return Response(status_code=413)
        timestamp, signature = request.headers.get(TIMESTAMP, ""), request.headers.get(SIGNATURE, "")
        if not timestamp.isascii() or not timestamp.isdecimal() or abs(seconds() - int(timestamp)) > _OLDEST:
            return Response(status_code=401)
        if not hmac.compare_digest(sign(secret, int(timestamp), body).encode(), signature.encode()):
            return Response(status_code=401)
        delivery = request.headers.get(DELIVERY, "")
        if delivery not in known:
            known.append(delivery)
            taken.appendleft(orjson.loads(body))
        return Response(status_code=204)

    async def answer(request: Request) -> Response:
        if request.method == "POST":
            return await take(request)
        body = orjson.dumps({"taken": list(taken)}, option=orjson.OPT_INDENT_2)
        return Response(body, headers={"cache-control": "no-store"}, media_type="application/json; charset=utf-8")

    return [Route(ADDRESS, answer, methods=["GET", "POST"])]
