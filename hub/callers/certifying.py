"""Enforcement certificates, checked at their source while their officers work.

An officer whose certificate is not valid, or of which its source said nothing for a day, sees what the public sees.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Table, select

from adapters.base import Lookup, SourceError
from auth.roles import Role
from auth.server.house import MAX_CODE
from auth.server.ledger import digest_of
from hub.callers.attendant import Attendant
from hub.callers.ledger import StoreLedger
from hub.callers.people import Account
from hub.clock import SHANGHAI
from hub.fetch import Source
from hub.store.caller_tables import codes, device_codes, refresh_tokens, sign_ins

if TYPE_CHECKING:
    from auth.server.form import FormRequest

log = structlog.get_logger()
RECORD, NUMBER = "Certificate", "number"
_COLUMNS = ("status", "validTo")
_FRESH = 300
"""Seconds for which it is not asked again."""
_PURPOSE = "HUB_SIGN_IN"
_PARAMETERS = {"code": codes, "refresh_token": refresh_tokens, "device_code": device_codes}


@dataclass(frozen=True, slots=True)
class Certifier:
    """Asks the sources of certificates."""

    attendant: Attendant
    sources: Sequence[Source]

    async def certify_for(self, form: "FormRequest", request_id: str) -> None:
        """Check the certificate of whoever stands behind a token request, if they are an officer."""
        for name, table in _PARAMETERS.items():
            shown = form.form.get(name)
            if shown and len(shown) <= MAX_CODE:
                found = await self.attendant.look(partial(_behind, table, digest_of(shown)))
                await self.certify(found, request_id)

    async def certify(self, account: Account | None, request_id: str) -> None:
        """Have what the source says of an officer's certificate noted, unless it was asked a moment ago."""
        if account is None or account.role is not Role.OFFICER or account.certificate_no is None:
            return
        now = self.attendant.clock.moment().second
        if account.certificate_checked_at is not None and now - account.certificate_checked_at < _FRESH:
            return
        try:
            until = await self._ask(account.certificate_no)
        except SourceError as fault:
            log.warning("certificates cannot be checked", fault=type(fault).__name__)
            return
        await self.attendant.act(request_id, lambda ledger: ledger.people.certify(account.id, until))

    async def _ask(self, number: str) -> int | None:
        """End of the certificate's validity in seconds since 1970; None if it is not valid."""
        found: list[int] = []
        for source in self.sources:
            deadline = asyncio.get_running_loop().time() + source.timeout
            rows = await source.adapter.fetch(Lookup(RECORD, _COLUMNS, NUMBER, (number,), deadline, _PURPOSE))
            found += [_end(until) for status, until in rows.rows if status == "VALID" and isinstance(until, str)]
        now = self.attendant.clock.moment().second
        return max((until for until in found if until > now), default=None)


def _behind(table: Table, digest: bytes, ledger: StoreLedger) -> Account | None:
    """Whose sign-in a code or refresh token belongs to."""
    query = select(sign_ins.c.person).where(table.c.digest == digest, sign_ins.c.id == table.c.sign_in)
    person = ledger.connection.execute(query).scalar()
    return ledger.people.of_id(person) if person else None


def _end(day: str) -> int:
    """Midnight after a day, in Asia/Shanghai."""
    last = datetime.combine(date.fromisoformat(day), time.max, SHANGHAI)
    return int(last.timestamp()) + 1
