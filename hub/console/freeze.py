"""Freezing and thawing: what stops everything of a client, department, person, grant or field within a second."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from hub.console.asking import RefusedError
from hub.console.frame import Desk, Frame, Section
from hub.console.sources import field_labels
from hub.web.words_console import FREEZE
from schema.enums import StopKind

_FROZEN = "query Frozen { freezes { kind name label since reason } }"


async def _page(desk: Desk, problem: Any = None, done: Any = None) -> Response:
    found = (await desk.asker.ask(_FROZEN))["freezes"]
    for one in found:
        if one["kind"] == StopKind.FIELD.name and "." in one["name"]:
            one["label"] = field_labels(desk, one["name"])[0]
    return desk.shown(
        "freeze.html",
        200 if problem is None else 400,
        frozen=found,
        kinds=[(one.name, (one.zh, one.en)) for one in StopKind],
        problem=problem,
        done=done,
        given=desk.fields if done is None and desk.fields else desk.query,
    )


async def _act(desk: Desk) -> Response:
    given = desk.fields
    name = "thaw" if given.get("act") == "thaw" else "freeze"
    text = f"mutation Do($kind: StopKind!, $name: String!, $reason: String!) {{ done: {name}(kind: $kind, name: $name, reason: $reason) {{ changed position }} }}"
    told = {one: given.get(one, "") for one in ("kind", "name", "reason")}
    try:
        made = await desk.asker.act(text, desk.key(), **told)
    except RefusedError as fault:
        return await _page(desk, fault.problem("name"))
    return await _page(desk, done={**made["done"], "act": name, "name": told["name"]})


def _routes(frame: Frame) -> list[Route]:
    return [frame.page("/console/freeze", _page), frame.act("/console/freeze", _act)]


SECTION = Section("freeze", FREEZE, ("freezes",), _routes)
