"""Keys of the digests in the record, one a month: each comes of the one before it by a one-way function (HMAC-SHA-256).

The store holds the secret of the first month that is left, sealed. To destroy older ones is to put a later secret in its
place: the digests of the months before then mean nothing to anybody, and the entries, their tree and its signatures stay
as they are. Nothing has to be made when a month begins, by whichever worker and whatever the clock says.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, func, insert, select, update

from hub.audit.entry import Digester
from hub.store.database import Database
from hub.store.disclosure_tables import digest_chains
from hub.store.keys import KeyStore
from hub.store.tables import entries

LOG, DISCLOSURE = "log", "disclosure"
"""Of people who act, and what they act on; of who asked about whom, under which case."""
_MONTH = len("2026-01")
_NEXT, _KEY = b"chengxin-hub next month", b"chengxin-hub digests of a month"


def period_of(at: str) -> int:
    """Number of the month of an instant or a day (RFC 3339, ISO 8601) in its own offset."""
    return int(at[:4]) * 12 + int(at[5:7]) - 1


def first_day_of(period: int) -> str:
    """The first day of a month, as ISO 8601."""
    return f"{period // 12:04d}-{period % 12 + 1:02d}-01"


class _Start(NamedTuple):
    """The first month that is left and its secret, with the digesters that were made of it."""

    period: int
    secret: bytes
    known: dict[str, Digester]


class Chain:
    """One chain as a worker knows it. Threads share it: what is known changes as a whole.

    since: position at which the record had chains · before: the digester of entries below it, whose key is the hub's own and
    cannot be destroyed alone.
    """

    __slots__ = ("_start", "before", "name", "since")

    def __init__(self, name: str, start: tuple[int, bytes], since: int, before: Digester) -> None:
        self.name = name
        self.since = since
        self.before = before
        self._start = _Start(*start, {})

    @property
    def period(self) -> int:
        """The first month that is left."""
        return self._start.period

    def during(self, at: str) -> Digester:
        """The digester of an instant; one before the first month that is left gets that of this month."""
        start, month = self._start, at[:_MONTH]
        known = start.known.get(month)
        if known is None:
            secret = _secret(start, max(period_of(month), start.period))
            known = start.known[month] = Digester(hmac.digest(secret, _KEY, sha256))
        return known

    def every(self, at: str) -> list[Digester]:
        """All that a digest of the record up to an instant can be of, the newest first."""
        first = self._start.period
        last = max(period_of(at), first)
        found = [self.during(first_day_of(period)) for period in range(last, first - 1, -1)]
        return [*found, self.before] if self.since else found

    def secret_of(self, period: int) -> bytes:
        """The secret of a month that is left."""
        return _secret(self._start, period)

    def replace(self, period: int, secret: bytes) -> None:
        """Know nothing any more of the months before one."""
        if (period, secret) != self._start[:2]:
            self._start = _Start(period, secret, {})


def _secret(start: _Start, period: int) -> bytes:
    secret = start.secret
    for _ in range(start.period, period):
        secret = hmac.digest(secret, _NEXT, sha256)
    return secret


@dataclass(frozen=True, slots=True)
class Chains:
    """Both chains of a store, and what they are sealed with; `now` gives this instant as RFC 3339."""

    keys: KeyStore = field(repr=False)
    now: Callable[[], str]
    log: Chain
    disclosure: Chain

    def of(self, kind: str, value: str) -> str:
        """Digest of a value for an entry of now: 32 hexadecimal digits, empty for an empty one."""
        return self.chain(kind).during(self.now()).of(kind, value)

    def chain(self, kind: str) -> Chain:
        """Which chain digests of this kind are of, in entries of acts."""
        return self.disclosure if kind in {"case", "entity"} else self.log

    def everything(self, kind: str, value: str) -> list[str]:
        """Every digest by which the record up to now may know a value, in questions and acts."""
        chains = {one.name: one for one in (self.disclosure, self.chain(kind))}
        now = self.now()
        found = (one.of(kind, value) for chain in chains.values() for one in chain.every(now))
        return list(dict.fromkeys(found))

    def reload(self, connection: Connection) -> None:
        """Take notice of months that another worker, or a command, destroyed."""
        for row in connection.execute(select(digest_chains)):
            (self.log if row.name == LOG else self.disclosure).replace(row.period, _opened(self.keys, row))

    def destroy(self, connection: Connection, chain: Chain, period: int) -> None:
        """Destroy the keys of all months before one, in the transaction of whoever calls; `reload` after it is durable."""
        if period <= chain.period:
            return
        sealed = _sealed(self.keys, chain.name, chain.secret_of(period))
        row = digest_chains.c.name == chain.name
        connection.execute(update(digest_chains).where(row).values(period=period, secret=sealed))


def open_chains(database: Database, keys: KeyStore, now: Callable[[], str], *, derived: bool = False) -> Chains:
    """The chains of a store, begun where it has none; `derived` (demo only) makes them reproducible.

    OSError if they are sealed with another key.
    """

    def begin(connection: Connection) -> None:
        if connection.execute(select(digest_chains.c.name)).first() is not None:
            return
        since = connection.execute(select(func.coalesce(func.max(entries.c.position) + 1, 0))).scalar_one()
        for name in (LOG, DISCLOSURE):
            secret = hmac.digest(keys.digest, name.encode(), sha256) if derived else secrets.token_bytes(32)
            row = {"name": name, "period": period_of(now()), "secret": _sealed(keys, name, secret), "since": since}
            connection.execute(insert(digest_chains).values(row))

    def load(connection: Connection) -> dict[str, Chain]:
        before = Digester(keys.digest)
        rows = connection.execute(select(digest_chains)).all()
        return {row.name: Chain(row.name, (row.period, _opened(keys, row)), row.since, before) for row in rows}

    found = database.reading(load)
    if not found:
        database.acting(begin)
        found = database.reading(load)
    return Chains(keys, now, found[LOG], found[DISCLOSURE])


def _place(name: str) -> list[bytes]:
    return [f"digest_chains.secret.{name}".encode()]


def _sealed(keys: KeyStore, name: str, secret: bytes) -> bytes:
    return keys.sealing.encrypt(secret, _place(name))


def _opened(keys: KeyStore, row: object) -> bytes:
    try:
        return keys.sealing.decrypt(bytes(row.secret), _place(row.name))  # type: ignore[attr-defined]
    except InvalidTag:
        raise OSError(
            "存储中的摘要密钥不是用本网关的密钥封存的 / the digest keys in the store are sealed with another hub's key"
        ) from None
