"""The page of a code: what stands there, what does not, and what it costs to ask for one that does not hold."""

import re
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from hub.acts.code_told import moment_of
from hub.code.codes import Codes
from hub.code.lifecycle import Step
from hub.code.signed import sign_code
from hub.code.tokens import make_token
from hub.pages import shops
from hub.pages.throttling import MOST_NETWORKS, Allowance
from tests.acts.hall import GRAIN
from tests.code.floor import display, open_floor, step
from tests.golden.folder import NOW

NAME = "肇东市金穗食品有限公司"
LATENCY, BYTES_A_SECOND = 0.4, 50_000
"""Slow 3G, as browsers imitate it."""


@contextmanager
def statements(hub):
    """What the store is asked."""
    asked = []

    def note(_connection, _cursor, statement, *_):
        asked.append(statement)

    engine = hub.database._engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
async def floor(tmp_path_factory, anyio_backend):
    """A floor with one code, for tests that change nothing of it."""
    async with open_floor(tmp_path_factory.mktemp("shops")) as made:
        yield made


@pytest.fixture(scope="module")
async def code(floor):
    """A code that is displayed at two places."""
    return await _displayed(floor)


@pytest.fixture
async def own(small):
    """The same on a floor of the test's own."""
    return await _displayed(small)


async def _displayed(made):
    issued = await made.issued()
    await made.hall.act(made.office, display(["门头", "收银台"]))
    return issued


@pytest.mark.parametrize("written", ["/c/{}", "/C/{}", "/c/{}?text=large"])
async def test_a_code_has_a_page(floor, code, written):
    """In small letters and in capitals: name, three sentences with their sources, and every part in its order."""
    response = await floor.get(written.format(code["token"]))
    text = response.text
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert re.findall(r"<h1>(.*?)</h1>", text) == [NAME]
    assert text.count("<details") == 3
    assert text.count("数据截至") >= 3
    headings = re.findall(r'<h2 id="([a-z-]+)">', text)
    assert headings == [
        *("understand", "places", "identity", "licences", "penalties", "honours"),
        *("commitments", "voluntary", "sources", "speak-up"),
    ]
    assert "门头、收银台" in text
    assert "12315" in text
    assert ('<html lang="zh-CN" data-text="large">' in text) is written.endswith("large")


async def test_a_page_is_one_small_answer(floor, code):
    """Complete without a script, a second request or a cookie; small enough to be there in a second on slow 3G."""
    response = await floor.get(f"/c/{code['token']}")
    text = response.text
    assert len(text.encode()) < 60_000
    sent = int(response.headers["content-length"]) + sum(len(f"{n}: {v}") + 2 for n, v in response.headers.items())
    assert LATENCY + sent / BYTES_A_SECOND < 1
    assert "<script" not in text
    assert re.findall(r'<link rel="(?!icon)', text) == []
    assert "set-cookie" not in response.headers
    assert response.headers["x-robots-tag"].startswith("noindex")
    assert '<meta name="robots" content="noindex' in text
    policy = response.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "geolocation=()" in response.headers["permissions-policy"]
    plain = await floor.hall.world.client.get(f"/c/{code['token']}", headers={"accept-encoding": "identity"})
    assert plain.text == text


async def test_a_page_says_what_the_public_may_know_and_nothing_else(floor, code):
    """It asks as everybody may: the owner's name is masked, nothing internal is there, the question is on record."""
    before = len(floor.hall.entries())
    text = (await floor.get(f"/c/{code['token']}")).text
    assert "欧阳锦程" not in text
    assert "欧阳**（已脱敏）" in text
    entries = floor.hall.entries()[before:]
    assert [(one["role"], one["outcome"]) for one in entries if "kind" not in one] == [("PUBLIC", "ANSWERED")]


