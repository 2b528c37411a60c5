"""What is wrong with what is asked for, before it is asked and once more before it takes effect.

A grant that is asked for is held to what one of the configuration is held to, and to more: nobody asks for another
department, for a role that none of its clients and people has, or for fields that nobody answers for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy import Connection, select

from auth.classes import Sharing
from auth.grants import ANY_DEPARTMENT, Binding, Effect, Grant
from auth.roles import Role, station
from auth.scopes import Scope
from hub.clock import years_after
from hub.errors import HubError
from hub.exchange.changes import Change, ChangeKind
from hub.owners import Owners
from hub.roster.checking import grant_faults, row_faults
from hub.roster.roster import Roster
from hub.settings_grants import StoredGrant, written
from hub.store.caller_tables import people
from schema.catalogue import FieldRule

MOST_YEARS = 3
_ENTITIES = "entities"
"""What mandates of merchants bind to."""


@dataclass(frozen=True, slots=True)
class Checker:
    """What changes are checked against: the owners, the roster, and the people of the store, on one day."""

    connection: Connection
    owners: Owners
    roster: Roster
    today: date

    def check(self, changes: Iterable[Change]) -> None:
        """HubError for the first thing that is wrong; nothing that was sent is told again."""
        for number, change in enumerate(changes):
            place = f"grants[{number}]"
            if change.kind is ChangeKind.ADD:
                self._check_new(change.grant, place)
            else:
                self._check_known(change)

    def _check_new(self, grant: Grant, place: str) -> None:
        if grant.effect is not Effect.ALLOW or grant.person is not None or grant.since or grant.until:
            raise bad(place, "只能申请普通授权", "only an allowance for everybody in a role can be asked for")
        self._check_whom(grant, place)
        self._check_purposes(grant, place)
        if not grant.scopes and not grant.fields:
            raise bad(place, "须写明范围或字段", "names no scope and no field")
        self._check_fields(grant, place)
        self._check_scopes(grant, place)
        self._check_rows(grant, place)
        self._check_period(grant, place)
        self._check_fit(grant, place)
        self._check_denials(grant, place)

    def _check_known(self, change: Change) -> None:
        """A grant of the store that is to end later, or earlier."""
        grant, last = change.grant, change.last_day
        plain = grant.effect is Effect.ALLOW and grant.person is None and grant.department != ANY_DEPARTMENT
        if not plain or last is None:
            raise bad("id", "这项授权不能这样变更", "this grant can't be changed so")
        if change.kind is ChangeKind.RENEW:
            if not max(self.today, grant.ends) < last <= years_after(self.today, MOST_YEARS):
                raise bad(
                    "until",
                    f"须晚于现有期限，且至多 {MOST_YEARS} 年",
                    f"must lie after its last day, and within {MOST_YEARS} years",
                )
            self._check_renewable(grant)
        elif not self.today <= last < grant.ends:
            raise bad("lastDay", "须为今天起、早于现有期限的日期", "must be from today on, before its last day")

    def _check_renewable(self, grant: Grant) -> None:
        """What was once given is asked for again: fields that are no more, or that nobody answers for, are not."""
        self._check_purposes(grant, "grant")
        self._check_fields(grant, "grant")
        self._check_scopes(grant, "grant")
        self._check_fit(grant, "grant")

    def _check_whom(self, grant: Grant, place: str) -> None:
        if grant.department not in self.roster.departments:
            raise bad(f"{place}.department", "没有这个部门", "there is no such department")
        if grant.role is Role.PUBLIC or grant.role not in self.roles_of(grant.department):
            raise bad(
                f"{place}.role",
                "该部门没有此角色的客户端或人员",
                "no client and nobody of the department has this role",
            )

    def _check_purposes(self, grant: Grant, place: str) -> None:
        if not grant.purposes:
            raise bad(f"{place}.purposes", "须写明用途", "names no purpose")
        if not grant.purposes <= self.owners.purposes.keys():
            raise bad(f"{place}.purposes", "没有这个用途", "there is no such purpose")

    def _check_fields(self, grant: Grant, place: str) -> None:
        fields, highest = self.owners.catalogue.fields, station(grant.role)
        for coordinate in sorted(grant.fields | grant.masked):
            rule = fields.get(coordinate)
            if rule is None or rule.sensitivity > highest:
                raise bad(f"{place}.fields", "有不存在的字段", "names a field that does not exist")
            if rule.sharing is Sharing.WITHHELD:
                raise self.withheld(rule)
        if not all(grant.covers(name, fields[name].scope) for name in grant.masked):
            raise bad(f"{place}.masked", "有未申请的字段", "names a field that is not asked for")
        for coordinate in sorted(grant.fields):
            self._check_owned(fields[coordinate])

    def _check_scopes(self, grant: Grant, place: str) -> None:
        highest = station(grant.role)
        for scope in sorted(grant.scopes):
            rules = [rule for rule in self.owners.catalogue.fields.values() if rule.scope is scope]
            if not rules or any(rule.sensitivity > highest for rule in rules):
                raise bad(f"{place}.scopes", "有不存在的范围", "names a scope that does not exist")
            shared = [rule for rule in rules if rule.sharing is not Sharing.WITHHELD]
            if not shared:
                raise self.withheld(rules[0])
            # A record that is delivered later would be given without its owner's answer.
            for rule in shared:
                self._check_owned(rule)

    def _check_owned(self, rule: FieldRule) -> None:
        if not self.owners.of(rule):
            declared = self.owners.catalogue.records[self.owners.record(rule)].declared
            owner, owner_en = declared.authority_zh, declared.authority_en
            raise HubError("FIELD_NOT_REQUESTABLE", label=rule.zh, label_en=rule.en, owner=owner, owner_en=owner_en)

    def _check_rows(self, grant: Grant, place: str) -> None:
        known = self._bound(grant.department, grant.role)
        for condition in grant.rows:
            if condition.field not in self.owners.columns:
                raise bad(f"{place}.rows", "不能按此字段限定行", "names a field by which rows can't be filtered")
            if isinstance(condition.operand, Binding) and condition.operand.name not in known:
                raise bad(
                    f"{place}.rows",
                    "该部门该角色没有这个绑定名称",
                    "names a binding that nobody of this department and role has",
                )
        if any(row_faults(grant, self.owners.catalogue)):
            raise bad(f"{place}.rows", "此字段不能这样比较", "compares a field in a way it can't be compared")

    def _check_period(self, grant: Grant, place: str) -> None:
        if grant.ends < max(grant.starts, self.today):
            raise bad(f"{place}.ends", "期限已过或早于起始日", "ends before it starts, or has ended")
        if grant.ends > years_after(max(grant.starts, self.today), MOST_YEARS):
            raise bad(f"{place}.ends", f"期限至多 {MOST_YEARS} 年", f"lasts for {MOST_YEARS} years at most")

    def _check_fit(self, grant: Grant, place: str) -> None:
        table = StoredGrant.model_validate({**written(grant), "id": grant.id or "-", "approved_by": "-"})
        faults = [*table.faults(), *grant_faults(grant, self.owners.catalogue)]
        # Every field of it is known by now, so that no sentence holds what was sent.
        for sentence in faults:
            raise bad(place, f"与模式不符（{sentence}）", sentence)

    def _check_denials(self, grant: Grant, place: str) -> None:
        """A denial beats every allowance: what it takes away would be granted for nothing."""
        against = [one for one in self.roster.grants if one.effect is Effect.DENY and one.last_day >= self.today]
        mine = [one for one in against if one.concerns(grant.department, grant.role)]
        for denial in mine:
            if denial.purposes and not denial.purposes & grant.purposes:
                continue
            if any(denial.covers(rule.coordinate, rule.scope) for rule in self.owners.covered(grant)):
                raise bad(
                    place,
                    "其中有明令禁止的内容，须先终止禁止",
                    "a standing denial takes away some of it, and must end first",
                )

    def withheld(self, rule: FieldRule) -> HubError:
        """The refusal of what is not shared, with its basis."""
        return HubError("FIELD_WITHHELD", label=rule.zh, label_en=rule.en, basis=basis_of(self.owners, rule))

    def roles_of(self, department: str) -> set[Role]:
        """Roles that clients and people of a department have."""
        clients = {client.role for client in self.roster.clients.values() if client.department == department}
        held = select(people.c.role).where(people.c.department == department, people.c.ended_at.is_(None)).distinct()
        return clients | {Role(row.role) for row in self.connection.execute(held)}

    def _bound(self, department: str, role: Role) -> set[str]:
        mine = (one for one in self.roster.clients.values() if (one.department, one.role) == (department, role))
        names = {name for client in mine for name in client.bindings}
        table = people.c
        held = select(table.bindings).where(
            table.department == department, table.role == role, table.ended_at.is_(None)
        )
        found = {name for row in self.connection.execute(held) for name in orjson.loads(row.bindings)}
        return names | found | ({_ENTITIES} if role is Role.MERCHANT else set())


def withheld_in(changes: Iterable[Change], owners: Owners) -> list[FieldRule]:
    """Fields that are asked for although they are not shared: named, or the whole of a scope."""
    rules = owners.catalogue.fields
    found: dict[str, FieldRule] = {}
    for change in changes:
        grant = change.grant
        named = [rules[one] for one in sorted(grant.fields) if one in rules]
        for rule in [*named, *(rule for scope in sorted(grant.scopes) for rule in _all_withheld(owners, scope))]:
            if rule.sharing is Sharing.WITHHELD and rule.sensitivity <= station(grant.role):
                found[rule.coordinate] = rule
    return list(found.values())


def basis_of(owners: Owners, rule: FieldRule) -> str:
    """On which basis a field is, or is not, shared: that of its source, else the catalogue of its authority."""
    record = owners.record(rule)
    return owners.bases.get(record) or f"{owners.catalogue.records[record].declared.authority_zh}数据共享目录"


def bad(place: str, detail: str, detail_en: str) -> HubError:
    """The refusal of an argument at a place."""
    return HubError("BAD_USER_INPUT", detail=f"{place} {detail}", detail_en=f"{place} {detail_en}")


def _all_withheld(owners: Owners, scope: Scope) -> list[FieldRule]:
    rules = [rule for rule in owners.catalogue.fields.values() if rule.scope is scope]
    return rules if all(rule.sharing is Sharing.WITHHELD for rule in rules) else []
