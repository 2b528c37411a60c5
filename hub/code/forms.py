"""The forms in which a code is printed, each with the symbol that its use asks for.

A symbol is read from about ten times its own width; a phone camera needs some 0.4 mm a module in the hand, a thermal
printer of 203 dpi whole dots of 0.125 mm. Level Q survives a stain over 15 % of the symbol, level M does not. Sizes are of the symbol with its quiet zone, in millimetres.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

WORDING = "不代表对产品质量的认证"
"""Stands on every form (the plan, scenario 3): the code tells of credit, and certifies no product."""
WORDING_EN = "No certification of product quality"


class Use(StrEnum):
    """What is printed."""

    DOOR = "door"
    TABLE = "table"
    RECEIPT = "receipt"
    BANNER = "banner"
    PACKAGE = "package"
    CAMPUS = "campus"


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its sheet (width, height) and its symbol.

    usual, smallest, largest: width of the symbol · least: weakest level of error correction · most_version: largest symbol ·
    signed: a phone without a network can check it · dots: the module is a multiple of this.
    """

    zh: str
    en: str
    sheet: tuple[float, float]
    usual: float
    smallest: float
    largest: float
    least: str = "Q"
    most_version: int = 4
    signed: bool = False
    dots: float = 0.0


FORMS: dict[Use, Form] = {
    Use.DOOR: Form("门牌", "Door plate", (120, 160), 80, 60, 84, most_version=11, signed=True),
    Use.TABLE: Form("台卡", "Table card", (90, 110), 40, 25, 50),
    Use.RECEIPT: Form("小票页脚", "Receipt footer", (58, 55), 27.75, 23.125, 30, dots=0.125),
    Use.BANNER: Form("外卖店招", "Takeaway banner", (1200, 400), 300, 150, 310),
    Use.PACKAGE: Form("包装图样", "Packaging", (50, 38), 22, 20, 24, "H", 6),
    Use.CAMPUS: Form("校园公示牌（A3）", "Campus board, A3", (297, 420), 180, 120, 200, most_version=11, signed=True),
}
LEAST_CONTRAST = 0.55
"""Difference of reflectance between light and dark: grade B of ISO/IEC 15415."""


class FormFault(ValueError):
    """What was asked for can't be read in the end: Chinese sentence, English sentence."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class Look:
    """How a form is to look: width of its symbol in millimetres, and its colours as #rrggbb."""

    width: float
    dark: str = "#000000"
    light: str = "#ffffff"


def check_look(form: Form, look: Look) -> None:
    """FormFault if a symbol that looks so could not be read in its use."""
    if not form.smallest <= look.width <= form.largest:
        raise FormFault(
            f"{form.zh}的码宽须在 {form.smallest:g} 到 {form.largest:g} 毫米之间",
            f"the symbol of {form.en} is {form.smallest:g} to {form.largest:g} mm wide",
        )
    contrast = reflectance(look.light) - reflectance(look.dark)
    if contrast < LEAST_CONTRAST:
        raise FormFault(
            f"对比度不足：浅色与深色的反射率之差须不小于 {LEAST_CONTRAST:g}，且码须深于底色",
            f"too little contrast: light and dark differ by {LEAST_CONTRAST:g} or more, and the symbol is the dark one",
        )


def reflectance(colour: str) -> float:
    """Of a colour #rrggbb, from 0 to 1: the darkest of what red light and the eye see, for readers use either."""
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    eye = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return min(eye, red) if eye > 0.5 else max(eye, red)


def module_of(form: Form, width: float, modules: int) -> float:
    """Width of a module in millimetres: of whole dots where a printer has some."""
    if not form.dots:
        return width / modules
    dots = max(1, int(width / modules / form.dots + 1e-9))
    return dots * form.dots


def uses() -> Iterator[tuple[Use, Form]]:
    """All forms, in the order in which they are shown."""
    yield from FORMS.items()


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
