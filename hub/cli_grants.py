"""`chengxin-hub grants`: who may see what, looked at, confirmed, drafted from a template, taken from and put on sheets.

What changes anything is done as a person who signs in; what only looks, also by the operator of the machine.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from adapters.tabular_fault import FileFault
from auth.roles import Role
from auth.scopes import Scope
from hub.cli_looking import Asked, Item, cells_told, heads, looking, show_csv
from hub.cli_operating import day_typed, known, refused
from hub.cli_signed import AsOption, CodeOption, PurposeOption, signed_in
from hub.exchange.grant_columns import COLUMNS
from hub.exchange.grant_sheets import SheetRow, read_sheet, write_sheet
from hub.terminal import ConfigOption, err, out
from schema.enums import GrantState, RowBecomes, Scenario

grants_cli = typer.Typer(no_args_is_help=True, help="授权:谁为何用途可查什么 / Grants: who may see what, for what")
MaybeAsOption = Annotated[
    str | None,
    typer.Option("--as", metavar="USERNAME", help="以谁的身份;不给则为本机运维 / as whom; else the operator"),
]
IdArgument = Annotated[str, typer.Argument(help="授权编号 / id of the grant")]
JsonOption = Annotated[bool, typer.Option("--json", help="供程序读取 / for machines")]
CsvOption = Annotated[bool, typer.Option("--csv", help="CSV 格式 / as CSV")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="按此时刻的记录 / as recorded at an instant, 2026-12-31T12:00:00+08:00")
]
_HISTORY = ("number", "recordedAt", "recordedBy", "replacedAt", "changed")
_HEADS = {column.key: column.zh for column in COLUMNS}
_RECERTIFY = """mutation ($ids: [String!]!, $until: Date) {
  recertifyGrants(ids: $ids, until: $until) { position grants { id certifiedUntil waitingFor } } }"""
_DRAFT = """mutation ($scenario: Scenario!, $department: String!, $from: Date!, $until: Date!) {
  draftFromTemplate(scenario: $scenario, department: $department, from: $from, until: $until) {
    request changes leftOut position } }"""
_IMPORT = """mutation ($rows: [GrantRow!]!, $preview: Boolean!) {
  importGrants(rows: $rows, preview: $preview) { request absent rows { row id becomes inWords inWordsEn
    differences { column before after } mistakes { column message messageEn suggestion } } } }"""


@grants_cli.command("list")
def list_grants(
    config: ConfigOption = Path("hub.toml"),
    department: Annotated[str | None, typer.Option(help="只列此部门的 / of this department")] = None,
    role: Annotated[Role | None, typer.Option(help="只列此角色的 / of this role")] = None,
    field: Annotated[str | None, typer.Option(help="只列含此字段的 / that cover this field")] = None,
    scope: Annotated[Scope | None, typer.Option(help="只列含此范围的 / that cover this scope")] = None,
    state: Annotated[str | None, typer.Option(help="只列此状态的,如 EXPIRING / in this state")] = None,
    as_of: AsOfOption = None,
    username: MaybeAsOption = None,
    code: CodeOption = None,
    purpose: PurposeOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
) -> None:
    """列出授权 / List grants."""
    named = role.value if role else None, scope.value if scope else None
    asked = Asked(department, named[0], field, named[1], _state(state), as_of)
    with looking(config, username, code, purpose) as look:
        found = look.grants(asked)
    if as_json:
        _json(found)
    elif as_csv:
        show_csv(map(cells_told, found), heads())
    else:
        for item in found:
            out.print(_line(item), markup=False)


@grants_cli.command()
def show(
    name: IdArgument,
    config: ConfigOption = Path("hub.toml"),
    as_of: AsOfOption = None,
    username: MaybeAsOption = None,
    code: CodeOption = None,
    purpose: PurposeOption = None,
    as_json: JsonOption = False,
) -> None:
    """显示一项授权的全部内容 / Show a grant with all its parts."""
    with looking(config, username, code, purpose) as look:
        item = _named(name, look.grants(Asked(as_of=as_of)))
    if as_json:
        _json(item)
        return
    out.print(item["inWords"], markup=False)
    out.print(item["inWordsEn"], markup=False)
    for key, text in cells_told(item).items():
        if text and key != "inWords":
            out.print(f"{_HEADS[key]} / {key}: {text}", markup=False)
    out.print(f"数源部门 / owners: {', '.join(item['owners']) or '–'}", markup=False)
    for word in item["certifications"]:
        waits = "" if word["counted"] else " (尚待其他部门 / others are missing)"
        out.print(f"确认 / confirmed: {word['owner'] or '–'} → {word['until']}{waits}", markup=False)


@grants_cli.command()
def history(
    name: IdArgument,
    config: ConfigOption = Path("hub.toml"),
    username: MaybeAsOption = None,
    code: CodeOption = None,
    purpose: PurposeOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
) -> None:
    """列出一项授权的各版本 / List all versions of a grant."""
    with looking(config, username, code, purpose) as look:
        versions = _named(name, look.grants(Asked()))["history"]
    if as_json:
        _json(versions)
    elif as_csv:
        show_csv([{key: _text(one[key]) for key in _HISTORY} for one in versions], _HISTORY)
    else:
        for one in versions:
            changed = ", ".join(one["changed"]) or "–"
            out.print(f"{one['number']}  {one['recordedAt']}  {one['recordedBy']}  {changed}", markup=False)


@grants_cli.command()
def recertify(
    names: Annotated[list[str], typer.Argument(help="授权编号 / ids of grants")],
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    until: Annotated[str | None, typer.Option(help="确认至,默认一年 / until when; a year if not given")] = None,
    code: CodeOption = None,
    purpose: PurposeOption = None,
) -> None:
    """年度确认:这些授权仍有必要 / Confirm that grants are still needed."""
    variables = {"ids": names, "until": day_typed("--until", until) if until is not None else None}
    with signed_in(config, username, code, purpose) as signed:
        done = signed.ask(_RECERTIFY, variables)["recertifyGrants"]
    for one in done["grants"]:
        waiting = ", ".join(one["waitingFor"])
        more = f",尚待 / waits for {waiting}" if waiting else ""
        out.print(f"{one['id']}: 确认至 / confirmed until {one['certifiedUntil'] or '–'}{more}", markup=False)


@grants_cli.command()
def template(
    scenario: Annotated[str, typer.Argument(help="场景,如 CATERING / scenario")],
    department: Annotated[str, typer.Option(help="部门 / department")],
    starts: Annotated[str, typer.Option("--from", help="起始日 / first day")],
    ends: Annotated[str, typer.Option("--until", help="截止日 / last day")],
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    code: CodeOption = None,
    purpose: PurposeOption = None,
) -> None:
    """按场景模板起草共享申请 / Draft a request from the template of a scenario."""
    name = known(("场景", "scenario"), scenario.upper(), list(Scenario.__members__))
    variables = {"from": day_typed("--from", starts), "until": day_typed("--until", ends)}
    with signed_in(config, username, code, purpose) as signed:
        done = signed.ask(_DRAFT, {**variables, "scenario": name, "department": department})["draftFromTemplate"]
    _drafted(done["request"], done["changes"])
    if done["leftOut"]:
        err.print(f"未列入 / left out: {', '.join(done['leftOut'])}", markup=False)


@grants_cli.command("import")
def import_grants(
    file: Annotated[Path, typer.Argument(help=".xlsx 或 .csv / .xlsx or .csv")],
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    preview: Annotated[bool, typer.Option("--preview", help="只预览 / only say what would become of it")] = False,
    code: CodeOption = None,
    purpose: PurposeOption = None,
    as_json: JsonOption = False,
) -> None:
    """导入授权表:预览,或起草一份申请 / Take a sheet of grants: preview it, or draft one request."""
    try:
        rows = read_sheet(file)
    except FileFault as fault:
        refused(f"{file.name}:{fault.zh}", f"{fault.en}")
    with signed_in(config, username, code, purpose) as signed:
        seen = signed.ask(_IMPORT, {"rows": [dict(row.cells) for row in rows], "preview": True})["importGrants"]
        faulty = any(one["mistakes"] for one in seen["rows"])
        if not preview and not faulty:
            seen = signed.ask(_IMPORT, {"rows": [dict(row.cells) for row in rows], "preview": False})["importGrants"]
    if as_json:
        _json(seen)
    else:
        _show_rows(rows, seen)
    if faulty:
        raise typer.Exit(1)
    if seen["request"] is not None:
        changes = sum(one["becomes"] not in {"SAME", "FAULTY"} for one in seen["rows"])
        _drafted(seen["request"], changes)


@grants_cli.command()
def export(
    file: Annotated[Path, typer.Argument(help=".xlsx 或 .csv / .xlsx or .csv")],
    config: ConfigOption = Path("hub.toml"),
    department: Annotated[str | None, typer.Option(help="只含此部门的 / of this department")] = None,
    everything: Annotated[bool, typer.Option("--all", help="含已结束的 / also those that have ended")] = False,
    username: MaybeAsOption = None,
    code: CodeOption = None,
    purpose: PurposeOption = None,
) -> None:
    """把授权写成表,改后可再导入 / Write grants to a sheet that can be edited and taken again."""
    with looking(config, username, code, purpose) as look:
        found = look.grants(Asked(department=department))
    kept = [one for one in found if one["person"] is None and (everything or one["state"] != GrantState.ENDED.name)]
    try:
        write_sheet(file, map(cells_told, kept))
    except FileFault as fault:
        refused(f"{file.name}:{fault.zh}", fault.en)
    except OSError as fault:
        refused(f"{file} 无法写入", f"it cannot be written: {fault.strerror}", code=1)
    err.print(f"{len(kept)} 项 / grants → {file}", markup=False)


def _state(text: str | None) -> str | None:
    return None if text is None else known(("状态", "state"), text.upper(), list(GrantState.__members__))


def _named(name: str, found: Sequence[Item]) -> Item:
    by_name = {item["id"]: item for item in found}
    return by_name[known(("授权", "grant"), name, list(by_name))]


def _line(item: Item) -> str:
    state = GrantState[item["state"]]
    marks = ["已冻结 / frozen"] if item["frozen"] else []
    what = ", ".join([*item["scopes"], *item["fields"]])
    shown = what if len(what) <= 60 else f"{what[:59]}…"
    parts = [item["id"], item["department"], item["role"], item["effect"], f"{item['starts']}–{item['lastDay']}"]
    return "  ".join([*parts, f"{state.zh} / {state.en}", *marks, shown])


def _show_rows(rows: Sequence[SheetRow], seen: dict[str, Any]) -> None:
    for row, one in zip(rows, seen["rows"], strict=True):
        becomes = RowBecomes[one["becomes"]]
        place = f"第 {row.line} 行 / line {row.line}"
        out.print(f"{place}  {one['id'] or '+'}  {becomes.zh} / {becomes.en}", markup=False)
        for bad in one["mistakes"]:
            out.print(
                f"    ✗ {_HEADS[bad['column']]} / {bad['column']}: {bad['message']} / {bad['messageEn']}", markup=False
            )
        for differs in one["differences"]:
            head = f"{_HEADS[differs['column']]} / {differs['column']}"
            out.print(f"    {head}: {differs['before'] or '–'} → {differs['after'] or '–'}", markup=False)
        if one["becomes"] == RowBecomes.ADDED.name:
            out.print(f"    {one['inWords']}", markup=False)
    if seen["absent"]:
        listed = ", ".join(seen["absent"])
        out.print(f"表中没有、不受影响 / not in the sheet, and left as they are: {listed}", markup=False)


def _drafted(request: str, changes: int) -> None:
    out.print(request, markup=False)
    err.print(
        f"已起草,含 {changes} 项;提交后由数源部门答复、安全管理员核准才生效 / drafted with {changes} changes; nothing takes"
        " effect before it was submitted, answered and released",
        markup=False,
    )


def _text(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _json(value: object) -> None:
    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))
