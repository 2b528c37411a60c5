"""What the last self-check found, and whether there was one of late. Changes nothing."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from hub.clock import SHANGHAI
from hub.exchange.checks import list_checks
from hub.findings.findings import HUB, Finding

_OLD = 3 * 24 * 3600
"""Seconds after which a self-check says nothing of today."""


def examine_checks(connection: Connection, now: int) -> Iterator[Finding]:
    """Findings about the self-check, of a store that has had one."""
    for last in list_checks(connection, 1):
        day = datetime.fromtimestamp(last.made_at, SHANGHAI).date().isoformat()
        if last.count:
            yield Finding(HUB, "SELF_CHECK_FAULTS", {"day": day, "faults": last.count})
        elif last.made_at < now - _OLD:
            yield Finding(HUB, "SELF_CHECK_OLD", {"day": day})
        else:
            yield Finding(HUB, "SELF_CHECK_GOOD", {"day": day})
