"""`chengxin-hub notices`: what operators see of who was told."""

import asyncio

import pytest

from auth.roles import Role
from hub.callers.people import Account
from hub.events import Event
from hub.notices.telling import Concerned, News, tell
from tests.commands.office import Office, opened


@pytest.fixture
def office(tmp_path):
    """A hub and its commands."""
    with opened(tmp_path / "hub") as found:
        yield found


def told(office: Office) -> None:
    """A person told of something, and an event that nobody is there to be told of; both delivered."""

    def work(ledger):
        person = ledger.people.add(Account("", "zhang", "张三", "market", Role.CLERK)).id
        for news in (
            News(Event.EMERGENCY_REVIEWED, {"use": "E-1"}, Concerned(persons=(person,))),
            News(Event.REQUEST_TO_RELEASE, {"request": "R-1"}),
        ):
            tell(ledger.connection, ledger.vault, news, ledger.now)

    office.hub.attendant.perform(work)
    asyncio.run(office.hub.deliverer.deliver_due())


def test_notices_are_listed(office):
    """The newest first, with recipients, channels and states; nobody by name."""
    told(office)
    lines = office.done("notices").stdout.splitlines()
    assert [line.split()[0] for line in lines[::2]] == ["2", "1"]
    assert "REQUEST_TO_RELEASE  申请待核准" in lines[0]
    assert lines[1].split()[:3] == ["nobody", "GIVEN_UP", "NOBODY"]
    assert lines[3].split()[0::2][:2] == ["person", "in_app"]
    assert "SENT" in lines[3]
    assert "张三" not in "".join(lines)


def test_what_was_given_up_is_found(office):
    """Alone; and that there is nothing is said."""
    assert "没有通知" in office.done("notices").stderr
    told(office)
    assert [line.split()[0] for line in office.done("notices", "--given-up").stdout.splitlines()] == ["2", "nobody"]
    assert len(office.done("notices", "--most", "1").stdout.splitlines()) == 2
