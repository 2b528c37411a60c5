"""Who asks: a registered client, and what the token presented says of this one call.

Knows no grants and no fields; a token can only narrow what its client has.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from auth.roles import Role
from auth.scopes import Scope


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client of one department in one role, with the values its row filters bind to.

    `portal`: whoever signs in through it acts in the department and role of their own.
    """

    id: str
    label: str
    department: str
    role: Role
    purposes: tuple[str, ...]
    bindings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    portal: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """In which department and role a person acts, with the values their row filters bind to."""

    department: str
    role: Role
    bindings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Caller:
    """A client in one call: the person behind it and the narrowing its token carries (None: not narrowed).

    `key` is the thumbprint of the key that whoever presents the token must prove to hold, None for a bearer token ·
    principal: the person they act for as a deputy, in whose department and role the client then stands.
    """

    client: Client
    person: str | None = None
    purposes: frozenset[str] | None = None
    scopes: frozenset[Scope] | None = None
    expires: datetime | None = None
    key: str | None = None
    principal: str | None = None

    @property
    def persons(self) -> frozenset[str]:
        """Everybody who acts here: the person, and whom they act for. Neither is a second person for the other."""
        return frozenset({self.person, self.principal} - {None})  # type: ignore[arg-type]

    def allowed_purposes(self) -> tuple[str, ...]:
        """Purposes of the client that the token leaves, in the client's order."""
        return tuple(p for p in self.client.purposes if self.purposes is None or p in self.purposes)
