"""Who asked for a field last: department, client and time, from the record as it was gathered and as it is since."""

import pytest

from hub.exchange.unused import keep_scan, next_scan
from tests.acts.hall import SECURITY
from tests.simulator.city import CLERK, NAMED, SERVICE, STEWARD, ask_many, at

LAST = """query($department: String!, $role: String!, $purpose: String!, $field: String!) {
  lastUse(department: $department, role: $role, purpose: $purpose, field: $field) {
    complete use { at department client held position } } }"""


def of(field="Entity.name", department="hall", role="CLERK", purpose="SERVICE"):
    """Whose last use is asked."""
    return {"department": department, "role": role, "purpose": purpose, "field": field}


async def last(hall, **wanted):
    """The last use, and whether the whole record was looked through."""
    found = (await hall.act(SECURITY, LAST, None, variables=of(**wanted)))["lastUse"]
    return found["use"], found["complete"]


@pytest.mark.parametrize("gathered", [False, True])
async def test_the_last_question_counts(small, gathered):
    """Its client, its time and its place in the record; whether it was gathered at night or not."""
    assert await last(small) == (None, True)
    at(small, "2026-11-20T10:00:00+08:00")
    await ask_many(small, [(CLERK, "SERVICE", NAMED)])
    at(small, "2026-11-21T09:30:00+08:00")
    await ask_many(small, [(CLERK, "SERVICE", NAMED), (CLERK, "SERVICE", NAMED.replace("name", "address"))])
    if gathered:
        database = small.world.hub.database
        while (scan := database.reading(next_scan)) is not None:
            database.acting(lambda connection, one=scan: keep_scan(connection, one))
    use, complete = await last(small)
    assert complete
    assert (use["department"], use["client"], use["held"]) == ("hall", CLERK.client, True)
    assert use["at"].startswith("2026-11-21T09:30")
    assert small.rows("SELECT position, recorded_at FROM entries")[use["position"]] == (use["position"], use["at"])
    assert (await last(small, department="*"))[0] == use
    assert (await last(small, purpose="GREEN_CHANNEL"))[0] is None


async def test_what_was_refused_was_asked_and_is_told_apart(small):
    """A question in vain is no use of a grant."""
    await ask_many(small, [(CLERK, "SERVICE", NAMED.replace("name", "contactPhone"))])
    use, _ = await last(small, field="Entity.contactPhone")
    assert use["held"] is False


async def test_an_owner_learns_of_their_own_fields(small):
    """And of no others; whoever is no owner and no officer has no such question."""
    own = of("CreditStatus.headline")
    assert (await small.act(STEWARD, LAST, None, variables=own))["lastUse"] == {"complete": True, "use": None}
    assert await small.refused(STEWARD, LAST, None, variables=of()) == "BAD_USER_INPUT"
    assert await small.refused(CLERK, LAST, None, variables=of(), **SERVICE) == "GRAPHQL_VALIDATION_FAILED"
    assert await small.refused(SECURITY, LAST, None, variables=of("Entity.nothing")) == "BAD_USER_INPUT"
