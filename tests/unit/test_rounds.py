"""Looks that are taken every so often while the hub serves, and what runs beside it."""

import asyncio

import pytest
from structlog.testing import capture_logs

from hub.rounds import Round, beside, rounds


class Looked:
    """A look that counts how often it was taken, and fails as told: `faults`, the first one first."""

    def __init__(self, *faults: Exception) -> None:
        self.times: list[float] = []
        self._faults = list(faults)
        self._more = asyncio.Condition()

    async def look(self) -> int:
        """Take a look."""
        async with self._more:
            self.times.append(asyncio.get_running_loop().time())
            self._more.notify_all()
        if self._faults:
            raise self._faults.pop(0)
        return 1

    async def wait_for(self, many: int) -> None:
        """Until so many looks were taken."""
        async with asyncio.timeout(10), self._more:
            await self._more.wait_for(lambda: len(self.times) >= many)


async def test_a_look_is_taken_again_and_again_and_ends_with_the_block():
    """The first one at once, the next ones each so many seconds after; after the block there is none."""
    looked = Looked()
    async with rounds(Round(looked.look, 0.02, "never said")):
        await looked.wait_for(4)
    taken = len(looked.times)
    await asyncio.sleep(0.1)
    assert len(looked.times) == taken
    assert all(after - before >= 0.019 for before, after in zip(looked.times, looked.times[1:], strict=False))


async def test_the_first_look_waits_as_long_as_it_is_told():
    """A hub that starts has better things to do than what is due in a minute."""
    looked, begun = Looked(), asyncio.get_running_loop().time()
    async with rounds(Round(looked.look, 60.0, "never said", 0.1)):
        await looked.wait_for(1)
    assert looked.times[0] - begun >= 0.09


async def test_a_look_that_fails_is_told_by_its_kind_and_taken_again():
    """The log names what could not be done and the kind of the fault, never its words: they may hold what is personal."""
    looked = Looked(OSError("11010519491231002X"), KeyError("x"))
    with capture_logs() as logs:
        async with rounds(Round(looked.look, 0.001, "the clocks could not be looked at")):
            await looked.wait_for(3)
    said = [(line["log_level"], line["event"], line["fault"]) for line in logs]
    assert said == [("warning", "the clocks could not be looked at", kind) for kind in ("OSError", "KeyError")]
    assert "11010519491231002X" not in str(logs)


async def test_one_that_fails_or_is_slow_holds_no_other_up():
    """Each goes its own round."""
    held, looked = asyncio.Event(), Looked()
    async with rounds(Round(held.wait, 60.0, "never said"), Round(looked.look, 0.001, "never said")):
        await looked.wait_for(5)


async def test_the_end_waits_until_a_look_has_let_go():
    """What a look holds – a transaction, a connection – is given back before what it was taken from is closed."""
    begun, let_go = asyncio.Event(), []

    async def look() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.02)
            let_go.append(True)

    async with rounds(Round(look, 60.0, "never said")):
        await begun.wait()
    assert let_go == [True]


async def test_what_fails_beside_is_raised_at_the_end_and_the_others_end_too():
    """A programming mistake is not lost with the task it happened in."""
    ended = asyncio.Event()

    async def broken() -> None:
        raise LookupError

    async def going_on() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    with pytest.raises(LookupError):
        async with beside(broken(), going_on()):
            await asyncio.sleep(0)
    assert ended.is_set()
