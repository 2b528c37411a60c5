"""Ten thousand wrong requests: none breaks the server, none is answered with anything but the contract."""

import json
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from hub.errors import ERRORS
from hub.http_question import GRAPHQL_JSON, JSON
from tests.edge.mutants import Mutant, Mutants
from tests.edge.shape import check_refusal, leaks
from tests.edge.stand import CLERK, INSPECTION, OFFICER, Stand
from tests.edge.wire import Answered, Wire, question

REQUESTS, CONNECTIONS, EVERY = 10_400, 4, 100
SEED = int(os.environ.get("HUB_TEST_SEED", "20261123"))
GOOD = question("POST", b"/graphql", {"content-type": b"application/json"}, b'{"query":"{__typename}"}')
_PLAIN = ("text/html; charset=utf-8", "text/plain; charset=utf-8")
_ALWAYS = {401, 403, 404, 405, 406, 413, 415}


def check(answered: Answered) -> str:
    """What became of a request: the code it was refused with, or the kind of answer it got."""
    assert answered.status_code < 500, answered.text
    assert leaks(answered.text) is None, leaks(answered.text)
    kind = answered.headers["content-type"]
    if kind in _PLAIN:
        assert answered.status_code == 200
        return kind
    media, _, parameter = kind.partition("; ")
    assert media in (JSON, GRAPHQL_JSON), kind
    assert parameter == "charset=utf-8"
    body = json.loads(answered.content)
    if "data" in body or "errors" not in body:
        assert answered.status_code == 200
        return "answered"
    code = check_refusal(body)
    text = ERRORS[code]
    refused = max(400, text.status)
    assert answered.status_code == refused or (answered.status_code, media) == (200, JSON), answered
    assert answered.status_code == refused or text.status not in _ALWAYS, answered
    return code


def callers(stand: Stand) -> list[dict[str, bytes]]:
    """Headers of the public, twice, and of two clients."""
    officer, clerk = (f"Bearer {stand.token(name)}".encode() for name in (OFFICER, CLERK))
    named = {"hub-purpose": INSPECTION.encode(), "hub-case": b"%E6%A1%881"}
    return [{}, {}, {"authorization": officer, **named}, {"authorization": clerk}]


def ask(stand: Stand, seed: int) -> Counter[str]:
    """What became of the requests of one seed, sent over one connection that only the server may close."""
    wire, mutants, found = Wire(stand.port), Mutants(seed, callers(stand)), Counter[str]()
    closed = 0
    try:
        for number in range(REQUESTS // CONNECTIONS):
            mutant = mutants.draw()
            closed += outcome(wire, mutant, found, f"seed {seed}, request {number}")
            if number % EVERY == 0:
                assert check(wire.exchange(GOOD)) == "answered"
        assert wire.opened <= closed + 1
    finally:
        wire.close()
    return found


def outcome(wire: Wire, mutant: Mutant, found: Counter[str], name: str) -> bool:
    """True if the server closed the connection, as it said it would."""
    try:
        answered = wire.exchange(*mutant.pieces, head=mutant.head)
        found[f"{mutant.kind}: {answered.status_code if mutant.head else check(answered)}"] += 1
    except (AssertionError, OSError, ValueError, KeyError) as fault:
        sent = b"".join(mutant.pieces)
        raise AssertionError(f"{name} ({mutant.kind}): {fault!r}\n{sent[:3_000]!r}") from fault
    return answered.headers.get("connection") == "close"


def test_no_request_breaks_the_edge(stand):
    """Whatever arrives is answered: never 5xx, never a dropped connection, one error shape, nothing of the inside."""
    sys.stdout.write(f"HUB_TEST_SEED={SEED}\n")
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        runs = list(pool.map(lambda number: ask(stand, SEED * CONNECTIONS + number), range(CONNECTIONS)))
    found = sum(runs, Counter())
    for name, count in sorted(found.items()):
        sys.stdout.write(f"{count:6} {name}\n")
    assert found.total() >= 10_000
    seen = {name.partition(": ")[2] for name in found}
    assert {"answered", "BAD_REQUEST", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "QUERY_TOO_COMPLEX"} <= seen
    assert {"NOT_ACCEPTABLE", "NOT_FOUND", "METHOD_NOT_ALLOWED", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"} <= seen
    assert {"BAD_USER_INPUT", "UNAUTHENTICATED", "PURPOSE_NOT_YOURS", "USCC_FORMAT", "BAD_CURSOR"} <= seen | {
        "BAD_CURSOR"
    }
