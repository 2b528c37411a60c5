"""An entity that many departments or persons look at is told to audit when the day is over, by its digest."""

import json
from datetime import timedelta

import pytest

from hub.disclosure.crowds import FEW, Crowds
from hub.settings_record import AnomaliesTable
from tests.acts.hall import GRAIN
from tests.acts.offices import done, open_offices
from tests.disclosure.registry import found, turned_away
from tests.disclosure.test_auditing import entry, put

ONE, OTHER = "1" * 32, "2" * 32
RULES = AnomaliesTable(crowd_days=3, crowd_departments=3, crowd_persons=4)
SHOWN = "kind day firstDay client department person entity count bound sentence sentenceEn looked { finding }"


def watching(written):
    """The configuration with low thresholds."""
    return written + "\n[anomalies]\ncrowd_days = 3\ncrowd_departments = 3\ncrowd_persons = 4\n"


@pytest.fixture
async def watched(stored, tmp_path):
    """A hall on a store of each kind whose thresholds are low."""
    async with open_offices(tmp_path, lambda written: stored(watching(written))) as made:
        yield made


@pytest.fixture
async def few(tmp_path):
    """The same on SQLite."""
    async with open_offices(tmp_path, watching) as made:
        yield made


def tenth(hall):
    """The tenth day of the next month."""
    return (hall.world.now.date().replace(day=1) + timedelta(days=32)).replace(day=10)


def looks(day, departments, persons, entities=(ONE,), **more):
    """Questions about entities, by so many persons of so many departments in turn."""
    return [
        entry(day, n, department=f"d{n % departments}", person=f"{n % persons:032x}", entities=entities, **more)
        for n in range(max(departments, persons))
    ]


async def over(hall, day):
    """Let a day be over, and everything of it be in the index."""
    hall.world.now += day + timedelta(days=1) - hall.world.now.date()
    await hall.world.hub.indexer.look()


async def listed(hall, first, last=None, **more):
    """What the list has of entities: kind, day, digest, number and first day."""
    given = "".join(f", {name}: {value}" for name, value in more.items())
    days = f'firstDay: "{first}", lastDay: "{last or first}"'
    told = await done(hall, "audit", f"{{ anomalies({days}{given}) {{ {SHOWN} }} }}")
    return [one for one in told if one["entity"]]


def short(told):
    """The same as tuples."""
    return {(one["kind"], one["day"], one["entity"], one["count"], one["firstDay"]) for one in told}


async def test_many_on_one_entity(watched):
    """Departments and persons within some days; the list has a digest, and the search by it shows who looked."""
    hall, day = watched, tenth(watched)
    before = day - timedelta(days=2)
    put(hall, [*looks(before, 2, 2), *looks(before, 2, 3, (OTHER,)), *looks(day, 3, 4)])
    await hall.world.hub.indexer.look()
    await hall.world.hub.record.look()
    assert await listed(hall, day) == [], "the day is not over"
    await over(hall, day)
    await hall.world.hub.record.look()
    told = await listed(hall, day)
    expected = {("DEPARTMENTS", f"{day}", ONE, 3, f"{before}"), ("PERSONS", f"{day}", ONE, 4, f"{before}")}
    assert short(told) == expected
    for one in told:
        assert (one["client"], one["department"], one["person"]) == ("", "", None)
        assert str(one["count"]) in one["sentence"]
        assert f"{before}" in one["sentenceEn"]
    (entry_told,) = hall.acts("ANOMALIES_FOUND")
    assert entry_told["told"]["day"] == day.isoformat()
    hall.world.now += timedelta(hours=1)
    nodes = (await found(hall, f', entityDigest: "{ONE}"'))["nodes"]
    assert {one["department"] for one in nodes} == {"d0", "d1", "d2"}
    assert len(nodes) == 6


async def test_what_is_no_look_at_one(few):
    """The public, merchants, lists, what was refused, acts and the entity for trying; one department fewer; nobody twice."""
    day, sample = tenth(few), few.look(lambda ledger: ledger.vault.every("entity", GRAIN))
    many = tuple(f"{number:032x}" for number in range(FEW + 1))
    made = [
        *looks(day, 5, 5, (ONE,), role="PUBLIC"),
        *looks(day, 5, 5, (ONE,), role="MERCHANT"),
        *looks(day, 5, 5, many),
        *looks(day, 5, 5, (sample[0],)),
        *looks(day, 2, 3, (OTHER,)),
        *looks(day, 2, 3, (OTHER,)),
    ]
    put(few, sorted(made, key=lambda one: one.at))
    await over(few, day)
    attendant = few.world.hub.attendant
    assert await Crowds(attendant, RULES, GRAIN)._found(day) == []
    assert {one.entity.hex() for one in await Crowds(attendant, RULES)._found(day)} == {sample[0]}


