"""What it costs to take a file of 300,000 rows: rows a second, peak memory, and how long the event loop is held up.

One process, one file of twelve columns as departments send it, everything switched on: encoding, conversion, checks,
encrypted store, indexes, report. `python -m bench.tabular [rows] [csv|xlsx]`.
"""

import asyncio
import csv
import gc
import resource
import sys
import tempfile
import time
from pathlib import Path

import openpyxl

from adapters import tabular
from adapters.tabular_fault import Progress
from schema.catalogue import fold_catalogue
from schema.uscc import check_digit

ROWS = 300_000
HEADING = (
    *("许可编号", "统一社会信用代码", "许可证书名称", "许可决定文书号", "许可类别", "许可内容"),
    *("许可决定日期", "有效期自", "有效期至", "当前状态", "许可机关", "许可场所"),
)
RECORD = {
    "record": "Licence",
    "files": "xk.*",
    "take": "rename",
    "local": "许可编号",
    "keys": {"uscc": "统一社会信用代码"},
    "columns": {
        "certificateNo": "许可编号",
        "certificateName": "许可证书名称",
        "decisionNo": "许可决定文书号",
        "category": {"column": "许可类别", "codes": {"普通": "ORDINARY", "登记": "REGISTRATION"}},
        "scope": "许可内容",
        "decidedOn": "许可决定日期",
        "validFrom": "有效期自",
        "validTo": "有效期至",
        "status": {"column": "当前状态", "codes": {"有效": "VALID", "注销": "CANCELLED"}},
        "authority": "许可机关",
        "premises": "许可场所",
    },
}


def row(number: int) -> tuple[str, ...]:
    """A licence; names, codes and numbers differ from row to row."""
    first = f"9123128{number % 3}MA{number % 10_000_000:07d}"[:17]
    day = f"20{20 + number % 7}-{1 + number % 12:02d}-{1 + number % 28:02d}"
    return (
        *(f"JY{number:014d}", first + check_digit(first), "食品经营许可证", f"肇审许〔2024〕{number}号", "普通"),
        *(f"热食类食品制售;预包装食品销售 {number % 400}", day, day, f"2029{day[4:]}", "有效", "肇东市行政审批局"),
        f"肇东市正阳大街 {number % 5000} 号",
    )


def write(path: Path, rows: int) -> None:
    """The file."""
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook(write_only=True)
        page = book.create_sheet()
        page.append(HEADING)
        for number in range(rows):
            page.append(row(number))
        book.save(path)
        return
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADING)
        writer.writerows(map(row, range(rows)))


async def longest_pause(stop: asyncio.Event) -> float:
    """The longest time the event loop was held up, in milliseconds."""
    longest = 0.0
    while not stop.is_set():
        before = time.perf_counter()
        await asyncio.sleep(0.002)
        longest = max(longest, time.perf_counter() - before - 0.002)
    return longest * 1000


async def run(rows: int, suffix: str) -> None:
    """Take one file into a fresh store and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        (base / "key").write_text("5e" * 32, encoding="ascii")
        write(base / f"xk.{suffix}", rows)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        given = {"name": "approval", "kind": "tabular", "department": "approval", "basis": "bench", "keep_days": 90}
        places = {"folder": ".", "store": "store.db", "key": "file:key", "record": [RECORD]}
        options = tabular.OPTIONS.model_validate({**given, **places}, context={"base": base})
        told: list[Progress] = []
        stop = asyncio.Event()
        # As the hub does before it serves.
        gc.collect()
        gc.freeze()
        pause = asyncio.create_task(longest_pause(stop))
        started = time.perf_counter()
        outcome = await tabular.take_file(options, fold_catalogue(), base / f"xk.{suffix}", progress=told.append)
        seconds = time.perf_counter() - started
        stop.set()
        assert outcome.rows == rows
        assert told[-1].rows == rows
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        size = (base / "store.db").stat().st_size
        print("| rows | format | seconds | rows/s | peak MB | of it before | store MB | loop held up, ms |")
        print("|---|---|---|---|---|---|---|---|")
        print(
            f"| {rows:,} | {suffix} | {seconds:.1f} | {rows / seconds:,.0f} | {peak / 1024:.0f} | {before / 1024:.0f} "
            f"| {size / 1e6:.0f} | {await pause:.0f} |"
        )


if __name__ == "__main__":
    asyncio.run(run(int((sys.argv[1:2] or [str(ROWS)])[0]), (sys.argv[2:3] or ["csv"])[0]))
