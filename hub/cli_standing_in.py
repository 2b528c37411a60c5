"""`chengxin-hub deputies | emergencies`: who acts for whom, and break-glass, dealt with by a person who signs in here."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli_acting import Who, Wish, act, tell
from hub.cli_operating import MAX_NAME, day_typed, refused, typed
from hub.cli_signed import AsOption, CodeOption, PurposeOption, signed_in
from hub.terminal import ConfigOption, err, out

deputies_cli = typer.Typer(no_args_is_help=True, help="代理 / Deputies")
emergencies_cli = typer.Typer(no_args_is_help=True, help="应急调阅 / Emergencies: break-glass and its review")
DeputyArgument = Annotated[str, typer.Argument(help="代理编号 / id of the deputation")]
EmergencyArgument = Annotated[str, typer.Argument(help="应急调阅编号 / id of the emergency")]
ReasonOption = Annotated[str, typer.Option("--reason", help="理由 / reason", prompt="理由 / reason")]
_MAX_REASON, _MAX_FINDING = 200, 500


@deputies_cli.command("list")
def list_deputies(
    username: AsOption, config: ConfigOption = Path("hub.toml"), purpose: PurposeOption = None, code: CodeOption = None
) -> None:
    """列出代理:编号、被代理人、代理人、期限、状态 / List deputies: id, for whom, who, from, until, state."""
    asked = "{ deputies { id principal deputy principalName deputyName startsOn endsOn confirmed endedAt } }"
    with signed_in(config, username, code, purpose) as signed:
        found = signed.ask(asked, {})["deputies"]
    for one in found:
        names = one["principalName"] or one["principal"], one["deputyName"] or one["deputy"]
        state = "已结束 / ended" if one["endedAt"] else "" if one["confirmed"] else "待确认 / to be confirmed"
        line = [one["id"], f"{names[0]} ← {names[1]}", f"{one['startsOn']}–{one['endsOn']}", state]
        out.print("  ".join(line).rstrip(), markup=False)


@deputies_cli.command("appoint")
def appoint_deputy(
    deputy: Annotated[str, typer.Argument(help="代理人账号 / account of the deputy")],
    starts: Annotated[str, typer.Option("--from", help="首日 / first day")],
    until: Annotated[str, typer.Option("--until", help="末日 / last day")],
    username: AsOption,
    reason: ReasonOption,
    config: ConfigOption = Path("hub.toml"),
    principal: Annotated[
        str | None, typer.Option("--for", help="被代理人;不给则为本人 / for whom; oneself if not given")
    ] = None,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """设置代理 / Let somebody act for oneself, or, as a system administrator, for somebody else."""
    given = "$deputy: String!, $from: Date!, $until: Date!, $reason: String!, $principal: String"
    field = "appointDeputy(deputy: $deputy, from: $from, until: $until, reason: $reason, principal: $principal)"
    told = {
        "deputy": typed(deputy, MAX_NAME, "DEPUTY"),
        "from": day_typed("--from", starts),
        "until": day_typed("--until", until),
        "reason": typed(reason, _MAX_REASON, "--reason"),
        "principal": principal and typed(principal, MAX_NAME, "--for"),
    }
    _deputy(Who(config, username, code, purpose), Wish(given, field, told))


@deputies_cli.command("confirm")
def confirm_deputy(
    name: DeputyArgument,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """确认三员的代理 / Confirm the deputy of an officer of another office."""
    _deputy(Who(config, username, code, purpose), _plain("confirmDeputy", name))


@deputies_cli.command("end")
def end_deputy(
    name: DeputyArgument,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """结束代理,立即生效 / End a deputy's time at once."""
    _deputy(Who(config, username, code, purpose), _plain("endDeputy", name))


