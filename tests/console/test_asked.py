"""Every question and act of the console's pages fits the whole schema; a page that asks anything else says so."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from graphql import parse, validate
from structlog.testing import capture_logs

import hub.console
from hub.console import code_one, home, people, quality, requests, sources
from hub.console.keys import LINK
from hub.console.people import _CALLS as OF_PEOPLE
from schema.catalogue import fold_catalogue
from schema.shaped import ShapedSchemas

WHOLE = ShapedSchemas(fold_catalogue()).whole().graphql
_BEGINS = re.compile(r"\s*(query|mutation)( [A-Z]\w*(\s*[({]|$)|\s*[({])")
_NAMED = re.compile(r"\s*(?:query|mutation) (\w+)")

Local = dict[str, Any]
"""Names of a function as they may be where it writes a question."""


def _calls(calls: dict[str, str], types: dict[str, str]) -> list[Local]:
    """Each call with what it declares."""
    used = ({name: kind for name, kind in types.items() if f"${name}" in call} for call in calls.values())
    declared = (", ".join(f"${name}: {kind}" for name, kind in one.items()) for one in used)
    return [{"call": call, "declared": told} for call, told in zip(calls.values(), declared, strict=True)]


def _of_requests() -> list[Local]:
    written = []
    for name, call in requests._ACTS.values():
        used = {one: requests._type(name, one, kind) for one, kind in requests._TYPES.items() if f"${one}" in call}
        written.append({"call": call, "declared": ", ".join(f"${one}: {kind}" for one, kind in used.items())})
    return written


def _of_codes() -> list[Local]:
    return [
        {
            "name": name,
            "declared": "".join(f", ${one}: {kind}" for one, kind in types.items()),
            "passed": "".join(f", {one}: ${one}" for one in types),
        }
        for name, types in code_one._MUTATIONS.values()
    ]


WRITTEN: dict[tuple[str, str], list[Local]] = {
    ("audit_search", "Receipt"): [{"told": ("state document",)}, {"told": ("state pdf",)}],
    ("code_one", "Do"): _of_codes(),
    ("deputies", "Do"): [{"wanted": one} for one in ("confirmDeputy", "endDeputy")],
    ("freeze", "Do"): [{"name": one} for one in ("freeze", "thaw")],
    ("grants", "End"): [
        {"declared": ", $g0: ID!", "calls": "g0: endGrant(id: $g0, lastDay: $day, reason: $reason) { position }"}
    ],
    ("home", "Home"): [{"declared": "($week: Date!, $today: Date!)", "asked": " ".join(home._PARTS.values())}],
    ("identities", "Links"): [
        {
            "declared": "$entity: EntityInput!, $own: EntityInput!, $key: String!",
            "roots": f"entity: crosswalk(entity: $entity) {LINK} own: crosswalk(entity: $own) {LINK}"
            f' key: crosswalk(department: "market", key: $key) {LINK}',
        }
    ],
    ("matrix", "Matrix"): [
        {
            "declared": ", $d0: String!",
            "asked": "d0: simulate(department: $d0, role: $role, purpose: $purpose, asOf: $asOf, request: $request)"
            " { awaitsConsent fields { field state } }",
        }
    ],
    ("people", "Do"): _calls(
        OF_PEOPLE, {"username": "String!", "reason": "String!", "office": "Office!", "person": "PersonInput!"}
    ),
    ("quality", "Board"): [{"told": {"RUN": quality._RUN}}],
    ("quality", "Trends"): [
        {"declared": "$s0: String!", "asked": f"s0: qualityRuns(source: $s0, first: {quality._HISTORY}) {{ ...Run }}"}
    ],
    ("requests", "Diff"): [{"parts": [f"grantDiff(request: $number) {requests._DIFFERENCE}"]}],
    ("requests", "Do"): _of_requests(),
    ("requests", "Stop"): [
        {"declared": ", $g0: String!", "calls": "g0: freeze(kind: GRANT, name: $g0, reason: $reason) { changed }"}
    ],
    ("sources", "One"): [
        {
            "declared": "$source: String!, $before: ID",
            "asked": [
                "qualityRuns(source: $source, first: 1) { number endedAt rows marks { failed failedBefore } }",
                f"{sources._RUNS} {sources._FILE}",
            ],
        }
    ],
}
"""Questions that a page puts together when it asks: each with everything that it may be put together of."""


def pages() -> list[ModuleType]:
    """Modules of the console."""
    folder = Path(hub.console.__path__[0])
    return [
        importlib.import_module(f"hub.console.{one.stem}")
        for one in sorted(folder.glob("*.py"))
        if one.stem != "__init__"
    ]


def literals(module: ModuleType) -> Iterator[ast.expr]:
    """Texts in a module that begin like a question, without the parts of longer ones."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in inner or not isinstance(node, ast.JoinedStr | ast.Constant):
            continue
        first = node.values[0] if isinstance(node, ast.JoinedStr) else node
        if isinstance(first, ast.Constant) and isinstance(first.value, str) and _BEGINS.match(first.value):
            yield node


