"""The credit code: real codes pass, every single mistake is found, a citizen number is never taken for one."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.scalars import ScalarFault, read_date, read_uscc
from schema.uscc import (
    ALPHABET,
    MAX_TYPED,
    UsccFault,
    are_right,
    check_digit,
    find_fault,
    is_citizen_id,
    is_personal,
    normalise_uscc,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/uscc.json").read_text(encoding="utf-8"))
GOOD = VECTORS["valid"] + VECTORS["synthetic"]
SAMPLE = "91350100M000100Y43"


@pytest.mark.parametrize("code", GOOD)
def test_good_code_has_no_fault(code):
    """Public codes of real organisations and invented ones of every registering body pass."""
    assert find_fault(code) is None
    assert check_digit(code[:17]) == code[17]
    assert read_uscc(code) == code


@pytest.mark.parametrize(("code", "right"), VECTORS["issued_with_a_wrong_digit"].items())
def test_code_issued_with_a_wrong_digit_is_let_through(code, right):
    """The fault names the right digit, and typing such a code is no error: the registry may vouch for it."""
    assert find_fault(code) == UsccFault("USCC_CHECK_DIGIT", code[:17] + right)
    assert read_uscc(code) == code


def test_every_single_error_is_found():
    """All 510 replacements of one character of the sample in the standard are faults."""
    wrong = {SAMPLE[:n] + c + SAMPLE[n + 1 :] for n in range(17) for c in ALPHABET if c != SAMPLE[n]}
    assert len(wrong) == 510
    assert not [code for code in wrong if find_fault(code) is None]


def test_every_swap_is_found():
    """All 15 swaps of two neighbours that differ are faults, in every code that has so many."""
    swaps = {code: {code[:n] + code[n + 1] + code[n] + code[n + 2 :] for n in range(17)} - {code} for code in GOOD}
    assert [code for code, swapped in swaps.items() if len(swapped) == 15]
    assert not [code for swapped in swaps.values() for code in swapped if find_fault(code) is None]


def test_many_are_found_right_at_once():
    """All good codes pass together, whatever their order; one that would not pass alone spoils any company, at any place."""
    plain = [code for code in GOOD if not code[:17].isdecimal()]
    assert are_right(plain)
    assert are_right(plain[::-1] * 9)
    assert are_right(plain[:1])
    bad = [
        *VECTORS["issued_with_a_wrong_digit"],
        *VECTORS["citizen_numbers"],
        SAMPLE[:17],
        SAMPLE.lower(),
        "",
        "字" * 18,
    ]
    for place, wrong in enumerate(bad):
        assert not are_right([*plain[:place], wrong, *plain[place:]]), wrong
    assert not are_right([SAMPLE[:9], SAMPLE + SAMPLE[9:]])


@given(st.lists(st.text(ALPHABET, min_size=18, max_size=18), min_size=1, max_size=60))
def test_what_is_found_right_at_once_is_right_alone(codes):
    """Codes that pass together pass alone, and codes of which each passes alone pass together, but for all-digit ones."""
    right = [code[:17] + check_digit(code[:17]) for code in codes]
    assert are_right(right) == (not any(code[:17].isdecimal() for code in right))
    assert are_right(codes) <= all(find_fault(code) is None for code in codes)


@given(st.text(ALPHABET, min_size=17, max_size=17))
def test_check_digit_is_unique(first17):
    """Exactly one last character fits, and it is in the alphabet: a sum of 31 wraps to 0."""
    assert [c for c in ALPHABET if find_fault(first17 + c) is None] == [check_digit(first17)]


@pytest.mark.parametrize("code", VECTORS["citizen_numbers"])
def test_citizen_number_is_recognised_and_not_corrected(code):
    """A citizen number is told from a mistyped code, and no right digit is offered for it."""
    assert find_fault(code) == UsccFault("LOOKS_LIKE_CITIZEN_ID")
    with pytest.raises(ScalarFault) as found:
        read_uscc(code)
    assert code not in str(found.value)


@pytest.mark.parametrize("code", VECTORS["citizen_numbers_that_pass_as_codes"])
def test_citizen_number_with_the_digit_of_a_code_is_recognised(code):
    """Three in a hundred citizen numbers have the right digit of a code too; registrar and organisation tell."""
    assert check_digit(code[:17]) == code[17]
    assert is_personal(code)
    assert find_fault(code) == UsccFault("LOOKS_LIKE_CITIZEN_ID")


@pytest.mark.parametrize("code", VECTORS["citizen_numbers_that_are_codes"])
def test_citizen_number_may_be_a_code(code):
    """One in eight hundred passes every check of a code: only the register can tell, so it may be asked."""
    assert is_citizen_id(code)
    assert not is_personal(code)
    assert find_fault(code) is None


@pytest.mark.parametrize(
    "code",
    [
        "99999919000101001",
        "999999190001010014",
        "999999190013010013",
        "999999190001320018",
        "099999190001010015",
        "９" * 18,
    ],
)
def test_what_is_no_citizen_number(code):
    """Too short, a wrong last digit, a thirteenth month, a 32nd day, a leading zero, digits of another script."""
    assert not is_citizen_id(code)


@pytest.mark.parametrize(
    "typed",
    [
        "91350100m000100y43",
        " 9135 0100 M000 100Y 43\t",
        "91350100-M000100Y4-3",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "91350100\u2010M000100Y4\u20133",
        "\ufeff91350100M000\u200b100Y43\u3000",
    ],
)
def test_typed_code_is_normalised(typed):
    """Case, spaces, hyphens, full-width and invisible characters are put right."""
    assert normalise_uscc(typed) == SAMPLE
    assert read_uscc(typed) == SAMPLE


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "91350100M000100Y4",
        SAMPLE + "0",
        "91350100I000100Y43",
        "O" * 18,
        "x" * (MAX_TYPED + 1),
        913,
        None,
        ["9"],
        True,
    ],
)
def test_what_is_no_code(typed):
    """Anything else is refused by format, without being repeated."""
    with pytest.raises(ScalarFault) as found:
        read_uscc(typed)
    assert (found.value.message, found.value.extensions) == ("USCC_FORMAT", {"code": "USCC_FORMAT"})


@pytest.mark.parametrize(
    "typed", ["2026-02-29", "2026-2-1", "20260201", "2026-02-01T00:00", " 2026-02-01", "２０２６-02-01", 1, None]
)
def test_what_is_no_date(typed):
    """A date is an ISO calendar date that exists."""
    with pytest.raises(ScalarFault):
        read_date(typed)


def test_date_is_kept():
    """A leap day of a leap year is a date."""
    assert read_date("2028-02-29") == "2028-02-29"
