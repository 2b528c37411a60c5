"""The section of audit: the record searched and proven, verified and packed, who received what, and what is decided there."""

import io
import re
import zipfile
from datetime import timedelta

import orjson
import pytest

from hub.audit.receipt import read_receipt
from tests.acts.hall import GRAIN
from tests.disclosure.registry import NAME, SERVING
from tests.disclosure.test_auditing import entry, put

HERE = "/console/audit"
ENTRY = re.compile(r'href="/console/audit/entries/(\d+)"')
ADDRESS = re.compile(r'action="(/console/audit/works/[^"]+)"')


async def looked(cabin, count=1, text=NAME):
    """Questions of the counter, in the index and under a checkpoint."""
    hall = cabin.bureau.hall
    for _ in range(count):
        await hall.act(cabin.bureau.someone("clerk"), text, None, **SERVING)
    while await hall.world.hub.sequencer.advance():
        pass
    await hall.world.hub.indexer.look()


def days(cabin):
    """The period of a form: this year."""
    year = cabin.bureau.hall.world.now.year
    return {"first": f"{year}-01-01", "last": f"{year}-12-31"}


async def found(cabin, **sought):
    """The page to which a search leads, and its address."""
    seat = cabin.seat("auditor")
    sent = await seat.post(HERE, **days(cabin), **sought)
    assert sent.status_code == 303, sent.text
    return sent.headers["location"], (await seat.get(sent.headers["location"])).text


async def test_nothing_is_read_before_a_search(cabin):
    """Opening the page asks nothing of the record; a search is an entry of its own."""
    await looked(cabin)
    page = await cabin.seat("auditor").get(HERE)
    assert "请选择期间和条件" in page.text
    assert cabin.bureau.hall.acts("LOG_SEARCHED") == []
    await found(cabin)
    assert len(cabin.bureau.hall.acts("LOG_SEARCHED")) == 1


async def test_an_entity_stands_in_no_address(cabin):
    """It is sealed there: the address opens the same search again for an auditor, and tells nobody else; in a sentence what was done."""
    await looked(cabin)
    address, page = await found(cabin, uscc=GRAIN, act="-")
    assert GRAIN not in address
    assert "s=" in address
    assert f'value="{GRAIN}"' in page
    assert "政务大厅（counter）" in page
    assert "经营主体—名称" in page
    assert (await found(cabin, uscc=GRAIN, act="-"))[0] == address
    altered = address.replace("s=", "s=AAAA")
    assert (await cabin.seat("auditor").get(altered)).status_code == 200


SOUGHT = {
    "case": {"case": "17"},
    "person": {"person": "clerk"},
    "request": {"requestId": "0" * 24},
    "flags": {"night": "1", "denied": "1", "emergency": "1", "unverifiedCase": "1"},
    "field": {"field": "Entity.status"},
}


@pytest.mark.parametrize("name", SOUGHT)
async def test_what_is_not_there_is_not_found(cabin, name):
    """Each condition narrows what is shown; what was looked for stands above."""
    await looked(cabin, text="{ me { role } }")
    _, page = await found(cabin, act="-", **SOUGHT[name])
    assert ("没有符合条件的记录" in page) == (name != "person")


async def test_pages_of_a_search_follow_each_other(cabin, monkeypatch):
    """By cursor, newest first; the address of the next page is on the page."""
    await looked(cabin, 35)
    address, page = await found(cabin, act="-", client="counter")
    first = [int(one) for one in ENTRY.findall(page)]
    assert len(first) == 25
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following is not None
    second = (await cabin.seat("auditor").get(following[1].replace("&amp;", "&"))).text
    rest = [int(one) for one in ENTRY.findall(second)]
    assert len(rest) == 10
    assert first + rest == sorted(first + rest, reverse=True)
    assert "after" not in address


async def test_an_entry_is_proven_and_its_receipt_is_a_file(cabin):
    """With all that is kept; JSON that can be read back, a page of PDF; that it was read is on record."""
    await looked(cabin)
    _, page = await found(cabin, act="-", client="counter")
    position = ENTRY.findall(page)[0]
    seat = cabin.seat("auditor")
    shown = (await seat.get(f"{HERE}/entries/{position}")).text
    assert "已证明在审计日志中" in shown
    assert "Entity.name" in shown
    receipt = await seat.get(f"{HERE}/entries/{position}/receipt.json")
    assert read_receipt(receipt.content).index == int(position)
    assert "attachment" in receipt.headers["content-disposition"]
    paper = await seat.get(f"{HERE}/entries/{position}/receipt.pdf")
    assert paper.content[:5] == b"%PDF-"
    assert [one["told"]["index"] for one in cabin.bureau.hall.acts("ENTRY_READ")] == [position]
    assert [one["told"]["index"] for one in cabin.bureau.hall.acts("RECEIPT_READ")] == [position] * 2
    for path in (f"{HERE}/entries/999999", f"{HERE}/entries/-1", f"{HERE}/entries/{position}/receipt.exe"):
        assert (await seat.get(path)).status_code == 404, path


