"""Which passwords somebody may choose: length decides, and that it isn't one of those that are guessed first."""

import pytest

from auth.server.passwords import fault_of, fresh_password


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
