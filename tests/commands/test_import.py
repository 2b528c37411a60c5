"""`chengxin-hub import` as people type it: what was taken, what was rejected, and going on after Ctrl-C."""

from pathlib import Path

import pytest

from tests.adapters.tabular_files import KEY_HEX, csv_bytes, licence_rows
from tests.commands.running import Sitting, run

HUB = """
[hub]
label = "试"
controller = "试"
[[department]]
code = "approval"
label = "审批局"
[[purpose]]
code = "PUBLIC_QUERY"
label = "公众查询"
label_en = "Public enquiry"
public = true
[[source]]
name = "approval"
kind = "tabular"
department = "approval"
basis = "共享协议"
keep_days = 3650
folder = "drop"
store = "store.db"
key = "file:store.key"
[[source.record]]
record = "Licence"
files = "xk_*.csv"
local = "许可编号"
keys = { uscc = "统一社会信用代码" }
columns = { certificateNo = "许可编号", certificateName = "许可证书名称", validTo = "有效期至" }
[[source]]
name = "tables"
kind = "memory"
department = "approval"
[[source.record]]
record = "Industry"
local = "code"
columns = { code = "code", name = "name" }
rows = []
"""


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A folder with a hub whose source of files has taken none."""
    (tmp_path / "drop").mkdir()
    (tmp_path / "store.key").write_text(KEY_HEX)
    (tmp_path / "hub.toml").write_text(HUB, encoding="utf-8")
    return tmp_path


def test_files_are_taken_wherever_they_lie(office):
    """A file outside the folder is taken as one inside; the same again changes nothing, and the source is served."""
    (office / "xk_1.csv").write_bytes(csv_bytes(licence_rows(3), "gb18030"))
    ended = run(office, "import", "approval", "xk_1.csv")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[0] == (
        "xk_1.csv → approval Licence: 采用 3 行,拒绝 0 行,存疑 0 行 / 3 rows taken, 0 rejected, 0 doubtful"
    )
    again = run(office, "import", "approval", "xk_1.csv")
    assert again.returncode == 0
    assert "the very same is held already" in again.stdout
    assert "approval: 可用 / answers" in run(office, "check").stdout


def test_rejected_rows_and_files(office):
    """Rejected rows and a file that is none make the exit code 1, say where the report lies, and block no other file."""
    rows = licence_rows(3)
    rows[1]["统一社会信用代码"] = "9.12313E+17"
    (office / "xk_1.csv").write_bytes(csv_bytes(rows))
    (office / "xk_2.csv").write_bytes(b"<html>no</html>")
    ended = run(office, "import", "approval", "xk_2.csv", "xk_1.csv")
    assert ended.returncode == 1
    lines = ended.stdout.splitlines()
    assert "not taken: it is HTML or XML whatever its name says" in lines[0]
    assert "2 rows taken, 1 rejected" in lines[2]
    for line in lines[1], lines[3]:
        assert (office / line.rpartition("report: ")[2]).exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("tables", "xk_1.csv"), 2, "现有 approval"),
        (("nobody", "xk_1.csv"), 2, "现有 approval"),
        (("approval", "xk_9.csv"), 1, "it cannot be opened"),
        (("approval", "xk_9.csv", "--record", "Penalty"), 2, "has no record Penalty"),
        (("approval",), 2, "--help"),
    ],
)
def test_what_cannot_be_taken(office, words, code, said):
    """A source that is no source of files, a file that is not there and a record it does not hold are told plainly."""
    ended = run(office, "import", *words)
    assert ended.returncode == code
    assert said in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr


def test_interrupted_and_gone_on_with(office):
    """Ctrl-C in the middle of a large file ends at once; the same command afterwards takes all of it."""
    (office / "xk_1.csv").write_bytes(csv_bytes(licence_rows(120_000)))
    sitting = Sitting(office, "import", "approval", "xk_1.csv")
    sitting.wait_for("行 / rows")
    assert sitting.interrupt() == 1
    assert "the same command goes on where it stopped" in sitting.shown
    assert "no file has been taken yet" in run(office, "check").stdout
    ended = run(office, "import", "approval", "xk_1.csv")
    assert ended.returncode == 0
    assert "120000 rows taken, 0 rejected" in ended.stdout
