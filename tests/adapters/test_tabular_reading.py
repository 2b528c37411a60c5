"""How files are read: encodings, separators, quotes, headings, sheets, and cells that have lost something."""

import csv
import io
import zipfile
from contextlib import ExitStack
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.tabular_cells import Lossy, cell_text, is_lossy, is_spoilt, narrow_number
from adapters.tabular_csv import CsvTable
from adapters.tabular_fault import Changed, CutShort, FileFault
from adapters.tabular_file import Broken, open_dropped
from adapters.tabular_header import find_header, normalise_name
from adapters.tabular_sheet import SheetTable
from tests.adapters import tabular_files as files

MOST = 10_000_000
NAMES = ("许可编号", "有效期至")
WANTED = {name: (name,) for name in NAMES}
_OPENED = ExitStack()
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@pytest.fixture(autouse=True)
def _closing():
    """Files opened by a test are closed after it."""
    yield
    _OPENED.close()


def _open(path, most=MOST):
    return _OPENED.enter_context(open_dropped(path, most))


def _table(tmp_path, content, name="x.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return CsvTable(_open(path))


def _rows(table, wanted=WANTED, lines=None):
    rows, header = find_header(table, wanted, lines)
    return header, [cells for _, cells in rows.rows()][header.below :]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_separators_are_found(tmp_path, encoding, delimiter):
    """A file in any known encoding and with any known separator gives the same cells."""
    rows = [{"许可编号": "JY0001", "名称": "𠮷野·食府", "有效期至": "2027-01-31"}]
    header, found = _rows(_table(tmp_path, files.csv_bytes(rows, encoding, delimiter)))
    assert header.names == ("许可编号", "名称", "有效期至")
    assert found == [["JY0001", "𠮷野·食府", "2027-01-31"]]


@given(
    cells=st.lists(st.lists(TEXTS, min_size=3, max_size=3), max_size=6), encoding=st.sampled_from(["utf-8", "gb18030"])
)
def test_whatever_is_written_is_read(tmp_path_factory, cells, encoding):
    """Rows written by a CSV writer in an encoding come back cell by cell; what UTF-8 can be is UTF-8."""
    content = files.table_bytes([["许可编号", "名称", "有效期至"], *cells]).decode().encode(encoding)
    table = _table(tmp_path_factory.mktemp("csv"), content)
    assert _rows(table)[1] == cells


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"\xef\xbb\xbf\xd0\xed", "not at byte 3"),
        ("许可编号\n".encode("gb18030") + b"\xff\xff", "GB18030 (byte 9)"),
        (b"a" * 1_048_575 + "许".encode() + b"\xff", "UTF-8 (byte 1048578)"),
        ("许可编号".encode("gb18030") + b"\xd0", "GB18030 (byte 8)"),
    ],
    ids=["BOM", "end", "after a chunk", "cut in a character"],
)
def test_what_is_in_no_encoding_is_refused_with_the_byte(tmp_path, content, place):
    """A file that is neither UTF-8 nor GB18030 is refused and never guessed; the place of the first bad byte is told."""
    with pytest.raises(FileFault, match=place.replace("(", r"\(").replace(")", r"\)")):
        _table(tmp_path, content)


@given(stem=st.sampled_from(["许可编号", "有效期至"]), pad=st.sampled_from(["", " ", "\n", "\u3000", "\r\n", "\u200b"]))
def test_headings_are_compared_without_dressing(stem, pad):
    """Blanks, line breaks, full-width forms and stars of a heading make no difference."""
    assert normalise_name(f"*{stem[:2]}{pad}{stem[2:]}{pad}") == normalise_name(stem)
    assert normalise_name("证号(A)") == normalise_name("证号(a)")


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ([["许可编号", "有效期至"]], ("许可编号", "有效期至")),
        ([["肇东市许可清单"], [], ["许可编号", "有效期至"]], ("许可编号", "有效期至")),
        ([["清单", "", ""], ["许可", "", "有效期"], ["编号", "类别", "至"]], ("许可编号", "许可类别", "有效期至")),
        ([["许可编号", "有效期", ""], ["", "自", "至"]], ("许可编号", "有效期自", "有效期至")),
        ([["许可编号", "有效期\n至", "", ""]], ("许可编号", "有效期至")),
    ],
    ids=["plain", "title", "two lines", "merged", "line break and empty columns"],
)
def test_headings_are_found(tmp_path, lines, names):
    """Titles above, several lines, merged cells and line breaks: the heading is found by the columns that are mapped."""
    header, rows = _rows(_table(tmp_path, files.table_bytes([*lines, ["JY1", "x", "2027-01-31"]])))
    assert header.names == names
    assert rows == [["JY1", "x", "2027-01-31"]]


