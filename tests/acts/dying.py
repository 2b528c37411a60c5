"""Hubs in processes of their own: one that acts until it is killed, and one that serves."""

import asyncio
import time
from datetime import timedelta
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from auth.admission import Credentials
from auth.tokens import Terms
from hub.answer import OnDenied
from hub.app import Hub, wire
from hub.clock import Clock
from hub.gateway import Request
from hub.settings import load_settings
from tests.acts.hall import delegate
from tests.callers.stand import served
from tests.golden.folder import NOW

LIFE = 600


def asked(hub: Hub, person: str, key: str) -> Request:
    """A delegation by a representative, as it would be sent: with each key to another account."""
    token = hub.issuer.issue("mine", NOW, timedelta(days=1), Terms(person=person))
    return Request(delegate(f"agent-{key}"), None, {}, Credentials(token), OnDenied.PARTIAL, "r", idempotency_key=key)


def act_until_killed(config: Path, person: str, told: Connection, delivers: bool) -> None:
    """Act again and again, each time with a new key, and tell each key once it is answered; perhaps deliver meanwhile."""
    hub = wire(load_settings(config), Clock(lambda: NOW))

    async def deliver() -> None:
        while delivers:
            await hub.deliverer.deliver_due()
            await asyncio.sleep(0)

    async def run() -> None:
        delivering = asyncio.create_task(deliver())
        for number in count():
            await hub.gateway.answer(asked(hub, person, f"k{number}"))
            told.send(f"k{number}")
        await delivering

    asyncio.run(run())


def serve(config: Path, port: int) -> None:
    """Serve until killed."""
    with served(wire(load_settings(config)), port):
        time.sleep(LIFE)
