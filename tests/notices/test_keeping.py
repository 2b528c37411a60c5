"""What of notices is kept: sealed, for a time, and told whatever version of the hub had put it."""

import pytest
from sqlalchemy import text

from auth.roles import Role
from hub.callers.purging import delete_expired
from hub.events import Channel, Event
from hub.notices.folder import Folder
from hub.settings_notices import NoticeTable
from hub.store.outbox import put
from tests.notices.office import DAY, EMAIL, GRANT_ENDED, PHONE, START


def told_twice(office):
    """Two notices to a department."""
    return [office.tell(Event.GRANT_ENDED, GRANT_ENDED, department="market") for _ in range(2)]


async def test_what_a_notice_says_is_sealed(office):
    """Its text stands nowhere in the store, and opens in its own place only."""
    office.with_shelves(Channel.SMTP)
    told_twice(office)
    held = office.rows("SELECT body FROM notices ORDER BY number")
    assert all(b"G-0001" not in bytes(body) for (body,) in held)

    def exchange(connection):
        connection.execute(text("UPDATE notices SET body = :body WHERE number = 1"), {"body": held[1][0]})

    office.database.acting(exchange)
    assert await office.deliverer().deliver_due() == 1
    assert office.shelves[Channel.SMTP].ids == ["2-1"]
    assert office.rows("SELECT number FROM notices WHERE set_aside_at > 0") == [(1,)]
    assert await office.deliverer().deliver_due() == 0


async def test_addresses_stand_nowhere_in_clear(office):
    """Neither of a person nor of what was sent to them."""
    office.with_shelves(Channel.SMTP)
    office.add("zhang", Role.SEC, email=EMAIL, phone=PHONE)
    office.tell(Event.SELF_CHECK_FAILED, {"day": "2027-01-15", "count": 2})
    await office.deliverer(NoticeTable(event=Event.SELF_CHECK_FAILED, within_minutes=0)).deliver_due()
    assert office.shelves[Channel.SMTP].got[0].address.email == EMAIL
    queries = ("SELECT * FROM people", "SELECT * FROM deliveries", "SELECT * FROM notices")
    stored = str([office.rows(query) for query in queries])
    assert EMAIL not in stored
    assert PHONE not in stored


async def test_notices_are_kept_for_ninety_days(office):
    """Then they are deleted with their deliveries, but for the newest, and for what still waits."""
    office.with_shelves(Channel.SMTP)
    deliverer = office.deliverer(NoticeTable(event=Event.GRANT_ENDED, within_minutes=7 * 24 * 60))
    told_twice(office)
    await deliverer.deliver_due()
    office.clock.second += 91 * DAY
    office.database.acting(lambda c: delete_expired(c, office.clock.second))
    assert office.rows("SELECT number FROM notices") == [(2,)]
    assert office.rows("SELECT notice FROM deliveries") == [(2,)]
    office.shelves[Channel.SMTP].failing = "UNREACHABLE"
    assert told_twice(office) == [3, 4]
    await deliverer.deliver_due()
    office.clock.second += 91 * DAY
    office.database.acting(lambda c: delete_expired(c, office.clock.second))
    assert office.rows("SELECT number FROM notices ORDER BY number") == [(3,), (4,)]


@pytest.mark.parametrize(
    ("to", "reached"),
    [
        ({"client": "market-app"}, "client"),
        ({"entity": "91231282MA9X0A019P"}, "entity"),
        ({"department": "silent"}, "department"),
    ],
)
async def test_what_an_earlier_hub_left_is_delivered(office, to, reached):
    """In the words that it put there, to whom it said, also an event that this hub does not know."""
    office.with_shelves()
    body = {"to": to, "when": "2027-01-15T16:00:00+08:00", "text": "说明", "textEn": "words"}
    for event in ("MANDATE_GRANTED", "SECRET_EXPIRING", "GRANT_ENDED", "SOMETHING_ELSE"):
        office.database.acting(lambda c, event=event: put(c, office.vault, event, body, START))
    folder = office.folder / "outbox"
    deliverer = office.deliverer(carriers={Channel.FOLDER: Folder(folder)})
    await deliverer.deliver_due()
    reaching = [one["kind"] for one in office.book() if one["deliveries"][0]["to"].get(reached)]
    assert "SOMETHING_ELSE" in reaching
    assert len(reaching) == 2
    assert all('"text": "说明"' in file.read_text(encoding="utf-8") for file in folder.iterdir())


async def test_what_another_version_put_is_told_all_the_same(office):
    """By the name of the event, where its words are not known here; it holds up nothing."""
    office.with_shelves(Channel.SMTP)
    for body in (
        {"concerns": {"department": "market", "moon": "x"}, "params": {"grant": "G-1"}},
        {"concerns": {"department": "market"}, "params": {**GRANT_ENDED, "until": "never"}},
    ):
        office.database.acting(lambda c, body=body: put(c, office.vault, "GRANT_ENDED", body, START))
    office.tell(Event.GRANT_ENDED, GRANT_ENDED, department="market")
    assert await office.deliverer().deliver_due() == 3
    said = [letter.text.zh for letter in office.shelves[Channel.SMTP].got]
    assert said[:2] == ["授权已到期", "授权已到期"]
    assert said[2].startswith("授权G-0001已于")


async def test_an_address_that_cannot_be_opened(office):
    """Is none: the next channel is tried."""
    office.with_shelves(Channel.SMTP, Channel.FOLDER)
    person = office.add("zhang", Role.SEC, email=EMAIL)
    office.database.acting(lambda c: c.execute(text("UPDATE people SET email = label")))
    office.tell(Event.REQUEST_TO_RELEASE, {"request": "R-1"})
    await office.deliverer(NoticeTable(event=Event.REQUEST_TO_RELEASE, within_minutes=0)).deliver_due()
    assert [one.delivery.recipient.name for one in office.shelves[Channel.FOLDER].got] == [person]
