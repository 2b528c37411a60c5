"""Two decoders that know nothing of the hub read every form at its smallest: noisy, blurred, from the side, dirty."""

import io
import subprocess
from collections.abc import Callable
from random import Random

import pytest
import zxingcpp
from PIL import Image

from hub.code.forms import FORMS, Look, Use
from hub.code.printing import Format, Plate, Printer
from tests.code import camera
from tests.code.camera import Picture

DAMAGED: dict[str, Callable[[Picture, Random], Picture]] = {
    "clean": lambda picture, rng: picture,
    "noise": camera.noisy,
    "blur": lambda picture, rng: camera.blurred(picture),
    "tilt": lambda picture, rng: camera.tilted(picture),
    "turned": lambda picture, rng: camera.turned(picture),
    "dirt": camera.dirty,
    "dirt from the side": lambda picture, rng: camera.tilted(camera.dirty(picture, rng)),
}


def expected(printer: Printer, plate: Plate, use: Use) -> str:
    """What the symbol says, put together anew."""
    origin = printer.address.origin.upper()
    plain = f"{origin}/C/{plate.token}"
    if use is Use.PACKAGE:
        return f"{plain}/B/{plate.batch}"
    return f"{plain}/S/" if FORMS[use].signed else plain


def zxing(image: Image.Image) -> str:
    """What ZXing reads."""
    found = zxingcpp.read_barcodes(image)
    return found[0].text if found else ""


def zbar(command: str, image: Image.Image) -> str:
    """What ZBar reads."""
    written = io.BytesIO()
    image.save(written, "PNG")
    asked = [command, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "-"]
    found = subprocess.run(asked, input=written.getvalue(), capture_output=True, check=False)
    return found.stdout.decode().strip()


@pytest.fixture(scope="module", params=Use)
def photographed(request: pytest.FixtureRequest, printer: Printer, plate: Plate) -> tuple[str, Picture]:
    """A form at its smallest, seen from in front, and what its symbol says."""
    use = request.param
    (png,) = printer.print_all([plate], use, Format.PNG, Look(FORMS[use].smallest))
    picture = camera.take(png, len(printer.symbol(plate, use).rows))
    said = zxing(picture.image)
    assert said.startswith(expected(printer, plate, use))
    assert said == expected(printer, plate, use) or FORMS[use].signed
    return said, picture


@pytest.mark.parametrize("damage", DAMAGED)
def test_zxing_reads_it(photographed, damage):
    """Twice, with other noise and other dirt."""
    said, picture = photographed
    for seed in range(2):
        assert zxing(DAMAGED[damage](picture, Random(seed)).image) == said


@pytest.mark.parametrize("damage", DAMAGED)
def test_zbar_reads_it(photographed, damage, zbarimg):
    """The same."""
    said, picture = photographed
    for seed in range(2):
        assert zbar(zbarimg, DAMAGED[damage](picture, Random(seed)).image) == said


def test_all_at_once(photographed):
    """Dirt, from the side, out of focus and grainy."""
    said, picture = photographed
    rng = Random(11)
    together = camera.noisy(camera.blurred(camera.tilted(camera.dirty(picture, rng)), 0.15), rng, 20)
    assert zxing(together.image) == said


@pytest.mark.parametrize("use", [Use.DOOR, Use.PACKAGE, Use.CAMPUS])
def test_a_stain_that_lets_nothing_through(use, printer, plate):
    """Over 15 % of the larger symbols, wherever it lies; what holds the token alone has too few modules for that."""
    (png,) = printer.print_all([plate], use, Format.PNG, Look(FORMS[use].smallest))
    picture = camera.take(png, len(printer.symbol(plate, use).rows))
    for seed in range(4):
        assert zxing(camera.dirty(picture, Random(seed), opacity=1).image) == zxing(picture.image)
