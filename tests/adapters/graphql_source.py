"""A department's GraphQL service over real HTTP, on graphql-core: counters, and switches to fail.

Rows are the department's own, by the path of each field; its schema stands in `credit_office.graphql`. How it is
asked, and what its rows mean, is the mapping's business.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from tests.adapters.graphql_rows import after_position, in_order, passes

API_KEY = "k-2d90e7a4"
SECRET = "系统异常: select * from t_qy where code = 91330101MA9X00001X"
Row = dict[str, Any]


class Fault(Enum):
    """How the service fails, whatever it is asked."""

    SLOW = auto()
    ERROR = auto()
    BUSY = auto()
    DENIED = auto()
    REFUSED = auto()
    REDIRECT = auto()
    HTML = auto()
    PLAIN = auto()
    NOT_JSON = auto()
    HUGE = auto()
    HANG_UP = auto()
    NOT_AN_OBJECT = auto()
    NO_DATA = auto()
    NULL_DATA = auto()
    NULL_ROOT = auto()
    NUMBERS = auto()
    ODD_ERRORS = auto()
    UNPLACED = auto()
    MISPLACED = auto()
    UNAUTHENTICATED = auto()
    LATE = auto()
    UNKNOWN = auto()
    SAME_CURSOR = auto()
    NO_CURSOR = auto()
    UNORDERED = auto()
    DEAF = auto()


@dataclass(frozen=True, slots=True)
class Seen:
    """One operation as it came in."""

    text: str
    name: str | None
    variables: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass
class Service:
    """The rows of each type, how it fails, and what it was asked.

    broken: field → what its error says in `extensions.code`, for all rows or those that hold the value `broken_at` ·
    bearers: tokens it takes, if it asks for one · stray: sends rows that nobody asked for.
    """

    rows: Mapping[str, Sequence[Row]]
    camel: bool = False
    wants_key: bool = False
    fault: Fault | None = None
    times: int = -1
    broken: dict[str, str | None] = field(default_factory=dict)
    broken_at: str | None = None
    bearers: Sequence[str] | None = None
    revoked: set[str] = field(default_factory=set)
    stray: bool = False
    seen: list[Seen] = field(default_factory=list)
    port: int = 0
    busiest: int = 0
    _now: int = 0
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def fail(self, fault: Fault | None, times: int = -1) -> None:
        """Fail like this from now on, or so many times."""
        self.fault, self.times = fault, times

    async def start(self) -> None:
        """Listen; after a stop, on the same port."""
        app = web.Application(client_max_size=2**24)
        app.add_routes([web.post("/graphql", self._post)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening and drop all connections."""
        if self._runner is not None:
            await self._runner.cleanup()

    def take(self, *faults: Fault) -> bool:
        """True if it is to fail in one of these ways now."""
        if self.fault not in faults or self.times == 0:
            return False
        self.times -= 1
        return True

    async def _post(self, request: web.Request) -> web.StreamResponse:
        self._now += 1
        self.busiest = max(self.busiest, self._now)
        try:
            if self.wants_key and request.headers.get("X-Api-Key") != API_KEY:
                return web.json_response({"errors": [_error("UNAUTHENTICATED")]}, status=401)
            if self.bearers is not None and not self._may(request):
                return web.json_response({"data": None, "errors": [_error("UNAUTHENTICATED")]})
            return await self._failing(request) or self._answer(request, await request.json())
        finally:
            self._now -= 1

    def _may(self, request: web.Request) -> bool:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return token in (self.bearers or ()) and token not in self.revoked

    async def _failing(self, request: web.Request) -> web.StreamResponse | None:
        if self.take(Fault.SLOW):
            await asyncio.sleep(5)
        if self.take(Fault.HANG_UP) and request.transport is not None:
            request.transport.abort()
        if self.take(Fault.REDIRECT):
            return web.Response(status=302, headers={"Location": f"{self.url}/elsewhere"})
        refusals = {Fault.ERROR: 500, Fault.BUSY: 429, Fault.DENIED: 401}
        for fault, status in refusals.items():
            if self.take(fault):
                return web.Response(status=status, text=SECRET, headers={"Retry-After": "0"})
        if self.take(Fault.REFUSED):
            return web.json_response({"errors": [_error("GRAPHQL_VALIDATION_FAILED")]}, status=400)
        for fault, text, kind in _BODIES:
            if self.take(fault):
                return web.Response(text=text, content_type=kind)
        return None

    def _answer(self, request: web.Request, asked: Mapping[str, Any]) -> web.Response:
        variables = asked.get("variables", {})
        self.seen.append(Seen(asked["query"], asked.get("operationName"), variables, dict(request.headers)))
        document, faults = _checked(asked["query"], self.camel)
        if faults:
            return web.json_response({"errors": [{"message": fault} for fault in faults]}, status=400)
        result = execute_sync(
            office_schema(self.camel),
            document,
            _Root(self),
            variable_values=variables,
            operation_name=asked.get("operationName"),
            field_resolver=self._resolve,
        )
        return web.Response(text=_dumps(self._garbled(dict(result.formatted))), content_type="application/json")

    def _garbled(self, answer: dict[str, Any]) -> dict[str, Any]:
        root = next(iter(answer.get("data") or {"": None}))
        if self.take(Fault.NULL_ROOT):
            return {"data": {root: None}}
        if self.take(Fault.NUMBERS):
            return {"data": {root: [1, 2]}}
        if self.take(Fault.UNPLACED):
            return {**answer, "errors": [_error("FORBIDDEN")]}
        if self.take(Fault.MISPLACED):
            return {**answer, "errors": [{**_error("FORBIDDEN"), "path": [root, 99_999, "x"]}]}
        return answer

    def _resolve(self, source: Any, info: Any, **given: Any) -> Any:
        name = snake(info.field_name)
        concerned = self.broken_at is None or self.broken_at in (source if isinstance(source, dict) else {}).values()
        if name in self.broken and concerned:
            code = self.broken[name]
            raise GraphQLError(SECRET, extensions={"code": code} if code else {})
        if isinstance(source, dict):
            return _below(source, name)
        found = getattr(source, name)
        return found(info, **{snake(key): value for key, value in given.items()}) if callable(found) else found


