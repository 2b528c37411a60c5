"""Rows of a dropped file: accepted, or rejected with reason and proposal; and what is never copied or shown."""

from dataclasses import replace

import pytest

from adapters import tabular
from adapters.base import LOCAL, Unreadable
from auth.classes import Sensitivity
from schema.predicate import Op, Test
from tests.adapters import tabular_files as files
from tests.adapters.tabular_files import CODES, ENTITY, HEAD, LICENCE, WIDE, rows_of, take_lines
from tests.conformance.suite import search


async def test_rejected_rows_never_block_good_ones(open_files, tmp_path):
    """Each kind of bad row is rejected with its line, column, reason and proposal; all others are served."""
    outcome = await take_lines(
        open_files(),
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
        ("5", "统一社会信用代码", "数字位数已丢失（9.12313E+17）"),
        ("6", "许可编号", "行标识与第 2 行重复"),
        ("7", "", "单元格比表头多"),
        ("8", "", "单元格比表头少"),
        ("9", "许可编号", "数字位数已丢失（4.5E+15）"),
    ]
    assert all(line["结果"] == "该行未采用" and line["建议"] for line in told)
    assert "文本" in told[2]["建议"]
    assert told[2]["许可证书名称"] == "丢位数"


async def test_unreadable_cells_keep_their_row(open_files, tmp_path):
    """A cell that cannot be read is told with a proposal, its row is served and the cell is Unreadable."""
    source = open_files()
    lines = [
        ("JY1", CODES[0], "甲证", "2027-31-12", "有效"),
        ("JY2", CODES[0], "乙证", "12/31/2027", "有效期内"),
        ("JY3", CODES[0], "#N/A", "2027-02-29", "未知"),
        ("JY4", CODES[0][:17] + "0", "丁证", "2027-01-31", "有效"),
        ("JY5", "1234", "戊证", "03/04/2027", "有效"),
    ]
    outcome = await take_lines(source, tmp_path, [HEAD, *lines])
    assert (outcome.rows, outcome.rejected, outcome.doubtful) == (5, 0, 5)
    told = {(line["行号"], line["列"]): (line["原因"], line["建议"]) for line in files.report(tmp_path, "xk_1.csv")}
    assert told["2", "有效期至"] == ("日和月可能颠倒", "若确是该日，写成 2027-12-31")
    assert told["3", "有效期至"] == ("不是约定的日期写法", "若确是该日，写成 2027-12-31")
    assert told["3", "当前状态"] == ("不在约定的取值之内", "可能是“有效”")
    assert told["4", "许可证书名称"][0] == "单元格是公式错误或显示不全（####）"
    assert told["4", "有效期至"] == ("不存在的日期", "请核对该日期")
    assert told["4", "当前状态"] == ("不在约定的取值之内", "约定的取值：有效、吊销")
    assert CODES[0] in told["5", "统一社会信用代码"][1]
    assert told["6", "统一社会信用代码"][0] == "不是 18 位统一社会信用代码"
    assert told["6", "有效期至"][0] == "日期写法不明，日和月可能颠倒"
    rows = await rows_of(source, LOCAL, "validTo", "status", "certificateName")
    assert rows[2] == ("JY3", Unreadable.VALUE, Unreadable.VALUE, Unreadable.VALUE)
    assert rows[3] == ("JY4", "2027-01-31", "VALID", "丁证")
    assert await source.count(search("Licence", (), where=Test("validTo", Op.IS_NULL))) == 0


async def test_required_fields_reject_their_row(open_files, tmp_path):
    """A field that is declared mandatory rejects a row that lacks it or holds what cannot be read."""
    lines = [
        ("JY1", "", "甲证", "2027-01-31", "有效"),
        ("JY2", "", "乙证", "2027-31-31", "有效"),
        ("JY3", "", "丙证", "", "有效"),
    ]
    outcome = await take_lines(open_files({**LICENCE, "required": ["validTo"]}), tmp_path, [HEAD, *lines])
    assert (outcome.rows, outcome.rejected) == (1, 2)


async def test_titles_totals_and_remarks_are_no_rows(open_files, tmp_path):
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
    outcome = await take_lines(open_files(), tmp_path, lines)
    assert (outcome.rows, outcome.rejected, outcome.doubtful) == (2, 0, 0)


async def test_full_width_digits_are_read(open_files, tmp_path):
    """Numbers, codes and dates typed in full width are what they are in half width; the original of an amount stays."""
    source = open_files(ENTITY)
    wide = str.maketrans("0123456789ABCDEFGHJKLMNPQRTUWXY.", "0123456789ABCDEFGHJKLMNPQRTUWXY.")
    line = ("12".translate(wide), CODES[0].translate(wide), "ABC 商行", "", "12.5".translate(wide))
    await take_lines(source, tmp_path, [("注册号", "代码", "名称", "法定代表人", "注册资本"), line], "zt_1.csv")
    (row,) = await rows_of(source, LOCAL, "uscc", "name", "registeredCapital", record="Entity")
    assert row == ("12", CODES[0], "ABC 商行", ("125000", "CNY", "12.5"))


