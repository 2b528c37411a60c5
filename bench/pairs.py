"""Pairs of businesses whose truth is known, of the kinds on which matching fails: for setting the rules and for measuring them.

One half is for setting, the other, by a digest of the drawing's number, for measuring only.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from opencc import OpenCC
from rapidfuzz import process
from rapidfuzz.distance import Indel

from bench.businesses import (
    CITIES,
    Business,
    Place,
    coin,
    draw_company,
    draw_place,
    draw_shop,
    listed_companies,
    other_character,
    other_trade,
)

_TRADITIONAL = OpenCC("s2t")
_CHINESE = "零一二三四五六七八九十"
_WIDE = str.maketrans("()0123456789", "（）０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sides, what kind of pair they are, whether they are one, and whether the pair is for measuring only."""

    kind: str
    one: bool
    left: tuple[str, str]
    right: tuple[str, str]
    kept: bool


Bend = Callable[[Random, Business], tuple[tuple[str, str], tuple[str, str]]]


def draw_pairs(seed: str, each: int) -> Iterator[Pair]:
    """So many pairs of every kind, half of them kept for measuring."""
    for kind, (one, bend, draw) in _KINDS.items():
        rng = Random(f"{seed} {kind}")
        for number in range(each):
            left, right = bend(rng, draw(rng))
            if rng.random() < 0.5:
                left, right = right, left
            yield Pair(kind, one, left, right, _kept(kind, number))
    yield from _listed(each)


def _kept(kind: str, number: int) -> bool:
    return hashlib.sha256(f"{kind} {number}".encode()).digest()[0] % 2 == 1


def written(rng: Random, place: Place) -> str:
    """An address in one of the ways people write it; the same place."""
    text = place.written()
    ways: tuple[Callable[[str], str], ...] = (
        lambda t: t.removeprefix(place.province),
        lambda t: t.replace(place.province, place.province.removesuffix("省")),
        lambda t: t.translate(_WIDE),
        lambda t: t.replace("大街", "街"),
        lambda t: re.sub(r"(\d)号楼", r"\1栋", t),
        lambda t: t.removeprefix(place.province).removeprefix(place.city) if place.county.endswith("市") else t,
        lambda t: t.removesuffix("室"),
        lambda t: t + "(一楼)" if not place.room else t,
        lambda t: t,
    )
    for way in rng.sample(ways, 2):
        text = way(text)
    return text


def _sides(
    rng: Random, left: str, right: str, place: Place, some: float = 0.6
) -> tuple[tuple[str, str], tuple[str, str]]:
    """Two names at one place; each side has its address as often as said."""
    addresses = [written(rng, place) if rng.random() < some else "" for _ in range(2)]
    return (left, addresses[0]), (right, addresses[1])


