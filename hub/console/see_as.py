"""See as: a real question, put as somebody else, beside the matrix; values only of the entity that is there for trying.

Each time is on record.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from starlette.responses import Response
from starlette.routing import Route

from auth.purposes import Purpose
from auth.roles import ADMINISTRATORS, ROLE_LABELS, Role
from hub.console.asking import RefusedError
from hub.console.frame import Desk, Frame, Section
from hub.console.matrix import Chosen, simulated
from hub.web.words_console_matrix import SEE_AS, WITH_CASE

_EXAMPLE = """{
  entity(uscc: "%s") {
    name status legalRepresentative contactPhone address
    licences { certificateName validTo premises }
    penalties { decisionNo facts fine { amount } }
  }
}"""
_ANY = "91231282MA9X0A019P"
"""A code by its check digit, where there is no entity for trying."""
_ACT = """mutation See(
  $department: String!, $role: String!, $purpose: String!, $question: String!, $case: String, $answer: Boolean!) {
  seeAs(department: $department, role: $role, purpose: $purpose, question: $question, case: $case, answer: $answer) {
    refused message messageEn position answer withheld withheldEn fields { path field label state code } } }"""
_MARKS = {"CLEAR": "▪", "CLEAR_SOME": "▪", "MASKED": "◐", "MASKED_SOME": "◐", "DENIED": "∅"}


async def _page(desk: Desk, outcome: Any = None, problem: Any = None) -> Response:
    body = orjson.loads(outcome["answer"]) if outcome and outcome["answer"] else None
    given = {"role": "CLERK", "department": "service", "purpose": "GOVERNMENT_SERVICE", **desk.query, **desk.fields}
    purposes = [(one.code, _labels(one)) for one in desk.frame.gateway.admission.purposes.values()]
    return desk.shown(
        "see_as.html",
        status=200 if problem is None else 400,
        purposes=purposes,
        roles_listed=[(role.value, label) for role, label in ROLE_LABELS.items() if role not in ADMINISTRATORS],
        departments=desk.frame.departments,
        given=given,
        question=desk.fields.get("question", _EXAMPLE % (desk.frame.sample or _ANY)),
        sample=desk.frame.sample,
        outcome=outcome,
        lines=answer_of(body["data"], outcome["fields"]) if body else form_of(outcome["fields"]) if outcome else (),
        told=[*body.get("errors", ()), *body["extensions"].get("warnings", ())] if body else (),
        cells_of=await _cells(desk, given) if outcome and not outcome["refused"] else {},
        problem=problem,
    )


async def _see(desk: Desk) -> Response:
    given = desk.fields
    names = ("department", "role", "purpose", "question")
    told = {name: given.get(name, "").replace("\r\n", "\n") for name in names}
    try:
        wanted = given.get("act") == "answer"
        data = await desk.asker.act(_ACT, desk.key(), **told, case=given.get("case") or None, answer=wanted)
    except RefusedError as fault:
        return await _page(desk, problem=fault.problem("question"))
    return await _page(desk, data["seeAs"])


def _labels(purpose: Purpose) -> tuple[str, str]:
    """Labels of a purpose, which say whether it demands a case."""
    if not purpose.requires_case:
        return purpose.zh, purpose.en
    return tuple(text.format(purpose=said) for text, said in zip(WITH_CASE, (purpose.zh, purpose.en), strict=True))  # type: ignore[return-value]


def form_of(fields: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lines of an answer as a tree: names of branches once, each field below its own, with a mark where its value would be."""
    lines: list[dict[str, Any]] = []
    before: tuple[str, ...] = ()
    for one in fields:
        *branch, name = one["path"].split(".")
        shared = 0
        while shared < min(len(branch), len(before)) and branch[shared] == before[shared]:
            shared += 1
        lines += [{"depth": depth, "name": branch[depth], "field": None} for depth in range(shared, len(branch))]
        lines.append({"depth": len(branch), "name": name, "field": one, "mark": _MARKS[one["state"]]})
        before = tuple(branch)
    return lines


def answer_of(data: Mapping[str, Any], fields: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lines of an answer with its values, each beside how its field stands; items of a list are numbered."""
    states = {one["path"]: one for one in fields}
    lines: list[dict[str, Any]] = []

    def walk(name: str, value: Any, path: tuple[str, ...], number: str = "") -> None:
        depth, shown = len(path) - 1, f"{name}{number}"
        if isinstance(value, dict):
            lines.append({"depth": depth, "name": shown, "field": None})
            for key, below in value.items():
                walk(key, below, (*path, key))
        elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
            for place, one in enumerate(value, 1):
                walk(name, one, path, f" {place}/{len(value)}")
        else:
            field = states.get(".".join(path))
            mark = _MARKS[field["state"]] if field else ""
            lines.append({"depth": depth, "name": shown, "field": field, "mark": mark, "value": _text(value)})

    for name, value in data.items():
        walk(name, value, (name,))
    return lines


def _text(value: Any) -> str:
    if value is None:
        return "—"
    return "、".join(map(str, value)) or "—" if isinstance(value, list) else str(value)


async def _cells(desk: Desk, given: Mapping[str, str]) -> Mapping[str, str]:
    """How the matrix has each field of whom is seen as, by its coordinate."""
    if not desk.asker.may("simulate"):
        return {}
    code = "" if given["role"] == Role.PUBLIC.value else given["department"]
    told = await simulated(desk, Chosen(given["role"], given["purpose"]), [code])
    return {one["field"]: one["state"] for one in told[code]["fields"]}


def _routes(frame: Frame) -> list[Route]:
    return [frame.page("/console/see-as", _page), frame.act("/console/see-as", _see)]


SECTION = Section("see-as", SEE_AS, ("seeAs",), _routes)
