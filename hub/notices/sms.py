"""Short messages through a gateway that takes them over HTTP: what is posted is a template of the configuration.

In Chinese only, for length. The number comes from the recipient's own contact, and stands nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import orjson

from hub.notices.carriers import Letter, Undelivered
from hub.notices.posting import Poster

_TYPES = {"json": "application/json; charset=utf-8", "form": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Gateway:
    """How a gateway is spoken to; `accepted` are fields of its JSON answer, with the values that mean that it took it."""

    url: str
    form: str
    body: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    accepted: Mapping[str, str]
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sms:
    """Posts to a gateway."""

    gateway: Gateway
    poster: Poster
    lanes: int = 8

    async def carry(self, letter: Letter) -> None:
        """Post one message."""
        gateway = self.gateway
        filled = {
            "phone": letter.address.phone,
            "text": letter.text.zh,
            "title": letter.title.zh,
            "id": letter.id,
            "page": letter.page,
            "secret": gateway.secret,
        }
        body = {name: text.format_map(filled) for name, text in gateway.body.items()}
        sent = orjson.dumps(body) if gateway.form == "json" else urlencode(body).encode()
        own = {name: text.format_map(filled) for name, text in gateway.headers.items()}
        headers = {"Content-Type": _TYPES[gateway.form], **own}
        answered = await self.poster.post(gateway.url, sent, headers, reads=bool(gateway.accepted))
        if gateway.accepted and not _took(gateway.accepted, answered):
            raise Undelivered("NOT_ACCEPTED")

    async def aclose(self) -> None:
        """Close the session."""
        await self.poster.aclose()


def _took(accepted: Mapping[str, str], answered: bytes) -> bool:
    try:
        found: Any = orjson.loads(answered)
    except ValueError:
        return False
    return isinstance(found, dict) and all(_plain(found.get(name)) == value for name, value in accepted.items())


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int) else ""
