"""The section of codes: what each visitor finds, does and reads, through the pages."""

import base64
import re
from datetime import timedelta

import pytest

from hub.code.tokens import grouped, make_token
from hub.console.code_figures import figures_of
from tests.acts.hall import GRAIN, OWNER, delegate, vouch
from tests.code.test_looked_after import PIXEL
from tests.console.booth import APPLY, TODAY, filled, token_of


async def test_a_counter_applies_and_the_code_is_there_at_once(booth):
    """Who the entity is, the name on the card, who signed, the commitment in full; then its page says what can be done next."""
    clerk = booth.seat("clerk")
    page = (await clerk.post(APPLY, uscc=GRAIN, act="check")).text
    assert "肇东市金穗食品有限公司" in page
    assert "当场赋码。" in page
    assert booth.hall.rows("SELECT count(*) FROM honesty_codes") == [(0,)]
    assert len(booth.hall.acts("CODE_CHECKED")) == 1
    assert "本经营主体自愿申领" in page
    assert 'name="authorised"' in page
    token = await booth.issued()
    shown = (await clerk.get(f"/console/codes/{token}?done=APPLIED")).text
    assert grouped(token) in shown
    assert re.findall(r"/do/(\w+)", shown) == ["display", "reissue", "cancel"]
    assert "此主体已有码" in (await clerk.get(f"{APPLY}?uscc={GRAIN}")).text


@pytest.mark.parametrize(
    ("given", "said", "field"),
    [
        ({"representative": "别人"}, "REPRESENTATIVE_DIFFERS", "representative"),
        ({"committed": ""}, "COMMITMENT_REQUIRED", "committed"),
        ({"uscc": "123"}, "USCC_FORMAT", "uscc"),
    ],
)
async def test_a_mistake_at_the_counter_loses_nothing(booth, given, said, field):
    """The sentence on top leads to its field, and what was filled in stands there."""
    form = filled(authorised="代签人", **given)
    found = await booth.seat("clerk").post(APPLY, page=f"{APPLY}?uscc={GRAIN}", **form)
    assert found.status_code == 400
    assert said in found.text
    assert f'href="#{field}"' in found.text
    assert 'value="代签人"' in found.text


async def test_what_is_no_code_of_an_entity_is_told_before_anything_is_filled_in(booth):
    """At its field, with what was typed."""
    for text in ("123", "91231282MA9X0A01IP"):
        found = await booth.seat("clerk").post(APPLY, uscc=text, act="check")
        assert found.status_code == 400
        assert 'href="#uscc"' in found.text
        assert f'value="{text}"' in found.text


async def test_a_refusal_says_why_and_what_to_do(booth):
    """With the form; and the next who asks for this entity reads it, too."""
    booth.hall.register(GRAIN, ZT="SUSPENDED")
    clerk = booth.seat("clerk")
    found = await clerk.post(APPLY, page=f"{APPLY}?uscc={GRAIN}", **filled())
    assert found.status_code == 200
    assert "恢复营业并办理登记后再申领" in found.text
    checked = (await clerk.post(APPLY, uscc=GRAIN, act="check")).text
    assert "现在不能赋码" in checked
    assert 'name="representative"' not in checked
    assert "上次申领没有办成" in (await clerk.get(f"{APPLY}?uscc={GRAIN}")).text


async def test_the_list_is_searched_filtered_and_sorted(booth):
    """Each with its state in words; what finds nothing says how to find something; nonsense is no error."""
    token = await booth.issued()
    booth.scanned(token, 12)
    office = booth.seat("office")
    for query in (
        "",
        "q=金穗",
        f"q={token[:6]}",
        f"q={GRAIN}",
        "status=VALID&department=hall",
        "sort=-SCANS",
        "page=x",
    ):
        assert token in (await office.get(f"/console/codes?{query}")).text, query
    page = (await office.get("/console/codes")).text
    assert "有效" in page
    assert 'data-label="30 日扫码">12<' in page
    for query in ("q=没有的店", "status=REVOKED", "department=credit", "page=2"):
        assert "没有符合条件的码" in (await office.get(f"/console/codes?{query}")).text, query
    for query in ("status=NONE", "sort=NONE", "issuer=NONE"):
        assert (await office.get(f"/console/codes?{query}")).status_code == 200


