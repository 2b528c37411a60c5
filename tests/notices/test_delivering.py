"""Deliveries: in order for each recipient and channel, at least once, one channel after the other, whatever fails."""

import asyncio

from structlog.testing import capture_logs

from auth.roles import Role
from hub.events import Channel, Event
from hub.settings_notices import NoticeTable
from hub.store.deliveries import HELD, LONGEST, mark_read, take
from tests.notices.office import DAY, EMAIL, GRANT_ENDED, PHONE, START, Shelf

FAILING_OVER = (Channel.IN_APP, Channel.SMTP, Channel.SMS, Channel.FOLDER)
MAIL_THEN_FOLDER = NoticeTable(event=Event.GRANT_ENDED, channels=(Channel.SMTP, Channel.FOLDER), within_minutes=60)
REVIEWED = {"use": "E-0001"}


def told_twice(office, name="market"):
    """Two notices to a department."""
    return [office.tell(Event.GRANT_ENDED, GRANT_ENDED, department=name) for _ in range(2)]


async def test_notices_leave_in_their_order(office):
    """Each once, as long as nothing goes wrong."""
    office.with_shelves(Channel.SMTP)
    assert told_twice(office) == [1, 2]
    assert await office.deliverer().deliver_due() == 2
    assert await office.deliverer().deliver_due() == 0
    assert office.shelves[Channel.SMTP].ids == ["1-1", "2-1"]
    assert office.states() == [("department", "smtp", "SENT", None)]


async def test_a_channel_that_fails_is_tried_again(office):
    """Later each time, at most every ten minutes; what comes after for the same recipient waits, others' does not."""
    office.with_shelves(Channel.SMTP)
    shelf, deliverer = (
        office.shelves[Channel.SMTP],
        office.deliverer(NoticeTable(event=Event.GRANT_ENDED, within_minutes=7 * 24 * 60)),
    )
    shelf.failing = "UNREACHABLE"
    told_twice(office)
    waits: list[int] = []
    for _ in range(13):
        await deliverer.deliver_due()
        ((tries, due),) = office.rows("SELECT tries, next_at FROM deliveries WHERE notice = 1")
        assert tries == len(waits) + 1
        waits.append(due - office.clock.second)
        office.clock.second = due - 1
        assert await deliverer.deliver_due() == 0
        assert office.rows("SELECT tries FROM deliveries WHERE notice = 1") == [(tries,)]
        office.clock.second = due
    assert waits[:6] == [1, 2, 4, 8, 16, 32]
    assert max(waits) == LONGEST
    assert office.rows("SELECT tries FROM deliveries WHERE notice = 2") == [(0,)]
    shelf.failing = None
    office.clock.second += LONGEST
    assert await deliverer.deliver_due() == 2
    assert shelf.ids == ["1-1", "2-1"]


async def test_one_channel_follows_another(office):
    """Where one fails for good the next one is tried; where the last one fails, that is logged and shown."""
    office.with_shelves(*FAILING_OVER[1:])
    person = office.add("zhang", Role.CLERK, email=EMAIL, phone=PHONE)
    for channel in FAILING_OVER[1:]:
        office.shelves[channel] = Shelf("REFUSED", lasting=True)
    office.tell(Event.EMERGENCY_REVIEWED, REVIEWED, persons=(person,))
    rule = NoticeTable(event=Event.EMERGENCY_REVIEWED, channels=FAILING_OVER, within_minutes=0)
    with capture_logs() as logs:
        await office.deliverer(rule).deliver_due()
    assert office.states() == [
        ("person", "in_app", "SENT", None),
        ("person", "smtp", "FAILED", "REFUSED"),
        ("person", "sms", "FAILED", "REFUSED"),
        ("person", "folder", "GIVEN_UP", "REFUSED"),
    ]
    assert [log["event"] for log in logs if log["log_level"] == "error"] == ["a notice was given up"]
    for secret in (EMAIL, PHONE, "姓名zhang", person):
        assert secret not in str(logs)


