"""Reports: filed by anybody, counted once, read under their number, settled by whoever supervises."""

import re
from itertools import count

import pytest

from auth.roles import Role
from hub.callers.purging import delete_expired
from hub.code import reports as kept
from hub.code.reports import (
    FREE,
    FREE_OF_ALL,
    MOST_A_DAY,
    SHARE,
    SHARE_OF_ALL,
    Before,
    Reports,
    Saw,
    ShareUsed,
    TooMany,
    fresh_number,
    read_number,
)
from hub.code.tokens import ALPHABET, make_token
from hub.pages import reports
from hub.pages.sharing import Shares
from hub.web import words_report
from schema.reporting_enums import ReportKind, ReportState
from tests.acts.hall import BAKER, BAKERY, CITIZEN, GRAIN, Someone
from tests.code.floor import apply, open_floor

FORM = {"nonce": "a", "kind": "ELSEWHERE", "place": "正阳街 66 号", "said": "招牌是另一家"}
SUPERVISORS = """
[[code.parser]]
name = "province"
label = "省级码上诚信码"
pattern = '(?:https://[a-z.]+/)?(?P<token>HL23[0-9A-Z]{16})'

[[code.parser]]
name = "licence"
label = "电子营业执照"
pattern = 'https://licence\\.example/(?P<uscc>[0-9A-Z]{18})'

[[client]]
id = "registrar-desk"
label = "登记机关数据管理台"
department = "registrar"
role = "STEWARD"
purposes = ["SERVICE"]

[[client]]
id = "system-desk"
label = "系统管理台"
department = "operations"
role = "ADMIN"
purposes = ["OPERATIONS"]
"""
PROXIES = '\n[sign_in]\ntrusted_proxies = ["127.0.0.0/8"]\n'
MANY, SHARED = make_token(), make_token()
_NETWORKS = count(1)
LISTED = "{ codeReports { number kind state uscc token place said sameCode placesOfCode } }"


@pytest.fixture(scope="module")
async def floor(tmp_path_factory, anyio_backend):
    """A floor with one code."""
    async with open_floor(tmp_path_factory.mktemp("reports"), SUPERVISORS, lambda written: written + PROXIES) as made:
        made.hall.add("registrar", Role.STEWARD, "registrar", "登记机关丙")
        made.hall.add("system", Role.ADMIN, "operations", "系统管理员丁")
        yield made


@pytest.fixture(scope="module")
def steward(floor):
    """A data steward of the register of entities."""
    return floor.hall.someone("registrar-desk", "registrar")


@pytest.fixture(scope="module")
async def token(floor):
    """What the code says."""
    return (await floor.issued())["token"]


def elsewhere():
    """An address in a network from which nobody has come yet."""
    number = next(_NETWORKS)
    return f"10.{number // 256}.{number % 256}.7"


async def send(floor, address="", **fields):
    """What the form is answered with, sent from a network of its own unless an address is given."""
    data, headers = {name: text for name, text in fields.items() if text}, {"x-forwarded-for": address or elsewhere()}
    return await floor.hall.world.client.post("/c/report", data=data, headers=headers)


async def filed(floor, address="", **fields):
    """Number of a report that is taken."""
    response = await send(floor, address, **{**FORM, **fields})
    assert response.status_code == 303, response.text
    found = re.fullmatch(r"/c/report/([0-9A-Z]{12})\?fresh=1", response.headers["location"])
    assert found
    return found[1]


def settle(number, state="CONFIRMED", note="已责令拆除"):
    """A mutation."""
    call = f'settleCodeReport(number: "{number}", state: {state}, note: "{note}")'
    return f"mutation {{ {call} {{ changed position report {{ state note settledOn }} }} }}"


async def test_a_report_gets_a_number_and_an_outcome(floor, token, steward):
    """Filed without a name; open under its number, until a steward of the register settles it: then the outcome stands there."""
    number = await filed(floor, nonce="first", code=token)
    page = await floor.get(f"/c/report/{number}?fresh=1")
    assert "等待核实" in page.text
    assert " ".join(re.findall("....", number)) in page.text
    assert "正阳街" not in page.text
    (listed,) = [one for one in (await floor.hall.act(steward, LISTED))["codeReports"] if one["number"] == number]
    assert (listed["kind"], listed["uscc"], listed["token"]) == ("ELSEWHERE", "91231282MA9X0A019P", token)
    assert (listed["place"], listed["said"]) == (FORM["place"], FORM["said"])
    done = (await floor.hall.act(steward, settle(number)))["settleCodeReport"]
    assert (done["changed"], done["report"]["state"]) == (True, "CONFIRMED")
    again = (await floor.hall.act(steward, settle(number)))["settleCodeReport"]
    assert again["changed"] is False
    page = await floor.get(f"/c/report/{number[:4]}-{number[4:8]}-{number[8:].lower()}")
    assert "情况属实" in page.text
    assert "已责令拆除" in page.text
    told = await floor.hall.delivered()
    assert {"CODE_REPORTED"} <= {one["kind"] for one in told}
    acts = [one["act"] for one in floor.hall.entries() if one.get("act", "").startswith("CODE_REPORT")]
    assert acts == ["CODE_REPORTED", "CODE_REPORT_SETTLED", "CODE_REPORT_SETTLED"]


