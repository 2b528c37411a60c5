"""Waits after failures: they begin late, grow, and are over when they are over."""

from hub.callers.ledger import StoreLedger
from hub.callers.throttle import FIRST, FREE, LONGEST, Counted, Throttle
from tests.callers.stand import Stand


def test_wait_is_over_when_it_is_over(stand: Stand):
    """A failure that is free makes nobody wait, neither now nor later; one that is not, for as long as it says."""
    counters = [Counted("a test of waits")]

    def waits(ledger: StoreLedger) -> list[int]:
        def at(second: int) -> Throttle:
            return Throttle(ledger.connection, stand.hub.attendant.vault, second)

        at(1_000).fail(counters)
        told = [at(second).wait(counters) for second in (1_000, 1_001, 90_000)]
        for _ in range(FREE - 1):
            at(1_000).fail(counters)
        return [*told, *(at(second).wait(counters) for second in (1_000, 1_001, 1_000 + FIRST, 90_000))]

    assert stand.act(waits) == [0, 0, 0, FIRST, FIRST - 1, 0, 0]


def test_a_clock_that_is_put_back_leaves_nobody_waiting(stand: Stand):
    """Free failures of a later time make nobody wait, and no wait is longer than the longest there is."""
    free, over = [Counted("a test of clocks, free")], [Counted("a test of clocks, over")]

    def waits(ledger: StoreLedger) -> list[int]:
        def at(second: int) -> Throttle:
            return Throttle(ledger.connection, stand.hub.attendant.vault, second)

        at(90_000).fail(free)
        for _ in range(FREE + 20):
            at(90_000).fail(over)
        told = [at(1_000).wait(free), at(1_000).wait(over), at(90_000 - 60).wait(over), at(90_000).wait(over)]
        at(1_000).fail(over)
        return [*told, at(1_000).wait(over), at(1_000).wait(free), at(1_000 + 2 * LONGEST).wait(over)]

    assert stand.act(waits) == [0, 0, 0, LONGEST, LONGEST, 0, 0]
