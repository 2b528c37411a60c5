"""Clocks of requests count working days: owners are warned, what is overdue escalates every week, by one worker only."""

import anyio
import pytest
from sqlalchemy import Connection

from hub.exchange.calendar import read_published
from hub.exchange.calendar_days import load_days, replace_days
from hub.exchange.clocks import RequestKeeper, recount
from hub.exchange.requests import Requests
from tests.exchange.bureau import ADDRESS, PHONE, answering

SPRING = "2026-02-12T16:00:00"
"""Two working days before Spring Festival 2026, of which one is a Saturday."""


async def told(bureau):
    """What clocks told so far: kind, to whom, and the last day."""
    names = {account.id: name for name, account in bureau.hall.accounts.items()}
    found = [one for one in await bureau.hall.delivered() if one["kind"] in ("REQUEST_DUE_SOON", "REQUEST_OVERDUE")]
    return [(one["kind"], names[one["to"]["person"]], one["due"]) for one in found]


STEWARDS = ("steward-registrar", "steward-registrar-two")
"""Of the registrar."""
TOLD = ("auditor", "sec", "sec-two", *STEWARDS)
"""Of what is overdue."""


async def look(bureau, at):
    """Let the clocks be looked at, at an instant; how much was told."""
    bureau.at(at)
    return await bureau.hall.world.hub.clocks.look()


async def test_a_conditional_request_over_spring_festival(bureau):
    """Due after ten working days: nine days off do not count, two Saturdays that are worked do."""
    bureau.at(SPRING)
    number = await bureau.asked(ends='"2026-12-31"')
    assert (await bureau.seen("clerk", number))["parts"][0]["dueOn"] == "2026-03-04"
    for quiet in ("2026-02-15T09:00:00", "2026-02-23T09:00:00", "2026-03-02T23:59:59"):
        assert await look(bureau, quiet) == 0
    assert await look(bureau, "2026-03-03T00:00:00") == 1
    assert await look(bureau, "2026-03-04T23:59:59") == 0
    soon = [("REQUEST_DUE_SOON", to, "2026-03-04") for to in STEWARDS]
    assert sorted(await told(bureau)) == soon
    assert await look(bureau, "2026-03-05T00:00:00") == 1
    overdue = [("REQUEST_OVERDUE", to, "2026-03-04") for to in TOLD]
    assert sorted(await told(bureau)) == [*soon, *overdue]
    part = (await bureau.seen("clerk", number))["parts"][0]
    assert (part["overdue"], part["workingDaysLeft"]) == (True, -1)


async def test_overdue_is_said_again_every_week_until_it_is_answered(bureau):
    """And is on record each time; an answer that comes late is one all the same."""
    number = await bureau.asked(fields=(ADDRESS,))
    assert await look(bureau, "2026-11-25T08:00:00") == 1
    assert await look(bureau, "2026-12-02T07:59:59") == 0
    assert await look(bureau, "2026-12-02T08:00:00") == 1
    assert await look(bureau, "2026-12-09T08:00:00") == 1
    assert [one["outcome"] for one in bureau.hall.acts("REQUEST_OVERDUE")] == ["TOLD"] * 3
    await bureau.do("steward-registrar", answering(number, "registrar"))
    assert await look(bureau, "2026-12-16T08:00:00") == 0


async def test_one_working_day_warns_when_it_begins(bureau):
    """On the day itself, for there is none before."""
    bureau.at("2026-11-27T10:00:00")
    await bureau.asked(fields=(ADDRESS,))
    assert await look(bureau, "2026-11-29T23:59:59") == 0
    assert await look(bureau, "2026-11-30T00:00:00") == 1
    assert sorted(await told(bureau)) == [("REQUEST_DUE_SOON", to, "2026-11-30") for to in STEWARDS]


async def test_a_request_after_midnight_counts_from_that_day(small):
    """The day is that of Asia/Shanghai."""
    for at, due in (("2026-11-23T23:59:59", "2026-11-24"), ("2026-11-24T00:00:00", "2026-11-25")):
        small.at(at)
        number = await small.asked(fields=(ADDRESS,))
        assert (await small.seen("clerk", number))["parts"][0]["dueOn"] == due


