"""The folder: which files are whole, files taken while the hub serves, and what a check says."""

import asyncio
import os

import pytest

from adapters.base import SourceDown, SourceError
from adapters.tabular_fault import CutShort, Progress
from adapters.tabular_folder import Folder
from tests.adapters import tabular_files as files
from tests.adapters.tabular_files import LICENCE
from tests.conformance.suite import search


def _record(tmp_path, **more):
    return files.options(tmp_path, {**LICENCE, **more}).record[0]


def _names(folder, record):
    found, waiting = folder.whole(record)
    return [file.path.name for file in found], waiting


def test_a_file_that_rests_is_whole(tmp_path):
    """With `stable` a file is whole once size and time have not changed for so long, by this machine's clock alone."""
    now = 0.0
    folder = Folder(tmp_path / "in", lambda: now)
    record = _record(tmp_path, take="stable", stable_seconds=10)
    path = files.drop(tmp_path, "xk_1.csv", b"a")
    assert _names(folder, record) == ([], 1)
    now = 9
    path.write_bytes(b"ab")
    assert _names(folder, record) == ([], 1)
    now = 18
    assert _names(folder, record) == ([], 1)
    now = 19
    assert _names(folder, record) == (["xk_1.csv"], 0)
    os.utime(path, (1, 1))
    assert _names(folder, record) == ([], 1)


def test_what_is_under_way_is_no_file(tmp_path):
    """Hidden files, temporary names, lock files of Excel, folders, links and other names are passed over."""
    for name in (".xk_1.csv", "xk_1.csv.tmp", "xk_2.part", "~$xk_3.xlsx", "xk_4.csv.ok", "other.csv"):
        files.drop(tmp_path, name, b"a")
    (tmp_path / "in/xk_folder").mkdir()
    (tmp_path / "in/xk_link.csv").symlink_to(tmp_path / "in/other.csv")
    assert _names(Folder(tmp_path / "in"), _record(tmp_path)) == ([], 0)


async def test_files_are_taken_while_the_hub_serves(open_files, tmp_path):
    """Once started, a source takes what is dropped without being asked."""
    source = open_files(poll_seconds=1)
    await source.start()
    with pytest.raises(SourceDown, match="no file has been taken yet"):
        await source.count(search("Licence", ()))
    files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(5)))
    assert await _eventually(source, 5) == 5
    files.drop(tmp_path, "xk_2.csv", files.csv_bytes(files.licence_rows(8)))
    assert await _eventually(source, 8) == 8


async def test_a_first_question_starts_the_taking(open_files, tmp_path):
    """A source that nobody started takes files from its first question on; a folder may come later."""
    source = open_files(folder="later", poll_seconds=1)
    with pytest.raises(SourceDown):
        await source.count(search("Licence", ()))
    (tmp_path / "later").mkdir()
    (tmp_path / "later/xk_1.csv").write_bytes(files.csv_bytes(files.licence_rows(3)))
    assert await _eventually(source, 3) == 3


async def _eventually(source, wanted):
    found = -1
    for _ in range(200):
        try:
            found = await source.count(search("Licence", ()))
        except SourceDown:
            found = 0
        if found == wanted:
            break
        await asyncio.sleep(0.1)
    return found


async def test_a_store_filled_before_is_served_at_once(open_files, tmp_path):
    """After a restart, or when another process took a file, the rows are there before the folder is looked at."""
    early = open_files()
    first = open_files()
    await first.take(files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(4))))
    await first.aclose()
    assert await early.count(search("Licence", ())) == 4
    assert await open_files(folder="gone").count(search("Licence", ())) == 4


async def test_check_says_what_is_wrong(open_files, tmp_path):
    """A missing folder, no file yet, and a file older than declared are each said in plain words."""
    with pytest.raises(SourceDown, match=r"Licence: .* its folder cannot be read \(No such file or directory\)"):
        await open_files(folder="gone").check()
    source = open_files({**LICENCE, "fresh_days": 5})
    with pytest.raises(SourceDown, match="Licence: no file has been taken yet, none is there"):
        await source.check()
    assert source.status() == ["Licence: no file has been taken yet"]
    path = files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(2)))
    old = path.stat().st_mtime - 9 * 86_400
    os.utime(path, (old, old))
    with pytest.raises(Exception, match="its newest file is 9 days old"):
        await source.check()
    assert "Licence: 2 rows, xk_1.csv taken" in source.status()[0]


