"""The limit: a Starlette route a question, one statement a source through asyncpg, plain dicts, orjson out.

What an endpoint written for exactly these questions costs. It checks nobody, masks nothing and records nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.peers.serving import DATABASE, POOL, serve
from bench.questions import PAGE

Fields = dict[str, Any]
ByKey = dict[str, list[Fields]]
Rows = Iterable[asyncpg.Record]

_BY_KEY = "WHERE uscc = ANY($1::text[]) ORDER BY uscc"
ENTITIES = (
    "SELECT uscc, name, legal_representative, address, industry, division, status, established, kind, phone "
    f"FROM register.entity {_BY_KEY}"
)
PAGE_OF_DIVISION = (
    "SELECT uscc, name, legal_representative, division, status, established, phone "
    f"FROM register.entity WHERE division = $1 ORDER BY division, uscc LIMIT {PAGE}"
)
LICENCES = (
    "SELECT uscc, kind, certificate_name, certificate_no, scope, valid_from, valid_to, status, authority "
    f"FROM licences.licence {_BY_KEY}, id"
)
LISTED_LICENCES = (
    "SELECT uscc, kind, certificate_name, certificate_no, valid_from, valid_to, status, authority "
    f"FROM licences.licence {_BY_KEY}, id"
)
RATINGS = f"SELECT uscc, scheme, grade, label, issuer, assessed_on, valid_to FROM credit.rating {_BY_KEY}"
INCENTIVES = (
    "SELECT uscc, measure_name, scenario, department, granted_on, valid_to, status "
    f"FROM incentives.incentive {_BY_KEY}, id"
)


class Endpoint:
    """The routes, and a pool for each source."""

    register: asyncpg.Pool
    licences: asyncpg.Pool
    credit: asyncpg.Pool
    incentives: asyncpg.Pool

    @asynccontextmanager
    async def opened(self, _app: Starlette) -> AsyncIterator[None]:
        """Open the pools, and close them in the end."""
        async with AsyncExitStack() as stack:
            for name in ("register", "licences", "credit", "incentives"):
                pool = asyncpg.create_pool(DATABASE, min_size=POOL, max_size=POOL, reset=_keep)
                setattr(self, name, await stack.enter_async_context(pool))
            yield

    async def one(self, request: Request) -> Response:
        """W1."""
        keys = [request.path_params["uscc"]]
        entities, licences, ratings, incentives = await asyncio.gather(
            self.register.fetch(ENTITIES, keys),
            self.licences.fetch(LICENCES, keys),
            self.credit.fetch(RATINGS, keys),
            self.incentives.fetch(INCENTIVES, keys),
        )
        (entity,) = _entities(entities, _ratings(keys, ratings)).values()
        entity["licences"] = _licences(licences)
        entity["incentives"] = _incentives(incentives)
        return _json({"data": {"entity": entity}})

    async def page(self, request: Request) -> Response:
        """W2: the page first, then what hangs below it, at once."""
        entities = await self.register.fetch(PAGE_OF_DIVISION, request.path_params["division"])
        keys = [row[0] for row in entities]
        licences, ratings = await asyncio.gather(
            self.licences.fetch(LISTED_LICENCES, keys), self.credit.fetch(RATINGS, keys)
        )
        held, rated = _listed_licences(keys, licences), _ratings(keys, ratings)
        edges = [
            {
                "node": {
                    "uscc": uscc,
                    "name": name,
                    "legalRepresentative": person,
                    "divisionCode": division,
                    "status": status,
                    "establishedOn": established,
                    "contactPhone": phone,
                    "licences": held[uscc],
                    "creditStatus": {"ratings": rated[uscc]},
                }
            }
            for uscc, name, person, division, status, established, phone in entities
        ]
        return _json({"data": {"entities": {"edges": edges}}})

    async def batch(self, request: Request) -> Response:
        """W3, in the order asked."""
        keys = orjson.loads(await request.body())
        entities, ratings = await asyncio.gather(self.register.fetch(ENTITIES, keys), self.credit.fetch(RATINGS, keys))
        found = _entities(entities, _ratings(keys, ratings))
        return _json({"data": {"entitiesByUscc": [found.get(key) for key in keys]}})

    async def nothing(self, _request: Request) -> Response:
        """W4: a constant."""
        return _json({"data": {"__typename": "Query"}})


def build_app() -> Starlette:
    """The application; its pools open when it starts."""
    endpoint = Endpoint()
    routes = [
        Route("/w1/{uscc}", endpoint.one),
        Route("/w2/{division}", endpoint.page),
        Route("/w3", endpoint.batch, methods=["POST"]),
        Route("/w4", endpoint.nothing),
    ]
    return Starlette(routes=routes, lifespan=endpoint.opened)


async def _keep(_session: object) -> None:
    """What is done to a session that goes back into its pool: nothing."""


def _entities(rows: Rows, rated: ByKey) -> dict[str, Fields]:
    return {
        uscc: {
            "uscc": uscc,
            "name": name,
            "legalRepresentative": person,
            "address": address,
            "industryCode": industry,
            "divisionCode": division,
            "status": status,
            "establishedOn": established,
            "kind": kind,
            "contactPhone": phone,
            "creditStatus": {"ratings": rated[uscc]},
        }
        for uscc, name, person, address, industry, division, status, established, kind, phone in rows
    }


def _licences(rows: Rows) -> list[Fields]:
    return [
        {
            "kind": kind,
            "certificateName": name,
            "certificateNo": number,
            "scope": scope,
            "validFrom": starts,
            "validTo": ends,
            "status": status,
            "authority": authority,
        }
        for _, kind, name, number, scope, starts, ends, status, authority in rows
    ]


def _listed_licences(keys: Iterable[str], rows: Rows) -> ByKey:
    found: ByKey = {key: [] for key in keys}
    for uscc, kind, name, number, starts, ends, status, authority in rows:
        found[uscc].append(
            {
                "kind": kind,
                "certificateName": name,
                "certificateNo": number,
                "validFrom": starts,
                "validTo": ends,
                "status": status,
                "authority": authority,
            }
        )
    return found


def _ratings(keys: Iterable[str], rows: Rows) -> ByKey:
    found: ByKey = {key: [] for key in keys}
    for uscc, scheme, grade, label, issuer, assessed, ends in rows:
        found[uscc].append(
            {
                "scheme": scheme,
                "grade": grade,
                "label": label,
                "issuer": issuer,
                "assessedOn": assessed,
                "validTo": ends,
            }
        )
    return found


def _incentives(rows: Rows) -> list[Fields]:
    return [
        {
            "measureName": measure,
            "scenario": scenario,
            "department": department,
            "grantedOn": granted,
            "validTo": ends,
            "status": status,
        }
        for _, measure, scenario, department, granted, ends, status in rows
    ]


def _json(body: object) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")


if __name__ == "__main__":
    serve(build_app())
