"""Mappings: what each field is read from, changed in a form and tried on some rows; what runs is changed by nobody here."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from auth.roles import station
from hub.console.asking import RefusedError, known_act
from hub.console.frame import Desk, Frame, Section
from hub.console.mapping_form import Form, Place, read_fields, read_text, rows_of, take, write_text
from hub.web import words_console_mapping as words
from hub.web.console import page_headers
from schema.catalogue import RecordRule

_ASKED = """query Mappings($source: String) { sourceMappings(source: $source) {
  source label department kind record recordLabel sampled mapping } }"""
_TRYING = """mutation Try($source: String!, $record: String!, $mapping: String!, $answer: String) {
  tryMapping(source: $source, record: $record, mapping: $mapping, answer: $answer) {
    faults { place text } unsampled unsampledEn count rows { cells { place column before after readable masked } }
    places { place filled unreadable } columns { name label veiled } missing withheld
    suggestions { place column how confidence reasons } mapping difference position } }"""
_EXAMPLES = 3
_ACTS = {name: name for name in ("try", "take", "download")}
_TAKE = "take:"


async def _all(desk: Desk) -> Response:
    found = (await desk.asker.ask(_ASKED, source=None))["sourceMappings"]
    return desk.shown("mappings.html", mappings=found)


async def _one(desk: Desk) -> Response:
    mapping = await _mapping(desk)
    return await _editor(desk, mapping, read_text(mapping["mapping"]))


async def _editor(
    desk: Desk, mapping: Mapping[str, Any], form: Form, trial: Any = None, problem: Any = None
) -> Response:
    rule = desk.frame.gateway.wording.catalogue.records[mapping["record"]]
    records = (await desk.asker.ask(_ASKED, source=mapping["source"]))["sourceMappings"]
    return desk.shown(
        "mapping.html",
        status=200 if problem is None else 400,
        mapping=mapping,
        records=records,
        form=form,
        places=_places(desk, form, rule),
        trial=trial,
        examples=_examples(trial) if trial else {},
        counted={one["place"]: one for one in trial["places"]} if trial else {},
        suggested={one["place"]: one for one in trial["suggestions"]} if trial else {},
        veiled={one["name"] for one in trial["columns"] if one["veiled"]} if trial else set(),
        faults=[(one["place"], said_of(one["text"]), one["text"]) for one in trial["faults"]] if trial else (),
        wrongs=_by_place(trial["faults"]) if trial else {},
        tries=desk.asker.may("tryMapping") and mapping["department"] == desk.asker.client.department,
        problem=problem,
        answer=desk.fields.get("answer", ""),
    )


def _places(desk: Desk, form: Form, rule: RecordRule) -> Sequence[Place]:
    """Rows of the form; a field above somebody's station is there only if it is mapped already."""
    highest = station(desk.asker.client.role)
    readable = [name for name, one in rule.fields.items() if one.sensitivity <= highest]
    return list(rows_of(form, rule, readable))


def _examples(trial: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The first cells of each place that say something new; what cannot be read first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in trial["rows"]:
        for cell in row["cells"]:
            kept = found.setdefault(cell["place"], [])
            if cell["before"] is not None and cell not in kept:
                kept.append(cell)
    return {place: sorted(cells, key=lambda one: one["readable"])[:_EXAMPLES] for place, cells in found.items()}


def _by_place(faults: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    """Faults at the rows of the form they belong to."""
    found: dict[str, list[str]] = {}
    for one in faults:
        place = one["place"].removeprefix("columns.")
        row = place if place.startswith("keys.") else place.partition(".")[0]
        found.setdefault(row, []).append(said_of(one["text"]))
    return found


def said_of(fault: str) -> str:
    """A fault of a mapping in Chinese; as it is, where it is another one."""
    for pattern, said in words.FAULTS_SAID:
        if match := re.fullmatch(pattern, fault, re.DOTALL):
            return said.format(*match.groups())
    return fault


async def _mapping(desk: Desk) -> dict[str, Any]:
    """The mapping of the address: of the record it names, else of the source's first."""
    found = (await desk.asker.ask(_ASKED, source=desk.path["name"]))["sourceMappings"]
    wanted = desk.query.get("record", "")
    one: dict[str, Any] | None = next((one for one in found if wanted in {"", one["record"]}), None)
    if one is None:
        raise RefusedError("NOT_FOUND", *words.NONE_SUCH)
    return one


async def _act(desk: Desk) -> Response:
    mapping, wanted = await _mapping(desk), desk.fields.get("act", "")
    act = known_act(_ACTS, _TAKE.rstrip(":") if wanted.startswith(_TAKE) else wanted)
    if act == "download":
        return _download(desk, mapping)
    form = read_fields(desk.fields, read_text(mapping["mapping"]))
    try:
        if act == "take":
            place, _, how = wanted.removeprefix(_TAKE).partition(" = ")
            form = take(form, place, how)
        made = await desk.asker.act(
            _TRYING,
            desk.key(),
            source=mapping["source"],
            record=mapping["record"],
            mapping=write_text(form),
            answer=desk.fields.get("answer") or None,
        )
    except RefusedError as fault:
        return await _editor(desk, mapping, form, problem=fault.problem("form"))
    return await _editor(desk, mapping, form, made["tryMapping"])


def _download(desk: Desk, mapping: Mapping[str, Any]) -> Response:
    """The mapping as a file; what was on the page, to be put into the configuration by somebody else."""
    name = f"{mapping['source']}-{mapping['record']}.toml"
    text = desk.fields.get("text", "").replace("\r\n", "\n")
    headers = {**page_headers(), "content-disposition": f'attachment; filename="{name}"'}
    return Response(text, headers=headers, media_type="text/plain; charset=utf-8")


def _routes(frame: Frame) -> list[Route]:
    return [
        frame.page("/console/mappings", _all),
        frame.page("/console/sources/{name}/mapping", _one),
        frame.act("/console/sources/{name}/mapping", _act),
    ]


SECTION = Section("mappings", words.TITLE, ("sourceMappings",), _routes)
