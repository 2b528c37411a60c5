"""How the sources are, as far as one caller may know: of a hidden record, and of who gives it, nothing is told.

Reads what the wrappers saw; asks no source.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.wrap.health import HealthReport
from auth.access import Access
from auth.roles import ADMINISTRATORS
from hub.clock import Clock, rfc3339
from hub.fetch import Source
from hub.plan.model import Owned, Topology
from schema.enums import SourceState
from schema.query import RecordAge, SourceHealth, SourceOperations
from schema.scalars import DateTime

_WELL = frozenset({SourceState.ANSWERING, SourceState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class SourceBook:
    """What is known of all sources."""

    sources: Mapping[str, Source]
    topology: Topology
    clock: Clock

    def read(self, access: Access) -> Sequence[SourceHealth]:
        """In the order of the configuration: sources that own a record of which something is visible."""
        visible = {coordinate.partition(".")[0] for coordinate in access.policy.visible}
        operated = access.caller.client.role in ADMINISTRATORS
        return [self._line(name, offers, operated=operated) for name, offers in self._offered(visible)]

    def _offered(self, visible: set[str]) -> Iterator[tuple[str, Mapping[str, Owned]]]:
        for name in self.sources:
            offers = {
                record: offer
                for record, offered in sorted(self.topology.owned.items())
                for offer in offered
                if offer.source == name and record in visible
            }
            if offers:
                yield name, offers

    def _line(self, name: str, offers: Mapping[str, Owned], *, operated: bool) -> SourceHealth:
        report = self.sources[name].health.report()
        newest = [report.newest[record] for record in offers if record in report.newest]
        latest = max(newest, default=None)
        answered = report.last_answered.replace(second=0) if report.last_answered else None
        return SourceHealth(
            name=name,
            label=self.sources[name].label,
            department=next(iter(offers.values())).department,
            records=[self._age(record, report.newest.get(record)) for record in offers],
            state=report.state,
            since=_instant(report.since),
            last_answered_at=_instant(answered),
            as_of=_instant(latest),
            lag_days=self._days(latest),
            operations=_operations(report, offers) if operated else None,
        )

    def _age(self, record: str, newest: datetime | None) -> RecordAge:
        return RecordAge(record=record, as_of=_instant(newest), lag_days=self._days(newest))

    def _days(self, instant: datetime | None) -> int | None:
        return None if instant is None else max((self.clock.now() - instant).days, 0)


def status(lines: Sequence[SourceHealth]) -> dict[str, Any]:
    """The same as JSON, with the state in words: `degraded` where one of them is in trouble."""
    well = all(line.state in _WELL for line in lines)
    return {"status": "ok" if well else "degraded", "sources": [_json(line) for line in lines]}


def _json(line: SourceHealth) -> dict[str, Any]:
    return {
        "name": line.name,
        "label": line.label,
        "department": line.department,
        "state": line.state.name,
        "stateLabel": line.state.zh,
        "stateLabelEn": line.state.en,
        "since": line.since,
        "lastAnsweredAt": line.last_answered_at,
        "asOf": line.as_of,
        "lagDays": line.lag_days,
        "records": [{"record": a.record, "asOf": a.as_of, "lagDays": a.lag_days} for a in line.records],
    }


def _operations(report: HealthReport, offers: Mapping[str, Owned]) -> SourceOperations:
    return SourceOperations(
        resting=sorted(report.resting & offers.keys()),
        failures_in_a_row=report.failures_in_a_row,
        last_failed_at=_instant(report.last_failed),
        last_failure_code=report.failure_code,
        last_failure=report.failure,
        calls=report.calls,
        failures=report.failures,
        turned_away=report.turned_away,
        median_ms=report.median_ms,
        p95_ms=report.p95_ms,
    )


def _instant(instant: datetime | None) -> DateTime | None:
    return None if instant is None else DateTime(rfc3339(instant))
