"""Masks, written down a second time: what is left of a value that may be shown only in part."""

from schema.base import MaskKind

STARS = "****"
_TWO_CHARACTER_SURNAMES = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离长孙宇文司徒"
    "鲜于司空令狐呼延百里东郭南门西门轩辕拓跋纳兰完颜"
)
_PLACES = ("街道", "大街", "小区", "社区", "路", "街", "道", "村", "屯", "镇", "乡")


def masked(kind: MaskKind, value: str) -> str:
    """What is shown of the value."""
    match kind:
        case MaskKind.PERSON_NAME:
            return _person(value)
        case MaskKind.PHONE:
            return _phone("".join(value.split()))
        case MaskKind.STREET_ADDRESS:
            return _address(value)
        case MaskKind.DOCUMENT_NUMBER:
            return STARS + value[-4:] if len(value) >= 12 else STARS
        case MaskKind.WHOLE:
            return STARS


def _person(name: str) -> str:
    pairs = [_TWO_CHARACTER_SURNAMES[at : at + 2] for at in range(0, len(_TWO_CHARACTER_SURNAMES), 2)]
    return (name[:2] if name[:2] in pairs else name[:1]) + "**"


def _phone(number: str) -> str:
    if number.isdigit() and len(number) == 11 and number[0] == "1":
        return number[:3] + STARS + number[-4:]
    area, hyphen, rest = number.partition("-")
    for length in (4, 3):
        code, local = (area, rest) if hyphen else (number[:length], number[length:])
        if code.startswith("0") and len(code) == length and (code + local).isdigit() and len(local) in (7, 8):
            return f"{code}-{STARS}{local[-4:]}"
    return STARS


def _address(address: str) -> str:
    """Up to the first street, road or village, of which at least two characters precede it."""
    for start in range(2, 41):
        for place in _PLACES:
            if address.startswith(place, start):
                return address[: start + len(place)] + STARS
    return STARS
