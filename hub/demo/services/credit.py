"""The public credit platform: GraphQL over HTTP on graphql-core, as its schema beside this file says.

Answers from rows it is given, sorted by their identifier, and knows nothing of the hub. Connections are cut to what
is asked for; cursors are positions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from aiohttp import web
from graphql import DocumentNode, GraphQLError, GraphQLSchema, build_schema, execute_sync, parse, validate

from hub.demo.departments.credit import API_KEY_HEADER, ENDPOINT
from hub.demo.services.rows import Row, Rows, asked_of, equal, guarded, json_answer, nested

SDL = Path(__file__).with_name("credit.graphql")
_MOST = 200
_BELOW = ("ratings", "honours", "commitments")
Connection = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Platform:
    """The fields of Query, on the platform's tables."""

    subjects_by_code: Mapping[str, Mapping[str, Rows]]
    listed: Sequence[Row]

    def subjects(self, _info: Any, **given: Any) -> Connection:
        """Subjects of the asked codes, in the order of their codes."""
        codes = sorted(self.subjects_by_code.keys() & set(given["filter"]["credit_code"]["in"]))
        return _connected([self._subject(code) for code in codes], given["first"], given.get("after"))

    def list_entries(self, _info: Any, **given: Any) -> Connection:
        """Entries that satisfy the filter."""
        found = [nested(row) for row in self.listed if _satisfies(row, given.get("filter") or {})]
        return _connected(found, given["first"], given.get("after"))

    def _subject(self, code: str) -> dict[str, Any]:
        tables = self.subjects_by_code[code]
        overview = next((nested(row) for row in tables.get("overview", ())), None)
        below = {name: _below(tables.get(name, ())) for name in _BELOW}
        return {"credit_code": code, "overview": overview, **below}


def build_service(tables: Mapping[str, Rows], key: str) -> web.Application:
    """The application; nothing without the key."""
    refusal = {"data": None, "errors": [{"message": "unknown key", "extensions": {"code": "UNAUTHENTICATED"}}]}
    guard = guarded(lambda request: equal(request.headers.get(API_KEY_HEADER, ""), key), refusal)
    service = web.Application(middlewares=[guard], client_max_size=2**20)
    platform = Platform(_by_code(tables), tables["list_entries"])

    async def answer(request: web.Request) -> web.Response:
        asked = asked_of(await request.read())
        document, faults = _read(str(asked.get("query", "")))
        if document is None:
            return json_answer({"errors": faults}, 400)
        result = execute_sync(
            _schema(),
            document,
            platform,
            variable_values=asked.get("variables"),
            operation_name=asked.get("operationName"),
        )
        return json_answer(result.formatted)

    service.router.add_post(ENDPOINT, answer)
    return service


def _by_code(tables: Mapping[str, Rows]) -> dict[str, dict[str, list[Row]]]:
    found: dict[str, dict[str, list[Row]]] = {}
    for name in ("overview", *_BELOW):
        for row in tables[name]:
            found.setdefault(row["credit_code"], {}).setdefault(name, []).append(row)
    return found


def _below(rows: Rows) -> Callable[..., Connection]:
    return lambda _info, **given: _connected([nested(row) for row in rows], given["first"], None)


def _connected(nodes: Sequence[Any], first: int, after: str | None) -> Connection:
    start = int(after) if after else 0
    page = nodes[start : start + min(first, _MOST)]
    end = start + len(page)
    return {
        "edges": [{"cursor": str(start + place), "node": node} for place, node in enumerate(page, 1)],
        "page_info": {"end_cursor": str(end) if page else None, "has_next_page": end < len(nodes)},
        "total_count": len(nodes),
    }


def _satisfies(row: Row, wanted: Mapping[str, Any]) -> bool:
    in_force = wanted.get("in_force")
    return (
        ("credit_code" not in wanted or row["subject.credit_code"] in wanted["credit_code"]["in"])
        and ("list_type" not in wanted or row["list_type"] in wanted["list_type"]["in"])
        and (in_force is None or (row["period.left_on"] is None) is in_force)
    )


@lru_cache(maxsize=256)
def _read(text: str) -> tuple[DocumentNode | None, list[dict[str, Any]]]:
    try:
        document = parse(text, max_tokens=2000)
    except GraphQLError as fault:
        return None, [dict(fault.formatted)]
    faults = [dict(fault.formatted) for fault in validate(_schema(), document)]
    return (None, faults) if faults else (document, [])


@lru_cache(maxsize=1)
def _schema() -> GraphQLSchema:
    return build_schema(SDL.read_text(encoding="utf-8"))
