"""What takes a notice to somebody: one class a channel, each in a module of its own, and what it is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from hub.clock import rfc3339_of
from hub.events import Channel
from hub.notices.directory import ENTITY, Address
from hub.notices.naming import Text
from hub.notices.wording import Params
from hub.store.deliveries import Delivery


class Undelivered(Exception):
    """It did not leave; `code` says why without anything that was answered, `lasting`: trying again is of no use."""

    def __init__(self, code: str, *, lasting: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.lasting = lasting


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice as one recipient gets it; `made` and `now` in seconds since 1970.

    page: address of the page on which they see to it, empty where there is none for them · calls: questions and acts by
    which a machine goes on.
    """

    delivery: Delivery
    event: str
    made: int
    now: int
    address: Address = field(repr=False)
    title: Text
    text: Text
    params: Params
    page: str = ""
    calls: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The same whenever it is delivered again, by this channel."""
        return f"{self.delivery.notice}-{self.delivery.place}"

    def document(self) -> dict[str, Any]:
        """As JSON: for whoever carries it on, and for webhooks."""
        return {
            "id": self.id,
            "number": self.delivery.notice,
            "kind": self.event,
            "made": rfc3339_of(self.made),
            "to": self._to(),
            **{name: value for name, value in self.params.items() if value != ""},
            "title": self.title.zh,
            "titleEn": self.title.en,
            "text": self.text.zh,
            "textEn": self.text.en,
            **({"page": self.page} if self.page else {}),
            **({"calls": list(self.calls)} if self.calls else {}),
        }

    def _to(self) -> dict[str, str]:
        recipient = self.delivery.recipient
        named = {recipient.kind.lower(): recipient.name}
        return {**named, "channel": "REGISTERED_CONTACT"} if recipient.kind == ENTITY else named


class Carrier(Protocol):
    """A way out of the hub."""

    @property
    def lanes(self) -> int:
        """How many letters it takes at a time."""

    async def carry(self, letter: Letter) -> None:
        """Return when it is out, within `hub.store.deliveries.HELD` seconds, or raise Undelivered.

        It may get the same one twice, and makes nothing of what is answered but that.
        """

    async def aclose(self) -> None:
        """Let go of what it holds."""


Carriers = Mapping[Channel, Carrier]
