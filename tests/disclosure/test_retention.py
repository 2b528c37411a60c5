"""Retention: keys of old months are destroyed, their digests mean nothing from then on, and the tree verifies as before."""

from datetime import date, timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from hub.audit.chains import Chain, first_day_of, open_chains, period_of
from hub.audit.verifying import Verification
from hub.disclosure.recalls import Fact, recall
from hub.disclosure.retention import due, hold, lift, purge
from hub.settings_record import RetentionTable
from hub.store.database import Database
from hub.store.disclosure_tables import digest_chains
from hub.store.keys import open_keys
from schema.disclosing_enums import RecallKind
from tests.acts.hall import GRAIN
from tests.disclosure.crowd import crowd
from tests.disclosure.registry import (
    chains,
    clerk_looks,
    done,
    found,
    inspector_looks,
    lookups,
    objecting,
    owner,
    turned_away,
)

YEARS = timedelta(days=1096 + 62)


def everything(hall):
    """The entries as they stand in the store."""
    return hall.rows("SELECT position, body FROM entries ORDER BY position")


async def verified(hall):
    """What differs between the record and its checkpoints."""
    sequencer = hall.world.hub.sequencer
    while await sequencer.advance():
        pass
    database = hall.world.hub.database
    return Verification(database, sequencer.log, [], 0, lambda done, count: None).run().differences


async def test_a_purge_takes_meaning_and_no_entry(hall):
    """Nightly: the old look is found no more by entity or person, metadata stay, the new one is found, the tree verifies."""
    me = await owner(hall)
    await inspector_looks(hall)
    await clerk_looks(hall)
    assert (await found(hall, f', uscc: "{GRAIN}", department: "hall"'))["nodes"]
    before = everything(hall)
    secrets = hall.rows("SELECT secret FROM digest_chains")
    hall.world.now += YEARS
    await clerk_looks(hall)
    await hall.world.hub.indexer.look()
    await hall.world.hub.record.look()
    destroyed = hall.acts("KEYS_DESTROYED")
    assert {entry["told"]["chain"] for entry in destroyed} == {"log", "disclosure"}
    assert everything(hall)[: len(before)] == before
    assert await verified(hall) == []
    assert not set(secrets) & set(hall.rows("SELECT secret FROM digest_chains"))
    assert len((await lookups(hall, me))["nodes"]) == 1
    old = hall.rows(
        "SELECT person, case_digest, department, purpose FROM record_index WHERE role = 'OFFICER' AND act = ''"
    )
    assert [tuple(row) for row in old] == [("", "", "market", "INSPECTION")]
    (newest,) = (await found(hall, f', uscc: "{GRAIN}"'))["nodes"]
    assert newest["client"] == "clerk"
    await hall.world.hub.record.look()
    assert len(hall.acts("KEYS_DESTROYED")) == 2


async def test_no_tie_is_left_in_recalls_and_objections(small):
    """Which entity a look was about is nowhere any more, though the recall and the objection are; an objection can still be decided."""
    me = await owner(small)
    await clerk_looks(small)
    (line,) = (await lookups(small, me))["nodes"]
    await small.act(me, objecting(line["line"]))
    day = small.world.now.date()
    fact = Fact(GRAIN, "Entity.name", RecallKind.CORRECTED, "登记名称更正", day)
    now = int(small.world.now.timestamp())
    small.store(lambda ledger: recall(ledger.connection, ledger.vault, fact, ("registrar", "x"), now))
    assert small.rows("SELECT position FROM recall_positions") == [(line["line"],)]
    small.world.now += YEARS
    await clerk_looks(small)
    await small.world.hub.indexer.look()
    await small.world.hub.record.look()
    assert small.rows("SELECT position FROM recall_positions") == []
    assert small.rows("SELECT position FROM objections") == [(-1,)]
    (told,) = await done(small, "audit", "{ objections { number line uscc state } }")
    assert (told["line"], told["uscc"], told["state"]) == (None, GRAIN, "OPEN")
    (kept,) = await done(small, "audit", "{ recalls { uscc entries positions } }")
    assert kept == {"uscc": GRAIN, "entries": 0, "positions": []}
    deciding = f'mutation {{ decideObjection(number: "{told["number"]}", justified: true, finding: "x") {{ objection {{ state }} }} }}'
    assert (await done(small, "audit", deciding))["objection"]["state"] == "JUSTIFIED"