async def test_what_waits_for_a_checkpoint_says_until_when(cabin):
    """The newest entry is not proven yet; its receipt leads back to the page that says so."""
    await looked(cabin)
    seat = cabin.seat("auditor")
    await found(cabin)
    newest = len(cabin.bureau.hall.entries()) - 1
    assert "待检查点签署" in (await seat.get(f"{HERE}/entries/{newest}")).text
    sent = await seat.get(f"{HERE}/entries/{newest}/receipt.json")
    assert sent.headers["location"] == f"{HERE}/entries/{newest}"


async def test_who_received_what(cabin):
    """By entity and period; the entity stands in no address; a code that is none keeps what was filled in."""
    await looked(cabin)
    seat = cabin.seat("auditor")
    sent = await seat.post(f"{HERE}/receivers", uscc=GRAIN, **days(cabin))
    assert GRAIN not in sent.headers["location"]
    page = (await seat.get(sent.headers["location"])).text
    assert "政务大厅" in page
    assert "Entity.name" in page
    wrong = await seat.post(f"{HERE}/receivers", uscc="123", **days(cabin))
    shown = await seat.get(wrong.headers["location"])
    assert shown.status_code == 400
    assert 'value="123"' in shown.text
    assert (await seat.post(f"{HERE}/receivers", uscc="")).status_code == 400


async def test_the_record_is_verified_and_packed(cabin):
    """A button each; left and found again; the result says what agrees, the pack is a file."""
    await looked(cabin)
    seat, worker = cabin.seat("auditor"), cabin.bureau.hall.world.hub.worker
    begun = (await seat.post(f"{HERE}/works", act="verify")).headers["location"]
    page = await seat.get(begun)
    assert "等待开始" in page.text
    part = await seat.get(begun, headers={"hx-request": "true"})
    assert "<html" not in part.text
    assert "hx-trigger" in part.text
    await worker.look()
    page = (await seat.get(begun)).text
    assert "与签署的检查点一致" in page
    assert "hx-trigger" not in page
    begun = (await seat.post(f"{HERE}/works", act="pack", year=str(cabin.bureau.hall.world.now.year))).headers[
        "location"
    ]
    await worker.look()
    file = await seat.get(f"{begun}/pack.zip")
    with zipfile.ZipFile(io.BytesIO(file.content)) as opened:
        assert any(name.endswith("manifest.json") for name in opened.namelist())
    assert begun.rpartition("/")[2] in (await seat.get(f"{HERE}/works")).text


async def test_a_work_is_stopped_and_gone_on_with(cabin):
    """By buttons; what there is not is said in a sentence."""
    seat = cabin.seat("auditor")
    begun = (await seat.post(f"{HERE}/works", act="verify")).headers["location"]
    assert (await seat.post(begun, act="stop")).status_code == 303
    assert "已停在第 0 条" in (await seat.get(begun)).text
    assert (await seat.post(begun, act="resume")).status_code == 303
    assert "等待开始" in (await seat.get(begun)).text
    assert (await seat.post(begun, act="burn")).status_code == 400
    assert (await seat.post(f"{HERE}/works", act="pack", year="1999")).status_code == 400
    assert (await seat.get(f"{HERE}/works/A-2026-99999")).status_code == 404
    assert (await seat.get(f"{begun}/pack.zip")).status_code == 404


async def test_an_anomaly_is_looked_at(cabin):
    """Listed with its sentence and the search that shows it; a finding takes it off the list, and is kept."""
    hall = cabin.bureau.hall
    hall.world.now = hall.world.now.replace(hour=23)
    await looked(cabin, 20)
    seat = cabin.seat("auditor")
    page = (await seat.get(f"{HERE}/anomalies")).text
    assert "夜间查询 20 次" in page
    assert "夜间查询 20 次" in (await seat.get("/console")).text
    link = re.search(r'href="(/console/audit\?[^"]+night=1[^"]*)"', page)
    assert link is not None
    assert len(set(ENTRY.findall((await seat.get(link[1].replace("&amp;", "&"))).text))) == 20
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.partition("<article")[2]))
    form = {name: hidden[name] for name in ("kind", "day", "client", "department", "person", "place")}
    page = f"{HERE}/anomalies"
    refused = await seat.post(page, **form, finding="")
    assert refused.status_code == 400
    assert f'href="#{form["place"]}"' in refused.text
    assert (await seat.post(page, **form, finding="窗口延时服务，属正常")).status_code == 303
    assert "没有待查看的异常" in (await seat.get(page)).text
    assert "窗口延时服务" in (await seat.get(f"{page}?seen=1")).text
    assert (await seat.post(page, **{**form, "kind": "NOTHING"}, finding="x")).status_code == 400
    assert (await seat.post(page, **{**form, "client": "nobody"}, finding="x")).status_code == 400
    assert len(hall.acts("ANOMALY_NOTED")) == 1


