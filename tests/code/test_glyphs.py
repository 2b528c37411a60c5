"""Names with characters that the hub's font lacks: refused with them, or printed where a font of the settings has them."""

import struct
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from hub.code.address import CodeAddress
from hub.code.forms import Use
from hub.code.glyphs import Letters, fonts_in, glyphs_of
from hub.code.keys import open_code_keys
from hub.code.printing import Format, Plate, Printer, Unprintable
from tests.acts.hall import GRAIN

OURS = Path(str(files("hub") / "fonts"))
SYSTEM = Path("/usr/share/fonts/opentype/noto")
PLATE = Plate("J2VT7KNP5UGQQ7QEU3", GRAIN, "样例", date(2026, 11, 23))


def font(table, *, collection=False):
    """A font file that holds nothing but a table of characters."""
    begin = 16 if collection else 0
    directory = b"OTTO" + struct.pack(">HHHH", 1, 0, 0, 0)
    directory += struct.pack(">4sIII", b"cmap", 0, begin + 28, len(table))
    head = b"ttcf" + struct.pack(">III", 0x00010000, 1, begin) if collection else b""
    return head + directory + table


def twelve(*groups):
    """A table of format 12."""
    body = b"".join(struct.pack(">III", *one) for one in groups)
    form = struct.pack(">HHIII", 12, 0, 16 + len(body), 0, len(groups)) + body
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + form


def four():
    """A table of format 4: 堃 reckoned, 喆 listed, 龘 listed as the empty box, U+FFFF at its end."""
    segments = [(0x5586, 0x5586), (0x5803, 0x5803), (0x9F98, 0x9F98), (0xFFFF, 0xFFFF)]
    deltas, listed = (0, 7 - 0x5803, 0, 1), (5, 0)
    count = len(segments)
    # From the place of a range to its glyph: the ranges behind it, and the glyphs listed before.
    ranges = (2 * count, 0, 2 * (count - 2) + 2, 0)
    told = struct.pack(">HHHH", 2 * count, 0, 0, 0) + b"".join(struct.pack(">H", last) for _, last in segments)
    told += b"\0\0" + b"".join(struct.pack(">H", first) for first, _ in segments)
    told += struct.pack(f">{count}H", *(delta % 65_536 for delta in deltas)) + struct.pack(f">{count}H", *ranges)
    told += struct.pack(f">{len(listed)}H", *listed)
    form = struct.pack(">HHH", 4, 6 + len(told), 0) + told
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + form


def test_the_hubs_own_font_has_what_is_said_of_it():
    """Every character of GB 2312, by its own table; rare ones it has not."""
    glyphs = glyphs_of(OURS)
    pairs = (bytes((row, place)) for row in range(0xA1, 0xF8) for place in range(0xA1, 0xFF))
    known = [char for pair in pairs if (char := pair.decode("gb2312", "ignore")).strip()]
    assert len(known) > 7_000
    assert [char for char in known if not glyphs.has(char)] == []
    assert not any(map(glyphs.has, "堃喆龘𠮷"))


@pytest.mark.parametrize("collection", [False, True])
def test_a_table_is_read_as_it_stands(tmp_path, collection):
    """Spans with their ends, planes beyond the first, several fonts together; glyph 0 is none."""
    first = twelve((0x5803, 0x5805, 9), (0x20BB7, 0x20BB7, 12), (0x9F98, 0x9F99, 0))
    (tmp_path / "a.TTC").write_bytes(font(first, collection=collection))
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "b.ttf").write_bytes(font(four()))
    glyphs = glyphs_of(tmp_path)
    assert [char for char in "堂堃堄堅堆喆龘龙龚\U00020bb7\U00020bb8" if glyphs.has(char)] == list(
        "堃堄堅喆龙\U00020bb7"
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"text", b"OTTO", b"OTTO" + b"\xff" * 40, b"ttcf" + b"\xff" * 8, font(b"\0\0\0\1\0\3\0\1\xff\xff\xff\xff")],
    ids=["empty", "no font", "cut", "endless", "a collection cut", "a table beyond the file"],
)
def test_what_is_no_font_has_nothing(tmp_path, content):
    """It costs nothing and stops nothing."""
    (tmp_path / "odd.otf").write_bytes(content)
    (tmp_path / "readme.txt").write_bytes(font(twelve((0x5803, 0x5803, 1))))
    assert [path.name for path in fonts_in(tmp_path)] == ["odd.otf"]
    assert Letters(tmp_path).lacking("样例堃") == ["堃"]
    assert Letters(tmp_path / "nowhere").lacking("堃") == ["堃"]


def test_a_folder_that_lacks_it_too_is_no_licence_to_print_boxes(tmp_path):
    """A folder in the settings is looked into: what no font in it has is refused as without one."""
    keys = open_code_keys(tmp_path)
    printer = Printer(CodeAddress("https://hub.example"), keys, OURS)
    with pytest.raises(Unprintable, match="堃"):
        printer.print_all([replace(PLATE, name="样例堃")], Use.TABLE, Format.SVG)
    assert printer.print_all([PLATE], Use.TABLE, Format.SVG)


@pytest.mark.skipif(not fonts_in(SYSTEM), reason="the system has no Noto CJK")
def test_the_fonts_of_the_system_print_rare_names(tmp_path):
    """Noto CJK has them, and they are drawn: each character differently, and none as the empty box."""
    printer = Printer(CodeAddress("https://hub.example"), open_code_keys(tmp_path), SYSTEM)
    drawn = {printer.print_all([replace(PLATE, name=f"样例{char}")], Use.TABLE, Format.SVG)[0] for char in "堃喆龘"}
    assert len(drawn) == 3
    with pytest.raises(Unprintable):
        printer.print_all([replace(PLATE, name="样例\ue000\u200b")], Use.TABLE, Format.SVG)
