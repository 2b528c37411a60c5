"""A hub in a process of its own that is asked until it is killed, or until its disk is full."""

import asyncio
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from auth.admission import Credentials
from hub.answer import OnDenied
from hub.app import wire
from hub.gateway import Request
from hub.settings import load_settings

QUESTION = 'query { entity(uscc: "91231282MA9X0A019P") { id name } }'
AT_ONCE = 16


def ask_until_killed(config: Path, name: str, told: Connection) -> None:
    """Ask from several askers at once, hash and sign meanwhile, and tell the ids of requests that were answered."""
    hub = wire(load_settings(config))

    async def ask(asker: int) -> None:
        for number in count():
            request_id = f"{name}-{asker}-{number}"
            await hub.gateway.answer(Request(QUESTION, None, {}, Credentials(), OnDenied.PARTIAL, request_id))
            told.send(request_id)

    async def hash_and_sign() -> None:
        # As often as can be, so that it is likely to be killed while it does.
        while True:
            await hub.sequencer.tick()
            await asyncio.sleep(0.01)

    async def run() -> None:
        await asyncio.gather(hash_and_sign(), *map(ask, range(AT_ONCE)))

    asyncio.run(run())
