"""What a list of fields is taken for: the lexicon is whole, names and neighbours are read, persons are recognised."""

import csv
import io
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.suggest.contents import look_at
from hub.suggest.fields import BadInput, read_fields, written_fields
from hub.suggest.lexicon import expand, lexicon, pinyin
from hub.suggest.matching import Column, Suggestion, suggest
from schema.catalogue import Kind, fold_catalogue
from tests.docs_pages import ROOT, Page

VECTORS = Path(__file__).parents[1] / "vectors/mapping"
CATALOGUE = fold_catalogue()
PROVENANCE = {"Provenance.asOf", "Provenance.disputed"}


def canonical(*names: str) -> list[str]:
    """What names of one list are taken for; a label may stand behind a colon."""
    parted = [name.partition(":") for name in names]
    return [each.canonical for each in suggest([Column(name, label) for name, _, label in parted])]


# ---------------------------------------------------------------- the lexicon


def test_concepts_are_fields_of_the_schema():
    """Whatever a column can be suggested as is a field that can be asked for, or the time of the data."""
    there = {concept.canonical for concept in lexicon().concepts} - {""}
    assert there <= CATALOGUE.fields.keys() | PROVENANCE
    assert len({concept.name for concept in lexicon().concepts}) == len(lexicon().concepts)


def test_what_the_hub_says_by_itself():
    """A column that tells where a row comes from is mapped to nothing, and the field that says it stands beside it."""
    (found,) = suggest([Column("XK_LYDW", "数据来源单位")])
    assert found.canonical == ""
    assert found.alternatives[0] == "Provenance.source"
    said = {name for concept in lexicon().concepts for name in concept.near}
    assert {name.partition(".")[0] for name in said} == {"Provenance"}


def test_fields_people_map_have_words():
    """Every field of the records that departments own in numbers can be suggested."""
    wanted = {"Entity", "Licence", "Penalty", "Commitment", "CreditRating", "ListEntry", "Honour", "Inspection"}
    fields = {name for name, rule in CATALOGUE.fields.items() if rule.record in wanted and rule.compute is None}
    assert fields - {concept.canonical for concept in lexicon().concepts} == set()


def test_every_character_has_a_reading():
    """Pinyin and initials can be made of every word; a character that is added needs its reading beside it."""
    for concept in lexicon().concepts:
        for label in concept.zh:
            assert all(spelt.isascii() and first.isascii() for spelt, first in pinyin(label)), label
    assert ("tongyishehuixinyongdaima", "tyshxydm") in pinyin("统一社会信用代码")
    assert {first for _, first in pinyin("行业")} >= {"hy"}


def test_patterns():
    """Brackets hold what may be missing, braces one of several."""
    assert list(expand("[甲|乙]丙{丁|戊}")) == ["甲丙丁", "甲丙戊", "乙丙丁", "乙丙戊", "丙丁", "丙戊"]


# ---------------------------------------------------------------- measured lists


@cache
def _measured(name: str, *, bare: bool = False) -> list[tuple[dict[str, str], Suggestion]]:
    rows = list(csv.DictReader(io.StringIO((VECTORS / name).read_text(encoding="utf-8"))))
    rows = [{**row, "source_label": ""} for row in rows] if bare else rows
    found: list[tuple[dict[str, str], Suggestion]] = []
    for _, several in groupby(rows, key=lambda row: row["list"]):
        group = list(several)
        columns = [Column(row["source_field"], row["source_label"]) for row in group]
        found += zip(group, suggest(columns), strict=True)
    return found


@pytest.mark.parametrize(("name", "first", "third"), [("development.csv", 0.97, 0.99), ("heldout.csv", 0.93, 0.97)])
def test_measured_lists(name, first, third):
    """Names of published vocabularies come out right, at once or among the first three; nobody tuned on the second list."""
    found = _measured(name)
    right = sum(each.canonical == row["canonical"] for row, each in found)
    near = sum(row["canonical"] in (each.canonical, *each.alternatives[:2]) for row, each in found)
    assert right / len(found) >= first
    assert near / len(found) >= third


