"""The outage of the demo: one source that may be silent for hours, and the persona of whom nothing else bears witness.

Knows which source, not how one is stopped.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Outage:
    """A silence: of which source, for how long, and the persona whose only licence lies there."""

    source: str
    persona: str
    lasts: timedelta


OUTAGE = Outage("device", "only_at_source", timedelta(hours=6))
"""The upper city's office, as it was once unreachable from morning to noon."""
