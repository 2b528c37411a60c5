"""The address at which logs ask a witness to cosign (C2SP tlog-witness, add-checkpoint). One log, one witness."""

import re
from collections.abc import Callable

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.audit.checkpoint import Checkpoint
from hub.audit.note import MAX_NOTE, NoteError, decode_base64, read_note
from hub.audit.tree import HASH_BYTES, ProofError, verify_consistency
from hub.audit.witness import UNPROVEN, AlarmError, Witness

_MOST = MAX_NOTE + 8_192
_MOST_PROOF = 63
_OLD = re.compile(rb"old (0|[1-9][0-9]{0,18})")
_SIZE = "text/x.tlog.size"
_STATUS = {"OTHER_LOG": 404, "UNSIGNED": 403}


class Refused(Exception):
    """The checkpoint is not cosigned; what is answered instead."""

    def __init__(self, status: int, body: str = "") -> None:
        super().__init__(status)
        self.status = status
        self.body = body


def witness_app(witness: Witness) -> Starlette:
    """An application that answers add-checkpoint for a witness, one request at a time."""
    one = CapacityLimiter(1)

    async def add_checkpoint(request: Request) -> Response:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > _MOST:
                return Response(status_code=413)
        try:
            line = await run_sync(add, witness, bytes(body), limiter=one)
        except Refused as refused:
            kind = _SIZE if refused.status == 409 and refused.body else "text/plain"
            return Response(refused.body, refused.status, media_type=kind)
        return Response(line, media_type="text/plain; charset=utf-8")

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])


def add(witness: Witness, body: bytes) -> bytes:
    """The line with which a checkpoint is cosigned, once that is kept; Refused if it is not."""
    old, proof, note = _read(body)
    try:
        new = witness.opened(note)
    except AlarmError as alarm:
        raise Refused(_STATUS[alarm.reason]) from None
    if old > new.size:
        raise Refused(400)
    known = witness.known()
    last = known[0] if known is not None else None
    if old != (last.size if last else 0):
        raise Refused(409, f"{last.size if last else 0}\n")
    if last is not None:
        _check((last, new), proof, lambda reason: witness.keep_evidence(reason, new.size, note))
    elif proof:
        raise Refused(422)
    return witness.cosign(note)


def _check(logs: tuple[Checkpoint, Checkpoint], proof: list[bytes], alarm: Callable[[str], None]) -> None:
    old, new = logs
    try:
        verify_consistency(old.size, new.size, old.root, new.root, proof)
    except ProofError:
        if old.size != new.size:
            # Anybody may bring a checkpoint of the log with a proof that is none: that accuses nobody of a fork.
            alarm(UNPROVEN)
            raise Refused(422) from None
        if old.root == new.root:
            raise Refused(422) from None
        # Two trees of one size, both signed: somebody has to answer for it.
        alarm("FORKED")
        raise Refused(409) from None


def _read(body: bytes) -> tuple[int, list[bytes], bytes]:
    """Old size, proof and note of a request; Refused if it is none."""
    head, gap, note = body.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    found = _OLD.fullmatch(first)
    if not gap or found is None or len(lines) > _MOST_PROOF:
        raise Refused(400)
    try:
        proof = [decode_base64(line.decode("ascii")) for line in lines]
        read_note(note)
    except (NoteError, UnicodeDecodeError):
        raise Refused(400) from None
    if any(len(one) != HASH_BYTES for one in proof):
        raise Refused(400)
    return int(found[1]), proof, note