async def test_a_hold_keeps_why_it_was_made_and_lifted(cabin):
    """Both are shown; a form that lacks something keeps the rest."""
    seat = cabin.seat("auditor")
    page = f"{HERE}/holds"
    assert (await seat.post(page, act="hold", day="soon", reason="诉讼保全")).status_code == 400
    day = cabin.bureau.hall.world.now.date().isoformat()
    assert (await seat.post(page, act="hold", day=day, reason="诉讼保全")).status_code == 303
    shown = (await seat.get(page)).text
    assert "诉讼保全" in shown
    now = cabin.bureau.hall.world.now
    assert f"自 {now.year}年{now.month}月{now.day}日 起" in shown
    assert f"From {now.day} {now:%B %Y} on" in shown
    assert (await seat.post(page, act="lift", number="x", reason="已结案")).status_code == 400
    assert (await seat.post(page, act="lift", number="1", reason="已结案")).status_code == 303
    assert "已结案" in (await seat.get(page)).text


async def test_a_steward_recalls_and_sees_no_numbers(cabin):
    """Audit sees who was told and how often; the steward only that whoever received it was."""
    await looked(cabin)
    steward, page = cabin.seat("steward-registrar"), f"{HERE}/recalls"
    day = cabin.bureau.hall.world.now.date().isoformat()
    told = {"uscc": GRAIN, "field": "Entity.name", "kind": "CORRECTED", "since": day}
    wrong = await steward.post(page, **told, reason="")
    assert wrong.status_code == 400
    assert f'value="{GRAIN}"' in wrong.text
    assert (await steward.post(page, **told, reason="登记名称更正")).status_code == 303
    shown = (await steward.get(page)).text
    assert "收到过的均已告知" in shown
    assert "个调用方" not in shown
    seen = (await cabin.seat("auditor").get(page)).text
    assert "1 个调用方，1 条记录" in seen
    assert "recallFact" not in seen
    assert "召回，并告知" not in seen


async def test_a_receipt_is_opened_by_what_came_with_the_answer(cabin):
    """Number and hash open that of the public, and stand in no address; a wrong one opens nothing, nor do another's."""
    hall = cabin.bureau.hall
    body = (await hall.ask(None, NAME, None)).json()
    other = (await hall.ask(cabin.bureau.someone("clerk"), NAME, None, **SERVING)).json()["extensions"]
    while await hall.world.hub.sequencer.advance():
        pass
    told = body["extensions"]
    seat, page = cabin.seat("steward-registrar"), f"{HERE}/receipts"
    opened = await seat.post(page, request=told["requestId"], hash=told["receipt"]["hash"])
    assert opened.status_code == 200
    assert "已证明在审计日志中" in opened.text
    assert told["receipt"]["hash"] in opened.text
    for given in (
        {"request": told["requestId"], "hash": "0" * 64},
        {"index": "x"},
        {"index": str(told["receipt"]["index"])},
        {"request": other["requestId"], "hash": other["receipt"]["hash"]},
    ):
        assert (await seat.post(page, **given)).status_code == 400, given
    assert orjson.loads(hall.rows("SELECT body FROM entries ORDER BY position DESC LIMIT 1")[0][0])


@pytest.mark.parametrize("path", ["", "/anomalies", "/works", "/receivers", "/holds", "/entries/1"])
async def test_the_record_is_for_audit_alone(cabin, path):
    """A steward is led to what is theirs, or told that there is nothing; security and system administrators have no such section."""
    steward = await cabin.seat("steward-registrar").get(HERE + path)
    assert steward.status_code == (404 if path else 303)
    for name in ("sec", "admin"):
        seen = await cabin.seat(name).get(HERE + path)
        assert "Entity.name" not in seen.text
        assert f'href="{HERE}"' not in (await cabin.seat(name).get("/console")).text


async def test_an_entity_that_many_looked_at(cabin):
    """By a part of its digest, with the search that shows who looked; a finding takes it off the list, and a department is not named."""
    hall = cabin.bureau.hall
    await looked(cabin)
    day, digest = hall.world.now.date(), "c" * 32
    put(hall, [entry(day, n, department=f"d{n}", person=f"{n:032x}", entities=(digest,)) for n in range(6)])
    hall.world.now += timedelta(days=1)
    await hall.world.hub.indexer.look()
    await hall.world.hub.record.look()
    seat, page = cabin.seat("auditor"), f"{HERE}/anomalies"
    shown = (await seat.get(page)).text
    assert "同一经营主体被 6 个部门查询" in shown
    assert "同一经营主体被 6 个部门查询" in (await seat.get("/console")).text
    link = re.search(rf'href="(/console/audit\?[^"]+entityDigest={digest}[^"]*)"', shown)
    assert link is not None
    assert len(set(ENTRY.findall((await seat.get(link[1].replace("&amp;", "&"))).text))) == 6
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown.partition("<article")[2]))
    names = ("kind", "day", "client", "department", "person", "entity", "place")
    assert (await seat.post(page, **{name: form[name] for name in names}, finding="联合检查")).status_code == 303
    assert "没有待查看的异常" in (await seat.get(page)).text
