"""What the parts of a business name are: region, trade name with trade, group, legal form, branch, former name.

A name that reads 肇东市鸿运餐饮有限公司第二分店 has the region 肇东, the core 鸿运餐饮, the form 有限公司 and the branch 第二分店.
Pure; parts are in the form in which they are compared, the text as written is kept beside them.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from hub.identity.divisions import CITY, Region, read_place, read_region
from hub.identity.writing import clean_name, digits, is_cut, numbers

_FORMS = (
    "股份有限责任公司",
    "有限责任股份公司",
    "股份有限公司",
    "股份公司",
    "有限责任公司",
    "责任有限公司",
    "有限公司",
    "总公司",
    "公司",
    "农民专业合作社联合社",
    "专业合作社联合社",
    "农民专业合作社",
    "专业合作社",
    "股份经济合作社",
    "经济合作社",
    "合作社",
    "合伙企业",
    "个人独资企业",
    "有限合伙",
    "COMPANYLIMITED",
    "LIMITED",
    "COLTD",
    "LTD",
    "INC",
)
_FORM = re.compile(f"(?:{'|'.join(_FORMS)})$")
_INNER_FORM = re.compile(r"(?:股份有限公司|有限责任公司|股份公司|有限公司|总公司|合作社|公司|银行|信用社|集团)")
_FORM_NOTES = {
    *("有限合伙", "普通合伙", "特殊普通合伙", "个人独资", "个体工商户", "个体户", "个体", "合伙企业", "有限责任"),
    *("非上市", "上市", "国有独资", "国有", "自然人独资", "法人独资", "独资", "外商独资", "中外合资"),
}
_GROUP = ("集团",)
_FORMER = re.compile(r"^(?:原名称?|原|曾用名|曾用|前身为?|更名前|旧名)[::]?(.{2,})$")
_BRACKET = re.compile(r"\(([^()]*)\)")
_OUTLET = (
    *("分公司", "分店", "分行", "支行", "分理处", "储蓄所", "营业部", "营业所", "营业厅", "营业室", "办事处", "代表处"),
    *("联络处", "分厂", "分校", "分院", "分社", "分部", "分所", "分局", "分站", "分中心", "项目部", "经销处", "连锁店"),
    *("直营店", "专卖店", "旗舰店", "加盟店", "门店", "体验店", "工会委员会", "工会", "党支部"),
)
_OUTLET_END = re.compile(f"(?:{'|'.join(_OUTLET)})$")
_COUNTED_SHOP = re.compile(r"\d+(?:号|分)?(?:店|部|厂|站|门市部|营业部|中队|车间)$")
_SHORT_MARKS = re.compile(
    r"^(?:\*?ST|XD|XR|DR)(?=[^A-Z0-9])|(?<=[\u4e00-\u9fff])(?:[-]?(?:SWR|SW|UW|WD|U|W|S|B|A|H|R))$"
)
_LONE_TEN = re.compile("^十(?![月里方全足字分面年堰家五二])")
_DAMAGED = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff\ufffd?？*□■○●◆×]")
_MARKS_BEFORE = re.compile(r"^\s*(?:\*ST|S\*ST|SST|ST|N|C)(?=[\u4e00-\u9fff])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Branch:
    """The branch part of a name: what it is called within its head office, in the form that is compared."""

    label: str
    numbers: tuple[str, ...]
    region: Region


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name taken apart.

    `letters`: all of it in one way of writing, without brackets · `core`: without region, group, form and branch ·
    `regions`: in front, then in brackets · `formers`, `extras`: what else stood in brackets, with and without 原 · `damaged`: characters of it are lost.
    """

    written: str
    letters: str
    core: str
    region: Region
    bracketed: Region
    group: bool
    form: str
    form_note: str
    branch: Branch | None
    formers: tuple[str, ...]
    extras: tuple[str, ...]
    numbers: tuple[str, ...]
    damaged: bool

    @property
    def is_full(self) -> bool:
        """True if it has a legal form, as a registered name of a company has."""
        return bool(self.form)

    @property
    def stem(self) -> str:
        """The core with the group, which is part of what a company is called."""
        return self.core + ("集团" if self.group else "")


@dataclass(slots=True)
class _Taken:
    """What was taken out of brackets."""

    region: Region
    group: bool = False
    form_note: str = ""
    branch: str = ""
    formers: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()


