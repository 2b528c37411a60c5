"""What is conspicuous in the record: rules with thresholds from the configuration, each with its sentence. Reads the index, and what waits for review.

A rule names an asker and a day, or an entity by its digest; whether there is a good reason is for whoever audits. Askers
are persons, by their digests, or clients where no person stands behind a question.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, case, func, select

from hub.disclosure.searching import between, day_in, in_hours, is_unverified
from hub.settings_record import AnomaliesTable
from hub.store.disclosure_tables import record_crowds, record_entities, record_index
from hub.store.officer_tables import emergencies
from schema.disclosing_enums import AnomalyKind

MOST_DAYS = 31
HABIT_DAYS = 28
"""Days before a day that say what is usual."""
_EARLIEST = date.min + timedelta(days=HABIT_DAYS)
_MONTH, _KNOWN_DAYS = 7, 3
"""Characters of a month in a day · days on which somebody asked before, without which nobody knows what is usual for them."""


class Asker(NamedTuple):
    """Who asked: the digest of a person, empty where there is none, and through which client."""

    person: str
    client: str
    department: str


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One that was found: on which day, whose, which rule, the number and what it was measured by.

    entity: digest of the entity that it is about, where it is about one · since: the first day that was counted, where that is another.
    """

    kind: AnomalyKind
    day: str
    asker: Asker
    count: int
    bound: int
    entity: str = ""
    since: str = ""

    @property
    def first_day(self) -> str:
        """The first day that was counted."""
        return self.since or self.day

    def sentence(self) -> tuple[str, str]:
        """What was found, Chinese and English, without saying who it was."""
        zh, en = SENTENCES[self.kind]
        told = {"day": self.day, "count": self.count, "bound": self.bound, "since": self.first_day}
        return zh.format_map(told), en.format_map(told)


SENTENCES: Mapping[AnomalyKind, tuple[str, str]] = {
    AnomalyKind.VOLUME: (
        "{day} 查询 {count} 次，超出其近 28 日习惯（界限 {bound} 次）。",
        "{count} questions on {day}, beyond what was usual in the 28 days before (bound: {bound}).",
    ),
    AnomalyKind.ENTITIES: (
        "{day} 查询了 {count} 个不同的经营主体，达到界限 {bound} 个。",
        "{count} different entities on {day}, which reaches the bound of {bound}.",
    ),
    AnomalyKind.DEPARTMENTS: (
        "{since} 至 {day}，同一经营主体被 {count} 个部门查询，达到界限 {bound} 个。",
        "{count} departments looked at one entity from {since} to {day}, which reaches the bound of {bound}.",
    ),
    AnomalyKind.PERSONS: (
        "{since} 至 {day}，同一经营主体被 {count} 人查询，达到界限 {bound} 人。",
        "{count} persons looked at one entity from {since} to {day}, which reaches the bound of {bound}.",
    ),
    AnomalyKind.HABIT: (
        "{day} 查询涉及 {count} 个经营主体，超出其本月习惯（界限 {bound} 个）。",
        "{count} entities in answers on {day}, beyond what was usual this month (bound: {bound}).",
    ),
    AnomalyKind.CASES: (
        "{day} 有 {count} 次查询所注案件无法核实，达到界限 {bound} 次。",
        "{count} questions on {day} were on cases that nobody knew, which reaches the bound of {bound}.",
    ),
    AnomalyKind.QUOTA: (
        "{day} 查询额度用完 {count} 次。",
        "A quota was used up {count} times on {day}.",
    ),
    AnomalyKind.NIGHT: (
        "{day} 夜间查询 {count} 次，达到界限 {bound} 次。",
        "{count} questions at night on {day}, which reaches the bound of {bound}.",
    ),
    AnomalyKind.DENIED: (
        "{day} 有 {count} 次查询被拒绝或触及未获授权的内容，达到界限 {bound} 次。",
        "{count} questions on {day} were refused, or touched what is not granted, which reaches the bound of {bound}.",
    ),
    AnomalyKind.GLASS: (
        "{day} 以应急调阅查询 {count} 次。",
        "{count} questions on {day} by broken glass.",
    ),
    AnomalyKind.REVIEW: (
        "应于 {day} 前复核的应急调阅，有 {count} 次尚未复核。",
        "{count} emergency accesses were to be reviewed by {day}, and are not.",
    ),
}


