"""What the pages show and do, by the gateway."""

import re

import pytest

from hub.console.asking import RefusedError
from hub.console.drafting import read_pasted
from hub.events import DECLARED, Who
from hub.notices.leading import LEADS, page_of
from tests.exchange.bureau import PHONE, answering, asking
from tests.notices.test_wording import fitting

MATRIX = "/console/matrix?role=CLERK&purpose=SERVICE"
ONCE = re.compile(r'class="once code" data-copy>([^<]+)<')


def draft(*fields):
    """The form of a draft in which everything is filled in."""
    told = {
        "department": "hall",
        "role": "CLERK",
        "purpose": "SERVICE",
        "filter": "all",
        "basis": "行政许可法",
        "reason": "核对",
    }
    return {**told, "field": list(fields), "page": "/console/matrix/draft?fields=" + ",".join(fields)}


async def test_a_cell_says_what_it_is_and_why(cabin):
    """As the simulator has it, with the grants that give it."""
    seat = cabin.seat("sec")
    page = (await seat.get(MATRIX)).text
    cell = re.search(r'data-kind="(\w[\w-]*)" data-field="Entity.name"', page.partition('data-department="hall"')[2])
    assert cell is not None
    assert cell[1] == "held"
    part = await seat.get(
        "/console/matrix/why?role=CLERK&purpose=SERVICE&department=hall&field=Entity.name",
        headers={"hx-request": "true"},
    )
    assert "<html" not in part.text
    assert "政务大厅" in part.text
    assert "没有人以此角色、用途查询过" in part.text
    asked = '{ entity(uscc: "91231282MA9X0A019P") { name } }'
    await cabin.bureau.hall.ask(cabin.bureau.someone("clerk"), asked, None, headers={"hub-purpose": "SERVICE"})
    why = "/console/matrix/why?role=CLERK&purpose=SERVICE&department=hall&field=Entity.name"
    assert re.search(r"最近查询.*counter", (await seat.get(why)).text, re.DOTALL)


async def test_every_sign_of_the_matrix_is_explained(cabin):
    """Also a state that is not among the usual ones: the legend has it where it is drawn."""
    page = (await cabin.seat("sec").get("/console/matrix?role=CLERK&purpose=CREDIT")).text
    legend, _, table = page.partition("<table")
    explained = set(re.findall(r"<b>(.)</b></span>", legend))
    drawn = set(re.findall(r"<b>(.)</b></a>", table))
    assert "他" in drawn
    assert drawn <= explained
    assert "隐" not in explained


async def test_from_a_key_press_to_a_grant(cabin):
    """A clerk drafts and submits, the owner agrees on one page, security sees numbers and releases; the cell is held."""
    clerk = cabin.seat("clerk")
    made = await clerk.post("/console/matrix/draft", **draft(PHONE))
    assert made.status_code == 303, made.text
    page = made.headers["location"]
    assert (await clerk.post(page, act="submit")).status_code == 303
    steward = cabin.seat("steward-registrar")
    assert page in (await steward.get("/console")).text
    assert (await steward.post(page, act="approve")).status_code == 303
    security = cabin.seat("sec")
    shown = (await security.get(page)).text
    assert "将影响 1 组部门与角色" in shown
    refused = await security.post(page, act="release")
    assert refused.status_code == 400
    assert "NOT_CONFIRMED" in refused.text
    assert (await security.post(page, act="release", checked="1")).status_code == 303
    assert "已核准" in (await security.get(page)).text
    matrix = (await security.get(MATRIX)).text.partition('data-department="hall"')[2]
    assert re.search(rf'data-kind="held" data-field="{PHONE}"', matrix)


async def test_a_draft_that_is_refused_keeps_what_was_filled_in(cabin):
    """The sentence of the gateway on top, with a way to the field."""
    told = draft(PHONE) | {"basis": "x", "reason": "核对联系人"}
    found = await cabin.seat("clerk").post("/console/matrix/draft", **told)
    assert found.status_code == 400
    assert 'href="#basis"' in found.text
    assert "核对联系人" in found.text


