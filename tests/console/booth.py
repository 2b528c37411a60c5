"""A cabin of a city that keeps codes: its counter, its office, and what is scanned and reported."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

from auth.roles import Role
from hub.code.reports import Reports, Saw
from hub.code.scans import Scan, add_scans
from schema.reporting_enums import ReportKind
from tests.acts.hall import GRAIN, OWNER
from tests.code.floor import CODE
from tests.console.cabin import CONSOLE, Cabin, Seat
from tests.exchange.bureau import open_bureau

TODAY = date(2026, 11, 23)
APPLY = "/console/codes/apply"


@dataclass
class Booth:
    """The cabin of a city that keeps codes."""

    cabin: Cabin

    @property
    def hall(self):
        """Where its people act."""
        return self.cabin.bureau.hall

    def seat(self, name) -> Seat:
        """Somebody in front of the console."""
        return self.cabin.seat(name)

    async def issued(self) -> str:
        """What a code says that was applied for at the counter, on the pages."""
        done = await self.seat("clerk").post(APPLY, page=f"{APPLY}?uscc={GRAIN}", **filled())
        assert done.status_code == 303, done.text
        return token_of(done)

    def scanned(self, token, scans, day=TODAY, place=""):
        """Have a code scanned."""
        (code,) = self.hall.rows(f"SELECT id FROM honesty_codes WHERE token = '{token}'")  # noqa: S608 - a token
        counted = {Scan(code[0], day.isoformat(), "PUBLIC", place): scans}
        self.hall.world.hub.database.acting(lambda connection: add_scans(connection, counted))

    def reported(self, token, place="长青路 8 号"):
        """Number of a report of a code."""
        hub = self.hall.world.hub
        saw = Saw(place.encode().ljust(32)[:32], ReportKind.ELSEWHERE, place, "门口", token)
        moment = hub.gateway.clock.moment()
        filed = hub.database.acting(lambda connection: Reports(connection, hub.attendant.vault).file(saw, moment))
        return filed[0].number


@asynccontextmanager
async def open_booth(folder) -> AsyncIterator[Booth]:
    """A cabin with codes, its office and a merchant."""
    async with open_bureau(folder, lambda written: written + CODE.format(more="") + CONSOLE) as bureau:
        bureau.hall.add("office", Role.CREDIT_OFFICE, "credit", "信用办甲")
        bureau.hall.add("neighbour", Role.MERCHANT, "merchants", "邻店丁")
        yield Booth(Cabin(bureau))


def filled(**given):
    """The form of an application at the counter, filled in."""
    return {"uscc": GRAIN, "representative": OWNER, "committed": "1", **given}


def token_of(response):
    """What the code says to whose page somebody is led."""
    found = re.fullmatch(r"/console/codes/([0-9A-Z]+)\?done=\w+", response.headers["location"])
    assert found is not None
    return found[1]
