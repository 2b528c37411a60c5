"""How the sources are, as far as one caller may know: of a hidden record, and of who gives it, nothing is told.

Reads what the wrappers saw; asks no source.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from adapters.wrap.health import HealthReport
from auth.access import Access
from auth.caller import Client
from auth.roles import ADMINISTRATORS, Role
from hub.clock import Clock, rfc3339
from hub.fetch import Source
from hub.findings.causes import meant
from hub.findings.findings import Finding
from hub.plan.model import Owned, Topology
from schema.base import RECORDS
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
        client = access.caller.client
        return [
            self._line(name, offers, operated=_operates(client, self.sources[name]))
            for name, offers in self._offered(visible)
        ]

    def _offered(self, visible: set[str]) -> Iterator[tuple[str, Mapping[str, Owned]]]:
        for name in self.sources:
            offers = {
                record: offer
                for record, offered in sorted(self.topology.owned.items())
                for offer in (*offered, *self.topology.others(record))
                if offer.source == name and record in visible
            }
            if offers:
                yield name, offers

    def _line(self, name: str, offers: Mapping[str, Owned], *, operated: bool) -> SourceHealth:
        source = self.sources[name]
        report = source.health.report()
        newest = [report.newest[record] for record in offers if record in report.newest]
        latest = max(newest, default=None)
        answered = report.last_answered.replace(second=0) if report.last_answered else None
        return SourceHealth(
            name=name,
            label=source.label,
            department=next(iter(offers.values())).department,
            department_code=source.department,
            takes_files=source.reports is not None,
            records=[self._age(record, report.newest.get(record)) for record in offers],
            state=report.state,
            since=_instant(report.since),
            last_answered_at=_instant(answered),
            as_of=_instant(latest),
            lag_days=self._days(latest),
            operations=_operations(source, report, offers) if operated else None,
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


def _operates(client: Client, source: Source) -> bool:
    """True for those who have to know how a source runs: administrators, and the stewards of its department."""
    return client.role in ADMINISTRATORS or (client.role is Role.STEWARD and client.department == source.department)


def _operations(source: Source, report: HealthReport, offers: Mapping[str, Owned]) -> SourceOperations:
    limit = round(source.timeout * 1000)
    code = report.failure_code
    said = _meaning(meant(source.name, limit, code, report.failure or "", source.label)) if code is not None else {}
    return SourceOperations(
        resting=sorted(report.resting & offers.keys()),
        failures_in_a_row=report.failures_in_a_row,
        last_failed_at=_instant(report.last_failed),
        last_failure_code=code,
        last_failure=report.failure,
        last_failure_means=said.get("zh"),
        last_failure_means_en=said.get("en"),
        to_do=said.get("todo_zh"),
        to_do_en=said.get("todo_en"),
        calls=report.calls,
        failures=report.failures,
        turned_away=report.turned_away,
        median_ms=report.median_ms,
        p95_ms=report.p95_ms,
        limit_ms=limit,
    )


def _meaning(finding: Finding) -> Mapping[str, str]:
    """A finding in words, a record in it by its name in either language."""
    record = RECORDS.get(str(finding.names.get("record")))
    if record is None:
        return finding.json()
    zh, en = (replace(finding, names={**finding.names, "record": name}).json() for name in (record.zh, record.en))
    return {**zh, "en": en["en"], "todo_en": en["todo_en"]}


def _instant(instant: datetime | None) -> DateTime | None:
    return None if instant is None else DateTime(rfc3339(instant))
