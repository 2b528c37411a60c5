"""From suggestions to a record of `hub.toml`: which record the table holds, the column of each field and how it is read.

Columns that concern persons are left out unless they are named; numbers of persons always are. Knows no source.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.dialect import dialect_names, load_dialect
from adapters.mapping import RecordOptions
from auth.classes import Sensitivity
from hub.suggest.contents import Shape, against, look_at, looks_personal
from hub.suggest.matching import Column, Suggestion, suggest
from hub.suggest.sampling import Sample
from schema.catalogue import Catalogue, FieldRule, Kind, RecordRule

_SURE = 0.5
_SHARED = frozenset(
    ("uscc", "name", "legalRepresentative", "regNo15", "orgCode", "address", "kind", "contactPhone", "divisionCode")
)
_LITTLE, _NEARLY = 0.3, 0.7
_FEW, _SHARE = 4, 0.5
_MOST_CODES = 40
_LONGEST_CODE = 24
_MOST_UNKNOWN = 10
_ABSENT = ("空", "无", "暂无", "—", "——", "-", "--", "/", "NULL", "null")
_SEPARATORS = (";", "、", "|")
_ENDLESS = (
    "2099-12-31",
    "2099-01-31",
    "9999-09-09",
    "9999-12-31",
    "长期",
    "长期有效",
    "永久",
    "永久有效",
    "无固定期限",
)
_LOCAL = ("decisionNo", "certificateNo", "number", "caseNo", "licenceNo", "registrationNo", "uscc")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A record as `hub.toml` would say it, and what a person should know of it.

    left_out: column → why it is not mapped though it could be · lacking: what has to be said by hand, in two languages.
    """

    record: str
    options: Mapping[str, Any]
    suggestions: Sequence[Suggestion]
    left_out: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    lacking: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for: the record, or null to guess it, and columns of persons that are wanted all the same."""

    record: str | None = None
    include: frozenset[str] = frozenset()
    joins_local: bool = False


@dataclass(slots=True)
class _Draft:
    sample: Sample
    shapes: Mapping[str, Shape]
    rule: RecordRule
    wish: Wish
    spoken: Mapping[str, dict[str, Any]]
    columns: dict[str, Any] = field(default_factory=dict)
    left_out: dict[str, tuple[str, str]] = field(default_factory=dict)
    lacking: list[tuple[str, str]] = field(default_factory=list)


def needs_uscc(catalogue: Catalogue, record: str) -> bool:
    """True for a record that is found by the code of its entity, which is no field of its own."""
    of_entity = {relation.target for relation in catalogue.records["Entity"].relations.values()}
    return record in of_entity and "uscc" not in catalogue.records[record].fields


def propose_record(sample: Sample, catalogue: Catalogue, wish: Wish) -> Proposal:
    """The record a table seems to hold, with its mapping."""
    shapes = {
        name: look_at(sample.cells.get(name, ()), native_dates=sample.has_native_dates(name)) for name in sample.columns
    }
    columns = [
        Column(name, sample.labels.get(name, ""), shapes[name].speaks_for, against(catalogue, shapes[name]))
        for name in sample.columns
    ]
    suggestions = suggest(columns)
    rule = catalogue.records[wish.record or _record_of(suggestions, catalogue)]
    draft = _Draft(sample, shapes, rule, wish, spoken_columns(rule.name, sample.columns))
    for suggestion in sorted(suggestions, key=lambda each: -each.confidence):
        _take(draft, suggestion)
    _add_long_term(draft)
    order = [name for name in rule.fields if name in draft.columns]
    options: dict[str, Any] = {"columns": {name: draft.columns[name] for name in order}}
    keys = _keys(draft, suggestions, catalogue)
    _tell_elsewhere(draft, suggestions, catalogue, keys.values())
    never = [each.column.name for each in suggestions if _is_number_of_person(each, shapes)]
    local = _local(draft, suggestions, keys, never)
    options |= _said({"keys": keys, "local": local, "as_of": _as_of(draft, suggestions)})
    options |= _said({"disputed": _special(suggestions, "Provenance.disputed")})
    options |= _said({"never": never, "absent": list(_ABSENT)})
    return Proposal(rule.name, options, suggestions, draft.left_out, draft.lacking)


def spoken_columns(record: str, columns: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Field → how the published vocabulary that these columns are named after reads it; nothing where they are of none."""
    best: dict[str, dict[str, Any]] = {}
    for dialect in map(load_dialect, sorted(dialect_names())):
        if dialect.record != record:
            continue
        names = RecordOptions.model_validate({"record": record, "dialect": dialect.name}).spelt(columns)
        said = {field: _entry(entry) for field, entry in dialect.options["columns"].items()}
        found = {
            field: {**entry, "column": names[entry["column"]]}
            for field, entry in said.items()
            if entry["column"] in names
        }
        if len(found) > max(len(best), _FEW, len(said) * _SHARE):
            best = found
    return best


