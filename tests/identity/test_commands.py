"""`chengxin-hub names` and `chengxin-hub resolve`: what they write, how they go on, what they refuse."""

import csv
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.cli import cli
from hub.cli_resolve import _LABELS
from hub.identity import batch, pairs
from hub.identity.comparing import compare
from hub.identity.outcome import Outcome
from hub.identity.sheets import SheetFault, written
from tests.golden.folder import GOLDEN

INDEX = '\n[name_index]\nbasis = "样例依据"\nkeep_days = 90\n'
PAIRS = """pair_id,left_name,left_address,right_name,right_address
p1,肇东市鸿运餐饮(集团)有限公司,,肇东市鸿运餐饮（集团）有限公司,
p2,鸿运超市,肇东市正阳街12号,鸿运超市,肇东市正阳街14号
p3,"国网
",,国家电网有限公司,
p4,北京远航,,肇东金穗"""


@pytest.fixture
def city(tmp_path):
    """The golden world's configuration, with a basis for a name index."""
    for path in (GOLDEN / "world").iterdir():
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text + INDEX if path.name == "hub.toml" else text, encoding="utf-8")
    return tmp_path


def type_in(folder: Path, *words: str):
    """What a command says."""
    return CliRunner().invoke(cli, [*words, "--config", str(folder / "hub.toml")])


