"""Pages of sources, of files and of the quality board, by the gateway: whose they show, and that what fails is said in words."""

import re

import pytest

from adapters.base import SourceTimeout
from hub.callers.register import Register
from hub.exchange.quality_running import QualityRunner
from hub.quality_runs import worker_of
from schema.catalogue import fold_catalogue
from tests.acts.dropped import LINES, PERSON, lay_key, take, with_files
from tests.acts.hall import CITIZEN
from tests.console.cabin import CONSOLE, Cabin
from tests.crosswalk.test_quality import BAD
from tests.exchange.bureau import open_bureau

OWN, OTHER = "steward-market", "steward-registrar"
LISTED = re.compile(r'<td data-label="数据源"><a href="/console/sources/(\w+)"')


@pytest.fixture
async def cabin(tmp_path):
    """A console of a city with a source of bad rows and one of files, of which one was taken and one refused."""
    lay_key(tmp_path / "keys-of-files")

    def edit(written):
        key = f'"file:{tmp_path}/keys-of-files/drops.key"'
        return with_files(written).replace('"file:drops.key"', key) + BAD + CONSOLE

    async with open_bureau(tmp_path / "hub", edit) as bureau:
        await take(bureau.hall, "jc_1.csv", *LINES)
        await take(bureau.hall, "jc_2.csv")
        yield Cabin(bureau)


async def examined(cabin, source="desk"):
    """The number of a run over a source."""
    hub = cabin.bureau.hall.world.hub
    registers = Register(hub.sources.values()).asked
    runner = QualityRunner(hub.database, hub.attendant.vault, hub.gateway.clock, fold_catalogue(), registers)
    return (await runner.run(hub.sources[source], "market", 500)).number


def failed(cabin, source="market"):
    """A source that did not answer in time."""
    health = cabin.bureau.hall.world.hub.sources[source].health
    health.called(0.0, 2.0, SourceTimeout("no session became free in time"))


async def test_a_steward_begins_with_their_own_sources(cabin):
    """And sees the state of others where they ask for it; an officer sees all at once."""
    seat = cabin.seat(OWN)
    assert set(LISTED.findall((await seat.get("/console/sources")).text)) == {"market", "drops", "desk"}
    everything = set(LISTED.findall((await seat.get("/console/sources?department=*")).text))
    assert everything > {"market", "drops", "desk", "register"}
    assert set(LISTED.findall((await cabin.seat("admin").get("/console/sources")).text)) == everything


@pytest.mark.parametrize("name", ["clerk", "dev"])
async def test_there_is_no_section_for_others(cabin, name):
    """Neither in the navigation nor by its address."""
    seat = cabin.seat(name)
    assert "/console/sources" not in (await seat.get("/console")).text
    assert (await seat.get("/console/sources")).status_code == 403
    assert (await seat.get("/console/quality")).status_code == 403


async def test_a_list_is_sorted_filtered_and_says_when_it_is_empty(cabin):
    """What is in trouble stands first; a filter of states has it, too."""
    failed(cabin)
    seat = cabin.seat("admin")
    assert LISTED.findall((await seat.get("/console/sources")).text)[0] == "market"
    assert LISTED.findall((await seat.get("/console/sources?state=TROUBLED")).text) == ["market"]
    assert "没有符合条件的数据源" in (await seat.get("/console/sources?q=nothing-like-it")).text
    labels = LISTED.findall((await seat.get("/console/sources?sort=-label")).text)
    assert labels == list(reversed(LISTED.findall((await seat.get("/console/sources?sort=label")).text)))


@pytest.mark.parametrize("column", ["label", "department", "worst", "lagDays", "rows"])
async def test_every_column_sorts(cabin, column):
    """Whatever stands in it: a number, nothing read, nothing known."""
    await examined(cabin, "market")
    await examined(cabin, "drops")
    sources = cabin.bureau.hall.world.hub.sources
    sources["market"].health.delivered("Licence", ["2026-11-23T08:00:00+08:00"])
    for page in (f"/console/sources?sort={column}", f"/console/sources?sort=-{column}"):
        assert len(LISTED.findall((await cabin.seat("admin").get(page)).text)) == len(sources)


