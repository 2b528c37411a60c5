"""Webhooks of departments: a notice as JSON, posted and signed, so that whoever gets it knows that it is from this hub.

Signed is `<timestamp>.<body>` by HMAC-SHA-256 (RFC 2104) with the secret of that department; a receiver refuses an old
timestamp and an id it has seen.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import orjson

from hub.addresses import address_fault
from hub.notices.carriers import Letter, Undelivered
from hub.notices.posting import Poster

TIMESTAMP, SIGNATURE, DELIVERY = "Hub-Timestamp", "Hub-Signature", "Hub-Delivery"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts to departments, of which each has a secret of its own."""

    secrets: Mapping[str, str] = field(repr=False)
    poster: Poster
    lanes: int = 16

    async def carry(self, letter: Letter) -> None:
        """Post one notice."""
        url, secret = letter.address.webhook, self.secrets.get(letter.address.department)
        if secret is None or address_fault(url) is not None:
            raise Undelivered("NO_SECRET" if secret is None else "BAD_ADDRESS", lasting=True)
        body = orjson.dumps(letter.document())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            DELIVERY: letter.id,
            TIMESTAMP: str(letter.now),
            SIGNATURE: sign(secret, letter.now, body),
        }
        await self.poster.post(url, body, headers)

    async def aclose(self) -> None:
        """Close the session."""
        await self.poster.aclose()


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The signature of a body, with the version of how it is made."""
    return "v1=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, sha256).hexdigest()
