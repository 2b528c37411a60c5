"""What the city's web services share: rows of a table, cut to the asked columns, and JSON in both directions.

Knows no department and nothing of the hub.
"""

import base64
import hmac
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from aiohttp import web
from aiohttp.typedefs import Middleware

HOST = "127.0.0.1"
Row = Mapping[str, Any]
Rows = Sequence[Row]
Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]
May = Callable[[web.Request], bool]


def asked_of(body: bytes) -> dict[str, Any]:
    """The object in a request's body; an empty one where there is none, which then lacks every parameter."""
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return asked if isinstance(asked, dict) else {}


def json_answer(content: object, status: int = 200) -> web.Response:
    """An answer in JSON."""
    return web.Response(body=orjson.dumps(content), content_type="application/json", status=status)


def equal(given: str, wanted: str) -> bool:
    """True if a credential is the right one, in the same time whichever it is."""
    return hmac.compare_digest(given.encode(), wanted.encode())


def signed_basic(user: str, password: str) -> str:
    """The header of a caller who signs in with HTTP Basic."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def guarded(may: May, refusal: object) -> Middleware:
    """A gate that answers HTTP 401 to whoever may not ask."""

    # aiohttp passes the second parameter by this name.
    @web.middleware
    async def guard(request: web.Request, handler: Endpoint) -> web.StreamResponse:
        return await handler(request) if may(request) else json_answer(refusal, 401)

    return guard


def cut(rows: Iterable[Row], names: Sequence[str]) -> list[Row]:
    """Rows in the asked columns, in all if none is asked for; unknown columns are left out."""
    return [{name: row[name] for name in names if name in row} for row in rows] if names else list(rows)


def nested(row: Row) -> dict[str, Any]:
    """A row whose dotted columns lie inside one another."""
    found: dict[str, Any] = {}
    for column, value in row.items():
        node, path = found, column.split(".")
        for name in path[:-1]:
            node = node.setdefault(name, {})
        node[path[-1]] = value
    return found
