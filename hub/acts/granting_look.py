"""The grants as one caller may know of them: who sees which, with labels, words, versions and what was confirmed."""

import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import strawberry

from auth.grants import ANY_DEPARTMENT, Binding, Condition, Grant
from auth.roles import Role
from auth.scopes import Scope
from hub.acts.asking import exchange_of
from hub.acts.doing import Doing, bad_input
from hub.callers.stopping import frozen_grants
from hub.clock import SHANGHAI, rfc3339, rfc3339_of
from hub.exchange.certifying import Word, words_on
from hub.exchange.exchange import Exchange
from hub.exchange.expiring import FIRST
from hub.exchange.grant_words import Labels, in_words, in_words_en
from hub.exchange.templates_of import Template, checked_templates
from hub.guessing import guess, nearest
from hub.roster.versions import Version
from schema.enums import GrantState, Scenario
from schema.granting import (
    GrantCertification,
    GrantCondition,
    GrantConnection,
    GrantEdge,
    GrantItem,
    GrantsWanted,
    GrantTemplate,
    GrantVersion,
    TemplateGrant,
)
from schema.paging import PageInfo

MOST = 200
_ALL = frozenset({Role.SEC, Role.AUDIT})
"""Roles that see every grant."""
_NUMBERS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class _Moment:
    """When grants are looked at: an instant in seconds since 1970, and its day."""

    second: int
    day: date


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is known beside the grants of a page, by their ids."""

    versions: Mapping[str, Sequence[Version]]
    requests: Mapping[str, str]
    words: Sequence[Word]
    frozen: frozenset[str]
    labels: Labels


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: their role, and their department."""

    role: Role
    department: str


