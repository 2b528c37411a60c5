"""Which calendar year an inspection belongs to."""

from datetime import date

import pytest

from schema.inspection import in_year
from schema.predicate import FALSE, holds

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("started", "year"),
    [
        ("2025-12-31T23:59:59+08:00", 2025),
        ("2026-01-01T00:00:00+08:00", 2026),
        ("2026-12-31T23:59:59+08:00", 2026),
        (None, None),
    ],
)
def test_year_of_an_inspection(started, year):
    """It is the year it began in, by the clock of Shanghai; one without a beginning belongs to none."""
    found = [wanted for wanted in range(2020, 2030) if holds(in_year(wanted, TODAY), lambda _: started)]
    assert found == ([] if year is None else [year])


@pytest.mark.parametrize("wanted", [0, -1, 9999, 123456])
def test_what_is_no_year(wanted):
    """A number that is no year of four digits has no inspections."""
    assert in_year(wanted, TODAY) == FALSE