@pytest.mark.parametrize(
    ("act", "status", "said"),
    [
        ("suspendCode", 200, "这张码暂停使用"),
        ("revokeCode", 410, "这张码已停止使用"),
        ("cancelCode", 410, "这张码已注销"),
        ("reissueCode", 410, "这张码已换成新码"),
    ],
)
async def test_a_stopped_code_is_explained_and_nobody_is_accused(small, own, act, status, said):
    """Whose it is and since when; no fact about the shop is asked for, no reason told, and the new token is not named."""
    await small.hall.act(small.office, step(act, reason="内部核查事项"))
    small.hall.world.calls.clear()
    response = await small.get(f"/c/{own['token']}")
    text = response.text
    assert response.status_code == status
    assert said in text
    assert NAME in text
    assert "2026年11月23日起" in text
    assert "内部核查事项" not in text
    assert not {"伪造", "假的"} & set(re.findall("伪造|假的", text))
    assert 'class="sheet public"' in text
    assert small.hall.world.calls == []
    rows = small.hall.rows("SELECT token FROM honesty_codes")
    assert all(token == own["token"] or token not in text for (token,) in rows)


async def test_unknown_and_revoked_cost_the_same(small, own):
    """One read of the store each, and no source is asked."""
    await small.hall.act(small.office, step("revokeCode"))
    costs = []
    for token in (own["token"], make_token()):
        small.hall.world.calls.clear()
        with statements(small.hall.world.hub) as asked:
            response = await small.get(f"/c/{token}")
        assert response.status_code in {404, 410}
        costs.append((asked, list(small.hall.world.calls)))
    assert costs[0] == costs[1]
    assert [statement.split()[0] for statement in costs[0][0]] == ["BEGIN", "SELECT"]


@pytest.mark.parametrize("path", ["/c/{}X", "/c/ABC", "/c/%00", "/c/a/b/c", "/c/" + "A" * 3000, "/C/{}/S/X", "/c/<b>"])
async def test_what_is_no_code_is_warned_of(floor, code, path):
    """Over the whole screen, with a way to report it; nothing that was sent is markup on the page."""
    response = await floor.get(path.format(code["token"]))
    assert response.status_code == 404
    assert 'class="sheet public warning"' in response.text
    assert "不是本市签发的" in response.text
    assert 'href="/c/report' in response.text
    assert "<b>" not in response.text


async def test_guessing_makes_one_wait_and_nobody_else(small, own):
    """So many unknown codes of one network, then it waits; codes that exist are there all the same, forgeries are warned of."""
    for _ in range(shops.MISSES):
        assert (await small.get(f"/c/{make_token()}")).status_code == 404
    assert (await small.get(f"/c/{make_token()}")).status_code == 429
    assert (await small.get(f"/c/{own['token']}")).status_code == 200
    forged = await small.get(f"/C/{own['token']}/S/{_swapped(proof_of(small, own['token']))}")
    assert "签名是假的" in forged.text


def proof_of(floor, token, **other):
    """The proof on a plate, but for what is said otherwise."""
    state = floor.found(token)
    told = {"entity": state.entity, "issued": state.issued_on, **other}
    return sign_code(floor.house.keys, token, told["entity"], told["issued"]).text


async def test_a_plate_is_checked(floor, code):
    """A true signature is said, with the day that is printed; so is that the page of a plate is the page of its code."""
    token = code["token"]
    text = (await floor.get(f"/C/{token}/S/{proof_of(floor, token)}")).text
    assert "签名已核对" in text
    assert "签发日期：2026年11月23日" in text
    assert NAME in text


@pytest.mark.parametrize("how", ["letter", "entity", "tomorrow", "token"])
async def test_a_false_plate_is_a_forgery(floor, code, how):
    """One letter changed, another's code, a day that has not been, a token nobody was given: each fills the screen."""
    token, day = code["token"], NOW.date()
    proofs = {
        "letter": _swapped(proof_of(floor, token)),
        "entity": proof_of(floor, token, entity="92231282MA9X0B02XT"),
        "tomorrow": proof_of(floor, token, issued=day + timedelta(days=1)),
        "token": proof_of(floor, token, issued=date(2026, 1, 1)),
    }
    asked = make_token() if how == "token" else token
    response = await floor.get(f"/C/{asked}/S/{proofs[how]}")
    assert response.status_code == 404
    assert "签名是假的" in response.text
    assert 'class="sheet public warning"' in response.text


async def test_packaging_says_its_batch(floor, code):
    """The batch stands on the page, and that the producer wrote it."""
    assert "包装批次：A-7" in (await floor.get(f"/C/{code['token']}/B/A-7")).text


