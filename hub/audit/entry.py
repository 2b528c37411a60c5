"""What is recorded of one question: who, for what, which fields of which entities, in which states – no values.

Entities and cases are keyed digests. The bytes are canonical JSON (RFC 8785 for the types used here) with a version
in front; their order and meaning are frozen: a change is a new version beside this one.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import orjson

from hub.randomness import RANDOM

VERSION = 2
_BLOCK = 64
_GAPS = 11


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything recorded of one question.

    fields: coordinates that were answered · states: coordinate, state, code, count · sources: source, record, keys,
    rows, microseconds, outcome · as_of: source, record, oldest and newest data time · answer, question: salted SHA-256
    of the answer's `data` and of what was asked, both as RFC 8785 writes them, empty where there is none.

    In version 1, of which stores still hold entries, `answer` was of the bytes that were sent, and neither `asOf` nor
    `question` was there.
    """

    at: str
    request_id: str
    outcome: str
    client: str
    department: str
    role: str
    person: str
    purpose: str
    case: str
    policy: str
    operation: str
    fields: tuple[str, ...]
    entities: tuple[str, ...]
    states: tuple[tuple[str, str, str, int], ...]
    sources: tuple[tuple[str, str, int, int, int, str], ...]
    answer: str
    salt: str
    question: str = ""
    as_of: tuple[tuple[str, str, str, str], ...] = ()

    def canonical(self) -> bytes:
        """The bytes that are stored, and later hashed."""
        body: dict[str, Any] = {
            "v": VERSION,
            "answer": self.answer,
            "asOf": [list(one) for one in self.as_of],
            "at": self.at,
            "case": self.case,
            "client": self.client,
            "department": self.department,
            "entities": list(self.entities),
            "fields": list(self.fields),
            "operation": self.operation,
            "outcome": self.outcome,
            "person": self.person,
            "policy": self.policy,
            "purpose": self.purpose,
            "question": self.question,
            "requestId": self.request_id,
            "role": self.role,
            "salt": self.salt,
            "sources": [list(source) for source in self.sources],
            "states": [list(state) for state in self.states],
        }
        return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


class Gaps(NamedTuple):
    """What differs between entries of one form. No text needs an escape."""

    answer: str
    at: str
    case: str
    outcome: str
    question: str
    request_id: str
    salt: str
    entities: Sequence[str] = ()
    sources: Sequence[tuple[str, str, int, int, int, str]] = ()
    states: Sequence[tuple[str, str, str, int]] = ()
    as_of: Sequence[tuple[str, str, str, str]] = ()


class EntryForm:
    """The bytes of entries of which only some fields differ; the others are worked out once, from the entry itself."""

    __slots__ = ("_pieces",)

    def __init__(self, entry: Entry) -> None:
        gap = RANDOM.hexadecimal(16)
        texts = dict.fromkeys(("answer", "at", "case", "outcome", "question", "request_id", "salt"), gap)
        lists = dict.fromkeys(("as_of", "sources", "states"), ((gap,),))
        opened = replace(entry, **texts, entities=(gap,), **lists)  # type: ignore[arg-type]
        text = opened.canonical().decode().replace(f'[["{gap}"]]', f'"{gap}"').replace(f'["{gap}"]', f'"{gap}"')
        self._pieces = tuple(text.split(f'"{gap}"'))
        if len(self._pieces) != _GAPS + 1:
            raise ValueError("the entry holds what marks its gaps")

    def canonical(self, gaps: Gaps) -> bytes:
        """The bytes with these gaps filled."""
        # In the order in which the fields stand in canonical JSON, which is that of the alphabet.
        a, b, c, d, e, f, g, h, i, j, k, m = self._pieces
        answer, at, case, outcome, question, request_id, salt, entities, sources, states, as_of = gaps
        told, dated = _listed(states), _listed(as_of)
        listed, asked = orjson.dumps(entities).decode(), orjson.dumps(sources).decode()
        return (
            f'{a}"{answer}"{b}{dated}{c}"{at}"{d}"{case}"{e}{listed}{f}"{outcome}"{g}"{question}"{h}"{request_id}"'
            f'{i}"{salt}"{j}{asked}{k}{told}{m}'
        ).encode()


def _listed(many: Sequence[tuple[object, ...]]) -> str:
    return orjson.dumps(many).decode() if many else "[]"


class Digester:
    """Keyed digests of entities, persons and cases: equal values give equal digests, and nothing else is told.

    HMAC-SHA-256 (RFC 2104), of which the first sixteen bytes are kept; the key is worked into both hashes once.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        block = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def during(self, _at: str) -> "Digester":
        """This one, at any instant: a key by itself does not change."""
        return self

    def of(self, kind: str, value: str) -> str:
        """Digest of one value, empty for an empty one."""
        if not value:
            return ""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(f"{kind}\n{value}".encode("utf-8", "surrogatepass"))
        outer.update(inner.digest())
        return outer.hexdigest()[:32]

    def all(self, kind: str, values: Iterable[str]) -> tuple[str, ...]:
        """Digests of several values, sorted."""
        return tuple(sorted([self.of(kind, value) for value in values]))


def fresh_salt() -> str:
    """Sixteen random bytes, as hexadecimal text."""
    return RANDOM.hexadecimal(16)


def salted(salt: str, parts: Sequence[bytes]) -> str:
    """SHA-256 over the salt and the parts, as hexadecimal text."""
    digest = hashlib.sha256(bytes.fromhex(salt))
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
