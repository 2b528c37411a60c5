"""What would become of the rows of a sheet of grants: compared with what is in force, a change each, or why not.

Decides nothing and stores nothing. A row that is as it was exported stays as it is, whatever has changed around it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from auth.classes import Sensitivity, Sharing
from auth.grants import Effect, Grant
from auth.roles import Role
from hub.exchange.changes import Change, ChangeKind
from hub.exchange.grant_columns import READ, cells_of, differences
from hub.exchange.grant_rows import Mistake, RowReader
from hub.exchange.grant_words import Labels
from hub.guessing import guess, nearest
from hub.roster.checking import grant_faults, row_faults
from schema.catalogue import FieldRule
from schema.enums import RowBecomes

Row = Mapping[str, str]
LEAD = timedelta(days=30)
"""From when what takes an old grant's place holds, unless a later day is written: owners may take twenty working days."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of a row: the grant as it is meant, how it differs from the one in force, and the changes it takes."""

    number: int
    id: str
    becomes: RowBecomes
    grant: Grant | None = None
    mistakes: tuple[Mistake, ...] = ()
    different: tuple[tuple[str, str, str], ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What rows are compared with: grants by their ids, what things are called, this day, and whose grants may be drafted.

    department: the only one whose grants may be drafted, None for all.
    """

    grants: Mapping[str, Grant]
    labels: Labels
    today: date
    department: str | None = None

    def plan(self, rows: Sequence[Row]) -> list[Planned]:
        """What becomes of each row, in their order."""
        first: dict[str, int] = {}
        for number, row in enumerate(rows, 1):
            name = row.get("id", "").strip()
            if name:
                first.setdefault(name, number)
        return [self._row(number, row, first) for number, row in enumerate(rows, 1)]

    def absent(self, rows: Sequence[Row]) -> list[str]:
        """Grants in force that no row names."""
        named = {row.get("id", "").strip() for row in rows}
        return sorted(name for name, one in self.grants.items() if one.active(self.today) and name not in named)

    def _row(self, number: int, row: Row, first: Mapping[str, int]) -> Planned:
        name = row.get("id", "").strip()
        if name and first[name] != number:
            told = f"第 {first[name]} 行", f"row {first[name]}"
            return _faulty(number, name, [Mistake("id", f"编号重复，已见于{told[0]}", f"stands in {told[1]} already")])
        known = self.grants.get(name)
        if name and known is None:
            return _faulty(number, name, [self._unknown(name)])
        if known is not None and all(row.get(key, "") == text for key, text in cells_of(known).items()):
            return Planned(number, name, RowBecomes.SAME, known)
        reader = RowReader({key: row.get(key, "") for key in READ}, self.labels)
        read = reader.grant()
        if read is None:
            return _faulty(number, name, reader.mistakes)
        meant = replace(read, id=name)
        mistakes = [*self._foreign(meant), *self._schema(meant), *self._days(meant, known)]
        if mistakes:
            return _faulty(number, name, mistakes)
        return self._added(number, meant) if known is None else self._changed(number, known, meant)

    def _added(self, number: int, grant: Grant) -> Planned:
        return Planned(number, "", RowBecomes.ADDED, grant, changes=(Change(ChangeKind.ADD, grant),))

    def _changed(self, number: int, known: Grant, meant: Grant) -> Planned:
        different = tuple(differences(cells_of(known), cells_of(meant)))
        names = [key for key, _, _ in different]
        if not names:
            return Planned(number, known.id, RowBecomes.SAME, known)
        if names == ["ends"]:
            later = meant.ends > known.ends
            kind, becomes = (ChangeKind.RENEW, RowBecomes.RENEWED) if later else (ChangeKind.END, RowBecomes.ENDED)
            changes: tuple[Change, ...] = (Change(kind, known, meant.ends),)
            return Planned(number, known.id, becomes, replace(known, ends=meant.ends), (), different, changes)
        # A grant is what was approved: anything else is another grant, and the old one ends where that begins. It
        # begins when it can have been approved, so that nobody is without either.
        starts = meant.starts if meant.starts > self.today else self.today + LEAD
        fresh = replace(meant, id="", starts=starts)
        last = starts - timedelta(days=1)
        end = [Change(ChangeKind.END, known, last)] if known.ends > last else []
        different = tuple(differences(cells_of(known), cells_of(replace(fresh, id=known.id))))
        changes = (*end, Change(ChangeKind.ADD, fresh))
        return Planned(number, known.id, RowBecomes.CHANGED, fresh, (), different, changes)

    def _unknown(self, name: str) -> Mistake:
        near = nearest(name, self.grants)
        zh, en = guess(near)
        zh, en = f"没有这项授权{zh}；新增请留空", f"there is no such grant{en}; leave it empty for a new one"
        return Mistake("id", zh, en, near)

    def _foreign(self, grant: Grant) -> Iterator[Mistake]:
        if self.department is not None and grant.department != self.department:
            yield Mistake(
                "department",
                "只能为本部门起草；其他部门的由安全管理员起草",
                "you draft for your own department only; the security administrator drafts for others",
                self.department,
            )

    def _days(self, grant: Grant, known: Grant | None) -> Iterator[Mistake]:
        today = self.today.isoformat()
        if grant.ends < grant.starts and known is None:
            yield Mistake("ends", "早于起始日", "lies before the first day", grant.starts.isoformat())
        elif grant.ends < self.today and (known is None or known.ends != grant.ends):
            yield Mistake("ends", f"不能早于今天（{today}）", f"must not lie before today ({today})", today)
        if known is None and grant.starts < self.today:
            yield Mistake("starts", f"不能早于今天（{today}）", f"must not lie before today ({today})", today)

    def _schema(self, grant: Grant) -> Iterator[Mistake]:
        found = [*_alone(grant), *self._fields(grant)]
        yield from found
        for _, sentence in row_faults(grant, self.labels.catalogue):
            yield Mistake("rows", f"该字段不能这样比较（{sentence}）", sentence)
        if not found:
            # Whatever else the roster would refuse later is refused now.
            for sentence in grant_faults(grant, self.labels.catalogue):
                yield Mistake("fields", f"与模式不符（{sentence}）", sentence)

    def _fields(self, grant: Grant) -> Iterator[Mistake]:
        if grant.effect is Effect.DENY:
            return
        for rule in self.labels.catalogue.fields.values():
            if grant.covers(rule.coordinate, rule.scope):
                yield from _covered(grant, rule)
            elif rule.coordinate in grant.masked:
                zh = f"{rule.coordinate}（{rule.zh}）未授予：须同时写入字段，或写入其范围"
                yield Mistake("masked", zh, f"{rule.coordinate} is not given: name it as a field, or name its scope")


def _alone(grant: Grant) -> Iterator[Mistake]:
    if not grant.scopes and not grant.fields:
        yield Mistake("scopes", "须写明授权范围或字段", "names no scope and no field")
    if grant.effect is Effect.ALLOW and not grant.purposes:
        yield Mistake("purposes", "须写明用途", "an allowance names its purposes")
    if grant.effect is Effect.DENY and grant.rows:
        yield Mistake("rows", "禁止不能限定行", "a denial is for all rows")
    if grant.effect is Effect.DENY and (grant.records_a_day or grant.entities_a_day):
        column = "recordsADay" if grant.records_a_day else "entitiesADay"
        yield Mistake(column, "禁止没有限额", "a denial has no quota")


def _covered(grant: Grant, rule: FieldRule) -> Iterator[Mistake]:
    name = rule.coordinate
    if rule.sharing is Sharing.WITHHELD and name in grant.fields:
        yield Mistake("fields", f"{name}（{rule.zh}）依法不予共享", f"{name} is withheld by law and can't be granted")
        return
    masked = name in grant.masked or (grant.mask_personal and rule.sensitivity >= Sensitivity.PERSONAL)
    if masked and rule.mask is None:
        column = "masked" if name in grant.masked else "maskPersonal"
        yield Mistake(column, f"{name}（{rule.zh}）没有脱敏方式", f"{name} has no mask")
    if grant.role is Role.PUBLIC and rule.sensitivity > Sensitivity.PUBLIC and not masked:
        yield Mistake(
            "fields", f"{name}（{rule.zh}）不是公开字段，须脱敏", f"{name} is not public: mask it or leave it out"
        )


def _faulty(number: int, name: str, mistakes: Sequence[Mistake]) -> Planned:
    return Planned(number, name, RowBecomes.FAULTY, mistakes=tuple(mistakes))
