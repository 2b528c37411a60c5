"""Warnings over the year: thirty and seven days before, and when it is over; to whom they matter, each once."""

from collections import Counter

import pytest
from sqlalchemy import select

from hub.acts import grants_told
from hub.exchange.expiring import WarningKind
from hub.notices.telling import read_concerned
from hub.store.notice_tables import notices
from hub.store.outbox import read_notices
from tests.acts.desk import confirm, on, open_desk

SHORT = """
[[grant]]
id = "short"
department = "hall"
role = "CLERK"
purposes = ["SERVICE"]
scopes = ["credit.rating"]
starts = 2026-01-01
ends = 2027-03-31
legal_basis = "试点方案"
approved_by = "市信用办"
"""


@pytest.fixture
async def desk(stored, tmp_path):
    """A desk on a store of each kind, with a grant that ends next spring."""
    async with open_desk(tmp_path, lambda written: stored(written + SHORT)) as made:
        yield made


async def _told(desk, day):
    """What is told on a day of grants that nobody was told of before: event, whom it concerns, of which grant."""
    before = len(_notices(desk))
    on(desk, day)
    await desk.world.hub.warner.look()
    await desk.world.hub.warner.look()
    concerned = [(one.event, read_concerned(one.body), one.body["params"]) for one in _notices(desk)[before:]]
    return [(event, whom.department or whom.owner, params["grant"]) for event, whom, params in concerned]


def _notices(desk):
    """All notices, the oldest first."""
    hub = desk.world.hub

    def work(connection):
        numbers = set(connection.execute(select(notices.c.number)).scalars())
        return read_notices(connection, hub.attendant.vault, numbers)

    found = hub.database.reading(work)
    return [found[number] for number in sorted(found)]


async def test_a_grant_that_ends_is_told_of_three_times(desk):
    """Thirty days before, seven days before, and the day after: to its department, and to the owners' stewards."""
    assert await _told(desk, "2027-02-28") == []
    both = [("GRANT_EXPIRING", "hall", "short"), ("GRANT_EXPIRING", "credit", "short")]
    assert await _told(desk, "2027-03-01") == both
    assert await _told(desk, "2027-03-20") == []
    assert await _told(desk, "2027-03-24") == both
    assert await _told(desk, "2027-03-31") == []
    assert await _told(desk, "2027-04-01") == [("GRANT_ENDED", "hall", "short"), ("GRANT_ENDED", "credit", "short")]
    assert await _told(desk, "2027-04-05") == []
    entries = [one["told"] for one in desk.acts("GRANT_WARNED") if one["told"]["grant"] == "short"]
    assert [one["warning"] for one in entries] == ["EXPIRING_30", "EXPIRING_7", "ENDED"]


async def test_a_hub_that_was_off_gives_the_last_warning_only(desk):
    """Whoever looks five days before the end is not told that there are thirty."""
    found = await _told(desk, "2027-03-26")
    assert found == [("GRANT_EXPIRING", "hall", "short"), ("GRANT_EXPIRING", "credit", "short")]


async def test_what_has_ended_long_ago_is_told_to_nobody(desk):
    """A hub that is started years later does not begin with old news."""
    assert [one for one in await _told(desk, "2027-06-01") if one[2] == "short"] == []


async def test_the_notice_says_how_to_renew(desk):
    """In both languages, with the day, and nothing of what the grant gives."""
    await _told(desk, "2027-03-01")
    notice = next(one for one in await desk.delivered() if one.get("grant") == "short")
    assert notice["text"].startswith("授权short将于2027年3月31日到期，还有30天。")
    assert "请由持有部门申请续期" in notice["text"]
    assert "asks for its renewal" in notice["textEn"]
    assert "31 March 2027, in 30 days" in notice["textEn"]
    assert "credit.rating" not in str(notice)


async def test_owners_are_told_to_confirm(desk):
    """Thirty and seven days before; stewards of all owners, not the department, which can do nothing about it."""
    found = await _told(desk, "2027-10-23")
    assert {kind for kind, _, _ in found} == {"GRANT_RECERTIFY"}
    assert {to for _, to, name in found if name == "bank-open"} == {"registrar", "credit"}
    assert Counter(name for _, _, name in found)["clerk-masked"] == 1
    assert "bank-never" not in {name for _, _, name in found}
    assert {to for _, to, name in found if name == "public-masked"} == {"registrar", "market", "health"}
    await confirm(desk, "registrar", ["clerk-masked"])
    week = await _told(desk, "2027-11-15")
    assert "clerk-masked" not in {name for _, _, name in week}
    assert {to for _, to, name in week if name == "bank-open"} == {"registrar", "credit"}
    over = await _told(desk, "2027-11-23")
    assert {to for kind, to, name in over if (kind, name) == ("GRANT_ENDED", "bank-open")} == {
        "bank",
        "registrar",
        "credit",
    }


async def test_every_warning_is_one_of_those_that_are_told():
    """No kind without its event."""
    assert set(grants_told.EVENTS) == set(WarningKind)