def test_a_column_may_go_by_several_names(tmp_path):
    """The first of a column's names that the heading has is the one that counts."""
    table = _table(tmp_path, files.table_bytes([["证号", "失效日期", "有效期止"], ["JY1", "x", "y"]]))
    wanted = {"许可编号": ("许可编号", "证号"), "有效期至": ("有效期至", "有效期止", "失效日期")}
    assert find_header(table, wanted, None)[1].places == {"许可编号": 0, "有效期至": 2}


def test_number_of_heading_lines_can_be_given(tmp_path):
    """With `header_rows` only a heading of so many lines is looked for."""
    table = _table(tmp_path, files.table_bytes([["许可", "有效期"], ["编号", "至"], ["JY1", "2027-01-31"]]))
    assert _rows(table, lines=2)[1] == [["JY1", "2027-01-31"]]
    with pytest.raises(FileFault):
        _rows(table, lines=1)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([["许可编号", "名称"]], "缺少列：有效期至"),
        ([["许可编号", "有效期至", "有效期至"]], "列名重复：有效期至"),
        ([["a", "b"]], "没有找到表头"),
        ([[]] * 25 + [["许可编号", "有效期至"]], "没有找到表头"),
    ],
    ids=["lacking", "twice", "none", "too far down"],
)
def test_what_a_heading_lacks_is_named(tmp_path, lines, said):
    """A heading without a mapped column, or with one twice, is refused with the column's name."""
    with pytest.raises(FileFault) as raised:
        _rows(_table(tmp_path, files.table_bytes([*lines, ["x"]])))
    assert said in raised.value.zh


def test_a_stray_quote_costs_its_row_only(tmp_path):
    """A row whose quotes do not match is told with its line; the rows it would swallow are read."""
    lines = ["许可编号,名称,有效期至", "1,甲,2027-01-01", '2,"乙"店,2027-01-02', '3,"丙,2027-01-03', "4,丁,2027-01-04"]
    rows, header = find_header(
        _table(tmp_path, "\n".join([*lines, '5,"戊""店",2027-01-05', ""]).encode()), WANTED, None
    )
    found = dict(rows.rows())
    assert header.row == 0
    assert [number for number, cells in found.items() if isinstance(cells, Broken)] == [3, 4]
    assert found[5] == ["4", "丁", "2027-01-04"]
    assert found[6] == ["5", '戊"店', "2027-01-05"]


def test_line_numbers_are_those_of_the_file(tmp_path):
    """A row is numbered by the line it begins on, whatever line breaks its cells hold."""
    table = _table(tmp_path, '许可编号,有效期至\n"1\n1",x\n2,y\n'.encode())
    rows, _ = find_header(table, WANTED, None)
    assert [number for number, _ in rows.rows()] == [1, 2, 4]


def test_a_file_that_ends_within_quotes_is_cut_short(tmp_path):
    """Nothing after the last quote can be told apart from a file that was cut: it is refused."""
    rows, _ = find_header(_table(tmp_path, '许可编号,有效期至\n1,x\n2,"y\n'.encode()), WANTED, None)
    with pytest.raises(CutShort, match="quoted cell of line 3"):
        list(rows.rows())


def test_a_line_of_separators_does_not_exhaust_the_memory(tmp_path):
    """A row wider than any spreadsheet is refused where it stands, above the heading as below."""
    for content in ("," * 20_000 + "\n许可编号,有效期至\n", "许可编号,有效期至\n1,x\n" + "," * 20_000 + "\n"):
        with pytest.raises(FileFault, match=r"line \d has more than 16384 cells"):
            _rows(_table(tmp_path, content.encode()))


def test_a_file_that_changes_while_read_is_noticed(tmp_path):
    """Bytes that differ at the second reading, a new size, or another file under the name: each is a change."""
    path = tmp_path / "x.csv"
    path.write_bytes("许可编号,有效期至\n1,x\n".encode())
    file = _open(path)
    rows, _ = find_header(CsvTable(file), WANTED, None)
    file.check_unchanged()
    path.write_bytes("许可编号,有效期至\n9,x\n".encode())
    with pytest.raises(Changed):
        list(rows.rows())
    path.rename(tmp_path / "y.csv")
    path.write_bytes("许可编号,有效期至\n9,x\n".encode())
    with pytest.raises(Changed):
        file.check_unchanged()