async def test_what_a_request_would_change_is_drawn_in_the_matrix(cabin):
    """Before it takes effect; the cell tells what it was."""
    number = await cabin.bureau.asked()
    page = (await cabin.seat("sec").get(f"{MATRIX}&request={number}")).text
    assert re.search(rf'data-field="{PHONE}"[^>]*data-changed', page)


async def test_a_refusal_without_basis_is_not_taken(cabin):
    """The gateway says so, and the request waits on."""
    number = await cabin.bureau.asked()
    seat = cabin.seat("steward-registrar")
    found = await seat.post(f"/console/requests/{number}", act="reject")
    assert found.status_code == 400
    assert (await cabin.bureau.seen("clerk", number))["state"] == "SUBMITTED"


async def test_the_printed_form_is_sent_with_its_own_policy(cabin):
    """Its style is allowed by its hash, and nothing else is."""
    number = await cabin.bureau.asked()
    found = await cabin.seat("sec").get(f"/console/requests/{number}/form")
    assert "数据共享审批表" in found.text
    assert re.search(r"style-src 'sha256-[\w+/=]+';", found.headers["content-security-policy"])


async def test_a_replay_is_kept_and_goes_on_where_it_was(cabin):
    """Whoever comes back finds it; audit looks on, and only security goes on with it."""
    asked = '{ entity(uscc: "91231282MA9X0A019P") { name contactPhone } }'
    hall, who = cabin.bureau.hall, cabin.bureau.someone("clerk")
    for _ in range(3):
        await hall.ask(who, asked, None, headers={"hub-purpose": "SERVICE"})
    number = await cabin.bureau.asked()
    page, security = f"/console/requests/{number}", cabin.seat("sec")
    assert "开始重放" in (await security.get(page)).text
    made = await security.post(f"{page}/replay", page=page, days="7", key="c" * 32)
    assert made.headers["location"] == f"{page}#replay"
    shown = (await security.get(page)).text
    assert re.search(r">多答.*?<dd>3</dd>", shown, re.DOTALL)
    assert re.search(r"Entity\.contactPhone</span>[^<]*× 3", shown)
    for seat, goes_on in ((security, True), (cabin.seat("auditor"), False)):
        assert (f'action="{page}/replay"' in (await seat.get(page)).text) is goes_on
    part = await security.post(f"{page}/replay", {"hx-request": "true"}, page=page, days="7", key="d" * 32)
    assert "<html" not in part.text
    assert [one["outcome"] for one in hall.acts("REQUEST_REPLAYED")] == ["DONE", "DONE"]


async def test_what_took_effect_is_taken_back_by_two_people(cabin):
    """Numbers first, then a draft whose changes are drawn, then another person releases it."""
    number = (await cabin.bureau.released())["number"]
    clerk = cabin.seat("clerk")
    assert "终止新增的 1 项授权" in (await clerk.get(f"/console/requests/{number}")).text
    made = await clerk.post(f"/console/requests/{number}", act="undo", basis="误申请")
    assert made.status_code == 303, made.text
    back = made.headers["location"]
    assert back != f"/console/requests/{number}"
    assert (await clerk.post(back, act="submit")).status_code == 303
    security = cabin.seat("sec")
    assert (await security.post(back, act="release", checked="1")).status_code == 303
    again = await clerk.post(f"/console/requests/{number}", act="undo", basis="误申请")
    assert again.status_code == 400
    assert "已无可撤销的变更" in again.text


async def test_security_freezes_what_came_of_a_request(cabin):
    """One press stops all its grants, and is undone by a thaw."""
    number = (await cabin.bureau.released())["number"]
    seat = cabin.seat("sec")
    assert (await seat.post(f"/console/requests/{number}", act="stop", basis="发现异常")).status_code == 303
    assert len(cabin.bureau.hall.acts("FROZEN")) == 1