async def test_parts_find_the_same(few):
    """However few entities are held at a time, the same are found, each once."""
    day, every = tenth(few), [f"{number:08x}{number:024x}" for number in range(40)]
    put(few, [one for entity in every for one in looks(day, 3, 3, (entity,))])
    await over(few, day)
    attendant = few.world.hub.attendant
    whole = sorted(await Crowds(attendant, RULES)._found(day))
    assert [one.entity.hex() for one in whole] == every
    assert sorted(await Crowds(attendant, RULES, held=7)._found(day)) == whole


async def test_again_only_when_more_looked(few):
    """On the next day the same departments are no news; one more is. A month begins anew, since digests do."""
    day = tenth(few)
    days = [day + timedelta(days=number) for number in range(3)]
    put(few, [*looks(days[0], 3, 3), *looks(days[1], 2, 2), *looks(days[2], 4, 3)])
    for one in days:
        await over(few, one)
        assert await few.world.hub.record.crowds.look(few.world.now.date()) == 1
        assert await few.world.hub.record.crowds.look(few.world.now.date()) == 0
    assert {(one["day"], one["count"]) for one in await listed(few, days[0], days[2])} == {
        (days[0].isoformat(), 3),
        (days[2].isoformat(), 4),
    }
    first = (day + timedelta(days=32)).replace(day=1)
    put(few, [*looks(first - timedelta(days=1), 2, 2), entry(first, 9, department="d9", entities=(ONE,))])
    await over(few, first)
    await few.world.hub.record.crowds.look(few.world.now.date())
    assert await listed(few, first - timedelta(days=1), first) == []


async def test_who_looked_clears_nothing(few):
    """Somebody among those who looked notes no finding; another auditor does, and it leaves the list; no code is on record."""
    day, me = tenth(few), few.accounts["audit"].id
    mine = few.look(lambda ledger: ledger.vault.every("person", me))[0]
    put(few, [*looks(day, 3, 3), entry(day, 9, person=mine, entities=(ONE,))])
    await over(few, day)
    await few.world.hub.record.look()
    (departments,) = [one for one in await listed(few, day, unseen="true") if one["kind"] == "DEPARTMENTS"]
    given = f'kind: DEPARTMENTS, day: "{day}", client: "", department: "", entity: '
    noting = 'mutation { noteAnomaly(anomaly: { %s }, finding: "联合检查") { anomaly { entity looked { finding } } } }'
    assert await turned_away(few, "audit-2", noting % f'{given}"{OTHER}"') == "BAD_USER_INPUT"
    assert await turned_away(few, "audit", noting % f'{given}"{ONE}"') == "SECOND_PERSON_REQUIRED"
    noted = await done(few, "audit-2", noting % f'{given}"{ONE}"')
    assert noted["anomaly"] == {"entity": departments["entity"], "looked": {"finding": "联合检查"}}
    assert "DEPARTMENTS" not in {one["kind"] for one in await listed(few, day, unseen="true")}
    assert few.acts("ANOMALY_NOTED")[0]["subject"] == ONE
    assert "联合检查" not in json.dumps(few.entries(), ensure_ascii=False)


async def test_it_is_forgotten_with_its_key(few):
    """When the digests of its month mean nothing any more, nothing of it is left."""
    day = tenth(few)
    put(few, looks(day, 3, 3))
    await over(few, day)
    await few.world.hub.record.look()
    assert len(few.rows("SELECT entity FROM record_crowds")) == 1
    few.world.now += timedelta(days=3 * 366 + 32)
    await done(few, "audit", "{ me { role } }")
    await few.world.hub.indexer.look()
    await few.world.hub.record.look()
    assert few.rows("SELECT entity FROM record_crowds") == []


async def test_digests_that_are_none(few):
    """A digest of an entity has 32 hexadecimal digits, and is looked for beside a code."""
    day = few.world.now.date()
    for text in ("x", "A" * 32):
        given = f'filter: {{firstDay: "{day}", lastDay: "{day}", entityDigest: "{text}"}}'
        code = await turned_away(few, "audit", f"{{ recordEntries({given}) {{ complete }} }}", key=None)
        assert code == "BAD_USER_INPUT"
    assert (await found(few, f', entityDigest: "{ONE}", uscc: "{GRAIN}"'))["nodes"] == []
