"""Reports that are kept beside the rows: the same as in the folder, bounded, encrypted, and gone with their time."""

import time

import pytest

from adapters import tabular_kept
from adapters.reports import Reporting, Wanted
from tests.adapters import tabular_files as files
from tests.adapters.tabular_files import CODES, HEAD

ALL = Wanted(500)
SPOILT = ("JY9", CODES[0], "食品经营许可证", "2027-31-12", "有效")


def lines(*rows):
    """A file of these rows."""
    return files.table_bytes([HEAD, *rows])


def told(source, number):
    """Rows of a report, as the one in the folder tells them."""
    return [(str(one.row or ""), one.column, one.reason, one.advice) for one in source.reports.rows(number, ALL)]


async def test_both_reports_say_the_same(open_files, tmp_path):
    """Line by line, and the counts."""
    source = open_files()
    reporting = isinstance(source, Reporting)
    assert reporting
    assert source.reports.files(None, 10, None) == []
    twice = ("JY9", CODES[1], "食品经营许可证", "2027-01-31", "有效")
    outcome = await source.take(files.drop(tmp_path, "xk_1.csv", lines(SPOILT, twice)))
    (kept,) = source.reports.files(None, 10, None)
    assert (kept.rows, kept.rejected, kept.doubtful) == (outcome.rows, outcome.rejected, outcome.doubtful) == (1, 1, 1)
    report = files.report(tmp_path, "xk_1.csv")
    assert told(source, kept.number) == [(one["行号"], one["列"], one["原因"], one["建议"]) for one in report]
    assert kept.shown == tuple(report[0])[6:]


async def test_a_file_that_is_refused_twice_is_one(open_files, tmp_path):
    """What is wrong with it may change; then it is told anew, and the number of the old one leads nowhere."""
    source = open_files()
    path = files.drop(tmp_path, "xk_1.csv", b"<html></html>")
    await source.take(path)
    (first,) = source.reports.files(None, 10, None)
    await source.take(path)
    (again,) = source.reports.files(None, 10, None)
    assert again.number > first.number
    assert source.reports.file(first.number) is None
    path.write_bytes(lines(SPOILT))
    await source.take(path)
    assert [one.fault is None for one in source.reports.files(None, 10, None)] == [True, False]


async def test_a_report_that_could_not_be_written_is_kept_once(open_files, tmp_path):
    """It is there at once for whoever asks the hub; when the folder can be written again, it is still one."""
    source = open_files()
    path = files.drop(tmp_path, "xk_1.csv", lines(SPOILT))
    (tmp_path / "in/reports").write_bytes(b"")
    assert (await source.take(path)).report is None
    (kept,) = source.reports.files(None, 10, None)
    before = told(source, kept.number)
    (tmp_path / "in/reports").unlink()
    await source.scan()
    assert files.report(tmp_path, "xk_1.csv")
    (kept,) = source.reports.files(None, 10, None)
    assert told(source, kept.number) == before != []


async def test_no_more_is_kept_than_is_said(open_files, tmp_path, monkeypatch):
    """Of a record the last files, of a file the first rows; all are counted."""
    monkeypatch.setattr(tabular_kept, "KEPT_FILES", 2)
    monkeypatch.setattr(tabular_kept, "KEPT_ROWS", 3)
    source = open_files()
    for day in range(1, 5):
        rows = [(f"JY{day}{n}", CODES[0], "证", "2027-31-12", "有效") for n in range(5)]
        await source.take(files.drop(tmp_path, f"xk_{day}.csv", lines(*rows)))
    kept = source.reports.files(None, 10, None)
    assert [one.file for one in kept] == ["xk_4.csv", "xk_3.csv"]
    assert (kept[0].doubtful, len(source.reports.rows(kept[0].number, ALL))) == (5, 3)
    assert source.reports.rows(kept[1].number - 1, ALL) == []


async def test_no_cell_lies_in_clear(open_files, tmp_path):
    """The store is encrypted as a whole."""
    source = open_files()
    await source.take(files.drop(tmp_path, "xk_1.csv", lines(SPOILT)))
    await source.aclose()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("store.db*"))
    assert "日和月可能颠倒".encode() not in stored
    assert b"JY9" not in stored


async def test_reports_end_with_what_is_kept(open_files, tmp_path, monkeypatch):
    """After keep_days, whatever became of the file."""
    source = open_files()
    await source.take(files.drop(tmp_path, "xk_1.csv", b"<html></html>"))
    assert len(source.reports.files(None, 10, None)) == 1
    (tmp_path / "in/xk_1.csv").unlink()
    later = time.time() + 91 * 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    await source.scan()
    assert source.reports.files(None, 10, None) == []


@pytest.mark.parametrize("record", ["Licence", "Penalty"])
async def test_one_record_only(open_files, tmp_path, record):
    """A source of several records tells each from the others."""
    source = open_files()
    await source.take(files.drop(tmp_path, "xk_1.csv", lines(SPOILT)))
    assert [one.record for one in source.reports.files(record, 10, None)] == ["Licence"] * (record == "Licence")