class _Root:
    """The fields of Query and those that take arguments, as attributes by their name."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def __getattr__(self, name: str) -> Callable[..., Any]:
        kind = _KINDS[name.removesuffix("_list")]
        if name.endswith("_list"):
            return lambda info, **given: self._connection(kind, given)
        plural = name in _PLURALS
        return lambda info, **given: self._matching(kind, given, plural=plural)

    def nodes(self, info: Any, ids: Sequence[str]) -> list[Row | None]:
        """Rows in the order of their identifiers, null where there is none."""
        held = {row["id"]: {**row, "__typename": kind} for kind, rows in self._service.rows.items() for row in rows}
        return [held.get(one) for one in ids]

    def registry(self, info: Any) -> "_Root":
        """The same fields, one level down."""
        return self

    def holders(self, info: Any, codes: Sequence[str], scheme: str | None = None) -> list["_Holder | None"]:
        """One object a code, null where nothing is known of it."""
        known = {
            row.get("holder_code") or row.get("credit_code") for rows in self._service.rows.values() for row in rows
        }
        return [_Holder(self._service, code) if code in known else None for code in codes]

    def _matching(self, kind: str, given: Mapping[str, Any], *, plural: bool) -> list[Row]:
        wanted = {name.removesuffix("s") if plural else name: value for name, value in given.items()}
        held = self._service.rows[kind]
        return [
            row
            for row in held
            if self._service.stray or all(row[n] in v if plural else row[n] == v for n, v in wanted.items())
        ]

    def _connection(self, kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
        asked = {snake(name): _snaked(value) for name, value in given.items()}
        wanted = {} if self._service.stray else asked.get("filter", {})
        rows = [row for row in self._service.rows[kind] if passes(row, wanted)]
        order = [
            (name.removesuffix("_ASC").removesuffix("_DESC").lower(), name.endswith("_DESC"))
            for name in asked.get("order", ())
        ]
        found = in_order(rows, order)
        if "position" in asked and not self._service.take(Fault.DEAF):
            found = after_position(found, order, asked["position"])
        return connection(self._service, found[::-1] if self._service.take(Fault.UNORDERED) else found, asked)


class _Holder:
    """What is known under one code."""

    def __init__(self, service: Service, code: str) -> None:
        self._service = service
        self.code = code

    def registrations(self, info: Any) -> list[Row]:
        """Its entries in the register."""
        return [row for row in self._service.rows["Company"] if row["credit_code"] == self.code]

    def permits(self, info: Any, first: int | None = None) -> dict[str, Any]:
        """Its permits, the first ones."""
        return connection(self._service, self._own("Permit"), {"first": first} if first else {})

    def sanctions(self, info: Any) -> list[Row]:
        """Its sanctions."""
        return self._own("Sanction")

    def rewards(self, info: Any) -> list[Row]:
        """Its rewards."""
        return self._own("Reward")

    def _own(self, kind: str) -> list[Row]:
        return [row for row in self._service.rows[kind] if row["holder_code"] == self.code]


_KINDS = {
    **dict.fromkeys(("companies", "company"), "Company"),
    **dict.fromkeys(("permits", "permit"), "Permit"),
    **dict.fromkeys(("sanctions", "sanction"), "Sanction"),
    **dict.fromkeys(("rewards", "reward"), "Reward"),
}
_PLURALS = ("companies", "permits", "sanctions", "rewards")


def _error(code: str | None) -> dict[str, Any]:
    return {"message": SECRET, "extensions": {"code": code, "stacktrace": [SECRET]}}


_JSON = "application/json"
_BODIES = [
    (Fault.HTML, "<html>登录</html>", "text/html"),
    (Fault.PLAIN, '{"data": {"companies": []}}', "text/plain"),
    (Fault.NOT_JSON, '{"data": {"companies": [', _JSON),
    (Fault.HUGE, '{"data": {"pad": "' + "x" * 3_000_000 + '"}}', _JSON),
    (Fault.NOT_AN_OBJECT, "[]", _JSON),
    (Fault.NO_DATA, "{}", _JSON),
    (Fault.NULL_DATA, '{"data": null}', _JSON),
    (Fault.ODD_ERRORS, '{"errors": ["x"]}', _JSON),
    (Fault.UNAUTHENTICATED, json.dumps({"data": None, "errors": [_error("UNAUTHENTICATED")]}), _JSON),
    (Fault.LATE, json.dumps({"data": None, "errors": [_error("QUERY_TIMED_OUT")]}), _JSON),
    (Fault.UNKNOWN, json.dumps({"errors": [_error(SECRET)]}), _JSON),
]


def connection(service: Service, rows: Sequence[Row], given: Mapping[str, Any]) -> dict[str, Any]:
    """A page of rows, with the cursor of the next."""
    start = int(given.get("after", "c0").removeprefix("c"))
    end = start + given.get("first", 10_000)
    more = end < len(rows)
    cursor: str | None = "c1" if service.take(Fault.SAME_CURSOR) else f"c{min(end, len(rows))}"
    return {
        "edges": [{"node": row} for row in rows[start:end]],
        "page_info": {"end_cursor": None if service.take(Fault.NO_CURSOR) else cursor, "has_next_page": more},
        "total_count": len(rows),
    }


@cache
def office_text(camel: bool) -> str:
    """The schema as the department publishes it, in either spelling."""
    text = Path(__file__).with_name("credit_office.graphql").read_text(encoding="utf-8")
    return camelled(text) if camel else text


@cache
def office_schema(camel: bool) -> GraphQLSchema:
    """The same, to execute."""
    return build_schema(office_text(camel))


def camelled(text: str) -> str:
    """Names in camel case."""
    return re.sub(r"(?<=[a-z])_([a-z])", lambda found: found[1].upper(), text)


def snake(name: str) -> str:
    """A name in snake case."""
    return re.sub(r"(?<=[a-z])([A-Z])", lambda found: f"_{found[1].lower()}", name)


def _snaked(value: Any) -> Any:
    return {snake(name): _snaked(inner) for name, inner in value.items()} if isinstance(value, dict) else value


@cache
def _checked(text: str, camel: bool) -> tuple[DocumentNode, list[str]]:
    document = parse(text)
    return document, [error.message for error in validate(office_schema(camel), document)]


def _below(source: Row, name: str) -> Any:
    """A field of a row: its own value, or an object of those whose path goes through it."""
    if name in source:
        return source[name]
    inner = {path.removeprefix(f"{name}."): value for path, value in source.items() if path.startswith(f"{name}.")}
    if "0" in inner:
        return [inner["0"]]
    lists = [value for value in inner.values() if isinstance(value, list)]
    if lists:
        return [dict.fromkeys(inner, each) for each in lists[0]]
    return None if list(inner.values()) == [None] else inner


def _dumps(answer: Any) -> str:
    # An amount is written as a number with all its digits, which a float would not keep.
    text = json.dumps(answer, ensure_ascii=False, default=lambda amount: f"<<{amount}>>")
    return re.sub(r'"<<([^>]*)>>"', r"\1", text)