async def test_the_old_digests_can_be_made_by_nobody(small):
    """Neither from what is in the store after a purge, with all keys of the hub, nor by a worker that noticed it."""
    chain = chains(small).disclosure
    month = small.world.now.isoformat()
    old = chain.during(month).of("entity", GRAIN)
    small.world.now += YEARS
    await small.world.hub.record.look()
    hub = small.world.hub
    again = open_chains(hub.database, hub.attendant.keys, small.world.now.isoformat)
    for one in (chain, again.disclosure):
        assert old not in {digester.of("entity", GRAIN) for digester in one.every(small.world.now.isoformat())}
        assert one.during(month).of("entity", GRAIN) != old


async def test_what_is_held_is_kept(hall):
    """A hold keeps its day and all that is younger, until audit lifts it; both are on record."""
    await clerk_looks(hall)
    day = hall.world.now.date()
    query = f'mutation {{ holdRecord(firstDay: "{day}", reason: "诉讼保全") {{ number changed }} }}'
    number = (await done(hall, "audit", query))["number"]
    hall.world.now += YEARS
    await hall.world.hub.record.look()
    assert hall.acts("KEYS_DESTROYED") == []
    (shown,) = await done(hall, "audit", "{ recordHolds { firstDay reason liftedAt } }")
    assert shown == {"firstDay": str(day), "reason": "诉讼保全", "liftedAt": None}
    lifting = f'mutation {{ liftHold(number: {number}, reason: "已结案") {{ changed }} }}'
    assert [(await done(hall, "audit-2", lifting))["changed"] for _ in range(2)] == [True, False]
    assert await turned_away(hall, "audit", lifting.replace(f"number: {number}", "number: 77")) == "BAD_USER_INPUT"
    assert await turned_away(hall, "admin", query) != ""
    (lifted,) = await done(hall, "audit", "{ recordHolds { liftedBy liftedReason } }")
    assert lifted == {"liftedBy": hall.accounts["audit-2"].id, "liftedReason": "已结案"}
    await hall.world.hub.record.look()
    assert len(hall.acts("KEYS_DESTROYED")) == 2
    assert [entry["act"] for entry in hall.entries() if entry.get("act") in {"RECORD_HELD", "HOLD_LIFTED"}] == [
        "RECORD_HELD",
        "HOLD_LIFTED",
        "HOLD_LIFTED",
    ]


async def test_each_class_has_its_time(small):
    """Logs may lose their keys after half a year, disclosures after three; a hold of a later day keeps less."""
    hub, settings = small.world.hub, RetentionTable(logs_days=180)
    today = small.world.now.date()

    def months(day, held=None):
        def work(ledger):
            if held is not None:
                hold(ledger.connection, ledger.vault, held, ("somebody", "why"), ledger.now)
            found = {
                one.chain.name: (one.months, one.held) for one in due(ledger.connection, hub.chains, settings, day)
            }
            assert held is None or lift(ledger.connection, ledger.vault, 1, ("somebody", "已结案"), ledger.now)
            return found

        return small.store(work)

    first = date.fromisoformat(first_day_of(period_of(str(today))))
    assert months(today)["log"] == (0, False)
    half = first + timedelta(days=31 + 180)
    assert months(half) == {"log": (1, False), "disclosure": (0, False)}
    late = half + timedelta(days=62)
    assert months(late, held=first + timedelta(days=40))["log"] == (1, True)


