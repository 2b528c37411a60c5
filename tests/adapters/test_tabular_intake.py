"""What becomes of a dropped file: taken whole or not at all, once, and gone on with after a crash."""

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from adapters import tabular
from adapters.base import AS_OF, LOCAL, SourceBadData, SourceDown, Unreadable
from adapters.convert_dates import SHANGHAI
from adapters.tabular_fault import FileFault, Progress
from adapters.tabular_intake import name_time, read_expected
from schema.predicate import Op, Test
from tests.adapters import tabular_files as files
from tests.adapters.tabular_files import CODES, ENTITY, HEAD, LICENCE, WIDE, rows_of
from tests.conformance.suite import search


async def test_replacing(open_files, tmp_path):
    """A file that holds everything takes the place of the one before; the very same file changes nothing."""
    source = open_files()
    first = files.csv_bytes(files.licence_rows(10))
    await source.take(files.drop(tmp_path, "xk_1.csv", first))
    await source.take(files.drop(tmp_path, "xk_2.csv", files.csv_bytes(files.licence_rows(5, start=8))))
    assert await rows_of(source, LOCAL) == [(f"JY{number:014d}",) for number in range(8, 13)]
    again = await source.take(files.drop(tmp_path, "xk_3.csv", files.csv_bytes(files.licence_rows(5, start=8))))
    assert again.unchanged
    assert not (await source.take(files.drop(tmp_path, "xk_4.csv", first))).unchanged
    assert await source.count(search("Licence", ())) == 10


async def test_merging(open_files, tmp_path):
    """A file of changes adds, replaces and withdraws rows by their identifier; a late one undoes no newer row."""
    merging = {**LICENCE, "mode": "merge", "data_time": "name", "deletion": {"column": "操作", "values": ["删除", "D"]}}
    source = open_files(merging)

    async def take(day, *lines):
        name = f"xk_{day}.csv"
        return await source.take(files.drop(tmp_path, name, files.table_bytes([(*HEAD, "操作"), *lines])))

    today, before, earlier = (_day(-n) for n in range(3))
    await take(before, *(_line(f"JY{n}", "甲证", "新增") for n in range(1, 5)))
    outcome = await take(today, _line("JY2", "乙证", "变更"), _line("JY5", "丙证", "新增"), _line("JY3", "", "删除"))
    assert (outcome.rows, outcome.withdrawn) == (2, 1)
    await take(earlier, _line("JY2", "旧证", "新增"), _line("JY4", "旧证", "D"), _line("JY6", "旧证", "新增"))
    rows = await rows_of(source, LOCAL, "certificateName")
    assert rows == [("JY1", "甲证"), ("JY2", "乙证"), ("JY4", "甲证"), ("JY5", "丙证"), ("JY6", "旧证")]
    assert (
        await take(today, _line("JY2", "乙证", "变更"), _line("JY5", "丙证", "新增"), _line("JY3", "", "删除"))
    ).unchanged


async def test_a_row_whose_cells_are_shifted_withdraws_nothing(open_files, tmp_path):
    """What stands in the column of withdrawals may belong to another one: such a row is rejected like any other."""
    merging = {**LICENCE, "mode": "merge", "deletion": {"column": "操作", "values": ["删除"]}}
    lines = [(*HEAD, "操作"), _line("JY1", "甲证", "新增")]
    source = open_files(merging)
    await source.take(files.drop(tmp_path, "xk_1.csv", files.table_bytes(lines)))
    shifted = [(*HEAD, "操作"), (*_line("JY1", "甲证", "删除"), "新增")]
    outcome = await source.take(files.drop(tmp_path, "xk_2.csv", files.table_bytes(shifted)))
    assert (outcome.withdrawn, outcome.rejected) == (0, 1)
    assert await rows_of(source, LOCAL) == [("JY1",)]


def _line(local, name, action):
    return local, CODES[0], name, "2027-01-31", "有效", action


def _day(offset):
    # Names of files must not outlive the maximum age.
    return f"{datetime.now(SHANGHAI) + timedelta(days=offset):%Y%m%d}"


