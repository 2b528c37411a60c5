"""Numbers of businesses and licences: good ones pass, a typing error is corrected, a citizen's number is never kept."""

import json
from pathlib import Path

import pytest

from hub.identity.identifiers import SAID, Identifier, Kind, is_division, masked, read_identifier, recognise
from schema.uscc import ID_WEIGHTS

VECTORS = Path(__file__).parents[1] / "vectors"
CASES = json.loads((VECTORS / "identifiers/cases.json").read_text(encoding="utf-8"))
CODES = json.loads((VECTORS / "uscc.json").read_text(encoding="utf-8"))


def citizen(first17: str) -> str:
    """An invented citizen number with its check digit."""
    return first17 + "10X98765432"[sum(int(c) * w for c, w in zip(first17, ID_WEIGHTS, strict=True)) % 11]


@pytest.mark.parametrize(("kind", "text"), [*CASES["good"], *(("USCC", code) for code in CODES["synthetic"])])
def test_good_number_is_usable_and_nothing_is_odd(kind, text):
    """However it is spaced, in whatever width and case; and it is recognised by its form alone."""
    found = read_identifier(Kind(kind), text)
    assert (found.usable, found.warnings, found.sentences()) == (True, (), ())
    seen = recognise(text)
    assert seen is not None
    assert (seen.kind, seen.code) == (found.kind, found.code)


@pytest.mark.parametrize(("kind", "text", "meant"), CASES["mistyped"])
def test_mistyped_number_is_corrected_and_a_vouched_one_taken(kind, text, meant):
    """A wrong digit is a fault of what was typed, and a warning where the register holds it so."""
    typed = read_identifier(Kind(kind), text)
    assert (typed.fault, typed.suggestion, typed.usable) == ("CHECK_DIGIT", meant, False)
    assert any(meant in zh and meant in en for zh, en in typed.sentences())
    vouched = read_identifier(Kind(kind), text, vouched=True)
    assert (vouched.usable, vouched.warnings, vouched.suggestion) == (True, ("CHECK_DIGIT",), None)
    assert read_identifier(Kind(kind), meant).usable


@pytest.mark.parametrize(("kind", "text", "fault"), [*CASES["refused"], ("USCC", "9" * 65, "TOO_LONG")])
def test_what_is_no_number_says_why(kind, text, fault):
    """Nothing of it is kept, even if a register vouches for it."""
    for vouched in (False, True):
        found = read_identifier(Kind(kind), text, vouched=vouched)
        assert (found.fault, found.code, found.usable) == (fault, "", False)
        assert found.sentences() == (SAID[fault],)


@pytest.mark.parametrize(("kind", "text", "warnings"), CASES["odd"])
def test_what_is_odd_is_usable(kind, text, warnings):
    """Divisions, registrars and organisation digits warn and refuse nothing."""
    found = read_identifier(Kind(kind), text)
    assert (found.usable, list(found.warnings)) == (True, warnings)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("first", ["23128219900101123", "11010519491231002", "44030020010101567"])
def test_a_citizen_number_is_personal_whatever_it_is_given_as(kind, first):
    """It is kept nowhere: neither in the value, nor in what is shown of it."""
    number = citizen(first)
    found = read_identifier(kind, f" {number[:6]} {number[6:]}")
    assert (found.fault, found.code, found.suggestion) == ("CITIZEN_ID", "", None)
    assert number not in repr(found)
    assert masked(number) == "*" * 18


def test_no_code_stands_in_the_text_of_a_value():
    """A code may be a person's where the register says so: it is not shown by accident."""
    assert "JY12312820004564" not in repr(
        Identifier(Kind.FOOD_TRADE, "JY12312820004564", suggestion="JY12312820004564")
    )


def test_every_single_error_in_a_licence_number_is_found():
    """ISO 7064 MOD 11,10 finds all errors of one digit."""
    good = "12312820004564"
    wrong = {good[:n] + d + good[n + 1 :] for n in range(14) for d in "0123456789"} - {good}
    assert not [one for one in wrong if read_identifier(Kind.FOOD_TRADE, f"JY{one}").usable]


def test_divisions_of_the_past_are_divisions():
    """肇东 had two numbers before the present one; the country is one too, a development zone is not."""
    assert all(map(is_division, ("231282", "232303", "100000")))
    assert not any(map(is_division, ("110302", "230199", "999999")))
