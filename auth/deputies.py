"""Who acts for whom, from when to when: what makes a deputy of somebody who says so.

Plain frozen values. Who may appoint whom, and where that is kept, is not known here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from auth.caller import Caller, Standing
from auth.roles import Role


@dataclass(frozen=True, slots=True)
class Deputyship:
    """One person acts for another between two instants; `standing` and `purposes` are those of whom they act for."""

    principal: str
    deputy: str
    standing: Standing
    since: datetime
    until: datetime
    purposes: tuple[str, ...] = ()

    def holds(self, now: datetime) -> bool:
        """True within its period."""
        return self.since <= now < self.until

    def fits(self, caller: Caller) -> bool:
        """True if a caller may act so through their client: a portal, or one of that department and role.

        Whoever acts for an enforcement officer must be one, whose own certificate is valid.
        """
        client, standing = caller.client, self.standing
        if standing.role is Role.OFFICER and client.role is not Role.OFFICER:
            return False
        return client.portal or (client.department, client.role) == (standing.department, standing.role)

    def acting(self, caller: Caller) -> Caller:
        """The caller in the department and role of whom they act for, and for no purpose that one may not use."""
        standing = self.standing
        client = replace(
            caller.client, department=standing.department, role=standing.role, bindings=dict(standing.bindings)
        )
        purposes = caller.purposes
        if self.purposes:
            allowed = frozenset(self.purposes)
            purposes = allowed if purposes is None else purposes & allowed
        return replace(caller, client=client, purposes=purposes, principal=self.principal)


class Deputies:
    """All deputyships whose period is not over, by deputy and principal."""

    __slots__ = ("_found",)

    def __init__(self, deputyships: Iterable[Deputyship] = ()) -> None:
        self._found: dict[tuple[str, str], list[Deputyship]] = {}
        for one in deputyships:
            self._found.setdefault((one.deputy, one.principal), []).append(one)

    def of(self, caller: Caller, principal: str, now: datetime) -> Deputyship | None:
        """By which the caller acts for somebody at this instant; None if by none."""
        listed = self._found.get((caller.person or "", principal), ())
        return next((one for one in listed if one.holds(now) and one.fits(caller)), None)
