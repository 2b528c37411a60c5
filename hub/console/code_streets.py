"""Streets: a CSV that is looked at row by row, begun, followed while it goes on, and its plates."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from hub.acts.batching import MOST_NAME
from hub.console.asking import RefusedError
from hub.console.frame import Desk, Frame
from hub.console.listing import listed
from schema.uscc import holds_citizen_id

_BATCH = "id name madeAt finishedAt total done issued known pending rejected"
_ROW = "line uscc name places outcome token reason { text textEn remedy remedyEn }"
_LIST = f"query Streets {{ codeBatches {{ {_BATCH} }} }}"
_ONE = f"query Street($id: ID!) {{ codeBatch(id: $id) {{ {_BATCH} rows {{ {_ROW} }} }} }}"
_PREVIEW = f"""query Preview($csv: String!) {{ streetPreview(csv: $csv) {{ total ready known rejected rows {{ {_ROW} }} }} }}"""
_BRING = "mutation Bring($name: String!, $csv: String!) { onboardStreet(name: $name, csv: $csv) { batch { id } } }"
_PAGE, _FEW = 50, 10
_FIRST = {"REJECTED": 0, "KNOWN": 1}
"""Rows that stand first in a preview: those that somebody has to look at."""


async def _list(desk: Desk) -> Response:
    found = (await desk.asker.ask(_LIST))["codeBatches"]
    return desk.shown("code_streets.html", batches=found)


async def _new(desk: Desk, problem: Any = None, preview: Any = None) -> Response:
    return desk.shown(
        "code_street_new.html",
        status=200 if problem is None else 400,
        preview=preview,
        problem=problem,
        given=desk.fields,
    )


async def _bring(desk: Desk) -> Response:
    """Show every row, a page at a time; or begin."""
    given = desk.fields
    name, csv = given.get("name", ""), given.get("csv", "")
    try:
        if given.get("act") == "start":
            made = await desk.asker.act(_BRING, desk.key(), name=name, csv=csv)
            return desk.go(f"/console/codes/batches/{made['onboardStreet']['batch']['id']}")
        found = (await desk.asker.ask(_PREVIEW, csv=csv))["streetPreview"]
    except RefusedError as fault:
        is_named = 1 <= len(name.strip()) <= MOST_NAME
        return await _new(desk, fault.problem("csv" if is_named else "name"))
    return await _new(desk, preview=_previewed(found, given.get("show", "1")) | {"personal": _personal(csv)})


def _personal(csv: str) -> str:
    """Lines that hold what looks like a citizen's number: for their sake the whole file would be refused."""
    found = [number for number, line in enumerate(csv.splitlines(), 1) if holds_citizen_id(line)]
    return "、".join(map(str, found[:_FEW])) + ("…" if len(found) > _FEW else "")


def _previewed(found: Mapping[str, Any], asked: str) -> dict[str, Any]:
    """A page of the rows of a preview."""
    rows = sorted(found["rows"], key=lambda row: (_FIRST.get(row["outcome"], 2), row["line"]))
    pages = max(-(-len(rows) // _PAGE), 1)
    page = min(max(int(asked), 1), pages) if asked.isdecimal() and len(asked) < 4 else 1
    return {**found, "rows": rows[(page - 1) * _PAGE : page * _PAGE], "page": page, "pages": pages}


async def _one(desk: Desk) -> Response:
    """How far a street is, and what became of each row; of the progress alone where only that is wanted."""
    batch = (await desk.asker.ask(_ONE, id=desk.path["batch"]))["codeBatch"]
    now = desk.frame.clock.moment().instant
    told = {"batch": batch, "minutes": _minutes(batch, now), "live": batch["finishedAt"] is None}
    if desk.is_part:
        part = desk.shown("code_street_progress.html", **told)
        if not told["live"]:
            # The table below still says that rows wait: the whole page once more.
            part.headers["hx-refresh"] = "true"
        return part
    chosen = desk.query.get("outcome", "")
    rows: Sequence[Mapping[str, Any]] = [one for one in batch["rows"] if chosen in {"", one["outcome"] or "WAITING"}]
    page = listed(
        desk, rows, lambda one: f"{one['uscc'] or ''} {one['name'] or ''} {one['token'] or ''}", ("line", "outcome")
    )
    return desk.shown("code_street.html", page=page, chosen=chosen, **told)


def _minutes(batch: Mapping[str, Any], now: datetime) -> int | None:
    """Minutes that are left, by how long it took so far; None where that can't be said."""
    took = (now - datetime.fromisoformat(batch["madeAt"])).total_seconds()
    done, left = int(batch["done"]), int(batch["total"] - batch["done"])
    if not done or not left or took <= 0:
        return None
    return max(1, round(took / done * left / 60))


def routes_of_streets(frame: Frame) -> list[Route]:
    """Addresses of streets."""
    return [
        frame.page("/console/codes/batches", _list),
        frame.page("/console/codes/batches/new", _new),
        frame.act("/console/codes/batches/new", _bring),
        frame.page("/console/codes/batches/{batch}", _one),
    ]