def find_anomalies(connection: Connection, rules: AnomaliesTable, first: date, last: date) -> list[Anomaly]:
    """Everything conspicuous from a day to another, both included, the latest first and by day and rule."""
    first = max(first, _EARLIEST)
    found = [one for rule in _RULES for one in rule(connection, rules, first, last)]
    return sorted(found, key=lambda one: (one.day, one.kind.name, one.asker, one.entity), reverse=True)


def _volume(connection: Connection, rules: AnomaliesTable, first: date, last: date) -> Iterator[Anomaly]:
    """By client: digests of persons are of a month only, habits are not."""
    counted: dict[tuple[str, str], dict[str, int]] = {}
    since = first - timedelta(days=HABIT_DAYS)
    for day, client, department, count in connection.execute(
        _by_day(connection, (record_index.c.client, record_index.c.department), since, last)
    ):
        counted.setdefault((client, department), {})[day] = count
    for (client, department), days in counted.items():
        for day, count in days.items():
            here = date.fromisoformat(day)
            if here < first:
                continue
            before = sum(days.get((here - timedelta(days=n)).isoformat(), 0) for n in range(1, HABIT_DAYS + 1))
            bound = max(rules.volume_least, round(rules.volume_times * before / HABIT_DAYS))
            if count >= bound:
                yield Anomaly(AnomalyKind.VOLUME, day, Asker("", client, department), count, bound)


def _entities(connection: Connection, rules: AnomaliesTable, first: date, last: date) -> Iterator[Anomaly]:
    low, high = between(connection, first, last)
    table, of, day = record_index, record_entities, day_in(record_index.c.at)
    # Only whoever had so many in answers at all can have had so many different ones.
    totals = select(day, *_ASKER).where(table.c.position >= low, table.c.position < high, *_OF_SOMEBODY)
    crowded = totals.group_by(day, *_ASKER).having(func.sum(table.c.entities) >= rules.entities)
    for on, *asker in connection.execute(crowded).all():
        start, end = between(connection, date.fromisoformat(on), date.fromisoformat(on))
        mine = [column == value for column, value in zip(_ASKER, asker, strict=True)]
        query = select(func.count(of.c.entity.distinct())).join(table, table.c.position == of.c.position)
        where = (table.c.position >= start, table.c.position < end, *mine)
        count = int(connection.execute(query.where(*where)).scalar_one())
        if count >= rules.entities:
            yield Anomaly(AnomalyKind.ENTITIES, on, Asker(*asker), count, rules.entities)


def _habit(connection: Connection, rules: AnomaliesTable, first: date, last: date) -> Iterator[Anomaly]:
    """By person, within a month: the next one gives them another digest."""
    days: dict[Asker, dict[str, int]] = {}
    answered = func.sum(record_index.c.entities)
    begin = first.replace(day=1)
    query = _by_day(connection, _ASKER, begin, last).add_columns(answered).where(record_index.c.person != "")
    for day, person, client, department, _, count in connection.execute(query):
        days.setdefault(Asker(person, client, department), {})[day] = int(count)
    for asker, counted in days.items():
        for day, count in counted.items():
            before = [other for on, other in counted.items() if on < day and on[:_MONTH] == day[:_MONTH]]
            if day < first.isoformat() or len(before) < _KNOWN_DAYS:
                continue
            bound = max(rules.habit_least, round(rules.habit_times * sum(before) / len(before)))
            if count >= bound:
                yield Anomaly(AnomalyKind.HABIT, day, asker, count, bound)