def _entry(said: Any) -> dict[str, Any]:
    return dict(said) if isinstance(said, Mapping) else {"column": said}


def _said(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value not in (None, {}, [], "")}


def _record_of(suggestions: Sequence[Suggestion], catalogue: Catalogue) -> str:
    weights: dict[str, float] = {"Entity": 0.01}
    for each in suggestions:
        record, _, name = each.canonical.partition(".")
        if record in catalogue.records and name in catalogue.records[record].fields:
            little = _LITTLE if record == "Entity" and name in _SHARED else 1.0
            weights[record] = weights.get(record, 0.0) + each.confidence * little
    return max(weights, key=lambda record: weights[record])


def _take(draft: _Draft, suggestion: Suggestion) -> None:
    """Map a column to the field of the record it is most like, if that is free and nobody's private matter."""
    column = suggestion.column.name
    if _is_number_of_person(suggestion, draft.shapes):
        draft.left_out[column] = ("证件号码,永不读取", "a number of a person, never read")
        return
    if suggestion.concerns_person:
        draft.left_out[column] = ("个人信息,目录中没有该字段", "concerns a person; the schema has no field for it")
        return
    rule = _field_of(draft.rule, suggestion)
    if rule is None:
        return
    name = rule.name
    if rule.sensitivity >= Sensitivity.PERSONAL and column not in draft.wish.include:
        zh, en = f"个人信息,默认不映射到 {rule.name};需要时加 --include {column}", f"personal: add --include {column}"
        draft.left_out[column] = (zh, f"{en} to map it to {rule.name}")
    elif name in draft.columns:
        draft.left_out[column] = (f"{name} 已有更合适的列", f"{name} has a column that fits better")
    else:
        draft.columns[name] = _reading(draft, rule, suggestion)


def _tell_elsewhere(
    draft: _Draft, suggestions: Sequence[Suggestion], catalogue: Catalogue, used: Collection[str]
) -> None:
    """Say of a column that is known, but as a field of another record, how it is mapped."""
    mapped = {*used, *map(_column, draft.columns.values()), *draft.left_out}
    for column, other in ((each.column.name, each.canonical.partition(".")[0]) for each in suggestions):
        if column not in mapped and other != draft.rule.name and other in catalogue.records:
            en = f"of {other}: for a section of its own add --record {other}"
            draft.left_out[column] = (f"属于 {other};另出一节时加 --record {other}", en)


def _field_of(record: RecordRule, suggestion: Suggestion) -> FieldRule | None:
    """The field of this record that the column is: the likeliest one, or one that is nearly as likely as the likeliest."""
    if suggestion.best is None or not suggestion.canonical:
        return None
    if suggestion.canonical == "Entity.uscc":
        return record.fields.get("uscc")
    likely = (each for each in (suggestion.best, *suggestion.others) if each.concept.record == record.name)
    found = next(likely, None)
    if found is None or found.score < _NEARLY * suggestion.best.score:
        return None
    rule = record.fields.get(found.concept.name.partition(".")[2])
    return rule if rule is not None and rule.compute is None else None


def _is_number_of_person(suggestion: Suggestion, shapes: Mapping[str, Shape]) -> bool:
    best = suggestion.best.concept.name if suggestion.best is not None else ""
    return shapes[suggestion.column.name].personal or best == "person.idNumber"


def _reading(draft: _Draft, rule: FieldRule, suggestion: Suggestion) -> Any:
    """How the column is read: as the vocabulary of its name says, or by its name and what its contents need besides."""
    column, shape = suggestion.column.name, draft.shapes[suggestion.column.name]
    spoken = draft.spoken.get(rule.name)
    if spoken is not None and spoken["column"] == column:
        return spoken if len(spoken) > 1 else column
    options: dict[str, Any] = {"column": column}
    if rule.kind in (Kind.DATE, Kind.DATETIME):
        options |= _date(rule, shape)
    elif rule.kind is Kind.MONEY:
        label = f"{suggestion.column.label}{column}"
        options |= {"unit": "wan"} if "万" in label or rule.coordinate == "Entity.registeredCapital" else {}
        options["loose"] = True
    elif rule.enum is not None:
        options |= _codes(draft, rule, column)
    elif rule.kind is Kind.CODE:
        options["loose"] = True
    if rule.many and rule.enum is None and not shape.lists:
        options["separator"] = list(shape.separators) or list(_SEPARATORS)
    return column if list(options) == ["column"] else options


def _add_long_term(draft: _Draft) -> None:
    """The column that says until when also says "without end", where it may."""
    until = draft.columns.get("validTo")
    wanted = "longTerm" in draft.rule.fields and "longTerm" not in draft.columns
    if wanted and isinstance(until, Mapping) and until.get("endless"):
        draft.columns["longTerm"] = dict(until)


