"""`chengxin-hub requests`: what people do with requests for access, as themselves. Shows what the gateway answers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from hub.cli_acting import MAX_NUMBER, Who, Wish, act, number_typed, numbered, print_pages, tell
from hub.cli_operating import day_typed, refused, typed
from hub.cli_signed import AsOption, CodeOption, PurposeOption, signed_in
from hub.terminal import ConfigOption, out
from hub.web.approval_form import approval_form

requests_cli = typer.Typer(no_args_is_help=True, help="授权申请 / Requests for access")
NumberArgument = Annotated[str, typer.Argument(help="申请编号 / number of the request")]
GrantArgument = Annotated[str, typer.Argument(help="授权编号 / id of the grant")]
ReasonOption = Annotated[str, typer.Option("--reason", help="理由 / reason", prompt="理由 / reason")]
BasisOption = Annotated[str, typer.Option("--basis", help="依据 / basis", prompt="依据 / basis")]
_MAX_TEXT, _MAX_FILE = 500, 1_000_000
_BRIEF = "number state department departmentLabel submittedAt parts { owner dueOn overdue }"
_WHOLE = """number state department departmentLabel askedBy paper reason madeAt submittedAt endedAt releasedBy basis grants
  changes { kind grant sentence sentenceEn }
  parts { owner ownerLabel sharing state dueOn workingDaysLeft overdue extended answeredBy answeredAt basis }
  steps { kind at person owner note position }"""


@requests_cli.command("list")
def list_requests(
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    state: Annotated[str | None, typer.Option(help="只列此状态的,如 SUBMITTED / only in this state")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="只列我申请的 / only those that I asked for")] = False,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """列出我能看到的申请 / List the requests that I see."""
    given, field = (
        "$state: RequestState, $mine: Boolean!",
        "requests(state: $state, mine: $mine, first: $first, after: $after)",
    )
    wish = Wish(given, field, {"state": state.upper() if state else None, "mine": mine})
    print_pages(Who(config, username, code, purpose), wish, _BRIEF, _line)


@requests_cli.command()
def show(
    number: NumberArgument,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """显示一个申请 / Show a request."""
    out.print(_text(_found(Who(config, username, code, purpose), number)), markup=False)


@requests_cli.command("print")
def print_form(
    number: NumberArgument,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    to: Annotated[Path | None, typer.Option("--to", help="写入的文件 / file to write; NUMBER.html")] = None,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """写出审批表(一页 A4,HTML) / Write the approval form, one page of A4."""
    found = _found(Who(config, username, code, purpose), number)
    path = to or Path(f"{found['number']}.html")
    try:
        path.write_text(approval_form(found), encoding="utf-8")
    except OSError as fault:
        refused(f"写不了 {path}", f"{path} cannot be written: {fault.strerror}", code=1)
    out.print(f"{path}", markup=False)


@requests_cli.command()
def ask(
    file: Annotated[Path, typer.Argument(help="授权(JSON,如拒绝信息中的 variables) / grants as JSON")],
    username: AsOption,
    reason: ReasonOption,
    config: ConfigOption = Path("hub.toml"),
    draft: Annotated[bool, typer.Option("--draft", help="仅存草稿 / keep it as a draft")] = False,
    paper: Annotated[bool, typer.Option("--paper", help="由纸质申请录入 / it came on paper")] = False,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """申请授权 / Ask for grants."""
    given = "$grants: [GrantInput!]!, $reason: String!, $draft: Boolean!, $paper: Boolean!"
    field = "requestAccess(grants: $grants, reason: $reason, draft: $draft, paper: $paper)"
    told = {"grants": _grants(file), "reason": _text_of(reason), "draft": draft, "paper": paper}
    _act(Who(config, username, code, purpose), Wish(given, field, told))


@requests_cli.command()
def submit(
    number: NumberArgument,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """提交草稿 / Submit a draft."""
    _act(Who(config, username, code, purpose), numbered("submitRequest", number))


@requests_cli.command()
def withdraw(
    number: NumberArgument,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """撤回申请 / Take a request back."""
    _act(Who(config, username, code, purpose), numbered("withdrawRequest", number))


@requests_cli.command()
def answer(
    number: NumberArgument,
    owner: Annotated[str, typer.Argument(help="所代表的部门代码 / department that is answered for")],
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    approve: Annotated[bool | None, typer.Option("--yes/--no", help="同意或不同意 / agree or refuse")] = None,
    basis: Annotated[str | None, typer.Option("--basis", help="依据;不同意时必填 / basis of a refusal")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="说明 / why")] = None,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """数源部门答复申请 / Answer for the department that owns the data."""
    if approve is None:
        refused("请写明 --yes 或 --no", "say --yes or --no")
    given = "$number: ID!, $owner: String!, $approve: Boolean!, $basis: String, $reason: String"
    field = "answerRequest(number: $number, owner: $owner, approve: $approve, basis: $basis, reason: $reason)"
    texts = {"basis": basis and _text_of(basis), "reason": reason and _text_of(reason)}
    told = {"number": number_typed(number), "owner": typed(owner, MAX_NUMBER, "OWNER"), "approve": approve, **texts}
    _act(Who(config, username, code, purpose), Wish(given, field, told))


@requests_cli.command()
def extend(
    number: NumberArgument,
    username: AsOption,
    reason: ReasonOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """延期 10 个工作日 / Give the own department ten working days more."""
    given, field = "$number: ID!, $reason: String!", "extendRequest(number: $number, reason: $reason)"
    _act(
        Who(config, username, code, purpose),
        Wish(given, field, {"number": number_typed(number), "reason": _text_of(reason)}),
    )


@requests_cli.command()
def release(
    number: NumberArgument,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """核准;授权即时生效 / Release a request: its grants take effect at once."""
    _act(Who(config, username, code, purpose), numbered("releaseRequest", number))


@requests_cli.command()
def refuse(
    number: NumberArgument,
    username: AsOption,
    basis: BasisOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """退回申请 / Refuse a request."""
    given, field = "$number: ID!, $basis: String!", "refuseRequest(number: $number, basis: $basis)"
    _act(
        Who(config, username, code, purpose),
        Wish(given, field, {"number": number_typed(number), "basis": _text_of(basis)}),
    )


@requests_cli.command()
def renew(
    grant: GrantArgument,
    until: Annotated[str, typer.Option("--until", help="新的最后一日 / its new last day")],
    username: AsOption,
    reason: ReasonOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """申请授权续期 / Ask for a grant to be renewed."""
    given = "$grant: ID!, $until: Date!, $reason: String!"
    told = {"grant": number_typed(grant), "until": day_typed("--until", until), "reason": _text_of(reason)}
    _act(
        Who(config, username, code, purpose),
        Wish(given, "renewGrant(id: $grant, until: $until, reason: $reason)", told),
    )


@requests_cli.command("end-grant")
def end_grant(
    grant: GrantArgument,
    last_day: Annotated[str, typer.Option("--last-day", help="提前到的最后一日 / its earlier last day")],
    username: AsOption,
    reason: ReasonOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """申请提前终止授权 / Ask for a grant to end earlier."""
    given = "$grant: ID!, $day: Date!, $reason: String!"
    told = {"grant": number_typed(grant), "day": day_typed("--last-day", last_day), "reason": _text_of(reason)}
    _act(
        Who(config, username, code, purpose), Wish(given, "endGrant(id: $grant, lastDay: $day, reason: $reason)", told)
    )


def _act(who: Who, wish: Wish) -> None:
    """Do one thing, and show the request as it then is."""
    done = act(who, wish, f"request {{ {_WHOLE} }}")
    tell(_text(done["request"]), done)


def _found(who: Who, number: str) -> dict[str, Any]:
    asked = f"query ($number: ID!) {{ request(number: $number) {{ {_WHOLE} }} }}"
    with signed_in(*who) as signed:
        found: dict[str, Any] | None = signed.ask(asked, {"number": number_typed(number)})["request"]
    if found is None:
        refused("没有您能看到的这个申请", "there is no such request that you may see", code=1)
    return found


def _grants(file: Path) -> list[Any]:
    """Grants of a JSON file: a list of them, one, or the variables of a denial's prefilled request."""
    try:
        text = file.read_bytes()
    except OSError as fault:
        refused(f"读不到 {file}", f"{file} cannot be read: {fault.strerror}")
    if len(text) > _MAX_FILE:
        refused(f"{file} 过大", f"{file} is too large")
    try:
        read = orjson.loads(text)
    except orjson.JSONDecodeError:
        refused(f"{file} 不是 JSON", f"{file} is not JSON")
    found = read.get("grants", [read]) if isinstance(read, dict) else read
    if not isinstance(found, list):
        refused(f"{file} 须为授权列表", f"{file} holds no list of grants")
    return found


