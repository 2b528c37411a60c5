"""Callers stand in a line of their own: however many come at once, the record does not wait behind all of them."""

import asyncio
import time

import pytest

from hub.app import wire
from hub.callers.attendant import AT_ONCE, IN_LINE
from hub.settings import load_settings
from hub.store.database import StoreError
from tests.callers.stand import configure
from tests.unit.appending import ENTRY, row


async def test_the_record_passes_a_crowd(tmp_path):
    """With two hundred slow acts waiting, an entry is written after a few of them, not after all."""
    hub = wire(load_settings(configure(tmp_path, "https://hub.example")))
    done = []

    def slow(number):
        def work(ledger):
            time.sleep(0.005)
            done.append(number)

        return work

    crowd = [asyncio.create_task(hub.attendant.act("x", slow(number))) for number in range(200)]
    await asyncio.sleep(0.02)
    await hub.gateway.recorder.log.append(row(ENTRY))
    assert len(done) < 200 - 2 * AT_ONCE
    await asyncio.gather(*crowd)
    assert sorted(done) == list(range(200))
    await hub.close()


async def test_a_line_that_is_too_long_is_refused(tmp_path):
    """Beyond what may wait, one is told at once that nothing was kept; those before are served."""
    hub = wire(load_settings(configure(tmp_path, "https://hub.example")))

    def work(ledger):
        time.sleep(0.001)

    crowd = [asyncio.create_task(hub.attendant.act("x", work)) for _ in range(AT_ONCE + IN_LINE)]
    await asyncio.sleep(0)
    with pytest.raises(StoreError):
        await hub.attendant.act("x", work)
    await asyncio.gather(*crowd)
    await hub.close()
