"""`chengxin-hub import`: takes files by hand into a source of kind `tabular`, as its folder would, and says what became
of them."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from adapters.base import SourceError
from adapters.options import SourceOptions
from hub.terminal import ConfigOption, err, out, read_settings
from schema.catalogue import fold_catalogue

if TYPE_CHECKING:
    from adapters.tabular_fault import Progress as Told
    from adapters.tabular_options import TabularOptions
    from adapters.tabular_report import Outcome


def import_files(
    source: Annotated[str, typer.Argument(help="数据源名 / name of the source")],
    file: Annotated[list[Path], typer.Argument(help="文件 / files, in their order")],
    config: ConfigOption = Path("hub.toml"),
    record: Annotated[str | None, typer.Option(help="文件所载记录 / record the files hold")] = None,
) -> None:
    """把文件手工收入 tabular 数据源 / Take files by hand into a source of kind tabular."""
    options = _source(config, source)
    try:
        wells = [asyncio.run(_take(options, path, record)) for path in file]
    except KeyboardInterrupt:
        err.print("已中断;再次执行即从断点继续 / interrupted; the same command goes on where it stopped", markup=False)
        raise typer.Exit(1) from None
    except ValueError as fault:
        err.print(f"{source}: {fault}", markup=False)
        raise typer.Exit(2) from None
    except SourceError as fault:
        err.print(f"{source}: {fault.code}: {fault}", markup=False)
        raise typer.Exit(1) from None
    raise typer.Exit(0 if all(wells) else 1)


def _source(config: Path, name: str) -> SourceOptions:
    settings = read_settings(config)
    files = {options.name: options for options in settings.sources if options.kind == "tabular"}
    if name not in files:
        there = ", ".join(sorted(files)) or "–"
        err.print(f"没有 tabular 数据源 {name},现有 {there} / no source of files is called so", markup=False)
        raise typer.Exit(2)
    return files[name]


async def _take(options: "SourceOptions", path: Path, record: str | None) -> bool:
    """True if all of the file was taken."""
    from adapters.tabular import take_file  # noqa: PLC0415 - the libraries of this kind are an extra
    from adapters.tabular_options import TabularOptions  # noqa: PLC0415 - the same

    if not isinstance(options, TabularOptions):
        raise TypeError("not a source of files")
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rows]}"), TimeRemainingColumn()
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as shown:
        task = shown.add_task(path.name, total=None, rows="")
        outcome = await take_file(options, fold_catalogue(), path, record, lambda told: _advance(shown, task, told))
    _tell(options, outcome)
    return outcome.fault is None and not outcome.rejected


def _advance(shown: Progress, task: TaskID, told: "Told") -> None:
    shown.update(task, completed=told.bytes_read, total=told.bytes_total, rows=f"{told.rows:,} 行 / rows")


def _tell(options: "TabularOptions", outcome: "Outcome") -> None:
    place = f"{outcome.file} → {options.name} {outcome.record}"
    if outcome.fault is not None:
        out.print(f"{place}: 未采用:{outcome.fault.zh} / not taken: {outcome.fault}", markup=False)
    else:
        same = "(与已收的文件相同 / the very same is held already)" if outcome.unchanged else ""
        zh = f"采用 {outcome.rows} 行,拒绝 {outcome.rejected} 行,存疑 {outcome.doubtful} 行"
        en = f"{outcome.rows} rows taken, {outcome.rejected} rejected, {outcome.doubtful} doubtful"
        out.print(f"{place}: {zh} / {en} {same}".rstrip(), markup=False)
    report = outcome.report or options.reports_folder / f"{outcome.file}.report.csv"
    if report.exists():
        out.print(f"    报告 / report: {report}", markup=False)
