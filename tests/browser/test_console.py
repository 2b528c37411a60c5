"""The console in a real browser: the day of a steward and of each officer, by keyboard, on a wide screen and on a phone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from auth.server import second_factor
from auth.server.passwords import hash_password
from tests.acts.hall import GRAIN
from tests.browser.conftest import FLAGS
from tests.browser.test_scanning import serving
from tests.callers.stand import free_port
from tests.clients.browser import totp
from tests.clients.conftest import node_clients
from tests.console.cabin import CONSOLE
from tests.crosswalk.registry import MARKET, ONE, Registry
from tests.crosswalk.test_reviews import GIVES, queueing
from tests.exchange.bureau import Bureau, open_bureau

__all__ = ["node_clients"]
SERVING = {"headers": {"hub-purpose": "SERVICE"}}
PASSWORD = "five quiet herons wade"
PHONE, MATRIX = "Entity.contactPhone", "/console/matrix?role=CLERK&purpose=SERVICE"
MOST_BYTES = 200_000
SERIOUS = """async () => (await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] })).violations
    .filter((one) => ["serious", "critical"].includes(one.impact)).map((one) => [one.id, one.nodes[0].html.slice(0, 160)])"""
BYTES = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .reduce((sum, one) => sum + one.decodedBodySize, 0)"""
TOO_WIDE = "() => document.documentElement.scrollWidth - innerWidth"


@dataclass
class Day:
    """Somebody's browser: what it fetched and complained of."""

    page: Page
    origin: str
    axe: str
    fetched: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Note everything."""
        self.page.on("request", lambda request: self.fetched.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)

    async def open(self, path: str) -> None:
        """Open a page, and hold it to what every page is held to."""
        await self.page.goto(self.origin + path)
        assert 0 < await self.page.evaluate(BYTES) < MOST_BYTES
        await self.look()

    async def look(self) -> None:
        """Hold the page that is shown to it, at both widths."""
        for width in (360, 1280):
            await self.page.set_viewport_size({"width": width, "height": 800})
            assert await self.page.evaluate(TOO_WIDE) <= 0, (width, self.page.url)
        await self.page.evaluate(self.axe)
        assert await self.page.evaluate(SERIOUS) == [], self.page.url

    async def press(self, *keys: str) -> None:
        """Keys, one after the other."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def does(self, name: str) -> None:
        """Press a button of the decision, and wait for the page it leads to."""
        async with self.page.expect_navigation():
            await self.page.click(f"button[name=act][value={name}]")

    def end(self) -> None:
        """Nothing was fetched elsewhere, nothing went wrong."""
        assert self.complaints == []
        assert [url for url in self.fetched if not url.startswith((self.origin, "data:"))] == []


@dataclass
class City:
    """The bureau on a port, and a browser."""

    bureau: Bureau
    browser: Browser
    origin: str
    axe: str

    @asynccontextmanager
    async def day(self, name: str, path: str = "/console") -> AsyncIterator[Day]:
        """Somebody who comes for a page and signs in with password and code."""
        hall = self.bureau.hall
        account, key = hall.accounts[name], second_factor.fresh_key()

        def work(ledger: Any) -> None:
            ledger.people.change_password(account.id, hash_password(PASSWORD))
            ledger.people.enrol(account.id, key, 0)

        hall.store(work)
        async with await self.browser.new_context(locale="zh-CN") as context:
            day = Day(await context.new_page(), self.origin, self.axe)
            day.listen()
            await day.page.goto(self.origin + path)
            await day.page.fill("#username", name)
            await day.page.fill("#password", PASSWORD)
            await day.page.press("#password", "Enter")
            await day.page.fill("#code", totp(second_factor.shown(key), hall.world.now.timestamp()))
            await day.page.press("#code", "Enter")
            await day.page.wait_for_url(self.origin + path)
            yield day
            day.end()


@pytest.fixture
async def city(tmp_path: Path, chromium: str, node_clients: Path) -> AsyncIterator[City]:
    """Everything on a free port."""
    async with open_city(tmp_path, chromium, node_clients) as opened:
        yield opened


@asynccontextmanager
async def open_city(folder: Path, chromium: str, node_clients: Path, more: str = "") -> AsyncIterator[City]:
    """Everything on a free port; `more` is added to its configuration."""
    axe = (node_clients / "node_modules/axe-core/axe.min.js").read_text("utf-8")
    port = free_port()
    origin = f"http://127.0.0.1:{port}"

    def edit(written: str) -> str:
        return written.replace('base_url = "https://hub.example"', f'base_url = "{origin}"') + CONSOLE + more

    async with (
        open_bureau(folder, edit) as bureau,
        serving(bureau.hall.world.hub, port),
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser,
    ):
        yield City(bureau, browser, origin, axe)


