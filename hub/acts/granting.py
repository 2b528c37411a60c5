"""Acts about grants: confirming them, drafting a request from a template, and taking a sheet of them.

Nothing here lets a grant take effect but the last confirmation of one that is there: all else becomes a draft request.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import strawberry

from auth.caller import Client
from auth.grants import Grant
from auth.roles import Role
from hub.acts.asking import MAX_TEXT, actor_of, exchange_of
from hub.acts.doing import Doing, bad_input, line_of
from hub.acts.granting_look import grants_seen
from hub.errors import ERRORS, HubError
from hub.exchange import asking
from hub.exchange.certifying import Certified, recertify
from hub.exchange.changes import Change, ChangeKind
from hub.exchange.exchange import Exchange
from hub.exchange.grant_columns import COLUMNS, READ
from hub.exchange.grant_preview import Planned, Sheet
from hub.exchange.grant_rows import Mistake
from hub.exchange.grant_sheets import MOST_ROWS
from hub.exchange.grant_words import Labels, in_words, in_words_en
from hub.exchange.templates_of import Template, Whom, checked_templates, grants_of
from hub.owners import Owners
from schema.enums import RowBecomes, Scenario
from schema.granting import (
    DraftOutcome,
    GrantRow,
    ImportedRow,
    ImportOutcome,
    Recertified,
    RecertifyOutcome,
    RowDifference,
    RowMistake,
)

_IMPORTED = asking.Wish("由授权表导入起草", draft=True)
_PLACE = re.compile(r"grants\[\d+\]\.(\w+)")
_COLUMNS = {column.key for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Granting:
    """The `GrantsDeeds` of the schema; `count` is told of every act."""

    doing: Doing
    count: Callable[[], None]

    def recertify(self, ids: Sequence[str], until: str | None) -> RecertifyOutcome:
        """Confirm grants for one's own department."""
        self.count()
        exchange = exchange_of(self.doing)
        last = date.fromisoformat(until) if until is not None else None
        found = recertify(exchange, actor_of(self.doing), ids, last)
        extended = [one.grant.id for one in found if not one.waiting]
        told = {"grants": " ".join(ids), "extended": " ".join(extended)}
        outcome = "GRANTED" if len(extended) == len(found) else "WAITING"
        position = self.doing.record("GRANTS_RECERTIFIED", outcome, self._subject(ids), told)
        return RecertifyOutcome(grants=[_recertified(one) for one in found], position=position)  # type: ignore[arg-type]

    def draft(self, scenario: Scenario, department: str, starts: str, ends: str) -> DraftOutcome:
        """Draft a request from a template, of what this hub has and the department can use."""
        self.count()
        exchange, actor = exchange_of(self.doing), actor_of(self.doing)
        template = checked_templates(exchange.owners.catalogue)[scenario.name]
        purposes = template.purposes(list(exchange.owners.purposes.values()))
        if not purposes:
            raise bad_input(
                f"本网关没有场景“{scenario.zh}”的用途，请管理员先设置",
                f"this hub has no purpose for the scenario {scenario.en}: have one configured",
            )
        if department != actor.department:
            raise bad_input("只能为本部门起草", "one drafts for one's own department only")
        whom = Whom(department, purposes, date.fromisoformat(starts), date.fromisoformat(ends))
        found, left_out = _usable(exchange, template, whom)
        reason = f"按场景模板“{scenario.zh}”起草：{template.note}"
        changes = [Change(ChangeKind.ADD, grant) for grant in found]
        request, position = asking.ask(exchange, actor, changes, asking.Wish(reason, draft=True))
        return DraftOutcome(
            request=request.number,
            changes=len(changes),
            left_out=left_out,
            position=position,  # type: ignore[arg-type]
        )

    def take_rows(self, rows: Sequence[GrantRow], *, preview: bool, reason: str | None = None) -> ImportOutcome:
        """Say what would become of rows, or draft the request that they are; HubError where a row has a mistake."""
        if not 1 <= len(rows) <= MOST_ROWS:
            raise bad_input(f"rows 须为 1 到 {MOST_ROWS} 行", f"rows takes 1 to {MOST_ROWS}")
        exchange, look = exchange_of(self.doing), grants_seen(self.doing)
        client, labels = self.doing.access.caller.client, look.labels()
        cells = [_cells(row) for row in rows]
        visible = {one.id: one for one in look.visible(exchange.now) if one.person is None}
        sheet = Sheet(visible, labels, exchange.today, _drafted_for(client))
        planned = _within(_checked(exchange, sheet.plan(cells)))
        shown = [_shown(one, labels) for one in planned]
        absent = sheet.absent(cells)
        if preview:
            return ImportOutcome(rows=shown, absent=absent, request=None, position=None)
        _refuse_faulty(planned)
        changes = [change for one in planned for change in one.changes]
        if not changes:
            return ImportOutcome(rows=shown, absent=absent, request=None, position=None)
        self.count()
        wish = _IMPORTED if reason is None else asking.Wish(line_of(reason, MAX_TEXT, "reason"), draft=True)
        request, position = asking.ask(exchange, actor_of(self.doing), changes, wish)
        return ImportOutcome(rows=shown, absent=absent, request=request.number, position=position)  # type: ignore[arg-type]

    def _subject(self, ids: Sequence[str]) -> str:
        return self.doing.vault.short("subject", " ".join(sorted(ids)))


