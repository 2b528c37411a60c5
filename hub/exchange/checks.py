"""The self-check over the store: gathers what is to be compared, keeps reports, and finds those that were kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import orjson
from pydantic import ValidationError
from sqlalchemy import Connection, Row, func, insert, select

from auth.access import FieldView
from auth.admission import PUBLIC_DEPARTMENT
from auth.grants import ANY_DEPARTMENT, Grant
from auth.purposes import Purpose
from auth.roles import Role
from hub.clock import SHANGHAI
from hub.exchange.approved import Approved, BrokenTableError, approved
from hub.exchange.matrix import Asker
from hub.exchange.reading import acting, frozen_fields, frozen_grants, readable
from hub.exchange.self_check import Approval, Evidence, Fault, FaultKind, Memory, Report
from hub.roster.roster import Roster
from hub.roster.versions import Versions
from hub.settings_grants import StoredGrant
from hub.store.access_tables import grants
from hub.store.outbox import Sealing
from hub.store.simulator_tables import policy_tables, self_checks


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked: the fields and purposes that there are, who acts, and what this worker answers by."""

    fields: Mapping[str, FieldView]
    purposes: Mapping[str, Purpose]
    roster: Roster
    memory: Memory


@dataclass(frozen=True, slots=True)
class Kept:
    """A report as it was kept; `day` is the night it was due for, empty for one by command."""

    number: int
    day: str
    made_at: int
    cells: int
    askers: int
    explained: int
    count: int
    faults: tuple[Fault, ...]


def gather_evidence(connection: Connection, sealing: Sealing, subject: Subject, day: date, now: int) -> Evidence:
    """Everything that is compared, as the store has it at this moment."""
    read, unreadable = readable(Versions(connection, grants, now).current())
    return Evidence(
        fields=subject.fields,
        askers=_askers(acting(connection, subject.roster.callers.values()), list(subject.purposes)),
        day=day,
        approval=_approval(connection, sealing, day),
        stored={grant.id: grant for grant in read},
        unreadable=unreadable,
        frozen=frozenset(frozen_grants(connection)),
        cold=frozenset(frozen_fields(connection)),
        waiting=frozenset(code for code, purpose in subject.purposes.items() if purpose.requires_consent),
        memory=subject.memory,
    )


def keep_report(connection: Connection, report: Report, due: str, now: int) -> Kept:
    """Store a report; `due` is the night it was due for, empty for one by command."""
    number = int(connection.execute(select(func.coalesce(func.max(self_checks.c.number) + 1, 1))).scalar_one())
    faults = [[f.kind.value, f.subject, f.field, f.right, f.found] for f in report.faults]
    told = {"askers": report.askers, "explained": report.explained, "faults": faults}
    row = {
        "number": number,
        "day": due,
        "made_at": now,
        "cells": report.cells,
        "faults": report.count,
        "report": orjson.dumps(told).decode(),
    }
    connection.execute(insert(self_checks).values(row))
    kept = tuple(report.faults)
    return Kept(number, due, now, report.cells, report.askers, report.explained, report.count, kept)


def list_checks(connection: Connection, most: int) -> list[Kept]:
    """The reports that were kept, the newest first."""
    query = select(self_checks).order_by(self_checks.c.number.desc()).limit(most)
    return [_read(row) for row in connection.execute(query)]


def was_checked(connection: Connection, due: str) -> bool:
    """True if a report for this night was kept."""
    query = select(self_checks.c.number).where(self_checks.c.day == due).limit(1)
    return connection.execute(query).first() is not None


def _askers(pairs: set[tuple[str, Role]], purposes: Sequence[str]) -> list[Asker]:
    """Every department in every role in which somebody acts there, every role as it is anywhere else, every purpose."""
    others = {(ANY_DEPARTMENT, role) for role in Role if role is not Role.PUBLIC}
    all_pairs = sorted(pairs | others | {(PUBLIC_DEPARTMENT, Role.PUBLIC)})
    return [Asker(department, role, purpose) for department, role in all_pairs for purpose in purposes]


def _approval(connection: Connection, sealing: Sealing, day: date) -> Approval:
    made = select(policy_tables.c.made_at).order_by(policy_tables.c.number.desc()).limit(1)
    try:
        found = approved(connection, sealing)
    except BrokenTableError:
        return Approval({}, day, broken=True)
    if found is None:
        return Approval({}, day, broken=True)
    since = datetime.fromtimestamp(int(connection.execute(made).scalar_one()), SHANGHAI).date()
    read = {name: _grant(one) for name, one in found.items()}
    return Approval({name: grant for name, grant in read.items() if grant is not None}, since)


def _grant(one: Approved) -> Grant | None:
    try:
        return StoredGrant.model_validate(one.body).grant()
    except ValidationError:
        # The same row in the store is told of as unreadable.
        return None


def _read(row: Row[tuple[object, ...]]) -> Kept:
    told = orjson.loads(row.report)
    faults = tuple(Fault(FaultKind(kind), *rest) for kind, *rest in told["faults"])
    return Kept(row.number, row.day, row.made_at, row.cells, told["askers"], told["explained"], row.faults, faults)
