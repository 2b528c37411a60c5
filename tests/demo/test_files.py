"""The files that departments drop: what the report says of the rows that are wrong on purpose, and what is kept."""

import csv

import orjson
import pytest

from hub.demo.strangers import CITIZEN_NUMBER, STRANGERS
from tests.demo.running import running_demo


@pytest.fixture(scope="module")
async def demo(tmp_path_factory, anyio_backend):
    """The city with a hub in front of it that has taken all files."""
    async with running_demo(tmp_path_factory.mktemp("files")) as running:
        yield running


def _reports(demo, ending):
    return {path.name: path for path in demo.city.folder.glob(f"exchange/*/reports/*.report.{ending}")}


async def test_every_file_was_taken_and_has_its_report(demo):
    """One report a file, each says that it was taken; only the two files that are wrong on purpose lost rows."""
    told = {name: orjson.loads(path.read_bytes()) for name, path in _reports(demo, "json").items()}
    dropped = {path.name for path in demo.city.folder.glob("exchange/*/*.*") if path.suffix != ".ok"}
    assert {report["文件"] for report in told.values()} == dropped
    assert {report["结果"] for report in told.values()} == {"已采用"}
    lost = {report["记录"]: report["拒绝行数"] for report in told.values() if report["拒绝行数"]}
    assert lost == {"Licence": 4, "ApprovalCase": 1}


async def test_rejected_rows_say_why(demo):
    """A code that a sheet has shortened, none at all, a person's number, and a row that was exported twice."""
    reasons = []
    for name in ("xk_20261123.csv.report.csv", "bj_20261123.csv.report.csv"):
        with _reports(demo, "csv")[name].open(encoding="utf-8-sig", newline="") as file:
            reasons += [row["原因"] for row in csv.DictReader(file) if row["结果"] == "该行未采用"]
    assert len(reasons) == 5
    assert [reason for reason in reasons if "E+17" in reason]
    assert [reason for reason in reasons if "公民身份号码" in reason]
    assert reasons.count("缺少必填内容") == 2
    assert [reason for reason in reasons if "重复" in reason]


async def test_reports_and_stores_hold_no_person(demo):
    """The number of a person is in no report, and nothing of a file can be read in its store."""
    for path in (*_reports(demo, "csv").values(), *demo.city.folder.glob("stores/*")):
        content = path.read_bytes()
        assert CITIZEN_NUMBER.encode() not in content
        assert all(person.name.encode() not in content for person in STRANGERS.values())
    stores = [path.read_bytes() for path in demo.city.folder.glob("stores/*.db")]
    assert len(stores) == 5
    assert not [store for store in stores if store.startswith(b"SQLite format 3") or "肇东".encode() in store]
