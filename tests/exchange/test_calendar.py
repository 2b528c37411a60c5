"""Working days of China: counted by what is published, kept in the store, corrected by an operator."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.exchange.calendar import WorkingDays, read_published, years_of
from hub.exchange.calendar_days import SHIPPED, adopt_days, ends_soon, list_days, load_days, missing_years, replace_days
from tests.docs_pages import ROOT

VECTORS = ROOT / "tests/vectors/calendar"
FILES = sorted(SHIPPED.glob("*.csv"))
PUBLISHED = [day for path in FILES for day in read_published(path.read_text(encoding="utf-8"))]
DAYS = WorkingDays({one.day: one.working for one in PUBLISHED})
ANY_DAY = st.dates(date(2024, 12, 1), date(2027, 1, 31))


def vectors(name):
    """Vectors of a file."""
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", vectors("counted"), ids=lambda vector: vector["why"])
def test_days_are_counted(vector):
    """The day something begins on does not count; the one it ends with does."""
    day, gives = date.fromisoformat(vector["day"]), date.fromisoformat(vector["gives"])
    assert DAYS.add_working_days(day, vector["count"]) == gives


@pytest.mark.parametrize("vector", vectors("faults"), ids=lambda vector: vector["why"])
def test_a_file_that_is_wrong_says_where(vector):
    """By its line."""
    with pytest.raises(ValueError, match="^" + vector["says"].replace("(", r"\(")):
        read_published(vector["text"])


@given(ANY_DAY, st.integers(1, 60))
def test_counting_there_is_counting_back(day, count):
    """What lies between is what was added, and the last day is one that is worked."""
    last = DAYS.add_working_days(day, count)
    assert DAYS.is_working(last)
    assert DAYS.working_days_between(day, last) == count
    assert DAYS.working_days_between(last, day) == -count


@given(ANY_DAY, ANY_DAY)
def test_days_between_are_those_one_counts_on_fingers(first, last):
    """One by one."""
    low, high = sorted((first, last))
    worked = sum(DAYS.is_working(low + timedelta(days=n)) for n in range(1, (high - low).days + 1))
    assert abs(DAYS.working_days_between(first, last)) == worked


def test_what_comes_with_the_hub_agrees_with_itself():
    """Each year in a file of its own; what is worked lies at a weekend, and every holiday has its name."""
    assert [int(path.stem) for path in FILES] == [2025, 2026]
    for path in FILES:
        days = read_published(path.read_text(encoding="utf-8"))
        assert years_of(days) == [int(path.stem)]
        assert all(one.day.weekday() >= 5 for one in days if one.working)
    assert sum(DAYS.is_working(date(2026, 1, 1) + timedelta(days=n)) for n in range(365)) == 248
    assert sum(DAYS.is_working(date(2025, 1, 1) + timedelta(days=n)) for n in range(365)) == 248


async def test_the_store_is_filled_once_and_keeps_what_is_corrected(bureau):
    """A year that was corrected is not taken from the hub again; one that is missing is."""

    def work(connection):
        assert missing_years(connection) == []
        replace_days(connection, read_published("day,working,name\n2026-01-01,放假,元旦\n"))
        assert adopt_days(connection) == []
        return [one.day for one in list_days(connection, 2026)], load_days(connection).last_year

    assert bureau.hall.world.hub.database.acting(work) == ([date(2026, 1, 1)], 2026)


def test_the_end_of_the_calendar_is_noticed():
    """In time for the next year to be imported."""
    assert not ends_soon(DAYS, date(2026, 11, 1))
    assert ends_soon(DAYS, date(2026, 11, 23))
    assert ends_soon(DAYS, date(2027, 2, 1))
    assert ends_soon(WorkingDays(), date(2026, 1, 1))