def test_links_and_large_files_are_not_opened(tmp_path):
    """A link could lead to any file of the machine; a file beyond the cap is not read at all."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"x" * 100)
    (tmp_path / "x.csv").symlink_to(secret)
    for path, most in ((tmp_path / "x.csv", MOST), (tmp_path, MOST), (secret, 99)):
        with pytest.raises(FileFault):
            _open(path, most)


def _sheet(path, wanted=WANTED, sheet=None, most=MOST):
    return _rows(SheetTable(_open(path, most), most, sheet), wanted)


@pytest.mark.parametrize("write", [files.write_xlsx, files.write_xls])
def test_every_cell_of_a_sheet_is_a_text(tmp_path, write):
    """Numbers keep their digits, days and moments are in ISO form, truth is a word, a text is what it was."""
    cells = ["0012", 12.5, date(2024, 1, 5), datetime.fromisoformat("2024-01-05T08:30"), True, 300, 0.1]
    write(tmp_path / "book", [["许可编号", *"abcde", "有效期至"], cells])
    _, rows = _sheet(tmp_path / "book")
    assert rows == [["0012", "12.5", "2024-01-05", "2024-01-05T08:30:00", "TRUE", "300", "0.1"]]


def test_the_first_visible_sheet_with_the_heading_is_read(tmp_path):
    """Sheets without the heading are passed over; one can be chosen by name or number."""
    book = openpyxl.Workbook()
    book.active.append(["填表说明"])
    for name, value in (("旧", "1"), ("新", "2")):
        page = book.create_sheet(name)
        page.append(["许可编号", "有效期至"])
        page.append([value, "x"])
    book["旧"].sheet_state = "hidden"
    book.save(tmp_path / "book.xlsx")
    assert _sheet(tmp_path / "book.xlsx")[1] == [["2", "x"]]
    assert _sheet(tmp_path / "book.xlsx", sheet="旧")[1] == [["1", "x"]]
    assert _sheet(tmp_path / "book.xlsx", sheet=2)[1] == [["1", "x"]]
    with pytest.raises(FileFault, match="no sheet 4"):
        _sheet(tmp_path / "book.xlsx", sheet=4)


def test_rows_that_continue_a_merged_cell_are_broken(tmp_path):
    """Below a merged cell nothing says what a row's own value is: such rows are told, not filled."""
    lines = [["许可编号", "有效期至"], ["1", "x"], ["2", ""], ["3", "y"]]
    files.write_xlsx(tmp_path / "book.xlsx", lines, merged=["B2:B3"])
    assert [isinstance(cells, Broken) for cells in _sheet(tmp_path / "book.xlsx")[1]] == [False, True, False]
    files.write_xlsx(tmp_path / "end.xlsx", lines, merged=["B3:B4"])
    assert [isinstance(cells, Broken) for cells in _sheet(tmp_path / "end.xlsx")[1]] == [False, False, True]


def test_damaged_workbooks_are_cut_short(tmp_path):
    """Wherever a workbook is cut, it is refused as damaged and nothing else happens."""
    files.write_xlsx(tmp_path / "whole.xlsx", [["许可编号", "有效期至"], ["1", "x"]])
    files.write_xls(tmp_path / "whole.xls", [["许可编号", "有效期至"], ["1", "x"]])
    for name in ("whole.xlsx", "whole.xls"):
        whole = (tmp_path / name).read_bytes()
        for size in (30, 600, len(whole) // 2, len(whole) - 100):
            (tmp_path / "cut").write_bytes(whole[:size])
            with pytest.raises(CutShort):
                _sheet(tmp_path / "cut")


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path):
    """What a workbook would unpack to is looked at before it is unpacked."""
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    assert (tmp_path / "bomb.xlsx").stat().st_size < 50_000
    with pytest.raises(FileFault, match="unpacks to more than 1000000"):
        _sheet(tmp_path / "bomb.xlsx", most=1_000_000)


@pytest.mark.parametrize("far", [(1_048_576, 16_384), (1000, 16_384), (1_000_000, 200)])
def test_two_cells_far_apart_do_not_exhaust_the_memory(tmp_path, far):
    """A workbook of a few kilobytes whose cells span a huge rectangle is refused before it is parsed."""
    book = openpyxl.Workbook()
    book.active.append(NAMES)
    book.active.cell(*far).value = "x"
    book.save(tmp_path / "book.xlsx")
    with pytest.raises(FileFault, match=f"span {far[0]} rows and {far[1]} columns"):
        _sheet(tmp_path / "book.xlsx", most=300_000_000)


