"""How much a network may ask for in a minute, counted in this process: what is dear to make, and not what is secret."""

from dataclasses import dataclass, field

_WINDOW = 60
_MOST_NETWORKS = 10_000


@dataclass(slots=True)
class Pace:
    """Counts by network; `most` in a minute."""

    most: int
    _minute: int = 0
    _counted: dict[str, int] = field(default_factory=dict)

    def allows(self, network: str, much: int, now: float) -> bool:
        """Count so much of a network at a time in seconds; False, and nothing is counted, if that is too much."""
        minute = int(now // _WINDOW)
        if minute != self._minute:
            self._minute = minute
            self._counted.clear()
        counted = self._counted.get(network, 0) + much
        # Beyond so many networks in a minute it is one that comes from everywhere.
        if counted > self.most or (network not in self._counted and len(self._counted) >= _MOST_NETWORKS):
            return False
        self._counted[network] = counted
        return True
