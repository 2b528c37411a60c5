"""Reports: filed by anybody, counted once, read under their number, settled by whoever supervises."""

import re

import pytest

from auth.roles import Role
from hub.callers.purging import delete_expired
from hub.code.reports import MOST_A_DAY, fresh_number, read_number
from hub.code.tokens import ALPHABET, make_token
from hub.pages import reports
from hub.pages.throttling import Allowance
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
MANY = make_token()
LISTED = "{ codeReports { number kind state uscc token place said sameCode placesOfCode } }"


@pytest.fixture(scope="module")
async def floor(tmp_path_factory, anyio_backend):
    """A floor with one code."""
    async with open_floor(tmp_path_factory.mktemp("reports"), SUPERVISORS) as made:
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


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """One network files as many as it likes, for all tests come from one."""
    monkeypatch.setattr(Allowance, "take", lambda _self, _network: True)


async def send(floor, **fields):
    """What the form is answered with."""
    return await floor.hall.world.client.post("/c/report", data={name: text for name, text in fields.items() if text})


async def filed(floor, **fields):
    """Number of a report that is taken."""
    response = await send(floor, **{**FORM, **fields})
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


async def test_one_network_does_not_flood(floor, monkeypatch):
    """So many an hour; what was typed is not lost."""
    monkeypatch.undo()
    for number in range(reports.FILED):
        await filed(floor, nonce=f"flood {number}")
    response = await send(floor, **{**FORM, "nonce": "flood"})
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
    everything = (await floor.hall.act(steward, question.format("(state: null)")))["codeReports"]
    rest = (await floor.hall.act(steward, question.format("(state: null, skip: 1)")))["codeReports"]
    assert rest == everything[1:]
    await floor.hall.act(steward, settle(number))
    (one,) = (await floor.hall.act(steward, by_number))["codeReports"]
    assert (one["state"], one["workingDaysLeft"]) == ("CONFIRMED", None)
    for arguments in ("(skip: -1)", "(first: 201)"):
        assert await floor.hall.refused(steward, question.format(arguments)) == "BAD_USER_INPUT"
    assert (await floor.hall.act(steward, question.format('(number: "x")')))["codeReports"] == []