async def test_a_copied_code_is_seen_on_its_page(floor, steward):
    """Once a steward found a report true that it hangs elsewhere; a report alone says nothing of anybody."""
    done = await floor.hall.act(floor.hall.clerk, apply(BAKERY, representative=BAKER))
    token = done["applyCode"]["code"]["token"]
    number = await filed(floor, nonce="seen", code=token)
    assert "用在了别处" not in (await floor.get(f"/c/{token}")).text
    for state, seen in (("NOT_CONFIRMED", False), ("CONFIRMED", True)):
        await floor.hall.act(steward, settle(number, state))
        text = (await floor.get(f"/c/{token}")).text
        assert ("有人把这张码用在了别处" in text) is seen


async def test_a_report_is_kept_for_a_year(floor, token, steward):
    """From when it was settled; what waits to be looked into stays."""
    settled, waiting = [await filed(floor, nonce=f"kept {number}", code=token) for number in range(2)]
    await floor.hall.act(steward, settle(settled))
    now, database = floor.hall.world.hub.gateway.clock.moment().second, floor.hall.world.hub.database
    for days, left in ((366, {settled, waiting}), (368, {waiting})):
        kept = database.reading(lambda connection, days=days: _purged(connection, now + days * 86_400))
        assert kept & {settled, waiting} == left


def _purged(connection, now):
    """Numbers of the reports that purging leaves, in a transaction that is not kept."""
    delete_expired(connection, now)
    return {number for (number,) in connection.exec_driver_sql("SELECT number FROM code_reports")}


async def test_a_form_counts_once(floor, token):
    """Sent twice, it gives the same number; nothing that was typed lies open in the store."""
    assert await filed(floor, nonce="twice", place="秘密巷 9 号") == await filed(
        floor, nonce="twice", place="秘密巷 9 号"
    )
    assert "秘密巷".encode() not in floor.hall.world.stored()


async def test_the_places_of_a_copied_code_are_counted(floor, token, steward):
    """Whoever looks into it sees how often, and at how many places, one code was reported."""
    places = ["东市场 1 号", "东市场 1号", "西市场 2 号"]
    *_, last = [await filed(floor, nonce=f"copied {place}", code=token, place=place) for place in places]
    (listed,) = [one for one in (await floor.hall.act(steward, LISTED))["codeReports"] if one["number"] == last]
    assert listed["sameCode"] >= 3
    assert listed["placesOfCode"] in {2, 3}


@pytest.mark.parametrize(
    ("code", "token"),
    [
        ("HL230123456789ABCDEF", "HL230123456789ABCDEF"),
        ("https://codes.example/HL230123456789ABCDEF", "HL230123456789ABCDEF"),
        (f"https://licence.example/{GRAIN}", None),
        ("13800000000", None),
    ],
)
async def test_a_code_of_another_issuer_is_reported_as_well(floor, steward, code, token):
    """Supervisors see which one it was, and the form keeps it; what is no code is not stored for one."""
    shown = await floor.hall.world.client.get("/c/report", params={"code": code})
    assert f'value="{token or ""}"' in re.sub(r'.*name="code"', "", shown.text, flags=re.DOTALL)
    number = await filed(floor, nonce=f"of another {code}", code=code)
    (listed,) = [one for one in (await floor.hall.act(steward, LISTED))["codeReports"] if one["number"] == number]
    assert listed["token"] == token


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"kind": ""}, 400, "请选择看到的是哪一种"),
        ({"kind": "NONE"}, 400, "请选择看到的是哪一种"),
        ({"place": ""}, 400, "请写在哪里看到的"),
        ({"place": "街" * 101}, 400, "请写在哪里看到的"),
        ({"said": "长" * 501}, 400, "说明至多 500 个字"),
        ({"said": f"他的身份证 {CITIZEN}"}, 400, "像是含有身份证号码"),
        ({"nonce": ""}, 400, "表单没有读懂"),
    ],
)
async def test_what_can_not_be_taken_is_said_at_its_field(floor, fields, status, said):
    """Nothing is kept; what was typed stands in the form again, but for what may be a citizen's number."""
    before = floor.hall.rows("SELECT COUNT(*) FROM code_reports")
    response = await send(floor, **{**FORM, **fields})
    assert response.status_code == status
    assert said in response.text
    assert CITIZEN not in response.text
    if "place" not in fields and "nonce" not in fields:
        assert f'value="{FORM["place"]}"' in response.text
    assert floor.hall.rows("SELECT COUNT(*) FROM code_reports") == before


