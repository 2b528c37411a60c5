"""`chengxin-hub resolve`: which entity is meant, for a sheet of candidates; or whether the two sides of pairs are one."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Connection

from hub.app import Hub
from hub.cli_operating import event, open_hub, performed, refused
from hub.identity.batch import candidates, resolve_sheet, sheet_of
from hub.identity.name_index import IndexMissing, open_index
from hub.identity.outcome import Candidate, Known, Resolution
from hub.identity.pairs import judge_pairs
from hub.identity.resolving import prepared
from hub.identity.resolving import resolve as resolve_one
from hub.identity.sheets import SheetFault
from hub.terminal import ConfigOption, err, out

_MISSING = {
    "NONE": ("尚无名称索引", "there is no name index"),
    "OTHER_RULES": ("名称索引由其他版本建立", "the name index was made by another version"),
    "TOO_OLD": ("名称索引已超过最长留存时间", "the name index is older than it may be"),
}
_LABELS = {"MATCH": "同一", "POSSIBLE": "待核", "NEW": "未见", "CONFLICT": "矛盾"}


def resolve(
    file: Annotated[
        Path | None, typer.Argument(help="待识别名单(CSV):name、address、uscc 等列 / sheet of candidates")
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(help="成对比较(CSV),不用配置和存储 / judge pairs instead; needs no configuration and no store"),
    ] = None,
    result: Annotated[Path | None, typer.Option("--out", help="结果文件 / where the result goes")] = None,
    splink: Annotated[
        str | None,
        typer.Option(
            help="用 Splink 成批找候选:duckdb 或 spark / find candidates for all rows at once: duckdb or spark"
        ),
    ] = None,
    config: ConfigOption = Path("hub.toml"),
) -> None:
    """识别名单中的经营主体,或判断成对的名称地址是否同一主体 / Which entity is meant; or are two one?"""
    if splink not in (None, "duckdb", "spark"):
        refused("--splink 须为 duckdb 或 spark", "--splink takes duckdb or spark")
    if (file is None) == (pairs is None):
        refused(
            "请给出名单文件,或 --pairs 文件,二者之一", "name a sheet of candidates, or pairs with --pairs: one of them"
        )
    if pairs is not None:
        _judge(pairs, result or pairs.with_name(f"{pairs.stem}.out.csv"))
    elif file is not None:
        _resolve(file, result or file.with_name(f"{file.stem}.out.csv"), open_hub(config), splink)


def _resolve(file: Path, target: Path, hub: Hub, splink: str | None) -> None:
    review = target.with_name(f"{target.stem}.review.csv")
    keep_days = hub.settings.name_index.keep_days
    now = hub.gateway.clock.moment().second

    def resolving(piece: list[Candidate]) -> list[Resolution]:
        def work(connection: Connection) -> list[Resolution]:
            index = open_index(connection, hub.attendant.vault, keep_days, now)
            return [resolve_one(candidate, index) for candidate in piece]

        found: list[Resolution] = hub.database.reading(work)
        return found

    with _answered(), _progress(file) as told:
        resolver = _with_splink(hub, file, splink) if splink is not None else resolving
        counts = resolve_sheet(file, target, review, resolver, told)
    told_of = {name.lower(): str(count) for name, count in counts.items()}
    performed(hub, lambda ledger: ledger.record(event("NAMES_RESOLVED", "GRANTED", "", told=told_of)))
    _tell(counts, target)
    out.print(f"{review}: 待核清单 / to be reviewed", markup=False)


def _with_splink(hub: Hub, file: Path, backend: str) -> Callable[[list[Candidate]], list[Resolution]]:
    """Resolves by what Splink found for all rows of a file."""
    from hub.identity.splink_finding import SplinkMissing, find_all  # noqa: PLC0415 - for whoever has the extra

    def every(connection: Connection) -> list[Known]:
        now, keep_days = hub.gateway.clock.moment().second, hub.settings.name_index.keep_days
        return list(open_index(connection, hub.attendant.vault, keep_days, now).every())

    asked = [prepared(row.candidate) for row in candidates(sheet_of(file))]
    try:
        found = find_all(asked, hub.database.reading(every), backend)
    except SplinkMissing as missing:
        refused(
            f"未安装 Splink 所需的库({missing}):请安装 chengxin-hub[matching],或不加 --splink",
            f"{missing} is not installed: install chengxin-hub[matching], or leave out --splink",
            code=1,
        )
    return lambda piece: [resolve_one(one, found[prepared(one)]) for one in piece]


def _judge(pairs: Path, target: Path) -> None:
    with _progress(pairs) as told, _answered():
        counts = judge_pairs(pairs, target, told)
    _tell(counts, target)


@contextmanager
def _answered() -> Iterator[None]:
    """Ends the command with a sentence where a sheet cannot be read or a result cannot be written."""
    try:
        yield
    except SheetFault as fault:
        refused(fault.zh, fault.en)
    except IndexMissing as missing:
        zh, en = _MISSING[missing.why]
        refused(f"{zh}:请先执行 chengxin-hub names fill", f"{en}: run chengxin-hub names fill first", code=1)
    except OSError as fault:
        refused(f"文件不可读写:{fault.filename}", f"the file cannot be read or written: {fault.strerror}", code=1)
    except KeyboardInterrupt:
        err.print("已中断;再次执行即从断点继续 / interrupted; the same command goes on where it stopped", markup=False)
        raise typer.Exit(130) from None


@contextmanager
def _progress(source: Path) -> Iterator[Callable[[int], None]]:
    """Shows how much of a file was read, where somebody looks."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    total = source.stat().st_size if source.is_file() else None
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as shown:
        task = shown.add_task(source.name, total=total)
        yield lambda read: shown.update(task, completed=read)


def _tell(counts: Mapping[str, int], target: Path) -> None:
    found = "、".join(f"{_LABELS[name]} {counts.get(name, 0):,}" for name in _LABELS)
    told = ", ".join(f"{name} {counts.get(name, 0):,}" for name in _LABELS)
    out.print(f"{target}: {found} / {told}", markup=False)
