"""`chengxin-hub disclosures`: who looked at an entity, objections to it, recalls; dealt with by a person who signs in here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli_acting import Who, Wish, act
from hub.cli_operating import MAX_NAME, day_typed, refused, typed
from hub.cli_signed import AsOption, CodeOption, PurposeOption, signed_in
from hub.terminal import ConfigOption, out
from schema.disclosing_enums import RecallKind

disclosures_cli = typer.Typer(no_args_is_help=True, help="谁查过、异议、召回 / Who looked, objections, recalls")
EntityArgument = Annotated[str, typer.Argument(help="统一社会信用代码 / unified social credit code")]
NumberArgument = Annotated[str, typer.Argument(help="异议编号 / number of the objection")]
ReasonOption = Annotated[str, typer.Option("--reason", help="理由 / reason", prompt="理由 / reason")]
_MAX_TEXT = 500
_OBJECTION = "number line uscc departmentLabel state dueOn workingDaysLeft reason explanation finding"


@disclosures_cli.command("list")
def list_lookups(
    uscc: EntityArgument,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    first: Annotated[int, typer.Option(min=1, max=100, help="条数 / how many")] = 20,
    after: Annotated[str | None, typer.Option(help="上一页的末条编号 / last line of the page before")] = None,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """谁查过我:逐条一句话,另列延后告知与公众查询次数 / Who looked at an entity one may act for, line by line."""
    text = """query ($uscc: USCC!, $first: Int!, $after: String) { lookups(uscc: $uscc, first: $first, after: $after) {
      nodes { line sentence objection { number state } } later { sentence } publicScans own pageInfo { hasNextPage endCursor } } }"""
    with signed_in(config, username, code, purpose) as signed:
        found = signed.ask(text, {"uscc": typed(uscc, MAX_NAME, "USCC"), "first": first, "after": after})["lookups"]
    for one in found["nodes"]:
        objection = one["objection"]
        mark = f"  [{objection['number']} {objection['state']}]" if objection else ""
        _print(f"{one['line']}  {one['sentence']}{mark}")
    for one in found["later"]:
        _print(one["sentence"])
    _print(f"公众查询 / the public: {found['publicScans']};经营主体账号 / merchants: {found['own']}")
    if found["pageInfo"]["hasNextPage"]:
        _print(f"下一页 / next page: --after {found['pageInfo']['endCursor']}")


@disclosures_cli.command("object")
def object_to_lookup(
    uscc: EntityArgument,
    line: Annotated[int, typer.Argument(min=0, help="查询的编号 / number of the line")],
    username: AsOption,
    reason: ReasonOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """对一次查询提出异议 / Object to a look-up."""
    given, field = (
        "$uscc: USCC!, $line: Position!, $reason: String!",
        "objectToLookup(uscc: $uscc, line: $line, reason: $reason)",
    )
    told = {"uscc": typed(uscc, MAX_NAME, "USCC"), "line": line, "reason": typed(reason, _MAX_TEXT, "--reason")}
    _act(Who(config, username, code, purpose), Wish(given, field, told))


@disclosures_cli.command("objections")
def list_objections(
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    first: Annotated[int, typer.Option(min=1, max=100, help="条数 / how many")] = 20,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """列出可由本人查看的异议 / List the objections one may see."""
    text = f"query ($first: Int!) {{ objections(first: $first) {{ {_OBJECTION} }} }}"
    with signed_in(config, username, code, purpose) as signed:
        found = signed.ask(text, {"first": first})["objections"]
    for one in found:
        _show(one)


@disclosures_cli.command("explain")
def explain_lookup(
    number: NumberArgument,
    username: AsOption,
    text: Annotated[str, typer.Option("--text", help="说明,只供审计 / for audit only", prompt="说明 / explanation")],
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """查询部门就异议作出说明 / Explain a look-up for the department that looked."""
    given, field = "$number: ID!, $text: String!", "explainLookup(number: $number, text: $text)"
    told = {"number": typed(number, MAX_NAME, "NUMBER"), "text": typed(text, _MAX_TEXT, "--text")}
    _act(Who(config, username, code, purpose), Wish(given, field, told))


@disclosures_cli.command("decide")
def decide_objection(
    number: NumberArgument,
    username: AsOption,
    finding: Annotated[
        str, typer.Option("--finding", help="意见,告知经营主体 / told to the entity", prompt="意见 / finding")
    ],
    justified: Annotated[
        bool, typer.Option("--justified/--unjustified", help="查询是否正当 / whether it was justified")
    ],
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """审计认定异议 / Decide an objection, as audit."""
    given, field = (
        "$number: ID!, $justified: Boolean!, $finding: String!",
        "decideObjection(number: $number, justified: $justified, finding: $finding)",
    )
    told = {
        "number": typed(number, MAX_NAME, "NUMBER"),
        "justified": justified,
        "finding": typed(finding, _MAX_TEXT, "--finding"),
    }
    _act(Who(config, username, code, purpose), Wish(given, field, told))


@disclosures_cli.command("recall")
def recall_fact(
    uscc: EntityArgument,
    coordinate: Annotated[str, typer.Argument(help="字段坐标 / coordinate of the field")],
    username: AsOption,
    reason: ReasonOption,
    since: Annotated[str, typer.Option("--since", help="自何日起 / given from this day on")],
    kind: Annotated[str, typer.Option("--kind", help="CORRECTED 或 / or WITHDRAWN")] = RecallKind.CORRECTED.name,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """召回本部门已更正或撤销的内容,告知收到过的调用方 / Recall a fact of one's department and tell who received it."""
    if kind not in RecallKind.__members__:
        refused("--kind 须为 CORRECTED 或 WITHDRAWN", "--kind takes CORRECTED or WITHDRAWN")
    text = """mutation ($uscc: USCC!, $field: String!, $kind: RecallKind!, $reason: String!, $since: Date!) {
      recallFact(uscc: $uscc, field: $field, kind: $kind, reason: $reason, since: $since) {
        recall { number } position } }"""
    told = {
        "uscc": typed(uscc, MAX_NAME, "USCC"),
        "field": typed(coordinate, MAX_NAME, "FIELD"),
        "kind": kind,
        "reason": typed(reason, _MAX_TEXT, "--reason"),
        "since": day_typed("--since", since),
    }
    with signed_in(config, username, code, purpose) as signed:
        made = signed.ask(text, told)["recallFact"]
    _print(f"{made['recall']['number']}  收到过的调用方均已告知 / whoever received it was told")


def _act(who: Who, wish: Wish) -> None:
    """Do something about an objection, and show how it stands."""
    _show(act(who, wish, f"objection {{ {_OBJECTION} }}")["objection"])


def _show(one: Mapping[str, Any]) -> None:
    left = "" if one["workingDaysLeft"] is None else f"  剩余工作日 / working days left {one['workingDaysLeft']}"
    _print(f"{one['number']}  {one['state']}  {one['departmentLabel']}  {one['uscc']}  {one['dueOn']}{left}")
    for name, words in (
        ("reason", "理由 / reason"),
        ("explanation", "说明 / explanation"),
        ("finding", "意见 / finding"),
    ):
        if one[name]:
            _print(f"  {words}: {one[name]}")


def _print(text: str) -> None:
    out.print(text, markup=False, highlight=False)