def _text_of(text: str) -> str:
    return typed(text, _MAX_TEXT, "--reason, --basis")


def _line(one: Mapping[str, Any]) -> str:
    parts = " ".join(f"{p['owner']}:{p['dueOn'] or '–'}{'!' if p['overdue'] else ''}" for p in one["parts"])
    return (
        f"{one['number']}  {one['state']:<9}  {one['department']}  {(one['submittedAt'] or '')[:10]}  {parts}".rstrip()
    )


def _text(one: Mapping[str, Any]) -> str:
    lines = [
        f"{one['number']}  {one['state']}  {one['departmentLabel']} ({one['department']})",
        f"理由 / reason: {one['reason']}",
    ]
    lines += [f"- {change['sentence']}\n  {change['sentenceEn']}" for change in one["changes"]]
    lines += [
        f"  {p['ownerLabel']} ({p['owner']})  {p['sharing']}  {p['state']}  {p['dueOn'] or '–'}"
        f"{'  逾期 / overdue' if p['overdue'] else ''}{'  ' + p['basis'] if p['basis'] else ''}"
        for p in one["parts"]
    ]
    lines += [
        f"  {s['at'][:16]}  {s['kind']:<9}  {s['person']}  {s['owner'] or ''}  #{s['position']}" for s in one["steps"]
    ]
    if one["basis"]:
        lines.append(f"依据 / basis: {one['basis']}")
    if one["grants"]:
        lines.append(f"授权 / grants: {', '.join(one['grants'])}")
    return "\n".join(lines)