def read(path: Path) -> list[dict[str, str]]:
    """Rows of a result."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_pairs_need_nothing_but_the_file(tmp_path):
    """No configuration, no store; one row a pair in its order, in columns that are fixed."""
    source, target = tmp_path / "pairs.csv", tmp_path / "out.csv"
    source.write_text(PAIRS, encoding="utf-8")
    words = [
        sys.executable,
        "-c",
        "from hub.command import main; main()",
        "resolve",
        "--pairs",
        source,
        "--out",
        target,
    ]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["out.csv", "pairs.csv"]
    rows = read(target)
    assert list(rows[0]) == ["pair_id", "outcome", "probability", "reasons"]
    assert [(row["pair_id"], row["outcome"]) for row in rows] == [
        ("p1", "MATCH"),
        ("p2", "POSSIBLE"),
        ("p3", "POSSIBLE"),
        ("p4", "NEW"),
    ]
    assert all(0 < float(row["probability"]) < 1 and row["reasons"] for row in rows)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_pairs_of_any_office(tmp_path, encoding):
    """With a byte order mark, or in GB18030."""
    source = tmp_path / "pairs.csv"
    source.write_bytes(PAIRS.encode(encoding))
    result = CliRunner().invoke(cli, ["resolve", "--pairs", str(source)])
    assert result.exit_code == 0, result.output
    assert [row["outcome"] for row in read(tmp_path / "pairs.out.csv")] == ["MATCH", "POSSIBLE", "POSSIBLE", "NEW"]


def test_interrupted_pairs_go_on(tmp_path, monkeypatch):
    """Rows that are there are not judged again; the result is that of one run. Another input begins anew."""
    source, target = tmp_path / "pairs.csv", tmp_path / "out.csv"
    source.write_text(PAIRS, encoding="utf-8")
    real, judged = compare, []

    def slowly(left, right):
        judged.append(left)
        if len(judged) == 3:
            raise KeyboardInterrupt
        return real(left, right)

    monkeypatch.setattr(pairs, "compare", slowly)
    words = ["resolve", "--pairs", str(source), "--out", str(target)]
    assert CliRunner().invoke(cli, words).exit_code == 130
    assert not target.exists()
    assert CliRunner().invoke(cli, words).exit_code == 0
    assert len(judged) == 5
    assert [row["pair_id"] for row in read(target)] == ["p1", "p2", "p3", "p4"]
    judged[:] = [None]
    assert CliRunner().invoke(cli, words).exit_code == 130
    source.write_text(PAIRS.replace("p1,", "p0,"), encoding="utf-8")
    assert CliRunner().invoke(cli, words).exit_code == 0
    assert [row["pair_id"] for row in read(target)] == ["p0", "p2", "p3", "p4"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"pair_id,left_name\n1,x\n", "left_address"),
        (b"", "pair_id"),
        (b'pair_id,left_name,left_address,right_name,right_address\n1,"' + b"x" * 70_000 + b'",,,\n', "2"),
        (b"pair_id\xff\xff\xff\x00,left_name\n", "UTF-8"),
    ],
)
def test_what_is_no_sheet_is_said_plainly(tmp_path, content, said):
    """One sentence, no trace of the program."""
    source = tmp_path / "pairs.csv"
    source.write_bytes(content)
    result = CliRunner().invoke(cli, ["resolve", "--pairs", str(source)])
    assert result.exit_code == 2, result.output
    assert said in result.output
    assert "Traceback" not in result.output


def test_wrong_words_are_refused(tmp_path):
    """A file that is not there, both kinds of input, neither."""
    assert CliRunner().invoke(cli, ["resolve"]).exit_code == 2
    assert CliRunner().invoke(cli, ["resolve", "a.csv", "--pairs", "b.csv"]).exit_code == 2
    assert CliRunner().invoke(cli, ["resolve", "a.csv", "--splink", "excel"]).exit_code == 2
    missing = CliRunner().invoke(cli, ["resolve", "--pairs", str(tmp_path / "none.csv")])
    assert (missing.exit_code, "none.csv" in missing.output) == (1, True)


def test_a_sheet_is_resolved_and_goes_on(city, monkeypatch):
    """A result for every row, a sheet for review, the same after an interruption; then with Splink the same again."""
    sheet = city / "list.csv"
    rows = [
        "编号,企业名称,住所,统一社会信用代码",
        "1,肇东金穗食品有限公司,,",
        "2,,,91230199MA9X0F0670",
        "3,金穗食品,,",
        "=4,没有这家商贸有限公司,,",
    ]
    sheet.write_text("\n".join(rows), encoding="gb18030")
    assert "names fill" in type_in(city, "resolve", str(sheet)).output
    filled = type_in(city, "names", "fill")
    assert filled.exit_code == 0, filled.output
    assert "样例依据" in type_in(city, "names", "show").output
    monkeypatch.setattr(batch, "_AT_ONCE", 1)
    real, asked = batch._told, []

    def failing(row, found):
        asked.append(row.number)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return real(row, found)

    monkeypatch.setattr(batch, "_told", failing)
    assert type_in(city, "resolve", str(sheet)).exit_code == 130
    done = type_in(city, "resolve", str(sheet))
    assert done.exit_code == 0, done.output
    result, review = read(city / "list.out.csv"), read(city / "list.out.review.csv")
    assert [row["outcome"] for row in result] == ["MATCH", "MATCH", "POSSIBLE", "NEW"]
    assert [row["uscc"] for row in result][:2] == ["91231282MA9X0A019P", "91230199MA9X0F0670"]
    assert [row["key"] for row in result] == ["1", "2", "3", "'=4"]
    assert [(row["row"], row["asked_name"], row["decision"]) for row in review] == [("3", "金穗食品", "")]
    pytest.importorskip("splink")
    again = type_in(city, "resolve", str(sheet), "--splink", "duckdb", "--out", str(city / "splink.csv"))
    assert again.exit_code == 0, again.output
    columns = ("row", "key", "outcome", "uscc")
    assert [[row[c] for c in columns] for row in read(city / "splink.csv")] == [
        [row[c] for c in columns] for row in result
    ]


def test_without_the_extra_it_says_what_to_install(city, monkeypatch):
    """And does nothing."""
    assert type_in(city, "names", "fill").exit_code == 0
    sheet = city / "list.csv"
    sheet.write_text("name\n金穗食品\n", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    refused = type_in(city, "resolve", str(sheet), "--splink", "duckdb")
    assert (refused.exit_code, "chengxin-hub[matching]" in refused.output) == (1, True)
    assert not (city / "list.out.csv").exists()


def test_names_without_a_basis_and_dropped_ones(city):
    """No copy without a basis; dropping leaves none."""
    assert "已删除 0" in type_in(city, "names", "drop").output
    assert type_in(city, "names", "fill").exit_code == 0
    assert "已删除 1" in type_in(city, "names", "drop").output
    assert "names fill" in type_in(city, "names", "show").output
    file = city / "hub.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(INDEX, ""), encoding="utf-8")
    refused = type_in(city, "names", "fill")
    assert (refused.exit_code, "basis" in refused.output) == (2, True)


def test_every_outcome_has_a_label():
    """The summary names all of them."""
    assert set(_LABELS) == set(map(str, Outcome))


KILLED = """
import os, signal, sys
from pathlib import Path
from hub.identity import batch
from hub.identity.outcome import Candidate, Outcome, Resolution

