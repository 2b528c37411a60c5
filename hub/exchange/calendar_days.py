"""The working days of the store: the years that come with the hub, and those that an operator adds or corrects."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import structlog
from sqlalchemy import Connection, delete, insert, select

from hub.exchange.calendar import Published, WorkingDays, read_published, years_of
from hub.store.access_tables import working_days

log = structlog.get_logger()
SHIPPED = Path(__file__).parent / "days"
WARN_DAYS = 45
"""Days before the end of the last known year from which on it is said that the next one is missing."""


def load_days(connection: Connection) -> WorkingDays:
    """The working days as the store knows them."""
    return WorkingDays({one.day: one.working for one in list_days(connection)})


def list_days(connection: Connection, year: int | None = None) -> list[Published]:
    """What is published, of one year or of all, by day."""
    query = select(working_days).order_by(working_days.c.day)
    if year is not None:
        query = query.where(working_days.c.day.like(f"{year:04d}-%"))
    return [Published(date.fromisoformat(row.day), row.working, row.name) for row in connection.execute(query)]


def missing_years(connection: Connection) -> list[int]:
    """Years that come with the hub and of which the store knows nothing."""
    known = set(years_of(list_days(connection)))
    return [year for year, _ in _shipped() if year not in known]


def adopt_days(connection: Connection) -> list[int]:
    """Take in the years that come with the hub, where the store lacks them; which."""
    missing = missing_years(connection)
    for year, path in _shipped():
        if year in missing:
            replace_days(connection, read_published(path.read_text(encoding="utf-8")))
    return missing


def replace_days(connection: Connection, days: Sequence[Published]) -> list[int]:
    """Let these be all that is published of their years; which years."""
    years = years_of(days)
    for year in years:
        connection.execute(delete(working_days).where(working_days.c.day.like(f"{year:04d}-%")))
    rows = [{"day": one.day.isoformat(), "working": one.working, "name": one.name} for one in days]
    connection.execute(insert(working_days), rows)
    return years


def ends_soon(days: WorkingDays, today: date) -> bool:
    """True if nothing is known of a year that begins soon, or has begun."""
    last = days.last_year
    return last is None or (date(last, 12, 31) - today).days < WARN_DAYS


def warn_of_end(days: WorkingDays, today: date) -> None:
    """Say in the log that the next year is missing, where it is."""
    if ends_soon(days, today):
        log.warning("the calendar of working days ends soon: import the next year", last_year=days.last_year)


def _shipped() -> Iterator[tuple[int, Path]]:
    yield from sorted((int(path.stem), path) for path in SHIPPED.glob("*.csv"))
