"""Quotas in the way of a question: what it costs is reserved before anything is fetched, and settled afterwards.

A grant that has no room for the question gives nothing to it: it is planned anew without, and what only that grant
gives is refused with its reason. Knows no store; `Quotas` does.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from auth.access import Access
from auth.admission import Admission
from hub.charge import Charge, asked_ids, charge_of, rows_given
from hub.clock import SHANGHAI, Clock
from hub.errors import HubError
from hub.plan.bind import Bound, Position
from hub.plan.planner import Prepared
from hub.replies import Replies
from schema.catalogue import Catalogue

_WHOLE = ("本次查询", "This question")


@dataclass(frozen=True, slots=True)
class Reservation:
    """What was reserved, on which business day: whose department pays records, and who asked (a person, or a client).

    entities: grants of which different entities are counted · full: grants that had no room; then nothing was reserved.
    """

    charge: Charge
    day: str
    department: str
    asker: str
    entities: frozenset[str] = frozenset()
    full: frozenset[str] = frozenset()


Given = Mapping[str, tuple[int, frozenset[str]]]
"""Rows that pages gave, and the names of their entities, by grant."""


class Quotas(Protocol):
    """Keeps the quotas, for all workers together."""

    async def reserve(self, access: Access, charge: Charge, request_id: str) -> Reservation:
        """Reserve all of it, durably, or nothing; RecordUnavailable where the store does not answer."""

    async def settle(self, reservation: Reservation, given: Given) -> None:
        """Give back what pages did not need."""

    async def give_back(self, reservation: Reservation) -> None:
        """Give back all of it: nobody was asked."""


class Locator(Protocol):
    """Finds what an opaque id stands for."""

    async def locate(self, ids: Sequence[str]) -> Mapping[str, Position]: ...


class Asking(NamedTuple):
    """A question that is about to be asked: under which access, and bound how."""

    access: Access
    prepared: Prepared
    bound: Bound


class Paid(NamedTuple):
    """What was paid for a question, and the grants that had no room for it, which it is asked without."""

    reservation: Reservation | None = None
    spent: frozenset[str] = frozenset()


NOTHING_PAID = Paid()


@dataclass(frozen=True, slots=True)
class Metering:
    """Reserves and settles for questions of callers who have grants with a quota."""

    admission: Admission
    quotas: Quotas
    locator: Locator
    catalogue: Catalogue
    clock: Clock

    async def reserve(self, asking: Asking, request_id: str, again: Callable[[Access], Asking]) -> tuple[Asking, Paid]:
        """The question as its quotas let it be asked; HubError where it can't be asked without what is used up."""
        ids = asked_ids(asking.bound)
        known = await self.locator.locate(ids) if ids else {}
        whole, spent = asking.access, frozenset[str]()
        while True:
            charge = charge_of(asking.bound, asking.access.policy, self.catalogue, known)
            if not charge:
                return asking, Paid(None, spent)
            reservation = await self.quotas.reserve(asking.access, charge, request_id)
            if not reservation.full:
                return asking, Paid(reservation, spent)
            spent |= reservation.full
            access = self.admission.without(whole, spent, self.clock.moment().instant)
            try:
                asking = again(access)
            except HubError as refused:
                if refused.code != "BAD_CURSOR":
                    raise
                # The rest of a list that began with what is used up: not from the first page again, but tomorrow.
                raise self.refusal() from None

    async def settle(self, paid: Paid, bound: Bound, replies: Replies) -> None:
        """Give back what pages did not need."""
        found = paid.reservation
        if found is not None and any(cost.pages for cost in found.charge.values()):
            given = {grant: rows_given(cost, bound, replies) for grant, cost in found.charge.items()}
            await self.quotas.settle(found, given)

    async def give_back(self, paid: Paid) -> None:
        """Give back everything: no source was asked."""
        if paid.reservation is not None:
            await asyncio.shield(self.quotas.give_back(paid.reservation))

    def refusal(self) -> HubError:
        """The refusal of a question as a whole."""
        zh, en = _WHOLE
        return HubError("QUOTA_EXCEEDED", label=zh, label_en=en, retry_after=self.retry_after())

    def retry_after(self) -> int:
        """Seconds until quotas begin anew: midnight in Asia/Shanghai."""
        now = self.clock.moment().instant.astimezone(SHANGHAI)
        return 86_400 - (now.hour * 3600 + now.minute * 60 + now.second)
