"""Sheets of grants as files: XLSX and CSV, read with bounds and without evaluating anything, and written.

Reading is that of the files which departments drop: encodings are found and never guessed, a workbook is tried first in
a process of its own. The rows' meaning is not known here.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.tabular_csv import CsvTable
from adapters.tabular_fault import FileFault
from adapters.tabular_file import Broken, DroppedFile, Rows, open_dropped
from hub.exchange.grant_columns import COLUMNS, READ

MAX_FILE_BYTES, MAX_UNPACKED_BYTES = 8_388_608, 33_554_432
MOST_ROWS = 500
_MOST_COLUMNS = 64
_HEADS = {name.casefold(): column for column in COLUMNS for name in (column.zh, column.en, column.key)}
_SHOWN = {column.key: column.zh for column in COLUMNS}
_UNSAFE = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a spreadsheet would take for a formula if a cell began with it, and the mark that says it is none."""
_FORMULA = re.compile(rb"<(?:\w{1,16}:)?f[\s/>]")
_PLACE = re.compile(rb"\br=[\"']([A-Za-z]{1,3}[0-9]{1,7})[\"']")
_BEFORE = 256
"""Bytes before a formula in which its cell is named."""
_ENDS = (".xlsx", ".csv")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a file: its line there, and its texts by the keys of their columns, empty ones left out."""

    line: int
    cells: Mapping[str, str]


def read_sheet(path: Path) -> list[SheetRow]:
    """The rows of a file; FileFault where it cannot be taken."""
    kind = path.suffix.casefold()
    if kind not in _ENDS:
        raise FileFault("须为 .xlsx 或 .csv 文件", "it is no .xlsx or .csv file")
    with open_dropped(path, MAX_FILE_BYTES) as file:
        rows = _workbook(file) if kind == ".xlsx" else _separated(file)
        return _named(rows)


def read_bytes(name: str, data: bytes) -> list[SheetRow]:
    """The same of a file that was sent: by its name and its bytes, which lie in a folder of nobody else's meanwhile."""
    kind = Path(name).suffix.casefold()
    if kind not in _ENDS:
        raise FileFault("须为 .xlsx 或 .csv 文件", "it is no .xlsx or .csv file")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"sheet{kind}"
        path.write_bytes(data)
        return read_sheet(path)


def write_sheet(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Write rows under their heads, a file that is read the same again; FileFault for another kind of file."""
    lines = [[column.zh for column in COLUMNS], *([_safe(row.get(c.key, "")) for c in COLUMNS] for row in rows)]
    if path.suffix.casefold() == ".csv":
        path.write_bytes(csv_bytes(lines))
    elif path.suffix.casefold() == ".xlsx":
        path.write_bytes(workbook_bytes(lines))
    else:
        raise FileFault("须为 .xlsx 或 .csv 文件", "it is no .xlsx or .csv file")


def csv_bytes(lines: Iterable[Sequence[str]]) -> bytes:
    """Lines as CSV in UTF-8 with its mark, by which spreadsheets know it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_UNSAFE) else text


def _plain(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_UNSAFE) else text


def workbook_bytes(lines: Sequence[Sequence[str]]) -> bytes:
    """Lines as XLSX in which every cell is a text; FileFault without the library."""
    _check_library()
    from openpyxl import Workbook  # noqa: PLC0415 - an extra

    book = Workbook(write_only=False)
    sheet = book.worksheets[0]
    sheet.title = "授权 Grants"
    sheet.freeze_panes = "B2"
    for number, line in enumerate(lines, 1):
        for place, text in enumerate(line, 1):
            if text:
                cell = sheet.cell(number, place)
                cell.value, cell.data_type = text, "s"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _check_library() -> None:
    try:
        import openpyxl  # noqa: F401, PLC0415 - an extra
        import python_calamine  # noqa: F401, PLC0415 - an extra
    except ImportError:
        raise FileFault(
            "读写 .xlsx 需要安装附加组件 tabular;.csv 不需要", ".xlsx needs the extra `tabular`; .csv does not"
        ) from None