async def test_a_workbook_loses_no_digits_silently(open_files, tmp_path):
    """A code stored as a number of sixteen digits or more rejects its row; one stored as text is whole."""
    (tmp_path / "in").mkdir()
    lines = [
        HEAD,
        ("JY1", CODES[0], "甲", "2027-01-31", "有效"),
        ("JY2", 912312820001234567, "乙", "2027-01-31", "有效"),
    ]
    files.write_xlsx(tmp_path / "in/xk_1.xlsx", lines)
    outcome = await open_files().take(tmp_path / "in/xk_1.xlsx")
    assert (outcome.rows, outcome.rejected) == (1, 1)
    (line,) = files.report(tmp_path, "xk_1.xlsx")
    assert (line["行号"], line["列"], line["原因"]) == ("3", "统一社会信用代码", "数字位数已丢失")


async def test_reports_hold_no_persons(open_files, tmp_path):
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
    outcome = await take_lines(open_files(ENTITY), tmp_path, lines, "zt_1.csv")
    assert (outcome.rows, outcome.rejected) == (0, 2)
    content = (tmp_path / "in/reports/zt_1.csv.report.csv").read_text(encoding="utf-8-sig")
    assert content.startswith("文件,行号,列,结果,原因,建议,")
    assert not [word for word in (citizen, "欧阳示例", "李样本", "绝密") if word in content]
    told = files.report(tmp_path, "zt_1.csv")
    assert {line["法定代表人"] for line in told} == {"欧**", "李**"}
    assert told[0]["名称"] == "'=HYPERLINK(1)"
    assert [line["原因"] for line in told] == ["疑似公民身份号码，不是统一社会信用代码", "不是金额", "缺少行标识"]


@pytest.mark.parametrize("cells", [("1", "", CODES[0], "甲商行", "李样本", "10"), ("1", "李样本", CODES[0])])
async def test_a_report_repeats_no_row_whose_cells_are_shifted(open_files, tmp_path, cells):
    """One cell too many or too few, and a person's name stands where a column without persons is: nothing is shown."""
    head = ("注册号", "法定代表人", "代码", "名称", "注册资本")
    outcome = await take_lines(open_files(ENTITY), tmp_path, [head, cells], "zt_1.csv")
    assert (outcome.rows, outcome.rejected) == (0, 1)
    (line,) = files.report(tmp_path, "zt_1.csv")
    assert line["行号"] == "2"
    assert not [name for name in head if line[name]]


@pytest.mark.parametrize("text", ["=1+1", "＝1+1", " ＋1", "＠SUM(1)", "－1"])
async def test_a_report_holds_nothing_a_spreadsheet_would_run(open_files, tmp_path, text):
    """Neither a cell nor the name of the file, in full width either, which a spreadsheet set to Chinese runs as well."""
    lines = [("注册号", "代码", "名称", "法定代表人", "注册资本"), ("1", CODES[0], text, "", "很多")]
    name = f"{text.strip()}zt_1.csv"
    await open_files({**ENTITY, "files": "*"}).take(files.drop(tmp_path, name, files.table_bytes(lines)))
    (line,) = files.report(tmp_path, name)
    assert (line["名称"], line["文件"]) == (f"'{text.strip()}", f"'{name}")


async def test_sensitive_columns_are_never_copied(open_files, catalogue, tmp_path):
    """SENSITIVE fields and columns declared as never to be read are no columns here, nor in store or report."""
    licence = catalogue.records["Licence"]
    secret = replace(licence.fields["premises"], sensitivity=Sensitivity.SENSITIVE)
    known = replace(
        catalogue,
        records={**catalogue.records, "Licence": replace(licence, fields={**licence.fields, "premises": secret})},
    )
    source = open_files({**WIDE, "never": ["身份证 号"]}, known=known)
    line = ("JY1", CODES[0], "甲证", "2027-99-31", "有效", "SECRETPREMISES", "SECRETNUMBER")
    await take_lines(source, tmp_path, [(*HEAD, "许可场所", "身份证号"), line])
    assert "premises" not in source.abilities["Licence"].columns
    told = files.report(tmp_path, "xk_1.csv")
    dropped = [line["列"] for line in told if line["原因"] == "敏感列，不入库"]
    assert dropped == ["许可场所", "身份证号"]
    await source.aclose()
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if "store" in path.name)
    assert len(stored) > 8192
    assert "SECRET" not in (tmp_path / "in/reports/xk_1.csv.report.csv").read_text(encoding="utf-8-sig")
    assert b"SECRET" not in stored


def test_a_row_cannot_be_known_by_what_is_never_copied(catalogue, tmp_path):
    """A column that is never copied can be neither identifier nor key nor field; all such faults are named."""
    options = files.options(tmp_path, {**LICENCE, "never": ["许可编号"], "required": ["premises"]})
    with pytest.raises(ValueError, match="许可编号 holds numbers of persons") as raised:
        tabular.open_source(options, catalogue)
    said = [line.partition("(Licence): ")[2] for line in str(raised.value).splitlines()]
    assert [line.partition(":")[0] for line in said] == ["columns.certificateNo", "local"]


async def test_nothing_lies_on_disk_in_clear(open_files, tmp_path):
    """No byte of a row can be read from the store, its log or anything beside it, while it is filled and afterwards."""
    source = open_files()
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
