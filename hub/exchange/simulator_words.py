"""What the simulator says in sentences, Chinese first: differences, and the report of a self-check."""

from collections.abc import Mapping, Sequence

from auth.admission import PUBLIC_DEPARTMENT
from auth.grants import ANY_DEPARTMENT
from auth.roles import ROLE_LABELS
from hub.clock import rfc3339_of
from hub.exchange.checks import Kept
from hub.exchange.differences import Difference, Shift
from hub.exchange.self_check import MOST, Fault
from hub.exchange.words import Words, day_zh
from schema.catalogue import FieldRule
from schema.simulating_enums import CheckFault, FieldShift

_SHOWN = 8
"""Fields that a sentence names."""
Fields = Mapping[str, FieldRule]


def difference_zh(one: Difference, words: Words, people: int, clients: int) -> str:
    """A difference in Chinese."""
    asker, fields = one.asker, words.owners.catalogue.fields
    named = words.department(asker.department)[0]
    who = {PUBLIC_DEPARTMENT: "公众", ANY_DEPARTMENT: "其他各部门"}.get(asker.department, named)
    until = f"至{day_zh(one.until)}" if one.until else "起"
    told = [f"{FieldShift[shift.name].zh} {_listed_zh(names, fields)}" for shift, names in _by_shift(one)]
    concerned = f"（涉及 {people} 人、{clients} 个客户端）"
    as_what = f"{who}以“{ROLE_LABELS[asker.role][0]}”身份，为{words.purpose(asker.purpose)[0]}"
    return f"{day_zh(one.since)}{until}，{as_what}：{'；'.join(told)}{concerned}。"


def difference_en(one: Difference, words: Words, people: int, clients: int) -> str:
    """A difference in English."""
    asker, fields = one.asker, words.owners.catalogue.fields
    named = words.department(asker.department)[1]
    who = {PUBLIC_DEPARTMENT: "the public", ANY_DEPARTMENT: "all other departments"}.get(asker.department, named)
    until = f" to {one.until.isoformat()}" if one.until else " on"
    told = [f"{FieldShift[shift.name].en.lower()}: {_listed_en(names, fields)}" for shift, names in _by_shift(one)]
    concerned = f"({people} people, {clients} clients)"
    as_what = f"{who} as {ROLE_LABELS[asker.role][1].lower()}, for {words.purpose(asker.purpose)[1]}"
    return f"From {one.since.isoformat()}{until}, {as_what} – {'; '.join(told)} {concerned}."


def report_text(kept: Kept) -> str:
    """The report of a self-check, for printing."""
    verdict = "相符 / agrees" if not kept.count else f"发现 {kept.count} 处问题 / {kept.count} faults"
    lines = [
        f"自查报告第 {kept.number} 号 / Self-check {kept.number}, {rfc3339_of(kept.made_at)}: {verdict}",
        f"核对 {kept.askers} 个部门×角色×用途、{kept.cells} 个单元；{kept.explained} 个因期限或冻结而与批准时不同",
        (
            f"compared {kept.cells} cells of {kept.askers} departments × roles × purposes; a period or a freeze explains"
            f" {kept.explained} that are not as when they were approved"
        ),
        *(_fault_line(fault) for fault in kept.faults),
    ]
    if kept.count > len(kept.faults):
        lines.append(f"仅列出前 {MOST} 处 / only the first {MOST} are listed")
    return "\n".join(lines) + "\n"


def _fault_line(fault: Fault) -> str:
    kind = CheckFault[fault.kind.name]
    place = " ".join(part for part in (fault.subject, fault.field) if part)
    compared = f" [{fault.right or '–'} ≠ {fault.found or '–'}]" if fault.right or fault.found else ""
    return f"✗ {kind.zh} / {kind.en}: {place}{compared}"


def _by_shift(one: Difference) -> list[tuple[Shift, list[str]]]:
    found = [(shift, [name for name, shifts in one.shifts.items() if shift in shifts]) for shift in Shift]
    return [(shift, names) for shift, names in found if names]


def _listed_zh(names: Sequence[str], fields: Fields) -> str:
    shown = "、".join(f"{fields[name].zh}（{name}）" if name in fields else name for name in names[:_SHOWN])
    return shown + (f" 等 {len(names)} 个字段" if len(names) > _SHOWN else "")


def _listed_en(names: Sequence[str], fields: Fields) -> str:
    shown = ", ".join(f"{fields[name].en} ({name})" if name in fields else name for name in names[:_SHOWN])
    return shown + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
