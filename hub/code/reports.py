"""Reports of codes in the store: filed by whoever saw something, settled by whoever looked into it. Asks nobody's name.

Where it was seen and what was said is sealed, for people write more than they are asked. A form counts once, however
often it is sent, and so many reports a day of one code are enough.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from hub.clock import Moment, day_of
from hub.code.lookup import lookup
from hub.code.tokens import ALPHABET, check_character
from hub.store.outbox import Sealing
from hub.store.report_tables import code_reports
from schema.reporting_enums import ReportKind, ReportState

NUMBER = 12
"""Symbols of a number, 53 bits of chance and a check character."""
MOST_A_DAY, MOST_OF_ALL = 20, 2_000
"""Reports a day that are kept of one code, and of all together."""
FREE, FREE_OF_ALL = 10, 500
"""Of these, so many are for networks that have reported nothing that day: of that code, and at all."""
SHARE, SHARE_OF_ALL = 5, 100
"""Reports a day of one code, and of all together, that are kept from one network."""
MOST_PLACE, MOST_SAID = 100, 500
WARNED_FOR = timedelta(days=180)
"""How long it is told of a code that it was found at another shop."""
MOST_SAME = 500
"""Reports of one code that are compared."""
_table = code_reports.c


class TooMany(Exception):
    """So many reports came today that another one would tell nothing."""


class ShareUsed(TooMany):
    """So many of them came from this network; others have room."""


@dataclass(frozen=True, slots=True)
class Before:
    """Reports that came from the same network earlier that day: of the same code, and at all."""

    of_code: int = 0
    of_all: int = 0


FIRST = Before()
"""Of whoever reports for the first time that day."""


@dataclass(frozen=True, slots=True)
class Saw:
    """What somebody reports. nonce: digest of the form · token: what the code said, if it reads as one."""

    nonce: bytes
    kind: ReportKind
    place: str
    said: str = ""
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A report as the store has it; days as ISO dates. `place` and `said` are opened for whoever looks into it."""

    number: str
    code: str | None
    token: str | None
    kind: ReportKind
    place: str
    said: str
    received_on: str
    received_at: int
    state: ReportState
    note: str = ""
    settled_on: str | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """Whose code a report is of; how many there were of the same code, and from how many places."""

    entity: str | None
    reports: int
    places: int


@dataclass(frozen=True, slots=True)
class Signs:
    """What was reported of a code: how often, how many of these wait, from how many places."""

    reports: int
    waiting: int
    places: int


