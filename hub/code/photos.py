"""Photos of a displayed code: taken as JPEG or PNG, without what the camera wrote beside the picture."""

import base64
import binascii
from collections.abc import Iterator

MOST_BYTES = 90_000
"""Of a photo: what fits in a question beside everything else. A phone's is made smaller by whoever takes it."""
MOST_PIXELS = 50_000_000
"""Of a photo: a few bytes may say of a picture that it is larger than whoever looks at it has memory."""
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"})
_JPEG_LEFT_OUT = frozenset({*range(0xE1, 0xF0), 0xFE})
"""Segments of applications (place, time, camera) and comments; the one of JFIF stays."""
_JPEG_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Segments that say how large a picture is."""
_SCAN, _END = 0xDA, 0xD9
_WITHIN_SCAN = frozenset({0x00, 0xFF, *range(0xD0, 0xD8)})


class NoPhoto(ValueError):
    """What was given is no photo that is taken."""


def read_photo(text: str) -> bytes:
    """The bytes of a photo in base 64, without metadata; NoPhoto for anything else."""
    if len(text) > MOST_BYTES * 4 // 3 + 4:
        raise NoPhoto("too large")
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoPhoto("not base 64") from None
    if raw.startswith(_PNG):
        return _PNG + b"".join(_png(raw))
    if raw.startswith(b"\xff\xd8"):
        return b"\xff\xd8" + b"".join(_jpeg(raw))
    raise NoPhoto("neither JPEG nor PNG")


def _png(raw: bytes) -> Iterator[bytes]:
    place, kind = len(_PNG), b""
    if raw[place + 4 : place + 8] != b"IHDR":
        raise NoPhoto("does not say how large it is")
    _check_size(*(int.from_bytes(raw[at : at + 4], "big") for at in (place + 8, place + 12)))
    while kind != b"IEND":
        length, kind = int.from_bytes(raw[place : place + 4], "big"), raw[place + 4 : place + 8]
        end = place + 12 + length
        if end > len(raw):
            raise NoPhoto("cut short")
        if kind in _PNG_KEPT:
            yield raw[place:end]
        place = end


def _jpeg(raw: bytes) -> Iterator[bytes]:
    place, kind = 2, 0
    while kind != _END:
        if place + 2 > len(raw) or raw[place] != 0xFF:
            raise NoPhoto("cut short")
        kind, end = raw[place + 1], place + 2
        if kind != _END:
            end += int.from_bytes(raw[place + 2 : place + 4], "big")
            if not place + 4 <= end <= len(raw):
                raise NoPhoto("cut short")
        if kind in _JPEG_FRAME:
            _check_size(*(int.from_bytes(raw[at : at + 2], "big") for at in (place + 7, place + 5)))
        if kind == _SCAN:
            end = _end_of_scan(raw, end)
        if kind not in _JPEG_LEFT_OUT:
            yield raw[place:end]
        # What a camera hung behind the end mark is left out; what stands between two scans is looked at like the rest.
        place = end


def _end_of_scan(raw: bytes, place: int) -> int:
    """Where what is compressed ends: at a mark that is neither a byte 255 of it nor a restart."""
    while (place := raw.find(b"\xff", place)) >= 0 and place + 1 < len(raw):
        if raw[place + 1] not in _WITHIN_SCAN:
            return place
        place += 1 if raw[place + 1] == 0xFF else 2
    raise NoPhoto("cut short")


def _check_size(width: int, height: int) -> None:
    if not (width > 0 and height > 0 and width * height <= MOST_PIXELS):
        raise NoPhoto("too many pixels")
