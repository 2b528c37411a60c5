"""CSV and TSV as rows of texts, streamed: encoding, separator, quotes, and whether the file is whole.

The encoding is decided by the whole file, BOM, then strict UTF-8, then strict GB18030, and never guessed. A row whose
quotes do not match costs that row only. Knows neither columns nor the store.
"""

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from adapters.tabular_fault import Changed, CutShort, FileFault
from adapters.tabular_file import Broken, ChunkStream, DroppedFile, Row

SEPARATORS = (",", ";", "\t", "|")
_NAMES = {",": "逗号分隔", ";": "分号分隔", "\t": "制表符分隔", "|": "竖线分隔"}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MOST_BROKEN = 1000
_LONGEST_LINE = 4_194_304
_MOST_CELLS = 16_384
"""Cells of a row, as many as a spreadsheet has: a line of separators alone would take eight times its size."""


class CsvTable:
    """One file of separated values."""

    def __init__(self, file: DroppedFile) -> None:
        """Read the file once for its encoding and digest; FileFault where it is in none that is known."""
        self._file = file
        self.encoding = _find_encoding(file)

    def candidates(self) -> Iterator["CsvRows"]:
        """The file by each separator."""
        for separator in SEPARATORS:
            yield CsvRows(self._file, self.encoding, separator)


class CsvRows:
    """The file by one separator."""

    ragged = True

    def __init__(self, file: DroppedFile, encoding: str, separator: str) -> None:
        self._file = file
        self._encoding = encoding
        self._separator = separator
        self.unfinished: list[str] | None = None

    @property
    def name(self) -> str:
        """Encoding and separator."""
        return f"{self._encoding.upper().removesuffix('-SIG')}，{_NAMES[self._separator]}"

    def head(self, most: int) -> list[list[str]]:
        """The first rows; what is wrong further down is not looked at."""
        found: list[list[str]] = []
        with suppress(CutShort):
            found.extend([] if isinstance(cells, Broken) else cells for _, cells in islice(self.rows(), most))
        return found

    def warnings(self) -> list[str]:
        """Nothing is known before the rows are read."""
        return []

    def rows(self) -> Iterator[Row]:
        """All rows; CutShort where the file ends inside a quoted cell."""
        lines = _Lines(
            io.TextIOWrapper(io.BufferedReader(ChunkStream(self._file.chunks())), self._encoding, newline="")
        )
        reader = csv.reader(lines, delimiter=self._separator, strict=True)
        broken = 0
        while True:
            lines.start()
            try:
                cells = next(reader, None)
            except UnicodeDecodeError:
                raise Changed from None
            except csv.Error:
                if lines.ended:
                    zh = f"第 {lines.first} 行的引号直到文件结尾都没有关闭，文件可能不完整"
                    raise CutShort(zh, f"it ends within the quoted cell of line {lines.first}") from None
                broken += 1
                if broken > _MOST_BROKEN:
                    raise FileFault(
                        f"引号不成对的行超过 {_MOST_BROKEN} 行", f"more than {_MOST_BROKEN} lines have unmatched quotes"
                    ) from None
                yield lines.first, Broken((lines.first, lines.first))
                # A quote that stays open swallows the lines below, which may be good rows.
                lines.push_back()
                reader = csv.reader(lines, delimiter=self._separator, strict=True)
                continue
            if cells is None:
                return
            if len(cells) > _MOST_CELLS:
                raise FileFault(
                    f"第 {lines.first} 行超过 {_MOST_CELLS} 个单元格",
                    f"line {lines.first} has more than {_MOST_CELLS} cells",
                )
            self.unfinished = None if lines.last.endswith(("\n", "\r")) else cells
            yield lines.first, cells


class _Lines:
    """Lines of a text, numbered; those of the current row can be pushed back but for its first."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._pushed: deque[str] = deque()
        self._current: list[str] = []
        self._number = 0
        self.first = 1
        self.ended = False

    def start(self) -> None:
        """A new row begins."""
        self._current.clear()
        self.first = self._number + 1

    def push_back(self) -> None:
        """Give the lines after the first of this row again."""
        self._pushed.extendleft(reversed(self._current[1:]))
        self._number -= len(self._current) - 1

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self._pushed:
            line = self._pushed.popleft()
        else:
            line = self._text.readline(_LONGEST_LINE)
            if not line:
                self.ended = True
                raise StopIteration
        self._current.append(line)
        self._number += 1
        return line

    @property
    def last(self) -> str:
        """The line read last."""
        return self._current[-1]


def _find_encoding(file: DroppedFile) -> str:
    start = next(file.chunks(), b"")[:4]
    bom = next((encoding for mark, encoding in _BOMS if start.startswith(mark)), None)
    if bom is not None:
        # The mark is a character of UTF-8 too, and counts as one here.
        place = _undecodable(file, bom.removesuffix("-sig"))
        if place is None:
            return bom
        name = bom.upper().removesuffix("-SIG")
        raise FileFault(
            f"文件以 {name} 标记开头，但第 {place} 字节不是 {name} 编码",
            f"it is marked as {name} but is not at byte {place}",
        )
    utf8 = _undecodable(file, "utf-8")
    if utf8 is None:
        return "utf-8"
    gb = _undecodable(file, "gb18030")
    if gb is None:
        return "gb18030"
    raise FileFault(
        f"既不是 UTF-8（第 {utf8} 字节）也不是 GB18030（第 {gb} 字节），请另存为“CSV UTF-8”",
        f"it is neither UTF-8 (byte {utf8}) nor GB18030 (byte {gb})",
    )


def _undecodable(file: DroppedFile, encoding: str) -> int | None:
    """Position of the first byte that is not in the encoding, None if all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    before = 0
    fault: int | None = None
    for chunk in file.chunks():
        if fault is None:
            fault = _decode(decoder, chunk, before, final=False)
            before += len(chunk)
    return fault if fault is not None else _decode(decoder, b"", before, final=True)


def _decode(decoder: codecs.IncrementalDecoder, chunk: bytes, before: int, *, final: bool) -> int | None:
    waiting = len(decoder.getstate()[0])
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        return before - waiting + error.start
    return None
