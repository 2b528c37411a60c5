"""Free text of the city's records: contents, reasons, promises, places, each drawn from templates.

The values of non-public texts say nothing that a public field says, so that the twin city can change them alone.
"""

from collections.abc import Callable
from random import Random

from hub.demo.places import draw_urban
from schema.enums import ListKind

_WARNINGS = ("警告,责令{n}日内改正并书面报告", "警告,并限{n}日内改正", "责令{n}日内完成整改")
_FINES = (
    "罚款限{n}日内缴至指定账户,逾期每日加处百分之三",
    "依裁量基准从轻处罚,限{n}日内履行",
    "罚款于{n}日内缴纳,违法所得一并上缴",
)
_REASONS: dict[ListKind, tuple[str, ...]] = {
    ListKind.ABNORMAL_OPERATION: ("通过登记的住所无法联系,函件退回后已逾{n}日", "未按期公示年度报告,逾期{n}日"),
    ListKind.COURT_DEBTOR: ("未履行生效法律文书确定的义务,案款{n}万元", "有履行能力而拒不履行,案款{n}万元"),
    ListKind.SERIOUS_DISCREDIT: ("{n}个月内因同类违法行为再次受到处罚", "提交虚假材料{n}份取得登记"),
    ListKind.TAX_VIOLATION: ("不缴应纳税款{n}万元", "虚开发票{n}份"),
    ListKind.WAGE_ARREARS: ("拖欠{n}名农民工工资,逾期未改正", "拖欠农民工工资{n}万元,逾期未支付"),
    ListKind.FOOD_SAFETY: ("生产经营不合格食品{n}批次,情节严重",),
}
_PROMISES = (
    "在{n}个工作日内补齐所缺材料,并对真实性负责",
    "严格落实主体责任,每年自查{n}次",
    "明码标价,{n}日内受理并答复投诉",
    "依法纳税、诚信经营,每{n}个月公开一次履约情况",
)
_LIABILITIES = (
    "违反承诺的,自愿接受撤销许可决定,{n}年内不再适用告知承诺",
    "违反承诺的,{n}日内自行停止经营活动并接受处理",
    "违反承诺的,记入信用档案{n}年",
)
_OUTCOMES = (
    "少跑{n}次窗口",
    "减少材料{n}份",
    "办理时限压缩{n}个工作日",
    "免于重复提交证照{n}件",
    "优先办理,排队缩短{n}位",
)
_SPOTS = ("一层东侧{n}号商铺", "二楼{n}号档口", "负一层{n}号", "{n}号楼底商", "院内{n}栋一层")


def _fill(templates: tuple[str, ...], most: int, rng: Random) -> str:
    return rng.choice(templates).format(n=rng.randint(1, most))


def content_writer(*, fined: bool) -> Callable[[Random], str]:
    """Writer of a penalty's content, without its amount."""
    return lambda rng: _fill(_FINES if fined else _WARNINGS, 30, rng) + "。"


def reason_writer(listed: ListKind) -> Callable[[Random], str]:
    """Writer of reasons for an entry of this list."""
    return lambda rng: _fill(_REASONS[listed], 40, rng)


def write_promise(rng: Random) -> str:
    """Content of a commitment."""
    return _fill(_PROMISES, 12, rng) + "。"


def write_liability(rng: Random) -> str:
    """Liability for a broken commitment."""
    return _fill(_LIABILITIES, 10, rng) + "。"


def write_outcome(rng: Random) -> str:
    """What an incentive brought."""
    return _fill(_OUTCOMES, 9, rng)


def write_premises(rng: Random) -> str:
    """Licensed premises: a street of the county and a place in a building or yard."""
    return draw_urban(rng).address.street + _fill(_SPOTS, 60, rng)
