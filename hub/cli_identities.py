"""`chengxin-hub identities`: who is who, as a person: keys, successions, reviews. Shows what the gateway answers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from hub.cli_acting import Who, Wish, act, number_typed, numbered, print_pages, tell
from hub.cli_operating import day_typed, refused, typed
from hub.cli_signed import AsOption, CodeOption, PurposeOption, signed_in
from hub.identity.sheets import Sheet, SheetFault
from hub.terminal import ConfigOption, err, out

identities_cli = typer.Typer(no_args_is_help=True, help="主体对应、承继与复核 / Who is who")
EntityArgument = Annotated[
    str, typer.Argument(help="统一社会信用代码,或网关标识 / its code, or an id that the hub gave out")
]
NumberArgument = Annotated[str, typer.Argument(help="编号 / number")]
ReasonOption = Annotated[str, typer.Option("--reason", help="理由 / reason", prompt="理由 / reason")]
_MAX_TEXT, _MAX_NAME, _MAX_FILE = 500, 128, 8_000_000
_MARK = "{ kind value id }"
_LINK = f"""department key confidence method evidence decidedBy confirmedBy decidedAt origin entity {_MARK} foundAs {_MARK}
  history {{ at method origin entity {_MARK} }}"""
_SUCCESSION = f"""number kind state was became movedKeys effectiveOn reason proposedBy decidedBy undoBy undoReason undoneBy
  before {_MARK} after {_MARK}"""
_REVIEW = f"""number cause state department key probability reasons proposedBy decidedBy note succession entity {_MARK}
  differences {{ field left right state reason }}"""


@identities_cli.command("show")
def show_links(
    entity: EntityArgument,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """显示一个主体对应的本地编号及其承继 / Show the keys of an entity, and what became of it."""
    asked = f"""query ($entity: EntityInput!) {{ crosswalk(entity: $entity) {{ {_LINK} }}
      successions(entity: $entity) {{ {_SUCCESSION} }} }}"""
    with signed_in(config, username, code, purpose) as signed:
        found = signed.ask(asked, {"entity": _entity(entity)})
    for link in found["crosswalk"]:
        out.print(_link_text(link), markup=False)
    for one in found["successions"]:
        out.print(_succession_text(one), markup=False)
    if not found["crosswalk"] and not found["successions"]:
        err.print("尚无对应,也没有承继 / it has no keys, and nothing became of it", markup=False)


@identities_cli.command("key")
def show_key(
    key: Annotated[str, typer.Argument(help="本部门的本地编号 / a key of one's own department")],
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    department: Annotated[str | None, typer.Option("--department", help="其部门,默认本部门 / its department")] = None,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """显示一个本地编号对应的主体及历次对应 / Show which entity a key stands for, and ever stood for."""
    asked = f"query ($key: String!, $whose: String) {{ crosswalk(key: $key, department: $whose) {{ {_LINK} }} }}"
    whose = typed(department, 32, "--department") if department else None
    with signed_in(config, username, code, purpose) as signed:
        found = signed.ask(asked, {"key": typed(key, _MAX_NAME, "KEY"), "whose": whose})["crosswalk"]
    if not found:
        refused("此编号没有您能看到的对应", "this key stands for nothing that you may see", code=1)
    out.print(_link_text(found[0]), markup=False)


@identities_cli.command("link")
def link_key(
    key: Annotated[str, typer.Argument(help="本部门的本地编号 / a key of one's own department")],
    entity: EntityArgument,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    evidence: Annotated[str, typer.Option("--evidence", help="证据 / evidence", prompt="证据 / evidence")] = "",
    confidence: Annotated[float, typer.Option("--confidence", min=0, max=1, help="可信度 / confidence")] = 1.0,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """登记本地编号对应的主体 / Say which entity a key stands for."""
    given = "$key: String!, $entity: EntityInput!, $evidence: String!, $confidence: Float!"
    field = "linkKey(key: $key, entity: $entity, evidence: $evidence, confidence: $confidence)"
    told = {
        "key": typed(key, _MAX_NAME, "KEY"),
        "entity": _entity(entity),
        "evidence": typed(evidence, _MAX_TEXT, "--evidence"),
        "confidence": confidence,
    }
    done = act(Who(config, username, code, purpose), Wish(given, field, told), f"link {{ {_LINK} }}")
    out.print(_link_text(done["link"]), markup=False)


@identities_cli.command()
def propose(
    kind: Annotated[str, typer.Argument(help="MERGED、SPLIT、RECODED、RENAMED、MOVED 之一 / one of these")],
    username: AsOption,
    before: Annotated[list[str], typer.Option("--before", help="原主体,可多次 / entity before; may come again")],
    reason: ReasonOption,
    config: ConfigOption = Path("hub.toml"),
    after: Annotated[
        list[str] | None, typer.Option("--after", help="现主体,可多次 / entity after; may come again")
    ] = None,
    effective_on: Annotated[str | None, typer.Option("--on", help="生效日,默认当天 / day from which it holds")] = None,
    was: Annotated[str | None, typer.Option("--was", help="原名称或原地点 / name or place before")] = None,
    became: Annotated[str | None, typer.Option("--became", help="新名称或新地点 / name or place after")] = None,
    move: Annotated[
        list[str] | None, typer.Option("--move", help="改定的编号 DEPARTMENT:KEY=CODE,可多次 / a key that moves")
    ] = None,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """提出主体的承继,待他人确认 / Propose what became of entities; another person confirms."""
    with signed_in(config, username, code, purpose) as signed:
        today = signed.hub.gateway.clock.today().isoformat()
        given = {
            "kind": kind.upper(),
            "before": [_entity(one) for one in before],
            "after": [_entity(one) for one in after or ()],
            "effectiveOn": day_typed("--on", effective_on) if effective_on else today,
            "reason": typed(reason, _MAX_TEXT, "--reason"),
            "was": was and typed(was, _MAX_TEXT, "--was"),
            "became": became and typed(became, _MAX_TEXT, "--became"),
            "moves": [_move(one) for one in move or ()],
        }
        asked = "mutation ($given: SuccessionInput!) { proposeSuccession(succession: $given)"
        (done,) = signed.ask(f"{asked} {{ position succession {{ {_SUCCESSION} }} }} }}", {"given": given}).values()
    tell(_succession_text(done["succession"]), done)


@identities_cli.command()
def confirm(
    number: NumberArgument,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """确认他人提出的承继,即时生效 / Confirm what somebody else proposed."""
    _succession(Who(config, username, code, purpose), numbered("confirmSuccession", number))


@identities_cli.command()
def refuse(
    number: NumberArgument,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """退回提出的承继 / Refuse what was proposed."""
    _succession(Who(config, username, code, purpose), numbered("refuseSuccession", number))


@identities_cli.command()
def undo(
    number: NumberArgument,
    username: AsOption,
    reason: ReasonOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """撤销已生效的承继:一人提出,另一人再次提出即撤销 / Undo a succession: one asks for it, another one does it."""
    told = {"number": number_typed(number), "reason": typed(reason, _MAX_TEXT, "--reason")}
    wish = Wish("$number: ID!, $reason: String!", "undoSuccession(number: $number, reason: $reason)", told)
    _succession(Who(config, username, code, purpose), wish)


@identities_cli.command()
def successions(
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    state: Annotated[str | None, typer.Option(help="只列此状态的,如 PROPOSED / only in this state")] = None,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """列出主体的承继 / List what became of entities."""
    wish = _listed("successions", "SuccessionState", state)
    print_pages(Who(config, username, code, purpose), wish, _SUCCESSION, _succession_text)


@identities_cli.command()
def reviews(
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    state: Annotated[str | None, typer.Option(help="只列此状态的,如 OPEN / only in this state")] = "OPEN",
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """列出待复核的对应,逐项标明差异 / List pairs that somebody has to look at, with their differences."""
    wish = _listed("identityReviews", "ReviewState", state)
    print_pages(Who(config, username, code, purpose), wish, _REVIEW, _review_text)


@identities_cli.command()
def queue(
    file: Annotated[
        Path, typer.Argument(help="待核清单(CSV)或一对或多对(JSON) / a sheet to be reviewed, or pairs as JSON")
    ],
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """将疑似或矛盾的对应送人工复核 / Have somebody look at pairs."""
    pairs = _pairs(file)
    asked = "mutation ($pair: PairInput!) { queueReview(pair: $pair) { queued position review { number } } }"
    with signed_in(config, username, code, purpose) as signed:
        for pair in pairs:
            done = signed.ask(asked, {"pair": pair})["queueReview"]
            known = "" if done["queued"] else "  (已送过 / queued before)"
            out.print(f"{done['review']['number']}{known}", markup=False)


@identities_cli.command()
def decide(
    number: NumberArgument,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    same: Annotated[bool | None, typer.Option("--same/--distinct", help="是否同一主体 / whether both are one")] = None,
    note: Annotated[str, typer.Option("--note", help="说明 / why", prompt="说明 / why")] = "",
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """作出复核结论;认定同一须两人先后认定 / Decide a review; that both are one, two people have to say."""
    if same is None:
        refused("请写明 --same 或 --distinct", "say --same or --distinct")
    given = "$number: ID!, $same: Boolean!, $note: String!"
    told = {"number": number_typed(number), "same": same, "note": typed(note, _MAX_TEXT, "--note")}
    wish = Wish(given, "decideReview(number: $number, same: $same, note: $note)", told)
    done = act(Who(config, username, code, purpose), wish, f"review {{ {_REVIEW} }}")
    tell(_review_text(done["review"]), done)


def _succession(who: Who, wish: Wish) -> None:
    done = act(who, wish, f"succession {{ {_SUCCESSION} }}")
    tell(_succession_text(done["succession"]), done)


def _listed(root: str, kind: str, state: str | None) -> Wish:
    field = f"{root}(state: $state, first: $first, after: $after)"
    return Wish(f"$state: {kind}", field, {"state": state.upper() if state else None})


def _entity(text: str) -> dict[str, str]:
    """An entity as it was typed: 18 characters are a code, 15 digits an old number, all else an id."""
    name = typed(text, 64, "ENTITY")
    if len(name) == 18:
        return {"uscc": name}
    return {"regNo15": name} if len(name) == 15 and name.isdecimal() else {"id": name}


def _move(text: str) -> dict[str, Any]:
    department, mark, rest = text.partition(":")
    key, equals, to = rest.rpartition("=")
    if not mark or not equals:
        refused("--move 须为 部门:编号=代码", "--move takes DEPARTMENT:KEY=CODE")
    return {"department": typed(department, 32, "--move"), "key": typed(key, _MAX_NAME, "--move"), "to": _entity(to)}


def _pairs(file: Path) -> list[dict[str, Any]]:
    """Pairs of a JSON file, or of the sheet of doubtful ones that `chengxin-hub resolve` wrote."""
    try:
        if file.stat().st_size > _MAX_FILE:
            refused(f"{file} 过大", f"{file} is too large")
        if file.suffix.lower() == ".csv":
            return _doubtful(file)
        read = orjson.loads(file.read_bytes())
    except OSError as fault:
        refused(f"读不到 {file}", f"{file} cannot be read: {fault.strerror}")
    except orjson.JSONDecodeError:
        refused(f"{file} 不是 JSON", f"{file} is not JSON")
    except SheetFault as fault:
        refused(f"{file}: {fault.zh}", f"{file}: {fault.en}")
    found = read if isinstance(read, list) else [read]
    if not found or not all(isinstance(one, dict) for one in found):
        refused(f"{file} 须为一对或多对", f"{file} holds no pairs")
    return found


def _doubtful(file: Path) -> list[dict[str, Any]]:
    """Rows of such a sheet; those without a key, or of which no entity is named, are told of and left out."""
    sheet = Sheet(file, ("key", "outcome", "probability", "uscc", "registered_name", "asked_name", "asked_address"))
    found: list[dict[str, Any]] = []
    for number, (_, row) in enumerate(sheet.rows(), 1):
        key, code = row["key"].removeprefix("'"), row["uscc"]
        if row["outcome"] not in ("POSSIBLE", "CONFLICT") or not key or not code:
            err.print(
                f"第 {number} 行缺少编号或主体,未送 / row {number} lacks a key or an entity: left out", markup=False
            )
            continue
        left = {"name": row["asked_name"].removeprefix("'"), "address": row["asked_address"].removeprefix("'")}
        right = {"name": row["registered_name"], **_entity(code)}
        pair = {"cause": row["outcome"], "key": key, "entity": _entity(code), "probability": _share(row["probability"])}
        found.append(pair | {"left": left, "right": right})
    return found


def _share(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        refused(f"概率 {text[:20]} 不是数字", f"probability {text[:20]} is no number")


def _mark(mark: Mapping[str, Any] | None) -> str:
    return "–" if mark is None else f"{mark['kind']}:{mark['value']}"


def _link_text(link: Mapping[str, Any]) -> str:
    sure = f"{link['method']}  {link['confidence']:.3f}  {link['decidedAt'][:10]}  {link['decidedBy']}"
    lines = [f"{link['department']}  {link['key'] or '(不可见 / hidden)'} → {_mark(link['entity'])}  {sure}"]
    if link["foundAs"]["value"] != link["entity"]["value"]:
        lines.append(f"  认定时 / found as {_mark(link['foundAs'])}")
    lines += [
        f"  {s['at'][:16]}  {_mark(s['entity'])}  {s['method'] or ''}  {s['origin'] or ''}" for s in link["history"]
    ]
    return "\n".join(line.rstrip() for line in lines)


def _succession_text(one: Mapping[str, Any]) -> str:
    before, after = (" ".join(_mark(mark) for mark in one[side]) for side in ("before", "after"))
    lines = [f"{one['number']}  {one['kind']}  {one['state']}  {one['effectiveOn']}", f"  {before} → {after}"]
    if one["was"]:
        lines.append(f"  {one['was']} → {one['became']}")
    lines.append(f"  {one['reason'] or ''}  {one['proposedBy']} / {one['decidedBy'] or '–'}")
    if one["undoReason"]:
        lines.append(f"  撤销 / undo: {one['undoReason']}  {one['undoBy']} / {one['undoneBy'] or '–'}")
    return "\n".join(lines)


def _review_text(one: Mapping[str, Any]) -> str:
    signs = {"SAME": "=", "DIFFERS": "≠", "ONLY_LEFT": "<", "ONLY_RIGHT": ">"}
    pair = f"{one['department']} {one['key'] or ''} ? {_mark(one['entity'])}  {one['probability']:.3f}"
    lines = [f"{one['number']}  {one['cause']}  {one['state']}  {pair}"]
    lines += [
        f"  {signs[d['state']]} {d['field']}: {d['left'] or '–'} | {d['right'] or '–'}  {d['reason'] or ''}"
        for d in one["differences"]
    ]
    lines += [f"  · {reason}" for reason in one["reasons"]]
    return "\n".join(lines)