def _writing(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    name = one.name
    ways: tuple[Callable[[str], str], ...] = (
        lambda t: t.translate(_WIDE),
        lambda t: t.replace("(", "【").replace(")", "】"),
        _TRADITIONAL.convert,
        lambda t: f" {t[:2]} {t[2:]} ",
        lambda t: t + "&nbsp;",
        lambda t: t + "\u200b\ue000",
        lambda t: t.replace("(集团)", "（集团）"),
    )
    return _sides(rng, name, rng.choice(ways)(name), one.place)


def _bracketed(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    city = one.place.city.removesuffix("市")
    name = f"{one.trade_name}{one.trade}({city}){one.tail}"
    other = rng.choice(
        (f"{one.trade_name}{one.trade}（{city}市）{one.tail}", f"{one.trade_name}{one.trade}[{city}]{one.tail}")
    )
    return _sides(rng, name, other, one.place)


def _in_city(rng: Random) -> Business:
    one = draw_company(rng)
    return one.but(region=one.place.city)


def _region_suffix(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    bare = one.region.removesuffix("市").removesuffix("省")
    full = one.place.province if bare == one.place.province.removesuffix("省") else f"{bare}市"
    return _sides(rng, one.but(region=bare).name, one.but(region=full).name, one.place)


def _province_added(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    city = one.place.city
    return _sides(rng, one.but(region=city).name, one.but(region=one.place.province + city).name, one.place)


def _region_dropped(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    return _sides(rng, one.name, one.but(region="").name, one.place)


def _trade_name_only(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    return _sides(rng, one.name, rng.choice((one.trade_name + one.trade, one.trade_name + one.trade[:2])), one.place)


def _words_dropped(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    return _sides(rng, one.name, one.but(trade=one.trade[:2] if len(one.trade) > 2 else "").name, one.place)


def _form_dropped(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    return _sides(rng, one.name, one.but(tail=rng.choice(("", "公司"))).name, one.place)


def _form_written(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    return _sides(rng, one.but(tail="有限公司").name, one.but(tail="有限责任公司").name, one.place)


def _typo(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    name = one.name
    at = rng.randrange(len(one.region), len(name))
    bent = rng.choice(
        (
            name[:at] + name[at + 1 :],
            name[:at] + coin(rng)[0] + name[at + 1 :],
            name[:at] + name[at] * 2 + name[at + 1 :],
        )
    )
    return _sides(rng, name, bent, one.place)


def _former(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    mark = rng.choice(("原", "原名", "曾用名:", "原名:"))
    return _sides(rng, one.name, f"{one.but(trade_name=coin(rng)).name}({mark}{one.name})", one.place)


def _brand(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    return _sides(
        rng, one.name, rng.choice((f"{one.name}({coin(rng)}{coin(rng)})", f"{one.name} {coin(rng)}")), one.place
    )


def _shop_rewritten(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    return (one.name, written(rng, one.place)), (one.name, written(rng, one.place))


def _branch_rewritten(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    n = rng.randint(1, 10)
    kind = rng.choice(("分公司", "分店", "营业部"))
    ways = (f"第{_CHINESE[n]}{kind}", f"第{n}{kind}", f"{_CHINESE[n]}{kind}")
    left, right = rng.sample(ways, 2)
    if rng.random() < 0.5:
        county = one.place.county.removesuffix("市").removesuffix("区")
        left, right = (
            (f"{one.place.county}{kind}", f"{county}{kind}") if one.place.county.endswith("市") else (left, right)
        )
    return _sides(rng, one.but(branch=left).name, one.but(branch=right).name, one.place)


def _moved(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    city = (one.place.province, one.place.city, one.place.county)
    return (one.name, one.place.written()), (one.name, draw_place(rng, city).written())


def _numbered(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    n = rng.randint(1, 10)
    left, right = rng.sample((f"第{_CHINESE[n]}", f"第{n}", f"{_CHINESE[n]}"), 2)
    trade = rng.choice(("百货商店", "粮库", "中学食堂", "建筑工程公司", "加油站"))
    return _sides(rng, one.region + left + trade, one.region + right + trade, one.place, 0.9)


def _two(rng: Random, left: Business, right: Business, some: float = 0.6) -> tuple[tuple[str, str], tuple[str, str]]:
    return (
        (left.name, written(rng, left.place) if rng.random() < some else ""),
        (right.name, written(rng, right.place) if rng.random() < some else ""),
    )


def _nearby(rng: Random, one: Business) -> Place:
    """Another place of the same county; often the same road or the same house."""
    draw = rng.random()
    if draw < 0.3:
        return one.place
    if draw < 0.6:
        return replace(one.place, number=str(int(one.place.number) + rng.choice((1, 2, 10))), room="")
    return draw_place(rng, (one.place.province, one.place.city, one.place.county))


def _neighbour(change: Callable[[Random, Business], dict[str, str]]) -> Bend:
    """Another business nearby whose name differs as said."""

    def bend(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
        return _two(rng, one, replace(one, **change(rng, one), place=_nearby(rng, one)))

    return bend


def _other_city(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    city = rng.choice([city for city in CITIES if city[1] != one.place.city])
    own, other = one.place.city, city[1]
    suffix = rng.random() < 0.5
    shorten = (lambda text: text) if suffix else (lambda text: text.removesuffix("市"))
    return _two(rng, one.but(region=shorten(own)), replace(one, region=shorten(other), place=draw_place(rng, city)))


def _same_name_elsewhere(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    bare = one.but(region="")
    draw = rng.random()
    if draw < 0.4:
        place = replace(one.place, number=str(int(one.place.number) + rng.randint(1, 40)))
    elif draw < 0.7:
        place = draw_place(rng, (one.place.province, one.place.city, one.place.county))
    else:
        place = draw_place(rng, rng.choice([city for city in CITIES if city[1] != one.place.city]))
    if place.road == one.place.road and place.number == one.place.number:
        place = replace(place, number=str(int(place.number) + 7))
    return _two(rng, bare, replace(bare, place=place), 1.0)


def _branch_and_head(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    kind = rng.choice(
        (
            "分公司",
            "第二分公司",
            "销售分公司",
            f"{one.place.county}分公司",
            "第一分店",
            "工会委员会",
            "(正阳店)",
            "营业部",
        )
    )
    return _two(rng, one, one.but(branch=kind))


def _sibling_branches(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    kinds = ("分公司", "分店", "营业部", "项目部")
    kind = rng.choice(kinds)
    left, right = rng.sample((f"第一{kind}", f"第二{kind}", f"3{kind}", f"安达{kind}", f"肇东{kind}", f"城西{kind}"), 2)
    return _two(rng, one.but(branch=left), one.but(branch=right))


def _numbers_differ(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    n, m = rng.sample(range(1, 11), 2)
    trade = rng.choice(("百货商店", "粮库", "小学食堂", "建筑工程有限公司", "加油站"))
    return _two(
        rng,
        one.but(trade_name=f"第{_CHINESE[n]}", trade=trade, tail=""),
        one.but(trade_name=f"第{rng.choice((_CHINESE[m], str(m)))}", trade=trade, tail=""),
    )


def _region_in_brackets(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    left, right = rng.sample(sorted({city[1].removesuffix("市") for city in CITIES}), 2)
    name = f"{one.region}{one.trade_name}{one.trade}({left}){one.tail}"
    other = rng.choice(
        (
            f"{one.region}{one.trade_name}{one.trade}({right}){one.tail}",
            f"{one.region}{one.trade_name}{one.trade}{one.tail}",
        )
    )
    return _sides(rng, name, other, one.place, 0.4)


def _regions_swapped(rng: Random, one: Business) -> tuple[tuple[str, str], tuple[str, str]]:
    left, right = rng.sample(sorted({city[1].removesuffix("市") for city in CITIES}), 2)
    stem = f"{one.trade_name}{one.trade}"
    return _sides(rng, f"{left}{stem}({right}){one.tail}", f"{right}{stem}({left}){one.tail}", one.place, 0.4)


def _direction(rng: Random, one: Business) -> dict[str, str]:
    left = rng.choice("东西南北新老大小上下")
    return {"trade_name": left + one.trade_name}


def _form_changed(rng: Random, one: Business) -> dict[str, str]:
    tails = ("有限公司", "股份有限公司", "集团有限公司", "实业有限公司", "控股有限公司", "合伙企业(有限合伙)", "")
    law = {"有限公司", "有限责任公司"}
    return {"tail": rng.choice([tail for tail in tails if tail != one.tail and not {tail, one.tail} <= law])}


_SPECIAL = {
    "direction": _neighbour(_direction),
    "legal form differs": _neighbour(_form_changed),
    "one character of the trade name": _neighbour(
        lambda rng, one: {"trade_name": other_character(rng, one.trade_name)}
    ),
    "one character more": _neighbour(lambda rng, one: {"trade_name": one.trade_name + rng.choice("华达盛新")}),
    "another trade": _neighbour(lambda rng, one: {"trade": other_trade(rng, one)}),
    "a neighbour": _neighbour(lambda rng, one: {"trade_name": coin(rng) + "乙", "trade": other_trade(rng, one)}),
}
_KINDS: dict[str, tuple[bool, Bend, Callable[[Random], Business]]] = {
    "writing": (True, _writing, draw_company),
    "brackets": (True, _bracketed, draw_company),
    "区划 with and without 市": (True, _region_suffix, _in_city),
    "province added": (True, _province_added, draw_company),
    "region dropped": (True, _region_dropped, draw_company),
    "trade name only": (True, _trade_name_only, draw_company),
    "words of the trade dropped": (True, _words_dropped, draw_company),
    "form dropped": (True, _form_dropped, draw_company),
    "有限 and 有限责任": (True, _form_written, draw_company),
    "a typing error": (True, _typo, draw_company),
    "former name in brackets": (True, _former, draw_company),
    "brand added": (True, _brand, draw_company),
    "shop, address written otherwise": (True, _shop_rewritten, draw_shop),
    "branch written otherwise": (True, _branch_rewritten, draw_company),
    "number written otherwise": (True, _numbered, draw_shop),
    "moved": (True, _moved, draw_company),
    **{kind: (False, bend, draw_company) for kind, bend in _SPECIAL.items()},
    "shop, one character": (False, _SPECIAL["one character of the trade name"], draw_shop),
    "same trade name in another city": (False, _other_city, draw_company),
    "same company name elsewhere": (False, _same_name_elsewhere, draw_company),
    "same shop name elsewhere": (False, _same_name_elsewhere, draw_shop),
    "branch and head office": (False, _branch_and_head, draw_company),
    "two branches": (False, _sibling_branches, draw_company),
    "numbers differ": (False, _numbers_differ, draw_shop),
    "other region in brackets": (False, _region_in_brackets, draw_company),
    "two regions the other way round": (False, _regions_swapped, draw_company),
}


def _listed(each: int) -> Iterator[Pair]:
    """Real names: short and full ones of one company, and full names of the companies that are named most alike."""
    companies = listed_companies()
    fulls = [full for _, full in companies]
    rng = Random("listed")
    for number, (short, full) in enumerate(rng.sample(companies, min(len(companies), 4 * each))):
        yield Pair("listed: short name", True, (short, ""), (full, ""), _kept("listed", number))
    for number, full in enumerate(rng.sample(fulls, min(len(fulls), 2 * each))):
        near = process.extract(full, fulls, scorer=Indel.normalized_similarity, limit=3)
        other = next((name for name, *_ in near if name != full), None)
        if other is not None:
            yield Pair("listed: most similar full name", False, (full, ""), (other, ""), _kept("near", number))
            short = next(short for short, name in companies if name == other)
            yield Pair("listed: short name of the most similar", False, (full, ""), (short, ""), _kept("near", number))
