"""Whether data may leave: the record is what its checkpoints say, these are made in time, and it can be written.

One object for a worker: set by whoever finds out, asked before every question.
"""

from dataclasses import dataclass

import structlog

from hub.errors import HubError

log = structlog.get_logger()
TOLERANCE = 5.0
"""Seconds for which a checkpoint that is due may be under way: as long as the store may be waited for."""

RETRY = 1.0
"""Seconds between two tries of a store that does not take entries, while they may be kept aside."""


@dataclass(slots=True)
class Standing:
    """What is known of the record. `grace`: seconds for which data may leave although a checkpoint is overdue, or the
    store does not take entries.

    altered: what differs, for good in this process · behind_since, lost_since: since when a checkpoint is due and nothing
    came of it, and since when entries could not be written, by the clock of the event loop · unwritten: the last one was
    not · tried_at: when that was.
    """

    grace: float = 0.0
    altered: str | None = None
    behind_since: float | None = None
    unwritten: bool = False
    lost_since: float | None = None
    tried_at: float = 0.0

    def alter(self, differs: str) -> None:
        """Take notice that the record was altered, and of what differs."""
        self.altered = differs
        log.error("the record was altered", differs=differs)

    def check(self, now: float) -> None:
        """Return if data may leave, HubError if not."""
        if self.altered is not None:
            raise HubError("LOG_ALTERED")
        if self.overdue(now):
            raise HubError("CHECKPOINT_OVERDUE")

    def lose(self, now: float) -> None:
        """Take notice that an entry could not be written."""
        self.unwritten, self.tried_at = True, now
        if self.lost_since is None:
            self.lost_since = now
            log.warning("the store does not take entries", grace=self.grace)

    def regain(self) -> None:
        """Take notice that one could."""
        self.unwritten, self.lost_since = False, None

    def bears(self, now: float) -> bool:
        """True while entries may be kept aside."""
        return self.lost_since is not None and now - self.lost_since < self.grace

    def rests(self, now: float) -> bool:
        """True while it was just tried, so that entries need not wait for the store to fail once more."""
        return self.unwritten and now - self.tried_at < RETRY and self.bears(now)

    def overdue(self, now: float) -> bool:
        """True if a checkpoint has been due for longer than is borne."""
        return self.behind_since is not None and now - self.behind_since > self.grace + TOLERANCE
