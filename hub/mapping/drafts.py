"""A record's mapping as text, and back: what `hub.toml` says of it, as somebody would change it. Asks no source.

Where a record lies – table, path, file – and how its source is reached are no part of it, and cannot be said here.
"""

import tomllib
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from typing import Any

from pydantic import BaseModel, ValidationError

from adapters.column_options import ColumnOptions
from adapters.dialect import load_dialect
from adapters.mapping import RecordOptions, build_map
from hub.mapping.trying import BadMapping
from hub.toml_text import write_toml
from schema.catalogue import RecordRule

MOST_TEXT = 40_000
_SAID = ("local", "as_of", "disputed", "absent", "never", "spellings", "keys", "columns")
"""What a draft may say besides the record and its dialect, in the order in which it is written."""


def written(options: RecordOptions) -> str:
    """The mapping as it would stand in `hub.toml` below its source."""
    said = {name: _plain(getattr(options, name), options) for name in _SAID}
    record: dict[str, Any] = {"record": options.record}
    if options.dialect is not None:
        record["dialect"] = options.dialect
        known = load_dialect(options.dialect).options
        for table in ("keys", "columns"):
            said[table] = {**dict.fromkeys(known.get(table, {}), False), **said[table]}
    record |= {name: value for name, value in said.items() if value not in (None, [], {}, "")}
    return write_toml({"source": [{"record": [record]}]}).replace("[[source]]\n", "", 1).strip() + "\n"


def read_draft(text: str, running: RecordOptions, rule: RecordRule) -> RecordOptions:
    """The mapping that a text says, in place of the one that runs; BadMapping names everything that is wrong with it."""
    if len(text) > MOST_TEXT:
        raise BadMapping([f"mapping: is longer than {MOST_TEXT} characters"])
    said = _said(text)
    if said.pop("record", running.record) != running.record:
        raise BadMapping([f"record: is {running.record} here"])
    dialect = said.pop("dialect", None)
    unknown = [f"{name}: is no part of a mapping" for name in said if name not in _SAID]
    if unknown:
        raise BadMapping(unknown)
    given = {**said, "record": running.record, **({"dialect": dialect} if dialect is not None else {})}
    try:
        draft = RecordOptions.model_validate(given)
    except ValidationError as fault:
        raise BadMapping([_fault(one) for one in fault.errors()]) from None
    # What is never read may become more by a draft, and not less.
    opened = sorted(name for name in running.never if not draft.never_among([name]))
    faults = [f"never: {name} holds numbers of persons and is never read" for name in opened]
    _, more = build_map(draft, rule)
    if faults or more:
        raise BadMapping([*faults, *more])
    return draft


def difference(before: str, after: str) -> str:
    """What a draft changes, line by line; empty where it changes nothing."""
    lines = unified_diff(before.splitlines(), after.splitlines(), "hub.toml", "draft", lineterm="", n=1)
    return "\n".join(lines)


def _said(text: str) -> dict[str, Any]:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise BadMapping([f"mapping: {fault}"]) from None
    except RecursionError:
        raise BadMapping(["mapping: is nested too deeply"]) from None
    records = found.get("source", {}).get("record") if isinstance(found.get("source"), dict) else None
    if list(found) != ["source"] or list(found["source"]) != ["record"] or not isinstance(records, list):
        raise BadMapping(["mapping: begins with [[source.record]] and has nothing beside it"])
    if len(records) != 1 or not isinstance(records[0], dict):
        raise BadMapping(["mapping: holds one [[source.record]]"])
    record: dict[str, Any] = records[0]
    return record


def _fault(error: Mapping[str, Any]) -> str:
    """What is wrong and where; what was written is not repeated."""
    place = ".".join(str(part) for part in error["loc"]) or "mapping"
    return f"{place}: {str(error['msg']).removeprefix('Value error, ')}"


def _plain(value: Any, options: RecordOptions) -> Any:
    """A value as TOML takes it; a column that is only named is its name."""
    if isinstance(value, ColumnOptions):
        column = dict(_changed(value, options))
        return column["column"] if list(column) == ["column"] else column
    if isinstance(value, Mapping):
        return {name: _plain(one, options) for name, one in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _changed(column: BaseModel, options: RecordOptions) -> Iterator[tuple[str, Any]]:
    """What a column says that is not so anyway."""
    for name, field in type(column).model_fields.items():
        value = getattr(column, name)
        if name == "absent":
            value = tuple(text for text in value if text not in options.absent)
        if value not in (field.get_default(call_default_factory=True), ()):
            yield name, _plain(value, options)