async def test_a_deadline_leads_to_the_next_channel(office):
    """A channel that fails for the moment is left when its time is over, and not before."""
    office.with_shelves(Channel.SMTP, Channel.FOLDER)
    office.shelves[Channel.SMTP].failing = "UNREACHABLE"
    deliverer = office.deliverer(MAIL_THEN_FOLDER)
    office.tell(Event.GRANT_ENDED, GRANT_ENDED, department="market")
    assert await deliverer.deliver_due() == 0
    office.clock.second += 3599
    assert await deliverer.deliver_due() == 0
    assert office.states() == [("department", "smtp", "WAITING", "UNREACHABLE")]
    office.clock.second += 1
    assert await deliverer.deliver_due() == 1
    assert office.states() == [
        ("department", "smtp", "FAILED", "UNREACHABLE"),
        ("department", "folder", "SENT", None),
    ]
    (shown,) = office.book()
    assert shown["deliveries"][0]["deadline"] == "2027-01-15T17:00:00+08:00"


async def test_what_waits_behind_another_goes_on_by_itself(office):
    """An older notice that cannot be sent does not make a later one miss its deadline."""
    office.with_shelves(Channel.SMTP, Channel.FOLDER)
    office.shelves[Channel.SMTP].failing = "UNREACHABLE"
    deliverer = office.deliverer(
        NoticeTable(event=Event.GRANT_ENDED, channels=(Channel.SMTP, Channel.FOLDER), within_minutes=600),
        NoticeTable(event=Event.GRANT_EXPIRING, channels=(Channel.SMTP, Channel.FOLDER), within_minutes=1),
    )
    office.tell(Event.GRANT_ENDED, GRANT_ENDED, department="market")
    office.tell(Event.GRANT_EXPIRING, {**GRANT_ENDED, "days": 3}, department="market")
    await deliverer.deliver_due()
    office.clock.second += 60
    assert await deliverer.deliver_due() == 1
    assert office.states(1) == [("department", "smtp", "WAITING", "UNREACHABLE")]
    assert [state for _, _, state, _ in office.states(2)] == ["FAILED", "SENT"]


async def test_a_hub_that_did_not_run_tries_first(office):
    """A deadline that passed while nobody could try is no reason to print a letter: each channel gets its try."""
    office.with_shelves(Channel.SMTP, Channel.FOLDER)
    deliverer = office.deliverer(MAIL_THEN_FOLDER)
    office.tell(Event.GRANT_ENDED, GRANT_ENDED, department="market")
    await deliverer.database.act(lambda c: deliverer.post.spread(c, office.clock.second))
    office.clock.second += 3 * DAY
    assert await deliverer.deliver_due() == 1
    assert office.states() == [("department", "smtp", "SENT", None)]


async def test_nobody_waits_for_a_channel_that_hangs(office):
    """Other channels and other recipients get theirs while one does not answer."""
    office.with_shelves(Channel.SMTP, Channel.FOLDER)
    slow = office.shelves[Channel.SMTP]
    slow.held = asyncio.Event()
    deliverer = office.deliverer()
    told_twice(office, "market")
    told_twice(office, "silent")
    under_way = []
    async with asyncio.timeout(10):
        while len(office.shelves[Channel.FOLDER].got) < 2:
            under_way += await deliverer.start_due()
            await asyncio.sleep(0.01)
    assert office.shelves[Channel.FOLDER].ids == ["3-1", "4-1"]
    assert slow.got == []
    slow.held.set()
    await asyncio.gather(*under_way)
    assert await deliverer.deliver_due() == 1
    assert slow.ids == ["1-1", "2-1"]


