"""The city: how much there is, that every code is valid, and that the same seed and day give the same bytes."""

import csv
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import orjson
import pytest

from hub.demo.city import build_city
from hub.demo.codes import COUNTY, mod_11_10, organisation_code
from hub.demo.generation import ENTITIES, generate_city
from hub.demo.personas import README_USCC, ROOM, code_of
from hub.demo.tables import read_table
from schema.enums import EntityKind
from schema.uscc import UsccFault, check_digit, find_fault
from tests.demo.conftest import SEED, TODAY, dump, kept_records, rows_of, sheet_rows

CITY = generate_city(SEED, TODAY)
WRONG = code_of("wrong_check_digit")
FIRST_TWO = {
    "ENTERPRISE": {"91"},
    "INDIVIDUAL": {"92"},
    "COOPERATIVE": {"93"},
    "INSTITUTION": {"12"},
    "SOCIAL_ORGANISATION": {"51", "52"},
    "GOVERNMENT": {"11"},
    "COLLECTIVE": {"N2"},
    "OTHER": {"Y1"},
}


def test_number_of_entities():
    """Two thousand entities, of every kind, and the departments know something of many of them."""
    assert len(CITY.entities) == ENTITIES == 2000
    assert {entity.kind for entity in CITY.entities} == set(EntityKind)
    assert min(map(len, (CITY.market_licences, CITY.commitments, CITY.credit_ratings, CITY.market_ratings))) > 500
    assert min(map(len, (CITY.health_licences, CITY.penalties, CITY.listings, CITY.honours, CITY.incentives))) > 40


def test_row_numbers_are_unique():
    """A row is found again by its number within its table."""
    for table in (CITY.entities, CITY.market_licences, CITY.penalties, CITY.commitments, CITY.statuses):
        assert len({row.number for row in table}) == len(table)


def test_credit_codes_are_valid():
    """Check digit, organisation digit, type and county hold; one persona has the wrong last character on purpose."""
    for entity in CITY.entities:
        if entity.uscc is None:
            continue
        fault = find_fault(entity.uscc)
        assert (fault is not None) is (entity.uscc == WRONG)
        assert entity.uscc[8:17] == entity.org_code == organisation_code(entity.uscc[8:16])
        assert entity.uscc[:2] in FIRST_TWO[entity.kind.name]
        assert entity.uscc[2:8] == COUNTY


def test_wrong_check_digit_has_a_suggestion():
    """The code that fails differs from the right one in its last character only."""
    right = WRONG[:17] + check_digit(WRONG[:17])
    assert right != WRONG
    assert find_fault(WRONG) == UsccFault("USCC_CHECK_DIGIT", right)


def test_codes_and_names_are_given_once():
    """No two entities share a code, a registration number or a name."""
    for values in (
        [entity.uscc for entity in CITY.entities if entity.uscc],
        [entity.reg_no15 for entity in CITY.entities if entity.reg_no15],
        [entity.name for entity in CITY.entities],
    ):
        assert len(values) == len(set(values))


def test_registration_numbers_are_valid():
    """Fifteen digits with their check digit, under the division code of their time."""
    numbers = [entity.reg_no15 for entity in CITY.entities if entity.reg_no15]
    assert all(number == mod_11_10(number[:14]) for number in numbers)
    assert {number[:6] for number in numbers} == {"231282", "232303", "232322"}


def test_standard_codes_exist():
    """Every industry is a class of GB/T 4754 and every division one of GB/T 2260; no code has two names."""
    for table in ("industries.csv", "divisions.csv"):
        codes = [row["code"] for row in read_table(table)]
        assert len(codes) == len(set(codes))
    industries = {row["code"] for row in read_table("industries.csv") if row["level"] == "3"}
    divisions = {row["code"] for row in read_table("divisions.csv")}
    assert {entity.industry for entity in CITY.entities} <= industries
    assert {entity.division for entity in CITY.entities} <= divisions


def test_legal_forms_are_as_frequent_as_in_real_registers():
    """Endings of the generated names in the shares of real registers, within one and a half points."""
    drawn = [entity for entity in CITY.entities if entity.number > ROOM and entity.uscc is not None]
    names = [entity.name for entity in drawn if (entity.uscc or "")[:2] in ("91", "92", "93")]
    shares = {"有限公司": 63, "有限责任公司": 7.5, "专业合作社": 5.8, "分公司": 4.8, "支行": 2}
    found = Counter(next((end for end in shares if name.endswith(end)), "") for name in names)
    assert all(abs(100 * found[end] / len(names) - share) < 1.5 for end, share in shares.items())


def test_texts_have_the_quirks_of_real_registers():
    """Brackets of both widths in names, full-width digits in addresses, at about the frequency they are met with."""
    names = [entity.name for entity in CITY.entities]
    wide = [entity for entity in CITY.entities if re.search(r"[\uff10-\uff19]", entity.address.text)]
    assert 10 <= sum("(" in name for name in names) <= 60
    assert 1 <= sum("（" in name for name in names) <= 25
    assert 15 <= len(wide) <= 55


