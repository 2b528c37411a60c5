"""What becomes of a dropped file: rows taken or rejected with reason and proposal, and never half a file."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from adapters import tabular
from adapters.base import AS_OF, LOCAL, SourceBadData, SourceDown, Unreadable
from adapters.tabular_fault import FileFault, Progress
from adapters.tabular_intake import name_time, read_expected
from auth.classes import Sensitivity
from schema.predicate import Op, Test
from tests.adapters import tabular_files as files
from tests.adapters.tabular_files import CODES, LICENCE
from tests.conformance.suite import search

HEAD = ("许可编号", "统一社会信用代码", "许可证书名称", "有效期至", "当前状态")
WIDE: dict[str, Any] = {**LICENCE, "columns": {**LICENCE["columns"], "premises": "许可场所"}}
ENTITY = {
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


@pytest.fixture
async def opening(catalogue, tmp_path):
    """Opens sources on the folder of this test; `known` is another catalogue."""
    opened = []

    def opening(*records, known=catalogue, **more):
        opened.append(tabular.open_source(files.options(tmp_path, *records, **more), known))
        return opened[-1]

    yield opening
    for source in opened:
        await source.aclose()


async def _rows(source, *columns, record="Licence", **more):
    return (await source.search(search(record, columns, **more))).rows


async def _taken(source, base, lines, name="xk_1.csv", record="Licence"):
    return await source.take(files.drop(base, name, files.table_bytes(lines)), record)


async def test_rejected_rows_never_block_good_ones(opening, tmp_path):
    """Each kind of bad row is rejected with its line, column, reason and proposal; all others are served."""
    outcome = await _taken(
        opening(),
        tmp_path,
        [
            HEAD,
            ("JY1", CODES[0], "甲证", "2027-01-31", "有效"),
            ("", CODES[0], "无标识", "2027-01-31", "有效"),
            ("JY3", "", "无代码", "2027-01-31", "有效"),
            ("JY4", "9.12313E+17", "丢位数", "2027-01-31", "有效"),
            ("JY1", CODES[1], "重复", "2027-01-31", "有效"),
            ("JY6", CODES[1], "多一格", "2027-01-31", "有效", "x"),
            ("JY7", CODES[1], "少一格"),
            ("4.5E+15", CODES[1], "标识丢位数", "2027-01-31", "有效"),
            ("JY9", CODES[2], "乙证", "2027-02-28", "吊销"),
        ],
    )
    assert (outcome.rows, outcome.rejected, outcome.fault) == (2, 7, None)
    told = files.report(tmp_path, "xk_1.csv")
    assert [(line["行号"], line["列"], line["原因"]) for line in told] == [
        ("3", "许可编号", "缺少行标识"),
        ("4", "统一社会信用代码", "缺少必填内容"),
        ("5", "统一社会信用代码", "数字位数已丢失(9.12313E+17)"),
        ("6", "许可编号", "行标识与第 2 行重复"),
        ("7", "", "单元格比表头多"),
        ("8", "", "单元格比表头少"),
        ("9", "许可编号", "数字位数已丢失(4.5E+15)"),
    ]
    assert all(line["结果"] == "该行未采用" and line["建议"] for line in told)
    assert "文本" in told[2]["建议"]
    assert told[2]["许可证书名称"] == "丢位数"


async def test_unreadable_cells_keep_their_row(opening, tmp_path):
    """A cell that cannot be read is told with a proposal, its row is served and the cell is Unreadable."""
    source = opening()
    lines = [
        ("JY1", CODES[0], "甲证", "2027-31-12", "有效"),
        ("JY2", CODES[0], "乙证", "12/31/2027", "有效期内"),
        ("JY3", CODES[0], "#N/A", "2027-02-29", "未知"),
        ("JY4", CODES[0][:17] + "0", "丁证", "2027-01-31", "有效"),
        ("JY5", "1234", "戊证", "03/04/2027", "有效"),
    ]
    outcome = await _taken(source, tmp_path, [HEAD, *lines])
    assert (outcome.rows, outcome.rejected, outcome.doubtful) == (5, 0, 5)
    told = {(line["行号"], line["列"]): (line["原因"], line["建议"]) for line in files.report(tmp_path, "xk_1.csv")}
    assert told["2", "有效期至"] == ("日和月可能颠倒", "若确是该日,写成 2027-12-31")
    assert told["3", "有效期至"] == ("不是约定的日期写法", "若确是该日,写成 2027-12-31")
    assert told["3", "当前状态"] == ("不在约定的取值之内", "可能是“有效”")
    assert told["4", "许可证书名称"][0] == "单元格是公式错误或显示不全(####)"
    assert told["4", "有效期至"] == ("不存在的日期", "请核对该日期")
    assert told["4", "当前状态"] == ("不在约定的取值之内", "约定的取值:有效、吊销")
    assert CODES[0] in told["5", "统一社会信用代码"][1]
    assert told["6", "统一社会信用代码"][0] == "不是 18 位统一社会信用代码"
    assert told["6", "有效期至"][0] == "日期写法不明,日和月可能颠倒"
    rows = await _rows(source, LOCAL, "validTo", "status", "certificateName")
    assert rows[2] == ("JY3", Unreadable.VALUE, Unreadable.VALUE, Unreadable.VALUE)
    assert rows[3] == ("JY4", "2027-01-31", "VALID", "丁证")
    assert await source.count(search("Licence", (), where=Test("validTo", Op.IS_NULL))) == 0


async def test_required_fields_reject_their_row(opening, tmp_path):
    """A field that is declared mandatory rejects a row that lacks it or holds what cannot be read."""
    lines = [
        ("JY1", "", "甲证", "2027-01-31", "有效"),
        ("JY2", "", "乙证", "2027-31-31", "有效"),
        ("JY3", "", "丙证", "", "有效"),
    ]
    outcome = await _taken(opening({**LICENCE, "required": ["validTo"]}), tmp_path, [HEAD, *lines])
    assert (outcome.rows, outcome.rejected) == (1, 2)


async def test_titles_totals_and_remarks_are_no_rows(opening, tmp_path):
    """Titles, empty rows, a heading repeated on the next page, totals and remarks are neither rows nor faults."""
    lines = [
        ("肇东市许可清单",),
        HEAD,
        ("JY1", CODES[0], "甲证", "2027-01-31", "有效"),
        (),
        (" ", "", "\u3000", "", ""),
        HEAD,
        ("JY2", CODES[0], "乙证", "2027-01-31", "有效"),
        ("合 计", "2"),
        ("备注:本表由审批局提供", "", "", "", ""),
        ("", "", "填表人:", "", "张三"),
    ]
    outcome = await _taken(opening(), tmp_path, lines)
    assert (outcome.rows, outcome.rejected, outcome.doubtful) == (2, 0, 0)


async def test_full_width_digits_are_read(opening, tmp_path):
    """Numbers, codes and dates typed in full width are what they are in half width; the original of an amount stays."""
    source = opening(ENTITY)
    wide = str.maketrans("0123456789ABCDEFGHJKLMNPQRTUWXY.", "0123456789ABCDEFGHJKLMNPQRTUWXY.")
    line = ("12".translate(wide), CODES[0].translate(wide), "ABC 商行", "", "12.5".translate(wide))
    await _taken(source, tmp_path, [("注册号", "代码", "名称", "法定代表人", "注册资本"), line], "zt_1.csv", "Entity")
    (row,) = await _rows(source, LOCAL, "uscc", "name", "registeredCapital", record="Entity")
    assert row == ("12", CODES[0], "ABC 商行", ("125000", "CNY", "12.5"))


async def test_a_workbook_loses_no_digits_silently(opening, tmp_path):
    """A code stored as a number of sixteen digits or more rejects its row; one stored as text is whole."""
    (tmp_path / "in").mkdir()
    lines = [
        HEAD,
        ("JY1", CODES[0], "甲", "2027-01-31", "有效"),
        ("JY2", 912312820001234567, "乙", "2027-01-31", "有效"),
    ]
    files.write_xlsx(tmp_path / "in/xk_1.xlsx", lines)
    outcome = await opening().take(tmp_path / "in/xk_1.xlsx")
    assert (outcome.rows, outcome.rejected) == (1, 1)
    (line,) = files.report(tmp_path, "xk_1.xlsx")
    assert (line["行号"], line["列"], line["原因"]) == ("3", "统一社会信用代码", "数字位数已丢失")


async def test_reports_hold_no_persons(opening, tmp_path):
    """A report shows personal cells shortened, a citizen's number not at all, and nothing a spreadsheet would run."""
    citizen = "23128219900101101" + "X"
    digits = [int(c) for c in citizen[:17]]
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    citizen = citizen[:17] + "10X98765432"[sum(a * b for a, b in zip(digits, weights, strict=True)) % 11]
    lines = [
        ("注册号", "代码", "名称", "法定代表人", "注册资本", "身份证"),
        ("1", citizen, "=HYPERLINK(1)", "欧阳示例", "很多", "绝密一"),
        ("", CODES[0], "无标识商行", "李样本", "1", "绝密二"),
    ]
    outcome = await _taken(opening(ENTITY), tmp_path, lines, "zt_1.csv", "Entity")
    assert (outcome.rows, outcome.rejected) == (1, 1)
    content = (tmp_path / "in/reports/zt_1.csv.report.csv").read_text(encoding="utf-8-sig")
    assert content.startswith("文件,行号,列,结果,原因,建议,")
    assert not [word for word in (citizen, "欧阳示例", "李样本", "绝密") if word in content]
    told = files.report(tmp_path, "zt_1.csv")
    assert {line["法定代表人"] for line in told} == {"欧**", "李**"}
    assert told[0]["名称"] == "'=HYPERLINK(1)"
    assert [line["原因"] for line in told] == ["不是金额", "疑似公民身份号码,不是统一社会信用代码", "缺少行标识"]