async def test_a_dangerous_act_says_numbers_and_takes_a_tick(booth):
    """Places and scans; without the tick nothing is done and nothing lost, with it the public page says so at once."""
    token = await booth.issued()
    office = booth.seat("office")
    assert (await office.post(f"/console/codes/{token}/do/display", places="门头\n收银台")).status_code == 303
    booth.scanned(token, 60)
    path = f"/console/codes/{token}/do/suspend"
    assert "2 处亮码、近 30 日共 60 次扫码（平均每天 2.0 次）" in (await office.get(path)).text
    refused = await office.post(path, reason="核对门牌")
    assert refused.status_code == 400
    assert 'href="#checked"' in refused.text
    assert "核对门牌</textarea>" in refused.text
    assert (await office.post(path, reason="核对门牌", checked="1")).status_code == 303
    assert "这张码暂停使用" in (await booth.hall.world.client.get(f"/c/{token}")).text
    page = (await office.get(f"/console/codes/{token}")).text
    assert "核对门牌" in page
    assert "信用办" in page
    assert re.findall(r"/do/(\w+)", page) == ["resume", "revoke", "cancel"]


async def test_a_reissued_code_leads_to_what_it_says_now(booth):
    """A clerk is shown a card; the address of the old one leads on."""
    token = await booth.issued()
    clerk, path = booth.seat("clerk"), f"/console/codes/{token}/do/reissue"
    wrong = await clerk.post(path, reason="门牌损坏", representative="别人", checked="1")
    assert wrong.status_code == 400
    assert 'href="#representative"' in wrong.text
    again = token_of(await clerk.post(path, reason="门牌损坏", representative=OWNER, checked="1"))
    assert again != token
    assert (await clerk.get(f"/console/codes/{token}")).headers["location"] == f"/console/codes/{again}"


async def test_acts_that_are_not_ones_own_are_not_there(booth):
    """No button, no form, and no way round by posting."""
    token = await booth.issued()
    clerk = booth.seat("clerk")
    assert (await clerk.get(f"/console/codes/{token}/do/suspend")).status_code == 303
    posted = await clerk.post(
        f"/console/codes/{token}/do/suspend", page="/console/codes/apply", reason="x", checked="1"
    )
    assert posted.status_code in {303, 400}
    assert booth.hall.rows("SELECT status FROM honesty_codes") == [("VALID",)]
    assert booth.hall.acts("CODE_SUSPEND") == []
    assert (await clerk.get(f"/console/codes/{token}/do/approve")).status_code == 404
    assert (await clerk.get(f"/console/codes/{make_token()}")).status_code == 404
    for name in ("sec", "auditor", "dev"):
        assert "/console/codes" not in (await booth.seat(name).get("/console")).text


async def test_a_photo_is_handed_in_and_seen(booth):
    """Where and since when; the photo without what the camera wrote, and that it was looked at is on record."""
    token = await booth.issued()
    office, path = booth.seat("office"), f"/console/codes/{token}/do/display"
    late = await office.post(path, places="门头", since="2027-01-01")
    assert late.status_code == 400
    assert (await office.post(path, places="门头、餐桌", since="2026-11-23", photo=PIXEL)).status_code == 303
    page = (await office.get(f"/console/codes/{token}")).text
    assert "门头、餐桌" in page
    found = re.search(r'href="(/console/codes/\w+/photo/[0-9a-f]{64})"', page)
    assert found is not None
    photo = re.search(r'src="data:image/png;base64,([^"]+)"', (await office.get(found[1])).text)
    assert photo is not None
    assert base64.b64decode(photo[1]).startswith(b"\x89PNG")
    assert len(booth.hall.acts("CODE_PHOTO_SEEN")) == 1
    assert (await office.get(found[1][:-64] + "0" * 64)).status_code == 404


async def test_what_is_printed_and_what_is_not(booth):
    """Every form with its files, packaging with its batch; a suspended code says that nothing is printed, and why."""
    token = await booth.issued()
    office, path = booth.seat("office"), f"/console/codes/{token}/print"
    page = (await office.get(f"{path}?batch=LOT-7")).text
    for name in ("door", "table", "receipt", "banner", "campus"):
        for kind in ("pdf", "svg", "png"):
            assert f'href="/c/{token}/kit/{name}.{kind}"' in page
    assert f'href="/c/{token}/kit/package.pdf?batch=LOT-7"' in page
    preview = await booth.hall.world.client.get(f"/c/{token}/kit/campus.png?preview")
    assert preview.content.startswith(b"\x89PNG")
    assert len(preview.content) < 40_000
    assert booth.hall.acts("CODE_PRINTED") == []
    assert (await office.get(f"{path}?batch=!")).status_code == 400
    await office.post(f"/console/codes/{token}/do/suspend", reason="核对", checked="1")
    stopped = (await office.get(path)).text
    assert "现在不能印制" in stopped
    assert "/kit/door" not in stopped


