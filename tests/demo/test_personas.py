"""The fixed inhabitants: each shows, on whatever day, the thing it is there for."""

from datetime import date, timedelta

import pytest

from hub.demo.generation import generate_city
from hub.demo.personas import README_USCC, code_of, personas
from schema.enums import Fulfilment, LicenceKind, LicenceStatus, ListKind, RegistrationStatus

DAYS = (date(2026, 11, 23), date(2027, 2, 28))
CODES = {
    "elder_home": "91231282MA9X0A019P",
    "owner_in_name": "92231282MA9X0B02XT",
    "cooperative": "93231282MA9X0C0306",
    "town_hospital": "12231282MB9X0D045B",
    "government": "1123128200900E056R",
    "association": "51231282MJ9X0F066C",
    "private_school": "52231282MJ9X0G077L",
    "village_collective": "N2231282MF9X0H083Q",
    "other_body": "Y1231282MG9X0J090L",
}


@pytest.fixture(scope="module", params=DAYS, ids=str)
def drawn(request):
    """A day and the city on it."""
    return request.param, generate_city("zhaodong", request.param)


def _of(rows, key):
    return [row for row in rows if row.uscc == code_of(key)]


def _entity(city, key):
    return next(entity for entity in city.entities if entity.name == personas()[key].name)


def test_personas_bear_the_synthetic_codes():
    """The synthetic codes of the domain are given to personas, whatever the seed."""
    assert {key: code_of(key) for key in CODES} == CODES
    assert CODES["elder_home"] == README_USCC


def test_every_persona_is_in_the_city(drawn):
    """Each has its row, under its name and codes."""
    _, city = drawn
    found = {(entity.name, entity.uscc, entity.reg_no15) for entity in city.entities}
    assert {(p.name, p.uscc, p.reg_no15) for p in personas().values()} <= found


def test_first_question_joins_all_departments(drawn):
    """The entity of the README is known to every department, in every record."""
    _, city = drawn
    for rows in (
        city.market_licences,
        city.health_licences,
        city.penalties,
        city.market_ratings,
        city.credit_ratings,
        city.listings,
        city.honours,
        city.commitments,
        city.incentives,
        city.statuses,
    ):
        assert _of(rows, "elder_home")


def test_owner_stands_in_the_name(drawn):
    """The shop bears its owner's name."""
    owner = _entity(drawn[1], "owner_in_name")
    assert owner.representative.name in owner.name


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("filing_only", LicenceKind.FILING),
        ("hearing_aid", LicenceKind.FILING),
        ("nothing_required", LicenceKind.NOT_REQUIRED),
    ],
)
def test_what_needs_no_licence_has_none(drawn, key, kind):
    """A filing, or nothing at all, stands where a licence is not required."""
    assert [row.certificate.kind for row in _of(drawn[1].market_licences, key)] == [kind]


def test_licence_expires_tomorrow(drawn):
    """It is still valid today."""
    day, city = drawn
    (licence,) = _of(city.market_licences, "expiring_tomorrow")
    assert licence.term.end == day + timedelta(days=1)
    assert licence.status is LicenceStatus.VALID


def test_expired_licence_is_being_renewed(drawn):
    """It has run out, but the application to renew it was accepted."""
    day, city = drawn
    (licence,) = _of(city.market_licences, "renewal_pending")
    assert licence.term.end < day
    assert licence.status is LicenceStatus.EXPIRED
    assert licence.renewal


def test_licence_without_end_is_written_2099(drawn):
    """The source writes a day that means none."""
    (licence,) = _of(drawn[1].market_licences, "endless_licence")
    assert licence.term.end == date(2099, 12, 31)
    assert licence.term.endless


def test_publication_ended_yesterday(drawn):
    """The penalty is no longer shown, and the status does not count it."""
    day, city = drawn
    (penalty,) = _of(city.penalties, "publication_ended")
    assert penalty.public_until == day - timedelta(days=1)
    assert _of(city.statuses, "publication_ended")[0].penalties == 0


def test_penalty_was_withdrawn(drawn):
    """It is withdrawn within its period, and the status does not count it."""
    day, city = drawn
    (penalty,) = _of(city.penalties, "penalty_withdrawn")
    assert penalty.withdrawn
    assert penalty.public_until > day
    assert _of(city.statuses, "penalty_withdrawn")[0].penalties == 0


def test_entity_moved_out_of_the_county(drawn):
    """It is registered under another division now."""
    moved = _entity(drawn[1], "moved_out")
    assert moved.status is RegistrationStatus.MOVED_OUT
    assert not moved.division.startswith("231282")


def test_commitment_was_fulfilled_in_part(drawn):
    """Neither kept nor broken."""
    assert [row.fulfilment for row in _of(drawn[1].commitments, "partial_commitment")] == [Fulfilment.PARTIAL]


def test_entity_was_removed_from_the_list(drawn):
    """It stood on the abnormal list and does no longer."""
    (entry,) = _of(drawn[1].listings, "abnormal_removed")
    assert entry.listed is ListKind.ABNORMAL_OPERATION
    assert entry.removed_on is not None


def test_hospital_is_a_court_debtor(drawn):
    """It is listed and licensed all the same."""
    city = drawn[1]
    (entry,) = _of(city.listings, "court_debtor_hospital")
    assert entry.listed is ListKind.COURT_DEBTOR
    assert entry.removed_on is None
    assert [row.status for row in _of(city.health_licences, "court_debtor_hospital")] == [LicenceStatus.VALID]


def test_one_stall_has_three_licences_of_two_entities(drawn):
    """Same premises, two holders."""
    licences = _of(drawn[1].market_licences, "stall_one") + _of(drawn[1].market_licences, "stall_two")
    assert len(licences) == 3
    assert len({row.premises for row in licences}) == 1
    assert len({row.uscc for row in licences}) == 2


def test_branch_has_a_code_and_a_licence_of_its_own(drawn):
    """A chain's branch bears the company's name and its own code."""
    city = drawn[1]
    assert _entity(city, "chain_branch").name.startswith(_entity(city, "chain_head").name)
    assert _of(city.market_licences, "chain_head")[0].certificate.number == "JY12312820004564"
    assert _of(city.market_licences, "chain_branch")


def test_old_registration_has_no_credit_code(drawn):
    """It never changed its number of fifteen digits."""
    old = _entity(drawn[1], "old_registration")
    assert (old.uscc, old.reg_no15) == (None, "232303100000127")


def test_record_is_disputed(drawn):
    """The register and the penalty are under objection."""
    city = drawn[1]
    assert _entity(city, "disputed").stamp.disputed
    assert _of(city.penalties, "disputed")[0].stamp.disputed


def test_capital_cannot_be_read(drawn):
    """The register holds a form without an amount's sense."""
    assert _entity(drawn[1], "unreadable_capital").capital == "50()"


def test_village_clinic_is_licensed_by_the_health_department(drawn):
    """Not by market supervision."""
    city = drawn[1]
    assert _of(city.health_licences, "village_clinic")
    assert not _of(city.market_licences, "village_clinic")