async def test_sensitive_columns_are_never_copied(opening, catalogue, tmp_path):
    """SENSITIVE fields and columns declared as never to be read are no columns here, nor in store or report."""
    licence = catalogue.records["Licence"]
    secret = replace(licence.fields["premises"], sensitivity=Sensitivity.SENSITIVE)
    known = replace(
        catalogue,
        records={**catalogue.records, "Licence": replace(licence, fields={**licence.fields, "premises": secret})},
    )
    source = opening({**WIDE, "never": ["身份证号", "许可证书名称"]}, known=known)
    line = ("JY1", CODES[0], "甲证", "2027-99-31", "有效", "SECRETPREMISES", "SECRETNUMBER")
    await _taken(source, tmp_path, [(*HEAD, "许可场所", "身份证号"), line])
    assert not {"premises", "certificateName"} & source.abilities["Licence"].columns
    told = files.report(tmp_path, "xk_1.csv")
    dropped = [line["列"] for line in told if line["原因"] == "敏感列,不入库"]
    assert dropped == ["许可证书名称", "许可场所", "身份证号"]
    await source.aclose()
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if "store" in path.name)
    assert len(stored) > 8192
    assert "SECRET" not in (tmp_path / "in/reports/xk_1.csv.report.csv").read_text(encoding="utf-8-sig")
    assert b"SECRET" not in stored


