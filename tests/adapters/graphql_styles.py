"""The shared rows as a foreign GraphQL service has them, and the options that read them, style by style."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from functools import cache
from typing import Any

from pydantic import SecretStr

from adapters.base import Adapter
from adapters.graphql import open_source
from adapters.graphql_options import GraphqlOptions
from schema.catalogue import Catalogue
from tests.adapters.graphql_source import API_KEY, Row, Service, camelled
from tests.conformance.records import KEYS, MAPPINGS, ROWS
from tests.conformance.subject import PATIENCE

Opener = Callable[..., Awaitable[tuple[Adapter, Service]]]

TYPES = {"Entity": "Company", "Licence": "Permit", "Penalty": "Sanction", "Incentive": "Reward"}
PATHS: Mapping[str, Mapping[str, str]] = {
    "Entity": {
        "id": "id",
        "tyshxydm": "credit_code",
        "zch": "reg_no",
        "mc": "name",
        "cym": "former_names.name",
        "lx": "kind",
        "zt": "state",
        "fddbr": "legal_person.full_name",
        "zczb": "capital.amounts.0",
        "clrq": "founded",
        "xzqh": "division",
        "jyfw": "scope",
        "gxsj": "meta.updated_at",
        "yyz": "disputed",
    },
    "Licence": {
        "xkid": "id",
        "tyshxydm": "holder_code",
        "lb": "kind",
        "zsmc": "title",
        "zsbh": "certificate_no",
        "jdrq": "decided_on",
        "yxqz": "validity.to",
        "cqyx": "permanent",
        "zt": "state",
        "ysl": "renewal",
    },
    "Penalty": {
        "cfid": "id",
        "tyshxydm": "holder_code",
        "wh": "case_no",
        "zl": "measures",
        "fk": "fine.amount",
        "jdrq": "decided_on",
        "gszz": "public_until",
        "cx": "withdrawn",
    },
    "Incentive": {"jlid": "id", "tyshxydm": "holder_code", "cs": "measure", "rq": "granted_on", "fzs": "minutes"},
}
"""Columns of the shared rows by record, as this service names them."""

PARAMETERS: Mapping[str, Sequence[str]] = {
    "Entity": (
        *("uscc:EQ", "uscc:IN", "name:EQ", "name:CONTAINS", "name:PREFIX", "name:GE", "name:LT"),
        *("divisionCode:EQ", "divisionCode:IN", "divisionCode:PREFIX", "divisionCode:IS_NULL"),
    ),
    "Licence": (
        *("uscc:EQ", "status:IN", "kind:IN", "longTerm:EQ", "certificateNo:EQ", "validTo:IS_NULL"),
        *("decidedOn:GE", "decidedOn:LE", "decidedOn:LT", "decidedOn:IS_NULL"),
    ),
    "Incentive": ("minutesSaved:GE",),
}
ORDERS: Mapping[str, Sequence[str]] = {
    "Entity": ("name", "divisionCode", "regNo15"),
    "Licence": ("decidedOn", "certificateNo"),
}
STYLES: Mapping[str, Mapping[str, Any]] = {
    "list": {"camel": True},
    "aliased": {"way": {"size": 7}, "key": True},
    "bare": {"way": {"size": 500, "echoes_key": False}},
    "relay": {"camel": True, "way": {"size": 500}, "page": 25},
    "pages": {"way": {"size": 20}, "page": 2},
    "below": {"way": {"size": 30}},
}
"""By name: keys in a list, each under an alias (the answer repeating it or not), nested in a filter over pages, each
in a connection of its own, and rows that hang below what was asked for; spelling, credentials."""


def tables() -> dict[str, list[Row]]:
    """Rows by record: texts, numbers and truths as JSON has them, by the path of each field."""
    return {record: [_as_json(row, PATHS[record]) for row in rows] for record, rows in ROWS.items()}


def expected_tables(given: GraphqlOptions) -> dict[str, list[Row]]:
    """The same by the columns of the options, in whatever spelling, keys of the object outside included."""
    found: dict[str, list[Row]] = {}
    for record in given.record:
        rows = tables()[record.record]
        outer = dict.fromkeys(record.keys.values(), "holder_code")
        found[record.record] = [
            {**{camelled(path): value for path, value in row.items()}, **row}
            | {column: row[path] for column, path in outer.items()}
            for row in rows
        ]
    return found


def service(style: str) -> Service:
    """A service that is to be asked in a style; not yet started."""
    chosen = STYLES[style]
    rows = {TYPES[record]: found for record, found in tables().items()}
    return Service(rows, camel=chosen.get("camel", False), wants_key=chosen.get("key", False))


def options(asked: Service, style: str = "list", **more: Any) -> GraphqlOptions:
    """Options that ask a started service in a style."""
    auth = {"way": "key", "header": "X-Api-Key", "key": SecretStr(API_KEY)} if asked.wants_key else {"way": "none"}
    given = {
        "name": "credit",
        "kind": "graphql",
        "department": "credit",
        "base_url": asked.url,
        "auth": auth,
        "record": [record(mapping, style) for mapping in MAPPINGS],
    }
    return GraphqlOptions.model_validate({**PATIENCE, **given, **more})


@asynccontextmanager
async def opener(catalogue: Catalogue, **always: Any) -> AsyncIterator[Opener]:
    """Opens sources, each on a service of its own; all are closed in the end."""
    async with AsyncExitStack() as closing:

        async def open_one(style: str = "list", **more: Any) -> tuple[Adapter, Service]:
            asked = service(style)
            await asked.start()
            closing.push_async_callback(asked.stop)
            adapter = open_source(options(asked, style, **always, **more), catalogue)
            closing.push_async_callback(adapter.aclose)
            return adapter, asked

        yield open_one


def record(mapping: Mapping[str, Any], style: str, **more: Any) -> dict[str, Any]:
    """Options of one record in a style."""
    name = mapping["record"]
    paths = PATHS[name]
    found = {
        **mapping,
        "local": paths[mapping["local"]],
        "columns": {field: _column(column, paths) for field, column in mapping["columns"].items()},
        "keys": {key: paths[column] for key, column in mapping.get("keys", {}).items()},
        **{special: paths[mapping[special]] for special in ("as_of", "disputed") if special in mapping},
    }
    below = style == "below" and name != "Entity"
    if name in PARAMETERS and not below:
        found["search"] = _search(name, found)
    found |= _below(name) if below else _ways(name, found, style)
    return {**(_camel(found) if STYLES[style].get("camel") else found), **more}


def _ways(name: str, found: Mapping[str, Any], style: str) -> dict[str, Any]:
    columns = {key: column_of(found, key) for key in KEYS[name]}
    field = TYPES[name].lower()
    plural = {"company": "companies"}.get(field, f"{field}s")
    way = STYLES[style].get("way", {})
    if style in ("list", "below"):
        lists = {key: f"{column}s" for key, column in columns.items()}
        ways = [
            {"key": key, "field": plural, "arguments": {argument: "[String!]"}, "keys": argument, **way}
            for key, argument in lists.items()
        ]
        return {"batch": [_registrations(ways[0]), *ways[1:]] if style == "below" else ways}
    if style in ("aliased", "bare"):
        return {
            "aliased": [
                {"key": key, "field": field, "arguments": {column: "String"}, "argument": column, **way}
                for key, column in columns.items()
            ]
        }
    place, op = ("batch", "in") if style == "relay" else ("aliased", "eq")
    given = "keys" if place == "batch" else "argument"
    return {
        place: [
            {"key": key, **_connection(name, STYLES[style]["page"]), given: f"filter.{column}.{op}", **way}
            for key, column in columns.items()
        ]
    }


def _registrations(way: Mapping[str, Any]) -> dict[str, Any]:
    """Entities as what is known under a code, in a part of the service of its own."""
    return {
        **way,
        "field": "registry.holders",
        "rows": "registrations",
        "arguments": {"codes": "[String!]!", "scheme": "Scheme"},
        "constants": {"scheme": "NATIONAL"},
        "keys": "codes",
    }


def _below(name: str) -> dict[str, Any]:
    """Records of a holder: the key stands on the object outside."""
    many = f"{TYPES[name].lower()}s"
    paged = name == "Licence"
    found: dict[str, Any] = {
        "batch": {
            **_registrations(STYLES["below"]["way"]),
            "rows": f"{many}.edges.node" if paged else many,
            "cut": [f"{many}.page_info.has_next_page"] if paged else [],
        },
        "keys": {"uscc": "^^^.code" if paged else "^.code"},
    }
    if paged:
        found["fields"] = {many: {"arguments": {"first": "Int"}, "constants": {"first": 500}}}
    return found


def _connection(name: str, size: int) -> dict[str, Any]:
    field = TYPES[name]
    page = {"size": size, "most": 100, "next": "page_info.end_cursor", "more": "page_info.has_next_page"}
    return {
        "field": f"{field.lower()}_list",
        "rows": "edges.node",
        "arguments": {"filter": f"{field}Filter", "first": "Int", "after": "String"},
        "page": page,
    }


def _search(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    columns = {test: column_of(found, test.partition(":")[0]).partition(".")[0] for test in PARAMETERS[name]}
    asked = _connection(name, 70)
    parameters = {test: f"filter.{column}.{test.partition(':')[2].lower()}" for test, column in columns.items()}
    if name not in ORDERS:
        # `first` of its own, up to a cap, instead of pages.
        return {**asked, "parameters": parameters, "page": None, "first": "first", "most": 10_000}
    kind = TYPES[name]
    orders = {field: column_of(found, field) for field in ORDERS[name]}
    positions = {"$local": "position.id", **{field: f"position.{column}" for field, column in orders.items()}}
    return {
        **asked,
        "arguments": {**asked["arguments"], "order": f"[{kind}Order!]", "position": f"{kind}Position"},
        "parameters": parameters,
        "order_parameter": "order",
        "orders": {field: column.upper() for field, column in orders.items()},
        "ascending": "{}_ASC",
        "descending": "{}_DESC",
        "after": positions,
        "total": "total_count",
        "enumerations": ["kind"] if name == "Licence" else [],
    }


def column_of(found: Mapping[str, Any], field: str) -> str:
    """The path of a field or key."""
    column = found["keys"].get(field) or found["columns"][field]
    return column["column"] if isinstance(column, dict) else column


def _column(column: Any, paths: Mapping[str, str]) -> Any:
    if isinstance(column, str):
        return paths[column]
    return {**column, "column": paths[column["column"]]} if "column" in column else column


def _camel(value: Any) -> Any:
    """The same options for a service in camel case: every path and argument, and none of our own words."""
    return _spelt(value, _our_words())


@cache
def _our_words() -> frozenset[str]:
    models = GraphqlOptions.model_json_schema()["$defs"].values()
    return frozenset(word for model in models for word in model.get("properties", {}))


def _spelt(value: Any, words: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {name if name in words else camelled(name): _spelt(inner, words) for name, inner in value.items()}
    if isinstance(value, list):
        return [_spelt(inner, words) for inner in value]
    return camelled(value) if isinstance(value, str) else value


def _as_json(row: Row, paths: Mapping[str, str]) -> Row:
    texts = {column: value.isoformat() if isinstance(value, date) else value for column, value in row.items()}
    if isinstance(texts.get("cym"), str):
        texts["cym"] = texts["cym"].split(";")
    return {paths[column]: value for column, value in texts.items()}
