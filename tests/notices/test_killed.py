"""kill -9 between sending and settling: nothing is lost, and who gets it twice can tell by its id."""

import asyncio

from aiohttp import web

from hub.events import Channel, Event
from hub.notices.posting import Poster
from hub.notices.webhook import Webhook
from hub.store.deliveries import HELD
from tests.forks import FORKS
from tests.notices import dying
from tests.notices import office as offices
from tests.notices.office import GRANT_ENDED
from tests.notices.servers import receiving


async def test_killed_between_sending_and_settling(office, stored, monkeypatch):
    """The department has it, the store does not know: it is delivered once more, under the same id, in its order."""
    monkeypatch.setitem(offices.DEPARTMENTS, "market", offices.DEPARTMENTS["market"])
    store = stored('store = "sqlite:///hub.db"').split('"')[1]
    async with receiving() as receiver:
        came, never = asyncio.Event(), asyncio.Event()

        async def withhold(_request):
            came.set()
            await never.wait()
            return web.Response()

        receiver.answers = [withhold]
        dying.with_hook(receiver.url)
        for _ in range(2):
            office.tell(Event.GRANT_ENDED, GRANT_ENDED, department="market")
        process = FORKS.Process(target=dying.deliver, args=(office.folder, store, receiver.url))
        process.start()
        await asyncio.wait_for(came.wait(), 60)
        process.kill()
        await asyncio.to_thread(process.join)
        never.set()
        assert office.states() == [("department", "webhook", "WAITING", None)]
        receiver.answers = []
        webhook = Webhook({"market": dying.SECRET}, Poster())
        deliverer = office.deliverer(carriers={Channel.WEBHOOK: webhook})
        assert await deliverer.deliver_due() == 0
        office.clock.second += HELD
        assert await deliverer.deliver_due() == 2
        await deliverer.aclose()
    assert [headers["hub-delivery"] for headers, _ in receiver.got] == ["1-1", "1-1", "2-1"]
    assert [office.states(number)[0][2] for number in (1, 2)] == ["SENT", "SENT"]