async def test_nothing_lies_on_disk_in_clear(opening, tmp_path):
    """No byte of a row can be read from the store, its log or anything beside it, while it is filled and afterwards."""
    source = opening()
    seen = []
    words = [CODES[0].encode(), "食品经营许可证".encode(), b"JY00000000000001", b"Licence", b"certificateName"]
    base = tmp_path / "beside"
    base.mkdir()
    path = base / "xk_1.csv"
    path.write_bytes(files.csv_bytes(files.licence_rows(12_000)))

    def look(_progress):
        for place in tmp_path.glob("store*"):
            content = place.read_bytes()
            seen.append(len(content))
            assert not [word for word in words if word in content]

    await source.take(path, progress=look)
    assert await source.count(search("Licence", ())) == 12_000
    look(None)
    assert max(seen) > 1_000_000
    assert (tmp_path / "store.db").stat().st_mode & 0o077 == 0


async def test_a_wrong_key_refuses_the_start(tmp_path, catalogue):
    """A key that does not open the store, or is no key, is said in a sentence that does not hold it."""
    options = files.options(tmp_path)
    source = tabular.open_source(options, catalogue)
    source.taking.prepare()
    await source.aclose()
    (tmp_path / "store.key").write_text("11" * 32, encoding="ascii")
    with pytest.raises(ValueError, match="the key does not open its store"):
        tabular.open_source(files.options(tmp_path), catalogue)
    for key, said in (("file:gone.key", "does not exist"), ("env:HUB_NO_SUCH_KEY", "not set")):
        with pytest.raises(ValueError, match=said):
            files.options(tmp_path, key=key)
    (tmp_path / "store.key").write_text("short", encoding="ascii")
    with pytest.raises(ValueError, match="openssl rand -hex 32") as raised:
        files.options(tmp_path)
    assert "short'" not in str(raised.value).partition("input_value")[0]


