"""Invented streets, villages and house numbers in the county's real sub-districts and towns.

The first half of an address ends with the street, village or estate: it survives masking, the rest never does.
"""

from dataclasses import dataclass
from random import Random

from hub.demo.codes import COUNTY
from hub.demo.draw import chance
from hub.demo.tables import division_name, towns
from hub.demo.values import Address

CITY = "黑龙江省绥化市肇东市"
_URBAN = ("231282001", "231282002", "231282003", "231282004")
_STREETS = (
    "云穗路",
    "麦岚街",
    "青黍路",
    "稔光大街",
    "禾语路",
    "雁栖街",
    "松漪路",
    "垄上街",
    "谷雨北路",
    "霜林街",
    "柳汀路",
    "晴畴街",
)
_ESTATES = ("禾苑小区", "麦香小区", "青岚小区", "稔和小区", "云垄小区")
_VILLAGES = ("青禾村", "麦岚村", "稔丰村", "黍香村", "云垄村", "柳汀村", "霜林村", "晴畴村")
_WIDE_DIGITS = "".join(chr(0xFF10 + digit) for digit in range(10))
_FULL_WIDTH = str.maketrans("0123456789", _WIDE_DIGITS)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entity has its seat; the division is the county's, or the town's where a town office registers."""

    division: str
    district: str
    address: Address


def draw_urban(rng: Random) -> Place:
    """A place in town."""
    district = division_name(rng.choice(_URBAN))
    street = CITY + district + rng.choice(_STREETS)
    if chance(rng, 0.25):
        return Place(COUNTY, district, Address(street + rng.choice(_ESTATES), draw_flat(rng)))
    return Place(COUNTY, district, Address(street, draw_house(rng)))


def draw_rural(rng: Random) -> Place:
    """A place in a town or township, under its own code of nine digits."""
    code = rng.choice(towns())
    name = division_name(code)
    return Place(code, name, Address(CITY + name + rng.choice(_VILLAGES), draw_plot(rng)))


def redraw_rest(address: Address, rng: Random) -> str:
    """Another second half of the same sort."""
    draw = {"楼": draw_flat, "组": draw_plot}.get(_sort(address.rest), draw_house)
    return widened(draw(rng)) if _is_wide(address.rest) else draw(rng)


def draw_house(rng: Random) -> str:
    """House number on a street, sometimes with the door of a shop."""
    number = f"{rng.randrange(1, 400)}号"
    return number + (f"商服{rng.randrange(1, 30)}门" if chance(rng, 0.5) else "")


def draw_flat(rng: Random) -> str:
    """Building, entrance and flat on an estate."""
    return f"{rng.randrange(1, 30)}号楼{rng.randrange(1, 6)}单元{rng.randrange(1, 19)}{rng.randrange(1, 5):02d}室"


def draw_plot(rng: Random) -> str:
    """Group and house of a village."""
    return f"{rng.randrange(1, 12)}组{rng.randrange(1, 120)}号"


def widened(text: str) -> str:
    """The text with full-width digits, as one address in sixty is typed."""
    return text.translate(_FULL_WIDTH)


def _sort(rest: str) -> str:
    return next((mark for mark in "楼组" if mark in rest), "号")


def _is_wide(rest: str) -> bool:
    return any(digit in rest for digit in _WIDE_DIGITS)
