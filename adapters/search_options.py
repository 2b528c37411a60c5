"""What a source declares it can be asked without keys, whatever carries the question."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from adapters.base import LOCAL
from schema.predicate import Op


class SearchOptions(BaseModel):
    """What the source can be asked without keys.

    parameters: `field:OP` → parameter; IS_NULL sends true, IN at most `values` · first: parameter for the number of
    rows, of which the source gives at most `most` · total: path of the number of all rows · orders: field → its name
    in `order_parameter`, `descending` says how it is written downwards · after: order field or `$local` → parameter
    of the keyset. A source that declares `after` always lists in the order of the contract.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    parameters: dict[str, str] = Field(default_factory=dict)
    values: int = Field(default=500, ge=1, le=10_000)
    first: str | None = None
    most: int | None = Field(default=None, ge=1, le=10_000)
    order_parameter: str | None = None
    orders: dict[str, str] = Field(default_factory=dict)
    descending: str = "-{}"
    after: dict[str, str] = Field(default_factory=dict)
    total: str | None = None

    @property
    def total_path(self) -> str | None:
        """Path of the number of all rows, where the source tells it."""
        return self.total

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name in self.parameters:
            if name.partition(":")[2] not in set(Op):
                raise ValueError(f"parameters.{name}: write field:OP, OP one of {' '.join(Op)}")
        if self.descending.count("{}") != 1:
            raise ValueError("descending holds {} once")
        if self.orders and self.order_parameter is None:
            raise ValueError("orders need an order_parameter")
        lacking = sorted({LOCAL, *self.orders} - set(self.after)) if self.orders or self.after else []
        if lacking:
            raise ValueError(f"an order that cannot be continued is no order: after lacks {', '.join(lacking)}")
        if (self.first is None) != (self.most is None):
            raise ValueError("first and most belong together: the source's own cap cannot be guessed")
        return self
