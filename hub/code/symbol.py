"""QR symbols (ISO/IEC 18004): the smallest that fits, as strong as that size allows; drawn as SVG and PNG.

Everything a code of this hub says is alphanumeric. Modules are drawn as runs of one path, so that no printer leaves
hairlines between them.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hub.code.address import ALPHANUMERIC

QUIET = 4
"""Modules of the quiet zone on each side, as the standard asks for."""
LEVELS = "LMQH"
"""Levels of error correction: about 7, 15, 25 and 30 % of the codewords."""


class SymbolError(ValueError):
    """A text that no symbol of the asked size holds, or that is not alphanumeric."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol without its quiet zone; `rows` are true where it is dark."""

    version: int
    level: str
    rows: tuple[tuple[bool, ...], ...]

    @property
    def modules(self) -> int:
        """Modules along one side, quiet zone included."""
        return len(self.rows) + 2 * QUIET

    def path(self) -> str:
        """The dark modules as an SVG path, in modules from the corner of the quiet zone."""
        runs = ((x, y, n) for y, row in enumerate(self.rows) for x, n in _runs(row))
        return "".join(f"M{x + QUIET} {y + QUIET}h{n}v1h-{n}z" for x, y, n in runs)

    def svg(self, dark: str = "#000", light: str = "#fff") -> str:
        """An SVG document with its quiet zone, without styles; the colours are of the form #rgb or #rrggbb."""
        size = self.modules
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
            f'<path fill="{light}" d="M0 0h{size}v{size}h-{size}z"/><path fill="{dark}" d="{self.path()}"/></svg>'
        )

    def png(self, scale: int = 12) -> bytes:
        """A PNG of one bit a pixel, `scale` pixels a module, with its quiet zone."""
        width = self.modules * scale
        blank = (False,) * self.modules
        side = (False,) * QUIET
        rows = [blank] * QUIET + [(*side, *row, *side) for row in self.rows] + [blank] * QUIET
        lines = b"".join(_line(row, scale) * scale for row in rows)
        head = struct.pack(">IIBBBBB", width, width, 1, 0, 0, 0, 0)
        chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(lines, 9)) + _chunk(b"IEND", b"")
        return b"\x89PNG\r\n\x1a\n" + chunks


@lru_cache(maxsize=512)
def encode(text: str, least: str = "M", most_version: int = 10) -> Symbol:
    """The symbol of an alphanumeric text: of the smallest version that holds it at level `least`, at the strongest level
    that this version allows. SymbolError if there is none up to `most_version`.
    """
    from qrcode.util import MODE_ALPHA_NUM, QRData  # noqa: PLC0415 - for whoever draws one

    if not text or not ALPHANUMERIC.issuperset(text):
        raise SymbolError("is not alphanumeric")
    written = QRData(text.encode("ascii"), mode=MODE_ALPHA_NUM)
    for version in range(1, most_version + 1):
        fitting = [level for level in LEVELS[LEVELS.index(least) :] if _fits(written, version, level)]
        if fitting:
            return Symbol(version, fitting[-1], _matrix(written, version, fitting[-1]))
    raise SymbolError(f"does not fit in version {most_version} at level {least}")


def _fits(written: object, version: int, level: str) -> bool:
    from qrcode.exceptions import DataOverflowError  # noqa: PLC0415 - the same
    from qrcode.util import create_data  # noqa: PLC0415 - the same

    try:
        create_data(version, _level(level), [written])
    except DataOverflowError:
        return False
    return True


def _matrix(written: object, version: int, level: str) -> tuple[tuple[bool, ...], ...]:
    from qrcode.main import QRCode  # noqa: PLC0415 - the same

    code = QRCode(version=version, error_correction=_level(level), border=0)
    code.add_data(written)
    code.make(fit=False)
    return tuple(tuple(map(bool, row)) for row in code.get_matrix())


def _level(level: str) -> int:
    from qrcode import constants  # noqa: PLC0415 - the same

    return int(getattr(constants, f"ERROR_CORRECT_{level}"))


def _runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where dark modules begin in a row, and how many there are side by side."""
    start = None
    for place, dark in enumerate((*row, False)):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None


def _line(row: Sequence[bool], scale: int) -> bytes:
    """A line of pixels, light ones set, without filter."""
    bits = "".join(("0" if dark else "1") * scale for dark in row)
    padded = bits.ljust(-(-len(bits) // 8) * 8, "0")
    return b"\0" + int(padded, 2).to_bytes(len(padded) // 8, "big")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
