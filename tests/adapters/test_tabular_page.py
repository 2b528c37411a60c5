"""The page for departments says what happens: its example file, dropped, gives the report and summary it shows."""

import json

import pytest

from adapters import tabular
from adapters.tabular_folder import Folder
from adapters.tabular_intake import name_time, read_expected
from tests.adapters import tabular_files as files
from tests.adapters.tabular_files import LICENCE
from tests.docs_pages import ROOT, Page

PAGE = Page(ROOT / "docs/files.md")


async def test_the_example_gives_the_report_shown(catalogue, tmp_path):
    """Every line of the report and every count of the summary is as the page shows it."""
    (content,) = PAGE.blocks("csv")
    path = files.drop(tmp_path, "xk_1.csv", content.encode())
    await tabular.take_file(files.options(tmp_path), catalogue, path)
    heading = ("文件", "行号", "列", "结果", "原因", "建议")
    told = [[line[name] for name in heading] for line in files.report(tmp_path, "xk_1.csv")]
    assert told == PAGE.table(*heading)
    (shown,) = map(json.loads, PAGE.blocks("json"))
    assert files.summary(tmp_path, "xk_1.csv") | {"处理时间": shown["处理时间"]} == shown


def test_the_example_of_a_marker_is_understood():
    """The marker on the page says all three things a marker can say."""
    (marker,) = PAGE.blocks("text")
    expected = read_expected(marker)
    assert (expected.size, expected.rows, len(expected.sha256 or "")) == (48211, 300, 64)


def test_names_on_the_page_hold_their_date():
    """Both examples of a name are read as the page says."""
    moments = [name_time(name) for name in ("xk_20240606.csv", "xk_20240606_083000.csv")]
    assert all(f"`{name}`" in PAGE.text for name in ("xk_20240606.csv", "xk_20240606_083000.csv"))
    assert [moment and moment.strftime("%m-%d %H:%M") for moment in moments] == ["06-06 00:00", "06-06 08:30"]


@pytest.mark.parametrize(("way", "lies", "whole"), [("rename", [], 1), ("ok", [], 0), ("ok", ["xk_1.ok"], 1)])
def test_the_ways_of_the_page_are_the_ways_there_are(tmp_path, way, lies, whole):
    """The table has a row for each way, and each way takes a file when the page says."""
    shown = [row[0].strip("`") for row in PAGE.table("Way", "What you do", "When it is taken")]
    assert shown == ["rename", "ok", "stable"]
    for name in ("xk_1.csv", "xk_2.csv.tmp", "xk_3.part", ".xk_4.csv", *lies):
        files.drop(tmp_path, name, b"a")
    record = files.options(tmp_path, {**LICENCE, "take": way}).record[0]
    assert len(Folder(tmp_path / "in").whole(record)[0]) == whole
