"""Codes as offices, counters and merchants look for them and look after them."""

import base64
from datetime import date

import pytest

from hub.code.reports import Reports, Saw
from hub.code.scans import Scan, add_scans
from hub.code.tokens import grouped
from schema.reporting_enums import ReportKind, ReportState
from tests.acts.hall import BAKER, BAKERY, GRAIN, OWNER
from tests.code.floor import apply, display, step

PIXEL = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")
).decode()
LISTED = "{ total codes { uscc token name status department displayedDays scans } }"
LIFE = f'{{ codeLife(uscc: "{GRAIN}") {{ kind outcome note places token person department role reason {{ code remedy }} }} }}'
SIGNS = f'{{ codeSigns(uscc: "{GRAIN}") {{ reports openReports places copied scansWhileStopped }} }}'


async def listed(floor, who, arguments=""):
    """The codes that somebody finds."""
    data = await floor.hall.act(who, f"{{ honestyCodes{arguments} {LISTED} }}", None)
    return data["honestyCodes"]


async def life(floor, who):
    """What was done to the code, the newest first."""
    return (await floor.hall.act(who, LIFE, None))["codeLife"]


def scanned(floor, code, scans, day="2026-11-23", place=""):
    """Have a code scanned."""
    floor.hall.world.hub.database.acting(lambda c: add_scans(c, {Scan(code, day, "PUBLIC", place): scans}))


async def test_codes_are_found_by_what_somebody_types(floor):
    """Part of a name, the beginning of a code, a token in any writing, what a phone read; also the one before the last."""
    code = await floor.issued()
    await floor.hall.act(floor.hall.clerk, display(["门头"]))
    scanned(floor, code["id"], 7)
    scanned(floor, code["id"], 5, "2026-09-01")
    found = await listed(floor, floor.office)
    for text in ("金穗", GRAIN[:9], grouped(code["token"]).lower(), code["url"], code["token"][:5]):
        assert await listed(floor, floor.office, f'(filter: {{ text: "{text}" }})') == found, text
    (only,) = found["codes"]
    assert only | {"token": ""} == {
        "uscc": GRAIN,
        "token": "",
        "name": "肇东市金穗食品有限公司",
        "status": "VALID",
        "department": "hall",
        "displayedDays": 1,
        "scans": 7,
    }
    await floor.hall.act(floor.office, step("reissueCode"))
    found = await listed(floor, floor.office, f'(filter: {{ text: "{code["token"]}" }})')
    assert found["total"] == 1
    assert (await listed(floor, floor.office, '(filter: { text: "100%" })'))["total"] == 0


async def test_they_are_filtered_sorted_and_paged_in_the_store(floor):
    """State, issuer, counter; what has no such day is last both ways."""
    first, second = await floor.issued(), await floor.issued(BAKERY, BAKER)
    await floor.hall.act(floor.hall.clerk, display(["门头"], BAKERY))
    await floor.hall.act(floor.office, step("suspendCode"))
    for given, tokens in (
        ("(filter: { status: SUSPENDED })", [first]),
        ('(filter: { issuer: LOCAL, department: "hall", status: VALID })', [second]),
        ('(filter: { department: "credit" })', []),
        ("(sort: DISPLAYED_SINCE, descending: true)", [second, first]),
        ("(sort: DISPLAYED_SINCE, descending: false)", [second, first]),
        ("(sort: DISPLAYED_SINCE, first: 1, skip: 1)", [first]),
    ):
        found = await listed(floor, floor.office, given)
        assert [one["token"] for one in found["codes"]] == [one["token"] for one in tokens], given
    assert (await listed(floor, floor.office))["total"] == 2
    scanned(floor, first["id"], 3)
    assert (await listed(floor, floor.office, "(sort: SCANS)"))["codes"][0]["token"] == first["token"]


@pytest.mark.parametrize("given", ["(first: 0)", "(first: 101)", "(skip: 100001)", "(skip: -1)"])
async def test_a_page_has_its_bounds(small, given):
    """A clear answer, whatever is asked."""
    assert await small.hall.refused(small.office, f"{{ honestyCodes{given} {LISTED} }}") == "BAD_USER_INPUT"


