"""XLSX and XLS as rows of texts, through calamine: which sheets there are, merged cells, and whether the file is whole.

Every cell is a text, so that no type is guessed. What a workbook would unpack to is bounded before it is parsed.
Knows neither columns nor the store.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from adapters.tabular_cells import cell_text
from adapters.tabular_fault import CutShort, FileFault
from adapters.tabular_file import CHUNK, Broken, DroppedFile, Row

ZIP_MAGIC = b"PK\x03\x04"
CFB_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTOR = 512
_ERROR_CELL = b't="e"'


class SheetTable:
    """One workbook."""

    def __init__(self, file: DroppedFile, max_bytes: int, sheet: str | int | None) -> None:
        """Read the file into memory; FileFault where it is damaged, protected, or has no such sheet."""
        held = b"".join(file.chunks())
        self._failed_cells = 0
        if held.startswith(ZIP_MAGIC):
            self._failed_cells = _check_zip(held, max_bytes)
        elif len(held) % _SECTOR:
            raise CutShort("工作簿不完整:文件结尾缺失", "the workbook ends within a sector")
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
        return [f"工作簿中有 {self._failed_cells} 个公式错误单元格(#N/A 等),按空值读取"]

    def rows(self) -> Iterator[Row]:
        """All rows; one that continues a merged cell from above is Broken, for its own value is not known."""
        return self._all(self._continued())

    def _all(self, continued: frozenset[int]) -> Iterator[Row]:
        for number, cells in enumerate(self._sheet.iter_rows(), 1):
            broken = Broken((number, number)) if number in continued else None
            yield number, broken or [*map(cell_text, cells)]

    def _continued(self) -> frozenset[int]:
        ranges = self._sheet.merged_cell_ranges or []
        return frozenset(row + 1 for (top, _), (bottom, _) in ranges for row in range(top + 1, bottom + 1))


def _check_zip(held: bytes, max_bytes: int) -> int:
    """Number of cells that hold an error; FileFault if the archive is damaged or unpacks to too much."""
    failed = 0
    try:
        with zipfile.ZipFile(io.BytesIO(held)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > max_bytes:
                raise FileFault(
                    f"解压后超过 {max_bytes} 字节,请拆分", f"it unpacks to more than {max_bytes} bytes (max_bytes)"
                )
            for member in members:
                failed += _check_member(archive, member)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise CutShort("工作簿损坏或不完整", "the workbook is damaged or cut short") from None
    return failed


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    failed = 0
    counts = member.filename.startswith("xl/worksheets/")
    with archive.open(member) as stream:
        tail = b""
        # To the end, so that its checksum is compared.
        while chunk := stream.read(CHUNK):
            if counts:
                failed += (tail + chunk).count(_ERROR_CELL)
                tail = chunk[1 - len(_ERROR_CELL) :]
    return failed


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
        raise FileFault("工作簿有密码保护,请去除密码后重新提供", "the workbook is protected by a password") from None
    except BaseException as error:
        # On some damaged workbooks calamine panics, which is no Exception.
        if isinstance(error, (CalamineError, OSError)) or type(error).__name__ == "PanicException":
            raise CutShort("工作簿损坏或不完整", "the workbook is damaged or cut short") from None
        raise
