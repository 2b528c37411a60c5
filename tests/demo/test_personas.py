"""The fixed inhabitants: each shows, on whatever day, the thing it is there for."""

from datetime import date, timedelta

import pytest

from hub.demo.credit import COURT
from hub.demo.generation import generate_city
from hub.demo.outages import OUTAGE
from hub.demo.personas import README_USCC, code_of, personas
from hub.demo.strangers import CITIZEN_NUMBER, STRANGERS
from schema.enums import (
    CampusPart,
    CaseStatus,
    CertificateStatus,
    CodeStatus,
    Fulfilment,
    LicenceKind,
    LicenceStatus,
    ListKind,
    RegistrationStatus,
)
from schema.uscc import ALPHABET, UsccFault, check_digit, find_fault, is_personal

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

AWKWARD = {
    1: ("owner_in_name",),
    2: ("filing_only",),
    3: ("private_school", "canteen_contractor"),
    4: ("expiring_tomorrow",),
    5: ("hearing_aid",),
    6: ("village_clinic",),
    7: ("village_collective",),
    8: ("wrong_check_digit",),
    9: ("old_registration",),
    10: ("endless_licence",),
    11: ("publication_ended",),
    12: ("penalty_withdrawn",),
    13: ("name_conflict",),
    14: ("only_at_source",),
    15: ("moved_out",),
    16: ("duplicated_feed",),
    17: ("natural_person",),
    18: ("citizen_number",),
    19: ("partial_commitment",),
    20: ("disputed",),
    21: ("stall_one", "stall_two"),
    22: ("chain_head", "chain_branch"),
    23: ("abnormal_removed",),
    24: ("court_debtor_hospital",),
    25: ("code_revoked",),
}
"""Keys of those who each once tripped a real system, numbered as they were collected."""


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


def test_all_awkward_ones_are_there():
    """All twenty-five have a key, in the register or among those who are in none."""
    assert list(AWKWARD) == list(range(1, 26))
    assert {key for keys in AWKWARD.values() for key in keys} <= set(personas()) | set(STRANGERS)


def test_every_persona_is_in_the_city(drawn):
    """Each has its row, under its name and codes."""
    _, city = drawn
    found = {(entity.name, entity.uscc, entity.reg_no15) for entity in city.entities}
    assert {(p.name, p.uscc, p.reg_no15) for p in personas().values()} <= found