@dataclass(frozen=True, slots=True)
class GrantsOf:
    """What somebody is told of grants; without a viewer everything, for the operator at the machine."""

    exchange: Exchange
    viewer: Viewer | None

    def grants(self, wanted: GrantsWanted) -> GrantConnection:
        """A page of those that the caller may see, by id."""
        if not 1 <= wanted.first <= MOST:
            raise bad_input(f"first 须为 1 到 {MOST}", f"first takes 1 to {MOST}")
        moment = self._moment(wanted.as_of)
        found = [one for one in self.visible(moment.second) if _fits(one, self._tests(wanted, moment))]
        found.sort(key=lambda one: _order(one.id))
        after = _read_cursor(wanted.after)
        left = [one for one in found if after is None or _order(one.id) > _order(after)]
        page = left[: wanted.first]
        beside = self._beside([one.id for one in page], moment)
        edges = [GrantEdge(cursor=_cursor(one.id), node=self._item(one, moment, beside)) for one in page]
        info = PageInfo(
            has_next_page=len(left) > len(page),
            has_previous_page=after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        )
        return GrantConnection(edges=edges, page_info=info, total_count=len(found))

    def templates(self, scenario: Scenario | None) -> list[GrantTemplate]:
        """The templates, with the purposes that this deployment has for them."""
        found = checked_templates(self.exchange.owners.catalogue)
        wanted = [name for name in found if scenario is None or scenario.name == name]
        return [self._template(Scenario[name], found[name]) for name in wanted]

    def visible(self, instant: int) -> list[Grant]:
        """Grants as they were recorded at an instant, as far as the caller may see them."""
        recorded, owners, viewer = self.exchange.grants, self.exchange.owners, self.viewer
        found = recorded.current() if instant >= self.exchange.now else recorded.as_of(instant)
        if viewer is None or viewer.role in _ALL:
            return found
        own = {one.id for one in found if one.department in (ANY_DEPARTMENT, viewer.department)}
        steward = viewer.role is Role.STEWARD
        return [one for one in found if one.id in own or (steward and viewer.department in owners.touched(one))]

    def labels(self) -> Labels:
        """What things are called today."""
        departments = self.exchange.roster().departments
        named = {code: (one.label, one.label_en or one.label) for code, one in departments.items()}
        owners = self.exchange.owners
        return Labels(named, owners.purposes, owners.catalogue)

    def _moment(self, as_of: str | None) -> _Moment:
        now = self.exchange.now
        if as_of is None:
            return _Moment(now, datetime.fromtimestamp(now, SHANGHAI).date())
        try:
            instant = datetime.fromisoformat(as_of)
        except (TypeError, ValueError):
            instant = None
        if instant is None or instant.tzinfo is None or not 1970 < instant.year < 9999:
            raise bad_input(
                "asOf 须为带时区的时刻，如 2026-12-31T12:00:00+08:00",
                "asOf is an instant with offset, for example 2026-12-31T12:00:00+08:00",
            )
        second = min(int(instant.timestamp()), now)
        return _Moment(second, datetime.fromtimestamp(second, SHANGHAI).date())

    def _tests(self, wanted: GrantsWanted, moment: _Moment) -> list[Callable[[Grant], bool]]:
        catalogue, tests = self.exchange.owners.catalogue, list[Callable[[Grant], bool]]()
        if wanted.department is not None:
            code = wanted.department
            tests.append(lambda one: one.department == code)
        if wanted.role is not None:
            role = Role(_known("role", wanted.role, [role.value for role in Role]))
            tests.append(lambda one: one.role is role)
        if wanted.field is not None:
            rule = catalogue.fields[_known("field", wanted.field, list(catalogue.fields))]
            tests.append(lambda one: one.covers(rule.coordinate, rule.scope))
        if wanted.scope is not None:
            scope = Scope(_known("scope", wanted.scope, [scope.value for scope in Scope]))
            tests.append(lambda one: scope in one.scopes)
        if wanted.state is not None:
            tests.append(lambda one: state_of(one, moment.day, moment.second) is wanted.state)
        return tests

    def _beside(self, names: Sequence[str], moment: _Moment) -> _Beside:
        exchange = self.exchange
        return _Beside(
            versions=exchange.grants.histories(names, moment.second),
            requests=exchange.grants.requested(names, moment.second),
            words=words_on(exchange, names, moment.second),
            frozen=frozen_grants(self.exchange.connection, moment.second),
            labels=self.labels(),
        )

    def _item(self, grant: Grant, moment: _Moment, beside: _Beside) -> GrantItem:
        labels, versions = beside.labels, beside.versions.get(grant.id, ())
        last = min(grant.last_day, grant.until.astimezone(SHANGHAI).date()) if grant.until else grant.last_day
        return GrantItem(
            id=strawberry.ID(grant.id),
            department=grant.department,
            role=grant.role.value,
            purposes=sorted(grant.purposes),
            scopes=[scope.value for scope in sorted(grant.scopes)],
            fields=sorted(grant.fields),
            rows=conditions_of(grant.rows),
            masked=sorted(grant.masked),
            mask_personal=grant.mask_personal,
            effect=grant.effect.value,
            records_a_day=grant.records_a_day,
            entities_a_day=grant.entities_a_day,
            starts=grant.starts.isoformat(),  # type: ignore[arg-type]
            ends=grant.ends.isoformat(),  # type: ignore[arg-type]
            certified_until=_day(grant.certified_until),  # type: ignore[arg-type]
            last_day=last.isoformat(),  # type: ignore[arg-type]
            days_left=(last - moment.day).days,
            state=state_of(grant, moment.day, moment.second),
            frozen=grant.id in beside.frozen,
            legal_basis=grant.legal_basis,
            request=beside.requests.get(grant.id),
            asked_by=grant.asked_by,
            approved_by=grant.approved_by,
            released_by=grant.released_by,
            person=grant.person,
            since=rfc3339(grant.since) if grant.since else None,  # type: ignore[arg-type]
            until=rfc3339(grant.until) if grant.until else None,  # type: ignore[arg-type]
            owners=sorted(self.exchange.owners.touched(grant)),
            certifications=[_certification(word) for word in beside.words if word.grant == grant.id],
            version=versions[-1].number if versions else 1,
            history=_history(versions, moment.second),
            in_words=in_words(grant, labels),
            in_words_en=in_words_en(grant, labels),
        )

    def _template(self, scenario: Scenario, template: Template) -> GrantTemplate:
        purposes = template.purposes(list(self.exchange.owners.purposes.values()))
        return GrantTemplate(
            scenario=scenario,
            label=scenario.zh,
            label_en=scenario.en,
            note=template.note,
            note_en=template.note_en,
            grants=[
                TemplateGrant(
                    role=row.role.value,
                    purposes=list(purposes),
                    scopes=[scope.value for scope in sorted(row.scopes)],
                    fields=sorted({*row.fields, *row.masked}),
                    rows=conditions_of(row.filter),
                    masked=sorted(row.masked),
                    mask_personal=row.mask_personal,
                    records_a_day=row.records_a_day,
                    entities_a_day=row.entities_a_day,
                    legal_basis=row.legal_basis,
                    note=row.note,
                    note_en=row.note_en,
                )
                for row in template.grant
            ],
        )


