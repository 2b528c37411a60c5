"""The living style guide: every component in every state, made by the macros that the pages use."""

from starlette.responses import Response
from starlette.routing import Route

from hub.console.frame import Desk, Frame, Section
from hub.web.words_console import COMPONENTS


async def _components(desk: Desk) -> Response:
    return desk.shown("components.html")


def _routes(frame: Frame) -> list[Route]:
    return [frame.page("/console/components", _components)]


SECTION = Section("components", COMPONENTS, (), _routes)
