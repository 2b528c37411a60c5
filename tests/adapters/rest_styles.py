"""The shared rows as a department would offer them over HTTP, and the options that read them, style by style."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from typing import Any

from pydantic import SecretStr

from adapters.base import Adapter
from adapters.rest import open_source
from adapters.rest_options import RestOptions
from schema.catalogue import Catalogue
from tests.adapters.rest_source import API_KEY, CLIENT, Row, Service
from tests.conformance.records import KEYS, MAPPINGS, ROWS
from tests.conformance.subject import PATIENCE

Opener = Callable[..., Awaitable[tuple[Adapter, Service]]]

NESTED: Mapping[str, str] = {"fddbr": "ry.fddbr", "zczb": "zb.0", "yxqz": "xk.yxqz", "fk": "cf.fk", "gxsj": "meta.gxsj"}
"""Columns that this department nests."""

PAGED = {"parameter": "page", "size_parameter": "size", "size": 25, "total": "data.total", "most": 100}
CURSOR = {"parameter": "cursor", "size_parameter": "size", "size": 30, "next": "data.next", "most": 100}
OFFSET = {"parameter": "offset", "counts": "rows", "size_parameter": "size", "size": 35, "most": 100}
SIZED = {"parameter": "page", "size_parameter": "size", "size": 70, "total": "data.total", "most": 100}

PARAMETERS: Mapping[str, Sequence[str]] = {
    "Entity": (
        *("uscc:EQ", "uscc:IN", "name:EQ", "name:CONTAINS", "name:PREFIX", "name:GE", "name:LT"),
        *("divisionCode:EQ", "divisionCode:IN", "divisionCode:PREFIX", "divisionCode:IS_NULL"),
    ),
    "Licence": (
        *("uscc:EQ", "status:EQ", "kind:EQ", "longTerm:EQ", "certificateNo:EQ", "validTo:IS_NULL"),
        *("decidedOn:GE", "decidedOn:LE", "decidedOn:LT", "decidedOn:IS_NULL"),
    ),
    "Incentive": ("minutesSaved:GE",),
}
ORDERS: Mapping[str, Sequence[str]] = {
    "Entity": ("name", "divisionCode", "regNo15"),
    "Licence": ("decidedOn", "certificateNo"),
}
STYLES: Mapping[str, Mapping[str, Any]] = {
    "post": {"way": {"method": "POST", "body_keys": "tj.dm", "size": 500}},
    "get": {"way": {"method": "GET", "query_keys": "dm", "size": 40}, "page": PAGED, "wants": "key"},
    "comma": {"way": {"method": "GET", "query_keys": "dm", "join": "comma", "size": 500}, "page": OFFSET},
    "cursor": {"way": {"body_keys": "tj.dm", "size": 20}, "page": CURSOR, "wants": "token", "omits": True},
    "single": {"way": {}, "page": PAGED, "wants": "token"},
    "bare": {"way": {"echoes_key": False}},
}
"""By name: how keys are asked for (one by one without a place for them), pages, credentials, absent fields."""


def tables() -> dict[str, list[Row]]:
    """Rows by record: texts, numbers and truths as JSON has them, nested columns by their path."""
    return {record: [_as_json(row) for row in rows] for record, rows in ROWS.items()}


def service(style: str) -> Service:
    """A service that is to be asked in a style; not yet started."""
    chosen = STYLES[style]
    return Service(tables(), wants=chosen.get("wants", "none"), omits=chosen.get("omits", False))


def options(asked: Service, style: str = "post", **more: Any) -> RestOptions:
    """Options that ask a started service in a style."""
    given = {
        "name": "register",
        "kind": "rest",
        "department": "market",
        "base_url": asked.url,
        "auth": _auth(asked),
        "health": "/health",
        "omits_nulls": asked.omits,
        "success": {"path": "code", "equals": ["0"]},
        "record": [record(mapping, style) for mapping in MAPPINGS],
    }
    return RestOptions.model_validate({**PATIENCE, **given, **more})


@asynccontextmanager
async def opener(catalogue: Catalogue, **always: Any) -> AsyncIterator[Opener]:
    """Opens sources, each on a service of its own; all are closed in the end."""
    async with AsyncExitStack() as closing:

        async def open_one(style: str = "post", **more: Any) -> tuple[Adapter, Service]:
            asked = service(style)
            await asked.start()
            closing.push_async_callback(asked.stop)
            adapter = open_source(options(asked, style, **always, **more), catalogue)
            closing.push_async_callback(adapter.aclose)
            return adapter, asked

        yield open_one


def record(mapping: Mapping[str, Any], style: str, **more: Any) -> dict[str, Any]:
    """Options of one record in a style."""
    chosen = STYLES[style]
    name = mapping["record"]
    place = "keys" if {"body_keys", "query_keys"} & chosen["way"].keys() else "one"
    tail = "/{key}" if place == "one" else ""
    ways = [
        {"key": key, "path": f"/{place}/{name}/{column_of(mapping, key)}{tail}", **chosen["way"]} for key in KEYS[name]
    ]
    found = {
        **mapping,
        "columns": {field: _nested(column) for field, column in mapping["columns"].items()},
        "batch" if place == "keys" else "single": ways,
        "rows": "data.items",
        "fields_parameter": "zd",
        "search": _search(mapping, chosen) if name in PARAMETERS else None,
        **({"page": chosen["page"]} if "page" in chosen else {}),
        **({"as_of": _nested(mapping["as_of"])} if "as_of" in mapping else {}),
    }
    return {**found, **more}


def column_of(mapping: Mapping[str, Any], field: str) -> str:
    """The source's column of a field or key."""
    found = mapping.get("keys", {}).get(field) or mapping["columns"][field]
    column = found["column"] if isinstance(found, dict) else found
    return NESTED.get(column, column)


def _search(mapping: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    name = mapping["record"]
    columns = {test: column_of(mapping, test.partition(":")[0]) for test in PARAMETERS[name]}
    orders = {field: column_of(mapping, field) for field in ORDERS.get(name, ())}
    found = {
        "path": f"/search/{name}",
        "method": chosen["way"].get("method", "GET"),
        "parameters": {test: f"{_flat(column)}__{test.partition(':')[2]}" for test, column in columns.items()},
        "page": SIZED,
    }
    if orders:
        after = {field: f"after__{_flat(column)}" for field, column in orders.items()}
        found |= {"order_parameter": "sort", "orders": orders, "after": {"$local": "after__id", **after}}
    else:
        found |= {"page": None, "first": "limit", "most": 10_000}
    return found


def _flat(column: str) -> str:
    # In a body the dots of a parameter nest.
    return column.replace(".", "/")


def _auth(asked: Service) -> dict[str, Any]:
    if asked.wants == "key":
        return {"way": "key", "header": "X-Api-Key", "key": SecretStr(API_KEY)}
    if asked.wants == "token":
        client, secret = CLIENT
        given = {"client_id": client, "client_secret": SecretStr(secret), "scope": "read"}
        return {"way": "client_credentials", "token_url": f"{asked.url}/token", **given}
    return {"way": "none"}


def _nested(column: Any) -> Any:
    if isinstance(column, str):
        return NESTED.get(column, column)
    return {**column, "column": NESTED.get(column["column"], column["column"])} if "column" in column else column


def _as_json(row: Row) -> Row:
    texts = {column: value.isoformat() if isinstance(value, date) else value for column, value in row.items()}
    return {NESTED.get(column, column): value for column, value in texts.items()}
