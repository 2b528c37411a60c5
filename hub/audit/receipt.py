"""A receipt: what was disclosed to whom, with the proof that it stands in the record. Knows no store, and asks nobody.

The document is JSON with a version in front; its form is frozen: a change is a new version beside it.

    format      chengxin-hub/receipt/v1
    index       position of the entry in the record
    entry       the entry itself; written as RFC 8785 says it gives the bytes that are hashed
    hash        its hash in the tree, hexadecimal: what `extensions.receipt` told with the answer
    proof       the hashes that lead from it to the root, lowest first, base 64 (RFC 9162, 2.1.3)
    checkpoint  the signed note of the root (C2SP tlog-checkpoint), cosignatures included
    keys        public keys of the log, as /audit/keys has them

Whoever verifies believes nothing of it but what a known key signed. Every way to fail is a `Fault` of its own.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from hub.audit.canonical import NoCanonicalFormError, canonical, question_of, written
from hub.audit.checkpoint import Checkpoint, read_text
from hub.audit.entry import salted
from hub.audit.keys import read_public
from hub.audit.note import (
    BadSignatureError,
    Ed25519Verifier,
    Note,
    NoteError,
    UnknownKeyError,
    Verifier,
    decode_base64,
    read_note,
    verify_note,
)
from hub.audit.receipt_words import FAULTS
from hub.audit.sm2 import Sm2Verifier
from hub.audit.tiles import logged
from hub.audit.tree import HASH_BYTES, ProofLengthError, RootError, leaf_hash, verify_inclusion
from hub.sm2 import is_available

FORMAT = "chengxin-hub/receipt/v1"
MAX_BYTES = 8_388_608
"""Bytes of a receipt, and of an answer that is compared with one."""
MAX_PROOF = 64
MAX_KEYS = 16
_PARTS = frozenset({"format", "index", "entry", "hash", "proof", "checkpoint", "keys"})
_RESPONSE = frozenset({"data", "errors", "extensions"})


class ReceiptError(Exception):
    """The receipt, or what is compared with it, does not hold; `fault` names one of `FAULTS`."""

    def __init__(self, fault: str) -> None:
        super().__init__(FAULTS[fault][1])
        self.fault = fault

    @property
    def words(self) -> tuple[str, str]:
        """What is wrong, in Chinese and in English."""
        return FAULTS[self.fault]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it was read; nothing in it is believed yet."""

    index: int
    entry: Mapping[str, Any]
    hash: str
    proof: tuple[bytes, ...]
    checkpoint: bytes
    keys: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """The receipt as it is handed out."""
        return {
            "format": FORMAT,
            "index": self.index,
            "entry": dict(self.entry),
            "hash": self.hash,
            "proof": [base64.b64encode(one).decode() for one in self.proof],
            "checkpoint": self.checkpoint.decode(),
            "keys": list(self.keys),
        }


@dataclass(frozen=True, slots=True)
class Verified:
    """What a receipt proves: its entry stands in the log of the checkpoint.

    signed: numbers of the log's keys that signed · compared: true if these were not taken from the receipt itself ·
    cosigned: names of known witnesses that signed as well.
    """

    receipt: Receipt
    checkpoint: Checkpoint
    signed: tuple[str, ...]
    compared: bool
    cosigned: tuple[str, ...] = field(default=())


def read_receipt(data: bytes) -> Receipt:
    """The receipt that is written so; ReceiptError if none is."""
    if len(data) > MAX_BYTES:
        raise ReceiptError("NOT_A_RECEIPT")
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise ReceiptError("NOT_A_RECEIPT") from None
    if not isinstance(found, dict) or found.keys() != _PARTS or found["format"] != FORMAT or not _is_receipt(found):
        raise ReceiptError("NOT_A_RECEIPT")
    try:
        proof = tuple(map(decode_base64, found["proof"]))
    except NoteError:
        raise ReceiptError("PROOF_UNREADABLE") from None
    if any(len(one) != HASH_BYTES for one in proof):
        raise ReceiptError("PROOF_UNREADABLE")
    note, keys = found["checkpoint"].encode(), tuple(found["keys"])
    return Receipt(found["index"], found["entry"], found["hash"], proof, note, keys)


def verify_receipt(
    receipt: Receipt, known: Sequence[Verifier] | None = None, witnesses: Sequence[Verifier] = ()
) -> Verified:
    """What the receipt proves; ReceiptError if it proves nothing.

    Without `known` the keys that it brings are believed, which shows only that it is whole: anybody has keys. With
    `witnesses` one of them must have signed the checkpoint as well.
    """
    note, checkpoint = _opened(receipt.checkpoint)
    keys = _own_keys(receipt) if known is None else known
    signed = _signed(note, [key for key in keys if key.name == checkpoint.origin])
    cosigned = tuple(sorted({one.name for one in witnesses if _signs(note, one)}))
    if witnesses and not cosigned:
        raise ReceiptError("NOT_WITNESSED")
    try:
        leaf = leaf_hash(logged(canonical(receipt.entry)))
    except NoCanonicalFormError:
        raise ReceiptError("ENTRY_CHANGED") from None
    if leaf.hex() != receipt.hash:
        raise ReceiptError("ENTRY_CHANGED")
    if receipt.index >= checkpoint.size:
        raise ReceiptError("INDEX_OUTSIDE")
    try:
        verify_inclusion(leaf, receipt.index, checkpoint.size, receipt.proof, checkpoint.root)
    except ProofLengthError:
        raise ReceiptError("PROOF_TRUNCATED") from None
    except RootError:
        raise ReceiptError("PROOF_CHANGED") from None
    return Verified(receipt, checkpoint, signed, known is not None, cosigned)


