"""The city as its sources store it: JSON files or an SQLite file, and the `[[source]]` tables that describe them."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from schema.catalogue import Catalogue, FieldRule, Kind
from tests.oracle.rows import BROKEN, City, Row, Sum, Table

SOURCES = ("register", "market", "health", "credit", "tables")
DEPARTMENTS = {"register": "amr", "market": "amr", "health": "health", "credit": "credit", "tables": "civil"}
_STATUS_CODES = {"1": "ACTIVE", "2": "REVOKED", "9": "DEREGISTERED"}
_PATIENCE = "timeout_ms = 30000\n"
"""A busy machine is no silent source."""
_SPOILT = {Kind.DATE: "31.12.20", Kind.ENUM: "???", Kind.INT: "x1", Kind.MONEY: "abc"}


def store_city(city: City, catalogue: Catalogue, folder: Path, databases: Sequence[str]) -> str:
    """Write all rows below the folder, `databases` into SQLite; the `[[source]]` tables as TOML."""
    text = [""]
    for source in SOURCES:
        tables = [table for table in city.tables if table.source == source]
        text.append(_source_text(source, source in databases))
        for table in tables:
            rules = catalogue.records[table.record].fields
            text.append(_record_text(table, rules, source in databases))
            if source in databases:
                _write_sqlite(folder / f"{source}.db", table, rules)
            else:
                _write_json(folder / f"{source}-{table.record}.json", table, rules)
    return "\n".join(text)


def _source_text(source: str, database: bool) -> str:
    place = f'kind = "sql"\nurl = "sqlite:///{source}.db"' if database else 'kind = "memory"'
    basis = 'basis = "共享目录"\n' if source in ("market", "credit") else ""
    label = "" if source == "health" else f'label = "{source} 库"\n'
    return f'[[source]]\nname = "{source}"\n{place}\ndepartment = "{DEPARTMENTS[source]}"\n{label}{basis}{_PATIENCE}'


def _record_text(table: Table, rules: Mapping[str, FieldRule], database: bool) -> str:
    place = f'table = "{table.record}"' if database else f'file = "{table.source}-{table.record}.json"'
    columns = ", ".join(f"{name} = {_column_text(name, rules[name], database)}" for name in table.fields)
    lines = ["[[source.record]]", f'record = "{table.record}"', place, 'local = "row"', f"columns = {{ {columns} }}"]
    if table.dated:
        lines += ['as_of = "dated"', 'disputed = "disputed"']
    if table.fresh_days is not None:
        lines.append(f"fresh_days = {table.fresh_days}")
    if "uscc" not in table.fields and any(row.key for row in table.rows):
        lines.append('keys = { uscc = "code_of_entity" }')
    return "\n".join(lines) + "\n"


def _column_text(name: str, rule: FieldRule, database: bool) -> str:
    parts = [f'column = "f_{name}"']
    if rule.coordinate == "Entity.status":
        parts.append("codes = { " + ", ".join(f'"{k}" = "{v}"' for k, v in _STATUS_CODES.items()) + " }")
    if rule.many:
        parts.append('separator = "|"')
    if database and rule.kind is Kind.INT:
        parts.append('type = "native"')
    return f"{{ {', '.join(parts)} }}"


def _raws(table: Table, rules: Mapping[str, FieldRule], unreadable: Any) -> Iterator[dict[str, Any]]:
    for row in table.rows:
        made = {f"f_{name}": _raw(rules[name], row.cells[name], unreadable) for name in table.fields}
        key = unreadable if row.key is BROKEN else row.key
        yield {"row": row.local, "code_of_entity": key, **_said(row), **made}


def _said(row: Row) -> dict[str, Any]:
    return {
        "dated": "gestern" if row.as_of is BROKEN else row.as_of,
        "disputed": None if row.disputed is None else str(int(row.disputed)),
    }


def _raw(rule: FieldRule, value: Any, unreadable: Any) -> Any:
    if value is BROKEN:
        return unreadable if rule.many or rule.kind not in _SPOILT else _SPOILT[rule.kind]
    if isinstance(value, Sum):
        return value.original
    if isinstance(value, tuple):
        return "|".join(value)
    if rule.coordinate == "Entity.status":
        return {name: code for code, name in _STATUS_CODES.items()}.get(value, value)
    return str(int(value)) if isinstance(value, bool) else value


def _write_json(path: Path, table: Table, rules: Mapping[str, FieldRule]) -> None:
    path.write_text(json.dumps([*_raws(table, rules, {"no": "text"})], ensure_ascii=False), encoding="utf-8")


def _write_sqlite(path: Path, table: Table, rules: Mapping[str, FieldRule]) -> None:
    raws = [*_raws(table, rules, b"\xff")]
    kinds = {f"f_{name}": "INTEGER" for name in table.fields if rules[name].kind is Kind.INT}
    columns = ", ".join(f'"{name}" {kinds.get(name, "TEXT")}' for name in raws[0])
    with sqlite3.connect(path) as connection:
        connection.execute(f'CREATE TABLE "{table.record}" ({columns})')
        marks = ", ".join("?" for _ in raws[0])
        connection.executemany(f'INSERT INTO "{table.record}" VALUES ({marks})', [tuple(raw.values()) for raw in raws])  # noqa: S608 - our own table
    connection.close()
