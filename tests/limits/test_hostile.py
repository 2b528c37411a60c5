"""Hostile documents: each is refused before it is validated, or small enough to be cheap."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import httpx2
import pytest
from graphql.language import OperationDefinitionNode, parse
from graphql.utilities import get_introspection_query

from hub.errors import HubError
from hub.limits import Limits
from hub.operation import read_operation
from tests.edge.shape import check_refusal
from tests.edge.stand import INSPECTION, OFFICER
from tests.limits.hostile import FAMILIES, FRAGMENTS, TEXTS

LIMITS = Limits()
MOST = 80_000
OTHERWISE = {
    "fragment cycle": "GRAPHQL_VALIDATION_FAILED",
    "blocks that never end": "GRAPHQL_PARSE_FAILED",
    "texts that never end": "GRAPHQL_PARSE_FAILED",
}
"""What cannot be measured because it never ends; it is refused all the same."""
STANDARD = get_introspection_query(
    descriptions=True,
    specified_by_url=True,
    directive_is_repeatable=True,
    schema_description=True,
    input_value_deprecation=True,
)


def verdict(text):
    """Code with which a text is refused before validation, or None."""
    try:
        read_operation(text, first_name(text), LIMITS)
    except HubError as fault:
        return fault.code
    return None


def first_name(text):
    """Name of the first operation of a text that begins with a named one."""
    if not text.startswith("query "):
        return None
    definition = parse(text[: text.index("{")] + "{ a }").definitions[0]
    assert isinstance(definition, OperationDefinitionNode)
    return definition.name.value if definition.name else None


@cache
def largest(name):
    """About the largest document of a family that is not refused as too complex."""
    family, low, high = FAMILIES[name], 1, 2
    while high < MOST and verdict(family(high)) != "QUERY_TOO_COMPLEX":
        low, high = high, high * 2
    while high - low > 1 + low // 50:
        middle = (low + high) // 2
        low, high = (low, middle) if verdict(family(middle)) == "QUERY_TOO_COMPLEX" else (middle, high)
    return family(low)


def beyond(name):
    """A document of a family far beyond any limit."""
    return FAMILIES[name](70_000 if name in TEXTS else 100 if name in FRAGMENTS else 2_000)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_hostile_document_is_refused_before_it_is_validated(name):
    """Beyond a certain size each family is refused by counting alone."""
    assert verdict(beyond(name)) in {"QUERY_TOO_COMPLEX", OTHERWISE.get(name)}


@pytest.mark.parametrize("name", sorted(FAMILIES.keys() - OTHERWISE.keys()))
def test_a_small_document_of_the_same_kind_is_read(name):
    """It is the size that is refused, never the shape: one of each kind passes the counting."""
    assert verdict(FAMILIES[name](1)) is None


def test_what_the_worst_documents_cost(hub, request_of):
    """The largest document of each family that still passes, and one far beyond: its CPU is printed, worst first."""
    rows = [(*cost(hub, request_of, largest(name)), name) for name in FAMILIES]
    rows += [(*cost(hub, request_of, beyond(name)), f"{name}, far beyond") for name in FAMILIES]
    rows.append((*cost(hub, request_of, STANDARD), "the standard introspection"))
    sys.stdout.write("\n  CPU ms  characters  refused as                 document\n")
    for spent, size, code, name in sorted(rows, reverse=True)[:40]:
        sys.stdout.write(f"{spent:8.1f} {size:11}  {code:26} {name}\n")
    assert len(rows) == 2 * len(FAMILIES) + 1


def cost(hub, request_of, text):
    """CPU of reading, validating, planning and binding a text in milliseconds, its length, and how that ended."""
    request, spent, code = request_of(text, first_name(text)), 1e9, ""
    for _ in range(3):
        started = time.process_time()
        try:
            hub.gateway.plan(request)
        except HubError as fault:
            code = fault.code
        spent = min(spent, (time.process_time() - started) * 1_000)
        text += " "
        request = request_of(text, first_name(text))
    return spent, len(text), code


def test_hostile_documents_delay_no_bystander(stand):
    """While one connection sends the worst of each family, every question of another is answered."""
    worst = [largest(name) for name in FAMILIES]
    officer = {"authorization": f"Bearer {stand.token(OFFICER)}", "hub-purpose": INSPECTION, "hub-case": "1"}

    def attack():
        with httpx2.Client(base_url=stand.url, headers=officer, timeout=30) as client:
            bodies = [{"query": text, "operationName": first_name(text)} for text in worst]
            return [client.post("/graphql", json=body) for body in bodies for _ in range(2)]

    with ThreadPoolExecutor(1) as pool, httpx2.Client(base_url=stand.url, timeout=30) as client:
        attacked, waits = pool.submit(attack), []
        while not attacked.done():
            started = time.perf_counter()
            assert client.post("/graphql", json={"query": "{ __typename }"}).json()["data"]
            waits.append((time.perf_counter() - started) * 1_000)
        answers = attacked.result()
    waits.sort()
    sys.stdout.write(f"\n{len(waits)} bystanders: median {waits[len(waits) // 2]:.0f} ms, longest {waits[-1]:.0f} ms\n")
    assert len(answers) == 2 * len(FAMILIES)
    assert {answer.status_code for answer in answers} <= {200, 413}
    for answer in answers:
        assert "data" in answer.json() or check_refusal(answer.json())