async def test_a_secret_is_shown_once(cabin):
    """In the answer to the form, and never again, not even for the same form sent again; it opens the client."""
    seat = cabin.seat("admin")
    first = await seat.post("/console/clients/dev", act="secret", key="b" * 32)
    second = await seat.post("/console/clients/dev", act="secret", key="b" * 32)
    secret = ONCE.search(first.text)
    assert secret is not None
    assert ONCE.search(second.text) is None
    assert len(cabin.bureau.hall.acts("SECRET_ADDED")) == 1
    hall = cabin.bureau.hall
    body = {"grant_type": "client_credentials"}
    token = await hall.world.client.post("/oauth/token", data=body, auth=("dev", secret[1]))
    assert token.status_code == 200


async def test_a_client_is_registered_by_its_form(cabin):
    """With what was ticked; a refusal keeps it."""
    seat = cabin.seat("admin")
    told = {"id": "new-desk", "label": "新窗口", "department": "hall", "role": "CLERK", "purpose": ["SERVICE"]}
    assert (await seat.post("/console/clients", **told)).headers["location"] == "/console/clients/new-desk"
    refused = await seat.post("/console/clients", **told | {"signIn": "1"})
    assert refused.status_code == 400
    assert "新窗口" in refused.text.partition("<details")[2]


async def test_a_secret_that_is_withdrawn_opens_nothing(cabin):
    """The page lists ids and days, and never a secret."""
    seat, hall = cabin.seat("admin"), cabin.bureau.hall
    shown = await seat.post("/console/clients/dev", act="secret")
    secret = ONCE.search(shown.text)
    page = (await seat.get("/console/clients/dev")).text
    credential = re.search(r'name="credential" value="(\w+)"', page)
    assert secret is not None
    assert credential is not None
    assert secret[1] not in page
    assert (await seat.post("/console/clients/dev", act="withdraw", credential=credential[1])).status_code == 303
    body = {"grant_type": "client_credentials"}
    assert (await hall.world.client.post("/oauth/token", data=body, auth=("dev", secret[1]))).status_code == 401
    assert (await seat.post("/console/clients/dev", act="withdraw", credential="0" * 16)).status_code == 400


@pytest.mark.parametrize(("client", "code"), [("security", "OFFICE_NEEDS_TWO"), ("nobody", "BAD_USER_INPUT")])
async def test_no_secret_for_an_office(cabin, client, code):
    """Whoever saw it would hold that office."""
    text = f'mutation {{ giveClientSecret(id: "{client}") {{ secret }} }}'
    assert await cabin.bureau.hall.refused(cabin.bureau.someone("admin"), text) == code


async def test_lists_filter_sort_and_page_by_their_address(cabin):
    """On the server: the same without a script."""
    seat = cabin.seat("admin")
    found = re.findall(
        r'href="/console/people/\w+">([\w-]+)<', (await seat.get("/console/people?role=STEWARD&sort=-username")).text
    )
    assert found == sorted(found, reverse=True)
    assert {name.partition("-")[0] for name in found} == {"steward"}
    assert "没有符合条件的账号" in (await seat.get("/console/people?q=nobody-at-all")).text
    assert (await seat.get("/console/catalogue?page=99999999")).status_code == 200


async def test_every_grant_goes_out_as_a_sheet_and_comes_in_the_same(cabin):
    """What is exported is previewed without a change."""
    seat = cabin.seat("sec")
    sheet = (await seat.get("/console/matrix/grants.csv")).content.decode("utf-8-sig")
    page = await seat.post("/console/matrix/sheet", act="preview", sheet=sheet)
    assert page.status_code == 200, page.text
    assert "无变化" in page.text
    assert "新增" not in page.text.partition("<table")[2]


@pytest.mark.parametrize("text", ["", "部门\t角色", "部门,无此列\nhall,1"])
def test_what_is_no_sheet_is_refused(text):
    """Without rows, or with a head that is not known."""
    with pytest.raises(RefusedError):
        read_pasted(text)


def test_pasted_cells_are_read_by_their_heads():
    """From a spreadsheet by tabs; an apostrophe in front of a formula goes, told columns are left out."""
    assert read_pasted("部门\trole\t状态\nhall\t'=CLERK\t有效\n") == [{"department": "hall", "role": "=CLERK"}]


