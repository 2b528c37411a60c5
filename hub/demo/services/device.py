"""The drug and device office's web service: the permits of one holder, and all permits by criteria with a cursor.

Answers from rows it is given, sorted by their identifier, and knows nothing of the hub.
"""

from aiohttp import web
from multidict import MultiMapping

from hub.demo.departments.device import HOLDER, PERMITS
from hub.demo.services.rows import Row, Rows, equal, guarded, json_answer

_MOST = 100


def build_service(rows: Rows, key: str) -> web.Application:
    """The application; nothing without the key."""
    guard = guarded(
        lambda request: equal(request.headers.get("Authorization", ""), f"Bearer {key}"), {"error": "invalid_token"}
    )
    service = web.Application(middlewares=[guard])
    sent = [{name: value for name, value in row.items() if value is not None} for row in rows]

    async def of_holder(request: web.Request) -> web.Response:
        held = [row for row in sent if row["holder_code"] == request.match_info["key"]]
        return json_answer({"permits": held}) if held else json_answer({"error": "no_such_holder"}, 404)

    async def all_permits(request: web.Request) -> web.Response:
        asked = request.query
        limit = asked.get("limit", str(_MOST))
        if not limit.isdecimal():
            return json_answer({"error": "invalid_limit"}, 400)
        size = min(int(limit), _MOST)
        found = [row for row in sent if row["permit_id"] > asked.get("cursor", "") and _satisfies(row, asked)]
        cursor = found[size - 1]["permit_id"] if len(found) > size else None
        return json_answer({"permits": found[:size], "next_cursor": cursor})

    service.router.add_get(HOLDER, of_holder)
    service.router.add_get(PERMITS, all_permits)
    return service


def _satisfies(row: Row, asked: MultiMapping[str]) -> bool:
    for field in ("holder_code", "permit_kind", "state"):
        if field in asked and row[field] not in asked.getall(field):
            return False
    before = asked.get("valid_to_before")
    return before is None or ("valid_to" in row and row["valid_to"] < before)