def verify_answer(receipt: Receipt, data: bytes) -> None:
    """Return if the entry is of this answer: a response as it was received, or its `data` alone. ReceiptError if not."""
    found = _loaded(data, "ANSWER_UNREADABLE")
    if isinstance(found, dict) and "data" in found and found.keys() <= _RESPONSE:
        told = (found.get("extensions") or {}).get("receipt") if isinstance(found.get("extensions"), dict) else None
        if isinstance(told, dict) and told.get("hash") not in (None, receipt.hash):
            raise ReceiptError("ANSWER_OF_ANOTHER")
        found = found["data"]
    if not receipt.entry.get("answer"):
        raise ReceiptError("NO_ANSWER")
    try:
        # Version 1 hashed what was sent, in the order of the question.
        body = orjson.dumps(found) if receipt.entry.get("v") == 1 else written(found)
    except NoCanonicalFormError:
        raise ReceiptError("ANSWER_UNREADABLE") from None
    _compare(receipt, body, "answer", "ANSWER_CHANGED")


def verify_question(receipt: Receipt, data: bytes) -> None:
    """Return if the entry is of this question, a request of GraphQL over HTTP in JSON; ReceiptError if not."""
    found = _loaded(data, "QUESTION_UNREADABLE")
    if not isinstance(found, dict) or not isinstance(found.get("query"), str):
        raise ReceiptError("QUESTION_UNREADABLE")
    if not receipt.entry.get("question"):
        raise ReceiptError("NO_QUESTION")
    variables = found.get("variables") or {}
    if not isinstance(variables, dict):
        raise ReceiptError("QUESTION_UNREADABLE")
    body = question_of(found["query"], found.get("operationName"), variables)
    _compare(receipt, body, "question", "QUESTION_CHANGED")


def compare_checkpoints(verified: Verified, other: Checkpoint) -> bool:
    """True if another checkpoint of this log says the same; false if it is of another size, which by itself says nothing.

    ReceiptError if it is of another log, or of the same size with another root: the log was forked.
    """
    if other.origin != verified.checkpoint.origin:
        raise ReceiptError("OTHER_LOG")
    if other.size != verified.checkpoint.size:
        return False
    if other.root != verified.checkpoint.root:
        raise ReceiptError("FORKED")
    return True


def _is_receipt(found: Mapping[str, Any]) -> bool:
    index, proof, keys = found["index"], found["proof"], found["keys"]
    return (
        index.__class__ is int
        and index >= 0
        and isinstance(found["entry"], dict)
        and isinstance(found["hash"], str)
        and isinstance(found["checkpoint"], str)
        and _are_texts(proof, MAX_PROOF)
        and _are_texts(keys, MAX_KEYS)
    )


def _are_texts(found: object, most: int) -> bool:
    return isinstance(found, list) and len(found) <= most and all(isinstance(one, str) for one in found)


def _opened(data: bytes) -> tuple[Note, Checkpoint]:
    try:
        note = read_note(data)
        return note, read_text(note.text)
    except NoteError:
        raise ReceiptError("CHECKPOINT_UNREADABLE") from None


def _own_keys(receipt: Receipt) -> list[Verifier]:
    return read_keys(receipt.keys)


def read_keys(lines: Iterable[str]) -> list[Verifier]:
    """Public keys of a log, one a line; what is of a kind that is not known here is passed over.

    ReceiptError if a line is no key.
    """
    try:
        found = [read_public(line) for line in lines]
    except NoteError:
        raise ReceiptError("KEY_UNREADABLE") from None
    national = is_available()
    return [one for one in found if one is not None and (national or not isinstance(one, Sm2Verifier))]


def _signed(note: Note, keys: Sequence[Verifier]) -> tuple[str, ...]:
    """Numbers of the keys that signed, one of Ed25519 among them."""
    try:
        verify_note(note, [key for key in keys if isinstance(key, Ed25519Verifier)])
        verify_note(note, keys)
    except UnknownKeyError:
        raise ReceiptError("KEY_UNKNOWN") from None
    except BadSignatureError:
        raise ReceiptError("CHECKPOINT_FORGED") from None
    except NoteError:
        raise ReceiptError("CHECKPOINT_UNREADABLE") from None
    made = {(one.name, one.key_id) for one in note.signatures}
    return tuple(key.key_id.hex() for key in keys if (key.name, key.key_id) in made)


def _signs(note: Note, witness: Verifier) -> bool:
    """True if a witness signed; ReceiptError if what stands there under its name is not its signature."""
    try:
        return bool(verify_note(note, [witness]))
    except UnknownKeyError:
        return False
    except NoteError:
        raise ReceiptError("WITNESS_FORGED") from None


def _loaded(data: bytes, fault: str) -> Any:
    if len(data) > MAX_BYTES:
        raise ReceiptError(fault)
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        raise ReceiptError(fault) from None


def _compare(receipt: Receipt, body: bytes, name: str, fault: str) -> None:
    try:
        same = salted(receipt.entry["salt"], [body]) == receipt.entry[name]
    except (KeyError, TypeError, ValueError):
        same = False
    if not same:
        raise ReceiptError(fault)
