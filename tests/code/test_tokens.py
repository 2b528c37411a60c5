"""What a code says: nobody guesses it, every slip is noticed, and what it leads to is read one way only."""

from datetime import date
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.code.address import ALPHANUMERIC, CodeAddress, Scanned, read_batch
from hub.code.keys import open_code_keys
from hub.code.parsers import CodeParser, build_parsers, read_foreign
from hub.code.signed import LENGTH as PROOF
from hub.code.signed import Proof, is_true, read_proof, sign_code
from hub.code.tokens import ALPHABET, LENGTH, check_character, grouped, make_token, read_token
from hub.settings_code import Group, ParserTable
from tests.acts.hall import GRAIN

ADDRESS = CodeAddress("https://cxm.example.gov.cn")
DAY = date(2026, 11, 23)
tokens = st.integers(0, 2**64).map(lambda seed: make_token(Random(seed).choice))


def reference(body: str) -> str:
    """The check character as ISO/IEC 7064 writes the hybrid system down, tried out: the one that gives 1."""
    size = len(ALPHABET)

    def total(text: str) -> int:
        product = size
        for place, symbol in enumerate(text):
            found = product + ALPHABET.index(symbol)
            if place == len(text) - 1:
                return found % size
            product = (found % size or size) * 2 % (size + 1)
        raise AssertionError

    (right,) = [symbol for symbol in ALPHABET if total(body + symbol) == 1]
    return right


@given(tokens)
def test_the_check_character_is_that_of_the_standard(token):
    """Worked out in another way."""
    assert check_character(token[:-1]) == reference(token[:-1]) == token[-1]