class Reports:
    """The reports of one transaction."""

    def __init__(self, connection: Connection, sealing: Sealing) -> None:
        self._connection = connection
        self._sealing = sealing

    def file(self, saw: Saw, moment: Moment, before: Before = FIRST) -> tuple[Report, bool]:
        """The report, and whether it is new: the same form gives the same one. TooMany where there are enough of today, or enough
        of a network whose reports of today are `before`.
        """
        known = self._one(_table.nonce == saw.nonce)
        if known is not None:
            return known, False
        day = moment.day.isoformat()
        if before.of_code >= SHARE or before.of_all >= SHARE_OF_ALL:
            raise ShareUsed
        for_known = FREE_OF_ALL if before.of_all else 0
        if self._count(day) >= MOST_OF_ALL - for_known:
            raise TooMany
        if saw.token and self._count(day, saw.token) >= MOST_A_DAY - (FREE if before.of_code else 0):
            raise TooMany
        number = fresh_number()
        found = lookup(self._connection, saw.token) if saw.token else None
        row = {
            "number": number,
            "nonce": saw.nonce,
            "code": found.code if found else None,
            "token": saw.token,
            "kind": saw.kind.name,
            "place": self._sealing.seal(_place(number, "place"), saw.place),
            "said": self._sealing.seal(_place(number, "said"), saw.said) if saw.said else None,
            "received_on": day,
            "received_at": moment.second,
            "outcome": ReportState.OPEN.name,
        }
        self._connection.execute(insert(code_reports).values(row))
        kept = self.of_number(number)
        if kept is None:
            raise RuntimeError("a report that was written is not there")
        return kept, True

    def of_number(self, number: str) -> Report | None:
        """The report of a number."""
        return self._one(_table.number == number)

    def is_first(self, report: Report) -> bool:
        """True if nobody reported its code before on that day; of codes that read as none all count together."""
        same = _table.token == report.token if report.token else _table.token.is_(None)
        query = select(func.count()).select_from(code_reports).where(_table.received_on == report.received_on, same)
        return int(self._connection.execute(query).scalar_one()) == 1

    def listed(self, state: ReportState | None, first: int, skip: int = 0) -> Sequence[Report]:
        """Reports of a state, or all; the oldest first, as they are to be looked into."""
        query = select(code_reports).order_by(_table.received_at, _table.number).offset(skip).limit(first)
        if state is not None:
            query = query.where(_table.outcome == state.name)
        return [self._read(row) for row in self._connection.execute(query)]

    def spread(self, report: Report, since: str) -> Spread:
        """How often and in how many places the code of a report was seen since a day. Places are compared as written."""
        if report.token is None:
            return Spread(None, 1, 1)
        query = select(code_reports).where(_table.token == report.token, _table.received_on >= since)
        same = [self._read(row) for row in self._connection.execute(query.limit(MOST_SAME))] or [report]
        found = lookup(self._connection, report.token)
        return Spread(found.entity if found else None, len(same), len({_place_of(one) for one in same}))

    def signs(self, token: str, since: str) -> Signs:
        """What was reported of a token since a day. Places are compared as written."""
        query = select(code_reports).where(_table.token == token, _table.received_on >= since)
        found = [self._read(row) for row in self._connection.execute(query.limit(MOST_SAME))]
        waiting = sum(one.state is ReportState.OPEN for one in found)
        return Signs(len(found), waiting, len({_place_of(one) for one in found}))

    def settle(self, report: Report, state: ReportState, note: str, told: tuple[str, int]) -> None:
        """Write down what became of it; `told` is who settled it, and when."""
        by, now = told
        values = {"outcome": state.name, "note": note or None, "settled_on": day_of(now).isoformat(), "settled_by": by}
        self._connection.execute(update(code_reports).where(_table.number == report.number).values(values))

    def _count(self, day: str, token: str | None = None) -> int:
        query = select(func.count()).select_from(code_reports).where(_table.received_on == day)
        if token is not None:
            query = query.where(_table.token == token)
        return int(self._connection.execute(query).scalar_one())

    def _one(self, condition: Any) -> Report | None:
        row = self._connection.execute(select(code_reports).where(condition)).first()
        return None if row is None else self._read(row)

    def _read(self, row: Row[Any]) -> Report:
        return Report(
            number=row.number,
            code=row.code,
            token=row.token,
            kind=ReportKind[row.kind],
            place=self._sealing.open(_place(row.number, "place"), row.place),
            said=self._sealing.open(_place(row.number, "said"), row.said) if row.said is not None else "",
            received_on=row.received_on,
            received_at=row.received_at,
            state=ReportState[row.outcome],
            note=row.note or "",
            settled_on=row.settled_on,
        )


def is_copied(connection: Connection, token: str, since: str) -> bool:
    """True if somebody looked into a report, of that day or later, that this code hangs at another shop, and found it true."""
    true = (_table.kind == ReportKind.ELSEWHERE.name, _table.outcome == ReportState.CONFIRMED.name)
    query = select(_table.number).where(_table.token == token, _table.received_on >= since, *true)
    return connection.execute(query.limit(1)).first() is not None


def fresh_number() -> str:
    """A number nobody guesses, that can be read over the telephone."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(NUMBER - 1))
    return body + check_character(body)


def read_number(text: str) -> str | None:
    """The number in what somebody typed, None if it is none."""
    number = "".join(text.upper().split()).replace("-", "")[: NUMBER + 1]
    if len(number) != NUMBER or any(symbol not in ALPHABET for symbol in number):
        return None
    return number if check_character(number[:-1]) == number[-1] else None


def _place_of(report: Report) -> str:
    return "".join(report.place.split())


def _place(number: str, column: str) -> str:
    return f"code_reports.{column}.{number}"
