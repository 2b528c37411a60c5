"""Outcomes that are kept for seconds: how long, how many, by what, and what becomes of equal questions under way."""

import asyncio
from dataclasses import dataclass

import pytest

from hub.code import briefly
from hub.code.briefly import Briefly


@dataclass
class Hand:
    """A clock that goes when it is moved."""

    at: float = 0.0

    def __call__(self) -> float:
        return self.at


class Desk:
    """Whoever is asked: counts how often, and answers when it is let."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.open = asyncio.Event()

    async def __call__(self) -> str:
        self.asked += 1
        answer = self.answers[min(self.asked, len(self.answers)) - 1]
        await self.open.wait()
        if isinstance(answer, Exception):
            raise answer
        return str(answer)


def kept(hand: Hand) -> Briefly[str]:
    """Yes for three seconds, everything else for one."""
    return Briefly(lambda said: 3.0 if said == "yes" else 1.0, 3.0, hand)


@pytest.mark.parametrize(("said", "seconds"), [("yes", 3), ("no", 1)])
async def test_an_outcome_is_given_out_again_for_so_long(said, seconds):
    """From when the asking began; then it is asked anew."""
    hand, desk = Hand(), Desk(said, "changed")
    told = kept(hand)
    first = asyncio.create_task(told.get("a", desk))
    await asyncio.sleep(0)
    hand.at = 0.5
    desk.open.set()
    assert await first == said
    hand.at = seconds - 0.01
    assert await told.get("a", desk) == said
    hand.at = seconds
    assert await told.get("a", desk) == "changed"
    assert desk.asked == 2


async def test_equal_questions_under_way_are_one():
    """However many; one who goes away takes nothing from the others, and another question is another one."""
    desk, other = Desk("yes"), Desk("no")
    told = kept(Hand())
    waiting = [asyncio.create_task(told.get("a", desk)) for _ in range(20)]
    others = asyncio.create_task(told.get("b", other))
    await asyncio.sleep(0)
    waiting[0].cancel()
    desk.open.set()
    other.open.set()
    said = await asyncio.gather(*waiting, return_exceptions=True)
    assert said[1:] == ["yes"] * 19
    assert isinstance(said[0], asyncio.CancelledError)
    assert await others == "no"
    assert (desk.asked, other.asked) == (1, 1)


async def test_one_that_hangs_is_not_joined_for_ever():
    """After the longest time it is asked anew, and the old answer is not kept in place of the newer one."""
    hand, old, new = Hand(), Desk("old"), Desk("yes")
    told = kept(hand)
    first = asyncio.create_task(told.get("a", old))
    await asyncio.sleep(0)
    hand.at = 3
    new.open.set()
    assert await told.get("a", new) == "yes"
    old.open.set()
    assert await first == "old"
    assert await told.get("a", new) == "yes"
    assert new.asked == 1


async def test_a_failure_is_told_to_all_who_wait_and_not_kept():
    """Who asks next asks for themselves."""
    desk = Desk(LookupError("silent"), "yes")
    told = kept(Hand())
    waiting = [asyncio.create_task(told.get("a", desk)) for _ in range(3)]
    await asyncio.sleep(0)
    desk.open.set()
    said = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in said] == [LookupError] * 3
    assert await told.get("a", desk) == "yes"
    assert desk.asked == 2


async def test_there_are_so_many_and_none_by_its_name(monkeypatch):
    """The oldest goes first; what was asked stands nowhere in what is kept."""
    monkeypatch.setattr(briefly, "MOST", 3)
    hand, desk = Hand(), Desk("yes")
    desk.open.set()
    told = kept(hand)
    for name in "abcd":
        await told.get(f"HL23-{name}", desk)
    assert (len(told), desk.asked) == (3, 4)
    await told.get("HL23-d", desk)
    assert desk.asked == 4
    await told.get("HL23-a", desk)
    assert desk.asked == 5
    assert "HL23" not in repr(told)
    assert all(b"HL23" not in name for name in told._asked)
    hand.at = 3
    await told.get("HL23-e", desk)
    assert len(told) == 1