@pytest.mark.parametrize("lacking", ["basis", "keep_days", "key"])
def test_a_copy_declares_basis_age_and_key(tmp_path, lacking):
    """Without basis, maximum age or key there is no copy."""
    with pytest.raises(ValueError, match=lacking):
        tabular.OPTIONS.model_validate(
            {name: value for name, value in files.options(tmp_path).model_dump().items() if name != lacking}
        )


async def test_replacing(opening, tmp_path):
    """A file that holds everything takes the place of the one before; the very same file changes nothing."""
    source = opening()
    first = files.csv_bytes(files.licence_rows(10))
    await source.take(files.drop(tmp_path, "xk_1.csv", first))
    await source.take(files.drop(tmp_path, "xk_2.csv", files.csv_bytes(files.licence_rows(5, start=8))))
    assert await _rows(source, LOCAL) == [(f"JY{number:014d}",) for number in range(8, 13)]
    again = await source.take(files.drop(tmp_path, "xk_3.csv", files.csv_bytes(files.licence_rows(5, start=8))))
    assert again.unchanged
    assert not (await source.take(files.drop(tmp_path, "xk_4.csv", first))).unchanged
    assert await source.count(search("Licence", ())) == 10


async def test_merging(opening, tmp_path):
    """A file of changes adds, replaces and withdraws rows by their identifier; a late one undoes no newer row."""
    merging = {**LICENCE, "mode": "merge", "data_time": "name", "deletion": {"column": "操作", "values": ["删除", "D"]}}
    source = opening(merging)

    async def take(day, *lines):
        name = f"xk_{day}.csv"
        return await source.take(files.drop(tmp_path, name, files.table_bytes([(*HEAD, "操作"), *lines])))

    today, before, earlier = (_day(-n) for n in range(3))
    await take(before, *(_line(f"JY{n}", "甲证", "新增") for n in range(1, 5)))
    outcome = await take(today, _line("JY2", "乙证", "变更"), _line("JY5", "丙证", "新增"), _line("JY3", "", "删除"))
    assert (outcome.rows, outcome.withdrawn) == (2, 1)
    await take(earlier, _line("JY2", "旧证", "新增"), _line("JY4", "旧证", "D"), _line("JY6", "旧证", "新增"))
    rows = await _rows(source, LOCAL, "certificateName")
    assert rows == [("JY1", "甲证"), ("JY2", "乙证"), ("JY4", "甲证"), ("JY5", "丙证"), ("JY6", "旧证")]
    assert (
        await take(today, _line("JY2", "乙证", "变更"), _line("JY5", "丙证", "新增"), _line("JY3", "", "删除"))
    ).unchanged


def _line(local, name, action):
    return local, CODES[0], name, "2027-01-31", "有效", action


def _day(offset):
    from datetime import date, timedelta  # noqa: PLC0415 - names of files must not outlive the maximum age

    return f"{date.today() + timedelta(days=offset):%Y%m%d}"  # noqa: DTZ011 - the same


async def test_data_time_comes_from_name_file_or_column(opening, tmp_path):
    """`$asOf` is the date in the file's name, the file's time, or the row's own column."""
    day = _day(-3)
    content = files.csv_bytes(files.licence_rows(1))
    named = opening({**LICENCE, "data_time": "name"}, store="a.db")
    await named.take(files.drop(tmp_path, f"xk_{day}.csv", content))
    assert await _rows(named, AS_OF) == [(f"{day[:4]}-{day[4:6]}-{day[6:]}T00:00:00+08:00",)]
    assert "no date" in (await named.take(files.drop(tmp_path, "xk_x.csv", content))).fault.en
    dated = opening({**LICENCE, "data_time": "mtime"}, store="b.db")
    path = files.drop(tmp_path, "xk_y.csv", content)
    await dated.take(path)
    assert (await _rows(dated, AS_OF))[0][0].endswith("+08:00")
    column = opening({**LICENCE, "as_of": "更新时间"}, store="c.db")
    rows = [{**files.licence_rows(1)[0], "更新时间": "2026-01-02 03:04:05"}]
    await column.take(files.drop(tmp_path, "xk_z.csv", files.csv_bytes(rows)))
    assert await _rows(column, AS_OF) == [("2026-01-02T03:04:05+08:00",)]
    with pytest.raises(ValueError, match="not both"):
        opening({**LICENCE, "as_of": "更新时间", "data_time": "name"})


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("xk_20240606.csv", "2024-06-06T00:00:00+08:00"),
        ("xk-2024-06-06_083015.csv", "2024-06-06T08:30:15+08:00"),
        ("231282_20240606.csv", "2024-06-06T00:00:00+08:00"),
        ("xk_20241306.csv", None),
        ("xk_2024060612345.csv", None),
    ],
)
def test_time_of_a_name(name, found):
    """The first date in a name counts, and no longer run of digits does."""
    moment = name_time(name)
    assert (moment and moment.isoformat()) == found


