"""The self-check finds what was changed behind the hub's back, in the store and in memory, and is silent otherwise."""

from dataclasses import replace
from datetime import date

import pytest

from auth.access import Clause, Policy
from auth.admission import _Standing
from auth.grants import ALL_ROWS, Effect
from auth.roles import Role
from hub.exchange.approved import accept
from hub.exchange.self_check import FaultKind
from tests.acts.hall import SECURITY, freeze
from tests.simulator.city import AUDITOR, CLERK, DAY, NAMED, SERVICE, at, behind, grant, put, tamper

CHECKS = "{ selfChecks { number night faults cells explained text found { kind subject field right found } } }"
OFFICER = "market/OFFICER/INSPECTION"


async def check(hall):
    """The report of a check at once."""
    return await hall.world.hub.checker.check()


def kinds(kept):
    """What kinds of fault a report names."""
    return {fault.kind for fault in kept.faults}


def found(kept, kind):
    """Subjects of the faults of a kind, with their fields."""
    return {(fault.subject, fault.field) for fault in kept.faults if fault.kind is kind}


async def test_nothing_is_found_where_all_is_right(hall):
    """As it was adopted; with policies in memory; after a change by the hub itself, a freeze, and a thaw."""
    await hall.act(CLERK, NAMED, **SERVICE)
    kept = await check(hall)
    assert (kept.count, kept.explained) == (0, 0)
    assert kept.cells > 10_000
    put(hall, replace(grant(hall, "clerk-open"), ends=date(2027, 1, 31)))
    assert (await check(hall)).count == 0
    await hall.act(SECURITY, freeze("GRANT", "clerk-open"))
    kept = await check(hall)
    assert kept.count == 0
    assert kept.explained > 0
    await hall.act(SECURITY, freeze("GRANT", "clerk-open", "thaw"))
    assert (await check(hall)).count == 0
    assert [one["outcome"] for one in hall.acts("SELF_CHECKED")] == ["GRANTED"] * 4
    assert ("SELF_CHECK_FAILED",) not in hall.rows("SELECT event FROM notices")


async def test_a_frozen_field_is_no_fault(hall):
    """Frozen for everybody, it is explained, in memory too; who held it is told so."""
    await hall.act(CLERK, NAMED, **SERVICE)
    await hall.act(SECURITY, freeze("FIELD", "Entity.name"))
    await hall.ask(CLERK, NAMED, None, **SERVICE)
    kept = await check(hall)
    assert kept.count == 0
    assert kept.explained > 0
    await hall.act(SECURITY, freeze("FIELD", "Entity.name", "thaw"))
    assert (await check(hall)).count == 0


async def test_the_year_that_begins_by_itself_is_no_fault(small):
    """When the store begins to lead, the hub has every grant confirmed for a year: approved in the same transaction."""
    await replace(small.world.hub.warner, leads=lambda _connection: True).look()
    assert grant(small, "clerk-open").certified_until is not None
    assert (await check(small)).count == 0


async def test_a_period_that_began_or_ended_is_no_fault(small):
    """A day later, what ran out overnight is explained."""
    put(small, replace(grant(small, "clerk-open"), ends=DAY))
    at(small, "2026-11-24T10:00:00+08:00")
    kept = await check(small)
    assert kept.count == 0
    assert kept.explained > 0


async def test_a_period_extended_by_hand(hall):
    """A grant that was let run out is not longer because somebody wrote so."""
    put(hall, replace(grant(hall, "clerk-open"), ends=date(2026, 11, 22)))
    tamper(hall, "clerk-open", lambda body: body.update(ends="2099-12-31"))
    kept = await check(hall)
    assert kinds(kept) >= {FaultKind.GRANT_ALTERED, FaultKind.TABLE_DIFFERS, FaultKind.MEMORY_STALE}
    (altered,) = [fault for fault in kept.faults if fault.kind is FaultKind.GRANT_ALTERED]
    assert (altered.subject, altered.found) == ("clerk-open", "ends")
    assert ("hall/CLERK/SERVICE", "Entity.name") in found(kept, FaultKind.TABLE_DIFFERS)


