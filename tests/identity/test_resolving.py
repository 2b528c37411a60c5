"""A candidate against the register: exact numbers decide, unless the name speaks against them; names only where certain."""

import asyncio

import pytest

from hub.identity.outcome import Candidate, Link, Outcome
from hub.identity.resolving import resolve
from tests.identity.city import Register, open_place, quiet
from tests.identity.test_identifiers import citizen

CASES = [
    (Candidate(uscc="91231282MA9X0A019P"), Outcome.MATCH, "0", "SAME_USCC"),
    (Candidate(uscc="9123 1282 ma9x0a019p", name="金穗食品"), Outcome.MATCH, "0", "SAME_USCC"),
    (Candidate(org_code="MA9X0A019", name="肇东市金穗食品有限公司"), Outcome.MATCH, "0", "SAME_ORG_CODE"),
    (Candidate(reg_no15="231282600012345"), Outcome.MATCH, "2", "SAME_REG_NO"),
    (Candidate(uscc="91231282MA9X0A019P", name="北京远航科技有限公司"), Outcome.CONFLICT, "0", "CODE_OF_SOMEBODY_ELSE"),
    (Candidate(uscc="91231282MA9X0A019P", reg_no15="231282600012345"), Outcome.CONFLICT, "0", "CODES_CONTRADICT"),
    (Candidate(uscc="91350203M0001FUE2P"), Outcome.MATCH, "4", "CODE_CHECK_DIGIT"),
    (Candidate(uscc="91231282MA9X0A019X", name="肇东市金穗食品有限公司"), Outcome.MATCH, "0", "CODE_CHECK_DIGIT"),
    (Candidate(uscc="93231282MA9X0C0306", name="肇东市金穗食品有限公司"), Outcome.CONFLICT, "0", "CODE_DIFFERS"),
    (Candidate(name="肇东市金穗食品有限公司"), Outcome.MATCH, "0", "SAME_NAME"),
    (Candidate(name="黑龙江省肇东市金穗食品有限公司"), Outcome.MATCH, "0", "ONLY_ONE"),
    (Candidate(name="肇东市金穗粮油有限公司"), Outcome.POSSIBLE, "0", "FORMER_NAME"),
    (Candidate(name="金穗食品"), Outcome.POSSIBLE, "0", "SHORT_NAME"),
    (Candidate(name="鸿运超市", address="肇东市正阳街12号"), Outcome.MATCH, "2", "SAME_ADDRESS"),
    (Candidate(name="鸿运超市"), Outcome.POSSIBLE, "2", "SEVERAL_ALIKE"),
    (Candidate(name="肇东市金惠食品有限公司"), Outcome.POSSIBLE, "0", "ONE_CHARACTER_DIFFERS"),
    (Candidate(name="哈尔滨远航物流有限公司"), Outcome.NEW, None, "NOBODY_ALIKE"),
    (Candidate(name="", uscc="???"), Outcome.NEW, None, "CODE_FORMAT"),
]


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """A filled index."""
    place = open_place(tmp_path_factory.mktemp("city"))
    asyncio.run(place.filling(Register()).fill(1_790_000_000, quiet))
    yield place
    place.database.close()


@pytest.mark.parametrize(("candidate", "outcome", "local", "code"), CASES)
def test_what_becomes_of_a_candidate(city, candidate, outcome, local, code):
    """Outcome, entity, and the reason that decides."""
    found = city.ask(lambda index: resolve(candidate, index))
    assert (found.outcome, found.entity.local if found.entity else None) == (outcome, local)
    assert code in [one.code for one in found.reasons]
    assert 0 <= found.probability < 1


def test_a_mistyped_code_says_what_was_meant(city):
    """The register does not have the one that was typed."""
    found = city.ask(lambda index: resolve(Candidate(uscc="91231282MA9X0A019X", name="金穗食品"), index))
    said = next(one for one in found.reasons if one.code == "CODE_CHECK_DIGIT")
    assert "91231282MA9X0A019P" in said.zh
    assert "91231282MA9X0A019P" in said.en


def test_a_citizen_number_is_neither_used_nor_kept(city):
    """Whatever it is given as."""
    number = citizen("11010519491231002")
    for candidate in (Candidate(uscc=number, name="鸿运超市"), Candidate(reg_no15=number, name="鸿运超市")):
        found = city.ask(lambda index, one=candidate: resolve(one, index))
        assert "CODE_IS_PERSONAL" in [one.code for one in found.reasons]
        assert number not in repr(found)


def test_a_branch_is_linked_to_its_head_office(city):
    """The register has both; the branch that is meant comes first, its head office stands beside."""
    found = city.ask(lambda index: resolve(Candidate(name="肇东市金穗食品有限公司安达分公司"), index))
    assert (found.outcome, found.entity.local) == (Outcome.MATCH, "5")
    assert [(one.entity.local, one.comparison.link) for one in found.others] == [("0", Link.BRANCH_OF)]
    other = city.ask(lambda index: resolve(Candidate(name="肇东市金穗食品有限公司第三分公司"), index))
    assert other.outcome is Outcome.POSSIBLE
    assert other.link is not None
