"""Keys of departments and what they stand for: looked up by entity or by key, and linked for one's own department."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from hub.console.asking import RefusedError
from hub.console.entities import typed_entity
from hub.console.frame import Desk, Frame

_MARK = "{ kind value id }"
LINK = f"""{{ department key confidence method evidence decidedAt origin entity {_MARK} foundAs {_MARK}
  history {{ at method origin entity {_MARK} }} }}"""
"""What pages show of a link."""
_BY_ENTITY = f"query Keys($entity: EntityInput!) {{ crosswalk(entity: $entity) {LINK} }}"
_BY_KEY = f"query Key($department: String, $key: String!) {{ crosswalk(department: $department, key: $key) {LINK} }}"
_LINKING = """mutation Link($local: String!, $entity: EntityInput!, $evidence: String!, $confidence: Float!) {
  linkKey(key: $local, entity: $entity, evidence: $evidence, confidence: $confidence) { changed position } }"""


async def _keys(desk: Desk, problem: Any = None, done: Any = None) -> Response:
    query = desk.query
    entity, key = query.get("entity", "").strip(), query.get("local", "").strip()
    links: list[dict[str, Any]] | None = None
    try:
        if entity:
            links = (await desk.asker.ask(_BY_ENTITY, entity=typed_entity(entity)))["crosswalk"]
        elif key:
            asked = await desk.asker.ask(_BY_KEY, department=query.get("department") or None, key=key)
            links = asked["crosswalk"]
    except RefusedError as fault:
        problem = problem or fault.problem("entity" if entity else "local")
    return desk.shown(
        "keys.html",
        status=200 if problem is None else 400,
        links=links,
        departments=desk.frame.departments,
        problem=problem,
        done=done,
        given=desk.fields,
    )


async def _link(desk: Desk) -> Response:
    given = desk.fields
    try:
        confidence = float(given.get("confidence") or "1")
    except ValueError:
        confidence = -1.0
    told = {"local": given.get("linked", ""), "evidence": given.get("evidence", ""), "confidence": confidence}
    try:
        made = await desk.asker.act(_LINKING, desk.key(), entity=typed_entity(given.get("stands_for", "")), **told)
    except RefusedError as fault:
        return await _keys(desk, fault.problem("linked"))
    return await _keys(desk, done=made["linkKey"])


def routes(frame: Frame) -> list[Route]:
    """Addresses of these pages."""
    return [frame.page("/console/identities/keys", _keys), frame.act("/console/identities/keys", _link)]
