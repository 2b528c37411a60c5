"""Entries with their proofs in one file: what somebody is handed who has to be shown these and no others."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection

from hub.audit.keeping import AlteredError, KnownLog, bodies, newest, tiles_in
from hub.audit.tiles import TileError, reader
from hub.audit.tree import ProofError, leaf_hash, prove_inclusion, verify_inclusion

MOST = 1_000
"""Entries of one file."""
_FORM = 1


def prove(connection: Connection, log: KnownLog, positions: Sequence[int]) -> bytes:
    """JSON with the newest checkpoint, the keys of the log, and of each position its entry, hash and audit path (RFC 9162).

    Each proof is checked before it is given. LookupError names the first position that no checkpoint covers; AlteredError if the log
    is not what was signed.
    """
    kept = newest(connection)
    size = kept.size if kept is not None else 0
    missing = next((position for position in positions if position >= size), None)
    if missing is not None or kept is None:
        raise LookupError(missing)
    checkpoint, read = log.open(kept.note), reader(tiles_in(connection))
    found: list[dict[str, Any]] = []
    for position in positions:
        (body,) = bodies(connection, position, position + 1)
        leaf = leaf_hash(body)
        try:
            path = prove_inclusion(position, checkpoint.size, read)
            verify_inclusion(leaf, position, checkpoint.size, path, checkpoint.root)
        except (TileError, ProofError):
            raise AlteredError(f"entry {position} is not the one that was signed") from None
        found.append(
            {
                "position": position,
                "entry": body.decode(),
                "hash": leaf.hex(),
                "proof": [one.hex() for one in path],
            }
        )
    told = {
        "v": _FORM,
        "log": log.origin,
        "checkpoint": kept.note.decode(),
        "keys": [key.written() for key in log.keys.verifiers],
        "entries": found,
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)