async def test_a_cut_file_changes_nothing(opening, tmp_path):
    """A file that is cut short leaves the rows of the one before, is told in report and check, and is taken when whole."""
    source = opening()
    await source.take(files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(10))))
    whole = files.csv_bytes(files.licence_rows(20))
    path = files.drop(tmp_path, "xk_2.csv", whole[: whole.rindex(b"2028")])
    with pytest.raises(SourceBadData, match=r"xk_2\.csv was not taken: its last line is cut short.*are served"):
        await source.check()
    assert await source.count(search("Licence", ())) == 10
    (line,) = files.report(tmp_path, "xk_2.csv")
    assert (line["结果"], line["原因"]) == ("整份文件未采用", "最后一行不完整,文件可能被截断")
    assert files.summary(tmp_path, "xk_2.csv")["结果"] == "未采用"
    assert "xk_2.csv was not taken" in source.status()[0]
    path.write_bytes(whole)
    await source.check()
    assert await source.count(search("Licence", ())) == 20
    assert files.summary(tmp_path, "xk_2.csv") | {"处理时间": ""} == {
        "文件": "xk_2.csv",
        "记录": "Licence",
        "结果": "已采用",
        "原因": None,
        "采用行数": 20,
        "拒绝行数": 0,
        "存疑行数": 0,
        "撤回行数": 0,
        "数据时间": None,
        "读取方式": "UTF-8,逗号分隔",
        "处理时间": "",
    }


async def test_a_file_that_changes_while_it_is_taken_changes_nothing(opening, tmp_path, monkeypatch):
    """A file that grows while its rows are staged is given up, whatever was staged, and taken afterwards."""
    monkeypatch.setattr("adapters.tabular_intake.BATCH", 100)
    source = opening()
    path = files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(1000)))

    def grow(progress):
        if progress.rows == 500:
            with path.open("ab") as file:
                file.write(files.csv_bytes(files.licence_rows(3, start=1001)).split(b"\r\n", 1)[1])

    outcome = source.taking.take(path, "Licence", grow)
    assert outcome.fault.en == "it changed while it was read"
    with pytest.raises(SourceDown, match="no file has been taken yet"):
        await source.count(search("Licence", ()))
    assert (await source.take(path)).rows == 1003


@pytest.mark.parametrize(
    ("marker", "fault"),
    [
        ("", None),
        ("{size}", None),
        ("size={size}\nrows=10\n", None),
        ("sha256={digest}", None),
        ("size=1", "its .ok says 1"),
        ("rows=11", "it has 10 rows, its .ok says 11"),
        ("sha256=00", "SHA-256"),
        ("完成", "cannot be understood"),
    ],
)
async def test_a_marker_says_when_and_what(opening, tmp_path, marker, fault):
    """With `ok` a file waits for its marker; one that is not what the marker says is not taken until either changes."""
    import hashlib  # noqa: PLC0415 - only here

    source = opening({**LICENCE, "take": "ok"})
    content = files.csv_bytes(files.licence_rows(10))
    files.drop(tmp_path, "xk_1.csv", content)
    with pytest.raises(SourceDown, match="1 waiting to be whole"):
        await source.check()
    text = marker.replace("{size}", str(len(content))).replace("{digest}", hashlib.sha256(content).hexdigest())
    files.drop(tmp_path, "xk_1.csv.ok", text.encode())
    if fault is None:
        await source.check()
        assert await source.count(search("Licence", ())) == 10
        return
    with pytest.raises(SourceDown) as raised:
        await source.check()
    assert fault in str(raised.value)
    files.drop(tmp_path, "xk_1.csv.ok", b" ")
    await source.check()