async def test_a_mask_dropped_by_hand(small):
    """What the public gets masked is, by the row that was changed, in clear: named as a breach of privacy too."""
    tamper(small, "public-masked", lambda body: body.update(masked=[]))
    kept = await check(small)
    assert ("-/PUBLIC/PUBLIC_QUERY", "Entity.legalRepresentative") in found(kept, FaultKind.TABLE_DIFFERS)
    assert ("-/PUBLIC/PUBLIC_QUERY", "Entity.legalRepresentative") in found(kept, FaultKind.PRIVACY)


async def test_a_row_filter_dropped_by_hand(hall):
    """An officer's own division has become everywhere."""
    tamper(hall, "officer-own-division", lambda body: body.pop("rows"))
    kept = await check(hall)
    assert (OFFICER, "Entity.contactPhone") in found(kept, FaultKind.TABLE_DIFFERS)
    (one,) = [
        f
        for f in kept.faults
        if f.kind is FaultKind.TABLE_DIFFERS and f.field == "Penalty.facts" and f.subject == OFFICER
    ]
    assert (one.right, one.found) == ("divisionCode PREFIX $division", "*")


async def test_a_denial_lost_from_the_store(hall):
    """A denial whose row is gone is missed, though nothing is there to be read."""
    denial = replace(grant(hall, "clerk-open"), id="no-names", effect=Effect.DENY, purposes=frozenset())
    put(hall, denial)
    assert (await check(hall)).count == 0
    behind(hall, "DELETE FROM grants WHERE id = 'no-names'")
    kept = await check(hall)
    assert found(kept, FaultKind.GRANT_LOST) == {("no-names", "")}
    assert ("hall/CLERK/SERVICE", "Entity.name") in found(kept, FaultKind.TABLE_DIFFERS)


async def test_a_grant_added_by_hand(hall):
    """A row that the hub did not write is not approved, even if the pulse was beaten with it."""
    behind(
        hall,
        "INSERT INTO grants (id, version, department, role, starts, ends, request, body, recorded_at, recorded_by)"
        " SELECT 'G-900', 1, department, role, starts, ends, '', body, recorded_at, recorded_by FROM grants"
        " WHERE id = 'officer-own-division'",
    )
    tamper(hall, "G-900", lambda body: body.update(id="G-900", role="CLERK", department="hall", purposes=["SERVICE"]))
    behind(hall, "UPDATE roster_state SET changed = changed + 1")
    behind(hall, "UPDATE pulse SET value = value + 1")
    kept = await check(hall)
    assert found(kept, FaultKind.GRANT_ADDED) == {("G-900", "")}
    assert FaultKind.MEMORY_STALE not in kinds(kept)
    assert ("hall/CLERK/SERVICE", "Entity.contactPhone") in found(kept, FaultKind.TABLE_DIFFERS)


async def test_a_grant_that_cannot_be_read(small):
    """It is not honoured; if it was a denial, that matters."""
    tamper(small, "clerk-masked", lambda body: body.update(role="KING"))
    assert found(await check(small), FaultKind.GRANT_UNREADABLE) == {("clerk-masked", "")}


async def test_a_policy_altered_in_memory(small):
    """What this worker would answer by is compared as it lies there."""
    await small.act(CLERK, NAMED, **SERVICE)
    admission = small.world.hub.gateway.admission
    (key,) = [one for one in admission._policies if one[:3] == ("hall", Role.CLERK, "SERVICE")]
    policy = admission._policies[key].policy
    wider = {**policy.held, "Entity.contactPhone": (Clause(ALL_ROWS, masked=False),)}
    admission._policies[key] = _Standing(Policy(wider, policy.requestable, policy.fingerprint), None)
    kept = await check(small)
    assert found(kept, FaultKind.POLICY_WRONG) == {("hall/CLERK/SERVICE", "Entity.contactPhone")}
    (one,) = kept.faults
    assert (one.right, one.found) == ("PURPOSE_NOT_ALLOWED", "*")


async def test_a_denial_lost_from_memory(small):
    """What this worker honours is not what the store says."""
    put(small, replace(grant(small, "clerk-open"), id="no-names", effect=Effect.DENY, purposes=frozenset()))
    admission = small.world.hub.gateway.admission
    admission._given = tuple(one for one in admission._given if one.id != "no-names")
    attendant = small.world.hub.attendant
    kept_roster = attendant.roster
    attendant.roster = replace(kept_roster, grants=admission._given)
    kept = await check(small)
    assert found(kept, FaultKind.MEMORY_STALE) == {("no-names", "")}
    assert ("hall/CLERK/SERVICE", "Entity.name") in found(kept, FaultKind.POLICY_WRONG)


