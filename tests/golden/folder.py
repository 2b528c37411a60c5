"""Reads a golden folder: the question with its variables, the caller, and what must not be seen of it.

caller.json says who asks (client, purpose, case, headers, scopes), when (`now`), which sources are down (`down`:
source → text of its failure), what was asked before (`first`, each step may `keep` a text of its answer), what must
be answered alike (`alike`), who asks at the same moment (`beside`), and for leak folders: `secret` texts,
`denied_columns` and `denied_keys` of calls, `hidden` words of the caller's schema. `bug` says which of the tests
(answered, leaks, alike) the product is known to fail, and why; such a folder has no golden files yet.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parent
NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
QUESTION = "question.graphql"


@dataclass(frozen=True, slots=True)
class Step:
    """One question as one caller asks it; `keep` names paths of the answer that later variables may use."""

    client: str | None = None
    purpose: str | None = None
    case: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    person: str | None = None
    now: datetime = NOW
    text: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    down: Mapping[str, str] = field(default_factory=dict)
    keep: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alike:
    """A question that must be answered byte for byte like the folder's own, once its `says` are replaced."""

    step: Step
    says: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Folder:
    """A golden folder as it was read."""

    name: str
    step: Step
    first: tuple[Step, ...]
    beside: tuple[Step, ...]
    alike: tuple[Alike, ...]
    secret: tuple[str, ...]
    hidden: tuple[str, ...]
    denied_columns: tuple[str, ...]
    denied_keys: Mapping[str, tuple[str, ...]]
    readme: str
    bug: Mapping[str, str]


def folders(kind: str) -> list[str]:
    """Names of all folders of a kind, passing or leaks."""
    return sorted(f"{kind}/{path.name}" for path in (GOLDEN / kind).iterdir() if path.is_dir())


def read_folder(name: str) -> Folder:
    """The folder of that name below tests/golden; KeyError on a key that means nothing."""
    path = GOLDEN / name
    caller = _json(path / "caller.json")
    first = [dict(raw) for raw in caller.pop("first", ())]
    beside = [dict(raw) for raw in caller.pop("beside", ())]
    alike = [dict(raw) for raw in caller.pop("alike", ())]
    marks = {key: caller.pop(key, ()) for key in ("secret", "hidden", "denied_columns")}
    keys, bug = caller.pop("denied_keys", {}), caller.pop("bug", {})
    caller.setdefault("variables", _json(path / "variables.json"))
    readme = path / "README.md"
    return Folder(
        name=name,
        step=_step(path, caller),
        first=tuple(_step(path, raw) for raw in first),
        beside=tuple(_step(path, raw) for raw in beside),
        alike=tuple(_alike(path, caller, raw) for raw in alike),
        secret=tuple(marks["secret"]),
        hidden=tuple(marks["hidden"]),
        denied_columns=tuple(marks["denied_columns"]),
        denied_keys={record: tuple(values) for record, values in keys.items()},
        readme=readme.read_text(encoding="utf-8") if readme.exists() else "",
        bug=bug,
    )


def filled(step: Step, kept: Mapping[str, str]) -> Step:
    """The step with `<name>` in its variables and text replaced by what earlier steps kept."""
    text, variables = step.text, json.dumps(step.variables)
    for name, value in kept.items():
        text, variables = text.replace(f"<{name}>", value), variables.replace(f"<{name}>", value)
    return replace(step, text=text, variables=json.loads(variables))


def _alike(path: Path, caller: Mapping[str, Any], raw: dict[str, Any]) -> Alike:
    says = raw.pop("says", {})
    return Alike(_step(path, {**caller, **raw}), says)


def _step(path: Path, raw: Mapping[str, Any]) -> Step:
    given = dict(raw)
    given["text"] = (path / given.pop("question", QUESTION)).read_text(encoding="utf-8")
    unknown = set(given) - {known.name for known in fields(Step)}
    if unknown:
        raise KeyError(f"{path.name}: {', '.join(sorted(unknown))}")
    if "now" in given:
        given["now"] = datetime.fromisoformat(given["now"])
    return Step(**{**given, "scopes": tuple(given.get("scopes", ()))})


def _json(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return read
