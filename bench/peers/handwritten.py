"""The limit: a Starlette route a question, one statement a source through asyncpg, plain dicts, orjson out.

What an endpoint written for exactly these questions costs. It checks nobody, masks nothing and records nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
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

_IDENTITY = (
    'uscc, name, legal_representative AS "legalRepresentative", address, industry AS "industryCode", '
    'division AS "divisionCode", status, established AS "establishedOn", kind, phone AS "contactPhone"'
)
_LISTED = (
    'uscc, name, legal_representative AS "legalRepresentative", division AS "divisionCode", status, '
    'established AS "establishedOn", phone AS "contactPhone"'
)
_LICENCE = (
    'uscc, kind, certificate_name AS "certificateName", certificate_no AS "certificateNo", {scope}'
    'valid_from AS "validFrom", valid_to AS "validTo", status, authority'
)
_BY_KEY = "WHERE uscc = ANY($1::text[]) ORDER BY uscc"

ENTITIES = f"SELECT {_IDENTITY} FROM register.entity {_BY_KEY}"
PAGE_OF_DIVISION = f"SELECT {_LISTED} FROM register.entity WHERE division = $1 ORDER BY division, uscc LIMIT {PAGE}"
LICENCES = f"SELECT {_LICENCE.format(scope='scope, ')} FROM licences.licence {_BY_KEY}, id"
LISTED_LICENCES = f"SELECT {_LICENCE.format(scope='')} FROM licences.licence {_BY_KEY}, id"
RATINGS = (
    'SELECT uscc, scheme, grade, label, issuer, assessed_on AS "assessedOn", valid_to AS "validTo" '
    f"FROM credit.rating {_BY_KEY}"
)
INCENTIVES = (
    'SELECT uscc, measure_name AS "measureName", scenario, department, granted_on AS "grantedOn", '
    f'valid_to AS "validTo", status FROM incentives.incentive {_BY_KEY}, id'
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
        entity = {
            **entities[0],
            "licences": _stripped(licences),
            "creditStatus": {"ratings": _stripped(ratings)},
            "incentives": _stripped(incentives),
        }
        return _json({"data": {"entity": entity}})

    async def page(self, request: Request) -> Response:
        """W2: the page first, then what hangs below it, at once."""
        entities = await self.register.fetch(PAGE_OF_DIVISION, request.path_params["division"])
        keys = [row[0] for row in entities]
        licences, ratings = await asyncio.gather(
            self.licences.fetch(LISTED_LICENCES, keys), self.credit.fetch(RATINGS, keys)
        )
        held, rated = _grouped(keys, licences), _grouped(keys, ratings)
        edges = [
            {"node": {**row, "licences": held[row[0]], "creditStatus": {"ratings": rated[row[0]]}}} for row in entities
        ]
        return _json({"data": {"entities": {"edges": edges}}})

    async def batch(self, request: Request) -> Response:
        """W3, in the order asked."""
        keys = orjson.loads(await request.body())
        entities, ratings = await asyncio.gather(self.register.fetch(ENTITIES, keys), self.credit.fetch(RATINGS, keys))
        rated = _grouped(keys, ratings)
        found = {row[0]: {**row, "creditStatus": {"ratings": rated[row[0]]}} for row in entities}
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


def _stripped(rows: Iterable[asyncpg.Record]) -> list[Fields]:
    """Rows without their key."""
    found = [dict(row) for row in rows]
    for fields in found:
        del fields["uscc"]
    return found


def _grouped(keys: Iterable[str], rows: Sequence[asyncpg.Record]) -> dict[str, list[Fields]]:
    """Rows by their key, without it."""
    grouped: dict[str, list[Fields]] = {key: [] for key in keys}
    for row in rows:
        fields = dict(row)
        grouped[fields.pop("uscc")].append(fields)
    return grouped


def _json(body: object) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")


if __name__ == "__main__":
    serve(build_app())
