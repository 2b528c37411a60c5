"""Proposes the mapping of a record from the columns a source has: by a dialect's names, else by equality of names.

Names are equal if they differ in case, width, blanks, hyphens and underscores only, with the field's name or its
Chinese label. Guesses nothing beyond that. Knows no source.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

from adapters.dialect import dialect_names, load_dialect
from adapters.mapping import RecordOptions
from schema.catalogue import RecordRule

_LOCAL = ("id", "rowid", "xh", "序号", "主键", "编号")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed: entries of `columns` and `keys`, and `local`, null where a person must say it."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    keys: Mapping[str, Any] = field(default_factory=dict)
    local: str | None = None


def dialects_of(record: str) -> dict[str, str]:
    """Dialects of a record with what each is for."""
    found = [load_dialect(name) for name in sorted(dialect_names())]
    return {dialect.name: f"{dialect.label} / {dialect.label_en}" for dialect in found if dialect.record == record}


def propose(rule: RecordRule, columns: Sequence[str], dialect: str | None, *, joins_local: bool) -> Proposal:
    """A mapping of the record onto these columns; without any column, what the dialect says."""
    if dialect is not None:
        return _spoken(rule, columns, dialect, joins_local=joins_local)
    alike = {_alike(name): name for name in reversed(columns)}
    found = {name: alike.get(_alike(name)) or alike.get(_alike(each.zh)) for name, each in rule.fields.items()}
    mapped = {
        name: column for name, column in found.items() if column is not None and rule.fields[name].compute is None
    }
    key = next((alike[_alike(name)] for name in _uscc_names() if _alike(name) in alike), None)
    keys = {"uscc": key} if key is not None and "uscc" not in rule.fields else {}
    local = next((alike[name] for name in _LOCAL if name in alike), mapped.get("uscc"))
    return Proposal(mapped, keys, local)


def _spoken(rule: RecordRule, columns: Sequence[str], dialect: str, *, joins_local: bool) -> Proposal:
    spoken = RecordOptions.model_validate({"record": rule.name, "dialect": dialect})
    joined = spoken.local if isinstance(spoken.local, str) else None
    if not columns:
        return Proposal(local=joined)
    there = spoken.spelt(columns)
    absent = {name: False for name, each in spoken.columns.items() if each.column and each.column not in there}
    keys = {name: "" for name, column in spoken.keys.items() if column not in there}
    has_local = all(column in there for column in spoken.local_columns)
    return Proposal(absent, keys, "" if has_local and (joined or joins_local) else None)


def _uscc_names() -> list[str]:
    """What the column of codes is called in the dialects."""
    names = ["uscc"]
    for dialect in map(load_dialect, sorted(dialect_names())):
        column = dialect.options.get("keys", {}).get("uscc")
        names += [column, *dialect.options.get("spellings", {}).get(column, ())] if column else []
    return names


def _alike(name: str) -> str:
    last = normalize("NFKC", name).rpartition(".")[2].casefold()
    return "".join(last.split()).replace("_", "").replace("-", "")