def _cases(connection: Connection, rules: AnomaliesTable, first: date, last: date) -> Iterator[Anomaly]:
    unknown = func.sum(case((is_unverified(), 1), else_=0))
    query = _by_day(connection, _ASKER, first, last).add_columns(unknown).where(record_index.c.case_digest != "")
    for day, person, client, department, asked, count in connection.execute(query):
        bound = max(rules.cases_least, math.ceil(asked * rules.cases_share / 100))
        if count >= bound:
            yield Anomaly(AnomalyKind.CASES, day, Asker(person, client, department), int(count), bound)


def _quota(connection: Connection, _rules: AnomaliesTable, first: date, last: date) -> Iterator[Anomaly]:
    low, high = between(connection, first, last)
    table, day = record_index, day_in(record_index.c.at)
    here = table.c.position >= low, table.c.position < high, table.c.act == "QUOTA_REACHED"
    query = select(day, table.c.client, table.c.department, func.count()).where(*here)
    for on, client, department, count in connection.execute(query.group_by(day, table.c.client, table.c.department)):
        yield Anomaly(AnomalyKind.QUOTA, on, Asker("", client, department), count, 1)


def _night(connection: Connection, rules: AnomaliesTable, first: date, last: date) -> Iterator[Anomaly]:
    night = in_hours(rules.night_from, rules.night_until)
    return _over(connection, (AnomalyKind.NIGHT, rules.night_least), (first, last), night)


def _denied(connection: Connection, rules: AnomaliesTable, first: date, last: date) -> Iterator[Anomaly]:
    refused = (record_index.c.denied > 0) | record_index.c.outcome.in_(("REJECTED", "REFUSED"))
    return _over(connection, (AnomalyKind.DENIED, rules.denied), (first, last), refused)


def _glass(connection: Connection, _rules: AnomaliesTable, first: date, last: date) -> Iterator[Anomaly]:
    return _over(connection, (AnomalyKind.GLASS, 1), (first, last), record_index.c.emergency.is_(True))


def _review(connection: Connection, _rules: AnomaliesTable, first: date, last: date) -> Iterator[Anomaly]:
    """By department, on the day by which they were to be reviewed."""
    table = emergencies.c
    due = table.reviewed_at.is_(None), table.due_on >= first.isoformat(), table.due_on <= last.isoformat()
    query = select(table.due_on, table.department, func.count()).where(*due).group_by(table.due_on, table.department)
    for day, department, count in connection.execute(query):
        yield Anomaly(AnomalyKind.REVIEW, day, Asker("", "", department), count, 1)


def _crowds(connection: Connection, _rules: AnomaliesTable, first: date, last: date) -> Iterator[Anomaly]:
    """As they were counted when the day was over."""
    table = record_crowds.c
    query = select(record_crowds).where(table.day >= first.isoformat(), table.day <= last.isoformat())
    for day, kind, entity, since, count, bound in connection.execute(query):
        yield Anomaly(AnomalyKind[kind], day, Asker("", "", ""), count, bound, bytes(entity).hex(), since)


_ASKER = (record_index.c.person, record_index.c.client, record_index.c.department)
_OF_SOMEBODY = (record_index.c.act == "", record_index.c.client != "")
Rule = Callable[[Connection, AnomaliesTable, date, date], Iterator[Anomaly]]
_RULES: tuple[Rule, ...] = (_volume, _habit, _entities, _night, _denied, _cases, _quota, _glass, _review, _crowds)


def _by_day(connection: Connection, groups: tuple[Any, ...], first: date, last: date) -> Select[Any]:
    low, high = between(connection, first, last)
    here = record_index.c.position >= low, record_index.c.position < high
    day = day_in(record_index.c.at)
    return select(day, *groups, func.count()).where(*here, *_OF_SOMEBODY).group_by(day, *groups)


def _over(
    connection: Connection, rule: tuple[AnomalyKind, int], days: tuple[date, date], condition: Any
) -> Iterator[Anomaly]:
    """Askers and days with so many questions that a condition holds of."""
    kind, bound = rule
    counted = func.sum(case((condition, 1), else_=0))
    query = _by_day(connection, _ASKER, *days).add_columns(counted).having(counted >= bound)
    for day, person, client, department, _, count in connection.execute(query):
        yield Anomaly(kind, day, Asker(person, client, department), int(count), bound)
