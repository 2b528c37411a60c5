"""Reports of codes, for whoever supervises the market: looked at, and settled with an outcome that is public.

A steward deals with them whose department keeps the register of entities or of codes, and every system administrator.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from auth.roles import Role
from hub.acts.doing import Doing, bad_input, line_of
from hub.clock import day_of, rfc3339_of
from hub.code.reports import Report, Reports, Spread, read_number
from hub.errors import HubError
from hub.exchange.calendar import WorkingDays
from hub.exchange.calendar_days import load_days
from hub.plan.model import ENTITY
from schema.reporting import CodeReport, CodeReportOutcome, ReportSettled
from schema.reporting_enums import ReportState

REPORT_DAYS = 15
"""Working days within which a report is looked into (市场监督管理行政处罚程序规定, article 18)."""
_MOST, _MOST_NOTE, _MOST_SKIPPED = 200, 200, 100_000
SUPERVISED = (ENTITY, "HonestyCode")
"""Records whose stewards deal with reports."""
_TOGETHER = timedelta(days=30)


class Reporting:
    """What one caller does with reports, in one transaction; `count` counts acts."""

    def __init__(self, doing: Doing, count: Callable[[], None]) -> None:
        self._doing = doing
        self._count = count

    def settle(self, number: str, state: ReportState, note: str) -> ReportSettled:
        """Write down what became of a report; HubError if there is none that the caller deals with."""
        self._count()
        doing, reports = self._doing, _reports(self._doing)
        person, said = doing.person(), line_of(note, _MOST_NOTE, "note") if note else ""
        if state is ReportState.OPEN:
            raise bad_input("state 须为办结的情形，不得为 OPEN", "state says what became of it, and is not OPEN")
        read = read_number(number)
        report = reports.of_number(read) if read and supervises(doing) else None
        if report is None:
            raise HubError("REPORT_NOT_FOUND")
        changed = (report.state, report.note) != (state, said)
        if changed:
            reports.settle(report, state, said, (person, doing.occasion.now))
        told = {"state": state.name, "kind": report.kind.name}
        outcome = "GRANTED" if changed else "ALREADY"
        position = doing.record("CODE_REPORT_SETTLED", outcome, doing.vault.short("report", report.number), told)
        kept = reports.of_number(report.number) or report
        return ReportSettled(changed=changed, report=shown_outcome(kept), position=position)  # type: ignore[arg-type]


class ReportLook:
    """What one caller is told of reports."""

    def __init__(self, doing: Doing) -> None:
        self._doing = doing

    def outcome(self, number: str) -> CodeReportOutcome | None:
        """What became of a report: for everybody who has its number."""
        read = read_number(number)
        found = _reports(self._doing).of_number(read) if read else None
        return shown_outcome(found) if found else None

    def reports(self, state: ReportState | None, page: tuple[int, int], number: str | None) -> Sequence[CodeReport]:
        """Reports, or the one of a number, for those who deal with them; none for others."""
        first, skip = page
        if not 1 <= first <= _MOST or not 0 <= skip <= _MOST_SKIPPED:
            raise bad_input(
                f"first 须在 1 到 {_MOST} 之间，skip 在 0 到 {_MOST_SKIPPED:,} 之间",
                f"first must lie between 1 and {_MOST}, skip between 0 and {_MOST_SKIPPED:,}",
            )
        doing = self._doing
        if not supervises(doing):
            return []
        kept, since = _reports(doing), (day_of(doing.occasion.now) - _TOGETHER).isoformat()
        if number is None:
            listed = kept.listed(state, first, skip)
        else:
            read = read_number(number)
            found = kept.of_number(read) if read else None
            listed = [found] if found else []
        # Of a code that is copied there are many: they are looked at together once.
        spreads = {one.token: kept.spread(one, since) for one in listed}
        days, today = load_days(doing.connection), day_of(doing.occasion.now)
        return [_shown(one, spreads[one.token], _Clock(days, today)) for one in listed]


def supervises(doing: Doing) -> bool:
    """True if whoever asks deals with reports."""
    client = doing.access.caller.client
    return client.role is Role.ADMIN or (
        client.role is Role.STEWARD and client.department in doing.rules.keepers(SUPERVISED)
    )


def shown_outcome(report: Report) -> CodeReportOutcome:
    """What the public reads."""
    return CodeReportOutcome(
        number=report.number,
        kind=report.kind,
        state=report.state,
        received_on=report.received_on,  # type: ignore[arg-type]
        settled_on=report.settled_on,  # type: ignore[arg-type]
        note=report.note or None,
    )


@dataclass(frozen=True, slots=True)
class _Clock:
    """Counts down to the day by which a report is looked into."""

    days: WorkingDays
    today: date

    def due(self, report: Report) -> date:
        """The last day for it."""
        return self.days.add_working_days(date.fromisoformat(report.received_on), REPORT_DAYS)

    def left(self, report: Report) -> int | None:
        """Working days until then, None once it is settled."""
        waits = report.state is ReportState.OPEN
        return self.days.working_days_between(self.today, self.due(report)) if waits else None


def _shown(report: Report, spread: Spread, clock: _Clock) -> CodeReport:
    return CodeReport(
        number=report.number,
        kind=report.kind,
        state=report.state,
        uscc=spread.entity,  # type: ignore[arg-type]
        token=report.token,
        place=report.place,
        said=report.said or None,
        received_at=rfc3339_of(report.received_at),  # type: ignore[arg-type]
        same_code=spread.reports,
        places_of_code=spread.places,
        due_on=clock.due(report).isoformat(),  # type: ignore[arg-type]
        working_days_left=clock.left(report),
        settled_on=report.settled_on,  # type: ignore[arg-type]
        note=report.note or None,
    )


def _reports(doing: Doing) -> Reports:
    return Reports(doing.connection, doing.vault)
