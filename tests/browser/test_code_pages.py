"""The public pages in a browser: nothing that axe objects to, seven to one in every light, nothing from elsewhere."""

import json
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import async_playwright

from tests.browser.conftest import FLAGS
from tests.browser.test_scanning import serving
from tests.callers.stand import free_port
from tests.clients.conftest import node_clients
from tests.code.floor import display, open_floor, step

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"color-contrast-enhanced": {"enabled": True}},
}
__all__ = ["node_clients"]


@pytest.fixture(scope="module")
def axe(node_clients):
    """The script of axe-core."""
    return (node_clients / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@asynccontextmanager
async def pages(tmp_path, chromium):
    """Addresses of pages in each state, and a browser."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    async with open_floor(tmp_path, f'base_url = "{origin}"') as floor, serving(floor.hall.world.hub, port):
        code = await floor.issued()
        await floor.hall.act(floor.office, display(["门头", "收银台"]))
        paths = [f"/c/{code['token']}", "/c/NONE", "/c", "/scan", f"/c/report?code={code['token']}&kind=ELSEWHERE"]
        async with (
            async_playwright() as playwright,
            await playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser,
        ):
            yield floor, browser, origin, paths


@pytest.mark.anyio
async def test_pages_are_for_everybody(tmp_path, chromium, axe):
    """axe finds nothing, with contrast of seven to one asked for, on narrow and wide screens, by day and by night; no page
    asks another origin or is wider than its screen; a suspended code is no exception.
    """
    async with pages(tmp_path, chromium) as (floor, browser, origin, paths):
        for light, width in (("light", 360), ("dark", 1280)):
            context = await browser.new_context(
                viewport={"width": width, "height": 800}, color_scheme=light, bypass_csp=True
            )
            async with context:
                page = await context.new_page()
                fetched: list[str] = []
                page.on("request", lambda request, fetched=fetched: fetched.append(request.url))
                for path in [*paths, f"{paths[0]}?text=large"]:
                    await judge(page, f"{origin}{path}", axe)
                assert {url.startswith(origin) for url in fetched} == {True}
        await floor.hall.act(floor.office, step("suspendCode"))
        async with await browser.new_context(bypass_csp=True) as context:
            await judge(await context.new_page(), f"{origin}{paths[0]}", axe)


@pytest.mark.anyio
async def test_letters_of_twice_the_size_stay_on_the_screen(tmp_path, chromium):
    """On a phone, on every page and on what is printed from."""
    async with pages(tmp_path, chromium) as (_, browser, origin, paths):
        context = await browser.new_context(viewport={"width": 360, "height": 800}, bypass_csp=True)
        async with context:
            page = await context.new_page()
            for path in [*paths, f"{paths[0]}/kit"]:
                await page.goto(f"{origin}{path}")
                await page.add_style_tag(content="html { font-size: 200% !important; }")
                assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


@pytest.mark.anyio
async def test_a_page_needs_no_script(tmp_path, chromium):
    """Without one everything can be read, the sources opened, and a report sent."""
    async with pages(tmp_path, chromium) as (_, browser, origin, paths):
        context = await browser.new_context(java_script_enabled=False)
        async with context:
            page = await context.new_page()
            await page.goto(f"{origin}{paths[0]}")
            await page.click("summary >> nth=1")
            assert await page.is_visible("details[open] li")
            await page.click("text=这里不是这家店")
            assert await page.is_checked("input[value=ELSEWHERE]")
            await page.fill("#place", "正阳街 66 号")
            await page.click("text=提交举报")
            assert "已收到" in await page.inner_text("h1")
            assert await page.is_visible("text=等待核实")


async def judge(page, address, axe):
    """Nothing to object to."""
    await page.goto(address)
    await page.evaluate(axe)
    found = await page.evaluate(f"axe.run(document, {json.dumps(RULES)})")
    told = [(one["id"], one["impact"], [node["html"][:160] for node in one["nodes"]]) for one in found["violations"]]
    assert told == [], address
    assert "color-contrast-enhanced" in {one["id"] for one in found["passes"]}
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