async def test_data_time_comes_from_name_file_or_column(open_files, tmp_path):
    """`$asOf` is the date in the file's name, the file's time, or the row's own column."""
    day = _day(-3)
    content = files.csv_bytes(files.licence_rows(1))
    named = open_files({**LICENCE, "data_time": "name"}, store="a.db")
    await named.take(files.drop(tmp_path, f"xk_{day}.csv", content))
    assert await rows_of(named, AS_OF) == [(f"{day[:4]}-{day[4:6]}-{day[6:]}T00:00:00+08:00",)]
    assert "no date" in (await named.take(files.drop(tmp_path, "xk_x.csv", content))).fault.en
    dated = open_files({**LICENCE, "data_time": "mtime"}, store="b.db")
    path = files.drop(tmp_path, "xk_y.csv", content)
    await dated.take(path)
    assert (await rows_of(dated, AS_OF))[0][0].endswith("+08:00")
    column = open_files({**LICENCE, "as_of": "更新时间"}, store="c.db")
    rows = [{**files.licence_rows(1)[0], "更新时间": "2026-01-02 03:04:05"}]
    await column.take(files.drop(tmp_path, "xk_z.csv", files.csv_bytes(rows)))
    assert await rows_of(column, AS_OF) == [("2026-01-02T03:04:05+08:00",)]
    with pytest.raises(ValueError, match="not both"):
        open_files({**LICENCE, "as_of": "更新时间", "data_time": "name"})


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


async def test_a_cut_file_changes_nothing(open_files, tmp_path):
    """A file that is cut short leaves the rows of the one before, is told in report and check, and is taken when whole."""
    source = open_files()
    await source.take(files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(10))))
    whole = files.csv_bytes(files.licence_rows(20))
    path = files.drop(tmp_path, "xk_2.csv", whole[: whole.rindex(b"2028")])
    with pytest.raises(SourceBadData, match=r"xk_2\.csv was not taken: its last line is cut short.*are served"):
        await source.check()
    assert await source.count(search("Licence", ())) == 10
    (line,) = files.report(tmp_path, "xk_2.csv")
    assert (line["结果"], line["原因"]) == ("整份文件未采用", "最后一行不完整，文件可能被截断")
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
        "读取方式": "UTF-8，逗号分隔",
        "处理时间": "",
    }


async def test_a_file_that_changes_while_it_is_taken_changes_nothing(open_files, tmp_path, monkeypatch):
    """A file that grows while its rows are staged is given up, whatever was staged, and taken afterwards."""
    monkeypatch.setattr("adapters.tabular_intake.BATCH", 100)
    source = open_files()
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
async def test_a_marker_says_when_and_what(open_files, tmp_path, marker, fault):
    """With `ok` a file waits for its marker; one that is not what the marker says is not taken until either changes."""
    source = open_files({**LICENCE, "take": "ok"})
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


async def test_only_the_newest_file_replaces(open_files, tmp_path):
    """Of several files that each hold everything only the newest is read; an older one that comes late is passed over."""
    source = open_files({**LICENCE, "data_time": "name"})
    for offset, count in ((-5, 5), (-3, 3), (-4, 4)):
        files.drop(tmp_path, f"xk_{_day(offset)}.csv", files.csv_bytes(files.licence_rows(count)))
    await source.check()
    files.drop(tmp_path, f"xk_{_day(-6)}.csv", files.csv_bytes(files.licence_rows(6)))
    await source.check()
    assert await source.count(search("Licence", ())) == 3
    assert [path.name for path in (tmp_path / "in/reports").glob("*.csv")] == [f"xk_{_day(-3)}.csv.report.csv"]


async def test_old_copies_are_purged(open_files, tmp_path):
    """Rows whose file is older than the maximum age are deleted, and such a file is not taken."""
    source = open_files({**LICENCE, "data_time": "name"})
    files.drop(tmp_path, f"xk_{_day(-80)}.csv", files.csv_bytes(files.licence_rows(5)))
    await source.check()
    shorter = open_files({**LICENCE, "data_time": "name"}, keep_days=30)
    with pytest.raises(SourceDown, match="older than 30 days"):
        await shorter.check()
    with pytest.raises(SourceDown, match="no file has been taken yet"):
        await shorter.count(search("Licence", ()))


