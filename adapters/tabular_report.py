"""The report on a file, for whoever made it: a table that Excel opens, one line a fault, and a short summary.

Written beside each other in one step each, so that nobody reads half a report. Holds no SENSITIVE cell and no
personal one in clear; in Chinese.
"""

import csv
import io
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from adapters.convert_dates import SHANGHAI
from adapters.tabular_advice import inert
from adapters.tabular_fault import FileFault, RowFault
from adapters.tabular_header import normalise_name

HEADING = ("文件", "行号", "列", "结果", "原因", "建议")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: `fault` says why nothing of it was taken, `unchanged` that the very same is held.

    `report` is null where none was due or could be written.
    """

    file: str
    record: str
    rows: int = 0
    rejected: int = 0
    doubtful: int = 0
    withdrawn: int = 0
    as_of: str | None = None
    read_as: str = ""
    unchanged: bool = False
    fault: FileFault | None = None
    report: Path | None = None


def dropped_faults(dropped: Iterable[str], names: Iterable[str]) -> list[RowFault]:
    """A line for each column of the file that is never copied."""
    never = frozenset(map(normalise_name, dropped))
    found = [name for name in names if normalise_name(name) in never]
    return [RowFault(0, name, "敏感列，不入库", "今后导出时请去掉该列", rejected=False) for name in found]


def table_faults(warnings: Iterable[str]) -> list[RowFault]:
    """A line for what is odd about a whole table."""
    return [RowFault(0, "", warning, "请核对", rejected=False) for warning in warnings]


def write_report(folder: Path, outcome: Outcome, shown: Sequence[str], faults: Iterable[RowFault]) -> Path:
    """Write both files and give the table's path; OSError where the folder cannot be written, or is a link.

    No link is followed: the folder may lie in one that another department writes to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    table = f"{outcome.file}.report.csv"
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _replace(place, table, _table(outcome, shown, faults))
        summary = orjson.dumps(_summary(outcome), option=orjson.OPT_INDENT_2)
        _replace(place, f"{outcome.file}.report.json", summary)
    finally:
        os.close(place)
    return folder / table


def _table(outcome: Outcome, shown: Sequence[str], faults: Iterable[RowFault]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    file = inert(outcome.file)
    writer.writerow((*HEADING, *map(inert, shown)))
    if outcome.fault is not None:
        writer.writerow((file, "", "", "整份文件未采用", outcome.fault.zh, "修正后重新放入"))
    for fault in faults:
        result = "该行未采用" if fault.rejected else "已采用，请核对" if fault.row else "提示"
        place = (file, fault.row or "", inert(fault.column))
        writer.writerow((*place, result, fault.reason, fault.advice, *fault.cells))
    return text.getvalue().encode("utf-8-sig")


def _summary(outcome: Outcome) -> dict[str, object]:
    return {
        "文件": outcome.file,
        "记录": outcome.record,
        "结果": "未采用" if outcome.fault else "已采用",
        "原因": outcome.fault.zh if outcome.fault else None,
        "采用行数": outcome.rows,
        "拒绝行数": outcome.rejected,
        "存疑行数": outcome.doubtful,
        "撤回行数": outcome.withdrawn,
        "数据时间": outcome.as_of,
        "读取方式": outcome.read_as or None,
        "处理时间": datetime.now(SHANGHAI).isoformat(timespec="seconds"),
    }


def _replace(place: int, name: str, content: bytes) -> None:
    """Write a file of an open folder in one step; what stands under its name, or waits there, is not written to."""
    made = f".{name}.tmp"
    with suppress(FileNotFoundError):
        os.unlink(made, dir_fd=place)
    number = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666, dir_fd=place)
    with open(number, "wb") as file:
        file.write(content)
    os.replace(made, name, src_dir_fd=place, dst_dir_fd=place)