def _workbook(file: DroppedFile) -> Rows:
    _check_library()
    from adapters.tabular_sheet import ZIP_MAGIC, SheetTable  # noqa: PLC0415 - an extra

    held = b"".join(file.chunks())
    if not held.startswith(ZIP_MAGIC):
        raise FileFault("不是 .xlsx 工作簿，请另存为 .xlsx", "it is no XLSX workbook: save it as one")
    # Bounded and found whole before it is looked at.
    table = SheetTable(file, MAX_UNPACKED_BYTES, None)
    place = _formula(held)
    if place is not None:
        raise FileFault(
            f"单元格 {place} 是公式，公式不予计算；请粘贴为值",
            f"cell {place} holds a formula, and none is evaluated: paste values",
        )
    sheets = [rows for rows in table.candidates() if any(map(any, rows.head(1)))]
    if len(sheets) != 1:
        raise FileFault("须恰有一张非空的可见工作表", "it has to have exactly one visible sheet that is not empty")
    return sheets[0]


def _formula(held: bytes) -> str | None:
    """Place of the first cell that holds a formula, empty where it is not named."""
    with zipfile.ZipFile(io.BytesIO(held)) as archive:
        for member in archive.infolist():
            if not member.filename.startswith("xl/worksheets/"):
                continue
            sheet = archive.read(member)
            found = _FORMULA.search(sheet)
            if found is not None:
                places = _PLACE.findall(sheet[max(0, found.start() - _BEFORE) : found.start()])
                return places[-1].decode("ascii") if places else ""
    return None


def _separated(file: DroppedFile) -> Rows:
    """The file by the separator under which most of its heads are known."""
    candidates = list(CsvTable(file).candidates())
    return max(
        candidates, key=lambda rows: sum(head.strip().casefold() in _HEADS for head in (rows.head(1) or [[]])[0])
    )


def _named(rows: Rows) -> list[SheetRow]:
    found: list[SheetRow] = []
    columns: list[str | None] | None = None
    for number, cells in rows.rows():
        if isinstance(cells, Broken):
            zh, en = "引号不成对，或属于合并的单元格", "its quotes do not match, or it is part of a merged cell"
            raise FileFault(f"第 {number} 行{zh}", f"row {number}: {en}")
        if not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            columns = _heads(cells)
            continue
        if len(found) >= MOST_ROWS:
            raise FileFault(f"超过 {MOST_ROWS} 行，请拆分", f"it has more than {MOST_ROWS} rows: split it")
        if any(cell.strip() for cell in cells[len(columns) :]):
            raise FileFault(f"第 {number} 行的单元格多于表头", f"row {number} has more cells than there are heads")
        read = zip(columns, cells, strict=False)
        found.append(SheetRow(number, {key: _plain(cell) for key, cell in read if key is not None and cell.strip()}))
    if not found:
        raise FileFault("表中没有数据行", "it has no rows")
    return found


def _heads(cells: Sequence[str]) -> list[str | None]:
    """The key of each column, None for one that is only told; FileFault for a head that is not known."""
    found: list[str | None] = []
    for text in cells[:_MOST_COLUMNS]:
        head = text.strip()
        column = _HEADS.get(head.casefold())
        if head and column is None:
            raise _unknown_head(head)
        found.append(column.key if column is not None and not column.told else None)
    if len(cells) > _MOST_COLUMNS:
        raise FileFault(f"超过 {_MOST_COLUMNS} 列", f"it has more than {_MOST_COLUMNS} columns")
    named = [key for key in found if key is not None]
    twice = next((key for key in named if named.count(key) > 1), None)
    if twice is not None:
        raise FileFault(f"列“{_SHOWN[twice]}”重复", f"column {twice} stands there twice")
    missing = [key for key in ("department", "role", "starts", "ends", "legalBasis") if key not in named]
    if missing:
        listed = "、".join(_SHOWN[key] for key in missing)
        raise FileFault(f"缺少列：{listed}", f"columns are missing: {', '.join(missing)}")
    return found


def _unknown_head(head: str) -> FileFault:
    near = get_close_matches(head.casefold(), sorted(_HEADS), n=1, cutoff=0.5)
    shown, listed = head[:32], "、".join(_SHOWN[key] for key in READ)
    guess = f"，是否应为“{_HEADS[near[0]].zh}”？" if near else f"；可用：{listed}"
    guess_en = f": did you mean {_HEADS[near[0]].en}?" if near else ""
    return FileFault(f"没有列“{shown}”{guess}", f'there is no column "{shown}"{guess_en}')


def shown_columns() -> Iterator[tuple[str, str, str]]:
    """Key and heads of every column that is read, for the documentation and its test."""
    for column in COLUMNS:
        if not column.told:
            yield column.key, column.zh, column.en
