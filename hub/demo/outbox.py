"""`/demo/outbox`: every notice of the demo, with its recipients, channels, deadlines and states. For the demo alone."""

import orjson
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.notices.book import list_notices
from hub.notices.naming import Naming
from hub.store.database import Database
from hub.store.outbox import Sealing

ADDRESS = "/demo/outbox"


def outbox_routes(database: Database, sealing: Sealing, naming: Naming) -> list[BaseRoute]:
    """The route that shows the notices, the newest first."""

    def read(connection: Connection) -> object:
        return list_notices(connection, sealing, naming)

    async def answer(_request: Request) -> Response:
        body = orjson.dumps({"notices": await database.read(read)}, option=orjson.OPT_INDENT_2)
        headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
        return Response(body, headers=headers, media_type="application/json; charset=utf-8")

    return [Route(ADDRESS, answer, methods=["GET"])]
