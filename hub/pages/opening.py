"""Puts the public pages together and says at which addresses they stand."""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Route

from hub.acts.code_house import CodeHouse
from hub.callers.attendant import Attendant
from hub.callers.throttle import Network
from hub.gateway import Gateway
from hub.pages.checking import Checking
from hub.pages.edge import Edge
from hub.pages.question import Asking
from hub.pages.reports import ADDRESS, ReportPages
from hub.pages.shops import Shops


def page_routes(
    gateway: Gateway,
    attendant: Attendant,
    house: CodeHouse,
    keepers: tuple[str, ...],
    proxies: tuple[Network, ...] = (),
) -> Sequence[BaseRoute]:
    """Addresses of the public pages; those of shops come last, for they take whatever else stands below `/c`.

    keepers: departments whose stewards are told of reports.
    """
    edge = Edge(proxies)
    shops = Shops(edge, Asking(gateway), attendant.database, house, attendant.clock)
    reports = ReportPages(edge, attendant, gateway, house.rules, keepers)
    checking = Checking(edge, attendant.database, house, attendant.clock)
    return [
        Route("/scan", checking.scan, methods=["GET"]),
        Route("/scan/offline.js", checking.offline, methods=["GET"]),
        Route("/codes/revoked", checking.revoked, methods=["GET"]),
        Route("/c", shops.look_up, methods=["GET"]),
        Route(ADDRESS, reports.form, methods=["GET"]),
        Route(ADDRESS, reports.file, methods=["POST"]),
        Route(f"{ADDRESS}/{{number}}", reports.outcome, methods=["GET"]),
        Route("/c/{rest:path}", shops.page, methods=["GET"]),
        Route("/C/{rest:path}", shops.page, methods=["GET"]),
    ]
