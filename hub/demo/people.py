"""Invented people and telephone numbers; none has a citizen number, not even an invented one.

Knows nothing of entities.
"""

from random import Random

from hub.demo.draw import chance, digits
from hub.demo.values import Person

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程魏苏吕丁任沈"
_COMPOUND = ("欧阳", "司徒", "上官", "诸葛")
_FIRST = "德广文永春秀玉立晓国明海振桂雪凤振景东宝庆继志洪"
_SECOND = "穗岩兰霞林涛梅军芳辉云禾平宁杰琴峰生波娟刚芝成"
_AREA = "0455"


def draw_person(rng: Random) -> Person:
    """An invented person; two in a hundred bear a compound surname, one in five a given name of one character."""
    surname = rng.choice(_COMPOUND) if chance(rng, 0.02) else _frequent_surname(rng)
    return Person(surname, draw_given(rng))


def draw_given(rng: Random) -> str:
    """A given name of one or two characters."""
    return rng.choice(_SECOND) if chance(rng, 0.2) else rng.choice(_FIRST) + rng.choice(_SECOND)


def _frequent_surname(rng: Random) -> str:
    # Squaring leans towards the first, most frequent surnames.
    return _SURNAMES[int(rng.random() ** 2 * len(_SURNAMES))]


def draw_phone(rng: Random) -> str:
    """An invented mobile number, or in one case of three a landline of the county."""
    if chance(rng, 1 / 3):
        return landline("7" + digits(rng, 2), digits(rng, 4))
    return mobile(digits(rng, 4), digits(rng, 4))


def redraw_phone(phone: str, rng: Random) -> str:
    """Another number with the same masked form: same area code or first three digits, same last four."""
    if phone.startswith(_AREA):
        return landline("7" + digits(rng, 2), phone[-4:])
    return mobile(digits(rng, 4), phone[-4:])


def landline(middle: str, last: str) -> str:
    """A landline of the county."""
    return f"{_AREA}-{middle}{last}"


def mobile(middle: str, last: str) -> str:
    """A mobile number."""
    return f"138{middle}{last}"