def texts(module: ModuleType, node: ast.expr) -> Iterator[str]:
    """The question that a literal is, once for everything that it may be filled with."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) else node
    named = _NAMED.match(str(getattr(first, "value", "")))
    known = WRITTEN.get((module.__name__.rpartition(".")[2], named[1] if named else ""), [{}])
    for local in known:
        text = eval(compile(ast.Expression(node), str(module.__file__), "eval"), vars(module) | local)  # noqa: S307 - of our own
        told = local.get("told", ())
        yield text.format(*told) if isinstance(told, tuple) and told else _replaced(text, dict(told))


def _replaced(text: str, told: dict[str, str]) -> str:
    for mark, stands in told.items():
        text = text.replace(mark, stands)
    return text


@pytest.mark.parametrize("module", pages(), ids=lambda one: one.__name__.rpartition(".")[2])
def test_what_a_page_asks_fits_the_schema(module):
    """Whoever may ask it; a question that is put together has to stand in WRITTEN, or its names are unknown here."""
    for node in literals(module):
        for text in texts(module, node):
            assert [fault.message for fault in validate(WHOLE, parse(text))] == [], text


def test_all_questions_are_looked_at():
    """There are as many as pages ask, and nothing is written of one that is no more."""
    found = [(module, node) for module in pages() for node in literals(module)]
    assert len(found) > 90
    written = [(module, _NAMED.match(text)) for module, node in found for text in texts(module, node)]
    names = {(module.__name__.rpartition(".")[2], named[1]) for module, named in written if named}
    assert set(WRITTEN) <= names


async def test_a_page_of_another_office_is_no_mistake(cabin):
    """What exists for others is not for this visitor: they are told so, and nothing is logged."""
    with capture_logs() as logs:
        found = await cabin.seat("clerk").get("/console/people")
    assert (found.status_code, "您的岗位没有这一页" in found.text) == (403, True)
    assert [one for one in logs if one["log_level"] == "error"] == []


@pytest.mark.parametrize("text", ["query People { nobody { id } }", "query People { people { id }"])
async def test_a_mistaken_page_is_told_apart(cabin, monkeypatch, text):
    """It is the hub's fault: logged by the name of the question and nothing else, with the number that is shown."""
    monkeypatch.setattr(people, "_ASKED", text)
    with capture_logs() as logs:
        found = await cabin.seat("admin").get("/console/people")
    assert found.status_code == 500
    assert "这一页本身有差错" in found.text
    assert "您的岗位没有这一页" not in found.text
    (logged,) = [one for one in logs if one["log_level"] == "error"]
    assert logged.keys() == {"event", "log_level", "request_id", "operation"}
    assert logged["operation"] in {"People", "unreadable"}
    assert logged["request_id"] in found.text