async def test_a_grant_from_a_key_press_to_its_release(city):
    """A steward drafts it in the matrix by keyboard, another one agrees, security sees the change drawn and releases, and
    sees what the counter would be answered; nobody fetched anything elsewhere, and every page reads well aloud.
    """
    async with city.day("steward-registrar", MATRIX) as day:
        address = await drafted(day)
    async with city.day("steward-registrar-two") as day:
        async with day.page.expect_navigation():
            await day.page.click(f'a[href="{address}"]')
        await day.look()
        await day.does("approve")
    async with city.day("sec", address) as day:
        await day.look()
        await released(day, address)
        await seen(day)


async def drafted(day):
    """Draft and submit a grant by keyboard; the address of its request."""
    await day.look()
    cells = day.page.locator('tr[data-department="hall"] a.cell')
    await cells.first.focus()
    await day.press("ArrowRight", "ArrowLeft", "Enter")
    await day.page.wait_for_selector("#why h2")
    await day.look()
    await drag(day.page, cells.nth(0), cells.nth(2))
    assert "已选 3 个字段" in await day.page.inner_text(".picked")
    await day.page.locator(f'tr[data-department="hall"] a.cell[data-field="{PHONE}"]').focus()
    await day.press("Escape")
    async with day.page.expect_navigation():
        await day.press("g")
    await day.look()
    await day.page.fill("#basis", "中华人民共和国行政许可法第三十四条")
    await day.page.fill("#reason", "窗口核对联系电话")
    async with day.page.expect_navigation():
        await day.page.press("#records", "Enter")
    await day.does("submit")
    await day.look()
    return day.page.url.removeprefix(day.origin)


async def drag(page, first, last):
    """Hold the button down from one cell to another."""
    await first.hover()
    await page.mouse.down()
    await last.hover()
    await page.mouse.up()


async def released(day, address):
    """See what changes drawn in the matrix, and replayed; then release."""
    async with day.page.expect_navigation():
        await day.page.click("text=在矩阵中查看变化")
    changed = day.page.locator(f'tr[data-department="hall"] a.cell[data-field="{PHONE}"]')
    assert await changed.get_attribute("data-changed") is not None
    await day.open(f"{address}?replay=0")
    await day.page.check("#checked")
    await day.does("release")
    assert "已核准" in await day.page.inner_text(".head")


async def seen(day):
    """See as the counter, which is given now what was released."""
    await day.open("/console/see-as")
    await day.page.select_option("#department", "hall")
    await day.page.select_option("#purpose", "SERVICE")
    await day.page.fill("#question", '{ entity(uscc: "91231282MA9X0A019P") { name contactPhone } }')
    async with day.page.expect_navigation():
        await day.page.click("form.form button.main")
    assert "contactPhone ▪" in await day.page.inner_text(".tree")
    await day.look()


async def test_the_day_of_system_and_audit(city):
    """One gives a secret, which is gone when the page is loaded again; the other looks, and changes nothing."""
    async with city.day("admin", "/console/clients/dev") as day:
        await day.does("secret")
        secret = await day.page.inner_text(".once")
        assert len(secret) > 40
        await day.look()
        await day.open("/console/clients/dev")
        assert secret not in await day.page.content()
        for path in ("/console/people", "/console/clients", "/console/deputies", "/console/components", "/console"):
            await day.open(path)

    async with city.day("auditor", MATRIX) as day:
        for path in (
            "/console/people",
            "/console/emergencies",
            "/console/freeze",
            "/console/requests",
            "/console/catalogue",
        ):
            await day.open(path)
        assert await day.page.locator("form[method=post]:not(.view)").count() == 0


async def test_a_pair_is_looked_at_and_joined_by_two(city):
    """Both sides beside each other, read aloud and on a phone; the second person's word makes it so."""
    made = await Registry(city.bureau).do(MARKET, queueing(), GIVES)
    page = f"/console/identities/{made['review']['number']}"
    async with city.day(MARKET, "/console/identities") as day:
        await day.look()
        await day.open(page)
        await day.page.set_viewport_size({"width": 360, "height": 800})
        left, right = (day.page.locator('tr[data-state="DIFFERS"] td').nth(place) for place in (0, 1))
        assert await left.locator("mark").count() == 1
        above, below = await left.bounding_box(), await right.bounding_box()
        assert above["y"] + above["height"] <= below["y"]
        await day.page.fill("#note", "电话核实")
        await day.does("same")
        await day.look()
        assert await day.page.locator("button[value=same]").count() == 0
    async with city.day(ONE, page) as day:
        await day.page.fill("#note", "核对执照")
        await day.does("same")
        async with day.page.expect_navigation():
            await day.page.click('a[href^="/console/identities/successions/"]')
        await day.look()
        for path in ("/console/identities/successions", f"/console/identities/keys?entity={GRAIN}"):
            await day.open(path)


