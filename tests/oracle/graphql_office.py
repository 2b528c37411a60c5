"""A department's GraphQL service with any tables, over real HTTP: rows by keys, and lists filtered, ordered and paged.

A cell that nobody can read is an error at its path where nothing depends on it, an object where rows are compared by it.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from aiohttp import web
from graphql import GraphQLError, GraphQLSchema, build_schema, execute_sync, parse, validate

from tests.adapters.graphql_rows import after_position, in_order, passes
from tests.oracle.cells import OBJECT

Row = dict[str, Any]


@dataclass
class GraphqlOffice:
    """The rows of each table, and the columns by which they are compared."""

    rows: Mapping[str, Sequence[Row]]
    compared: Mapping[str, Set[str]]
    port: int = 0
    _runner: web.AppRunner | None = None
    _known: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def text(self) -> str:
        """The schema as the department publishes it."""
        tests = "input Test { EQ: String IN: [String!] PREFIX: String CONTAINS: String GE: String LE: String"
        parts = ["scalar Cell", f"{tests} LT: String IS_NULL: Boolean }}"]
        parts.append("type Page { endCursor: String hasNextPage: Boolean! }")
        queries = []
        for record, rows in self.rows.items():
            cells = " ".join(f"{name}: Cell" for name in rows[0])
            parts += [f"type {record} {{ {cells} }}", f"type {record}Edge {{ node: {record}! }}"]
            parts.append(f"type {record}List {{ edges: [{record}Edge!]! pageInfo: Page! totalCount: Int! }}")
            parts.append(f"input {record}Filter {{ {' '.join(f'{name}: Test' for name in rows[0])} }}")
            parts.append(f"input {record}Position {{ {' '.join(f'{name}: String' for name in rows[0])} }}")
            queries.append(f"by{record}(column: String!, keys: [String!]!): [{record}!]!")
            window = f"order: [String!], position: {record}Position, first: Int, after: String"
            queries.append(f"list{record}(filter: {record}Filter, {window}): {record}List!")
        return "\n".join([*parts, f"type Query {{ {' '.join(queries)} }}"])

    @cached_property
    def schema(self) -> GraphQLSchema:
        """The same, to execute."""
        return build_schema(self.text)

    async def start(self) -> None:
        """Listen."""
        app = web.Application(client_max_size=2**24)
        app.add_routes([web.post("/graphql", self._post)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening and drop all connections."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _post(self, request: web.Request) -> web.Response:
        asked = await request.json()
        text = asked["query"]
        if text not in self._known:
            document = parse(text)
            assert not validate(self.schema, document)
            self._known[text] = document
        variables = asked.get("variables") or {}
        result = execute_sync(
            self.schema, self._known[text], None, variable_values=variables, field_resolver=self._resolve
        )
        return web.json_response(result.formatted)

    def _resolve(self, source: Any, at: Any, **given: Any) -> Any:
        name = at.field_name
        if at.parent_type.name != "Query":
            value = source[name]
            if value == OBJECT and name not in self.compared[at.parent_type.name]:
                raise GraphQLError("cannot be shown", extensions={"code": "INTERNAL_SERVER_ERROR"})
            return value
        if name.startswith("by"):
            return [row for row in self.rows[name.removeprefix("by")] if row[given["column"]] in given["keys"]]
        return self._list(name.removeprefix("list"), given)

    def _list(self, record: str, given: Mapping[str, Any]) -> dict[str, Any]:
        wanted = {name: _folded(tests) for name, tests in (given.get("filter") or {}).items()}
        readable = (row for row in self.rows[record] if not any(row[name] == OBJECT for name in wanted))
        rows = [row for row in readable if passes(row, wanted)]
        order = [(name.removeprefix("-"), name.startswith("-")) for name in given.get("order") or ()]
        shown = {row["row"]: row for row in rows}
        sortable = [{"id": row["row"], **_sortable(row)} for row in rows]
        found = in_order(sortable, order)
        if given.get("position") is not None:
            found = after_position(found, order, {**given["position"], "id": given["position"]["row"]})
        start = int((given.get("after") or "c0").removeprefix("c"))
        end = start + (given.get("first") or 10_000)
        return {
            "edges": [{"node": shown[row["id"]]} for row in found[start:end]],
            "pageInfo": {"endCursor": f"c{end}", "hasNextPage": end < len(found)},
            "totalCount": len(found),
        }


def _folded(tests: Mapping[str, Any]) -> dict[str, Any]:
    return {op.lower(): value for op, value in tests.items()}


def _sortable(row: Row) -> Row:
    return {name: None if value == OBJECT else value for name, value in row.items()}