def _share(entries: list[tuple[dict[str, str], Suggestion]]) -> tuple[int, str, str]:
    first = sum(each.canonical == row["canonical"] for row, each in entries)
    three = sum(row["canonical"] in (each.canonical, *each.alternatives[:2]) for row, each in entries)
    # Rounded down: what is not always right is not 1.00.
    return len(entries), f"{first * 100 // len(entries) / 100:.2f}", f"{three * 100 // len(entries) / 100:.2f}"


def test_the_page_tells_what_is_measured():
    """The table of the page says, kind by kind, what comes out today."""
    lists = (
        ("made with", "development.csv", False),
        ("held out", "heldout.csv", False),
        ("held out, bare", "heldout.csv", True),
    )
    expected = []
    for label, name, bare in lists:
        found = _measured(name, bare=bare)
        for kind in (*sorted({row["kind"] for row, _ in found}), "all"):
            several = [entry for entry in found if kind in (entry[0]["kind"], "all")]
            expected.append([label, kind, *map(str, _share(several))])
    table = Page(ROOT / "docs/mapping.md").table("List", "Kind", "Fields", "First", "Three")
    assert table == expected, "\n".join(f"| {' | '.join(row)} |" for row in expected)


def test_confidence_tells_right_from_wrong():
    """What is right is suggested with more confidence than what is wrong, and what fits nowhere with little."""
    found = [entry for name in ("development.csv", "heldout.csv") for entry in _measured(name)]
    right = [each.confidence for row, each in found if each.canonical == row["canonical"] != ""]
    wrong = [each.confidence for row, each in found if each.canonical not in ("", row["canonical"])]
    nowhere = [each.confidence for row, each in found if each.canonical == ""]
    assert sum(right) / len(right) > sum(wrong) / len(wrong) + 0.1
    assert max(nowhere) < min(right)


def test_one_list_of_everything_is_read_like_its_parts():
    """Tables one after another, without a line between them, are told apart by what stands near."""
    rows = list(csv.DictReader(io.StringIO((VECTORS / "development.csv").read_text(encoding="utf-8"))))
    found = suggest([Column(row["source_field"], row["source_label"]) for row in rows])
    right = sum(each.canonical == row["canonical"] for row, each in zip(rows, found, strict=True))
    assert right / len(rows) >= 0.93


# ---------------------------------------------------------------- names and neighbours


def test_neighbours_decide():
    """The same name is the licence's decision among licences and the penalty's among penalties."""
    assert canonical("XK_XKLB", "XK_NR", "JDWSH")[-1] == "Licence.decisionNo"
    assert canonical("CF_CFLB", "CF_NR", "JDWSH")[-1] == "Penalty.decisionNo"
    assert canonical("列入日期", "列入事由", "文号")[-1] == "ListEntry.decisionNo"


def test_of_two_neighbours_each_is_something_else():
    """`yxqz` is the end where the beginning has a column of its own."""
    assert canonical("xkzbh", "yxqq", "yxqz", "fzjg")[1:3] == ["Licence.validFrom", "Licence.validTo"]


@pytest.mark.parametrize(
    "name",
    ["tyshxydm", "TYSHXYDM", "tyShxydm", "T_TYSHXYDM", "tong_yi_she_hui_xin_yong_dai_ma", "social_credit_code",
     "creditCode", "统一社会信用代码", "UNISCID", "社会信用代码(18位)", "A0101:统一社会信用代码", "f_1:企业统一社会信用代码",
     "统 一 社会信用代码", "qy.tyshxydm", "xdrShxym"],
)  # fmt: skip
def test_spellings_of_one_field(name):
    """Case, separators, prefixes, width, language and brackets make no difference."""
    assert canonical(name) == ["Entity.uscc"]


@pytest.mark.parametrize(
    "name", ["许可机关统一社会信用代码", "数据来源单位代码", "CF_CFJGDM", "备注", "创建时间", "主键ID"]
)
def test_what_only_looks_like_a_field(name):
    """The code of an authority is not the entity's, and what every table has besides is nothing."""
    (found,) = suggest([Column(name)])
    assert found.canonical == ""
    assert found.confidence < 0.45


