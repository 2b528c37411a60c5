"""The section of codes in a real browser: a counter's application, a photo, a street, an office that stops a code."""

import base64
import io
import re

import pytest
from PIL import Image
from playwright.async_api import expect

from auth.roles import Role
from tests.acts.hall import BAKERY, GRAIN, OWNER
from tests.browser.test_console import City, node_clients, open_city
from tests.code.floor import CODE

__all__ = ["node_clients"]
LONG = "肇东市五里明镇朝阳街道办事处诚信示范街区便民服务站门头招牌右侧"


@pytest.fixture
async def city(tmp_path, chromium, node_clients):
    """A city that keeps codes, on a free port."""
    async with open_city(tmp_path, chromium, node_clients, CODE.format(more="")) as made:
        made.bureau.hall.add("office", Role.CREDIT_OFFICE, "credit", "信用办甲")
        yield made


async def sent(day, button="form.form button.main"):
    """Press the button of a form, and hold the page it leads to to what every page is held to."""
    async with day.page.expect_navigation():
        await day.page.click(button)
    await day.look()


async def test_from_the_counter_to_the_printer(city: City):
    """A clerk applies with a mistake first, says where it hangs with a photo that is too large, and sees every form."""
    async with city.day("clerk", "/console/codes/apply") as day:
        await day.look()
        await day.page.fill("#uscc", GRAIN.lower())
        await sent(day, "button:has-text('核对主体')")
        assert "肇东市金穗食品有限公司" in await day.page.inner_text(".checked")
        await day.page.fill("#representative", "别人")
        await day.page.check("#committed")
        await sent(day, "form[method=post] button.main:has-text('提交申领')")
        assert await day.page.evaluate("document.activeElement.className") == "console-alert"
        # That a mistake is answered by 400 is told by the browser itself.
        assert "400" in day.complaints.pop()
        await day.page.fill("#representative", OWNER)
        await sent(day, "form[method=post] button.main:has-text('提交申领')")
        address = day.page.url.partition("?")[0]
        await sent(day, "a:has-text('登记亮码')")
        await day.page.fill("#places", "门头、收银台")
        await day.page.set_input_files("#photo-file", photo())
        await expect(day.page.locator("#photo")).to_have_value(re.compile(".{100}"))
        kept = base64.b64decode(await day.page.input_value("#photo"))
        assert len(kept) <= 90_000
        assert kept.startswith(b"\xff\xd8")
        await sent(day)
        assert "门头、收银台" in await day.page.inner_text(".life")
        await sent(day, ".life a:has-text('查看照片')")
        assert await day.page.evaluate("document.querySelector('.photo').naturalWidth") > 100
        await day.open(address.removeprefix(city.origin) + "/print")
        for picture in await day.page.locator(".prints img").all():
            await picture.scroll_into_view_if_needed()
            await picture.evaluate("(one) => one.decode()")
        await day.open(address.removeprefix(city.origin) + "/scans")


def photo():
    """A picture as a phone takes it, of some megabytes."""
    made = io.BytesIO()
    Image.effect_noise((2400, 1800), 90).convert("RGB").save(made, "JPEG", quality=95)
    assert len(made.getvalue()) > 1_000_000
    return {"name": "门头.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


async def test_a_street_is_followed_while_it_goes_on(city: City):
    """Pasted, seen row by row, begun; the progress comes by itself, and the plates are downloaded in this browser."""
    rows = "".join(f"{code},是,{LONG[:20]}\n" for code in (BAKERY, GRAIN)) + "123,是,\n"
    async with city.day("clerk", "/console/codes/batches/new") as day:
        await day.page.fill("#name", "肇东市五里明镇正阳大街诚信示范街区")
        await day.page.set_input_files(
            "#file",
            {"name": "a.csv", "mimeType": "text/csv", "buffer": f"统一社会信用代码,已签承诺,亮码位置\n{rows}".encode()},
        )
        await expect(day.page.locator("#csv")).to_have_value(re.compile("123"))
        await sent(day, "button[value=preview]")
        await sent(day, "button[value=start]")
        assert "已办 1 行，共 3 行" in await day.page.inner_text("#progress")
        house = city.bureau.hall.world.hub.codes
        assert house is not None
        await house.keeper.work_on()
        await day.page.wait_for_selector("#progress:has-text('已全部办结')", timeout=30_000)
        await day.page.reload()
        await day.look()
        async with day.page.expect_download() as got:
            await day.page.click("a:has-text('下载门牌')")
        assert re.fullmatch(r"[0-9a-f]{24}\.zip", (await got.value).suggested_filename)
        await day.open("/console/codes/batches")


async def test_the_office_stops_a_code_without_a_script(city: City):
    """By links and forms alone; what was written stays where a tick was missing."""
    async with city.day("clerk", "/console/codes/apply") as day:
        await day.page.goto(f"{city.origin}/console/codes/apply?uscc={GRAIN}")
        await day.page.fill("#representative", OWNER)
        await day.page.check("#committed")
        await sent(day, "form[method=post] button.main:has-text('提交申领')")
    async with city.day("office", "/console/codes") as day:
        await day.look()
        state = await day.page.context.storage_state()
    async with await city.browser.new_context(java_script_enabled=False, storage_state=state) as context:
        page = await context.new_page()
        await page.goto(f"{city.origin}/console/codes?q=金穗")
        await page.click("tbody a")
        await page.click("a:has-text('暂停此码')")
        await page.fill("#reason", "核对门牌")
        await page.click("button.danger-act")
        assert await page.input_value("#reason") == "核对门牌"
        await page.check("#checked")
        await page.click("button.danger-act")
        assert "暂停" in await page.inner_text(".head")
        await page.click("a:has-text('印制')")
        assert "现在不能印制" in await page.inner_text("main")