@pytest.mark.parametrize("statement", ["DELETE FROM policy_tables", "UPDATE policy_tables SET grants = made_at"])
async def test_an_approved_table_that_was_tampered_with(small, statement):
    """It is sealed: without the key nobody writes another one."""
    behind(small, statement)
    assert kinds(await check(small)) == {FaultKind.TABLE_BROKEN}


async def test_a_later_change_does_not_launder_an_earlier_one(hall):
    """A grant that was changed by hand stays a fault when the hub records another one; recorded anew, it is none."""
    right = grant(hall, "clerk-masked")
    tamper(hall, "clerk-masked", lambda body: body.update(masked=[]))
    put(hall, replace(grant(hall, "clerk-open"), ends=date(2027, 1, 31)))
    assert found(await check(hall), FaultKind.GRANT_ALTERED) == {("clerk-masked", "")}
    put(hall, right)
    assert (await check(hall)).count == 0


async def test_what_is_accepted_is_found_no_more(small):
    """Whoever runs the hub may take what is there for approved."""
    tamper(small, "clerk-masked", lambda body: body.update(legal_basis="another"))
    assert found(await check(small), FaultKind.GRANT_ALTERED) == {("clerk-masked", "")}
    small.store(lambda ledger: accept(ledger.connection, ledger.vault, ledger.now))
    small.world.hub.attendant.roster = replace(small.world.hub.attendant.roster, changed=0)
    assert (await check(small)).count == 0


async def test_faults_are_told_recorded_and_shown(hall):
    """To both administrators, by number and count only; the report says what it is, and goes to no one else."""
    guards = {hall.add(name, role, "operations", name).id for name, role in (("sec", Role.SEC), ("audit", Role.AUDIT))}
    tamper(hall, "public-masked", lambda body: body.update(masked=[]))
    kept = await check(hall)
    told = [one for one in await hall.delivered() if one["kind"] == "SELF_CHECK_FAILED"]
    assert {one["to"]["person"] for one in told} == guards
    assert f"{kept.count}处" in told[0]["text"]
    assert "legalRepresentative" not in str(told)
    (entry,) = hall.acts("SELF_CHECKED")
    assert (entry["outcome"], entry["told"]["faults"]) == ("FAULTS", str(kept.count))
    for who in (SECURITY, AUDITOR):
        (shown,) = (await hall.act(who, CHECKS, None))["selfChecks"]
        assert (shown["number"], shown["faults"], shown["night"]) == (kept.number, kept.count, None)
        assert "Entity.legalRepresentative" in shown["text"]
        assert {one["kind"] for one in shown["found"]} == {kind.value for kind in kinds(kept)}
    assert await hall.refused(CLERK, CHECKS, None, **SERVICE) == "GRAPHQL_VALIDATION_FAILED"


async def test_it_is_made_once_a_night(small):
    """Not when a hub begins to serve, but at the hour; a night that was missed is made up for; each night once."""
    checker = small.world.hub.checker
    assert await checker.check_due() is None
    at(small, "2026-11-24T02:59:00+08:00")
    assert await checker.check_due() is None
    at(small, "2026-11-24T03:00:00+08:00")
    kept = await checker.check_due()
    assert kept is not None
    assert kept.day == "2026-11-24"
    assert await checker.check_due() is None
    checker._checked = None
    assert await checker.check_due() is None
    at(small, "2026-11-27T12:00:00+08:00")
    checker._checked = None
    assert (await checker.check_due()).day == "2026-11-27"


async def test_another_worker_keeps_a_report_only_if_it_has_faults(small):
    """Of one night there is one report without faults; a worker whose memory is wrong adds its own."""
    checker = small.world.hub.checker
    assert await checker.check_due() is None
    at(small, "2026-11-24T04:00:00+08:00")
    assert await checker.check_due() is not None
    checker._checked = DAY
    assert await checker.check_due() is None
    admission = small.world.hub.gateway.admission
    admission._honoured, admission._grants = (), ()
    admission._given = ()
    attendant = small.world.hub.attendant
    attendant.roster = replace(attendant.roster, grants=())
    checker._checked = DAY
    kept = await checker.check_due()
    assert kept is not None
    assert kept.count > 0
    assert len(small.rows("SELECT number FROM self_checks")) == 2
