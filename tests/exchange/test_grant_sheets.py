"""Sheets of grants as files: what is read, with which bounds, and that nothing in them is evaluated."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from adapters.tabular_fault import FileFault
from hub.exchange.grant_sheets import MOST_ROWS, read_sheet, shown_columns, write_sheet
from tests.docs_pages import Page

ROOT = Path(__file__).parents[2]
HEAD = ["编号", "部门", "角色", "用途", "授权范围", "起始日", "截止日", "依据"]
ROW = ["", "hall", "CLERK", "SERVICE", "credit.rating", "2027-01-01", "2027-12-31", "试点方案"]
CELLS = {
    "department": "hall",
    "role": "CLERK",
    "purposes": "SERVICE",
    "scopes": "credit.rating",
    "starts": "2027-01-01",
    "ends": "2027-12-31",
    "legalBasis": "试点方案",
}


def csv_of(*lines: list[str]) -> str:
    """Lines as CSV."""
    return "\r\n".join(",".join(line) for line in lines) + "\r\n"


def book_of(path: Path, *lines: Sequence[object], merged: str = "") -> Path:
    """Lines as a workbook."""
    book = openpyxl.Workbook()
    for line in lines:
        book.worksheets[0].append(line)
    if merged:
        book.worksheets[0].merge_cells(merged)
    book.save(path)
    return path


def refused(path: Path) -> str:
    """What a file that is not taken is refused with, Chinese and English."""
    with pytest.raises(FileFault) as fault:
        read_sheet(path)
    assert fault.value.zh
    return f"{fault.value.zh} / {fault.value}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_every_encoding_that_is_found(tmp_path, encoding):
    """By its mark, as UTF-8, as GB18030; by comma, semicolon or tab."""
    path = tmp_path / "grants.csv"
    for separator in (",", ";", "\t"):
        path.write_bytes(csv_of(HEAD, ROW).replace(",", separator).encode(encoding))
        assert [(row.line, row.cells) for row in read_sheet(path)] == [(2, CELLS)]


def test_a_workbook_is_read_with_days_and_numbers_as_texts(tmp_path):
    """Cells that a spreadsheet holds as days or numbers; heads in English; columns that are only told are passed over."""
    heads = ["id", "Department", "ROLE", "Records a day", "First day", "Last day", "Legal basis", "In words"]
    path = book_of(tmp_path / "g.xlsx", heads, ["G-1", "hall", "CLERK", 500, date(2027, 1, 1), "2027-12-31", "x", "y"])
    (row,) = read_sheet(path)
    assert row.cells == {
        "id": "G-1",
        "department": "hall",
        "role": "CLERK",
        "recordsADay": "500",
        "starts": "2027-01-01",
        "ends": "2027-12-31",
        "legalBasis": "x",
    }


def test_what_looks_like_a_formula_goes_there_and_back_as_text(tmp_path):
    """In both kinds of file; nothing in the file would be taken for a formula."""
    rows = [{**CELLS, "legalBasis": text} for text in ("=1+1", "+86", "-1", "@SUM(A1)", "'=x", "'quoted", "'", "普通")]
    for name in ("grants.csv", "grants.xlsx"):
        path = tmp_path / name
        write_sheet(path, rows)
        assert [row.cells for row in read_sheet(path)] == rows
    for cell in openpyxl.load_workbook(tmp_path / "grants.xlsx").worksheets[0]["O"]:
        assert cell.data_type == "s"
        assert not str(cell.value).startswith(("=", "+", "-", "@"))
    assert ",=1" not in (tmp_path / "grants.csv").read_text(encoding="utf-8-sig")


def test_a_formula_is_never_evaluated(tmp_path):
    """A workbook that holds one is refused, and the cell is named – whatever value it says it had."""
    path = book_of(tmp_path / "g.xlsx", HEAD, [*ROW[:-1], '=HYPERLINK("http://x","y")'])
    assert "H2" in refused(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content.replace(b"<f>", b"<x:f>").replace(b"</f>", b"</x:f>"))
    assert "公式" in refused(path) or "损坏" in refused(path)


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path):
    """Before it is unpacked."""
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (64 * 2**20))
    assert path.stat().st_size < 2**20
    assert "解压后超过" in refused(path)


def test_a_million_rows_are_refused(tmp_path):
    """By the number of rows, or by what the sheet spans."""
    path = tmp_path / "g.csv"
    path.write_text(csv_of(HEAD, *[ROW] * (MOST_ROWS + 1)), encoding="utf-8")
    assert f"{MOST_ROWS}" in refused(path)
    path.write_text("a\n" * 5_000_000, encoding="utf-8")
    assert "8388608" in refused(path)
    book = book_of(tmp_path / "g.xlsx", HEAD, ROW)
    with zipfile.ZipFile(book) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    far = b'<row r="1000000"><c r="ZZ1000000"><v>1</v></c></row></sheetData>'
    with zipfile.ZipFile(book, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content.replace(b"</sheetData>", far))
    assert "过大" in refused(book)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("g.csv", b"\xff\xfe\x00", "UTF-16"),
        ("g.csv", b"\x81\x00\xff" * 9, "GB18030"),
        ("g.csv", csv_of(HEAD).encode(), "没有数据行"),
        ("g.csv", b"", "没有数据行"),
        ("g.csv", csv_of([*HEAD[:-1], "依椐"], ROW).encode(), "依据"),
        ("g.csv", csv_of([*HEAD, "部门"], [*ROW, "hall"]).encode(), "重复"),
        ("g.csv", csv_of(HEAD[:-1], ROW[:-1]).encode(), "缺少列：依据"),
        ("g.csv", csv_of(HEAD, [*ROW, "more"]).encode(), "多于表头"),
        ("g.csv", csv_of(HEAD, [*ROW[:-1], '"open']).encode(), "引号"),
        ("g.xlsx", b"no workbook", "不是 .xlsx"),
        ("g.xlsx", b"PK\x03\x04 broken", "损坏"),
        ("g.ods", b"x", ".xlsx"),
        ("g.xls", b"x", ".xlsx"),
    ],
)
def test_a_broken_file_is_refused_with_a_sentence(tmp_path, name, content, said):
    """Wrong encodings, heads that are not known, missing, there twice; rows that are too long; what is no workbook."""
    path = tmp_path / name
    path.write_bytes(content)
    assert said in refused(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    """Nor are links followed."""
    assert "无法读取" in refused(tmp_path / "none.csv")
    (tmp_path / "link.csv").symlink_to("/etc/hostname")
    assert "链接" in refused(tmp_path / "link.csv")


def test_merged_cells_are_refused(tmp_path):
    """What a row below has for itself is not known."""
    path = book_of(tmp_path / "g.xlsx", HEAD, ROW, ROW, merged="B2:B3")
    assert "合并" in refused(path)


def test_two_sheets_that_hold_something_are_refused(tmp_path):
    """Which of them is meant is not guessed."""
    book = openpyxl.Workbook()
    for sheet in (book.worksheets[0], book.create_sheet("二")):
        sheet.append(HEAD)
        sheet.append(ROW)
    book.save(tmp_path / "g.xlsx")
    assert "恰有一张" in refused(tmp_path / "g.xlsx")


def test_every_column_has_its_row_on_the_page():
    """The page of grants names all columns with both heads."""
    table = Page(ROOT / "docs/grants.md").table("Column", "中文", "English", "What it holds")
    assert [tuple(cell.strip("`") for cell in row[:3]) for row in table] == list(shown_columns())


def test_a_written_workbook_is_whole(tmp_path):
    """Others can open it: one sheet, its head frozen."""
    write_sheet(tmp_path / "g.xlsx", [CELLS])
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "g.xlsx").read_bytes()))
    assert len(book.worksheets) == 1
    assert book.worksheets[0].freeze_panes == "B2"