@pytest.mark.parametrize("body", [b"x" * 20_000, b"nonce=%ff", b"a=1&a=2"])
async def test_what_is_no_form_is_refused(floor, body):
    """Too large, unreadable, said twice: the empty form once more."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    response = await floor.hall.world.client.post("/c/report", content=body, headers=headers)
    assert response.status_code == 400
    assert "没有读懂" in response.text


async def test_a_form_of_another_site_is_refused(floor):
    """Nobody is made to report by a page they happen to open."""
    client, headers = floor.hall.world.client, {"sec-fetch-site": "cross-site"}
    response = await client.post("/c/report", data={**FORM, "nonce": "other"}, headers=headers)
    assert response.status_code == 400


async def test_many_reports_of_one_code_are_enough(floor):
    """Beyond so many a day nothing more is kept, and it is said that they are looked into."""
    codes = [await filed(floor, nonce=f"many {number}", code=MANY) for number in range(MOST_A_DAY)]
    assert len(set(codes)) == MOST_A_DAY
    response = await send(floor, **{**FORM, "nonce": "one more", "code": MANY})
    assert response.status_code == 429
    assert "举报已很多" in response.text


async def test_two_networks_do_not_fill_the_form_of_a_code(floor):
    """Each has its share, and the rest is for those who reported nothing of it that day; whoever is turned away reads whom to call."""
    one, two = elsewhere(), elsewhere()
    for address in (one, two):
        for number in range(SHARE):
            await filed(floor, address, nonce=f"share {address} {number}", code=SHARED)
        # The same form again is the same report, and no other code's form is closed.
        await filed(floor, address, nonce=f"share {address} 0", code=SHARED)
        refused = await send(floor, address, **{**FORM, "nonce": f"share {address}", "code": SHARED})
        assert refused.status_code == 429
        assert "您所在的网络今天已举报多次" in refused.text
        assert refused.text.count('href="tel:12315"') == 2
        assert FORM["said"] in refused.text
        await filed(floor, address, nonce=f"share {address} other", code=make_token())
    third = elsewhere()
    await filed(floor, third, nonce="share third", code=SHARED)
    again = await send(floor, third, **{**FORM, "nonce": "share third again", "code": SHARED})
    assert (again.status_code, "今天收到的举报已很多" in again.text) == (429, True)
    for number in range(FREE - 1):
        await filed(floor, nonce=f"share {number}", code=SHARED)
    full = await send(floor, **{**FORM, "nonce": "share full", "code": SHARED})
    assert (full.status_code, full.text.count('href="tel:12315"')) == (429, 2)
    assert floor.hall.rows(f"SELECT COUNT(*) FROM code_reports WHERE token = '{SHARED}'") == [(MOST_A_DAY,)]  # noqa: S608 - a token
    for address in (one, two, third):
        assert address.rpartition(".")[0].encode() not in floor.hall.world.stored()


async def test_the_form_says_whom_to_call(floor):
    """Also before anything is wrong."""
    page = await floor.get("/c/report")
    assert page.text.count('href="tel:12315"') == 1


@pytest.mark.parametrize(
    ("before", "refused"),
    [
        (Before(), None),
        (Before(of_all=1), TooMany),
        (Before(of_all=SHARE_OF_ALL), ShareUsed),
        (Before(of_code=SHARE, of_all=SHARE), ShareUsed),
    ],
)
async def test_what_is_left_of_all_is_for_those_who_reported_nothing(small, monkeypatch, before, refused):
    """Whatever code it is of."""
    monkeypatch.setattr(kept, "MOST_OF_ALL", FREE_OF_ALL)
    database, hub = small.hall.world.hub.database, small.hall.world.hub

    def work(connection):
        saw = Saw(str(before).encode().ljust(32)[:32], ReportKind.FORGED, "街口")
        return Reports(connection, hub.attendant.vault).file(saw, hub.gateway.clock.moment(), before)

    if refused is None:
        assert database.acting(work)[1] is True
    else:
        with pytest.raises(TooMany) as raised:
            database.acting(work)
        assert raised.type is refused


def test_a_network_is_known_for_a_day_and_nowhere_by_its_name():
    """As wide as a line has it; what was not kept counts nothing; the next day it is new."""
    shares, day = Shares(), "2026-11-23"
    assert shares.take("192.0.2.0/24", "T", day) == Before(0, 0)
    assert shares.take("192.0.2.0/24", "U", day) == Before(0, 1)
    assert shares.take("192.0.2.0/24", "T", day) == Before(1, 2)
    shares.give_back("192.0.2.0/24", "T", day)
    assert shares.take("192.0.2.0/24", None, day) == Before(0, 2)
    assert shares.take("192.0.2.0/24", "T", day) == Before(1, 3)
    assert shares.take("2001:db8:1:1::/64", "T", day) == Before(0, 0)
    assert shares.take("2001:db8:1:2::/64", "T", day) == Before(1, 1)
    assert shares.take("2001:db8:2:2::/64", "T", day) == Before(0, 0)
    assert shares.take("unknown", "T", day) == Before(0, 0)
    assert "192.0" not in repr(shares)
    assert shares.take("192.0.2.0/24", "T", "2026-11-24") == Before(0, 0)
    shares.give_back("192.0.2.0/24", "T", day)
    assert shares.take("192.0.2.0/24", "T", "2026-11-24") == Before(1, 1)


async def test_one_network_does_not_flood(floor):
    """So many an hour; what was typed is not lost."""
    address = elsewhere()
    for number in range(reports.FILED):
        await filed(floor, address, nonce=f"flood {number}")
    response = await send(floor, address, **{**FORM, "nonce": "flood"})
    assert response.status_code == 429
    assert FORM["said"] in response.text


@pytest.mark.parametrize("number", ["AAAA", "A" * 200, "6XMFXE3W4EJ8", "2" * 12])
async def test_a_number_nobody_got_shows_nothing(floor, number):
    """Neither one that is none nor one that is nobody's."""
    response = await floor.get(f"/c/report/{number}")
    assert response.status_code == 404
    assert "没有这个举报编号" in response.text