async def test_one_recipient_takes_one_lane(office):
    """Whoever does not answer holds up their own notices alone, within one channel as well."""
    office.with_shelves(Channel.SMTP)
    held, free = (office.add(name, Role.CLERK, email=f"{name}@example.cn") for name in ("held", "free"))

    class Picky(Shelf):
        async def carry(self, letter):
            if letter.delivery.recipient.name == held:
                await asyncio.Event().wait()
            await super().carry(letter)

    shelf = office.shelves[Channel.SMTP] = Picky(lanes=2)
    rule = NoticeTable(event=Event.EMERGENCY_REVIEWED, channels=(Channel.SMTP,))
    deliverer = office.deliverer(rule)
    for person in (held, held, held, free, free):
        office.tell(Event.EMERGENCY_REVIEWED, REVIEWED, persons=(person,))
    for _ in range(3):
        tasks = await deliverer.start_due()
        if tasks:
            await asyncio.wait(tasks, timeout=0.5, return_when=asyncio.FIRST_COMPLETED)
    assert shelf.ids == ["4-1", "5-1"]
    for task in [one for tasks in deliverer.under_way.values() for one in tasks]:
        task.cancel()


async def test_what_somebody_holds_is_not_taken(office):
    """Two workers don't deliver at once; if one ends without a word, the other takes over."""
    office.with_shelves(Channel.SMTP)
    deliverer = office.deliverer()
    told_twice(office)
    await deliverer.database.act(lambda c: deliverer.post.spread(c, office.clock.second))
    held = office.database.acting(lambda c: take(c, Channel.SMTP, 5, office.clock.second))
    assert [one.notice for one in held] == [1]
    assert await deliverer.deliver_due() == 0
    office.clock.second += HELD
    assert await deliverer.deliver_due() == 2
    assert office.shelves[Channel.SMTP].ids == ["1-1", "2-1"]


async def test_two_workers_share_the_work(office):
    """Everything is delivered once, whoever does it."""
    office.with_shelves(Channel.SMTP, Channel.FOLDER)
    people = [office.add(f"p{n}", Role.CLERK, email=f"p{n}@example.cn") for n in range(6)]
    rule = NoticeTable(event=Event.EMERGENCY_REVIEWED, channels=(Channel.SMTP,))
    for _ in range(4):
        office.tell(Event.EMERGENCY_REVIEWED, REVIEWED, persons=tuple(people))
    workers = [office.deliverer(rule), office.deliverer(rule)]
    assert sum(await asyncio.gather(*(worker.deliver_due() for worker in workers))) <= 24
    while sum([await worker.deliver_due() for worker in workers]):
        pass
    ids = office.shelves[Channel.SMTP].ids
    assert sorted(ids) == sorted({f"{notice}-{place}" for notice in range(1, 5) for place in range(1, 7)})


async def test_a_clock_that_was_put_back(office):
    """Holds nothing up: what would be tried in days is tried now."""
    office.with_shelves(Channel.SMTP)
    deliverer = office.deliverer()
    office.clock.second += 3 * DAY
    office.tell(Event.GRANT_ENDED, GRANT_ENDED, department="market")
    await deliverer.database.act(lambda c: deliverer.post.spread(c, office.clock.second))
    assert office.database.acting(lambda c: take(c, Channel.SMTP, 5, office.clock.second))
    office.clock.second = START
    assert await deliverer.deliver_due() == 1


async def test_an_inbox_that_is_not_looked_into(office):
    """A person reads it in time, or is told by the next channel; what they read then is still read."""
    office.with_shelves(Channel.SMTP)
    one, other = (office.add(name, Role.CLERK, email=f"{name}@example.cn") for name in ("one", "other"))
    rule = NoticeTable(event=Event.EMERGENCY_REVIEWED, within_minutes=60)
    deliverer = office.deliverer(rule)
    number = office.tell(Event.EMERGENCY_REVIEWED, REVIEWED, persons=(one, other))
    assert await deliverer.deliver_due() == 0
    assert office.database.acting(lambda c: mark_read(c, one, {number}, office.clock.second)) == [number]
    office.clock.second += 3600
    assert await deliverer.deliver_due() == 1
    assert [letter.address.email for letter in office.shelves[Channel.SMTP].got] == ["other@example.cn"]
    assert office.states() == [
        ("person", "in_app", "READ", None),
        ("person", "in_app", "SENT", None),
        ("person", "smtp", "SENT", None),
    ]
    assert office.database.acting(lambda c: mark_read(c, other, {number}, office.clock.second)) == [number]


