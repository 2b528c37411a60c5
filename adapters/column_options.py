"""How one column of a department is read: the options a mapping gives it, and which of them contradict the schema."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from schema.catalogue import FieldRule, Kind

_COUNTED = ("excel", "epoch", "epoch_ms")
_ONLY: dict[str, frozenset[Kind]] = {
    "codes": frozenset({Kind.ENUM}),
    "endless": frozenset({Kind.DATE, Kind.BOOLEAN}),
    "falsy": frozenset({Kind.BOOLEAN}),
}
_NAMES = {"codes": "enumerations", "endless": "dates and truth", "falsy": "truth"}


class ColumnOptions(BaseModel):
    """How one field is read: a column (or path) with its conversions, or a constant.

    codes: source text → enum name, `text*` for all that begin so · separator: splits a list, or several that do ·
    unit: of money · type: what the source stores dates as (text `YYYY-MM-DD`, compact `YYYYMMDD`, native date or
    timestamp, excel serial number, seconds or milliseconds since 1970); code is a text without hyphens · truthy, falsy: texts that mean yes and no ·
    absent: texts that stand for a missing value · endless: texts and days that mean "without end" · loose: written
    as people write it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str | None = None
    constant: str | int | bool | None = None
    codes: dict[str, str] = Field(default_factory=dict)
    separator: str | tuple[str, ...] | None = None
    unit: Literal["yuan", "wan"] = "yuan"
    currency: str = "CNY"
    type: Literal["text", "compact", "date", "timestamp", "native", "code", "excel", "epoch", "epoch_ms"] = "text"
    truthy: tuple[str, ...] = ("1", "true", "True", "TRUE", "Y", "y", "是")
    falsy: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    endless: tuple[str, ...] = ()
    loose: bool = False

    @property
    def separators(self) -> tuple[str, ...]:
        """What splits a list; nothing where a list is JSON."""
        return (self.separator,) if isinstance(self.separator, str) else self.separator or ()

    @property
    def counted(self) -> bool:
        """True if dates are stored as numbers."""
        return self.type in _COUNTED

    @property
    def begins(self) -> bool:
        """True if a code stands for all texts that begin like it."""
        return any(code.endswith("*") for code in self.codes)

    def absent_texts(self, kind: Kind) -> frozenset[str]:
        """Texts that stand for a missing value of a kind: what is listed as a code or as truth is a value."""
        said = {Kind.ENUM: {*self.codes}, Kind.BOOLEAN: {*self.truthy, *self.falsy}}.get(kind, set())
        return frozenset(self.absent) - said

    def compared_as_stored(self, kind: Kind) -> bool:
        """True if a comparison with a value of a kind can be made on the texts that are stored."""
        read_as_other = self.loose or self.counted or self.begins or self.type == "code"
        return not (read_as_other or (kind is Kind.BOOLEAN and self.endless))


def _shorthand(value: Any) -> Any:
    if value is False:
        raise ValueError("false leaves out what a dialect maps, and none maps this here")
    return {"column": value} if isinstance(value, str) else value


Column = Annotated[ColumnOptions, BeforeValidator(_shorthand)]


def column_fault(field: FieldRule, column: ColumnOptions) -> str | None:
    """What is wrong with reading the field like this, None if nothing is."""
    return next(_faults(field, column), None)


def _faults(field: FieldRule, column: ColumnOptions) -> Iterator[str]:
    if (column.column is None) == (column.constant is None):
        yield "give either a column or a constant"
    if field.compute is not None:
        yield "is computed by the hub and not read from a source"
    unknown = set(column.codes.values()) - set(field.enum.__members__) if field.enum else set()
    if unknown:
        yield f"codes lead to {', '.join(sorted(unknown))}, which {field.coordinate} does not have"
    for name, kinds in _ONLY.items():
        if getattr(column, name) and field.kind not in kinds:
            yield f"{name} belong to {_NAMES[name]} only"
    if column.counted and field.kind not in (Kind.DATE, Kind.DATETIME) and not column.endless:
        yield f"type {column.type} belongs to dates only"
    if column.type == "code" and field.kind is not Kind.TEXT:
        yield "type code belongs to texts only"
    if "" in (*column.separators, *column.absent, *column.endless):
        yield "separator, absent and endless hold no empty text"
    if field.enum and column.constant is not None and column.constant not in field.enum.__members__:
        yield f"{column.constant} is not a value of {field.coordinate}"
