"""A worker in a process of its own that delivers to a webhook until it is killed."""

import asyncio
from pathlib import Path

from hub.callers.vault import Vault
from hub.events import Channel
from hub.notices.posting import Poster
from hub.notices.webhook import Webhook
from hub.store.keys import open_keys
from tests.notices import office
from tests.unit.appending import open_store

SECRET = "shared"


def with_hook(url: str) -> None:
    """Have the market's department be told at an address."""
    office.DEPARTMENTS["market"] = office.DEPARTMENTS["market"].model_copy(update={"webhook": url})


def deliver(folder: Path, store: str, url: str) -> None:
    """Deliver without end."""
    with_hook(url)
    database, _, _ = open_store(folder, store)
    keys = open_keys(folder / "keys")
    made = office.PostOffice(folder, database, Vault(keys.sealing, keys.digest))

    async def run() -> None:
        deliverer = made.deliverer(carriers={Channel.WEBHOOK: Webhook({"market": SECRET}, Poster())})
        while True:
            await deliverer.deliver_due()
            await asyncio.sleep(0.01)

    asyncio.run(run())
