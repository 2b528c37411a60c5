"""Tables of `hub.toml` about records that two sources own, and about corrections."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PrecedenceTable(_Table):
    """`[[precedence]]`: of a record that several sources own, or of one of its fields, which source leads, and why."""

    field: str = Field(pattern=r"^[A-Z][A-Za-z]{0,63}(\.[a-z][A-Za-z0-9]{0,63})?$")
    order: tuple[str, ...] = Field(min_length=2, max_length=8)
    why: str = Field(min_length=2, max_length=300)
    why_en: str = Field(default="", max_length=300)

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        if len(set(self.order)) < len(self.order):
            raise ValueError("order names a source twice")
        return self


class CorrectionsTable(_Table):
    """`[corrections]`: how many working days an owner has, and whether sources that differ open one by themselves."""

    days: int = Field(default=10, ge=1, le=30)
    from_conflicts: bool = True