async def test_a_mapping_is_tried_and_a_correction_answered(city):
    """A suggestion is one press; what is on the pages reads well aloud, tried and not, and with what is wrong."""
    async with city.day("clerk", "/console/corrections") as day:
        await day.look()
        await day.page.click("details summary")
        told = {"entity": GRAIN, "field": "Entity.name", "stated": "肇东市金穗食品集团", "evidence": "营业执照"}
        for name, value in told.items():
            await day.page.fill(f"#{name}", value)
        async with day.page.expect_navigation():
            await day.page.press("#owner", "Enter")
        correction = day.page.url.removeprefix(day.origin)
        await day.look()
    async with city.day(ONE, correction) as day:
        await day.look()
        await day.page.check("input[value=CONFIRMED]")
        await day.page.fill("#note", "已核对档案")
        await day.does("answer")
        await day.open("/console/mappings")
        await day.open("/console/sources/register/mapping?record=Entity")
        await day.page.fill("input[name='c.name']", "NOWHERE")
        await day.page.fill("input[name='h.status']", 'type = "excel"')
        async with day.page.expect_navigation():
            await day.page.press("input[name='c.name']", "Enter")
        assert "映射有误" in await day.page.inner_text("main")
        await day.look()
        await day.page.fill("input[name='h.status']", "")
        async with day.page.expect_navigation():
            await day.page.press("input[name='c.name']", "Enter")
        assert "数据源没有这一列" in await day.page.inner_text("main")
        await day.look()
        async with day.page.expect_navigation():
            await day.page.click("button[value^='take:name']")
        assert await day.page.input_value("input[name='c.name']") == "MC"
        async with day.page.expect_download() as download:
            await day.page.click("button[value=download]")
        assert (await download.value).suggested_filename == "register-Entity.toml"
        assert await day.page.locator("pre.toml").count() == 0


async def test_an_auditor_searches_verifies_and_packs(city):
    """From a search to an entry and its receipt, who received what, a verification whose page shows by itself how it ended, and a pack."""
    hall = city.bureau.hall
    await hall.act(city.bureau.someone("clerk"), '{ entity(uscc: "91231282MA9X0A019P") { name } }', None, **SERVING)
    await hall.world.hub.indexer.look()
    async with hall.world.hub.worker.working(), city.day("auditor", "/console/audit") as day:
        await day.look()
        await day.page.fill("#first", f"{hall.world.now.year}-01-01")
        await day.page.fill("#uscc", "91231282MA9X0A019P")
        async with day.page.expect_navigation():
            await day.page.press("#uscc", "Enter")
        await day.look()
        assert "91231282" not in day.page.url
        async with day.page.expect_navigation():
            await day.page.click("tbody a")
        await day.look()
        await day.open("/console/audit/works")
        await day.does("verify")
        await day.look()
        await day.page.wait_for_selector(".notice[data-state=ready]", timeout=60_000)
        await day.look()
        await day.open("/console/audit/works")
        await day.does("pack")
        await day.page.wait_for_selector("a[download]", timeout=60_000)
        async with day.page.expect_download() as fetched:
            await day.page.click("a[download]")
        assert (await fetched.value).suggested_filename.endswith(".zip")
        for path in ("anomalies?seen=1", "receivers", "objections", "recalls", "holds", "receipts?index=0"):
            await day.open(f"/console/audit/{path}")


async def test_without_a_script_everything_is_reached_by_links(city):
    """A cell opens a page of its own, from which a draft begins."""
    async with city.day("steward-registrar", MATRIX) as day:
        state = await day.page.context.storage_state()
    async with await city.browser.new_context(java_script_enabled=False, storage_state=state) as context:
        page = await context.new_page()
        await page.goto(city.origin + MATRIX)
        await page.click(f'tr[data-department="hall"] a.cell[data-field="{PHONE}"]')
        await page.click("a.button.main")
        assert "/console/matrix/draft" in page.url
        assert await page.input_value("input[name=field]") == PHONE
