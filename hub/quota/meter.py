"""The `Quotas` of the gateway: reserved in one transaction of the store, so that all workers share what is left.

A question that is given up while it reserves gives back; whoever is told that a quota is used up is told once a day.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sqlalchemy import Connection

from auth.access import Access
from auth.grants import Grant
from hub.audit.log import RecordUnavailable
from hub.callers.attendant import Attendant
from hub.callers.vault import Vault
from hub.charge import Charge
from hub.metering import Given, Reservation
from hub.quota.book import Book, Holder, Payers
from hub.quota.told import bound_of, tell_full
from hub.store.database import StoreError

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Meter:
    """Quotas in the store."""

    attendant: Attendant
    _later: set["asyncio.Future[None]"] = field(default_factory=set, repr=False, compare=False)

    async def reserve(self, access: Access, charge: Charge, request_id: str) -> Reservation:
        """Reserve all of it, durably, or nothing; RecordUnavailable where the store does not answer."""
        attendant = self.attendant
        grants = {grant.id: grant for grant in attendant.admission.grants if grant.id in charge}
        wanted = self._wanted(access, charge, grants)
        if len(grants) < len(charge):
            # Taken back since the question was admitted.
            return replace(wanted, full=frozenset(charge) - frozenset(grants))
        occasion = attendant.occasion(request_id)

        def work(connection: Connection) -> Reservation:
            book = Book(connection, attendant.vault, wanted.day)
            lacking = book.lacking(charge, grants, _payers(wanted))
            if not lacking:
                book.take(charge, _payers(wanted))
                return wanted
            for holder in lacking:
                if _could_fit(holder, charge, grants[holder.grant]) and book.tell(holder):
                    tell_full(connection, attendant.vault, occasion, (access, holder, grants[holder.grant]))
            return replace(wanted, full=frozenset(holder.grant for holder in lacking))

        return await self._undone_if_given_up(asyncio.ensure_future(self._write(work)))

    async def settle(self, reservation: Reservation, given: Given) -> None:
        """Give back what pages did not need."""

        def work(connection: Connection) -> None:
            Book(connection, self.attendant.vault, reservation.day).settle(
                reservation.charge, _payers(reservation), given
            )

        await self._write(work)

    async def give_back(self, reservation: Reservation) -> None:
        """Give back all of it: nobody was asked."""

        def work(connection: Connection) -> None:
            Book(connection, self.attendant.vault, reservation.day).give_back(reservation.charge, _payers(reservation))

        await self._write(work)

    async def _undone_if_given_up(self, reserving: "asyncio.Future[Reservation]") -> Reservation:
        try:
            return await asyncio.shield(reserving)
        except asyncio.CancelledError:
            reserving.add_done_callback(self._give_back_later)
            raise

    def _give_back_later(self, reserving: "asyncio.Future[Reservation]") -> None:
        if not reserving.cancelled() and reserving.exception() is None and not reserving.result().full:
            # The loop itself holds tasks only weakly.
            task = asyncio.ensure_future(self.give_back(reserving.result()))
            self._later.add(task)
            task.add_done_callback(self._later.discard)

    async def _write(self, work: Callable[[Connection], Result]) -> Result:
        try:
            return await self.attendant.write(work)
        except StoreError as fault:
            raise RecordUnavailable(str(fault)) from fault

    def _wanted(self, access: Access, charge: Charge, grants: dict[str, Grant]) -> Reservation:
        payers = payers_of(self.attendant.vault, access)
        return Reservation(
            charge=charge,
            day=self.attendant.clock.today().isoformat(),
            department=payers.department,
            asker=payers.asker,
            entities=frozenset(name for name, grant in grants.items() if grant.entities_a_day is not None),
        )


def payers_of(vault: Vault, access: Access) -> Payers:
    """Whose quotas a caller's questions are charged to, by names that hold no personal value."""
    client, person = access.caller.client, access.caller.person
    asker = f"person:{vault.lasting('person', person)}" if person else f"client:{client.id}"
    return Payers(f"department:{client.department}", asker)


def _payers(reservation: Reservation) -> Payers:
    return Payers(reservation.department, reservation.asker, reservation.entities)


def _could_fit(holder: Holder, charge: Charge, grant: Grant) -> bool:
    """True if a whole day's quota had room: else it is the question that is too large, and nothing is used up."""
    _, limit = bound_of(holder, grant)
    return limit is None or len(charge[grant.id].keys) + charge[grant.id].rows <= limit
