"""From the counter to the door and back: applied for, printed, read by a camera, its page, suspended, read again; offline."""

import asyncio
import io
from contextlib import asynccontextmanager

import anyio
import pytest
import uvicorn
import zxingcpp
from PIL import Image
from playwright.async_api import async_playwright

from hub.app import build_app
from hub.code.signed import LENGTH
from hub.pages.checking import KEPT
from tests.browser.conftest import FLAGS
from tests.callers.stand import free_port
from tests.code.floor import by_sm2, display, open_floor, step
from tests.golden.folder import NOW

CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
WIDTH, HEIGHT = 1280, 960


@asynccontextmanager
async def serving(hub, port):
    """The hub on a port."""
    server = uvicorn.Server(uvicorn.Config(build_app(hub), port=port, log_level="warning", ws="none", lifespan="off"))
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    task = asyncio.create_task(server.main_loop())
    yield
    server.should_exit = True
    await task
    await server.shutdown()


def before_a_camera(plate, path):
    """A plate as a camera sees it: tilted a little, on a grey wall; and what another decoder reads from it."""
    picture = Image.new("L", (WIDTH, HEIGHT), 160)
    sheet = Image.open(io.BytesIO(plate)).convert("L")
    sheet.thumbnail((HEIGHT - 80, HEIGHT - 80))
    picture.paste(sheet, ((WIDTH - sheet.width) // 2, 40))
    picture = picture.rotate(8, fillcolor=160, resample=Image.Resampling.BILINEAR)
    frame = io.BytesIO()
    picture.convert("RGB").save(frame, "JPEG", quality=85)
    path.write_bytes(frame.getvalue() * 2)
    found = zxingcpp.read_barcode(picture)
    assert found is not None
    return found.text


@asynccontextmanager
async def phone(chromium, film):
    """A phone whose camera sees the film."""
    flags = (*FLAGS, *CAMERA, f"--use-file-for-fake-video-capture={film}")
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=chromium, args=flags) as browser,
        await browser.new_context(
            viewport={"width": 390, "height": 844}, permissions=["camera"], device_scale_factor=2
        ) as context,
    ):
        yield context


@pytest.mark.anyio
async def test_a_code_from_the_counter_to_the_door_and_back(tmp_path, chromium):
    """What was applied for at a counter and printed is read by a camera and opens its page; suspended, the same plate says
    so; without a network the phone says that it is genuine, then that it is not in use.
    """
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    async with open_floor(tmp_path, f'base_url = "{origin}"') as floor, serving(floor.hall.world.hub, port):
        code = await floor.issued()
        await floor.hall.act(floor.office, display(["门头"]))
        plate = await floor.get(f"/c/{code['token']}/kit/door.png")
        text = before_a_camera(plate.content, tmp_path / "plate.mjpeg")
        assert text.startswith(f"{origin.upper()}/C/{code['token']}/S/")
        assert len(text.rpartition("/")[2]) == LENGTH
        async with phone(chromium, tmp_path / "plate.mjpeg") as context:
            await context.clock.set_fixed_time(NOW)
            page = await context.new_page()
            complaints = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await scan(page, origin)
            await page.wait_for_url(f"{origin}/C/{code['token']}/S/*")
            assert await page.inner_text("h1") == "肇东市金穗食品有限公司"
            assert "签名已核对" in await page.inner_text("main")
            assert await context.cookies() == []

            await page.goto(f"{origin}/scan")
            await page.evaluate("navigator.serviceWorker.ready")
            await context.set_offline(True)
            await scan(page, origin)
            await page.wait_for_selector('[data-verdict="true"]:visible')
            assert code_in_groups() in await page.inner_text("#facts")
            await context.set_offline(False)

            await floor.hall.act(floor.office, step("suspendCode"))
            await scan(page, origin)
            await page.wait_for_url(f"{origin}/C/{code['token']}/S/*")
            assert "暂停使用" in await page.inner_text("h1")
            assert "失信或违法" in await page.inner_text("main")

            await look_again(page, origin)
            await context.set_offline(True)
            await scan(page, origin)
            await page.wait_for_selector('[data-verdict="stopped"]:visible')
            assert await page.is_visible('[data-state="S"]')
            assert complaints == []


@pytest.mark.anyio
async def test_a_plate_of_sm2_is_not_judged_without_a_network(tmp_path, chromium):
    """With one the hub checks its signature; without one the phone says that nothing is known: not true, not forged."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    opened = open_floor(tmp_path, f'base_url = "{origin}"', edit=by_sm2(tmp_path))
    async with opened as floor, serving(floor.hall.world.hub, port):
        code = await floor.issued()
        plate = await floor.get(f"/c/{code['token']}/kit/door.png")
        before_a_camera(plate.content, tmp_path / "plate.mjpeg")
        async with phone(chromium, tmp_path / "plate.mjpeg") as context:
            await context.clock.set_fixed_time(NOW)
            page = await context.new_page()
            complaints = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await scan(page, origin)
            await page.wait_for_url(f"{origin}/C/{code['token']}/S/*")
            assert "签名已核对" in await page.inner_text("main")
            await page.goto(f"{origin}/scan")
            await page.evaluate("navigator.serviceWorker.ready")
            await context.set_offline(True)
            await scan(page, origin)
            await page.wait_for_selector('[data-say="national"]:visible')
            assert await page.locator("[data-verdict]:visible, #facts:visible").count() == 0
            assert complaints == []


async def scan(page, origin):
    """Open the page with the camera, and the camera."""
    await page.goto(f"{origin}/scan")
    await page.click("#open")


async def look_again(page, origin):
    """Have the phone keep the newest list of stopped codes, which the hub gives out as it was for a second."""
    await anyio.sleep(KEPT)
    async with page.expect_response("**/codes/revoked"):
        await page.goto(f"{origin}/scan")
    await page.evaluate("fetch('/codes/revoked')")


def code_in_groups():
    """The unified social credit code as it is shown."""
    return "9123 1282 MA9X 0A01 9P"
