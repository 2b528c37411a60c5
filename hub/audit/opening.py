"""Opens the tree of a store: its keys, its places, and a first look whether it is what was signed."""

from pathlib import Path
from urllib.parse import urlsplit

from hub.audit.checkpoint import read_text
from hub.audit.cosignature import WitnessVerifier, read_witness
from hub.audit.keeping import AlteredError, Kept, KnownLog, WrongKeyError, examine, newest
from hub.audit.keys import open_log_keys
from hub.audit.note import NoteError, read_note
from hub.audit.places import CheckpointFile, Webhook
from hub.audit.sequencer import Rhythm, Sequencer
from hub.audit.standing import Standing
from hub.audit.witnessing import WitnessPlace
from hub.clock import Clock
from hub.settings import Settings
from hub.store.database import Database

FILE = "checkpoints.jsonl"
SPILL = "waiting.jsonl"


def open_sequencer(settings: Settings, database: Database, clock: Clock) -> Sequencer:
    """What keeps the tree, which knows already if the log was altered; OSError if its key is missing or another's."""
    audit, folder = settings.audit, key_folder(settings)
    file = checkpoint_file(settings)
    kept, outside = database.reading(newest), file.newest()
    origin = origin_of(settings, kept, outside)
    known = KnownLog(origin, open_log_keys(folder, origin, make=kept is None and outside is None))
    sequencer = Sequencer(
        database=database,
        log=known,
        clock=clock,
        rhythm=Rhythm(audit.every_seconds, audit.every_entries),
        standing=Standing(audit.grace_seconds),
        file=file,
        places=(
            *(Webhook(one.url, one.secret.get_secret_value().encode()) for one in audit.webhook),
            *(WitnessPlace(one.url, _witness(one.key), database) for one in audit.witness),
        ),
    )
    notes = [] if outside is None else [outside]
    try:
        found = database.reading(lambda connection: examine(connection, known, notes))
    except AlteredError as fault:
        sequencer.standing.alter(str(fault))
    else:
        sequencer.begin(found, known.open(outside).size if outside else 0)
    return sequencer


def _witness(key: str) -> WitnessVerifier:
    try:
        return read_witness(key)
    except NoteError:
        raise OSError(f"[[audit.witness]] key: 不是见证方公钥 / is not the public key of a witness: {key}") from None


def key_folder(settings: Settings) -> Path:
    """Where the private keys lie."""
    return settings.folder / settings.hub.keys


def checkpoint_file(settings: Settings) -> CheckpointFile:
    """The file that checkpoints are handed to."""
    written = settings.audit.file
    return CheckpointFile(key_folder(settings) / FILE if written is None else settings.folder / written)


def spill_file(settings: Settings) -> Path:
    """The file in which entries wait while the store does not take them."""
    written = settings.audit.spill
    return key_folder(settings) / SPILL if written is None else settings.folder / written


def origin_of(settings: Settings, kept: Kept | None, outside: bytes | None) -> str:
    """The name of the log: the one that is configured, else the one it has, else one from the hub's address.

    WrongKeyError if it has another one than is configured.
    """
    written = settings.audit.origin
    found = _named(kept.note if kept else outside)
    if written is not None and found is not None and written != found:
        raise WrongKeyError(
            f"[audit] origin 与已签署的检查点不同({found}) / is not that of the checkpoints that were signed ({found})"
        )
    return written or found or f"{urlsplit(settings.hub.base_url).netloc}/audit"


def _named(note: bytes | None) -> str | None:
    """The name in a note, whose signature is looked at later; None where it cannot be read."""
    try:
        return None if note is None else read_text(read_note(note).text).origin
    except NoteError:
        return None
