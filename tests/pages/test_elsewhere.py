"""Codes that the province issued and nobody took up here: their page, and what one learns who guesses them."""

from contextlib import asynccontextmanager

import pytest

from hub.code.elsewhere import HELD, Registers
from hub.code.parsers import Foreign
from hub.code.tokens import make_token
from hub.demo.codes import credit_code
from hub.pages import shops
from hub.settings_code import Group
from tests.acts.hall import BAKERY, CITIZEN, GRAIN, OWNER, SCHOOL
from tests.code.floor import apply, open_floor, step
from tests.pages.test_shops import NAME

HOLDS, STOPPED, OUTSIDE, NOBODY = (f"HL23ABCDEFGHJKLMNPQ{end}" for end in "RSTU")
CITIZENS, TWICE, PENDING = (f"HL23ABCDEFGHJKLMNPQ{end}" for end in "VWX")
ROWS = (
    ("P1", GRAIN, HOLDS, "VALID"),
    ("P2", GRAIN, STOPPED, "REVOKED"),
    ("P3", credit_code("91", "230199", "MA9Y9Y9Y"), OUTSIDE, "VALID"),
    ("P4", CITIZEN, CITIZENS, "VALID"),
    ("P5", SCHOOL, TWICE, "VALID"),
    ("P6", SCHOOL, TWICE, "VALID"),
    ("P7", BAKERY, PENDING, "PENDING"),
)
PARSER = """issuer = "{issuer}"

[[code.parser]]
name = "province"
label = "省级码上诚信码"
pattern = '(?:https://p\\.example/c/)?(?P<token>HL23[0-9A-Z]{{16}})'

[[code.parser]]
name = "licence"
label = "电子营业执照"
pattern = 'DZZZ:(?P<uscc>[0-9A-Za-z]{{18}})'
"""
PROVINCE = """
[[source]]
name = "province"
kind = "memory"
department = "justice"
label = "省级赋码平台"

[[source.record]]
record = "HonestyCode"
local = "id"
keys = {{ uscc = "uscc" }}
rows = [ {rows} ]

[source.record.columns]
token = "token"
statusSince = "since"
status = {{ column = "status", codes = {{ VALID = "VALID", REVOKED = "REVOKED", PENDING = "PENDING" }} }}
"""


def province():
    """The register of the province as the configuration writes it."""
    row = '{{ id = "{}", uscc = "{}", token = "{}", status = "{}", since = "2026-03-01" }}'
    return PROVINCE.format(rows=", ".join(row.format(*one) for one in ROWS))


@asynccontextmanager
async def beside_the_province(folder, issuer="both"):
    """A floor beside the province's register."""
    async with open_floor(folder, PARSER.format(issuer=issuer), lambda written: written + province()) as floor:
        yield floor


@pytest.fixture(scope="module")
async def floor(tmp_path_factory, anyio_backend):
    """One for tests that change nothing of it."""
    async with beside_the_province(tmp_path_factory.mktemp("elsewhere")) as made:
        yield made


def later(floor):
    """Let so much time pass that nothing of what a register told is given out again."""
    at = floor.house.registers.told.now() + HELD
    floor.house.registers.told.now = lambda: at


def asked(floor):
    """What the province was asked since that was last looked at."""
    calls = [call for call in floor.hall.world.calls if call["source"] == "province"]
    floor.hall.world.calls.clear()
    return calls


@pytest.mark.parametrize("path", [f"/c/{HOLDS}", f"/C/{HOLDS}", f"/c?code=https://p.example/c/{HOLDS}"])
async def test_a_code_of_the_province_has_the_page_of_its_shop(floor, path):
    """However it is read: the shop as the gateway tells the public, and that the province issued its code."""
    response = await floor.get(path)
    assert response.status_code == 200
    assert f"<h1>{NAME}</h1>" in response.text
    assert "由省级签发" in response.text
    assert "省级平台签发" in response.text
    assert "欧阳锦程" not in response.text


async def test_a_licence_leads_to_the_code_of_the_province(floor):
    """Of an entity whose one code is the province's; one with none, or with two that hold, is not decided upon."""
    assert f"<h1>{NAME}</h1>" in (await floor.get(f"/c?code=DZZZ:{GRAIN.lower()}")).text
    for uscc in (SCHOOL, BAKERY, CITIZEN):
        response = await floor.get(f"/c?code=DZZZ:{uscc}")
        assert response.status_code == 404
        assert "电子营业执照" in response.text


