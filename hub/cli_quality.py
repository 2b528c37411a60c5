"""`chengxin-hub quality`: runs over sources as whoever operates the machine; the board is read as a person."""

import asyncio
import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress as Shown
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from adapters.base import SourceError
from hub.app import Hub
from hub.cells import inert
from hub.cli_operating import known, open_hub, refused, typed
from hub.cli_signed import AsOption, CodeOption, PurposeOption, signed_in
from hub.exchange.quality_running import MOST_BATCH, Progress, TakenError
from hub.quality_runs import departments_of, runner_of
from hub.store.database import StoreError
from hub.terminal import ConfigOption, err, out

quality_cli = typer.Typer(no_args_is_help=True, help="数据质量 / The quality board")
_RUN = """number source department startedAt endedAt rows unread unmapped
  marks { record rule field checked failed failedBefore }"""
_FINDING = "number record rule field key digest problem problemEn fix fixEn"
_COLUMNS = ("number", "record", "rule", "field", "key", "digest", "problem", "fix")


@quality_cli.command("run")
def run_quality(
    source: Annotated[list[str] | None, typer.Argument(help="数据源,不填为全部 / sources, all if none")] = None,
    config: ConfigOption = Path("hub.toml"),
    batch: Annotated[int, typer.Option("--batch", min=1, max=MOST_BATCH, help="每批条数 / rows of a batch")] = 500,
    fresh: Annotated[bool, typer.Option("--fresh", help="重新开始,不接着上次 / begin anew, do not go on")] = False,
) -> None:
    """检查数据源的质量;中断后再次执行即从断点继续 / Run over sources; the same command goes on where it stopped."""
    hub = open_hub(config)
    named = source or sorted(hub.sources)
    names = [known(("数据源", "source"), name, hub.sources) for name in named]
    try:
        silent = asyncio.run(_run(hub, names, batch, fresh=fresh))
    except KeyboardInterrupt:
        err.print("已中断;再次执行即从断点继续 / interrupted; the same command goes on where it stopped", markup=False)
        raise typer.Exit(1) from None
    except TakenError as taken:
        refused(f"检查 {taken} 正由另一进程进行", f"another process goes on with run {taken}", code=1)
    except StoreError as fault:
        refused("存储不可写,请排除故障后再次执行", f"the store cannot be written: {fault}", code=1)
    raise typer.Exit(1 if silent else 0)


@quality_cli.command("show")
def show_quality(
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    source: Annotated[str | None, typer.Option("--source", help="只显示此数据源 / only this source")] = None,
    runs: Annotated[int, typer.Option("--runs", min=1, max=50, help="最近几次 / how many runs")] = 1,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """显示各数据源的质量及与上一次相比 / Show what runs came to, and what changed since the run before."""
    asked = f"query ($source: String, $first: Int!) {{ qualityRuns(source: $source, first: $first) {{ {_RUN} }} }}"
    with signed_in(config, username, code, purpose) as signed:
        first = runs if source else 50
        found = signed.ask(asked, {"source": source and typed(source, 64, "--source"), "first": first})["qualityRuns"]
    counted: dict[str, int] = {}
    for one in found:
        counted[one["source"]] = counted.get(one["source"], 0) + 1
        if counted[one["source"]] <= runs:
            out.print(_run_text(one), markup=False)
    if not found:
        err.print("尚无检查结果;用 chengxin-hub quality run 检查 / nothing yet: chengxin-hub quality run", markup=False)


@quality_cli.command("findings")
def list_findings(
    run: Annotated[str, typer.Argument(help="检查编号 / number of the run")],
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    rule: Annotated[str | None, typer.Option("--rule", help="只列此规则的,如 DUPLICATE / only of this rule")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="写入 CSV 文件 / write a CSV file")] = None,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """列出不合格的记录及建议 / List the rows that failed, and what to do."""
    asked = f"""query ($run: ID!, $rule: QualityRule, $after: Int!) {{
      qualityFindings(run: $run, rule: $rule, first: 500, after: $after) {{ {_FINDING} }} }}"""
    found: list[dict[str, Any]] = []
    with signed_in(config, username, code, purpose) as signed:
        while True:
            told = {
                "run": typed(run, 32, "RUN"),
                "rule": rule and rule.upper(),
                "after": found[-1]["number"] if found else 0,
            }
            page = signed.ask(asked, told)["qualityFindings"]
            found += page
            if len(page) < 500:
                break
    _write(found, to) if to is not None else _print(found)


async def _run(hub: Hub, names: Sequence[str], batch: int, *, fresh: bool) -> list[str]:
    """Names of the sources that did not answer."""
    departments = departments_of(hub)
    silent = []
    columns = SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.fields[told]}"), TimeElapsedColumn()
    try:
        with Shown(*columns, console=err, transient=True, disable=not err.is_terminal) as shown:
            for name in names:
                task = shown.add_task(name, total=None, told="")

                def tell(told: Progress, task: Any = task) -> None:
                    shown.update(task, told=f"{told.record}  {told.rows:,} 行 / rows  {told.found:,} 处 / findings")

                try:
                    run = await runner_of(hub, tell).run(hub.sources[name], departments[name], batch, fresh=fresh)
                except SourceError as fault:
                    silent.append(name)
                    err.print(f"{name}: {fault.code};再次执行即从断点继续 / run it again to go on", markup=False)
                else:
                    out.print(f"{run.number}  {name}", markup=False)
                shown.remove_task(task)
    finally:
        await hub.close()
    return silent


def _run_text(one: Mapping[str, Any]) -> str:
    ended = one["endedAt"][:16] if one["endedAt"] else "未完成 / unfinished"
    lines = [f"{one['number']}  {one['source']} ({one['department']})  {ended}  {one['rows']:,} 行 / rows"]
    for mark in one["marks"]:
        if mark["failed"] or mark["failedBefore"]:
            share = f"{mark['failed'] / mark['checked']:.1%}" if mark["checked"] else "–"
            change = "" if mark["failedBefore"] is None else f"  {mark['failed'] - mark['failedBefore']:+,}"
            place = f"{mark['record']}.{mark['field']}" if mark["field"] else mark["record"]
            lines.append(
                f"  {mark['rule']:<11}  {place:<32}  {mark['failed']:,} / {mark['checked']:,}  {share}{change}"
            )
    if len(lines) == 1:
        lines.append("  未发现问题 / nothing was found")
    lines += [f"  不能通读 / cannot be read through: {', '.join(one['unread'])}"] if one["unread"] else []
    lines += [f"  未提供 / not delivered: {', '.join(one['unmapped'])}"] if one["unmapped"] else []
    return "\n".join(lines)


def _print(found: Sequence[Mapping[str, Any]]) -> None:
    for one in found:
        place = f"{one['record']}.{one['field']}" if one["field"] else one["record"]
        key = one["key"] or one["digest"]
        out.print(f"{one['number']}  {one['rule']}  {place}  {key}  {one['problem']} → {one['fix']}", markup=False)
    if not found:
        err.print("没有不合格的记录 / no row failed", markup=False)


def _write(found: Sequence[Mapping[str, Any]], to: Path) -> None:
    try:
        # Keys of rows are for whoever asked for them.
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(_COLUMNS)
            rows.writerows([inert(one[name]) for name in _COLUMNS] for one in found)
    except OSError as fault:
        refused(f"写不了 {to}", f"{to} cannot be written: {fault.strerror}", code=1)
    out.print(f"{to}: {len(found)}", markup=False)
