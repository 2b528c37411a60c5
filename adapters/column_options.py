"""How one column of a department is read: the options a mapping gives it, and which of them contradict the schema."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from schema.catalogue import FieldRule


class ColumnOptions(BaseModel):
    """How one field is read: a column (or path) with its conversions, or a constant.

    codes: source text → enum name · separator: splits a list · unit: of money · type: what the source stores
    dates as (text `YYYY-MM-DD`, compact `YYYYMMDD`, native date or timestamp) · truthy: texts that mean yes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str | None = None
    constant: str | int | bool | None = None
    codes: dict[str, str] = Field(default_factory=dict)
    separator: str | None = None
    unit: Literal["yuan", "wan"] = "yuan"
    currency: str = "CNY"
    type: Literal["text", "compact", "date", "timestamp", "native"] = "text"
    truthy: tuple[str, ...] = ("1", "true", "True", "TRUE", "Y", "y", "是")


def _shorthand(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


Column = Annotated[ColumnOptions, BeforeValidator(_shorthand)]


def column_fault(field: FieldRule, column: ColumnOptions) -> str | None:
    """What is wrong with reading the field like this, None if nothing is."""
    if (column.column is None) == (column.constant is None):
        return "give either a column or a constant"
    if field.compute is not None:
        return "is computed by the hub and not read from a source"
    unknown = set(column.codes.values()) - set(field.enum.__members__) if field.enum else set()
    if unknown:
        return f"codes lead to {', '.join(sorted(unknown))}, which {field.coordinate} does not have"
    if column.codes and field.enum is None:
        return "codes belong to enumerations only"
    if field.enum and column.constant is not None and column.constant not in field.enum.__members__:
        return f"{column.constant} is not a value of {field.coordinate}"
    return None
