"""Hands out receipts: to the client and person that asked, to auditors, and those of the public to whoever shows the answer.

The public is known by nothing but what came with its answer: the request id and the hash. The hash alone shows nothing: it
is a leaf of the tree, whose hashes everybody may read. Whoever else is to have a receipt is handed the file.

A receipt needs a checkpoint that covers its entry. Until there is one it is pending, and one is made soon.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, select

from auth.caller import Caller
from auth.roles import Role
from hub.audit.keeping import AlteredError, Kept, KnownLog, newest, tiles_in
from hub.audit.receipt import Receipt
from hub.audit.tiles import TileError, logged, reader
from hub.audit.tree import ProofError, leaf_hash, prove_inclusion, verify_inclusion
from hub.audit.witnessing import best_for, with_lines
from hub.errors import HubError
from hub.store.tables import entries

_LONGEST = 32
"""Characters of the id of a request."""
_MOST = 64
"""Entries of one request that are looked at: a mutation leaves several."""


class Shown(NamedTuple):
    """What somebody shows of an answer: its request id, which only its asker was told, and the hash of its entry."""

    request_id: str
    hash: str


class Asker(NamedTuple):
    """Who wants a receipt: client, all keyed digests by which the record knows the person (an empty one for nobody),
    whether all receipts are for them, what they show of the answer, whether they have to show it of their own, too.
    """

    client: str
    persons: frozenset[str]
    audits: bool
    shown: Shown | None = None
    narrowed: bool = False


def asker_of(caller: Caller, persons: frozenset[str], shown: Shown | None) -> Asker:
    """Who a caller is to receipts; `persons` are their keyed digests. A token that is narrowed to scopes has to show the answer."""
    if caller.scopes is not None:
        return Asker(caller.client.id, persons, audits=False, shown=shown, narrowed=True)
    return Asker(caller.client.id, persons, caller.client.role is Role.AUDIT, shown)


@dataclass(frozen=True, slots=True)
class Pending:
    """A receipt that there will be: its position and hash, when it was recorded (RFC 3339), when to come again (seconds)."""

    index: int
    hash: str
    at: str
    due: int


@dataclass(frozen=True, slots=True)
class Receipts:
    """The receipts of a log. `hurry` has the next checkpoint made soon; `due` says when one will be there, after this one."""

    log: KnownLog
    hurry: Callable[[], None]
    due: Callable[[Kept | None], int]

    def find(self, connection: Connection, which: int | str, asker: Asker) -> Receipt | Pending:
        """The receipt of the entry at a position, or of a request; HubError if there is none, or none for whoever asks:
        both look alike. LOG_ALTERED if the entry is not the one that was signed.
        """
        index, entry, leaf = _found(connection, which, asker)
        kept = best_for(connection, index)
        if kept is None:
            self.hurry()
            return Pending(index, leaf.hex(), str(entry["at"]), self.due(newest(connection)))
        try:
            return self._proven(connection, index, (entry, leaf), kept)
        except (AlteredError, TileError, ProofError):
            raise HubError("LOG_ALTERED") from None

    def _proven(
        self, connection: Connection, index: int, found: tuple[Mapping[str, Any], bytes], kept: Kept
    ) -> Receipt:
        entry, leaf = found
        checkpoint = self.log.open(kept.note)
        proof = prove_inclusion(index, checkpoint.size, reader(tiles_in(connection)))
        verify_inclusion(leaf, index, checkpoint.size, proof, checkpoint.root)
        keys = self.log.keys.published()
        return Receipt(index, entry, leaf.hex(), tuple(proof), with_lines(connection, kept), keys)


def _found(connection: Connection, which: int | str, asker: Asker) -> tuple[int, Mapping[str, Any], bytes]:
    """Position, content and hash of the entry that is meant."""
    query = select(entries.c.position, entries.c.body).order_by(entries.c.position).limit(_MOST)
    if isinstance(which, str) and which.isascii() and which.isprintable() and len(which) <= _LONGEST:
        query = query.where(entries.c.request_id == which)
    elif isinstance(which, int) and 0 <= which < 2**63:
        query = query.where(entries.c.position == which)
    else:
        raise HubError("RECEIPT_NOT_FOUND")
    for row in connection.execute(query):
        body = bytes(row.body)
        entry, leaf = orjson.loads(body), leaf_hash(logged(body))
        if _is_for(entry, leaf, asker):
            return row.position, entry, leaf
    raise HubError("RECEIPT_NOT_FOUND")


def _is_for(entry: Mapping[str, Any], leaf: bytes, asker: Asker) -> bool:
    """True for auditors, for the client and person that asked, or did what is recorded, and of the public's for whoever shows it."""
    if asker.audits:
        return True
    # Acts of commands and of the hub itself name clients that are none, and ids of requests that everybody knows.
    if "department" not in (entry["told"] if entry.get("kind") == "act" else entry):
        return False
    is_shown = asker.shown is not None and _is_shown(entry, leaf, asker.shown)
    if not entry["client"]:
        return is_shown
    is_theirs = entry["client"] == asker.client and entry["person"] in asker.persons
    return is_theirs and (is_shown or not asker.narrowed)


def _is_shown(entry: Mapping[str, Any], leaf: bytes, shown: Shown) -> bool:
    same = hmac.compare_digest(shown.hash.encode(), leaf.hex().encode())
    return hmac.compare_digest(shown.request_id.encode(), str(entry["requestId"]).encode()) and same
