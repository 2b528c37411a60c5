"""What the parts of an address are: region, town, village, road, house number, building, unit, floor, room.

Pure; parts are in the form in which they are compared: 上地十街10号 and 上地10街十号 are one. What a text does not say stays
empty, and says nothing against another one.
"""

import re
from dataclasses import dataclass, fields
from functools import lru_cache

from hub.identity.divisions import COUNTY, Region, read_region
from hub.identity.writing import clean_address, digits

_NOTES = re.compile(r"\([^()]*\)")
_TOWN = re.compile(r"^([^\d路街道巷号]{1,8}?(?:街道办事处|街道办|街道|镇|乡|苏木))(?!路|街\d)")
_VILLAGE = re.compile(r"([^\d|路街号镇乡]{1,8}?(?:村民委员会|村委会|居委会|社区|村|屯|嘎查))(\d+(?:组|队|社))?")
_ROAD = re.compile(
    r"((?:[^\d|号栋幢楼村社]{1,12}|[^\d|号栋幢楼村社]{0,10}\d{1,4})(?:大道|大街|公路|国道|省道|胡同|环路|路|街|道|巷|弄|里))"
    r"((?:东|西|南|北|中)?(?:段|侧|头|路北|路南)?)"
)
_ROAD_AHEAD = re.compile(r"[^\d]{2,8}?(?:路|街|道|镇|乡|村|屯)")
_HOUSE = re.compile(r"([甲乙丙丁]?\d+(?:[-之附]\d+)*[A-Z]?)(?:号院|号)(?!楼|栋|幢|铺|室|店|门|摊|车|商|厅|厂房|库)")
_BUILDING = re.compile(r"([A-Z]?\d+|[A-Z])(?:-?(?:号楼|栋|幢|座|楼(?!层)))")
_BLOCK = re.compile(r"([A-Z甲乙丙丁东西南北中]|\d+)(?:区|期|排|段|院|组|队|委)")
_UNIT = re.compile(r"([A-Z]?\d+|[A-Z])(?:单元|门(?!市|店))")
_FLOOR = re.compile(r"(?:负|B)?\d+(?=层|F)")
_ROOM = re.compile(r"([A-Z]?-?\d+(?:-\d+)*[A-Z]?)(?:室|房|号铺|号商铺|号门市|号摊位|号车库|号商服|号)?$")
_NUMBER = re.compile(r"[A-Z]?\d+(?:-\d+)*[A-Z]?")
_TAIL = re.compile("(?:室|号|层|楼|店|院内|院|内|附近|旁边|旁|对面|门市房|门市|商服|一楼|首层)+$")


@dataclass(frozen=True, slots=True)
class AddressParts:
    """An address taken apart; `rest` is all that follows the region, as it is compared."""

    written: str
    region: Region
    rest: str
    town: str = ""
    village: str = ""
    road: str = ""
    house: str = ""
    block: str = ""
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    numbers: tuple[str, ...] = ()
    named: str = ""

    @property
    def is_empty(self) -> bool:
        """True if it says nothing that could be compared."""
        return not self.rest and not self.region.places

    def parts(self) -> dict[str, str]:
        """The parts below the region that it names."""
        skipped = {"written", "region", "rest", "numbers", "named"}
        return {
            one.name: value for one in fields(self) if one.name not in skipped and (value := getattr(self, one.name))
        }


@lru_cache(8192)
def read_address(text: str) -> AddressParts:
    """Parts of an address; all of them empty for a text that says nothing."""
    cleaned = clean_address(text)
    plain = _NOTES.sub("", cleaned) or cleaned.strip("()")
    region, rest = read_region(plain)
    alone = bool(region.places) and region.places[0].level >= COUNTY
    if region.places and not (_ROAD_AHEAD.match(rest) if alone else _is_below(rest)):
        # Roads and estates bear names of divisions: 长春路, 南京东路, 东方花园.
        region, rest = read_region(plain, full_only=True)
    rest = digits(rest)
    found: dict[str, str] = {}
    left = _take(found, "town", _TOWN, rest)
    left = _take(found, "road", _ROAD, left)
    left = _take(found, "house", _HOUSE, left) if found.get("road") or _HOUSE.search(left) else left
    left = _take(found, "village", _VILLAGE, left)
    for name, pattern in (
        ("block", _BLOCK),
        ("building", _BUILDING),
        ("unit", _UNIT),
        ("floor", _FLOOR),
        ("room", _ROOM),
    ):
        left = _take(found, name, pattern, left)
    return AddressParts(
        written=text, region=region, rest=rest, numbers=tuple(_NUMBER.findall(rest)), named=_named(left), **found
    )


def _take(found: dict[str, str], name: str, pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    if match is None:
        return text
    value = match[1] if pattern.groups else match[0]
    if name == "village" and pattern.groups > 1 and match[2]:
        value += match[2]
    found[name] = _alike(name, value)
    return text[: match.start()] + "|" + text[match.end() :]


def _alike(name: str, value: str) -> str:
    """One way of writing of a part: 街道办事处 and 街道, 村委会 and 村."""
    if name == "town":
        return re.sub("(?:街道办事处|街道办|街道|镇|乡|苏木)$", "", value)
    if name == "village":
        return re.sub("(?:村民委员会|村委会)", "村", value)
    if name == "road":
        return value.replace("大街", "街").replace("大道", "道")
    return value


def _named(left: str) -> str:
    """What is left of numbers and parts: a building's or an estate's name."""
    names = [_TAIL.sub("", part) for part in _NUMBER.split(left.replace("|", "0"))]
    return max((name.strip("-") for name in names), key=len, default="")


def _is_below(rest: str) -> bool:
    """True if what follows a region is not the end of a road's name."""
    return not re.match(r"^(?:东|西|南|北|中)?(?:大道|大街|路|街|道|巷)", rest)
