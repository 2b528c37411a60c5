"""Where and when codes were displayed: periods of days, which prove since when and for how long.

A period ends when another one takes its place, and when the code ceases to be valid. Days count once, however many
places there were.
"""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Row, insert, select, update

from hub.clock import Moment
from hub.store.code_tables import code_displays
from hub.store.outbox import Sealing


@dataclass(frozen=True, slots=True)
class Shown:
    """That a code is displayed: where, since when, who said so; a photo sealed, with its digest."""

    places: tuple[str, ...]
    since: date
    by: str
    photo: bytes | None = None
    photo_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which a code was displayed; `until` is None while it lasts."""

    id: str
    since: date
    until: date | None
    places: tuple[str, ...]
    photo_digest: str | None


class Displays:
    """The displays of one transaction, at one moment."""

    def __init__(self, connection: Connection, moment: Moment) -> None:
        self._connection = connection
        self._moment = moment

    def show(self, code: str, shown: Shown) -> str:
        """Begin a period in place of the one that lasts; since which day the code is displayed without a break."""
        lasting = self._lasting(code)
        since = shown.since if lasting is None else min(shown.since, date.fromisoformat(lasting.since))
        if lasting is not None:
            self._end(lasting, max(date.fromisoformat(lasting.since), shown.since - timedelta(days=1)))
        self._begin(code, shown)
        return since.isoformat() if lasting is None else self._first(code, since).isoformat()

    def stop(self, code: str) -> None:
        """End what lasts, today."""
        lasting = self._lasting(code)
        if lasting is not None:
            self._end(lasting, max(date.fromisoformat(lasting.since), self._moment.day))

    def go_on(self, code: str) -> str | None:
        """Begin a period like the last one; its first day, None where there was none."""
        query = select(code_displays).where(code_displays.c.code == code)
        last = self._connection.execute(
            query.order_by(code_displays.c.since.desc(), code_displays.c.said_at.desc())
        ).first()
        if last is None:
            return None
        self._begin(code, Shown(tuple(last.places.split("\n")), self._moment.day, last.said_by))
        return self._moment.day.isoformat()

    def periods(self, code: str) -> list[Period]:
        """All periods, the first one first."""
        return self.of_codes([code]).get(code, [])

    def of_codes(self, codes: Collection[str]) -> dict[str, list[Period]]:
        """All periods of each code that has any, the first one first."""
        query = select(code_displays).where(code_displays.c.code.in_(codes))
        found: dict[str, list[Period]] = {}
        for row in self._connection.execute(query.order_by(code_displays.c.since, code_displays.c.said_at)):
            found.setdefault(row.code, []).append(_read(row))
        return found

    def days(self, code: str, first: date, last: date) -> int:
        """On how many days between two, both included, it was displayed; days to come don't count."""
        return count_days(self.periods(code), first, min(last, self._moment.day))

    def photo(self, sealing: Sealing, code: str, digest: str) -> str | None:
        """The photo of a code with this SHA-256 in base 64, None if there is none."""
        table = code_displays.c
        query = select(table.photo).where(table.code == code, table.photo_digest == digest)
        row = self._connection.execute(query.limit(1)).first()
        return sealing.open(PHOTO_PLACE, row.photo) if row is not None and row.photo is not None else None

    def _first(self, code: str, since: date) -> date:
        """The first day of what reaches without a break to this day."""
        for period in reversed(self.periods(code)):
            reaches = period.until is None or period.until >= since - timedelta(days=1)
            since = min(since, period.since) if reaches else since
        return since

    def _lasting(self, code: str) -> Row[tuple[object, ...]] | None:
        query = select(code_displays).where(code_displays.c.code == code, code_displays.c.until.is_(None))
        return self._connection.execute(query).first()

    def _begin(self, code: str, shown: Shown) -> None:
        row = {
            "id": secrets.token_hex(12),
            "code": code,
            "since": shown.since.isoformat(),
            "until": None,
            "places": "\n".join(shown.places),
            "photo": shown.photo,
            "photo_digest": shown.photo_digest,
            "said_by": shown.by,
            "said_at": self._moment.second,
        }
        self._connection.execute(insert(code_displays).values(row))

    def _end(self, period: Row[tuple[object, ...]], last: date) -> None:
        ended = update(code_displays).where(code_displays.c.id == period.id)
        self._connection.execute(ended.values(until=last.isoformat()))


def count_days(periods: Iterable[Period], first: date, last: date) -> int:
    """On how many days between two, both included, there was a display; days count once."""
    counted: set[date] = set()
    for period in periods:
        day, end = max(period.since, first), min(period.until or last, last)
        counted.update(day + timedelta(days=n) for n in range((end - day).days + 1))
    return len(counted)


PHOTO_PLACE = "code_displays.photo"
"""Where photos are sealed for."""


def _read(row: Row[tuple[object, ...]]) -> Period:
    until = date.fromisoformat(row.until) if row.until is not None else None
    return Period(row.id, date.fromisoformat(row.since), until, tuple(row.places.split("\n")), row.photo_digest)
