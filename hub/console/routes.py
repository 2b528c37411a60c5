"""Addresses of the console; what serves them is loaded when somebody first comes."""

from starlette.routing import BaseRoute, Route

from hub.callers.attendant import Attendant
from hub.callers.later import Later
from hub.gateway import Gateway
from hub.settings import Settings


def console_routes(gateway: Gateway, attendant: Attendant, settings: Settings) -> list[BaseRoute]:
    """None where the configuration does not say whose console it is."""
    if settings.console.client is None:
        return []

    def built() -> list[BaseRoute]:
        from hub.console.opening import open_console  # noqa: PLC0415 - Authlib and the pages, for whoever administers

        return open_console(gateway, attendant, settings)

    later = Later(built)
    return [Route(path, later) for path in ("/console", "/console/{rest:path}")]
