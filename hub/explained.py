"""The plan of a question as text for an administrator's terminal."""

from collections.abc import Iterator, Mapping

from hub.answer import Wording
from hub.errors import ERRORS
from hub.plan.bind import Bound
from hub.plan.explain import explain_calls, explain_fields


def explained_text(bound: Bound, rows: Mapping[str, int], wording: Wording) -> str:
    """Calls with their columns and row filters, estimated rows a source as if nothing were denied, every field's standing."""
    return "\n".join([*_calls(bound, wording), *_cost(rows), "", *_fields(bound, wording)])


def _cost(rows: Mapping[str, int]) -> Iterator[str]:
    if rows:
        listed = ", ".join(f"{source} {count}" for source, count in sorted(rows.items()))
        yield f"预计行数（未计拒绝） / estimated rows, denials not counted: {listed}"


def _calls(bound: Bound, wording: Wording) -> Iterator[str]:
    calls = explain_calls(bound, wording.topology)
    yield f"调用 / calls: {len(calls)}"
    for call in calls:
        number = f"#{call['call']} " if "call" in call else ""
        yield f"  {number}{call['source']} · {call['record']} · {call['way']}"
        yield f"     columns: {', '.join(call['columns'])}"
        if "after" in call:
            yield f"     after: {', '.join(f'#{number}' for number in call['after'])}"
        for shown in call.get("rowFilters", ()):
            yield f"     row filter: {shown}"
        if "where" in call:
            yield f"     where: {call['where']}"


def _fields(bound: Bound, wording: Wording) -> Iterator[str]:
    fields = explain_fields(bound)
    denied = [field for field in fields if field["standing"] == "DENIED"]
    yield f"字段 / fields: {len(fields)}，拒绝 / denied: {len(denied)}"
    for field in fields:
        label, _ = wording.labels(field["field"])
        line = f"  {field['standing']:<7}{field['path']} ({label})"
        if field["standing"] == "DENIED":
            owner = wording.owner(field["field"])
            reason = ERRORS[field["code"]].zh.format_map({"label": label, "owner": owner.label})
            yield f"{line} {field['code']}: {reason}"
        else:
            notes = [name for name in ("masked", "filtered") if field[name]]
            yield f"{line}{' · ' + ' '.join(notes) if notes else ''}"
