"""Folders, letters and call lists: whole, once, for their owner only; nobody's link is followed, nobody's cell a formula."""

import csv
import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.notices.call_list import CallList
from hub.notices.carriers import Undelivered
from hub.notices.directory import Address
from hub.notices.folder import Folder
from hub.notices.letters import Letters
from tests.notices.letters import letter

DAY = "2027-01-15"


async def test_a_folder_gets_whole_files(tmp_path):
    """One JSON file a delivery; written again it is the same file."""
    folder = Folder(tmp_path / "out")
    await folder.carry(letter())
    (file,) = (tmp_path / "out").iterdir()
    assert file.name == "000000000007-1-GRANT_ENDED.json"
    before = file.read_bytes()
    assert (json.loads(before)["kind"], json.loads(before)["text"]) == ("GRANT_ENDED", "授权G-0001已到期。")
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    await folder.carry(letter())
    assert [one.read_bytes() for one in (tmp_path / "out").iterdir()] == [before]


async def test_a_folder_that_cannot_be_written(tmp_path):
    """Nothing is lost: it is tried again."""
    (tmp_path / "out").write_text("a file")
    for channel in (Folder(tmp_path / "out"), Letters(tmp_path / "out", "网关"), CallList(tmp_path / "out")):
        with pytest.raises(Undelivered) as fault:
            await channel.carry(letter())
        assert fault.value.lasting is False


async def test_no_link_and_no_pipe_is_followed(tmp_path):
    """Whoever may take files away does not have the hub write elsewhere, or wait for ever."""
    kept, out = tmp_path / "root.key", tmp_path / "out"
    kept.write_text("secret")
    out.mkdir()
    draft = out / ".000000000007-1-GRANT_ENDED.json.draft"
    draft.symlink_to(kept)
    await Folder(out).carry(letter())
    os.mkfifo(draft)
    await Folder(out).carry(letter())
    calls = tmp_path / "calls"
    calls.mkdir()
    (calls / f"{DAY}.csv").symlink_to(kept)
    with pytest.raises(Undelivered):
        await CallList(calls).carry(letter())
    (calls / f"{DAY}.csv").unlink()
    os.mkfifo(calls / f"{DAY}.csv")
    with pytest.raises(Undelivered):
        await CallList(calls).carry(letter())
    assert kept.read_text() == "secret"
    (left,) = out.iterdir()
    assert left.is_file()
    assert not left.is_symlink()


async def test_a_letter_is_one_page_to_be_printed(tmp_path):
    """On A4, in Chinese, with whom it is for and who sends it; what stands in it is text and never markup."""
    address = Address("<b>统一</b>社会信用代码 91231282MA9X0A019P", contact="登记的联系方式")
    await Letters(tmp_path, "肇东市<营商>环境局").carry(letter(address=address))
    (page,) = (tmp_path / DAY).iterdir()
    text = page.read_text(encoding="utf-8")
    assert page.name == "000000000007-1.html"
    for part in ("size: A4", "授权G-0001已到期。", "2027年1月15日", "编号 / No. 7-1", "登记的联系方式"):
        assert part in text
    assert "&lt;b&gt;统一&lt;/b&gt;" in text
    assert "肇东市&lt;营商&gt;环境局" in text
    assert "<script" not in text


def lines(folder):
    """The call list of the day."""
    with (folder / f"{DAY}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


async def test_a_call_list_is_a_table(tmp_path):
    """A heading, and one line for each call: whom, at which number, until when, and what to say."""
    calls = CallList(tmp_path)
    for number in (7, 8):
        await calls.carry(letter(number))
    head, first, second = lines(tmp_path)
    assert len(head) == len(first) == 8
    assert first == [
        "7-1",
        "DEPARTMENT",
        "市场监管局",
        "二楼",
        "'+86 138 0000 0000",
        "2027-01-15T17:00:00+08:00",
        "授权已到期",
        "授权G-0001已到期。",
    ]
    assert second[0] == "8-1"


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "=1", "a\nb", 'a"b', "a\r=1"])
async def test_no_cell_is_a_formula_or_two_lines(tmp_path, name):
    """Whatever a department is called."""
    await CallList(tmp_path).carry(letter(address=Address(name)))
    _, line = lines(tmp_path)
    assert line[2] == (f"'{name}" if name[0] in "=+-@=" else " ".join(name.split()))


async def test_a_line_is_written_once(tmp_path):
    """Though it comes twice, because nobody knows whether it was written."""
    calls = CallList(tmp_path)
    for number in (7, 77, 7, 77):
        await calls.carry(letter(number))
    assert [line[0] for line in lines(tmp_path)[1:]] == ["7-1", "77-1"]


async def test_what_an_interrupted_write_left(tmp_path):
    """Is cut off before the next line; what was whole stays."""
    calls = CallList(tmp_path)
    await calls.carry(letter(7))
    whole = (tmp_path / f"{DAY}.csv").read_bytes()
    (tmp_path / f"{DAY}.csv").write_bytes(whole + "8-1,DEPARTMENT,市".encode()[:-1])
    await calls.carry(letter(8))
    assert [line[0] for line in lines(tmp_path)[1:]] == ["7-1", "8-1"]


def test_many_write_at_once(tmp_path):
    """Every line is there, once and whole."""
    calls = CallList(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: calls._append(letter(number)), range(1, 61)))
    head, *rest = lines(tmp_path)
    assert sorted(int(line[0].partition("-")[0]) for line in rest) == list(range(1, 61))
    assert {len(line) for line in rest} == {len(head)}
