"""Rows in memory: the conformance suite, and how rows are read."""

import json

import pytest
from pydantic import ValidationError

from adapters import memory
from adapters.base import KEY, OrderKey
from tests.conformance.records import MAPPINGS, ROWS
from tests.conformance.suite import Conformance, Subject, expect, lookup, search

DIVISIONS = {"record": "Division", "local": "code", "columns": {"code": "code", "name": "name"}}


def _options(**more):
    records = [{**mapping, "rows": ROWS[mapping["record"]]} for mapping in MAPPINGS]
    given = {"name": "register", "kind": "memory", "department": "market", "record": records}
    return memory.OPTIONS.model_validate({**given, **more})


def _open(catalogue, folder, **record):
    options = {"name": "codes", "kind": "memory", "department": "market", "record": [{**DIVISIONS, **record}]}
    return memory.open_source(memory.OPTIONS.model_validate(options, context={"base": folder}), catalogue)


@pytest.fixture(scope="module")
def subject(catalogue):
    """The shared rows, inline."""
    options = _options()

    def reopen(max_rows):
        return memory.open_source(_options(max_rows=max_rows), catalogue)

    return Subject(memory.open_source(options, catalogue), reopen, expect(options, catalogue, ROWS))


class TestMemory(Conformance):
    """Rows in memory keep every promise."""


@pytest.mark.parametrize("start", ["", "\ufeff"], ids=["plain", "BOM"])
async def test_csv(catalogue, tmp_path, start):
    """A CSV is read as texts: leading zeros, quoted line ends and full-width letters stay, an empty cell is null."""
    text = start + 'code,name,更多\r\n0033,"两行\n名称",x\r\n0034,,\r\n0035,ＡＢ\r\n'
    (tmp_path / "codes.csv").write_text(text, encoding="utf-8", newline="")
    source = _open(catalogue, tmp_path, file="codes.csv")
    rows = await source.search(search("Division", ("code", "name")))
    assert rows.rows == [("0033", "两行\n名称"), ("0034", None), ("0035", "ＡＢ")]


async def test_json(catalogue, tmp_path):
    """A JSON list of objects is read; a column that an object leaves out is null, digits of amounts stay."""
    entity = {"record": "Entity", "local": "id", "columns": {"registeredCapital": "zb", "name": "mc"}}
    text = '[{"id": "1", "zb": 100000000000000.10, "mc": "甲"}, {"id": "2", "更多": {}}]'
    (tmp_path / "rows.json").write_text(text, encoding="utf-8")
    source = _open(catalogue, tmp_path, **entity, file="rows.json")
    rows = await source.search(search("Entity", ("registeredCapital", "name")))
    assert rows.rows == [(("100000000000000.1", "CNY", "100000000000000.10"), "甲"), (None, None)]


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("gone.csv", None, "cannot be read"),
        ("gb.csv", "code,name\n01,市\n".encode("gb18030"), "is not UTF-8"),
        ("lacks.csv", b"code\n01\n", "has no column name"),
        ("wide.csv", b"code,name\n01,a,b\n", "more cells than headings"),
        ("quote.csv", b'code,name\n01,"a\n', "is not CSV"),
        ("twice.csv", b"code,name\n01,a\n01,b\n", "code does not hold a text of its own"),
        ("null.csv", b"code,name\n,a\n", "code does not hold a text of its own"),
        ("one.json", b"{}", "is not a JSON list of objects"),
        ("deep.json", b"[" * 100_000, "is not a JSON list of objects"),
        ("texts.json", json.dumps(["a"]).encode(), "is not a JSON list of objects"),
    ],
)
def test_faults_of_files_refuse_the_opening(catalogue, tmp_path, name, content, fault):
    """A file that cannot be read as agreed refuses the opening, with a sentence that quotes no cell."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=fault):
        _open(catalogue, tmp_path, file=name)


def test_all_faults_of_the_mapping_are_named(catalogue):
    """The opening is refused with every fault, one a line."""
    records = [
        {
            **DIVISIONS,
            "rows": [],
            "columns": {"code": "code", "nope": "x", "name": {"column": "n", "codes": {"1": "A"}}},
        },
        {**DIVISIONS, "rows": [], "record": "Nope"},
        {**DIVISIONS, "rows": []},
        {**DIVISIONS, "rows": []},
    ]
    with pytest.raises(ValueError, match="nope") as raised:
        memory.open_source(_options(record=records), catalogue)
    assert len(str(raised.value).splitlines()) == 4


@pytest.mark.parametrize("where", [{}, {"rows": [], "file": "x.csv"}], ids=["nowhere", "twice"])
def test_rows_come_from_one_place(where):
    """Rows are either inline or in a file."""
    with pytest.raises(ValidationError, match="either rows or a file"):
        _options(record=[{**DIVISIONS, **where}])


async def test_ten_thousand_rows(catalogue, tmp_path):
    """Of many rows the asked ones are found, and a page holds those that sort first."""
    rows = [{"code": f"{n:06d}", "name": f"示例{n % 97}"} for n in range(10_000)]
    source = _open(catalogue, tmp_path, rows=rows)
    found = await source.fetch(lookup("Division", (KEY,), [f"{n:06d}" for n in range(0, 10_000, 20)], key="code"))
    page = await source.search(search("Division", ("name",), 105, order=(OrderKey("name", True),)))
    assert len(found.rows) == 500
    assert page.rows == [("示例96",)] * 103 + [("示例95",)] * 2
