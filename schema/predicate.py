"""Predicates over the fields of one record: plain data, and the one meaning they have.

Values are canonical (text, numbers, enum names, ISO dates), so that comparing text compares dates. A missing
value satisfies IS_NULL and nothing else. Adapters translate predicates; `holds` is what they must agree with.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Op(StrEnum):
    """Comparison of a field with a value: IN takes a tuple, CONTAINS ignores the case of ASCII letters."""

    CONTAINS = "CONTAINS"
    EQ = "EQ"
    GE = "GE"
    IN = "IN"
    IS_NULL = "IS_NULL"
    LE = "LE"
    LT = "LT"
    PREFIX = "PREFIX"


Scalar = str | int | bool


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison; `value` is a tuple for IN, ignored for IS_NULL, a scalar otherwise."""

    __test__ = False

    field: str
    op: Op
    value: Scalar | tuple[Scalar, ...] = ""


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; the empty one is true."""

    parts: tuple["Predicate", ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; the empty one is false."""

    parts: tuple["Predicate", ...] = ()


Predicate = Test | AllOf | AnyOf
TRUE = AllOf()
FALSE = AnyOf()


def both(*parts: Predicate) -> Predicate:
    """Conjunction, flattened, without parts that are true; false if one is."""
    flat: list[Predicate] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, AllOf) else (part,))
    unique = tuple(dict.fromkeys(flat))
    if FALSE in unique:
        return FALSE
    return unique[0] if len(unique) == 1 else AllOf(unique)


def either(*parts: Predicate) -> Predicate:
    """Disjunction, flattened, without parts that are false; true if one is."""
    flat: list[Predicate] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, AnyOf) else (part,))
    unique = tuple(dict.fromkeys(flat))
    if TRUE in unique:
        return TRUE
    return unique[0] if len(unique) == 1 else AnyOf(unique)


def implies(predicate: Predicate, other: Predicate) -> bool:
    """True if every part of `other` is a part of `predicate`: what satisfies this then satisfies that. False says nothing."""
    return set(_parts(other)) <= set(_parts(predicate))


def tests(predicate: Predicate) -> Iterator[Test]:
    """Every comparison in the predicate, left to right."""
    if isinstance(predicate, Test):
        yield predicate
    else:
        for part in predicate.parts:
            yield from tests(part)


def fields_of(predicate: Predicate) -> tuple[str, ...]:
    """Names of the fields the predicate reads, each once."""
    return tuple(dict.fromkeys(test.field for test in tests(predicate)))


def holds(predicate: Predicate, read: Callable[[str], object]) -> bool:
    """True if the row, whose fields `read` returns in canonical form, satisfies the predicate."""
    if isinstance(predicate, AllOf):
        return all(holds(part, read) for part in predicate.parts)
    if isinstance(predicate, AnyOf):
        return any(holds(part, read) for part in predicate.parts)
    return _compare(predicate, read(predicate.field))


def ascii_fold(text: str) -> str:
    """Lower the case of ASCII letters only, as every source can."""
    return "".join(c.lower() if "A" <= c <= "Z" else c for c in text)


def _parts(predicate: Predicate) -> tuple[Predicate, ...]:
    return predicate.parts if isinstance(predicate, AllOf) else (predicate,)


def _compare(test: Test, found: object) -> bool:
    if test.op is Op.IS_NULL:
        return found is None
    if found is None:
        return False
    if test.op is Op.IN:
        return isinstance(test.value, tuple) and found in test.value
    if test.op is Op.EQ:
        return found == test.value
    return _ordered(test, found)


def _ordered(test: Test, found: object) -> bool:
    wanted = test.value
    if isinstance(found, str) and isinstance(wanted, str):
        if test.op is Op.PREFIX:
            return found.startswith(wanted)
        if test.op is Op.CONTAINS:
            return ascii_fold(wanted) in ascii_fold(found)
        return {Op.GE: found >= wanted, Op.LE: found <= wanted, Op.LT: found < wanted}[test.op]
    if isinstance(found, int) and isinstance(wanted, int):
        return {Op.GE: found >= wanted, Op.LE: found <= wanted, Op.LT: found < wanted}[test.op]
    raise TypeError(f"{test.op} cannot compare {test.field}")
