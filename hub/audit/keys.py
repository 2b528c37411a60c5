"""Keys that sign checkpoints: private halves in files of the key folder, read at start and never logged.

Which keys are known is said by the folder, not by the store: whoever may write to the store must not be able to add one.
`log*.pem` (Ed25519) and `log*.sm2` sign, all of them; `log*.vkey` are public halves of keys that have ceased to.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.audit.note import ED25519, Ed25519Signer, Ed25519Verifier, NoteError, Signer, Verifier, read_key
from hub.audit.sm2 import Sm2Signer, Sm2Verifier, sm2_verifier
from hub.key_files import pem_of, put_new, read_ed25519
from hub.sm2 import MISSING, NoSm2Error, is_available, make_sm2, read_sm2

_NUMBERED = re.compile(r"log(?:-([1-9][0-9]{0,5}))?\.pem")


class RotationError(Exception):
    """The keys cannot be changed now; `reason` is WAITS, LAST, UNSIGNED or UNKNOWN."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class LogKeys:
    """The keys of one log: those that sign now, those of Ed25519 whose signatures count, and those of SM2 beside them."""

    signers: tuple[Signer, ...]
    verifiers: tuple[Ed25519Verifier, ...]
    beside: tuple[Sm2Verifier, ...] = ()

    def published(self) -> tuple[str, ...]:
        """All public keys as others are told of them."""
        told = [*(key.written() for key in self.verifiers), *(key.written() for key in self.beside)]
        return tuple(dict.fromkeys(told))


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key of the log as the folder has it: its file, its public half, whether it signs."""

    path: Path
    verifier: Ed25519Verifier | Sm2Verifier
    signs: bool


def open_log_keys(folder: Path, name: str, *, make: bool) -> LogKeys:
    """Keys of a log with this name; the first one is made where there is none and `make` says so.

    OSError where there is none, or a file holds none: a log is not signed by whatever is found.
    """
    keys = read_log_keys(folder, name)
    if not keys.signers and make:
        make_log_key(folder, "log.pem")
        keys = read_log_keys(folder, name)
    if not any(isinstance(signer, Ed25519Signer) for signer in keys.signers):
        raise OSError(
            "密钥目录中没有签署审计日志的私钥:请恢复 log.pem / "
            "the key folder lacks the key that signs the record: bring log.pem back"
        )
    return keys


def read_log_keys(folder: Path, name: str) -> LogKeys:
    """Keys of a folder, perhaps none; OSError where a file holds none."""
    signers = [Ed25519Signer(name, read_ed25519(path)) for path in sorted(folder.glob("log*.pem"))]
    national = [Sm2Signer(name, read_sm2(path)) for path in sorted(folder.glob("log*.sm2"))]
    retired = [_public(path) for path in sorted(folder.glob("log*.vkey"))]
    verifiers = [*(one.verifier for one in signers), *(one for one in retired if isinstance(one, Ed25519Verifier))]
    beside = [*(one.verifier for one in national), *(one for one in retired if isinstance(one, Sm2Verifier))]
    return LogKeys((*signers, *national), tuple(dict.fromkeys(verifiers)), tuple(dict.fromkeys(beside)))


def key_files(folder: Path, name: str) -> Iterator[KeyFile]:
    """Every key of a folder with its file, those that sign first; OSError where a file holds none."""
    for path in sorted(folder.glob("log*.pem")):
        yield KeyFile(path, Ed25519Signer(name, read_ed25519(path)).verifier, signs=True)
    for path in sorted(folder.glob("log*.sm2")):
        yield KeyFile(path, Sm2Signer(name, read_sm2(path)).verifier, signs=True)
    for path in sorted(folder.glob("log*.vkey")):
        yield KeyFile(path, _public(path), signs=False)


class KnownKey(NamedTuple):
    """A key of the log by its name and number."""

    name: str
    key_id: str


def add_log_key(folder: Path, record: Callable[[], None], *, national: bool) -> Path:
    """Make one more key, which signs beside the others from the next start on; RotationError while two do already.

    `record` is called when all is well, before anything is made. NoSm2Error without the library that SM2 needs.
    """
    if national and not is_available():
        raise NoSm2Error(MISSING)
    kind = "sm2" if national else "pem"
    there = sorted(folder.glob(f"log*.{kind}"))
    if len(there) > 1:
        raise RotationError("WAITS")
    taken = [int(found[1] or 1) for one in folder.glob("log*.*") if (found := _NUMBERED.fullmatch(f"{one.stem}.pem"))]
    number = max(taken, default=0) + 1 if there else 1
    record()
    path = folder / (f"log.{kind}" if number == 1 else f"log-{number}.{kind}")
    if national:
        make_sm2(path)
    else:
        make_log_key(folder, path.name)
    return path


def retire_log_key(folder: Path, key: KnownKey, signed: frozenset[str], record: Callable[[], None]) -> Path:
    """Have a key cease to sign: its public half stays, its private half goes. The file of its public half.

    signed: numbers of the keys that signed the newest checkpoint · record: called before anything is changed. RotationError if there is no such key, if it is the
    last one of its kind, or if none of those that remain has signed yet: then nobody could know them.
    """
    signing = [one for one in key_files(folder, key.name) if one.signs]
    leaving = next((one for one in signing if one.verifier.key_id.hex() == key.key_id), None)
    if leaving is None:
        raise RotationError("UNKNOWN")
    staying = [one for one in signing if type(one.verifier) is type(leaving.verifier) and one is not leaving]
    is_national = isinstance(leaving.verifier, Sm2Verifier)
    if not staying and not is_national:
        raise RotationError("LAST")
    if staying and not any(one.verifier.key_id.hex() in signed for one in staying):
        raise RotationError("UNSIGNED")
    record()
    kept = folder / f"log-{key.key_id}.vkey"
    # Whoever is killed between the two has a key that signs and is known twice, which is as it was.
    with suppress(FileExistsError):
        put_new(kept, f"{leaving.verifier.written()}\n".encode(), 0o644)
    leaving.path.unlink()
    return kept


def make_log_key(folder: Path, file: str) -> None:
    """Make a key in a file of its own, which appears whole; a file that is there already stays as it is."""
    with suppress(FileExistsError):
        put_new(folder / file, pem_of(Ed25519PrivateKey.generate()))


def read_public(text: str) -> Verifier | None:
    """A public key of a log as it is told; None for one of a kind that is not known here. NoteError if it is no key."""
    name, decoded = read_key(text)
    if decoded[:1] == ED25519 and len(decoded) == 33:
        return Ed25519Verifier(name, decoded[1:])
    return sm2_verifier(name, decoded)


def _public(path: Path) -> Ed25519Verifier | Sm2Verifier:
    try:
        found = read_public(path.read_text(encoding="utf-8").strip())
    except (NoteError, UnicodeDecodeError):
        found = None
    if not isinstance(found, (Ed25519Verifier, Sm2Verifier)):
        raise OSError(f"{path.name}: 不是日志公钥 / is not a public key of a log")
    return found
