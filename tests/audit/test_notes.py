"""Signed notes and checkpoints: published and own vectors, each error included."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from hub.audit import note
from hub.audit.checkpoint import Checkpoint, OtherLogError, open_checkpoint, read_text, sign_checkpoint
from hub.audit.note import Ed25519Signer, Signature, read_note, read_verifier, sign_note, verify_note
from tests.audit.test_proofs import named

VECTORS = Path(__file__).parents[1] / "vectors/log"
NOTES = json.loads((VECTORS / "notes.json").read_text(encoding="utf-8"))
PUBLISHED = json.loads((VECTORS / "published_note.json").read_text(encoding="utf-8"))
KEYS = [read_verifier(text) for text in NOTES["keys"]]


def test_every_error_has_a_vector():
    """All errors of notes and checkpoints are among the vectors, of which there are forty and more."""
    errors = {None, OtherLogError.__name__, *(one.__name__ for one in note.NoteError.__subclasses__())}
    assert {case["error"] for case in NOTES["cases"]} == errors
    assert len(NOTES["cases"]) >= 40


@pytest.mark.parametrize("case", NOTES["cases"], ids=named)
def test_checkpoints(case):
    """A checkpoint of this log that a known key signed is taken, and nothing else."""
    data = bytes.fromhex(case["hex"]) if case["note"] is None else case["note"].encode()
    if case["error"] is None:
        found = open_checkpoint(data, NOTES["origin"], KEYS)
        assert (found.origin, found.size, len(found.root)) == (NOTES["origin"], case["size"], 32)
        assert set(case["signed"]) <= set(verify_note(read_note(data), KEYS))
        assert read_note(data).written() == data
        assert read_text(found.text()) == found
        return
    with pytest.raises(note.NoteError) as raised:
        open_checkpoint(data, NOTES["origin"], KEYS)
    assert type(raised.value).__name__ == case["error"]


def test_published_note():
    """The example of Go's implementation: read, verified, and made again byte for byte from its private key."""
    key = read_verifier(PUBLISHED["key"])
    found = read_note(PUBLISHED["note"].encode())
    assert found.text == PUBLISHED["text"]
    assert verify_note(found, [key]) == ("PeterNeumann",)
    signer = Ed25519Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(bytes.fromhex(PUBLISHED["secret"])))
    assert signer.verifier.written() == PUBLISHED["key"]
    assert sign_note(PUBLISHED["text"], [signer]).written() == PUBLISHED["note"].encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
    ],
)
def test_what_is_no_public_key(text):
    """A name, a number that is the key's, and a key of Ed25519; nothing else is taken for one."""
    with pytest.raises(note.NoteSyntaxError):
        read_verifier(text)


def test_a_private_key_is_not_shown():
    """Neither a signer nor what it signs tells its key."""
    secret = bytes(range(32))
    signer = Ed25519Signer("log", Ed25519PrivateKey.from_private_bytes(secret))
    signed = sign_checkpoint(Checkpoint("log", 0, bytes(32)), [signer])
    for text in (repr(signer), signed.decode()):
        assert secret.hex() not in text
        assert base64.b64encode(secret).decode() not in text


def test_another_algorithm_signs_beside_it():
    """A signer of another kind adds its line; whoever does not know it passes it over, whoever does checks it."""

    class Other:
        """Signs by turning the text round."""

        name = "log"
        key_id = note.key_id("log", b"\xffSM2" + b"public")

        def sign(self, message: bytes) -> Signature:
            """The text turned round."""
            return Signature(self.name, self.key_id, message[::-1])

        def verify(self, message: bytes, signature: bytes) -> None:
            """Return if it is."""
            if signature != message[::-1]:
                raise note.BadSignatureError("no")

    own = Ed25519Signer("log", Ed25519PrivateKey.generate())
    checkpoint = Checkpoint("log", 3, bytes(32))
    signed = sign_checkpoint(checkpoint, [own, Other()])
    assert open_checkpoint(signed, "log", [own.verifier]) == checkpoint
    assert open_checkpoint(signed, "log", [Other()]) == checkpoint
    found = read_note(signed)
    forged = note.Note(found.text, (found.signatures[0], Signature("log", Other.key_id, b"else")))
    with pytest.raises(note.BadSignatureError):
        verify_note(forged, [own.verifier, Other()])


@given(st.binary(max_size=300))
def test_bytes_at_random(data):
    """Whatever comes, it is refused as a note and in no other way."""
    with pytest.raises(note.NoteError):
        open_checkpoint(data, NOTES["origin"], KEYS)


@given(st.integers(0, len(NOTES["cases"][0]["note"].encode()) * 8 - 1))
def test_a_flipped_bit(place):
    """No bit of a checkpoint can be changed: it is refused, or, where it was in the name of its key, unknown."""
    data = bytearray(NOTES["cases"][0]["note"].encode())
    data[place // 8] ^= 1 << place % 8
    with pytest.raises(note.NoteError):
        open_checkpoint(bytes(data), NOTES["origin"], KEYS)
