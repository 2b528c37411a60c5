"""`chengxin-hub record`: search the record, its index, the yearly pack, holds, and the purge of old keys.

What reads it as a person asks as that person; what the machine's operator does is recorded with their account.
"""

import asyncio
import hmac
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.exc import SQLAlchemyError

from hub.app import Hub
from hub.audit.act import append_act
from hub.audit.chains import first_day_of
from hub.audit.keeping import AlteredError
from hub.audit.tiles import WIDTH
from hub.callers.ledger import StoreLedger
from hub.cli_acting import Who, Wish, act
from hub.cli_operating import MAX_NAME, day_typed, event, open_hub, performed, refused, typed
from hub.cli_signed import AsOption, CodeOption, PurposeOption, signed_in
from hub.disclosure.filling import begin_anew
from hub.disclosure.keeping import purged_act
from hub.disclosure.pack import Contents, write_new, write_pack
from hub.disclosure.proofs import MOST, prove
from hub.disclosure.retention import Due, due, purge
from hub.exchange.recorded import end_of_record
from hub.terminal import ConfigOption, err, out

record_cli = typer.Typer(no_args_is_help=True, help="审计记录 / The record")
FromOption = Annotated[str, typer.Option("--from", help="首日 / first day")]
UntilOption = Annotated[str, typer.Option("--until", help="末日 / last day")]
_FLAGS = ("unverifiedCase", "emergency", "night", "denied")
_SEARCH = """query ($filter: RecordFilter!, $first: Int!, $after: String) { recordEntries(filter: $filter, first: $first,
  after: $after) { nodes { position at act outcome client department role purpose person fields entities denied emergency }
  pageInfo { hasNextPage endCursor } complete indexedUpTo } }"""


@record_cli.command()
def search(
    starts: FromOption,
    until: UntilOption,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    department: Annotated[str | None, typer.Option(help="部门 / department")] = None,
    client: Annotated[str | None, typer.Option(help="客户端 / client")] = None,
    person: Annotated[str | None, typer.Option(help="人员账号名或编号 / account name or id of a person")] = None,
    asked_for: Annotated[
        str | None, typer.Option("--for-purpose", help="查询的用途 / purpose of the questions")
    ] = None,
    field: Annotated[str | None, typer.Option(help="字段坐标 / coordinate of a field")] = None,
    uscc: Annotated[str | None, typer.Option(help="经营主体 / entity")] = None,
    act: Annotated[str | None, typer.Option(help="事项名称 / name of an act")] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="unverifiedCase、emergency、night、denied / one of these")
    ] = None,
    first: Annotated[int, typer.Option(min=1, max=200, help="条数 / how many")] = 50,
    after: Annotated[str | None, typer.Option(help="上一页的末条位置 / last position of the page before")] = None,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """检索审计记录(元数据),检索本身留痕 / Search the record, metadata only; that is recorded itself."""
    for flag in only or ():
        if flag not in _FLAGS:
            refused(f"--only 须为 {'、'.join(_FLAGS)} 之一", f"--only takes one of {', '.join(_FLAGS)}")
    named = {"department": department, "client": client, "person": person, "purpose": asked_for}
    named |= {"field": field, "uscc": uscc, "act": act}
    sought: dict[str, Any] = {name: typed(text, MAX_NAME, f"--{name}") for name, text in named.items() if text}
    sought |= {"firstDay": day_typed("--from", starts), "lastDay": day_typed("--until", until)}
    sought |= dict.fromkeys(only or (), True)
    with signed_in(config, username, code, purpose) as signed:
        found = signed.ask(_SEARCH, {"filter": sought, "first": first, "after": after})["recordEntries"]
    for one in found["nodes"]:
        what = one["act"] or f"{len(one['fields'])} 字段 / fields, {one['entities']} 主体 / entities"
        who = f"{one['department'] or '-'}/{one['client'] or '-'} {one['role']} {one['purpose']}"
        _print(f"{one['position']}  {one['at']}  {one['outcome']}  {who}  {what}")
    if not found["complete"]:
        _print(f"索引到 {found['indexedUpTo']} 为止 / the index reaches up to {found['indexedUpTo']}")
    if found["pageInfo"]["hasNextPage"]:
        _print(f"下一页 / next page: --after {found['pageInfo']['endCursor']}")


