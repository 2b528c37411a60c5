"""What the cells of a column speak for, and what they speak against: check digits, shapes of dates, phones and names.

Gives scores and shapes only: no cell leaves this module.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from hub.suggest.labels import Scores
from schema.catalogue import Catalogue, FieldRule, Kind
from schema.uscc import find_fault, holds_citizen_id, is_citizen_id, normalise_uscc, organisation_digit

MOST_CELLS = 500
_LONGEST = 4000
_MOST = 0.8
_HALF = 0.5
_SOME = 0.3
"""Of numbers that only look like those of persons, one in eleven passes for one."""
_DATE = re.compile(
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?([ T].*)?|(19|20|99)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(\d{6})?",
    re.ASCII,
)
_DASHED = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_COMPACT = re.compile(r"\d{8}", re.ASCII)
_EPOCHS = {"epoch": re.compile(r"1[0-9]{9}", re.ASCII), "epoch_ms": re.compile(r"1[0-9]{12}", re.ASCII)}
_ENDLESS = ("长期", "永久", "无固定期限", "长期有效")
_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?\s*[(]?(万|万元|元|人民币|万元人民币|美元|万美元)*[)]?", re.ASCII)
_PHONE = re.compile(r"(\+?86[- ]?)?1[3-9]\d{9}|(0\d{2,3}[- ]?)\d{7,8}(-\d+)?", re.ASCII)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}", re.ASCII)
_DIVISION = re.compile(r"[1-8]\d{5}(\d{3}|\d{6})?", re.ASCII)
_FIRM = re.compile(
    r".*(公司|厂|店|中心|合作社|医院|学校|商行|经营部|馆|局|委员会|协会|酒楼|超市|集团|门市部|诊所)(\(.*\))?"
)
_DOCUMENT = re.compile(r".*[〔\[【(（](19|20)\d{2}[〕\]】)）].*号.*|.*(19|20)\d{2}.*第.*号")
_PLACE = re.compile(r".*[省市区县镇乡村].*(路|街|号|村|屯|组|大道|巷|室|楼).*")
_PERSON = re.compile(
    "[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边][\u4e00-\u9fff]{1,2}|(欧阳|司马|上官|诸葛|东方|皇甫|慕容)[\u4e00-\u9fff]{1,2}"
)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a column's cells are written: what share of those that hold something is of each kind."""

    filled: int
    distinct: bool
    dates: str
    separators: tuple[str, ...]
    speaks_for: Scores
    kinds: frozenset[Kind]
    personal: bool
    lists: bool


def look_at(cells: Sequence[object], *, native_dates: bool = False) -> Shape:
    """The shape of a column from some of its cells; empty ones and `-` count as nothing."""
    texts = [
        text for text in map(_text, cells[:MOST_CELLS]) if text not in ("", "-", "—", "/", "无", "空", "NULL", "null")
    ]
    if not texts:
        return Shape(0, False, "", (), {}, frozenset(Kind), False, False)
    shares = {name: sum(map(test, texts)) / len(texts) for name, test in _TESTS.items()}
    personal = shares["person.idNumber"] >= max(_SOME, shares["Entity.uscc"])
    speaks = (
        {"person.idNumber": 1.0}
        if personal
        else {name: share * _WEIGHT[name] for name, share in shares.items() if name in _WEIGHT and share >= _HALF}
    )
    if shares["endless"] > 0 and shares["date"] >= _MOST:
        speaks = {**speaks, "Licence.validTo": 0.9}
    return Shape(
        len(texts),
        len(texts) > 1 and len(set(texts)) == len(texts),
        _dates(texts, native=native_dates) if shares["date"] >= _MOST else "",
        tuple(mark for mark in ("、", ";", "|", ",", "·") if sum(mark in text for text in texts) / len(texts) > 0.02),
        speaks,
        _kinds(shares, texts),
        personal,
        all(text.startswith("[") for text in texts),
    )


def looks_personal(text: str) -> bool:
    """True for a text that may be the name, number or phone of a person, or holds one."""
    wide = normalize("NFKC", text).strip()
    return any(test.fullmatch(wide) for test in (_PERSON, _PHONE, _MAIL)) or holds_citizen_id(wide)


def reaches_person(text: str) -> bool:
    """True for a text by which a person is reached or known: a phone, a mail address, or one with a citizen's number."""
    wide = normalize("NFKC", text).strip()
    return any(test.fullmatch(wide) for test in (_PHONE, _MAIL)) or holds_citizen_id(wide)


