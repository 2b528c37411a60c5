"""Writes plain values as TOML, for configuration files: tables, lists of tables, inline tables.

Knows only what that file needs; reading is the standard library's business.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def write_toml(document: Mapping[str, Any]) -> str:
    """The document as text; lists of mappings at the two outer levels become arrays of tables."""
    return "\n".join(_table("", document, 0)) + "\n"


def inline(value: Any) -> str:
    """One value as it stands behind its key."""
    return _value(value)


def _table(name: str, table: Mapping[str, Any], depth: int) -> Iterator[str]:
    nested = {key: value for key, value in table.items() if _stands_alone(value, depth)}
    for key, value in table.items():
        if key not in nested:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in nested.items():
        path = f"{name}.{_key(key)}" if name else _key(key)
        for one in [value] if isinstance(value, Mapping) else value:
            yield ""
            yield f"[{path}]" if isinstance(value, Mapping) else f"[[{path}]]"
            yield from _table(path, one, depth + 1)


def _stands_alone(value: Any, depth: int) -> bool:
    if isinstance(value, Mapping):
        return depth in (0, 2)
    return depth <= 1 and _is_list(value) and bool(value) and isinstance(value[0], Mapping)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | date):
        return str(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + " }"
    if _is_list(value):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    raise TypeError(f"{type(value).__name__} has no place in the configuration")


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)
