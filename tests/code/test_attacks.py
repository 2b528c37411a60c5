"""What somebody hostile would try: others' codes, races, photos that are none, secrets in the record."""

import asyncio
import base64
import io
import json
import struct
from contextlib import nullcontext

import pytest
from PIL import Image

from hub.code.photos import MOST_BYTES, NoPhoto, read_photo
from hub.errors import ERRORS
from tests.acts.hall import BAKERY, CITIZEN, GRAIN, OWNER
from tests.code.floor import apply, display, step


def jpeg(**more) -> bytes:
    """A small photo."""
    made = io.BytesIO()
    Image.effect_mandelbrot((64, 64), (-2, -1, 1, 1), 20).convert("RGB").save(made, "JPEG", **more)
    return made.getvalue()


async def test_one_code_a_shop_however_many_ask_at_once(floor):
    """Twenty applications at once, each with its own key: one code, all answered with it."""
    asked = [floor.hall.act(floor.hall.clerk, apply(representative=OWNER)) for _ in range(20)]
    done = [one["applyCode"] for one in await asyncio.gather(*asked)]
    assert len({one["code"]["token"] for one in done}) == 1
    assert [one["changed"] for one in done].count(True) == 1
    assert floor.hall.rows("SELECT count(*) FROM honesty_codes") == [(1,)]


async def test_nobody_reads_or_moves_what_is_not_theirs(small):
    """A merchant sees neither state nor scans of another's code, nor streets; the public sees no such question."""
    merchant = await small.merchant()
    for query in (
        f'honestyCode(uscc: "{BAKERY}") {{ token }}',
        f'codeScans(uscc: "{BAKERY}", from: "2026-11-01", until: "2026-11-02") {{ scans }}',
        f'codeScanTotals(uscc: "{BAKERY}", from: "2026-11-01", until: "2026-11-02") {{ scans }}',
    ):
        body = (await small.hall.ask(merchant, f"{{ {query} }}", None)).json()
        assert body["errors"][0]["extensions"]["code"] == "CODE_NOT_YOURS"
        body = (await small.hall.ask(None, f"{{ {query} }}", None)).json()
        assert body["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert await small.hall.refused(merchant, "{ codeBatches { id } }", None) == "GRAPHQL_VALIDATION_FAILED"
    assert await small.hall.refused(merchant, display(["门头"], BAKERY)) == "CODE_NOT_YOURS"
    assert await small.hall.refused(merchant, step("reissueCode", BAKERY)) == "CODE_NOT_YOURS"


async def test_names_are_compared_five_times_an_hour(small):
    """A clerk who tries names learns nothing after that, also not by the right one."""
    for _ in range(5):
        assert await small.hall.refused(small.hall.clerk, apply(representative="别人")) == "REPRESENTATIVE_DIFFERS"
    assert await small.hall.refused(small.hall.clerk, apply(representative=OWNER)) == "TOO_MANY_TRIES"


async def test_no_person_and_no_reason_in_the_record(small):
    """Neither in entries nor in notices; the name of who signed on paper lies sealed."""
    await small.hall.act(small.hall.clerk, apply(representative=OWNER, authorised="慕容秋水"))
    await small.hall.act(small.office, step("suspendCode", reason="接投诉核查中"))
    told = json.dumps(small.hall.entries(), ensure_ascii=False) + json.dumps(
        await small.hall.delivered(), ensure_ascii=False
    )
    stored = small.hall.world.stored()
    for secret in ("慕容秋水", OWNER):
        assert secret not in told
        assert secret.encode() not in stored
    assert "接投诉核查中" not in told
    assert await small.hall.refused(small.hall.clerk, apply(representative=CITIZEN)) == "LOOKS_LIKE_CITIZEN_ID"
    assert await small.hall.refused(small.office, step("revokeCode", reason=CITIZEN)) == "LOOKS_LIKE_CITIZEN_ID"


async def test_a_photo_is_kept_without_where_it_was_taken(small):
    """Sealed, with its digest in the record; what the camera wrote beside the picture is gone."""
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    raw = jpeg(exif=exif, comment=b"SECRETPLACE")
    assert b"SECRETCAMERA" in raw
    await small.issued()
    done = await small.hall.act(small.hall.clerk, display(["门头"], photo=base64.b64encode(raw + b"TRAILER").decode()))
    assert done["displayCode"]["granted"]
    kept = read_photo(base64.b64encode(raw + b"TRAILER").decode())
    assert not {b"SECRETCAMERA", b"SECRETPLACE", b"TRAILER"} & {
        word for word in (b"SECRETCAMERA", b"SECRETPLACE", b"TRAILER") if word in kept
    }
    Image.open(io.BytesIO(kept)).verify()
    assert len(small.hall.acts("CODE_DISPLAYED")[-1]["told"]["photo"]) == 64


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        base64.b64encode(b"GIF89a").decode(),
        base64.b64encode(b"\xff\xd8\xff").decode(),
        base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").decode(),
        base64.b64encode(b"\xff\xd8\xff\xe0\0\0").decode(),
        base64.b64encode(jpeg()[:200]).decode(),
        "A" * (MOST_BYTES * 2),
    ],
)
def test_what_is_no_photo(text):
    """Nothing, no base 64, another format, cut short, segments without length, too large."""
    with pytest.raises(NoPhoto):
        read_photo(text)


