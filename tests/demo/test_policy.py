"""The policy of the demo as a table, and the fields that nobody may see, each with its reason."""

from collections.abc import Iterator, Mapping, Set

import pytest

from auth.access import fold_policy
from auth.caller import Caller, Client
from auth.roles import Role
from hub.demo.accounts import ACCOUNTS
from hub.demo.clients import CLIENTS, MERCHANTS, PUBLIC, WORKBENCH
from hub.demo.grants import city_grants
from hub.demo.officers import EXPIRED
from schema.catalogue import Catalogue
from tests.conftest import GOLDEN
from tests.demo.conftest import TODAY
from tests.golden.policy import Seen, policy_table

EXEMPT = GOLDEN / "policy_exempt.txt"


@pytest.fixture(scope="module")
def seen(catalogue: Catalogue) -> list[Seen]:
    """What everybody who can ask in the demo may see, for each purpose they may ask for."""
    grants, fields = city_grants(TODAY, catalogue), catalogue.fields.values()
    found = []
    for (department, role, purpose), names in _asking().items():
        client = Client("", "", department, role, (purpose,))
        policy = fold_policy(Caller(client), purpose, grants, fields, TODAY)
        found.append(Seen(f"{role} of {department or 'nobody'} for {purpose}: {', '.join(sorted(names))}", policy))
    return found


def test_policy(seen, catalogue, golden):
    """Every field for every role, department and purpose that is asked for in the demo stands in one table."""
    golden("policy.txt", policy_table(seen, catalogue))


def test_every_field_is_held_by_somebody_or_exempt(seen, catalogue):
    """A field that nobody holds for any purpose has a line with its reason; no line is needless."""
    assert not faults(EXEMPT.read_text(encoding="utf-8"), held_by(seen), set(catalogue.fields))


def test_every_grant_is_somebodys(catalogue):
    """Each grant of the demo speaks of somebody who can ask for one of its purposes, or it stands in no column."""
    asking = _asking()
    for grant in city_grants(TODAY, catalogue):
        mine = {purpose for department, role, purpose in asking if grant.concerns(department, role)}
        assert mine & grant.purposes if grant.purposes else mine, grant.id


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A.b  because", []),
        ("", ["A.b: nobody holds it, and no line says why"]),
        ("A.b  because\nA.c  because", ["A.c: exempt, but somebody holds it"]),
        ("A.b  because\nA.d  because", ["A.d: exempt, but there is no such field"]),
        ("A.b", ["A.b: exempt without a reason"]),
        ("A.b  because\nA.b  because", ["A.b: exempt twice"]),
    ],
)
def test_faults_of_exemptions_are_found(text, found):
    """A field that is not covered and an exemption that is needless, unknown, doubled or unreasoned are told."""
    assert faults(text, {"A.c"}, {"A.b", "A.c"}) == found


def held_by(seen: list[Seen]) -> set[str]:
    """Coordinates that are held by anybody, masked or for some rows at least."""
    return {coordinate for one in seen for coordinate in one.policy.held}


def faults(text: str, held: Set[str], known: Set[str]) -> list[str]:
    """What is wrong with a list of exemptions; each line is a coordinate, two spaces and the reason."""
    lines = [line.partition("  ") for line in text.splitlines() if line and not line.startswith("#")]
    exempt = [coordinate for coordinate, _, _ in lines]
    return [
        *(f"{one}: nobody holds it, and no line says why" for one in sorted(known - held - set(exempt))),
        *(f"{one}: exempt, but somebody holds it" for one in exempt if one in held),
        *(f"{one}: exempt, but there is no such field" for one in exempt if one not in known),
        *(f"{one}: exempt without a reason" for one, _, reason in lines if not reason.strip()),
        *(f"{one}: exempt twice" for one in sorted({one for one in exempt if exempt.count(one) > 1})),
    ]


def _asking() -> Mapping[tuple[str, Role, str], list[str]]:
    """Names of the clients and people who ask, by department, role and purpose."""
    found: dict[tuple[str, Role, str], list[str]] = {}
    for name, department, role, purposes in _everybody():
        for purpose in purposes:
            found.setdefault((department, role, purpose), []).append(name)
    return found


def _everybody() -> Iterator[tuple[str, str, Role, tuple[str, ...]]]:
    yield "the public", PUBLIC.department, PUBLIC.role, PUBLIC.purposes
    clients = {client.id: client for client in CLIENTS}
    for client in CLIENTS:
        yield client.id, client.department, client.role, client.purposes
    for account in ACCOUNTS:
        if account.certificate != EXPIRED:
            yield account.username, account.department, account.role, clients[account.client].purposes
    # Whoever proves their real name acts for a business, through the same client as everybody.
    yield "people of merchants", MERCHANTS, Role.MERCHANT, clients[WORKBENCH].purposes