@pytest.mark.parametrize("column", ["order", "label", "department", "ended", "rows", "failed"])
async def test_every_column_of_the_board_sorts(cabin, column):
    """Also where some sources were examined and others were not."""
    await examined(cabin, "market")
    await examined(cabin)
    assert (await cabin.seat("admin").get(f"/console/quality?sort=-{column}")).status_code == 200


async def test_a_failure_is_said_in_words_with_what_to_do(cabin):
    """To its own department and to administrators; to nobody else."""
    failed(cabin)
    for name, sees in ((OWN, True), ("admin", True), ("auditor", True), (OTHER, False)):
        page = (await cabin.seat(name).get("/console/sources/market")).text
        assert ("在 2000 毫秒内没有应答" in page) == sees, name
        assert ("请部门查看负载" in page) == sees
        assert ("no session became free in time" in page) == sees
        assert ("失败原因和运行情况只对管理员" in page) != sees


async def test_a_slow_source_is_called_slow(cabin):
    """Where its median is above half of its limit."""
    health = cabin.bureau.hall.world.hub.sources["market"].health
    health.called(0.0, 1.5)
    page = (await cabin.seat("admin").get("/console/sources?state=SLOW")).text
    assert LISTED.findall(page) == ["market"]
    assert "响应慢" in (await cabin.seat(OWN).get("/console/sources/market")).text


async def test_home_leads_to_what_is_in_trouble(cabin):
    """A link for those who have the section."""
    failed(cabin)
    assert 'href="/console/sources/market"' in (await cabin.seat("admin").get("/console")).text
    assert 'href="/console/sources/market"' not in (await cabin.seat("clerk").get("/console")).text


async def test_files_are_listed_and_opened(cabin):
    """With rows for its own steward: what is wrong, what to do, and the row as the report shows it."""
    seat = cabin.seat(OWN)
    page = (await seat.get("/console/sources/drops")).text
    assert "整份未采用" in page
    (address,) = re.findall(r'href="(/console/sources/drops/imports/\d+)">jc_1.csv', page)
    shown = (await seat.get(address)).text
    assert "不是整数" in shown
    assert "只填阿拉伯数字，不带单位" in shown
    assert "慕**" in shown
    assert PERSON not in shown
    assert CITIZEN not in shown
    assert "不是整数" not in (await seat.get(f"{address}?kind=rejected")).text
    assert "没有符合条件的行" in (await seat.get(f"{address}?column=nothing")).text
    assert len(cabin.bureau.hall.acts("IMPORT_READ")) == 3


async def test_who_sees_what_of_a_file(cabin):
    """Audit what is wrong, administrators counts; another department's steward nothing of it."""
    page = (await cabin.seat(OWN).get("/console/sources/drops")).text
    (address,) = re.findall(r'href="(/console/sources/drops/imports/\d+)">jc_1.csv', page)
    audit = (await cabin.seat("auditor").get(address)).text
    assert "不是整数" in audit
    assert "慕**" not in audit
    for name in ("admin", "sec"):
        shown = (await cabin.seat(name).get(address)).text
        assert "各行的问题由本部门的数源管理员和审计管理员查看" in shown
        assert "不是整数" not in shown
    assert (await cabin.seat(OTHER).get(address)).status_code == 400
    assert "jc_1.csv" not in (await cabin.seat(OTHER).get("/console/sources/drops")).text


@pytest.mark.parametrize(
    "address",
    [
        "/console/sources/nowhere",
        "/console/sources/nowhere/quality",
        "/console/sources/drops/imports/99",
        "/console/sources/drops/imports/x",
        "/console/sources/desk/quality?run=Q-2026-99",
    ],
)
async def test_what_is_not_there_is_said(cabin, address):
    """With a page that leads back."""
    found = await cabin.seat("admin" if "imports" in address else OWN).get(address)
    assert found.status_code == 404
    assert "NOT_FOUND" in found.text


