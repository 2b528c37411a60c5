"""Commands on the record: whether it is what was signed, and a copy of it with its proof."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from hub.audit.exporting import export
from hub.audit.keeping import AlteredError, KnownLog, newest
from hub.audit.keys import read_log_keys
from hub.audit.opening import checkpoint_file, key_folder, origin_of
from hub.audit.outside import NoteFile, Outside, notes_in
from hub.audit.places import CheckpointFile
from hub.audit.tiles import WIDTH
from hub.audit.verifying import Report, Verification
from hub.cli_operating import event, open_hub, performed, refused
from hub.settings import Settings
from hub.store.backends import read_address
from hub.store.database import Database
from hub.terminal import ConfigOption, err, out, read_settings

DIFFERS, UNFINISHED = 1, 3
_EVERY = 2.0
"""Seconds between two lines of progress."""
_LISTED = 40
"""Differences that are listed at most."""


def verify_audit(
    config: ConfigOption = Path("hub.toml"),
    start: Annotated[
        int, typer.Option("--from", min=0, help="从第几条起重新计算 / first entry that is hashed again")
    ] = 0,
    checkpoint: Annotated[
        Path | None, typer.Option(help="另存的检查点文件 / a file of checkpoints kept elsewhere")
    ] = None,
) -> None:
    """重算全部审计日志并与所有检查点核对,只读 / Hash the whole record again and compare it with all checkpoints."""
    settings = read_settings(config)
    first = start // WIDTH * WIDTH
    reached = _Progress("已核对 / verified")
    try:
        database = _open(settings)
        outside = _outside(settings, checkpoint)
        known = _known(settings, database, checkpoint)
        report = Verification(database, known, outside, first, reached).run()
        database.close()
    except (SQLAlchemyError, OSError) as fault:
        refused(
            f"未能核对完毕,已到第 {reached.done} 条:{fault}",
            f"not finished, {reached.done} entries were verified: {fault}",
            code=UNFINISHED,
        )
    except KeyboardInterrupt:
        refused(
            f"已中断;续用 --from {reached.done // WIDTH * WIDTH}",
            f"interrupted; go on with --from {reached.done // WIDTH * WIDTH}",
            code=UNFINISHED,
        )
    _tell(report)
    raise typer.Exit(DIFFERS if report.differences else 0)


def audit_export(
    folder: Annotated[Path, typer.Option("--out", help="目标目录 / folder to write")],
    config: ConfigOption = Path("hub.toml"),
) -> None:
    """导出审计日志及其证明(C2SP tlog-tiles),导出本身留痕 / Export the record with its proof; that is recorded itself."""
    hub = open_hub(config)
    performed(hub, lambda ledger: ledger.record(event("LOG_EXPORTED", "GRANTED", "")))
    try:
        size = export(hub.database, hub.sequencer.log, folder, _Progress("已导出 / exported"))
    except AlteredError as fault:
        refused(f"未导出:{fault}", f"not exported: {fault}", code=DIFFERS)
    except (SQLAlchemyError, OSError) as fault:
        refused(f"未能导出完毕:{fault}", f"not finished: {fault}", code=UNFINISHED)
    out.print(f"{folder}: {size} 条 / entries", markup=False)


class _Progress:
    """Tells how far it is, now and then."""

    def __init__(self, words: str, seconds: Callable[[], float] = time.monotonic) -> None:
        self.done = 0
        self._words = words
        self._seconds = seconds
        self._told = seconds()

    def __call__(self, done: int, count: int) -> None:
        self.done = done
        if self._seconds() - self._told >= _EVERY:
            self._told = self._seconds()
            err.print(f"{self._words} {done} / {count}", markup=False)


def _open(settings: Settings) -> Database:
    """The store, as it is; OSError where there is none, or none with a tree."""
    address = settings.hub.store.get_secret_value()
    url = read_address(address)
    if url.get_backend_name() == "sqlite" and not (settings.folder / str(url.database)).exists():
        raise OSError("没有存储 / there is no store")
    database = Database(address, settings.folder)
    if not database.reading(lambda connection: inspect(connection).has_table("tree_checkpoints")):
        raise OSError(
            "存储尚未升级,请先 chengxin-hub migrate / the store has no tree yet: run chengxin-hub migrate first"
        )
    return database


def _known(settings: Settings, database: Database, more: Path | None) -> KnownLog:
    newest_outside = checkpoint_file(settings).newest()
    if newest_outside is None and more is not None:
        newest_outside = more.read_bytes() if _is_note(more) else CheckpointFile(more).newest()
    origin = origin_of(settings, database.reading(newest), newest_outside)
    keys = read_log_keys(key_folder(settings), origin)
    if not keys.verifiers:
        raise OSError("密钥目录中没有日志密钥 / the key folder has no key of the record")
    return KnownLog(origin, keys)


def _outside(settings: Settings, more: Path | None) -> list[Iterable[Outside]]:
    """Notes of another file, which may also be a single note, and of the file they are handed to."""
    places: list[Iterable[Outside]] = [_notes_of(checkpoint_file(settings))]
    if more is not None:
        places.insert(
            0, [Outside(f"{more}:1", more.read_bytes())] if _is_note(more) else _notes_of(CheckpointFile(more))
        )
    return places


def _is_note(file: Path) -> bool:
    """True for a file that is one note, not lines of JSON."""
    with file.open("rb") as opened:
        return opened.read(1) != b"{"


def _notes_of(file: CheckpointFile) -> NoteFile:
    def torn(number: int) -> None:
        err.print(f"{file.path}:{number}: 不完整,略过 / is torn, passed over", markup=False)

    return notes_in(file, f"{file.path}", torn)


def _tell(report: Report) -> None:
    for difference in report.differences[:_LISTED]:
        chinese, english = difference.sentence()
        out.print(f"✗ {chinese} / {english}", markup=False)
    more = report.differing - _LISTED
    if more > 0:
        out.print(f"✗ 另有 {more} 处 / {more} more", markup=False)
    if report.start:
        out.print(
            f"第 {report.start} 条之前未重新计算 / entries before {report.start} were not hashed again", markup=False
        )
    waiting = max(0, report.count - report.signed)
    if waiting:
        out.print(f"最后 {waiting} 条尚未签署 / the last {waiting} entries are not signed yet", markup=False)
    out.print(
        f"条目 / entries {report.count}, 检查点 / checkpoints {report.inside} + {report.outside}, "
        f"不符 / differences {report.differing}",
        markup=False,
    )
