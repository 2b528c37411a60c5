"""The city as its sources store it: the `[[source]]` tables that describe them, whatever kinds they are of."""

from collections.abc import Mapping

from schema.catalogue import Catalogue
from tests.oracle.cells import WRITINGS
from tests.oracle.kept import Keeper, Kept, Rules
from tests.oracle.rows import City, Table

SOURCES = ("register", "market", "health", "credit", "tables")
DEPARTMENTS = {"register": "amr", "market": "amr", "health": "health", "credit": "credit", "tables": "civil"}
_PATIENCE = "timeout_ms = 30000\n"
"""A busy machine is no silent source."""


async def store_city(city: City, catalogue: Catalogue, kinds: Mapping[str, str], keepers: Mapping[str, Keeper]) -> str:
    """Store all rows with the keepers of their sources; the `[[source]]` tables as TOML. `kinds` by source."""
    text = [""]
    for source, keeper in keepers.items():
        kept: Kept = {
            table.record: (table, catalogue.records[table.record].fields)
            for table in city.tables
            if table.source == source
        }
        await keeper.open(kept)
        text.append(_source_text(source, keeper.source(), kinds[source]))
        text += [_record_text(table, rules, keeper, kinds[source]) for table, rules in kept.values()]
    return "\n".join(text)


def _source_text(source: str, place: str, kind: str) -> str:
    basis = 'basis = "共享目录"\n' if source in ("market", "credit") or kind == "tabular" else ""
    label = "" if source == "health" else f'label = "{source} 库"\n'
    return f'[[source]]\nname = "{source}"\n{place}\ndepartment = "{DEPARTMENTS[source]}"\n{label}{basis}{_PATIENCE}'


def _record_text(table: Table, rules: Rules, keeper: Keeper, kind: str) -> str:
    writing = WRITINGS[kind]
    columns = ", ".join(f"{name} = {writing.column(name, rules[name])}" for name in table.fields)
    lines = ["[[source.record]]", f'record = "{table.record}"', f"columns = {{ {columns} }}", 'local = "row"']
    lines.append(keeper.record(table, rules))
    if table.dated:
        lines += ['as_of = "dated"', 'disputed = "disputed"']
    if table.fresh_days is not None:
        lines.append(f"fresh_days = {table.fresh_days}")
    if "uscc" not in table.fields and any(row.key for row in table.rows):
        lines.append('keys = { uscc = "code_of_entity" }')
    return "\n".join(lines) + "\n"
