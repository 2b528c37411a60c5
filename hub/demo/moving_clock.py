"""The demo's clock: the machine's, moved by what stands in a file, so that another process can move it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

_MOVE = re.compile(r"([+-])(\d{1,5})([dhm])", re.ASCII)
_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_FURTHEST = timedelta(days=365 * 50)


@dataclass(frozen=True, slots=True)
class MovingClock:
    """Reads seconds to add from a file; a missing or unreadable file adds none."""

    path: Path

    def now(self) -> datetime:
        """This instant of the demo."""
        return datetime.now(UTC) + self.offset()

    def offset(self) -> timedelta:
        """How far the demo's time is ahead of the machine's."""
        try:
            return timedelta(seconds=int(self.path.read_text(encoding="ascii")))
        except (OSError, ValueError):
            return timedelta()

    def move(self, text: str) -> timedelta:
        """Move by a text like +3d, -2h, +30m or back with 0; the new offset. ValueError for any other text."""
        found = _MOVE.fullmatch(text.strip())
        if found is None and text.strip() != "0":
            raise ValueError(text)
        step = timedelta() if found is None else int(found[2]) * _UNITS[found[3]] * (1 if found[1] == "+" else -1)
        offset = step + (self.offset() if found else timedelta())
        if abs(offset) > _FURTHEST:
            raise ValueError(text)
        draft = self.path.with_suffix(".draft")
        draft.write_text(str(int(offset.total_seconds())), encoding="ascii")
        draft.replace(self.path)
        return offset
