"""Opaque ids of entities: derived from an identifier with a secret key, stored when first given out.

The id contains no code and tells nothing of one. Finding an entity by its id works only for ids that were given out.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import Connection, insert, select

from hub.store.database import Database, Transaction
from hub.store.tables import issued_ids

_BYTES = 15


class IssuedIds:
    """Makes ids, remembers those given out, and finds what they stand for (pairs of field and value)."""

    def __init__(self, database: Database, key: bytes, cipher: AESSIV) -> None:
        self._database = database
        self._key = key
        self._cipher = cipher
        self._remember = database.insert_new(issued_ids)

    def identify(self, field: str, value: str) -> str:
        """Id of the entity with this identifier: 24 characters of Crockford-like base 32."""
        digest = hmac.new(self._key, f"{field}:{value}".encode(), hashlib.sha256).digest()
        return base64.b32hexencode(digest[:_BYTES]).decode().lower()

    async def locate(self, ids: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """What the ids stand for; those never given out are absent."""

        def work(connection: Connection) -> dict[str, tuple[str, str]]:
            query = select(issued_ids.c.id, issued_ids.c.anchor).where(issued_ids.c.id.in_(ids))
            return {row.id: self._open(row.id, row.anchor) for row in connection.execute(query)}

        return await self._database.read(work)

    def remember(self, transaction: Transaction, issued: Mapping[str, tuple[str, str]], at: str) -> None:
        """Store ids that are about to be given out, in the transaction of their record."""
        transaction.insert(self._remember, [(made, self.seal(made, anchor), at) for made, anchor in issued.items()])

    def take(self, connection: Connection, sealed: Sequence[tuple[str, bytes]], at: str) -> None:
        """Store ids that were given out while the store was not there, their anchors sealed already."""
        for made, anchor in sealed:
            there = select(issued_ids.c.id).where(issued_ids.c.id == made)
            if connection.execute(there).first() is None:
                connection.execute(insert(issued_ids).values(id=made, anchor=anchor, issued_at=at))

    def seal(self, made: str, anchor: tuple[str, str]) -> bytes:
        """What an id stands for, as it is stored."""
        return self._cipher.encrypt(":".join(anchor).encode(), [made.encode()])

    def _open(self, made: str, sealed: bytes) -> tuple[str, str]:
        field, _, value = self._cipher.decrypt(sealed, [made.encode()]).decode().partition(":")
        return field, value
