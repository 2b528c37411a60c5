"""The shared rows as a department would offer them over SOAP, and the options that read them, style by style."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from pydantic import SecretStr

from adapters.base import Adapter
from adapters.soap import open_source
from adapters.soap_options import SoapOptions
from schema.catalogue import Catalogue
from tests.adapters.soap_rows import Row
from tests.adapters.soap_source import API_KEY, PASSWORD, USER, WSDL, Service
from tests.conformance.records import KEYS, MAPPINGS, ROWS
from tests.conformance.subject import PATIENCE

Opener = Callable[..., Awaitable[tuple[Adapter, Service]]]

NESTED: Mapping[str, str] = {"fddbr": "ry.fddbr", "zczb": "zb.0", "yxqz": "xk.yxqz", "fk": "cf.fk", "gxsj": "meta.gxsj"}
"""Columns that this department nests, or of which it may send several."""

PAGED = {"parameter": "ym", "size_parameter": "ts", "size": 25, "total": "return.total", "most": 100}
OFFSET = {"parameter": "wy", "counts": "rows", "size_parameter": "ts", "size": 35, "most": 100}
SIZED = {**PAGED, "size": 70}

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
REPEATED = {"fields_parameter": "zd"}
JOINED = {"fields_parameter": "zds", "fields_separator": "|"}
STYLES: Mapping[str, Mapping[str, Any]] = {
    "batch": {"way": {"place": "tj.dm", "size": 500}, **REPEATED},
    "joined": {
        "way": {"place": "dms", "separator": ",", "size": 40},
        "port": "Register12",
        "page": PAGED,
        "wants": "basic",
        "nil": True,
        **JOINED,
    },
    "signed": {"way": {"place": "tj.dm", "size": 20}, "page": OFFSET, "wants": "digest", **REPEATED},
    "single": {"way": {"place": "dgdm"}, "page": PAGED, "wants": "text", "port": "Register12", **JOINED},
    "bare": {"way": {"place": "dgdm", "echoes_key": False}, "wants": "key", "nil": True, **REPEATED},
}
"""By name: how keys and columns are asked for, pages, credentials, version of SOAP, how an absent value is written."""


def tables() -> dict[str, list[Row]]:
    """Rows by record; nested columns by their path."""
    return {
        record: [{_path(column): value for column, value in row.items()} for row in ROWS[record]] for record in ROWS
    }


def service(style: str) -> Service:
    """A service that is to be asked in a style; not yet started."""
    chosen = STYLES[style]
    return Service(tables(), wants=chosen.get("wants", "none"), nil=chosen.get("nil", False))


def options(asked: Service, style: str = "batch", **more: Any) -> SoapOptions:
    """Options that ask a started service in a style."""
    given = {
        "name": "register",
        "kind": "soap",
        "department": "market",
        "wsdl": WSDL,
        "base_url": f"{asked.url}/ws",
        **_credentials(asked.wants),
        "success": {"path": "return.resultCode", "equals": ["0000"]},
        "record": [record(mapping, style) for mapping in MAPPINGS],
    }
    return SoapOptions.model_validate({**PATIENCE, **given, **more})


@asynccontextmanager
async def opener(catalogue: Catalogue, **always: Any) -> AsyncIterator[Opener]:
    """Opens sources, each on a service of its own; all are closed in the end."""
    async with AsyncExitStack() as closing:

        async def open_one(style: str = "batch", **more: Any) -> tuple[Adapter, Service]:
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
    ways = [
        {"key": key, "operation": f"query{name}", "constants": {"lm": column_of(mapping, key)}, **chosen["way"]}
        for key in KEYS[name]
    ]
    found = {
        **mapping,
        "columns": {field: _nested(column) for field, column in mapping["columns"].items()},
        "single" if chosen["way"]["place"] == "dgdm" else "batch": ways,
        "path": "/register",
        "rows": "return.resultList.item",
        "search": _search(mapping) if name in PARAMETERS else None,
        **({"as_of": _nested(mapping["as_of"])} if "as_of" in mapping else {}),
        **{key: chosen[key] for key in ("port", "page", "fields_parameter", "fields_separator") if key in chosen},
    }
    return {**found, **more}


def column_of(mapping: Mapping[str, Any], field: str) -> str:
    """The source's column of a field or key."""
    found = mapping.get("keys", {}).get(field) or mapping["columns"][field]
    return _path(found["column"] if isinstance(found, dict) else found)


def _search(mapping: Mapping[str, Any]) -> dict[str, Any]:
    name = mapping["record"]
    columns = {test: column_of(mapping, test.partition(":")[0]) for test in PARAMETERS[name]}
    orders = {field: column_of(mapping, field) for field in ORDERS.get(name, ())}
    found: dict[str, Any] = {
        "operation": f"search{name}",
        "parameters": {
            test: f"{column.replace('.', '_')}__{test.partition(':')[2]}" for test, column in columns.items()
        },
    }
    if not orders:
        return {**found, "first": "limit", "most": 10_000}
    after = {"$local": f"after__{mapping['local']}", **{field: f"after__{column}" for field, column in orders.items()}}
    return {**found, "page": SIZED, "order_parameter": "sort", "orders": orders, "after": after}


def _credentials(wants: str) -> dict[str, Any]:
    named = {"user": USER, "password": SecretStr(PASSWORD)}
    ways = {
        "key": {"auth": {"way": "key", "header": "X-Api-Key", "key": SecretStr(API_KEY)}},
        "basic": {"auth": {"way": "basic", **named}},
        "text": {"username_token": named},
        "digest": {"username_token": {"digest": True, **named}},
    }
    return ways.get(wants, {})


def _path(column: str) -> str:
    return NESTED.get(column, column)


def _nested(column: Any) -> Any:
    if isinstance(column, str):
        return _path(column)
    return {**column, "column": _path(column["column"])} if "column" in column else column