def test_a_png_keeps_its_picture_alone():
    """Text and time are left out; progressive JPEG is taken as a whole."""
    made = io.BytesIO()
    Image.new("L", (9, 9), 7).save(made, "PNG", dpi=(72, 72))
    kept = read_photo(base64.b64encode(made.getvalue()).decode())
    assert b"pHYs" not in kept
    assert Image.open(io.BytesIO(kept)).getpixel((3, 3)) == 7
    progressive = jpeg(progressive=True)
    assert read_photo(base64.b64encode(progressive).decode()).count(b"\xff\xda") == progressive.count(b"\xff\xda")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_photo_that_says_it_is_huge(kind):
    """A few bytes that ask whoever looks at them for gigabytes are no photo."""
    made = io.BytesIO()
    Image.new("L", (9, 9), 7).save(made, kind)
    raw = made.getvalue()
    side, size = (struct.pack(">I", 9), struct.pack(">I", 60_000)) if kind == "PNG" else (b"\x00\x09", b"\xff\xff")
    huge = raw.replace(side * 2, size * 2, 1)
    assert huge != raw
    for given, taken in ((raw, True), (huge, False), (raw.replace(side * 2, bytes(len(side)) + side, 1), False)):
        with nullcontext() if taken else pytest.raises(NoPhoto):
            read_photo(base64.b64encode(given).decode())


def test_nothing_stands_between_scans():
    """A comment may also come after the first scan of a progressive JPEG."""
    raw = jpeg(progressive=True)
    second = raw.rindex(b"\xff\xda")
    hidden = raw[:second] + b"\xff\xfe\x00\x0dSECRETPLACE" + raw[second:]
    kept = read_photo(base64.b64encode(hidden).decode())
    assert b"SECRETPLACE" not in kept
    assert Image.open(io.BytesIO(kept)).tobytes() == Image.open(io.BytesIO(raw)).tobytes()


async def test_places_that_are_none(small):
    """Too many, too long, empty, more than a line, a citizen's number."""
    await small.issued()
    for places in ([], ["x" * 21], [""], ["门头"] * 11, ["a\nb"], [CITIZEN]):
        code = await small.hall.refused(small.hall.clerk, display(places))
        assert code in {"BAD_USER_INPUT", "LOOKS_LIKE_CITIZEN_ID"}


async def test_a_hub_without_codes_says_so(small_hall):
    """Every question and act about them, and no address of theirs is there."""
    merchant = small_hall.clerk
    assert await small_hall.refused(merchant, apply(representative=OWNER)) == "CODES_OFF"
    assert await small_hall.refused(merchant, step("reissueCode")) == "CODES_OFF"
    body = (await small_hall.ask(merchant, f'{{ honestyCode(uscc: "{GRAIN}") {{ token }} }}', None)).json()
    assert body["errors"][0]["extensions"]["code"] == "CODES_OFF"
    assert (await small_hall.world.client.get("/c/AAAA.svg")).status_code == 404


def test_refusals_say_what_to_do():
    """Each in Chinese and English, ended with a full stop."""
    for code in ("CODE_NOT_PRINTABLE", "CODE_NOT_YOURS", "CODE_STATE", "CODES_OFF"):
        assert ERRORS[code].zh.endswith("。")
        assert ERRORS[code].en.endswith(".")