async def test_a_store_that_cannot_be_written_is_told(open_files, tmp_path):
    """Where the store cannot be made, check, question and a file by hand each say so, and the taking goes on."""
    (tmp_path / "blocked").write_bytes(b"")
    source = open_files(store="blocked/store.db")
    path = files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(2)))
    with pytest.raises(SourceDown, match="its store cannot be written"):
        await source.check()
    with pytest.raises(SourceDown, match="the store cannot be written"):
        await source.take(path)
    with pytest.raises(SourceDown):
        await source.count(search("Licence", ()))
    (tmp_path / "blocked").unlink()
    await source.check()
    assert await source.count(search("Licence", ())) == 2


@pytest.mark.parametrize("waits", [".xk_1.csv.report.csv.tmp", ".xk_1.csv.report.json.tmp", "xk_1.csv.report.csv"])
async def test_a_report_is_never_written_through_a_link(open_files, tmp_path, waits):
    """Who may write to the folder may lay a link where a report is made: what it leads to stays as it is."""
    victim = tmp_path / "root.key"
    victim.write_bytes(b"key")
    (tmp_path / "in/reports").mkdir(parents=True)
    (tmp_path / "in/reports" / waits).symlink_to(victim)
    files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(2)))
    await open_files().check()
    assert victim.read_bytes() == b"key"
    assert files.summary(tmp_path, "xk_1.csv")["采用行数"] == 2


async def test_a_link_is_no_folder_for_reports(open_files, tmp_path):
    """A folder of reports that is a link leads nowhere: the rows are served, and it is told."""
    (tmp_path / "elsewhere").mkdir()
    files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(2)))
    (tmp_path / "in/reports").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SourceError, match="its report cannot be written"):
        await open_files().check()
    assert not [*(tmp_path / "elsewhere").iterdir()]


def test_a_marker_that_became_a_pipe_is_not_waited_for(tmp_path):
    """Between the look at the folder and the reading a marker may become anything; a pipe would hold the hub for ever."""
    files.drop(tmp_path, "xk_1.csv", b"a")
    marker = files.drop(tmp_path, "xk_1.csv.ok", b"")
    ((file,), _) = Folder(tmp_path / "in").whole(_record(tmp_path, take="ok"))
    marker.unlink()
    os.mkfifo(marker)
    with pytest.raises(CutShort):
        file.expected()


async def test_a_name_in_another_encoding_stops_no_other_file(open_files, tmp_path):
    """A name in GB18030, as old clients write it, is told and passed over; the files beside it are taken."""
    files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(2)))
    (tmp_path / "in" / os.fsdecode("xk_许可.csv".encode("gb18030"))).write_bytes(b"a")
    source = open_files()
    with pytest.raises(SourceError, match="its name is not in UTF-8") as raised:
        await source.check()
    assert str(raised.value).encode("utf-8")
    assert await source.count(search("Licence", ())) == 2


async def test_a_spoilt_store_is_told(open_files, tmp_path):
    """A store whose bytes were changed is a failure of the source, and nothing else."""
    first = open_files()
    await first.take(files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(500))))
    await first.aclose()
    source = open_files()
    with (tmp_path / "store.db").open("r+b") as store:
        store.seek(8192)
        store.write(os.urandom(60_000))
    with pytest.raises(SourceError):
        await source.count(search("Licence", ()))
    with pytest.raises(SourceError):
        await source.check()


async def test_closing_in_the_middle_keeps_the_stage(open_files, tmp_path, monkeypatch):
    """A source that is closed while it takes a file stops within a batch, and the next one goes on."""
    monkeypatch.setattr("adapters.tabular_intake.BATCH", 50)
    path = files.drop(tmp_path, "xk_1.csv", files.csv_bytes(files.licence_rows(2000)))
    first = open_files()
    reached = asyncio.Event()
    taking = asyncio.create_task(first.take(path, progress=lambda told: reached.set()))
    await reached.wait()
    await first.aclose()
    with pytest.raises(SourceDown, match="closed"):
        await taking
    told: list[Progress] = []
    outcome = open_files().taking.take(path, "Licence", told.append)
    assert outcome.rows == 2000
    assert told[0].rows > 50
