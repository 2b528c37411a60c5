"""A mapping as a form has it – a column, how it is read and a table of codes for each field – and as text of `hub.toml`."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.console.asking import RefusedError
from hub.toml_text import inline, write_toml
from hub.web import words_console_mapping as words
from schema.catalogue import FieldRule, RecordRule

BESIDE = ("local", "as_of", "disputed")
"""Places of a mapping that are no fields."""
_KEPT = ("record", "dialect", "never", "spellings")
_COLUMN, _HOW, _CODES = "c.", "h.", "k."


@dataclass(frozen=True, slots=True)
class Said:
    """What a form says of one place; `how` is the inside of an inline table of TOML, `codes` a line each."""

    column: str = ""
    how: str = ""
    codes: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A mapping in a form. kept: parts of the text that no field of the form changes · absent: texts for a missing value."""

    places: Mapping[str, Said]
    absent: str = ""
    kept: Mapping[str, Any] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    """Fields that its dialect maps, which have to be left out by a word."""


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the form: the place, its rule where it is a field, and what is said of it."""

    name: str
    rule: FieldRule | None
    said: Said


def read_text(text: str) -> Form:
    """The form of a mapping that was written by the hub."""
    record: dict[str, Any] = tomllib.loads(text)["source"]["record"][0]
    places = {name: _said(record[name]) for name in BESIDE if name in record}
    places |= {f"keys.{name}": _said(column) for name, column in record.get("keys", {}).items() if column}
    places |= {name: _said(column) for name, column in record.get("columns", {}).items() if column is not False}
    kept = {name: record[name] for name in _KEPT if name in record}
    known = frozenset(record.get("columns", {})) if "dialect" in record else frozenset()
    return Form(places, "\n".join(record.get("absent", [])), kept, known)


def read_fields(fields: Mapping[str, str], running: Form) -> Form:
    """What was filled in, over what no form changes of the mapping that runs."""
    named = {name[len(_COLUMN) :] for name in fields if name.startswith((_COLUMN, _HOW, _CODES))}
    # In the order of what runs, so that a comparison shows what was changed and nothing else.
    names = [*(name for name in running.places if name in named), *sorted(named - running.places.keys())]
    places = {
        name: Said(
            fields.get(f"{_COLUMN}{name}", "").strip(),
            fields.get(f"{_HOW}{name}", "").strip(),
            fields.get(f"{_CODES}{name}", "").strip(),
        )
        for name in names
    }
    return Form(places, fields.get("absent", "").strip(), running.kept, running.known)


def write_text(form: Form) -> str:
    """The text of a form; RefusedError names the place that cannot be read."""
    record = dict(form.kept)
    for name in BESIDE:
        if (value := _value(name, form.places.get(name, Said()))) is not None:
            record[name] = value
    if form.absent:
        record["absent"] = [line.strip() for line in form.absent.splitlines() if line.strip()]
    entries = {name: _value(name, said) for name, said in form.places.items() if name not in BESIDE}
    given = {name: value for name, value in entries.items() if value is not None}
    keys = {name.removeprefix("keys."): value for name, value in given.items() if name.startswith("keys.")}
    columns = {name: value for name, value in given.items() if not name.startswith("keys.")}
    columns |= dict.fromkeys(form.known - columns.keys(), False)
    record |= {"keys": keys} if keys else {}
    return write_toml({"source": [{"record": [{**record, "columns": columns}]}]}).replace("[[source]]\n", "", 1).strip()


def take(form: Form, place: str, how: str) -> Form:
    """The form with a suggestion in its place."""
    return Form({**form.places, place: _said(_inside(place, f"v = {how}")["v"])}, form.absent, form.kept, form.known)


def rows_of(form: Form, rule: RecordRule, readable: Sequence[str]) -> Iterator[Place]:
    """Rows of the form: every field that may be read, then keys and what is no field."""
    shown = [name for name, one in rule.fields.items() if one.compute is None]
    for name in (name for name in shown if name in readable or name in form.places):
        yield Place(name, rule.fields[name], form.places.get(name, Said()))
    keys = sorted({name for name in form.places if name.startswith("keys.")} | {"keys.uscc"} - _own_code(rule))
    for name in (*keys, *BESIDE):
        yield Place(name, None, form.places.get(name, Said()))


def _own_code(rule: RecordRule) -> set[str]:
    return {"keys.uscc"} if "uscc" in rule.fields else set()


def _said(value: Any) -> Said:
    if isinstance(value, str):
        return Said(value)
    if isinstance(value, list):
        return Said(", ".join(value))
    rest = {name: one for name, one in value.items() if name not in {"column", "codes"}}
    codes = "\n".join(f"{text} = {code}" for text, code in value.get("codes", {}).items())
    return Said(str(value.get("column", "")), inline(rest).strip("{} "), codes)


def _value(place: str, said: Said) -> Any:
    """A place as TOML has it, None where nothing is said."""
    if not (said.column or said.how):
        return None
    if place == "local" and "," in said.column:
        return [part.strip() for part in said.column.split(",") if part.strip()]
    more = _inside(place, f"v = {{ {said.how} }}")["v"] if said.how else {}
    codes = dict(_codes(place, said.codes))
    whole = {**({"column": said.column} if said.column else {}), **more, **({"codes": codes} if codes else {})}
    return said.column if list(whole) == ["column"] else whole


def _inside(place: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise _refusal(words.HOW_WRONG, place) from None


def _codes(place: str, text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        written, mark, code = line.rpartition("=")
        if line.strip() and not mark:
            raise _refusal(words.CODE_WRONG, place)
        if mark:
            yield written.strip(), code.strip()


def _refusal(said: tuple[str, str], place: str) -> RefusedError:
    return RefusedError("BAD_USER_INPUT", said[0].format(place=place), said[1].format(place=place))
