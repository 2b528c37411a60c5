"""Checkpoints (C2SP tlog-checkpoint): the size and root of a log at one time, as a signed note."""

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.audit.note import Note, NoteSyntaxError, Signer, Verifier, decode_base64, read_note, sign_note, verify_note
from hub.audit.tree import HASH_BYTES, MAX_SIZE

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class OtherLogError(NoteSyntaxError):
    """It is a checkpoint of another log."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log was: its name, how many entries it had, their root (32 bytes), and lines that others may add."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The lines that are signed."""
        root = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), root, *self.extensions))


def read_text(text: str) -> Checkpoint:
    """The checkpoint that a note's text is; NoteSyntaxError if it is none."""
    lines = text.split("\n")
    if lines.pop() != "" or len(lines) < 3 or "" in lines:
        raise NoteSyntaxError("is not a checkpoint: origin, size and root, a line each")
    origin, size, root = lines[:3]
    if _SIZE.fullmatch(size) is None or int(size) > MAX_SIZE:
        raise NoteSyntaxError("the size of a checkpoint is a number without sign, blanks and zeros in front")
    decoded = decode_base64(root)
    if len(decoded) != HASH_BYTES:
        raise NoteSyntaxError(f"the root of a checkpoint has {HASH_BYTES} bytes")
    return Checkpoint(origin, int(size), decoded, tuple(lines[3:]))


def sign_checkpoint(checkpoint: Checkpoint, signers: Iterable[Signer]) -> bytes:
    """The checkpoint as a signed note."""
    return sign_note(checkpoint.text(), signers).written()


def open_checkpoint(data: bytes, origin: str, verifiers: Sequence[Verifier]) -> Checkpoint:
    """The checkpoint of this log that a known key signed; NoteError if it is none."""
    note: Note = read_note(data)
    found = read_text(note.text)
    if found.origin != origin:
        raise OtherLogError("is a checkpoint of another log")
    verify_note(note, verifiers)
    return found
