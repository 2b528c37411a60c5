"""Room 2 with its memory: validation on what the caller may know of, then the plan; each done once and kept.

Plans are kept by operation, policy fingerprint and the booleans that decide `@skip`/`@include` – never by caller.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from graphql import GraphQLError, GraphQLSchema
from graphql.execution.values import VariableValues

from auth.access import Access
from hub.errors import HubError
from hub.limits import Limits
from hub.operation import Operation, read_operation
from hub.plan.arguments import Variables
from hub.plan.bind import Binder
from hub.plan.build import build_plan
from hub.plan.cost import Term, check_cost, estimate, is_fixed, rows_by_source
from hub.plan.faults import input_fault, validation_fault
from hub.plan.model import Plan, Topology, Way
from hub.plan.validating import validated
from schema.catalogue import Catalogue
from schema.shaped import Offers, ShapedSchemas, offers_to

Value = TypeVar("Value")
MAX_KEPT_TEXT = 4_096
"""Characters of a text that is remembered: a long one may cost a hundred times its size when kept as a plan."""

_MAX_BINDERS = 16


class Kept:
    """A bounded memory: the least recently used is forgotten first."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._values: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value kept under the key, made if there is none."""
        found: Value | None = self._values.get(key)
        if found is None:
            found = self._values[key] = make()
            if len(self._values) > self._capacity:
                self._values.popitem(last=False)
        else:
            self._values.move_to_end(key)
        return found


class Prepared(NamedTuple):
    """An operation found valid for a policy: its plan and what binds it, its variables coerced on that policy's schema."""

    plan: Plan
    binder: Binder
    variables: VariableValues


@dataclass(frozen=True, slots=True)
class _Valid:
    """An operation found valid on a schema: how its variables are read, and its binders by what it decides to skip."""

    schema: GraphQLSchema
    variables: Variables
    binders: dict[tuple[bool, ...], Binder]


@dataclass(frozen=True, slots=True)
class _Cost:
    """Terms of an operation, and the most rows of one source where no variable changes them."""

    terms: tuple[Term, ...]
    fixed: int | None


class Planner:
    """Reads, validates and plans operations, and remembers."""

    def __init__(self, catalogue: Catalogue, topology: Topology, schemas: ShapedSchemas, limits: Limits) -> None:
        self._catalogue = catalogue
        self._topology = topology
        self._schemas = schemas
        self.limits = limits
        self._records = frozenset({*(way.value for way in Way if way is not Way.KEYED), *catalogue.keyed})
        self._operations = Kept(256)
        self._valid = Kept(512)
        self._costs = Kept(2048)

    def read(self, text: str, name: str | None) -> Operation:
        """The operation of a text; HubError where it is not one or too large."""
        if len(text) > MAX_KEPT_TEXT:
            return read_operation(text, name, self.limits)
        return self._operations.get((text, name), lambda: read_operation(text, name, self.limits))

    def asks_records(self, operation: Operation) -> bool:
        """True if a root leads to records, and not to what the hub says of itself."""
        return not operation.roots().isdisjoint(self._records)

    def prepare(self, operation: Operation, access: Access, variables: dict[str, Any]) -> Prepared:
        """The plan of an operation for an access; HubError where it costs too much or does not fit the schema."""
        cost = self._costs.get(operation.digest, lambda: self._estimated(operation))
        if cost.fixed is None:
            check_cost(rows_by_source(cost.terms, variables, self._topology), self.limits.rows)
        elif cost.fixed > self.limits.rows:
            check_cost(self.cost(operation, variables), self.limits.rows)
        policy, offers = access.policy, offers_to(access)
        if _is_long(operation):
            valid = self._validated(operation, policy.visible, offers)
        else:
            known = operation.digest, policy.fingerprint, offers
            valid = self._valid.get(known, lambda: self._validated(operation, policy.visible, offers))
        coerced = _coerced(valid, variables)
        decisions = _decisions(operation, coerced.coerced)
        binder = valid.binders.get(decisions)
        if binder is None:
            if len(valid.binders) >= _MAX_BINDERS:
                valid.binders.clear()
            decided = dict(zip(operation.switches, decisions, strict=True))
            plan = build_plan(operation, policy, self._catalogue, self._topology, decided)
            binder = valid.binders[decisions] = Binder(plan, valid.schema)
        return Prepared(binder.plan, binder, coerced)

    def check(self, operation: Operation, access: Access, variables: dict[str, Any]) -> GraphQLSchema:
        """The schema on which a mutation is executed; HubError where it does not fit what is offered."""
        valid = self._validated(operation, access.policy.visible, offers_to(access))
        _coerced(valid, variables)
        return valid.schema

    def cost(self, operation: Operation, variables: Mapping[str, Any]) -> dict[str, int]:
        """Rows the operation is estimated to cost each source under these variables."""
        cost = self._costs.get(operation.digest, lambda: self._estimated(operation))
        return rows_by_source(cost.terms, variables, self._topology)

    def _estimated(self, operation: Operation) -> _Cost:
        terms = estimate(operation, self._catalogue)
        fixed = is_fixed(terms)
        return _Cost(terms, max(rows_by_source(terms, {}, self._topology).values(), default=0) if fixed else None)

    def _validated(self, operation: Operation, visible: frozenset[str], offers: Offers) -> _Valid:
        schema = self._schemas.of(visible, offers).graphql
        faults = validated(schema, operation.document)
        if faults:
            raise validation_fault(faults[0])
        return _Valid(schema, Variables(schema, operation.definition.variable_definitions or ()), {})


def _coerced(valid: _Valid, variables: dict[str, Any]) -> VariableValues:
    try:
        return valid.variables.coerce(variables)
    except GraphQLError as fault:
        raise _variable_fault(fault) from None


def _is_long(operation: Operation) -> bool:
    place = operation.document.loc
    return place is None or len(place.source.body) > MAX_KEPT_TEXT


def _decisions(operation: Operation, coerced: Mapping[str, Any]) -> tuple[bool, ...]:
    """Values of the deciding variables; a variable that may be null, for it has a default, decides nothing if it is."""
    if not operation.switches:
        return ()
    decided = [coerced.get(name) for name in operation.switches]
    for name, value in zip(operation.switches, decided, strict=True):
        if value is None:
            raise HubError("BAD_USER_INPUT", detail=f"${name} 不能为空", detail_en=f"${name} must not be null")
    return tuple(map(bool, decided))


def _variable_fault(fault: GraphQLError) -> HubError:
    nodes = [node for node in fault.nodes or () if hasattr(node, "variable")]
    return input_fault(fault, f"${nodes[0].variable.name.value}" if nodes else "variables")
