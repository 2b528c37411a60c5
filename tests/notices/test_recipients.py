"""Who is told is found when a notice is delivered: those who are there then, each once, by what leads to them."""

from structlog.testing import capture_logs

from auth.roles import Role
from hub.events import Channel, Event, Who
from hub.settings_notices import NoticeTable
from tests.notices.office import EMAIL, GRANT_ENDED

OVERDUE = {"request": "R-0001", "due": "2027-01-14"}
MAIL = (Channel.SMTP,)


def told(office):
    """People and departments that got a mail."""
    return [one.delivery.recipient.name for one in office.shelves[Channel.SMTP].got]


async def test_everybody_in_a_role_is_told(office):
    """Stewards of the owner, not of others; security and audit wherever they are; nobody twice, nobody who has left."""
    office.with_shelves(Channel.SMTP)
    roles = {
        "steward": (Role.STEWARD, "market"),
        "other": (Role.STEWARD, "silent"),
        "sec": (Role.SEC, "silent"),
        "audit": (Role.AUDIT, "market"),
        "admin": (Role.ADMIN, "market"),
        "left": (Role.STEWARD, "market"),
    }
    people = {name: office.add(name, *where, email=f"{name}@example.cn") for name, where in roles.items()}
    office.tell(Event.REQUEST_OVERDUE, OVERDUE, owner="market", persons=(people["sec"],))
    office.end(people["left"])
    await office.deliverer(NoticeTable(event=Event.REQUEST_OVERDUE, channels=MAIL)).deliver_due()
    assert sorted(told(office)) == sorted(people[name] for name in ("steward", "sec", "audit"))


async def test_who_leaves_before_it_is_sent_is_not_told(office):
    """Though a mail to them was under way already; their address is forgotten with them."""
    office.with_shelves(Channel.SMTP, Channel.FOLDER)
    shelf = office.shelves[Channel.SMTP]
    shelf.failing = "UNREACHABLE"
    person = office.add("zhang", Role.CLERK, email=EMAIL)
    rule = NoticeTable(event=Event.EMERGENCY_REVIEWED, channels=(Channel.SMTP, Channel.FOLDER), within_minutes=60)
    deliverer = office.deliverer(rule)
    office.tell(Event.EMERGENCY_REVIEWED, {"use": "E-1"}, persons=(person,))
    await deliverer.deliver_due()
    office.end(person)
    shelf.failing = None
    office.clock.second += 7200
    await deliverer.deliver_due()
    assert shelf.got == office.shelves[Channel.FOLDER].got == []
    assert office.states()[-1][2:] == ("GIVEN_UP", "GONE")
    office.tell(Event.EMERGENCY_REVIEWED, {"use": "E-2"}, persons=(person,))
    with capture_logs() as logs:
        await deliverer.deliver_due()
    assert office.states(2) == [("person", None, "GIVEN_UP", "GONE")]
    assert logs == []


async def test_a_department_without_stewards_is_told_itself(office):
    """Its records are asked for all the same."""
    office.with_shelves(Channel.SMTP)
    office.tell(Event.REQUEST_SUBMITTED, {"request": "R-1", "due": "2027-02-01"}, owner="market")
    await office.deliverer().deliver_due()
    assert told(office) == ["market"]
    assert office.shelves[Channel.SMTP].got[0].address.email == "market@example.cn"


async def test_nobody_is_there(office):
    """That is logged, and shown: an event that nobody heard of must not look as if it had been told."""
    office.with_shelves(Channel.SMTP)
    office.tell(Event.REQUEST_TO_RELEASE, {"request": "R-1"})
    with capture_logs() as logs:
        assert await office.deliverer().deliver_due() == 0
    assert office.states() == [("nobody", None, "GIVEN_UP", "NOBODY")]
    assert [(log["event"], log["fault"]) for log in logs] == [("a notice was given up", "NOBODY")]


async def test_a_channel_that_leads_nowhere_is_passed_over(office):
    """A department without addresses is told by what needs none; without any, it is given up."""
    office.with_shelves(Channel.SMTP, Channel.SMS, Channel.WEBHOOK, Channel.LETTER)
    office.tell(Event.GRANT_ENDED, GRANT_ENDED, department="silent")
    await office.deliverer().deliver_due()
    assert office.states() == [("department", "letter", "SENT", None)]
    office.with_shelves(Channel.SMTP)
    office.tell(Event.GRANT_ENDED, GRANT_ENDED, department="silent")
    await office.deliverer().deliver_due()
    assert office.states(2) == [("department", None, "GIVEN_UP", "NO_ADDRESS")]


async def test_a_client_is_told_by_its_department(office):
    """A client that nobody has any more is not there to be told."""
    office.with_shelves(Channel.SMTP)
    quota = {"client": "market-app", "day": "2027-01-15", "grant": "G-1", "kind": "RECORDS", "limit": 100}
    office.tell(Event.QUOTA_REACHED, quota, client="market-app")
    office.tell(Event.QUOTA_REACHED, quota, client="gone")
    await office.deliverer().deliver_due()
    assert [one.address.department for one in office.shelves[Channel.SMTP].got] == ["market"]
    assert office.states(2) == [("nobody", None, "GIVEN_UP", "NOBODY")]


async def test_an_event_that_is_switched_off(office):
    """Tells nobody, and is over."""
    office.with_shelves(Channel.SMTP)
    office.tell(Event.GRANT_ENDED, GRANT_ENDED, department="market")
    await office.deliverer(NoticeTable(event=Event.GRANT_ENDED, active=False)).deliver_due()
    assert office.book()[0]["deliveries"] == []
    assert await office.deliverer().deliver_due() == 0


async def test_the_configuration_says_who_and_how(office):
    """Other recipients, other channels in another order, another deadline."""
    office.with_shelves(Channel.SMTP, Channel.LETTER)
    audit = office.add("audit", Role.AUDIT, email=EMAIL)
    rule = NoticeTable(
        event=Event.GRANT_ENDED, to=(Who.AUDIT,), channels=(Channel.LETTER, Channel.SMTP), within_minutes=5
    )
    office.tell(Event.GRANT_ENDED, GRANT_ENDED, department="market")
    await office.deliverer(rule).deliver_due()
    (delivery,) = office.book()[0]["deliveries"]
    assert (delivery["to"], delivery["channel"]) == ({"person": audit}, "letter")
    assert delivery["deadline"] == "2027-01-15T16:05:00+08:00"