def grants_seen(doing: Doing) -> GrantsOf:
    """What one caller is told of grants."""
    client = doing.access.caller.client
    return GrantsOf(exchange_of(doing), Viewer(client.role, client.department))


def state_of(grant: Grant, day: date, second: int) -> GrantState:
    """The state of a grant on a day, and at an instant of it."""
    over = grant.until is not None and grant.until.timestamp() <= second
    if grant.ends < grant.starts or grant.ends < day or over:
        return GrantState.ENDED
    if grant.starts > day or (grant.since is not None and grant.since.timestamp() > second):
        return GrantState.UPCOMING
    if grant.last_day < day:
        return GrantState.UNCERTIFIED
    return GrantState.EXPIRING if (grant.last_day - day).days <= FIRST else GrantState.IN_FORCE


def conditions_of(rows: frozenset[Condition]) -> list[GrantCondition]:
    """A row filter as it is told."""
    return [
        GrantCondition(
            field=one.field,
            op=one.op.value,
            values=[] if isinstance(one.operand, Binding) else sorted(one.operand),
            binding=one.operand.name if isinstance(one.operand, Binding) else None,
        )
        for one in sorted(rows, key=str)
    ]


def _fits(grant: Grant, tests: Sequence[Callable[[Grant], bool]]) -> bool:
    return all(test(grant) for test in tests)


def _known(argument: str, name: str, names: Sequence[str]) -> str:
    if name in names:
        return name
    zh, en = guess(nearest(name, names))
    raise bad_input(f"没有这个 {argument}{zh}", f"there is no such {argument}{en}")


def _order(name: str) -> tuple[tuple[int, str], ...]:
    """Ids by their numbers: G-999 before G-1000."""
    parts = _NUMBERS.split(name)
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)


def _cursor(name: str) -> str:
    return urlsafe_b64encode(name.encode()).decode()


def _read_cursor(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return b64decode(text, altchars=b"-_", validate=True).decode()
    except ValueError:
        raise bad_input("after 不是游标", "after is no cursor") from None


def _certification(word: Word) -> GrantCertification:
    return GrantCertification(
        owner=word.owner,
        until=word.until.isoformat(),  # type: ignore[arg-type]
        by=word.by,
        at=rfc3339_of(word.at),  # type: ignore[arg-type]
        counted=word.counted,
    )


def _history(versions: Sequence[Version], second: int) -> list[GrantVersion]:
    before: list[Mapping[str, object]] = [{}, *(version.body for version in versions)]
    return [
        GrantVersion(
            number=version.number,
            recorded_at=rfc3339_of(version.recorded_at),  # type: ignore[arg-type]
            recorded_by=version.recorded_by,
            replaced_at=_replaced(version, second),  # type: ignore[arg-type]
            changed=_changed(before[place], version.body) if place else [],
        )
        for place, version in enumerate(versions)
    ]


def _replaced(version: Version, second: int) -> str | None:
    at = version.replaced_at
    return rfc3339_of(at) if at is not None and at <= second else None


def _changed(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