async def test_an_extension_gives_ten_working_days_once(bureau):
    """By a steward of the owner, for what is conditional, before it is due; whoever asked is told."""
    number = await bureau.asked()
    extend = f'extendRequest(number: "{number}", reason: "须征求意见")'
    assert await bureau.refused("steward-market", extend) == "REQUEST_NOT_FOUND"
    bureau.at("2026-12-07T23:59:59")
    assert await bureau.hall.world.hub.clocks.look() == 1
    done = (await bureau.do("steward-registrar", extend))["request"]
    assert (done["parts"][0]["dueOn"], done["parts"][0]["extended"]) == ("2026-12-21", True)
    assert done["steps"][-1]["note"] == "须征求意见"
    assert (await bureau.hall.delivered())[-1]["kind"] == "REQUEST_EXTENDED"
    assert await bureau.refused("steward-registrar", extend) == "EXTENSION_NOT_POSSIBLE"
    assert await look(bureau, "2026-12-17T23:00:00") == 0
    assert await look(bureau, "2026-12-18T00:00:00") == 1
    await bureau.do("steward-registrar", answering(number, "registrar"))


@pytest.mark.parametrize(("fields", "at"), [((ADDRESS,), "2026-11-23T12:00:00"), ((PHONE,), "2026-12-08T00:00:00")])
async def test_what_cannot_be_extended(small, fields, at):
    """What is unconditional, and what is overdue."""
    number = await small.asked(fields=fields)
    small.at(at)
    extend = f'extendRequest(number: "{number}", reason: "人手不足")'
    assert await small.refused("steward-registrar", extend) == "EXTENSION_NOT_POSSIBLE"


async def test_of_many_workers_one_tells(bureau):
    """Twenty looks at once, of two workers: everybody is told once, and it is on record once."""
    await bureau.asked(fields=(ADDRESS,))
    bureau.at("2026-11-25T08:00:00")
    hub = bureau.hall.world.hub
    other = RequestKeeper(hub.database, hub.attendant.vault, hub.gateway.clock)
    found = []

    async def one(keeper):
        found.append(await keeper.look())

    async with anyio.create_task_group() as group:
        for keeper in (hub.clocks, other) * 10:
            group.start_soon(one, keeper)
    assert sorted(found) == [0] * 19 + [1]
    assert len(bureau.hall.acts("REQUEST_OVERDUE")) == 1
    assert len(await told(bureau)) == len(TOLD)


async def test_ended_requests_have_no_clock(small):
    """Withdrawn, refused, or waiting for its release only."""
    numbers = [await small.asked(fields=(ADDRESS,)) for _ in range(3)]
    await small.do("clerk", f'withdrawRequest(number: "{numbers[0]}")')
    await small.do("steward-registrar", answering(numbers[1], "registrar", "false", "无依据"))
    await small.do("steward-registrar", answering(numbers[2], "registrar"))
    assert await look(small, "2026-12-20T08:00:00") == 0


async def test_a_changed_calendar_moves_what_waits(bureau):
    """A day off that is published later gives everybody a day more, also where the time was extended."""
    first, second = await bureau.asked(), await bureau.asked()
    await bureau.do("steward-registrar", f'extendRequest(number: "{second}", reason: "须征求意见")')
    day = "day,working,name\n2026-12-01,off,演练\n"
    hub = bureau.hall.world.hub

    def work(connection: Connection):
        replace_days(connection, read_published(day))
        requests = Requests(connection, hub.attendant.vault, hub.gateway.clock.moment().second)
        return recount(requests, load_days(connection))

    moved = {name: due.isoformat() for name, due in hub.database.acting(work).items()}
    assert moved == {f"{first} registrar": "2026-12-08", f"{second} registrar": "2026-12-22"}
    assert (await bureau.seen("clerk", first))["parts"][0]["dueOn"] == "2026-12-08"