@emergencies_cli.command("list")
def list_emergencies(
    username: AsOption, config: ConfigOption = Path("hub.toml"), purpose: PurposeOption = None, code: CodeOption = None
) -> None:
    """列出应急调阅:编号、谁、开始、至、复核 / List emergencies: id, who, from, until, review."""
    asked = "{ emergencies { id username person fields reason beganAt until endedAt dueOn overdue justified } }"
    with signed_in(config, username, code, purpose) as signed:
        found = signed.ask(asked, {})["emergencies"]
    for one in found:
        line = [one["id"], one["username"] or one["person"], f"{one['beganAt'][:16]}–{one['until'][11:16]}"]
        out.print("  ".join([*line, _review(one), ", ".join(one["fields"]), one["reason"]]), markup=False)


@emergencies_cli.command("open")
def break_glass(
    names: Annotated[list[str], typer.Argument(help="字段或范围 / fields or scopes")],
    of_purpose: Annotated[str, typer.Option("--under", help="所用用途 / purpose under which they are asked")],
    username: AsOption,
    reason: ReasonOption,
    config: ConfigOption = Path("hub.toml"),
    case: Annotated[str | None, typer.Option("--case", help="案件编号 / case number")] = None,
    uscc: Annotated[str | None, typer.Option("--uscc", help="只限此主体 / of this entity only")] = None,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """应急调阅:立即可查,即时告知,事后复核 / See fields at once in an emergency; told at once, reviewed afterwards."""
    found = [typed(name, MAX_NAME, "FIELDS") for name in names]
    given = {
        "fields": [name for name in found if name[:1].isupper()],
        "scopes": [name for name in found if not name[:1].isupper()],
        "purpose": typed(of_purpose, MAX_NAME, "--under"),
        "reason": typed(reason, _MAX_REASON, "--reason"),
        **({"case": case} if case else {}),
        **({"uscc": uscc} if uscc else {}),
    }
    wish = Wish("$given: EmergencyInput!", "breakGlass(emergency: $given)", {"given": given})
    _emergency(Who(config, username, code, purpose), wish)


@emergencies_cli.command("end")
def end_emergency(
    name: EmergencyArgument,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """提前结束应急调阅 / End an emergency before its time."""
    _emergency(Who(config, username, code, purpose), _plain("endEmergency", name))


@emergencies_cli.command("review")
def review_emergency(
    name: EmergencyArgument,
    username: AsOption,
    finding: Annotated[str, typer.Option("--finding", help="复核意见 / finding", prompt="复核意见 / finding")],
    config: ConfigOption = Path("hub.toml"),
    justified: Annotated[
        bool | None, typer.Option("--justified/--not-justified", help="是否正当 / was it justified")
    ] = None,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """复核应急调阅 / Review an emergency once it is over, as audit administrator."""
    if justified is None:
        refused("请写明 --justified 或 --not-justified", "say --justified or --not-justified")
    given = "$id: ID!, $justified: Boolean!, $finding: String!"
    told = {
        "id": typed(name, MAX_NAME, "ID"),
        "justified": justified,
        "finding": typed(finding, _MAX_FINDING, "--finding"),
    }
    field = "reviewEmergency(id: $id, justified: $justified, finding: $finding)"
    _emergency(Who(config, username, code, purpose), Wish(given, field, told))


def _plain(field: str, name: str) -> Wish:
    return Wish("$id: ID!", f"{field}(id: $id)", {"id": typed(name, MAX_NAME, "ID")})


def _deputy(who: Who, wish: Wish) -> None:
    done = act(who, wish, "id waiting")
    tell(done["id"], done)
    if done["waiting"]:
        err.print("待另一岗位的三员确认 / an officer of another office has to confirm it", markup=False)


def _emergency(who: Who, wish: Wish) -> None:
    done = act(who, wish, "id until dueOn")
    tell(done["id"], done)
    err.print(f"至 / until {done['until'][:16]};复核期限 / to be reviewed by {done['dueOn']}", markup=False)


def _review(one: dict[str, Any]) -> str:
    if one["justified"] is not None:
        return "正当 / justified" if one["justified"] else "不正当 / not justified"
    return "复核逾期 / review overdue" if one["overdue"] else f"待复核 / to be reviewed by {one['dueOn']}"
