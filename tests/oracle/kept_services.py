"""Sources of a staging that are services over HTTP: REST, SOAP and GraphQL, each with what it can be searched by.

What a service does not declare here, nobody can ask of it: the oracle reads it from the configuration, like the hub.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.adapters import rest_source, soap_source
from tests.oracle.cells import WRITINGS
from tests.oracle.graphql_office import GraphqlOffice
from tests.oracle.kept import Kept, Rules, lines
from tests.oracle.rows import Table
from tests.oracle.soap_office import as_elements, wsdl_text

KEYS: Mapping[str, tuple[str, ...]] = {
    "Entity": ("uscc", "regNo15", "orgCode"),
    "InspectionCap": ("industryCode",),
    "Certificate": ("number",),
    "ApprovalItem": ("code",),
    "Campus": ("uscc", "campusCode"),
    "Division": ("code",),
}
"""Keys by which a record is found there; most are found by the code of the entity."""
_ENTITY = (
    *("uscc:IN", "name:CONTAINS", "name:PREFIX", "kind:IN", "status:IN", "divisionCode:EQ", "divisionCode:PREFIX"),
    *("industryCode:PREFIX", "legalRepresentative:EQ", "address:CONTAINS", "establishedOn:GE", "establishedOn:LE"),
)
_LISTS = {"ListEntry": ("list:EQ", "removedOn:IS_NULL")}
SEARCHES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "rest": {
        "Entity": tuple(each for each in _ENTITY if each not in ("address:CONTAINS", "name:PREFIX", "kind:IN")),
        "Licence": ("kind:IN", "validTo:LT"),
        "ListEntry": ("list:EQ",),
    },
    "soap": {
        "Entity": tuple(each for each in _ENTITY if each not in ("uscc:IN", "establishedOn:LE")),
        "Licence": ("kind:EQ", "status:EQ", "validTo:LT"),
        **_LISTS,
    },
    "graphql": {
        "Entity": tuple(each for each in _ENTITY if each not in ("industryCode:PREFIX", "status:IN")),
        **_LISTS,
    },
}
"""By kind and record: the comparisons that the service understands; a record that is not here cannot be searched."""
ORDERS: Mapping[str, tuple[str, ...]] = {
    "rest": ("uscc", "name", "divisionCode"),
    "soap": ("name", "establishedOn", "address"),
    "graphql": ("uscc", "name", "establishedOn", "divisionCode", "address"),
}
"""By kind: what entities can be ordered by there."""
LOCAL = "$local"


def keys_of(table: Table) -> dict[str, str]:
    """Key → column, by which the rows of a table can be looked up."""
    found = {
        key: f"f_{key}" if key in table.fields else "code_of_entity"
        for key in KEYS.get(table.record, ("uscc",))
        if key in table.fields or key == "uscc"
    }
    return {**found, **({LOCAL: "row"} if table.record == "Entity" else {})}


def _searched(kind: str, table: Table) -> dict[str, str]:
    """`field:OP` → column of what the service can be searched by."""
    tests = SEARCHES[kind].get(table.record, ())
    return {test: f"f_{test.partition(':')[0]}" for test in tests if test.partition(":")[0] in table.fields}


def _orders(kind: str, table: Table) -> dict[str, str]:
    return {name: f"f_{name}" for name in ORDERS[kind]} if table.record == "Entity" else {}


@dataclass(slots=True)
class AtRest:
    """A JSON service, asked for many keys at once; its answers come in pages."""

    name: str
    service: rest_source.Service | None = None

    async def open(self, kept: Kept) -> None:
        """Start the service."""
        rows = {record: [*WRITINGS["rest"].rows(table, rules)] for record, (table, rules) in kept.items()}
        self.service = rest_source.Service(rows)
        await self.service.start()

    def source(self) -> str:
        """The address."""
        assert self.service is not None
        success = {"path": "code", "equals": ["0"]}
        return lines([("kind", "rest"), ("base_url", self.service.url), ("success", success)])

    def record(self, table: Table, rules: Rules) -> str:
        """Paths and parameters."""
        ways = [
            {"key": key, "path": f"/keys/{table.record}/{column}", "body_keys": "tj.dm", "size": 60}
            for key, column in keys_of(table).items()
        ]
        said: list[tuple[str, Any]] = [("batch", ways), ("rows", "data.items"), ("fields_parameter", "zd")]
        searched, orders = _searched("rest", table), _orders("rest", table)
        if searched:
            page = {"parameter": "page", "size_parameter": "size", "size": 25, "total": "data.total"}
            said.append(
                (
                    "search",
                    {
                        "path": f"/search/{table.record}",
                        "method": "POST",
                        "parameters": _parameters(searched),
                        "page": page,
                        **_ordering(orders, "after__id"),
                    },
                )
            )
        return lines(said)

    async def close(self) -> None:
        """Stop the service."""
        if self.service is not None:
            await self.service.stop()


@dataclass(slots=True)
class AtSoap:
    """A SOAP service with a WSDL of its own."""

    name: str
    folder: Path
    service: soap_source.Service | None = None

    async def open(self, kept: Kept) -> None:
        """Write the WSDL and start the service."""
        rows = {
            record: [{column: as_elements(value) for column, value in row.items()} for row in found]
            for record, found in (
                (record, WRITINGS["soap"].rows(table, rules)) for record, (table, rules) in kept.items()
            )
        }
        self.service = soap_source.Service(rows)
        parameters = {
            record: [
                *_parameters(_searched("soap", table)).values(),
                *_ordering(_orders("soap", table), "after__row").get("after", {}).values(),
            ]
            for record, (table, _) in kept.items()
        }
        lists = {f"f_{name}" for table, rules in kept.values() for name in table.fields if rules[name].many}
        text = wsdl_text({record: [*found[0]] for record, found in rows.items()}, parameters, lists)
        (self.folder / f"{self.name}.wsdl").write_text(text, encoding="utf-8")
        await self.service.start()

    def source(self) -> str:
        """The WSDL and the address."""
        assert self.service is not None
        success = {"path": "return.resultCode", "equals": ["0000"]}
        places = [("wsdl", f"{self.name}.wsdl"), ("base_url", f"{self.service.url}/ws")]
        return lines([("kind", "soap"), *places, ("success", success)])

    def record(self, table: Table, rules: Rules) -> str:
        """Operations and paths."""
        ways = [
            {"key": key, "operation": f"query{table.record}", "place": "tj.dm", "constants": {"lm": column}}
            for key, column in keys_of(table).items()
        ]
        said: list[tuple[str, Any]] = [("path", "/register"), ("rows", "return.resultList.item")]
        said += [("fields_parameter", "zd"), ("batch", ways)]
        searched, orders = _searched("soap", table), _orders("soap", table)
        if searched:
            page = {"parameter": "ym", "size_parameter": "ts", "size": 40, "total": "return.total"}
            asked = {"operation": f"search{table.record}", "parameters": _parameters(searched), "page": page}
            said.append(("search", {**asked, **_ordering(orders, "after__row")}))
        return lines(said)

    async def close(self) -> None:
        """Stop the service."""
        if self.service is not None:
            await self.service.stop()


@dataclass(slots=True)
class AtGraphql:
    """A GraphQL service in a style of its own; its schema is kept and checked."""

    name: str
    folder: Path
    service: GraphqlOffice | None = None

    async def open(self, kept: Kept) -> None:
        """Write the schema and start the service."""
        rows = {record: [*WRITINGS["graphql"].rows(table, rules)] for record, (table, rules) in kept.items()}
        compared = {
            record: {
                *_searched("graphql", table).values(),
                *_orders("graphql", table).values(),
                *keys_of(table).values(),
            }
            for record, (table, _) in kept.items()
        }
        self.service = GraphqlOffice(rows, compared)
        (self.folder / f"{self.name}.graphql").write_text(self.service.text, encoding="utf-8")
        await self.service.start()

    def source(self) -> str:
        """The address and the schema."""
        assert self.service is not None
        return lines([("kind", "graphql"), ("base_url", self.service.url), ("schema_file", f"{self.name}.graphql")])

    def record(self, table: Table, rules: Rules) -> str:
        """Fields and arguments."""
        types = {"column": "String!", "keys": "[String!]!"}
        ways = [
            {
                "key": key,
                "field": f"by{table.record}",
                "arguments": types,
                "constants": {"column": column},
                "keys": "keys",
            }
            for key, column in keys_of(table).items()
        ]
        searched, orders = _searched("graphql", table), _orders("graphql", table)
        if not searched:
            return lines([("batch", ways)])
        parameters = {test: f"filter.{column}.{test.partition(':')[2]}" for test, column in searched.items()}
        arguments = {"filter": f"{table.record}Filter", "first": "Int", "after": "String"}
        asked = {"field": f"list{table.record}", "rows": "edges.node", "parameters": parameters, "page": {"size": 30}}
        if not orders:
            return lines([("batch", ways), ("search", {**asked, "arguments": arguments})])
        typed = {**arguments, "order": "[String!]", "position": f"{table.record}Position"}
        after = {LOCAL: "position.row", **{name: f"position.{column}" for name, column in orders.items()}}
        ordering = {"order_parameter": "order", "orders": orders, "after": after, "total": "totalCount"}
        return lines([("batch", ways), ("search", {**asked, "arguments": typed, **ordering})])

    async def close(self) -> None:
        """Stop the service."""
        if self.service is not None:
            await self.service.stop()


def _parameters(searched: Mapping[str, str]) -> dict[str, str]:
    return {test: f"{column}__{test.partition(':')[2]}" for test, column in searched.items()}


def _ordering(orders: Mapping[str, str], local: str) -> dict[str, Any]:
    if not orders:
        return {}
    after = {LOCAL: local, **{name: f"after__{column}" for name, column in orders.items()}}
    return {"order_parameter": "sort", "orders": dict(orders), "after": after}
