"""Garbage is collected by the clock, which is enough, because a question leaves no cycles behind."""

import asyncio
import gc
import multiprocessing

import pytest

from auth.admission import Credentials
from hub import tidying
from hub.answer import OnDenied
from hub.errors import HubError
from hub.gateway import Request
from tests.golden.world import open_world

ONE = 'query { entity(uscc: "91231282MA9X0A019P") { name licences { kind } creditStatus { ratings { scheme } } } }'
PAGE = "query { entities(first: 20) { edges { node { id name licences { kind provenance { asOf } } } } } }"
SEVERAL = 'query { entitiesByUscc(usccs: ["91231282MA9X0A019P", "91231282MA9X0K111M"]) { name status } }'


def test_a_question_leaves_no_cycles(tmp_path):
    """Whatever a known question made is gone with it: its rows do not wait for the collector.

    In a process of its own: hubs that other tests serve in threads leave cycles all the time.
    """
    process = multiprocessing.get_context("spawn").Process(target=_look_for_cycles, args=(tmp_path,))
    process.start()
    process.join()
    assert process.exitcode == 0


def _look_for_cycles(folder):
    asyncio.run(_ask_and_collect(folder))


async def _ask_and_collect(folder):
    async with open_world(folder) as world:

        async def ask(text):
            request = Request(text, None, {}, Credentials(), OnDenied.PARTIAL, "r")
            return await world.hub.gateway.answer(request)

        for text in (ONE, PAGE, SEVERAL):
            await asyncio.gather(*[ask(text) for _ in range(3)])
            gc.disable()
            try:
                left: list[int] = []
                # What begins and ends by itself may leave something once; a question's own is left each time.
                while 0 not in left and len(left) < 6:
                    gc.collect()
                    await asyncio.gather(*[ask(text) for _ in range(20)])
                    left.append(gc.collect())
                assert 0 in left, (text, left)
            finally:
                gc.enable()


async def test_cycles_are_collected_by_the_clock(monkeypatch):
    """What does form a cycle is found a moment later, and the collector is as it was once nothing is served."""
    monkeypatch.setattr(tidying, "_YOUNG_SECONDS", 0.01)
    gone = asyncio.Event()

    class Ring:
        def __init__(self):
            self.ring = self

        def __del__(self):
            gone.set()

    before = gc.get_threshold()
    with tidying.tidied():
        Ring()
        async with asyncio.timeout(10):
            await gone.wait()
    assert gc.get_threshold() == before


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("query { entity(uscc: $code) { nothing } }", {}),
        ("query ($codes: [USCC!]!) { entitiesByUscc(usccs: $codes) { name } }", {"codes": ["x" * 40] * 50}),
    ],
    ids=["no such field", "not a variable"],
)
async def test_refused_questions_are_collected_before_they_are_many(tmp_path, monkeypatch, text, variables):
    """What a refusal leaves in cycles has a ceiling, which is reached long before the clock would collect it."""
    monkeypatch.setattr(tidying, "_YOUNG_SECONDS", 3600)
    monkeypatch.setattr(tidying, "_CEILING", 2_000)
    collected: list[int] = []

    def note(phase, told):
        if phase == "stop":
            collected.append(told["collected"])

    async with open_world(tmp_path) as world:
        with tidying.tidied():
            gc.callbacks.append(note)
            try:
                for number in range(60):
                    request = Request(f"{text} # {number}", None, variables, Credentials(), OnDenied.PARTIAL, "r")
                    with pytest.raises(HubError):
                        await world.hub.gateway.answer(request)
            finally:
                gc.callbacks.remove(note)
    assert len(collected) > 1
    assert sum(collected) > 1_000