async def test_home_lists_what_waits_and_nothing_else(cabin):
    """For a steward what their department has to answer; when it is answered it is gone."""
    number = await cabin.bureau.asked()
    assert number in (await cabin.seat("steward-registrar").get("/console")).text
    assert number not in (await cabin.seat("sec").get("/console")).text
    await cabin.bureau.do("steward-registrar", answering(number, "registrar"))
    assert f"/console/requests/{number}" in (await cabin.seat("sec").get("/console")).text
    await cabin.bureau.do("clerk", asking(reason="另一件", more=", draft: true"))


async def test_a_deputy_acts_for_somebody_until_they_say_otherwise(cabin):
    """In that one's role, under a line that says so; when it has ended they are themselves again, without an error."""
    bureau = cabin.bureau
    steward, deputy = (bureau.hall.accounts[name] for name in ("steward-registrar", "steward-registrar-two"))
    told = {"deputy": "steward-registrar-two", "from": "2026-11-23", "until": "2026-12-01", "reason": "出差"}
    told["from"] = bureau.hall.world.now.date().isoformat()
    made = await cabin.seat("steward-registrar").post("/console/deputies", **told)
    assert made.status_code == 303, made.text
    seat = cabin.seat("steward-registrar-two")
    assert "代其办理" in (await seat.get("/console/deputies")).text
    chosen = await seat.post("/console/deputies", act="act_for", principal=steward.id)
    assert f"hub_acting_for={steward.id}" in chosen.headers["set-cookie"]
    seat.cookie = f"{seat.cookie}; hub_acting_for={steward.id}"
    assert "您正代他人办理" in (await seat.get("/console")).text
    seat.cookie = seat.cookie.replace(steward.id, deputy.id)
    stale = await seat.get("/console")
    assert stale.status_code == 303
    assert "hub_acting_for=" in stale.headers["set-cookie"]


async def test_a_request_names_people_to_those_who_may_see_them(cabin):
    """Name of the account and department, on the page and on paper; nobody else reads more than an id."""
    bureau = cabin.bureau
    number = await bureau.asked()
    await bureau.agreed(number, "registrar")
    pages = (f"/console/requests/{number}", f"/console/requests/{number}/form")
    asked, answered = (bureau.hall.accounts[name].id for name in ("clerk", "steward-registrar"))
    for page in pages:
        shown = (await cabin.seat("auditor").get(page)).text
        assert ("clerk · 政务大厅" in shown, "steward-registrar · 登记机关" in shown) == (True, True)
        assert (asked in shown, answered in shown) == (False, False)
        for name in ("sec", "steward-registrar"):
            hidden = (await cabin.seat(name).get(page)).text
            assert asked in hidden
            assert "clerk · 政务大厅" not in hidden


SEATS = {
    Who.SEC: "sec",
    Who.AUDIT: "auditor",
    Who.ADMIN: "admin",
    Who.STEWARDS: "steward-registrar",
    Who.PERSON: "clerk",
}


async def test_a_notice_leads_to_a_page_that_opens(cabin):
    """Of every event, for each who is told of it: there is such a page, and it is of their office."""
    roles = {name: cabin.bureau.hall.accounts[name].role.value for name in SEATS.values()}
    told = {(event, SEATS[who]) for event in LEADS for who in DECLARED[event].to if who in SEATS}
    led = {(name, page_of(event.value, fitting(event), "PERSON", roles[name])) for event, name in told}
    pages = sorted((name, page.partition("#")[0]) for name, page in led if page)
    assert len(pages) > 15
    for name, page in pages:
        shown = await cabin.seat(name).get(page)
        # The number is of nothing that is there, and that is all that may be said against it.
        assert shown.status_code in {200, 400, 404}, (name, page)
        assert "管理台" in shown.text, (name, page)


async def test_home_leads_on_from_a_notice(cabin):
    """By the page that the notice has."""
    number = await cabin.bureau.asked()
    await cabin.bureau.hall.delivered()
    home = (await cabin.seat("steward-registrar").get("/console")).text
    assert f'<a href="/console/requests/{number}">有新的申请</a>' in home