async def test_the_shop_is_asked_as_the_public(floor):
    """The province tells whose it is and whether it holds; everything else is the public's own question, on record."""
    later(floor)
    before = len(floor.hall.entries())
    floor.hall.world.calls.clear()
    await floor.get(f"/c/{HOLDS}")
    assert [(call["key"], call["keys"]) for call in asked(floor)] == [("token", [HOLDS])]
    entries = floor.hall.entries()[before:]
    assert [(one["role"], one["outcome"]) for one in entries if "kind" not in one] == [("PUBLIC", "ANSWERED")]


async def test_what_the_province_stopped_is_explained(floor):
    """Since when; whose it was is not told, and nobody is accused."""
    response = await floor.get(f"/c/{STOPPED}")
    assert response.status_code == 410
    assert "这张码已停止使用" in response.text
    assert "2026年3月1日" in response.text
    assert NAME not in response.text


@pytest.mark.parametrize(
    "token",
    [OUTSIDE, NOBODY, CITIZENS, TWICE, PENDING],
    ids=["not of this city", "nobody's", "a citizen's", "two rows", "not issued yet"],
)
async def test_what_leads_to_no_shop_is_one_issued_elsewhere(floor, token):
    """Whatever the reason, it looks the same: no page, no name, no suspicion."""
    response = await floor.get(f"/c/{token}")
    assert response.status_code == 404
    assert "省级码上诚信码" in response.text
    assert "伪造" not in response.text
    assert NAME not in response.text


async def test_unknown_and_stopped_cost_the_same(floor):
    """One look-up at the province each, and no other source is asked."""
    later(floor)
    costs = []
    for token in (STOPPED, NOBODY):
        floor.hall.world.calls.clear()
        await floor.get(f"/c/{token}")
        calls = [{**call, "keys": ["…"]} for call in floor.hall.world.calls]
        costs.append(calls)
    assert costs[0] == costs[1]
    assert [call["source"] for call in costs[0]] == ["province"]


async def test_guessing_asks_the_province_only_so_often(tmp_path):
    """So many in vain from one network, then it waits and the province is left alone."""
    async with beside_the_province(tmp_path) as floor:
        for number in range(shops.MISSES):
            assert (await floor.get(f"/c/HL23{number:016d}")).status_code == 404
        floor.hall.world.calls.clear()
        assert (await floor.get("/c/HL23YYYYYYYYYYYYYYYY")).status_code == 429
        assert asked(floor) == []


async def test_a_silent_province_says_nothing_of_the_code(tmp_path):
    """It is said that nothing can be looked up, and neither that the code is forged nor whose it is; so where the register is."""
    async with beside_the_province(tmp_path) as floor:
        for source in ("province", "register"):
            floor.hall.world.down = {source: "TIMEOUT"}
            response = await floor.get(f"/c/{HOLDS}")
            assert response.status_code == 503, source
            assert "暂时查不了" in response.text
            assert NAME not in response.text
        floor.hall.world.down = {}
        assert (await floor.get(f"/c/{HOLDS}")).status_code == 200


async def test_a_city_that_issues_alone_asks_nobody(tmp_path):
    """With `issuer = "local"` a code of the province is one issued elsewhere, and its register is not asked."""
    async with beside_the_province(tmp_path, "local") as floor:
        floor.hall.world.calls.clear()
        response = await floor.get(f"/c/{HOLDS}")
        assert response.status_code == 404
        assert "省级码上诚信码" in response.text
        assert floor.hall.world.calls == []


async def test_one_that_was_taken_up_here_is_as_the_hub_says(tmp_path):
    """The hub's own register goes first: what was stopped here is stopped, whatever the province says."""
    async with beside_the_province(tmp_path) as floor:
        taken = await floor.hall.act(floor.hall.clerk, apply(representative=OWNER, code=HOLDS))
        assert taken["applyCode"]["granted"]
        assert "由省级签发" in (await floor.get(f"/c/{HOLDS}")).text
        await floor.hall.act(floor.office, step("suspendCode"))
        assert "这张码暂停使用" in (await floor.get(f"/c/{HOLDS}")).text


async def test_only_what_a_code_says_is_looked_up(floor):
    """No number, no citizen, nothing that looks like the hub's own token or that no address could say."""
    registers = Registers(floor.hall.world.hub.sources, floor.house.rules)
    floor.hall.world.calls.clear()
    for group, value in (
        (Group.USCC, CITIZEN),
        (Group.REG_NO, "231282600012345"),
        (Group.TOKEN, "A_B"),
        (Group.TOKEN, make_token()),
    ):
        assert await registers.find(Foreign("province", group, value)) is None
    assert floor.hall.world.calls == []
