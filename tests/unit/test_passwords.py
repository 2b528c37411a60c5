"""Which passwords somebody may choose: length decides, and that it isn't one of those that are guessed first."""

import pytest

from auth.server import passwords
from auth.server.passwords import fault_of, fresh_password, hash_password, is_right


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "iloveyou1234",
        "P@ssw0rd2024!",
        "Woaini5201314!!",
        "zhaodong2026!",
        "chengxin@2026",
        "abcd12345678",
        "dragon dragon 1",
        "monkey-monkey-monkey",
        "abcabcabcabc",
        "202406061234",
        "管理员管理员20240606",
    ],
)
def test_a_known_word_with_digits_around_it_is_known(password):
    """Neither digits and marks at the ends, nor saying it again, nor a mark for a letter makes it another."""
    assert fault_of(password, "li.wei") == "KNOWN"


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "five quiet herons wade",
        "long enough for anybody",
        "password herons wade",
        "river river mountain lake",
        "Tr0ub4dor&3-xk",
        "绿色的河马在跳舞吃苹果呢",
    ],
)
def test_words_that_have_nothing_to_do_with_each_other_do(password):
    """Length decides, in any script, even if one of the words is known."""
    assert fault_of(password, "li.wei") is None


def test_length_and_name_decide_first():
    """Too short, too long, and the account name in any case are told as such; what the hub gives out is none of these."""
    assert fault_of("short", "li.wei") == "SHORT"
    assert fault_of("x" * 257, "li.wei") == "LONG"
    assert fault_of("LI.WEI and herons", "li.wei") == "NAME"
    assert fault_of(fresh_password(), "li.wei") is None


def test_what_a_password_costs(password_cost, monkeypatch):
    """Memory and time by the advice of today (OWASP: N=2^15, r=8, p=3); one that was stored at another cost still holds."""
    stored_before = hash_password("five quiet herons wade")
    monkeypatch.setattr(passwords, "COST", password_cost)
    stored = hash_password("five quiet herons wade")
    assert stored.startswith("scrypt$32768$8$3$")
    assert not stored_before.startswith("scrypt$32768$8$3$")
    assert is_right(stored, "five quiet herons wade")
    assert is_right(stored_before, "five quiet herons wade")
    assert not is_right(stored, "five quiet herons waded")
    assert not is_right(None, "five quiet herons wade")