async def test_a_typed_code_leads_to_its_page(floor, code):
    """As people write it down, and as a camera reads it; anything else is warned of."""
    for typed in (code["spoken"], code["spoken"].lower().replace(" ", "-"), code["url"].upper()):
        response = await floor.hall.world.client.get("/c", params={"code": typed})
        assert (response.status_code, response.headers["location"]) == (303, f"/c/{code['token']}")
    assert (await floor.get("/c")).status_code == 200
    assert (await floor.get("/c?code=https://evil.example/c/X")).status_code == 404


async def test_scans_are_counted_without_who(small, own):
    """By day, audience and place; a check, or a page that is fetched before anybody tapped, is none."""
    client, path = small.hall.world.client, f"/c/{own['token']}"
    await client.get(path)
    await client.get(f"{path}?at=2")
    await client.get(f"{path}?at=9")
    await client.head(path)
    await client.get(path, headers={"sec-purpose": "prefetch"})
    await small.house.counter.flush()
    rows = small.hall.rows("SELECT day, audience, place, scans FROM code_scans ORDER BY place")
    assert rows == [("2026-11-23", "PUBLIC", "", 2), ("2026-11-23", "PUBLIC", "收银台", 1)]


async def test_a_silent_store_is_no_fault_of_the_shop(floor, code, monkeypatch):
    """It is said that nothing can be looked up; no stack trace leaves."""

    async def silent(_work):
        raise OSError("gone")

    monkeypatch.setattr(type(floor.hall.world.hub.database), "read", lambda _self, work: silent(work))
    response = await floor.get(f"/c/{code['token']}")
    assert response.status_code == 503
    assert "暂时查不了" in response.text


async def test_a_silent_source_is_said_with_its_name(small, own):
    """The page is there without what the source would tell, and says whose it is; never that there is none."""
    small.hall.world.down = {"market": "TIMEOUT"}
    text = (await small.get(f"/c/{own['token']}")).text
    assert "暂时无法连接" in text
    assert "没有行政处罚" not in text


async def test_a_renamed_shop_keeps_its_page(small, own):
    """The address of the page stays what is printed on the door."""
    hub = small.hall.world.hub

    def work(connection):
        codes = Codes(connection, moment_of(hub.attendant.occasion("test")))
        found = codes.of_token(own["token"])
        assert found is not None
        codes.take(codes.rename(found, "新名"), Step.SUSPEND)

    hub.database.acting(work)
    assert "新名" in (await small.get(f"/c/{own['token']}")).text


def _swapped(proof):
    other = "A" if proof[60] != "A" else "B"
    return proof[:60] + other + proof[61:]


PARSERS = """
[[code.parser]]
name = "province"
label = "省级码上诚信码"
pattern = '(?P<token>HL23[0-9A-Z]{16})'

[[code.parser]]
name = "licence"
label = "电子营业执照"
pattern = 'https://licence\\.example/(?P<uscc>[0-9A-Z]{18})'
"""


async def test_codes_of_others_lead_to_the_shop_that_took_them_up(tmp_path):
    """A licence's code leads to the page of its entity; one nobody took up is no forgery, and its issuer is named."""
    async with open_floor(tmp_path, PARSERS) as floor:
        code = await floor.issued()
        get = floor.hall.world.client.get
        response = await get("/c", params={"code": f"https://licence.example/{GRAIN}"})
        assert (response.status_code, response.headers["location"]) == (303, f"/c/{code['token']}")
        nobody = await get("/c", params={"code": "https://licence.example/12231282MB9X0D045B"})
        unknown = await get("/c/HL230123456789ABCDEF")
        for found, label in ((nobody, "电子营业执照"), (unknown, "省级码上诚信码")):
            assert found.status_code == 404
            assert label in found.text
            assert "伪造" not in found.text


def test_an_allowance_comes_back_and_is_bounded():
    """It is regained evenly, never exceeds what it was, and of many networks the least recent is forgotten."""
    now = [0.0]
    allowance = Allowance(2, 60.0, lambda: now[0])
    assert [allowance.take("a") for _ in range(3)] == [True, True, False]
    assert allowance.take("b")
    now[0] = 30.0
    assert [allowance.take("a") for _ in range(2)] == [True, False]
    now[0] = 10_000.0
    assert [allowance.take("a") for _ in range(3)] == [True, True, False]
    for number in range(MOST_NETWORKS):
        allowance.take(f"n {number}")
    assert allowance.take("a")