def resolve(piece):
    if len(sys.argv) > 4 and int(piece[0].key) >= int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)
    return [Resolution(one, Outcome.POSSIBLE if int(one.key) % 3 else Outcome.NEW, 0.5, ()) for one in piece]

batch.resolve_sheet(*map(Path, sys.argv[1:4]), resolve, lambda read: None)
"""
"""Resolves a sheet in a process that kills itself at a row."""


def test_a_killed_sheet_goes_on_with_no_row_twice(tmp_path):
    """Killed twice and with a torn last line: result and review are those of one run, each row once and in its order."""
    sheet, target, review = (tmp_path / name for name in ("list.csv", "out.csv", "review.csv"))
    sheet.write_text("编号,名称\n" + "".join(f"{n},商店{n}\n" for n in range(1, 1001)), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}

    def run(*more: str) -> int:
        words = [sys.executable, "-c", KILLED, sheet, target, review, *more]
        return subprocess.run(words, env=environment, check=False).returncode

    assert run("300") == -9
    with (tmp_path / "out.csv.part").open("a", encoding="utf-8") as torn:
        torn.write("321,321,POSS")
    assert run("700") == -9
    assert not target.exists()
    assert run() == 0
    assert [row["key"] for row in read(target)] == [str(n) for n in range(1, 1001)]
    assert [row["key"] for row in read(review)] == [str(n) for n in range(1, 1001) if n % 3]


def test_two_commands_do_not_write_one_result(tmp_path):
    """The second one is refused, and the first one's rows stay."""
    target = tmp_path / "out.csv"
    with written(target, ("a",), "mark") as first:
        first.write(["1"])
        with pytest.raises(SheetFault, match="another command"), written(target, ("a",), "mark"):
            pass
        first.write(["2"])
    assert read(target) == [{"a": "1"}, {"a": "2"}]


def test_a_result_is_somebody_elses_until_it_is_at_its_place(tmp_path, monkeypatch):
    """Another command that begins in that moment, also one that opened the file a moment before, cuts nothing off."""
    target, refused = tmp_path / "out.csv", []
    put, lock = Path.replace, fcntl.flock

    def begin(self, place):
        with pytest.raises(SheetFault, match="another command"), written(target, ("a",), "other"):
            pass
        refused.append("before")
        return put(self, place)

    with written(target, ("a",), "mark") as first:
        first.write(["1"])
        monkeypatch.setattr(Path, "replace", begin)
    monkeypatch.undo()

    def late(file, how):
        put(target.with_name("out.csv.part"), target)
        lock(file, how)

    monkeypatch.setattr("hub.identity.sheets.fcntl.flock", late)
    target.rename(target.with_name("out.csv.part"))
    with pytest.raises(SheetFault, match="another command"), written(target, ("a",), "other"):
        pass
    assert refused == ["before"]
    assert read(target) == [{"a": "1"}]
