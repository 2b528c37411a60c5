"""What a camera makes of a printed symbol: fewer pixels, noise, blur, a view from the side, dirt. Drawn from a seed."""

import io
import math
from dataclasses import dataclass
from random import Random

import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

PIXELS = 7
"""Of a module, as a phone at arm's length has them."""
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Picture:
    """A form in grey, and where its symbol lies, without the quiet zone."""

    image: Image.Image
    symbol: Box


def take(png: bytes, modules: int) -> Picture:
    """A printed form as it is seen from in front; `modules` of the symbol without its quiet zone."""
    image = Image.open(io.BytesIO(png)).convert("L")
    (found,) = zxingcpp.read_barcodes(image)
    corners = found.position.top_left, found.position.bottom_right
    scale = PIXELS * modules / (corners[1].x - corners[0].x)
    around = (corners[1].x - corners[0].x) * 0.4
    # What stands around the symbol stays in the picture; a banner is not photographed as a whole.
    left, top = max(0, corners[0].x - around), max(0, corners[0].y - around)
    right, bottom = min(image.width, corners[1].x + around), min(image.height, corners[1].y + around)
    cut = image.crop((round(left), round(top), round(right), round(bottom)))
    seen = cut.resize((round(cut.width * scale), round(cut.height * scale)), Image.Resampling.LANCZOS)
    x, y = round((corners[0].x - left) * scale), round((corners[0].y - top) * scale)
    return Picture(seen, (x, y, x + PIXELS * modules, y + PIXELS * modules))


def noisy(picture: Picture, rng: Random, most: int = 32) -> Picture:
    """Grain of a sensor in poor light: every pixel is lighter or darker by up to so much of 255."""
    size = picture.image.size
    grain = Image.frombytes("L", size, rng.randbytes(size[0] * size[1]))
    around = grain.point([128 + round((value - 127.5) / 127.5 * most) for value in range(256)])
    return Picture(ImageChops.add(picture.image, around, 1, -128), picture.symbol)


def blurred(picture: Picture, modules: float = 0.3) -> Picture:
    """Out of focus, by so much of a module."""
    return Picture(picture.image.filter(ImageFilter.GaussianBlur(PIXELS * modules)), picture.symbol)


def tilted(picture: Picture, degrees: float = 30) -> Picture:
    """Seen from the side: turned about its upright axis, from two and a half times its width."""
    width, height = picture.image.size
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    seen, corners = [], [(0, 0), (width, 0), (width, height), (0, height)]
    for x, y in corners:
        across = x / width - 0.5
        near = 2.5 / (2.5 + across * sine)
        seen.append((width / 2 + across * cosine * near * width, height / 2 + (y - height / 2) * near))
    mapped = _projection(seen, corners)
    made = picture.image.transform(
        picture.image.size, Image.Transform.PERSPECTIVE, mapped, Image.Resampling.BICUBIC, fillcolor=255
    )
    return Picture(made, picture.symbol)


def turned(picture: Picture, degrees: float = 30) -> Picture:
    """Held askew."""
    made = picture.image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    return Picture(made, picture.symbol)


def dirty(picture: Picture, rng: Random, share: float = 0.15, opacity: float = 0.7) -> Picture:
    """A dark stain over this share of the symbol, through which little is seen: anywhere but on its first corner."""
    left, top, right, bottom = picture.symbol
    radius = math.sqrt(share * (right - left) * (bottom - top) / math.pi)
    x = rng.uniform(left + 0.45 * (right - left), right - 0.6 * radius)
    y = rng.uniform(top + 0.45 * (bottom - top), bottom - 0.6 * radius)
    stain = Image.new("L", picture.image.size)
    ImageDraw.Draw(stain).ellipse((x - radius, y - radius, x + radius, y + radius), fill=round(255 * opacity))
    dark = Image.new("L", picture.image.size, 50)
    return Picture(Image.composite(dark, picture.image, stain), picture.symbol)


def _projection(seen: list[tuple[float, float]], corners: list[tuple[int, int]]) -> list[float]:
    """The eight numbers that lead from what is seen to where it was, by elimination."""
    rows = []
    for (x, y), (u, v) in zip(seen, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]]
    for place in range(8):
        best = max(range(place, 8), key=lambda row: abs(rows[row][place]))
        rows[place], rows[best] = rows[best], rows[place]
        for row in range(8):
            if row != place:
                factor = rows[row][place] / rows[place][place]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[place], strict=True)]
    return [rows[place][8] / rows[place][place] for place in range(8)]
