"""Sheets of grants as files: XLSX and CSV out and in, and what is no file, too large, or swells when it is unpacked."""

import io
import zipfile

import pytest

from hub.console.drafting import MAX_UPLOAD
from tests.console.cabin import ORIGIN
from tests.console.test_sections import draft
from tests.exchange.bureau import PHONE

SHEET = "/console/matrix/sheet"
HEAD = "部门,角色,用途,字段,起始日,截止日,依据\n"
BOUNDARY = "----a-boundary"


def body(fields, file=None, end=True):
    """A form as a browser sends it."""
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    if file is not None:
        name, data = file
        told = (
            f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/octet-stream'
        )
        parts.append(told.encode() + b"\r\n\r\n" + data)
    whole = b"".join(b"--" + BOUNDARY.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return whole + (b"--" + BOUNDARY.encode() + b"--\r\n" if end else b"")


async def upload(seat, file, act="preview", **more):
    """The page after a file was sent."""
    page = (await seat.get(SHEET)).text
    csrf = page.partition('name="csrf" value="')[2][:64]
    return await send(seat, body({"csrf": csrf, "key": "a" * 32, "act": act}, file, **more))


async def send(seat, content, kind=f"multipart/form-data; boundary={BOUNDARY}"):
    """The answer to a body as it is."""
    headers = {"origin": ORIGIN, "content-type": kind, **seat._headers({})}
    return await seat.client.post(SHEET, content=content, headers=headers)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
async def test_every_grant_goes_out_as_a_file_and_comes_in_the_same(cabin, kind):
    """What is exported is previewed without a change, and stands in the form to be drafted."""
    seat = cabin.seat("sec")
    file = await seat.get(f"/console/matrix/grants.{kind}")
    assert file.status_code == 200
    assert f".{kind}" in file.headers["content-disposition"]
    page = await upload(seat, (f"grants.{kind}", file.content))
    assert page.status_code == 200, page.text
    assert "无变化" in page.text
    assert "新增" not in page.text.partition("<table")[2]
    assert "部门,角色" in page.text.partition("<textarea")[2]


async def test_a_workbook_becomes_a_request(cabin):
    """Of whoever asks; its grants are those of the file."""
    from openpyxl import Workbook  # noqa: PLC0415 - of an extra

    row = ["hall", "CLERK", "SERVICE", PHONE, "2026-12-01", "2027-06-30", "行政许可法"]
    book, file = Workbook(), io.BytesIO()
    for line in (HEAD.strip().split(","), row):
        book.active.append(line)
    book.save(file)
    made = await upload(cabin.seat("clerk"), ("新授权.xlsx", file.getvalue()), "draft")
    assert made.status_code == 303, made.text
    assert PHONE in str((await cabin.bureau.seen("clerk", made.headers["location"].rpartition("/")[2]))["changes"])


def bomb():
    """A small archive that swells to more than any sheet."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 80_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("grants.xlsx", b"PK\x03\x04 no archive"),
        ("grants.xlsx", b"just a text"),
        ("grants.pdf", b"%PDF-1.7"),
        ("grants.csv", "部门,无此列\nhall,1\n".encode()),
        ("grants.csv", HEAD.encode()),
    ],
)
async def test_what_is_no_sheet_is_told_and_nothing_is_done(cabin, name, data):
    """With a sentence on top, never as a fault of the hub."""
    found = await upload(cabin.seat("sec"), (name, data))
    assert found.status_code == 400
    assert "BAD_USER_INPUT" in found.text


async def test_an_archive_that_swells_is_not_unpacked(cabin):
    """Its directory says what it would take."""
    packed = bomb()
    assert len(packed) < MAX_UPLOAD
    found = await upload(cabin.seat("sec"), ("grants.xlsx", packed))
    assert found.status_code == 400
    assert "BAD_USER_INPUT" in found.text


async def test_a_file_that_is_too_large_is_not_read(cabin):
    """The page says how large it may be."""
    found = await upload(cabin.seat("sec"), ("grants.csv", b"x" * MAX_UPLOAD))
    assert found.status_code == 413
    assert "2048 KB" in found.text


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (body({"csrf": "x"}), "multipart/form-data", 415),
        (body({"csrf": "x"}, end=False), None, 400),
        (b"", None, 400),
        (body({}) * 2, None, 400),
        (body({f"f{number}": "x" for number in range(60)}), None, 400),
        (body({"csrf": "x"}), None, 403),
        (f"--{BOUNDARY}\r\nno head\r\n--{BOUNDARY}--\r\n".encode(), None, 400),
        (body({}, ("\r\nx", b"y")), None, 400),
    ],
)
async def test_a_form_that_is_none_is_refused(cabin, content, kind, status):
    """Without a type, an end, or a mark of one's own; by its number of parts."""
    found = await send(cabin.seat("sec"), content, kind or f"multipart/form-data; boundary={BOUNDARY}")
    assert found.status_code == status


async def test_no_other_form_takes_a_file(cabin):
    """What is drafted field by field is no upload."""
    seat = cabin.seat("clerk")
    headers = {"origin": ORIGIN, "content-type": f"multipart/form-data; boundary={BOUNDARY}", **seat._headers({})}
    found = await seat.client.post("/console/matrix/draft", content=body(draft(PHONE)), headers=headers)
    assert found.status_code == 415


@pytest.mark.parametrize(
    "rows",
    ["hall,CL\rERK", f"hall,{'长' * 45_000 + 'x' * 90_000}", "hall\tCL\rERK"],
    ids=["a carriage return", "a cell without end", "a return between tabs"],
)
async def test_rows_that_no_reader_takes_are_explained(cabin, rows):
    """What was pasted stands in the form again, and nothing failed."""
    seat = cabin.seat("sec")
    csrf = (await seat.get(SHEET)).text.partition('name="csrf" value="')[2][:64]
    told = {"csrf": csrf, "key": "b" * 32, "act": "preview", "sheet": f"部门,角色\n{rows}"}
    page = await seat.client.post(
        SHEET,
        content=body(told),
        headers={"origin": ORIGIN, "content-type": f"multipart/form-data; boundary={BOUNDARY}", **seat._headers({})},
    )
    assert page.status_code == 400
    assert "无法按行读取" in page.text
    assert "部门,角色" in page.text.partition("<textarea")[2]
