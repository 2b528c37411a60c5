"""What is printed: of codes that hold alone, in forms that are read at their smallest, under an address that stays."""

import io
import re
import zipfile
import zlib
from dataclasses import replace
from datetime import date

import pytest

from hub.app import wire
from hub.code.address import CodeAddress
from hub.code.forms import FORMS, WORDING, FormFault, Look, Use, check_look, module_of, reflectance
from hub.code.keys import open_code_keys
from hub.code.pace import Pace
from hub.code.printing import Format, Plate, Printer, Unprintable
from hub.code.symbol import QUIET, SymbolError, encode
from hub.code.tokens import make_token
from hub.settings import load_settings
from hub.settings_mistakes import BadSettings
from tests.acts.hall import GRAIN
from tests.code.floor import open_floor, step


async def test_every_form_is_there_in_every_format(small):
    """Each with its media type, and all of them in one ZIP; what is printed is on record, once a day."""
    token = (await small.issued())["token"]
    with zipfile.ZipFile(io.BytesIO((await small.get(f"/c/{token}/kit.zip")).content)) as archive:
        assert {*archive.namelist()} == {f"{use}.{kind}" for use in Use for kind in Format}
    for kind, first in ((Format.PDF, b"%PDF"), (Format.SVG, b"<svg"), (Format.PNG, b"\x89PNG")):
        response = await small.get(f"/C/{token}/kit/table.{kind}")
        assert response.headers["content-type"].partition(";")[0] == kind.media_type
        assert response.content.startswith(first)
        assert response.headers["x-content-type-options"] == "nosniff"
    assert len(small.hall.acts("CODE_PRINTED")) == 1
    page = await small.get(f"/c/{token}/kit")
    assert page.status_code == 200
    assert all(form.zh in page.text for form in FORMS.values())
    assert WORDING in page.text
    assert "肇东市金穗食品有限公司" in page.text
    # Packaging of a batch is asked for by a form of the page, which its policy lets be sent.
    form = re.search(r'<form[^>]* action="([^"]+)">.*?name="(\w+)"', page.text, re.DOTALL)
    assert form is not None
    assert "form-action 'self'" in page.headers["content-security-policy"]
    batch = await small.get(f"{form[1]}?{form[2]}=LOT-7")
    assert (batch.status_code, batch.content[:4]) == (200, b"%PDF")


async def test_a_plate_embeds_its_characters(small):
    """A PDF has its font in it, cut down to what is written; it stays small, and the same plate is the same file."""
    token = (await small.issued())["token"]
    first, second = [(await small.get(f"/c/{token}/kit/door.pdf")).content for _ in range(2)]
    assert first == second
    assert b"/FontFile3" in first
    assert len(first) < 60_000


@pytest.mark.parametrize("act", ["suspendCode", "revokeCode", "cancelCode"])
async def test_a_code_that_does_not_hold_is_not_printed(small, act):
    """In no form, not even a preview; once reissued, the old one neither."""
    token = (await small.issued())["token"]
    await small.hall.act(small.office, step(act))
    for path in (".svg", ".png", "/kit", "/kit.zip", "/kit/door.pdf", "/kit/door.svg?preview"):
        response = await small.get(f"/c/{token}{path}")
        assert response.status_code == 409, path
    assert "CODE_NOT_PRINTABLE" in (await small.get(f"/c/{token}.svg")).text
    if act == "revokeCode":
        await small.hall.act(small.office, step("reissueCode"))
        assert (await small.get(f"/c/{token}.svg")).status_code == 409


async def test_guessing_finds_nothing(small):
    """What is no token is not looked for; of what is one, a network has sixty tries, then it waits – also for a true one."""
    token = (await small.issued())["token"]
    assert (await small.get("/c/AAAA.svg")).status_code == 404
    assert small.hall.rows("SELECT count(*) FROM attempts") == [(0,)]
    codes = [(await small.get(f"/c/{make_token()}.svg")).status_code for _ in range(62)]
    assert codes == [404] * 60 + [429] * 2
    assert (await small.get(f"/c/{token}.svg")).status_code == 429
    small.hall.world.now = small.hall.world.now.replace(hour=23)
    assert (await small.get(f"/c/{token}.svg")).status_code == 200


UNREADABLE = (
    "table.svg?width=5",
    "table.svg?width=nan",
    "table.svg?width=1e9",
    "table.svg?width=x",
    "table.svg?dark=zz",
    "table.svg?dark=cccccc",
    "table.svg?dark=ffffff&light=000000",
    "package.svg?batch=批次",
    "package.svg?batch=" + "A" * 21,
    "package.svg?batch=A%22B",
)


async def test_what_could_not_be_read_is_not_printed(small):
    """Too small, too large, too pale, inverted; a batch that is none."""
    token = (await small.issued())["token"]
    for asked in UNREADABLE:
        response = await small.get(f"/c/{token}/kit/{asked}")
        assert response.status_code == 400, asked
        assert response.json()["errors"][0]["extensions"]["code"] == "CODE_FORM", asked


async def test_other_addresses(small):
    """No such form, format, or street; nothing is a page of errors of Python."""
    token = (await small.issued())["token"]
    for path in (
        f"/c/{token}/kit/poster.pdf",
        f"/c/{token}/kit/door.exe",
        "/codes/nothing",
        "/c/%00/kit",
        f"/c/{'A' * 5000}.svg",
    ):
        assert (await small.get(path)).status_code == 404, path
    keys = (await small.get("/codes/keys")).json()["keys"]
    assert keys == small.house.keys.published()


