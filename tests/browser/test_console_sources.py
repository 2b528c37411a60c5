"""Sources, files and the quality board in a real browser: a steward's morning, by link, on a wide screen and on a phone."""

import re

import pytest

from adapters.base import SourceTimeout
from tests.acts.dropped import FILES, LINES, lay_key, take
from tests.browser.test_console import node_clients, open_city
from tests.console.test_sources import examined
from tests.crosswalk.test_quality import BAD

__all__ = ["node_clients"]
OWN = "steward-market"


@pytest.fixture
async def city(tmp_path, chromium, node_clients):
    """With a source of files, one of bad rows, and one that did not answer in time."""
    lay_key(tmp_path / "keys-of-files")
    files = FILES.replace('"file:drops.key"', f'"file:{tmp_path}/keys-of-files/drops.key"')
    async with open_city(tmp_path / "hub", chromium, node_clients, files + BAD) as opened:
        await take(opened.bureau.hall, "jc_1.csv", *LINES)
        await take(opened.bureau.hall, "jc_2.csv")
        await examined(opened)
        opened.bureau.at("2026-11-24T09:00:00")
        await examined(opened)
        health = opened.bureau.hall.world.hub.sources["market"].health
        health.called(0.0, 2.0, SourceTimeout("no session became free in time"))
        yield opened


async def follow(day, text):
    """Follow a link, and hold the page it leads to to what every page is held to."""
    async with day.page.expect_navigation():
        await day.page.click(text)
    await day.look()


async def test_the_morning_of_a_steward(city):
    """From what is in trouble to why, to the file that was refused, to the row that was rejected, and to the rows that fail."""
    async with city.day(OWN) as day:
        await follow(day, 'a[href="/console/sources/market"]')
        assert "请部门查看负载" in await day.page.inner_text("main")
        await day.open("/console/sources")
        await follow(day, 'a[href="/console/sources/drops"]')
        await follow(day, "text=jc_1.csv")
        await day.page.click("summary")
        assert "慕**" in await day.page.inner_text(".cells")
        await day.page.select_option("#kind", "rejected")
        await follow(day, "form.filters button")
        assert "不是整数" not in await day.page.inner_text("table")
        await day.open("/console/quality")
        await follow(day, 'a[href="/console/sources/desk/quality"]')
        picture = day.page.get_by_role("img", name=re.compile("最近 2 次检查"))
        assert await picture.count() == 1
        await day.page.select_option("#rule", "DATE")
        await follow(day, "form.filters button")
        assert "登记数据中没有此统一社会信用代码" not in await day.page.inner_text("#findings")


async def test_what_is_under_way_is_told_without_being_asked(city):
    """A file that is being taken shows how far it is, and the page looks again by itself until it is there."""
    async with city.day(OWN, "/console/sources/drops") as day:
        sources = city.bureau.hall.world.hub.sources
        store = sources["drops"].starting.taking._store
        with store._write() as session:
            session.exec_driver_sql("UPDATE \"$intake\" SET taken = NULL, read = 4321 WHERE file = 'jc_1.csv'")
        await day.open("/console/sources/drops")
        assert "已读 4,321 行" in await day.page.inner_text("#imports")
        with store._write() as session:
            session.exec_driver_sql("UPDATE \"$intake\" SET taken = 1 WHERE file = 'jc_1.csv'")
        await day.page.wait_for_function("() => !document.querySelector('#imports').innerText.includes('正在收取')")


async def test_without_a_script_nothing_is_missing(city):
    """Links and forms lead to the same pages."""
    async with city.day(OWN, "/console/sources") as day:
        state = await day.page.context.storage_state()
    async with await city.browser.new_context(java_script_enabled=False, storage_state=state) as context:
        page = await context.new_page()
        await page.goto(city.origin + "/console/sources?q=检查台账")
        await page.click("tbody a")
        await page.click("text=jc_1.csv")
        assert await page.locator("tbody tr").count() == 4