async def test_what_was_read_is_not_sent_any_more(office):
    """A mail that still waits is called back when the person has read the notice."""
    office.with_shelves(Channel.SMTP)
    office.shelves[Channel.SMTP].failing = "UNREACHABLE"
    person = office.add("zhang", Role.CLERK, email=EMAIL)
    deliverer = office.deliverer(NoticeTable(event=Event.EMERGENCY_REVIEWED, within_minutes=60))
    number = office.tell(Event.EMERGENCY_REVIEWED, REVIEWED, persons=(person,))
    await deliverer.deliver_due()
    office.clock.second += 3600
    await deliverer.deliver_due()
    assert office.states()[1] == ("person", "smtp", "WAITING", "UNREACHABLE")
    office.database.acting(lambda c: mark_read(c, person, {number}, office.clock.second))
    office.shelves[Channel.SMTP].failing = None
    office.clock.second += DAY
    assert await deliverer.deliver_due() == 0
    assert [state for _, _, state, _ in office.states()] == ["READ", "READ"]


async def test_a_channel_that_is_not_there_any_more(office):
    """What waits for one that the configuration dropped goes on to the next."""
    office.with_shelves(Channel.SMTP, Channel.FOLDER)
    office.shelves[Channel.SMTP].failing = "UNREACHABLE"
    office.tell(Event.GRANT_ENDED, GRANT_ENDED, department="market")
    await office.deliverer().deliver_due()
    del office.shelves[Channel.SMTP]
    office.clock.second += LONGEST
    assert await office.deliverer().deliver_due() == 1
    assert office.states() == [
        ("department", "smtp", "FAILED", "NO_CHANNEL"),
        ("department", "folder", "SENT", None),
    ]


async def test_a_mistake_in_a_channel_is_a_failure_like_others(office):
    """It is logged without its words, and the next channel is tried in its time."""

    class Broken(Shelf):
        async def carry(self, letter):
            raise KeyError(letter.address.email)

    office.with_shelves(Channel.SMTP, Channel.FOLDER)
    office.shelves[Channel.SMTP] = Broken()
    office.tell(Event.GRANT_ENDED, GRANT_ENDED, department="market")
    with capture_logs() as logs:
        await office.deliverer(MAIL_THEN_FOLDER).deliver_due()
    assert office.states() == [("department", "smtp", "WAITING", "KeyError")]
    assert "market@example.cn" not in str(logs)


async def test_the_last_channel_is_tried_for_a_day(office):
    """However short the deadline: then the recipient is given up."""
    office.with_shelves(Channel.SMTP)
    shelf, deliverer = (
        office.shelves[Channel.SMTP],
        office.deliverer(NoticeTable(event=Event.GRANT_ENDED, within_minutes=0)),
    )
    shelf.failing = "UNREACHABLE"
    told_twice(office)
    await deliverer.deliver_due()
    office.clock.second += DAY - 1
    await deliverer.deliver_due()
    assert office.states(1) == [("department", "smtp", "WAITING", "UNREACHABLE")]
    shelf.failing = None
    office.clock.second += LONGEST
    with capture_logs() as logs:
        assert await deliverer.deliver_due() == 1
    assert [office.states(number)[0][2:] for number in (1, 2)] == [("GIVEN_UP", "UNREACHABLE"), ("SENT", None)]
    assert [log["number"] for log in logs] == [1]
