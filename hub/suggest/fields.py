"""A list of fields as a file, and what is suggested for each as another one: columns and no source, nothing else.

In: CSV with the columns `source_field` and `source_label`, UTF-8 or GB18030, one field a row. Out: CSV in UTF-8 with
`canonical`, `confidence` and `alternatives` in the same order; `canonical` is empty where nothing fits.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from hub.suggest.matching import Column, Suggestion

MOST_FIELDS = 5_000
_MOST_BYTES = 16 * 2**20
_RESULT = ("canonical", "confidence", "alternatives")
HEADING = ",".join(_RESULT).encode()
"""How a file of results begins."""
_FIELD, _LABEL = "source_field", "source_label"


class BadInput(Exception):
    """A list, table, file or answer that cannot be read; the sentence says why and what to do, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")


def read_fields(file: Path) -> list[Column]:
    """The fields of a file in their order; BadInput says what is wrong with it."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(_MOST_BYTES + 1)
    except OSError as fault:
        raise BadInput(f"{file}: 无法读取", f"cannot be read ({fault.strerror})") from None
    if len(raw) > _MOST_BYTES:
        raise BadInput(f"{file}: 超过 16 MB,请拆分", "is larger than 16 MB: split it")
    rows = csv.reader(io.StringIO(_text(file, raw), newline=""))
    try:
        return _columns(file, [row for row in rows if row])
    except csv.Error as fault:
        raise BadInput(f"{file}: 不是 CSV 文件", f"is not CSV ({fault})") from None


def _text(file: Path, raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(f"{file}: 编码须为 UTF-8 或 GB18030", "is neither UTF-8 nor GB18030")


def _columns(file: Path, rows: Sequence[Sequence[str]]) -> list[Column]:
    heading = [cell.strip().casefold() for cell in rows[0]] if rows else []
    if _FIELD not in heading:
        raise BadInput(
            f"{file}: 第一行须有列 {_FIELD}(和 {_LABEL})", f"its first row must name {_FIELD} and may name {_LABEL}"
        )
    if len(rows) - 1 > MOST_FIELDS:
        raise BadInput(f"{file}: 超过 {MOST_FIELDS} 行,请拆分", f"has more than {MOST_FIELDS} rows: split it")
    name, label = heading.index(_FIELD), heading.index(_LABEL) if _LABEL in heading else None
    return [Column(_cell(row, name), "" if label is None else _cell(row, label)) for row in rows[1:]]


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip()[:500] if place < len(row) else ""


def written_fields(suggestions: Sequence[Suggestion]) -> str:
    """The suggestions as CSV, one a row."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_RESULT)
    for each in suggestions:
        rows.writerow((each.canonical, f"{each.confidence:.2f}", ";".join(each.alternatives)))
    return text.getvalue()
