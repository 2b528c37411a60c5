"""Paths through the types of a WSDL: where they lead is found out once, so that answers are read and requests built
without looking at a type again. Knows no record, no operation and no transport.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from lxml import etree
from zeep import xsd

from adapters.base import SourceBadData, Unreadable
from adapters.paths import Path, place

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_GROUPS = (xsd.All, xsd.Choice, xsd.Group, xsd.Sequence)
_NUMBER = re.compile(r"(?=.{1,64}$)[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Step:
    """One element on a path: the tags it may have, whether the WSDL lets it stand several times or demands it.

    `among`: names the WSDL allows beside it, null where it allows any.
    """

    name: str
    tags: tuple[str, ...]
    repeated: bool = False
    mandatory: bool = False
    among: frozenset[str] | None = None

    def of(self, node: Any) -> list[Any]:
        """Children of a node that are this element."""
        return list(node.iterchildren(*self.tags))

    def lacks(self, node: Any) -> bool:
        """True for a node that must hold this element and does not, or holds what nobody declared instead."""
        if self.of(node):
            return False
        strangers = self.among is not None and any(etree.QName(child).localname not in self.among for child in node)
        return self.mandatory or strangers

    def misses(self, node: Any) -> bool:
        """True for a node that must hold this element and does not."""
        return self.mandatory and not self.of(node)


@dataclass(frozen=True, slots=True)
class Trail:
    """A path through an answer: steps, an index where one of several is meant, and how the text at the end is read.

    `several`: it may lead to more than one end.
    """

    steps: tuple[Step | int, ...] = ()
    several: bool = False
    convert: Callable[[str], Any] = str

    def ends(self, node: Any) -> list[Any]:
        """Elements the path leads to, however many; SourceBadData where the way to them is not as the WSDL says."""
        found = self._follow(node, Step.lacks)
        if found is None:
            raise SourceBadData("the answer has no rows where the WSDL says they are")
        return found

    def value(self, node: Any) -> Any:
        """What a cell holds: null where there is nothing, a list where there may be several, or Unreadable.VALUE."""
        found = self._follow(node, Step.misses)
        if found is None or (len(found) > 1 and not self.several):
            return Unreadable.VALUE
        values = [Unreadable.VALUE if len(end) else self._read(end.text or "") for end in found]
        if Unreadable.VALUE in values:
            return Unreadable.VALUE
        return values if self.several else next(iter(values), None)

    def text(self, node: Any) -> str | None:
        """The text at the end, null where there is none or more than one."""
        found = self._follow(node, lambda step, at: False) or []
        return (found[0].text or "").strip() if len(found) == 1 and not len(found[0]) else None

    def _follow(self, node: Any, is_lost: Callable[[Step, Any], bool]) -> list[Any] | None:
        nodes = [node]
        for step in self.steps:
            if isinstance(step, int):
                nodes = nodes[step : step + 1]
            elif any(is_lost(step, each) for each in nodes):
                return None
            else:
                found = [child for each in nodes for child in step.of(each)]
                nodes = [child for child in found if child.get(_NIL) not in ("true", "1")]
        return nodes

    def _read(self, text: str) -> Any:
        return self.convert(text) if text.strip() else ""


@dataclass(frozen=True, slots=True)
class Place:
    """A path into a request; `repeated`: its last element that may stand several times, null where there is none."""

    names: tuple[str, ...] = ()
    repeated: int | None = None

    def put(self, body: dict[str, Any], values: Sequence[Any]) -> None:
        """Put values there; a place that may not stand several times takes exactly one."""
        if self.repeated is None:
            (value,) = values
            place(body, self.names, value)
        else:
            cut = self.repeated + 1
            place(body, self.names[:cut], [_nested(self.names[cut:], value) for value in values])


def find_trail(start: Any, path: Path, *, leaf: bool) -> Trail:
    """Trail from a type; LookupError says where the path leads nowhere or, where a leaf is wanted, not to a value."""
    steps: list[Step | int] = []
    kind, several, before = start, False, False
    for name in path:
        if name.isdecimal():
            if not steps or not isinstance(steps[-1], Step) or not (steps[-1].repeated or steps[-1].among is None):
                raise LookupError(f"{name} picks one of several, but what stands before it is not repeated")
            steps.append(int(name))
            several = before
        else:
            step, kind = _step(kind, name)
            steps.append(step)
            before, several = several, several or step.repeated
    if leaf and _value_type(kind) is None:
        raise LookupError(f"{'.'.join(path) or '$'} holds elements, not a value")
    return Trail(tuple(steps), several, _conversion(kind))


def find_place(start: Any, path: Path) -> Place:
    """Place in a request of a type; LookupError says where the path leads nowhere."""
    trail = find_trail(start, path, leaf=True)
    steps = [step for step in trail.steps if isinstance(step, Step)]
    if not steps or len(steps) < len(trail.steps):
        raise LookupError("a place in a request is made of names alone")
    repeated = [number for number, step in enumerate(steps) if step.repeated]
    return Place(tuple(step.name for step in steps), repeated[-1] if repeated else None)


def type_at(start: Any, path: Path) -> Any:
    """Type of the elements at the end of a path, null where the WSDL leaves it open; LookupError as `find_trail`."""
    kind = start
    for name in path:
        kind = kind if name.isdecimal() else _step(kind, name)[1]
    return kind


def paths_below(kind: Any, depth: int = 5) -> Iterator[tuple[Path, bool, bool]]:
    """Every path through a type, to some depth, with whether its last element repeats and whether it holds a value."""
    if depth == 0 or not isinstance(kind, xsd.ComplexType):
        return
    for part, repeated, _ in _parts(kind.elements_nested):
        if isinstance(part, xsd.Element):
            name = part.qname.localname
            yield (name,), repeated, _value_type(part.type) is not None
            for below, several, leaf in paths_below(part.type, depth - 1):
                yield (name, *below), several, leaf


def _step(kind: Any, name: str) -> tuple[Step, Any]:
    parts = list(_parts(kind.elements_nested)) if isinstance(kind, xsd.ComplexType) else []
    declared = [(part, repeated, sure) for part, repeated, sure in parts if isinstance(part, xsd.Element)]
    names = frozenset(part.qname.localname for part, _, _ in declared)
    is_open = kind is None or type(kind) is xsd.AnyType or len(declared) < len(parts)
    for part, repeated, sure in declared:
        if part.qname.localname == name:
            # As everywhere, a service may forget a namespace or add one where there is none, but not mistake it.
            tags = (name, f"{{{part.qname.namespace}}}{name}") if part.qname.namespace else (f"{{*}}{name}",)
            return Step(name, tags, repeated, sure, None if is_open else names), part.type
    if not is_open:
        raise LookupError(f"there is no {name} here; there is {', '.join(sorted(names)) or 'nothing'}")
    return Step(name, (f"{{*}}{name}",)), None


def _parts(nested: Iterable[Any], *, repeated: bool = False, sure: bool = True) -> Iterator[tuple[Any, bool, bool]]:
    """Elements of a type however its groups nest, each with whether it may stand several times and must stand."""
    for _, part in nested:
        several, must = repeated or part.accepts_multiple, sure and not part.is_optional
        if isinstance(part, _GROUPS):
            inner = [(None, part.child)] if isinstance(part, xsd.Group) else part.elements_nested
            yield from _parts(inner, repeated=several, sure=must)
        else:
            yield part, several, must


def _value_type(kind: Any) -> Any:
    """Type of the text that elements of a type hold; null if they hold elements."""
    if not isinstance(kind, xsd.ComplexType):
        return xsd.AnyType() if kind is None else kind
    own = [part for _, part in kind.elements_nested]
    # So are types written that have attributes and a text.
    return own[0].type if len(own) == 1 and isinstance(own[0], xsd.Element) else None


def _conversion(kind: Any) -> Callable[[str], Any]:
    kind = _value_type(kind)
    if isinstance(kind, xsd.Boolean):
        return lambda text: _TRUTH.get(text.strip(), Unreadable.VALUE)
    if isinstance(kind, (xsd.Decimal, xsd.Double, xsd.Float)):
        return lambda text: _number(text.strip())
    if isinstance(kind, xsd.Date):
        return lambda text: _DATE.sub(r"\1", text.strip())
    if isinstance(kind, xsd.DateTime):
        return lambda text: _instant(text.strip())
    return str


def _number(text: str) -> Any:
    return Decimal(text) if _NUMBER.fullmatch(text) else Unreadable.VALUE


def _instant(text: str) -> Any:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    # Without an offset it is the source's own time of day, which the mapping knows how to read.
    return text if found.tzinfo is None else found


def _nested(names: Sequence[str], value: Any) -> Any:
    for name in reversed(names):
        value = {name: value}
    return value