@pytest.mark.parametrize(
    "address",
    [
        "/console/sources/drops?before=99999999999999",
        "/console/sources/desk/quality?after=-1&rule=NONE&record=x",
        "/console/sources/desk/quality?rule=DATE&after=999999999",
        "/console/quality?sort=-failed&page=9&department=none",
    ],
)
async def test_odd_addresses_are_answered(cabin, address):
    """With what fits them, or nothing."""
    await examined(cabin)
    assert (await cabin.seat(OWN).get(address)).status_code == 200


async def test_the_board_says_where_most_fails(cabin):
    """A source that nothing was found in, one in which something was, and those that nobody examined."""
    await examined(cabin, "market")
    await examined(cabin)
    page = (await cabin.seat(OWN).get("/console/quality")).text
    found = re.findall(r'href="/console/sources/(\w+)/quality"', page)
    assert found[0] == "desk"
    assert set(found) == {"desk", "market", "drops"}
    assert "还没有质量检查的结果" in page


async def test_a_source_names_the_rows_that_fail(cabin):
    """With key for its steward, without for others; the trend when there is one, and rules that filter."""
    await examined(cabin)
    cabin.bureau.at("2026-12-01T09:00:00")
    number = await examined(cabin)
    page = (await cabin.seat(OWN).get("/console/sources/desk/quality")).text
    assert number in page
    assert "登记数据中没有此统一社会信用代码" in page
    assert ">p3<" in page
    assert CITIZEN not in page
    assert 'aria-label="最近 2 次检查的不合格数' in page
    assert ">p3<" not in (await cabin.seat("auditor").get("/console/sources/desk/quality")).text
    dates = (await cabin.seat(OWN).get("/console/sources/desk/quality?rule=DATE")).text
    assert "登记数据中没有此统一社会信用代码" not in dates
    assert ">p4<" in dates


async def test_a_run_under_way_can_be_left_and_found_again(cabin):
    """It stands on the page with how far it is, by whoever runs it."""
    hub = cabin.bureau.hall.world.hub
    registers = Register(hub.sources.values()).asked

    class Stopped(Exception):
        """Somebody stopped it."""

    def stop(_told):
        raise Stopped

    runner = QualityRunner(hub.database, hub.attendant.vault, hub.gateway.clock, fold_catalogue(), registers, stop)
    with pytest.raises(Stopped):
        await runner.run(hub.sources["desk"], "market", 2)
    page = (await cabin.seat(OWN).get("/console/sources/desk/quality")).text
    assert "检查正在进行" in page
    assert "已读 2 条" in page
    assert "检查正在进行" in (await cabin.seat(OWN).get("/console/quality")).text
    await examined(cabin)
    assert "检查正在进行" not in (await cabin.seat(OWN).get("/console/sources/desk/quality")).text


async def test_a_run_is_begun_stopped_and_gone_on_with_on_the_page(cabin):
    """By the source's own steward and by a system administrator; another steward and audit have no button, and no way."""
    page = "/console/sources/desk/quality"
    for name in ("steward-registrar", "auditor"):
        assert 'value="start"' not in (await cabin.seat(name).get(page)).text
    seat = cabin.seat(OWN)
    assert 'value="start"' in (await seat.get(page)).text
    assert (await seat.post(page, act="start")).status_code == 303
    shown = (await seat.get(page)).text
    (number,) = re.findall(r'name="number" value="([^"]+)"', shown)
    assert 'value="stop"' in shown
    assert "等待开始" in shown
    await seat.post(page, act="stop", number=number)
    assert 'value="resume"' in (await seat.get(page)).text
    await cabin.seat("admin").post(page, act="resume", number=number)
    assert 'value="stop"' in (await seat.get(page)).text
    await worker_of(cabin.bureau.hall.world.hub).look()
    shown = (await seat.get(page)).text
    assert 'value="start"' in shown
    assert "Q-2026-00001" in shown
    refused = await cabin.seat(OTHER).post(page, page="/console/sources/register/quality", act="start")
    assert refused.status_code == 400
    assert len(cabin.bureau.hall.acts("QUALITY_WORK_BEGUN")) == 1
