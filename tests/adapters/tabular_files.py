"""Files as departments drop them, and sources that take them: for the tests of kind `tabular`."""

import asyncio
import csv
import io
import json
import os
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import xlwt

from adapters import tabular
from adapters.base import Search
from tests.conformance.subject import PATIENCE

KEY = "file:store.key"
KEY_HEX = "5e" * 32
LICENCE: dict[str, Any] = {
    "record": "Licence",
    "files": "xk_*",
    "take": "rename",
    "local": "许可编号",
    "keys": {"uscc": "统一社会信用代码"},
    "columns": {
        "certificateNo": "许可编号",
        "certificateName": "许可证书名称",
        "validTo": "有效期至",
        "status": {"column": "当前状态", "codes": {"有效": "VALID", "吊销": "REVOKED"}},
        "authority": {"constant": "肇东市行政审批局"},
    },
}
HEAD = ("许可编号", "统一社会信用代码", "许可证书名称", "有效期至", "当前状态")
WIDE: dict[str, Any] = {**LICENCE, "columns": {**LICENCE["columns"], "premises": "许可场所"}}
ENTITY: dict[str, Any] = {
    "record": "Entity",
    "files": "zt_*",
    "take": "rename",
    "local": "注册号",
    "required": ["uscc"],
    "columns": {
        "uscc": "代码",
        "name": "名称",
        "legalRepresentative": "法定代表人",
        "registeredCapital": {"column": "注册资本", "unit": "wan"},
    },
}
CODES = ("91231282MA9X0A019P", "92231282MA9X0B02XT", "93231282MA9X0C0306")


def licence_rows(count: int, start: int = 1) -> list[dict[str, str]]:
    """Rows of licences that are all acceptable."""
    return [
        {
            "许可编号": f"JY{number:014d}",
            "统一社会信用代码": CODES[number % 3],
            "许可证书名称": "食品经营许可证",
            "有效期至": f"20{27 + number % 3}-0{1 + number % 9}-1{number % 9}",
            "当前状态": "有效",
        }
        for number in range(start, start + count)
    ]


def csv_bytes(rows: Iterable[dict[str, Any]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Rows as CSV with a heading."""
    listed = list(rows)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(listed[0])
    writer.writerows([["" if cell is None else cell for cell in row.values()] for row in listed])
    return text.getvalue().encode(encoding)


def table_bytes(lines: Iterable[Sequence[Any]]) -> bytes:
    """Lines of cells as CSV, the heading among them."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


def write_xlsx(path: Path, lines: Iterable[Sequence[Any]], merged: Sequence[str] = (), sheet: str = "数据") -> None:
    """Lines of cells as a workbook; cells of type str stay texts."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for number, line in enumerate(lines, 1):
        for column, cell in enumerate(line, 1):
            if cell is not None and cell != "":
                page.cell(number, column).value = cell
                if isinstance(cell, str):
                    page.cell(number, column).data_type = "s"
    for area in merged:
        page.merge_cells(area)
    book.save(path)


def write_xls(path: Path, lines: Iterable[Sequence[Any]]) -> None:
    """Lines of cells as a workbook of the old format."""
    book = xlwt.Workbook()
    page = book.add_sheet("数据")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    moment = xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm:ss")
    for number, line in enumerate(lines):
        for column, cell in enumerate(line):
            if isinstance(cell, datetime):
                page.write(number, column, cell, moment)
            elif isinstance(cell, date):
                page.write(number, column, cell, day)
            elif cell is not None and cell != "":
                page.write(number, column, cell)
    book.save(str(path))


def options(base: Path, *records: dict[str, Any], **more: Any) -> tabular.OPTIONS:
    """Options of a source whose folder is `base/in`, store `base/store.db` and key `base/store.key`."""
    (base / "in").mkdir(exist_ok=True)
    if not (base / "store.key").exists():
        (base / "store.key").write_text(KEY_HEX, encoding="ascii")
    given = {
        "name": "approval",
        "kind": "tabular",
        "department": "approval",
        "basis": "共享协议 2024-01",
        "keep_days": 90,
        "folder": "in",
        "store": "store.db",
        "key": KEY,
        "record": list(records) or [LICENCE],
    }
    return tabular.OPTIONS.model_validate({**PATIENCE, **given, **more}, context={"base": base})


def drop(base: Path, name: str, content: bytes) -> Path:
    """Put a file into the folder as a department should: under another name first."""
    (base / "in").mkdir(exist_ok=True)
    path = base / "in" / name
    path.with_name(f".{name}.part").write_bytes(content)
    os.replace(path.with_name(f".{name}.part"), path)
    return path


def report(base: Path, name: str) -> list[dict[str, str]]:
    """Lines of the report on a file."""
    text = (base / "in/reports" / f"{name}.report.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def summary(base: Path, name: str) -> dict[str, Any]:
    """Summary of the report on a file."""
    return json.loads((base / "in/reports" / f"{name}.report.json").read_text(encoding="utf-8"))


async def rows_of(source: tabular.TabularSource, *columns: str, record: str = "Licence", **more: Any) -> list[Any]:
    """Columns of all rows of a record."""
    deadline = asyncio.get_running_loop().time() + 20
    return [*(await source.search(Search(record, columns, 1000, deadline, "测试", **more))).rows]


async def take_lines(
    source: tabular.TabularSource, base: Path, lines: Iterable[Sequence[Any]], name: str = "xk_1.csv"
) -> Any:
    """What became of a file of these lines; its name says which record it holds."""
    return await source.take(drop(base, name, table_bytes(lines)), "Entity" if name.startswith("zt") else "Licence")
