"""When the self-check is made: each night while this worker serves, or at once by command.

Every worker checks what it answers by itself; the first one of a night keeps the report, the others only where there is
a fault. What a check is made of is loaded when there is one.
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from auth.access import FieldView
from hub.callers.attendant import Attendant
from hub.rounds import Round, rounds
from hub.store.simulator_tables import self_checks

if TYPE_CHECKING:
    from hub.acts.examining import Examiner
    from hub.exchange.checks import Kept

EVERY = 60.0
"""Seconds between two looks at the clock."""


@dataclass(slots=True)
class SelfChecker:
    """Checks what this worker answers by; `hour` is that of a night's check, in Asia/Shanghai."""

    attendant: Attendant
    fields: Mapping[str, FieldView]
    hour: int
    _checked: date | None = field(default=None, init=False)

    async def check(self, by: str = "") -> "Kept":
        """The report, kept and recorded; `by` who commanded it."""
        return await self._examiner().examine(by)

    async def check_due(self) -> "Kept | None":
        """The check of the night, once this worker has come to its hour; None if there is none to be made."""
        due = self._due()
        if self._checked is None:
            found = await self.attendant.database.read(_last_due)
            self._checked = date.fromisoformat(found) if found else due
        if due <= self._checked:
            return None
        examiner = self._examiner()
        kept = await examiner.examine_for(due.isoformat())
        self._checked = due
        await examiner.read_on()
        return kept

    def checking(self) -> AbstractAsyncContextManager[None]:
        """Check at night while the hub serves."""
        return rounds(Round(self.check_due, EVERY, "the self-check could not be made"))

    def _due(self) -> date:
        """The day of the last hour at which a check was due."""
        now = self.attendant.clock.moment().instant
        return now.date() if now.hour >= self.hour else now.date() - timedelta(days=1)

    def _examiner(self) -> "Examiner":
        from hub.acts.examining import Examiner  # noqa: PLC0415 - for a night

        return Examiner(self.attendant, self.fields)


def _last_due(connection: Connection) -> str:
    """The last night for which a report was kept, empty where there was none."""
    return str(connection.execute(select(func.coalesce(func.max(self_checks.c.day), ""))).scalar_one())