_SPACES = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHARED = f'<sst xmlns="{_SPACES}"><si><t>{"x" * 1_000_000}</t></si></sst>'
_CLAIMED = f'<sst xmlns="{_SPACES}" count="4000000000" uniqueCount="4000000000"><si><t>x</t></si></sst>'
_BOMBS = {
    "rows without places": (
        '<row r="1">' + "<c><v>1</v></c>" * 200 + '</row><row r="1048576"><c><v>1</v></c></row>',
        "",
    ),
    "texts that are claimed": ('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', _CLAIMED),
    "a text used again and again": (
        "".join(f'<row><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 5001)),
        _SHARED,
    ),
}


@pytest.mark.parametrize("bomb", _BOMBS)
def test_a_workbook_that_would_end_the_process_is_refused(tmp_path, bomb):
    """A few kilobytes from which the parser makes gigabytes, and dies of it, cost a process of their own and no other."""
    rows, shared = _BOMBS[bomb]
    files.write_xlsx(tmp_path / "plain.xlsx", [["许可编号", "有效期至"], ["1", "x"]])
    with (
        zipfile.ZipFile(tmp_path / "plain.xlsx") as plain,
        zipfile.ZipFile(tmp_path / "book.xlsx", "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        members = {name: plain.read(name).decode() for name in plain.namelist()}
        members["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{_SPACES}"><sheetData>{rows}</sheetData></worksheet>'
        if shared:
            members["xl/sharedStrings.xml"] = shared
        for name, text in members.items():
            archive.writestr(name, text)
    assert (tmp_path / "book.xlsx").stat().st_size < 100_000
    with pytest.raises(FileFault, match="too much memory or time"):
        _sheet(tmp_path / "book.xlsx")


def test_merged_cells_that_lie_upon_each_other_are_one(tmp_path):
    """Ranges that overlap, stand apart or lie within each other: each row that continues any of them is told once."""
    lines = [["许可编号", "有效期至"], *([str(n), "x"] for n in range(2, 12))]
    files.write_xlsx(tmp_path / "book.xlsx", lines, merged=["A3:A6", "B4:B5", "A8:A9", "B9:B10"])
    cells = _sheet(tmp_path / "book.xlsx")[1]
    assert [number for number, row in enumerate(cells, 2) if isinstance(row, Broken)] == [4, 5, 6, 9, 10]


def test_workbooks_of_other_formats_are_refused(tmp_path):
    """XLSB and ODS are told what to become."""
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr("content.xml", b"<x/>")
    with pytest.raises(FileFault, match="another format than XLSX"):
        _sheet(tmp_path / "book.xlsx")


def test_failed_formulas_are_told(tmp_path):
    """Cells of a workbook that hold an error are read as empty, and their number is told."""
    book = openpyxl.Workbook()
    book.active.append(["许可编号", "有效期至"])
    book.active.append(["1", "#N/A"])
    book.save(tmp_path / "book.xlsx")
    table = SheetTable(_open(tmp_path / "book.xlsx"), MOST, None)
    rows, _ = find_header(table, WANTED, None)
    assert rows.warnings() == ["工作簿中有 1 个公式错误单元格（#N/A 等），按空值读取"]


@pytest.mark.parametrize(
    ("text", "lost"),
    [("9.12313E+17", True), ("9.1E+17 ", True), ("1E-07", True), ("12E5", False), ("3E10", False), ("JY1E+02", False)],
)
def test_scientific_notation_is_lossy(text, lost):
    """What a spreadsheet writes for a long number has lost its digits; a code that holds an E has not."""
    assert is_lossy(text) is lost


def test_numbers_of_sixteen_digits_are_lossy():
    """A spreadsheet keeps fifteen digits: a longer number may not be what was typed, a text of digits is."""
    assert cell_text(999_999_999_999_999.0) == "999999999999999"
    assert not is_lossy(cell_text(999_999_999_999_999))
    assert is_lossy(cell_text(912_312_820_001_234_5.0))
    assert isinstance(cell_text(10**17), Lossy)
    assert not is_lossy("912312820001234567")
    assert Lossy("1") != "1"


def test_full_width_numbers_are_narrowed_and_names_are_not():
    """A cell that is nothing but a number in full width is that number; a name keeps its letters."""
    assert narrow_number("JY123-4") == "JY123-4"
    assert narrow_number("ABC(示例)商贸") == "ABC(示例)商贸"
    assert narrow_number("ABC") == "ABC"


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "####", "a\0b"])
def test_spoilt_cells_are_known(text):
    """Errors of formulas, columns too narrow to show, and NULs are no texts."""
    assert is_spoilt(text)
    assert not is_spoilt("#1 店")


def test_a_csv_named_like_a_workbook_is_a_csv(tmp_path):
    """What a file is called says nothing: the reader of separated values reads what others call .xls."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter="\t").writerows([NAMES, ("1", "x")])
    assert _rows(_table(tmp_path, text.getvalue().encode("gb18030"), "x.xls"))[1] == [["1", "x"]]