def unlike(rule: FieldRule | None, shape: Shape) -> bool:
    """True where what the cells are made of cannot be what the field holds."""
    return shape.filled > 0 and rule is not None and (shape.personal or rule.kind not in shape.kinds)


def against(catalogue: Catalogue, shape: Shape) -> frozenset[str]:
    """Fields that the cells speak against."""
    return frozenset(name for name, rule in catalogue.fields.items() if unlike(rule, shape))


def _text(cell: object) -> str:
    return "" if cell is None else normalize("NFKC", str(cell))[:_LONGEST].strip()


def _kinds(shares: Mapping[str, float], texts: Sequence[str]) -> frozenset[Kind]:
    found = {Kind.TEXT, Kind.ENUM}
    if shares["date"] >= _HALF:
        found = {Kind.DATE, Kind.DATETIME} | ({Kind.TEXT} if all(map(str.isdecimal, texts)) else set())
    if shares["number"] >= _HALF and not shares["date"] >= _HALF:
        found |= {Kind.MONEY, Kind.INT, Kind.BOOLEAN}
    if shares["Entity.uscc"] >= 0.3:
        found |= {Kind.CODE}
    if len(set(texts)) <= 3:
        found |= {Kind.BOOLEAN}
    return frozenset(found)


def _dates(texts: Sequence[str], *, native: bool) -> str:
    """How dates are written, as `type` of a column says it: text, compact, native, epoch, epoch_ms; else loose."""
    if native:
        return "native"
    plain = [text for text in texts if text not in _ENDLESS]
    ways = {"text": _DASHED, "compact": _COMPACT, **_EPOCHS}
    return next((way for way, form in ways.items() if all(map(form.fullmatch, plain))), "loose")


def _is_date(text: str) -> bool:
    if _DATE.fullmatch(text) or text in _ENDLESS:
        return True
    return any(form.fullmatch(text) for form in _EPOCHS.values())


def _is_uscc(text: str) -> bool:
    code = normalise_uscc(text)
    return len(code) == 18 and find_fault(code) is None


def _is_org(text: str) -> bool:
    code = normalise_uscc(text)
    plain = len(code) == 9 and code.isascii() and code.isalnum()
    return plain and organisation_digit(code[:8]) == code[8]


def _is_register_no(text: str) -> bool:
    if len(text) != 15 or not (text.isascii() and text.isdecimal()):
        return False
    value = 10
    for digit in text[:14]:
        value = ((value + int(digit)) % 10 or 10) * 2 % 11
    return (value + int(text[14])) % 10 == 1


_TESTS: Mapping[str, Callable[[str], bool]] = {
    "Entity.uscc": _is_uscc,
    "Entity.orgCode": _is_org,
    "Entity.regNo15": _is_register_no,
    "Entity.contactPhone": lambda text: _PHONE.fullmatch(text) is not None,
    "Entity.divisionCode": lambda text: _DIVISION.fullmatch(text) is not None,
    "Entity.name": lambda text: _FIRM.fullmatch(text) is not None and len(text) < 60,
    "Entity.address": lambda text: _PLACE.fullmatch(text) is not None and len(text) < 120,
    "Licence.decisionNo": lambda text: _DOCUMENT.fullmatch(text) is not None and len(text) < 80,
    "Penalty.decisionNo": lambda text: _DOCUMENT.fullmatch(text) is not None and ("罚" in text or "处" in text),
    "person.idNumber": lambda text: is_citizen_id(normalise_uscc(text)) and not _is_uscc(text),
    "person.name": lambda text: _PERSON.fullmatch(text) is not None,
    "person.account": lambda text: _MAIL.fullmatch(text) is not None,
    "endless": lambda text: text in _ENDLESS,
    "date": _is_date,
    "number": lambda text: _NUMBER.fullmatch(text) is not None,
}
_WEIGHT: Mapping[str, float] = {
    "Entity.uscc": 0.95, "Entity.orgCode": 0.8, "Entity.regNo15": 0.85, "Entity.contactPhone": 0.85,
    "Entity.divisionCode": 0.5, "Entity.name": 0.7, "Entity.address": 0.6, "Licence.decisionNo": 0.45,
    "Penalty.decisionNo": 0.6, "person.name": 0.5, "person.account": 0.9,
}  # fmt: skip