async def test_the_address_is_frozen_by_the_first_print(tmp_path):
    """Before it, the address may change; after it, the hub does not start under another one and says what to do."""

    def at(address):
        return lambda written: written.replace("https://hub.example", address).replace("deterministic = true", "")

    config = tmp_path / "world/hub.toml"
    async with open_floor(
        tmp_path, edit=lambda written: at("https://hub.example")(written).replace('seed = "golden"', "")
    ) as floor:
        token = (await floor.issued())["token"]
        written = config.read_text(encoding="utf-8")
        config.write_text(written.replace("https://hub.example", "https://new.example"), encoding="utf-8")
        wire(load_settings(config)).database.close()
        assert (await floor.get(f"/c/{token}.svg")).status_code == 200
        assert len(floor.hall.acts("CODE_ORIGIN_FROZEN")) == 1
    with pytest.raises(BadSettings, match=r"hub\.base_url.*https://hub\.example"):
        wire(load_settings(config))
    other = config.read_text(encoding="utf-8").replace("[code]\n", '[code]\nbase_url = "https://hub.example"\n')
    config.write_text(other, encoding="utf-8")
    wire(load_settings(config)).database.close()


@pytest.mark.parametrize("use", Use)
def test_symbols_fit_their_use(use, tmp_path, printer, plate):
    """Of a small version where they hold the token alone, with modules that are large enough, at the smallest width."""
    form, symbol = FORMS[use], printer.symbol(plate, use)
    module = module_of(form, form.smallest, symbol.modules)
    assert module * symbol.modules <= form.smallest + 1e-6
    assert module >= 0.4
    assert symbol.level in "QH"
    if not (form.signed or use is Use.PACKAGE):
        assert symbol.version <= 3
    if form.dots:
        assert (module / form.dots) % 1 == 0
    for width in (form.smallest, form.usual, form.largest):
        check_look(form, Look(width))
        (page,) = printer.print_all([plate], use, Format.SVG, Look(width))
        assert page.count(b"<svg") == 1
    for width in (form.smallest - 0.1, form.largest + 0.1, float("nan")):
        with pytest.raises(FormFault):
            check_look(form, Look(width))


@pytest.mark.parametrize(
    ("dark", "light", "good"),
    [
        ("#000000", "#ffffff", True),
        ("#0b5246", "#ffffff", True),
        ("#1a237e", "#fff8e1", True),
        ("#ff0000", "#ffffff", False),
        ("#ffffff", "#000000", False),
        ("#bbbbbb", "#ffffff", False),
    ],
)
def test_contrast_is_that_of_a_reader(dark, light, good):
    """Red on white looks strong and is nothing to a reader with red light."""
    form = FORMS[Use.PACKAGE]
    if good:
        check_look(form, Look(form.usual, dark, light))
    else:
        with pytest.raises(FormFault):
            check_look(form, Look(form.usual, dark, light))
    assert 0 <= reflectance(dark) <= 1


def test_symbols_are_as_strong_as_their_size_allows():
    """Never a larger version for more correction; quiet zone on every side; what is not alphanumeric is refused."""
    small, large = encode("A" * 30, "L"), encode("A" * 200, "L")
    assert (small.version, small.level) == (2, "M")
    assert large.version > small.version
    assert small.modules == 25 + 2 * QUIET
    for text in ("", "a", "中", "A" * 500):
        with pytest.raises(SymbolError):
            encode(text)


def test_a_bare_symbol_is_a_picture():
    """One bit a pixel; its first line is quiet, and inside it is dark where the symbol is."""
    symbol = encode("HTTPS://HUB.EXAMPLE/C/ABC")
    png = symbol.png(3)
    start = png.index(b"IDAT")
    length = int.from_bytes(png[start - 4 : start], "big")
    raw = zlib.decompress(png[start + 4 : start + 4 + length])
    line = -(-symbol.modules * 3 // 8) + 1
    assert len(raw) == line * symbol.modules * 3
    first = int.from_bytes(raw[line * QUIET * 3 + 1 : line * (QUIET * 3 + 1)], "big")
    bits = f"{first:0{(line - 1) * 8}b}"
    assert [bits[(QUIET + x) * 3] == "0" for x in range(len(symbol.rows))] == list(symbol.rows[0])
    assert symbol.svg().count("<path") == 2


def test_names_are_never_part_of_the_layout(printer, plate):
    """What a typesetter would take for an order is set as it is written; what no font has is refused with its characters."""
    plain = len(printer.print_all([plate], Use.TABLE, Format.SVG)[0])
    evil = replace(plate, name='#import "x" $x$ *粗* \\ #read("/etc/passwd") @a <b> "')
    (page,) = printer.print_all([evil], Use.TABLE, Format.SVG)
    assert len(page) > plain
    with pytest.raises(Unprintable, match="龘"):
        printer.print_all([replace(plate, name="龘样例")], Use.TABLE, Format.SVG)
    long = replace(plate, name="肇东市" + "长" * 97)
    for use in Use:
        assert len(printer.print_all([long], use, Format.SVG)) == 1


def test_long_addresses_and_tokens_of_others_fit(tmp_path):
    """The longest host there may be, the longest token of another issuer, the longest batch: every form has a symbol."""
    keys = open_code_keys(tmp_path)
    printer = Printer(CodeAddress("https://" + "a" * 35 + ".cn"), keys)
    long = Plate("HL23" + "A" * 20, GRAIN, "样例", date(2026, 11, 23), "B" * 20)
    for use in Use:
        assert printer.symbol(long, use).level in "MQH"
        assert len(printer.print_all([long], use, Format.SVG)) == 1


def test_a_network_has_so_much_printed_in_a_minute():
    """Then it waits for the next one; another network does not."""
    pace = Pace(10)
    assert [pace.allows("a", 4, 0), pace.allows("a", 4, 1), pace.allows("a", 4, 59)] == [True, True, False]
    assert pace.allows("b", 4, 59)
    assert pace.allows("a", 4, 60)
