"""Puts together what serves callers: endpoints for programs, pages for people."""

from collections.abc import Sequence

from starlette.routing import BaseRoute

from hub.callers.attendant import Attendant
from hub.callers.browsers import Cookies
from hub.callers.certifying import Certifier
from hub.callers.doors import Doors
from hub.callers.endpoints import Endpoints
from hub.callers.outside import Outside
from hub.callers.possession import Possession
from hub.callers.reception import Reception
from hub.fetch import Source
from hub.settings import Settings


def open_doors(
    attendant: Attendant,
    outside: Outside | None,
    settings: Settings,
    certifiers: Sequence[Source],
    possession: Possession,
) -> list[BaseRoute]:
    """All routes of callers; `certifiers` are the sources of enforcement certificates."""
    certifier = Certifier(attendant, certifiers)
    endpoints = Endpoints(attendant, certifier, possession)
    reception = Reception(
        attendant=attendant,
        cookies=Cookies(settings.hub.base_url, attendant.keys.pages),
        certifier=certifier,
        hours=settings.sign_in.hours,
        proxies=settings.sign_in.trusted_proxies,
        departments={d.code: (d.label, d.label_en) for d in settings.departments.values()},
        externals=tuple((p.name, (p.label, p.label_en or p.label)) for p in (outside.offered() if outside else ())),
    )
    return [*endpoints.routes(), *Doors(reception, endpoints, outside).routes()]