@record_cli.command()
def receivers(
    uscc: Annotated[str, typer.Argument(help="统一社会信用代码 / unified social credit code")],
    starts: FromOption,
    until: UntilOption,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    field: Annotated[str | None, typer.Option(help="字段坐标 / coordinate of a field")] = None,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """事件清单:谁收到过某主体的什么内容 / For an incident: who received what of an entity."""
    text = """query ($uscc: USCC!, $first: Date!, $last: Date!, $field: String) { receivers(uscc: $uscc, firstDay: $first,
      lastDay: $last, field: $field) { client department role purpose questions firstAt lastAt fields } }"""
    told = {
        "uscc": typed(uscc, MAX_NAME, "USCC"),
        "first": day_typed("--from", starts),
        "last": day_typed("--until", until),
    }
    with signed_in(config, username, code, purpose) as signed:
        found = signed.ask(text, {**told, "field": field and typed(field, MAX_NAME, "--field")})["receivers"]
    for one in found:
        period = f"{one['firstAt'][:16]} – {one['lastAt'][:16]}"
        who = f"{one['department'] or '公众 / the public'}  {one['client'] or '-'}  {one['role']}  {one['purpose']}"
        _print(f"{who}  {one['questions']}  {period}  {' '.join(one['fields'])}")


@record_cli.command("anomalies")
def list_anomalies(
    starts: FromOption,
    until: UntilOption,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """列出异常查询,至多 31 日 / List what is conspicuous within 31 days at most."""
    text = """query ($first: Date!, $last: Date!) { anomalies(firstDay: $first, lastDay: $last) {
      kind client department person entity sentence } }"""
    told = {"first": day_typed("--from", starts), "last": day_typed("--until", until)}
    with signed_in(config, username, code, purpose) as signed:
        found = signed.ask(text, told)["anomalies"]
    for one in found:
        who = f"{one['department']}/{one['client']}  {one['person'] or '-'}"
        _print(f"{one['kind']}  {one['entity'] or who}  {one['sentence']}")


@record_cli.command()
def index(
    config: ConfigOption = Path("hub.toml"),
    anew: Annotated[bool, typer.Option("--anew", help="清空后从头建立 / empty it and begin again")] = False,
) -> None:
    """建立或补全审计记录的索引,可随时中断续做 / Fill the index of the record; can be stopped and gone on with."""
    hub = open_hub(config)
    if anew:
        performed(hub, lambda ledger: begin_anew(ledger.connection))
        performed(hub, lambda ledger: ledger.record(event("INDEX_BEGUN_ANEW", "GRANTED", "")))
    try:
        count = asyncio.run(hub.indexer.look())
    except SQLAlchemyError as fault:
        refused(f"未能完成,可再次运行续做:{fault}", f"not finished; run it again to go on: {fault}", code=1)
    except KeyboardInterrupt:
        refused("已中断,再次运行即续做", "interrupted; run it again to go on", code=1)
    _print(f"已编入 {count} 条,共 {hub.database.reading(end_of_record)} 条 / entries put in, and in all")


@record_cli.command()
def pack(
    folder: Annotated[Path, typer.Option("--out", help="目标目录,须为新目录 / folder to write, a new one")],
    year: Annotated[int, typer.Option(min=2020, max=9998, help="年度 / year")],
    config: ConfigOption = Path("hub.toml"),
    seed: Annotated[str | None, typer.Option(help="抽样种子,默认为年度 / seed of the samples; the year")] = None,
    share: Annotated[float, typer.Option(help="抽样比例,百分数 / share of the samples, in percent")] = 5.0,
) -> None:
    """生成年度审计材料:统计、抽样、异常、检查点、核验结果及清单 / Write the yearly audit pack, with a manifest of hashes."""
    if not 0 < share <= 100:
        refused("--share 须大于 0 且不超过 100", "--share takes more than 0 and 100 at most")
    if folder.exists() and any(folder.iterdir()):
        refused(f"{folder} 已有内容,请换一个目录", f"{folder} is not empty: take another folder")
    hub = open_hub(config)
    performed(hub, lambda ledger: ledger.record(event("AUDIT_PACKED", "GRANTED", "", told={"year": str(year)})))
    asyncio.run(hub.indexer.look())
    contents = Contents(hub.settings, hub.sequencer.log, hub.roster.departments, year, seed or str(year), share)
    try:
        manifest = write_pack(hub.database, contents, folder, _tell, _reach)
    except OSError as fault:
        refused(f"未能写出:{fault}", f"could not be written: {fault}", code=1)
    for one in manifest["files"]:
        _print(f"{one['sha256']}  {one['name']}")
    if manifest["differences"]:
        refused(
            "审计日志与检查点不符,详见 verify.json", "the record differs from its checkpoints: see verify.json", code=1
        )


@record_cli.command()
def proof(
    positions: Annotated[list[int], typer.Argument(min=0, help="位置,至多 1000 个 / positions, at most 1,000")],
    file: Annotated[Path, typer.Option("--out", help="目标文件,须为新文件 / file to write, a new one")],
    config: ConfigOption = Path("hub.toml"),
) -> None:
    """导出若干条记录及其证明(RFC 9162),导出本身留痕 / Write entries with their proofs; that is recorded itself."""
    if len(positions) > MOST:
        refused(f"至多 {MOST} 个位置", f"at most {MOST} positions")
    if file.exists():
        refused(f"{file} 已存在,请换一个文件名", f"{file} exists: take another name")
    hub = open_hub(config)
    told = {"entries": str(len(positions)), "first": str(min(positions)), "last": str(max(positions))}
    performed(hub, lambda ledger: ledger.record(event("LOG_EXPORTED", "GRANTED", "", told=told)))
    try:
        made = hub.database.reading(lambda connection: prove(connection, hub.sequencer.log, sorted(set(positions))))
        write_new(file, made)
    except LookupError as fault:
        refused(
            f"位置 {fault} 尚未被检查点涵盖,请稍后再试",
            f"no checkpoint covers position {fault} yet: try again later",
            code=1,
        )
    except AlteredError as fault:
        refused(f"未导出:{fault}", f"not exported: {fault}", code=1)
    except OSError as fault:
        refused(f"未能写出:{fault}", f"could not be written: {fault}", code=1)
    _print(f"{file}: {len(set(positions))}")


@record_cli.command("purge")
def purge_keys(
    config: ConfigOption = Path("hub.toml"),
    confirm: Annotated[str | None, typer.Option(help="预览所示的确认码 / code that the preview shows")] = None,
) -> None:
    """销毁超过保存期限的摘要密钥:先预览,再以确认码执行,留痕 / Destroy keys past their time: preview, then confirm."""
    hub = open_hub(config)
    today, settings = hub.gateway.clock.today(), hub.settings.retention
    found = hub.database.reading(lambda connection: due(connection, hub.chains, settings, today))
    for one in found:
        _preview(one)
    if not any(one.months for one in found):
        _print("没有超过保存期限的密钥 / no key is past its time")
        return
    expected = _code(hub, found)
    if confirm is None:
        _print(f"不可恢复。执行请加 / cannot be undone. To go on: --confirm {expected}")
        return
    if not hmac.compare_digest(confirm.encode("utf-8", "replace"), expected.encode()):
        refused("确认码不对,或情况已变:请重新预览", "the code is wrong, or things have changed: preview again")
    performed(hub, lambda ledger: _purge(hub, ledger, today))
    hub.database.reading(hub.chains.reload)
    _print("已销毁并留痕 / destroyed, and on record")


@record_cli.command("hold")
def hold_record(
    first_day: Annotated[str, typer.Argument(help="首日 / first day")],
    username: AsOption,
    reason: Annotated[str, typer.Option("--reason", help="理由 / reason", prompt="理由 / reason")],
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """保全自某日起的记录,不予清除 / Keep the record from a day on from being purged."""
    told = {"day": day_typed("FIRST_DAY", first_day), "reason": typed(reason, 200, "--reason")}
    wish = Wish("$day: Date!, $reason: String!", "holdRecord(firstDay: $day, reason: $reason)", told)
    _held(Who(config, username, code, purpose), wish)


@record_cli.command("lift")
def lift_hold(
    number: Annotated[int, typer.Argument(min=1, help="保全编号 / number of the hold")],
    username: AsOption,
    reason: Annotated[str, typer.Option("--reason", help="理由 / reason", prompt="理由 / reason")],
    config: ConfigOption = Path("hub.toml"),
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """解除保全 / Lift a hold."""
    told = {"number": number, "reason": typed(reason, 200, "--reason")}
    wish = Wish("$number: Int!, $reason: String!", "liftHold(number: $number, reason: $reason)", told)
    _held(Who(config, username, code, purpose), wish)


@record_cli.command("holds")
def list_holds(
    username: AsOption, config: ConfigOption = Path("hub.toml"), purpose: PurposeOption = None, code: CodeOption = None
) -> None:
    """列出保全 / List holds."""
    with signed_in(config, username, code, purpose) as signed:
        found = signed.ask("{ recordHolds { number firstDay reason madeAt liftedAt } }", {})["recordHolds"]
    for one in found:
        state = f"已解除 / lifted {one['liftedAt']}" if one["liftedAt"] else "有效 / holds"
        _print(f"{one['number']}  {one['firstDay']}  {state}  {one['reason']}")


def _held(who: Who, wish: Wish) -> None:
    done = act(who, wish, "number")
    _print(f"{done['number']}  #{done['position']}")


def _tell(text: str) -> None:
    err.print(text, markup=False)


def _reach(done: int, count: int) -> None:
    if done and done % 100_000 < WIDTH:
        _tell(f"核验 / verified {done} / {count}")


def _purge(hub: Hub, ledger: StoreLedger, today: date) -> None:
    moment = hub.gateway.clock.moment()
    person = ledger.vault.short("person", event("", "", "").person)
    for one in due(ledger.connection, hub.chains, hub.settings.retention, today):
        if one.months:
            purge(ledger.connection, hub.chains, one)
            append_act(ledger.connection, purged_act(one, moment, "command", person))


def _preview(one: Due) -> None:
    name = {"log": "日志 / logs", "disclosure": "提供记录 / disclosures"}[one.chain.name]
    held = ";部分因保全而保留 / some is kept by a hold" if one.held else ""
    what = f"{one.months} 个月 / months, {one.entries} 条 / entries"
    _print(f"{name}: {first_day_of(one.until)} 之前 / before: {what}{held}")


def _code(hub: Hub, found: list[Due]) -> str:
    """What confirms exactly what was previewed."""
    what = " ".join(f"{one.chain.name} {one.since} {one.until}" for one in found)
    return hub.attendant.vault.lasting("purge", what)[:8]


def _print(text: str) -> None:
    out.print(text, markup=False, highlight=False)
