"""Row filters with the caller's values bound: which entities pass which clauses.

The one place where symbolic filters meet bindings; a name without values binds to nothing and passes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from adapters.records import satisfies
from auth.grants import Bindings, Condition, RowFilter, RowOp
from hub.plan.model import Group
from schema.predicate import FALSE, Op, Predicate, Test, both, either

Read = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class RowGuard:
    """Row filters of one policy for one caller."""

    bindings: Bindings
    _known: dict[RowFilter, Predicate] = field(default_factory=dict)

    def predicate(self, rows: RowFilter) -> Predicate:
        """The filter as a predicate over fields of the entity."""
        if rows not in self._known:
            self._known[rows] = both(*(self._condition(c) for c in sorted(rows, key=str)))
        return self._known[rows]

    def any_of(self, group: Group) -> Predicate:
        """Predicate that holds where one clause of the group lets the entity through."""
        return either(*(self.predicate(clause.rows) for clause in group))

    def passes(self, group: Group, read: Read) -> bool:
        """True if one clause of the group lets the entity through."""
        return any(not clause.rows or satisfies(self.predicate(clause.rows), read) for clause in group)

    def _condition(self, condition: Condition) -> Predicate:
        operand = condition.operand
        values = operand if isinstance(operand, tuple) else self.bindings.of(operand)
        if condition.op is RowOp.IN:
            return Test(condition.field, Op.IN, values) if values else FALSE
        return either(*(Test(condition.field, Op.PREFIX, value) for value in values if value))
