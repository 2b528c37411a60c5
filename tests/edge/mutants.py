"""Generated requests, most of them wrong: texts, parameters, bodies, headers and addresses drawn from a seed."""

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes

from tests.edge.oddities import (
    ACCEPTS,
    BODIES,
    CONTENT_TYPES,
    HEADER_NAMES,
    HEADER_VALUES,
    INSERTED,
    METHODS,
    PIECES,
    TARGETS,
    TEXTS,
    VALUES,
    WORDS,
)
from tests.edge.stand import CODE
from tests.edge.wire import question

JSON = b"application/json"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\.\.\.|\$?\w+|[^\s\w]')


@dataclass(frozen=True, slots=True)
class Mutant:
    """A request as bytes, in the pieces in which it is sent, and whether its answer has no body."""

    kind: str
    pieces: tuple[bytes, ...]
    head: bool = False


class Mutants:
    """Draws requests; the same seed draws the same ones."""

    def __init__(self, seed: int, callers: Sequence[dict[str, bytes]]) -> None:
        self._random = random.Random(seed)
        self._callers = callers
        self._kinds: tuple[tuple[int, Callable[[], Mutant]], ...] = (
            (40, self._text),
            (20, self._values),
            (10, self._parameters),
            (8, self._body),
            (10, self._header),
            (8, self._address),
            (5, self._target),
            (1, self._oversized),
        )

    def draw(self) -> Mutant:
        """The next request."""
        weights, makers = zip(*self._kinds, strict=True)
        return self._random.choices(makers, weights)[0]()

    def _text(self) -> Mutant:
        text = self._mutated(self._random.choice(TEXTS))
        return self._post("text", {"query": text, "variables": self._guessed(text)})

    def _mutated(self, text: str) -> str:
        for _ in range(self._random.choice((0, 1, 1, 1, 2, 3, 8))):
            tokens = _TOKEN.findall(text) or [""]
            at, other = self._random.randrange(len(tokens)), self._random.randrange(len(tokens))
            way = self._random.randrange(10)
            if way == 0:
                del tokens[at]
            elif way == 1:
                tokens[at:at] = [tokens[at]] * self._random.choice((1, 2, 40))
            elif way == 2:
                tokens[at], tokens[other] = tokens[other], tokens[at]
            elif way == 3:
                tokens[at:at] = [self._random.choice(INSERTED)]
            elif way == 4:
                tokens[at] = self._random.choice(INSERTED)
            elif way == 5:
                tokens = [*tokens[:at], *_TOKEN.findall(self._random.choice(TEXTS))[:other], *tokens[at:]]
            elif way > 6:
                self._renamed(tokens)
            text = self._flipped(" ".join(tokens)) if way == 6 else " ".join(tokens)
        return text

    def _renamed(self, tokens: list[str]) -> None:
        """Put a name or a well-formed piece where a name stands, so that the text still reads as GraphQL."""
        places = [place for place, token in enumerate(tokens) if token.isidentifier()]
        names = _TOKEN.findall(self._random.choice(TEXTS))
        if places:
            other = self._random.choice((*[name for name in names if name.isidentifier()], *PIECES))
            tokens[self._random.choice(places)] = other

    def _flipped(self, text: str) -> str:
        raw = bytearray(text.encode("utf-8", "surrogatepass"))
        if raw:
            raw[self._random.randrange(len(raw))] ^= 1 << self._random.randrange(8)
        return raw.decode("utf-8", "replace")

    def _guessed(self, text: str) -> dict[str, Any]:
        good = {
            "n": 2,
            "f": {"name": "华"},
            "o": [{"name": "ASC"}],
            "c": [CODE],
            "yes": True,
            "id": "x",
            "d": "2027-01-01",
        }
        return {name: good.get(name, 1) for name in re.findall(r"\$(\w{1,20})", text)}

    def _values(self) -> Mutant:
        text = self._random.choice([text for text in TEXTS if "$" in text])
        variables = self._guessed(text)
        for name in self._random.sample(sorted(variables), self._random.randint(1, len(variables))):
            variables[name] = self._random.choice(VALUES)
        if self._random.random() < 0.1:
            variables[self._random.choice(WORDS)] = self._random.choice(VALUES)
        return self._post("values", {"query": text, "variables": variables})

    def _parameters(self) -> Mutant:
        parameters: dict[str, Any] = {
            "query": TEXTS[0],
            "operationName": None,
            "variables": {},
            "extensions": {"hub": {}},
        }
        for _ in range(self._random.choice((1, 1, 2))):
            name = self._random.choice(
                (*parameters, "extensions.hub", "extensions.hub.purpose", "extensions.hub.case", "id")
            )
            value = self._random.choice(VALUES)
            if name.startswith("extensions.hub"):
                parameters["extensions"] = {"hub": {name.rpartition(".")[2]: value} if name.count(".") > 1 else value}
            else:
                parameters[name] = value
        return self._post("parameters", parameters)

    def _post(self, kind: str, parameters: dict[str, Any]) -> Mutant:
        body = json.dumps(parameters, ensure_ascii=self._random.random() < 0.5).encode("utf-8", "replace")
        headers = {"content-type": JSON, "accept": self._random.choice(ACCEPTS[:3]), **self._caller()}
        return Mutant(kind, (question("POST", b"/graphql", headers, body),))

    def _caller(self) -> dict[str, bytes]:
        return self._random.choice(self._callers)

    def _body(self) -> Mutant:
        body = self._random.choice(BODIES)
        if self._random.random() < 0.3:
            body = self._random.randbytes(self._random.randrange(1, 300))
        headers = {"content-type": self._random.choice(CONTENT_TYPES[:5]), "accept": self._random.choice(ACCEPTS[:3])}
        if self._random.random() < 0.2:
            headers["content-encoding"] = self._random.choice((b"gzip", b"deflate", b"br", b"identity", b"\xff"))
        if self._random.random() < 0.3:
            return Mutant("chunked body", self._chunked(headers, body))
        return Mutant("body", (question("POST", b"/graphql", headers, body),))

    def _chunked(self, headers: dict[str, bytes], body: bytes) -> tuple[bytes, ...]:
        step = self._random.choice((1_000, 5_000, 60_000))
        parts = [body[start : start + step] for start in range(0, len(body), step)]
        head = question("POST", b"/graphql", {**headers, "transfer-encoding": b"chunked"})
        return (head, b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n")

    def _header(self) -> Mutant:
        accept = self._random.choice(ACCEPTS[:4] if self._random.random() < 0.7 else ACCEPTS)
        headers = {"content-type": JSON, "accept": accept, **self._caller()}
        for _ in range(self._random.choice((1, 1, 2, 4))):
            headers[self._random.choice(HEADER_NAMES)] = self._random.choice(HEADER_VALUES)
        if self._random.random() < 0.3:
            headers["content-type"] = self._random.choice(CONTENT_TYPES)
        return Mutant("header", (question("POST", b"/graphql", headers, b'{"query":"{ me { role } }"}'),))

    def _address(self) -> Mutant:
        text = self._mutated(self._random.choice(TEXTS[:4]))
        values = {"query": text, "variables": json.dumps(self._guessed(text)), "operationName": "A", "extensions": "{}"}
        pairs = [
            (name, value.encode("utf-8", "replace")) for name, value in values.items() if self._random.random() < 0.7
        ]
        for _ in range(self._random.choice((0, 1, 1, 3))):
            name = self._random.choice(tuple(values))
            pairs.append(
                (name, self._random.choice((*BODIES[:2], *BODIES[8:24], b"\xff", b"{", b"5", b"[]", b'{"hub":5}')))
            )
        encoded = b"&".join(name.encode() + b"=" + quote_from_bytes(value, safe="").encode() for name, value in pairs)
        if self._random.random() < 0.3:
            at = self._random.randrange(len(encoded) + 1)
            encoded = (
                encoded[:at] + self._random.choice((b"%", b"%f", b"%ff", b"&", b"=", b"+", b";", b"%00")) + encoded[at:]
            )
        headers = {"accept": self._random.choice(ACCEPTS[:4]), **self._caller()}
        return Mutant("address", (question("GET", b"/graphql?" + encoded, headers),))

    def _target(self) -> Mutant:
        method, target = self._random.choice(METHODS), self._random.choice(TARGETS)
        headers = {"accept": self._random.choice(ACCEPTS[:6]), "content-type": JSON}
        body = self._random.choice((None, b"", b'{"query":"{__typename}"}'))
        return Mutant("target", (question(method, target, headers, body),), head=method == "HEAD")

    def _oversized(self) -> Mutant:
        body = b'{"query":"' + b"x" * self._random.choice((131_061, 140_000, 400_000)) + b'"}'
        headers = {"content-type": JSON}
        if self._random.random() < 0.5:
            return Mutant("oversized", self._chunked(headers, body))
        return Mutant("oversized", (question("POST", b"/graphql", headers, body),))
