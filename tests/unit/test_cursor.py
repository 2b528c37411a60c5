"""Cursors: they open where they were sealed and nowhere else, and show nothing."""

import base64
import secrets

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import HubError
from hub.plan.cursor import MAX_CURSOR_CHARS, CursorSeal

CIPHER = AESSIV(secrets.token_bytes(64))
SEAL = CursorSeal(CIPHER)
HERE = b"order, filter and policy"
POSITIONS = st.lists(st.none() | st.integers(-(2**31), 2**31 - 1) | st.text(max_size=20), min_size=1, max_size=4)


@given(POSITIONS)
def test_cursor_opens_where_it_was_sealed(position):
    """The position comes back as it was, with and without salt."""
    for seal in (SEAL, CursorSeal(CIPHER, deterministic=True)):
        assert seal.open(seal.seal(position, HERE), HERE) == tuple(position)


@given(POSITIONS, st.binary(max_size=40).filter(lambda other: other != HERE))
def test_cursor_opens_in_no_other_context(position, other):
    """Another order, filter, policy or row filter is another context."""
    with pytest.raises(HubError, match="BAD_CURSOR"):
        SEAL.open(SEAL.seal(position, HERE), other)


def test_cursor_opens_under_no_other_key():
    """Another hub's cursor is none of ours."""
    with pytest.raises(HubError, match="BAD_CURSOR"):
        SEAL.open(CursorSeal(AESSIV(secrets.token_bytes(64))).seal(["a"], HERE), HERE)


@given(st.data())
def test_changed_cursor_does_not_open(data):
    """Any changed byte, the salt's included, makes a cursor worthless."""
    raw = bytearray(base64.urlsafe_b64decode(SEAL.seal(["肇东", "R001"], HERE) + "=="))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(HubError, match="BAD_CURSOR"):
        SEAL.open(base64.urlsafe_b64encode(raw).decode().rstrip("="), HERE)


@given(st.text(max_size=300))
def test_any_text_is_refused_with_one_code(text):
    """Whatever is sent as a cursor is BAD_CURSOR, and nothing else happens."""
    with pytest.raises(HubError, match="BAD_CURSOR"):
        SEAL.open(text, HERE)


def test_large_cursor_is_refused_unread():
    """Beyond the size limit nothing is decoded."""
    with pytest.raises(HubError, match="BAD_CURSOR"):
        SEAL.open("A" * (MAX_CURSOR_CHARS + 1), HERE)


def test_length_does_not_show_the_values():
    """Short and long values of usual size give cursors of one length."""
    lengths = {len(SEAL.seal([name, "R1"], HERE)) for name in ("", "周", "周小白", "x" * 40, "肇东市金穗食品有限")}
    assert len(lengths) == 1


def test_same_position_gives_another_text_each_time():
    """Two cursors of one position cannot be recognised as such, but in the demo, whose twin must look the same."""
    assert SEAL.seal(["a"], HERE) != SEAL.seal(["a"], HERE)
    fixed = CursorSeal(CIPHER, deterministic=True)
    assert fixed.seal(["a"], HERE) == fixed.seal(["a"], HERE)
