"""Codes of another issuer beside the city's own: one code a shop, whoever issued it."""

import pytest
from sqlalchemy import update

from hub.code.lifecycle import Why
from hub.code.lookup import find_code
from hub.code.shops import Shop, judge
from hub.settings_code import CodeTable, Issuing
from hub.store.code_tables import honesty_codes
from schema.enums import CodeIssuer, RegistrationStatus
from tests.acts.hall import BAKERY, GRAIN, OWNER
from tests.code.floor import apply, open_floor, step

TOKEN = "HL23ABCDEFGHJKLMNPQR"
PARSER = """issuer = "{issuer}"

[[code.parser]]
name = "province"
label = "省级码"
pattern = 'https://p\\.example/c/(?P<token>[0-9A-Za-z_]+)'
"""
PROVINCE = f"""
[[source]]
name = "province"
kind = "memory"
department = "justice"
label = "省级赋码平台"

[[source.record]]
record = "HonestyCode"
local = "id"
keys = {{ uscc = "uscc" }}
rows = [ {{ id = "P1", uscc = "{GRAIN}", token = "{TOKEN}", status = "VALID" }} ]
columns = {{ token = "token", status = {{ column = "status", codes = {{ VALID = "VALID" }} }} }}
"""
QUESTION = f'{{ entity(uscc: "{GRAIN}") {{ code {{ token provenance {{ source }} }} }} }}'


def floor_of(tmp_path, issuer):
    """A floor beside the province's register."""
    return open_floor(tmp_path, PARSER.format(issuer=issuer), lambda written: written + PROVINCE)


async def test_a_code_of_the_province_goes_on(tmp_path):
    """No second one is issued beside it; adopted, it can be displayed, printed and stopped here, and says what it said."""
    async with floor_of(tmp_path, "both") as floor:
        refused = (await floor.hall.act(floor.hall.clerk, apply(representative=OWNER)))["applyCode"]
        assert refused["reason"]["code"] == "PROVINCIAL_CODE"
        given = {"representative": OWNER, "code": f"https://p.example/c/{TOKEN}"}
        done = (await floor.hall.act(floor.hall.clerk, apply(**given)))["applyCode"]
        assert done["code"]["token"] == TOKEN
        assert floor.found(TOKEN).issuer is CodeIssuer.PROVINCIAL
        assert (await floor.get(f"/c/{TOKEN}.svg")).status_code == 200
        assert (await floor.get(f"/C/{TOKEN}/kit/door.pdf")).status_code == 200
        found = (await floor.hall.act(floor.office, QUESTION, None))["entity"]["code"]
        assert found == {"token": TOKEN, "provenance": {"source": "省级赋码平台"}}
        await floor.hall.act(floor.office, step("cancelCode"))
        assert (await floor.hall.act(floor.hall.clerk, apply(**given)))["applyCode"]["code"]["token"] == TOKEN


async def test_a_plate_of_the_province_that_the_city_gave_up_stays_the_provinces(tmp_path):
    """Its page says whose plate it is instead of that it ended, and leads to the page of the shop where it has another."""
    async with floor_of(tmp_path, "both") as floor:
        given = {"representative": OWNER, "code": f"https://p.example/c/{TOKEN}"}
        await floor.hall.act(floor.hall.clerk, apply(**given))
        await floor.hall.act(floor.office, step("cancelCode"))
        page = await floor.get(f"/c/{TOKEN}")
        assert page.status_code == 200
        assert "本市不再登记这张码" in page.text
        assert "打开这家店现在的页面" not in page.text
        await floor.hall.act(floor.hall.clerk, apply(**given))
        again = (await floor.hall.act(floor.office, step("reissueCode")))["reissueCode"]["code"]["token"]
        page = await floor.get(f"/c/{TOKEN}")
        assert page.status_code == 200
        assert f'href="/c/{again}"' in page.text
        assert (await floor.get(f"/c/{TOKEN}/kit")).status_code == 409


async def test_a_plate_that_was_given_up_and_holds_in_the_province_has_the_page_of_its_shop(tmp_path):
    """Where its register is asked: nobody is told that a code ended which hangs there rightly."""
    parser = PARSER.replace("'https://p\\.example/c/", "'(?:https://p\\.example/c/)?")
    more = parser.format(issuer="both")
    async with open_floor(tmp_path, more, lambda written: written + PROVINCE) as floor:
        await floor.hall.act(floor.hall.clerk, apply(representative=OWNER, code=f"https://p.example/c/{TOKEN}"))
        await floor.hall.act(floor.office, step("cancelCode"))
        page = await floor.get(f"/c/{TOKEN}")
        assert page.status_code == 200
        assert "本市不再登记这张码" not in page.text
        assert "肇东市金穗食品有限公司" in page.text


