"""Granted, but not asked for: by department, role and purpose, within the last days, read from the record once."""

from dataclasses import replace
from datetime import date

from auth.grants import Effect
from hub.exchange import unused as gathering
from hub.exchange.unused import asked_since, keep_scan, next_scan
from tests.acts.hall import SECURITY, Someone
from tests.simulator.city import CLERK, NAMED, SERVICE, ask_many, at, grant, put

UNUSED = "query($days: Int!) { unusedGrants(days: $days) { since countedTo complete grants { grant given fields } } }"
OFFICER = Someone("officer")


async def reported(hall, days=30):
    """The fields that nobody asked for, by grant."""
    found = (await hall.act(SECURITY, UNUSED, None, variables={"days": days}))["unusedGrants"]
    return {one["grant"]: set(one["fields"]) for one in found["grants"]}, found


async def test_what_was_asked_is_used(hall):
    """By the clerk, for a purpose of the grant, held or masked; what others asked is theirs."""
    before, _ = await reported(hall)
    assert {"Entity.name", "Entity.uscc"} <= before["clerk-open"]
    assert before["clerk-masked"] == {"Entity.legalRepresentative", "Entity.address"}
    await ask_many(hall, [(CLERK, "SERVICE", NAMED), (CLERK, "GREEN_CHANNEL", NAMED.replace("name", "address"))])
    await ask_many(hall, [(OFFICER, "INSPECTION", NAMED.replace("name", "legalRepresentative"))])
    after, found = await reported(hall)
    assert before["clerk-open"] - after["clerk-open"] == {"Entity.name"}
    assert after["clerk-masked"] == {"Entity.legalRepresentative"}
    assert "Entity.legalRepresentative" not in after["officer-own-division"]
    assert found["complete"] is True


async def test_what_was_asked_long_ago_is_unused(small):
    """Within the days only."""
    at(small, "2026-11-20T10:00:00+08:00")
    await ask_many(small, [(CLERK, "SERVICE", NAMED)])
    at(small, "2026-11-23T10:00:00+08:00")
    assert "Entity.name" not in (await reported(small, 4))[0]["clerk-open"]
    assert "Entity.name" in (await reported(small, 3))[0]["clerk-open"]


async def test_grants_that_are_over_or_deny_are_not_listed(small):
    """What gives nothing today is no surplus."""
    put(small, replace(grant(small, "clerk-open"), ends=date(2026, 11, 22)))
    put(small, replace(grant(small, "judge-open"), effect=Effect.DENY))
    found, _ = await reported(small)
    assert not {"clerk-open", "judge-open"} & found.keys()
    assert "clerk-masked" in found


async def test_the_public_uses_what_is_for_every_department(small):
    """A grant for all is used by anybody whom it concerns."""
    await ask_many(small, [(None, "PUBLIC_QUERY", NAMED)])
    assert "Entity.name" not in (await reported(small))[0]["public-open"]


async def test_the_record_is_read_once(hall, monkeypatch):
    """Slice by slice, each kept as one row a field; a slice that somebody else kept meanwhile is not kept again."""
    monkeypatch.setattr(gathering, "SLICE", 2)
    await ask_many(hall, [(CLERK, "SERVICE", NAMED)] * 5)
    database, slices = hall.world.hub.database, 0
    while (scan := database.reading(next_scan)) is not None:
        assert database.acting(lambda connection, one=scan: keep_scan(connection, one))
        assert not database.acting(lambda connection, one=scan: keep_scan(connection, one))
        slices += 1
    ((entries,),) = hall.rows("SELECT count(*) FROM entries")
    assert slices == (entries + 1) // 2
    assert hall.rows("SELECT department, role, purpose, field FROM asked_fields") == [
        ("hall", "CLERK", "SERVICE", "Entity.name")
    ]
    asked, upto, complete = database.reading(lambda connection: asked_since(connection, "2026-11-23", 0))
    assert (len(asked), upto, complete) == (1, entries, True)
    await ask_many(hall, [(CLERK, "SERVICE", NAMED)])
    assert database.reading(lambda connection: asked_since(connection, "2026-11-23", 0))[1:] == (entries, False)


async def test_it_is_for_two_officers(small):
    """A clerk has no such question."""
    code = await small.refused(CLERK, UNUSED, None, variables={"days": 30}, **SERVICE)
    assert code == "GRAPHQL_VALIDATION_FAILED"
    assert await small.refused(SECURITY, UNUSED, None, variables={"days": 0}) == "BAD_USER_INPUT"
