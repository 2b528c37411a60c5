"""Auditors find entries by what they are about, and their reading is on record; nobody finds a value there."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from hub.audit.act import Act, append_act
from hub.audit.entry import Entry
from hub.disclosure.act_words import ACTS
from hub.disclosure.filling import begin_anew, catch_up, keep_part, next_part, reached
from hub.store.disclosure_tables import record_entities, record_index
from hub.store.tables import entries
from tests.acts.hall import BAKERY, GRAIN
from tests.acts.offices import open_offices
from tests.acts.test_glass import glass, review
from tests.disclosure.crowd import crowd
from tests.disclosure.registry import (
    CLERK,
    NAME,
    SERVING,
    clerk_looks,
    done,
    found,
    inspector_looks,
    owner,
    signed_in,
    turned_away,
)
from tests.docs_pages import ROOT, Page

OTHER = f'{{ entity(uscc: "{BAKERY}") {{ name status }} }}'


@pytest.fixture
async def asked(hall):
    """A hall in which a clerk, an inspector, an officer by name and the public asked about two entities."""
    await clerk_looks(hall)
    await clerk_looks(hall, OTHER)
    await inspector_looks(hall)
    await hall.act(signed_in(hall, "officer"), OTHER, None, headers={"hub-purpose": "INSPECTION", "hub-case": "99"})
    await hall.act(None, NAME, None)
    return hall


WANTED = {
    "department": (', department: "hall"', {("clerk", 1)}, 2),
    "purpose": (', purpose: "INSPECTION", act: ""', {("officer", 1), ("portal", 1)}, 2),
    "person": (', person: "officer", act: ""', {("portal", 1)}, 1),
    "field": (', field: "Entity.status", act: ""', {("clerk", 1), ("portal", 1)}, 2),
    "entity": (f', uscc: "{BAKERY}"', {("clerk", 1), ("portal", 1)}, 2),
    "case": (', case: "99", act: ""', {("portal", 1)}, 1),
    "unverified": (", unverifiedCase: true", {("officer", 1), ("portal", 1)}, 2),
    "role": (', role: "PUBLIC"', {("", 1)}, 1),
    "act": (', act: "CASE_CHECKED"', {("officer", 0), ("portal", 0)}, 2),
}


async def test_entries_are_found_by_what_they_are_about(asked):
    """By department, purpose, person, field, entity, case, a case nobody knew, role, and act: all of these and no other."""
    for wanted, (more, expected, count) in WANTED.items():
        told = await found(asked, more)
        assert {(one["client"], one["entities"]) for one in told["nodes"]} == expected, wanted
        assert len(told["nodes"]) == count, wanted
        assert told["complete"]


async def test_reading_the_record_is_recorded(small):
    """Each search leaves an entry of the auditor: by what, not the value; it is durable before the answer leaves."""
    await clerk_looks(small)
    await found(small, f', uscc: "{GRAIN}", case: "17-K555"')
    (entry,) = small.acts("LOG_SEARCHED")
    assert entry["told"]["by"] == "uscc case"
    assert len(entry["subject"]) == 32
    assert "K555" not in json.dumps(small.entries())
    assert GRAIN not in json.dumps(small.entries())
    await done(
        small, "audit", f'{{ receivers(uscc: "{GRAIN}", firstDay: "2026-01-01", lastDay: "2026-12-31") {{ client }} }}'
    )
    await done(small, "audit", '{ anomalies(firstDay: "2026-01-01", lastDay: "2026-01-31") { kind } }')
    assert len(small.acts("RECEIVERS_LISTED")) == len(small.acts("ANOMALIES_LISTED")) == 1


async def test_only_audit_reads_the_record(small):
    """For every other office, and a merchant, the question does not exist."""
    query = '{ recordEntries(filter: {firstDay: "2026-01-01", lastDay: "2026-01-31"}) { complete } }'
    for name in ("admin", "security", "steward", "officer"):
        assert await turned_away(small, name, query, key=None)
    assert await small.refused(await owner(small), query, None)


async def test_pages_follow_each_other(small):
    """Every entry is on one page, though others come while one reads."""
    for _ in range(5):
        await clerk_looks(small)
    seen, page = [], ", first: 2"
    while page:
        told = await found(small, ', client: "clerk"', page=page)
        seen += [one["position"] for one in told["nodes"]]
        await clerk_looks(small)
        more = told["pageInfo"]["hasNextPage"]
        page = f', first: 2, after: "{told["pageInfo"]["endCursor"]}"' if more else ""
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)


BAD = {
    "long": 'filter: {firstDay: "2025-01-01", lastDay: "2026-12-31"}',
    "backwards": 'filter: {firstDay: "2026-02-01", lastDay: "2026-01-31"}',
    "end": 'filter: {firstDay: "9999-01-01", lastDay: "9999-12-31"}',
    "page": 'filter: {firstDay: "2026-01-01", lastDay: "2026-01-31"}, first: 201',
    "none": 'filter: {firstDay: "2026-01-01", lastDay: "2026-01-31"}, first: 0',
    "control": 'filter: {firstDay: "2026-01-01", lastDay: "2026-01-31", client: "a\\u0007"}',
    "cursor": 'filter: {firstDay: "2026-01-01", lastDay: "2026-01-31"}, after: "-1"',
    "huge": f'filter: {{firstDay: "2026-01-01", lastDay: "2026-01-31"}}, after: "{"9" * 40}"',
}


async def test_a_search_has_bounds(small):
    """A period, a page or a cursor that cannot be is refused with what to do; signs of patterns are looked for as they are."""
    for name, given in BAD.items():
        code = await turned_away(small, "audit", f"{{ recordEntries({given}) {{ complete }} }}", key=None)
        assert code == ("BAD_CURSOR" if name in {"cursor", "huge"} else "BAD_USER_INPUT"), name
    await clerk_looks(small)
    for text in ("%", "_", "' OR 1=1 --"):
        assert (await found(small, f', field: "{text}"'))["nodes"] == []
        assert (await found(small, f', client: "{text}"'))["nodes"] == []


async def test_an_incident_lists_who_received_what(asked):
    """Each client and purpose once, with how often, when, and which fields."""
    await clerk_looks(asked, f'{{ entity(uscc: "{GRAIN}") {{ status }} }}')
    await asked.world.hub.indexer.look()
    year = asked.world.now.year
    shown = "client department purpose questions fields firstPosition lastPosition"
    query = f'{{ receivers(uscc: "{GRAIN}", firstDay: "{year}-01-01", lastDay: "{year}-12-31"%s) {{ {shown} }} }}'
    told = await done(asked, "audit", query % "")
    clerk = next(one for one in told if one["client"] == "clerk")
    assert (clerk["questions"], clerk["fields"]) == (2, ["Entity.name", "Entity.status"])
    assert clerk["firstPosition"] < clerk["lastPosition"]
    assert {one["client"] for one in told} == {"clerk", "officer", ""}
    told = await done(asked, "audit", query % ', field: "Entity.status"')
    assert [(one["client"], one["questions"]) for one in told] == [("clerk", 1)]


# ---------------------------------------------------------------- anomalies


def conspicuous(written: str) -> str:
    """The configuration with low thresholds."""
    return written + "\n[anomalies]\nvolume_least = 4\nentities = 2\nnight_least = 3\ndenied = 2\n"


async def kinds(hall, day):
    """What is conspicuous on a day: kinds, clients and numbers."""
    await hall.world.hub.indexer.look()
    query = f'{{ anomalies(firstDay: "{day}", lastDay: "{day}") {{ kind client count bound sentence sentenceEn }} }}'
    told = await done(hall, "audit", query)
    assert all(str(one["count"]) in one["sentence"] and str(one["count"]) in one["sentenceEn"] for one in told)
    return {(one["kind"], one["client"], one["count"]) for one in told}


@pytest.fixture
async def watched(stored, tmp_path):
    """A hall whose thresholds are low."""
    async with open_offices(tmp_path, lambda written: stored(conspicuous(written))) as made:
        yield made


async def test_what_is_conspicuous(watched):
    """Volume beyond habit, many entities, the night, denials: each with its number, and audit is told the next day."""
    hall = watched
    hall.world.now = hall.world.now.replace(hour=23)
    day = hall.world.now.date().isoformat()
    for _ in range(3):
        await clerk_looks(hall)
    assert await kinds(hall, day) == {("NIGHT", "clerk", 3)}
    await clerk_looks(hall, OTHER)
    for _ in range(2):
        await hall.ask(CLERK, f'{{ entity(uscc: "{GRAIN}") {{ name contactPhone }} }}', None, **SERVING)
    assert await kinds(hall, day) == {
        ("NIGHT", "clerk", 6),
        ("VOLUME", "clerk", 6),
        ("ENTITIES", "clerk", 2),
        ("DENIED", "clerk", 2),
    }
    hall.world.now += timedelta(days=1)
    await hall.world.hub.record.look()
    assert hall.acts("ANOMALIES_FOUND") == [], "not everything of the day is in the index yet"
    await hall.world.hub.indexer.look()
    for _ in range(2):
        await hall.world.hub.record.look()
    (entry,) = hall.acts("ANOMALIES_FOUND")
    assert entry["told"] == {"day": day, "count": "4"}
    told = [one for one in await hall.delivered() if one["kind"] == "ANOMALIES_FOUND"]
    assert {one["to"]["person"] for one in told} == {hall.accounts[name].id for name in ("audit", "audit-2")}


def entry(day, number, client="crowd", **more):
    """The bytes of a question of a day, by somebody with a digest."""
    at = f"{day}T10:00:{number % 60:02d}+08:00"
    empty = {"policy": "", "operation": "", "fields": (), "states": (), "sources": (), "answer": "", "salt": ""}
    told = {"department": "hall", "role": "CLERK", "person": "a" * 32, "purpose": "SERVICE", "case": "", "entities": ()}
    return Entry(at=at, request_id=f"r{number}", outcome="ANSWERED", client=client, **{**empty, **told, **more})


def put(hall, made):
    """Put entries into the record."""

    def work(ledger):
        end = ledger.connection.execute(select(func.max(entries.c.position))).scalar_one()
        rows = [
            {"position": end + place, "recorded_at": one.at, "request_id": one.request_id, "body": one.canonical()}
            for place, one in enumerate(made, 1)
        ]
        ledger.connection.execute(insert(entries), rows)

    hall.store(work)


async def test_pages_are_indexed_a_few_at_a_time(small):
    """So that no transaction makes the record wait long: parts follow each other, none is left out, and one entry is a part at least."""
    many = tuple(f"{number:032x}" for number in range(3_600))
    day = small.world.now.date().isoformat()
    small.store(lambda ledger: catch_up(ledger.connection, 10_000))
    put(small, [entry(day, number, entities=many if number == 3 else many[:900]) for number in range(1, 8)])

    def work(ledger):
        parts = []
        while (part := next_part(ledger.connection)) is not None:
            assert keep_part(ledger.connection, part)
            parts.append(part)
        return parts

    parts = small.store(work)
    assert [len(part.rows) for part in parts] == [2, 1, 2, 2]
    assert [part.first for part in parts[1:]] == [part.next for part in parts[:-1]]


async def test_a_person_has_a_habit_of_their_own(small):
    """Five times as many entities as on three days of this month before is listed; after two days nobody knows what is usual."""
    many = tuple(f"{number:032x}" for number in range(60))
    first = small.world.now.date() + timedelta(days=1)
    days = [(first + timedelta(days=back)).isoformat() for back in range(4)]
    usual = [entry(day, 1, entities=many[:10]) for day in days[:3]]
    short = [entry(day, 2, "new", entities=many[:10], person="b" * 32) for day in days[1:3]]
    last = [entry(days[3], 3, entities=many), entry(days[3], 4, "new", entities=many, person="b" * 32)]
    put(small, sorted([*usual, *short, *last], key=lambda one: one.at))
    small.world.now += timedelta(days=5)
    assert {one for one in await kinds(small, days[3]) if one[0] == "HABIT"} == {("HABIT", "crowd", 60)}
    assert "HABIT" not in {kind for kind, _, _ in await kinds(small, days[2])}


async def test_cases_nobody_knows_and_quotas_are_told(small):
    """A share of those on cases, and a number at least; a quota that was used up is named with its client."""
    for _ in range(10):
        await inspector_looks(small)
    day = small.world.now.date().isoformat()
    assert ("CASES", "officer", 10) in await kinds(small, day)
    reached = Act(
        f"{day}T23:00:00+08:00", "r", "QUOTA_REACHED", "TOLD", client="officer", told={"department": "market"}
    )
    small.store(lambda ledger: append_act(ledger.connection, reached))
    assert ("QUOTA", "officer", 1) in await kinds(small, day)


async def test_broken_glass_that_nobody_reviewed_is_told(small):
    """On the day by which it was to be reviewed; once it is reviewed it is not listed any more."""
    made = await done(small, "officer", glass())
    small.world.now += timedelta(hours=2)
    assert ("REVIEW", "", 1) in await kinds(small, made["dueOn"])
    await done(small, "audit", review(made["id"]))
    assert await kinds(small, made["dueOn"]) == set()


async def test_nobody_clears_themselves(watched):
    """Whom an anomaly is about does not write the finding on it; another auditor does, and it leaves the list."""
    hall = watched
    hall.world.now = hall.world.now.replace(hour=23)
    day = hall.world.now.date().isoformat()
    for _ in range(4):
        await done(hall, "audit", "{ me { role } }")
    await hall.world.hub.indexer.look()
    listing = f'{{ anomalies(firstDay: "{day}", lastDay: "{day}", unseen: true) {{ kind client department person }} }}'
    (night,) = [one for one in await done(hall, "audit", listing) if one["kind"] == "NIGHT"]
    given = ", ".join(f'{name}: "{night[name]}"' for name in ("client", "department", "person"))
    noting = f'mutation {{ noteAnomaly(anomaly: {{ kind: NIGHT, day: "{day}", {given} }}, finding: "值班") {{ anomaly {{ looked {{ finding }} }} }} }}'
    assert await turned_away(hall, "audit", noting) == "SECOND_PERSON_REQUIRED"
    noted = await done(hall, "audit-2", noting)
    assert noted["anomaly"]["looked"]["finding"] == "值班"
    assert [one for one in await done(hall, "audit-2", listing) if one["person"] == night["person"]] == []
    assert len(hall.acts("ANOMALY_NOTED")) == 1
    assert "值班" not in json.dumps(hall.entries(), ensure_ascii=False)


async def test_an_entry_is_read_whole(small):
    """With its sentence, its hash and its proof; what is not there is null; an altered one is refused, not shown."""
    await clerk_looks(small)
    while await small.world.hub.sequencer.advance():
        pass
    (first, *_) = (await found(small, ', client: "clerk", act: ""'))["nodes"]
    text = "{ recordEntry(position: %s) { hash proof checkpointSize pathLength body recalls entry { sentence sentenceEn } } }"
    told = await done(small, "audit", text % first["position"])
    assert (told["proof"], told["body"]["client"]) == ("READY", "clerk")
    assert "政务大厅（clerk）" in told["entry"]["sentence"]
    assert await done(small, "audit", text % 99999) is None
    change = (
        update(entries).where(entries.c.position == first["position"]).values(body=b'{"at":"","requestId":"","v":2}')
    )
    small.store(lambda ledger: ledger.connection.execute(change))
    assert await turned_away(small, "audit", text % first["position"], key=None) == "LOG_ALTERED"


async def test_entries_are_found_by_digest_and_request(asked):
    """What has the same digest of a person, and what is of one request; a digest that is none is refused."""
    (one,) = (await found(asked, ', person: "officer", act: ""'))["nodes"]
    told = await found(asked, f', personDigest: "{one["person"]}", act: ""')
    assert [entry["position"] for entry in told["nodes"]] == [one["position"]]
    request = next(
        entry["requestId"] for entry in asked.entries() if entry.get("person") == one["person"] and "act" not in entry
    )
    told = await found(asked, f', requestId: "{request}", act: ""')
    assert [entry["position"] for entry in told["nodes"]] == [one["position"]]
    assert (await found(asked, f', personDigest: "{one["person"]}", person: "audit"'))["nodes"] == []
    year = asked.world.now.year
    given = f'filter: {{firstDay: "{year}-01-01", lastDay: "{year}-12-31", personDigest: "x"}}'
    assert (
        await turned_away(asked, "audit", f"{{ recordEntries({given}) {{ complete }} }}", key=None) == "BAD_USER_INPUT"
    )


def test_every_act_has_its_words():
    """What the pages of the record list as an act can be said in Chinese and English."""
    acts = Page(ROOT / "docs/acts.md").table("`act`", "`outcome`", "`told` besides")
    record = Page(ROOT / "docs/audit.md").table("Act", "When", "`subject`, `told`")
    named = {name for row in (*acts, *record) for name in re.findall(r"`([A-Z_]+)`", row[0])}
    assert len(named) > 60
    assert named - ACTS.keys() == set()
    assert all(zh and en for zh, en in ACTS.values())


async def test_habit_is_no_anomaly(watched):
    """Four times as many as usual is not conspicuous, five times is; the bound is told."""
    hall, day = watched, watched.world.now.date()
    hall.store(lambda ledger: crowd(ledger.connection, [(day - timedelta(days=n), 10) for n in range(28, 0, -1)]))
    hall.store(lambda ledger: crowd(ledger.connection, [(day, 49)]))
    assert await kinds(hall, day) == set()
    hall.store(lambda ledger: crowd(ledger.connection, [(day, 1)]))
    assert await kinds(hall, day) == {("VOLUME", "crowd", 50)}


# ---------------------------------------------------------------- the index


def counted(hall):
    """Rows of the index, and of its entities."""

    def work(ledger):
        counts = [select(func.count()).select_from(table) for table in (record_index, record_entities)]
        return tuple(ledger.connection.execute(one).scalar_one() for one in counts)

    return hall.look(work)


async def test_an_old_record_is_filled_in_part_by_part(asked):
    """Whoever is killed between two parts has filled one or not; a second worker's part is refused; all of it comes once."""
    end = len(asked.entries()) + 100
    hub = asked.world.hub
    await hub.indexer.look()
    whole = counted(asked)
    asked.store(lambda ledger: begin_anew(ledger.connection))
    assert counted(asked) == (0, 0)
    part = asked.look(lambda ledger: next_part(ledger.connection, 2))
    assert asked.store(lambda ledger: keep_part(ledger.connection, part))
    assert not asked.store(lambda ledger: keep_part(ledger.connection, part))
    assert asked.look(lambda ledger: reached(ledger.connection)) == 2
    assert asked.store(lambda ledger: catch_up(ledger.connection, end + 256))
    assert counted(asked) == whole
    assert await hub.indexer.look() == 0


async def test_the_index_says_how_far_it_is(small):
    """What it does not have yet is not found, and the answer says so."""
    await clerk_looks(small)
    query = '{ recordEntries(filter: {firstDay: "2026-01-01", lastDay: "2026-12-31"}) { complete indexedUpTo nodes { position } } }'
    told = await done(small, "audit", query)
    assert (told["complete"], told["indexedUpTo"], told["nodes"]) == (False, 0, [])


async def test_days_before_all_days_are_days(small):
    """The first one that a calendar has asks for what was usual before it: nothing, and no failure."""
    assert await done(small, "audit", '{ anomalies(firstDay: "0001-01-01", lastDay: "0001-01-31") { kind } }') == []
    given = 'kind: VOLUME, day: "0001-01-01", client: "clerk", department: "hall"'
    noting = f'mutation {{ noteAnomaly(anomaly: {{ {given} }}, finding: "x") {{ position }} }}'
    assert await turned_away(small, "audit", noting) == "BAD_USER_INPUT"