def _date(rule: FieldRule, shape: Shape) -> dict[str, Any]:
    endless = {"endless": list(_ENDLESS)} if rule.name == "validTo" else {}
    if shape.dates in ("native", "compact", "epoch", "epoch_ms"):
        return {"type": shape.dates}
    return endless if shape.dates == "text" else {"loose": True, **endless}


def _codes(draft: _Draft, rule: FieldRule, column: str) -> dict[str, Any]:
    """Codes of an enumeration: what the dialects and its labels say of the texts that are there."""
    known = _known_codes(rule)
    seen = dict.fromkeys(text for cell in draft.sample.cells.get(column, ()) for text in _texts(cell, rule))
    codes = {
        text: code
        for text in list(seen)[:_MOST_CODES]
        if text.isprintable() and (code := _code(text, known)) is not None
    }
    unknown = [text for text in seen if text not in codes]
    if unknown:
        # Only what can be a code is repeated: few and short, and nothing that could be said of a person.
        few = len(unknown) <= _MOST_UNKNOWN
        shown = ", ".join(text for text in unknown if _may_be_shown(text)) if few else f"({len(unknown)})"
        draft.lacking.append((f"columns.{rule.name}.codes:请补全取值 {shown}", f"say what these values mean: {shown}"))
    separators = {"separator": [",", ";", "、", "|"]} if rule.many else {}
    return {"loose": True, **separators, **({"codes": codes or known} if codes or not seen else {})}


def _may_be_shown(text: str) -> bool:
    plain = len(text) <= _LONGEST_CODE and text.isprintable()
    return plain and not looks_personal(text)


def _texts(cell: object, rule: FieldRule) -> Iterator[str]:
    text = "" if cell is None else str(cell).strip()
    parts = [text]
    for mark in (",", ";", "、", "|", "，") if rule.many else ():
        parts = [piece for part in parts for piece in part.split(mark)]
    yield from (part.strip() for part in parts if part.strip() and part.strip() not in _ABSENT)


def _known_codes(rule: FieldRule) -> dict[str, str]:
    found = {member.zh: name for name, member in (rule.enum.__members__ if rule.enum else {}).items()}
    for dialect in map(load_dialect, sorted(dialect_names())):
        said = dialect.options.get("columns", {}).get(rule.name) if dialect.record == rule.record else None
        # Bare numbers mean one thing in one vocabulary and another in the next.
        found |= {
            text: code
            for text, code in (said.get("codes", {}) if isinstance(said, Mapping) else {}).items()
            if not text[:1].isdecimal()
        }
    return found


def _code(text: str, known: Mapping[str, str]) -> str | None:
    if text in known:
        return known[text]
    begun = [code for code in known if code.endswith("*") and text.startswith(code[:-1])]
    return known[max(begun, key=len)] if begun else None


def _keys(draft: _Draft, suggestions: Sequence[Suggestion], catalogue: Catalogue) -> dict[str, str]:
    codes = [each for each in suggestions if each.canonical == "Entity.uscc"]
    if "uscc" in draft.rule.fields or (not codes and not needs_uscc(catalogue, draft.rule.name)):
        return {}
    if not codes:
        draft.lacking.append(
            ("keys.uscc:没有看出统一社会信用代码所在的列,请填写", "no column of credit codes was recognised: say which")
        )
        return {}
    return {"uscc": max(codes, key=lambda each: each.confidence).column.name}


def _local(
    draft: _Draft, suggestions: Sequence[Suggestion], keys: Mapping[str, str], never: Sequence[str]
) -> str | list[str]:
    """The column that tells rows apart: one made for it, else a number of the record, else the code of the entity."""
    may = [name for name in draft.sample.columns if name not in never]
    distinct = [name for name in may if draft.shapes[name].distinct]
    own = [each.column.name for each in suggestions if each.best and each.best.concept.name == "other.key"]
    natural = [_column(draft.columns[name]) for name in _LOCAL if name in draft.columns]
    for name in (*own, *natural):
        if name in distinct:
            return name
    if draft.wish.joins_local and natural and keys:
        return [natural[0], keys["uscc"]]
    found = next((name for name in (*natural, *own, *distinct, *keys.values(), *may) if name in may), "")
    if found not in distinct:
        draft.lacking.append(
            (f"local:{found} 在样本中不能区分每一行,请核对", f"{found} does not tell the rows seen apart")
        )
    return found


def _column(said: Any) -> str:
    return str(said["column"] if isinstance(said, Mapping) else said)


def _as_of(draft: _Draft, suggestions: Sequence[Suggestion]) -> Any:
    column = _special(suggestions, "Provenance.asOf")
    if column is None:
        return None
    written = draft.shapes[column].dates
    counted = written in ("native", "epoch", "epoch_ms")
    return {"column": column, **({"type": written} if counted else {"loose": True})}


def _special(suggestions: Sequence[Suggestion], canonical: str) -> str | None:
    found = [each for each in suggestions if each.canonical == canonical and each.confidence >= _SURE]
    return max(found, key=lambda each: each.confidence).column.name if found else None
