"""One code: its life, what the visitor may do with it, what is printed of it, its photos and its scans."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from auth.roles import Role
from hub.code.address import read_batch
from hub.code.forms import FORMS, Use
from hub.code.lifecycle import Step
from hub.console.asking import RefusedError
from hub.console.code_figures import figures_of
from hub.console.frame import Desk, Frame
from hub.web import words_console_codes as words
from schema.coding_enums import CodeStepKind
from schema.enums import CodeStatus

_CODE = """{ id uscc token spoken url name issuer status statusSince statusReason issuedOn printedOn displayedSince displayedDays
  places steps periods { since until places photoDigest } }"""
_FIND = "query Find($filter: CodeFilter) { honestyCodes(filter: $filter, first: 100) { codes { uscc token } } }"
_ONE = f"query One($uscc: USCC!) {{ honestyCode(uscc: $uscc) {_CODE} }}"
_LIFE = """query Life($uscc: USCC!, $from: Date!, $until: Date!) { codeLife(uscc: $uscc) { kind outcome at note places photoDigest
  token person department role reason { text textEn remedy remedyEn } }
  codeSigns(uscc: $uscc) { reports openReports places copied scansWhileStopped }
  codeScans(uscc: $uscc, from: $from, until: $until) { day audience place scans } }"""
_PHOTO = "query Photo($uscc: USCC!, $digest: String!) { codePhoto(uscc: $uscc, digest: $digest) }"
_RECENT = timedelta(days=29)
_SPANS = ("30", "90", "365")
_CONFIRMED = frozenset({Step.SUSPEND, Step.REVOKE, Step.REISSUE, Step.CANCEL})
"""Steps of which the numbers are looked at first."""
_MUTATIONS = {
    Step.DISPLAY: ("displayCode", {"display": "CodeDisplay!"}),
    Step.SUSPEND: ("suspendCode", {"reason": "String!"}),
    Step.RESUME: ("resumeCode", {"reason": "String!"}),
    Step.REVOKE: ("revokeCode", {"reason": "String!"}),
    Step.REISSUE: ("reissueCode", {"reason": "String!", "representative": "String"}),
    Step.CANCEL: ("cancelCode", {"reason": "String!", "representative": "String"}),
}
_PLACE_OF = {"REPRESENTATIVE_DIFFERS": "representative"}


async def _uscc(desk: Desk) -> tuple[str, str]:
    """Whose code it is, and what that says now; RefusedError for one that is not there for this visitor."""
    token = desk.path["token"]
    found = (await desk.asker.ask(_FIND, filter={"text": token}))["honestyCodes"]["codes"]
    exact = [one for one in found if one["token"] == token.upper()]
    # Else it is what a code said before: that is looked for as a whole, so that it is of one code.
    chosen = exact or (found if len(found) == 1 else [])
    if not chosen:
        raise RefusedError("NOT_FOUND", *words.NO_SUCH_CODE)
    return chosen[0]["uscc"], chosen[0]["token"]


async def _code(desk: Desk) -> dict[str, Any]:
    uscc, _ = await _uscc(desk)
    found: dict[str, Any] = (await desk.asker.ask(_ONE, uscc=uscc))["honestyCode"]
    return found


async def _life(desk: Desk, code: Mapping[str, Any], days: int = 30) -> dict[str, Any]:
    today = date.fromisoformat(desk.today)
    first = (today - timedelta(days=days - 1)).isoformat()
    return await desk.asker.ask(_LIFE, uscc=code["uscc"], **{"from": first, "until": desk.today})


async def _page(desk: Desk) -> Response:
    """The page of a code: its state, its life, where it is displayed, what can be done."""
    code = await _code(desk)
    if code["token"] != desk.path["token"]:
        return desk.go(f"/console/codes/{code['token']}")
    life = await _life(desk, code)
    done = desk.query.get("done", "")
    return desk.shown(
        "code.html",
        code=code,
        life=life["codeLife"],
        signs=life["codeSigns"],
        scans=sum(one["scans"] for one in life["codeScans"]),
        acts=code["steps"],
        done=(CodeStepKind[done].zh, CodeStepKind[done].en) if done in CodeStepKind.__members__ else None,
    )


async def _do_page(desk: Desk, problem: Any = None) -> Response:
    """The form of one act, with what it will do in numbers."""
    code, step = await _code(desk), _step(desk)
    if step.value not in code["steps"]:
        return desk.go(f"/console/codes/{code['token']}")
    life = await _life(desk, code) if step in _CONFIRMED else None
    scans = sum(one["scans"] for one in life["codeScans"]) if life is not None else 0
    return desk.shown(
        "code_do.html",
        status=200 if problem is None else 400,
        code=code,
        step=step.value,
        confirmed=step in _CONFIRMED,
        numbers={"places": len(code["places"]), "scans": scans, "daily": f"{scans / (_RECENT.days + 1):.1f}"},
        card=desk.asker.client.role is Role.CLERK and step in {Step.REISSUE, Step.CANCEL},
        problem=problem,
        given=desk.fields,
    )


async def _do(desk: Desk) -> Response:
    """Do it, and show the code again – under what it says then."""
    code, step, given = await _code(desk), _step(desk), desk.fields
    if step in _CONFIRMED and given.get("checked") != "1":
        zh, en = words.NOT_CONFIRMED
        return await _do_page(desk, {"code": "NOT_CONFIRMED", "zh": zh, "en": en, "at": "checked"})
    name, types = _MUTATIONS[step]
    told: dict[str, Any] = {
        "reason": given.get("reason", ""),
        "representative": given.get("representative") or None,
        "display": _display(given),
    }
    values = {one: told[one] for one in types}
    declared = "".join(f", ${one}: {kind}" for one, kind in types.items())
    passed = "".join(f", {one}: ${one}" for one in types)
    text = f"mutation Do($uscc: USCC!{declared}) {{ done: {name}(uscc: $uscc{passed}) {{ code {{ token }} }} }}"
    try:
        made = await desk.asker.act(text, desk.key(), uscc=code["uscc"], **values)
    except RefusedError as fault:
        usual = "places" if step is Step.DISPLAY else "reason"
        return await _do_page(desk, fault.problem(_PLACE_OF.get(fault.code, usual)))
    return desk.go(f"/console/codes/{made['done']['code']['token']}?done={step.value}")


def _step(desk: Desk) -> Step:
    wanted = desk.path["step"].upper()
    if wanted not in Step.__members__ or Step[wanted] not in _MUTATIONS:
        raise RefusedError("NOT_FOUND", "没有此项办理。", "There is no such act.")
    return Step[wanted]


def _display(given: Mapping[str, str]) -> dict[str, Any]:
    lines = given.get("places", "").replace("、", "\n").replace(";", "\n").replace(";", "\n").splitlines()
    told: dict[str, Any] = {"places": [line.strip() for line in lines if line.strip()]}
    told |= {name: given[name] for name in ("since", "photo") if given.get(name)}
    return told


async def _print(desk: Desk) -> Response:
    """Every form as it is printed, or why none is."""
    code, asked = await _code(desk), desk.query.get("batch", "")
    batch, problem = read_batch(asked) if asked else "", None
    if batch is None:
        zh, en = words.BATCH_BAD
        problem = {"code": "BAD_USER_INPUT", "zh": zh, "en": en, "at": "batch"}
    forms = [
        {
            "name": (form.zh, form.en),
            "address": f"/c/{code['token']}/kit/{use.value}",
            "size": {"wide": form.sheet[0], "high": form.sheet[1], "usual": form.usual},
            "batched": use is Use.PACKAGE,
        }
        for use, form in FORMS.items()
    ]
    printable = code["status"] == CodeStatus.VALID.name
    status = 200 if problem is None else 400
    return desk.shown(
        "code_print.html", status, code=code, forms=forms, printable=printable, batch=batch or "", problem=problem
    )


async def _scans(desk: Desk) -> Response:
    """How often, where and by whom it was scanned, and what is suspicious about that."""
    code, asked = await _code(desk), desk.query.get("days", _SPANS[0])
    days = int(asked) if asked in _SPANS else int(_SPANS[0])
    life = await _life(desk, code, days)
    figures = figures_of(life["codeScans"], code["places"], date.fromisoformat(desk.today), days)
    return desk.shown("code_scans.html", code=code, days=days, spans=_SPANS, figures=figures, signs=life["codeSigns"])


async def _photo(desk: Desk) -> Response:
    """A photo of a display; that it was looked at is on record."""
    code = await _code(desk)
    found = (await desk.asker.ask(_PHOTO, uscc=code["uscc"], digest=desk.path["digest"]))["codePhoto"]
    if found is None:
        raise RefusedError("NOT_FOUND", *words.PHOTO_GONE)
    kind = "png" if found.startswith("iVBOR") else "jpeg"
    return desk.shown(
        "code_photo.html", code=code, digest=desk.path["digest"], picture=f"data:image/{kind};base64,{found}"
    )


def routes_of_one(frame: Frame) -> list[Route]:
    """Addresses of one code."""
    one = "/console/codes/{token}"
    return [
        frame.page(one, _page),
        frame.page(f"{one}/print", _print),
        frame.page(f"{one}/scans", _scans),
        frame.page(f"{one}/photo/{{digest}}", _photo),
        frame.page(f"{one}/do/{{step}}", _do_page),
        frame.act(f"{one}/do/{{step}}", _do),
    ]