def test_what_a_marker_may_say():
    """A marker is empty, a number of bytes, or lines of size, rows and sha256."""
    assert read_expected("120\n").size == 120
    assert read_expected("Rows = 3\nSHA256=AB\n").sha256 == "ab"
    with pytest.raises(ValueError, match="a marker holds"):
        read_expected("md5=00")


async def test_only_the_newest_file_replaces(opening, tmp_path):
    """Of several files that each hold everything only the newest is read; an older one that comes late is passed over."""
    source = opening({**LICENCE, "data_time": "name"})
    for offset, count in ((-5, 5), (-3, 3), (-4, 4)):
        files.drop(tmp_path, f"xk_{_day(offset)}.csv", files.csv_bytes(files.licence_rows(count)))
    await source.check()
    files.drop(tmp_path, f"xk_{_day(-6)}.csv", files.csv_bytes(files.licence_rows(6)))
    await source.check()
    assert await source.count(search("Licence", ())) == 3
    assert [path.name for path in (tmp_path / "in/reports").glob("*.csv")] == [f"xk_{_day(-3)}.csv.report.csv"]


async def test_old_copies_are_purged(opening, tmp_path):
    """Rows whose file is older than the maximum age are deleted, and such a file is not taken."""
    source = opening({**LICENCE, "data_time": "name"})
    files.drop(tmp_path, f"xk_{_day(-80)}.csv", files.csv_bytes(files.licence_rows(5)))
    await source.check()
    shorter = opening({**LICENCE, "data_time": "name"}, keep_days=30)
    with pytest.raises(SourceDown, match="older than 30 days"):
        await shorter.check()
    with pytest.raises(SourceDown, match="no file has been taken yet"):
        await shorter.count(search("Licence", ()))


async def test_a_changed_mapping_takes_the_file_again(opening, tmp_path):
    """With another mapping the same file is read again; until then fields mapped since are Unreadable, others stay."""
    (tmp_path / "beside").mkdir()
    path = tmp_path / "beside/xk_1.csv"
    path.write_bytes(
        files.table_bytes([(*HEAD, "许可场所"), ("JY1", CODES[0], "甲证", "2027-01-31", "有效", "正阳街")])
    )
    first = opening()
    await first.take(path)
    await first.aclose()
    source = opening({**WIDE, "columns": {"certificateName": "许可证书名称", "premises": "许可场所"}})
    with pytest.raises(SourceBadData, match="its mapping has changed"):
        await source.check()
    assert await _rows(source, LOCAL, "certificateName", "premises") == [("JY1", "甲证", Unreadable.VALUE)]
    assert not (await source.take(path)).unchanged
    await source.check()
    assert await _rows(source, "certificateName", "premises") == [("甲证", "正阳街")]


_KILLED = """
import sys
from adapters import tabular, tabular_intake
from pathlib import Path
from schema.catalogue import fold_catalogue
from tests.adapters import tabular_files as files

tabular_intake.BATCH = 100

def tell(progress):
    print(progress.rows, flush=True)
    sys.stdin.readline()

base = Path(sys.argv[1])
tabular.open_source(files.options(base), fold_catalogue()).taking.take(base / "xk_2.csv", "Licence", tell)
"""


def _kill_after(base, batches):
    """Take xk_2.csv in another process and kill it, without notice, after so many batches; rows it had read."""
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    command = [sys.executable, "-c", _KILLED, str(base)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for _ in range(batches - 1):
            child.stdout.readline()
            child.stdin.write(b"\n")
            child.stdin.flush()
        read = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
    return read


async def test_a_crash_leaves_the_previous_state_and_the_intake_goes_on(opening, tmp_path, monkeypatch):
    """Killed between batches: the rows before are served, and the file is gone on with where it stopped."""
    monkeypatch.setattr("adapters.tabular_intake.BATCH", 100)
    source = opening()
    await source.take(files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(7))))
    rows = files.licence_rows(1000)
    rows[150]["有效期至"] = "2027-31-12"
    rows[940]["许可编号"] = rows[120]["许可编号"]
    (tmp_path / "xk_2.csv").write_bytes(files.csv_bytes(rows))
    assert _kill_after(tmp_path, 3) == 300
    assert _kill_after(tmp_path, 4) == 700
    assert await source.count(search("Licence", ())) == 7
    await source.aclose()
    told: list[Progress] = []
    outcome = opening().taking.take(tmp_path / "xk_2.csv", "Licence", told.append)
    assert [progress.rows for progress in told] == [800, 900, 1000]
    assert (outcome.rows, outcome.rejected, outcome.doubtful) == (999, 1, 1)
    assert [line["行号"] for line in files.report(tmp_path, "xk_2.csv")] == ["152", "942"]
    found = [local for (local,) in await _rows(opening(), LOCAL)]
    assert len(found) == 999
    assert all(before < after for before, after in pairwise(found))