@pytest.mark.parametrize("seed", [SEED, "another", "third"])
def test_no_name_is_that_of_a_real_company(seed):
    """Neither names nor former names equal a real company's, and every one names the county."""
    with (Path(__file__).parent / "company-names.csv").open(encoding="utf-8", newline="") as file:
        real = {name for row in csv.reader(file) for name in row}
    city = generate_city(seed, TODAY)
    names = {name for entity in city.entities for name in (entity.name, *entity.former_names)}
    assert not names & real
    assert all("肇东" in name for name in names)


def test_nothing_happens_after_today():
    """Decisions, listings and changes lie in the past, whatever the day."""
    assert max(row.decided for row in (*CITY.market_licences, *CITY.health_licences)) <= TODAY
    assert max(row.decided for row in CITY.penalties) <= TODAY
    assert max(row.established for row in CITY.entities) < TODAY
    assert max(row.stamp.updated.date() for row in CITY.entities) < TODAY
    assert all(e.removed_on is None or e.listed_on <= e.removed_on <= TODAY for e in CITY.listings)


def test_status_sums_up_the_other_records():
    """The credit status counts what the other records say on that day."""
    shown = Counter(row.uscc for row in CITY.penalties if row.public_until >= TODAY and not row.withdrawn)
    assert all(status.penalties == shown[status.uscc] for status in CITY.statuses)
    grades = {rating.label for rating in (*CITY.credit_ratings, *CITY.market_ratings)}
    assert not any(label in status.headline for status in CITY.statuses for label in grades)


async def test_same_seed_and_day_give_the_same_bytes(city, tmp_path):
    """Two builds cannot be told apart; another seed or day can."""
    again = await build_city(tmp_path / "a", twin=False, today=TODAY, seed=SEED)
    other = await build_city(tmp_path / "b", twin=False, today=TODAY, seed="other")
    for name in ("market.db", "food.db", "justice.db", "incentives.db"):
        assert dump(city.folder / name) == dump(again.folder / name) != dump(other.folder / name)
    for path in (*city.folder.glob("services/*"), *city.folder.glob("exchange/*/*.csv"), *city.folder.glob("tables/*")):
        assert path.read_bytes() == (again.folder / path.relative_to(city.folder)).read_bytes()
    for path in (*city.folder.glob("exchange/*/*.xlsx"), *city.folder.glob("exchange/*/*.xls")):
        assert sheet_rows(path) == sheet_rows(again.folder / path.relative_to(city.folder))
    await again.aclose()
    await other.aclose()


async def test_a_city_that_is_there_is_kept_and_a_stale_one_rebuilt(tmp_path):
    """The second start writes no data; another day, or a file that is missing, makes it anew."""
    first = await build_city(tmp_path, twin=False, today=TODAY, seed=SEED)
    await first.aclose()
    database = tmp_path / "market.db"
    made = database.stat().st_ino
    second = await build_city(tmp_path, twin=False, today=TODAY, seed=SEED)
    await second.aclose()
    assert database.stat().st_ino == made
    (tmp_path / "food.db").unlink()
    third = await build_city(tmp_path, twin=False, today=TODAY + timedelta(days=1), seed=SEED)
    await third.aclose()
    assert (tmp_path / "food.db").exists()
    assert rows_of(third, "CreditStatus", README_USCC)[0]["assessedOn"] == "2026-11-24"
    assert [path.name for path in tmp_path.glob("exchange/approval/xk_*.csv")] == ["xk_20261124.csv"]


async def test_every_byte_lies_in_the_folder(city):
    """What a city writes is there, and nothing half-written is left."""
    names = {path.relative_to(city.folder).as_posix() for path in city.folder.rglob("*") if path.is_file()}
    written = set(orjson.loads((city.folder / "city.json").read_bytes())["files"])
    marks = {f"{name}.ok" for name in names if name.startswith("exchange/") and f"{name}.ok" in names}
    secrets = {name for name in names if name.startswith("secrets/")}
    assert names == written | marks | secrets | {"city.json", "hub.toml"}
    assert {name.partition("/")[0] for name in written if "/" in name} == {"exchange", "schemas", "services", "tables"}
    assert all((city.folder / name).stat().st_mode & 0o077 == 0 for name in secrets)
    assert len(marks) == 3


async def test_every_record_of_the_configuration_is_there(city):
    """Each table has rows, and each has every column that the configuration names."""
    for kept in kept_records(city):
        assert kept.rows
        assert all(set(kept.columns.values()) <= set(row) for row in kept.rows.values())


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2028, 12, 31), date(2030, 1, 1)])
def test_any_day_will_do(today):
    """Leap days and the ends of years make no difference."""
    assert len(generate_city(SEED, today).entities) == ENTITIES
