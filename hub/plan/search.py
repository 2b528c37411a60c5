"""What a list of entities is narrowed and ordered by, under a policy.

A criterion or order key that reads a field the caller lacks, or holds only masked, is refused – never dropped.
Where the field is held for some rows only, the criterion can match only among those.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Any

from adapters.base import OrderKey
from auth.access import Policy
from hub.errors import HubError
from hub.plan.model import Group
from hub.plan.scopes import clear_groups, covers
from schema.base import Argument
from schema.catalogue import declared_fields
from schema.filters import EntityFilter, EntityOrder, LicenceFilter
from schema.predicate import TRUE, Predicate, both

MAX_ORDER_KEYS = 3
MAX_TEXT = 64
MAX_CODES = 200
_CRITERIA: dict[str, Any] = {name: spec for name, spec, _ in declared_fields(EntityFilter)}
_NESTED: dict[str, dict[str, Any]] = {"licence": {name: spec for name, spec, _ in declared_fields(LicenceFilter)}}
_ORDERS: dict[str, Any] = {name: spec for name, spec, _ in declared_fields(EntityOrder)}


@dataclass(frozen=True, slots=True)
class KeySet:
    """A predicate on another record, to become a bounded set of entity keys before paging."""

    record: str
    where: Predicate


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Criteria as predicates; `groups` are the clear clauses that must let a row through for them to match, `reads` the
    fields they read, of which `refused` may not be read.
    """

    where: Predicate
    key_sets: tuple[KeySet, ...]
    groups: tuple[Group, ...]
    refused: tuple[str, ...]
    reads: tuple[str, ...]


@dataclass(frozen=True)
class Ordered:
    """What a list is of: predicate (visibility included), key sets, order, and the policy it was asked under."""

    where: Predicate
    key_sets: tuple[KeySet, ...]
    order: tuple[OrderKey, ...]
    policy: str

    @cached_property
    def context(self) -> bytes:
        """What cursors into the list are bound to; worked out for whoever sends or asks for one."""
        parts = (repr(self.where), repr(self.key_sets), repr(self.order), self.policy)
        return hashlib.sha256("\n".join(parts).encode()).digest()


@dataclass(frozen=True, slots=True)
class BoundSearch:
    """One page of a list: its size, the position it begins after, and the fields that its criteria and order read."""

    listed: Ordered
    first: int
    after: tuple[Any, ...] | None = None
    reads: tuple[str, ...] = ()

    @property
    def where(self) -> Predicate:
        """Predicate of the list."""
        return self.listed.where

    @property
    def key_sets(self) -> tuple[KeySet, ...]:
        """Key sets of the list."""
        return self.listed.key_sets

    @property
    def order(self) -> tuple[OrderKey, ...]:
        """Order of the list."""
        return self.listed.order

    @property
    def context(self) -> bytes:
        """What its cursors are bound to."""
        return self.listed.context


class SearchBinder:
    """Reads filter and order arguments under a policy."""

    def __init__(self, policy: Policy, visible: Group, day: date) -> None:
        self._policy = policy
        self._visible = visible
        self._day = day

    def narrow(self, given: Mapping[str, Any]) -> Narrowing:
        """Criteria of a filter argument."""
        own: list[Predicate] = []
        others: dict[str, list[Predicate]] = {}
        reads: list[str] = []
        for spec, value in _given(given):
            reads.extend(spec.reads)
            predicate = spec.build(value, self._day)
            if spec.record:
                others.setdefault(spec.record, []).append(predicate)
            else:
                own.append(predicate)
        names = tuple(dict.fromkeys(reads))
        groups = clear_groups(self._policy, names)
        refused = tuple(name for name, group in zip(names, groups, strict=True) if not group)
        key_sets = tuple(KeySet(record, both(*parts)) for record, parts in others.items())
        return Narrowing(both(*own) if own else TRUE, key_sets, tuple(g for g in groups if g), refused, names)

    def order(self, given: Sequence[Mapping[str, Any]]) -> tuple[tuple[OrderKey, ...], tuple[str, ...]]:
        """Order keys, and the fields among them the caller may not order by."""
        if len(given) > MAX_ORDER_KEYS:
            raise _fault(f"orderBy 至多 {MAX_ORDER_KEYS} 项", f"orderBy takes at most {MAX_ORDER_KEYS} keys")
        pairs = [(name, direction) for one in given for name, direction in one.items() if direction is not None]
        reads = tuple(dict.fromkeys(_ORDERS[name].reads[0] for name, _ in pairs))
        groups = clear_groups(self._policy, reads)
        refused = tuple(
            name for name, group in zip(reads, groups, strict=True) if not group or not covers(group, self._visible)
        )
        keys = {name: OrderKey(name, descending=direction.name == "DESC") for name, direction in reversed(pairs)}
        return tuple(keys[name] for name in dict.fromkeys(name for name, _ in pairs)), refused


def _given(given: Mapping[str, Any]) -> Iterable[tuple[Argument, Any]]:
    for name, value in given.items():
        if value is None:
            continue
        if name in _NESTED:
            given_below = {inner: found for inner, found in value.items() if found is not None}
            if not given_below:
                raise _fault(f"{name} 须至少有一个条件", f"{name} takes at least one criterion")
            for inner, found in given_below.items():
                yield _NESTED[name][inner], _checked(inner, found)
        else:
            yield _CRITERIA[name], _checked(name, value)


def _checked(name: str, value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Enum) and not 1 <= len(value) <= MAX_TEXT:
        raise _fault(f"{name} 须为 1 到 {MAX_TEXT} 个字符", f"{name} takes 1 to {MAX_TEXT} characters")
    if isinstance(value, list) and not 1 <= len(value) <= MAX_CODES:
        raise _fault(f"{name} 须有 1 到 {MAX_CODES} 项", f"{name} takes 1 to {MAX_CODES} items")
    return value


def _fault(detail: str, detail_en: str) -> HubError:
    return HubError("BAD_USER_INPUT", detail=detail, detail_en=detail_en)
