"""Makes the tables of `docs/dialects.md` from the files of the dialects."""

from collections.abc import Iterable, Iterator

from adapters.dialect import dialect_names, load_dialect
from adapters.mapping import RecordOptions

HEADING = "## Field by field\n"
_RECORDS = {"Licence": "permit", "Penalty": "penalty", "Entity": "register"}
_ORDER = ("v2", "v1", "samr", "chinese", "pinyin")


def dialect_options(name: str) -> RecordOptions:
    """Everything a dialect says."""
    return RecordOptions.model_validate({"record": load_dialect(name).record, "dialect": name})


def dialect_tables() -> str:
    """What each field is called in each dialect, and what its codes mean, record by record."""
    parts = [HEADING, "Made from the files of the dialects; `make golden` writes it anew. `a`/`b` are spellings.\n"]
    for record in _RECORDS:
        names = sorted((n for n in dialect_names() if load_dialect(n).record == record), key=_place)
        options = {name: dialect_options(name) for name in names}
        parts += [f"### {record}\n", *_columns(options), "", *_codes(options), ""]
    return "\n".join(parts).rstrip() + "\n"


def _place(name: str) -> int:
    return next(place for place, ending in enumerate(_ORDER) if name.endswith(ending))


def _columns(options: dict[str, RecordOptions]) -> Iterator[str]:
    fields = dict.fromkeys(field for each in options.values() for field in each.columns)
    yield f"| Field | {' | '.join(f'`{name}`' for name in options)} |"
    yield "|---" * (len(options) + 1) + "|"
    rows = {f"`{field}`": {n: _column_of(o, field) for n, o in options.items()} for field in fields}
    rows["code of the entity"] = {n: o.keys.get("uscc") for n, o in options.items()}
    rows["source's data time"] = {n: o.as_of.column if o.as_of else None for n, o in options.items()}
    rows["under objection"] = {n: o.disputed.column if o.disputed else None for n, o in options.items()}
    for field, row in rows.items():
        if any(row.values()):
            yield f"| {field} | {' | '.join(_spelt(options[n], column) for n, column in row.items())} |"
    yield f"| identifies a row | {' | '.join(_listed(o.local_columns, ' + ') for o in options.values())} |"
    yield f"| never read | {' | '.join(_listed(o.never, ', ') for o in options.values())} |"


def _column_of(options: RecordOptions, field: str) -> str | None:
    return options.columns[field].column if field in options.columns else None


def _spelt(options: RecordOptions, column: str | None) -> str:
    return "–" if column is None else _listed((column, *options.spellings.get(column, ())), "/")


def _listed(names: Iterable[str], between: str) -> str:
    return between.join(f"`{name}`" for name in names)


def _codes(options: dict[str, RecordOptions]) -> Iterator[str]:
    same: dict[tuple[str, str], list[str]] = {}
    for name, each in options.items():
        for field, column in each.columns.items():
            if column.codes:
                same.setdefault((field, _meanings(column.codes)), []).append(name)
    yield "| Codes of | in | |"
    yield "|---|---|---|"
    for (field, meanings), names in same.items():
        yield f"| `{field}` | {_listed(names, ', ')} | {meanings} |"


def _meanings(codes: dict[str, str]) -> str:
    by_value: dict[str, list[str]] = {}
    for code, value in codes.items():
        by_value.setdefault(value, []).append(code)
    return " · ".join(f"{', '.join(written)} → `{value}`" for value, written in by_value.items())