@lru_cache(8192)
def read_name(text: str) -> NameParts:
    """Parts of a name; all of them empty for a text without letters."""
    cleaned = clean_name(_MARKS_BEFORE.sub("", text))
    plain, taken = _out_of_brackets(cleaned)
    plain, branch_text = _branch_off(plain)
    form = _form_of(plain)
    body = plain.removesuffix(form)
    if not form:
        body = _SHORT_MARKS.sub("", body) if len(body) > 2 else body
    group = taken.group
    if body.endswith(_GROUP) and len(body) >= 4:
        body, group = body.removesuffix("集团"), True
    region, core = read_region(body)
    if len(core) < 2:
        region, core = Region(), body
    bracketed = taken.region
    if not bracketed.places:
        bracketed, core = _region_at_end(core)
    core = digits(_LONE_TEN.sub("第十", core))
    branch = _branch(branch_text or taken.branch, region)
    return NameParts(
        written=text,
        letters=digits(cleaned.replace("(", "").replace(")", "")),
        core=core,
        region=region,
        bracketed=bracketed,
        group=group,
        form=form,
        form_note=taken.form_note,
        branch=branch,
        formers=taken.formers,
        extras=taken.extras,
        numbers=numbers(core),
        damaged=is_cut(text) or bool(_DAMAGED.search(_MARKS_BEFORE.sub("", text))),
    )


def form_kind(form: str) -> str:
    """Legal forms that are one in law, by one word: 有限公司 and 有限责任公司 are; 股份有限公司 is another."""
    if (form.startswith("股份") and "合作社" not in form) or form == "有限责任股份公司":
        return "STOCK"
    if "合作社" in form:
        return "COOPERATIVE"
    if form in ("有限公司", "有限责任公司", "责任有限公司"):
        return "LIMITED"
    if form in ("合伙企业", "有限合伙"):
        return "PARTNERSHIP"
    return form


def _out_of_brackets(text: str) -> tuple[str, _Taken]:
    taken = _Taken(Region())

    def take(match: re.Match[str]) -> str:
        inner = match[1]
        place = read_place(inner)
        former = _FORMER.match(inner)
        if place.places and not taken.region.places:
            taken.region = place
        elif inner in _GROUP or inner == "控股集团":
            taken.group = True
            return "控股" if inner == "控股集团" else ""
        elif inner in _FORM_NOTES:
            taken.form_note = inner
        elif former is not None:
            taken.formers = (*taken.formers, former[1])
        elif _is_outlet(digits(inner)) and not taken.branch:
            taken.branch = inner
        elif inner in ("中国", "控股", "股份"):
            return inner
        elif inner:
            taken.extras = (*taken.extras, inner)
        return ""

    plain = _BRACKET.sub(take, text).replace("(", "").replace(")", "")
    return plain, taken


def _region_at_end(core: str) -> tuple[Region, str]:
    """A province or city at the end of a core, where brackets were left out: 腾讯科技深圳有限公司."""
    for length in range(min(5, len(core) - 2), 1, -1):
        found = read_place(core[-length:])
        if found.places and found.places[-1].level <= CITY:
            return found, core[:-length]
    return Region(), core


def _is_outlet(text: str) -> bool:
    return bool(_OUTLET_END.search(text) or _COUNTED_SHOP.search(text)) or (len(text) <= 8 and text.endswith("店"))


def _branch_off(text: str) -> tuple[str, str]:
    """The head office's name and the branch's label; the whole text and nothing where it names no branch."""
    ends = [match.end() for match in _INNER_FORM.finditer(text)]
    inner = [end for end in ends if end < len(text)]
    counted = digits(text)
    if not (_OUTLET_END.search(counted) or _COUNTED_SHOP.search(counted)):
        # Whatever follows 公司 is a body of its own: 公司食堂, 公司工会.
        company = [match.end() for match in re.finditer("公司|合作社", text) if match.end() < len(text)]
        if company and not text[company[-1] :].startswith(("联合社", *"()")):
            return text[: company[-1]], text[company[-1] :]
        return text, ""
    if inner and not _FORM.fullmatch(text[inner[-1] :]):
        return text[: inner[-1]], text[inner[-1] :]
    return _by_number(text)


def _by_number(text: str) -> tuple[str, str]:
    """Where no 公司 parts them: 老王饺子馆第二分店, 鸿运超市2店, 鸿运超市正阳分店."""
    match = re.search(
        r"(?:第?[\d零〇一二三四五六七八九十百]+(?:号|分)?(?:店|部|厂|站|门市部|营业部|分店|分公司|分厂|分校))$", text
    )
    if match is None:
        match = re.search(f"(?:{'|'.join(_OUTLET)})$", text)
    if match is None or match.start() < 2:
        return text, ""
    cut = match.start()
    if match[0] in _OUTLET:
        cut -= _place_before(text[:cut])
    return text[:cut], text[cut:]


def _place_before(head: str) -> int:
    """Length of the division that a head office's name ends with, which belongs to the branch: 建行绥化分行."""
    for length in range(min(6, len(head) - 2), 1, -1):
        if read_place(head[-length:]).places:
            return length
    return 0


def _form_of(plain: str) -> str:
    match = _FORM.search(plain)
    return match[0] if match is not None and match.start() >= 2 else ""


def _branch(text: str, head: Region) -> Branch | None:
    if not text:
        return None
    written = digits(text)
    region, rest = read_region(written)
    if region.places and head.places and region.last == head.last:
        region = Region()
    return Branch(label=rest.removesuffix("分公司"), numbers=numbers(written), region=region)
