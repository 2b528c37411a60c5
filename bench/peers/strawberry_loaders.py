"""Strawberry as its manual has it: types with resolvers, a DataLoader for each relation, asyncpg below.

The same questions under the same names, and nothing else of the hub's schema.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, NewType, TypeVar

import asyncpg
import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info
from strawberry.types.scalar import ScalarDefinition

from bench.peers.serving import DATABASE, POOL, serve

USCC = NewType("USCC", str)
Record = TypeVar("Record")

_BY_KEY = "WHERE uscc = ANY($1::text[]) ORDER BY uscc"
_IDENTITY = (
    "uscc, name, legal_representative, address, industry AS industry_code, division AS division_code, status, "
    "established AS established_on, kind, phone AS contact_phone"
)
ENTITIES = f"SELECT {_IDENTITY} FROM register.entity {_BY_KEY}"
PAGE = f"SELECT {_IDENTITY} FROM register.entity WHERE division = $1 ORDER BY division, uscc LIMIT $2"
LICENCES = (
    "SELECT uscc, kind, certificate_name, certificate_no, scope, valid_from, valid_to, status, authority "
    f"FROM licences.licence {_BY_KEY}, id"
)
RATINGS = f"SELECT uscc, scheme, grade, label, issuer, assessed_on, valid_to FROM credit.rating {_BY_KEY}"
INCENTIVES = (
    "SELECT uscc, measure_name, scenario, department, granted_on, valid_to, status "
    f"FROM incentives.incentive {_BY_KEY}, id"
)


@strawberry.type
class Licence:
    kind: str | None
    certificate_name: str | None
    certificate_no: str | None
    scope: str | None
    valid_from: date | None
    valid_to: date | None
    status: str | None
    authority: str | None


@strawberry.type
class CreditRating:
    scheme: str | None
    grade: str | None
    label: str | None
    issuer: str | None
    assessed_on: date | None
    valid_to: date | None


@strawberry.type
class Incentive:
    measure_name: str | None
    scenario: str | None
    department: str | None
    granted_on: date | None
    valid_to: date | None
    status: str | None


@strawberry.type
class CreditStatus:
    ratings: list[CreditRating]


@dataclass(frozen=True, slots=True)
class Pools:
    """A pool for each source."""

    register: asyncpg.Pool
    licences: asyncpg.Pool
    credit: asyncpg.Pool
    incentives: asyncpg.Pool


class Context:
    """What one request shares: pools, and loaders that live as long as it does."""

    def __init__(self, pools: Pools) -> None:
        self.pools = pools
        self.licences = _loader(pools.licences, LICENCES, Licence)
        self.ratings = _loader(pools.credit, RATINGS, CreditRating)
        self.incentives = _loader(pools.incentives, INCENTIVES, Incentive)


Asked = Info[Context, None]


@strawberry.type
class Entity:
    uscc: USCC
    name: str | None
    legal_representative: str | None
    address: str | None
    industry_code: str | None
    division_code: str | None
    status: str | None
    established_on: date | None
    kind: str | None
    contact_phone: str | None

    @strawberry.field
    async def licences(self, info: Asked) -> list[Licence]:
        return await info.context.licences.load(self.uscc)

    @strawberry.field
    async def credit_status(self, info: Asked) -> CreditStatus:
        return CreditStatus(ratings=await info.context.ratings.load(self.uscc))

    @strawberry.field
    async def incentives(self, info: Asked) -> list[Incentive]:
        return await info.context.incentives.load(self.uscc)


@strawberry.type
class EntityEdge:
    node: Entity


@strawberry.type
class EntityConnection:
    edges: list[EntityEdge]


@strawberry.input
class EntityFilter:
    division_code: str | None = None


@strawberry.type
class Query:
    @strawberry.field
    async def entity(self, info: Asked, uscc: USCC | None = None) -> Entity | None:
        rows = await info.context.pools.register.fetch(ENTITIES, [uscc])
        return Entity(**rows[0]) if rows else None

    @strawberry.field
    async def entities(self, info: Asked, filter: EntityFilter, first: int = 20) -> EntityConnection:  # noqa: A002 - its name in the schema
        rows = await info.context.pools.register.fetch(PAGE, filter.division_code, first)
        return EntityConnection(edges=[EntityEdge(node=Entity(**row)) for row in rows])

    @strawberry.field
    async def entities_by_uscc(self, info: Asked, usccs: list[USCC]) -> list[Entity | None]:
        rows = await info.context.pools.register.fetch(ENTITIES, usccs)
        found = {row["uscc"]: Entity(**row) for row in rows}
        return [found.get(key) for key in usccs]


class Endpoint(GraphQL[Context, None]):
    """The endpoint; its pools open when the application starts."""

    pools: Pools

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:  # noqa: ARG002 - the signature is the library's
        """A context of its own for every request."""
        return Context(self.pools)

    @asynccontextmanager
    async def opened(self, _app: Starlette) -> AsyncIterator[None]:
        """Open the pools, and close them in the end."""
        async with AsyncExitStack() as stack:
            opening = [asyncpg.create_pool(DATABASE, min_size=POOL, max_size=POOL, reset=_keep) for _ in range(4)]
            self.pools = Pools(*[await stack.enter_async_context(pool) for pool in opening])
            yield


def build_app() -> Starlette:
    """The application."""
    scalars: dict[object, ScalarDefinition] = {USCC: strawberry.scalar(name="USCC", serialize=str, parse_value=str)}
    schema = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=scalars))
    endpoint = Endpoint(schema, graphql_ide=None)
    return Starlette(routes=[Route("/graphql", endpoint)], lifespan=endpoint.opened)


async def _keep(_session: object) -> None:
    """What is done to a session that goes back into its pool: nothing."""


def _loader(pool: asyncpg.Pool, statement: str, made: type[Record]) -> DataLoader[str, list[Record]]:
    return DataLoader(partial(_load, pool, statement, made))


async def _load(pool: asyncpg.Pool, statement: str, made: type[Record], keys: list[str]) -> list[list[Record]]:
    """Records of each key, in the order of the keys."""
    grouped: dict[str, list[Record]] = {key: [] for key in keys}
    for row in await pool.fetch(statement, keys):
        fields: dict[str, Any] = dict(row.items())
        grouped[fields.pop("uscc")].append(made(**fields))
    return [grouped[key] for key in keys]


if __name__ == "__main__":
    serve(build_app())
