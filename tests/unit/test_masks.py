"""Masks: what is left of a value, and that its length never shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.plan.masks import HIDDEN, mask_of
from schema.base import MaskKind

NAME, PHONE, STREET, DOCUMENT, WHOLE = (
    MaskKind.PERSON_NAME,
    MaskKind.PHONE,
    MaskKind.STREET_ADDRESS,
    MaskKind.DOCUMENT_NUMBER,
    MaskKind.WHOLE,
)


@pytest.mark.parametrize(
    ("kind", "value", "left"),
    [
        (NAME, "周白", "周**"),
        (NAME, "周小白", "周**"),
        (NAME, "欧阳锦程", "欧阳**"),
        (NAME, "令狐冲虚子", "令狐**"),
        (NAME, "欧阳", "欧阳**"),
        (NAME, "周", "周**"),
        (NAME, "𠮷田", "𠮷**"),
        (PHONE, "13945550101", "139****0101"),
        (PHONE, "139 4555 0101", "139****0101"),
        (PHONE, "0455-7790234", "0455-****0234"),
        (PHONE, "04557790234", "0455-****0234"),
        (PHONE, "010-62345678", "010-****5678"),
        (PHONE, "1394555010", HIDDEN),
        (PHONE, "+86 13945550101", HIDDEN),
        (PHONE, "0455-7790234转8", HIDDEN),
        (PHONE, "１３９４５５５０１０１", HIDDEN),
        (PHONE, "110", HIDDEN),
        (STREET, "黑龙江省肇东市正阳大街112号三单元501室", "黑龙江省肇东市正阳大街****"),
        (STREET, "哈尔滨经济技术开发区赣水路7号", "哈尔滨经济技术开发区赣水路****"),
        (STREET, "肇东市黎明镇长兴村西屯3号", "肇东市黎明镇****"),
        (STREET, "八号楼底商", HIDDEN),
        (STREET, "路7号", HIDDEN),
        (STREET, "No. 7 Zhengyang Street", HIDDEN),
        (DOCUMENT, "JY12312820004564", "****4564"),
        (DOCUMENT, "12345678901", HIDDEN),
        (WHOLE, "后厨", HIDDEN),
    ],
)
def test_mask(kind, value, left):
    """Each known form keeps its public part; a form nobody expected is hidden whole."""
    assert mask_of(kind)(value) == left


@given(st.text("甲乙丙丁", min_size=1, max_size=12), st.text("甲乙丙丁", min_size=1, max_size=12))
def test_length_never_shows(short, long):
    """What is hidden is replaced by the same asterisks, however long it was."""
    assert mask_of(NAME)("周" + short) == mask_of(NAME)("周" + long)
    assert mask_of(STREET)("肇东市正阳大街" + short) == mask_of(STREET)("肇东市正阳大街" + long)
    assert mask_of(WHOLE)(short) == mask_of(WHOLE)(long)
    assert mask_of(PHONE)("电话" + short) == mask_of(PHONE)("电话" + long)


@given(st.sampled_from(MaskKind), st.text(min_size=1, max_size=60))
def test_every_value_is_masked(kind, value):
    """Whatever the text, asterisks stand in it and it is no longer whole."""
    left = mask_of(kind)(value)
    assert "**" in left
    assert left != value or set(value) <= set("*")


def test_every_kind_has_a_mask():
    """No kind of mask is left without an implementation."""
    assert [mask_of(kind)("甲") for kind in MaskKind]
