"""The demo's register of the province, and pages of codes that nobody took up here: how often it is asked, how soon it is heard."""

import asyncio
import math
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2
import pytest
from aiohttp import web

from hub.app import build_app
from hub.code.elsewhere import ELSE, HELD
from hub.demo.departments.province import QUERY, SECRET, province_rows
from hub.demo.generation import generate_city
from hub.demo.personas import README_USCC
from hub.demo.services.province import build_service
from schema.enums import CodeStatus
from tests.demo.running import TODAY, running_demo

SOON = 5
"""Seconds after which every page must say what the province says."""


@dataclass
class Hand:
    """A clock that goes when it is moved."""

    at: float

    def __call__(self) -> float:
        return self.at


@dataclass
class Province:
    """The service of the demo with rows that change, what it was asked, and the pages before it."""

    rows: list[dict[str, object]]
    client: httpx2.AsyncClient
    hand: Hand
    asked: list[object] = field(default_factory=list)

    def write(self, token: str, **cells: object) -> None:
        """Change what the register says of a code."""
        (row,) = (row for row in self.rows if row["code.content"] == token)
        row.update({f"state.{name}": value for name, value in cells.items()})

    async def page(self, token: str) -> httpx2.Response:
        """The page of a code."""
        return await self.client.get(f"/c/{token}")


@asynccontextmanager
async def noting(demo):
    """The demo's own service, started again with a note of each query."""
    city = generate_city("zhaodong", TODAY)
    rows = [dict(row) for row in province_rows(city)]
    secret, source = (demo.city.folder / SECRET).read_text(encoding="ascii"), demo.city.sources["province"]
    told = demo.hub.codes.registers.told
    # What was told before is over; whole seconds, which add up exactly.
    hand = told.now = Hand(math.ceil(told.now() + HELD))
    transport = httpx2.ASGITransport(app=build_app(demo.hub))
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub.example") as client:
        province = Province(rows, client, hand)

        @web.middleware
        async def note(request, handler):
            answer = await handler(request)
            # One that is refused for a token of before the start is asked again with another.
            if request.path == QUERY and answer.status == 200:
                province.asked.append((await request.json())["filter"])
            return answer

        def build():
            service = build_service(rows, secret)
            service.middlewares.append(note)
            return service

        await source.stop()
        source.build = build
        await source.start()
        yield province


@pytest.fixture(scope="module")
async def demo(tmp_path_factory, anyio_backend):
    """The city without the hub's own codes."""
    async with running_demo(tmp_path_factory.mktemp("provincial")) as made:
        yield made


@pytest.fixture
async def province(demo):
    """The register as it was written, of which nothing is kept."""
    async with noting(demo) as made:
        yield made


@pytest.fixture(scope="module")
def token():
    """A code of the province that holds and that nobody took up here."""
    codes = generate_city("zhaodong", TODAY).codes
    return next(one.token for one in codes if one.status is CodeStatus.VALID and one.uscc != README_USCC)


async def test_a_street_that_scans_one_code_is_one_question(province, token):
    """All at a time, and again within the seconds; then the province is asked anew."""
    pages = await asyncio.gather(*(province.page(token) for _ in range(12)))
    assert {page.status_code for page in pages} == {200}
    assert province.asked == [{"contents": [token]}]
    province.hand.at += HELD / 2
    assert "由省级签发" in (await province.page(token)).text
    assert len(province.asked) == 1
    province.hand.at += HELD / 2
    assert "由省级签发" in (await province.page(token)).text
    assert len(province.asked) == 2


@pytest.mark.parametrize(("state", "status", "said"), [("suspended", 200, "暂停使用"), ("revoked", 410, "停止使用")])
async def test_what_the_province_stops_is_on_every_page_soon(province, token, state, status, said):
    """Before five seconds are over, also where somebody scanned it a moment before; and so is that it holds again."""
    assert (await province.page(token)).status_code == 200
    province.write(token, value=state)
    province.hand.at += SOON - 1
    stopped = await province.page(token)
    assert stopped.status_code == status
    assert said in stopped.text
    assert "由省级签发" not in stopped.text
    province.write(token, value="valid")
    province.hand.at += ELSE
    assert "由省级签发" in (await province.page(token)).text


async def test_what_nobody_was_given_is_known_as_soon_as_it_is(province, token):
    """What is not known is kept for a shorter time, as what was stopped: neither tells itself from the other."""
    stopped, nobody = next(row for row in province.rows if row["state.value"] == "revoked"), token[:-1]
    nobody += next(end for end in "ABC" if all(row["code.content"] != nobody + end for row in province.rows))
    costs = []
    for one, status in ((str(stopped["code.content"]), 410), (nobody, 404)):
        before = len(province.asked)
        for _ in range(3):
            assert (await province.page(one)).status_code == status
        province.hand.at += ELSE
        assert (await province.page(one)).status_code == status
        costs.append(len(province.asked) - before)
    assert costs == [2, 2]
    given = next(row for row in province.rows if row["code.content"] == token)
    province.rows.append({**given, "code.content": nobody})
    province.hand.at += ELSE
    assert (await province.page(nobody)).status_code == 200