async def test_a_merchant_finds_their_own_alone(small):
    """And is told neither of others' lives, signs nor photos, nor who in an office did something."""
    merchant = await small.merchant()
    await small.issued()
    await small.issued(BAKERY, BAKER)
    assert [one["uscc"] for one in (await listed(small, merchant))["codes"]] == [GRAIN]
    assert (await life(small, merchant))[0]["person"] is None
    for root in ("codeLife", "codeSigns"):
        question = f'{{ {root}(uscc: "{BAKERY}") {{ __typename }} }}'
        assert await small.hall.refused(merchant, question) == "CODE_NOT_YOURS"
    assert await small.hall.refused(merchant, f'{{ codePhoto(uscc: "{BAKERY}", digest: "0") }}') == "CODE_NOT_YOURS"


async def test_the_life_says_who_and_why(floor):
    """Each step with its reason, places, and the token it led to; a refusal with its remedy, though there is no code then."""
    floor.hall.register(GRAIN, ZT="SUSPENDED")
    await floor.hall.act(floor.hall.clerk, apply(representative=OWNER))
    floor.hall.register(GRAIN, ZT="ACTIVE")
    code = await floor.issued()
    await floor.hall.act(floor.hall.clerk, display(["门头", "收银台"]))
    await floor.hall.act(floor.office, step("suspendCode", reason="核对门牌"))
    await floor.hall.act(floor.office, step("resumeCode", reason="已核对"))
    again = (await floor.hall.act(floor.office, step("reissueCode", reason="门牌被盗")))["reissueCode"]["code"]
    steps = await life(floor, floor.office)
    assert [(one["kind"], one["outcome"], one["note"]) for one in steps] == [
        ("REISSUE", "GRANTED", "门牌被盗"),
        ("RESUME", "GRANTED", "已核对"),
        ("SUSPEND", "GRANTED", "核对门牌"),
        ("DISPLAY", "GRANTED", None),
        ("APPLIED", "GRANTED", None),
        ("APPLIED", "REFUSED", None),
    ]
    assert steps[3]["places"] == ["门头", "收银台"]
    assert (steps[0]["token"], steps[1]["token"]) == (again["token"], code["token"])
    assert (steps[0]["department"], steps[0]["role"]) == ("credit", "CREDIT_OFFICE")
    assert steps[0]["person"] == floor.hall.accounts["office"].id
    assert steps[5]["reason"]["code"] == "TRADING_SUSPENDED"
    assert steps[5]["reason"]["remedy"]


async def test_what_the_hub_does_by_itself_is_a_step_of_nobody(small):
    """It followed the register, and says what to do."""
    await small.issued()
    small.hall.register(GRAIN, ZT="REVOKED")
    await small.house.keeper.look()
    newest = (await life(small, small.office))[0]
    assert (newest["kind"], newest["person"], newest["role"]) == ("SUSPEND", None, None)
    assert newest["reason"]["code"] == "REVOKED"


async def test_each_is_shown_what_they_may_do(small):
    """The office all of it, whoever serves the shop what is the shop's own, another department's steward nothing."""
    await small.issued()
    question = f'{{ honestyCode(uscc: "{GRAIN}") {{ steps }} }}'
    merchant = await small.merchant()

    async def steps(who):
        return (await small.hall.act(who, question, None))["honestyCode"]["steps"]

    assert await steps(small.office) == ["DISPLAY", "SUSPEND", "REVOKE", "REISSUE", "CANCEL"]
    assert await steps(merchant) == await steps(small.hall.clerk) == ["DISPLAY", "REISSUE", "CANCEL"]
    assert await steps(small.stranger) == []
    await small.hall.act(small.office, step("revokeCode"))
    assert await steps(small.office) == ["REISSUE", "CANCEL"]
    assert await steps(merchant) == ["CANCEL"]


async def test_a_photo_is_shown_and_that_is_on_record(small):
    """To those who look after the code; by its digest, and none by another."""
    await small.issued()
    await small.hall.act(small.hall.clerk, display(["门头"], photo=PIXEL))
    digest = (await small.hall.act(small.office, LIFE.replace("note", "photoDigest"), None))["codeLife"][0][
        "photoDigest"
    ]

    async def photo(which):
        question = f'{{ codePhoto(uscc: "{GRAIN}", digest: "{which}") }}'
        return (await small.hall.act(small.office, question, None))["codePhoto"]

    assert base64.b64decode(await photo(digest)).startswith(b"\x89PNG")
    assert await photo("0" * 64) is None
    seen = small.hall.acts("CODE_PHOTO_SEEN")
    assert [entry["told"]["photo"] for entry in seen] == [digest]


