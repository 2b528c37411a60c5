"""Hands checkpoints to witnesses (C2SP tlog-witness, add-checkpoint) and keeps the lines with which they cosign.

A witness that is down, or refuses, holds up nothing: it is asked again with the newest checkpoint.
"""

import base64
from dataclasses import dataclass
from functools import partial

from anyio.to_thread import run_sync
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from hub.audit.cosignature import WitnessVerifier
from hub.audit.keeping import AlteredError, Kept, newest, tiles_in
from hub.audit.note import NoteError, Signature, read_note, verify_note
from hub.audit.places import TIMEOUT, Handed
from hub.audit.tiles import TileError, reader
from hub.audit.tree import prove_consistency
from hub.store.database import Database, StoreError
from hub.store.tree_tables import tree_checkpoints
from hub.store.witness_tables import tree_cosignatures

_MOST = 16_384
"""Bytes of an answer that are read."""
_SIZE = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class WitnessPlace:
    """A witness that is asked to cosign; belongs to one event loop."""

    url: str
    verifier: WitnessVerifier
    database: Database

    @property
    def name(self) -> str:
        """Its name, and the number of its key."""
        return f"{self.verifier.name}+{self.verifier.key_id.hex()}"

    async def hand(self, handed: Handed) -> None:
        """Have the checkpoint cosigned and keep the line; OSError if it was not."""
        try:
            old = await self.database.read(self._cosigned)
            status, answer = await self._ask(handed, old)
            if status == 409 and answer.strip().isdigit() and int(answer) <= handed.size:
                status, answer = await self._ask(handed, int(answer))
            if status != 200:
                raise OSError(f"the witness answered {status}")
            line = self._line(handed.note, answer)
            await run_sync(self.database.acting, partial(self._keep, size=handed.size, line=line))
        except (SQLAlchemyError, StoreError, TileError, AlteredError) as fault:
            raise OSError(type(fault).__name__) from None

    async def _ask(self, handed: Handed, old: int) -> tuple[int, bytes]:
        import aiohttp  # noqa: PLC0415 - for whoever has witnesses

        body = await self.database.read(partial(request_body, note=handed.note, old=old, new=handed.size))
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session,
                session.post(f"{self.url}/add-checkpoint", data=body, allow_redirects=False) as answer,
            ):
                found = await answer.content.read(_MOST)
                is_size = answer.content_type == _SIZE
                return answer.status, found if answer.status == 200 or is_size else b""
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise OSError(type(fault).__name__) from None

    def _line(self, note: bytes, answer: bytes) -> bytes:
        """The line of this witness in its answer; OSError if there is none that holds."""
        try:
            read = read_note(note + answer)
            verify_note(read, [self.verifier])
        except NoteError as fault:
            raise OSError(f"the witness's answer {fault}") from None
        return f"{next(one for one in read.signatures if self._is_own(one)).line()}\n".encode()

    def _is_own(self, signature: Signature) -> bool:
        return (signature.name, signature.key_id) == (self.verifier.name, self.verifier.key_id)

    def _cosigned(self, connection: Connection) -> int:
        """Entries of the newest checkpoint that it cosigned, as far as the store knows."""
        query = select(func.max(tree_cosignatures.c.size)).where(tree_cosignatures.c.witness == self.name)
        return int(connection.execute(query).scalar() or 0)

    def _keep(self, connection: Connection, size: int, line: bytes) -> None:
        at = tree_cosignatures.c.size == size, tree_cosignatures.c.witness == self.name
        if connection.execute(select(tree_cosignatures.c.size).where(*at)).first() is None:
            connection.execute(insert(tree_cosignatures).values(size=size, witness=self.name, line=line))


def request_body(connection: Connection, note: bytes, old: int, new: int) -> bytes:
    """What is posted: the size that the witness knows, the proof that the log went on from there, and the checkpoint."""
    proof = prove_consistency(old, new, reader(tiles_in(connection)))
    lines = "".join(f"{base64.b64encode(one).decode()}\n" for one in proof)
    return f"old {old}\n{lines}\n".encode() + note


def with_lines(connection: Connection, kept: Kept) -> bytes:
    """A checkpoint's note with the lines of witnesses below it."""
    query = select(tree_cosignatures.c.line).where(tree_cosignatures.c.size == kept.size)
    lines = connection.execute(query.order_by(tree_cosignatures.c.witness)).scalars()
    return kept.note + b"".join(map(bytes, lines))


def best_for(connection: Connection, index: int) -> Kept | None:
    """The checkpoint to prove an entry with: the newest one that a witness cosigned, else the newest; None if it covers less."""
    table = tree_cosignatures
    size = connection.execute(select(func.max(table.c.size)).where(table.c.size > index)).scalar()
    if size is not None:
        row = connection.execute(select(tree_checkpoints).where(tree_checkpoints.c.size == size)).first()
        if row is not None:
            return Kept(row.size, row.made_at, bytes(row.note))
    kept = newest(connection)
    return kept if kept is not None and kept.size > index else None
