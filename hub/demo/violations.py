"""Types of violation that market supervision penalises in the city: their names, legal bases and what was found.

What was found is not public; its texts say nothing that a public field says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

_FOOD_LAW = "《中华人民共和国食品安全法》"
_REACTIONS = ("当事人当场整改", "当事人在限期内改正", "当事人提交了整改报告", "经复查已改正", "当事人未提出陈述申辩")


@dataclass(frozen=True, slots=True)
class Violation:
    """A type of violation; `findings` are sentences with a place for a number."""

    text: str
    basis: str
    findings: tuple[str, ...]


STOCK = Violation(
    "未按规定查验进货",
    f"{_FOOD_LAW}第一百二十六条",
    ("有{n}批次原料未查验供货者许可证", "有{n}批次产品无合格证明文件", "进货台账缺失{n}天"),
)
OUT_OF_DATE = Violation(
    "经营超过保质期的食品",
    f"{_FOOD_LAW}第一百二十四条",
    ("加工区存放超过保质期的原料{n}批次", "货架上有{n}件食品超过保质期"),
)
UNCERTIFIED = Violation(
    "安排未取得健康证明的人员从事食品工作",
    f"{_FOOD_LAW}第一百二十六条",
    ("从业人员{n}人未取得有效健康证明", "{n}人的健康证明已过期"),
)
UNPRICED = Violation(
    "未明码标价", "《中华人民共和国价格法》第四十二条", ("货架上有{n}件商品未明码标价", "有{n}项服务未公示价格")
)
ADVERTISED = Violation(
    "发布虚假广告", "《中华人民共和国广告法》第五十五条", ("广告含有无法证实的用语{n}处", "宣传页虚构荣誉{n}项")
)
UNREPORTED = Violation(
    "未依照规定公示年度报告",
    "《企业信息公示暂行条例》第十七条",
    ("年度报告逾期{n}日未公示", "经提醒{n}次仍未公示年度报告"),
)
FOOD_VIOLATIONS = (STOCK, OUT_OF_DATE, UNCERTIFIED)
TRADE_VIOLATIONS = (UNPRICED, ADVERTISED, UNREPORTED)
_BY_TEXT = {violation.text: violation for violation in (*FOOD_VIOLATIONS, *TRADE_VIOLATIONS)}


def facts_writer(text: str) -> Callable[[Random], str]:
    """Writer of facts for a type of violation; KeyError if there is no such type."""
    findings = _BY_TEXT[text].findings

    def write(rng: Random) -> str:
        found = rng.choice(findings).format(n=rng.randint(1, 20))
        return f"执法人员现场检查发现{found};{rng.choice(_REACTIONS)}。"

    return write
