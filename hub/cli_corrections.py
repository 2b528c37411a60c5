"""`chengxin-hub corrections`: what people say is wrong at a source, and what its owner answers, as themselves."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli_acting import Who, Wish, act, number_typed, numbered, print_pages, tell
from hub.cli_operating import refused, typed
from hub.cli_signed import AsOption, CodeOption, PurposeOption
from hub.terminal import ConfigOption

corrections_cli = typer.Typer(no_args_is_help=True, help="校核 / Corrections")
NumberArgument = Annotated[str, typer.Argument(help="校核编号 / number of the correction")]
_MAX_TEXT = 500
_WHOLE = """number state field label owner stated evidence raisedBy raisedAt dueOn workingDaysLeft answeredBy answer
  entity { kind value } values { source value asOf }"""


@corrections_cli.command("list")
def list_corrections(
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    state: Annotated[str | None, typer.Option(help="只列此状态的,如 OPEN / only in this state")] = None,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """列出我能看到的校核 / List the corrections that I see."""
    field = "corrections(state: $state, first: $first, after: $after)"
    wish = Wish("$state: CorrectionState", field, {"state": state.upper() if state else None})
    print_pages(Who(config, username, code, purpose), wish, _WHOLE, _text)


@corrections_cli.command("raise")
def raise_correction(
    entity: Annotated[str, typer.Argument(help="统一社会信用代码 / code of the entity")],
    field: Annotated[str, typer.Argument(help="字段坐标,如 Entity.name / coordinate of the field")],
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    stated: Annotated[str, typer.Option("--stated", help="应为何值 / what it should be", prompt="应为 / stated")] = "",
    evidence: Annotated[str, typer.Option("--evidence", help="依据 / evidence", prompt="依据 / evidence")] = "",
    owner: Annotated[
        str | None, typer.Option("--owner", help="负责部门,多个数源时 / department, where several have it")
    ] = None,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """提出校核 / Say that a field is not what it should be."""
    told = {
        "entity": {"uscc": typed(entity, 64, "ENTITY")},
        "field": typed(field, 100, "FIELD"),
        "stated": typed(stated, _MAX_TEXT, "--stated"),
        "evidence": typed(evidence, _MAX_TEXT, "--evidence"),
        "owner": owner and typed(owner, 32, "--owner"),
    }
    wish = Wish("$given: CorrectionInput!", "raiseCorrection(correction: $given)", {"given": told})
    _act(Who(config, username, code, purpose), wish)


@corrections_cli.command()
def answer(
    number: NumberArgument,
    outcome: Annotated[str, typer.Argument(help="CORRECTED、CONFIRMED、REFERRED 之一 / one of these")],
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    note: Annotated[str, typer.Option("--note", help="说明 / what to tell", prompt="说明 / note")] = "",
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """数源部门答复校核 / Answer for the department that owns the field."""
    if outcome.upper() not in ("CORRECTED", "CONFIRMED", "REFERRED"):
        refused("OUTCOME 须为 CORRECTED、CONFIRMED 或 REFERRED", "OUTCOME takes CORRECTED, CONFIRMED or REFERRED")
    given = "$number: ID!, $outcome: CorrectionState!, $note: String!"
    field = "answerCorrection(number: $number, outcome: $outcome, note: $note)"
    told = {"number": number_typed(number), "outcome": outcome.upper(), "note": typed(note, _MAX_TEXT, "--note")}
    _act(Who(config, username, code, purpose), Wish(given, field, told))


@corrections_cli.command()
def withdraw(
    number: NumberArgument,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """撤回本人提出的校核 / Take back a correction that one raised."""
    _act(Who(config, username, code, purpose), numbered("withdrawCorrection", number))


def _act(who: Who, wish: Wish) -> None:
    done = act(who, wish, f"correction {{ {_WHOLE} }}")
    tell(_text(done["correction"]), done)


def _text(one: Mapping[str, Any]) -> str:
    left = one["workingDaysLeft"]
    clock = "" if left is None else f"  {one['dueOn']}" + ("  逾期 / overdue" if left < 0 else "")
    lines = [
        f"{one['number']}  {one['state']}  {one['label']} ({one['field']})  {one['entity']['value']}  {one['owner']}{clock}"
    ]
    lines += [f"  {v['source']}: {v['value'] or '–'}  {v['asOf'] or ''}".rstrip() for v in one["values"]]
    if one["stated"]:
        lines.append(f"  应为 / stated: {one['stated']}  {one['evidence'] or ''}".rstrip())
    if one["answer"]:
        lines.append(f"  答复 / answer: {one['answer']}")
    return "\n".join(lines)
