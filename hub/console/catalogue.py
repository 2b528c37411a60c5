"""The catalogue: every field with its owner, how it is shared, and how the visitor stands to it."""

from starlette.responses import Response
from starlette.routing import Route

from hub.console.frame import Desk, Frame, Section
from hub.console.listing import listed
from hub.console.sources import record_label
from hub.web.words_console import CATALOGUE
from schema.enums import FieldStanding, SharingAttribute

_ASKED = """query Catalogue { catalogue { field label labelEn scope sensitivity sharing standing masked filtered owner
  connected howToRequest } }"""
_COLUMNS = ("field", "label", "owner", "sharing", "sensitivity", "standing")


async def _catalogue(desk: Desk) -> Response:
    items = (await desk.asker.ask(_ASKED))["catalogue"]
    records = sorted({one["field"].partition(".")[0] for one in items})
    chosen = {name: desk.query.get(name, "") for name in ("record", "owner", "sharing", "standing")}
    kept = [
        one
        for one in items
        if chosen["record"] in {"", one["field"].partition(".")[0]}
        and all(chosen[name] in {"", one[name]} for name in ("owner", "sharing", "standing"))
    ]
    page = listed(desk, kept, lambda one: f"{one['field']} {one['label']} {one['labelEn']} {one['scope']}", _COLUMNS)
    return desk.shown(
        "catalogue.html",
        record_label=record_label,
        page=page,
        chosen=chosen,
        records=records,
        owners=sorted({one["owner"] for one in items}),
        sharing=list(SharingAttribute),
        standing=list(FieldStanding),
    )


def _routes(frame: Frame) -> list[Route]:
    return [frame.page("/console/catalogue", _catalogue)]


SECTION = Section("catalogue", CATALOGUE, (), _routes)
