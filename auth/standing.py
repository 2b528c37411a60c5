"""What is not honoured any more: single tokens, sign-ins, people, clients, departments, grants, fields.

Plain frozen values; where stops are kept and how workers learn of them is not known here. A stop either lasts until it
is lifted, or ends what was issued before it: for that the store counts its changes, and a token says how far it had
counted. No clock is compared.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Stopped(StrEnum):
    """What a stop names."""

    CLIENT = "CLIENT"
    DEPARTMENT = "DEPARTMENT"
    FIELD = "FIELD"
    GRANT = "GRANT"
    PERSON = "PERSON"
    SIGN_IN = "SIGN_IN"
    TOKEN = "TOKEN"  # noqa: S105 - a kind, not a secret


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop; `number` is its place among the changes of the store, `frozen` says that it lasts until it is lifted."""

    number: int
    kind: Stopped
    name: str
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What of a token a stop may name, and how many changes the store had seen when it was issued.

    owner: department of the client, where its person acts in another.
    """

    client: str
    department: str
    person: str = ""
    sign_in: str = ""
    token: str = ""
    pulse: int = 0
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Stops:
    """All stops that matter at one moment."""

    frozen: frozenset[tuple[Stopped, str]] = frozenset()
    before: Mapping[tuple[Stopped, str], int] = field(default_factory=lambda: MappingProxyType({}))

    def concern(self, mark: Mark) -> bool:
        """True if a token with this mark is not honoured."""
        if not self.frozen and not self.before:
            return False
        return any(key in self.frozen or self.before.get(key, 0) > mark.pulse for key in _keys(mark))

    def withdrawn(self, grant: str) -> bool:
        """True if a grant of this id is not honoured."""
        return (Stopped.GRANT, grant) in self.frozen

    @property
    def fields(self) -> frozenset[str]:
        """Coordinates and scopes of which nobody is given anything."""
        return frozenset(name for kind, name in self.frozen if kind is Stopped.FIELD)


def gather(stops: Iterable[Stop]) -> Stops:
    """Stops as they are asked about."""
    frozen: set[tuple[Stopped, str]] = set()
    before: dict[tuple[Stopped, str], int] = {}
    for stop in stops:
        key = (stop.kind, stop.name)
        if stop.frozen:
            frozen.add(key)
        before[key] = max(before.get(key, 0), stop.number)
    return Stops(frozenset(frozen), MappingProxyType(before))


def _keys(mark: Mark) -> Iterable[tuple[Stopped, str]]:
    yield Stopped.CLIENT, mark.client
    yield Stopped.DEPARTMENT, mark.department
    if mark.owner:
        yield Stopped.DEPARTMENT, mark.owner
    if mark.token:
        yield Stopped.TOKEN, mark.token
    if mark.sign_in:
        yield Stopped.SIGN_IN, mark.sign_in
    if mark.person:
        yield Stopped.PERSON, mark.person
