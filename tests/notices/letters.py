"""Letters for tests of channels, without a store."""

from hub.events import Channel
from hub.notices.carriers import Letter
from hub.notices.directory import Address
from hub.notices.naming import Text
from hub.store.deliveries import Delivery, DeliveryState, Recipient
from tests.notices.office import EMAIL, PHONE, START

OFFICE = Address("市场监管局", "market", "二楼", EMAIL, PHONE, "https://market.example/hook")


def letter(
    number: int = 7, address: Address = OFFICE, said: str = "授权G-0001已到期。", title: str = "授权已到期"
) -> Letter:
    """A letter to a department."""
    delivery = Delivery(
        notice=number,
        place=1,
        recipient=Recipient("DEPARTMENT", "market"),
        channel=Channel.WEBHOOK,
        opened=START,
        deadline=START + 3600,
        state=DeliveryState.WAITING,
        tries=0,
        settled=None,
        fault=None,
    )
    return Letter(
        delivery, "GRANT_ENDED", START, START, address, Text(title, "A grant"), Text(said, "ended"), {"grant": "G-0001"}
    )
