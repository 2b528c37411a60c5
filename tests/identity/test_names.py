"""Names and addresses: what their parts are, and what is one way of writing of what."""

import pytest

from hub.identity.names import read_name
from hub.identity.places import read_address
from hub.identity.writing import clean_name, digits

ONE_WAY = [
    (
        "腾讯科技(深圳)有限公司",
        "騰訊科技（深圳）有限公司",
        "腾讯科技【深圳】有限公司",
        " 腾讯 科技(深圳)&nbsp;有限公司\u200b",
    ),
    ("AB科技有限公司", "ａｂ科技有限公司", "Ab 科技有限公司。"),
]
PARTS = [
    ("肇东市鸿运餐饮有限公司第二分店", "鸿运餐饮", "肇东", "有限公司", "2分店"),
    ("黑龙江省肇东市鸿运餐饮有限责任公司", "鸿运餐饮", "肇东", "有限责任公司", None),
    ("中国工商银行股份有限公司肇东支行", "中国工商银行", "", "股份有限公司", "支行"),
    ("中国工商银行肇东支行", "中国工商银行", "", "", "支行"),
    ("永辉超市(福山街店)", "永辉超市", "", "", "福山街店"),
    ("宜宾五粮液股份有限公司", "5粮液", "宜宾", "股份有限公司", None),
    ("鸿运超市第十二分店", "鸿运超市", "", "", "12分店"),
    ("长安汽车股份有限公司", "长安汽车", "", "股份有限公司", None),
    ("南京钢铁联合有限公司工会委员会", "钢铁联合", "南京", "有限公司", "工会委员会"),
    ("*ST全新", "全新", "", "", None),
    ("鸿运大药房连锁有限公司正阳店", "鸿运大药房连锁", "", "有限公司", "店"),
]
PLACES = [
    ("黑龙江省绥化市肇东市正阳大街12号", {"road": "正阳街", "house": "12"}, "肇东"),
    ("北京市海淀区上地十街10号百度大厦2层", {"road": "上地10街", "house": "10", "floor": "2"}, "海淀"),
    (
        "哈尔滨市南岗区学府路36号A栋3单元501室",
        {"road": "学府路", "house": "36", "building": "A", "unit": "3", "room": "501"},
        "南岗",
    ),
    ("黑龙江省肇东市五里明镇东升村二组", {"village": "东升村2组"}, "五里明"),
    ("长春路8号", {"road": "长春路", "house": "8"}, ""),
    ("南京东路123弄5号", {"road": "南京东路", "house": "5"}, ""),
    ("天津市和平区解放北路甲12-1号", {"road": "解放北路", "house": "甲12-1"}, "和平"),
    ("", {}, ""),
]


@pytest.mark.parametrize("ways", ONE_WAY)
def test_ways_of_writing_are_one(ways):
    """Width, brackets, script, blanks, entities and unseen characters make no difference."""
    assert len({clean_name(way) for way in ways}) == 1


@pytest.mark.parametrize("kept", ["乾元商贸有限公司", "於氏面馆", "藉田社区"])
def test_simplified_names_keep_their_characters(kept):
    """乾 and 於 are names of their own where nothing else is traditional."""
    assert clean_name(kept) == kept


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("第十二分店", "12分店"),
        ("第01号", "1号"),
        ("二〇二号", "202号"),
        ("二十一世纪", "21世纪"),
        ("第一百货", "1百货"),
        ("第十百货", "10百货"),
        ("百度", "百度"),
        ("十月稻田", "十月稻田"),
        ("007便利店", "007便利店"),
    ],
)
def test_number_words_become_digits(text, found):
    """Where they count something, and nowhere else."""
    assert digits(text) == found


@pytest.mark.parametrize(("text", "core", "region", "form", "branch"), PARTS)
def test_parts_of_a_name(text, core, region, form, branch):
    """Region, core, legal form and branch."""
    found = read_name(text)
    label = found.branch.label if found.branch is not None else None
    assert (found.core, found.region.last, found.form, label) == (core, region, form, branch)
    assert found.written == text


@pytest.mark.parametrize(("text", "parts", "region"), PLACES)
def test_parts_of_an_address(text, parts, region):
    """Region, and what follows it."""
    found = read_address(text)
    assert (found.parts(), found.region.last) == (parts, region)


@pytest.mark.parametrize(
    "text", ["", "()", "有限公司", "(((", "\ud800", "\x00" * 40, "第" * 400, "(" * 600, "甲" * 5000, "１" * 600]
)
def test_any_text_can_be_read(text):
    """Names and addresses come from anybody."""
    assert read_name(text).written == text
    assert read_address(text).written == text
