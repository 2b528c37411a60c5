"""Writes the files that departments drop: CSV, XLSX and XLS as bytes, and into a folder as careful departments do.

Knows no department; a sheet is lines of cells, the heading among them.
"""

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import openpyxl
import xlwt

Line = Sequence[str | date | None]
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook's own time has no zone, and must not change with the day


@dataclass(frozen=True, slots=True)
class Drop:
    """A file for a folder; `marked`: an empty marker follows once it is whole."""

    name: str
    content: bytes
    marked: bool = False


def drop(folder: Path, files: Iterable[Drop]) -> None:
    """Write each file under a passing name, rename it, and only then say that it is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        draft = folder / f"{file.name}.tmp"
        draft.write_bytes(file.content)
        os.replace(draft, folder / file.name)
        if file.marked:
            (folder / f"{file.name}.ok").touch()


def csv_bytes(lines: Iterable[Line], encoding: str) -> bytes:
    """Lines as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    return text.getvalue().encode(encoding)


def xlsx_bytes(lines: Iterable[Line], merged: Sequence[str] = ()) -> bytes:
    """Lines as a workbook of one sheet whose every text stays a text; `merged` names areas, `C2:D2`."""
    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = _EPOCH
    sheet = book.worksheets[0]
    for number, line in enumerate(lines, 1):
        for place, cell in enumerate(line, 1):
            if cell is not None:
                sheet.cell(number, place).value = cell
    for area in merged:
        sheet.merge_cells(area)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xls_bytes(lines: Iterable[Line]) -> bytes:
    """Lines as a workbook of the format before 2007; days are date cells."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet, day = book.add_sheet("Sheet1"), xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, line in enumerate(lines):
        for place, cell in enumerate(line):
            if isinstance(cell, date):
                sheet.write(number, place, cell, day)
            elif cell is not None:
                sheet.write(number, place, cell)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
