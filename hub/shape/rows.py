"""What shaping works on: one row with what is known of its source, and the spot of the answer it goes to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.base import AS_OF, DISPUTED
from hub.clock import rfc3339
from hub.fetch import Reply
from hub.notes import Path
from hub.plan.bind import Position
from hub.plan.model import Owned, Part


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a record with what is known of its source; `values` is None where there is no row."""

    reply: Reply
    values: tuple[Any, ...] | None
    owned: Owned | None

    @property
    def source(self) -> str:
        """Name of the source, empty where none owns the record."""
        return self.owned.source if self.owned else ""

    def read(self, name: str) -> Any:
        """Value of a column, None where the row or column is absent."""
        place = self.reply.index.get(name)
        return None if self.values is None or place is None else self.values[place]

    def freshness(self, now: datetime) -> str:
        """FRESH or STALE by the data time its source declares and the age allowed, UNKNOWN without either."""
        as_of = self.read(AS_OF)
        if self.owned is None or self.owned.fresh_days is None or not isinstance(as_of, str):
            return "UNKNOWN"
        return "STALE" if (now - datetime.fromisoformat(as_of)).days >= self.owned.fresh_days else "FRESH"

    def provenance(self, parts: tuple[Part, ...], now: datetime) -> dict[str, Any]:
        """The parts asked of where the row came from."""
        as_of, disputed, fetched = self.read(AS_OF), self.read(DISPUTED), self.reply.fetched_at
        known = {
            "source": self.owned.source_label if self.owned else None,
            "department": self.owned.department if self.owned else None,
            "asOf": as_of if isinstance(as_of, str) else None,
            "fetchedAt": rfc3339(fetched) if fetched else None,
            "freshness": self.freshness(now),
            "disputed": disputed if isinstance(disputed, bool) else None,
            "basis": self.owned.basis if self.owned else None,
            "__typename": "Provenance",
        }
        return {part.key: known[part.name] for part in parts}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the shaper is: path with list positions, response keys without, field, the entity above, the asked key."""

    path: Path
    pattern: tuple[str, ...]
    coordinate: str
    entity: Row | None = None
    asked: Position | None = None

    def at(self, key: str, coordinate: str) -> "Spot":
        """One response key further down."""
        return Spot((*self.path, key), (*self.pattern, key), coordinate, self.entity, self.asked)

    def nth(self, place: int) -> "Spot":
        """One list position further down."""
        return Spot((*self.path, place), self.pattern, self.coordinate, self.entity, self.asked)

    def of(self, entity: Row | None, asked: Position | None = None) -> "Spot":
        """The same spot, under an entity."""
        return Spot(self.path, self.pattern, self.coordinate, entity, asked)
