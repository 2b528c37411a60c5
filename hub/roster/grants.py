"""The grants of the store: in force, as of any past instant, and each with all its versions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection, select

from auth.grants import Grant
from hub.roster.versions import Version, Versions
from hub.settings_grants import StoredGrant, written
from hub.store.access_tables import grants

log = structlog.get_logger()
_NUMBERED = re.compile(r"G-(\d+)")


@dataclass(frozen=True, slots=True)
class Grants:
    """The grants, in one transaction; `now` in seconds since 1970."""

    connection: Connection
    now: int

    @property
    def versions(self) -> Versions:
        """The table behind them."""
        return Versions(self.connection, grants, self.now)

    def current(self) -> list[Grant]:
        """All that are recorded now, whether their period has begun, holds or is over."""
        return _readable(self.versions.current())

    def as_of(self, instant: int) -> list[Grant]:
        """All that were recorded at an instant."""
        return _readable(self.versions.as_of(instant))

    def of(self, name: str) -> Grant | None:
        """The grant of this id as it is recorded now."""
        found = self.versions.of(name)
        return read_grant(found) if found is not None else None

    def history(self, name: str) -> list[Version]:
        """Every version of this id, the oldest first."""
        return self.versions.history(name)

    def put(self, grant: Grant, by: str, request: str = "") -> Grant:
        """Record a grant: a new one under the next id if it has none, else the next version of its id."""
        if not grant.id:
            grant = replace(grant, id=self._next_id())
        beside = {"department": grant.department, "role": grant.role.value}
        period = {"starts": grant.starts.isoformat(), "ends": grant.ends.isoformat()}
        self.versions.put(grant.id, written(grant), by, **beside, **period, request=request)
        return grant

    def end(self, grant: Grant, last_day: date, by: str, request: str = "") -> Grant:
        """Let a grant end with a day; one whose period is over is as it was, one that never began holds for no day."""
        if grant.ends <= last_day:
            return grant
        ended = replace(grant, ends=max(last_day, grant.starts - timedelta(days=1)))
        return self.put(ended, by, request)

    def histories(self, names: Iterable[str], instant: int) -> dict[str, list[Version]]:
        """Versions of these ids that were recorded by an instant, by id, the oldest first."""
        recorded = (grants.c.id.in_(list(names)), grants.c.recorded_at <= instant)
        found: dict[str, list[Version]] = {}
        for version in self.versions.where(*recorded):
            found.setdefault(version.id, []).append(version)
        return found

    def requested(self, names: Iterable[str], instant: int) -> dict[str, str]:
        """Numbers of the requests that the versions held at an instant come from, by the grants' ids."""
        table = grants
        query = select(table.c.id, table.c.request).where(table.c.id.in_(list(names)), table.c.recorded_at <= instant)
        rows = self.connection.execute(query.where(table.c.request != "").order_by(table.c.version))
        return {row.id: row.request for row in rows}

    def requests(self) -> dict[str, str]:
        """Numbers of the requests that grants come from, by the grants' ids."""
        query = select(grants.c.id, grants.c.request).where(grants.c.replaced_at.is_(None), grants.c.request != "")
        return {row.id: row.request for row in self.connection.execute(query)}

    def _next_id(self) -> str:
        found = [_NUMBERED.fullmatch(name) for (name,) in self.connection.execute(select(grants.c.id).distinct())]
        return f"G-{max((int(one[1]) for one in found if one), default=0) + 1:03d}"


def read_grant(version: Version) -> Grant | None:
    """The grant of a version; None where this hub cannot read it, for example a role or scope that is no more."""
    try:
        return StoredGrant.model_validate(version.body).grant()
    except ValidationError:
        log.warning("a stored grant cannot be read and is not honoured", grant=version.id, version=version.number)
        return None


def _readable(versions: Iterable[Version]) -> list[Grant]:
    read = (read_grant(version) for version in versions)
    return [grant for grant in read if grant is not None]
