"""`chengxin-hub names fill | show | drop`: the copy of what identifies entities by which names are resolved."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import select

from adapters.base import SourceError
from hub.acts.name_copy import filling_of
from hub.app import Hub
from hub.cli_operating import event, moment_of, open_hub, performed, refused
from hub.identity.filling import Filling, FillingElsewhere, Step, drop, retire
from hub.identity.name_index import DAY
from hub.store.database import StoreError
from hub.store.identity_tables import name_generations
from hub.terminal import ConfigOption, err, out

names_cli = typer.Typer(no_args_is_help=True, help="名称索引 / The name index")
_PHASES = {
    "READING": "读取数据源 / reading the source",
    "SORTING": "计算检索键 / making keys",
    "STORING": "写入索引 / storing them",
    "DROPPING": "清除旧索引 / dropping what is old",
}
_STATES = {
    "FILLING": "读取中 / being read",
    "SORTING": "建立中 / being built",
    "SERVING": "使用中 / answers",
    "DROPPING": "待清除 / to be dropped",
}


@names_cli.command()
def fill(config: ConfigOption = Path("hub.toml")) -> None:
    """从主体登记数据源建立名称索引,可中断后继续;完成后即替换旧索引 / Fill it from the source of entities; can be resumed."""
    hub = open_hub(config)
    table = hub.settings.name_index
    if not table.basis:
        refused(
            "尚未声明持有副本的依据:请在配置的 [name_index] 中写明 basis",
            "a copy needs a basis: state it as basis under [name_index] in the configuration",
        )
    filling = filling_of(table, hub.registers, hub.attendant)
    if filling is None:
        refused("没有数据源提供经营主体(Entity)", "no source owns the record Entity")
    with _shown() as told:
        count = _filled(hub, filling, told)
    filled = event("NAMES_FILLED", "GRANTED", filling.source, told={"entries": str(count)})
    performed(hub, lambda ledger: ledger.record(filled))
    out.print(f"名称索引已建立:{count:,} 个主体 / the name index has {count:,} entities", markup=False)


@names_cli.command()
def show(config: ConfigOption = Path("hub.toml")) -> None:
    """显示名称索引:来源、字段、依据、时间 / Show what copies there are, of which fields, on what basis and how old."""
    hub = open_hub(config)
    columns = name_generations.c
    rows = hub.database.reading(
        lambda connection: list(connection.execute(select(name_generations).order_by(columns.number)))
    )
    if not rows:
        out.print("尚无名称索引 / there is none: chengxin-hub names fill", markup=False)
    for row in rows:
        until = moment_of(row.begun_at + hub.settings.name_index.keep_days * DAY)
        out.print(
            f"{row.number}  {_STATES[row.state]}  {row.source}  {row.entries:,}  {moment_of(row.begun_at)} – {until}\n"
            f"   字段 / fields: {row.fields}\n   依据 / basis: {row.basis}",
            markup=False,
        )


@names_cli.command("drop")
def drop_names(config: ConfigOption = Path("hub.toml")) -> None:
    """删除名称索引的全部副本 / Delete every copy."""
    hub = open_hub(config)
    performed(hub, lambda ledger: retire(ledger.connection))
    with _shown() as told:
        count = drop(hub.database.acting, hub.database.reading, told)
    dropped = event("NAMES_DROPPED", "GRANTED", "", told={"copies": str(count)})
    performed(hub, lambda ledger: ledger.record(dropped))
    out.print(f"已删除 {count} 份副本 / {count} copies were deleted", markup=False)


def _filled(hub: Hub, filling: Filling, told: Callable[[Step], None]) -> int:
    async def run() -> int:
        try:
            return await filling.fill(hub.gateway.clock.moment().second, told)
        finally:
            await filling.adapter.aclose()

    try:
        return asyncio.run(run())
    except KeyboardInterrupt:
        err.print("已中断;再次执行即从断点继续 / interrupted; the same command goes on where it stopped", markup=False)
        raise typer.Exit(130) from None
    except FillingElsewhere:
        refused("另一个命令正在建立同一索引", "another command is filling the same index", code=1)
    except SourceError as fault:
        refused(
            f"数据源 {filling.source} 未应答({fault.code}):{fault};再次执行即从断点继续",
            f"source {filling.source} failed; the same command goes on where it stopped",
            code=1,
        )
    except StoreError as fault:
        refused(
            f"存储不可写({fault})", "the store cannot be written; the same command goes on where it stopped", code=1
        )


@contextmanager
def _shown() -> Iterator[Callable[[Step], None]]:
    """Shows each step, where somebody looks."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("", total=None)

        def told(step: Step) -> None:
            progress.update(task, description=_PHASES[step.phase], completed=step.done, total=step.total)

        yield told