async def test_a_plate_that_the_province_gave_to_somebody_else_is_theirs(tmp_path):
    """Under their name, with nothing of the shop that had it here before."""
    parser = PARSER.replace("'https://p\\.example/c/", "'(?:https://p\\.example/c/)?")
    more = parser.format(issuer="both")
    async with open_floor(tmp_path, more, lambda written: written + PROVINCE) as floor:
        await floor.hall.act(floor.hall.clerk, apply(representative=OWNER, code=f"https://p.example/c/{TOKEN}"))
        await floor.hall.act(floor.office, step("cancelCode"))
        before = update(honesty_codes).values(entity=BAKERY, name="从前的店")
        floor.hall.store(lambda ledger: ledger.connection.execute(before))
        page = await floor.get(f"/c/{TOKEN}")
        assert page.status_code == 200
        assert "<h1>肇东市金穗食品有限公司</h1>" in page.text
        assert "从前的店" not in page.text


async def test_what_is_not_this_entitys_is_not_adopted(tmp_path):
    """Another one's, one that no symbol of the hub could say, one that looks like the hub's own."""
    async with floor_of(tmp_path, "both") as floor:
        for token in ("HL23ABCDEFGHJKLMNPQS", "abc", "A_B_C_D", "A" * 25, "7J67RW275RJDCK835G"):
            query = apply(representative=OWNER, code=f"https://p.example/c/{token}")
            body = (await floor.hall.ask(floor.hall.clerk, query)).json()
            codes = [error["extensions"]["code"] for error in body.get("errors", [])]
            assert codes == ["BAD_USER_INPUT"] or body["data"]["applyCode"]["reason"]["code"] == "FOREIGN_CODE"
        assert floor.hall.rows("SELECT count(*) FROM honesty_codes") == [(0,)]


async def test_whatever_is_scanned_leads_to_the_code(tmp_path):
    """The hub's own in each of its forms, the province's, an enterprise's or licence's by its code; a number alone to none."""
    parsers = """issuer = "both"
[[code.parser]]
name = "province"
label = "省级码"
pattern = 'https://p\\.example/c/(?P<token>[0-9A-Za-z]+)'
[[code.parser]]
name = "enterprise"
label = "企业码"
pattern = 'QYM:(?P<uscc>[0-9A-Za-z]{18})'
[[code.parser]]
name = "licence"
label = "电子营业执照"
pattern = 'DZZZ:(?P<reg_no>[0-9]{15})'
"""
    async with open_floor(tmp_path, parsers) as floor:
        token, rules = (await floor.issued())["token"], floor.house.rules
        database = floor.hall.world.hub.database

        def behind(text):
            found = rules.read(text)
            return None if found is None else database.reading(lambda connection: find_code(connection, found))

        for text in (
            rules.address.page(token),
            rules.address.plain(token),
            f"{rules.address.plain(token)}/B/LOT-1",
            token.lower(),
            f"QYM:{GRAIN.lower()}",
        ):
            assert behind(text).token == token, text
        for text in (
            "DZZZ:231282600012345",
            f"https://p.example/c/{TOKEN}",
            "QYM:92231282MA9X0B02XT",
            "",
            "x" * 600,
            "https://evil.example/c/" + token,
        ):
            assert behind(text) is None, text


@pytest.mark.parametrize(
    ("issuer", "adopted", "provincial", "why"),
    [
        (Issuing.LOCAL, None, TOKEN, None),
        (Issuing.LOCAL, TOKEN, TOKEN, Why.FOREIGN_CODE),
        (Issuing.PROVINCIAL, None, None, Why.ISSUED_BY_PROVINCE),
        (Issuing.PROVINCIAL, TOKEN, TOKEN, None),
        (Issuing.BOTH, None, None, None),
        (Issuing.BOTH, None, TOKEN, Why.PROVINCIAL_CODE),
        (Issuing.BOTH, TOKEN, "HL23OTHER", Why.FOREIGN_CODE),
    ],
)
def test_who_issues_is_configuration(issuer, adopted, provincial, why):
    """Local, the province, or both."""
    shop = Shop("样例店", RegistrationStatus.ACTIVE, frozenset(), provincial)
    assert judge(GRAIN, shop, CodeTable(department="credit", issuer=issuer), adopted) is why


def test_whoever_looks_like_a_citizen_gets_none():
    """Nor does an entity of which the register tells no state, or that it does not know."""
    table = CodeTable(department="credit")
    assert judge("230102199003077735", Shop("样例", RegistrationStatus.ACTIVE), table) is Why.LOOKS_LIKE_CITIZEN_ID
    assert judge(GRAIN, Shop("样例", None), table) is Why.STATE_UNKNOWN
    assert judge(GRAIN, None, table) is Why.ENTITY_UNKNOWN