async def test_only_supervisors_see_and_settle(floor, token, steward):
    """Stewards of the register and administrators: nobody else knows that it can be done, stewards of other records see none."""
    number = await filed(floor, nonce="whose", code=token)
    for other in (None, floor.office, floor.hall.clerk):
        for asked in (settle(number), LISTED):
            assert await floor.hall.refused(other, asked) == "GRAPHQL_VALIDATION_FAILED"
    assert await floor.hall.act(floor.stranger, LISTED) == {"codeReports": []}
    assert await floor.hall.refused(floor.stranger, settle(number)) == "REPORT_NOT_FOUND"
    assert await floor.hall.refused(steward, settle(number, "OPEN")) == "BAD_USER_INPUT"
    assert await floor.hall.refused(steward, settle(fresh_number())) == "REPORT_NOT_FOUND"
    assert await floor.hall.refused(steward, settle(number, note=CITIZEN)) == "LOOKS_LIKE_CITIZEN_ID"
    assert await floor.hall.refused(Someone("registrar-desk"), settle(number)) == "PERSON_REQUIRED"
    admin = floor.hall.someone("system-desk", "system")
    assert number in {one["number"] for one in (await floor.hall.act(admin, LISTED))["codeReports"]}


def test_numbers_are_read_as_people_write_them():
    """Groups and small letters make no difference; every wrong symbol does."""
    number = fresh_number()
    assert read_number(f" {number[:4]} {number[4:8]}-{number[8:].lower()}") == number
    for place in range(len(number)):
        wrong = ALPHABET[(ALPHABET.index(number[place]) + 1) % len(ALPHABET)]
        assert read_number(number[:place] + wrong + number[place + 1 :]) is None


def test_the_form_offers_what_the_schema_knows():
    """Kinds and outcomes have words for the public, each of them."""
    assert [one.name for one in words_report.Kind] == [one.name for one in ReportKind]
    assert [one.name for one in words_report.Outcome] == [one.name for one in ReportState]


async def test_a_report_is_found_by_its_number_with_its_clock(floor, steward):
    """Fifteen working days from when it came, none left once it is settled; a page of the list leaves out what it should."""
    number = await filed(floor, nonce="clock", place="时钟街 1 号")
    question = "{{ codeReports{} {{ number state dueOn workingDaysLeft }} }}"
    by_number = question.format(f'(number: "{number}")')
    assert (await floor.hall.act(steward, by_number))["codeReports"] == [
        {"number": number, "state": "OPEN", "dueOn": "2026-12-14", "workingDaysLeft": 15}
    ]
    everything = (await floor.hall.act(steward, question.format("(state: null, first: 200)")))["codeReports"]
    rest = (await floor.hall.act(steward, question.format("(state: null, first: 200, skip: 1)")))["codeReports"]
    assert rest == everything[1:]
    await floor.hall.act(steward, settle(number))
    (one,) = (await floor.hall.act(steward, by_number))["codeReports"]
    assert (one["state"], one["workingDaysLeft"]) == ("CONFIRMED", None)
    for arguments in ("(skip: -1)", "(first: 201)"):
        assert await floor.hall.refused(steward, question.format(arguments)) == "BAD_USER_INPUT"
    assert (await floor.hall.act(steward, question.format('(number: "x")')))["codeReports"] == []
