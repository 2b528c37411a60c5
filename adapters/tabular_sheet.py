"""XLSX and XLS as rows of texts, through calamine: which sheets there are, merged cells, and whether the file is whole.

Every cell is a text, so that no type is guessed. What a workbook would unpack to is bounded before it is parsed.
Knows neither columns nor the store.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from adapters.tabular_cells import cell_text
from adapters.tabular_fault import CutShort, FileFault
from adapters.tabular_file import CHUNK, Broken, DroppedFile, Row
from adapters.tabular_trial import Panicked, TooMuch, try_workbook

ZIP_MAGIC = b"PK\x03\x04"
CFB_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTOR = 512
_ERROR_CELL = b' t="e"'
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"']")
_LONGEST_PLACE = 32
_CELL_BYTES = 32
"""What a cell takes in the parser's memory, be it empty."""
_OTHER_FORMATS = frozenset({"xl/workbook.bin", "content.xml"})


class SheetTable:
    """One workbook."""

    def __init__(self, file: DroppedFile, max_bytes: int, sheet: str | int | None) -> None:
        """Read the file into memory; FileFault where it is damaged, protected, or has no such sheet."""
        held = b"".join(file.chunks())
        self._failed_cells = 0
        if held.startswith(ZIP_MAGIC):
            self._failed_cells = _check_zip(held, max_bytes)
        elif len(held) % _SECTOR:
            raise CutShort("工作簿不完整：文件结尾缺失", "the workbook ends within a sector")
        _try(held, max_bytes)
        self._book = _open_book(held)
        self._names = self._chosen(sheet)

    def candidates(self) -> Iterator["SheetRows"]:
        """The chosen sheet, or all that are visible."""
        for name in self._names:
            yield SheetRows(name, _sheet(self._book, name), self._failed_cells)

    def _chosen(self, sheet: str | int | None) -> list[str]:
        names = self._book.sheet_names
        if sheet is None:
            visible = [each.name for each in self._book.sheets_metadata if each.visible == SheetVisibleEnum.Visible]
            return visible or names
        place = sheet - 1 if isinstance(sheet, int) else names.index(sheet) if sheet in names else -1
        if not 0 <= place < len(names):
            raise FileFault(f"没有工作表“{sheet}”", f"there is no sheet {sheet}")
        return [names[place]]


class SheetRows:
    """One sheet."""

    ragged = False
    unfinished: list[str] | None = None

    def __init__(self, name: str, sheet: CalamineSheet, failed_cells: int) -> None:
        self._name = name
        self._sheet = sheet
        self._failed_cells = failed_cells

    @property
    def name(self) -> str:
        """Name of the sheet."""
        return f"工作表“{self._name}”"

    def head(self, most: int) -> list[list[str]]:
        """The first rows."""
        return [[] if isinstance(cells, Broken) else cells for _, cells in islice(self._all(frozenset()), most)]

    def warnings(self) -> list[str]:
        """Cells whose formula failed: they are read as empty."""
        if not self._failed_cells:
            return []
        return [f"工作簿中有 {self._failed_cells} 个公式错误单元格（#N/A 等），按空值读取"]

    def rows(self) -> Iterator[Row]:
        """All rows; one that continues a merged cell from above is Broken, for its own value is not known."""
        return self._all(self._continued())

    def _all(self, continued: frozenset[int]) -> Iterator[Row]:
        for number, cells in enumerate(self._sheet.iter_rows(), 1):
            broken = Broken((number, number)) if number in continued else None
            yield number, broken or [*map(cell_text, cells)]

    def _continued(self) -> frozenset[int]:
        found: set[int] = set()
        reached, last = 0, self._sheet.total_height
        # Each row once: thousands of ranges may lie over the same rows.
        for (top, _), (bottom, _) in sorted(self._sheet.merged_cell_ranges or []):
            # The height that calamine tells is the place of the last row, from 0.
            found.update(range(max(top + 2, reached), min(bottom, last) + 2))
            reached = max(reached, bottom + 2)
        return frozenset(found)


def _check_zip(held: bytes, max_bytes: int) -> int:
    """Number of cells that hold an error; FileFault if the archive is damaged, or would take too much memory."""
    failed = 0
    try:
        with zipfile.ZipFile(io.BytesIO(held)) as archive:
            members = archive.infolist()
            if _OTHER_FORMATS & {member.filename for member in members}:
                raise FileFault("不是 .xlsx 工作簿，请另存为 .xlsx", "it is a workbook of another format than XLSX")
            if sum(member.file_size for member in members) > max_bytes:
                raise FileFault(
                    f"解压后超过 {max_bytes} 字节，请拆分", f"it unpacks to more than {max_bytes} bytes (max_bytes)"
                )
            for member in members:
                with archive.open(member) as stream:
                    failed += _check_member(stream, max_bytes // _CELL_BYTES)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise CutShort("工作簿损坏或不完整", "the workbook is damaged or cut short") from None
    return failed


def _check_member(stream: IO[bytes], most_cells: int) -> int:
    failed = height = width = 0
    tail = b""
    # To the end, so that its checksum is compared.
    while chunk := stream.read(CHUNK):
        text = tail + chunk
        failed += text.count(_ERROR_CELL) - tail.count(_ERROR_CELL)
        places = _PLACE.findall(text)
        height = max(height, *(int(row) for _, row in places), 0)
        width = max(width, *map(_column_number, {column for column, _ in places}), 0)
        tail = text[-_LONGEST_PLACE:]
    if height * width > most_cells:
        # The parser keeps a place for every cell of the rectangle: two cells far apart would exhaust the memory.
        raise FileFault(
            f"表格占 {height} 行 {width} 列，过大；请删除数据区以外的内容",
            f"its cells span {height} rows and {width} columns (max_bytes)",
        )
    return failed


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _try(held: bytes, max_bytes: int) -> None:
    try:
        try_workbook(held, max_bytes)
    except Panicked:
        raise CutShort("工作簿损坏或不完整", "the workbook is damaged or cut short") from None
    except TooMuch:
        zh = "读取该工作簿所需内存或时间过多，请另存为 .csv 或拆分"
        raise FileFault(zh, "reading it takes too much memory or time (max_bytes)") from None


def _open_book(held: bytes) -> CalamineWorkbook:
    with _damage_told():
        return CalamineWorkbook.from_filelike(io.BytesIO(held))


def _sheet(book: CalamineWorkbook, name: str) -> CalamineSheet:
    with _damage_told():
        return book.get_sheet_by_name(name)


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except PasswordError:
        raise FileFault("工作簿有密码保护，请去除密码后重新提供", "the workbook is protected by a password") from None
    except BaseException as error:
        # On some damaged workbooks calamine panics, which is no Exception.
        if isinstance(error, (CalamineError, OSError)) or type(error).__name__ == "PanicException":
            raise CutShort("工作簿损坏或不完整", "the workbook is damaged or cut short") from None
        raise
