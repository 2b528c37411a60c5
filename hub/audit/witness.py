"""A witness: follows the log of a hub, cosigns a checkpoint when the log only grew, and keeps what shows it where it did not.

It belongs to another office than the hub and needs nothing of it: a folder, an address, and the log's keys. The folder:

    witness.pem        its private key        witness.vkey   its public one, to be announced
    log.keys           keys of the log        cosigned       the newest checkpoint that it cosigned
    seen.jsonl         every one, a line each, with the time
    evidence-*.note    what must not have been, beside what was
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hub.audit.checkpoint import Checkpoint, read_text
from hub.audit.cosignature import WitnessSigner
from hub.audit.keys import make_log_key
from hub.audit.note import Ed25519Verifier, NoteError, Verifier, is_name, read_note, verify_note
from hub.audit.receipt import ReceiptError, read_keys
from hub.audit.remote import MAX_KEYS_BYTES, Place, check_grown, newest_note
from hub.audit.tree import ProofError
from hub.clock import rfc3339_of

UNPROVEN = "UNPROVEN"
"""Of a checkpoint that came with no proof that holds: whoever brought it need not be the log."""
MOST_UNPROVEN = 100


class AlarmError(Exception):
    """The log is not what it was, or signed by nobody known; `reason` is FORKED, SHRUNK, UNSIGNED or OTHER_LOG."""

    def __init__(self, reason: str, size: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.size = size


@dataclass(frozen=True, slots=True)
class Witness:
    """One witness of one log; blocking, but for what it reads of the log."""

    folder: Path
    signer: WitnessSigner
    keys: Sequence[Verifier]
    seconds: Callable[[], float]

    def known(self) -> tuple[Checkpoint, bytes] | None:
        """The checkpoint that it cosigned last, and its note; OSError if what it kept is not that."""
        try:
            note = (self.folder / "cosigned").read_bytes()
        except FileNotFoundError:
            return None
        try:
            read = read_note(note)
            verify_note(read, [self.signer.verifier])
            return read_text(read.text), note
        except NoteError as fault:
            raise OSError(f"{self.folder / 'cosigned'} {fault}") from None

    async def look(self, place: Place) -> Checkpoint | None:
        """The checkpoint that was cosigned, None if there is no newer one.

        AlarmError if it must not be cosigned, RemoteError if the place does not give what is needed.
        """
        note, known = await newest_note(place), self.known()
        try:
            new = self.opened(note)
            if known is not None:
                await self._check(place, known[0], new)
        except AlarmError as alarm:
            self.keep_evidence(alarm.reason, alarm.size, note)
            raise
        if known is not None and new.size == known[0].size:
            return None
        self.cosign(note)
        return new

    def opened(self, note: bytes) -> Checkpoint:
        """The checkpoint of a note; AlarmError if it is no known log's."""
        try:
            read = read_note(note)
            new = read_text(read.text)
            verify_note(read, [key for key in self.keys if isinstance(key, Ed25519Verifier)])
        except NoteError:
            raise AlarmError("UNSIGNED") from None
        if new.origin not in {key.name for key in self.keys}:
            raise AlarmError("OTHER_LOG", new.size)
        return new

    async def _check(self, place: Place, old: Checkpoint, new: Checkpoint) -> None:
        if new.origin != old.origin:
            raise AlarmError("OTHER_LOG", new.size)
        if new.size < old.size:
            raise AlarmError("SHRUNK", new.size)
        if new.size == old.size and new.root != old.root:
            raise AlarmError("FORKED", new.size)
        try:
            await check_grown(place, old, new)
        except ProofError:
            raise AlarmError("FORKED", new.size) from None

    def cosign(self, note: bytes) -> bytes:
        """Cosign a checkpoint that was verified, and keep it, durably, before anybody is told; the line."""
        now = int(self.seconds())
        line = f"{self.signer.cosign(read_note(note).text.encode(), now).line()}\n".encode()
        cosigned = self._without_own(note) + line
        _append(self.folder / "seen.jsonl", orjson.dumps({"at": rfc3339_of(now), "note": cosigned.decode()}) + b"\n")
        _replace(self.folder / "cosigned", cosigned)
        return line

    def _without_own(self, note: bytes) -> bytes:
        """A note without a line of this witness, which the hub may have put below it already."""
        mark = f"\u2014 {self.signer.name} ".encode()
        return b"".join(line for line in note.splitlines(keepends=True) if not line.startswith(mark))

    def keep_evidence(self, reason: str, size: int, note: bytes) -> None:
        """Keep both notes side by side: together they are what somebody has to answer for.

        Nothing that comes later takes the place of what is kept; of what was only not proven there are `MOST_UNPROVEN`.
        """
        known = self.known()
        kept = (known[1] + b"\n" if known else b"") + note
        path = self.folder / f"evidence-{reason.lower()}-{size}-{sha256(kept).hexdigest()[:16]}.note"
        if reason == UNPROVEN and len(list(self.folder.glob(f"evidence-{UNPROVEN.lower()}-*"))) >= MOST_UNPROVEN:
            return
        if not path.exists():
            _replace(path, kept)


def open_witness(folder: Path, name: str, keys: bytes | None, seconds: Callable[[], float]) -> Witness:
    """The witness of a folder, which is made where there is none; OSError if something in it is not what it should be.

    `keys` are those of the log, one a line, as they were got from elsewhere; they replace those that the folder has.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_log_key(folder, "witness.pem")
    private = load_pem_private_key((folder / "witness.pem").read_bytes(), None)
    if not isinstance(private, Ed25519PrivateKey) or not is_name(name):
        raise OSError("witness.pem, --name: 不是见证密钥或名称 / no key of a witness, or no name")
    signer = WitnessSigner(name, private)
    path = folder / "witness.vkey"
    written = f"{signer.verifier.written()}\n".encode()
    if path.exists() and path.read_bytes() != written:
        raise OSError(
            f"{path}: 见证方已用另一名称或密钥公布,不可更改 / this witness was announced under another name or key"
        )
    _replace(path, written)
    if keys is not None:
        _read(keys)
        _replace(folder / "log.keys", keys)
    try:
        pinned = (folder / "log.keys").read_bytes()
    except FileNotFoundError:
        raise OSError("缺少日志公钥:首次须用 --keys / the keys of the log are missing: give --keys at first") from None
    return Witness(folder, signer, _read(pinned), seconds)


def _read(keys: bytes) -> list[Verifier]:
    try:
        found = read_keys(line.strip() for line in keys[:MAX_KEYS_BYTES].decode().split("\n") if line.strip())
    except (ReceiptError, UnicodeDecodeError):
        found = []
    if not any(isinstance(key, Ed25519Verifier) for key in found):
        raise OSError("日志公钥无法读取 / the keys of the log cannot be read")
    return found


def _append(path: Path, line: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
