"""The name index: filled page by page, resumed where it stopped, sealed, and never asked beyond its age."""

import asyncio

import pytest
from sqlalchemy import func, select

from adapters.base import SourceDown
from hub.identity import filling as rooms
from hub.identity.blocking import keys_of, keys_to_follow
from hub.identity.filling import FillingElsewhere, drop, retire
from hub.identity.name_index import DAY, IndexMissing
from hub.identity.outcome import Candidate, Known
from hub.store.identity_tables import name_entries, name_generations, name_keys
from tests.identity.city import NOW, ROWS, Register, quiet


def counts(place) -> dict[str, int]:
    """Rows of the three tables."""
    tables = (name_generations, name_entries, name_keys)
    return place.database.reading(
        lambda connection: {
            one.name: connection.execute(select(func.count()).select_from(one)).scalar_one() for one in tables
        }
    )


def fill(place, register=None, now=NOW, **changed) -> int:
    """Fill the index."""
    return asyncio.run(place.filling(register or Register(), **changed).fill(now, quiet))


def named(place, name: str, **more) -> list[str]:
    """Local identifiers of whoever shares a key with a name."""
    keys = keys_to_follow(Candidate(name=name))
    return [one.local for one in place.ask(lambda index: index.find(keys), **more)]


def test_filled_index_finds(place):
    """By name, whatever the way of writing; a second filling takes the place of the first, of which nothing stays."""
    assert fill(place) == len(ROWS)
    assert named(place, "肇東金穗食品")[0] == "0"
    assert named(place, "肇东市金穗粮油有限公司")[0] == "0"
    before = counts(place)
    assert fill(place, Register(ROWS[:3]), NOW + DAY) == 3
    assert named(place, "厦门穗岚商贸有限公司") == []
    after = counts(place)
    assert after["name_generations"] == 1
    assert after["name_entries"] == 3
    assert 0 < after["name_keys"] < before["name_keys"]


def test_a_filling_that_stopped_goes_on(place, monkeypatch):
    """No page is read twice, the old copy answers meanwhile, and the result is that of one that never stopped."""
    monkeypatch.setattr(rooms, "PAGE", 2)
    fill(place, Register(ROWS[:1]))
    register = Register(pages_left=2)
    with pytest.raises(SourceDown):
        fill(place, register, NOW + 60)
    assert named(place, "厦门穗岚商贸有限公司") == []
    assert named(place, "肇东市金穗食品有限公司")
    register.pages_left, register.asked = 10, 0
    assert fill(place, register, NOW + 120) == len(ROWS)
    assert register.asked == 2
    assert named(place, "厦门穗岚商贸有限公司") == ["4"]
    monkeypatch.undo()
    whole = counts(place)
    fill(place, Register(), NOW + DAY)
    assert counts(place) == whole


def test_sorting_that_stopped_goes_on(place, monkeypatch):
    """Keys of an interrupted bucket stand there once."""
    monkeypatch.setattr(rooms, "_ROWS", 7)
    real, calls = rooms._put, []

    def failing(*given, **named):
        calls.append(given)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return real(*given, **named)

    monkeypatch.setattr(rooms, "_put", failing)
    with pytest.raises(KeyboardInterrupt):
        fill(place)
    assert fill(place) == len(ROWS)
    stopped = counts(place)
    monkeypatch.undo()
    fill(place, Register(), NOW + DAY)
    assert counts(place) == stopped


def test_two_fillings_of_one_generation(small, monkeypatch):
    """The later one gives up instead of writing what the other one writes."""
    monkeypatch.setattr(rooms, "PAGE", 2)
    other = Register()

    class Slow(Register):
        async def search(self, ask):
            if self.asked == 1:
                await small.filling(other).fill(NOW, quiet)
            return await super().search(ask)

    with pytest.raises(FillingElsewhere):
        fill(small, Slow())
    assert named(small, "厦门穗岚商贸有限公司") == ["4"]


def test_a_copy_of_other_fields_or_basis_begins_anew(small, monkeypatch):
    """What was read under other terms is dropped, not gone on with."""
    monkeypatch.setattr(rooms, "PAGE", 2)
    with pytest.raises(SourceDown):
        fill(small, Register(pages_left=1))
    register = Register()
    assert fill(small, register, basis="另一依据", fields=("name",)) == len(ROWS)
    found = small.ask(lambda index: index.find(keys_to_follow(Candidate(name="厦门穗岚商贸有限公司"))))
    assert [(one.name, one.uscc, one.address) for one in found] == [("厦门穗岚商贸有限公司", "", "")]
    assert counts(small)["name_generations"] == 1


def test_nothing_lies_there_in_clear(small, tmp_path):
    """Names, numbers and addresses are sealed, and keys are digests with a key outside of the store."""
    fill(small)
    small.database.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("hub.db*"))
    for row in ROWS:
        for value in (row.get("uscc"), row.get("name"), row["address"]):
            assert value is None or value.encode() not in stored


@pytest.mark.parametrize(("age", "why"), [(7 * DAY, "TOO_OLD"), (7 * DAY - 1, None)])
def test_an_old_copy_does_not_answer(small, age, why):
    """Its age counts from when its filling began."""
    fill(small)
    if why is None:
        assert named(small, "肇东市金穗食品有限公司", now=NOW + age)
        return
    with pytest.raises(IndexMissing) as missing:
        named(small, "肇东市金穗食品有限公司", now=NOW + age)
    assert missing.value.why == why


def test_no_copy_and_a_dropped_one_do_not_answer(small):
    """Dropping deletes every row."""
    with pytest.raises(IndexMissing):
        named(small, "鸿运超市")
    fill(small)
    small.database.acting(retire)
    assert drop(small.database.acting, small.database.reading, quiet) == 1
    assert counts(small) == {"name_generations": 0, "name_entries": 0, "name_keys": 0}


def test_a_copy_by_other_rules_does_not_answer(small, monkeypatch):
    """Its keys would be others."""
    fill(small)
    monkeypatch.setattr("hub.identity.name_index.RULES", "0")
    with pytest.raises(IndexMissing) as missing:
        named(small, "鸿运超市")
    assert missing.value.why == "OTHER_RULES"


def test_whoever_may_not_see_finds_nothing(small):
    """An entity that is not shown is not found; one that is shown in part is found in part."""
    fill(small)

    def seen(entity: Known):
        return None if entity.local == "0" else entity

    assert "0" not in named(small, "肇东市金穗食品有限公司", seen=seen)


def test_an_entity_and_a_candidate_share_keys():
    """For a former name, a name without its region, one wrong character, and a number."""
    entity = Known("1", uscc="91231282MA9X0A019P", name="肇东市金穗食品有限公司", former_names=("肇东金穗粮油店",))
    keys = set(keys_of(entity))
    for name in ("金穗食品", "肇东市金惠食品有限公司", "肇东金穗粮油店", "肇东金穗食品有限责任公司第二分店"):
        assert keys & set(keys_to_follow(Candidate(name=name)))
    assert keys & set(keys_to_follow(Candidate(org_code="MA9X0A019")))
