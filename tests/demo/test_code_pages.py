"""What the page of a code says of the awkward ones, word for word; and that the twin's pages say the same."""

import html
import re

import httpx2
import pytest

from hub.app import build_app
from hub.demo.generation import generate_city
from hub.demo.local_codes import furnish_codes, page_of
from hub.demo.outages import OUTAGE
from hub.demo.personas import README_USCC, code_of
from schema.enums import CodeStatus
from tests.demo.running import TODAY, running_demo

SHOWN = (
    *("elder_home", "owner_in_name", "filing_only", "expiring_tomorrow", "nothing_required", "renewal_pending"),
    *("partial_commitment", "disputed", "village_clinic", "chain_branch"),
)


@pytest.fixture(scope="module")
async def demos(tmp_path_factory, anyio_backend):
    """The city and its twin, with their codes."""
    folder = tmp_path_factory.mktemp("pages")
    async with running_demo(folder / "here") as here, running_demo(folder / "there", twin=True) as there:
        for demo, twin in ((here, False), (there, True)):
            furnish_codes(demo.hub, "zhaodong", TODAY, twin=twin)
        yield here, there


async def page(demo, persona):
    """The page of a persona's code, as somebody would read it out: a line for each fact, English left out."""
    uscc = code_of(persona)
    return await read_out(demo, demo.hub.database.reading(lambda connection: page_of(connection, uscc)))


async def read_out(demo, path):
    """The page at an address, read out."""
    transport = httpx2.ASGITransport(app=build_app(demo.hub))
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub.example") as client:
        response = await client.get(path)
    assert response.status_code == 200
    main = re.sub(r"<style>.*?</style>", "", response.text, flags=re.DOTALL)
    main = main[main.index("<main") : main.index("</main>")]
    main = re.sub(r'<span( class="en")? lang="en">.*?</span>', "", main)
    main = re.sub(r"</dt><dd[^>]*>", "：", re.sub(r"\n\s*", "", main))
    main = re.sub(r"</(?:h1|h2|h3|p|li|div|summary|dl|ul|section)>", "\n", main)
    lines = (html.unescape(re.sub(r"<[^>]+>", "", line)).strip() for line in main.split("\n"))
    return "\n".join(line for line in lines if line) + "\n"


@pytest.mark.parametrize("persona", SHOWN)
async def test_the_page_of_an_awkward_one(demos, golden, persona):
    """As reviewed, and the same to the public whichever city it asks: nothing that is not public stands on it."""
    here, there = [await page(demo, persona) for demo in demos]
    golden(f"pages/{persona}.txt", here)
    assert here == there


async def test_a_code_of_the_province_that_nobody_took_up(demos):
    """It leads to its shop, with who issued it; the same in both cities."""
    codes = generate_city("zhaodong", TODAY).codes
    code = next(one for one in codes if one.status is CodeStatus.VALID and one.uscc != README_USCC)
    here, there = [await read_out(demo, f"/c/{code.token}") for demo in demos]
    assert here.startswith(code.issued_to)
    assert "这张码由省级签发，在本市同样有效。" in here
    assert here == there


async def test_a_silent_source_is_no_missing_licence(demos):
    """While the only source of a licence is down, the page says whose it is, since when, and that this is not "none"."""
    demo = demos[0]
    await demo.city.suffer(OUTAGE)
    during = await page(demo, OUTAGE.persona)
    await demo.city.sources[OUTAGE.source].start()
    after = await page(demo, OUTAGE.persona)
    assert "它的许可和备案此刻取不到，不等于没有。" in during
    assert re.search(
        "绥化市药械经营许可系统暂时无法连接（自2026年11月23日 .*起），没有可以展示的最近记录。不等于没有", during
    )
    assert "医疗器械经营许可证" not in during
    assert "医疗器械经营许可证" in after
