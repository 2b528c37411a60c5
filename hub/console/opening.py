"""Puts the console together and says at which addresses its pages stand."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from hub.callers.attendant import Attendant
from hub.callers.browsers import Cookies
from hub.callers.visiting import Visiting
from hub.console import codes
from hub.console.asking import RefusedError
from hub.console.frame import Desk, Frame
from hub.console.sections import SECTIONS
from hub.gateway import Gateway
from hub.settings import Settings


def open_console(gateway: Gateway, attendant: Attendant, settings: Settings) -> list[BaseRoute]:
    """All routes of the console of these settings, which name its client."""
    cookies = Cookies(settings.hub.base_url, attendant.keys.pages)
    visiting = Visiting(attendant, cookies, settings.console.client or "")
    # Where no codes are kept there is nothing to look after.
    sections = tuple(section for section in SECTIONS if section.key != codes.SECTION.key or settings.code is not None)
    frame = Frame(gateway, visiting, attendant.clock, settings.console.purpose, sections, settings.console.sample)
    found = [route for section in sections for route in section.routes(frame)]
    return [*found, frame.page("/console/{rest:path}", _nothing)]


async def _nothing(_desk: Desk) -> Response:
    """What is at no address, in words."""
    raise RefusedError("NOT_FOUND", "没有这个页面。", "There is no such page.")