async def test_signs_of_a_copied_plate(floor):
    """Reports from several places, one that was found true, scans of a code that is stopped."""
    code = await floor.issued()
    moment = floor.hall.world.hub.gateway.clock.moment()
    vault = floor.hall.world.hub.attendant.vault

    def report(connection):
        reports, filed_all = Reports(connection, vault), []
        for number, place in enumerate(("正阳街 1 号", "正阳街1号", "长青路")):
            saw = Saw(bytes([number]) * 32, ReportKind.ELSEWHERE, place, token=code["token"])
            filed, _ = reports.file(saw, moment)
            filed_all.append(filed)
        reports.settle(filed_all[-1], ReportState.CONFIRMED, "", ("x", moment.second))

    floor.hall.world.hub.database.acting(report)
    await floor.hall.act(floor.office, step("suspendCode"))
    scanned(floor, code["id"], 4, date(2026, 11, 23).isoformat())
    assert (await floor.hall.act(floor.office, SIGNS, None))["codeSigns"] == {
        "reports": 3,
        "openReports": 2,
        "places": 2,
        "copied": True,
        "scansWhileStopped": 4,
    }


async def test_a_street_is_looked_at_before_it_is_brought(floor):
    """Each row with what can be said of it; nothing is kept, and no register asked."""
    await floor.issued()
    csv = f"统一社会信用代码,已签承诺,亮码位置\n{BAKERY},是,门头;餐桌\n{GRAIN},是,\n{BAKERY},否,\n123,是,\n"
    question = "query ($csv: String!) { streetPreview(csv: $csv) { total ready known rejected rows { line uscc outcome name places reason { code remedy } } } }"
    found = (await floor.hall.act(floor.hall.clerk, question, None, variables={"csv": csv}))["streetPreview"]
    assert {name: found[name] for name in ("total", "ready", "known", "rejected")} == {
        "total": 4,
        "ready": 1,
        "known": 1,
        "rejected": 2,
    }
    assert [(one["line"], one["outcome"]) for one in found["rows"]] == [
        (2, None),
        (3, "KNOWN"),
        (4, "REJECTED"),
        (5, "REJECTED"),
    ]
    assert found["rows"][0]["places"] == ["门头", "餐桌"]
    assert found["rows"][1]["name"] == "肇东市金穗食品有限公司"
    assert [one["reason"]["code"] for one in found["rows"][2:]] == ["COMMITMENT_MISSING", "NOT_A_CODE"]
    assert floor.hall.rows("SELECT count(*) FROM code_batches") == [(0,)]


async def test_an_application_is_looked_at_beforehand(small):
    """How the entity is called, and why it would not be granted; nothing comes of it, and a merchant asks for their own alone."""
    ask = 'mutation {{ checkCode(uscc: "{}") {{ name pending reason {{ code remedy }} }} }}'
    found = (await small.hall.act(small.hall.clerk, ask.format(GRAIN)))["checkCode"]
    assert found == {"name": "肇东市金穗食品有限公司", "pending": False, "reason": None}
    unknown = (await small.hall.act(small.hall.clerk, ask.format("91231282MA9X7KL69M")))["checkCode"]
    assert (unknown["name"], unknown["reason"]["code"]) == (None, "ENTITY_UNKNOWN")
    await small.issued()
    await small.hall.act(small.office, step("suspendCode"))
    stopped = (await small.hall.act(small.hall.clerk, ask.format(GRAIN)))["checkCode"]
    assert stopped["reason"]["code"] == "STOPPED"
    assert await small.hall.refused(await small.merchant(), ask.format(BAKERY)) == "CODE_NOT_YOURS"
    assert [entry["outcome"] for entry in small.hall.acts("CODE_CHECKED")] == ["GRANTED", "REFUSED", "REFUSED"]
    assert small.hall.rows("SELECT count(*) FROM honesty_codes") == [(1,)]