async def test_a_purge_that_is_killed_did_all_or_nothing(small):
    """Keys and index go in one transaction: where that fails, both are there, and a worker knows its keys as before."""
    await clerk_looks(small)
    await small.world.hub.indexer.look()
    hub, later = small.world.hub, small.world.now.date() + YEARS

    def killed(ledger):
        for one in due(ledger.connection, hub.chains, RetentionTable(), later):
            purge(ledger.connection, hub.chains, one)
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        small.store(killed)
    assert (await found(small, f', uscc: "{GRAIN}"'))["nodes"]
    small.look(lambda ledger: hub.chains.reload(ledger.connection))
    assert (await found(small, f', uscc: "{GRAIN}"'))["nodes"]


@pytest.mark.parametrize("given", [{"logs_days": 179}, {"disclosures_days": 1095}, {"logs_days": 0}])
def test_less_than_the_law_is_refused(given):
    """180 days of logs, three years of disclosures."""
    with pytest.raises(ValidationError):
        RetentionTable(**given)


# ---------------------------------------------------------------- chains


async def test_chains_are_the_stores(small, tmp_path):
    """Workers have the same digests of a month, of other months others; another hub's keys do not open them."""
    hub = small.world.hub
    again = open_chains(hub.database, hub.attendant.keys, lambda: "2027-05-01T00:00:00+08:00")
    months = [f"{year}-{month:02d}-15" for year in (2026, 2027) for month in range(1, 13)]
    mine = [chains(small).disclosure.during(month).of("entity", GRAIN) for month in months]
    assert mine == [again.disclosure.during(month).of("entity", GRAIN) for month in reversed(months)][::-1]
    kept = [month for month in months if period_of(month) >= again.disclosure.period]
    assert len({again.disclosure.during(month).of("entity", GRAIN) for month in kept}) == len(kept)
    assert again.disclosure.during(kept[0]).of("entity", GRAIN) != again.log.during(kept[0]).of("entity", GRAIN)
    with pytest.raises(OSError, match="another hub"):
        open_chains(hub.database, open_keys(tmp_path / "other"), lambda: months[0])


async def test_a_record_from_before_chains_is_found(small):
    """Digests of the key before are looked for as long as there are such entries, and only then."""
    hub = small.world.hub
    chain = chains(small).disclosure
    at = small.world.now.isoformat()
    assert chain.since == 0
    assert chain.before not in chain.every(at)
    older = Chain(chain.name, (chain.period, chain.secret_of(chain.period)), 7, chain.before)
    assert older.every(at)[-1] is older.before
    assert older.before.of("entity", GRAIN) == hub.attendant.vault.lasting("entity", GRAIN)


def test_chains_begin_where_a_record_is(tmp_path):
    """A store from before them is opened: what it has is told from what comes, and a second worker begins nothing."""
    database = Database("sqlite:///hub.db", tmp_path)
    database.migrate()
    database.acting(lambda connection: crowd(connection, [(date(2026, 1, 5), 9)]))
    keys = open_keys(tmp_path / "keys")
    first = open_chains(database, keys, lambda: "2026-02-01T00:00:00+08:00")
    second = open_chains(database, keys, lambda: "2026-03-01T00:00:00+08:00")
    assert (first.disclosure.since, first.disclosure.period) == (9, period_of("2026-02-01"))
    assert (second.log.since, second.log.secret_of(second.log.period)) == (9, first.log.secret_of(first.log.period))
    assert first.disclosure.every("2026-03-01")[-1] is first.disclosure.before
    database.close()


async def test_secrets_lie_sealed(small):
    """What the store has of a chain is not its secret, nor is the secret in any text of it."""
    stored = small.look(lambda ledger: ledger.connection.execute(select(digest_chains.c.secret)).scalars().all())
    for chain, sealed in zip((chains(small).disclosure, chains(small).log), stored, strict=True):
        secret = chain.secret_of(chain.period)
        assert secret not in bytes(sealed)
        assert repr(secret) not in repr(chains(small))