async def test_a_changed_mapping_takes_the_file_again(open_files, tmp_path):
    """With another mapping the same file is read again; until then fields mapped since are Unreadable, others stay."""
    (tmp_path / "beside").mkdir()
    path = tmp_path / "beside/xk_1.csv"
    path.write_bytes(
        files.table_bytes([(*HEAD, "许可场所"), ("JY1", CODES[0], "甲证", "2027-01-31", "有效", "正阳街")])
    )
    first = open_files()
    await first.take(path)
    await first.aclose()
    source = open_files({**WIDE, "columns": {"certificateName": "许可证书名称", "premises": "许可场所"}})
    with pytest.raises(SourceBadData, match="its mapping has changed"):
        await source.check()
    assert await rows_of(source, LOCAL, "certificateName", "premises") == [("JY1", "甲证", Unreadable.VALUE)]
    assert not (await source.take(path)).unchanged
    await source.check()
    assert await rows_of(source, "certificateName", "premises") == [("甲证", "正阳街")]


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


async def test_a_crash_leaves_the_previous_state_and_the_intake_goes_on(open_files, tmp_path, monkeypatch):
    """Killed between batches: the rows before are served, and the file is gone on with where it stopped."""
    monkeypatch.setattr("adapters.tabular_intake.BATCH", 100)
    source = open_files()
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
    outcome = open_files().taking.take(tmp_path / "xk_2.csv", "Licence", told.append)
    assert [progress.rows for progress in told] == [800, 900, 1000]
    assert (outcome.rows, outcome.rejected, outcome.doubtful) == (999, 1, 1)
    assert [line["行号"] for line in files.report(tmp_path, "xk_2.csv")] == ["152", "942"]
    found = [local for (local,) in await rows_of(open_files(), LOCAL)]
    assert len(found) == 999
    assert all(before < after for before, after in pairwise(found))


async def test_a_report_that_could_not_be_written_is_written_later(open_files, tmp_path):
    """Where reports cannot be written the rows are served all the same, and the report follows."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/reports").write_bytes(b"in the way")
    source = open_files()
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
    assert (outcome.rows, outcome.read_as) == (12_000, "GB18030，逗号分隔")
    assert [progress.rows for progress in told] == [5000, 10_000, 12_000]
    assert told[-1].bytes_read == told[-1].bytes_total == path.stat().st_size


async def test_two_processes_do_not_take_at_once(open_files, tmp_path, monkeypatch):
    """While another process takes files into the store, one by hand is refused and the folder is left for later."""
    monkeypatch.setattr("adapters.tabular_store.PATIENCE", 0.1)
    source = open_files()
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
async def test_files_that_are_something_else(open_files, tmp_path, content, said):
    """What is no table, or another one, is refused with a sentence."""
    outcome = await open_files().take(files.drop(tmp_path, "xk_1.csv", content))
    assert isinstance(outcome.fault, FileFault)
    assert said in outcome.fault.en


async def test_too_many_rows_are_refused(open_files, tmp_path):
    """A file with more rows than allowed is not taken."""
    outcome = await open_files(most_rows=9).take(
        files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(10)))
    )
    assert "most_rows" in outcome.fault.en


@pytest.mark.long
async def test_three_hundred_thousand_rows(open_files, tmp_path):
    """A file of 300,000 rows is taken whole, and again with one row changed."""
    rows = files.licence_rows(300_000)
    source = open_files()
    assert (await source.take(files.drop(tmp_path, "xk_1.csv", files.csv_bytes(rows, "gb18030")))).rows == 300_000
    rows[123_456]["许可证书名称"] = "改名"
    await source.take(files.drop(tmp_path, "xk_2.csv", files.csv_bytes(rows)))
    where = Test("certificateName", Op.EQ, "改名")
    assert await rows_of(source, LOCAL, where=where) == [(rows[123_456]["许可编号"],)]