@given(tokens, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_every_wrong_symbol_is_noticed(token, place, other):
    """Whatever stands there instead."""
    wrong = token[:place] + other + token[place + 1 :]
    assert (read_token(wrong) is None) == (wrong != token)


def test_nearly_every_swap_is_noticed():
    """Of two that stand side by side: more than ninety-nine in a hundred."""
    missed = total = 0
    for seed in range(300):
        token = make_token(Random(seed).choice)
        for place, (left, right) in enumerate(pairwise(token)):
            if left != right:
                total += 1
                missed += read_token(token[:place] + right + left + token[place + 2 :]) is not None
    assert missed / total < 0.01


def test_it_is_unguessable_and_readable_over_the_telephone():
    """More than 80 bits of chance; no symbol that looks like another one; all of them alphanumeric for a QR symbol."""
    assert len(ALPHABET) ** (LENGTH - 1) > 2**80
    assert not set("01ILOSZB") & set(ALPHABET)
    assert set(ALPHABET) <= ALPHANUMERIC
    made = {make_token() for _ in range(1000)}
    assert len(made) == 1000
    assert all(read_token(token) == token for token in made)


@pytest.mark.parametrize(
    "written",
    [
        str.lower,
        grouped,
        "-".join,
        lambda t: f"  {t}\n",
        lambda t: t.replace("2", "Z").replace("5", "s").replace("8", "b"),
    ],
)
def test_it_may_be_written_as_people_write_it(written):
    """In small letters, in groups, with what looks alike."""
    token = make_token(Random(7).choice)
    assert read_token(written(token)) == token


@pytest.mark.parametrize("text", ["", "A", "A" * 18, "A" * 10_000, "０" * 18, "91231282MA9X0A019P", "\ud800" * 18])
def test_what_is_no_token(text):
    """Whatever it is: it is not looked for."""
    assert read_token(text) is None


@given(tokens)
def test_addresses_are_read_back(token):
    """The plain form, that of packaging, capitals and small letters; nobody else's."""
    assert ADDRESS.read(ADDRESS.plain(token)) == Scanned(token)
    assert ADDRESS.read(ADDRESS.page(token)) == Scanned(token)
    assert ADDRESS.read(token.lower()) == Scanned(token)
    assert ADDRESS.read(ADDRESS.packaged(token, "LOT-7")) == Scanned(token, batch="LOT-7")
    assert ALPHANUMERIC.issuperset(ADDRESS.packaged(token, "LOT-7"))
    for forged in (
        "https://cxm.example.gov.cn.evil.example",
        "http://cxm.example.gov.cn",
        "https://cxm.example.gov.cn@evil.example",
    ):
        assert CodeAddress(forged).origin != ADDRESS.origin
        assert ADDRESS.read(f"{forged}/c/{token}") is None
    assert ADDRESS.read(f"{ADDRESS.page(token)}?next=https://evil.example") is None
    assert ADDRESS.read(f"{ADDRESS.page(token)}/../x") is None


@pytest.mark.parametrize(
    ("text", "read"), [("lot-1", "LOT-1"), ("", None), ("-A", None), ("A" * 21, None), ("批次", None), ("A/B", None)]
)
def test_batches(text, read):
    """Letters, digits and hyphens."""
    assert read_batch(text) == read


def test_a_plate_can_be_checked_without_the_hub(tmp_path):
    """A signature over token, entity and day; any other token, entity, day or key is none, nor is another spelling."""
    keys, token = open_code_keys(tmp_path), make_token()
    proof = sign_code(keys, token, GRAIN, DAY)
    text = ADDRESS.signed(token, proof)
    assert ALPHANUMERIC.issuperset(text)
    assert len(proof.text) == PROOF
    read = ADDRESS.read(text.lower())
    assert read is not None
    assert read.proof == proof
    assert is_true(keys, token, read.proof)
    assert not is_true(keys, make_token(), proof)
    assert not is_true(keys, token, Proof("92231282MA9X0B02XT", DAY, proof.kid, proof.signature))
    assert not is_true(keys, token, Proof(GRAIN, date(2026, 11, 24), proof.kid, proof.signature))
    assert not is_true(keys, token, Proof(GRAIN, DAY, "00000000", proof.signature))
    assert read_proof(proof.text[:-1] + ("A" if proof.text[-1] != "A" else "B")) != proof
    for broken in ("", "A" * PROOF, proof.text[:-1], "99999999" + proof.text[8:], proof.text + "A"):
        assert read_proof(broken) is None


def test_keys_stay_and_are_rotated(tmp_path):
    """Another start has the same key; a new one signs, and what the old one signed is still true; nobody else may read them."""
    keys, token = open_code_keys(tmp_path), make_token()
    old = sign_code(keys, token, GRAIN, DAY)
    assert open_code_keys(tmp_path).kid == keys.kid
    assert (tmp_path / "code.pem").stat().st_mode & 0o077 == 0
    other = tmp_path / "other"
    other.mkdir()
    open_code_keys(other)
    (other / "code.pem").rename(tmp_path / "code2.pem")
    both = open_code_keys(tmp_path)
    assert both.kid != keys.kid
    assert is_true(both, token, old)
    assert set(both.published()) == {keys.kid, both.kid}
    (tmp_path / "code3.pem").write_text("no key")
    with pytest.raises(OSError, match="Ed25519"):
        open_code_keys(tmp_path)


def parsers(*patterns: str) -> tuple[CodeParser, ...]:
    """Parsers of these patterns."""
    return build_parsers([ParserTable(name=f"p{n}", label="样例", pattern=one) for n, one in enumerate(patterns)])


def test_codes_of_others_are_read_by_their_patterns():
    """The first that knows the whole text counts; what none knows is none."""
    made = parsers(r"https://p\.example/c/(?P<token>HL23[0-9A-Z]{16})", r"(?i:qyz):(?P<uscc>[0-9A-Z]{18})")
    found = read_foreign(made, " https://p.example/c/HL23ABCDEFGHJKLMNPQR ")
    assert found is not None
    assert (found.parser, found.group, found.value) == ("p0", Group.TOKEN, "HL23ABCDEFGHJKLMNPQR")
    second = read_foreign(made, f"QYZ:{GRAIN}")
    assert second is not None
    assert (second.group, second.value) == (Group.USCC, GRAIN)
    for other in ("", f"x QYZ:{GRAIN}", "A" * 513, "QYZ:\n" + GRAIN):
        assert read_foreign(made, other) is None


def test_no_pattern_holds_the_hub_up():
    """One that takes a backtracking engine for ever is matched in the time of its text."""
    (evil,) = parsers(r"(a+)+b(?P<token>x)".replace("(a+)+", "(?:a+)+"))
    assert read_foreign([evil], "a" * 511) is None


@pytest.mark.parametrize(
    "pattern",
    ["(", "x" * 301, "(?P<other>a)", "a", r"(?P<token>a)\1", "(?P<token>a)(?P<uscc>b)", "(?P<token>a{1000}){1000}"],
)
def test_patterns_that_are_refused(pattern):
    """No expression, too long or too large, or without exactly one of the groups that mean something."""
    with pytest.raises(ValueError, match="pattern"):
        ParserTable(name="p", label="样例", pattern=pattern)
