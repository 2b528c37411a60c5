"""A department of the golden world that drops files: its source, and a file in which much is wrong."""

from pathlib import Path

from tests.acts.hall import CITIZEN, GRAIN, Hall
from tests.adapters.tabular_files import KEY_HEX, table_bytes

HEAD = ("文书号", "统一社会信用代码", "检查领域", "年度次数", "检查人员")
FILES = """
[[source]]
name = "drops"
kind = "tabular"
department = "market"
label = "检查台账"
basis = "共享协议"
keep_days = 3650
folder = "in"
store = "drops.db"
key = "file:drops.key"

[[source.record]]
record = "Inspection"
files = "jc_*.csv"
take = "rename"
local = "文书号"
keys = { uscc = "统一社会信用代码" }
columns = { noticeNo = "文书号", field = "检查领域", countThisYear = "年度次数", officers = { column = "检查人员", separator = "、" } }
"""
PERSON = "慕容雪松"
LINES = (
    ("J1", GRAIN, "食品", "1", PERSON),
    ("J2", "9.12313E+17", "食品", "1", PERSON),
    ("J3", GRAIN, "食品", "三次", PERSON),
    ("J1", GRAIN, "食品", "1", PERSON),
    ("J5", CITIZEN, "食品", "1", PERSON),
)
"""Taken · digits are lost · no number · twice · a citizen's number for a code."""


def with_files(written: str) -> str:
    """The configuration with the source."""
    return written + FILES


def lay_key(folder: Path) -> None:
    """Make what the source needs to be opened."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "drops.key").write_text(KEY_HEX, encoding="ascii")


async def take(hall: Hall, name: str, *lines: tuple[str, ...]) -> None:
    """Have the source take a file of these lines, or one of which nothing can be taken where there are none."""
    path = hall.world.folder / "in" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(table_bytes([HEAD, *lines]) if lines else b"\x00\x01\x02\xff" * 40)
    starting = hall.world.hub.sources["drops"].starting
    await starting.take(path)  # type: ignore[union-attr]
