"""A street brought in by the console: its file, its preview, its progress and its plates."""

import pytest

from tests.acts.hall import BAKERY, CITIZEN, GRAIN

NEW_STREET = "/console/codes/batches/new"
CSV = f"统一社会信用代码,已签承诺,亮码位置\n{BAKERY},是,门头;餐桌\n{GRAIN},否,\n123,是,\n"


async def test_a_street_from_the_preview_to_its_plates(booth):
    """Every row is seen before anything begins; the progress is found again, and the plates are for who is signed in."""
    clerk = booth.seat("clerk")
    preview = await clerk.post(NEW_STREET, name="正阳大街", csv=CSV, act="preview")
    assert preview.status_code == 200
    assert "共 3 行：1 行可以办理，0 行原已有码，2 行不予办理" in preview.text
    assert preview.text.index("没有已签承诺的标记") < preview.text.index("门头、餐桌")
    assert booth.hall.rows("SELECT count(*) FROM code_batches") == [(0,)]
    began = await clerk.post(NEW_STREET, name="正阳大街", csv=CSV, act="start")
    address = began.headers["location"]
    part = await clerk.get(address, headers={"hx-request": "true"})
    assert "<html" not in part.text
    assert "已办 2 行，共 3 行" in part.text
    assert 'hx-trigger="every 3s"' in part.text
    assert "hx-refresh" not in part.headers
    await booth.hall.world.hub.codes.keeper.work_on()
    last = await clerk.get(address, headers={"hx-request": "true"})
    assert last.headers["hx-refresh"] == "true"
    page = (await clerk.get(address)).text
    assert "已全部办结" in page
    assert "已赋码" in page
    assert "请对照营业执照核对 18 位代码后再提交此行" in page
    assert "没有符合条件" in (await clerk.get(f"{address}?outcome=KNOWN")).text
    assert "正阳大街" in (await clerk.get("/console/codes/batches")).text
    archive = await clerk.get(address.replace("/console/codes", "/codes") + ".zip")
    assert archive.headers["content-type"] == "application/zip"
    elsewhere = await booth.seat("office").get(address.replace("/console/codes", "/codes") + ".zip")
    assert elsewhere.status_code == 404
    assert (await booth.hall.world.client.get(address.replace("/console/codes", "/codes") + ".zip")).status_code == 401


async def test_a_file_with_a_citizens_number_says_its_lines(booth):
    """Before anything begins, and with no button for what would be refused as a whole."""
    clerk = booth.seat("clerk")
    for rows, lines in ((f"{CITIZEN},是,\n", "2、6"), (f"{GRAIN},是,{CITIZEN}\n", "2、6")):
        csv = CSV.replace("位置\n", f"位置\n{rows}") + rows
        page = (await clerk.post(NEW_STREET, name="正阳大街", csv=csv, act="preview")).text
        assert f"第 {lines} 行像是有居民身份证号码" in page
        assert 'value="start"' not in page
    assert 'value="start"' in (await clerk.post(NEW_STREET, name="正阳大街", csv=CSV, act="preview")).text


@pytest.mark.parametrize(
    ("given", "field"), [({"csv": "a,b\n1,2\n"}, "csv"), ({"name": "", "act": "start"}, "name"), ({"csv": ""}, "csv")]
)
async def test_a_file_that_is_none_is_told_at_its_field(booth, given, field):
    """And stays in the form."""
    told = {"name": "正阳大街", "csv": CSV, "act": "preview", **given}
    found = await booth.seat("clerk").post(NEW_STREET, **told)
    assert found.status_code == 400
    assert f'href="#{field}"' in found.text
