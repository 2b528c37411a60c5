"""`chengxin-hub suggest-mapping` as people use it: from an unknown table to a question that is answered."""

import contextlib
import csv
import io
import json
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
import asyncpg
import httpx2
import openpyxl
import pytest
from typer.testing import CliRunner, Result

from hub.app import build_app, wire
from hub.cli import cli
from hub.settings import load_settings
from tests.commands.running import run

CODE = "91231282MA9X0A019P"
OTHER = "92231282MA9X0B02XT"
PERSON = "999900199001010014"
HUB = """
[hub]
label = "试"
controller = "某市营商环境局"
base_url = "https://hub.example"
[[department]]
code = "market"
label = "市场监管局"
[[purpose]]
code = "PUBLIC_QUERY"
label = "公众查询"
label_en = "Public enquiry"
public = true
[[grant]]
id = "G-1"
department = "*"
role = "PUBLIC"
purposes = ["PUBLIC_QUERY"]
fields = [{fields}]
starts = 2020-01-01
ends = 2099-12-31
legal_basis = "依据"
approved_by = "某人"
"""
LICENCES = (
    "xh,tyshxydm,dwmc,frdb,frsfzh,lxdh,xkzbh,xkzmc,fzrq,yxqz,fzjg,dqzt",
    f"1,{CODE},示例食品有限公司,欧阳明,{PERSON},13800000000,JY12312820004564,食品经营许可证,2024-06-06,2029-06-05,示例局,有效",
    f"2,{OTHER},示例小吃店,司马青,{PERSON},13800000001,JY22312820001239,食品经营许可证,2023-01-06,长期,示例局,注销",
)
REGISTER = (
    "CREATE TABLE t_qyxx (id INTEGER, shxydm TEXT, qymc TEXT, zczb TEXT, clrq TEXT, djzt TEXT, jyfw TEXT, sfzh TEXT)"
)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A folder with a hub that has no source yet, and a file of licences under names of nobody's standard."""
    licence = ("certificateNo", "validFrom", "validTo", "longTerm", "status")
    fields = [f"Licence.{name}" for name in licence]
    fields += [f"Entity.{name}" for name in ("uscc", "name", "status", "establishedOn")]
    shown = ", ".join(f'"{name}"' for name in fields)
    (tmp_path / "hub.toml").write_text(HUB.format(fields=shown), encoding="utf-8")
    (tmp_path / "xk.csv").write_text("\n".join(LICENCES) + "\n", encoding="utf-8")
    with sqlite3.connect(tmp_path / "qy.db") as session:
        session.execute(REGISTER)
        rows = [(1, CODE, "示例食品有限公司", "100万元", "20240606", "在营", "食品销售", PERSON)]
        rows += [(2, OTHER, "示例小吃店", "5万元", "20230106", "注销", "餐饮服务", PERSON)]
        session.executemany("INSERT INTO t_qyxx VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    session.close()
    return tmp_path


def typed(folder: Path, *words: str) -> Result:
    """The command in this process, run in the folder."""
    with contextlib.chdir(folder):
        return CliRunner().invoke(cli, ["suggest-mapping", *words])


def pasted(folder: Path, *words: str, **environment: str) -> str:
    """A suggestion, put into the configuration as it stands; its text."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        ended = typed(folder, *words, "--out", "section.toml")
    assert ended.exit_code == 0, ended.output
    section = (folder / "section.toml").read_text(encoding="utf-8")
    (folder / "section.toml").unlink()
    with (folder / "hub.toml").open("a", encoding="utf-8") as file:
        file.write(section)
    return section


async def answered(folder: Path, question: str) -> Any:
    """What the hub of the folder answers to the public."""
    hub = wire(load_settings(folder / "hub.toml"))
    transport = httpx2.ASGITransport(app=build_app(hub))
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub") as client:
        said = (await client.post("/graphql", json={"query": question})).json()
    await hub.close()
    return said["data"]


async def test_from_unknown_tables_to_an_answer(city):
    """A table of a database and a file under names of nobody's standard are suggested, pasted, checked and asked."""
    register = await anyio.to_thread.run_sync(lambda: pasted(city, "sqlite:///qy.db"))
    licences = await anyio.to_thread.run_sync(lambda: pasted(city, "xk.csv"))
    checked = await anyio.to_thread.run_sync(lambda: run(city, "check"))
    assert checked.stdout == "t_qyxx: 可用 / answers\nxk: 可用 / answers\n", checked.stderr
    question = (
        f'{{ entity(uscc: "{OTHER}") {{ name status establishedOn'
        " licences { certificateNo validTo longTerm status } } }"
    )
    assert (await answered(city, question))["entity"] == {
        "name": "示例小吃店",
        "status": "DEREGISTERED",
        "establishedOn": "2023-01-06",
        "licences": [{"certificateNo": "JY22312820001239", "validTo": None, "longTerm": True, "status": "CANCELLED"}],
    }
    assert 'never = ["sfzh"]' in register
    assert 'never = ["frsfzh"]' in licences
    for text in (register, licences):
        assert PERSON not in text
        assert "13800000000" not in text
        assert "欧阳" not in text


def test_columns_of_persons_are_left_out_unless_named(city):
    """The owner and the phone are told and left out; one that is named is mapped; the number of a person never is."""
    plain = typed(city, "xk.csv", "--record", "Entity")
    assert "--include frdb" in plain.stdout
    assert "--include lxdh" in plain.stdout
    assert "xkzbh: 属于 Licence;另出一节时加 --record Licence" in plain.stdout
    assert "legalRepresentative =" not in plain.stdout
    named = typed(city, "xk.csv", "--record", "Entity", "--include", "frdb", "--include", "frsfzh")
    assert 'legalRepresentative = "frdb"' in named.stdout
    assert 'never = ["frsfzh"]' in named.stdout
    assert "contactPhone =" not in named.stdout
    assert '= "frsfzh"' not in named.stdout


def test_rows_are_shown_before_and_after(city):
    """`--show` tells what cells become, and cuts what concerns persons."""
    ended = typed(city, "xk.csv", "--record", "Entity", "--include", "frdb", "--show", "1")
    assert f"uscc ← tyshxydm: {CODE} → {CODE}" in ended.stderr
    assert "legalRepresentative ← frdb: 欧阳** → 欧阳**" in ended.stderr
    assert "欧阳明" not in ended.output
    assert PERSON not in ended.output


async def test_a_database_with_comments_and_a_password(city, postgres_dsn):
    """Comments on columns are their labels where names say nothing; the password is given by reference and stays there."""
    session = await asyncpg.connect(postgres_dsn)
    try:
        await session.execute(
            'CREATE TABLE "Cf" (a0101 int, a0102 text, a0103 text, a0104 date, a0105 numeric, a0106 text)'
        )
        labels = ("主键", "统一社会信用代码", "行政处罚决定书文号", "处罚决定日期", "罚款金额(万元)", "处罚类别")
        for number, label in enumerate(labels, 1):
            await session.execute(f"COMMENT ON COLUMN \"Cf\".a010{number} IS '{label}'")
        await session.execute(
            "INSERT INTO \"Cf\" VALUES (1, $1, $2, DATE '2024-06-06', 0.2, $3)", CODE, "示罚〔2024〕1号", "警告、罚款"
        )
    finally:
        await session.close()
    secret = "s3cret-91b0"
    place = urlsplit(postgres_dsn)
    address = f"postgresql://{place.username}:{secret}@{place.hostname}:{place.port}{place.path}"
    section = await anyio.to_thread.run_sync(
        lambda: pasted(city, "env:CF_URL", "--table", "Cf", "--department", "market", "--name", "cf", CF_URL=address)
    )
    assert secret not in section
    assert 'url = "env:CF_URL"' in section
    assert 'decidedOn = { column = "a0104", type = "native" }' in section
    assert 'fine = { column = "a0105", unit = "wan", loose = true }' in section
    assert '"警告" = "WARNING", "罚款" = "FINE"' in section
    checked = await anyio.to_thread.run_sync(lambda: run(city, "check", CF_URL=address))
    assert checked.stdout == "cf: 可用 / answers\n", checked.stderr


@pytest.mark.parametrize(
    ("answer", "kind", "rows"),
    [
        ([{"entName": "示例公司", "uniscId": CODE}], "memory", None),
        ({"code": 0, "data": {"records": [{"entName": "示例公司", "uniscId": CODE}]}}, "rest", "data.records"),
        ({"result": [{"base": {"entName": "示例公司", "uniscId": CODE}}]}, "rest", "result"),
        ({"data": {"firms": {"edges": [{"node": {"entName": "示例公司", "uniscId": CODE}}]}}}, "graphql", "edges.node"),
    ],
)
def test_an_answer_of_a_service(city, answer, kind, rows):
    """The rows are found in the answer, names below them are paths, and the section says how the service is asked."""
    (city / "answer.json").write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    address = "https://source.example/firms/{key}" if kind == "rest" else "https://source.example/graphql"
    section = pasted(city, "answer.json", *(("--url", address) if kind != "memory" else ()))
    prefix = "base." if '"base"' in json.dumps(answer) else ""
    assert f'kind = "{kind}"' in section
    assert f'name = "{prefix}entName"' in section
    if rows:
        assert f'rows = "{rows}"' in section
        assert 'base_url = "https://source.example"' in section
    load_settings(city / "hub.toml")


def test_a_sheet_with_a_heading_of_two_lines(city):
    """The heading of a workbook is found below its title and over two lines; what has to be said by hand is said."""
    book = openpyxl.Workbook()
    rows = [
        ["行政处罚台账", "", "", "", ""],
        ["序号", "当事人", "", "处罚决定", ""],
        ["", "名称", "统一社会信用代码", "书文号", "日期"],
        [1, "示例食品店", CODE, "示罚〔2024〕1号", "2024-06-06"],
    ]
    for row in rows:
        book.active.append(row)
    book.active.merge_cells("B2:C2")
    book.active.merge_cells("D2:E2")
    book.save(city / "cf_20240606.xlsx")
    ended = typed(city, "cf_20240606.xlsx")
    assert 'decisionNo = "处罚决定书文号"' in ended.stdout
    assert 'decidedOn = "处罚决定日期"' in ended.stdout
    assert 'uscc = "当事人统一社会信用代码"' in ended.stdout
    assert 'files = "cf_*.xlsx"' in ended.stdout
    assert "openssl rand -hex 32" in ended.stdout


def test_a_published_vocabulary_brings_its_codes(city):
    """Columns named as a published set names them are read as it says: numbers of codes, units, what has no end."""
    heads = "CF_WSH,CF_XDR_SHXYM,CF_CFLB,CF_NR_FK,CF_JDRQ,CF_CFJG,CF_SY,CF_NR,CF_YJ,YYBZ"
    (city / "cf.csv").write_text(
        f"{heads}\n示罚〔2024〕1号,{CODE},罚款,0.2,2024-06-06,示例局,事实,罚款,依据,否\n", encoding="utf-8"
    )
    section = pasted(city, "cf.csv")
    assert 'fine = { column = "CF_NR_FK", unit = "wan", loose = true }' in section
    assert '"没收*"' not in section
    assert '"通报批评" = "PUBLIC_CRITICISM"' in section
    assert 'disputed = "YYBZ"' in section
    load_settings(city / "hub.toml")


def test_a_field_of_the_record_before_a_likelier_one_of_another(city):
    """Once the record is known, `有效期至` is its own, and the codes of values that are not known are asked for."""
    (city / "pj.csv").write_text(
        f"统一社会信用代码,评价体系,信用等级,评价机关,评价日期,有效期至\n{CODE},纳税信用,A,示例局,2024-06-06,2025-06-06\n"
        f"{OTHER},自评,B,示例局,2024-06-06,2025-06-06\n",
        encoding="utf-8",
    )
    section = pasted(city, "pj.csv")
    assert 'record = "CreditRating"' in section
    assert "\nvalidTo = " in section
    assert "columns.scheme.codes:请补全取值 自评" in section
    assert '"纳税信用" = "TAX_CREDIT"' in section
    load_settings(city / "hub.toml")


def test_a_list_of_fields_needs_no_configuration(tmp_path):
    """The list is answered row by row, with neither settings nor store; the result may be written again."""
    (tmp_path / "in.csv").write_text(
        "source_field,source_label\nqymc,\nCF_WSH,处罚决定书文号\nBZ,备注\n", encoding="utf-8"
    )
    ended = run(tmp_path, "suggest-mapping", "--fields", "in.csv", "--out", "out.csv")
    assert ended.returncode == 0, ended.stderr
    assert typed(tmp_path, "--fields", "in.csv", "--out", "out.csv").exit_code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"))))
    assert [row["canonical"] for row in rows] == ["Entity.name", "Penalty.decisionNo", ""]
    assert set(rows[0]) == {"canonical", "confidence", "alternatives"}
    assert {file.name for file in tmp_path.iterdir()} == {"in.csv", "out.csv"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--fields"),
        (("xk.csv", "--fields", "xk.csv"), "--fields"),
        (("nothing.csv",), "there is no such file"),
        (("xk.csv", "--record", "Nothing"), "Licence"),
        (("xk.csv", "--include", "nothing"), "tyshxydm"),
        (("xk.csv", "--out", "hub.toml"), "not overwritten"),
        (("sqlite:///qy.db", "--table", "nothing"), "nothing"),
        (("postgresql://hub:s3cret@127.0.0.1/x",), "env:NAME"),
        (("postgres://hub:s3cret@127.0.0.1/x",), "postgresql"),
        (("env:HUB_NOTHING",), "HUB_NOTHING"),
        (("--fields", "list.csv", "--out", "list.csv"), "not overwritten"),
        (("--fields", "list.csv", "--out", "hub.toml"), "not overwritten"),
        (("--fields", "xk.csv"), "source_field"),
        (("one.csv",), "heading"),
        (("broken.json",), "JSON"),
        (("empty.json",), "--rows"),
    ],
)
def test_what_cannot_be_read(city, words, said):
    """Each is refused in one sentence, nothing is written, and no secret is shown again."""
    (city / "broken.json").write_text("[" * 100_000)
    (city / "list.csv").write_text("source_field\nqymc\n")
    (city / "one.csv").write_text("\n\n")
    (city / "empty.json").write_text('{"data": []}')
    before = {file: file.read_bytes() for file in city.iterdir()}
    ended = typed(city, *words)
    assert ended.exit_code == 2
    assert said in ended.stderr
    assert isinstance(ended.exception, SystemExit)
    assert "s3cret" not in ended.stderr
    assert {file: file.read_bytes() for file in city.iterdir()} == before


def test_names_that_would_write_the_configuration(city):
    """A column whose name has line breaks and brackets is one comment and one text, and adds nothing."""
    name = 'qymc"]\n[[source]]\nname = "x'
    (city / "x.json").write_text(json.dumps([{name: "示例公司", "tyshxydm": CODE, "企业名称\n[hub]": "示例公司"}]))
    section = pasted(city, "x.json")
    assert section.count("\n[[source]]") == 1
    assert len(load_settings(city / "hub.toml").sources) == 1
