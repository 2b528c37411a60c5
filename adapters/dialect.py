"""Dialects: the vocabularies in which departments write a record, each a file in `dialects/`.

A file says what a `[[source.record]]` of `hub.toml` would have to say for every source that speaks it; what the record
says itself goes before it. Knows no source, and checks nothing that `RecordOptions` checks.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_FOLDER = files(__package__) / "dialects"
_SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One vocabulary of one record: `options` as they would stand in the configuration."""

    name: str
    record: str
    label: str
    label_en: str
    options: Mapping[str, Any]

    @property
    def never(self) -> tuple[str, ...]:
        """Columns that hold numbers of persons: they are read by nothing and kept nowhere."""
        return tuple(self.options.get("never", ()))


@cache
def dialect_names() -> frozenset[str]:
    """Names of all dialects."""
    names = (file.name for file in _FOLDER.iterdir())
    return frozenset(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))


@cache
def load_dialect(name: str) -> Dialect:
    """A dialect from its file, read once; KeyError, naming the dialects there are, if there is no such dialect."""
    if name not in dialect_names():
        raise KeyError(f"{name} is not a dialect; there are {', '.join(sorted(dialect_names()))}")
    options = tomllib.loads((_FOLDER / f"{name}{_SUFFIX}").read_text(encoding="utf-8"))
    record, label, label_en = (options.pop(key) for key in ("record", "label", "label_en"))
    return Dialect(name, record, label, label_en, options)


def spoken(dialect: Dialect, said: Mapping[str, Any]) -> dict[str, Any]:
    """What a record would have to say without its dialect: its own words go before, `false` leaves an entry out.

    A text in place of a column renames it and keeps its conversion; a table changes what it names.
    """
    options = {**dialect.options, **said}
    for table, join in (("columns", _column), ("keys", _latter), ("spellings", _latter)):
        options[table] = _entries(dialect.options.get(table, {}), said.get(table, {}), join)
    for name in ("as_of", "disputed"):
        options[name] = _entries(_one(dialect.options, name), _one(said, name), _column).get(name)
    return options


def _one(options: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {name: options[name]} if options.get(name) is not None else {}


def _entries(known: Mapping[str, Any], said: Any, join: Any) -> Any:
    if not isinstance(said, Mapping):
        return said
    joined = {name: join(known[name], value) if name in known else value for name, value in said.items()}
    entries = {**known, **joined}
    return {name: value for name, value in entries.items() if value is not False or name not in known}


def _latter(*entries: Any) -> Any:
    return entries[-1]


def _column(known: Any, said: Any) -> Any:
    known, said = _table(known), _table(said)
    if not isinstance(said, Mapping):
        return said
    place = {"column": None} if "constant" in said else {"constant": None} if "column" in said else {}
    codes = {"codes": {**known.get("codes", {}), **said["codes"]}} if isinstance(said.get("codes"), Mapping) else {}
    return {**known, **place, **said, **codes}


def _table(column: Any) -> Any:
    return {"column": column} if isinstance(column, str) else column