def _recertified(one: Certified) -> Recertified:
    until = one.grant.certified_until
    return Recertified(
        id=strawberry.ID(one.grant.id),
        certified_until=until.isoformat() if until is not None else None,  # type: ignore[arg-type]
        waiting_for=list(one.waiting),
    )


def _drafted_for(client: Client) -> str | None:
    """The only department whose grants somebody may draft; the security administrator looks at what would be for all."""
    return None if client.role is Role.SEC else client.department


def _usable(exchange: Exchange, template: Template, whom: Whom) -> tuple[list[Grant], list[str]]:
    """The grants of a template that can be asked for, and what had to be left out; HubError if nothing is left."""
    roles = asking.checker_of(exchange).roles_of(whom.department)
    left_out = sorted({row.role.value for row in template.grant} - {role.value for role in roles})
    kept: list[Grant] = []
    for grant in grants_of(template, whom):
        if grant.role not in roles:
            continue
        delivered = _delivered(grant, exchange.owners)
        left_out += sorted({*grant.scopes, *grant.fields} - {*delivered.scopes, *delivered.fields})
        if delivered.scopes or delivered.fields:
            kept.append(delivered)
    if not kept:
        named = "、".join(dict.fromkeys(left_out))
        raise bad_input(
            f"模板中没有本部门可申请的内容（未列入：{named}）",
            f"nothing of the template can be asked for (left out: {named})",
        )
    return kept, list(dict.fromkeys(left_out))


def _delivered(grant: Grant, owners: Owners) -> Grant:
    """The grant without scopes and fields of records that nobody delivers."""
    rules = owners.catalogue.fields
    gone = {rule.scope for rule in rules.values() if not owners.of(rule)}
    fields = frozenset(name for name in grant.fields if owners.of(rules[name]))
    return replace(grant, scopes=grant.scopes - gone, fields=fields, masked=grant.masked & fields)


def _cells(row: GrantRow) -> dict[str, str]:
    told = {
        "id": row.id,
        "department": row.department,
        "role": row.role,
        "purposes": row.purposes,
        "scopes": row.scopes,
        "fields": row.fields,
        "rows": row.rows,
        "masked": row.masked,
        "maskPersonal": row.mask_personal,
        "effect": row.effect,
        "recordsADay": row.records_a_day,
        "entitiesADay": row.entities_a_day,
        "starts": row.starts,
        "ends": row.ends,
        "legalBasis": row.legal_basis,
    }
    return {key: told[key] or "" for key in READ}


def _checked(exchange: Exchange, planned: Sequence[Planned]) -> list[Planned]:
    """Rows, each held to what a request is held to, so that a preview promises nothing that is refused then."""
    checker, found = asking.checker_of(exchange), list[Planned]()
    for one in planned:
        try:
            checker.check(one.changes)
        except HubError as fault:
            found.append(replace(one, becomes=RowBecomes.FAULTY, mistakes=(_mistake(fault),), changes=()))
        else:
            found.append(one)
    return found


def _mistake(fault: HubError) -> Mistake:
    text, names = ERRORS[fault.code], fault.names
    place = _PLACE.match(str(names.get("detail", "")))
    column = place[1] if place is not None and place[1] in _COLUMNS else "fields"
    if fault.code != "BAD_USER_INPUT":
        return Mistake(column, text.zh.format_map(names), text.en.format_map(names))
    zh, en = (_PLACE.sub("", str(names[name]), count=1).strip() for name in ("detail", "detail_en"))
    return Mistake(column, zh, en)


def _within(planned: Sequence[Planned]) -> list[Planned]:
    """Rows beyond what one request may hold are faulty."""
    found, changes = list[Planned](), 0
    for one in planned:
        changes += len(one.changes)
        if one.changes and changes > asking.MOST_CHANGES:
            most = asking.MOST_CHANGES
            told = Mistake(
                "id", f"一份申请至多 {most} 项变更，请拆分", f"a request holds {most} changes at most: split it"
            )
            found.append(replace(one, becomes=RowBecomes.FAULTY, mistakes=(told,), changes=()))
        else:
            found.append(one)
    return found


def _refuse_faulty(planned: Sequence[Planned]) -> None:
    for one in planned:
        for mistake in one.mistakes:
            raise bad_input(
                f"第 {one.number} 行 {mistake.column}：{mistake.zh}",
                f"row {one.number}, {mistake.column}: {mistake.en}",
            )


def _shown(one: Planned, labels: Labels) -> ImportedRow:
    grant = one.grant if not one.mistakes else None
    return ImportedRow(
        row=one.number,
        id=strawberry.ID(one.id) if one.id else None,
        becomes=one.becomes,
        differences=[RowDifference(column=key, before=before, after=after) for key, before, after in one.different],
        mistakes=[
            RowMistake(column=bad.column, message=bad.zh, message_en=bad.en, suggestion=bad.suggestion)
            for bad in one.mistakes
        ],
        in_words=in_words(grant, labels) if grant is not None else None,
        in_words_en=in_words_en(grant, labels) if grant is not None else None,
    )