async def test_scans_are_told_in_figures_and_words(booth):
    """By day and place with a chart and its table; places that are told no more, and reports from several, are said."""
    token = await booth.issued()
    office = booth.seat("office")
    await office.post(f"/console/codes/{token}/do/display", places="门头")
    booth.scanned(token, 5, place="门头")
    booth.scanned(token, 3, TODAY - timedelta(days=40), "餐桌")
    page = (await office.get(f"/console/codes/{token}/scans")).text
    assert "30 日内共 5 次，平均每天 0.2 次；其中 1 天有人扫码" in page
    assert "没有发现异常迹象" in page
    wide = (await office.get(f"/console/codes/{token}/scans?days=90")).text
    assert "有 3 次扫码来自已不登记的位置" in wide
    assert wide.count("<rect") == 2
    assert "其中 2 天有人扫码" in wide
    assert 'role="img" aria-label="柱状图：每日次数' in wide
    assert wide.count('<td class="number">') >= 90
    assert "每月次数" in (await office.get(f"/console/codes/{token}/scans?days=365")).text
    booth.reported(token)
    assert "疑似被复制" not in (await office.get(f"/console/codes/{token}/scans")).text
    booth.reported(token, "正阳街 2 号")
    suspected = (await office.get(f"/console/codes/{token}/scans")).text
    assert "来自 2 个不同地点" in suspected
    assert "疑似被复制：近 30 日有人在 2 个不同地点举报同一张码" in suspected


def test_a_surge_is_odd_and_steady_use_is_not():
    """A week of four times as many and more; nothing before, or next to nothing now, tells nothing."""

    def counted(now, before):
        days = [(TODAY - timedelta(days=n), now if n < 7 else before) for n in range(30)]
        return [
            {"day": day.isoformat(), "audience": "PUBLIC", "place": "", "scans": many} for day, many in days if many
        ]

    assert figures_of(counted(0, 0)[:0], [], TODAY, 30).daily == "0"
    assert (
        figures_of([{"day": TODAY.isoformat(), "place": "", "audience": "PUBLIC", "scans": 1}], [], TODAY, 30).daily
        == "0.1"
    )
    assert figures_of(counted(40, 4), [], TODAY, 30).surge == ("40.0", 10)
    for now, before in ((40, 20), (4, 1), (40, 0), (0, 40)):
        assert figures_of(counted(now, before), [], TODAY, 30).surge is None, (now, before)


async def test_a_report_is_looked_into_and_settled(booth):
    """Its clock, where and how often; without a finding nothing is done; then the public reads it and the code's page warns."""
    token = await booth.issued()
    number = booth.reported(token)
    steward = booth.seat("steward-registrar")
    assert f"/console/codes/reports/{number}" in (await steward.get("/console")).text
    listed = (await steward.get("/console/codes/reports")).text
    assert number in listed
    assert "剩 15 个工作日" in listed
    path = f"/console/codes/reports/{number}"
    page = (await steward.get(path)).text
    assert "长青路 8 号" in page
    assert f"/console/codes/{token}" in page
    missing = await steward.post(path, note="已责令拆除")
    assert missing.status_code == 400
    assert "已责令拆除</textarea>" in missing.text
    assert (await steward.post(path, state="CONFIRMED", note="已责令拆除")).status_code == 303
    assert "没有这样的举报" in (await steward.get("/console/codes/reports")).text
    assert number not in (await steward.get("/console")).text.partition("h-notices")[0]
    assert number in (await steward.get("/console/codes/reports?state=ALL")).text
    assert "建议补发新码" in (await steward.get(f"/console/codes/{token}/scans")).text
    assert (await booth.seat("steward-market").get(path)).status_code == 404
    assert (await steward.get("/console/codes/reports/NONE")).status_code == 404


async def test_a_system_administrator_comes_for_the_reports(booth):
    """Codes themselves are not theirs: the section leads there at once."""
    found = await booth.seat("admin").get("/console/codes")
    assert found.headers["location"] == "/console/codes/reports"


async def test_a_merchant_sees_their_own_and_applies_for_it(booth):
    """Which entity is theirs stands there to choose; no card is asked for, and another's code is not there."""
    await booth.hall.act(booth.hall.clerk, vouch())
    await booth.hall.act(booth.hall.merchant("ouyang"), delegate())
    merchant = booth.seat("agent")
    page = (await merchant.get(f"{APPLY}?uscc={GRAIN}")).text
    assert f"<option selected>{GRAIN}</option>" in page
    assert 'name="representative"' not in page
    token = token_of(await merchant.post(APPLY, page=f"{APPLY}?uscc={GRAIN}", uscc=GRAIN, committed="1"))
    own = (await merchant.get(f"/console/codes/{token}")).text
    assert re.findall(r"/do/(\w+)", own) == ["display", "reissue", "cancel"]
    assert "批量申领" not in (await merchant.get("/console/codes")).text
    assert (await booth.seat("neighbour").get(f"/console/codes/{token}")).status_code == 404


async def test_without_codes_there_is_no_section(cabin):
    """A hub that keeps none shows none."""
    assert "/console/codes" not in (await cabin.seat("clerk").get("/console")).text
    assert (await cabin.seat("clerk").get("/console/codes")).status_code == 404
