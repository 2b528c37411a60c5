"""`/demo/outbox`: the notices that left the hub, as whoever carries them on would find them. For the demo alone."""

from pathlib import Path

import anyio.to_thread
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

ADDRESS = "/demo/outbox"
MOST = 200


def outbox_routes(folder: Path) -> list[BaseRoute]:
    """The route that shows what lies in the folder of notices, the newest first."""

    async def answer(_request: Request) -> Response:
        notices = await anyio.to_thread.run_sync(_read, folder)
        body = orjson.dumps({"notices": notices}, option=orjson.OPT_INDENT_2)
        headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
        return Response(body, headers=headers, media_type="application/json; charset=utf-8")

    return [Route(ADDRESS, answer, methods=["GET"])]


def _read(folder: Path) -> list[object]:
    files = sorted(folder.glob("*.json"), reverse=True)[:MOST]
    return [orjson.loads(file.read_bytes()) for file in files]