@pytest.mark.parametrize(
    "name", ["frsfzh", "ID_CARD", "身份证号码", "出生日期", "家庭住址", "lxr", "性别", "法定代表人证件号码"]
)
def test_what_is_said_of_persons(name):
    """Numbers, birthdays, homes and names of persons are recognised, and go nowhere."""
    (found,) = suggest([Column(name)])
    assert found.canonical == ""
    assert found.concerns_person


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), max_size=6))
def test_any_list_is_answered(rows):
    """Whatever names and labels are made of, every one gets a suggestion with a confidence from 0 to 1."""
    found = suggest([Column(name, label) for name, label in rows])
    assert len(found) == len(rows)
    assert all(0 <= each.confidence <= 1 for each in found)
    assert all(each.canonical not in each.alternatives for each in found)


# ---------------------------------------------------------------- contents


def test_contents_against_a_name():
    """A column that says it is a date and holds codes is taken for what it holds."""
    shape = look_at(["91231282MA9X0A019P", "92231282MA9X0B02XT"])
    (found,) = suggest([Column("c7", "", shape.speaks_for)])
    assert found.canonical == "Entity.uscc"
    assert Kind.DATE not in shape.kinds


@pytest.mark.parametrize(
    ("cells", "concept"),
    [
        (["91231282MA9X0A019P"], "Entity.uscc"),
        (["110108000000016"], "Entity.regNo15"),
        (["13812345678", "0455-7712345"], "Entity.contactPhone"),
        (["231282"], "Entity.divisionCode"),
        (["肇东市示例食品有限公司"], "Entity.name"),
        (["肇罚〔2024〕12号"], "Penalty.decisionNo"),
        (["someone@example.com"], "person.account"),
    ],
)
def test_shapes(cells, concept):
    """Check digits and shapes speak for what they are."""
    assert look_at(cells).speaks_for.get(concept, 0) > 0.4


def test_numbers_of_persons_are_recognised_by_their_digits():
    """Whatever a column is called, citizen numbers in it make it a person's, and nothing else."""
    shape = look_at(["999900199001010014", None, "999900198512310022", "-"])
    assert shape.personal
    assert shape.speaks_for == {"person.idNumber": 1.0}


def test_codes_among_which_are_some_numbers_of_persons():
    """A column of credit codes into which some typed their own number stays one: those rows are unreadable, not the column."""
    cells = ["91231282MA9X0A019P", "92231282MA9X0B02XT", "999900199001010014"]
    assert not look_at(cells).personal


@pytest.mark.parametrize(
    ("cells", "dates"),
    [
        (["2024-06-06", "长期"], "text"),
        (["20240606", "20991231"], "compact"),
        (["2024年6月6日", "2024/6/6"], "loose"),
        (["1568180781000", "1717603200000"], "epoch_ms"),
        ([1568180781], "epoch"),
        (["有效", "注销"], ""),
    ],
)
def test_how_dates_are_written(cells, dates):
    """The way of writing is told, so that the mapping can say it."""
    assert look_at(cells).dates == dates


# ---------------------------------------------------------------- lists as files


def test_rows_keep_their_order(tmp_path):
    """Every row of a list has its row in the result, an empty one too; the file may come from a spreadsheet."""
    file = tmp_path / "fields.csv"
    file.write_bytes(
        'source_label,source_field\r\n企业名称,qymc\r\n,\r\n"处罚,决定书文号",CF_WSH\r\n'.encode("gb18030")
    )
    rows = list(csv.reader(io.StringIO(written_fields(suggest(read_fields(file))))))
    assert rows[0] == ["canonical", "confidence", "alternatives"]
    assert [row[0] for row in rows[1:]] == ["Entity.name", "", "Penalty.decisionNo"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "source_field"),
        (b"name,label\na,b\n", "source_field"),
        (b"source_field\n\xff\xff\xff", "GB18030"),
        (b'source_field\n"' + b"a" * 200_000, "CSV"),
        (b"source_field\n" + b"a\n" * 5_001, "5000"),
    ],
)
def test_lists_that_cannot_be_read(tmp_path, raw, said):
    """Each is refused in one sentence that says what to give."""
    (tmp_path / "fields.csv").write_bytes(raw)
    with pytest.raises(BadInput, match=said):
        read_fields(tmp_path / "fields.csv")
