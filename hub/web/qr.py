"""A QR code as SVG for a page: black on white with its quiet zone, without styles, which pages forbid."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup


def svg_of(text: str) -> "Markup":
    """The code of a text, of error correction M (ISO/IEC 18004)."""
    from markupsafe import Markup  # noqa: PLC0415 - for whoever opens a page
    from qrcode.constants import ERROR_CORRECT_M  # noqa: PLC0415 - the same
    from qrcode.main import QRCode  # noqa: PLC0415 - the same

    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make()
    rows = code.get_matrix()
    dark = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, on in enumerate(row) if on)
    size = len(rows)
    picture = (
        f'<svg viewBox="0 0 {size} {size}" role="img" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/><path fill="#000" d="{dark}"/></svg>'
    )
    return Markup(picture)  # noqa: S704 - numbers alone