async def test_a_report_that_could_not_be_written_is_written_later(opening, tmp_path):
    """Where reports cannot be written the rows are served all the same, and the report follows."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/reports").write_bytes(b"in the way")
    source = opening()
    files.drop(tmp_path, "xk_1.csv", files.table_bytes([HEAD, ("JY1", CODES[0], "甲", "x", "有效")]))
    with pytest.raises(SourceBadData, match="its report cannot be written"):
        await source.check()
    assert await source.count(search("Licence", ())) == 1
    (tmp_path / "in/reports").unlink()
    await source.check()
    assert [line["列"] for line in files.report(tmp_path, "xk_1.csv")] == ["有效期至"]


async def test_a_file_by_hand(catalogue, tmp_path):
    """A file anywhere is taken by the same code, with progress in the event loop; which record it holds is asked for."""
    (tmp_path / "desk").mkdir()
    path = tmp_path / "desk/licences.csv"
    path.write_bytes(files.csv_bytes(files.licence_rows(12_000), "gb18030"))
    told: list[Progress] = []
    options = files.options(tmp_path, LICENCE, ENTITY)
    with pytest.raises(ValueError, match=r"say which record licences\.csv holds: Licence, Entity"):
        await tabular.take_file(options, catalogue, path)
    with pytest.raises(ValueError, match="has no record Penalty"):
        await tabular.take_file(options, catalogue, path, "Penalty")
    outcome = await tabular.take_file(options, catalogue, path, "Licence", told.append)
    assert (outcome.rows, outcome.read_as) == (12_000, "GB18030,逗号分隔")
    assert [progress.rows for progress in told] == [5000, 10_000, 12_000]
    assert told[-1].bytes_read == told[-1].bytes_total == path.stat().st_size


async def test_two_processes_do_not_take_at_once(opening, tmp_path):
    """While another process takes files into the store, one by hand is refused and the folder is left for later."""
    import fcntl  # noqa: PLC0415 - only here

    source = opening()
    path = files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(1)))
    with (tmp_path / "store.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(SourceDown, match="another process"):
            await source.take(path)
        with pytest.raises(SourceDown, match="no file has been taken yet"):
            await source.check()
    await source.check()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"<html><table>", "HTML or XML"),
        (b"a,b\n1,2\n", "no heading"),
        ("许可编号,许可证书名称\n".encode(), "its heading lacks 统一社会信用代码, 有效期至, 当前状态"),
    ],
)
async def test_files_that_are_something_else(opening, tmp_path, content, said):
    """What is no table, or another one, is refused with a sentence."""
    outcome = await opening().take(files.drop(tmp_path, "xk_1.csv", content))
    assert isinstance(outcome.fault, FileFault)
    assert said in outcome.fault.en


async def test_too_many_rows_are_refused(opening, tmp_path):
    """A file with more rows than allowed is not taken."""
    outcome = await opening(most_rows=9).take(files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(10))))
    assert "most_rows" in outcome.fault.en


@pytest.mark.long
async def test_three_hundred_thousand_rows(opening, tmp_path):
    """A file of 300,000 rows is taken whole, and again with one row changed."""
    rows = files.licence_rows(300_000)
    source = opening()
    assert (await source.take(files.drop(tmp_path, "xk_1.csv", files.csv_bytes(rows, "gb18030")))).rows == 300_000
    rows[123_456]["许可证书名称"] = "改名"
    await source.take(files.drop(tmp_path, "xk_2.csv", files.csv_bytes(rows)))
    where = Test("certificateName", Op.EQ, "改名")
    assert await _rows(source, LOCAL, where=where) == [(rows[123_456]["许可编号"],)]
