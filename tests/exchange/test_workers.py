"""Two workers over one store: a release at one is felt at the other, by people who really signed in."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any

import httpx2
import pytest

from auth.roles import Role
from tests import postgres
from tests.callers.test_workers import Pair, two_workers, until_it_holds

ASKED = '{ entity(uscc: "914403001922038216") { name division { name } } }'
GRANT = '{ role: "CLERK", purposes: ["SERVICE"], fields: ["Division.name"], legalBasis: "行政许可法" }'
_KEYS = count()


@pytest.fixture(params=["sqlite", "postgresql"])
def pair(request: pytest.FixtureRequest, tmp_path) -> Iterator[Pair]:
    """Two workers, on a store of each kind."""
    with ExitStack() as stack:
        store = "sqlite:///hub.db"
        if request.param == "postgresql":
            store = stack.enter_context(postgres.fresh_database(request.getfixturevalue("postgres_server")))
        yield stack.enter_context(two_workers(tmp_path, store))


def asker(pair: Pair, name: str, role: Role, department: str) -> Callable[..., dict[str, Any]]:
    """Somebody who signed in with password and authenticator, as a function that asks at one of the workers."""
    pair.stand.add(name, role, department)
    token = pair.person(name).tokens["access_token"]

    def ask(query: str, at: httpx2.Client | None = None) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {token}", "hub-purpose": "SERVICE", "idempotency-key": f"k{next(_KEYS)}"}
        told: dict[str, Any] = (at or pair.here).post("/graphql", json={"query": query}, headers=headers).json()
        return told

    return ask


def test_a_release_at_one_worker_is_felt_at_the_other(pair):
    """Asked at one, agreed at the other, released at the first: both go from a denial to the value, with the same token."""
    clerk = asker(pair, "asking", Role.CLERK, "market")
    steward = asker(pair, "steward", Role.STEWARD, "register")
    security = asker(pair, "security", Role.SEC, "hub")

    def names() -> list[str | None]:
        told = [clerk(ASKED, at)["data"]["entity"]["division"] for at in (pair.here, pair.there)]
        return [one and one["name"] for one in told]

    assert names() == [None, None]
    asked = clerk(
        f'mutation {{ requestAccess(grants: [{GRANT}], reason: "核对区划") {{ request {{ number state }} }} }}'
    )
    number = asked["data"]["requestAccess"]["request"]["number"]
    answer = f'answerRequest(number: "{number}", owner: "register", approve: true)'
    agreed = steward(f"mutation {{ {answer} {{ request {{ state }} }} }}", pair.there)
    assert agreed["data"]["answerRequest"]["request"]["state"] == "APPROVED"
    assert names() == [None, None]
    released = security(f'mutation {{ releaseRequest(number: "{number}") {{ request {{ state grants }} }} }}')
    assert released["data"]["releaseRequest"]["request"]["state"] == "RELEASED"
    until_it_holds("a release is felt everywhere", lambda: all(names()), 1.0)
