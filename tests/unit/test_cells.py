"""Cells of other people's text."""

import pytest

from hub.cells import inert


@pytest.mark.parametrize(
    "sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n", " =", "\u3000="]
)
def test_what_begins_like_a_formula_is_text(sign):
    """Also in full width, and behind a blank."""
    assert inert(f"{sign}HYPERLINK(1)") == f"'{sign}HYPERLINK(1)"


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (7, "7"), ("金穗=粮油", "金穗=粮油"), ("", ""), ("'=1", "'=1")]
)
def test_everything_else_stays(value, text):
    """Signs within a text are harmless."""
    assert inert(value) == text