def test_first_question_joins_all_departments(drawn):
    """The entity of the README is known to every department, in every record."""
    _, city = drawn
    for rows in (
        city.codes,
        city.clinics,
        city.cases,
        city.market_inspections,
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


def _licences(city, key):
    kept = (city.market_licences, city.approval_licences, city.health_licences, city.device_licences)
    return [row for rows in kept for row in _of(rows, key)]


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
    assert [row.certificate.kind for row in _licences(drawn[1], key)] == [kind]


def test_licence_expires_tomorrow(drawn):
    """A class III licence of the upper city's office is still valid today, and its renewal was accepted."""
    day, city = drawn
    (licence,) = _of(city.device_licences, "expiring_tomorrow")
    assert licence.term.end == day + timedelta(days=1)
    assert licence.status is LicenceStatus.VALID
    assert not _of(city.market_licences, "expiring_tomorrow")
    assert [case.status for case in _of(city.cases, "expiring_tomorrow")] == [CaseStatus.ACCEPTED]


def test_expired_licence_is_being_renewed(drawn):
    """It has run out, but the application to renew it was accepted."""
    day, city = drawn
    (licence,) = _of(city.market_licences, "renewal_pending")
    assert licence.term.end < day
    assert licence.status is LicenceStatus.EXPIRED
    assert licence.renewal
    (case,) = _of(city.cases, "renewal_pending")
    assert (case.renewal, case.status, case.decided) == (True, CaseStatus.ACCEPTED, None)


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


def _working_days(first, last):
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(day.weekday() < 5 for day in days)


def test_penalty_was_withdrawn(drawn):
    """It was annulled, is no longer shown three working days later, and the status does not count it."""
    day, city = drawn
    (penalty,) = _of(city.penalties, "penalty_withdrawn")
    assert penalty.withdrawn
    assert penalty.decided < penalty.annulled < penalty.withdrawn_on <= day
    assert _working_days(penalty.annulled, penalty.withdrawn_on) <= 3
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
    (entry,) = _of(city.court_listings, "court_debtor_hospital")
    assert (entry.listed, entry.authority) == (ListKind.COURT_DEBTOR, COURT)
    assert not _of(city.listings, "court_debtor_hospital")
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


def test_code_fails_its_check_digit():
    """The register gave it out with a wrong last character, and vouches for it."""
    code = code_of("wrong_check_digit")
    assert find_fault(code) == UsccFault("USCC_CHECK_DIGIT", code[:17] + check_digit(code[:17]))


def test_village_collective_is_registered_by_the_farming_authority(drawn):
    """Its code begins with a letter."""
    collective = _entity(drawn[1], "village_collective")
    assert (collective.uscc[:2], collective.registrar) == ("N2", "肇东市农业农村局")


def test_one_canteen_has_two_codes(drawn):
    """The school holds the licence, a company under contract runs the canteen: two rows, one facility."""
    day, city = drawn
    (school,), (contractor,) = _of(city.trades, "private_school"), _of(city.trades, "canteen_contractor")
    assert (school.part, contractor.part) == (CampusPart.SCHOOL, CampusPart.CONTRACTOR)
    assert (school.facility_no, school.licence_no) == (contractor.facility_no, contractor.licence_no)
    assert school.licence_no in [row.certificate.number for row in _of(city.market_licences, "private_school")]
    assert school.licence_no not in [row.certificate.number for row in _licences(city, "canteen_contractor")]
    assert school.contract is None
    assert contractor.contract.start < day < contractor.contract.end


def test_two_sources_disagree_on_the_name(drawn):
    """The credit office still has the name that the register has given up; the code bears the new one."""
    city = drawn[1]
    entity = _entity(city, "name_conflict")
    (status,), (code,) = _of(city.statuses, "name_conflict"), _of(city.codes, "name_conflict")
    assert status.subject_name != entity.name == code.issued_to
    assert status.subject_name in entity.former_names


def test_only_one_source_bears_witness(drawn):
    """The one licence of the entity, and all that departments but register and credit office know, lies there."""
    city = drawn[1]
    assert OUTAGE.persona == "only_at_source"
    assert len(_of(city.device_licences, OUTAGE.persona)) == len(_licences(city, OUTAGE.persona)) == 1
    others = (city.penalties, city.market_ratings, city.codes, city.clinics, city.cases, city.other_inspections)
    assert not [row for rows in others for row in _of(rows, OUTAGE.persona)]


def test_one_act_was_fed_three_times(drawn):
    """The same registration stands twice under its name and once under another; row numbers tell them apart."""
    rows = _of(drawn[1].market_licences, "duplicated_feed")
    assert len({row.number for row in rows}) == 3
    assert len({(row.certificate.decision_no, row.decided, row.certificate.number) for row in rows}) == 1
    assert sorted(row.certificate.name for row in rows) == ["公司备案", "营业执照", "营业执照"]


def test_licensee_is_a_natural_person(drawn):
    """The licence hangs on no code; the person is in no register."""
    city = drawn[1]
    (licence,) = [row for row in city.approval_licences if row.person == STRANGERS["natural_person"]]
    assert licence.uscc is None
    assert licence.person not in [entity.representative for entity in city.entities]


def test_code_is_a_citizen_number(drawn):
    """It has the last digit of a credit code, and nobody can bear it: no such division, no such day."""
    city = drawn[1]
    (licence,) = [row for row in city.approval_licences if row.person == STRANGERS["citizen_number"]]
    assert licence.uscc == CITIZEN_NUMBER
    assert is_personal(CITIZEN_NUMBER)
    assert set(CITIZEN_NUMBER) <= set(ALPHABET)
    assert check_digit(CITIZEN_NUMBER[:17]) == CITIZEN_NUMBER[17]
    assert CITIZEN_NUMBER[:6] not in {entity.division[:6] for entity in city.entities}
    assert CITIZEN_NUMBER[10:14] == "0230"
    assert CITIZEN_NUMBER not in [entity.uscc for entity in city.entities]


def test_code_was_revoked_after_printing(drawn):
    """The packages are printed, the code on them is no longer good."""
    day, city = drawn
    (code,) = _of(city.codes, "code_revoked")
    assert code.status is CodeStatus.REVOKED
    assert code.issued < code.printed < code.status_since < day
    assert [other.status for other in _of(city.codes, "code_suspended")] == [CodeStatus.SUSPENDED]


def test_shop_was_visited_as_often_as_it_may_be(drawn):
    """The department's visits of this year have reached the cap that is published for its industry."""
    day, city = drawn
    visits = [row for row in _of(city.market_inspections, "owner_in_name") if row.started.year == day.year]
    caps = {
        cap.cap
        for cap in city.caps
        if (cap.industry, cap.department, cap.field, cap.year)
        == (_entity(city, "owner_in_name").industry, visits[0].department, visits[0].field, day.year)
    }
    assert [row.count for row in sorted(visits, key=lambda row: row.started)] == [1, 2]
    assert caps == {visits[0].year_cap} == {2}


def test_officers_without_a_valid_certificate(drawn):
    """One certificate has run out and one is suspended; their holders inspect nobody."""
    day, city = drawn
    odd = {row.status: row for row in city.certificates if row.status is not CertificateStatus.VALID}
    assert set(odd) == {CertificateStatus.EXPIRED, CertificateStatus.SUSPENDED}
    assert odd[CertificateStatus.EXPIRED].end < day <= odd[CertificateStatus.SUSPENDED].end
    valid = {row.holder for row in city.certificates if row.status is CertificateStatus.VALID}
    visits = (*city.market_inspections, *city.other_inspections)
    assert {officer for row in visits for officer in row.officers} <= valid


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
